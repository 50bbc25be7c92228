"""What the tags of a model use, and what is wrong with them, before any record is rendered."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from jinja2 import Environment, TemplateSyntaxError, meta, nodes

from pix_mailmerge.model.fields import Names, ascii_name, field_names
from pix_mailmerge.model.sources import Source
from pix_mailmerge.model.tags import Tag, read_tags
from pix_mailmerge.problems import Place, Problem, error

_DOCXTPL_STATEMENTS = frozenset({"colspan", "cellbg", "hm", "vm"})
_UNSUPPORTED = frozenset({"include", "import", "from", "extends", "block"})
_OPENING = frozenset({"if", "for", "macro", "call", "filter", "raw", "with", "autoescape"})
_CONTINUING = {"else": ("if", "for"), "elif": ("if",)}
_GUARDS = frozenset({"defined", "undefined"})
_WORD = re.compile(r"[^\W\d]\w*")
_MARKED_LATER = frozenset({"endset"})


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
    """What was found in all parts: the names used, in order, and the problems of their tags."""

    uses: tuple[Use, ...]
    problems: tuple[Problem, ...]


def analyse(sources: Iterable[Source], environment: Environment, file: str) -> Analysis:
    """Return what the parts use and what is wrong; ``file`` names the model in the places."""
    uses: list[Use] = []
    problems: list[Problem] = []
    for source in sources:
        tags = read_tags(source, file)
        wrong = [*_check_each(tags, environment), *_check_blocks(tags)]
        try:
            tree = environment.parse(source.xml)
        except TemplateSyntaxError as cause:
            problems += wrong or [_unreadable(source, cause, file)]
            continue
        problems += wrong
        uses += _uses(tree, tags, source)
    return Analysis(tuple(uses), tuple(problems))


def check_names(uses: Iterable[Use], names: Names) -> tuple[Problem, ...]:
    """Return a problem for each place where a name is used that ``names`` does not know, or knows several of."""
    return tuple(
        problem
        for use in uses
        if not use.optional and use.name not in names
        for place in use.places or (Place(),)
        for problem in (unknown_field(use.name, place, names.own, names.all(use.name)),)
    )


def unknown_field(name: str, place: Place, known: Iterable[str], several: tuple[str, ...] = ()) -> Problem:
    """Return the problem of a field that nothing gives, with the known one that is nearest in spelling."""
    if len(several) > 1:
        listed = ", ".join(f"« {one} »" for one in several)
        what = f"Le champ « {name} » peut désigner plusieurs colonnes : {listed}."
        return error("model.ambiguous-field", what, "Renommez une de ces colonnes dans la source.", place)
    near = nearest(name, known)
    remedy = f"Vouliez-vous dire « {near} » ?" if near else "Voyez la liste des champs : pix-mailmerge fields."
    return error("model.unknown-field", f"Le champ « {name} » n’existe pas.", remedy, place)


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that is spelled most like ``name``; None when none is like it."""
    forms = {ascii_name(one): one for one in known}
    near = difflib.get_close_matches(ascii_name(name), forms, n=1, cutoff=0.6)
    return forms[near[0]] if near else None


def _uses(tree: nodes.Template, tags: tuple[Tag, ...], source: Source) -> Iterator[Use]:
    optional = _optional_names(tree)
    bare = frozenset(_bare_names(tree))
    found = {name for name in meta.find_undeclared_variables(tree) if not name.startswith("_")}
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


def _check_each(tags: Iterable[Tag], environment: Environment) -> Iterator[Problem]:
    for tag in tags:
        if tag.unclosed:
            closing = {"{{": "}}", "{%": "%}", "{#": "#}"}[tag.text[:2]]
            what = f"La balise « {tag.place.near} » n’est pas fermée."
            yield error("model.tag-unclosed", what, f"Ajoutez « {closing} » à la fin de la balise.", tag.place)
        elif tag.is_expression:
            yield from _check_expression(tag, environment)
        elif not tag.is_comment:
            yield from _check_statement(tag, environment)


def _check_expression(tag: Tag, environment: Environment) -> Iterator[Problem]:
    try:
        tree = environment.parse(f"{{{{ {tag.inside} }}}}")
    except TemplateSyntaxError:
        yield _not_a_field(tag)
        return
    output = tree.body[0] if tree.body else None
    written = output.nodes[0] if isinstance(output, nodes.Output) and output.nodes else None
    if isinstance(written, nodes.Const) and isinstance(written.value, (int, float)):
        yield _number(tag)


def _check_statement(tag: Tag, environment: Environment) -> Iterator[Problem]:
    keyword, _, rest = tag.inside.partition(" ")
    if keyword in _UNSUPPORTED:
        what = f"La balise « {tag.text} » appelle un autre fichier, ce qu’un modèle ne peut pas faire."
        yield error("model.tag-unsupported", what, "Recopiez dans le modèle ce qu’elle devait apporter.", tag.place)
        return
    whole = {
        "if": f"{{% if {rest} %}}{{% endif %}}",
        "elif": f"{{% if {rest} %}}{{% endif %}}",
        "for": f"{{% for {rest} %}}{{% endfor %}}",
        "set": f"{{% set {rest} %}}" if "=" in rest else f"{{% set {rest} %}}{{% endset %}}",
        "colspan": f"{{{{ {rest} }}}}",
        "cellbg": f"{{{{ {rest} }}}}",
    }.get(keyword)
    known = keyword in _OPENING or keyword.startswith("end") or keyword in _CONTINUING
    if whole is None and (known or keyword in _DOCXTPL_STATEMENTS):
        return
    try:
        environment.parse(whole or f"{{% {tag.inside} %}}")
    except TemplateSyntaxError as cause:
        yield _bad_statement(tag, cause)


def _check_blocks(tags: Iterable[Tag]) -> Iterator[Problem]:
    """Yield what opens and never ends, what ends and never opened."""
    opened: list[tuple[str, Tag]] = []
    for tag in tags:
        if tag.is_comment or tag.is_expression or tag.unclosed:
            continue
        keyword, _, rest = tag.inside.partition(" ")
        if keyword in _OPENING or (keyword == "set" and "=" not in rest):
            opened.append((keyword, tag))
        elif keyword.startswith("end"):
            if not opened or opened[-1][0] != keyword.removeprefix("end"):
                yield _unmatched(tag, opened[-1][1] if opened else None)
                return
            opened.pop()
        elif keyword in _CONTINUING and (not opened or opened[-1][0] not in _CONTINUING[keyword]):
            yield _unmatched(tag, opened[-1][1] if opened else None)
            return
    for keyword, tag in opened:
        what = f"La balise « {tag.text} » n’a pas de fin."
        yield error("model.block-unclosed", what, f"Ajoutez « {{% end{keyword} %}} » là où elle se termine.", tag.place)


def _not_a_field(tag: Tag) -> Problem:
    near = nearest(tag.inside, _HEADER_FORMS) or ""
    meant = _HEADER_FORMS.get(near)
    remedy = (
        f"Vouliez-vous dire « {{{{ {meant} }}}} » ?"
        if meant
        else "Un champ s’écrit en un mot, par exemple « {{ prenom }} » ; voyez : pix-mailmerge fields."
    )
    return error("model.tag-syntax", f"La balise « {tag.text} » ne peut pas être comprise.", remedy, tag.place)


def _number(tag: Tag) -> Problem:
    field = ascii_name(tag.inside)
    meant = field if field in field_names() else "c1_1"
    what = f"La balise « {tag.text} » imprimerait le nombre lui-même, pas le niveau d’une compétence."
    return error("model.tag-number", what, f"Vouliez-vous dire « {{{{ {meant} }}}} » ?", tag.place)


def _bad_statement(tag: Tag, cause: TemplateSyntaxError) -> Problem:
    keyword = tag.inside.partition(" ")[0]
    near = difflib.get_close_matches(keyword, sorted(_OPENING | {"set", "else", "elif", "endif", "endfor"}), n=1)
    unknown = "unknown tag" in (cause.message or "").casefold()
    remedy = (
        f"Vouliez-vous dire « {near[0]} » ?"
        if unknown and near
        else "Comparez-la à « {% if nombre_pix >= 64 %} » ou « {% for domaine in domaines %} »."
    )
    return error("model.tag-syntax", f"La balise « {tag.text} » ne peut pas être comprise.", remedy, tag.place)


def _unmatched(tag: Tag, opened: Tag | None) -> Problem:
    what = f"La balise « {tag.text} » ne répond à aucune autre."
    if opened is not None:
        what = f"La balise « {tag.text} » arrive avant la fin de « {opened.text} »."
    remedy = "Chaque « {% if … %} » se termine par « {% endif %} », chaque « {% for … %} » par « {% endfor %} »."
    return error("model.block-unmatched", what, remedy, tag.place)


def _unreadable(source: Source, cause: TemplateSyntaxError, file: str) -> Problem:
    what = "Les balises de cette partie ne peuvent pas être comprises."
    remedy = "Retapez les balises de cette partie, une par une, puis vérifiez avec pix-mailmerge check."
    return error("model.tag-syntax", what, remedy, Place(file=file, part=source.french, near=_near(cause)))


def _near(cause: TemplateSyntaxError) -> str | None:
    lines = (cause.source or "").splitlines()
    if not 0 < cause.lineno <= len(lines):
        return None
    return re.sub(r"<[^>]*>", "", lines[cause.lineno - 1])[:60] or None


def _header_forms() -> Mapping[str, str]:
    from pix_mailmerge.data_source.columns import FIELD_HEADERS

    return {header: field for field, header in FIELD_HEADERS.items()} | {name: name for name in field_names()}


_HEADER_FORMS = _header_forms()
