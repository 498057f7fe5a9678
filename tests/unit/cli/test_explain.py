"""Triggers are explained from what they are: no gate is forgotten, and the pages say what the rules say."""

import ast
import re
from datetime import time
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from nudgekit import (
    Experiment,
    Trigger,
    at_once,
    bestsellers,
    daily,
    days,
    event,
    everyone,
    followers,
    hours,
    item,
    load_book,
    minutes,
    moment,
    monthly,
    rung,
    similar,
    user,
    weekly,
)
from nudgekit.cli.console import Problem
from nudgekit.cli.explain import docs, show
from nudgekit.cli.explain.drawing import mermaid
from nudgekit.cli.explain.explained import explain
from nudgekit.cli.explain.rule import headline, sentences
from nudgekit.cli.explain.silences import REASONS, Setting, silences
from nudgekit.decide.gates import MESSAGE_GATES, PERSON_GATES, RUNG_GATES
from nudgekit.language.offer import Terms
from nudgekit.model.reasons import Reason
from tests.builders import make_policy

BOOK = load_book(Path("rules"))
MAILS = (rung("email", wait=days(3), until="never", message="care"), rung("email"))


def trigger(**changes: Any) -> Trigger:
    given: dict[str, Any] = {
        "id": "reminder",
        "version": 1,
        "owner": "crm",
        "purpose": "promotional",
        "when": event("Product Viewed"),
        "within": minutes(25),
        "per": "person",
        "ladder": (rung("push"),),
        "expires_after": days(10),
    }
    return Trigger(**{**given, **changes})


def of_shop(name: str = "Price Dropped", **changes: Any) -> Trigger:
    return trigger(**{"when": event(name), "within": at_once, "among": followers("product_id"), **changes})


def calendar(every: Any, **changes: Any) -> Trigger:
    return trigger(**{"when": None, "within": at_once, "every": every, "among": everyone(), **changes})


class TestTheSentence:
    @pytest.mark.parametrize(
        ("rule", "told"),
        [
            (
                trigger(unless=event("Product Added") | event("Order Completed")),
                "When somebody looks at a product, and does not order or add a product to the cart within 25 minutes, "
                "they get a push.",
            ),
            (trigger(), "When somebody looks at a product, 25 minutes later, they get a push."),
            (trigger(within=at_once), "When somebody looks at a product, at once, they get a push."),
            (
                trigger(within=at_once, unless=event("Order Completed")),
                "When somebody looks at a product, at once, unless they order first, they get a push.",
            ),
            (
                trigger(when=event("Coupon Issued"), within=at_once, at=moment("ends_at").before(hours(3))),
                "When somebody is given a coupon, then 3 hours before the time it names as \u201cends_at\u201d, they "
                "get a push.",
            ),
            (
                trigger(
                    when=event("Reminder Requested"),
                    within=at_once,
                    at=moment("ends_at").before(hours(1)) | moment("remind_at"),
                    unless=event("Order Completed"),
                ),
                "When somebody asks to be reminded, then 1 hour before the time it names as \u201cends_at\u201d, or "
                "else at the time it names as \u201cremind_at\u201d, unless they order first, they get a push.",
            ),
            (of_shop(), "When the price of a product drops, at once, everybody who follows that product gets a push."),
            (
                of_shop(audience=~item.owned),
                "When the price of a product drops, at once, everybody it is for who follows that product gets a push.",
            ),
            (
                calendar(daily(time(9)), audience=user.country == "DE"),
                "Every day at 09:00 where the person is, everybody it is for gets a push.",
            ),
            (
                of_shop("Flash Sale Started", among=everyone(), within=hours(1), unless=event("Order Completed")),
                "When a flash sale begins, and they do not order within 1 hour, everybody gets a push.",
            ),
            (
                calendar(weekly("sunday", time(10))),
                "Every Sunday at 10:00 where the person is, everybody gets a push.",
            ),
            (calendar(daily(time(9))), "Every day at 09:00 where the person is, everybody gets a push."),
            (
                calendar(monthly(1, time(9, 30))),
                "On day 1 of every month at 09:30 where the person is, everybody gets a push.",
            ),
            (
                trigger(ladder=MAILS),
                "When somebody looks at a product, 25 minutes later, they get 2 mails.",
            ),
            (
                trigger(ladder=(rung("push", wait=hours(1)), *MAILS)),
                "When somebody looks at a product, 25 minutes later, they get a push, then 2 mails, until they look.",
            ),
        ],
    )
    def test_says_when_for_whom_and_what(self, rule: Trigger, told: str) -> None:
        assert headline(rule) == told

    @pytest.mark.parametrize(
        ("changes", "told"),
        [
            ({}, "There is one run at a time for each person, however often it is started."),
            ({"per": "product_id"}, "Each product counts by itself."),
            ({"per": "sale_id"}, "Each sale counts by itself."),
            (
                {"audience": user.country == "DE"},
                "It is for people of whom this is true: their country is \u201cDE\u201d.",
            ),
            (
                {"until": moment("ends_at")},
                "It is over 10 days after the start, and at the latest at the time named as \u201cends_at\u201d.",
            ),
            ({"again_after": days(7)}, "Whoever got a message is left alone by it for 7 days."),
            (
                {"goal": event("Order Completed").within(days(3))},
                "It hopes that they order within 3 days of a message.",
            ),
            ({"holdout": 0.05}, "5 of 100 people get nothing, so that its effect can be measured."),
            (
                {"experiment": Experiment("subject", {"control": 0.5, "b": 0.5})},
                "Its messages have several wordings: 50% get b and 50% get control.",
            ),
        ],
    )
    def test_is_followed_by_what_else_there_is_to_know(self, changes: dict[str, Any], told: str) -> None:
        assert told in tuple(sentences(trigger(**changes), make_policy()))

    def test_tells_of_waves_by_stock(self) -> None:
        told = tuple(sentences(of_shop(among=followers("product_id", waves="stock", pause=hours(2))), make_policy()))
        assert "No more are asked at once than the stock bears; the next are asked 2 hours later." in told

    def test_tells_of_picks_and_offers(self) -> None:
        terms = Terms("welcome", user.segments.contains("new"), days(7), percent=10)
        rule = trigger(picks=bestsellers("brand", at_least=2) | similar(at_least=3, at_most=3), offer=terms)
        told = " ".join(sentences(rule, make_policy()))
        assert (
            "Its messages show 2 to 4 products: what was bought most in 7 days of their favourite brand, or else "
            "3 products: " in told
        )
        assert "a code for 10 % off that counts for 7 days: they are in the group \u201cnew\u201d" in told


class TestWhatKeepsItSilent:
    @pytest.mark.parametrize("gate", [*PERSON_GATES, *RUNG_GATES, *MESSAGE_GATES], ids=lambda gate: gate.name)
    def test_every_reason_of_every_gate_is_told(self, gate: Any) -> None:
        """A gate may give the reasons that its code names; of a module with several gates, none of the others'."""
        given = {possible.reason for possible in REASONS[gate.name]}
        assert given, "give the gate its reasons in cli/explain/silences.py"
        assert given <= _named_in(gate)
        others = {each.reason for other in _of_module(gate) for each in REASONS[other.name]}
        assert _named_in(gate) - {Reason.CAPPED} <= given | others | ({Reason.CAPPED} & given)

    def test_tells_only_what_can_come_about(self) -> None:
        def told(rule: Trigger, **policy: Any) -> set[str]:
            return {str(each.reason) for each in silences(Setting(rule, make_policy(**policy), {}))}

        bare = told(trigger(within=at_once, purpose="transactional"))
        assert not {"unless_met", "still_active", "asked_recently", "held_out", "capped", "quiet_hours"} & bare
        assert not {"not_in_audience", "cart_empty", "held_back", "no_channel", "aborted", "address_shared"} & bare
        full = told(
            trigger(
                unless=event("Order Completed"),
                again_after=days(1),
                holdout=0.1,
                ladder=(rung("push", hours(1)), rung("whatsapp")),
            ),
        )
        assert {"unless_met", "still_active", "asked_recently", "held_out", "held_back", "no_channel"} <= full

    def test_has_the_numbers_behind_it(self) -> None:
        told = {each.reason: each.detail for each in explain(BOOK, "cart_abandonment").silences}
        assert told[Reason.HELD_OUT] == "5% of people"
        assert told[Reason.EXPIRED] == "after 3 days"
        assert "at most 3 in 1 d" in told[Reason.CAPPED]


class TestPages:
    def test_say_what_the_rules_say(self) -> None:
        assert list(docs.differences(docs.FOLDER, docs.rendered(Path()))) == []

    def test_that_differ_are_told_with_what_to_do(self, tmp_path: Path) -> None:
        (tmp_path / "gone.md").write_text("x")
        (tmp_path / "old.md").write_text("x")
        found = list(docs.differences(tmp_path, {"old.md": "y", "new.md": "z"}))
        assert [each.rpartition("/")[2] for each in found] == [
            "old.md: differs from the rules",
            "new.md: missing",
            "gone.md: no trigger stands behind it",
        ]

    def test_are_written_and_stale_ones_removed(self, tmp_path: Path) -> None:
        (tmp_path / "rules").mkdir()
        for name in ("cart_abandonment", "layouts"):
            (tmp_path / "rules" / name).symlink_to(Path("rules", name).absolute())
        policy = Path("rules/policy.py").read_text().splitlines(keepends=True)
        (tmp_path / "rules/policy.py").write_text("".join(line for line in policy if "trigger=" not in line))
        (tmp_path / docs.FOLDER).mkdir(parents=True)
        (tmp_path / docs.FOLDER / "gone.md").write_text("x")
        with pytest.raises(Problem, match="run `nudgekit docs`"):
            docs.run(check=True, root=tmp_path)
        docs.run(root=tmp_path)
        assert {each.stem for each in (tmp_path / docs.FOLDER).glob("*.md")} == {"README", "cart_abandonment"}
        docs.run(check=True, root=tmp_path)

    def test_draw_every_rung_once(self) -> None:
        lines = list(mermaid(BOOK.trigger("cart_abandonment")))
        assert [line for line in lines if "a mail" in line] == [
            '    rung0 -- "not opened or clicked within 2 hours; every gate again" --> rung1["a mail"]'
        ]
        assert lines[-1] == '    rung3 --> over(["the end of the ladder"])'


def test_whom_the_shop_leaves_out_is_told_of_promotional_triggers_alone() -> None:
    policy = make_policy(leave_out=user.segments.contains("staff"))
    told = "The shop leaves out people of whom this is true: they are in the group \u201cstaff\u201d."
    setting = Setting(trigger(), policy, {})
    assert told in tuple(sentences(setting.trigger, policy))
    assert Reason.NOT_IN_AUDIENCE in {each.reason for each in silences(setting)}
    owed = trigger(purpose="transactional")
    assert told not in tuple(sentences(owed, policy))
    assert Reason.NOT_IN_AUDIENCE not in {each.reason for each in silences(Setting(owed, policy, {}))}


def test_show_tells_all_there_is(capsys: pytest.CaptureFixture[str]) -> None:
    show.run("cart_abandonment")
    told = capsys.readouterr().out
    for each in ("does not order within 30 minutes", "level 2", "a WhatsApp message", "1 segment", "unless_met"):
        assert each in told


def test_show_draws_the_run_in_words_and_wraps_what_is_too_long(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(show, "out", Console(width=80, highlight=False, soft_wrap=True))
    show.run("time_alert")
    told = capsys.readouterr().out
    drawing = " ".join(re.sub("[│├└─]", " ", told[: told.index("Each deadline")]).split())
    assert "1 day before the time it names as “ends_at”, or else at the time it names as “remind_at” they" in drawing
    assert "take a product off the wish list: silence (unless_met)" in drawing
    assert "moment(" not in drawing


def test_show_without_a_name_lists_all(capsys: pytest.CaptureFixture[str]) -> None:
    show.run()
    told = capsys.readouterr().out
    assert all(each in told for each in BOOK.ids)


def _of_module(gate: Any) -> list[Any]:
    gates = (*PERSON_GATES, *RUNG_GATES, *MESSAGE_GATES)
    return [other for other in gates if other.check.__module__ == gate.check.__module__]


def _named_in(gate: Any) -> set[Reason]:
    """The reasons that the gate's module names."""
    import inspect  # noqa: PLC0415

    module = inspect.getmodule(gate.check)
    assert module is not None
    nodes = ast.walk(ast.parse(inspect.getsource(module)))
    return {
        Reason[node.attr]
        for node in nodes
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "Reason"
    }
