"""Small files of many kinds, honest and not."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

GPS = b"GPS 39.9042N 116.4074E by Somebody"


def png(width: int = 3, height: int = 2, *, text: bytes = b"", cut: int = 0, after: bytes = b"") -> bytes:
    """A picture, with a text inside, cut or followed by something."""
    rows = b"".join(b"\0" + bytes(3 * min(width, 64)) for _ in range(min(height, 64)))
    parts = [
        chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)),
        *([chunk(b"tEXt", b"Comment\0" + text), chunk(b"eXIf", b"II" + text)] if text else []),
        chunk(b"IDAT", zlib.compress(rows)),
        chunk(b"IEND", b""),
    ]
    whole = b"\x89PNG\r\n\x1a\n" + b"".join(parts)
    return whole[: len(whole) - cut] + after


def chunk(name: bytes, data: bytes) -> bytes:
    """A chunk of a PNG."""
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def exif(turned: int = 6) -> bytes:
    """What a camera writes: which way up it was held, and where."""
    entries = struct.pack(">HHIHH", 0x0112, 3, 1, turned, 0) + struct.pack(">HHII", 0x8825, 4, 1, 38)
    return b"Exif\0\0MM\0\x2a" + struct.pack(">IH", 8, 2) + entries + bytes(4) + GPS


def segment(mark: int, data: bytes) -> bytes:
    """A segment of a JPEG."""
    return bytes((0xFF, mark)) + struct.pack(">H", len(data) + 2) + data


def jpeg(width: int = 16, height: int = 8, *, camera: bytes = b"", scan: bytes = b"\x12\xff\x00\xff\xd0\x34") -> bytes:
    """The outline of a picture: its segments are right, its pixels are nothing."""
    parts = [
        segment(0xE0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0"),
        *([segment(0xE1, camera), segment(0xFE, GPS), segment(0xED, b"Photoshop " + GPS)] if camera else []),
        segment(0xDB, bytes(65)),
        segment(0xC0, struct.pack(">BHHB", 8, height, width, 1) + b"\x01\x11\x00"),
        segment(0xC4, bytes(20)),
        segment(0xDA, b"\x01\x01\x00\x00\x3f\x00") + scan,
    ]
    return b"\xff\xd8" + b"".join(parts) + b"\xff\xd9"


def gif(*, comment: bytes = b"", after: bytes = b"") -> bytes:
    """One black pixel."""
    said = b"\x21\xfe" + bytes((len(comment),)) + comment + b"\0" if comment else b""
    head = b"GIF89a" + struct.pack("<HHBBB", 1, 1, 0x80, 0, 0) + bytes(6)
    box = b"\x2c" + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\x02\x02\x44\x01\x00"
    return head + said + box + b"\x3b" + after


def webp(*, camera: bytes = b"") -> bytes:
    """The outline of a picture."""
    frame = bytes((0, 0, 0, 0x9D, 0x01, 0x2A)) + struct.pack("<HH", 4, 5) + bytes(6)
    parts = riff(b"VP8 ", frame)
    if camera:
        parts = riff(b"VP8X", bytes((0x0C, 0, 0, 0, 3, 0, 0, 4, 0, 0))) + parts + riff(b"EXIF", camera)
    return b"RIFF" + struct.pack("<I", len(parts) + 4) + b"WEBP" + parts


def riff(name: bytes, data: bytes) -> bytes:
    """A chunk of a RIFF."""
    return name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)


def archive(**members: bytes) -> bytes:
    """A zip; a double underscore in a name is a slash, and one before its ending a point."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name, data in members.items():
            made.writestr(name.replace("__", "/").replace("_dot_", "."), data)
    return out.getvalue()


def document(*, macro: bool = False) -> bytes:
    """The outline of a word processor's document."""
    members = {"[Content_Types]_dot_xml": b"<Types/>", "word__document_dot_xml": b"<w/>"}
    return archive(**members, **({"word__vbaProject_dot_bin": b"x"} if macro else {}))


PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer<<>>\n%%EOF\n"
HTML = b"<!DOCTYPE html><script>alert(1)</script>"
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
