"""What the shipped models share: colours that turn into clean greys, fonts with metric twins, common styles.

Calibri and Cambria are on every machine with Word; Carlito and Caladea have their widths elsewhere. Caladea lacks the
Vietnamese letters that Cambria has: what comes from the data is in Calibri, and Cambria is for our own words.

The size of ordinary text stands in the style Normal, not in the document's defaults: in a table dxpdf 0.8.1 lets a
size of the defaults win over the one of a paragraph's style.
"""

from __future__ import annotations

from ooxml import TABLE_NORMAL, style

INK = "1F3A5F"  # dark blue, dark grey in print
GREY = "595959"
RULE = "B8C2CF"
PALE = "EEF2F7"
SERIF = "Cambria"

CENTRED = '<w:jc w:val="center"/>'
RIGHT = '<w:jc w:val="right"/>'
HAIR = '<w:spacing w:line="20" w:lineRule="exact"/>'
"""Of the paragraph that Word wants after a table: between two it keeps them from becoming one."""

COMMON_STYLES = "".join(
    [
        style("Normal", "Normal", based_on=None, default=True, look={"size": 10.5}),
        TABLE_NORMAL,
        style("Footer", "footer", properties=CENTRED, look={"size": 8, "color": GREY}),
        style("Etablissement", "Établissement", look={"bold": True, "size": 14, "color": INK}),
        style("Coordonnees", "Coordonnées", look={"size": 10, "color": GREY}),
        style("Etiquette", "Étiquette", look={"size": 9, "color": GREY}),
    ]
)
