"""Statuses: who is certified, and what there is to say of labels asked for, unknown or missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence

from pix_mailmerge.data_source import columns, values
from pix_mailmerge.data_source.cells import listed_lines
from pix_mailmerge.data_source.certification import competences_of, score_text
from pix_mailmerge.data_source.record import Record
from pix_mailmerge.problems import Place, Problem, error, warning

CERTIFIED = "certified"
ALL = "all"

LABELS = {
    CERTIFIED: ("Validée", "Validated", "Gevalideerd"),
    "rejected": ("Rejetée", "Non obtenue", "Rejected", "Afgewezen"),
    "cancelled": ("Annulée", "Cancelled", "Geannuleerd"),
    "error": ("En erreur", "In error", "Fout"),
    "started": ("Démarrée", "Started", "Begonnen met"),
}
"""Kind of status -> its labels in French, English and Dutch files."""

_KINDS = {columns.folded_header(label): kind for kind, labels in LABELS.items() for label in labels}


def find_status(label: str) -> str | None:
    """Return the kind of a status (« certified », « rejected » …) from its label; None for an unknown one."""
    return _KINDS.get(columns.folded_header(label))


def is_same_status(label: str, other: str) -> bool:
    """Tell whether two labels name one status: « Rejetée », or « Non obtenue » as it is called since 2026."""
    kind = find_status(label)
    is_same_label = columns.folded_header(label) == columns.folded_header(other)
    return is_same_label or (kind is not None and kind == find_status(other))


def is_certified(record: Record) -> bool:
    """Tell whether a record is that of a certification obtained; without a status, one with a score and a level is.

    A score that cannot be understood counts as one, « #N/A » as no status: they are to be told, not to leave a pupil
    out.
    """
    label = record.text(columns.STATUS)
    if label and not values.is_excel_error(label):
        return find_status(label) == CERTIFIED
    return _has_score(record) and any(found.state == "niveau" for found in competences_of(record).values())


def _has_score(record: Record) -> bool:
    try:
        return bool(values.parse_score(score_text(record)))
    except ValueError:
        return True


def is_pix(kind: str) -> bool:
    """Tell whether a type of certification is the one of the 16 competences; files before 2026 name none."""
    return columns.folded_header(kind) in {"", columns.folded_header(columns.PIX_TYPE)}


def is_asked(status: str, kind: str) -> bool:
    """Tell whether ``status``, as the user wrote it, asks for ``kind``: CERTIFIED or ALL."""
    return columns.folded_header(status) == kind


def check_statuses(records: Collection[Record], wanted: str, without: Iterable[Record]) -> list[Problem]:
    """Return what is wrong with statuses: one asked for that no record has, unknown ones, files without.

    records: those that could be read whole. without: the records that are to get a document though their file has no
    statuses.
    """
    labels = Counter(record.text(columns.STATUS) for record in records)
    asked = columns.folded_header(wanted)
    known = {columns.folded_header(label) for label in labels} | {CERTIFIED, ALL}
    problems = []
    if asked not in known and find_status(wanted) is None:
        problems.append(_no_such_status(wanted, [label for label in labels if label]))
    unknown = {label for label in labels if label and find_status(label) is None and not values.is_excel_error(label)}
    problems += _unknown_statuses(
        record
        for record in records
        if unknown and (label := record.text(columns.STATUS)) in unknown
        if columns.folded_header(label) != asked
    )
    files = list(dict.fromkeys(record.file for record in without))
    return [*problems, _without_status(files)] if files else problems


def _unknown_statuses(records: Iterable[Record]) -> Iterator[Problem]:
    """Yield a problem for each unknown status of each file, with the lines that have it."""
    found: dict[tuple[str, str], list[int]] = {}
    for record in records:
        found.setdefault((record.file, record.text(columns.STATUS)), []).append(record.line)
    for (file, label), lines in found.items():
        told = "" if len(lines) == 1 else f" (lignes {listed_lines(lines)})"
        yield warning(
            "source.status-unknown",
            f"« {label[:60]} » n’est pas un statut de Pix : sans attestation{told}.",
            f"Si l’élève est certifié, corrigez le statut en « {LABELS[CERTIFIED][0]} ».",
            Place(file=file, line=lines[0], column=columns.STATUS),
        )


def _no_such_status(wanted: str, labels: Sequence[str]) -> Problem:
    choices = ", ".join(f"« {label} »" for label in labels)
    return error(
        "usage.status-unknown",
        f"Aucun élève n’a le statut « {wanted} ».",
        f"Choisissez certified, all, ou un statut du fichier ({choices}).",
    )


def _without_status(files: Sequence[str]) -> Problem:
    others = len(files) - 1
    told = f" Il en est de même dans {others} autre{'s' * (others > 1)} fichier{'s' * (others > 1)}." if others else ""
    return warning(
        "source.status-absent",
        "Des lignes n’indiquent pas de statut (export du début de 2021) : un élève qui a un score et des niveaux est"
        f" compté comme certifié.{told}",
        "Rien à faire si le fichier date de 2021 ; sinon, téléchargez-le de nouveau dans Pix Orga.",
        Place(file=files[0], column=columns.STATUS),
    )
