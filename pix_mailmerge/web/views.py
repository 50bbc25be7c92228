"""The page and its parts as HTML, from a session; and what the script asks again and again."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from pix_mailmerge.mailmerge.look import Look
from pix_mailmerge.mailmerge.report_files import counted, french
from pix_mailmerge.model.shipped import ATTESTATION, CLASS_STATEMENT, shipped_models
from pix_mailmerge.settings import IMAGES
from pix_mailmerge.web.desk import CAPS, OWN
from pix_mailmerge.web.session import Session
from pix_mailmerge.web.words import ENGINE_NAMES, LABELS, told

PARTS = ("fichiers", "modele-vu", "champs", "controle", "choix-eleve", "apercus", "faits")
"""Ids of the parts of the page that change; each has a template of its own."""
TOLD_BY_FIELDS = frozenset({"settings.missing-value", "settings.no-signature"})
"""Problems that the second step shows beside its fields."""

SHIPPED: Mapping[str, str] = {
    ATTESTATION: "L’attestation fournie",
    "attestation-pix-publipostage.docx": "L’attestation fournie, avec des champs de fusion de Word",
}
JOBS: Mapping[str, str] = {
    "controle": "Contrôle",
    "apercu": "Aperçu",
    "production": "Production",
    "impression": "Impression",
    "dossier": "Enregistrement",
}


def page(session: Session, look: Look) -> str:
    """Return the whole page."""
    known = state(session)  # first: what changes while the parts are written is then asked for again
    return _render("page.html.j2", _context(session, look) | {"parts": parts(session, look), "state": known})


def parts(session: Session, look: Look) -> dict[str, str]:
    """Return the HTML inside each part, by id."""
    context = _context(session, look)
    images = {f"{role}-vue": _render("image.html.j2", context | {"role": role}) for role in IMAGES}
    return {name: _render(f"{name}.html.j2", context) for name in PARTS} | images


def state(session: Session) -> dict[str, object]:
    """Return what changes all the time: the job, the time left; and the revision, by which parts are asked for."""
    job = session.bench.job
    wishes = session.desk.wishes
    return {
        "revision": session.revision,
        "seconds_left": int(session.seconds_left()),
        "job": job
        and {
            "kind": job.kind,
            "name": JOBS[job.kind],
            "state": job.state,
            "stopping": job.stopping,
            "step": job.step,
            "done": job.done,
            "total": job.total,
        },
        "own_model": session.desk.model.name if session.desk.model else None,
        "record": session.shown_record,
        "wishes": {
            "texts": dict(wishes.texts),
            "champs": dict(wishes.champs),
            "model": wishes.model,
            "engine": wishes.engine,
            "statement": wishes.statement,
            "duplex": wishes.duplex,
            "compute_level": wishes.compute_level,
        },
    }


def _context(session: Session, look: Look) -> dict[str, Any]:
    return {
        "session": session,
        "desk": session.desk,
        "wishes": session.desk.wishes,
        "look": look,
        "file_problems": [one for one in look.problems if one.family == "source"],
        "model_problems": [one for one in look.problems if one.family != "source" and one.id not in TOLD_BY_FIELDS],
        "labels": LABELS,
        "caps": CAPS,
        "own": OWN,
        "engines": ENGINE_NAMES,
        "shipped": {name: SHIPPED[name] for name in SHIPPED if name in shipped_models()},
        "has_statement": CLASS_STATEMENT in shipped_models(),
        "told": lambda problems: told(problems, look, session.folder),
    }


def _render(name: str, context: Mapping[str, Any]) -> str:
    return french(_environment().get_template(name).render(context))


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).with_name("templates")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"counted": counted, "zip": zip}
    return environment
