"""Text messages are counted as networks bill them."""

import pytest

from nudgekit.content.sms import foreign, segments


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("a" * 152 + "€" + "a" * 10, 2),
        ("ż" * 70, 1),
        ("ż" * 71, 2),
        ("ż" * 134, 2),
        ("ż" * 135, 3),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
        ("a" * 159 + "ż", 3),
    ],
)
def test_segments(text: str, expected: int) -> None:
    assert segments(text) == expected


def test_a_character_of_two_is_not_torn_apart() -> None:
    torn = "a" * 152 + "€" + "a" * 152
    assert len(torn) + 1 == 306
    assert segments(torn) == 3


def test_what_makes_a_text_dear_is_named() -> None:
    assert foreign("Fern ż print €") == "ż"
