"""Made-up people: the same for the same id, stated as made up, and spread over every way of reaching them."""

from datetime import UTC, datetime

from nudgekit.cli.devices import PREFIX
from nudgekit.cli.formats.parts import Event, event
from nudgekit.cli.people import CHANNELS, events_of, profile, strangers
from nudgekit.cli.sink.failures import failure_of
from nudgekit.model.base import Channel
from nudgekit.model.event import parse_event
from nudgekit.runs.project import evidence_of

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
PEOPLE = [str(number) for number in range(1000)]


def test_the_same_id_is_the_same_person() -> None:
    assert list(events_of("u1", NOW)) == list(events_of("u1", NOW))


def test_everything_said_fits_the_contract() -> None:
    for person in PEOPLE[:100]:
        for raw in events_of(person, NOW):
            said = parse_event(raw, NOW)
            if said.name == "Consent Updated":
                assert evidence_of(said).wording


def test_everybody_is_stated_as_made_up_and_nobody_can_be_real() -> None:
    for traits in map(profile, PEOPLE):
        assert traits["synthetic"] is True
        assert traits["name"].endswith(" Example")
        assert traits.get("email", "@example.com").endswith("example.com")
        number = traits.get("phone", "+447700900000")
        assert number.startswith("+447700900") or number[5:10] == "55501"


def test_every_way_of_reaching_somebody_is_there_and_missing() -> None:
    traits = [profile(person) for person in PEOPLE]
    for field in ("push", "email", "phone"):
        assert 0 < sum(field in each for each in traits) < len(traits)
    devices = [device["endpoint"] for each in traits for device in each.get("push", [])]
    assert any(device.startswith(f"{PREFIX}off-") for device in devices)
    assert any("staff" in each["segments"] for each in traits)
    assert len({each["timezone"] for each in traits}) > 4


def test_every_channel_is_granted_refused_and_left_open() -> None:
    for channel in CHANNELS:
        words = {_word(person, channel) for person in PEOPLE}
        assert words == {"granted", "denied", None}


def test_some_numbers_fail_in_every_way() -> None:
    numbers = [traits["phone"] for traits in map(profile, PEOPLE) if "phone" in traits]
    for channel in (Channel.SMS, Channel.WHATSAPP):
        ways = {failure.how if failure else "" for failure in (failure_of(channel, number) for number in numbers)}
        assert ways == {"", "refuse", "throttle", "lose"}


def test_strangers_are_those_who_do_something_and_have_not_introduced_themselves() -> None:
    events = [_did("Product Viewed", "looks"), _did("Product Added", "adds"), _did("Product Added", "known")]
    assert strangers([*events, _did("Profile Updated", "known")]) == ["adds"]


def _did(name: str, person: str) -> Event:
    return event("shop", name, {"user_id": person}, NOW, message_id="1", properties={})


def _word(person: str, channel: str) -> str | None:
    said = [each["detail"]["properties"] for each in events_of(person, NOW) if each["detail-type"] == "Consent Updated"]
    return next((word["status"] for word in said if word["channel"] == channel), None)
