"""The bookmarks that SET fills."""

from __future__ import annotations

from collections.abc import Iterable

from pix_mailmerge.model.word_fields.reader import read_story
from pix_mailmerge.model.word_fields.tree import Box, Field, Story, Text


def filled_bookmarks(stories: Iterable[Story]) -> Iterable[str]:
    """Yield the names that SET fills, in small letters."""
    for story in stories:
        for item in story.items:
            if isinstance(item, Field):
                yield from _set_names(item)
            elif isinstance(item, Box):
                yield from filled_bookmarks([read_story(item.content)])
            else:
                yield from filled_bookmarks([item])


def _set_names(outer: Field) -> Iterable[str]:
    words = "".join(piece.text for piece in outer.code if isinstance(piece, Text)).split(None, 2)
    if len(words) > 1 and words[0].upper() == "SET":
        yield words[1].strip('"').casefold()
    for piece in (*outer.code, *outer.result):
        if isinstance(piece, Field):
            yield from _set_names(piece)
