"""What a file is that holds no table: a PDF, a Word document, a web page … each named, with what to do instead."""

from __future__ import annotations

import io
import lzma
import re
import struct
import zipfile
import zlib
from dataclasses import dataclass

from pix_mailmerge.problems import Place, Problem, error

EXPORT = "Dans Pix Orga, menu « Certifications », choisissez la classe, puis « Exporter les résultats »."
"""Where the right file is found."""

WORKBOOK = "xlsx"
SHEETS = "ods"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file that is none of ours: id of its problem, what it is and what to do, in French."""

    id: str
    told: str
    remedy: str = EXPORT


EMPTY = Kind("source.is-empty", "Ce fichier est vide.", f"Recommencez l’export. {EXPORT}")
BLANK = Kind(
    "source.is-blank",
    "Ce fichier ne contient que des octets nuls : sa copie ou son téléchargement a échoué.",
    f"Copiez-le ou téléchargez-le de nouveau. {EXPORT}",
)
BINARY = Kind("source.is-binary", "Ce fichier n’est pas un tableau : ni texte, ni classeur.")
_PDF = Kind("source.is-pdf", "C’est un PDF, pas un tableau de résultats.")
_WORD = Kind("source.is-document", "C’est un document de texte (Word, LibreOffice), pas un tableau de résultats.")
_SLIDES = Kind("source.is-document", "C’est une présentation, pas un tableau de résultats.")
_IMAGE = Kind("source.is-image", "C’est une image, pas un tableau de résultats.")
_PAGE = Kind(
    "source.is-web-page",
    "C’est une page web enregistrée, sans doute la page de connexion, pas un fichier de résultats.",
    f"Reconnectez-vous. {EXPORT}",
)
_REPLY = Kind(
    "source.is-web-page",
    "C’est la réponse d’un site web (JSON), sans doute un message d’erreur, pas un fichier de résultats.",
    f"Reconnectez-vous. {EXPORT}",
)
_SIECLE = Kind("source.is-siecle", "C’est un fichier d’élèves SIECLE (XML), pas un fichier de résultats.")
_XML = Kind("source.is-binary", "C’est un fichier XML, pas un tableau de résultats.")
ARCHIVE = Kind(
    "source.is-archive",
    "C’est une archive d’un genre qui n’est pas lu ici.",
    "Ouvrez-la, copiez les fichiers qu’elle contient dans un dossier, et indiquez ce dossier.",
)
_OLD_WORKBOOK = Kind(
    "source.is-old-workbook",
    "C’est un classeur d’un ancien format (.xls, .xlsb).",
    "Ouvrez-le dans Excel ou LibreOffice, enregistrez-le au format .xlsx, puis recommencez.",
)
_PROTECTED = Kind(
    "source.is-protected",
    "Ce fichier est protégé par un mot de passe.",
    "Ouvrez-le, retirez le mot de passe (Fichier, Informations, Protéger), enregistrez, puis recommencez.",
)

_STARTS = (
    (b"%PDF", _PDF),
    (b"{\\rtf", _WORD),
    (b"\x89PNG", _IMAGE),
    (b"\xff\xd8\xff", _IMAGE),
    (b"GIF8", _IMAGE),
    (b"\x1f\x8b", ARCHIVE),
    (b"7z\xbc\xaf", ARCHIVE),
    (b"Rar!", ARCHIVE),
)
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""How .xls, .doc and password-protected files of Office start."""

_JSON = re.compile(rb"""[{\[]\s*(?:"[^"]*"\s*[:,\]]|[{\[\]}])""")

BROKEN_PACKAGE = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    KeyError,
    NotImplementedError,
    OSError,
    RuntimeError,
    ValueError,
)
"""What zipfile raises for an archive that is cut, altered, or made with means that Python lacks."""

_PARTS = (
    ("xl/workbook.xml", WORKBOOK),
    ("xl/workbook.bin", _OLD_WORKBOOK),
    ("word/document.xml", _WORD),
    ("ppt/presentation.xml", _SLIDES),
)
_OPEN_DOCUMENT = "application/vnd.oasis.opendocument."

_CONTROL = bytes(sorted(set(range(32)) - {9, 10, 12, 13, 27}))


def find_package_kind(content: bytes) -> str | Kind | None:
    """Return what a zip is: WORKBOOK, SHEETS, a Kind of no use, or None for an archive or a damaged file."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            names = set(package.namelist())
            mimetype = package.read("mimetype")[:200].decode("ascii", "replace") if "mimetype" in names else ""
            is_protected = "META-INF/manifest.xml" in names and b"encryption-data" in package.read(
                "META-INF/manifest.xml"
            )
    except BROKEN_PACKAGE:
        return None
    if mimetype.startswith(_OPEN_DOCUMENT):
        if is_protected:
            return _PROTECTED
        return SHEETS if mimetype.startswith(f"{_OPEN_DOCUMENT}spreadsheet") else _WORD
    return next((kind for part, kind in _PARTS if part in names), None)


def find_kind(content: bytes) -> Kind | None:
    """Return what a file that is no zip is, when it cannot be a table; None when it may be text."""
    if not content.strip(b"\0\r\n\t \xef\xbb\xbf\xff\xfe"):
        return BLANK if b"\0" in content else EMPTY
    if content.startswith(_COMPOUND):
        return _compound_kind(content)
    return next((kind for start, kind in _STARTS if content.startswith(start)), None) or find_markup_kind(content)


def find_markup_kind(content: bytes) -> Kind | None:
    """Return what a file with tags or JSON is: a web page, SIECLE, other XML, a reply; None for text without."""
    start = content[:4096].lstrip(b"\xef\xbb\xbf\r\n\t ").lower()
    if _JSON.match(start):
        return _REPLY
    if not start.startswith(b"<"):
        return None
    if b"<bee_eleves" in start:
        return _SIECLE
    return _PAGE if b"<html" in start or b"<!doctype html" in start else _XML


def looks_binary(content: bytes) -> bool:
    """Tell whether ``content`` holds more control characters than a text does; UTF-16 has been ruled out."""
    start = content[:8192]
    return len(start.translate(None, _CONTROL)) < len(start) * 0.95


def problem_of(kind: Kind, file: str) -> Problem:
    """Return the problem that names what ``file`` is."""
    return error(kind.id, kind.told, kind.remedy, Place(file=file))


def _compound_kind(content: bytes) -> Kind:
    if "EncryptedPackage".encode("utf-16-le") in content:
        return _PROTECTED
    return _WORD if "WordDocument".encode("utf-16-le") in content else _OLD_WORKBOOK
