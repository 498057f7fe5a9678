"""A message for the shop's own page: its fields, its choices, and what is wrong with them."""

from pathlib import Path

import pytest

from nudgekit.content.sample import sample_context
from nudgekit.content.template import load_messages
from nudgekit.errors import RuleError
from nudgekit.language.policy import Policy
from tests.builders import make_policy

ASKING = """+++
title = "Before you go, {{ user.first_name }}"
choices = [["price", "It costs {{ 'too' }} much"], ["not_now", "Not now"]]
answer = "Exit Reason Given"
+++
What keeps you?
"""


def written(folder: Path, text: str) -> Path:
    """A trigger's folder with one message for the page."""
    (folder / "asks/messages").mkdir(parents=True)
    (folder / "asks/messages/onsite.liquid").write_text(text)
    return folder / "asks"


def test_a_question_has_its_choices_as_people_read_them(tmp_path: Path) -> None:
    policy: Policy = make_policy()
    template = load_messages(written(tmp_path, ASKING))["onsite"]
    template.compile()
    content = template.render(sample_context(policy, "asks"))
    assert (content.title, content.body, content.link) == ("Before you go, Ada", "What keeps you?", None)
    assert content.choices == (("price", "It costs too much"), ("not_now", "Not now"))
    assert content.answer == "Exit Reason Given"


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ('title = "Before you go, {{ user.first_name }}"\n', "", "title is missing"),
        ('answer = "Exit Reason Given"\n', "", "answer is missing"),
        ('"Exit Reason Given"', '"Order Completed"', "answer is not an event of the shop's visitors"),
        ('["not_now", "Not now"]', '["price", "Not now"]', "choices is not a list of up to 10 different"),
        ('["not_now", "Not now"]', '["Not now", "Not now"]', "choices is not a list"),
        ('["not_now", "Not now"]', '["not_now"]', "choices is not a list"),
        ("answer =", 'subject = "x"\nanswer =', "subject is not a field of onsite"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(tmp_path: Path, before: str, after: str, says: str) -> None:
    with pytest.raises(RuleError, match=says):
        load_messages(written(tmp_path, ASKING.replace(before, after)))


def test_a_label_may_be_no_broken_liquid(tmp_path: Path) -> None:
    template = load_messages(written(tmp_path, ASKING.replace("{{ 'too' }}", "{{ too")))["onsite"]
    with pytest.raises(RuleError):
        template.compile()
