"""The whole road: read, check, workbook, documents, composed documents, PDFs, report, journal."""

from __future__ import annotations

import time

from pix_mailmerge.data_source import columns
from pix_mailmerge.data_source.results_xlsx import FILE_NAME, write_results
from pix_mailmerge.destination.delivery import Delivery, Made, check_writable
from pix_mailmerge.destination.engines.choice import choose_engine
from pix_mailmerge.destination.journal import Source
from pix_mailmerge.mailmerge.make import Maker
from pix_mailmerge.mailmerge.order import Order, Outcome, Progress, silent
from pix_mailmerge.mailmerge.plan import Plan
from pix_mailmerge.mailmerge.prepare import Prepared, inputs_of, origin_of, planned, prepare
from pix_mailmerge.mailmerge.report import Report, make_report
from pix_mailmerge.mailmerge.report_files import inputs_read, write_report
from pix_mailmerge.mailmerge.verify import Verified, read_back
from pix_mailmerge.problems import Problem, ProgramMissingError, raise_errors


def run(order: Order, report: Progress = silent) -> Outcome:
    """Make everything that an order asks for, and tell what came of it.

    Nothing is written when there is an error among the problems. Raises PixMailMergeError with all of them.
    """
    started = time.monotonic()
    prepared = prepare(order)
    plan = planned(order, prepared)
    occupied = check_writable(order.out, plan.names(), order.replace, inputs=inputs_of(order))
    raise_errors([*prepared.problems, *occupied, *check_engine(order.engine)])
    with Delivery(order.out) as delivery, Maker(order, prepared.school, plan, delivery, report) as maker:
        delivery.deliver([_workbook(prepared, delivery)])
        for one in plan.models if plan.pupils else ():
            maker.make_model(one)
        origin = origin_of(order, prepared, delivery)
        delivery.finish(origin)
        verified = read_back(order.out, report, records=prepared.selection.chosen)
        made = _report(order, prepared, plan, maker, delivery, verified)
        delivery.deliver(write_report(made, delivery))
        journal = delivery.finish(origin)
    return Outcome(
        folder=order.out,
        read=prepared.reading.rows_read,
        sources=len(prepared.reading.files),
        chosen=plan.pupils,
        left_out=prepared.selection.left_out,
        documents=sum(entry.kind == "document" for entry in journal.current),
        files=tuple(order.out / entry.path for entry in journal.current),
        problems=(*prepared.problems, *maker.problems, *verified.problems),
        checked=verified.files,
        seconds=time.monotonic() - started,
        engine=maker.engine,
    )


def check_engine(engine: str) -> tuple[Problem, ...]:
    """Return what forbids to make PDFs with ``engine``: it is not there."""
    try:
        choose_engine(engine)
    except ProgramMissingError as cause:
        return cause.problems
    return ()


def _workbook(prepared: Prepared, delivery: Delivery) -> Made:
    staged = delivery.stage(FILE_NAME)
    write_results(staged, prepared.selection.chosen, prepared.selection.left_out)
    sources = (Source(one.file, one.line, one.text(columns.NUMBER).strip()) for one in prepared.selection.chosen)
    return Made(FILE_NAME, staged, "workbook", tuple(sources))


def _report(
    order: Order, prepared: Prepared, plan: Plan, maker: Maker, delivery: Delivery, verified: Verified
) -> Report:
    return make_report(
        prepared,
        plan,
        delivery.journal,
        inputs_read(order, prepared),
        engine=maker.engine,
        two_sided=order.duplex,
        problems=(*prepared.problems, *maker.problems),
        checked=verified.problems if plan.pupils else None,
    )
