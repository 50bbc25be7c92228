"""Read, select, narrow, sort: the records that an order is about, for documents and for the workbook alike."""

from __future__ import annotations

from dataclasses import dataclass, replace

from pix_mailmerge.data_source.certification import with_level
from pix_mailmerge.data_source.columns import PIX_TYPE
from pix_mailmerge.data_source.narrow import narrow, wanted_keys, without_others
from pix_mailmerge.data_source.order_by import parse_sort, sort_records
from pix_mailmerge.data_source.pix_export import read_sources
from pix_mailmerge.data_source.reading import Reading
from pix_mailmerge.data_source.record import Record
from pix_mailmerge.data_source.select import Selection, select, select_every
from pix_mailmerge.mailmerge.order import Order
from pix_mailmerge.problems import Problem


@dataclass(frozen=True, slots=True)
class Gathered:
    """The records of an order, and what is wrong with its sources and with those that it is about.

    selection: narrowed and sorted as asked. everyone: those chosen before that.
    """

    reading: Reading
    selection: Selection
    everyone: tuple[Record, ...]
    problems: tuple[Problem, ...]


def gather(order: Order, *, pix_only: bool = False, every: bool = False) -> Gathered:
    """Return the records that an order is about, with every problem; nothing is raised.

    pix_only: a table that is not one of Pix results is an error. every: all rows are chosen, whatever their status.
    """
    reading = read_sources(order.sources, class_name=order.class_name, join=order.join, pix_only=pix_only)
    if every:
        whole = select_every(reading, keep_going=order.keep_going)
    else:
        whole = select(reading, order.status, keep_going=order.keep_going, types=order.types or (PIX_TYPE,))
    selection = _arranged(order, reading, whole)
    told = without_others(reading.problems, reading, wanted_keys(selection)) if order.is_narrowed else reading.problems
    return Gathered(reading, selection, whole.chosen, (*told, *selection.problems))


def _arranged(order: Order, reading: Reading, selection: Selection) -> Selection:
    """Return the part of ``selection`` that the order is about, sorted as it asks, with the problems of both."""
    if order.compute_level:
        selection = replace(selection, chosen=tuple(map(with_level, selection.chosen)))
    narrowed = narrow(reading, selection, order.only, order.name)
    headers, problems = parse_sort(order.sort, reading.header)
    if not headers and not problems:
        return narrowed
    chosen = sort_records(narrowed.chosen, headers)
    return replace(narrowed, chosen=chosen, problems=(*narrowed.problems, *problems))
