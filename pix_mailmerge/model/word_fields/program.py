"""A model's merge fields, ready to run over records: what each part shows, record after record."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from pix_mailmerge.model.word_fields.nodes import Show
from pix_mailmerge.model.word_fields.parts import FIELD, FLAG, PartFields, RowSteps, Shown
from pix_mailmerge.model.word_fields.state import Asked, Counted, Header, MergeState, Values

Context = dict[str, object]
_LISTS = frozenset({list, tuple})
_NONE: frozenset[int] = frozenset()


class MergeProgram:
    """The steps of a model's parts, in the order of the model: body, headers, footers, notes.

    asked: the names of the columns that the fields need.
    """

    def __init__(self, asked: Sequence[Asked], parts: Iterable[PartFields]) -> None:
        self.asked = tuple(asked)
        self._parts = tuple((part, tuple(map(self._step, part.steps))) for part in parts)
        self._headers: dict[object, tuple[object, Header]] = {}

    def header(self, values: Values) -> Header:
        """Return what the fields stand for in ``values``; the same for all records of the same keys."""
        names = getattr(values, "names", None)
        key: object = tuple(values) if names is None else (id(names), tuple(getattr(values, "headers", ())))
        found = self._headers.get(key)
        if found is None:
            if len(self._headers) > 50:
                self._headers.clear()
            found = self._headers[key] = (names, Header(self.asked, values))  # names stay alive, so that ids do
        return found[1]

    def lists(self, values: Values) -> frozenset[int]:
        """Return the positions of the names whose value is a list of mappings: rows to repeat."""
        row = self.header(values).row(values)
        if _LISTS.isdisjoint(map(type, row)):
            return _NONE
        return frozenset(position for position, value in enumerate(row) if is_list(value))

    def context(self, state: MergeState) -> Context:
        """Return the values that the parts' sources use, by their names there."""
        context: Context = {}
        for part, steps in self._parts:
            state.restart()  # a header or a note shows the record that the document begins with
            if steps:
                made = [step(state) for step in steps]
                shown = Shown([one.encode() if type(one) is str else one for one in made])
                context[f"{FIELD}{part.number}"] = shown
                context[f"{FLAG}{part.number}"] = Shown([any(shown[one] for one in fields) for fields in part.flags])
        return context

    def state(self, values: Values, taken: Counted[Values], sequence: int, *, strict: bool) -> MergeState:
        """Return the state in which the document that begins with ``values`` is made; NEXT takes from ``taken``."""
        header = self.header(values)

        def take_next() -> tuple[Values, Header] | None:
            following = next(taken, None)
            return None if following is None else (following, self.header(following))

        return MergeState(header.row(values), header, values, take_next, taken.given, sequence, strict)

    def _step(self, show: Show | RowSteps) -> Callable[[MergeState], object]:
        """Return what works out a step."""
        return partial(self._rounds, show) if isinstance(show, RowSteps) else show

    def _rounds(self, steps: RowSteps, state: MergeState) -> tuple[tuple[object, ...], ...]:
        """Return what a repeated row shows in each of its rounds; a name that a mapping lacks is the record's."""
        value = state.row[steps.column]
        rounds = []
        for mapping in value if is_list(value) else ({},):  # type: ignore[attr-defined]
            inner = self.header(mapping)
            own = zip(inner.matches, inner.row(mapping), state.row, strict=True)
            row = [mine if match.header is not None else outer for match, mine, outer in own]
            within = replace(state, row=row)
            made = [show(within) for show in steps.shows]
            rounds.append(Shown([one.encode() if type(one) is str else one for one in made]))
        return tuple(rounds)


def is_list(value: object) -> bool:
    """True for a list (or tuple) of mappings, an empty one too: the rounds of a table's row."""
    return isinstance(value, (list, tuple)) and all(isinstance(one, Mapping) for one in value)
