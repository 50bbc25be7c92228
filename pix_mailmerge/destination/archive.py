"""PDF/A-2b kept through splitting and joining: the colour profile goes along, the metadata says it again.

LibreOffice makes the pages; their fonts and colours stay as they are. What a new file lacks is the output intent and
the XMP packet, which must name the same title as the file's properties (ISO 19005-2, 6.2.3 and 6.6).
"""

from __future__ import annotations

from xml.sax.saxutils import escape

import pikepdf

_PACKET = (
    '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"><pdfaid:part>2</pdfaid:part>'
    "<pdfaid:conformance>B</pdfaid:conformance></rdf:Description>"
    '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:language><rdf:Bag>'
    "<rdf:li>{language}</rdf:li></rdf:Bag></dc:language>{title}</rdf:Description></rdf:RDF></x:xmpmeta>"
    '<?xpacket end="r"?>'
)
_TITLE = '<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{}</rdf:li></rdf:Alt></dc:title>'


def is_archive(pdf: pikepdf.Pdf) -> bool:
    """Tell whether ``pdf`` carries the output intent of PDF/A."""
    intents = pdf.Root.get("/OutputIntents")
    return isinstance(intents, pikepdf.Array) and any(one.get("/S") == "/GTS_PDFA1" for one in intents)


def settle_lengths(made: pikepdf.Pdf) -> None:
    """Give a byte more to the streams of ``made`` that end like a line.

    qpdf writes a line feed after a stream: after a carriage return, a validator takes both for the end of the line and
    finds the stream shorter than it says (ISO 19005-2, 6.1.7.1). What follows compressed data is not read.
    """
    for one in made.objects:
        if isinstance(one, pikepdf.Stream) and one.get("/Filter") == "/FlateDecode":
            raw = one.read_raw_bytes()
            if raw.endswith((b"\r", b"\n")):
                given = one.get("/DecodeParms")
                parameters = given if isinstance(given, pikepdf.Dictionary) else None
                one.write(raw + b"\0", filter=pikepdf.Name.FlateDecode, decode_parms=parameters)


def claim_conformance(made: pikepdf.Pdf, title: str | None, language: str) -> None:
    """Write the metadata by which a PDF says that it is PDF/A-2b."""
    stream = made.make_stream(metadata_packet(title, language))
    stream.Type, stream.Subtype = pikepdf.Name.Metadata, pikepdf.Name.XML
    made.Root.Metadata = stream


def metadata_packet(title: str | None, language: str) -> bytes:
    """Return the XMP packet of a PDF/A-2b; neither author, program nor date is in it."""
    packet = _PACKET.format(language=escape(language), title=_TITLE.format(escape(title)) if title else "")
    return packet.encode()
