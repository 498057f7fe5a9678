"""Codes that can be read out over the phone, and that nobody can guess.

A code stands for the offer and the number under which it was made: the shop's checkout can have the list of all that
will ever be made before the first is given to anybody.
"""

import hmac
from functools import lru_cache
from typing import Final

LETTERS: Final = "346789CDFHJKMNPQRTVWXYZ"
"""No two of them look or sound like one letter in print, there are no vowels to make words, and 23 is a prime."""

LENGTH: Final = 11
"""Letters before the check letter: 23^11 is almost 10^15."""

GROUP: Final = 4
SMALLEST_KEY: Final = 16
PREVIEW_KEY: Final = b"codes for trying messages out, which no checkout knows"
_DOMAIN: Final = b"nudgekit code 1\x00"


def code_of(key: bytes, offer: str, drawer: int, number: int) -> str:
    """The code that is made for an offer as number `number` of `drawer`, as in `H7KM-3XQD-V9TC`.

    Only who has the key can tell it. The last letter checks the others: a code with one wrong letter, or with two
    neighbours swapped, is none.
    """
    digest = hmac.digest(_usable(key), _DOMAIN + f"{offer}\x00{drawer}\x00{number}".encode(), "sha256")
    value = int.from_bytes(digest[:16]) % len(LETTERS) ** LENGTH
    letters = ""
    for _ in range(LENGTH):
        value, each = divmod(value, len(LETTERS))
        letters += LETTERS[each]
    return _grouped(letters + _check(letters))


def is_code(text: str) -> bool:
    """Whether `text` could be a code that was made here: its letters and its check letter are right."""
    plain = text.replace("-", "").replace(" ", "").upper()
    return len(plain) == LENGTH + 1 and set(plain) <= set(LETTERS) and _check(plain[:-1]) == plain[-1]


def plain_code(text: str) -> str:
    """A code as people type it, without what does not tell codes apart: case, spaces and hyphens."""
    return "".join(each for each in text.upper() if each.isalnum())


def _check(letters: str) -> str:
    """By weights of 2 and up, all different modulo the prime, so that swapped neighbours are noticed too."""
    total = sum(weight * LETTERS.index(each) for weight, each in enumerate(letters, 2))
    return LETTERS[-total % len(LETTERS)]


def _grouped(letters: str) -> str:
    return "-".join(letters[start : start + GROUP] for start in range(0, len(letters), GROUP))


@lru_cache(maxsize=4)
def _usable(key: bytes) -> bytes:
    """The first line of the secret: what was promised under it must stay true, so it is never replaced."""
    first = key.split(b"\n", 1)[0].strip()
    if len(first) < SMALLEST_KEY:
        raise ValueError(f"the key of the codes is shorter than {SMALLEST_KEY} characters")
    return first
