"""THE table of what dxpdf 0.8.1 does not draw and no cure brings back; each was seen on a specimen (tests, docs).

What it only draws a little otherwise (a dotted border as a plain one, a docGrid, kerning) is told in
docs/formats/pdf-engines.md and is no problem.
"""

from __future__ import annotations

from dataclasses import dataclass

from pix_mailmerge.destination.preflight.ooxml import Find, texts, xpath

NOT_FALLBACK = "not(ancestor::mc:Fallback)"
_ON = "not(@w:val='0' or @w:val='false' or @w:val='off')"
_FILLS = "self::a:gradFill or self::a:pattFill or self::a:blipFill"
_SOLID_PATTERNS = "starts-with(@w:val, 'pct') or @w:val='clear' or @w:val='solid' or @w:val='nil'"

_REPLACE = "Choisissez un autre moteur (--engine libreoffice ou word), ou remplacez-le dans le modèle."


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that is dropped. name: as users call it; find: where it is in a story; remedy: what to do."""

    name: str
    find: Find
    remedy: str = _REPLACE


def _gap(name: str, expression: str, remedy: str = _REPLACE) -> Gap:
    return Gap(name, xpath(expression), remedy)


def _counts(place: str) -> str:
    """Return the condition that the instruction at ``place`` counts pages."""
    text = f"concat(normalize-space({place}), ' ')"
    return " or ".join(f"starts-with({text}, '{name} ')" for name in ("PAGE", "NUMPAGES", "SECTIONPAGES"))


RUN_GAPS = (
    _gap("Texte barré", f".//w:rPr/*[self::w:strike or self::w:dstrike][{_ON}]"),
    _gap(
        "Effet de texte (contour, ombre, relief, lueur)",
        f".//w:rPr/*[self::w:outline or self::w:shadow or self::w:emboss or self::w:imprint][{_ON}]"
        " | .//w:rPr/*[self::w14:glow or self::w14:shadow or self::w14:reflection"
        " or self::w14:textOutline[not(w14:noFill)] or self::w14:textFill[w14:gradFill]]",
        "Le texte sera écrit sans cet effet. Choisissez un autre moteur si l’effet compte.",
    ),
)
"""Looked for in the text and in the styles that it uses."""

STORY_GAPS = (
    _gap("Graphique", f"//c:chart[{NOT_FALLBACK}] | //cx:chart[{NOT_FALLBACK}]"),
    _gap("SmartArt", f"//dgm:relIds[{NOT_FALLBACK}]"),
    _gap(
        "Groupe de formes, zone de dessin ou encre",
        f"//*[self::wpg:wgp or self::wpc:wpc or self::wpi:*][{NOT_FALLBACK}]",
        "Dissociez les formes (clic droit, Grouper, Dissocier), ou choisissez un autre moteur.",
    ),
    _gap("Filigrane de texte", f"//v:textpath[{NOT_FALLBACK}]"),
    _gap(
        "Forme ou image à l’ancien format (VML)",
        f"//w:pict[{NOT_FALLBACK}][not(.//v:textpath)][.//v:*]",
        "Ouvrez le modèle dans Word, Fichier, Informations, Convertir ; sinon choisissez un autre moteur.",
    ),
    _gap("Objet incorporé (OLE)", "//w:object | //o:OLEObject", "Remplacez l’objet par une image."),
    _gap("Document inséré (altChunk)", "//w:altChunk"),
    _gap(
        "Forme d’un dessin que le moteur ne connaît pas",
        f"//wps:spPr/a:prstGeom[not(@prst='rect' or @prst='line')][{NOT_FALLBACK}]",
        "Prenez un rectangle, une ellipse, un triangle, une flèche simple ou un trait ; ou un autre moteur.",
    ),
    _gap(
        "Forme au milieu d’une ligne de texte",
        f"//wp:inline[.//wps:wsp][{NOT_FALLBACK}]",
        "Mettez la forme seule dans son paragraphe, ou ancrez-la (Habillage du texte), ou prenez un autre moteur.",
    ),
    _gap("Dégradé, motif ou image dans une forme", f"//wps:spPr/*[{_FILLS}][{NOT_FALLBACK}]"),
    _gap("Pointe de flèche", "//wps:spPr/a:ln/*[self::a:headEnd or self::a:tailEnd][@type and not(@type='none')]"),
    _gap("Effet d’une forme (lueur, reflet, bord adouci)", "//wps:spPr/a:effectLst/*[not(self::a:outerShdw)]"),
    _gap(
        "Zone de texte verticale",
        f"//wps:bodyPr[@vert and not(@vert='horz')][{NOT_FALLBACK}]",
    ),
    _gap(
        "Image tournée ou retournée",
        f"//pic:spPr/a:xfrm[(@rot and @rot!='0') or @flipH='1' or @flipV='1'][{NOT_FALLBACK}]",
        "Tournez l’image avant de l’insérer, ou choisissez un autre moteur.",
    ),
    _gap(
        "Bordure, découpe ou effet d’une image",
        "//pic:spPr/a:ln[a:solidFill or a:gradFill or a:pattFill] | //pic:spPr/a:effectLst/*"
        " | //pic:spPr/a:prstGeom[not(@prst='rect')] | //pic:blipFill/a:blip/*[self::a:lum[@*] or self::a:grayscl"
        " or self::a:duotone or self::a:biLevel or self::a:clrChange]",
        "Appliquez la bordure ou l’effet à l’image avant de l’insérer, ou choisissez un autre moteur.",
    ),
    _gap(
        "Habillage haut et bas de ce qui est placé sur la page",
        "//wp:anchor[wp:wrapTopAndBottom][wp:positionV[not(@relativeFrom='paragraph' or @relativeFrom='line')]]"
        f"[{NOT_FALLBACK}]",
        "Le moteur intégré mettrait le paragraphe au-dessous : choisissez l’habillage « Devant le texte », une place "
        "par rapport au paragraphe, ou un autre moteur.",
    ),
    _gap("Bordure de page", "//w:pgBorders/*"),
    _gap("Numéros de ligne", "//w:lnNumType"),
    _gap("Trait entre les colonnes", "//w:cols[@w:sep and not(@w:sep='0')]"),
    _gap("Texte vertical", "//w:textDirection[not(@w:val='lrTb' or @w:val='lr' or @w:val='tb')]"),
    _gap("Trame à motif", f"//w:shd[not({_SOLID_PATTERNS})]"),
    _gap("Bordure en diagonale", "//*[self::w:tl2br or self::w:tr2bl][not(@w:val='nil' or @w:val='none')]"),
    _gap(
        "Cadre ou lettrine",
        "//w:framePr",
        "Remplacez le cadre par une zone de texte, ou choisissez un autre moteur.",
    ),
    _gap("Équation", "//m:oMath"),
    _gap("Annotation au-dessus du texte (ruby)", "//w:ruby"),
)

BODY_GAPS = (
    _gap(
        "Image ou forme derrière le texte",
        f"//wp:anchor[@behindDoc='1' or @behindDoc='true'][{NOT_FALLBACK}]",
        "Le moteur intégré la mettrait devant le texte : placez-la dans l’en-tête, ou choisissez un autre moteur.",
    ),
    _gap(
        "Numéro de page dans le corps",
        f"//w:fldSimple[{_counts('@w:instr')}] | //w:instrText[{_counts('.')}]",
        "Le numéro ne serait pas à jour : mettez-le dans l’en-tête ou le pied de page, ou prenez un autre moteur.",
    ),
)
"""Looked for in the body only: in a header they are drawn as they should be."""

DRAWN_IMAGES = frozenset({"png", "jpg", "jpeg", "jpe", "gif", "bmp"})
"""Extensions of pictures that dxpdf 0.8.1 draws (its own list names WebP, which it does not draw)."""

PICTURES = texts(f"//a:blip[{NOT_FALLBACK}]/@r:embed")
