"""``print`` and ``run --print``: what is sent, in which order, and when nothing is."""

from __future__ import annotations

import shutil
from pathlib import Path

import pikepdf
import pytest

from pix_mailmerge.cli import exit_code
from pix_mailmerge.destination import printer as printing
from pix_mailmerge.destination.printing.spooler import Job, Printer

ROOT = Path(__file__).parents[2]
SAMPLES = sorted(map(str, (ROOT / "samples").glob("*.csv")))
SCHOOL = ("--school", "Collège X", "--city", "Lyon", "--head", "Mme A")


class Queue:
    """A print queue that notes what it gets: title, copies, sides, pages."""

    def __init__(self):
        self.taken = []

    def find_printers(self):
        return (
            Printer("Copieur", is_default=True),
            Printer("Secrétariat", "stopped", False, reason="elle est en pause"),
        )

    def submit(self, pdf, ticket):
        with pikepdf.open(pdf) as opened:
            self.taken.append((ticket.title, ticket.copies, ticket.duplex, len(opened.pages)))
        return str(len(self.taken))

    def find_job(self, id):
        return Job(id, "done")


@pytest.fixture
def queue(monkeypatch):
    made = Queue()
    monkeypatch.setattr(printing, "_spooler", lambda: made)
    return made


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    folder = tmp_path_factory.mktemp("print") / "attestations"
    assert exit_code(["run", *SAMPLES, "--out", str(folder), *SCHOOL]) == 0
    return folder


def test_a_folder_of_results_is_printed_class_by_class(queue, results, capsys):
    assert exit_code(["print", str(results), "--copies", "2"]) == 0
    counts = [len(list((results / name).glob("*.pdf"))) for name in ("3A", "3B", "3e Émeraude")]
    assert queue.taken == [(f"Attestations {number} sur 3", 2, False, counts[number - 1]) for number in (1, 2, 3)]
    assert capsys.readouterr().out == f"Imprimés   3 documents, {2 * sum(counts)} pages, en 2 exemplaires\n"


def test_files_are_printed_in_the_order_given(queue, results):
    assert exit_code(["print", str(results / "3B.pdf"), str(results / "3A.pdf"), "--duplex"]) == 0
    assert [(title, duplex) for title, _, duplex, _ in queue.taken] == [
        ("Attestations 1 sur 2", True),
        ("Attestations 2 sur 2", True),
    ]


def test_the_printers_are_listed_with_their_state(queue, capsys):
    assert exit_code(["print", "--list"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "Copieur : prête, par défaut",
        "Secrétariat : arrêtée, elle est en pause, n’accepte pas de travaux",
    ]


def test_a_run_is_printed_when_it_is_made(queue, tmp_path, capsys):
    assert exit_code(["run", SAMPLES[0], "--out", str(tmp_path / "out"), *SCHOOL, "--print"]) == 0
    assert [title for title, *_ in queue.taken] == ["Attestations 1 sur 1"]
    assert "Imprimés   1 document" in capsys.readouterr().out


def test_a_run_about_one_pupil_prints_that_pupil_alone(queue, results, tmp_path):
    again = shutil.copytree(results, tmp_path / "out")
    assert exit_code(["run", *SAMPLES, "--out", str(again), *SCHOOL, "--name", "AUBRY", "--print"]) == 0
    assert [pages for *_, pages in queue.taken] == [1]


def test_a_run_with_an_unknown_printer_makes_nothing(queue, tmp_path):
    arguments = ["run", SAMPLES[0], "--out", str(tmp_path / "out"), *SCHOOL, "--print", "--printer", "Copieurs"]
    assert exit_code(arguments) == 2
    assert not (tmp_path / "out").exists()


def test_a_dry_run_prints_nothing(queue, tmp_path, capsys):
    assert exit_code(["run", SAMPLES[0], "--out", str(tmp_path / "out"), *SCHOOL, "--print", "--dry-run"]) == 0
    assert queue.taken == []
    assert "Rien n’a été imprimé : c’est un essai (--dry-run)." in capsys.readouterr().out


def test_what_the_reading_back_finds_wrong_is_not_printed(queue, tmp_path, capsys, monkeypatch):
    from pix_mailmerge.mailmerge import run as running
    from pix_mailmerge.mailmerge.verify import Verified
    from pix_mailmerge.problems import error

    wrong = error("program.verify-value", "Valeur fausse.", "")
    monkeypatch.setattr(running, "read_back", lambda folder, *_, **__: Verified(folder, 1, 1, (wrong,), 0.0))
    assert exit_code(["run", SAMPLES[0], "--out", str(tmp_path / "out"), *SCHOOL, "--print"]) == 8
    assert queue.taken == []
    assert "Rien n’a été imprimé : il y a des erreurs à voir d’abord." in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ([], 2),
        (["nulle-part.pdf"], 4),
        (["{docx}"], 4),
        (["{pdf}", "--copies", "0"], 2),
        (["{pdf}", "--printer", "X"], 2),
    ],
)
def test_what_cannot_be_printed_is_told_and_nothing_is_sent(queue, results, arguments, code, capsys):
    named = {"docx": results / "3A.docx", "pdf": results / "3A.pdf"}
    assert exit_code(["print", *(one.format(**named) for one in arguments)]) == code
    assert capsys.readouterr().err.startswith("Erreur : ")
    assert queue.taken == []
