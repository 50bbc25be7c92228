"""Statuses: who is certified, and what there is to say of labels asked for, unknown or missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from pix_mailmerge.data_source import columns
from pix_mailmerge.data_source.certification import competences_of, score_of
from pix_mailmerge.data_source.record import Record
from pix_mailmerge.problems import Place, Problem, error, warning

CERTIFIED = columns.CERTIFIED
ALL = "all"


def is_certified(record: Record) -> bool:
    """Tell whether a record is that of a certification obtained; without a status, one with a score and a level is."""
    label = record.text(columns.STATUS)
    if label:
        return columns.find_status(label) == CERTIFIED
    return bool(score_of(record)) and any(found.state == "niveau" for found in competences_of(record).values())


def check_statuses(records: Iterable[Record], wanted: str, chosen: Iterable[Record]) -> list[Problem]:
    """Return what is wrong with statuses: one asked for that no record has, unknown ones, files without.

    chosen: the records that are to get a document and could be read whole.
    """
    labels = Counter(record.text(columns.STATUS) for record in records)
    asked = columns.folded_header(wanted)
    known = {columns.folded_header(label) for label in labels} | {CERTIFIED, ALL}
    problems = []
    if asked not in known and columns.find_status(wanted) is None:
        problems.append(_no_such_status(wanted, [label for label in labels if label]))
    problems += [
        _unknown_status(label, count)
        for label, count in labels.items()
        if label and columns.find_status(label) is None and columns.folded_header(label) != asked
    ]
    without = dict.fromkeys(record.file for record in chosen if not record.text(columns.STATUS))
    return problems + [_without_status(file) for file in without]


def _no_such_status(wanted: str, labels: Sequence[str]) -> Problem:
    choices = ", ".join(f"« {label} »" for label in labels)
    return error(
        "usage.status-unknown",
        f"Aucun élève n’a le statut « {wanted} ».",
        f"Choisissez certified, all, ou un statut du fichier ({choices}).",
    )


def _unknown_status(label: str, count: int) -> Problem:
    return warning(
        "source.status-unknown",
        f"« {label} » n’est pas un statut de Pix ; lignes concernées, sans attestation : {count}.",
        f"Si ces élèves sont certifiés, corrigez le statut en « {columns.STATUSES[CERTIFIED][0]} ».",
        Place(column=columns.STATUS),
    )


def _without_status(file: str) -> Problem:
    return warning(
        "source.status-absent",
        "Des lignes n’indiquent pas de statut (export du début de 2021) : un élève qui a un score et des niveaux est"
        " compté comme certifié.",
        "Rien à faire si le fichier date de 2021 ; sinon, téléchargez-le de nouveau dans Pix Orga.",
        Place(file=file, column=columns.STATUS),
    )


def is_pix(kind: str) -> bool:
    """Tell whether a type of certification is the one of the 16 competences; files before 2026 name none."""
    return columns.folded_header(kind) in {"", columns.folded_header(columns.PIX_TYPE)}
