"""The archive: files as they are, in one order, with one time and no attributes, so that every build makes the same bytes.

Nothing in it is compressed: what compressors make hangs on their version, and what is never unpacked cannot swell.
"""

from __future__ import annotations

import io
import stat
import struct
import zipfile
from collections.abc import Iterator, Mapping

from kith.packages import mistakes
from kith.packages.naming import MANIFEST, unfit
from kith.problems import Problem, Value, Words

ENDING = ".kith"
MAX_BYTES = 33_554_432
"""Of a package: 32 MiB."""
MAX_FILE = 4_194_304
"""Of one file: 4 MiB."""
MAX_FILES = 5_100
MOST_TOLD = 50
"""Problems of one archive that are told one by one."""

_TIME = (1980, 1, 1, 0, 0, 0)
_MODE = (stat.S_IFREG | 0o644) << 16
_UNIX = 3


def pack(texts: Mapping[str, str]) -> bytes:
    """The archive of texts by their names; the manifest comes first."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(texts, key=lambda name: (name != MANIFEST, name)):
            entry = zipfile.ZipInfo(name, _TIME)
            entry.create_system, entry.external_attr = _UNIX, _MODE
            archive.writestr(entry, texts[name].encode())
    return target.getvalue()


def unpack(data: bytes, shown: str) -> tuple[dict[str, str], list[Problem]]:
    """The texts of an archive, and everything that is wrong with it; without a problem it is just what `pack` makes."""
    if len(data) > MAX_BYTES:
        return {}, [_too_large(Words("bytes of the package", "包的字节数"), len(data), MAX_BYTES)]
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        entries = archive.infolist()
    except (zipfile.BadZipFile, struct.error, ValueError, OverflowError, NotImplementedError, EOFError, OSError):
        return {}, [Problem(mistakes.NO_ARCHIVE, None, {"path": shown})]
    problems = [*_limits(entries, len(data)), *_entries(entries)]
    if problems:
        return {}, problems[:MOST_TOLD]
    texts: dict[str, str] = {}
    for entry in entries:
        text, problem = _text(archive, entry)
        texts |= {entry.filename: text} if text is not None else {}
        problems += [problem] if problem else []
    if not problems and pack(texts) != data:
        problems.append(Problem(mistakes.NOT_AS_BUILT, None))
    return texts, problems[:MOST_TOLD]


def _limits(entries: list[zipfile.ZipInfo], size: int) -> Iterator[Problem]:
    if len(entries) > MAX_FILES:
        yield _too_large(Words("files of the package", "包的文件数"), len(entries), MAX_FILES)
    total = sum(entry.file_size for entry in entries)
    # Files that overlap, or that say to be larger than they are.
    if total > size:
        yield _too_large(Words("bytes of all files", "全部文件的字节数"), total, size)


def _entries(entries: list[zipfile.ZipInfo]) -> Iterator[Problem]:
    seen: set[str] = set()
    for entry in entries[:MAX_FILES]:
        name = entry.orig_filename
        if why := unfit(name):
            yield Problem(mistakes.BAD_NAME, None, {"name": _printable(name), "why": why})
        elif odd := _odd(entry):
            yield Problem(mistakes.NO_FILE, None, {"name": name, "what": odd})
        if name.casefold() in seen:
            yield Problem(mistakes.TWICE, None, {"name": _printable(name)})
        seen.add(name.casefold())
        if entry.file_size > MAX_FILE:
            yield _too_large(
                Words(f"bytes of {_printable(name)}", f"{_printable(name)} 的字节数"), entry.file_size, MAX_FILE
            )


def _odd(entry: zipfile.ZipInfo) -> Words | None:
    """What an entry is, where it is no plain file."""
    mode = stat.S_IFMT(entry.external_attr >> 16)
    if mode and mode != stat.S_IFREG:
        return Words("a link or a device", "链接或设备")
    if entry.flag_bits & 0x1:
        return Words("encrypted", "加密文件")
    if entry.compress_type != zipfile.ZIP_STORED or entry.compress_size != entry.file_size:
        return Words("compressed", "压缩文件")
    return None


def _text(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> tuple[str | None, Problem | None]:
    name = entry.filename
    try:
        data = archive.read(entry)
    except (
        zipfile.BadZipFile,
        struct.error,
        ValueError,
        OverflowError,
        NotImplementedError,
        EOFError,
        RuntimeError,
        OSError,
    ):
        return None, Problem(mistakes.DAMAGED, None, {"name": name})
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = "\r"
    if "\r" in text or "\0" in text:
        return None, Problem(mistakes.NOT_TEXT, None, {"name": name})
    return text, None


def _too_large(what: Words, count: int, limit: int) -> Problem:
    values: dict[str, Value] = {"what": what, "count": f"{count:,}", "limit": f"{limit:,}"}
    return Problem(mistakes.TOO_LARGE, None, values)


def _printable(name: str) -> str:
    """A name of somebody else's that does no harm to a terminal."""
    return "".join(sign if sign.isprintable() else "?" for sign in name[:200])
