"""The smallest .docx files, part by part."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

import pytest

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml"
NAMESPACES = (
    f'xmlns:w="{W}" xmlns:r="{OFFICE}" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:v="urn:schemas-microsoft-com:vml"'
)


class MakeDocx(Protocol):
    def __call__(
        self,
        body: str = ...,
        *,
        stories: Mapping[str, str] = ...,
        parts: Mapping[str, str | bytes] = ...,
        links: Mapping[str, str] = ...,
    ) -> bytes: ...


@pytest.fixture
def docx() -> MakeDocx:
    """Return a maker of .docx bytes.

    body: inside of ``w:body``. stories: « header1 », « footer1 », « footnotes » -> inside of the part. parts: other
    members, or others in place of these. links: id -> « kind target » of more relationships of the document.
    """
    return make_docx


@pytest.fixture
def model(tmp_path: Path) -> Callable[..., Path]:
    """Return a maker of model files, from what ``docx`` takes."""

    def made(*args: str, **parts: Mapping[str, str]) -> Path:
        file = tmp_path / "modèle.docx"
        file.write_bytes(make_docx(*args, **parts))
        return file

    return made


def make_docx(
    body: str = "",
    *,
    stories: Mapping[str, str] = {},
    parts: Mapping[str, str | bytes] = {},
    links: Mapping[str, str] = {},
) -> bytes:
    members: dict[str, str | bytes] = {
        "[Content_Types].xml": content_types(stories),
        "_rels/.rels": relationships({"rId1": "officeDocument word/document.xml"}),
        "word/_rels/document.xml.rels": relationships(
            {f"rId{number}": f"{kind_of(name)} {name}.xml" for number, name in enumerate(stories, start=1)}
            | dict(links)
        ),
        "word/document.xml": f"<w:document {NAMESPACES}><w:body>{body}</w:body></w:document>",
        **{f"word/{name}.xml": f"<w:{root(name)} {NAMESPACES}>{x}</w:{root(name)}>" for name, x in stories.items()},
        **parts,
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


def kind_of(story: str) -> str:
    return story.rstrip("0123456789")


def root(story: str) -> str:
    return {"header": "hdr", "footer": "ftr"}.get(kind_of(story), story)


def relationships(links: Mapping[str, str]) -> str:
    """The relationships member for id -> « kind target », « kind target External »."""
    inside = ""
    for rid, link in links.items():
        kind, target, *external = link.split(" ")
        kind = kind if ":" in kind else f"{OFFICE}/{kind}"
        mode = ' TargetMode="External"' if external else ""
        inside += f'<Relationship Id="{rid}" Type="{kind}" Target="{target}"{mode}/>'
    return f'<Relationships xmlns="{PACKAGE}/relationships">{inside}</Relationships>'


def content_types(stories: Mapping[str, str]) -> str:
    parts = {"document": f"{MAIN}.document.main+xml"} | {name: f"{MAIN}.{kind_of(name)}+xml" for name in stories}
    overrides = "".join(f'<Override PartName="/word/{name}.xml" ContentType="{kind}"/>' for name, kind in parts.items())
    return (
        f'<Types xmlns="{PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>'
    )
