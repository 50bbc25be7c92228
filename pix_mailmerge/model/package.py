"""A .docx as a zip of parts: opened with care, nothing unpacked to the disk, members kept as they are packed.

A model travels by e-mail: whatever is not a plain .docx of a plausible size is refused here, before any XML is read.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import BinaryIO

from pix_mailmerge.model.zip_records import DEFLATED, STORED, Packed, ZipWriter
from pix_mailmerge.problems import ModelError, Place, Problem, error

MOST_MEMBERS = 2_000
MOST_BYTES = 200 * 1024**2
"""Of all members unpacked, and of the file itself."""
MOST_XML_BYTES = 20 * 1024**2
MOST_RATIO = 250
"""Unpacked to packed, for a member above RATIO_FROM bytes; real document.xml stay below 60."""
RATIO_FROM = 4 * 1024**2

_WRITTEN_TWICE = frozenset({"docProps/core.xml"})
"""python-docx, and so docxtpl, writes it twice in what it makes of a model of LibreOffice's: the last one counts."""

_SAVE_AS_DOCX = "Ouvrez-le dans Word ou LibreOffice et enregistrez-le au format « Document Word (.docx) »."
_SEND_AGAIN = "Reprenez le fichier d’origine, ou ouvrez-le dans Word et enregistrez-le de nouveau."


@dataclass(frozen=True, slots=True)
class Package:
    """The members of a .docx in their order; name -> packed member. ``file``: its name as the user knows it."""

    file: str
    members: Mapping[str, Packed] = field(repr=False)

    def __contains__(self, name: str) -> bool:
        return name in self.members

    def __iter__(self) -> Iterator[Packed]:
        return iter(self.members.values())

    def read(self, name: str) -> bytes:
        """Return the content of the member ``name``; KeyError where there is none."""
        return self.members[name].content

    def replaced(self, changed: Iterable[Packed], dropped: Iterable[str] = ()) -> Package:
        """Return a package with other members in place of those of the same name, new ones last, some left out."""
        members = {**self.members, **{member.name: member for member in changed}}
        for name in dropped:
            members.pop(name, None)
        return Package(self.file, MappingProxyType(members))

    def write(self, file: BinaryIO) -> None:
        """Write the package as a zip file with fixed dates."""
        writer = ZipWriter(file)
        for member in self:
            writer.add(member)
        writer.close()

    @property
    def content(self) -> bytes:
        """Return the package as the bytes of a zip file."""
        file = io.BytesIO()
        self.write(file)
        return file.getvalue()


def open_package(path: Path) -> Package:
    """Return the package at ``path``; ModelError when it is not there, not a .docx, damaged or dangerous."""
    try:
        size = path.stat().st_size
        if not (path.is_file() or path.is_dir()):
            raise ModelError(damaged(path.name))  # a device, a pipe: nothing says where it ends
        content = path.read_bytes() if size <= MOST_BYTES else b""
    except OSError as cause:
        raise ModelError(_unreadable(path, cause)) from cause
    if size > MOST_BYTES:
        raise ModelError(_too_big(path.name, f"Le fichier fait {size // 1024**2} Mo."))
    return parse_package(content, path.name)


def parse_package(content: bytes, file: str) -> Package:
    """Return the package that ``content`` holds; ``file`` names it in the problems. Raises ModelError."""
    refused = _known_format(content, file)
    if refused is not None:
        raise ModelError(refused)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            infos = [info for info in archive.infolist() if not info.is_dir()]
            problem = _check_directory(infos, file, archive.start_dir)
            if problem is not None:
                raise ModelError(problem)
            members = {info.filename: _packed(info, content) for info in infos}
    except (zipfile.BadZipFile, zlib.error, ValueError, IndexError, NotImplementedError) as cause:
        raise ModelError(damaged(file)) from cause
    if "[Content_Types].xml" not in members:
        raise ModelError(_open_document(file) if "mimetype" in members else _not_docx(file))
    return Package(file, MappingProxyType(members))


def _packed(info: zipfile.ZipInfo, content: bytes) -> Packed:
    """Return the member as it lies in the file, once its size and its CRC have been found true."""
    start = info.header_offset
    if content[start : start + 4] != b"PK\3\4":
        raise ValueError("no local header")
    lengths = content[start + 26 : start + 30]
    start += 30 + int.from_bytes(lengths[:2], "little") + int.from_bytes(lengths[2:], "little")
    packed = content[start : start + info.compress_size]
    if len(packed) != info.compress_size:
        raise ValueError("cut short")
    unpacked = packed
    if info.compress_type == DEFLATED:
        inflater = zlib.decompressobj(-15)
        unpacked = inflater.decompress(packed, info.file_size + 1)
        if not inflater.eof:
            raise ValueError("longer than announced, or without an end")
    if len(unpacked) != info.file_size or zlib.crc32(unpacked) != info.CRC:
        raise ValueError("not what was announced")
    return Packed(info.filename, info.compress_type, info.CRC, info.file_size, packed)


def _known_format(content: bytes, file: str) -> Problem | None:
    """Return what is wrong with a file that is not a zip at all, told by its first bytes."""
    if content.startswith(b"PK\3\4"):
        return None
    if content.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return _encrypted(file) if "EncryptedPackage".encode("utf-16-le") in content else _old_word(file)
    return damaged(file) if content.startswith(b"PK") or not content else _not_docx(file)


def _check_directory(infos: list[zipfile.ZipInfo], file: str, directory_at: int) -> Problem | None:
    """Return the first thing in the zip's directory that no word processor would write."""
    if len(infos) > MOST_MEMBERS:
        return _too_big(file, f"Le fichier contient {len(infos)} parties.")
    if sum(info.file_size for info in infos) > MOST_BYTES:
        return _too_big(file, f"Déplié, le fichier dépasserait {MOST_BYTES // 1024**2} Mo.")
    for info in infos:
        if info.flag_bits & 0x1:
            return _encrypted(file)
        if info.compress_type not in {STORED, DEFLATED} or (
            info.compress_type == STORED and info.compress_size != info.file_size
        ):
            return damaged(file)
        if info.file_size > RATIO_FROM and info.file_size > MOST_RATIO * max(info.compress_size, 1):
            return _too_big(file, f"La partie « {info.filename} » se déplie {MOST_RATIO} fois ou plus.")
        if info.file_size > MOST_XML_BYTES and info.filename.endswith((".xml", ".rels")):
            return _too_big(file, f"La partie « {info.filename} » dépasse {MOST_XML_BYTES // 1024**2} Mo.")
    if _names_collide(infos) or _members_overlap(infos, directory_at):
        return _malformed(file)
    return None


def _names_collide(infos: list[zipfile.ZipInfo]) -> bool:
    names = [info.filename.casefold() for info in infos if info.filename not in _WRITTEN_TWICE]
    unsafe = any("\\" in name or name.startswith("/") or ".." in PurePosixPath(name).parts for name in names)
    return unsafe or len(set(names)) != len(names)


def _members_overlap(infos: list[zipfile.ZipInfo], directory_at: int) -> bool:
    """True when two members share bytes: the trick of the zip bomb that is small, and quick to unpack twice."""
    places = sorted((info.header_offset, info.compress_size + len(info.orig_filename)) for info in infos)
    ends = [start + 30 + length for start, length in places]
    starts = [start for start, _ in places[1:]] + [directory_at]
    return any(end > start for end, start in zip(ends, starts, strict=True))


def _unreadable(path: Path, cause: OSError) -> Problem:
    where = Place(file=str(path))
    if isinstance(cause, FileNotFoundError):
        remedy = "Vérifiez le nom et le dossier donnés à --model."
        return error("model.not-found", "Ce modèle n’existe pas.", remedy, where)
    if path.is_dir():
        return error("model.not-found", "C’est un dossier, pas un modèle.", "Donnez le fichier .docx lui-même.", where)
    return error(
        "model.unreadable",
        "Le modèle ne peut pas être lu.",
        "Fermez-le dans Word, vérifiez vos droits sur le fichier, puis recommencez.",
        where,
    )


def _not_docx(file: str) -> Problem:
    return error("model.not-docx", "Ce fichier n’est pas un document Word .docx.", _SAVE_AS_DOCX, Place(file=file))


def _old_word(file: str) -> Problem:
    what = "Ce modèle est au format Word 97-2003 (.doc)."
    return error("model.old-word", what, _SAVE_AS_DOCX, Place(file=file))


def _open_document(file: str) -> Problem:
    what = "Ce modèle est au format OpenDocument (.odt)."
    return error("model.open-document", what, _SAVE_AS_DOCX, Place(file=file))


def _encrypted(file: str) -> Problem:
    remedy = "Ouvrez-le dans Word, retirez le mot de passe (Fichier > Informations), puis enregistrez-le."
    return error("model.encrypted", "Ce modèle est protégé par un mot de passe.", remedy, Place(file=file))


def damaged(file: str) -> Problem:
    """Return the problem of a model that cannot be read to its end."""
    what = "Ce modèle est abîmé ou incomplet."
    return error("model.damaged", what, _SEND_AGAIN, Place(file=file))


def _malformed(file: str) -> Problem:
    what = "Ce fichier est fait comme aucun traitement de texte ne l’écrit : des parties se recouvrent ou se répètent."
    return error("model.malformed", what, "N’utilisez pas ce fichier ; demandez-en un autre à qui vous l’a envoyé.",
                 Place(file=file))  # fmt: skip


def _too_big(file: str, what: str) -> Problem:
    remedy = "N’utilisez que des modèles de taille courante ; réduisez les images dans Word si elles sont trop lourdes."
    return error("model.too-big", what, remedy, Place(file=file))
