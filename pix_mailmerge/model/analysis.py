"""What the tags of a model use, and what is wrong with them, before any record is rendered."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from jinja2 import Environment, TemplateSyntaxError, nodes

from pix_mailmerge.model.attributes import Attribute, read_attributes
from pix_mailmerge.model.fields import Names, ascii_name, nearest
from pix_mailmerge.model.generated import generated
from pix_mailmerge.model.jinja_tags import plain_typing
from pix_mailmerge.model.parsed import Parsed, ParsedModel
from pix_mailmerge.model.proofs import prove
from pix_mailmerge.model.sources import Source
from pix_mailmerge.model.tag_problems import check_tags
from pix_mailmerge.model.tags import Tag, each_on_a_line, first_tag, read_tags, shortened
from pix_mailmerge.problems import Place, Problem, error

_GUARDS = frozenset({"defined", "undefined"})
_MARKED = re.compile(r"<w:p(?=[ >])|(?<!\{)\{%")
_STATEMENT = re.compile(r"\{%.*?%\}", re.DOTALL)
_XML_TAG = re.compile(r"<[^>]*>")
_WORD = re.compile(r"[^\W\d]\w*")


@dataclass(frozen=True, slots=True)
class Use:
    """A name that a part uses. optional: the tag itself says what to do without it (``is defined``, ``default``).

    guarded: it is printed only under an ``if`` that tests it, so that it may be left without a value.
    """

    name: str
    optional: bool
    places: tuple[Place, ...]
    guarded: bool = False


@dataclass(frozen=True, slots=True)
class Analysis:
    """What was found in all parts: the names used, in order, and the problems of their tags.

    attributes: what is asked of pupils, domains, competences. slow_parts: those on which docxtpl's own last steps run
    for each record, as a user calls them.
    """

    uses: tuple[Use, ...]
    problems: tuple[Problem, ...]
    attributes: tuple[Attribute, ...] = ()
    slow_parts: tuple[str, ...] = ()


def analyse(model: ParsedModel, file: str) -> Analysis:
    """Return what the parts use and what is wrong; ``file`` names the model in the places."""
    environment = model.environment
    uses: list[Use] = []
    problems: list[Problem] = []
    attributes: list[Attribute] = []
    slow: list[str] = []
    for source in model.sources:
        tags = read_tags(source, file)
        problems += (wrong := tuple(check_tags(tags, environment)))
        try:
            parsed = model.parse(source)
            found = tuple(_uses(parsed, tags))
        except TemplateSyntaxError:  # an unknown filter too, which the tags have told where they hold it
            problems += () if wrong else (_unreadable(source, environment, file),)
            continue
        uses += found
        if parsed.proof.line and not wrong:
            problems.append(_unbalanced(source, _lines_before_failure(source, environment), tags, file))
        attributes += read_attributes(parsed.tree, tags)
        slow += [source.french] if parsed.proof.is_slow(source.kind) else []
    return Analysis(tuple(uses), tuple(problems), tuple(attributes), tuple(slow))


def check_names(uses: Iterable[Use], names: Names) -> tuple[Problem, ...]:
    """Return a problem for each place where a name is used that ``names`` does not know, or knows several of."""
    return tuple(
        problem
        for use in uses
        if not use.optional and use.name not in names
        for place in use.places or (Place(),)
        for problem in (unknown_field(use.name, place, names.own, names.all(use.name)),)
    )


def unknown_field(name: str, place: Place, known: Collection[str], several: tuple[str, ...] = ()) -> Problem:
    """Return the problem of a field that nothing gives, with the known one that is nearest in spelling."""
    if len(several) > 1:
        listed = ", ".join(f"« {one} »" for one in several)
        what = f"Le champ « {name} » peut désigner plusieurs colonnes : {listed}."
        return error("model.ambiguous-field", what, "Renommez une de ces colonnes dans la source.", place)
    whole = ascii_name(plain_typing(place.near or "").strip("{}% "))
    near = whole if whole in known and whole != name else nearest(name, known)  # « {{ date-naissance }} »
    remedy = f"Vouliez-vous dire « {near} » ?" if near else "Voyez la liste des champs : pix-mailmerge fields."
    return error("model.unknown-field", f"Le champ « {name} » n’existe pas.", remedy, place)


def _marked(source: Source) -> str:
    """Return a part's Jinja source in which each tag and paragraph begins a line: the line of a node tells its tag."""
    return _MARKED.sub(r"\n\g<0>", source.xml)


def _lines_before_failure(source: Source, environment: Environment) -> list[str]:
    """Return the lines of an unbalanced source up to where that was found out."""
    marked = _marked(source)
    return marked.splitlines()[: prove(environment.parse(marked)).line or 1]


def _uses(parsed: Parsed, tags: tuple[Tag, ...]) -> Iterator[Use]:
    tree, source = parsed.tree, parsed.source
    optional = _optional_names(tree)
    bare = frozenset(_bare_names(tree))
    found = {name for name in parsed.generated.names if not name.startswith("_")}
    words = [(tag, dict.fromkeys(_WORD.findall(tag.jinja))) for tag in tags if not tag.is_comment]
    order = {word: number for number, word in enumerate(dict.fromkeys(word for _, one in words for word in one))}
    for name in sorted(found, key=lambda name: (order.get(name, len(order)), name)):
        places = tuple(tag.place for tag, one in words if name in one)
        yield Use(name, name in optional, places or (Place(file=None, part=source.french),), name not in bare)


def _optional_names(tree: nodes.Template) -> frozenset[str]:
    tests = (test.node for test in tree.find_all(nodes.Test) if test.name in _GUARDS)
    filters = (one.node for one in tree.find_all(nodes.Filter) if one.name in {"default", "d"})
    return frozenset(node.name for node in (*tests, *filters) if isinstance(node, nodes.Name))


def _bare_names(node: nodes.Node, tested: frozenset[str] = frozenset()) -> Iterator[str]:
    """Yield the names that ``node`` uses where no ``if`` around has tested them."""
    if isinstance(node, nodes.Name):
        if node.name not in tested:
            yield node.name
    elif isinstance(node, (nodes.If, nodes.CondExpr)):
        names = [node.test] if isinstance(node.test, nodes.Name) else node.test.find_all(nodes.Name)
        inside = tested | {name.name for name in names}
        for child in node.iter_child_nodes():
            yield from _bare_names(child, inside)
    else:
        for child in node.iter_child_nodes():
            yield from _bare_names(child, tested)


def _unbalanced(source: Source, lines: list[str], tags: tuple[Tag, ...], file: str) -> Problem:
    """Return the problem of a block whose two ends stand in different paragraphs or cells.

    lines: of the source, up to where it was found out; a tag begins a line. The last tag that opens is shown.
    """
    typed = {tag.jinja: tag for tag in reversed(tags) if not tag.inside.startswith(("end", "else", "elif"))}
    opened = (one for line in reversed(lines) for one in _STATEMENT.findall(line))
    found = next((typed[one] for one in opened if one in typed), None)
    near = shortened(_XML_TAG.sub("", lines[-1])) or None
    place = found.place if found else Place(file=file, part=source.french, near=near)
    if found is None:
        told = f"près de « {place.near} »" if place.near else "de cette partie"
        what = f"Une balise {told} commence et finit à des endroits qui ne vont pas ensemble : du texte serait perdu."
        remedy = "Acceptez les modifications suivies (Révision), puis retapez cette balise d’un trait."
        return error("model.tag-unbalanced", what, remedy, place)
    what = (
        f"Le bloc « {place.near} » commence et finit à des endroits qui ne vont pas ensemble : du texte serait perdu."
    )
    remedy = (
        "Mettez ses deux balises dans le même paragraphe, ou écrivez-les {%p … %} (chacune seule dans son paragraphe)"
        " ou {%tr … %} (chacune seule dans sa rangée)."
    )
    return error("model.tag-unbalanced", what, remedy, place)


def _unreadable(source: Source, environment: Environment, file: str) -> Problem:
    what = "Les balises de cette partie ne peuvent pas être comprises."
    remedy = "Retapez les balises de cette partie, une par une, puis vérifiez avec pix-mailmerge check."
    place = Place(file=file, part=source.french, near=_near(source, environment))
    return error("model.tag-syntax", what, remedy, place)


def _near(source: Source, environment: Environment) -> str | None:
    """Return the tag at which a source that cannot be compiled fails."""
    lines = each_on_a_line(source.xml)
    try:
        generated(environment.parse(lines))
    except TemplateSyntaxError as cause:
        line = "".join(lines.splitlines()[cause.lineno - 1 : cause.lineno])
        return shortened(first_tag(line) or _XML_TAG.sub("", line)) or None
    return None
