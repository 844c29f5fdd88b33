"""D4: what documents say about each other, and E6: computed fields and rules that need their own result."""

from __future__ import annotations

from kith.problems import Mistake, Words

TEXT_TWICE = Mistake(
    "D401",
    Words(
        '"{address}" has a text in {language} in the document and in strings',
        "“{address}”的{language}文本在文档和 strings 中各有一份",
    ),
    "# entities/box.yaml\nentity: box\nlabel: {en: Box, zh-CN: 盒子}\n# strings/en.yaml\nstrings: en\ntexts: {entity.box.label: Case}",
    "# entities/box.yaml\nentity: box\nlabel: {en: Box, zh-CN: 盒子}",
)
TOO_MANY_LEVELS = Mistake(
    "D402",
    Words(
        "roll-ups of roll-ups go {levels} deep here; {limit} levels are allowed",
        "汇总嵌套了 {levels} 层，最多允许 {limit} 层",
    ),
    "",
    "",
)
FIELD_CYCLE = Mistake(
    "E601",
    Words("a value cannot be computed from itself: {path}", "值不能由自身计算得出：{path}"),
    "",
    "",
)
RULE_CYCLE = Mistake(
    "E602",
    Words("these rules need each other's result: {path}", "这些规则互相依赖对方的结果：{path}"),
    "",
    "",
)
