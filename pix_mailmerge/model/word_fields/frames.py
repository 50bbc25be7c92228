"""Pictures of a model that the school's images take the place of: those whose alternative text is « signature »…

The frame keeps its size and its place. Where no image is given, the model's own picture stays.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from pix_mailmerge.model.media import Framed, Picture
from pix_mailmerge.model.word_fields.tree import Element
from pix_mailmerge.settings import IMAGES

_R = frozenset(
    {
        "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
        "http://purl.oclc.org/ooxml/officeDocument/relationships",
    }
)
_LENGTH = re.compile(r"\s*([0-9]*\.?[0-9]+)")


@dataclass(frozen=True, slots=True)
class Frame:
    """A picture to replace. name: of the image. element, attribute: what refers to the model's own picture by ``own``.

    width, height: in any unit, only their ratio counts.
    """

    name: str
    element: Element
    attribute: str
    own: str
    width: int
    height: int

    def shown(self, value: object) -> Framed:
        """Return what the frame shows for the school's image; its own picture where none was given."""
        image = value.image if isinstance(value, Picture) else None
        return Framed(image, self.width, self.height, self.own)


def has_frames(xml: str) -> bool:
    """Tell at once whether a part may hold such a picture."""
    folded = xml.casefold()
    return any(f'="{name}' in folded or f'=" {name}' in folded for name in IMAGES)


def find_frames(root: Element) -> Iterator[Frame]:
    """Yield the pictures of a part that an image may replace, both copies of one that is stored twice."""
    for element in list(root.iter("{*}docPr", "{*}shape")):
        name = (element.get("descr") or element.get("alt") or "").strip().casefold()
        if name in IMAGES:
            is_vector = etree.QName(element).localname == "shape"
            yield from _frames(element if is_vector else element.getparent(), name)


def _frames(drawing: Element, name: str) -> Iterator[Frame]:
    width, height = _size(drawing)
    for picture in list(drawing.iter("{*}blip", "{*}imagedata")):
        attribute = next((one for one in picture.attrib if _refers(one)), None)
        if attribute is not None:
            _undress(picture)
            yield Frame(name, picture, attribute, picture.get(attribute), width, height)


def _refers(attribute: str) -> bool:
    namespace, _, name = attribute.lstrip("{").partition("}")
    return namespace in _R and name in ("embed", "id")


def _undress(picture: Element) -> None:
    """Remove what belongs to the model's own picture: its crop, and the drawing that newer programs show instead."""
    for vector in list(picture.iter("{*}svgBlip")):
        extension = vector.getparent()
        extension.getparent().remove(extension)
    for crop in list(picture.getparent().iterchildren("{*}srcRect")):
        picture.getparent().remove(crop)


def _size(drawing: Element) -> tuple[int, int]:
    """Return the width and height of a drawing, 1 and 1 where it does not say."""
    extent = next(drawing.iterchildren("{*}extent"), None)
    if extent is not None:
        given = {"width": extent.get("cx", ""), "height": extent.get("cy", "")}
    else:
        given = dict(part.strip().partition(":")[::2] for part in (drawing.get("style") or "").split(";"))
    found = [_LENGTH.match(given.get(side, "")) for side in ("width", "height")]
    width, height = (round(float(side[1]) * 100) if side else 0 for side in found)
    return (width, height) if width and height else (1, 1)
