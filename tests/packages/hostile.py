"""Archives that are no packages: what is done to a good one, and which problems are told of it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

from kith.packages.archive import pack, unpack
from kith.packages.naming import MANIFEST
from kith.packages.package import Package, pack_folder

TEMPLATE = Path(__file__).parent / "template"


@cache
def good() -> Package:
    """A package that is as it should be."""
    made, problems = pack_folder(TEMPLATE)
    assert made is not None, problems
    return made


def zipped(
    files: Mapping[str, bytes], change: Callable[[zipfile.ZipInfo], None] = lambda entry: None, method: int = 0
) -> bytes:
    """An archive of any files with any names, not checked at all."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, data in files.items():
            entry = zipfile.ZipInfo("x", (1980, 1, 1, 0, 0, 0))
            entry.filename, entry.external_attr, entry.create_system = name, 0o100644 << 16, 3
            entry.compress_type = method
            change(entry)
            archive.writestr(entry, data)
    return target.getvalue()


def files_of(data: bytes) -> dict[str, bytes]:
    """The files of a good archive."""
    return {name: text.encode() for name, text in unpack(data, "")[0].items()}


def with_file(name: str, data: bytes = b"entity: x\n") -> bytes:
    """A good package with one file more."""
    return zipped({**files_of(good().packed()), name: data})


def with_manifest(old: str, new: str) -> bytes:
    """A good package whose manifest says something else."""
    texts = good().files()
    assert old in texts[MANIFEST]
    return pack({**texts, MANIFEST: texts[MANIFEST].replace(old, new)})


def with_text(name: str, text: str | None) -> bytes:
    """A good package with another text, or without it, and the manifest as it was."""
    texts = {**good().files(), name: text or ""}
    return pack({path: said for path, said in texts.items() if path != name or text is not None})


def _as_link(entry: zipfile.ZipInfo) -> None:
    if entry.filename == "entities/box.yaml":
        entry.external_attr = 0o120777 << 16


def encrypted(data: bytes) -> bytes:
    """The flag of encryption on every file, in both places."""
    made = bytearray(data)
    for sign, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = made.find(sign)
        while start >= 0:
            made[start + at] |= 1
            start = made.find(sign, start + 4)
    return bytes(made)


def damaged(data: bytes) -> bytes:
    """One sign of a document turned, with the check sum as it was."""
    at = data.index(b"label: Boxed") if b"label: Boxed" in data else data.index(b"label: Box")
    return data[:at] + b"L" + data[at + 1 :]


def overlapping(data: bytes) -> bytes:
    """A file that says to be far larger than the archive."""
    made = bytearray(data)
    at = made.find(b"PK\x01\x02")
    for place in (20, 24):
        made[at + place : at + place + 4] = (4_000_000_000).to_bytes(4, "little")
    return bytes(made)


def twice(data: bytes) -> bytes:
    """One name two times."""
    target = io.BytesIO(data)
    with zipfile.ZipFile(target, "a") as archive:
        entry = zipfile.ZipInfo("README.md", (1980, 1, 1, 0, 0, 0))
        archive.writestr(entry, b"x")
        other = zipfile.ZipInfo("readme.md", (1980, 1, 1, 0, 0, 0))
        archive.writestr(other, b"y")
    return target.getvalue()


def bomb() -> bytes:
    """A quarter of a gibibyte of nothing in a quarter of a megabyte."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("README.md", "w") as file:
        for _ in range(256):
            file.write(bytes(1 << 20))
    return target.getvalue()


def many() -> bytes:
    """More files than an app ever has."""
    return zipped({f"entities/e{number}.yaml": b"" for number in range(6_000)})


HOSTILE: Mapping[str, tuple[Callable[[], bytes], str]] = {
    "nothing": (lambda: b"", "K101"),
    "no archive": (lambda: b"app: shop\n" * 100, "K101"),
    "half a file": (lambda: good().packed()[:3000], "K101"),
    "bytes behind the end": (lambda: good().packed() + b"more", "K115"),
    "bytes in front": (lambda: b"#!/bin/sh\n" + good().packed(), "K115"),
    "a comment": (lambda: good().packed()[:-2] + b"\x03\x00abc", "K115"),
    "too many bytes": (lambda: bytes(40_000_000), "K102"),
    "a file above": (lambda: with_file("../outside.yaml"), "K103"),
    "a file of the machine": (lambda: with_file("/etc/app.yaml"), "K103"),
    "a file on a drive": (lambda: with_file("C:/app.yaml"), "K103"),
    "a path with backslashes": (lambda: with_file("entities\\..\\..\\x.yaml"), "K103"),
    "a folder": (lambda: with_file("entities/", b""), "K103"),
    "a device": (lambda: with_file("entities/con.yaml"), "K103"),
    "letters that look like others": (lambda: with_file("entities/b\u043ex.yaml"), "K103"),
    "a name that is written from right to left": (lambda: with_file("entities/x\u202elmay.yaml"), "K103"),
    "a name with nothing in it": (lambda: with_file("entities/x\x01.yaml"), "K103"),
    "a hidden file": (lambda: with_file(".profile"), "K103"),
    "code": (lambda: with_file("entities/run.py", b"print(1)"), "K103"),
    "an archive within": (lambda: with_file("inner.kith", good().packed()), "K103"),
    "a name without an end": (lambda: with_file("entities/" + "x" * 300 + ".yaml"), "K103"),
    "a name twice": (lambda: twice(good().packed()), "K104"),
    "a link": (lambda: zipped(files_of(good().packed()), _as_link), "K105"),
    "files that are encrypted": (lambda: encrypted(good().packed()), "K105"),
    "files that are compressed": (lambda: zipped(files_of(good().packed()), method=zipfile.ZIP_DEFLATED), "K105"),
    "a bomb": (bomb, "K105"),
    "a file that says to be larger": (lambda: overlapping(good().packed()), "K102"),
    "a file that is damaged": (lambda: damaged(good().packed()), "K106"),
    "a picture": (lambda: with_file("README.md", b"\x89PNG\xff"), "K107"),
    "too many files": (many, "K102"),
    "no manifest": (lambda: with_text(MANIFEST, None), "K108"),
    "a manifest that is a list": (lambda: with_text(MANIFEST, "[1]\n"), "K109"),
    "a manifest that is no YAML": (lambda: with_text(MANIFEST, "{"), "D"),
    "a manifest with a key more": (lambda: with_manifest('"name"', '"evil": 1,\n "name"'), "K109"),
    "a manifest with other spaces": (lambda: with_manifest('"name": ', '"name":  '), "K109"),
    "a format of the future": (lambda: with_manifest('"kith_package": 1', '"kith_package": 2'), "K110"),
    "another text": (lambda: with_text("entities/box.yaml", "entity: box\n"), "K111"),
    "a text that is missing": (lambda: with_text("entities/box.yaml", None), "K112"),
    "a text more": (lambda: with_text("entities/more.yaml", "entity: more\n"), "K113"),
    "another version": (lambda: with_manifest('"version": "1.0.0"', '"version": "1.0.1"'), "K114"),
    "another count": (lambda: with_manifest('"entity": 3', '"entity": 4'), "K114"),
    "another hash of all": (lambda: with_manifest('"content": "', '"content": "0'), "K114"),
}
"""What is wrong, and the code that is told among others."""
