"""The shipped attestation in the language of each peer: the very page, made by rendering it with marks for values.

Loops and conditions are gone from these models (each competence has fields of its own), and the signature stands in
them as a picture: that is less work for the peers, not more.
"""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

from benchmarks import pupils
from pix_mailmerge.data_source.record import Record
from pix_mailmerge.model.fields import field_values
from pix_mailmerge.model.shipped import ATTESTATION, shipped_model

ROOT = Path(__file__).resolve().parent.parent
SIGNATURE = ROOT / "samples" / "signature.png"
JINJA, MERGE_FIELDS, BRACES, VALUES = "attestation.docx", "merge-fields.docx", "braces.docx", "pupils.json"
FLAT_FIELDS = (
    *("numero", "prenom", "nom", "date_naissance", "lieu_naissance", "classe", "date_certification", "nombre_pix"),
    *("maximum", "etablissement", "adresse", "academie", "uai", "ville", "date", "fonction_chef", "chef"),
)
_FULL, _EMPTY = "●", "○"
_DOTS = 40
"""Dots of each competence in the marked page: as many full ones as the competence's place, so that runs tell it."""
_MARK = re.compile(r"⟦(\w+)⟧")
_RUN = re.compile(r"<w:r>(?P<look><w:rPr>(?:(?!</w:r>).)*?</w:rPr>)?<w:t(?: [^>]*)?>(?P<text>[^<]*⟦[^<]*)</w:t></w:r>")


def make_models(workshop: Path, pupils_of_node: int) -> None:
    """Write the models, and the values of the first pupils for the peers of Node.js, into ``workshop``."""
    (workshop / JINJA).write_bytes(shipped_model(ATTESTATION).read_bytes())
    marked = _marked_page(workshop / JINJA)
    (workshop / MERGE_FIELDS).write_bytes(_changed(marked, _with_merge_fields))
    (workshop / BRACES).write_bytes(_changed(marked, lambda xml: _MARK.sub(r"{\1}", xml)))
    values = [flat_values(record) for record in pupils.records(pupils_of_node)]
    (workshop / VALUES).write_text(json.dumps(values, ensure_ascii=False), "utf-8")


def add_table_of_cells(model: Path) -> None:
    """Give the attestation a table with a cell per domain, whose columns depend on the pupil for all one can prove."""
    tags = ("{%tc for domaine in domaines %}", "{{ domaine.code }}", "{%tc endfor %}")
    cells = "".join(f"<w:tc><w:tcPr/><w:p><w:r><w:t>{tag}</w:t></w:r></w:p></w:tc>" for tag in tags)
    grid = '<w:gridCol w:w="1000"/>' * len(tags)
    table = f"<w:tbl><w:tblPr/><w:tblGrid>{grid}</w:tblGrid><w:tr>{cells}</w:tr></w:tbl><w:p/>"
    model.write_bytes(_changed(model.read_bytes(), lambda xml: xml.replace("<w:body>", f"<w:body>{table}", 1)))


def pix_values(record: Record) -> dict[str, Any]:
    """Return the values of a pupil for this project, worked out as they are for the others."""
    values = field_values(record, pupils.school(SIGNATURE))
    return {name: values[name] for name in (*FLAT_FIELDS, "niveau", "domaines", "logo", "cachet", "signature")}


def docxtpl_values(record: Record) -> dict[str, Any]:
    """Return the values of a pupil for docxtpl; its picture belongs to one instance and is added for each document."""
    values = field_values(record, pupils.school(None))
    found = {name: values[name] for name in (*FLAT_FIELDS, "niveau", "domaines")}
    return found | {"logo": "", "cachet": ""}


def flat_values(record: Record) -> dict[str, str]:
    """Return the values of a pupil as texts, each competence with fields of its own."""
    values = field_values(record, pupils.school(None))
    found = {name: str(values[name]) for name in FLAT_FIELDS}
    domains: Any = values["domaines"]
    competences = [competence for domain in domains for competence in domain.competences]
    for place, competence in enumerate(competences, start=1):
        known = competence.etat in {"niveau", "zero"}
        found[f"pleins_{place}"] = _FULL * int(competence) if known else "non évaluée"
        found[f"vides_{place}"] = _EMPTY * (7 - int(competence)) if known else ""
        found[f"niveau_{place}"] = str(competence)
    return found


def with_signature(model: Any, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return docxtpl's values with the picture for this instance."""
    from docx.shared import Mm
    from docxtpl import InlineImage

    return {**values, "signature": InlineImage(model, str(SIGNATURE), width=Mm(50))}


class _MarkedNumber(int):
    """A number that prints a mark."""

    mark: str

    def __str__(self) -> str:
        return self.mark


class _MarkedCompetence:
    def __init__(self, place: int, competence: Any) -> None:
        self.code, self.nom, self.etat = competence.code, competence.nom, "niveau"
        self.niveau = _number(place, f"niveau_{place}")


class _MarkedDomain:
    def __init__(self, domain: Any, places: Iterator[int]) -> None:
        self.code, self.nom = domain.code, domain.nom
        self.competences = [_MarkedCompetence(next(places), competence) for competence in domain.competences]


def _number(value: int, name: str) -> _MarkedNumber:
    number = _MarkedNumber(value)
    number.mark = f"⟦{name}⟧"
    return number


def _marked_page(model: Path) -> bytes:
    from docxtpl import DocxTemplate

    page = DocxTemplate(model)
    places = iter(range(1, len(pupils.COMPETENCES) + 1))
    domains = docxtpl_values(next(pupils.records(1)))["domaines"]
    values: dict[str, Any] = {name: f"⟦{name}⟧" for name in FLAT_FIELDS}
    values |= {"maximum": _number(128 * _DOTS - 1, "maximum"), "niveau": "", "logo": "", "cachet": ""}
    values["domaines"] = [_MarkedDomain(domain, places) for domain in domains]
    page.render(with_signature(page, values), autoescape=True)
    made = BytesIO()
    page.save(made)
    return _changed(made.getvalue(), _with_marked_dots)


def _with_marked_dots(xml: str) -> str:
    xml = re.sub(f"{_FULL}+", lambda dots: f"⟦pleins_{len(dots[0])}⟧", xml)
    return re.sub(f"{_EMPTY}+(?=<)", lambda dots: f"⟦vides_{_DOTS - len(dots[0])}⟧", xml)


def _with_merge_fields(xml: str) -> str:
    return _RUN.sub(lambda run: _fields(run["text"], run["look"] or ""), xml)


def _fields(text: str, look: str) -> str:
    """Return runs of a text whose marks are merge fields, as Word writes them."""
    pieces = []
    for number, piece in enumerate(_MARK.split(text)):
        if number % 2:
            shown = f"<w:r>{look}<w:t>«{piece}»</w:t></w:r>"
            pieces.append(f'<w:fldSimple w:instr=" MERGEFIELD {piece} ">{shown}</w:fldSimple>')
        elif piece:
            pieces.append(f'<w:r>{look}<w:t xml:space="preserve">{piece}</w:t></w:r>')
    return "".join(pieces)


def _changed(package: bytes, change: Callable[[str], str]) -> bytes:
    """Return a .docx whose body is changed."""
    made = BytesIO()
    with zipfile.ZipFile(BytesIO(package)) as source, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "word/document.xml":
                content = change(content.decode()).encode()
            target.writestr(name, content)
    return made.getvalue()
