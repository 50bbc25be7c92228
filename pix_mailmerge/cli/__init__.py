"""The command line: parse, call one function, print.

``main`` is the one boundary where an error becomes French text on stderr and an exit code.
"""

from __future__ import annotations

import contextlib
import errno
import gc
import sys
import unicodedata
from collections.abc import Sequence

import typer

from pix_mailmerge.cli.commands import app
from pix_mailmerge.cli.french import french_completion, french_usage_error, is_usage_error
from pix_mailmerge.cli.show import prepare_console, print_problems, version_line
from pix_mailmerge.problems import DONE, INTERRUPTED, OUR_BUG, PixMailMergeError, Problem, UsageError, bug, error

PROGRAM = "pix-mailmerge"
STOPPED = "Interrompu. Les fichiers déjà faits sont entiers ; relancez la même commande pour continuer."
OBJECTS_BETWEEN_COLLECTIONS = 20_000
"""Python's 700 costs a tenth of a start-up, which makes modules and no garbage."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and leave with its exit code (the script ``pix-mailmerge``)."""
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)
    sys.exit(exit_code(arguments))


def page() -> None:
    """Open the page for those who never open a terminal (the script ``pix-mailmerge-page``)."""
    main(["serve", *sys.argv[1:]])


def exit_code(arguments: Sequence[str] | None = None) -> int:
    """Run the command line on ``arguments`` (the process's own when None) and return its exit code."""
    prepare_console()
    given = sys.argv[1:] if arguments is None else list(arguments)
    if given == ["--version"]:
        print(version_line())  # typer would load pydantic to parse it: 100 ms
        return DONE
    try:
        with french_completion() if given[:1] == ["--install-completion"] else contextlib.nullcontext():
            _check_letters(given)
            code: int = app(args=arguments, prog_name=PROGRAM, standalone_mode=False) or DONE
        if code == INTERRUPTED:  # typer makes Ctrl-C an exit of its own
            raise KeyboardInterrupt
        return code
    except SystemExit as left:  # typer's own, once the completion is installed
        return int(left.code or DONE)
    except PixMailMergeError as cause:
        print_problems(cause.problems)
        return cause.exit_code
    except (KeyboardInterrupt, typer.Abort):
        print(STOPPED, file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        sys.stdout = None  # the reader of our output has left: nothing more to say, and no traceback at exit
        return DONE
    except typer.TyperException as cause:
        return _usage(cause)
    except OSError as cause:
        problem = _too_long(cause)
        print_problems([problem or bug(cause)])
        return UsageError(problem).exit_code if problem else OUR_BUG
    except Exception as cause:  # the boundary: a bug of ours must not show a pupil's data in a traceback
        print_problems([bug(cause)])
        return OUR_BUG


def _check_letters(arguments: Sequence[str]) -> None:
    """Raise UsageError where an argument holds what no file name and no text may: NUL, or bytes that are no letter."""
    for argument in arguments:
        if "\0" in argument or any(unicodedata.category(letter) == "Cs" for letter in argument):
            shown = "".join(letter if letter.isprintable() else "?" for letter in argument)
            what = f"« {shown} » contient un caractère qui ne se lit pas."
            remedy = "Écrivez de nouveau cette partie de la commande, sans la copier d’un autre document."
            raise UsageError(error("usage.command-line", what, remedy))


def _too_long(cause: OSError) -> Problem | None:
    """Return the problem of a path that the system refuses for its length; None for what else it refuses."""
    if cause.errno != errno.ENAMETOOLONG:
        return None
    what = f"Le chemin « {str(cause.filename)[:40]}… » est trop long : aucun fichier ne peut avoir ce nom."
    return error("usage.command-line", what, "Vérifiez le chemin, ou déplacez le fichier dans un dossier plus proche.")


def _usage(cause: typer.TyperException) -> int:
    remedy = f"Essayez « {PROGRAM} --help », ou « {PROGRAM} COMMANDE --help » pour une commande."
    print_problems([error("usage.command-line", french_usage_error(cause.format_message()), remedy)])
    return 2 if is_usage_error(cause) else OUR_BUG
