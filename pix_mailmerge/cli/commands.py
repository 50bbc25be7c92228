"""The commands, in the order of the staff's day; each is parse, call, print."""

from __future__ import annotations

import json as json_format
from pathlib import Path
from typing import Annotated, Any

import typer

from pix_mailmerge.cli import paper, show, tell
from pix_mailmerge.cli.french import FrenchCommand, FrenchGroup
from pix_mailmerge.cli.options import PAPER, SCHOOL, SELECTION, Sources, option, order_of, paper_of, takes

app = typer.Typer(
    cls=FrenchGroup,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
)

To = Annotated[str, option("--to", metavar="FICHIER.xlsx", help="Classeur à écrire.")]
Typed = Annotated[bool, option("--typed", help="Écrit les nombres et les dates comme tels, pour calculer.")]
MergeOut = Annotated[str | None, option("--out", "-o", metavar="DOSSIER", help="Un .docx par élève, dans ce dossier.")]
OneFile = Annotated[str | None, option("--one-file", metavar="FICHIER.docx", help="Tous les élèves en un seul .docx.")]
Documents = Annotated[list[str], typer.Argument(metavar="DOCX...", help="Documents Word.", show_default=False)]
Folder = Annotated[str, typer.Argument(metavar="DOSSIER", help="Dossier des résultats.", show_default=False)]
Linked = Annotated[str, typer.Argument(metavar="MODÈLE", help="Modèle .docx.", show_default=False)]
Workbook = Annotated[str | None, typer.Argument(metavar="[CLASSEUR]", help="Classeur .xlsx.", show_default=False)]
Unlink = Annotated[bool, option("--unlink", help="Retire le lien.")]
OneModel = Annotated[str | None, typer.Argument(metavar="[MODÈLE]", help="Modèle .docx.", show_default=False)]

Printable = Annotated[
    list[str] | None,
    typer.Argument(metavar="FICHIERS...", help="PDF, ou dossier des résultats.", show_default=False),
]
Listed = Annotated[bool, option("--list", help="Donne les imprimantes de cet ordinateur.")]

Rank = Annotated[int | None, option("--record", metavar="N", min=1, help="Le N-ième élève retenu, lui seul.")]
Worst = Annotated[int, option("--worst", metavar="N", min=1, help="Nombre de cas difficiles à montrer (5 sinon).")]
PreviewOut = Annotated[str, option("--out", "-o", metavar="DOSSIER", help="Dossier des aperçus (apercu sinon).")]
Looked = Annotated[str, typer.Argument(metavar="[DOSSIER]", help="Dossier des résultats.", show_default=False)]
NoBrowser = Annotated[bool, option("--no-browser", help="Écrit l’adresse de la page, sans ouvrir le navigateur.")]
NewFolder = Annotated[str, typer.Argument(metavar="[DOSSIER]", help="Dossier à préparer.", show_default=False)]


@app.callback(invoke_without_command=True)
def program(
    context: typer.Context,
    version: Annotated[bool, option("--version", help="Affiche la version.", is_eager=True)] = False,
) -> None:
    """Des résultats Pix Orga aux attestations signées : une page par élève, en une commande."""
    if version:
        print(show.version_line())
        raise typer.Exit
    if context.invoked_subcommand is None:
        print(context.get_help())


@app.command(cls=FrenchCommand)
@takes("models", "replace", *(name for name in SCHOOL if name != "champs"))
def init(folder: NewFolder = ".", **given: Any) -> int:
    """Prépare un dossier : réglages et modèles à modifier."""
    from pix_mailmerge.cli.questions import answers_of
    from pix_mailmerge.mailmerge.init import init as make_ready

    values, models = answers_of(given)
    tell.print_ready(make_ready(Path(folder), values, models, replace=bool(given.get("replace"))))
    return 0


@app.command(cls=FrenchCommand)
@takes(
    *("models", "out", *SELECTION, "names", "engine", "pdfa", "jobs", "replace", "dry_run", "duplex"),
    *("to_paper", *PAPER, *SCHOOL),
)
def run(sources: Sources, **given: Any) -> int:
    """Fait tout : classeur, attestations, PDF."""
    from pix_mailmerge.mailmerge.lot_maker import LotMaker

    with LotMaker(given.get("jobs")) as lots:
        lots.start()  # its process loads the merge while ours loads the rest
        from pix_mailmerge.mailmerge.run import run as make_everything

        order, wanted = order_of(sources, given), paper_of(given)
        if given.get("to_paper"):
            paper.check_printer(wanted)
        with show.shown_progress() as report:
            outcome = make_everything(order, report, lots)
    show.print_outcome(outcome)
    if given.get("to_paper"):
        paper.print_outcome(outcome, order, wanted)
    return outcome.exit_code


@app.command(cls=FrenchCommand)
@takes(*SELECTION, "replace")
def convert(sources: Sources, to: To, typed: Typed = False, **given: Any) -> int:
    """Réunit les résultats dans « Résultats Pix.xlsx »."""
    from pix_mailmerge.mailmerge.workbook import convert as make_workbook

    outcome = make_workbook(order_of(sources, given), Path(to), typed=typed)
    show.print_outcome(outcome)
    return outcome.exit_code


@app.command(cls=FrenchCommand)
@takes("models", *SELECTION, "names", "json", *SCHOOL)
def check(sources: Sources, **given: Any) -> int:
    """Contrôle tout, avant de faire quoi que ce soit."""
    from pix_mailmerge.mailmerge.lot_maker import LotMaker
    from pix_mailmerge.problems import exit_code

    with LotMaker() as lots:
        lots.start()  # its process loads the merge while ours loads the rest
        from pix_mailmerge.mailmerge.check import check as find_problems

        problems = find_problems(order_of(sources, given), lots)
    if given.get("json"):
        print(json_format.dumps({"problems": [one.as_json() for one in problems]}, ensure_ascii=False, indent=2))
    else:
        show.print_check(problems)
    return exit_code(problems)


@app.command(cls=FrenchCommand)
@takes("models", *SELECTION, "engine", "replace", *SCHOOL)
def preview(
    sources: Sources,
    out: PreviewOut = "apercu",
    record: Rank = None,
    worst: Worst = 5,
    **given: Any,
) -> int:
    """Montre d’abord les cas les plus difficiles, en PDF et en images."""
    from pix_mailmerge.mailmerge.preview import preview as make_preview

    order = order_of(sources, given | {"out": out})
    with show.shown_progress() as report:
        made = make_preview(order, record=record, worst=worst, report=report)
    tell.print_preview(made)
    return 0


@app.command(cls=FrenchCommand)
@takes("json")
def fields(model: OneModel = None, **given: Any) -> int:
    """Montre les champs des modèles, ou ceux d’un modèle."""
    from pix_mailmerge.mailmerge.model_fields import find_fields

    found = find_fields(Path(model) if model else None)
    if given.get("json"):
        print(json_format.dumps(found.as_json(), ensure_ascii=False, indent=2))
    else:
        show.print_fields(found)
    return 0


@app.command(cls=FrenchCommand)
@takes("models", *SELECTION, "names", "jobs", "replace", "duplex", *SCHOOL)
def merge(sources: Sources, out: MergeOut = None, one_file: OneFile = None, **given: Any) -> int:
    """Fusionne : un .docx par élève, ou tous en un seul."""
    from pix_mailmerge.mailmerge.documents import merge as make_documents

    order = order_of(sources, given | {"out": out})
    with show.shown_progress() as report:
        outcome = make_documents(order, Path(out) if out else None, Path(one_file) if one_file else None, report)
    show.print_outcome(outcome)
    return outcome.exit_code


@app.command(cls=FrenchCommand)
@takes("out", "engine", "pdfa", "replace")
def pdf(documents: Documents, **given: Any) -> int:
    """Convertit des documents Word en PDF."""
    from pix_mailmerge.mailmerge.pdfs import convert_documents

    with show.shown_progress() as report:
        outcome = convert_documents(order_of(documents, given), report)
    show.print_outcome(outcome)
    return outcome.exit_code


@app.command(cls=FrenchCommand)
@takes("json")
def verify(folder: Folder, **given: Any) -> int:
    """Relit ce qui a été fait et le compare au classeur."""
    from pix_mailmerge.mailmerge.verify import verify as read_back

    with show.shown_progress() as report:
        verified = read_back(Path(folder), report)
    if given.get("json"):
        print(json_format.dumps(verified.as_json(), ensure_ascii=False, indent=2))
    else:
        show.print_verified(verified)
    return verified.exit_code


@app.command("print", cls=FrenchCommand)
@takes(*PAPER, "duplex")
def print_files(files: Printable = None, printers: Listed = False, **given: Any) -> int:
    """Imprime des PDF, ou un dossier de résultats classe par classe."""
    if printers:
        paper.print_printers()
    else:
        paper.print_paths(files or [], paper_of(given))
    return 0


@app.command(cls=FrenchCommand)
def link(model: Linked, workbook: Workbook = None, unlink: Unlink = False) -> int:
    """Relie un modèle de publipostage à un classeur, pour la fusion de Word lui-même."""
    from pix_mailmerge.mailmerge.model_link import link as link_model

    print(link_model(Path(model), Path(workbook) if workbook else None, unlink=unlink))
    return 0


@app.command(cls=FrenchCommand)
@takes("json")
def doctor(folder: Looked = ".", **given: Any) -> int:
    """Regarde si l’ordinateur et le dossier sont prêts."""
    from pix_mailmerge.mailmerge.doctor import examine
    from pix_mailmerge.problems import exit_code

    findings = examine(Path(folder))
    if given.get("json"):
        print(json_format.dumps({"findings": [one.as_json() for one in findings]}, ensure_ascii=False, indent=2))
    else:
        tell.print_diagnosis(findings)
    return exit_code(one.problem for one in findings if one.problem is not None)


@app.command(cls=FrenchCommand)
def serve(no_browser: NoBrowser = False) -> None:
    """Ouvre une page dans le navigateur, pour tout faire sans commande."""
    from pix_mailmerge.web.serve import serve as open_page

    raise SystemExit(open_page(show.print_link if no_browser else show.open_link))
