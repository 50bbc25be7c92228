"""Bilan.html and bilan.json, written from a Report."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from pix_mailmerge.data_source.sources import STDIN, STDIN_NAME, find_sources
from pix_mailmerge.destination.delivery import Delivery, Made
from pix_mailmerge.destination.journal import digest_of
from pix_mailmerge.mailmerge.order import Order
from pix_mailmerge.mailmerge.plan import REPORT_NAMES
from pix_mailmerge.mailmerge.prepare import Prepared
from pix_mailmerge.mailmerge.report import Input, Report
from pix_mailmerge.settings import IMAGES

TEMPLATE = Path(__file__).with_name("bilan.html.j2")


def write_report(report: Report, delivery: Delivery) -> list[Made]:
    """Write both files aside and return them, to be delivered."""
    made = []
    for name, content in zip(REPORT_NAMES, (html_of(report), json_of(report)), strict=True):
        staged = delivery.stage(name)
        staged.write_bytes(content)
        made.append(Made(name, staged, "report"))
    return made


def inputs_read(order: Order, prepared: Prepared) -> tuple[Input, ...]:
    """Return what the run was made of, with the digest of each file."""
    return tuple(_inputs(order, prepared))


def html_of(report: Report) -> bytes:
    """Return the page: one file with its own style and no script, for the screen, for paper and for a screen reader."""
    from jinja2 import Environment, StrictUndefined

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters |= {"counted": counted, "number": number, "link": quote, "french": french}
    template = environment.from_string(TEMPLATE.read_text("utf-8"))
    return (template.render(report=report).strip() + "\n").encode()


def json_of(report: Report) -> bytes:
    """Return bilan.json, indented so that people may read it too."""
    return (json.dumps(report.as_json(), ensure_ascii=False, indent=1) + "\n").encode()


def number(value: int) -> str:
    """Return a number as the French write it: « 1 204 », with a narrow space that does not break."""
    return f"{value:,}".replace(",", "\u202f")


def french(text: str) -> str:
    """Return ``text`` with the spaces inside « » and before : ; ? ! made unbreakable."""
    return re.sub(r" (?=[»:;?!])|(?<=«) ", "\u00a0", text)


def counted(value: int, one: str, many: str = "") -> str:
    """Return a number with its noun: « 1 élève », « 28 élèves »."""
    return f"{number(value)} {one if value < 2 else many or one + 's'}"


def _inputs(order: Order, prepared: Prepared) -> Iterator[Input]:
    found, _ = find_sources(path for path in order.sources if path != STDIN)
    yield from (Input("source", one.name, hashlib.sha256(one.open()).hexdigest()) for one in found)
    if STDIN in order.sources:
        yield Input("source", STDIN_NAME, None)
    if order.join is not None:
        yield Input("liste jointe", order.join.name, digest_of(order.join))
    for model in prepared.models:
        yield Input("modèle", model.path.name, digest_of(model.path))
    for name in IMAGES:
        path: Path | None = getattr(prepared.school, name)
        if path is not None:
            yield Input(name, path.name, digest_of(path))
