"""What is wrong with the tags of a part, each by itself and as blocks that open and close."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from keyword import iskeyword
from types import MappingProxyType

from jinja2 import Environment, TemplateSyntaxError, nodes

from pix_mailmerge.data_source.columns import FIELD_HEADERS
from pix_mailmerge.model.fields import ascii_name, field_names, nearest
from pix_mailmerge.model.tags import Tag
from pix_mailmerge.problems import Problem, error, warning

_DOCXTPL_STATEMENTS = frozenset({"colspan", "cellbg", "hm", "vm"})
_UNSUPPORTED = frozenset({"include", "import", "from", "extends", "block"})
_OPENING = frozenset({"if", "for", "macro", "call", "filter", "raw", "with", "autoescape"})
_TESTING = frozenset({"if", "elif"})
_CONTINUING = MappingProxyType({"else": ("if", "for"), "elif": ("if",)})
_CLOSINGS = MappingProxyType({"{{": "}}", "{%": "%}", "{#": "#}"})
_CONTAINERS = MappingProxyType({"p": "paragraphe", "tr": "rangée de tableau", "tc": "cellule de tableau"})
_NUMBER = re.compile(r"[\d.,\s]+")
_QUOTED = re.compile(r"""(["'])\s*([^"']*?)\s*\1(?:\s*\|.*)?""", re.DOTALL)
_NAMES = frozenset(field_names())
_MEANT = MappingProxyType(
    {"si": "if", "sinon": "else", "sinonsi": "elif", "elseif": "elif", "elsif": "elif", "finsi": "endif"}
    | {"pour": "for", "finpour": "endfor", "fin": "endif", "definir": "set", "end": "endif"}
)
"""What people write in French, or in another language of computers."""
_HEADER_FORMS: Mapping[str, str] = MappingProxyType(
    {header: field for field, header in FIELD_HEADERS.items()} | {name: name for name in field_names()}
)


def check_tags(tags: Iterable[Tag], environment: Environment) -> Iterator[Problem]:
    """Yield what is wrong with the tags of one part, given in their order."""
    tags = tuple(_outside_raw(tags))
    for tag in tags:
        yield from _check_place(tag)
    yield from _check_each(tags, environment)
    yield from _check_blocks(tags)


def _outside_raw(tags: Iterable[Tag]) -> Iterator[Tag]:
    """Yield the tags that are none of those printed as they are, between raw and endraw."""
    raw = False
    for tag in tags:
        is_end = tag.is_statement and tag.inside == "endraw"
        if not raw or is_end:
            raw = tag.is_statement and tag.inside == "raw"
            yield tag


def _check_place(tag: Tag) -> Iterator[Problem]:
    """Yield what docxtpl would drop with the paragraph, the row or the cell that the tag stands for."""
    container = _CONTAINERS.get(tag.scope, "")
    if tag.homeless:
        what = f"La balise « {tag.shown} » n’est pas dans une {container}."
        remedy = "Placez-la dans un tableau, ou écrivez {%p au lieu de {%" + tag.scope + "."
        yield error("model.tag-misplaced", what, remedy, tag.place)
    elif tag.lost:
        what = f"La balise « {tag.shown} » efface sa {container}" if tag.scope != "p" else ""
        what = what or f"La balise « {tag.shown} » efface son {container}"
        remedy = f"Laissez-la seule : déplacez « {tag.lost} » ailleurs."
        yield error("model.tag-not-alone", f"{what}, où se trouve aussi « {tag.lost} ».", remedy, tag.place)


def _check_each(tags: Iterable[Tag], environment: Environment) -> Iterator[Problem]:
    for tag in tags:
        if tag.unclosed:
            closing = _CLOSINGS[tag.text[:2]]
            what = f"La balise « {tag.place.near} » n’est pas fermée."
            yield error("model.tag-unclosed", what, f"Ajoutez « {closing} » à la fin de la balise.", tag.place)
        elif tag.is_expression:
            yield from _check_expression(tag, environment)
        elif tag.is_statement:
            yield from _check_statement(tag, environment)


def _check_expression(tag: Tag, environment: Environment) -> Iterator[Problem]:
    if _NUMBER.fullmatch(tag.inside):
        yield _number(tag)
        return
    if _is_name(tag.inside):
        return
    try:
        tree = environment.parse(f"{{{{ {tag.inside} }}}}")
    except TemplateSyntaxError:
        yield _not_a_field(tag)
        return
    quoted = _QUOTED.fullmatch(tag.inside)
    if quoted and ascii_name(quoted[2]) in _NAMES:
        yield _word_itself(tag, ascii_name(quoted[2]))
    yield from _check_filters(tag, tree, environment)


def _check_statement(tag: Tag, environment: Environment) -> Iterator[Problem]:
    keyword, _, rest = tag.inside.partition(" ")
    if keyword in _UNSUPPORTED:
        what = f"La balise « {tag.shown} » appelle un autre fichier, ce qu’un modèle ne peut pas faire."
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
    if keyword == "else" and rest.strip():
        yield _bad_else(tag)
        return
    known = keyword in _OPENING or keyword.startswith("end") or keyword in _CONTINUING
    if (whole is None and (known or keyword in _DOCXTPL_STATEMENTS)) or (keyword in _TESTING and _is_name(rest)):
        return
    try:
        tree = environment.parse(whole or f"{{% {tag.inside} %}}")
    except TemplateSyntaxError as cause:
        yield _bad_statement(tag, cause)
        return
    yield from _check_filters(tag, tree, environment)


def _is_name(text: str) -> bool:
    """Tell whether an expression is a plain name, as most are: nothing can be wrong with it that parsing would tell."""
    return text.isidentifier() and not iskeyword(text)


def _check_filters(tag: Tag, tree: nodes.Template, environment: Environment) -> Iterator[Problem]:
    """Yield the filters and tests that Jinja would not find."""
    for node in tree.find_all((nodes.Filter, nodes.Test)):
        known = environment.filters if isinstance(node, nodes.Filter) else environment.tests
        if node.name not in known:
            near = difflib.get_close_matches(node.name, known, n=1)
            remedy = f"Vouliez-vous dire « {near[0]} » ?" if near else "Retirez-le, ou voyez le guide des modèles."
            yield error("model.unknown-filter", f"Le filtre « {node.name} » n’existe pas.", remedy, tag.place)


def _check_blocks(tags: Iterable[Tag]) -> Iterator[Problem]:
    """Yield what opens and never ends, what ends and never opened."""
    opened: list[tuple[str, Tag]] = []
    for tag in tags:
        if not tag.is_statement or tag.unclosed:
            continue
        keyword, _, rest = tag.inside.partition(" ")
        if keyword in _OPENING or (keyword == "set" and "=" not in rest):
            opened.append((keyword, tag))
        elif keyword.startswith("end"):
            if not opened or opened[-1][0] != keyword.removeprefix("end"):
                yield _unmatched(tag, opened[-1][1] if opened else None)
                return
            yield from _check_cells(opened.pop()[1], tag)
        elif keyword in _CONTINUING and (not opened or opened[-1][0] not in _CONTINUING[keyword]):
            yield _unmatched(tag, opened[-1][1] if opened else None)
            return
    for keyword, tag in opened:
        what = f"La balise « {tag.shown} » n’a pas de fin."
        yield error("model.block-unclosed", what, f"Ajoutez « {{% end{keyword} %}} » là où elle se termine.", tag.place)


def _check_cells(opening: Tag, ending: Tag) -> Iterator[Problem]:
    """Yield a warning where a block goes from one cell of a table into another: cells would come and go with it."""
    if opening.scope or ending.scope or opening.place.table is None or opening.place.table != ending.place.table:
        return
    if (opening.place.row, opening.place.cell) != (ending.place.row, ending.place.cell):
        what = (
            f"Le bloc « {opening.text} » commence dans une cellule et finit dans une autre (rangée {ending.place.row}, "
            f"cellule {ending.place.cell}) : le tableau perdrait ou répéterait des cellules."
        )
        remedy = (
            "Ouvrez et fermez-le dans chaque cellule ; pour répéter des rangées, écrivez {%tr … %}, seule dans sa "
            "rangée, avant et après celles qui se répètent."
        )
        yield warning("model.block-crossing", what, remedy, opening.place)


def _not_a_field(tag: Tag) -> Problem:
    near = nearest(tag.inside, _HEADER_FORMS) or ""
    meant = _HEADER_FORMS.get(near)
    remedy = (
        f"Vouliez-vous dire « {{{{ {meant} }}}} » ?"
        if meant
        else "Un champ s’écrit en un mot, par exemple « {{ prenom }} » ; voyez : pix-mailmerge fields."
    )
    return error("model.tag-syntax", f"La balise « {tag.shown} » ne peut pas être comprise.", remedy, tag.place)


def _number(tag: Tag) -> Problem:
    field = ascii_name(tag.inside)
    meant = field if field in field_names() else "c1_1"
    what = f"La balise « {tag.shown} » imprimerait le nombre lui-même, pas le niveau d’une compétence."
    return error("model.tag-number", what, f"Vouliez-vous dire « {{{{ {meant} }}}} » ?", tag.place)


def _bad_statement(tag: Tag, cause: TemplateSyntaxError) -> Problem:
    keyword, _, rest = tag.inside.partition(" ")
    unknown = "unknown tag" in (cause.message or "").casefold()
    meant = _meant_keyword(keyword) if unknown else ""
    remedy = "Comparez-la à « {% if nombre_pix >= 64 %} » ou « {% for domaine in domaines %} »."
    if meant:
        remedy = f"Vouliez-vous dire « {meant} » ? Les mots d’une balise sont anglais, en minuscules."
    elif unknown and ascii_name(tag.inside) in _NAMES:
        remedy = f"Vouliez-vous dire « {{{{ {ascii_name(tag.inside)} }}}} » ?"
    elif re.search(r"[^=!<>]=[^=]", rest) and keyword in {"if", "elif"}:
        remedy = 'Pour comparer, écrivez deux signes égal : « {% if niveau == "Avancé 1" %} ».'
    elif re.search(r"\b(et|ou|non|dans)\b", rest):
        remedy = "Écrivez « and » pour « et », « or » pour « ou », « not » pour « non », « in » pour « dans »."
    return error("model.tag-syntax", f"La balise « {tag.shown} » ne peut pas être comprise.", remedy, tag.place)


def _meant_keyword(keyword: str) -> str:
    """Return the keyword that was meant by one that Jinja does not know; "" where nothing is near."""
    known = sorted(_OPENING | {"set", "else", "elif", "endif", "endfor"})
    plain = ascii_name(keyword)
    near = [plain] if plain in known else difflib.get_close_matches(plain, known, n=1)
    return _MEANT.get(plain) or (near[0] if near else "")


def _bad_else(tag: Tag) -> Problem:
    rest = tag.inside.partition(" ")[2].strip()
    meant = f"elif {rest.partition(' ')[2]}" if rest.startswith("if ") else "else"
    what = f"La balise « {tag.shown} » ne peut pas être comprise."
    return error("model.tag-syntax", what, f"Écrivez « {{% {meant} %}} ».", tag.place)


def _word_itself(tag: Tag, name: str) -> Problem:
    what = f"La balise « {tag.shown} » imprimerait le mot lui-même, pas la valeur : il est entre guillemets."
    return error("model.tag-quoted", what, f"Retirez les guillemets : « {{{{ {name} }}}} ».", tag.place)


def _unmatched(tag: Tag, opened: Tag | None) -> Problem:
    what = f"La balise « {tag.shown} » ne répond à aucune autre."
    if opened is not None:
        what = f"La balise « {tag.shown} » arrive avant la fin de « {opened.shown} »."
    keyword, _, rest = tag.inside.partition(" ")
    if keyword == "end" and f"end{rest.strip()}" in {f"end{one}" for one in _OPENING}:
        remedy = f"Écrivez « {{% end{rest.strip()} %}} », en un mot."
        return error("model.block-unmatched", what, remedy, tag.place)
    remedy = "Chaque « {% if … %} » se termine par « {% endif %} », chaque « {% for … %} » par « {% endfor %} »."
    return error("model.block-unmatched", what, remedy, tag.place)
