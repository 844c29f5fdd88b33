"""D2: documents whose shape is not that of their kind."""

from __future__ import annotations

from kith.problems import Mistake, Words

UNKNOWN_KEY = Mistake(
    "D201",
    Words('{what} has no key "{name}"', "{what}没有键“{name}”"),
    "entity: box\nicn: box",
    "entity: box\nicon: box",
)
MISSING_KEY = Mistake(
    "D202",
    Words('{what} needs the key "{name}"', "{what}缺少键“{name}”"),
    "view: boxes\ncolumns: {name: {}}",
    "view: boxes\nof: thing\ncolumns: {name: {}}",
)
WRONG_TYPE = Mistake(
    "D203",
    Words("{wanted} is wanted here, not {found}", "这里应是{wanted}，而不是{found}"),
    "entity: box\nfields: {name: {type: text, required: maybe}}",
    "entity: box\nfields: {name: {type: text, required: true}}",
)
NOT_AMONG = Mistake(
    "D204",
    Words('"{value}" is none of: {known}', "“{value}”不在可选值之中：{known}"),
    "entity: box\nfields: {name: {type: text, personal: private}}",
    "entity: box\nfields: {name: {type: text, personal: identity}}",
)
PATTERN = Mistake(
    "D205",
    Words('"{value}" is not {wanted}', "“{value}”不是{wanted}"),
    "form: f\nof: thing\nsections: {main: {label: {en_us: Main}, items: {name: {}}}}",
    "form: f\nof: thing\nsections: {main: {label: {en: Main}, items: {name: {}}}}",
)
OUT_OF_RANGE = Mistake(
    "D206",
    Words("{value} is out of range: {limit} is the {end}", "{value} 超出范围：{end}是 {limit}"),
    "entity: box\nfields: {name: {type: text, max_length: 0}}",
    "entity: box\nfields: {name: {type: text, max_length: 10}}",
)
TOO_FEW = Mistake(
    "D207",
    Words("this is empty: at least one is needed", "这里是空的：至少需要一项"),
    "entity: box\nfields: {kind: {type: choice, options: {}}}",
    "entity: box\nfields: {kind: {type: choice, options: {a: {}}}}",
)
TOO_MANY = Mistake(
    "D208",
    Words("{count} are too many: at most {limit} are allowed", "共 {count} 项，超过上限 {limit}"),
    "form: f\nof: thing\nhighlights: [name, amount, status, due, part_of, id, version, created_at, updated_at]\n"
    "sections: {a: {items: {name: {}}}}",
    "form: f\nof: thing\nhighlights: [name]\nsections: {a: {items: {name: {}}}}",
)
TWICE = Mistake(
    "D209",
    Words('"{value}" is in this list twice', "“{value}”在列表中重复"),
    "entity: box\nfields: {a: {type: text}}\nindexes: {by_a: [a, a]}",
    "entity: box\nfields: {a: {type: text}}\nindexes: {by_a: [a]}",
)
UNKNOWN_KIND = Mistake(
    "D210",
    Words('a document starts with its kind and name; "{name}" is no kind', "文档以种类和名称开头；“{name}”不是种类"),
    "entiti: box",
    "entity: box",
)
UNKNOWN_TYPE = Mistake(
    "D211",
    Words('there is no {what} "{name}"', "没有{what}“{name}”"),
    "entity: box\nfields: {size: {type: number}}",
    "entity: box\nfields: {size: {type: integer}}",
)
NOT_YET = Mistake(
    "D212",
    Words('"{name}" is not available in this version of Kith', "当前版本的 Kith 还不支持“{name}”"),
    "entity: box\nfields: {place: {type: geo}}",
    "entity: box\nfields: {picture: {type: url}}",
)
WRONG_FOLDER = Mistake(
    "D213",
    Words('a document of kind "{kind}" belongs into {folder}', "种类为“{kind}”的文档应放在 {folder}"),
    "# views/box.yaml\nentity: box",
    "# entities/box.yaml\nentity: box",
)
BAD_NAME = Mistake(
    "D214",
    Words('"{name}" cannot be a name', "“{name}”不能作为名称"),
    "entity: box\nfields: {firstName: {type: text}}",
    "entity: box\nfields: {first_name: {type: text}}",
)
TAKEN_NAME = Mistake(
    "D215",
    Words('the name "{name}" is taken by Kith', "名称“{name}”已被 Kith 占用"),
    "entity: box\nfields: {version: {type: text}}",
    "entity: box\nfields: {edition: {type: text}}",
)
LOOK_ALIKE = Mistake(
    "D216",
    Words(
        '"{name}" holds the letter {letter} ({what}), which only looks like another',
        "“{name}”中的字母 {letter}（{what}）只是看起来像另一个字母",
    ),
    "entity: box\nfields: {n\u0430me: {type: text}}",
    "entity: box\nfields: {name: {type: text}}",
)
ONE_OF = Mistake(
    "D217",
    Words("{what} needs exactly one of: {names}", "{what}必须且只能有其中之一：{names}"),
    "rules: r\nof: thing\nitems: {a: {on: [create], when: due is set}}",
    "rules: r\nof: thing\nitems: {a: {require: due is set, message: It needs a day.}}",
)
GOES_WITH = Mistake(
    "D218",
    Words('"{name}" needs "{other}" beside it', "“{name}”需要同时有“{other}”"),
    "rules: r\nof: thing\nitems: {a: {require: due is set}}",
    "rules: r\nof: thing\nitems: {a: {require: due is set, message: It needs a day.}}",
)
NOT_A_MAP = Mistake(
    "D219",
    Words("a document is a map that starts with its kind and name", "文档是以种类和名称开头的映射"),
    "# entities/box.yaml\n- box",
    "# entities/box.yaml\nentity: box",
)
EXCLUDES = Mistake(
    "D220",
    Words('"{name}" and "{other}" exclude each other', "“{name}”和“{other}”不能同时使用"),
    "# views/v.yaml\nview: v\nof: thing\nsegment: due\nfilter: due is set\ncolumns: {name: {}}\n"
    "# segments/due.yaml\nsegment: due\nof: thing\nfilter: due is set",
    "view: v\nof: thing\nfilter: due is set\ncolumns: {name: {}}",
)
FILE_NAME = Mistake(
    "D221",
    Words("{path} is no document: {why}", "{path} 不是文档：{why}"),
    "# entities/box.yml\nentity: box",
    "# entities/box.yaml\nentity: box",
)
TOO_LARGE = Mistake(
    "D222",
    Words("{what}: {count} are too many, at most {limit} are allowed", "{what}：共 {count} 个，超过上限 {limit}"),
    "entity: box\nfields: {<1001 fields>}",
    "entity: box\nfields: {a: {type: text}}",
)
WRONG_SHAPE = Mistake(
    "D223",
    Words("this is not as its kind wants it: {why}", "这里不符合该种类的要求：{why}"),
    "",
    "",
)
