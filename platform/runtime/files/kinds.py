"""Which kind of file something is, by what is in it: neither its name nor what its sender says of it is believed."""

from __future__ import annotations

import codecs
import os
import re
import zipfile
from collections.abc import Mapping
from typing import IO

HEAD = 4096
MARKUP = re.compile(rb"\s*(?:<!--.*?-->\s*|<\?xml[^>]*>\s*)*<\s*[!a-z/?]", re.DOTALL | re.IGNORECASE)
"""HTML, SVG and other XML: what a browser could take for a page of ours."""
MEDIA: Mapping[str, str] = {
    "jpeg": "image/jpeg",
    "png": "image/png",
    "gif": "image/gif",
    "webp": "image/webp",
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "odp": "application/vnd.oasis.opendocument.presentation",
    "zip": "application/zip",
    "mp3": "audio/mpeg",
    "m4a": "audio/mp4",
    "wav": "audio/wav",
    "ogg": "audio/ogg",
    "mp4": "video/mp4",
    "webm": "video/webm",
    "csv": "text/csv; charset=utf-8",
    "txt": "text/plain; charset=utf-8",
}
"""What each kind is called on the web."""
ENDINGS: Mapping[str, tuple[str, ...]] = {
    "jpeg": ("jpg", "jpeg", "jfif"),
    "txt": ("txt", "log", "md"),
    "ogg": ("ogg", "oga", "opus"),
}
"""The endings of names that fit a kind, where there are others than its own; the first is given to names without."""
_OFFICE = {"word/": "docx", "xl/": "xlsx", "ppt/": "pptx"}
_OPEN = {MEDIA[kind].encode(): kind for kind in ("odt", "ods", "odp")}
_MACROS = ("vbaproject.bin", "basic/", "scripts/")
MOST_MEMBERS, LARGEST_LISTING = 10_000, 2_000_000


def kind_of(file: IO[bytes], name: str) -> str:
    """The kind of a file, "" where it is none that can be kept. Only between kinds of text does the name decide."""
    file.seek(0)
    head = file.read(HEAD)
    if head.startswith(b"PK\x03\x04"):
        return _of_zip(file)
    return _of_head(head) or _of_text(file, head, name)


def kind_of_bytes(head: bytes) -> str:
    """The kind of what begins with these bytes, where that is enough to tell."""
    return _of_head(head)


def _of_head(head: bytes) -> str:
    if head.startswith((b"\xff\xfb", b"\xff\xf3", b"\xff\xf2", b"ID3")):
        return "mp3"
    if head.startswith(b"RIFF"):
        return {b"WEBP": "webp", b"WAVE": "wav"}.get(head[8:12], "")
    if head[4:8] == b"ftyp":
        return "m4a" if head[8:11] == b"M4A" else "mp4" if head[8:12] in _MP4 else ""
    return next((kind for start, kind in _STARTS.items() if head.startswith(start)), "")


_MP4 = frozenset({b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"dash", b"M4V "})
_STARTS = {
    b"\xff\xd8\xff": "jpeg",
    b"\x89PNG\r\n\x1a\n": "png",
    b"GIF87a": "gif",
    b"GIF89a": "gif",
    b"%PDF-": "pdf",
    b"OggS": "ogg",
    b"\x1a\x45\xdf\xa3": "webm",
}


def _of_zip(file: IO[bytes]) -> str:
    """An office document without macros, or plain zip; its members are listed, and none is unpacked but the word of its kind."""
    if not 0 < _listing(file) <= LARGEST_LISTING:
        return ""
    try:
        with zipfile.ZipFile(file) as archive:
            names = [one.filename.lower() for one in archive.infolist()]
            if len(names) > MOST_MEMBERS or any(part in name for name in names for part in _MACROS):
                return ""
            if "[content_types].xml" in names:
                return next(
                    (kind for start, kind in _OFFICE.items() if any(one.startswith(start) for one in names)), "zip"
                )
            if names and names[0] == "mimetype" and archive.infolist()[0].file_size < 100:
                return _OPEN.get(archive.read("mimetype"), "zip")
            return "zip"
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, OSError, UnicodeError):
        return ""


def _listing(file: IO[bytes]) -> int:
    """Bytes of the list of an archive's members, which is read as a whole; 0 where the archive does not say."""
    size = file.seek(0, os.SEEK_END)
    start = file.seek(max(0, size - 65_557))
    tail = file.read(size - start)
    at = tail.rfind(b"PK\x05\x06")
    return int.from_bytes(tail[at + 12 : at + 16], "little") if at >= 0 else 0


def _of_text(file: IO[bytes], head: bytes, name: str) -> str:
    """Text in UTF-8 without control characters that is no markup."""
    if not head or MARKUP.match(head.removeprefix(codecs.BOM_UTF8)):
        return ""
    decoder = codecs.getincrementaldecoder("utf-8")()
    file.seek(0)
    try:
        while part := file.read(65536):
            if _CONTROL.search(decoder.decode(part)):
                return ""
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return ""
    return "csv" if name.lower().endswith((".csv", ".tsv")) else "txt"


_CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f]")
