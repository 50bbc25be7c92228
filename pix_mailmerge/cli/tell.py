"""What a preview and the doctor print."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pix_mailmerge.cli.show import counted, print_problems

if TYPE_CHECKING:
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
