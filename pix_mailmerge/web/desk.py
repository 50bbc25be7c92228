"""The desk: the files that the user gave, kept in a private folder, and what was typed; together they are an Order."""

from __future__ import annotations

import re
import secrets
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from starlette.exceptions import HTTPException

from pix_mailmerge._files import folded, safe_name
from pix_mailmerge.destination.engines.choice import ENGINES, Engine
from pix_mailmerge.mailmerge.order import Order
from pix_mailmerge.model.shipped import ATTESTATION, CLASS_STATEMENT, shipped_model, shipped_models
from pix_mailmerge.settings import IMAGES, OPTION_NAMES, School, Settings

SOURCES = "resultats"
MODEL = "modele"
CAPS: Mapping[str, int] = {SOURCES: 100_000_000, MODEL: 50_000_000, **dict.fromkeys(IMAGES, 30_000_000)}
"""Role of a file -> the most bytes it may have."""
MOST_FILES = 400
MOST_BYTES = 1_000_000_000
"""Of all files together."""
TEXTS = tuple(name for name in OPTION_NAMES if name not in {*IMAGES, MODEL, "dossier"})
LONGEST_TEXT = 300
MOST_FIELDS = 200
OWN = "le vôtre"


@dataclass(frozen=True, slots=True)
class Wishes:
    """What was typed and ticked. model: a shipped one's file name, or OWN; statement: the class statement too.

    engine: what makes the PDFs.
    """

    texts: Mapping[str, str] = field(default_factory=dict)
    champs: Mapping[str, str] = field(default_factory=dict)
    model: str = ATTESTATION
    engine: Engine = "auto"
    statement: bool = False
    duplex: bool = False
    compute_level: bool = False


class Desk:
    """What lies on the desk. version: grows at every change."""

    def __init__(self, folder: Path, settings: Settings) -> None:
        self.folder = folder
        self.sources: dict[int, Path] = {}
        self.images: dict[str, Path] = {}
        self.model: Path | None = None
        self.version = 0
        self._count = 0
        school = settings.school
        texts = {name: value for name in TEXTS if (value := getattr(school, name))}
        self.wishes = Wishes(texts, dict(school.champs))
        given = [(name, path) for name in IMAGES if (path := getattr(school, name))]
        for role, path in [*given, *((MODEL, model) for model in settings.models[:1])]:
            if path.is_file():
                staged = self.staged()
                shutil.copyfile(path, staged)
                self.put(role, path.name, staged)

    def staged(self) -> Path:
        """Return where to write a file that is on its way to the desk."""
        return self.folder / f"{secrets.token_hex(8)}.part"

    def check_room(self, role: str) -> None:
        """Raise HTTPException where no more files may come."""
        if role == SOURCES and len(self.sources) >= MOST_FILES:
            raise HTTPException(413, f"Il y a déjà {MOST_FILES} fichiers.")
        held = [*self.sources.values(), *self.images.values(), *([self.model] if self.model else [])]
        if sum(path.stat().st_size for path in held) > MOST_BYTES:
            raise HTTPException(413, "Les fichiers sont trop grands ensemble.")

    def put(self, role: str, name: str, staged: Path) -> None:
        """Take the file at ``staged``; of models and images of one kind, the last one given counts."""
        self._count += 1
        name = plain_name(name)
        if role == SOURCES:
            name = self._unlike(name)
        folder = self.folder / f"{role}-{self._count}"
        folder.mkdir(mode=0o700)
        path = staged.rename(folder / name)
        if role == SOURCES:
            self.sources[self._count] = path
        else:
            self.remove(role)
            if role == MODEL:
                self.model = path
                self.wishes = replace(self.wishes, model=OWN)
            else:
                self.images[role] = path
        self.version += 1

    def remove(self, role: str, number: int | None = None) -> None:
        """Put a file away; nothing happens where there is none."""
        if role == SOURCES:
            path = self.sources.pop(number or 0, None)
        elif role == MODEL:
            path, self.model = self.model, None
            if self.wishes.model == OWN:
                self.wishes = replace(self.wishes, model=ATTESTATION)
        else:
            path = self.images.pop(role, None)
        if path is not None:
            shutil.rmtree(path.parent, ignore_errors=True)
            self.version += 1

    def wish(self, wishes: Wishes) -> None:
        """Take what was typed."""
        if wishes != self.wishes:
            self.wishes = wishes
            self.version += 1

    def order(self, out: Path) -> Order:
        """Return the order that all this makes."""
        wishes = self.wishes
        own = self.model if wishes.model == OWN else None
        models = [own or shipped_model(wishes.model)]
        if wishes.statement:
            models.append(shipped_model(CLASS_STATEMENT))
        plain = own is None and not wishes.statement and wishes.model == ATTESTATION
        return Order(
            sources=tuple(map(str, self.sources.values())),
            models=() if plain else tuple(models),
            out=out,
            school=School(**wishes.texts, **self.images, champs=wishes.champs),  # type: ignore[arg-type]
            engine=wishes.engine,
            duplex=wishes.duplex,
            compute_level=wishes.compute_level,
        )

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of the files of results, no two alike."""
        return tuple(path.name for path in self.sources.values())

    def _unlike(self, name: str) -> str:
        """Return ``name``, with a number where a file on the desk has that name: browsers do the same."""
        taken = {folded(path.name) for path in self.sources.values()}
        stem, suffix = Path(name).stem, Path(name).suffix
        names = (name if number == 1 else f"{stem} ({number}){suffix}" for number in range(1, len(taken) + 2))
        return next(one for one in names if folded(one) not in taken)


def plain_name(given: str) -> str:
    """Return the last part of a file's name, as every system takes it."""
    last = re.split(r"[/\\]", given)[-1]
    suffix = Path(last).suffix
    if not re.fullmatch(r"\.\w{1,8}", suffix):
        return safe_name(last, "fichier")
    return safe_name(last.removesuffix(suffix), "fichier") + suffix


def parse_wishes(given: Mapping[str, object], before: Wishes) -> Wishes:
    """Return the wishes that a request tells; raise HTTPException (400) where it is not of our page."""
    texts, champs = _texts(given.get("texts")), _texts(given.get("champs"))
    if texts is None or champs is None or not texts.keys() <= {*TEXTS}:
        raise HTTPException(400, "Un champ n’est pas attendu, ou il est trop long.")
    model = given.get("model", before.model)
    if not isinstance(model, str) or model not in {OWN, *shipped_models()}:
        raise HTTPException(400, "Ce modèle n’existe pas.")
    engine = given.get("engine", before.engine)
    if engine not in ENGINES:
        raise HTTPException(400, "Ce moteur n’existe pas.")
    return Wishes(
        {name: text for name in TEXTS if (text := _one_line(texts.get(name, "")))},
        {name: text for name, text in champs.items() if text.strip()},
        model,
        engine,  # type: ignore[arg-type]
        bool(given.get("statement")),
        bool(given.get("duplex")),
        bool(given.get("compute_level")),
    )


def _texts(found: object) -> dict[str, str] | None:
    """Return ``found`` where it maps names to texts, neither many nor long."""
    if found is None:
        return {}
    if not isinstance(found, dict) or len(found) > MOST_FIELDS:
        return None
    fine = all(isinstance(text, str) and len(text) <= LONGEST_TEXT for pair in found.items() for text in pair)
    return found if fine else None


def _one_line(text: str) -> str:
    """Return what was typed on one line, without what no keyboard types."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())
