"""The whole road: read, check, workbook, documents, composed documents, PDFs, report, journal."""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence
from dataclasses import replace

from pix_mailmerge.data_source.results_xlsx import FILE_NAME, write_results
from pix_mailmerge.destination.delivery import Delivery, Made
from pix_mailmerge.destination.engines.choice import choose_engine
from pix_mailmerge.destination.journal import digest_of, read_journal
from pix_mailmerge.destination.writable import check_writable
from pix_mailmerge.mailmerge.changes import Changes
from pix_mailmerge.mailmerge.inputs import check_unchanged, inputs_of, states_of
from pix_mailmerge.mailmerge.lot_maker import LotMaker
from pix_mailmerge.mailmerge.make import Maker
from pix_mailmerge.mailmerge.merged import check_skipped, check_whole
from pix_mailmerge.mailmerge.order import Order, Outcome, Progress, silent
from pix_mailmerge.mailmerge.outdated import find_outdated, told
from pix_mailmerge.mailmerge.plan import REPORT_NAMES, Plan, check_school_docx
from pix_mailmerge.mailmerge.prepare import Prepared, origin_of, planned, prepare, sources_of
from pix_mailmerge.mailmerge.report import Report, make_report
from pix_mailmerge.mailmerge.report_files import inputs_read, write_report
from pix_mailmerge.mailmerge.verify import Verified, read_back
from pix_mailmerge.problems import Problem, ProgramMissingError, UsageError, raise_errors


def run(order: Order, report: Progress = silent, lots: LotMaker | None = None) -> Outcome:
    """Make everything that an order asks for, and tell what came of it.

    lots: who merges, started already, perhaps. Nothing is written when there is an error among the problems. Raises
    PixMailMergeError with all of them.
    """
    started = time.monotonic()
    with lots or LotMaker(order.jobs) as merging:
        return _run(order, report, merging, started)


def _run(order: Order, report: Progress, lots: LotMaker, started: float) -> Outcome:
    if not order.dry_run:
        lots.start()  # it loads the merge while we read the sources
    inputs = states_of(inputs_of(order))
    prepared = prepare(order)
    plan = planned(order, prepared)
    if order.is_narrowed:
        check_whole(plan)
    prepared = replace(prepared, problems=(*prepared.problems, *check_skipped(plan), *check_school_docx(plan)))
    occupied = check_writable(order.out, plan.names(), order.replace, inputs=inputs)
    raise_errors([*prepared.problems, *occupied, *check_engine(order.engine, pdfa=order.pdfa)])
    if order.dry_run:
        return _told(order, prepared, plan, started)
    made = _made(order, prepared, plan, started, report, lots)
    return replace(made, problems=(*made.problems, *check_unchanged(inputs)))


def _made(order: Order, prepared: Prepared, plan: Plan, started: float, report: Progress, lots: LotMaker) -> Outcome:
    """Make and deliver what is missing or changed, read everything back, and tell."""
    with Delivery(order.out) as delivery:
        changes = Changes(order, prepared, plan, delivery.journal)
        outdated = find_outdated(order, prepared, plan, delivery.journal)
        if order.is_narrowed:
            delivery.keep(name for name in changes.others() if name not in outdated)
        with Maker(order, prepared.school, plan, delivery, changes, lots, report) as maker:
            _deliver_workbook(prepared, delivery, changes, maker)
            for one in plan.models if plan.pupils else ():
                maker.make_model(one)
        gone = told(delivery.withdraw(outdated), str(order.out))
        origin = origin_of(order, prepared, delivery)
        journal = delivery.finish(origin)
        chosen, alone = prepared.selection.chosen, bool(changes.left_alone)
        verified = read_back(order.out, report, journal=journal, records=chosen, alone=alone)
        nothing_made = not verified.problems and maker.kept.issuperset({*plan.names()} - {*REPORT_NAMES})
        report_made = _report(order, prepared, plan, maker, delivery, verified, gone)
        _deliver_report(report_made, delivery, maker, nothing_made)
        journal = delivery.finish(origin)
    names = set(plan.names()) - changes.left_alone
    made = [entry for entry in journal.current if entry.path in names]
    return replace(
        _read(order, prepared, plan),
        documents=sum(entry.kind == "document" for entry in made),
        files=tuple(order.out / entry.path for entry in made),
        unchanged=tuple(order.out / entry.path for entry in made if entry.path in maker.kept),
        unchanged_pupils=_unchanged_pupils(plan, changes, maker.kept),
        problems=(*prepared.problems, *changes.problems(), *gone, *maker.problems, *verified.problems),
        checked=verified.files,
        seconds=time.monotonic() - started,
        engine=maker.engine,
    )


def _told(order: Order, prepared: Prepared, plan: Plan, started: float) -> Outcome:
    """Return what would come of the order; nothing is written."""
    changes = Changes(order, prepared, plan, read_journal(order.out))
    to_make = set(changes.to_make())
    names = [name for name in dict.fromkeys(plan.names()) if name not in {*changes.left_alone, *REPORT_NAMES}]
    outdated = find_outdated(order, prepared, plan, read_journal(order.out))
    kept = {name for name in names if name not in to_make}
    return replace(
        _read(order, prepared, plan),
        files=tuple(order.out / name for name in names),
        unchanged=tuple(order.out / name for name in names if name in kept),
        unchanged_pupils=_unchanged_pupils(plan, changes, kept),
        problems=(*prepared.problems, *changes.problems(), *told(outdated, str(order.out))),
        seconds=time.monotonic() - started,
        dry_run=True,
    )


def _read(order: Order, prepared: Prepared, plan: Plan) -> Outcome:
    """Return what is known before anything is made."""
    return Outcome(
        folder=order.out,
        read=prepared.reading.rows_read,
        duplicates=prepared.reading.duplicates,
        sources=len(prepared.reading.files),
        chosen=plan.pupils,
        left_out=prepared.selection.left_out,
    )


def _unchanged_pupils(plan: Plan, changes: Changes, kept: Collection[str]) -> int:
    """Return how many pupils are in classes of which nothing is made again, with any model."""
    return sum(
        len(part.records)
        for part in plan.classes
        if all(
            name in kept
            for one in plan.models
            for own in one.classes
            if own.name == part.name
            for name in changes.class_names(one, own)
        )
    )


def check_engine(engine: str, *, pdfa: bool = False) -> tuple[Problem, ...]:
    """Return what forbids to make PDFs with ``engine``: it is not there, or makes none for archives."""
    try:
        choose_engine(engine, pdfa=pdfa)
    except (ProgramMissingError, UsageError) as cause:
        return cause.problems
    return ()


def _deliver_workbook(prepared: Prepared, delivery: Delivery, changes: Changes, maker: Maker) -> None:
    inputs = changes.workbook_inputs()
    if changes.holds([FILE_NAME], inputs):
        delivery.keep([FILE_NAME])
        maker.kept.add(FILE_NAME)
        return
    staged = delivery.stage(FILE_NAME)
    write_results(staged, prepared.selection.chosen, prepared.selection.left_out)
    sources = sources_of(prepared.selection.chosen)
    delivery.deliver([Made(FILE_NAME, staged, "workbook", sources, inputs=inputs)])


def _deliver_report(report: Report, delivery: Delivery, maker: Maker, nothing_made: bool) -> None:
    """Deliver the pages of the report that differ from those of the last run: none where no document was made."""
    made = write_report(report, delivery)
    same = [one.path for one in made if delivery.has(one.path, None if nothing_made else digest_of(one.staged))]
    delivery.keep(same)
    maker.kept.update(same)
    delivery.deliver([one for one in made if one.path not in same])


def _report(
    order: Order,
    prepared: Prepared,
    plan: Plan,
    maker: Maker,
    delivery: Delivery,
    verified: Verified,
    gone: Sequence[Problem],
) -> Report:
    return make_report(
        prepared,
        plan,
        delivery.journal,
        inputs_read(order, prepared),
        engine=maker.engine,
        two_sided=order.duplex,
        problems=(*prepared.problems, *gone, *maker.problems),
        checked=verified.problems if plan.pupils else None,
    )
