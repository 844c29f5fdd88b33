"""Syntax trees → canonical text: one spacing, no needless parentheses, blocks in lines.

Parsing the print gives the same tree. Parentheses stand only where the tree needs them, and around `??` beside arithmetic, where
few readers would know which binds tighter.
"""

from __future__ import annotations

from kith.problems import width
from kith.rules import syntax as s
from kith.rules.weaving import weave

MAX_WIDTH = 100
INDENT = "  "

_IF, _OR, _AND, _NOT, _COMPARISON, _SUM, _COALESCE, _PRODUCT, _UNARY, _OPERAND = range(10)
_LEVELS = {
    "or": _OR, "and": _AND, "==": _COMPARISON, "!=": _COMPARISON, "<": _COMPARISON, "<=": _COMPARISON,
    ">": _COMPARISON, ">=": _COMPARISON, "in": _COMPARISON, "not in": _COMPARISON, "+": _SUM, "-": _SUM,
    "??": _COALESCE, "*": _PRODUCT, "/": _PRODUCT,
}  # fmt: skip
_ESCAPED = str.maketrans(
    {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "{": "\\{", "}": "\\}"},
)
_ESCAPED_IN_TEMPLATE = {code: text for code, text in _ESCAPED.items() if code != ord('"')}


def print_syntax(syntax: s.Syntax) -> str:
    """Print an expression on one line, or a block with its comments."""
    if isinstance(syntax, s.Block):
        return weave("\n".join(_Block(syntax.comments).statements(syntax.statements, 0)), syntax.comments, "block")
    return _expression(syntax)


def print_template(text: s.Text) -> str:
    """Print a text of a document: without quotes of its own."""
    return "".join(
        part.translate(_ESCAPED_IN_TEMPLATE) if isinstance(part, str) else f"{{{_expression(part)}}}"
        for part in text.parts
    )


def print_lines(syntax: s.Syntax) -> str:
    """Print an expression that its author wrote in several lines: broken before its weakest operators."""
    return "\n".join(_clauses(syntax))


def _level(syntax: s.Syntax) -> int:
    match syntax:
        case s.If():
            return _IF
        case s.Binary(op=op):
            return _LEVELS[op]
        case s.Unary(op="not"):
            return _NOT
        case s.Unary():
            return _UNARY
        case s.Between() | s.IsSet():
            return _COMPARISON
        case _:
            return _OPERAND


def _expression(syntax: s.Syntax, weakest: int = _IF) -> str:
    """Print it, in parentheses where it binds weaker than its place allows."""
    text = _bare(syntax)
    return f"({text})" if _level(syntax) < weakest else text


def _bare(syntax: s.Syntax) -> str:
    match syntax:
        case s.If(condition=condition, then=then, otherwise=otherwise):
            return f"if {_expression(condition, _OR)} then {_expression(then, _OR)} else {_expression(otherwise)}"
        case s.Binary(op=op, left=left, right=right):
            return f"{_left(op, left)} {op} {_right(op, right)}"
        case s.Between(value=value, low=low, high=high):
            return f"{_expression(value, _SUM)} between {_expression(low, _SUM)} and {_expression(high, _SUM)}"
        case s.IsSet(value=value, negated=negated):
            return f"{_expression(value, _SUM)} is {'not ' if negated else ''}set"
        case s.Unary(op="not", arg=arg):
            return f"not {_expression(arg, _NOT)}"
        case s.Unary(op=op, arg=arg):
            return f"{op}{_expression(arg, _UNARY)}"
        case _:
            return _operand(syntax)


def _left(op: str, left: s.Syntax) -> str:
    """Print a left operand: only `??` groups to the right, and comparisons do not group."""
    level = _LEVELS[op]
    return _beside(op, left, level + 1 if level in {_COMPARISON, _COALESCE} else level)


def _right(op: str, right: s.Syntax) -> str:
    level = _LEVELS[op]
    return _beside(op, right, level if level == _COALESCE else level + 1)


def _beside(op: str, operand: s.Syntax, weakest: int) -> str:
    """Print an operand, in parentheses also where `??` and arithmetic meet."""
    levels = {_LEVELS[op], _level(operand)}
    if _COALESCE in levels and levels & {_SUM, _PRODUCT}:
        weakest = _OPERAND
    return _expression(operand, weakest)


def _operand(syntax: s.Syntax) -> str:
    match syntax:
        case s.Number(text=text, percent=percent):
            return text + "%" if percent else text
        case s.Amount(text=text, unit=unit):
            return text + unit
        case s.Moment(text=text):
            return "@" + text
        case s.Word(text=text) | s.Name(text=text):
            return text
        case s.Text(parts=parts):
            return f'"{"".join(map(_part, parts))}"'
        case s.Items(items=items):
            return f"[{', '.join(map(_expression, items))}]"
        case s.Dot(target=target, name=name):
            return f"{_target(target)}.{name}"
        case s.Changed(field=field, before=before, after=after):
            return f"changed({_expression(field)}{_marked('from', before)}{_marked('to', after)})"
        case s.Invoke():
            return f"{syntax.function}({_arguments(syntax)})"
        case _:
            raise TypeError(f"{type(syntax).__name__} is no expression")


def _part(part: str | s.Syntax) -> str:
    return part.translate(_ESCAPED) if isinstance(part, str) else f"{{{_expression(part)}}}"


def _target(target: s.Syntax) -> str:
    dotted = isinstance(target, s.Name | s.Dot | s.Invoke | s.Changed)
    return _bare(target) if dotted else f"({_bare(target)})"


def _marked(word: str, value: s.Syntax | None) -> str:
    return f" {word} {_expression(value, _OR)}" if value else ""


def _arguments(call: s.Invoke) -> str:
    first, *others = map(_expression, call.args) if call.args else [""]
    first += _marked("where", call.where)
    if call.by:
        first += " by " + ", ".join(map(_sort, call.by))
    return ", ".join([first, *others])


def _sort(sort: s.Sort) -> str:
    return _expression(sort.value, _OR) + (" desc" if sort.descending else "")


class _Block:
    """Prints the lines of a block; what has comments inside its braces gets a line for each value."""

    def __init__(self, comments: tuple[s.Comment, ...]) -> None:
        self.comments = comments

    def statements(self, statements: tuple[s.Statement, ...], depth: int) -> list[str]:
        return [line for statement in statements for line in self.statement(statement, depth)]

    def statement(self, statement: s.Statement, depth: int) -> list[str]:
        match statement:
            case s.Let(name=name, value=value):
                return _fit(f"let {name} = ", value, "", depth)
            case s.Set(target=target, value=value):
                return _fit(f"set {_expression(target)} = ", value, "", depth)
            case s.Create(entity=entity, entries=entries, alias=alias):
                return self.braced(statement, f"create {entity} {{", entries, f"}} as {alias}" if alias else "}", depth)
            case s.Update(relation=relation, where=where, entries=entries):
                head = f"update {_expression(relation)}{_marked('where', where)} {{"
                return self.braced(statement, head, entries, "}", depth)
            case s.Webhook(name=name, payload=payload):
                return self.braced(statement, f"webhook {_expression(name)} {{", payload.entries, "}", depth)
            case s.Choose():
                return self.choose(statement, depth, "")
            case s.For():
                return self.loop(statement, depth)
            case _:
                return _plain(statement, depth)

    def braced(self, statement: s.Syntax, head: str, entries: tuple[s.Entry, ...], tail: str, depth: int) -> list[str]:
        """Print `head name: value, … tail` on one line where it fits, else a line for each value."""
        inner = ", ".join(f"{entry.name}: {_value(entry.value)}" for entry in entries)
        line = INDENT * depth + (f"{head} {inner} {tail}" if entries else head + tail)
        if not entries or (width(line) <= MAX_WIDTH and not self.commented(statement)):
            return [line]
        lines = [INDENT * depth + head]
        for entry in entries:
            comma = "" if entry is entries[-1] else ","
            if isinstance(entry.value, s.Object):
                lines += self.braced(entry, f"{entry.name}: {{", entry.value.entries, "}" + comma, depth + 1)
            else:
                lines += _fit(f"{entry.name}: ", entry.value, comma, depth + 1)
        return [*lines, INDENT * depth + tail]

    def loop(self, loop: s.For, depth: int) -> list[str]:
        """Print a `for`."""
        head = f"for {loop.name} in {_expression(loop.relation)}"
        lines = _condition(f"{head} where ", loop.where, " {", depth) if loop.where else [f"{INDENT * depth}{head} {{"]
        lines += [*self.statements(loop.body, depth + 1), INDENT * depth + "}"]
        return self.on_one_line(loop, (loop.body,), lines)

    def choose(self, choose: s.Choose, depth: int, before: str = "") -> list[str]:
        """Print an `if`; `before` is the `} else ` that it continues."""
        lines = _condition(f"{before}if ", choose.condition, " {", depth)
        lines += self.statements(choose.then, depth + 1)
        match choose.otherwise:
            case ():
                lines += [INDENT * depth + "}"]
            case (s.Choose() as other,):
                return lines + self.choose(other, depth, "} else ")
            case otherwise:
                inner = self.statements(otherwise, depth + 1)
                lines += [INDENT * depth + "} else {", *inner, INDENT * depth + "}"]
        return lines if before else self.on_one_line(choose, (choose.then, choose.otherwise), lines)

    def on_one_line(
        self, statement: s.Statement, branches: tuple[tuple[s.Statement, ...], ...], lines: list[str]
    ) -> list[str]:
        """Join a short `if` or `for` of single simple statements."""
        line = lines[0] + " " + " ".join(line.strip() for line in lines[1:])
        within = (item for branch in branches for item in branch)
        simple = all(len(branch) < 2 for branch in branches) and not any(
            isinstance(item, s.Choose | s.For) for item in within
        )
        fits = width(line) <= MAX_WIDTH and bool(branches[0])
        return [line] if fits and simple and not self.commented(statement) else lines

    def commented(self, statement: s.Syntax) -> bool:
        """Whether a comment stands inside a statement."""
        return any(statement.start < comment.start < statement.end for comment in self.comments if comment.text)


def _plain(statement: s.Statement, depth: int) -> list[str]:
    """Print a statement that has no braces."""
    match statement:
        case s.Delete(relation=relation, where=None):
            return [f"{INDENT * depth}delete {_expression(relation)}"]
        case s.Delete(relation=relation, where=s.Syntax() as where):
            return _condition(f"delete {_expression(relation)} where ", where, "", depth)
        case s.Join(target=target, value=value, gone=gone):
            words = ("unlink", "remove") if gone else ("link", "add")
            return _fit(f"{words[0]} {_expression(target)} {words[1]} ", value, "", depth)
        case s.Notify(to=to, message=message):
            return _fit(f"notify {_expression(to)} ", message, "", depth)
        case s.Email(to=to, template=template):
            return _fit("email ", to, f" using {_expression(template)}", depth)
        case s.Hand(target=target, queue=queue):
            return [f"{INDENT * depth}assign {_expression(target)} from queue {_expression(queue)}"]
        case s.Submit(approval=approval):
            return [f"{INDENT * depth}submit approval {_expression(approval)}"]
        case s.Refuse(message=message, field=field):
            return _fit("refuse ", message, f" on {field}" if field else "", depth)
        case _:
            return [INDENT * depth + "stop"]


def _condition(head: str, condition: s.Syntax, tail: str, depth: int) -> list[str]:
    """Print the condition of a statement: an `if` as a value stands in parentheses there."""
    start, end = ("(", ")") if _level(condition) == _IF else ("", "")
    return _fit(head + start, condition, end + tail, depth)


def _value(value: s.Syntax) -> str:
    """Print a value of `{ }`, which in what is sent away may have braces itself."""
    if not isinstance(value, s.Object):
        return _expression(value)
    inner = ", ".join(f"{entry.name}: {_value(entry.value)}" for entry in value.entries)
    return f"{{ {inner} }}" if inner else "{}"


def _fit(head: str, syntax: s.Syntax, tail: str, depth: int) -> list[str]:
    """Print `head syntax tail`, broken before its weakest operators where one line would be too long."""
    indent = INDENT * depth
    line = f"{indent}{head}{_expression(syntax)}{tail}"
    if width(line) <= MAX_WIDTH:
        return [line]
    first, *others = _clauses(syntax)
    lines = [indent + head + first, *(indent + INDENT + other for other in others)]
    return [*lines[:-1], lines[-1] + tail]


def _clauses(syntax: s.Syntax) -> list[str]:
    """The pieces of an expression between which a line may end."""
    match syntax:
        case s.Binary(op=op, left=left, right=right) if _LEVELS[op] in {_OR, _AND, _SUM, _PRODUCT}:
            same = isinstance(left, s.Binary) and _LEVELS[left.op] == _LEVELS[op]
            return [*(_clauses(left) if same else [_left(op, left)]), f"{op} {_right(op, right)}"]
        case s.If(condition=condition, then=then, otherwise=otherwise):
            first, *others = _clauses(otherwise) if isinstance(otherwise, s.If) else [_expression(otherwise)]
            return [f"if {_expression(condition, _OR)} then {_expression(then, _OR)}", f"else {first}", *others]
        case _:
            return [_expression(syntax)]
