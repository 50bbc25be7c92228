"""Paper: against a real IPP printer on this machine and a CUPS of our own, and against fakes of a queue.

The printer and CUPS listen on 127.0.0.1 alone; each has its own folders, and none of the machine's is touched.
"""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

import pikepdf
import pypdfium2
import pytest

from pix_mailmerge.cli import exit_code
from pix_mailmerge.destination import printer as printing
from pix_mailmerge.destination.delivery import Delivery, Made
from pix_mailmerge.destination.engines.embedded import EmbeddedSession
from pix_mailmerge.destination.journal import Origin
from pix_mailmerge.destination.printer import find_printers, print_files
from pix_mailmerge.destination.printing.spooler import Job, Printer, Ticket
from pix_mailmerge.destination.printing.windows import WindowsSpooler, sumatra_command
from pix_mailmerge.problems import DataSourceError, ProgramFailedError, ProgramMissingError, UsageError

REAL = pytest.mark.real("cupsd", "lpadmin", "lp", "ippeveprinter", "ipptool", "avahi-daemon", "dbus-daemon")


@pytest.fixture
def pdf(tmp_path):
    """Return pdf(name, pages) -> a PDF whose page n is 100 + n points wide."""

    def make(name, pages=1):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with pikepdf.new() as made:
            for number in range(1, pages + 1):
                made.add_blank_page(page_size=(100 + number, 300))
                made.pages[-1].Contents = made.make_stream(b"0 0 10 10 re f")
            made.save(path)
        return path

    return make


def ids(caught):
    return [(problem.id, problem.exit_code) for problem in caught.value.problems]


COPIER = (Printer("Copieur"),)


class FakeQueue:
    """A print service that says what it is told to, and keeps what it is given."""

    def __init__(self, printers=COPIER, states=("done",)):
        self.printers, self.states = printers, states
        self.taken = []
        self.asked = 0

    def find_printers(self):
        return self.printers

    def submit(self, pdf, ticket):
        with pikepdf.open(pdf) as opened:
            widths = [int(page.mediabox[2]) if "/Contents" in page else 0 for page in opened.pages]
        self.taken.append((pdf.name, ticket, widths))
        return str(len(self.taken))

    def find_job(self, id):
        self.asked += 1
        return Job(id, self.states[min(self.asked, len(self.states)) - 1], reason="il n’y a plus de papier")


@pytest.fixture(autouse=True)
def hurried(monkeypatch):
    monkeypatch.setattr(printing, "INTERVAL", 0.01)


def test_each_file_is_a_job_in_the_order_given_under_a_title_that_names_nobody(pdf):
    queue = FakeQueue()
    printed = print_files([pdf("3B.pdf", 2), pdf("DUPONT Zoé.pdf")], copies=2, duplex=True, spooler=queue)
    assert [(one.title, one.pages) for one in printed] == [("Attestations 1 sur 2", 2), ("Attestations 2 sur 2", 1)]
    assert queue.taken == [
        ("lot-001.pdf", Ticket("Copieur", "Attestations 1 sur 2", 2, True), [101, 102]),
        ("lot-002.pdf", Ticket("Copieur", "Attestations 2 sur 2", 2, True), [101]),
    ]


def run_folder(pdf, folder, duplex=False):
    with Delivery(folder) as delivery:
        batch = []
        for name, kind, pages in (
            ("3A.pdf", "class-pdf", (1, 2, 1)),
            ("3A/A.pdf", "pdf", (1,)),
            ("3A/B.pdf", "pdf", (2,)),
        ):
            staged = delivery.stage(name)
            shutil.copy(pdf("made.pdf", sum(pages)), staged)
            batch.append(Made(name, staged, kind, (), pages))
        delivery.deliver(batch)
        delivery.finish(Origin(duplex=duplex))


def test_the_pupils_of_a_class_are_one_job(pdf, tmp_path):
    run_folder(pdf, tmp_path / "out")
    queue = FakeQueue()
    files = [tmp_path / "out/3A/A.pdf", tmp_path / "out/3A/B.pdf"]
    (printed,) = print_files(files, spooler=queue)
    assert printed.files == tuple(files)
    assert queue.taken[0][2] == [101, 101, 102]
    print_files(files, duplex=True, spooler=queue)
    assert queue.taken[1][2] == [101, 0, 101, 102]


@pytest.mark.parametrize(("has_blanks", "printed"), [(False, [101, 0, 102, 103, 104]), (True, [101, 102, 103, 104])])
def test_on_both_sides_each_pupil_of_a_class_document_begins_a_sheet(pdf, tmp_path, has_blanks, printed):
    run_folder(pdf, tmp_path / "out", duplex=has_blanks)
    queue = FakeQueue()
    print_files([tmp_path / "out/3A.pdf"], duplex=True, spooler=queue)
    assert queue.taken[0][2] == printed


def test_the_queue_is_watched_until_all_is_printed(pdf):
    queue, seen = FakeQueue(states=("waiting", "printing", "printing", "done")), []
    print_files([pdf("a.pdf")], spooler=queue, report=lambda done, total: seen.append((done, total)))
    assert queue.asked == 4
    assert (seen[0], seen[-1]) == ((0, 1), (1, 1))


@pytest.mark.parametrize(
    ("printers", "name", "kind", "found"),
    [
        ((), None, ProgramMissingError, ("missing.printer", 7)),
        ((Printer("Copieur"),), "Copier", UsageError, ("usage.printer", 2)),
        ((Printer("A"), Printer("B")), None, UsageError, ("usage.printer", 2)),
        ((Printer("A", "stopped"),), None, ProgramFailedError, ("program.printer-stopped", 8)),
        ((Printer("A", accepting=False),), "A", ProgramFailedError, ("program.printer-refuses", 8)),
    ],
)
def test_a_printer_that_cannot_print_is_told_before_anything_is_sent(pdf, printers, name, kind, found):
    queue = FakeQueue(printers)
    with pytest.raises(kind) as caught:
        print_files([pdf("a.pdf")], printer=name, spooler=queue)
    assert ids(caught) == [found]
    assert queue.taken == []


def test_a_name_that_is_nearly_right_is_proposed(pdf):
    with pytest.raises(UsageError) as caught:
        print_files([pdf("a.pdf")], printer="Copier", spooler=FakeQueue())
    assert "Vouliez-vous dire « Copieur » ?" in caught.value.problems[0].remedy


def test_the_default_printer_is_taken_among_several(pdf):
    queue = FakeQueue((Printer("A"), Printer("B", is_default=True)))
    print_files([pdf("a.pdf")], spooler=queue)
    assert queue.taken[0][1].printer == "B"


@pytest.mark.parametrize(
    ("state", "id"), [("cancelled", "program.print-cancelled"), ("failed", "program.print-failed")]
)
def test_a_job_that_fails_is_told_with_its_file(pdf, state, id):
    with pytest.raises(ProgramFailedError) as caught:
        print_files([pdf("3A.pdf")], spooler=FakeQueue(states=(state,)))
    assert ids(caught) == [(id, 8)]
    assert caught.value.problems[0].where.file == "3A.pdf"


def test_a_printer_that_goes_silent_is_told_and_why(pdf):
    with pytest.raises(ProgramFailedError) as caught:
        print_files([pdf("a.pdf")], spooler=FakeQueue(states=("waiting",)), patience=0.05)
    assert ids(caught) == [("program.printer-silent", 8)]
    assert "il n’y a plus de papier" in caught.value.problems[0].what


def test_a_printer_that_stops_in_the_middle_is_told(pdf):
    class Stopping(FakeQueue):
        def find_job(self, id):
            self.printers = (Printer("Copieur", "stopped", reason="elle est en pause"),)
            return Job(id, "waiting")

    with pytest.raises(ProgramFailedError) as caught:
        print_files([pdf("a.pdf")], spooler=Stopping())
    assert ids(caught) == [("program.printer-stopped", 8)]
    assert "elle est en pause" in caught.value.problems[0].what


def test_what_is_no_pdf_is_told_all_at_once(tmp_path):
    (tmp_path / "a.docx").write_bytes(b"PK")
    with pytest.raises(DataSourceError) as caught:
        print_files([tmp_path / "a.docx", tmp_path / "b.pdf"], spooler=FakeQueue())
    assert ids(caught) == [("source.not-pdf", 4), ("source.not-found", 4)]


@pytest.mark.parametrize("copies", [0, -1, 100])
def test_a_number_of_copies_that_makes_no_sense_is_told(pdf, copies):
    with pytest.raises(UsageError) as caught:
        print_files([pdf("a.pdf")], copies=copies, spooler=FakeQueue())
    assert ids(caught) == [("usage.copies", 2)]


def test_sumatra_is_told_copies_sides_and_paper():
    command = sumatra_command(Path("S.exe"), Path("lot-001.pdf"), Ticket("Salle des profs", "Attestations", 2, True))
    assert command == [
        "S.exe",
        *("-print-to", "Salle des profs"),
        *("-print-settings", "2x,duplexlong,paper=A4,fit"),
        *("-silent", "-exit-when-done", "lot-001.pdf"),
    ]


class FakeWindows:
    """Answers as PowerShell and SumatraPDF would."""

    def __init__(self):
        self.commands = []
        self.jobs = []

    def __call__(self, command, environment):
        self.commands.append((list(command), dict(environment)))
        if "Win32_Printer" in command[-1]:
            rows = [
                {"Name": "Salle des profs", "Default": True, "PrinterStatus": 3, "WorkOffline": False},
                {"Name": "Cassée", "Default": False, "PrinterStatus": 7, "WorkOffline": True},
            ]
            return json.dumps(rows)
        return json.dumps(self.jobs)


def test_the_printers_of_windows_are_read_with_their_state():
    assert WindowsSpooler(FakeWindows()).find_printers() == (
        Printer("Salle des profs", "ready", True, True),
        Printer("Cassée", "stopped", True, False, "elle est hors ligne"),
    )


def test_a_job_of_windows_is_followed_and_is_done_when_it_left_the_queue(tmp_path, monkeypatch):
    machine, sumatra = FakeWindows(), tmp_path / "SumatraPDF.exe"
    sumatra.write_bytes(b"")
    monkeypatch.setattr("pix_mailmerge.destination.printing.windows._sumatra_places", lambda: iter([sumatra]))
    spooler = WindowsSpooler(machine)
    id = spooler.submit(tmp_path / "lot-001.pdf", Ticket("Salle; des 'profs'", "Attestations"))
    assert spooler.find_job(id) == Job(id, "waiting")
    machine.jobs = [{"Id": 3, "DocumentName": "lot-001.pdf", "PagesPrinted": 2, "JobStatus": "Printing, PaperOut"}]
    assert spooler.find_job(id) == Job(id, "printing", 2, "il n’y a plus de papier")
    machine.jobs = []
    assert spooler.find_job(id) == Job(id, "done")
    command, environment = machine.commands[-1]
    assert "profs" not in command[-1]
    assert environment == {"PIX_PRINTER": "Salle; des 'profs'"}


def free_port():
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return listening.getsockname()[1]


class PrintShop:
    """A printer that speaks IPP, and a CUPS with the queue « copieur » to it, on 127.0.0.1."""

    def __init__(self, folder):
        self.folder = folder
        self.spool = folder / "spool"
        self.log = folder / "printer.log"
        self._processes = []
        for name in ("spool", "root/ssl", "requests", "cache", "state", "tmp", "logs"):
            (folder / name).mkdir(parents=True)
        self._printer_port, self._cups_port = free_port(), free_port()
        self.server = f"127.0.0.1:{self._cups_port}"
        self.environment = {
            **os.environ,
            "CUPS_SERVER": self.server,
            "DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={folder}/bus",
            "LC_ALL": "C",
        }

    def open(self):
        self._write_settings()
        self._start("dbus-daemon", f"--config-file={self.folder}/bus.conf", "--nofork", "--nopidfile")
        wait_for((self.folder / "bus").exists)
        self._start(
            *("avahi-daemon", "--no-drop-root", "--no-chroot", "--no-rlimits", "-f", f"{self.folder}/avahi.conf")
        )
        self.start_printer()
        self._start("cupsd", "-f", "-c", f"{self.folder}/cupsd.conf", "-s", f"{self.folder}/cups-files.conf")
        uri = f"ipp://localhost:{self._printer_port}/ipp/print"
        wait_for(lambda: self.tell("lpadmin", "-p", "copieur", "-E", "-v", uri, "-m", "everywhere") == 0)

    def start_printer(self):
        command = ["ippeveprinter", "-2", "-k", "-v", "-r", "off", "-n", "localhost", "-p", str(self._printer_port)]
        command += ["-d", str(self.spool), "-f", "application/pdf", "Copieur"]

        def listening():
            if self._printer.poll() is not None:
                self._printer = self._start(*command)
            with socket.socket() as line:
                return line.connect_ex(("127.0.0.1", self._printer_port)) == 0

        self._printer = self._start(*command)
        wait_for(listening)

    def stop_printer(self):
        self._printer.terminate()
        self._printer.wait()

    def tell(self, *command):
        return subprocess.run(command, env=self.environment, capture_output=True, timeout=60).returncode

    def printed_attributes(self):
        """Return what the printer says of its last job."""
        question = self.folder / "job.test"
        question.write_text(
            "{ OPERATION Get-Jobs GROUP operation-attributes-tag ATTR charset attributes-charset utf-8 "
            "ATTR language attributes-natural-language en ATTR uri printer-uri $uri "
            "ATTR keyword which-jobs completed ATTR keyword requested-attributes all }"
        )
        uri = f"ipp://localhost:{self._printer_port}/ipp/print"
        done = subprocess.run(["ipptool", "-tv", uri, question], capture_output=True, timeout=60)
        found = re.findall(r"^ +([a-z-]+) \([^)]+\) = (.*)$", done.stdout.decode(), re.MULTILINE)
        return {"media": "", "media-col": "", **dict(found)}

    def close(self):
        for process in reversed(self._processes):
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
                try:
                    process.wait(10)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()

    def _start(self, *command):
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                command, env=self.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.folder
            )
        self._processes.append(process)
        return process

    def _write_settings(self):
        folder = self.folder
        (folder / "bus.conf").write_text(
            f"<busconfig><type>session</type><listen>unix:path={folder}/bus</listen><policy context='default'>"
            "<allow send_destination='*' eavesdrop='true'/><allow eavesdrop='true'/><allow own='*'/></policy>"
            "</busconfig>"
        )
        (folder / "avahi.conf").write_text("[server]\nallow-interfaces=lo\nuse-ipv6=no\n")
        (folder / "cupsd.conf").write_text(
            f"Listen {self.server}\nBrowsing No\nWebInterface No\nDefaultAuthType None\n"
            "<Location />\nOrder allow,deny\nAllow all\n</Location>\n"
            "<Policy default>\n<Limit All>\nOrder deny,allow\nAllow all\n</Limit>\n</Policy>\n"
        )
        folders = {"ServerRoot": "root", "RequestRoot": "requests", "CacheDir": "cache", "StateDir": "state"}
        folders |= {"TempDir": "tmp", "AccessLog": "logs/access", "ErrorLog": "logs/error", "PageLog": "logs/page"}
        lines = [f"{name} {folder / place}" for name, place in folders.items()]
        (folder / "cups-files.conf").write_text("\n".join([*lines, "Sandboxing relaxed", "SystemGroup root", ""]))


def wait_for(condition, seconds=30):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "the print shop does not open"
        time.sleep(0.2)


@pytest.fixture(scope="module")
def shop():
    folder = Path(tempfile.mkdtemp(prefix="pix-shop-"))
    folder.chmod(0o755)  # the filters of CUPS run as another user, and pytest's folders are closed to it
    made = PrintShop(folder)
    try:
        made.open()
        yield made
    finally:
        made.close()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def cups(shop, monkeypatch):
    monkeypatch.setenv("CUPS_SERVER", shop.server)
    monkeypatch.setattr(printing, "INTERVAL", 0.5)
    yield shop
    shop.tell("cancel", "-a", "-x", "copieur")


@REAL
def test_a_real_printer_gets_the_pages_the_copies_the_sides_and_the_paper(cups, make_composed, tmp_path):
    sent = tmp_path / "DUPONT Zoé.pdf"
    with EmbeddedSession() as session:
        session.convert(make_composed(["Un", "Deux"], [2, 1]), sent)
    (printed,) = print_files([sent], copies=2, duplex=True)
    assert (printed.title, printed.pages) == ("Attestations 1 sur 1", 3)
    (received,) = cups.spool.iterdir()
    assert "dupont" not in received.name.lower()
    with pypdfium2.PdfDocument(received) as opened:
        assert [page.get_textpage().get_text_range().strip() for page in opened] == ["Un", "Un suite 2", "Deux"]
    said = cups.printed_attributes()
    assert (said["copies"], said["sides"]) == ("2", "two-sided-long-edge")
    assert "x-dimension=21000 y-dimension=29700" in said["media-col"] or said["media"] == "iso_a4_210x297mm"


@REAL
def test_a_run_reaches_a_real_printer_page_for_page(cups, tmp_path, capsys):
    before = set(cups.spool.iterdir())
    sample = Path(__file__).parents[2] / "samples/20210618_resultats_3A.csv"
    school = ("--school", "Collège X", "--city", "Lyon", "--head", "Mme A")
    assert exit_code(["run", str(sample), "--out", str(tmp_path / "out"), *school, "--print", "--duplex"]) == 0
    (received,) = set(cups.spool.iterdir()) - before
    with pypdfium2.PdfDocument(received) as printed, pypdfium2.PdfDocument(tmp_path / "out/3A.pdf") as made:
        texts = [[page.get_textpage().get_text_range() for page in one] for one in (printed, made)]
    assert texts[0] == texts[1]
    assert f"Imprimés   1 document, {len(texts[0])} pages, recto verso" in capsys.readouterr().out


@REAL
def test_the_printers_of_this_machine_are_listed_with_their_state(cups):
    assert find_printers() == (Printer("copieur"),)
    cups.tell("cupsdisable", "copieur")
    cups.tell("cupsreject", "copieur")
    try:
        assert find_printers() == (Printer("copieur", "stopped", False, False, "elle est en pause"),)
    finally:
        cups.tell("cupsaccept", "copieur")
        cups.tell("cupsenable", "copieur")


@REAL
def test_a_job_that_is_cancelled_in_the_real_queue_is_told(cups, pdf):
    def cancel(done, total):
        cups.tell("cancel", "-a", "copieur")

    with pytest.raises(ProgramFailedError) as caught:
        print_files([pdf("a.pdf")], report=cancel)
    assert ids(caught) == [("program.print-cancelled", 8)]


@REAL
def test_a_real_printer_that_is_stopped_in_the_middle_is_told(cups, pdf):
    def stop(done, total):
        cups.tell("cupsdisable", "copieur")

    try:
        with pytest.raises(ProgramFailedError) as caught:
            print_files([pdf("a.pdf")], report=stop)
    finally:
        cups.tell("cancel", "-a", "copieur")
        cups.tell("cupsenable", "copieur")
    assert ids(caught) == [("program.printer-stopped", 8)]


@REAL
def test_a_real_printer_that_vanishes_is_told(cups, pdf):
    cups.stop_printer()
    try:
        with pytest.raises(ProgramFailedError) as caught:
            print_files([pdf("a.pdf")], patience=3)
    finally:
        cups.tell("cancel", "-a", "copieur")
        cups.start_printer()
    assert ids(caught) == [("program.printer-silent", 8)]


@REAL
def test_an_unknown_printer_is_told_with_the_known_ones(cups, pdf):
    with pytest.raises(UsageError) as caught:
        print_files([pdf("a.pdf")], printer="photocopieur")
    assert "copieur" in caught.value.problems[0].remedy


@pytest.mark.real("lp")
def test_a_machine_whose_print_service_sleeps_is_told(monkeypatch, pdf):
    monkeypatch.setenv("CUPS_SERVER", f"127.0.0.1:{free_port()}")
    with pytest.raises(ProgramMissingError) as caught:
        print_files([pdf("a.pdf")])
    assert ids(caught) == [("missing.print-service", 7)]
