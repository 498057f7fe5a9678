"""Codes are made, checked, and imported: unforgeable, readable, each but once."""

import string
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nudgekit.cli.offers import codes_of, read_codes
from nudgekit.errors import Problem
from nudgekit.language import load_offers
from nudgekit.model.codes import LETTERS, PREVIEW_KEY, code_of, is_code, plain_code
from nudgekit.model.offer import DRAWERS, quota_of

KEY = b"a key that nobody knows"
NUMBERS = st.integers(0, 2**20)


@given(NUMBERS, st.integers(0, DRAWERS - 1))
def test_a_code_is_the_same_whenever_it_is_made_and_another_under_another_key(number: int, drawer: int) -> None:
    code = code_of(KEY, "welcome", drawer, number)
    assert code == code_of(KEY, "welcome", drawer, number)
    assert code not in {code_of(KEY + b"!", "welcome", drawer, number), code_of(KEY, "other", drawer, number)}
    assert is_code(code)
    assert is_code(code.lower().replace("-", " "))


@given(NUMBERS, st.data())
def test_one_wrong_letter_or_two_swapped_make_it_no_code(number: int, data: st.DataObject) -> None:
    code = plain_code(code_of(KEY, "welcome", 0, number))
    at = data.draw(st.integers(0, len(code) - 1))
    wrong = data.draw(st.sampled_from([each for each in LETTERS if each != code[at]]))
    assert not is_code(code[:at] + wrong + code[at + 1 :])
    for step, (one, other) in enumerate(pairwise(code)):
        swapped = code[:step] + other + one + code[step + 2 :]
        assert one == other or not is_code(swapped)


def test_letters_that_look_alike_are_not_used_together() -> None:
    assert not set("0O1IL2S5B8GUE") & set(LETTERS) - {"8"}
    assert set(LETTERS) <= set(string.ascii_uppercase + string.digits)
    assert len(LETTERS) == 23


def test_a_key_that_could_be_guessed_makes_no_codes() -> None:
    with pytest.raises(ValueError, match="shorter than 16"):
        code_of(b"secret", "welcome", 0, 0)


def test_the_export_has_every_code_that_can_be_given_and_no_other() -> None:
    offer = load_offers(Path("tests/offer_rules/offers.py"))["welcome"]
    codes = list(codes_of(offer, "welcome", PREVIEW_KEY))
    assert len(set(codes)) == len(codes) == offer.budget
    assert codes[0] == code_of(PREVIEW_KEY, "welcome", 0, 0)


@given(st.integers(0, 10**6))
def test_the_shares_of_a_budget_add_up_to_it(budget: int) -> None:
    shares = [quota_of(budget, drawer) or 0 for drawer in range(DRAWERS)]
    assert sum(shares) == budget
    assert max(shares) - min(shares) <= 1


def test_codes_are_read_from_lines_and_from_the_first_column_of_a_csv(tmp_path: Path) -> None:
    file = tmp_path / "codes.csv"
    file.write_text("Code,Worth\nAAAA-1,5\n\nBBBB-2,5\n")
    assert read_codes(file) == ["AAAA-1", "BBBB-2"]


@pytest.mark.parametrize("bad", ["AB", "A" * 65, "----", "AB\x00CDE"])
def test_a_line_without_a_code_is_told_by_its_number_alone(tmp_path: Path, bad: str) -> None:
    file = tmp_path / "codes.txt"
    file.write_text(f"AAAA\n{bad}\n")
    with pytest.raises(Problem) as raised:
        read_codes(file)
    assert "codes.txt:2" in str(raised.value)
    assert bad not in str(raised.value)
