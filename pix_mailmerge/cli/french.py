"""typer in French: help pages and usage errors.

typer (0.29) has no catalogue of translations: its headings go through gettext with no domain to bind, its errors are
English f-strings. So the finished text is translated here, by the few patterns that it is made of.
"""

from __future__ import annotations

import contextlib
import io
import re
from collections.abc import Callable, Iterator
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from pix_mailmerge.problems import UsageError, error


def spaced(sentence: str) -> re.Pattern[str]:
    """Return the pattern of a sentence of typer's, wherever its lines are cut."""
    return re.compile(r"\s+".join(map(re.escape, sentence.split())))


HELP: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    (re.compile(r"^Usage:", re.M), "Utilisation :"),
    (re.compile(r"^Arguments:$", re.M), "Arguments :"),
    (re.compile(r"^Options:$", re.M), "Options :"),
    (re.compile(r"^Commands:$", re.M), "Commandes :"),
    (re.compile(r"\{([A-Z]+)\.\.\.\}\.\.\."), r"\1..."),
    (re.compile(r"\{([A-ZÀ-Ý]+)\}"), r"\1"),
    (re.compile(r"\[\[([^\W\d]+)\]\]"), r"[\1]"),
    (re.compile(r" <\w+(\[\w+\])?>"), lambda found: " " * len(found[0])),
    (re.compile(r"\s*\[(?:\d+<=)?x[<>]=\d+\]"), ""),
    (spaced("Install completion for the current shell."), "Installe la complétion."),
    (
        spaced("Show completion for the current shell, to copy it or customize the installation."),
        "Montre la complétion.",
    ),
    (re.compile(r"COMMAND \[ARGS\]\.\.\."), "COMMANDE..."),
    (spaced("Show this message and exit."), "Affiche cette aide."),
    (re.compile(r"\[required\]"), "[obligatoire]"),
    (re.compile(r"\[default:\s+"), "[par défaut : "),
    (re.compile(r";\s+default:\s+"), " ; par défaut : "),
    (re.compile(r"\[env var:\s+"), "[variable : "),
)

ERRORS = (
    (r"No such option: (\S+?)(?: \(Possible options: (.+)\))?", "L’option « {0} » n’existe pas.", "options possibles"),
    (
        r"No such command '(.+?)'\.?(?: Did you mean (.+)\?)?",
        "La commande « {0} » n’existe pas.",
        "vouliez-vous dire",
    ),
    (r"Missing command\.", "Il manque une commande.", ""),
    (r"Missing argument '?(.+?)'?\.(?: .*)?", "Il manque un argument : {0}.", ""),
    (r"Missing option '?(.+?)'?\.(?: .*)?", "Il manque l’option {0}.", ""),
    (r"Got unexpected extra arguments?\(?s?\)? \((.+)\)", "De trop sur la ligne de commande : {0}.", ""),
    (r"Option '(.+?)' requires an? argument\.", "L’option « {0} » attend une valeur.", ""),
    (r"Option '(.+?)' requires (\d+) arguments\.", "L’option « {0} » attend des valeurs.", ""),
    (r"Option '(.+?)' does not take a value\.", "L’option « {0} » ne prend pas de valeur.", ""),
    (
        r"Invalid value for '?(.+?)'?: (?:Value error, )?'(.*?)' is not one of (.+)\.",
        "« {1} » ne convient pas pour {0}.",
        "valeurs possibles",
    ),
    (r"Invalid value for '?(.+?)'?: Input should be a valid integer.*", "{0} attend un nombre entier.", ""),
    (r"Invalid value for '?(.+?)'?: Input should be greater than or equal to (\d+)", "{0} : au moins {1}.", ""),
    (r"Invalid value for '?(.+?)'?: Input should be less than or equal to (\d+)", "{0} : au plus {1}.", ""),
    (r"Invalid value for '?(.+?)'?: (.*)", "La valeur donnée à {0} ne convient pas.", ""),
)

COMPLETION = (
    (re.compile(r"(\w+) completion installed in (.+)"), r"Complétion de \1 installée dans \2"),
    (
        re.compile(r"Completion will take effect once you restart the terminal"),
        "Elle servira dès la prochaine fenêtre de commande.",
    ),
    (re.compile(r"Shell (.*?) (?:is )?not supported\."), r"Il n’y a pas de complétion pour « \1 »."),
    (re.compile(r"Couldn't get PowerShell user profile"), "Le profil de PowerShell est introuvable."),
    (re.compile(r"Couldn't decode the path automatically"), "Le chemin du profil de PowerShell ne se lit pas."),
)
"""What typer prints when it installs the completion."""

QUOTED = re.compile(r"'([^']*)'")


def french_help(text: str) -> str:
    """Return a help page of typer with its headings and marks in French."""
    for pattern, french in HELP:
        text = pattern.sub(french, text)
    return text


@contextlib.contextmanager
def french_completion() -> Iterator[None]:
    """Print in French what typer prints about the completion."""
    told = io.StringIO()
    try:
        with contextlib.redirect_stdout(told), contextlib.redirect_stderr(told):
            yield
    except OSError as cause:
        what = "La complétion ne peut pas être installée : cette fenêtre de commande n’est pas là, ou est protégée."
        remedy = "Nommez une autre fenêtre de commande : --install-completion bash, zsh, fish ou powershell."
        raise UsageError(error("usage.completion", what, remedy)) from cause
    finally:
        text = told.getvalue()
        for pattern, french in COMPLETION:
            text = pattern.sub(french, text)
        print(text, end="")


def french_usage_error(message: str) -> str:
    """Return one French sentence (or two) for a usage error of typer."""
    for pattern, sentence, choices in ERRORS:
        found = re.fullmatch(pattern, message, re.S)
        if found:
            groups = [group or "" for group in found.groups()]
            text = sentence.format(*groups)
            if choices and groups[-1]:
                named = QUOTED.sub(r"« \1 »", groups[-1])
                return f"{text} ({choices} : {named})"
            return text
    return "La ligne de commande n’a pas été comprise."


class FrenchCommand(TyperCommand):
    """A command whose help is French."""

    def get_help(self, ctx: Any) -> str:
        return french_help(super().get_help(ctx))

    def get_usage(self, ctx: Any) -> str:
        return french_help(super().get_usage(ctx))


class FrenchGroup(TyperGroup):
    """The program, whose help is French and whose commands keep the order of the staff's day."""

    def get_help(self, ctx: Any) -> str:
        return french_help(super().get_help(ctx))

    def get_usage(self, ctx: Any) -> str:
        return french_help(super().get_usage(ctx))


def is_usage_error(cause: typer.TyperException) -> bool:
    """Tell whether ``cause`` is one of typer's own errors of the command line (they all end with 2)."""
    return cause.exit_code == 2
