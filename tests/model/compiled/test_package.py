"""A .docx is opened with care: what is none, damaged or a bomb is told, and members come out as they lie."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from pix_mailmerge.model.package import open_package, parse_package
from pix_mailmerge.problems import ModelError

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600


def problem_of(content: bytes) -> str:
    with pytest.raises(ModelError) as told:
        parse_package(content, "m.docx")
    (problem,) = told.value.problems
    assert problem.where.file == "m.docx"
    return problem.id


def zipped(**members: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


def test_the_members_are_those_of_the_file(docx: Callable[..., bytes]) -> None:
    package = parse_package(docx("<w:p/>"), "m.docx")

    assert list(package.members)[:2] == ["[Content_Types].xml", "_rels/.rels"]
    assert package.read("word/document.xml").endswith(b"<w:p/></w:body></w:document>")


def test_a_package_written_again_is_a_zip_with_one_date_and_the_same_members(docx: Callable[..., bytes]) -> None:
    content = docx("<w:p/>", parts={"word/média.bin": bytes(range(256)) * 40})

    written = parse_package(content, "m.docx").content

    with zipfile.ZipFile(io.BytesIO(written)) as made, zipfile.ZipFile(io.BytesIO(content)) as original:
        assert made.testzip() is None
        assert {info.date_time for info in made.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert {name: made.read(name) for name in made.namelist()} == {
            name: original.read(name) for name in original.namelist()
        }


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ModelError) as told:
        open_package(tmp_path / "absent.docx")

    assert [(one.id, one.exit_code) for one in told.value.problems] == [("model.not-found", 5)]


def test_a_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(ModelError) as told:
        open_package(tmp_path)

    assert told.value.problems[0].id == "model.not-found"


@pytest.mark.parametrize(
    ("content", "id"),
    [
        pytest.param(OLE, "model.old-word", id="doc"),
        pytest.param(OLE + "EncryptedPackage".encode("utf-16-le"), "model.encrypted", id="password"),
        pytest.param(zipped(mimetype=b"application/vnd.oasis.opendocument.text"), "model.open-document", id="odt"),
        pytest.param(b"{\\rtf1 }", "model.not-docx", id="rtf"),
        pytest.param(b"%PDF-1.7", "model.not-docx", id="pdf"),
        pytest.param(zipped(a=b"b"), "model.not-docx", id="any zip"),
        pytest.param(b"", "model.damaged", id="empty"),
        pytest.param(b"PK\3\4 and nothing", "model.damaged", id="not a zip"),
    ],
)
def test_another_format_is_named(content: bytes, id: str) -> None:
    assert problem_of(content) == id


@pytest.mark.parametrize("kept", [0.2, 0.5, 0.9, 0.99])
def test_a_file_cut_short_is_damaged(docx: Callable[..., bytes], kept: float) -> None:
    content = docx("<w:p/>" * 100)

    assert problem_of(content[: int(len(content) * kept)]) == "model.damaged"


def test_a_changed_byte_is_damage(docx: Callable[..., bytes]) -> None:
    content = bytearray(docx(parts={"word/media/image1.png": b"x" * 50}))
    content[content.index(b"word/document.xml") + 40] ^= 0xFF

    assert problem_of(bytes(content)) == "model.damaged"


def test_a_password_inside_the_zip_is_told(docx: Callable[..., bytes]) -> None:
    content = bytearray(docx())
    directory = content.index(b"PK\1\2")
    content[directory + 8] |= 1

    assert problem_of(bytes(content)) == "model.encrypted"


def test_too_many_members_are_a_bomb(docx: Callable[..., bytes]) -> None:
    assert problem_of(docx(parts={f"word/{number}.txt": b"" for number in range(2001)})) == "model.too-big"


def test_a_member_that_unfolds_without_measure_is_a_bomb(docx: Callable[..., bytes]) -> None:
    assert problem_of(docx(parts={"word/media/a.bin": b"\0" * 9_000_000})) == "model.too-big"


def test_more_than_was_announced_is_damage(docx: Callable[..., bytes]) -> None:
    content = docx(parts={"word/media/a.bin": b"\0" * 9_000_000})
    place = content.rindex(b"PK\1\2")
    lying = content[: place + 24] + struct.pack("<L", 10) + content[place + 28 :]

    assert problem_of(lying) == "model.damaged"


def test_members_that_overlap_are_refused(docx: Callable[..., bytes]) -> None:
    content = docx(parts={"word/a.bin": b"a" * 10, "word/b.bin": b"a" * 10})
    last = content.rindex(b"PK\1\2")
    offset = content.rindex(b"PK\1\2", 0, last) + 42
    lying = content[: last + 42] + content[offset : offset + 4] + content[last + 46 :]

    assert problem_of(lying) == "model.malformed"


def test_names_that_differ_by_capitals_alone_are_refused(docx: Callable[..., bytes]) -> None:
    assert problem_of(docx(parts={"word/A.xml": b"<a/>", "WORD/a.xml": b"<a/>"})) == "model.malformed"


@pytest.mark.parametrize("name", ["../outside.xml", "/etc/passwd", "word\\..\\a.xml"])
def test_names_that_lead_elsewhere_are_refused(docx: Callable[..., bytes], name: str) -> None:
    assert problem_of(docx(parts={name: b"<a/>"})) == "model.malformed"


def test_properties_written_twice_by_python_docx_are_taken(docx: Callable[..., bytes]) -> None:
    file = io.BytesIO(docx(parts={"docProps/core.xml": b"<a/>"}))
    with zipfile.ZipFile(file, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("docProps/core.xml", b"<b/>")

    assert parse_package(file.getvalue(), "m.docx").read("docProps/core.xml") == b"<b/>"
