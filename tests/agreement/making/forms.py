"""The forms of expressions, by the family of their value: every construct that authors may write.

In a form `«a|b»` is one of several; `$text` an expression of a family, `$text!` a field or a written value, `$text.` a field, and
`$whole` and its like one of the values written for that place; `$option` is an option of the choice that was named last.
`%sum:number` is an aggregate over a field of a family, `%count` one over the records.
"""

from __future__ import annotations

ANY_ORDER = "«<|<=|>|>=|==|!=»"
BOTH = "«==|!=»"
COMMON = ("number", "text", "date", "datetime", "duration", "money")
"""Families that `min` and `max` take as they are."""


def _everywhere(kind: str) -> tuple[str, ...]:
    """What there is in every family."""
    if kind == "choice":
        return ('(if $bool then $choice! else "$option")', '($choice! ?? "$option")')
    forms = (f"(if $bool then ${kind} else ${kind})", f"(${kind} ?? ${kind})")
    return (*forms, f"«min|max»(${kind}, ${kind})") if kind in COMMON else forms


NUMBER = (
    "($number «+|-|*|/» $number)", "($number «+|-|*|/» $number)", "«mod|div»($number, $number)",
    "«mod|div»($number!, «2|3|7|-4|1.5|0»)", "round($number«|, 0|, 1|, 2|, 4»)", "round($number!, $places)",
    "«abs|floor|ceil»($number)", "(-$number)", "($number! / «2|4|8|20|3|0»)", "($number! «+|-|*|/» $border)",
    "(($number! * $number!) / ($number! + $number!))", "length($text)", "bands($number, «[0, 10]|[-1.5, 0.5]», [1, 2.5, 0])",
    "bands($date, [@2026-01-01, @2026-12-01], [1, 2, 3])",
    "«year|quarter|month|day|iso_week»($date)", "days_between($date, $date)", "($date - $date)", "age($date«|, $date»)",
    'case($choice!, "$option", $number, $number)', "case($number, «$number!|[0, $number!]|null», $number, $number)",
    "as_number($figure)", "sqrt(abs($number))", "power($number!, $places)", "($duration / $duration)", "($money / $money)",
    "%count", "%count", "%count_distinct:«text|number|date|choice|money|bool»",
    "%«sum|avg|min|max|first|last|median»:number", "%«sum|avg|min|max|first|last|median»:number",
)  # fmt: skip
MONEY = (
    "($money «+|-» $money)", "($money «*|/» $number)", "«round|floor|ceil|abs|-»($money)", "mod($money, $money)",
    "%«sum|avg|min|max|first|median»:money", "convert($money!, $currency«|, $date»)",
    'convert(this.dollars, "CNY"«|, $date»)',
)  # fmt: skip
TEXT = (
    "($text + $text)", "«fold|lower|upper|trim|fold»($text)", "replace($text, $text!, $text!)",
    "substring($text, $whole«|, $whole»)",
    "text(«$number|$money|$date|$bool|$text|$choice!»)", "%«first|min|max|last|join»:text", "%join:text",
    "case($text, «$text!|[$text!, $text!]», $text, $text)", "url_host($url)", "email_«local|domain»($address)",
    "phone_country($phone)", "pinyin«|_initials»($chinese)",
    "split_part($text, $text!, «1|2|-1»)", "«before|after»($text, $text!)",
)  # fmt: skip
DATE = (
    "($date «+|-» $days)", "($date «+|-» $duration!)", "($date «+|-» $period)", "($date + $period!)", "local_date($datetime)",
    "today()", "as_date($dated)", "date(2026, $whole, $whole)", "next_anniversary($date«|, $date»)",
    "%«min|max|first|last»:date",
)  # fmt: skip
DATETIME = ("($datetime «+|-» $duration)", "now()", "%«min|max|first|last»:datetime")
DURATION = (
    "($duration «+|-» $duration)", "($duration * $number)", "($duration / «$number.|$part»)", "($datetime - $datetime)",
    "(-$duration)", "%«sum|min|max|first»:duration",
)  # fmt: skip
PERIOD = ("($period «+|-» $period)", "(-$period)")
CHOICE = ("%«first|last|min|max»:choice", "$choice!", '«min|max»($choice!, "$option")')
BOOL = (
    *(f"${kind} {ANY_ORDER} ${kind}" for kind in ("number", "text", "date", "datetime", "duration", "money", "number")),
    f'$choice! {ANY_ORDER} "$option"', f"$choice! {ANY_ORDER} $choice!", f"($bool) {BOTH} ($bool)",
    f"($period) {BOTH} ($period)",
    f"$time. {ANY_ORDER} $time.", f"$number! {ANY_ORDER} $border", f"$ref. {BOTH} $ref.", "$ref. «in|not in» $refs.",
    "not ($bool)", "($bool «and|or» $bool)", "($bool «and|or» $bool)", "not ($bool «and|or» $bool)",
    "not ($bool and not ($bool or $bool))",
    "«contains|starts_with|ends_with»($text, $text!)",
    "(«$number|$text|$date|$datetime|$bool|$choice!|$set.|$ref.|$other_ref.|$time.|$money|$duration») is «set|not set»",
    "$number «in|not in» [«|$number!|$number!, $number!|$number!, $number!, $number!»]",
    "$text «in|not in» [«|$text!|$text!, $text!»]",
    "$date «in|not in» [«$date!|$date!, $date!»]", '$choice! «in|not in» ["$option"«|, "$option"»]',
    "$text «in|not in» $texts.",
    "$number «in|not in» $numbers.", '"«a|b|c»" «in|not in» $options.', "has_any($texts., [$text«|, $text»])",
    "has_all($texts., [$text«|, $text»])", "has_none($texts., [$text«|, $text|, $text, $text»])",
    "$number between $number and $number", "$money between $money and $money", "$date between $date and $date",
    "$text between $text! and $text!", "$datetime between $datetime and $datetime",
    "$duration between $duration! and $duration!",
    '$choice! between "$option" and "$option"', f"local_date($datetime.) {ANY_ORDER} $day", "%«any|all»", "%«any|all»",
    "not (%«any|all»)",
    "%count «> 0|== 0|>= 1|< 1|!= 0|<= 0|> 1|== 2»", "not (%count «> 0|== 0|> 1»)",
)  # fmt: skip
SAVING = (
    "changed(«stage|level|n|name|tags|due|ok|amount|seen|owner|deposit»)", 'changed(stage«| from "fresh"»«| to "won"»)',
    'changed(level«| from "low"» to "high")', "is_new()", "old.«stage|n|name|tags|due|account» is set",
    "old.«stage|n|name» != «stage|n|name»",
)  # fmt: skip
"""Conditions about a save."""
SHOWN = (
    '"{deposit}"', '"a{«name|amount|due ?? since|took|rate|seen|stage|n + 1|ok|deposit|account.name|code»}-{code}"',
    '"{$name.}{fee}"', '"\\{{name}\\}"',
)  # fmt: skip
"""Texts with holes, which no database makes."""
FORMS: dict[str, tuple[str, ...]] = {
    "number": (*NUMBER, *_everywhere("number")), "money": (*MONEY, *_everywhere("money")),
    "text": (*TEXT, *_everywhere("text")),
    "date": (*DATE, *_everywhere("date")), "datetime": (*DATETIME, *_everywhere("datetime")),
    "duration": (*DURATION, *_everywhere("duration")),
    "period": (*PERIOD, *_everywhere("period")[:1], "(if $bool then $period else null)"),
    "choice": (*CHOICE, *_everywhere("choice")), "bool": (*BOOL, *_everywhere("bool")),
}  # fmt: skip
