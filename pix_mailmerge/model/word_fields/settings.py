"""What a model's settings and styles say that its fields are computed with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pix_mailmerge.model.opc import main_part, parse_xml, read_relationships
from pix_mailmerge.model.package import Package
from pix_mailmerge.model.word_fields.tree import Element, attribute, local


@dataclass(frozen=True, slots=True)
class MergeSettings:
    """What the settings say of a merge. keeps_blank_lines: ``w:doNotSuppressBlankLines``. mapped: Word's name of an
    address field -> column. decimal: the decimal sign that fields are computed with, "" where none is said. language:
    of the text, "" where none is said.
    """

    keeps_blank_lines: bool = False
    mapped: Mapping[str, str] = field(default_factory=dict)
    decimal: str = ""
    language: str = ""


def read_merge_settings(package: Package) -> MergeSettings:
    """Return what the settings and styles say that fields are computed with."""
    root = settings_root(package)
    merge = None if root is None else find_child(root, "mailMerge")
    odso = None if merge is None else find_child(merge, "odso")
    decimal = None if root is None else find_child(root, "decimalSymbol")
    return MergeSettings(
        merge is not None and is_on(find_child(merge, "doNotSuppressBlankLines")),
        {} if odso is None else field_map(odso),
        "" if decimal is None else attribute(decimal, "val") or "",
        _text_language(package, root),
    )


def settings_name(package: Package) -> str | None:
    """Return the name of the settings' part, None where the document has none."""
    main = main_part(package)
    links = read_relationships(package, main) if main else ()
    name = next((link.target for link in links if link.kind == "settings" and not link.external), None)
    return name if name in package.members else None


def settings_root(package: Package) -> Element | None:
    """Return ``w:settings``, None where the document has none."""
    name = settings_name(package)
    return None if name is None else parse_xml(package.read(name))


def find_child(parent: Element, name: str) -> Element | None:
    """Return the first WordprocessingML child called ``name``, None where there is none."""
    return next((child for child in parent if local(child) == name), None)


def is_on(element: Element | None) -> bool:
    """Tell whether a switch of the settings is there and not off."""
    return element is not None and attribute(element, "val") not in ("0", "false", "off")


def field_map(odso: Element) -> dict[str, str]:
    """Return Word's name of an address field -> the column that was matched with it."""
    found: dict[str, str] = {}
    for data in odso:
        mapped, name = find_child(data, "mappedName"), find_child(data, "name")
        if mapped is not None and name is not None:
            found[attribute(mapped, "val") or ""] = attribute(name, "val") or ""
    return found


def _text_language(package: Package, settings: Element | None) -> str:
    """Return the language of the default text: of the styles, else of the theme's fonts."""
    links = read_relationships(package, main_part(package) or "")
    styles = next((link.target for link in links if link.kind == "styles" and link.target in package), None)
    if styles is not None:
        lang = parse_xml(package.read(styles)).find("{*}docDefaults/{*}rPrDefault/{*}rPr/{*}lang")
        if lang is not None and (code := attribute(lang, "val")):
            return code
    fonts = None if settings is None else find_child(settings, "themeFontLang")
    return "" if fonts is None else attribute(fonts, "val") or ""
