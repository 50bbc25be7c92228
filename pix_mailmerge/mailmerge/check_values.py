"""What a model would print of these pupils, looked at before: what is empty, alike, or too long for the page."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Sequence

from pix_mailmerge.data_source import columns
from pix_mailmerge.data_source.checks import REQUIRED
from pix_mailmerge.data_source.record import Record
from pix_mailmerge.destination.converter import Chunk, Converter
from pix_mailmerge.destination.engines import embedded
from pix_mailmerge.destination.preflight.survey import Survey, survey_document
from pix_mailmerge.destination.private import private_folder
from pix_mailmerge.destination.split import bookmark
from pix_mailmerge.mailmerge.check_images import check_images
from pix_mailmerge.mailmerge.columns_used import columns_used, name_of, text_under, width_of
from pix_mailmerge.mailmerge.lot_maker import LotMaker
from pix_mailmerge.mailmerge.lots import Lot
from pix_mailmerge.mailmerge.prepare import Prepared
from pix_mailmerge.model.fields import ascii_name
from pix_mailmerge.model.word_model import Model
from pix_mailmerge.problems import ModelError, PixMailMergeError, Problem, warning

TOLD_ELSEWHERE = frozenset({*REQUIRED, *columns.COMPETENCE_CODES})
"""Columns of which an empty cell is a problem of the source already."""
WANTED = frozenset({columns.BIRTH_PLACE})
"""Columns that are told even where the model knows how to do without: the school can fill them in."""
LISTED = 5
MEASURED = 8
"""Pupils whose documents are converted, beside an ordinary one, to see whether their pages grow."""
NEVER_LONG = frozenset(
    {columns.NUMBER, columns.BIRTH_DATE, columns.EXAM_DATE, columns.PIX, columns.SCORE, *columns.COMPETENCE_CODES}
)


def check_values(prepared: Prepared, lots: LotMaker) -> Iterator[Problem]:
    """Yield warnings: what a run would make all the same, and the staff should know before.

    What takes a trial page is looked at only where nothing else stops the run.
    """
    chosen = prepared.selection.chosen
    yield from check_homonyms(chosen)
    yield from check_images(prepared)
    ready = not any(problem.is_error for problem in prepared.problems)
    for model in prepared.models:
        used = columns_used(model, prepared.reading.header, prepared.school)
        yield from check_absent(chosen, [header for header in used if _is_needed(model, header)])
        with contextlib.suppress(ModelError):  # told by prepare
            survey = survey_document(model.path)
            yield from survey.problems
            if ready and not model.per_class:
                yield from check_pages(prepared, model, used, survey, lots)


def check_homonyms(records: Iterable[Record]) -> Iterator[Problem]:
    """Yield a warning for each name, accents and capitals apart, that several pupils have.

    A name of which half is missing is nobody's: the source tells it.
    """
    by_name: dict[tuple[str, str], list[Record]] = {}
    for record in records:
        name = (record.text(columns.LAST_NAME), record.text(columns.FIRST_NAME))
        if all(part.strip() for part in name):
            last, first = map(columns.folded_header, name)
            by_name.setdefault((last, first), []).append(record)
    for alike in by_name.values():
        if len(alike) > 1:
            places = " ; ".join(_who(record) for record in alike[:LISTED])
            yield warning(
                "source.homonyms",
                f"{len(alike)} élèves s’appellent « {name_of(alike[0])} » : {places}.",
                "Vérifiez que ce sont bien des élèves différents ; dans une même classe, leurs fichiers portent en "
                "plus leur numéro de certification.",
                alike[0].place(),
            )


def check_absent(records: Sequence[Record], headers: Sequence[str]) -> Iterator[Problem]:
    """Yield a warning for each pupil who lacks values, and one for each column that most pupils lack."""
    lacking = {header: [one for one in records if not text_under(one, header)] for header in headers}
    general = [header for header, found in lacking.items() if len(found) > max(LISTED, len(records) / 2)]
    for header in general:
        what = f"« {header} » est vide pour {len(lacking[header])} élèves sur {len(records)}, et le modèle l’imprime."
        remedy = "Remplissez la colonne dans « Résultats Pix.xlsx », ou retirez ce champ du modèle."
        yield warning("source.value-absent", what, remedy, lacking[header][0].place(header))
    for record in records:
        empty = [header for header in headers if header not in general and not text_under(record, header)]
        if empty:
            listed = ", ".join(f"« {header} »" for header in empty)
            verb = "est vide" if len(empty) == 1 else "sont vides"
            what = f"{listed} {verb} pour {name_of(record)} : rien ne sera imprimé à cet endroit."
            remedy = "Complétez dans « Résultats Pix.xlsx » (convert), puis donnez ce classeur à la place du fichier."
            yield warning("source.value-absent", what, remedy, record.place(empty[0]))


def check_pages(
    prepared: Prepared, model: Model, used: Sequence[str], survey: Survey, lots: LotMaker
) -> Iterator[Problem]:
    """Yield a warning for each worst case whose document takes more pages than that of an ordinary pupil.

    The pages are those of the embedded engine; where it is not there, or fails, the run will tell.
    """
    records = prepared.selection.chosen
    if len(records) < 2 or embedded.find_program() is None:
        return
    with (
        contextlib.suppress(PixMailMergeError),
        private_folder() as work,
        Converter(embedded.NAME, survey, processes=1, work=work) as converter,
    ):
        converter.start()  # while the worst cases are looked for
        ordinary, worst = _trial(records, used)
        docx = work / "essai.docx"
        lots.make(Lot(model.path, prepared.school, (ordinary, *worst), composed=docx))
        bookmarks = tuple(bookmark(number) for number in range(1, len(worst) + 2))
        usual, *counts = converter.convert(Chunk(docx, docx.with_suffix(".pdf"), bookmarks)).counts
        for record, pages in zip(worst, counts, strict=True):
            if pages > usual:
                yield _overflow(record, pages, usual)


def _trial(records: Sequence[Record], used: Sequence[str]) -> tuple[Record, tuple[Record, ...]]:
    """Return an ordinary pupil, and those with the widest name, the widest value of a column, the most text."""
    texts = [header for header in used if header not in NEVER_LONG]
    widths = [[width_of(text_under(one, header)) for header in texts] for one in records]
    places = sorted(range(len(records)), key=lambda place: sum(widths[place]))
    widest = [max(places, key=lambda place: width_of(name_of(records[place]))), places[-1]]
    widest += [max(places, key=lambda place: widths[place][column]) for column in range(len(texts))]
    worst = tuple(records[place] for place in dict.fromkeys(widest))
    return records[places[len(places) // 2]], worst[:MEASURED]


def _overflow(record: Record, pages: int, usual: int) -> Problem:
    return warning(
        "model.overflow",
        f"Le document de {name_of(record)} prend {pages} pages ; celui d’un élève ordinaire, {usual}.",
        "Regardez-le (pix-mailmerge preview), puis laissez plus de place dans le modèle ou diminuez la taille des "
        "lettres.",
        record.place(),
    )


def _is_needed(model: Model, header: str) -> bool:
    """Tell whether an empty cell leaves a hole: no tag of the model says what to do without it."""
    if header in TOLD_ELSEWHERE or header in {columns.LEVEL, columns.SCORE, columns.COMMENT}:
        return False
    names = {ascii_name(header), *(field for field, other in columns.FIELD_HEADERS.items() if other == header)}
    uses = [use for use in model.uses if ascii_name(use.name) in names]
    return header in WANTED or not uses or any(not (use.optional or use.guarded) for use in uses)


def _who(record: Record) -> str:
    """Return what tells homonyms apart: « 3A, né(e) le 01/02/2006 (ligne 19) »."""
    born = record.text(columns.BIRTH_DATE)
    parts = [record.text(columns.CLASS) or record.file, f"né(e) le {born}" if born else ""]
    return f"{', '.join(part for part in parts if part)} (ligne {record.line})"
