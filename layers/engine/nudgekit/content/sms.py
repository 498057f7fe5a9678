"""How many segments a text message takes; each is paid for.

Source: 3GPP TS 23.038 (the GSM 7-bit default alphabet and its extension) and TS 23.040 (concatenation).
"""

from typing import Final

BASIC: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED: Final = frozenset("\f^{}\\[~]|€")
"""Each of these takes the place of two."""

MAX_SEGMENTS: Final = 4
"""More than this is a letter, not a text message."""


def segments(text: str) -> int:
    """How many segments `text` takes: of 160 (several: 153) GSM-7 characters, or of 70 (67) UTF-16 units."""
    if BASIC.union(EXTENDED).issuperset(text):
        return _parts([2 if each in EXTENDED else 1 for each in text], 160, 153)
    return _parts([len(each.encode("utf-16-be")) // 2 for each in text], 70, 67)


def foreign(text: str) -> str:
    """The characters that force `text` out of the cheaper GSM-7 alphabet, each once."""
    return "".join(sorted(set(text) - BASIC - EXTENDED))


def _parts(units: list[int], alone: int, joined: int) -> int:
    """Parts needed for characters of these widths; a character is never torn apart."""
    if sum(units) <= alone:
        return 1
    parts, used = 1, 0
    for width in units:
        if used + width > joined:
            parts, used = parts + 1, 0
        used += width
    return parts
