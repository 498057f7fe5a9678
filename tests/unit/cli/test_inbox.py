"""The inbox shows every time that something kept a trigger silent: for good, for a while, or on one channel."""

from datetime import UTC, datetime, timedelta

from nudgekit.cli.sink.engagement import Engagement
from nudgekit.cli.sink.view import ENDED, FEW, silences_of
from nudgekit.model.base import Channel
from nudgekit.model.decision import PASS, Decision, Step, Verdict
from nudgekit.model.message import Content, Message, MessageStatus
from nudgekit.model.reasons import Reason

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
WAITS = Step("quiet_hours", Channel.PUSH, Verdict("wait", Reason.QUIET_HOURS, NOON + timedelta(hours=8), ()))
SKIPS = Step("consent", Channel.EMAIL, Verdict("skip", Reason.NO_CONSENT, None, ()))


def decision(do: str, *trace: Step, number: int = 0, **fields: object) -> Decision:
    given = {"at": NOON + timedelta(minutes=number), "trigger": "t", "version": 1, "digest": "d", "run": f"k{number}"}
    return Decision(**given, occurrence=1, do=do, trace=trace, **fields)  # type: ignore[arg-type]


def told(*decisions: Decision, messages: tuple[Message, ...] = ()) -> list[tuple[str, str]]:
    engagement = Engagement(decisions=[("ada", each) for each in decisions], messages=list(messages))
    return [(str(each.reason), each.effect) for each in silences_of(engagement)]


def test_a_run_that_ended_is_told_once() -> None:
    assert told(decision("end", SKIPS, reason=Reason.NO_CONSENT)) == [("no_consent", ENDED)]


def test_a_run_that_ended_for_several_reasons_tells_each() -> None:
    unreachable = Step("reachable", Channel.PUSH, Verdict("skip", Reason.UNREACHABLE, None, ()))
    assert told(decision("end", unreachable, SKIPS, reason=Reason.NO_CHANNEL)) == [
        ("no_channel", ENDED),
        ("unreachable", "passes over push"),
        ("no_consent", "passes over email"),
    ]


def test_a_wait_says_until_when() -> None:
    waits = decision("wait", WAITS, reason=Reason.QUIET_HOURS, until=NOON + timedelta(hours=8))
    assert told(waits) == [("quiet_hours", "waits until 22 Nov 20:00")]


def test_what_is_said_after_a_message_is_no_silence() -> None:
    passed = Step("expiry", None, PASS)
    finished = decision("end", passed, reason=Reason.LADDER_FINISHED)
    assert told(decision("send", passed, message="m1"), finished) == []


def test_a_message_that_was_withheld_shows_the_decision_it_came_from() -> None:
    sent = decision("send", Step("expiry", None, PASS), message="m1")
    content = Content(channel=Channel.EMAIL, body="Hello")
    message = Message(
        id="m1",
        person="ada",
        trigger="t",
        version=1,
        run="k0",
        occurrence=1,
        rung=0,
        channel=Channel.EMAIL,
        purpose="promotional",
        content=content,
        claimed_at=NOON,
        status=MessageStatus.WITHHELD,
        reason=Reason.PRICE_ROSE,
    )
    engagement = Engagement(decisions=[("ada", sent)], messages=[message])
    (silence,) = silences_of(engagement)
    assert (silence.reason, silence.effect, silence.decision) == (Reason.PRICE_ROSE, "email withheld", sent)


def test_of_many_waits_the_first_few_are_shown_and_every_end() -> None:
    waits = [
        decision("wait", WAITS, number=number, reason=Reason.QUIET_HOURS, until=NOON + timedelta(hours=8))
        for number in range(FEW + 3)
    ]
    ends = [decision("end", SKIPS, number=number, reason=Reason.NO_CONSENT) for number in range(FEW + 3)]
    assert len(told(*waits)) == FEW
    assert len(told(*ends)) == FEW + 3
