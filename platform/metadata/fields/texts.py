"""Field types whose value is a text."""

from __future__ import annotations

from typing import Any

from kith.metadata import names
from kith.metadata.fields.kind import ALWAYS, EQUALITY, INPUT, PRESENCE, TEXTS, FieldType, Setting
from kith.metadata.shapes import parts
from kith.problems import Words
from kith.rules.types import TEXT, Type

VALUE = parts.text()


def _text(_: Setting) -> Type:
    return TEXT


def _kind(name: str, title: Words, doc: Words, example: str, **more: Any) -> FieldType:
    settings: dict[str, Any] = {
        "type_of": _text,
        "storage": "text",
        "value": VALUE,
        "common": INPUT | {"search", "unique"},
        "operators": TEXTS,
        "searchable": True,
        "unique": "exact",
    }
    return FieldType(name, title, doc, example=example, **(settings | more))


def _code(name: str, title: Words, doc: Words, example: str, pattern: str, wanted: Words, **more: Any) -> FieldType:
    value = {"type": "string", "pattern": pattern, "kith:wanted": wanted}
    rest: dict[str, Any] = {"value": value, "operators": EQUALITY, "searchable": False, "common": INPUT, "unique": ""}
    return _kind(name, title, doc, example, **(rest | more))


def _length(most: int, usual: int) -> dict[str, parts.Schema]:
    return {"max_length": parts.whole(1, most, f"Characters at most; {usual:,} unless it is said.")}


TYPES = (
    _kind(
        "text",
        Words("Text", "文本"),
        Words("A line of text.", "一行文本。"),
        "{type: text, max_length: 80}",
        keys=_length(10_000, 255),
        unique="folded",
        widgets=("line", "barcode"),
    ),
    _kind(
        "long_text",
        Words("Long text", "长文本"),
        Words("Text of several lines.", "多行文本。"),
        "{type: long_text}",
        keys=_length(60_000, 20_000),
        sortable=False,
        unique="",
        common=INPUT | {"search"},
    ),
    _kind(
        "markdown",
        Words("Markdown", "Markdown"),
        Words("Text with headings, lists and links.", "带标题、列表和链接的文本。"),
        "{type: markdown}",
        keys=_length(60_000, 20_000),
        sortable=False,
        unique="",
        common=INPUT | {"search"},
    ),
    _kind(
        "email",
        Words("E-mail", "电子邮箱"),
        Words("An e-mail address.", "电子邮箱地址。"),
        "{type: email, unique: true}",
        value={
            "type": "string",
            "pattern": r"^[^@\s]+@[^@\s]+\.[^@\s]+$",
            "kith:wanted": Words("an e-mail address", "电子邮箱地址"),
        },
        unique="folded",
    ),
    _kind(
        "phone",
        Words("Phone", "电话"),
        Words("A telephone number, kept in international form.", "电话号码，以国际格式保存。"),
        "{type: phone, region: CN}",
        value={
            "type": "string",
            "pattern": r"^\+?[0-9][0-9 ().\-/]{2,30}( ?(x|ext\.?|转) ?[0-9]{1,6})?$",
            "kith:wanted": Words("a telephone number", "电话号码"),
        },
        keys={
            "region": {
                "type": "string",
                "pattern": "^[A-Z]{2}$",
                "kith:wanted": Words("a country code such as CN", "国家代码（如 CN）"),
                "description": "The country of numbers without a country code.",
            }
        },
    ),
    _kind(
        "url",
        Words("Web address", "网址"),
        Words("An address of the web.", "网页地址。"),
        "{type: url}",
        value={
            "type": "string",
            "pattern": r"^https?://\S+$",
            "kith:wanted": Words("an address that starts with https://", "以 https:// 开头的网址"),
        },
        sortable=False,
    ),
    _kind(
        "person_name",
        Words("Person's name", "姓名"),
        Words("Family and given name, shown in the order of the reader's language.", "姓和名，按读者语言的顺序显示。"),
        "{type: person_name}",
        type_of=lambda _: Type("record", entity=":person_name"),
        storage="columns",
        value=parts.keys(Words("a person's name", "姓名"), family=parts.text(), given=parts.text()),
        parts={"family": TEXT, "given": TEXT},
        operators=PRESENCE,
        common=INPUT | {"search"},
        unique="",
    ),
    _kind(
        "address",
        Words("Address", "地址"),
        Words("A postal address in its parts.", "由各部分组成的邮政地址。"),
        "{type: address}",
        type_of=lambda _: Type("record", entity=":address"),
        storage="columns",
        value=parts.keys(
            Words("an address", "地址"),
            country=parts.text(),
            region=parts.text(),
            city=parts.text(),
            district=parts.text(),
            street=parts.text(),
            postal_code=parts.text(),
        ),
        parts=dict.fromkeys(("country", "region", "city", "district", "street", "postal_code"), TEXT),
        operators=PRESENCE,
        common=INPUT | {"search"},
        unique="",
        sortable=False,
    ),
    _code(
        "country",
        Words("Country", "国家"),
        Words("A country by its code of two letters.", "以两个字母代码表示的国家。"),
        "{type: country, default: CN}",
        "^[A-Z]{2}$",
        Words("a country code such as CN", "国家代码（如 CN）"),
    ),
    _code(
        "language",
        Words("Language", "语言"),
        Words("A language by its tag.", "以标记表示的语言。"),
        "{type: language, default: zh-CN}",
        names.LANGUAGE,
        parts.LANGUAGE_TAG["kith:wanted"],
    ),
    _code(
        "currency",
        Words("Currency", "货币"),
        Words("A currency by its code of three letters.", "以三个字母代码表示的货币。"),
        "{type: currency, default: CNY}",
        "^[A-Z]{3}$",
        parts.CURRENCY["kith:wanted"],
    ),
    _code(
        "time_zone",
        Words("Time zone", "时区"),
        Words("A time zone by its name.", "以名称表示的时区。"),
        "{type: time_zone, default: Asia/Shanghai}",
        r"^(UTC|[A-Z][A-Za-z_]+(/[A-Za-z0-9_+-]+){1,2})$",
        Words("a time zone such as Asia/Shanghai", "时区（如 Asia/Shanghai）"),
    ),
    _kind(
        "autonumber",
        Words("Running number", "自动编号"),
        Words(
            "A number that each new record gets; there may be gaps unless it is gapless.",
            "新记录自动获得的编号；除非 gapless，否则可能不连续。",
        ),
        '{type: autonumber, pattern: "M{seq:08}"}',
        value=None,
        writable=False,
        common=ALWAYS | {"search"},
        unique="",
        keys={
            "pattern": parts.text("The text with {seq} or {seq:08} for the number, and {year}, {month}, {day}."),
            "gapless": parts.flag("No number is ever left out; creates then wait for each other."),
            "start": parts.whole(0, 10**9, "The first number."),
        },
    ),
    _kind(
        "external_id",
        Words("External number", "外部编号"),
        Words("The number of the record in another system.", "记录在其他系统中的编号。"),
        "{type: external_id, unique: true}",
        keys=_length(255, 100),
    ),
    _kind(
        "json",
        Words("JSON", "JSON"),
        Words("Data of another system as it came; no rule reads it.", "其他系统传来的原始数据，规则不读取。"),
        "{type: json}",
        type_of=lambda _: Type("record", entity=":json"),
        storage="json",
        value={},
        common=ALWAYS | {"personal"},
        operators=(),
        searchable=False,
        sortable=False,
        unique="",
    ),
)
