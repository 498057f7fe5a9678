"""Bytes as a word of letters, digits, `-` and `_`, as links and tags carry them: base64url without its padding.

Source: https://www.rfc-editor.org/rfc/rfc4648#section-5 (read 2026-11-22).
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode


def write(data: bytes) -> str:
    """The word for `data`."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def read(word: str) -> bytes:
    """The data in `word`.

    Raises:
        ValueError: it is no such word.
    """
    return urlsafe_b64decode(word + "=" * (-len(word) % 4))
