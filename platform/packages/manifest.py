"""The manifest of a package: everything in it follows from the files, so that it can be made again and compared."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from kith.metadata.memo import Memo
from kith.packages import mistakes
from kith.packages.naming import MANIFEST, is_document
from kith.problems import Problem, Source, Span, Words
from kith.source import Mapping as MappingNode
from kith.source import Node, Scalar, Sequence, read

FORMAT = 1
"""The format of packages that this version of Kith writes and reads."""
_KEYS = ("kith_package", "name", "version", "title", "extends", "requires", "languages", "counts", "files", "content")
Data = Mapping[str, Any]


def manifest_of(texts: Mapping[str, str], memo: Memo | None = None) -> dict[str, Any]:
    """The manifest of files by their names."""
    app = _plain(_read(texts.get("app.yaml", ""), "app.yaml"))
    said: Mapping[str, Any] = app if isinstance(app, dict) else {}
    hashes = {name: _hash(texts[name]) for name in sorted(texts) if name != MANIFEST}
    kinds = Counter(_kind(name, texts[name], memo or Memo()) for name in hashes if is_document(name))
    return {
        "kith_package": FORMAT,
        "name": said.get("app", ""),
        "version": said.get("version", ""),
        "title": said.get("title", ""),
        "extends": said.get("extends", ""),
        "requires": said.get("requires", {}),
        "languages": said.get("languages", []),
        "counts": {kind: kinds[kind] for kind in sorted(kinds)},
        "files": hashes,
        "content": content_of(hashes),
    }


def content_of(hashes: Mapping[str, str]) -> str:
    """One hash over all files, which does not hang on how they are packed."""
    return _hash("".join(f"{name}\0{hashes[name]}\n" for name in sorted(hashes)))


def written(data: Data) -> str:
    """A manifest as it stands in a package."""
    return json.dumps(data, ensure_ascii=False, indent=1) + "\n"


def problems_of(text: str, texts: Mapping[str, str], memo: Memo) -> Iterator[Problem]:
    """Where a manifest is not that of the files."""
    source = Source(MANIFEST, text)
    node, found = read(text, MANIFEST)
    if not isinstance(node, MappingNode):
        yield from found or [_bad(source, Words("it is no map", "不是映射"))]
        return
    said = _plain(node)
    known = str(FORMAT)
    if said.get("kith_package") != known:
        span = _span(node, "kith_package", source)
        yield Problem(mistakes.UNKNOWN_FORMAT, span, {"found": str(said.get("kith_package", "?"))[:20], "known": known})
        return
    yield from found
    whole = manifest_of(texts, memo)
    made = _plain(_read(written(whole), MANIFEST))
    yield from _files(said.get("files"), made["files"], node, source)
    for key in _KEYS:
        if key != "files" and said.get(key) != made[key]:
            yield Problem(mistakes.SAYS_OTHERWISE, _span(node, key, source), {"key": key})
    if said == made and text != written(whole):
        yield _bad(source, Words("its keys or spaces differ", "键或空白不同"))
    elif more := sorted(said.keys() - made.keys()):
        yield _bad(source, Words(f'it has the key "{more[0][:40]}"', f"含有键“{more[0][:40]}”"))


def _files(said: Any, made: Mapping[str, str], node: MappingNode, source: Source) -> Iterator[Problem]:
    if not isinstance(said, dict):
        yield Problem(mistakes.SAYS_OTHERWISE, _span(node, "files", source), {"key": "files"})
        return
    for name in sorted(said.keys() - made.keys()):
        yield Problem(mistakes.MISSING, _span(node, "files", source), {"name": name[:200]})
    for name in made:
        if name not in said:
            yield Problem(mistakes.UNLISTED, _span(node, "files", source), {"name": name})
        elif said[name] != made[name]:
            yield Problem(mistakes.WRONG_HASH, None, {"name": name})


def _bad(source: Source, why: Words) -> Problem:
    return Problem(mistakes.BAD_MANIFEST, Span(source, 0, 1), {"why": why})


def _span(node: MappingNode, key: str, source: Source) -> Span:
    entry = node.entries.get(key)
    return entry.key.span if entry else Span(source, 0, 1)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _kind(name: str, text: str, memo: Memo) -> str:
    node, _ = memo.once(("read", name, text), lambda: read(text, name))
    return next(iter(node.entries), "") if isinstance(node, MappingNode) else ""


def _read(text: str, path: str) -> Node | None:
    return read(text, path)[0]


def _plain(node: Node | None) -> Any:
    """A node as plain data; every value is a text."""
    if isinstance(node, MappingNode):
        return {name: _plain(entry.value) for name, entry in node.entries.items()}
    if isinstance(node, Sequence):
        return [_plain(item) for item in node.items]
    return node.text if isinstance(node, Scalar) else None
