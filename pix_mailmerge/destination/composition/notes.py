"""Footnotes and endnotes of all records in one part: each record's follow the others', their ids moved on."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pix_mailmerge.destination.composition.body import NOTES

_NOTE = re.compile(r"<w:(footnote|endnote)\b([^>]*)>.*?</w:\1>", re.DOTALL)
_ID = re.compile(r'(\bw:id=")(-?\d+)(")')
_SPECIAL = re.compile(r'\bw:type="(?!normal")')


@dataclass(frozen=True, slots=True)
class Notes:
    """A part of notes, cut. head: up to its first ordinary note, separators included; content: Jinja source of the
    notes of a record; step: what separates the ids of two records.
    """

    head: str
    content: str
    tail: str
    step: int


def find_notes(source: str) -> Notes | None:
    """Return the notes of a part's source, None when it holds no ordinary one."""
    notes = list(_NOTE.finditer(source))
    ordinary = [note for note in notes if not _SPECIAL.search(note[2])]
    if not ordinary:
        return None
    special = "".join(note[0] for note in notes if note not in ordinary)
    step = max(int(found[2]) for note in notes if (found := _ID.search(note[2]))) + 1
    content = source[ordinary[0].start() : ordinary[-1].end()]
    content = _NOTE.sub(lambda note: "" if _SPECIAL.search(note[2]) else _moved(note), content)
    return Notes(source[: notes[0].start()] + special, content, source[notes[-1].end() :], step)


def _moved(note: re.Match[str]) -> str:
    tag_end = note[0].index(">")
    opening = _ID.sub(lambda id: id[1] + "{{ " + f"{NOTES} + {int(id[2])}" + " }}" + id[3], note[0][:tag_end], count=1)
    return opening + note[0][tag_end:]


def ending_sections(settings: str) -> str:
    """Return a document's settings with the endnotes of each record at its end, not all at the end of the document.

    Word writes w:endnotePr wherever there are endnotes; the place is the first of its children.
    """
    settings = re.sub(r"(<w:endnotePr>)<w:pos\b[^>]*/>", r"\1", settings)
    return settings.replace("<w:endnotePr>", '<w:endnotePr><w:pos w:val="sectEnd"/>', 1)
