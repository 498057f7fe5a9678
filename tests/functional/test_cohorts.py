"""People are found in bulk: the same in memory and in DynamoDB, and wherever their profile is written."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from nudgekit.adapters.dynamodb import DynamoStore
from nudgekit.adapters.memory import MemoryStore
from nudgekit.model.event import Event
from nudgekit.model.follower import Follower, rank_of
from nudgekit.model.profile import Profile
from nudgekit.runs.cohorts import HOME, SHARDS, everyone_in, followers_of, shard_of
from nudgekit.runs.documents import ZONES, Delete, InCohort, Kind, Put, Ref
from nudgekit.runs.merge import identities, merge
from nudgekit.runs.project import project
from nudgekit.runs.suppression import Suppression
from tests.builders import NOON, make_event

PART = "product_id=mug#0"

Store = DynamoStore | MemoryStore


@pytest.fixture(params=["memory", "dynamodb"])
def stored(request: pytest.FixtureRequest) -> Store:
    if request.param == "memory":
        return MemoryStore()
    found: DynamoStore = request.getfixturevalue("store")
    return found


def people_in(store: Store, zone: str) -> set[str]:
    pages = (store.page(Kind.PROFILE, everyone_in(zone, shard), "", 10) for shard in range(SHARDS))
    return {person for page in pages for person in page.people}


def zones(store: Store) -> tuple[str, ...]:
    found = store.read([ZONES])
    return found[ZONES].value if found else ()


def tell(store: Store, *events: Event) -> None:
    for event in events:
        answers = project([event], store, event.at, Suppression(b"k" * 32))
        assert not [each for each in answers.values() if isinstance(each, Exception)]


def described(at_minutes: int = 0, person: str = "ada", **given: object) -> Event:
    return make_event("Profile Updated", NOON + timedelta(minutes=at_minutes), given, person=person)


def seen(at_minutes: int, zone: str, person: str = "ada") -> Event:
    at = NOON + timedelta(minutes=at_minutes)
    return make_event("Page Viewed", at, {}, person=person, context={"timezone": zone})


def test_pages_go_on_behind_the_last_one_and_end(stored: Store) -> None:
    for number in range(5):
        place = InCohort(PART, f"00{number}#p{number}")
        stored.commit(
            [Put(Ref(Kind.FOLLOWER, "product_id=mug", f"p{number}"), Follower(since=0, at=0), 0, cohort=place)]
        )
    first = stored.page(Kind.FOLLOWER, PART, "", 2)
    assert (first.people, first.ranks) == (("p0", "p1"), ("000#p0", "001#p1"))
    second = stored.page(Kind.FOLLOWER, PART, first.after, 10)
    assert (second.people, second.after) == (("p2", "p3", "p4"), "")
    assert stored.page(Kind.FOLLOWER, "product_id=other#0", "", 10).people == ()


def test_who_stops_following_is_found_no_more(stored: Store) -> None:
    ref, part = Ref(Kind.FOLLOWER, "brand=fern", "ada"), followers_of("brand", "fern")[0]
    stored.commit([Put(ref, Follower(since=1, at=1), 0, cohort=InCohort(part, "1#ada"))])
    stored.commit([Delete(ref, 1)])
    assert stored.page(Kind.FOLLOWER, part, "", 10).people == ()


def test_who_came_first_stands_first() -> None:
    early, late = (rank_of(since, "ada") for since in (999, 1000))
    assert early < late


def test_a_profile_is_found_by_the_zone_it_names(stored: Store) -> None:
    tell(
        stored,
        described(timezone="Europe/Berlin"),
        described(person="eve", country="JP"),
        described(person="bob", name="B"),
    )
    assert people_in(stored, "Europe/Berlin") == {"ada"}
    assert people_in(stored, "Asia/Tokyo") == {"eve"}
    assert people_in(stored, HOME) == {"bob"}
    assert zones(stored) == ("Asia/Tokyo", "Europe/Berlin", HOME)


def test_it_moves_when_the_person_names_another_or_their_device_does(stored: Store) -> None:
    tell(stored, described(name="Ada"), seen(1, "Europe/Paris"))
    assert people_in(stored, "Europe/Paris") == {"ada"}
    tell(stored, seen(2, "America/Denver"), seen(0, "Asia/Tokyo"))
    assert people_in(stored, "America/Denver") == {"ada"}
    tell(stored, described(3, timezone="Europe/Berlin"), seen(4, "Europe/Paris"))
    assert people_in(stored, "Europe/Berlin") == {"ada"}
    assert [zone for zone in zones(stored) if people_in(stored, zone)] == ["Europe/Berlin"]


def test_a_device_that_was_seen_first_counts_once_there_is_a_profile(stored: Store) -> None:
    tell(stored, seen(0, "Europe/Paris"))
    assert zones(stored) == ()
    tell(stored, described(1, name="Ada"))
    assert people_in(stored, "Europe/Paris") == {"ada"}


Change = Callable[[], Event]


LATER = NOON + timedelta(minutes=5)
DISABLED = {"channel": "email", "address": "x"}
CHECKED = {"register": "r", "channel": "sms", "listed": False}


@pytest.mark.parametrize(
    "change",
    [
        lambda: described(5, email="ada@example.com"),
        lambda: described(5, person="eve", email="shared@example.com"),
        lambda: described(5, person="eve", push=[{"endpoint": "device-1", "platform": "fcm"}]),
        lambda: make_event("Address Disabled", LATER, DISABLED, person="ada"),
        lambda: make_event("Registry Checked", LATER, CHECKED, person="ada"),
    ],
)
def test_no_other_write_of_a_profile_loses_its_place(stored: Store, change: Change) -> None:
    push = [{"endpoint": "device-1", "platform": "fcm"}]
    tell(stored, described(timezone="Europe/Berlin", email="shared@example.com", push=push), change())
    assert "ada" in people_in(stored, "Europe/Berlin")


def test_a_write_that_names_no_place_places_a_profile_all_the_same(stored: Store) -> None:
    stored.commit([Put(Ref(Kind.PROFILE, "ada"), Profile(timezone="Europe/Berlin"), 0)])
    stored.commit([Put(Ref(Kind.PROFILE, "ada"), Profile(timezone="Europe/Paris"), 1, cohort=InCohort("x", "y"))])
    assert stored.page(Kind.PROFILE, everyone_in("Europe/Paris", shard_of("ada")), "", 9).people == ("ada",)
    assert people_in(stored, "Europe/Berlin") == set()


def test_whoever_is_merged_away_is_found_once_and_where_the_survivor_is(stored: Store) -> None:
    guest = "anonymous:device-1"
    tell(stored, described(person=guest, timezone="Europe/Paris"), described(1, timezone="Europe/Berlin"))
    linked = make_event("Identity Linked", NOON + timedelta(minutes=2), {"previous_id": guest}, person="ada")
    (identity,) = identities(linked)
    merge(identity, stored, linked.at, Suppression(b"k" * 32))
    assert people_in(stored, "Europe/Paris") == set()
    assert people_in(stored, "Europe/Berlin") == {"ada"}


def test_a_merge_that_brings_the_first_person_into_a_zone_lists_the_zone(stored: Store) -> None:
    tell(stored, seen(0, "Europe/Paris", "guest"), described(1, name="Ada"))
    linked = make_event("Identity Linked", NOON + timedelta(minutes=2), {"previous_id": "guest"}, person="ada")
    merge(identities(linked)[0], stored, linked.at, Suppression(b"k" * 32))
    assert people_in(stored, "Europe/Paris") == {"ada"}
    assert "Europe/Paris" in zones(stored)
