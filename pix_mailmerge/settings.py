"""What the school says once: its names, its images, the date, and any other field of its models.

Precedence: options, then ``PIX_MAILMERGE_*`` variables, then ``pix-mailmerge.toml`` of the current folder, then the
user's own file, then the defaults.
"""

from __future__ import annotations

import datetime
import difflib
import os
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pix_mailmerge.problems import Place, Problem, SettingsError, error, raise_errors

FILE_NAME = "pix-mailmerge.toml"
ENVIRONMENT_PREFIX = "PIX_MAILMERGE_"

OPTION_NAMES = MappingProxyType(
    {
        "etablissement": "school",
        "ville": "city",
        "adresse": "address",
        "academie": "academy",
        "uai": "uai",
        "chef": "head",
        "fonction_chef": "head-title",
        "date": "date",
        "signature": "signature",
        "cachet": "stamp",
        "logo": "logo",
        "modele": "model",
        "dossier": "out",
    }
)
"""Name of a setting (a field of the models, or a default of the command line) -> its option without the dashes."""

IMAGES = ("signature", "cachet", "logo")
CUSTOM_FIELDS = "champs"


@dataclass(frozen=True, slots=True)
class School:
    """The school's values, by the name that a model knows them under; None = nobody gave it.

    signature, cachet, logo: image files. date: as it is to be printed. champs: any other field, name -> text.
    """

    etablissement: str | None = None
    ville: str | None = None
    adresse: str | None = None
    academie: str | None = None
    uai: str | None = None
    chef: str | None = None
    fonction_chef: str | None = None
    date: str | None = None
    signature: Path | None = None
    cachet: Path | None = None
    logo: Path | None = None
    champs: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "champs", MappingProxyType(dict(self.champs)))

    def __reduce__(self) -> tuple[type[School], tuple[object, ...]]:
        values = (getattr(self, one.name) for one in fields(self))
        return School, tuple(dict(value) if isinstance(value, MappingProxyType) else value for value in values)


@dataclass(frozen=True, slots=True)
class Settings:
    """All that is set outside the command line: the school, the models and the folder of the results."""

    school: School = School()
    models: tuple[Path, ...] = ()
    out: Path | None = None


def read_settings(
    given: Mapping[str, str | None],
    champs: Iterable[str] = (),
    *,
    folder: Path | None = None,
    environment: Mapping[str, str] = MappingProxyType(os.environ),
) -> Settings:
    """Return the settings of the options in ``given`` (by setting name), completed by the other sources.

    champs: « nom=valeur » texts of ``--set``. folder: where ``pix-mailmerge.toml`` is looked for, the current one by
    default. Raises SettingsError with every problem: unknown key, wrong value, image that is not there.
    """
    problems: list[Problem] = []
    chosen: dict[str, str] = {}
    custom: dict[str, str] = {}
    for file in (user_file(environment), (folder or Path()) / FILE_NAME):
        if file is not None and file.is_file():
            values, more, found = _read_file(file)
            chosen.update(values)
            custom.update(more)
            problems += found
    chosen.update(_read_environment(environment))
    chosen.update({name: value for name, value in given.items() if value is not None})
    custom.update(_parse_champs(champs, problems))
    problems += check_images(chosen)
    raise_errors(problems)
    return _settings(chosen, custom)


def user_file(environment: Mapping[str, str] = MappingProxyType(os.environ)) -> Path | None:
    """Return where the user's own settings are looked for on this system; None where there is no home folder."""
    if os.name == "nt":
        base = environment.get("APPDATA")
        return Path(base) / "pix-mailmerge" / FILE_NAME if base else None
    home = environment.get("HOME")
    base = environment.get("XDG_CONFIG_HOME") or (f"{home}/.config" if home else None)
    return Path(base) / "pix-mailmerge" / FILE_NAME if base else None


def check_images(chosen: Mapping[str, str]) -> list[Problem]:
    """Return a problem for each image that is not a file."""
    return [
        error(
            "settings.image-not-found",
            f"« {chosen[name]} » est un dossier, pas une image."
            if Path(chosen[name]).is_dir()
            else f"L’image « {chosen[name]} » est introuvable.",
            f"Vérifiez le chemin donné à --{OPTION_NAMES[name]} (ou à « {name} » dans {FILE_NAME}).",
            Place(file=chosen[name]),
        )
        for name in IMAGES
        if chosen.get(name) and not Path(chosen[name]).is_file()
    ]


def _settings(chosen: Mapping[str, str], custom: Mapping[str, str]) -> Settings:
    named: dict[str, Any] = {one.name: chosen[one.name] for one in fields(School) if one.name in chosen}
    named |= {name: Path(chosen[name]) if chosen[name] else None for name in IMAGES if name in chosen}
    school = School(**named, champs=custom)
    models = tuple(Path(text) for text in chosen.get("modele", "").split("\n") if text)
    return Settings(school, models, Path(chosen["dossier"]) if chosen.get("dossier") else None)


def _read_environment(environment: Mapping[str, str]) -> dict[str, str]:
    names = {f"{ENVIRONMENT_PREFIX}{option.upper().replace('-', '_')}": name for name, option in OPTION_NAMES.items()}
    return {names[key]: value for key, value in environment.items() if key in names and value}


def _parse_champs(champs: Iterable[str], problems: list[Problem]) -> dict[str, str]:
    parsed: dict[str, str] = {}
    for text in champs:
        name, equals, value = text.partition("=")
        if equals and name.strip():
            parsed[name.strip()] = value
        else:
            problems.append(
                error(
                    "settings.wrong-set",
                    f"« --set {text} » n’a pas la forme nom=valeur.",
                    "Écrivez par exemple --set filiere=Générale.",
                )
            )
    return parsed


def _read_file(file: Path) -> tuple[dict[str, str], dict[str, str], list[Problem]]:
    """Return the settings, the custom fields and the problems of a TOML file; its paths are beside it."""
    text = ""
    try:
        text = _text_of(file)
        content = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as cause:
        raise SettingsError(_unreadable(file, text, cause)) from cause
    values: dict[str, str] = {}
    problems: list[Problem] = []
    custom = content.pop(CUSTOM_FIELDS, {})
    if not isinstance(custom, dict):
        problems.append(_wrong_value(file, text, CUSTOM_FIELDS, "une table : [champs]"))
        custom = {}
    spelt = {option: name for name, option in OPTION_NAMES.items()} | {name: name for name in OPTION_NAMES}
    for key, value in content.items():
        name = spelt.get(key.replace("_", "-")) or spelt.get(key)
        if name is None:
            problems.append(_unknown_key(file, text, key))
        elif name == "modele" and isinstance(value, list) and all(isinstance(one, str) for one in value):
            values[name] = "\n".join(str(file.parent / one) for one in value)
        elif not isinstance(value, str):
            problems.append(_wrong_value(file, text, key, "un texte entre guillemets"))
        elif value:
            beside = name in {*IMAGES, "modele", "dossier"}
            values[name] = str(file.parent / value) if beside else value
    fields = {name: _field_text(value) for name, value in custom.items()}
    problems += [_wrong_value(file, text, name, "un texte ou un nombre") for name, one in fields.items() if one is None]
    return values, {name: one for name, one in fields.items() if one is not None}, problems


def _text_of(file: Path) -> str:
    """Return the text of a file as any version of Notepad saves it: UTF-8, UTF-16, or Windows' own letters."""
    content = file.read_bytes()
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16").replace("\r\n", "\n")
    try:
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        return content.decode("cp1252").replace("\r\n", "\n")


def _field_text(value: object) -> str | None:
    """Return the text of a field of ``[champs]``; None for what is no text, number or day."""
    if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, float):
        return str(value).replace(".", ",")
    return str(value) if isinstance(value, (str, int)) and not isinstance(value, bool) else None


def _unreadable(file: Path, text: str, cause: Exception) -> Problem:
    told = re.search(r"line (\d+)", str(cause))
    line = int(told[1]) if told else None
    written = text.split("\n")[line - 1] if line and line <= text.count("\n") + 1 else ""
    what = "Le fichier de réglages n’est pas écrit comme il le faut."
    remedy = 'Vérifiez les guillemets et les signes = de cette ligne : chaque réglage s’écrit nom = "valeur".'
    if "\\" in written:
        remedy = 'Écrivez les chemins avec des barres penchées à droite : "C:/Secretariat/signature.png".'
    elif "overwrite" in str(cause):
        what = "Un réglage est écrit deux fois dans le fichier."
        remedy = "Effacez la ligne de trop."
    return error("settings.unreadable", what, remedy, Place(file=str(file), line=line))


def _line_of(text: str, key: str) -> int | None:
    found = re.search(rf"^[ \t]*\[?[\"']?{re.escape(key)}\b", text, re.MULTILINE)
    return text.count("\n", 0, found.start()) + 1 if found else None


def _unknown_key(file: Path, text: str, key: str) -> Problem:
    near = difflib.get_close_matches(key, [*OPTION_NAMES, *OPTION_NAMES.values()], 1)
    hint = f"Vouliez-vous dire « {near[0]} » ? " if near else ""
    return error(
        "settings.unknown-key",
        f"Le réglage « {key} » n’existe pas.",
        f"{hint}Les réglages sont : {', '.join(OPTION_NAMES)} ; les autres champs vont sous [champs].",
        Place(file=str(file), line=_line_of(text, key)),
    )


def _wrong_value(file: Path, text: str, key: str, wanted: str) -> Problem:
    return error(
        "settings.wrong-value",
        f"La valeur de « {key} » n’est pas {wanted}.",
        f'Écrivez {key} = "…".' if key != CUSTOM_FIELDS else "Écrivez [champs], puis un champ par ligne.",
        Place(file=str(file), line=_line_of(text, key)),
    )
