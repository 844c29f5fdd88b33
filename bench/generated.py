"""A large app, generated: 100 entities with 20 fields each and 500 rules, as one folder of YAML."""

from __future__ import annotations

from pathlib import Path

ENTITIES, FIELDS, RULES = 100, 20, 5
TYPES = (
    "{type: text, max_length: 80", "{type: integer", "{type: decimal, scale: 2", "{type: money", "{type: percent",
    "{type: date", "{type: datetime", "{type: boolean", "{type: long_text", "{type: phone",
)  # fmt: skip


def write(folder: Path) -> None:
    """Write the app's documents into a folder."""
    names = [f"thing_{number:03}" for number in range(ENTITIES)]
    for kind in ("entities", "rules", "roles"):
        (folder / kind).mkdir(parents=True, exist_ok=True)
    items = "\n".join(f"  {name}: {{entity: {name}}}" for name in names[:20])
    (folder / "app.yaml").write_text(
        'app: generated\nversion: 1.0.0\ntitle: {en: Generated, zh-CN: 生成}\nrequires: {platform: ">=1.0"}\n'
        f"languages: [en, zh-CN]\ntime_zone: Asia/Shanghai\ncurrency: CNY\nnavigation:\n{items}\nsettings: {{}}\n"
    )
    for number, name in enumerate(names):
        (folder / "entities" / f"{name}.yaml").write_text(entity(name, names[number - 1], number))
        (folder / "rules" / f"{name}_rules.yaml").write_text(rules(name))
    grants = "\n".join(f"  {name}: {{read: n1 is set or n2 is set, create: true, update: true}}" for name in names)
    (folder / "roles" / "worker.yaml").write_text(
        f"role: worker\nlabel: {{en: Worker, zh-CN: 员工}}\nentities:\n  user: {{read: true, other_fields: read}}\n{grants}\n"
    )


def entity(name: str, other: str, number: int) -> str:
    """One entity: fields of all kinds, a reference and a formula."""
    fields = [
        "  name: {type: text, required: true, max_length: 80, label: {en: Name, zh-CN: 名称}}",
        "  n1: {type: integer, label: {en: One, zh-CN: 甲}}",
        "  n2: {type: decimal, scale: 2, label: {en: Two, zh-CN: 乙}}",
        f"  above: {{type: reference, to: {other}, inverse: below_{number:03}, label: {{en: Above, zh-CN: 上级}}}}",
        "  both: {type: formula, value: (n1 ?? 0) + (n2 ?? 0), result: {type: decimal, scale: 2}, label: {en: Both, zh-CN: 合计}}",
    ]
    fields += [
        f"  field_{index:02}: {TYPES[index % len(TYPES)]}, label: {{en: Field {index}, zh-CN: 字段{index}}}}}"
        for index in range(FIELDS - len(fields))
    ]
    label = f"{{en: Thing {number}, zh-CN: 事物{number}}}"
    return (
        f'entity: {name}\nlabel: {label}\nplural: {label}\ntitle: "{{name}}"\nfields:\n'
        + "\n".join(fields) + "\nindexes: {by_n: [n1, name]}\n"
    )  # fmt: skip


def rules(name: str) -> str:
    """The rules of one entity."""
    items = [
        f"  rule_{index}: {{when: n1 is set and both > {index}, require: (n2 ?? 0) <= {1000 - index} or above is set,"
        f" message: {{en: 'Too much: {{both}}', zh-CN: '过大：{{both}}'}}, field: n2}}"
        for index in range(RULES)
    ]
    return f"rules: {name}_rules\nof: {name}\nitems:\n" + "\n".join(items) + "\n"
