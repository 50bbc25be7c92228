"""The readers bear whatever they are given: all that is kept in the corpus, and inputs that are altered at random.

A short run of what ``fuzz.py`` does for twenty minutes; its figures are in docs/reliability.md.
"""

from __future__ import annotations

import importlib.util
import random
from pathlib import Path
from types import ModuleType

import pytest

HERE = Path(__file__).parent
PIECES = (b"\0", b"<", b">", b'"', b"&", b";", b"\\", b"{", b"|", b"}", b"{{", b"%}", b"\n", b"999999999", b"../")
RUNS = 400


@pytest.fixture(scope="module")
def targets() -> ModuleType:
    spec = importlib.util.spec_from_file_location("fuzz_targets", HERE / "targets.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def corpus(target: str) -> list[bytes]:
    return [file.read_bytes() for file in sorted((HERE / "corpus" / target).iterdir())]


def altered(chance: random.Random, kept: list[bytes]) -> bytes:
    """Return one of the kept inputs, cut, doubled, crossed with another one or with a piece put in."""
    content = bytearray(chance.choice(kept))
    for _ in range(chance.choice((1, 1, 2, 4, 8))):
        place = chance.randrange(len(content) + 1)
        other = chance.choice(kept)
        start = chance.randrange(len(other) + 1)
        content[place : place + chance.choice((0, 0, 1, 20))] = chance.choice(
            (b"", chance.randbytes(2), other[start : start + 60], content[place // 2 : place], chance.choice(PIECES))
        )
    return bytes(content)


@pytest.mark.parametrize("target", ["csv", "champs", "docx"])
def test_what_is_kept_and_what_is_altered_is_read_or_refused(targets: ModuleType, target: str) -> None:
    kept = corpus(target)
    assert len(kept) >= 8
    chance = random.Random(target)
    for content in (*kept, *(altered(chance, kept) for _ in range(RUNS))):
        targets.TARGETS[target](content)  # raises nothing
