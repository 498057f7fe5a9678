"""The gates of the law: hours, registration, do-not-call registers, WhatsApp; and overrides of the shop."""

import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from nudgekit import Override
from nudgekit.decide import hours as hours_asked
from nudgekit.decide.case import Case
from nudgekit.decide.decide import decide, may_hand_off
from nudgekit.decide.gates.do_not_call import do_not_call
from nudgekit.decide.gates.legal_hours import legal_hours
from nudgekit.decide.gates.quiet_hours import quiet_hours
from nudgekit.decide.gates.registration import registration
from nudgekit.decide.gates.whatsapp import delivered_there, held_back, service_window
from nudgekit.language.ladder import Rung
from nudgekit.language.policy import QuietHours
from nudgekit.law import hours as hours_of_the_law
from nudgekit.law.tables import read_tables, tables
from nudgekit.model.base import Channel, to_ms
from nudgekit.model.consent import Consent, Evidence, Status
from nudgekit.model.facts import Facts
from nudgekit.model.message import Content
from nudgekit.model.profile import Profile, RegisterCheck, Write, address_mark
from nudgekit.model.reasons import Reason
from tests.builders import NOON, TRIGGER, fold_at, make_case, make_event, make_policy, make_run, write

SMS, WHATSAPP, PUSH = Rung(Channel.SMS), Rung(Channel.WHATSAPP), Rung(Channel.PUSH)
SINGAPORE, INDIA, FLORIDA, LONDON = "+6591234567", "+919876543210", "+13055550123", "+447700900123"


def _person(phone: str, **fields: Any) -> Profile:
    return Profile(phone=phone, written={"phone": Write(1, "a")}, **fields)


def _case(phone: str, **changes: Any) -> Case:
    return make_case(**{"profile": _person(phone), **changes})


def _transactional(phone: str, **changes: Any) -> Case:
    return _case(phone, trigger=replace(TRIGGER, purpose="transactional"), **changes)


def _allowing(row: str) -> Any:
    override = Override(row=row, reason="our counsel's opinion", approved_by="legal", on=date(2026, 5, 1))
    return make_policy(overrides=(override,))


# Hours


def test_a_refusal_names_the_rows_the_clock_and_the_tables() -> None:
    now = datetime(2026, 6, 11, 0, tzinfo=UTC)  # 20:00 in Miami
    verdict = legal_hours(_case(FLORIDA, now=now), SMS)
    assert (verdict.answer, verdict.reason) == ("wait", Reason.LEGAL_HOURS)
    assert verdict.until == datetime(2026, 6, 11, 12, tzinfo=UTC)
    assert dict(verdict.seen) == {
        "rows": "us-sms, us-fl-sms",
        "local_time": "wed 20:00",
        "zone": "America/New_York",
        "zones": "America/New_York",
        "zone_from": "phone",
        "law": tables().mark,
    }


def test_transactional_messages_and_other_channels_have_no_hours() -> None:
    night = datetime(2026, 6, 11, 6, tzinfo=UTC)
    assert legal_hours(_transactional(FLORIDA, now=night), SMS).answer == "pass"
    assert legal_hours(_case(FLORIDA, now=night), PUSH).answer == "pass"


def test_the_refusing_clock_of_several_is_the_one_in_the_trace() -> None:
    now = datetime(2026, 6, 10, 13, tzinfo=UTC)
    case = make_case(now=now, profile=Profile(country="US", state="NY"))
    assert dict(legal_hours(case, SMS).seen)["zone"] not in {"America/New_York"}
    assert dict(legal_hours(case, SMS).seen)["zones"] == "America/New_York and 28 more"


def test_quiet_hours_hold_in_every_zone_the_person_may_be_in() -> None:
    policy = make_policy(quiet_hours=(QuietHours("push", time(21), time(8)),))
    case = make_case(now=datetime(2026, 6, 10, 13, tzinfo=UTC), profile=Profile(country="US"), policy=policy)
    verdict = quiet_hours(case, PUSH)
    assert (verdict.answer, verdict.reason) == ("wait", Reason.QUIET_HOURS)
    assert verdict.until == datetime(2026, 6, 10, 18, tzinfo=UTC)  # 08:00 in Honolulu, where it is latest
    assert dict(verdict.seen)["zone_from"] == "country"


def test_one_wait_suffices_for_law_and_quiet_hours() -> None:
    policy = make_policy(quiet_hours=(QuietHours("sms", time(19), time(11)),))
    now = datetime(2026, 6, 10, 20, 30, tzinfo=UTC)  # 21:30 in London: neither allows it
    case = _case(LONDON, now=now, policy=policy)
    assert legal_hours(case, SMS).until == quiet_hours(case, SMS).until == datetime(2026, 6, 11, 10, tzinfo=UTC)


def test_the_hours_are_asked_again_at_hand_off() -> None:
    case = _case(LONDON, now=datetime(2026, 6, 10, 20, tzinfo=UTC))
    assert may_hand_off(case, SMS)[0].reason is Reason.LEGAL_HOURS


def test_an_override_lets_the_message_go_and_says_so() -> None:
    late = datetime(2026, 6, 11, 0, 30, tzinfo=UTC)  # 20:30 in Miami: the state forbids it, the country does not
    verdict = legal_hours(_case(FLORIDA, now=late, policy=_allowing("us-fl-sms")), SMS)
    assert verdict.answer == "pass"
    told = dict(verdict.seen)["overridden"]
    assert told == "us-fl-sms: our counsel's opinion (approved by legal on 2026-05-01)"


def test_an_override_that_changes_nothing_is_not_told() -> None:
    noon = datetime(2026, 6, 10, 16, tzinfo=UTC)
    seen = dict(legal_hours(_case(FLORIDA, now=noon, policy=_allowing("us-fl-sms")), SMS).seen)
    assert seen["rows"] == "us-sms"
    assert "overridden" not in seen


def test_an_override_that_ends_the_wait_earlier_is_told() -> None:
    early = datetime(2026, 6, 10, 9, tzinfo=UTC)  # 10:00 is legal in Kentucky, 08:00 in the country
    case = _case("+15025550123", now=early)
    lifted = _case("+15025550123", now=early, policy=_allowing("us-ky-sms"))
    assert legal_hours(lifted, SMS).until == datetime(2026, 6, 10, 12, tzinfo=UTC)
    assert legal_hours(case, SMS).until == datetime(2026, 6, 10, 14, tzinfo=UTC)
    assert "overridden" in dict(legal_hours(lifted, SMS).seen)


def test_an_override_of_another_row_loosens_nothing() -> None:
    late = datetime(2026, 6, 11, 0, 30, tzinfo=UTC)
    assert legal_hours(_case(FLORIDA, now=late, policy=_allowing("us-ky-sms")), SMS).answer == "wait"


@pytest.fixture
def a_law_from_new_year(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """From 2027 on, nothing may arrive in Kiribati, nor free text without a message of the last hour."""
    rows = """
        [[hours]]
        id = "ki-sms"
        country = "KI"
        channels = ["sms"]
        purposes = ["promotional"]
        start = 08:00:00
        end = 21:00:00
        closed = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
        [[windows]]
        id = "short-window"
        channels = ["whatsapp"]
        purposes = ["promotional"]
        hours = 1
        hours_from_ad = 1
        [[pauses]]
        id = "long-pause"
        channels = ["whatsapp"]
        purposes = ["promotional"]
        hours = 48
        longest_hours = 48
        remembered_days = 30
    """
    dated = 'source = "our choice"\nread_on = 2026-11-22\nconfidence = "choice"\nvalid_from = 2027-01-01\n'
    law = read_tables({"law.toml": re.sub(r"(?m)^ +(?=id =)", dated, rows)})
    gates = (sys.modules[f"nudgekit.decide.gates.{each}"] for each in ("legal_hours", "whatsapp"))
    for module in (hours_of_the_law, hours_asked, *gates):
        monkeypatch.setattr(module, "tables", lambda: law)
    hours_of_the_law.legal_hours.cache_clear()
    yield
    hours_of_the_law.legal_hours.cache_clear()


@pytest.mark.usefixtures("a_law_from_new_year")
def test_a_row_begins_with_the_persons_own_day() -> None:
    """Where the new year comes first, the clocks show it while it is ten in the morning of the old one in UTC."""
    profile = Profile(country="KI", timezone="Pacific/Kiritimati")
    last, first = datetime(2026, 12, 31, 9, 59, 59, tzinfo=UTC), datetime(2026, 12, 31, 10, tzinfo=UTC)
    assert dict(legal_hours(make_case(now=last, profile=profile), SMS).seen)["rows"] == ""
    assert dict(legal_hours(make_case(now=first, profile=profile), SMS).seen)["rows"] == "ki-sms"


@pytest.mark.usefixtures("a_law_from_new_year")
def test_windows_and_pauses_hold_from_their_first_day_on() -> None:
    for now, answer in ((datetime(2026, 12, 30, tzinfo=UTC), "pass"), (datetime(2027, 1, 2, tzinfo=UTC), "skip")):
        two_hours_ago, a_day_ago = to_ms(now - timedelta(hours=2)), to_ms(now - timedelta(hours=30))
        heard = _case(LONDON, now=now, facts=Facts(heard={"whatsapp": two_hours_ago}), content=_template(None))
        assert service_window(heard, WHATSAPP).answer == answer
        paused = _case(LONDON, now=now, facts=Facts(held_back={"whatsapp|1": a_day_ago}))
        assert held_back(paused, WHATSAPP).answer == answer


def test_a_decision_waits_for_the_legal_moment() -> None:
    ladder = replace(TRIGGER, ladder=(SMS,))
    now = datetime(2026, 6, 11, 1, 30, tzinfo=UTC)  # 21:30 in Miami
    start = make_event(at=now - timedelta(minutes=30))
    case = _case(FLORIDA, now=now, trigger=ladder, run=make_run(start, ladder), facts=fold_at(now, start))
    decision = decide(case, write)
    assert (decision.do, decision.reason) == ("wait", Reason.LEGAL_HOURS)
    assert decision.until == datetime(2026, 6, 11, 12, tzinfo=UTC)


# Registration


def _sms(**fields: Any) -> Content:
    return Content(channel=Channel.SMS, body="hello", **fields)


def test_an_sms_to_india_needs_its_template_id() -> None:
    assert registration(_case(INDIA, content=_sms()), SMS).reason is Reason.NOT_REGISTERED
    assert registration(_case(INDIA, content=_sms(dlt_template_id="1107")), SMS).reason is Reason.NOT_REGISTERED
    assert registration(_case(INDIA, content=_sms(dlt_entity_id="1101")), SMS).reason is Reason.NOT_REGISTERED
    registered = _case(INDIA, content=_sms(dlt_template_id="1107", dlt_entity_id="1101"))
    assert registration(registered, SMS).answer == "pass"
    assert registration(_transactional(INDIA, content=_sms()), SMS).reason is Reason.NOT_REGISTERED


def test_other_countries_and_channels_need_none() -> None:
    assert registration(_case(LONDON, content=_sms()), SMS).answer == "pass"
    living_there = make_case(profile=_person(LONDON, country="IN"), content=_sms())
    assert registration(living_there, SMS).answer == "pass"
    assert registration(_case(INDIA, content=_sms()), WHATSAPP).answer == "pass"


def test_a_route_from_abroad_is_an_override() -> None:
    verdict = registration(_case(INDIA, content=_sms(), policy=_allowing("in-sms-dlt")), SMS)
    assert verdict.answer == "pass"
    assert "in-sms-dlt" in dict(verdict.seen)["overridden"]


# Do not call


def _checked(at: datetime, *, listed: bool = False, channel: str = "sms", number: str = "") -> Profile:
    check = RegisterCheck(to_ms(at), listed, number)
    return _person(SINGAPORE).model_copy(update={"checks": {f"sg-dnc|{channel}": check}})


@pytest.mark.parametrize("rung", [SMS, WHATSAPP])
def test_a_number_that_was_not_looked_up_is_left_alone(rung: Rung) -> None:
    assert do_not_call(_case(SINGAPORE), rung).reason is Reason.DO_NOT_CALL


@pytest.mark.parametrize("rung", [SMS, WHATSAPP])
@pytest.mark.parametrize(
    ("age", "answer"),
    [
        (timedelta(0), "pass"),
        (timedelta(days=21) - timedelta(milliseconds=1), "pass"),
        (timedelta(days=21), "skip"),
        (timedelta(days=22), "skip"),
    ],
)
def test_an_answer_holds_for_21_days(rung: Rung, age: timedelta, answer: str) -> None:
    assert do_not_call(make_case(now=NOON, profile=_checked(NOON - age)), rung).answer == answer


def test_a_listed_number_is_left_alone() -> None:
    verdict = do_not_call(make_case(now=NOON, profile=_checked(NOON, listed=True)), SMS)
    assert verdict.reason is Reason.DO_NOT_CALL
    assert dict(verdict.seen)["listed"] is True


def test_the_latest_answer_counts_whatever_channel_it_was_asked_for() -> None:
    profile = _checked(NOON - timedelta(days=2))
    listed = {"sg-dnc|whatsapp": RegisterCheck(to_ms(NOON - timedelta(days=1)), listed=True)}
    both = profile.model_copy(update={"checks": {**profile.checks, **listed}})
    assert do_not_call(make_case(now=NOON, profile=both), SMS).reason is Reason.DO_NOT_CALL


def test_an_answer_about_another_number_does_not_count() -> None:
    moved = _checked(NOON - timedelta(days=1)).model_copy(update={"written": {"phone": Write(to_ms(NOON), "b")}})
    assert do_not_call(make_case(now=NOON, profile=moved), SMS).reason is Reason.DO_NOT_CALL
    other = _checked(NOON, number=address_mark("+6598765432"))
    assert do_not_call(make_case(now=NOON, profile=other), SMS).reason is Reason.DO_NOT_CALL
    same = _checked(NOON, number=address_mark(SINGAPORE))
    assert do_not_call(make_case(now=NOON, profile=same), SMS).answer == "pass"


@pytest.mark.parametrize(
    ("changes", "answer"),
    [
        ({}, "pass"),
        ({"wording": None}, "skip"),
        ({"wording": ""}, "skip"),
        ({"basis": "implied"}, "skip"),
        ({"status": Status.DENIED}, "skip"),
        ({"expires_at": NOON}, "skip"),
    ],
)
def test_only_express_consent_with_its_wording_makes_the_register_needless(
    changes: dict[str, Any], answer: str
) -> None:
    given = {"channel": Channel.SMS, "status": Status.GRANTED, "basis": "express", "wording": "sms-2026-01"}
    evidence = Evidence(**{**given, "at": NOON - timedelta(days=1), "event_id": "c", **changes})
    case = _case(SINGAPORE, now=NOON, consent=Consent().heard(evidence))
    assert do_not_call(case, SMS).answer == answer


def test_other_numbers_purposes_and_channels_need_no_register() -> None:
    assert do_not_call(_case(LONDON), SMS).answer == "pass"
    assert do_not_call(_transactional(SINGAPORE), SMS).answer == "pass"
    assert do_not_call(_case(SINGAPORE), Rung(Channel.EMAIL)).answer == "pass"
    assert do_not_call(make_case(profile=Profile(country="SG")), SMS).answer == "pass"


# WhatsApp


def _template(template: str | None = "cart") -> Content:
    return Content(channel=Channel.WHATSAPP, body="hello", template=template)


def test_marketing_templates_do_not_arrive_in_the_united_states() -> None:
    assert delivered_there(_case(FLORIDA, content=_template()), WHATSAPP).reason is Reason.NOT_DELIVERED_THERE
    assert delivered_there(_case(LONDON, content=_template()), WHATSAPP).answer == "pass"
    assert delivered_there(_case("+14165550123", content=_template()), WHATSAPP).answer == "pass"
    assert delivered_there(_transactional(FLORIDA, content=_template()), WHATSAPP).answer == "pass"
    assert delivered_there(_case(FLORIDA, content=_template(None)), WHATSAPP).answer == "pass"


def test_they_did_until_april_2025() -> None:
    for day, answer in (
        (datetime(2025, 3, 31, 12, tzinfo=UTC), "pass"),
        (datetime(2025, 4, 1, 12, tzinfo=UTC), "skip"),
    ):
        assert delivered_there(_case(FLORIDA, now=day, content=_template()), WHATSAPP).answer == answer


def _heard(ago: timedelta, *, ad: bool = False) -> Facts:
    at = to_ms(NOON - ago)
    return Facts(heard={"whatsapp": at, **({"whatsapp:ad": at} if ad else {})})


@pytest.mark.parametrize(
    ("facts", "answer"),
    [
        (Facts(), "skip"),
        (Facts(heard={"sms": to_ms(NOON)}), "skip"),
        (_heard(timedelta(hours=24) - timedelta(milliseconds=1)), "pass"),
        (_heard(timedelta(hours=24)), "skip"),
        (_heard(timedelta(hours=24), ad=True), "pass"),
        (_heard(timedelta(hours=72) - timedelta(milliseconds=1), ad=True), "pass"),
        (_heard(timedelta(hours=72), ad=True), "skip"),
    ],
)
def test_free_text_only_answers_within_the_service_window(facts: Facts, answer: str) -> None:
    verdict = service_window(_case(LONDON, now=NOON, facts=facts, content=_template(None)), WHATSAPP)
    assert verdict.answer == answer
    assert verdict.reason is (None if answer == "pass" else Reason.TEMPLATE_NEEDED)
    assert service_window(_case(LONDON, now=NOON, facts=facts, content=_template()), WHATSAPP).answer == "pass"


def test_the_service_window_can_be_set_aside_and_that_is_told() -> None:
    case = _case(LONDON, content=_template(None), policy=_allowing("whatsapp-service-window"))
    verdict = service_window(case, WHATSAPP)
    assert verdict.answer == "pass"
    assert dict(verdict.seen)["overridden"].startswith("whatsapp-service-window: ")


def _paused(*hours_ago: float) -> Facts:
    times = {f"whatsapp|{number}": to_ms(NOON - timedelta(hours=ago)) for number, ago in enumerate(hours_ago)}
    return Facts(held_back=times)


@pytest.mark.parametrize(
    ("times", "gap"),
    [
        ((1.0,), 24),
        ((1.0, 30.0), 48),
        ((1.0, 30.0, 100.0), 96),
        ((1.0, 30.0, 100.0, 300.0), 168),
        ((1.0, 30.0, 100.0, 300.0, 400.0), 168),
        ((1.0, 24.0 * 31), 24),
    ],
)
def test_the_pause_after_being_held_back_grows(times: tuple[float, ...], gap: int) -> None:
    verdict = held_back(_case(LONDON, now=NOON, facts=_paused(*times)), WHATSAPP)
    assert verdict.reason is Reason.HELD_BACK
    assert verdict.answer == "skip"
    assert dict(verdict.seen)["not_before"] == NOON + timedelta(hours=gap - 1)


def test_the_pause_ends_to_the_millisecond() -> None:
    assert held_back(_case(LONDON, now=NOON - timedelta(milliseconds=1), facts=_paused(24)), WHATSAPP).answer == "skip"
    assert held_back(_case(LONDON, now=NOON, facts=_paused(24)), WHATSAPP).answer == "pass"


def test_utility_messages_other_channels_and_open_windows_are_not_held_back() -> None:
    facts = _paused(1)
    assert held_back(_transactional(LONDON, now=NOON, facts=facts), WHATSAPP).answer == "pass"
    assert held_back(_case(LONDON, now=NOON, facts=facts), SMS).answer == "pass"
    talking = facts.model_copy(update={"heard": {"whatsapp": to_ms(NOON - timedelta(hours=2))}})
    assert held_back(_case(LONDON, now=NOON, facts=talking), WHATSAPP).answer == "pass"
