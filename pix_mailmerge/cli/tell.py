"""What a preview and the doctor print."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pix_mailmerge.cli.show import counted, print_problems
from pix_mailmerge.settings import FILE_NAME

if TYPE_CHECKING:
    from pix_mailmerge.mailmerge.finding import Finding
    from pix_mailmerge.mailmerge.init import Ready
    from pix_mailmerge.mailmerge.preview import Preview


def print_preview(found: Preview) -> None:
    """Print each document shown, whose it is and why it was chosen; problems on stderr."""
    print_problems(found.problems)
    models = {shown.model for shown in found.shown}
    for shown in found.shown:
        model = f"{shown.model}, " if len(models) > 1 else ""
        print(f"{shown.files[0].name}  {counted(shown.pages, 'page')}  {model}{shown.who} ({shown.place})")
        for reason in shown.reasons:
            print(f"  {reason}")
    if found.shown:
        print(f"Aperçus    {counted(len(found.shown), 'document')} dans « {found.folder} », en PDF et en images .png")
        print(f"PDF        {found.engine}")
    else:
        print("Aucun élève à montrer.")


def print_diagnosis(findings: Sequence[Finding]) -> None:
    """Print a line for each thing looked at, what is wrong with it and what to do, then the verdict."""
    width = max(len(one.subject) for one in findings)
    for one in findings:
        print(f"{one.state:9}  {one.subject:{width}}  {one.told}")
        if one.problem is not None:
            print(f"  {one.problem.what}")
            print(f"  → {one.problem.remedy}")
    errors = sum(one.state == "problème" for one in findings)
    warnings = sum(one.state == "attention" for one in findings)
    if errors or warnings:
        verdict = "à corriger avant de commencer" if errors else "rien n’empêche de commencer"
        print(f"{counted(errors, 'problème')}, {counted(warnings, 'point')} d’attention : {verdict}.")
    else:
        print("Tout est prêt.")


def print_ready(ready: Ready) -> None:
    """Print what ``init`` put in the folder and how to go on."""
    for file in ready.files:
        print(f"Écrit      {file}")
    if ready.missing:
        print(f"À remplir  {', '.join(ready.missing)}, dans {FILE_NAME}")
    print("Ensuite    posez les CSV de Pix Orga dans ce dossier, puis : pix-mailmerge run *.csv")
