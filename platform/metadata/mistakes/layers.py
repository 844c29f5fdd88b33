"""D3: layers that do not fit on each other."""

from __future__ import annotations

from kith.problems import Mistake, Words

DECLARED_TWICE = Mistake(
    "D301",
    Words(
        '{kind} "{name}" is declared twice in this app; the first is {place}',
        "{kind}“{name}”在本应用中声明了两次，第一次在 {place}",
    ),
    "# entities/a.yaml\nentity: box\n# entities/b.yaml\nentity: box",
    "# entities/a.yaml\nentity: box\n# entities/b.yaml\nentity: chest",
)
REMOVES_NOTHING = Mistake(
    "D302",
    Words('there is no "{name}" below to remove', "下层没有可删除的“{name}”"),
    "entity: user\nfields: {nickname: {~remove: true}}",
    "entity: user\nfields: {nickname: {type: text, label: {en: Nickname, zh-CN: 昵称}}}",
)
CLEARS_NOTHING = Mistake(
    "D303",
    Words('~ clears nothing: no lower layer sets "{name}"', "~ 没有清除任何内容：下层没有设置“{name}”"),
    "entity: box\nicon: ~",
    "entity: box",
)
NO_NEIGHBOUR = Mistake(
    "D304",
    Words('there is no "{name}" here to stand beside', "这里没有可作为参照的“{name}”"),
    "entity: box\nfields: {a: {type: text}, b: {type: text, ~after: c}}",
    "entity: box\nfields: {a: {type: text}, b: {type: text, ~before: a}}",
)
UNKNOWN_DIRECTIVE = Mistake(
    "D305",
    Words(
        '"{name}" is no instruction to layers; there are ~remove, ~after and ~before',
        "“{name}”不是图层指令；可用 ~remove、~after、~before",
    ),
    "entity: box\nfields: {a: {type: text, ~delete: true}}",
    "entity: box\nfields: {a: {type: text}}",
)
BAD_DIRECTIVE = Mistake(
    "D306",
    Words("{name} takes {wanted}", "{name} 的值应是{wanted}"),
    "entity: user\nfields: {manager: {~remove: yes}}",
    "entity: user\nfields: {manager: {label: {en: Boss, zh-CN: 上级}}}",
)
NO_FRAGMENT = Mistake(
    "D307",
    Words('there is no fragment "{name}"', "没有片段“{name}”"),
    "entity: box\ninclude: [adressable]",
    "# fragments/addressable.yaml\nfragment: addressable\nfields: {city: {type: text, label: {en: City, zh-CN: 城市}}}\n"
    "# entities/box.yaml\nentity: box\ninclude: [addressable]",
)
NO_APP = Mistake(
    "D308",
    Words("{path} is no app: it has no app.yaml", "{path} 不是应用：缺少 app.yaml"),
    "<a folder without app.yaml>",
    "# app.yaml\napp: shop",
)
NO_BASE = Mistake(
    "D309",
    Words('the app "{name}" that this one extends is not to be found', "找不到本应用所扩展的应用“{name}”"),
    "# app.yaml\napp: ours\nversion: 1.0.0\nextends: nowhere",
    "# app.yaml\napp: ours\nversion: 1.0.0",
)
NEEDS_VERSION = Mistake(
    "D310",
    Words("this app needs platform {wanted}; this is {version}", "本应用需要平台 {wanted}；当前为 {version}"),
    '# app.yaml\napp: ours\nrequires: {platform: ">=99.0"}\nversion: 1.0.0',
    '# app.yaml\napp: ours\nrequires: {platform: ">=1.0"}\nversion: 1.0.0',
)
NOT_UTF8 = Mistake(
    "D311",
    Words("{path} is not UTF-8", "{path} 不是 UTF-8 编码"),
    "<a file in UTF-16>",
    "# app.yaml\napp: shop",
)
ODD_KIND = Mistake(
    "D312",
    Words('"{name}" is a {kind} in a lower layer, and here it is none', "“{name}”在下层是{kind}，这里却不是"),
    "entity: user\nfields: {name: text}",
    "entity: user\nfields: {name: {max_length: 40}}",
)
