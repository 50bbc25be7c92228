"""From sources and a model to .docx alone: one per record, or all in one."""

from __future__ import annotations

import time
from pathlib import Path

from pix_mailmerge._files import written_beside
from pix_mailmerge.destination.delivery import Delivery, Made
from pix_mailmerge.destination.writable import check_writable
from pix_mailmerge.mailmerge.endings import check_ending
from pix_mailmerge.mailmerge.inputs import inputs_of
from pix_mailmerge.mailmerge.lot_maker import LotMaker
from pix_mailmerge.mailmerge.lots import Lot
from pix_mailmerge.mailmerge.make import LOT
from pix_mailmerge.mailmerge.merged import check_skipped
from pix_mailmerge.mailmerge.order import Order, Outcome, Progress, silent
from pix_mailmerge.mailmerge.outdated import find_outdated, told
from pix_mailmerge.mailmerge.plan import ClassPlan, ModelPlan, Plan
from pix_mailmerge.mailmerge.prepare import Prepared, origin_of, planned, prepare, sources_of
from pix_mailmerge.problems import Problem, UsageError, error, raise_errors


def merge(order: Order, out: Path | None, one_file: Path | None, report: Progress = silent) -> Outcome:
    """Write one .docx per record under ``out``, or all in ``one_file``: one of the two is given.

    Raises PixMailMergeError with all problems, nothing written.
    """
    _check_where(order, out, one_file)
    started = time.monotonic()
    prepared = prepare(order)
    plan = planned(order, prepared)
    gone: list[Problem] = []
    if one_file is not None:
        files = _merge_in_one(order, prepared, plan, one_file)
    else:
        files, gone = _merge_apart(order, prepared, plan, report)
    return Outcome(
        folder=order.out if one_file is None else one_file.parent,
        read=prepared.reading.rows_read,
        duplicates=prepared.reading.duplicates,
        sources=len(prepared.reading.files),
        chosen=plan.pupils,
        left_out=prepared.selection.left_out,
        documents=len(files) if one_file is None else 0,
        files=files,
        problems=(*prepared.problems, *check_skipped(plan), *gone),
        seconds=time.monotonic() - started,
    )


def _check_where(order: Order, out: Path | None, one_file: Path | None) -> None:
    if (out is None) == (one_file is None):
        what = "Il faut dire où fusionner : un dossier, ou un fichier."
        remedy = "Ajoutez --out DOSSIER (un .docx par élève) ou --one-file FICHIER.docx (tous en un), pas les deux."
        raise UsageError(error("usage.merge-where", what, remedy))
    if one_file is not None and len(order.models) > 1:
        what = "Un seul fichier ne peut pas venir de plusieurs modèles."
        raise UsageError(error("usage.one-model", what, "Donnez un seul --model, ou un dossier avec --out."))


def _merge_in_one(order: Order, prepared: Prepared, plan: Plan, file: Path) -> tuple[Path, ...]:
    occupied = check_writable(file.absolute().parent, [file.name], order.replace, inputs=inputs_of(order))
    raise_errors([*prepared.problems, *occupied, *check_ending(file, ".docx")])
    if not plan.pupils:
        return ()
    records = tuple(record for one in plan.classes for record in one.records)
    with LotMaker(order.jobs) as lots, written_beside(file) as beside:
        lots.make(Lot(prepared.models[0].path, prepared.school, records, composed=beside, duplex=order.duplex))
    return (file,)


def _merge_apart(
    order: Order, prepared: Prepared, plan: Plan, report: Progress
) -> tuple[tuple[Path, ...], list[Problem]]:
    """Return the files made, and what is to be told of those that an earlier merge left."""
    occupied = check_writable(order.out, plan.documents(), order.replace, inputs=inputs_of(order))
    raise_errors([*prepared.problems, *occupied])
    if not any(one.classes for one in plan.models):
        return (), []
    done = 0
    with Delivery(order.out) as delivery, LotMaker(order.jobs) as lots:
        outdated = find_outdated(order, prepared, plan, delivery.journal)
        for each in plan.models:
            for part in (part for one in each.classes for part in one.parts(LOT)):
                delivery.deliver(_made(prepared, each, part, delivery, lots))
                done += len(part.records)
                report("Documents", done, plan.pupils * len(plan.models))
        gone = told(delivery.withdraw(outdated), str(order.out))
        journal = delivery.finish(origin_of(order, prepared, delivery))
    return tuple(order.out / entry.path for entry in journal.current), gone


def _made(prepared: Prepared, planned: ModelPlan, part: ClassPlan, delivery: Delivery, lots: LotMaker) -> list[Made]:
    """Write aside the documents of a part of a class: one per record, or one for a model that lists « eleves »."""
    model = planned.model
    if model.per_class:
        name = f"{part.stem(planned.suffix)}.docx"
        staged = delivery.stage(name)
        lots.make(Lot(model.path, prepared.school, part.records, composed=staged))
        return [Made(name, staged, "class", sources_of(part.records), suffix=planned.suffix)]
    names = [document.place.path(f"{planned.suffix}.docx") for document in part.documents]
    staged_files = tuple(delivery.stage(name) for name in names)
    lots.make(Lot(model.path, prepared.school, part.records, staged_files, before=part.before))
    return [
        Made(name, staged, "document", sources_of(document.records), suffix=planned.suffix)
        for name, staged, document in zip(names, staged_files, part.documents, strict=True)
    ]
