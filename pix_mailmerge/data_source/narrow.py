"""``--only`` and ``--name``: some of those who were chosen, as if the sources held no one else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from pix_mailmerge.data_source import columns
from pix_mailmerge.data_source.cells import as_text
from pix_mailmerge.data_source.columns import folded_header
from pix_mailmerge.data_source.headers import find_header, listed, near_sentence, unknown_column
from pix_mailmerge.data_source.order_by import collation_key
from pix_mailmerge.data_source.reading import Reading
from pix_mailmerge.data_source.record import Header, Record
from pix_mailmerge.data_source.select import Selection
from pix_mailmerge.problems import Problem, error


@dataclass(frozen=True, slots=True)
class Only:
    """What one column must hold: any of ``values``, case and accents aside. option: as it was written."""

    header: str
    values: Mapping[str, str]

    def keeps(self, record: Record) -> bool:
        return _form(as_text(record.values.get(self.header))) in self.values


def narrow(reading: Reading, selection: Selection, only: Sequence[str] = (), name: str | None = None) -> Selection:
    """Return the part of ``selection`` that is asked for, with the problems of it alone.

    only: « colonne=valeur »; several values of one column = any of them, several columns = all of them. name: words of
    the pupil's names, in any order. What matches nothing is a problem, with what was perhaps meant.
    """
    if not only and name is None:
        return selection
    filters, problems = parse_only(only, reading.header)
    kept = [one.keeps for one in filters]
    if name is not None:
        kept.append(lambda record: has_name(record, name))
    if not problems:
        problems = _check_matches(reading, selection, filters, name, kept)
    if any(problem.is_error for problem in problems):
        return replace(selection, problems=(*selection.problems, *problems))
    wanted = {_key(record) for record in reading.records if all(keeps(record) for keeps in kept)}
    return Selection(
        tuple(record for record in selection.chosen if _key(record) in wanted),
        tuple(left for left in selection.left_out if _key(left.record) in wanted),
        (*without_others(selection.problems, reading, wanted), *problems),
        spared=selection.spared,
    )


def parse_only(texts: Iterable[str], header: Header) -> tuple[list[Only], list[Problem]]:
    """Return what each column must hold, and the problems of the texts: no « = », no such column."""
    values: dict[str, dict[str, str]] = {}
    problems: list[Problem] = []
    for text in texts:
        name, equals, value = text.partition("=")
        found = find_header(name, header) if equals else None
        if not equals or not name.strip():
            problems.append(_wrong_only(text))
        elif found is None:
            problems.append(unknown_column("--only", name.strip(), header))
        else:
            values.setdefault(found, {})[_form(value)] = value.strip()
    return [Only(name, wanted) for name, wanted in values.items()], problems


def has_name(record: Record, name: str) -> bool:
    """Tell whether all words of ``name`` are in the names of a record, case and accents aside."""
    headers = [find_header(header, record.header) for header in (columns.LAST_NAME, columns.FIRST_NAME)]
    whole = folded_header(" ".join(record.text(header) for header in headers if header)).split()
    words = folded_header(name).split()
    return bool(words) and all(word in whole for word in words)


def without_others(problems: Iterable[Problem], reading: Reading, wanted: set[tuple[str, int]]) -> tuple[Problem, ...]:
    """Return the problems without those of the rows that are not ``wanted``."""
    others = {_key(record) for record in reading.records} - wanted
    return tuple(one for one in problems if (one.where.file or "", one.where.line or 0) not in others)


def wanted_keys(selection: Selection) -> set[tuple[str, int]]:
    """Return file and line of the rows that a selection tells of."""
    return {_key(record) for record in (*selection.chosen, *(left.record for left in selection.left_out))}


def _check_matches(
    reading: Reading,
    selection: Selection,
    filters: Sequence[Only],
    name: str | None,
    kept: Sequence[Callable[[Record], bool]],
) -> list[Problem]:
    problems = [
        _no_such_value(one.header, value, reading)
        for one in filters
        for form, value in one.values.items()
        if not any(_form(as_text(record.values.get(one.header))) == form for record in reading.records)
    ]
    if problems or any(all(keeps(record) for keeps in kept) for record in selection.chosen):
        return problems
    if name is not None:
        left = [one for one in selection.left_out if has_name(one.record, name)]
        return [_no_such_name(name, left[0].reason if left else "", selection.chosen)]
    return [
        error(
            "usage.only-nobody",
            "Aucun élève à attester ne répond à la fois à tous les --only.",
            "Retirez un des --only, ou vérifiez les statuts avec « pix-mailmerge check ».",
        )
    ]


def _form(value: str) -> str:
    return folded_header(value) or value.strip()


def _key(record: Record) -> tuple[str, int]:
    return record.file, record.line


def _wrong_only(text: str) -> Problem:
    return error(
        "usage.wrong-only",
        f"« --only {text} » n’a pas la forme colonne=valeur.",
        "Écrivez par exemple --only classe=3A.",
    )


def _no_such_value(header: str, value: str, reading: Reading) -> Problem:
    found = dict.fromkeys(text for record in reading.records if (text := as_text(record.values.get(header)).strip()))
    choices = sorted(found, key=collation_key)
    return error(
        "usage.only-value",
        f"Aucun élève n’a « {value} » dans la colonne « {header} ».",
        f"{near_sentence(value, choices)}On y trouve : {listed(choices)}.",
    )


def _no_such_name(name: str, reason: str, chosen: Sequence[Record]) -> Problem:
    names = [f"{record.text(columns.LAST_NAME)} {record.text(columns.FIRST_NAME)}" for record in chosen]
    why = f"Il est écarté : {reason}." if reason else f"{near_sentence(name, names)}Vérifiez le nom."
    return error("usage.no-such-name", f"Aucun élève retenu ne s’appelle « {name} ».", why)
