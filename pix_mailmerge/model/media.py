"""What the values of a record print besides text: pictures, each drawn in the part that is being rendered."""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextvars import ContextVar
from typing import Any

from docx.image.image import Image as AnyImage
from docx.oxml.shape import CT_Inline

from pix_mailmerge.model.additions import Additions, SharedMedia
from pix_mailmerge.model.images import Image
from pix_mailmerge.model.jinja_tags import InlineImage

_BLANK = re.compile(r">\n\s*<")


class StoryPart:
    """The part being rendered, as docxtpl's InlineImage asks it for a picture (python-docx's StoryPart).

    is_parsed: docxtpl parses it once rendered, which drops the blank lines inside a picture's XML.
    """

    def __init__(self, name: str, additions: Additions, shared: SharedMedia, *, is_parsed: bool = False) -> None:
        self.is_parsed = is_parsed
        self._name, self._additions, self._shared = name, additions, shared

    def new_pic_inline(self, image_descriptor: Any, width: Any = None, height: Any = None) -> CT_Inline:
        """Return a ``wp:inline`` element for the image file, stream or path."""
        image = AnyImage.from_file(image_descriptor)
        rid = self._additions.picture(self._name, image.blob, image.ext)
        cx, cy = image.scaled_dimensions(width, height)
        return CT_Inline.new_pic_inline(self._shared.next_id(self._name), rid, image.filename, cx, cy)

    def relate_to(self, target: str, reltype: str, is_external: bool = False) -> str:
        """Return the id of a relationship to an address; docxtpl asks for no other kind."""
        return self._additions.hyperlink(self._name, target)

    def picture(self, image: Image) -> str:
        """Return the id of a relationship to the image, for a frame that the model has drawn already."""
        return self._additions.picture(self._name, image.content, "png", image.digest)

    def drawing(self, image: Image) -> str:
        """Return the XML of the image where its tag stands in a text."""
        return self._shared.drawing(image, self.picture(image), self._additions.drawing_number())


def drawn(value: InlineImage) -> str:
    """Return the XML of a picture of docxtpl's, whatever template it was made for."""
    value.tpl.current_rendering_part = part = _CURRENT.get()
    return _BLANK.sub("><", str(value)) if part.is_parsed else str(value)


_CURRENT: ContextVar[StoryPart] = ContextVar("the part being rendered")


def current() -> StoryPart | None:
    """Return the part being rendered; None outside of any rendering."""
    return _CURRENT.get(None)


def joined(part: StoryPart, pieces: Iterable[bytes]) -> bytes:
    """Return the pieces of a rendering in one; ``part`` is the one that their pictures are drawn in."""
    token = _CURRENT.set(part)
    try:
        return b"".join(pieces)
    finally:
        _CURRENT.reset(token)


class Framed:
    """A frame of the model, of a width and a height (EMU), and what it shows: an image, whole, or its own picture.

    Prints the id of a relationship, for the frame's ``r:embed``; own: that of the model's picture.
    """

    def __init__(self, image: Image | None, width: int, height: int, own: str) -> None:
        self._shown = own if image is None else image.padded(width, height)

    def __html__(self) -> str:
        return self._shown if isinstance(self._shown, str) else _CURRENT.get().picture(self._shown)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Framed) and self._shown == other._shown

    def __hash__(self) -> int:
        return hash(self._shown)


class Picture:
    """An image as a model's value: drawn where its tag stands; ``{{ signature|largeur(40) }}`` sizes it in mm."""

    def __init__(self, image: Image) -> None:
        self.image = image

    def __html__(self) -> str:
        return _CURRENT.get().drawing(self.image)

    __str__ = __html__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Picture) and self.image == other.image

    def __hash__(self) -> int:
        return hash(self.image)
