"""Documents of a batch packed one after the other."""

from __future__ import annotations

import importlib.util
import io
import random
import sys
import zipfile
from collections.abc import Callable, Mapping

import pytest

from pix_mailmerge.model import zip_records
from pix_mailmerge.model.package import parse_package
from pix_mailmerge.model.packing import Packing

BODY, HEADER, RELS = "word/document.xml", "word/header1.xml", "word/_rels/document.xml.rels"
IMAGE = "word/media/a.png"

XML = b"".join(b"<w:p><w:r><w:t>%d</w:t></w:r></w:p>" % number for number in range(400))
PHOTO = random.Random(1).randbytes(20_000)


def contents(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


BATCHES = (
    [{BODY: b"1", HEADER: b"h"}, {BODY: b"2", HEADER: b"h"}, {BODY: b"3", HEADER: b"h"}],
    [{BODY: b"1", HEADER: b"h"}, {BODY: b"1", HEADER: b"h"}, {BODY: b"3", HEADER: b"h"}, {BODY: b"1", HEADER: b"h"}],
    [{BODY: b"1", HEADER: b"h"}, {BODY: b"2", HEADER: b"h"}, {BODY: b"3", HEADER: b"i"}, {BODY: b"4", HEADER: b"i"}],
    [{BODY: b"1"}, {BODY: b"2", RELS: b"r", IMAGE: b"a"}, {BODY: b"3"}, {BODY: b"3", RELS: b"r"}],
    [
        {BODY: XML, RELS: b"r"},
        {BODY: XML, IMAGE: PHOTO},
        {BODY: XML, IMAGE: b"a"},
        {BODY: XML},
    ],
)


@pytest.mark.parametrize("batch", BATCHES)
def test_a_document_does_not_depend_on_those_before_it(
    docx: Callable[..., bytes], batch: list[Mapping[str, bytes]]
) -> None:
    package = parse_package(docx(), "m.docx")
    packing = Packing(package, BODY)

    made = [packing.packed(parts) for parts in batch]

    assert made == [Packing(package, BODY).packed(parts) for parts in batch]
    own = {member.name: member.content for member in package}
    assert [contents(one) for one in made] == [own | dict(parts) for parts in batch]


def test_the_body_is_longer_only_where_the_file_is_hardly_so(docx: Callable[..., bytes]) -> None:
    package = parse_package(docx(), "m.docx")

    def lengths(parts: Mapping[str, bytes]) -> tuple[int, int]:
        made = Packing(package, BODY).packed(parts)
        with zipfile.ZipFile(io.BytesIO(made)) as archive:
            return archive.getinfo(BODY).compress_size, len(made)

    (alone, _), (beside, whole) = lengths({BODY: XML}), lengths({BODY: XML, IMAGE: PHOTO})

    assert 0 < beside - alone < whole / 20


def test_a_machine_without_isal_deflates_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "isal", None)
    spec = importlib.util.find_spec(zip_records.__name__)
    assert spec is not None and spec.loader is not None
    alone = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(alone)
    file = io.BytesIO()

    writer = alone.ZipWriter(file)
    writer.write("a.xml", b"<w:p/>" * 1_000)
    with writer.stream("b.xml") as append:
        append(b"<w:p/>" * 1_000)
    writer.close()

    with zipfile.ZipFile(file) as archive:
        assert all(archive.read(one) == b"<w:p/>" * 1_000 and one.compress_size < 100 for one in archive.infolist())
