"""Thirty attacks by tags, each shown to work on a plain Jinja, in seven places of a model: none of them does here.

The canary is a file that the attack makes, or a connection that it opens to us.
"""

from __future__ import annotations

import contextlib
import gc
import io
import socket
import subprocess
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

import jinja2
import pytest

from pix_mailmerge.data_source.columns import HEADERS
from pix_mailmerge.model.word_model import open_model
from pix_mailmerge.problems import ModelError

TOUCH = "open('CANARY','w').close()"
SYSTEM = "os.system('touch CANARY')"
BUILTINS = "cycler.__init__.__globals__.__builtins__"
HUNT = (
    "{% for c in BASE.__subclasses__() %}{% if c.__name__ == '_wrap_close' %}"
    "{{ c.__init__.__globals__['popen']('touch CANARY').read() }}{% endif %}{% endfor %}"
)
PAYLOADS = {
    "cycler": "{{ cycler.__init__.__globals__." + SYSTEM + " }}",
    "joiner": "{{ joiner.__init__.__globals__." + SYSTEM + " }}",
    "namespace": "{{ namespace.__init__.__globals__." + SYSTEM + " }}",
    "lipsum": "{{ lipsum.__globals__." + SYSTEM + " }}",
    "popen": "{{ lipsum.__globals__.os.popen('touch CANARY').read() }}",
    "item": "{{ lipsum['__globals__']['os'].system('touch CANARY') }}",
    "items": "{{ cycler['__init__']['__globals__']['os']['system']('touch CANARY') }}",
    "attr": "{{ (lipsum|attr('__globals__'))." + SYSTEM + " }}",
    "attr in pieces": "{{ (lipsum|attr('__glo' ~ 'bals__'))." + SYSTEM + " }}",
    "attr escaped": "{{ (lipsum|attr('\\x5f\\x5fglobals\\x5f\\x5f'))." + SYSTEM + " }}",
    "attr all the way": ("{{ lipsum|attr('__globals__')|attr('__getitem__')('os')|attr('system')('touch CANARY') }}"),
    "attr reversed": "{{ (lipsum|attr('__slabolg__'|reverse))." + SYSTEM + " }}",
    "map attribute": "{{ ([lipsum]|map(attribute='__globals__')|list)[0]." + SYSTEM + " }}",
    "map attr": "{{ ([lipsum]|map('attr', '__globals__')|first)." + SYSTEM + " }}",
    "context": "{{ self._TemplateReference__context.cycler.__init__.__globals__." + SYSTEM + " }}",
    "context resolved": "{{ self._TemplateReference__context.resolve('lipsum').__globals__." + SYSTEM + " }}",
    "classes of a text": HUNT.replace("BASE", "''.__class__.__mro__[1]"),
    "classes of a value": HUNT.replace("BASE", "nom.__class__.__base__"),
    "classes of a tuple": HUNT.replace("BASE", "().__class__.__base__"),
    "classes of dict": HUNT.replace("BASE", "dict.__base__"),
    "classes of range": HUNT.replace("BASE", "range(1).__class__.__base__"),
    "open": "{{ " + BUILTINS + "." + TOUCH + " }}",
    "import": "{{ " + BUILTINS + "['__import__']('os').system('touch CANARY') }}",
    "eval": "{{ " + BUILTINS + '.eval("' + TOUCH + '") }}',
    "exec": "{{ " + BUILTINS + '.exec("' + TOUCH + '") }}',
    "set": "{% set a = lipsum.__globals__ %}{{ a." + SYSTEM + " }}",
    "if": "{% if lipsum.__globals__." + SYSTEM + " %}{% endif %}",
    "for": "{% for a in [lipsum.__globals__." + SYSTEM + "] %}{% endfor %}",
    "macro": "{% macro m(a=lipsum.__globals__." + SYSTEM + ") %}{{ a }}{% endmacro %}{{ m() }}",
    "with": "{% with a = lipsum.__globals__." + SYSTEM + " %}{{ a }}{% endwith %}",
    "filter": "{% filter upper %}{{ lipsum.__globals__." + SYSTEM + " }}{% endfilter %}",
    "socket": "{{ " + BUILTINS + "['__import__']('socket').create_connection(('127.0.0.1', PORT)) }}",
}
PLACES = ("body", "header", "footer", "text box", "footnote", "properties", "field instruction", "simple field")

CORE = "http://schemas.openxmlformats.org/package/2006/metadata/core-properties"
RELS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


class Canary:
    """What an attack that works leaves: a file, or a connection."""

    def __init__(self, file: Path, server: socket.socket) -> None:
        self.file, self._server = file, server

    def armed(self, payload: str) -> str:
        return payload.replace("CANARY", str(self.file)).replace("PORT", str(self._server.getsockname()[1]))

    def sang(self) -> bool:
        """Tell whether an attack worked since the last time."""
        with contextlib.suppress(BlockingIOError):
            self._server.accept()[0].close()
            return True
        there = self.file.exists()
        self.file.unlink(missing_ok=True)
        return there


@pytest.fixture
def canary(tmp_path: Path) -> Iterator[Canary]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield Canary(tmp_path / "canary", server)


def paragraph(text: str) -> str:
    return f"<w:p><w:r><w:t>{escape(text)}</w:t></w:r></w:p>"


def placed(place: str, text: str) -> dict[str, object]:
    """What the maker of models takes for a model with ``text`` in a place of it."""
    if place in ("header", "footer"):
        return {"body": "<w:p/>", "stories": {f"{place}1": paragraph(text)}}
    if place == "footnote":
        return {"body": "<w:p/>", "stories": {"footnotes": f'<w:footnote w:id="1">{paragraph(text)}</w:footnote>'}}
    if place == "properties":
        links = (("officeDocument", "word/document.xml", OFFICE), ("metadata/core-properties", "core.xml", RELS))
        inside = "".join(
            f'<Relationship Id="r{kind[-3:]}" Type="{base}/{kind}" Target="{to}"/>' for kind, to, base in links
        )
        return {
            "body": "<w:p/>",
            "parts": {
                "_rels/.rels": f'<Relationships xmlns="{RELS}">{inside}</Relationships>',
                "core.xml": f'<c:coreProperties xmlns:c="{CORE}" xmlns:d="http://purl.org/dc/elements/1.1/">'
                f"<d:title>{escape(text)}</d:title><d:creator>{escape(text)}</d:creator></c:coreProperties>",
            },
        }
    bodies = {
        "body": paragraph(text),
        "text box": f"<w:p><w:r><w:pict><v:shape><v:textbox><w:txbxContent>{paragraph(text)}</w:txbxContent>"
        "</v:textbox></v:shape></w:pict></w:r></w:p>",
        "field instruction": '<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> HYPERLINK "'
        f'{escape(text)}" </w:instrText></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>',
        "simple field": f"<w:p><w:fldSimple w:instr={quoteattr(f' QUOTE {text} ')}><w:r/></w:fldSimple></w:p>",
    }
    return {"body": bodies[place]}


def test_there_are_thirty_of_them_in_seven_places_and_more() -> None:
    assert len(PAYLOADS) >= 30
    assert len(PLACES) >= 7


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("name", PAYLOADS)
def test_an_attack_that_works_on_a_plain_jinja_does_nothing_here(
    model: Callable[..., Path], canary: Canary, name: str
) -> None:
    payload = canary.armed(PAYLOADS[name])
    jinja2.Environment().from_string(payload).render(nom="Zoé")
    gc.collect()  # what the attack left open is told here, not in another test
    subprocess.run(["true"], check=True)  # a new process has Python forget those that ended
    assert canary.sang(), "the attack does not work on a plain Jinja: it shows nothing"

    for place in PLACES:
        with contextlib.suppress(ModelError):  # refused, by the check or when it comes to it
            opened = open_model(model(**placed(place, payload)))
            opened.check(HEADERS)
            opened.render({"nom": "Zoé"})
        assert not canary.sang(), place


@pytest.mark.parametrize("place", PLACES[:-1])  # what a QUOTE field spells is text, tags or not
def test_a_sound_tag_works_in_each_of_these_places(model: Callable[..., Path], place: str) -> None:
    text = "{{ nom }}"
    content = open_model(model(**placed(place, text))).render({"nom": "Zoé-Ça"})

    assert any("Zoé-Ça".encode() in member for member in members(content))


def members(docx: bytes) -> Iterator[bytes]:
    with zipfile.ZipFile(io.BytesIO(docx)) as archive:
        yield from (archive.read(name) for name in archive.namelist())
