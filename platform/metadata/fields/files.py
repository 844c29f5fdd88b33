"""Field types whose value is a file, or several: the bytes stand apart (docs/decisions/0041-files.md)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from kith.metadata.fields.kind import INPUT, PRESENCE, FieldType
from kith.metadata.shapes import parts
from kith.metadata.shapes.parts import Schema
from kith.problems import Words
from kith.rules.types import INT, TEXT, Type, set_of

KINDS: Mapping[str, tuple[str, ...]] = {
    "image": ("jpeg", "png", "gif", "webp"),
    "office": ("docx", "xlsx", "pptx", "odt", "ods", "odp"),
    "audio": ("mp3", "m4a", "wav", "ogg"),
    "video": ("mp4", "webm"),
    "pdf": ("pdf",),
    "text": ("txt", "csv"),
    "zip": ("zip",),
}
"""The kinds of files that can be kept, by the groups that `accept` may name; each is told by what is in the file."""
PICTURES = KINDS["image"]
FILES = frozenset({"file", "files", "image"})
"""The field types that are made of files."""
LARGEST = 25
"""Megabytes of a file where its field says nothing."""

MEMBER = Type("text", entity=":files")
"""A file of several: one text that describes it."""

_ACCEPT = parts.list_of(
    parts.one_of(dict.fromkeys((*KINDS, *(kind for group in KINDS.values() for kind in group)))),
    "The kinds of files that are taken, told by their content: groups such as image, or single ones such as pdf.",
    least=1,
)
_SIZE = parts.whole(1, 100, "Megabytes that a file may have; 25 unless it is said.")
_COMMON = INPUT - {"default_from"}


def accepted(accept: object, type_name: str) -> tuple[str, ...]:
    """The kinds of files that a field takes."""
    wanted: Iterable[object] = accept if isinstance(accept, (list, tuple)) else ()
    single = [kind for one in wanted for kind in KINDS.get(str(one), (str(one),))]
    if type_name == "image":
        return tuple(one for one in single if one in PICTURES) or PICTURES
    return tuple(dict.fromkeys(single)) or tuple(kind for group in KINDS.values() for kind in group)


def _kind(
    name: str, title: Words, doc: Words, example: str, keys: Mapping[str, Schema], *, many: bool = False
) -> FieldType:
    return FieldType(
        name,
        title,
        doc,
        (lambda _: set_of(MEMBER)) if many else (lambda _: Type("record", entity=f":{name}")),
        "link table" if many else "columns",
        example,
        None,
        keys,
        common=_COMMON,
        operators=PRESENCE,
        sortable=False,
        parts={} if many else {"name": TEXT, "type": TEXT, "size": INT},
    )


TYPES = (
    _kind(
        "file",
        Words("File", "文件"),
        Words(
            "One file. Its `.name`, `.type` and `.size` in bytes can be asked for.",
            "一个文件。可读取其 `.name`、`.type` 和 `.size`（字节）。",
        ),
        "{type: file, accept: [pdf, office], max_size: 10}",
        {"accept": _ACCEPT, "max_size": _SIZE},
    ),
    _kind(
        "files",
        Words("Files", "多个文件"),
        Words("Several files, up to 50.", "多个文件，最多 50 个。"),
        "{type: files, accept: [image, pdf]}",
        {"accept": _ACCEPT, "max_size": _SIZE},
        many=True,
    ),
    _kind(
        "image",
        Words("Picture", "图片"),
        Words(
            "One picture: JPEG, PNG, GIF or WebP. What is not needed to draw it, such as where it was taken, is left out.",
            "一张图片：JPEG、PNG、GIF 或 WebP。与显示无关的信息（如拍摄地点）会被去除。",
        ),
        "{type: image, max_size: 5}",
        {"max_size": _SIZE},
    ),
)
