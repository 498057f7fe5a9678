"""Messages in several wordings: each person gets one of them, always the same."""

from pathlib import Path
from shutil import copytree

import pytest

from nudgekit import Experiment, minutes
from nudgekit.book import load_book
from nudgekit.decide.variants import variant_of
from nudgekit.errors import RuleError
from nudgekit.language.trigger import Trigger
from nudgekit.language.versions import archived, record_version
from nudgekit.model.base import Channel
from nudgekit.model.ledger import Assigned, Ledger
from nudgekit.model.message import MessageStatus
from nudgekit.runs.documents import Kind
from nudgekit.runs.signals import NewsProperties, news_event
from tests.builders import NOON, make_case, make_run
from tests.shop import RULES, Shop

CART = load_book(RULES).trigger("cart")


def given(person: str, ledger: Ledger | None = None, trigger: Trigger = CART) -> str:
    return variant_of(make_case(trigger=trigger, run=make_run(trigger=trigger), unit=person, ledger=ledger or Ledger()))


def test_everybody_gets_one_wording_and_each_its_share() -> None:
    people = [f"p{number}" for number in range(1000)]
    short = [each for each in people if given(each) == "short"]
    assert 440 < len(short) < 560
    assert short == [each for each in people if given(each) == "short"]


def test_the_wording_is_recorded_and_sticks_when_shares_change() -> None:
    from dataclasses import replace  # noqa: PLC0415

    known = Ledger(variants={"cart|subject": Assigned(1, "short")})
    moved = replace(CART, experiment=Experiment("subject", {"control": 0.99, "short": 0.01}))
    assert {given(f"p{number}", known, moved) for number in range(50)} == {"short"}
    gone = replace(CART, experiment=Experiment("subject", {"control": 0.5, "long": 0.5}))
    assert "short" not in {given(f"p{number}", known, gone) for number in range(50)}


def test_each_variant_says_its_own_words_and_control_those_that_it_has_not() -> None:
    bodies = {}
    for person in ("p1", "p2", "p3", "p4", "p5", "p6"):
        shop = Shop(NOON, caps=())
        shop.know(person)
        shop.fill(NOON, "c1", person)
        shop.turn(hours=3)
        push, mail = (shop.providers[channel].sent[0][0] for channel in (Channel.PUSH, Channel.EMAIL))
        assert push.variant == mail.variant == given(person)
        assert shop.ledger(person).variants["cart|subject"].variant == push.variant
        traces = [shop.store.get(ref).value for ref in shop.store.rows if ref.kind is Kind.TRACE]
        assert {trace.variant for trace in traces if trace.do == "send"} == {push.variant}
        properties = news_event(push, MessageStatus.HANDED_OFF, NOON + minutes(31))["detail"]["properties"]
        assert NewsProperties.model_validate(properties).variant == push.variant
        bodies[push.variant] = push.content.body
    assert bodies == {"control": "Your things are waiting.", "short": "Come back!"}


def test_it_belongs_to_the_version_and_old_versions_stay_as_they_were(tmp_path: Path) -> None:
    from dataclasses import replace  # noqa: PLC0415

    record_version(tmp_path, CART)
    assert archived(tmp_path, 1) == CART
    assert replace(CART, experiment=None).digest != CART.digest
    assert "experiment" not in replace(CART, experiment=None).to_data()


@pytest.mark.parametrize(
    ("shares", "what"),
    [
        ({"control": 0.5, "b": 0.4}, "the shares add up to 0.9"),
        ({"a": 0.5, "b": 0.5}, "the experiment compares nothing"),
        ({"control": 1.0}, "the experiment compares nothing"),
        ({"control": 0.5, "B!": 0.5}, "cannot be a variant"),
        ({"control": 1, "b": 0.0}, "is not a share"),
    ],
)
def test_shares_that_cannot_work_are_told(shares: dict[str, float], what: str) -> None:
    with pytest.raises(RuleError) as raised:
        Experiment("subject", shares)
    assert what in str(raised.value)


def test_messages_and_variants_must_agree_with_file_line_and_remedy(tmp_path: Path) -> None:
    copytree(RULES, tmp_path / "rules")
    messages = tmp_path / "rules/cart/messages"
    (messages / "push.short.liquid").rename(messages / "push.shirt.liquid")
    with pytest.raises(RuleError) as raised:
        load_book(tmp_path / "rules").trigger("cart")
    told = str(raised.value)
    assert f"{tmp_path}/rules/cart/rule.py:17" in told
    assert 'the variant "short" has no message' in told
    assert "write messages/email.short.liquid, or remove it" in told
    assert "push.shirt.liquid" in told


def test_a_policy_that_names_a_trigger_there_is_not_is_told(tmp_path: Path) -> None:
    copytree(RULES, tmp_path / "rules")
    path = tmp_path / "rules/policy.py"
    path.write_text(path.read_text().replace("per=days(1))", 'per=days(1), trigger="brwose")'))
    with pytest.raises(RuleError) as raised:
        _ = load_book(tmp_path / "rules").policy
    assert 'there is no trigger "brwose"' in str(raised.value)
    assert "did you mean browse" in str(raised.value)


def test_validate_shows_them(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    from nudgekit.cli import validate  # noqa: PLC0415

    copytree(RULES, tmp_path / "rules")
    validate.run(tmp_path)
    shown = " ".join(capsys.readouterr().out.replace("│", " ").split())
    assert "wordings" in shown
    assert "control 50" in shown
