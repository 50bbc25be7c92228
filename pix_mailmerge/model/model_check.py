"""A model held against the columns of a data source: what would go wrong, before anything is merged."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from pix_mailmerge.data_source.columns import COMPETENCES, NUMBER
from pix_mailmerge.model.analysis import Analysis, check_names, unknown_field
from pix_mailmerge.model.attributes import check_attributes
from pix_mailmerge.model.fields import DOMAINS, ascii_name, names_of
from pix_mailmerge.model.merge_fields import KnownNames, MergeModel
from pix_mailmerge.model.names import Match
from pix_mailmerge.model.word_fields.findings import Findings
from pix_mailmerge.problems import Place, Problem, warning
from pix_mailmerge.settings import School


@dataclass(frozen=True, slots=True)
class ModelCheck:
    """What checking a model against the columns of a data source found.

    fields_without_column: fields of the model that nothing gives. columns_unused: headers that no field asks for.
    unsupported: codes and tags kept as they are. problems: all of it with places.
    """

    fields_without_column: tuple[str, ...]
    columns_unused: tuple[str, ...]
    unsupported: tuple[str, ...]
    problems: tuple[Problem, ...]


class Checked(Protocol):
    """What is looked at of a model."""

    path: Path
    analysis: Analysis
    merge_fields: MergeModel

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Return what is wrong whatever the data."""


def check_columns(model: Checked, headers: tuple[str, ...], school: School | None) -> ModelCheck:
    """Return what would go wrong with records under these headers, at ``school``; raises nothing."""
    findings = model.merge_fields.default.findings
    names = names_of(headers, tuple((school or School()).champs), per_class=True)
    found = {use.name: names.find(use.name) for use in model.analysis.uses}
    required = {use.name for use in model.analysis.uses if not use.optional}
    used = set(found.values()) | ({one.field for one in COMPETENCES} if DOMAINS in found.values() else set())
    known = KnownNames(headers, names if school or NUMBER in headers else None)
    merged, merge_used = model.merge_fields.check(known), model.merge_fields.used(known)
    return ModelCheck(
        fields_without_column=(
            *(name for name, own in found.items() if own is None and name in required),
            *(name for name, match in merged.items() if not match.headers),
        ),
        columns_unused=tuple(
            header for header in headers if header not in merge_used and names.find(ascii_name(header)) not in used
        ),
        unsupported=tuple(findings.unsupported),
        problems=(
            *model.problems,
            *check_names(model.analysis.uses, names),
            *check_attributes(model.analysis.attributes, names),
            *_slow(model),
            *unknown_fields(findings, merged, (*headers, *names.own)),
        ),
    )


def unknown_fields(findings: Findings, matches: Mapping[str, Match], known: Collection[str]) -> Iterator[Problem]:
    """Yield a problem for each place of a merge field that no column fits, or several."""
    for name, match in matches.items():
        if match.header is None:
            for place in findings.fields[name].places:
                yield unknown_field(name, place, known, match.headers)


def _slow(model: Checked) -> Iterator[Problem]:
    for part in model.analysis.slow_parts:
        what = "Les tableaux de cette partie changent de forme selon les élèves : la fusion en est plus lente."
        remedy = "Rien à faire ; des rangées « {%tr … %} » au lieu de cellules « {%tc … %} » iraient plus vite."
        yield warning("model.slow-road", what, remedy, Place(file=model.path.name, part=part))
