"""What the doctor says of a machine and a folder, and what it has the staff do."""

from __future__ import annotations

import json
import os
import shutil
import tomllib
from collections import namedtuple
from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest

from pix_mailmerge.cli import exit_code
from pix_mailmerge.destination.engines import embedded, libreoffice
from pix_mailmerge.destination.engines.engine import Program
from pix_mailmerge.destination.printing.spooler import Printer
from pix_mailmerge.mailmerge import doctor, machine
from pix_mailmerge.mailmerge.doctor import examine, look_at_console
from pix_mailmerge.mailmerge.doctor_folder import look_at_length
from pix_mailmerge.mailmerge.finding import Finding

ROOT = Path(__file__).parents[2]
USAGE = namedtuple("USAGE", "total used free")


def of(findings: tuple[Finding, ...], subject: str) -> Finding:
    (found,) = (one for one in findings if one.subject == subject)
    return found


def ids_of(findings: tuple[Finding, ...]) -> dict[str, str]:
    return {one.problem.id: one.state for one in findings if one.problem is not None}


def test_a_machine_that_is_ready_has_no_problem_and_keeps_no_trace(tmp_path):
    findings = examine(tmp_path, {})
    assert [one.subject for one in findings if one.state == "problème"] == []
    assert "a fait une page d’essai" in of(findings, "Moteur PDF intégré").told
    assert "Carlito pour Calibri" in of(findings, "Polices").told
    assert list(tmp_path.iterdir()) == []


def test_every_package_that_the_project_depends_on_is_looked_at():
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]
    # isal only makes some archives faster, and is not there on every Python
    assert set(machine.PACKAGES) == {one.split(";")[0].split(">")[0].strip() for one in declared} - {"isal"}


def test_a_package_that_is_not_there_stops_the_work(tmp_path, monkeypatch):
    monkeypatch.setattr(machine, "PACKAGES", ("pix-nowhere",))
    assert ids_of(examine(tmp_path, {}))["missing.package"] == "problème"


@pytest.mark.parametrize(
    ("other", "state"), [(Program("libreoffice", "LibreOffice", "7.4"), "attention"), (None, "problème")]
)
def test_without_the_embedded_engine_another_one_must_be_there(tmp_path, monkeypatch, other, state):
    monkeypatch.setattr(embedded, "find_program", lambda: None)
    monkeypatch.setattr(libreoffice, "find_program", lambda: other)
    monkeypatch.setattr(doctor.word, "find_program", lambda: None)
    assert ids_of(examine(tmp_path, {}))["missing.embedded"] == state


def test_printers_are_named_and_none_is_needed(tmp_path, monkeypatch):
    known = (Printer("Copieur"), Printer("Salle 12", state="stopped", reason="plus de papier"))
    monkeypatch.setattr(doctor, "find_printers", lambda: known)
    assert of(examine(tmp_path, {}), "Imprimantes").told == "Copieur, Salle 12 (plus de papier)"
    monkeypatch.setattr(doctor, "find_printers", lambda: ())
    assert of(examine(tmp_path, {}), "Imprimantes").state == "ok"


def test_a_font_of_ours_that_is_gone_is_named(tmp_path, monkeypatch):
    broken = tmp_path / "Carlito-Regular.ttf"
    broken.write_bytes(b"no font")
    monkeypatch.setattr(doctor, "font_files", lambda: [broken])
    found = of(examine(tmp_path, {}), "Polices")
    assert found.problem is not None and found.problem.id == "missing.fonts"
    assert "Caladea" in found.problem.what and "Carlito-Regular.ttf" in found.problem.what


def test_a_folder_that_is_not_there_yet_is_looked_at_where_it_would_be_made(tmp_path):
    found = of(examine(tmp_path / "a" / "b", {}), "Dossier")
    assert found.state == "ok" and "sera créé" in found.told
    assert list(tmp_path.iterdir()) == []


def test_a_file_in_the_place_of_the_folder_stops_the_work(tmp_path):
    (tmp_path / "taken").write_bytes(b"mine")
    assert ids_of(examine(tmp_path / "taken", {}))["destination.unwritable"] == "problème"
    assert (tmp_path / "taken").read_bytes() == b"mine"


def test_a_folder_that_cannot_be_written_stops_the_work(tmp_path, monkeypatch):
    def refused(*arguments: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "write_bytes", refused)
    found = of(examine(tmp_path, {}), "Dossier")
    assert found.state == "problème" and "protégé en écriture" in found.problem.what


@pytest.mark.parametrize(("free", "state"), [(10**6, "problème"), (10**8, "attention")])
def test_a_disk_that_is_nearly_full_is_told(tmp_path, monkeypatch, free, state):
    monkeypatch.setattr(shutil, "disk_usage", lambda path: USAGE(10**12, 0, free))
    assert ids_of(examine(tmp_path, {}))["destination.no-room"] == state


@pytest.mark.parametrize(
    ("folder", "service"),
    [
        (PureWindowsPath(r"C:\Users\claire\OneDrive\Pix"), "OneDrive"),
        (PureWindowsPath(r"C:\Users\claire\OneDrive - Région académique\Pix"), "OneDrive"),
        (PureWindowsPath(r"G:\Mon Drive\Pix"), "Google Drive"),
        (PureWindowsPath(r"C:\Users\claire\Dropbox"), "Dropbox"),
        (PurePosixPath("/Users/claire/Library/Mobile Documents/com~apple~CloudDocs"), "iCloud"),
        (PurePosixPath("/Users/claire/Library/CloudStorage/GoogleDrive-c@example.org/Pix"), "Google Drive"),
        (PurePosixPath("/home/claire/Nextcloud/Pix"), "Nextcloud"),
        (PureWindowsPath(r"C:\Users\claire\Documents\Pix"), None),
        (PurePosixPath("/home/claire/onedriver"), None),
    ],
)
def test_a_folder_that_is_copied_to_the_network_is_known_by_its_path(folder, service):
    assert machine.find_sync_service(folder, {}) == service


def test_a_onedrive_of_another_name_is_known_by_its_variable(tmp_path):
    found = of(examine(tmp_path / "Pix", {"OneDriveCommercial": str(tmp_path)}), "Synchronisation")
    assert found.state == "attention" and found.problem.id == "destination.synchronised"


def test_a_long_path_matters_only_where_windows_keeps_to_260(tmp_path):
    deep = Path("/").joinpath(*["dossier-au-nom-long"] * 7)
    (told,) = look_at_length(deep, has_long_paths=False)
    assert told.state == "attention" and told.problem.id == "destination.long-path"
    assert [one.state for one in look_at_length(deep, has_long_paths=True)] == ["ok"]
    assert [one.state for one in look_at_length(Path("/c"), has_long_paths=False)] == ["ok"]


@pytest.mark.parametrize(
    ("encoding", "state"), [("utf-8", "ok"), ("cp1252", "attention"), ("cp850", "attention"), (None, "attention")]
)
def test_a_console_that_lacks_letters_is_told_in_letters_that_it_has(encoding, state):
    (found,) = look_at_console(encoding)
    assert found.state == state


def test_a_wrong_setting_is_told_with_its_line(tmp_path):
    (tmp_path / "pix-mailmerge.toml").write_text('school = "Collège"\nvile = "Lyon"\n', "utf-8")
    found = of(examine(tmp_path, {}), "Réglages")
    assert found.problem is not None and found.problem.where.line == 2


def test_json_holds_every_line_with_its_state_and_its_remedy(capsys, tmp_path):
    (tmp_path / "taken").write_bytes(b"mine")
    assert exit_code(["doctor", str(tmp_path / "taken"), "--json"]) == 6
    findings = {one["subject"]: one for one in json.loads(capsys.readouterr().out)["findings"]}
    assert findings["Dossier"]["state"] == "problème"
    assert findings["Dossier"]["problem"]["remedy"]
    assert findings["Polices"] == {
        "subject": "Polices",
        "state": "ok",
        "told": findings["Polices"]["told"],
        "problem": None,
    }


def test_the_command_says_that_all_is_ready(capsys, tmp_path, monkeypatch):
    monkeypatch.setattr(doctor, "look_at_console", lambda encoding: iter(()))
    monkeypatch.setattr(os, "environ", {})
    assert exit_code(["doctor", str(tmp_path)]) == 0
    assert capsys.readouterr().out.endswith("Tout est prêt.\n")
