"""Gather, open, check: what every command that merges does before it makes anything."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pix_mailmerge.data_source import columns
from pix_mailmerge.data_source.reading import Reading
from pix_mailmerge.data_source.record import Record
from pix_mailmerge.data_source.select import Selection
from pix_mailmerge.destination.delivery import Delivery
from pix_mailmerge.destination.folder import room_in
from pix_mailmerge.destination.journal import Origin, Source, digest_of
from pix_mailmerge.destination.name_pattern import Pattern, parse_pattern
from pix_mailmerge.mailmerge.gather import gather
from pix_mailmerge.mailmerge.merged import merged_plan
from pix_mailmerge.mailmerge.order import Order
from pix_mailmerge.mailmerge.plan import Plan, plan_documents
from pix_mailmerge.model.fields import ascii_name, find_column
from pix_mailmerge.model.filters import date_longue
from pix_mailmerge.model.images import open_image
from pix_mailmerge.model.shipped import shipped_model
from pix_mailmerge.model.word_model import Model, open_model
from pix_mailmerge.problems import ModelError, Place, Problem, SettingsError, UsageError, error, warning
from pix_mailmerge.settings import IMAGES, OPTION_NAMES, School


@dataclass(frozen=True, slots=True)
class Prepared:
    """What an order works on, and every problem found on the way.

    selection: narrowed and sorted as asked. everyone: those chosen before that, whose names stay theirs.
    """

    reading: Reading
    selection: Selection
    models: tuple[Model, ...]
    school: School
    problems: tuple[Problem, ...]
    everyone: tuple[Record, ...] = ()
    pattern: Pattern | None = None


def prepare(order: Order) -> Prepared:
    """Return the records, the chosen ones, the models and the school of an order; all problems, nothing raised."""
    gathered = gather(order, pix_only=not order.models)
    reading, selection = gathered.reading, gathered.selection
    school = dated(order.school, reading)
    models, unopened = open_models(order.models)
    pattern, wrong_pattern = _pattern(order, reading)
    problems = [*_no_sources(order), *gathered.problems, *wrong_pattern, *unopened]
    for model in models:
        if reading.records:  # else every column is missing, which the sources have told already
            problems += model.check(reading.header, school).problems
        problems += [*check_school(model, school, reading.header), *_unreadable_images(model, school)]
    if not selection.chosen and not any(problem.is_error for problem in problems):
        problems.append(_nobody())
    return Prepared(reading, selection, models, school, tuple(dict.fromkeys(problems)), gathered.everyone, pattern)


def _pattern(order: Order, reading: Reading) -> tuple[Pattern | None, tuple[Problem, ...]]:
    if order.names is None:
        return None, ()
    try:
        return parse_pattern(order.names, reading.header), ()
    except UsageError as cause:
        return None, cause.problems


def dated(school: School, reading: Reading) -> School:
    """Return the school with today as its date, where nobody gave one and no column is called so."""
    if school.date or find_column("date", reading.header):
        return school
    return replace(school, date=date_longue(datetime.date.today()))


def open_models(paths: Iterable[Path]) -> tuple[tuple[Model, ...], list[Problem]]:
    """Return the models that could be opened (the shipped attestation when none is asked for) and the problems."""
    opened: list[Model] = []
    problems: list[Problem] = []
    for path in tuple(paths) or (shipped_model(),):
        try:
            opened.append(open_model(path))
        except ModelError as cause:
            problems += cause.problems
    return tuple(opened), problems


def check_school(model: Model, school: School, headers: Sequence[str] = ()) -> list[Problem]:
    """Return a problem for each value of the school that the model needs and neither an option nor a column gives.

    A place left free for the pen is told, not refused.
    """
    where = Place(file=model.path.name)
    problems = [
        error(
            "settings.missing-value",
            f"Le modèle utilise « {name} », et cette valeur manque.",
            f'Ajoutez --{OPTION_NAMES[name]} "…", ou {name} = "…" dans pix-mailmerge.toml.',
            where,
        )
        for name in missing_values(model, school, headers)
    ]
    if "signature" in model.fields and school.signature is None:
        problems.append(
            warning(
                "settings.no-signature",
                "Aucune image de signature : la place reste libre pour signer au stylo.",
                "Pour imprimer la signature, ajoutez --signature IMAGE.png.",
                where,
            )
        )
    return problems


def _unreadable_images(model: Model, school: School) -> Iterator[Problem]:
    """Yield what keeps an image that the model prints from being read, which is known before anything is made."""
    for name in IMAGES:
        path: Path | None = getattr(school, name)
        if path is not None and name in model.fields:
            try:
                open_image(path)
            except SettingsError as cause:
                yield from cause.problems


def missing_values(model: Model, school: School, headers: Sequence[str] = ()) -> list[str]:
    """Return the settings (names of texts) that the model needs and neither an option nor a column gives."""
    required = {ascii_name(use.name) for use in model.uses if not (use.optional or use.guarded)}
    missing = [name for name in OPTION_NAMES if name in required and getattr(school, name, "") is None]
    return [name for name in missing if name not in IMAGES and find_column(name, headers) is None]


def _no_sources(order: Order) -> list[Problem]:
    if order.sources:
        return []
    remedy = "Donnez les fichiers CSV téléchargés dans Pix Orga."
    return [error("source.none", "Aucun fichier de résultats n’est donné.", remedy)]


def _nobody() -> Problem:
    what = "Aucun élève de ces fichiers n’est à attester."
    remedy = "Vérifiez la colonne « Statut », ou choisissez d’autres statuts avec --status."
    return warning("source.nobody", what, remedy)


def planned(order: Order, prepared: Prepared) -> Plan:
    """Return the files that the order makes; names are those that they have when the order is about everyone.

    Raises ModelError where a record shows only now that a model cannot be merged with it.
    """
    plan = plan_documents(
        prepared.selection.chosen,
        prepared.models,
        everyone=prepared.everyone,
        pattern=prepared.pattern,
        room=room_in(order.out),
    )
    if any(problem.is_error for problem in prepared.problems):
        return plan  # nothing will be made
    return merged_plan(plan, prepared.school)


def source_of(record: Record) -> Source:
    """Return where a record came from, for the journal."""
    return Source(record.file, record.line, record.text(columns.NUMBER).strip())


def sources_of(records: Iterable[Record]) -> tuple[Source, ...]:
    """Return where records came from, for the journal."""
    return tuple(map(source_of, records))


def origin_of(order: Order, prepared: Prepared, delivery: Delivery) -> Origin:
    """Return what a run was made from: digests of the models and images, the school's values as printed."""
    school = prepared.school
    texts = {name: getattr(school, name, None) for name in OPTION_NAMES if name not in IMAGES}
    images = {name: path for name in IMAGES if (path := getattr(school, name)) is not None}
    models = {f"modele {model.path.name}": model.path for model in prepared.models}
    return Origin(
        digests={name: digest_of(path) for name, path in (images | models).items()},
        models=tuple(delivery.keep_model(model.path) for model in prepared.models),
        settings={name: text for name, text in texts.items() if text} | dict(school.champs),
        duplex=order.duplex,
        images={name: delivery.keep_image(path, name) for name, path in images.items()},
    )
