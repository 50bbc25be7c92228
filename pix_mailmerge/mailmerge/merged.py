"""Which documents a class becomes where the model decides: NEXT puts several pupils in one, SKIPIF drops some."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from pix_mailmerge.data_source.record import Record
from pix_mailmerge.mailmerge.plan import ClassPlan, ModelPlan, Plan
from pix_mailmerge.model.fields import field_values
from pix_mailmerge.model.word_fields.state import NOTHING_BEFORE, Before
from pix_mailmerge.model.word_model import Model
from pix_mailmerge.problems import Place, Problem, UsageError, error, warning
from pix_mailmerge.settings import School

LISTED = 5


def merged_plan(plan: Plan, school: School) -> Plan:
    """Return the plan with, for each model that counts records, the documents that it makes of each class.

    A class is a merge of its own, and the records are counted through all of them. Raises ModelError.
    """
    return replace(plan, models=tuple(_merged(one, school) if one.model.counts_records else one for one in plan.models))


def find_spans(
    model: Model, records: Sequence[Record], school: School, before: Before = NOTHING_BEFORE
) -> Iterator[tuple[int, int]]:
    """Yield the positions of each document's first record and of the one after its last; raise ModelError."""
    values = (field_values(record, school) for record in records)
    for merged in model.documents(values, before=before):
        start = merged.number - before.records - 1
        yield start, start + len(merged.records)


def check_skipped(plan: Plan) -> list[Problem]:
    """Return a warning for each model that drops some of the records, and says of whom."""
    return [problem for one in plan.models if (problem := _skipped(plan, one)) is not None]


def check_whole(plan: Plan) -> None:
    """Raise UsageError where a part of the records would give other documents than all of them."""
    for one in plan.models:
        if one.model.counts_records:
            what = "Ce modèle compte les élèves ou en réunit plusieurs : il ne peut pas être refait pour certains."
            remedy = "Relancez sans --only ni --name, ou utilisez « merge » pour une partie des élèves."
            raise UsageError(error("usage.part-of-merge", what, remedy, Place(file=one.model.path.name)))


def _merged(planned: ModelPlan, school: School) -> ModelPlan:
    classes: list[ClassPlan] = []
    before = NOTHING_BEFORE
    for one in planned.classes:
        spans = tuple(find_spans(planned.model, one.records, school, before))
        if spans:
            classes.append(replace(one, spans=spans, before=before))
        before = Before(before.records + len(one.records), before.documents + len(spans))
    return replace(planned, classes=tuple(classes))


def _skipped(plan: Plan, planned: ModelPlan) -> Problem | None:
    held = {id(record) for one in planned.classes for document in one.documents for record in document.records}
    names = [_name(record) for one in plan.classes for record in one.records if id(record) not in held]
    if not names:
        return None
    listed = ", ".join(names[:LISTED]) + (" …" if len(names) > LISTED else "")
    what = f"Le champ SKIPIF du modèle écarte {len(names)} enregistrement(s) : {listed}."
    remedy = "Rien à faire si c’est voulu ; sinon, corrigez la condition de ce champ."
    return warning("model.records-skipped", what, remedy, Place(file=planned.model.path.name))


def _name(record: Record) -> str:
    return f"{record.text('Nom')} {record.text('Prénom')}".strip() or f"ligne {record.line}"
