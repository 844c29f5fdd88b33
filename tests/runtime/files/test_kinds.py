"""What is taken for which kind of file, by its content alone, and what is not taken at all."""

from __future__ import annotations

import io

import pytest

from kith.metadata.fields.files import KINDS
from kith.runtime.files.kinds import MEDIA
from kith.runtime.files.names import cleaned, disposition
from kith.runtime.files.uploading import PORTION, Looked, Unfit, look
from tests.runtime.files import making
from tests.runtime.files.making import GPS, HTML, PDF, SVG, archive, document, exif, gif, jpeg, png, webp

TAKEN = {
    "jpeg": jpeg(),
    "png": png(),
    "gif": gif(),
    "webp": webp(),
    "pdf": PDF,
    "docx": document(),
    "xlsx": archive(**{"[Content_Types]_dot_xml": b"", "xl__workbook_dot_xml": b""}),
    "odt": archive(mimetype=b"application/vnd.oasis.opendocument.text", content_dot_xml=b""),
    "zip": archive(a_dot_txt=b"a"),
    "txt": "第一行\n第二行".encode(),
    "csv": b"a,b\n1,2\n",
    "mp3": b"ID3\x03\x00" + bytes(20),
    "wav": b"RIFF\x10\0\0\0WAVEfmt ",
    "m4a": b"\0\0\0\x20ftypM4A \0\0\0\0",
    "mp4": b"\0\0\0\x20ftypisom\0\0\0\0",
    "ogg": b"OggS" + bytes(20),
    "webm": b"\x1a\x45\xdf\xa3" + bytes(20),
}
REFUSED = {
    "nothing at all": (b"", "empty"),
    "a page": (HTML, "kind"),
    "a page that begins with blanks": (b"\xef\xbb\xbf \n\t" + HTML, "kind"),
    "a page behind a comment": (b"<!-- x --><html>", "kind"),
    "a drawing with a script": (SVG, "kind"),
    "a program": (b"\x7fELF" + bytes(40), "kind"),
    "a program of Windows": (b"MZ\x90\x00" + bytes(40), "kind"),
    "an office document of old": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(40), "kind"),
    "a document with macros": (document(macro=True), "kind"),
    "an archive that is cut": (archive(a_dot_txt=b"a")[:-30], "kind"),
    "an archive with a list larger than any": (
        b"PK\x03\x04" + bytes(30) + b"PK\x05\x06" + bytes(8) + b"\xff" * 10,
        "kind",
    ),
    "text in another encoding": ("你好".encode("gb18030"), "kind"),
    "text with a null": (b"a\0b", "kind"),
    "a picture that is cut": (png(cut=6), "broken"),
    "a picture without pixels": (png()[:33], "broken"),
    "a picture whose checksum is wrong": (png().replace(b"IDAT", b"IDAt"), "broken"),
    "a picture of a hundred thousand pixels a side": (png(100_000, 100_000), "pixels"),
    "a picture of sixty million pixels": (jpeg(10_000, 6_000), "pixels"),
    "a picture of no height": (jpeg(10, 0), "pixels"),
    "a photo that is cut": (jpeg()[:-2], "broken"),
    "a photo of markers alone": (b"\xff\xd8\xff" + b"\xff" * 300_000, "broken"),
    "a photo that ends at once": (b"\xff\xd8\xff\xd9", "broken"),
    "a pixel that is cut": (gif()[:-1], "broken"),
    "a picture whose length is a lie": (webp()[:4] + b"\xff\xff\xff\x7f" + webp()[8:], "broken"),
}


def looked(data: bytes, name: str = "x") -> Looked:
    return look(io.BytesIO(data), name)


def kept(data: bytes) -> bytes:
    return b"".join(looked(data).portions())


@pytest.mark.parametrize("kind", TAKEN)
def test_a_kind_is_told_by_its_content(kind: str) -> None:
    found = looked(TAKEN[kind], "data.csv" if kind == "csv" else "nothing.exe")
    assert found.type == kind
    assert sum(map(len, found.portions())) == found.size


def test_every_kind_that_a_field_may_name_is_called_something_on_the_web() -> None:
    assert {kind for group in KINDS.values() for kind in group} == set(MEDIA)


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_kind_of_ours_or_broken_is_refused(case: str) -> None:
    data, code = REFUSED[case]
    with pytest.raises(Unfit) as refused:
        looked(data, "photo.png")
    assert refused.value.code == code


@pytest.mark.parametrize(
    "picture",
    [png(text=GPS), jpeg(camera=exif()), gif(comment=GPS), webp(camera=GPS)],
    ids=["png", "jpeg", "gif", "webp"],
)
def test_a_picture_is_kept_without_what_tells_where_it_was_taken(picture: bytes) -> None:
    assert GPS in picture
    assert GPS not in kept(picture)
    # What is kept is a picture again, of which nothing more is left out.
    assert kept(kept(picture)) == kept(picture)


def test_a_picture_without_anything_beside_it_stays_as_it_is() -> None:
    for picture in (png(), jpeg(), gif(), webp()):
        assert kept(picture) == picture


def test_a_photo_stays_the_way_up_that_it_was_taken() -> None:
    photo = kept(jpeg(camera=exif(6)))
    assert photo.count(b"Exif\0\0") == 1
    assert b"\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06" in photo
    assert b"Exif" not in kept(jpeg(camera=exif(1)))


@pytest.mark.parametrize("tail", [HTML, archive(a_dot_js=b"alert(1)"), PDF])
def test_what_follows_the_end_of_a_picture_is_left_out(tail: bytes) -> None:
    assert kept(png(after=tail)) == png()
    assert kept(gif(after=tail)) == gif()
    assert kept(jpeg() + tail) == jpeg()
    assert kept(webp() + tail) == webp()


def test_the_data_of_a_photo_may_be_longer_than_a_portion_with_its_end_across_two() -> None:
    for length in range(65_480, 65_560, 3):
        photo = jpeg(scan=b"\x11" * length)
        assert kept(photo + b"more") == photo


def test_large_files_come_in_portions() -> None:
    picture = making.png(text=b"x" * 3)[:-12]
    picture += b"".join(making.chunk(b"IDAT", bytes(70_000)) for _ in range(9)) + making.chunk(b"IEND", b"")
    sizes = [len(one) for one in looked(picture).portions()]
    assert sizes[:-1] == [PORTION] * (len(sizes) - 1)
    assert len(sizes) == 3


def test_a_small_picture_is_taken_along_only_where_it_is_one() -> None:
    def preview(data: bytes) -> bytes | None:
        return look(io.BytesIO(jpeg()), "x", preview=io.BytesIO(data)).preview

    assert preview(png(320, 200, text=GPS)) == png(320, 200)
    assert preview(png(321, 200)) is None
    assert preview(HTML) is None
    assert preview(jpeg(scan=bytes(70_000))) is None


NAMES = {
    "report.pdf": "report.pdf",
    "report.PDF": "report.PDF",
    "report.html": "report.html.pdf",
    "../../etc/passwd": "passwd.pdf",
    "C:\\temp\\合同 2026.pdf": "合同 2026.pdf",
    ".htaccess": "htaccess.pdf",
    "": "file.pdf",
    "a\u202efdp.exe": "a fdp.exe.pdf",
    "a\r\nset-cookie: x.pdf": "a set-cookie_ x.pdf",
    "x" * 300 + ".pdf": "x" * 116 + ".pdf",
    "con<>|?.pdf": "con____.pdf",
}


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_for_people_and_says_what_the_file_is(name: str) -> None:
    assert cleaned(name, "pdf") == NAMES[name]


def test_a_name_in_a_header_breaks_nothing() -> None:
    said = disposition('合同 "x"; y\r\n.pdf', inline=False)
    assert said.isascii()
    assert "\r" not in said
    assert said.startswith('attachment; filename="')
    assert said.count('"') == 2
