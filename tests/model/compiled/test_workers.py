"""Work in watched processes: order, errors, deadlines, memory, deaths."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from pix_mailmerge.model import workers
from pix_mailmerge.model.workers import run_bounded
from pix_mailmerge.problems import ModelError, ProgramFailedError

MODULE = """
import os, re, time
from pathlib import Path
from pix_mailmerge.model.worker_process import begin_part
from pix_mailmerge.problems import ModelError, error

def double(number):
    time.sleep(0.05 * (number % 3))
    print("noise")
    return 2 * number

def pid(_):
    return os.getpid()

def refuse(number):
    if number == 2:
        raise ModelError(error("model.tag-failed", "quoi", "faire"))
    return number

def fail(_):
    raise KeyError("Zoé Martin")

def hang(number):
    while number == 1:
        pass
    return number

def hang_in_a_part(number):
    begin_part(0.3)
    while number == 1:
        pass
    return number

def hang_in_many_parts(number):
    while number == 1:
        begin_part(60)
    return number

def hang_natively(number):
    return 1 if re.match("(a*)*b", "a" * 40) else number

def sleep(number):
    time.sleep(3600 if number == 1 else 0)
    return number

def sleep_a_little(_):
    time.sleep(0.6)
    return "done"

def fill(number):
    return len(b"x" * 10**9) if number == 1 else number

def die(number):
    if number == 1:
        os._exit(9)
    return number

def die_once(mark):
    if not Path(mark).exists():
        Path(mark).touch()
        os._exit(9)
    return "done"
"""


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., object]:
    (tmp_path / "work_for_tests.py").write_text(MODULE)
    monkeypatch.syspath_prepend(tmp_path)
    sys.modules.pop("work_for_tests", None)
    import work_for_tests

    return lambda name: getattr(work_for_tests, name)


@pytest.mark.parametrize("jobs", [1, 3])
def test_answers_come_in_the_order_of_the_chunks(work: Callable[..., object], jobs: int) -> None:
    assert [answer.result() for answer in run_bounded(work("double"), range(9), jobs=jobs)] == list(range(0, 18, 2))


def test_the_work_is_done_elsewhere_by_as_many_processes_as_asked(work: Callable[..., object]) -> None:
    pids = {answer.result() for answer in run_bounded(work("pid"), range(20), jobs=2)}

    assert os.getpid() not in pids
    assert 1 <= len(pids) <= 2


def test_a_problem_crosses_the_border_whole_and_the_others_go_on(work: Callable[..., object]) -> None:
    answers = list(run_bounded(work("refuse"), range(4)))

    assert [answer.value for answer in answers] == [0, 1, None, 3]
    with pytest.raises(ModelError) as told:
        answers[2].result()
    assert told.value.problems[0].id == "model.tag-failed"


def test_a_bug_is_told_without_the_values_it_happened_with(work: Callable[..., object]) -> None:
    (answer,) = run_bounded(work("fail"), [1])

    with pytest.raises(RuntimeError, match="KeyError in a worker") as told:
        answer.result()
    assert "Zo" not in str(told.value)


def problem_ids(answers: list[workers.Answer[object]]) -> list[str]:
    errors = [answer.error for answer in answers if answer.error is not None]
    assert all(isinstance(one, (ModelError, ProgramFailedError)) for one in errors)
    return [one.problems[0].id for one in errors]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("name", "limits", "id"),
    [
        ("hang", {"deadline": 1.5}, "model.too-slow"),
        ("die", {}, "program.worker-died"),
        pytest.param(
            "fill",
            {"memory": 200_000_000},
            "model.too-much-memory",
            marks=pytest.mark.skipif(sys.platform != "linux", reason="no limit of memory that holds"),
        ),
    ],
)
def test_what_goes_too_far_is_a_problem_and_the_others_go_on(
    work: Callable[..., object], name: str, limits: dict[str, int], id: str
) -> None:
    answers = list(run_bounded(work(name), range(3), **limits))  # type: ignore[arg-type]

    assert [answer.value for answer in answers] == [0, None, 2]
    assert problem_ids(answers) == [id]


def test_only_what_is_computed_counts_not_the_time_that_passes(work: Callable[..., object]) -> None:
    (answer,) = run_bounded(work("sleep_a_little"), [1], deadline=0.3)

    assert answer.result() == "done"


def test_a_slow_start_does_not_count(work: Callable[..., object], tmp_path: Path) -> None:
    (tmp_path / "slow_for_tests.py").write_text(
        "import time\nend = time.process_time() + 1\nwhile time.process_time() < end: pass\n"
        "def double(number): return 2 * number\n"
    )
    with workers.Workers[int, int]("slow_for_tests:double") as slow:
        assert slow.answer(4, deadline=0.3).result() == 8


def test_native_code_that_never_returns_is_ended(work: Callable[..., object]) -> None:
    (answer,) = run_bounded(work("hang_natively"), [1], deadline=0.5)

    assert problem_ids([answer]) == ["model.too-slow"]


def test_a_system_without_a_timer_of_processes_counts_alike(work: Callable[..., object], tmp_path: Path) -> None:
    (tmp_path / "bare_for_tests.py").write_text(
        "import signal\nfrom work_for_tests import hang\nif hasattr(signal, 'setitimer'): del signal.setitimer\n"
    )
    with workers.Workers[int, int]("bare_for_tests:hang") as bare:
        answers: list[workers.Answer[object]] = [bare.answer(number, deadline=0.5) for number in range(3)]  # type: ignore[misc]

    assert [answer.value for answer in answers] == [0, None, 2]
    assert problem_ids(answers) == ["model.too-slow"]


@pytest.mark.parametrize(("name", "deadline"), [("hang_in_a_part", 60), ("hang_in_many_parts", 0.5)])
def test_a_part_of_the_work_has_a_limit_of_its_own_within_that_of_the_whole(
    work: Callable[..., object], name: str, deadline: float
) -> None:
    answers = list(run_bounded(work(name), range(3), deadline=deadline))  # type: ignore[arg-type]

    assert [answer.value for answer in answers] == [0, None, 2]
    assert problem_ids(answers) == ["model.too-slow"]


def test_a_process_that_waits_for_ever_is_ended_and_no_model_accused(
    work: Callable[..., object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "PATIENCE", 0.5)

    answers = list(run_bounded(work("sleep"), range(3), deadline=0.5))

    assert [answer.value for answer in answers] == [0, None, 2]
    assert problem_ids(answers) == ["program.worker-silent"]


def test_a_process_that_never_starts_is_ended(
    work: Callable[..., object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "stuck_for_tests.py").write_text("import time\ntime.sleep(3600)\n")
    monkeypatch.setattr(workers, "STARTING", 0.5)

    with workers.Workers[int, int]("stuck_for_tests:double") as stuck:
        answer: workers.Answer[object] = stuck.answer(4)  # type: ignore[assignment]

    assert problem_ids([answer]) == ["program.worker-silent"]


def test_a_chunk_whose_process_died_is_tried_again(work: Callable[..., object], tmp_path: Path) -> None:
    (answer,) = run_bounded(work("die_once"), [str(tmp_path / "mark")])

    assert answer.result() == "done"


def test_no_process_is_left_when_nobody_asks_any_more(work: Callable[..., object]) -> None:
    answers = run_bounded(work("pid"), range(100))
    pid = next(answers).result()
    answers.close()  # type: ignore[attr-defined]

    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_no_process_is_started_any_more_once_its_workers_are_closed(
    work: Callable[..., object], monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = workers.Workers(work("pid"))
    closed.close()
    started: list[object] = []
    monkeypatch.setattr(subprocess, "Popen", lambda *command, **_: started.append(command))

    closed.start()

    assert isinstance(closed.answer(1).error, ProgramFailedError)
    assert started == []


@pytest.mark.parametrize("program", ["/bin/false", "/nowhere/python"])
def test_a_process_that_ends_at_once_or_cannot_begin_is_told(
    work: Callable[..., object], monkeypatch: pytest.MonkeyPatch, program: str
) -> None:
    monkeypatch.setattr(sys, "executable", program)

    (answer,) = run_bounded(work("pid"), [1])

    assert problem_ids([answer]) == ["program.worker-died"]


def test_a_worker_ends_with_its_parent(work: Callable[..., object], tmp_path: Path) -> None:
    mark = tmp_path / "pid"
    (tmp_path / "parent.py").write_text(
        "import work_for_tests\nfrom pix_mailmerge.model.workers import run_bounded\n"
        f"answers = run_bounded(work_for_tests.pid, [1])\npid = next(answers).result()\n"
        f"open({str(mark)!r}, 'w').write(str(pid))\nnext(run_bounded(work_for_tests.hang, [1]))\n"
    )
    path = os.pathsep.join([str(tmp_path), str(Path(workers.__file__).parents[2])])
    parent = subprocess.Popen([sys.executable, str(tmp_path / "parent.py")], env={**os.environ, "PYTHONPATH": path})
    while not mark.exists() or not mark.read_text():
        time.sleep(0.02)
    os.kill(parent.pid, signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
    parent.wait()
    pid = int(mark.read_text())

    for _ in range(250):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return
        time.sleep(0.02)
    pytest.fail("the worker outlived its parent")
