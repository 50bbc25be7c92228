"""Characters of the symbol fonts of Office, which have codes of their own, as Unicode has them."""

from __future__ import annotations

from collections.abc import Mapping

PRIVATE = 0xF000
"""Word writes the code of a symbol font in the private area: F0FC for FC."""


def _pairs(text: str) -> dict[int, str]:
    """Return code -> character from « FC✓ FE☑ »."""
    return {int(pair[:2], 16): pair[2:] for pair in text.split()}


_NUMBERED = {0x81 + n: chr(0x2460 + n) for n in range(10)} | {0x8C + n: chr(0x2776 + n) for n in range(10)}

SYMBOLS: Mapping[str, Mapping[int, str]] = {
    "Wingdings": _NUMBERED
    | _pairs(
        "21✏ 22✂ 28☎ 2A✉ 3F✍ 45☜ 46☞ 47☝ 48☟ 4A☺ 4C☹ 6C● 6D❍ 6E■ 6F□ 71❑ 72❒ 74⧫ 75◆ 76❖ 77◆ 78☒ 9E· 9F• "
        "A1○ A4◉ A7▪ A8◻ AB★ AC✶ B6☆ D8➢ DC➲ DF← E0→ E1↑ E2↓ E8➔ EF⇦ F0⇨ F1⇧ F2⇩ F3⬄ FB✗ FC✓ FD☒ FE☑"
    ),
    "Wingdings 2": _pairs("4F✗ 50✓ 51☒ 52☑ 53☒ 54☒ 97● 98● A3□ AE◆"),
    "Symbol": _pairs(
        "61α 62β 63χ 64δ 65ε 66φ 67γ 68η 69ι 6Bκ 6Cλ 6Dμ 6Eν 6Fο 70π 71θ 72ρ 73σ 74τ 75υ 77ω 78ξ 79ψ 7Aζ 44Δ 57Ω 53Σ "
        "A3≤ A5∞ A7♣ A8♦ A9♥ AA♠ AB↔ AC← AD↑ AE→ AF↓ B0° B1± B3≥ B4× B7• B8÷ B9≠ BB≈ D2® D3© D4™ D6√ E5∑"
    ),
}
"""Font -> code -> character; what is not here is told as not drawn."""


def find_symbol(font: str, code: int) -> str | None:
    """Return the Unicode character for ``code`` of a symbol font; None where it is not known."""
    return SYMBOLS.get(font, {}).get(code - PRIVATE if code >= PRIVATE else code)
