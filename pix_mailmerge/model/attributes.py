"""What a model asks of what it loops over and of its fields: ``{{ eleve.nom }}``, ``{{ c1_1.etat }}``."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from jinja2 import nodes

from pix_mailmerge.data_source.columns import COMPETENCES
from pix_mailmerge.model.known_names import DOMAINS, PUPILS, Names, nearest
from pix_mailmerge.model.tags import Tag
from pix_mailmerge.problems import Place, Problem, error
from pix_mailmerge.settings import IMAGES

_DOMAIN = ("code", "nom", "competences")
_COMPETENCE = ("code", "nom", "niveau", "etat", "text")
_SAME_ITEMS = frozenset({"sort", "list", "reverse"})
_COMPETENCE_FIELDS = frozenset(one.field for one in COMPETENCES)
_KIND_OF_LIST = {PUPILS: "pupil", DOMAINS: "domain", "competences": "competence"}


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute asked of an item of a list, or of a field. kind of the owner: pupil, domain, competence, field."""

    owner: str
    kind: str
    name: str
    places: tuple[Place, ...]


def read_attributes(tree: nodes.Node, tags: Iterable[Tag], kinds: Mapping[str, str] = {}) -> Iterator[Attribute]:
    """Yield what a parsed part asks of pupils, domains and competences. kinds: names of items -> their kinds."""
    if isinstance(node := tree, nodes.For):
        kind = _KIND_OF_LIST.get(_listed(node.iter, kinds))
        yield from read_attributes(node.iter, tags, kinds)
        inside = {name: one for name, one in kinds.items() if name not in _names(node.target)}
        if kind is not None and isinstance(node.target, nodes.Name):
            inside[node.target.name] = kind
        for child in (*node.body, *([node.test] if node.test else [])):
            yield from read_attributes(child, tags, inside)
        for child in node.else_:
            yield from read_attributes(child, tags, kinds)
        return
    if isinstance(node, nodes.Getattr) and isinstance(node.node, nodes.Name):
        owner = node.node.name
        places = tuple(tag.place for tag in tags if f"{owner}.{node.attr}" in tag.jinja)
        yield Attribute(owner, kinds.get(owner, "field"), node.attr, places)
    for child in node.iter_child_nodes():
        yield from read_attributes(child, tags, kinds)


def check_attributes(attributes: Iterable[Attribute], names: Names) -> Iterator[Problem]:
    """Yield a problem for each place where an item is asked for what it does not have."""
    for one in attributes:
        known = _known_of(one, names)
        if known is None:
            continue
        if one.name in known or (one.kind == "pupil" and one.name in names):
            continue
        near = nearest(one.name, known)
        remedy = f"Vouliez-vous dire « {one.owner}.{near} » ?" if near else "Voyez : pix-mailmerge fields."
        what = f"Le champ « {one.owner}.{one.name} » n’existe pas."
        for place in one.places or (Place(),):
            yield error("model.unknown-field", what, remedy, place)


def _known_of(one: Attribute, names: Names) -> Collection[str] | None:
    """Return what may be asked of the owner of an attribute; None where anything may: it is told elsewhere, or a text
    is asked for what Python's texts have.
    """
    if one.kind != "field":
        return {"domain": _DOMAIN, "competence": _COMPETENCE}.get(one.kind, names.own)
    field = names.find(one.owner)
    if field is None or field in {DOMAINS, PUPILS, *IMAGES} or hasattr(str, one.name):
        return None
    return _COMPETENCE if field in _COMPETENCE_FIELDS else ()


def _listed(iterated: nodes.Node, kinds: Mapping[str, str]) -> str:
    """Return the name of the list that a loop goes over, "" for one that is not known."""
    if isinstance(iterated, nodes.Name):
        return iterated.name if iterated.name not in kinds and iterated.name in {PUPILS, DOMAINS} else ""
    if isinstance(iterated, nodes.Getattr) and isinstance(iterated.node, nodes.Name):
        owner = kinds.get(iterated.node.name)
        return iterated.attr if (owner, iterated.attr) in {("domain", "competences"), ("pupil", DOMAINS)} else ""
    if (
        isinstance(iterated, nodes.Filter)
        and iterated.node is not None
        and iterated.name in {"sort", "list", "reverse"}
    ):
        return _listed(iterated.node, kinds)
    return ""


def _names(target: nodes.Node) -> set[str]:
    return {name.name for name in (target, *target.find_all(nodes.Name)) if isinstance(name, nodes.Name)}
