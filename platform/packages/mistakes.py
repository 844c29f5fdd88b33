"""K1: archives that are no package."""

from __future__ import annotations

from kith.problems import Mistake, Words

NO_ARCHIVE = Mistake(
    "K101",
    Words(
        "{path} is no package: it is no archive, or a part of it is missing",
        "{path} 不是包：不是归档文件，或内容不完整",
    ),
    "<half of a package>",
    "<a package>",
)
TOO_LARGE = Mistake(
    "K102",
    Words("{what}: {count}; at most {limit} are allowed", "{what}：{count}，上限为 {limit}"),
    "<an archive with 10,000 files>",
    "<an archive with 100 files>",
)
BAD_NAME = Mistake(
    "K103",
    Words('"{name}" is no name for a file of a package: {why}', "“{name}”不能作为包内文件名：{why}"),
    "../outside.yaml",
    "entities/store.yaml",
)
TWICE = Mistake(
    "K104",
    Words(
        '"{name}" is in the archive twice (large and small letters are the same on some systems)',
        "“{name}”在归档中重复（部分系统不区分大小写）",
    ),
    "README.md and readme.md",
    "README.md",
)
NO_FILE = Mistake(
    "K105",
    Words(
        '"{name}" is {what}; a package holds plain files only, as they are',
        "“{name}”是{what}；包中只能有未压缩、未加密的普通文件",
    ),
    "<a link, or a file that is compressed or encrypted>",
    "<a plain file>",
)
DAMAGED = Mistake(
    "K106",
    Words('"{name}" cannot be read: the archive is damaged', "无法读取“{name}”：归档已损坏"),
    "<a file whose check sum is wrong>",
    "<a file whose check sum is right>",
)
NOT_TEXT = Mistake(
    "K107",
    Words('"{name}" is no text in UTF-8 with plain line ends', "“{name}”不是 UTF-8 文本，或换行符不规范"),
    "<a picture called README.md>",
    "<a text>",
)
NO_MANIFEST = Mistake(
    "K108",
    Words("there is no package.json, the list of what the package holds", "缺少 package.json（包的内容清单）"),
    "<an archive of documents only>",
    "<the same with package.json>",
)
BAD_MANIFEST = Mistake(
    "K109",
    Words(
        "package.json is not as `kith package build` writes it: {why}",
        "package.json 与 `kith package build` 所写不符：{why}",
    ),
    '{"name": 7}',
    "<as it was built>",
)
UNKNOWN_FORMAT = Mistake(
    "K110",
    Words(
        "the package is of format {found}; this version of Kith reads {known}",
        "包的格式为 {found}；此版本的 Kith 只能读取 {known}",
    ),
    '{"kith_package": 99}',
    '{"kith_package": 1}',
)
WRONG_HASH = Mistake(
    "K111",
    Words('"{name}" is not what package.json says: its hash differs', "“{name}”与 package.json 不符：散列值不同"),
    "<a file that was changed after the package was built>",
    "<the file as it was>",
)
MISSING = Mistake(
    "K112",
    Words('package.json lists "{name}", which is not there', "package.json 列出了“{name}”，但包中没有"),
    "<a package without one of its files>",
    "<the whole package>",
)
UNLISTED = Mistake(
    "K113",
    Words('package.json does not list "{name}"', "package.json 没有列出“{name}”"),
    "<a package with one file more>",
    "<the package as it was built>",
)
SAYS_OTHERWISE = Mistake(
    "K114",
    Words(
        'package.json says otherwise than the documents: "{key}"',
        "package.json 与文档不一致：“{key}”",
    ),
    '{"version": "2.0.0"} over an app.yaml of version 1.0.0',
    '{"version": "1.0.0"}',
)
NOT_AS_BUILT = Mistake(
    "K115",
    Words(
        "the archive is not as `kith package build` makes it: it has more or other bytes than its files account for",
        "归档与 `kith package build` 生成的不一致：含有多余或不同的字节",
    ),
    "<a package with bytes behind its end>",
    "<the package as it was built>",
)
NOT_PACKED = Mistake(
    "K116",
    Words('"{name}" cannot be packed: {why}', "无法打包“{name}”：{why}"),
    "<a project with a file whose name is too long>",
    "<a project>",
)
NO_VERSION = Mistake(
    "K117",
    Words("app.yaml must say {key}: a package is known by it", "app.yaml 必须写明 {key}：包以此识别"),
    "app: shop",
    "app: shop\nversion: 1.0.0",
)

ALL = tuple(value for value in list(vars().values()) if isinstance(value, Mistake))
"""All of them, by code."""
