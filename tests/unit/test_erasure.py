"""Somebody who left a trace in every kind of document there is: all of it is given out, and nothing of it is left.

The story is told through the functions. A new kind of document makes these tests fail until it is one that the story
fills, or one that is said to be about nobody; and of those it is looked up whether it is true.
"""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from random import Random
from typing import Any, Final

import pytest

from nudgekit.adapters.bodies import pack
from nudgekit.adapters.item_keys import Tables, place
from nudgekit.book import load_book
from nudgekit.cli.scan import Words, scan
from nudgekit.language.trigger import Trigger
from nudgekit.model.base import OUTGOING
from nudgekit.model.message import MessageStatus
from nudgekit.model.profile import address_mark
from nudgekit.runs.documents import Kind, Ref, Write, codec
from tests.crash.faults import Gremlin
from tests.crash.stories import Quick
from tests.crash.town import Town
from tests.functional.deployment import ROOT, fixture

SEEDS = int(os.environ.get("NUDGEKIT_ERASURES", "10"))
MORNING = datetime(2026, 11, 2, 9, tzinfo=UTC)
ERASED = MORNING + timedelta(hours=3)
ZOE, FORMER, COOKIE = "id-zoe", "former-zoe", "4f6f1f0e-3f51-4bd8-a6a5-zoe"
IDS = (ZOE, FORMER, f"anonymous:{COOKIE}")
MAIL, EARLIER, OLDEST = "zoe@example.org", "zoe-earlier@example.org", "zoe-oldest@example.org"
PHONE, FAMILYS = "+447700900777", "+447700900778"
DEVICE = "arn:aws:sns:eu-west-1:123456789012:endpoint/GCM/shop/of-zoe"
FAMILYS_MARK = address_mark(FAMILYS)
ADDRESSES = (MAIL, EARLIER, OLDEST, PHONE, DEVICE)
WORDS = (
    *IDS,
    COOKIE,
    *ADDRESSES,
    *map(address_mark, ADDRESSES),
    "Zoe Quince",
    "trait-of-zoe",
    "cart-of-zoe",
    "ev-of-zoe",
)
"""What is hers alone: wherever one of these stands, within whatever text, she is known."""

NOBODYS: Final[Mapping[Kind, str]] = {
    Kind.SUPPRESSION: "keyed hashes and moments: all that is to be left",
    Kind.OPERATION: "what is stopped and how far folding has come",
    Kind.TALLY: "how many people, not who",
    Kind.POPULARITY: "products by day",
    Kind.REPLY: "the hash of an inbound message's id",
    Kind.PACE: "a moment",
    Kind.CALENDAR: "a moment",
    Kind.ZONES: "names of zones",
    Kind.DRAWER: "how many codes were given; whose each is stands in ledgers",
    Kind.BLOCK: "codes that are nobody's yet",
    Kind.SIMILAR: "products",
    Kind.COMPLEMENTS: "categories and products",
}
BY_OTHERS: Final = {Kind.ALIAS, Kind.FOLLOWER, Kind.PRODUCT, Kind.WAVE}
"""Stand under others' names, and name her."""


class Everybody(Quick):
    """The shop's rules, with nobody held out."""

    @property
    def trigger(self) -> Trigger:
        return replace(super().trigger, holdout=0)

    @cache  # noqa: B019  # one book a session
    def version(self, number: int) -> Trigger:
        return replace(super().version(number), holdout=0)


@cache
def rules(trigger: str) -> Everybody:
    return Everybody(load_book(ROOT / "rules"), trigger)


class Teller:
    """Puts events into a town, a minute apart."""

    def __init__(self, town: Town) -> None:
        self.town, self.at, self.number = town, MORNING - timedelta(hours=3), 0

    def tell(self, name: str, whose: str, /, **properties: Any) -> None:
        self.number += 1
        self.at += timedelta(minutes=1)
        person = (
            {"anonymous_id": whose.removeprefix("anonymous:")} if whose.startswith("anonymous:") else {"user_id": whose}
        )
        mark = "ev-of-zoe" if "zoe" in whose and FAMILYS_MARK not in properties.values() else "ev"
        detail = {"message_id": f"{mark}-{self.number}", "timestamp": self.at.isoformat(), "properties": properties}
        event = {"source": "shop.web", "detail-type": name, "detail": {**detail, **(person if whose else {})}}
        self.town.at(self.at, event)


LAMP = {
    "name": "Brass lamp", "brand": "Fern", "category": "Lighting", "price": "49.00", "currency": "GBP",
    "url": "https://shop.example/lamp", "image_url": "https://shop.example/lamp.png",
}  # fmt: skip


def a_life(town: Town) -> None:
    """Zoe as a guest, under an id that she gave up and under the one she has; and what follows."""
    said = Teller(town)
    for product, stock in (("lamp", 7), ("sofa", 0)):
        said.tell("Product Updated", "", product_id=product, stock=stock, **LAMP)
    said.tell("Product Viewed", IDS[2], product_id="sofa", **LAMP)
    said.tell("Profile Updated", FORMER, email=OLDEST, phone=FAMILYS, name="Zoe Quince", hobby="trait-of-zoe")
    said.tell("Consent Updated", FORMER, channel="sms", status="denied", address=FAMILYS_MARK)
    said.tell("Consent Updated", FORMER, channel="email", status="denied", address=address_mark(OLDEST))
    device = [{"endpoint": DEVICE, "platform": "android"}]
    said.tell("Profile Updated", ZOE, email=EARLIER, phone=PHONE, timezone="Europe/London", push=device)
    said.tell("Profile Updated", FORMER, email=MAIL)
    said.tell("Profile Updated", "lodger", phone=PHONE, timezone="Europe/London")
    said.tell("Profile Updated", "lodger", phone="+447700900123")
    said.tell("Profile Updated", "brother", phone=FAMILYS, timezone="Europe/London")
    said.tell("Identity Linked", ZOE, previous_id=FORMER)
    visit = {"user_id": ZOE, "anonymous_id": COOKIE}
    said.tell("Identity Linked", ZOE)
    town.later[-1][1]["detail"] |= visit  # type: ignore[index]
    for channel in OUTGOING:
        said.tell("Consent Updated", ZOE, channel=channel, status="granted", wording="w", source="s")
    said.tell("Listing Published", ZOE, product_id="heirloom", name="An heirloom")
    said.tell("Consent Updated", "brother", channel="push", status="granted")
    for person in (ZOE, "brother"):
        said.tell("Product Added to Wishlist", person, product_id="sofa", **LAMP)
    said.at = ERASED - timedelta(minutes=110)
    said.tell("Product Added", ZOE, cart_id="cart-of-zoe", product_id="lamp", quantity=1, **LAMP)
    said.at = ERASED - timedelta(minutes=20)
    said.tell("Product Updated", "", product_id="sofa", stock=1, **LAMP)
    helped = json.loads(json.dumps(fixture("consent/sms_help")).replace("+447700900123", PHONE))
    town.at(ERASED - timedelta(minutes=5), lambda town: town.put("consent", helped))


class Lived:
    """The town at the moment of the erasure, and what came of it.

    Attributes:
        before: every document just before.
        told: the export of that moment.
        did: what the erasure said it did.
    """

    def __init__(self, patch: pytest.MonkeyPatch, named: str = ZOE) -> None:
        self.town = Town(rules, MORNING - timedelta(days=1), Gremlin())
        self.town.wire(patch)
        a_life(self.town)
        self.before: dict[Ref, tuple[bytes, int]] = {}
        self.after: dict[Ref, tuple[bytes, int]] = {}
        self.told: dict[str, Any] = {}
        self.did: dict[str, Any] = {}
        self.town.at(ERASED, lambda town: self._erase(town, named))
        self.town.live()

    def _erase(self, town: Town, named: str) -> None:
        self.before = dict(town.store.rows)
        self.told = town.ask("person", {"export": named})
        self.did = town.ask("person", {"erase": named})
        self.after = dict(town.store.rows)


Rows = Mapping[Ref, tuple[bytes, int]]


def naming(rows: Rows) -> set[Ref]:
    """Every document in which one of her words stands, in its name or anywhere in its text.

    The lodger had her number once, and said so himself.
    """
    his = {PHONE, address_mark(PHONE)}
    sought = {ref: [word for word in WORDS if ref.owner != "lodger" or word not in his] for ref in rows}
    return {ref for ref, words in sought.items() if any(word in f"{ref[1:]} {rows[ref][0].decode()}" for word in words)}


@pytest.fixture(scope="module")
def lived() -> Iterator[Lived]:
    with pytest.MonkeyPatch.context() as patch:
        yield Lived(patch)


def test_the_story_leaves_a_trace_in_every_kind_of_document(lived: Lived) -> None:
    assert {ref.kind for ref in naming(lived.before)} == set(Kind) - NOBODYS.keys()
    messages = [json.loads(body) for ref, (body, _) in lived.before.items() if ref.kind is Kind.MESSAGE]
    assert {each["status"] for each in messages} >= {MessageStatus.HANDED_OFF, MessageStatus.CLAIMED}


def test_whoever_asks_is_given_all_of_it_as_one_text(lived: Lived) -> None:
    told = json.loads(json.dumps(lived.told))
    shelves = [document for alias in told["aliases"] for document in alias["said"]]
    given = {(each["kind"], each["id"], each["name"]) for each in (*told["documents"], *shelves)}
    things = {name for each in told["documents"] if each["kind"] == "following" for name in each["value"]["things"]}
    for ref in naming(lived.before):
        match ref.kind:
            case Kind.FOLLOWER:
                assert ref.owner in things
            case Kind.PRODUCT:
                assert {name for kind, _, name in given if kind == "selling"} == {ref.owner}
            case Kind.ALIAS:
                assert ref.owner in {each["address"] for each in told["aliases"]}
            case Kind.WAVE:
                assert {"trigger": ref.owner, "name": ref.name} in told["waves"]
            case _:
                assert (ref.kind, ref.owner, ref.name) in given
    assert set(told["ids"]) == set(IDS)
    assert {each["wake_up"]["person"] for each in told["wake_ups"]} >= {ZOE, IDS[2]}
    assert not {"lodger", "brother"} & set(json.dumps(told).replace('"', " ").split())


@pytest.mark.parametrize("named", IDS)
def test_nothing_is_left_but_keyed_hashes(named: str, monkeypatch: pytest.MonkeyPatch) -> None:
    lived = Lived(monkeypatch, named)
    assert naming(lived.before)
    for rows in (lived.after, lived.town.store.rows):  # at once, and when everything under way has come to an end
        assert naming(rows) == set()
    assert not [wake_up for _, wake_up in lived.town.timer.queue if wake_up.person in IDS]
    assert not {ref for ref, place in lived.town.store.places.items() if any(word in place.rank for word in WORDS)}
    fresh = {ref for ref in lived.after if ref not in lived.before}
    assert {ref.kind for ref in fresh} == {Kind.SUPPRESSION}
    assert len(fresh) == len((*IDS, *ADDRESSES, FAMILYS))
    assert {lived.after[ref][0] for ref in fresh} == {b'{"at":"2026-11-02T12:00:00Z"}'}
    assert lived.town.ask("person", {"verify": named}) == {"left": [], "suppressed": True}


def test_others_keep_what_is_theirs(lived: Lived) -> None:
    def theirs(rows: Rows) -> dict[Ref, tuple[bytes, int]]:
        return {ref: each for ref, each in rows.items() if ref.owner in {"lodger", "brother"}}

    assert theirs(lived.before) == theirs(lived.after)
    assert lived.town.store.get(Ref(Kind.PRODUCT, "heirloom")).value.name == "An heirloom"
    assert lived.town.store.get(Ref(Kind.ALIAS, f"phone#{FAMILYS_MARK}")).value == ("brother",)
    asked = {run.person for run in lived.town.runs() if run.trigger == "back_in_stock"}
    assert asked == {"brother"}, "the wave that had come as far as her went on"


def test_erasing_again_changes_nothing_but_the_moment(lived: Lived) -> None:
    before = lived.town.store.rows.keys()
    for each in (*IDS, ZOE):
        assert lived.town.ask("person", {"erase": each})["documents"] == 0
    assert lived.town.store.rows.keys() == before


def test_whatever_is_imported_again_makes_nobody_anew(lived: Lived) -> None:
    sent, moment = len(lived.town.taken()), lived.town.now
    again = Town(rules, MORNING - timedelta(days=1), Gremlin())
    a_life(again)
    Teller(again).tell("Listing Published", ZOE, product_id="locket", name="A locket")  # which was never heard of
    for _, event in again.later:
        if isinstance(event, Mapping):
            lived.town.at(moment, event)
    lived.town.live()
    assert naming(lived.town.store.rows) == set()
    assert lived.town.store.get(Ref(Kind.PRODUCT, "locket")).value.name == "A locket"
    assert len([each for each in lived.town.taken()[sent:] if each.person in IDS]) == 0


def test_every_document_that_might_be_left_is_found(lived: Lived) -> None:
    """By the function, which looks under the person's ids, or by the command, which looks through every row."""
    found = {}
    for ref in naming(lived.before):
        left = {**lived.after, ref: lived.before[ref]}
        found[ref] = list(scan(shelves(left), Words(IDS, (*ADDRESSES, "Zoe Quince"))))
    by_the_address = {ref for ref in found if ref.owner.startswith("address:")}
    assert {ref for ref in found if not found[ref]} == by_the_address
    assert list(scan(shelves(lived.after), Words(IDS, (*ADDRESSES, "Zoe Quince")))) == []


def shelves(rows: Rows) -> Any:
    return Shelves(rows)


class Shelves:
    """A stack with three tables of these documents, as far as a scan needs it."""

    tables = ("profiles", "engagement", "catalogue")

    def __init__(self, rows: Rows) -> None:
        self.items: dict[str, list[dict[str, Any]]] = {table: [] for table in self.tables}
        for ref, (body, _) in rows.items():
            packed = pack(ref.kind, codec(ref.kind).validate_json(body))
            where = place(ref, Tables(*self.tables))
            self.items[where.table].append({"pk": {"S": where.pk}, "sk": {"S": where.sk}, "body": {"B": packed}})

    def client(self, _service: str) -> "Shelves":
        return self

    def scan(self, TableName: str, **_: object) -> dict[str, Any]:  # noqa: N803  # boto3's word
        return {"Items": self.items[TableName]}


class Interrupted:
    """A life in which somebody erases Zoe between the reading and the writing of whatever is under way just then.

    Args:
        patch: wires the functions.
        seed: decides the order of queues, which write is the one, and what happens between two steps of the erasure.
        most: the erasure comes before one of so many first writes.
    """

    def __init__(self, patch: pytest.MonkeyPatch, seed: int, most: int = 170) -> None:
        self.chance = Random(seed)
        self.town = Town(rules, MORNING - timedelta(days=1), Gremlin(), seed)
        self.town.wire(patch)
        a_life(self.town)
        self.left, self.erasing, self.struck = self.chance.randrange(1, most), False, ""
        self.write = self.town.store.commit
        self.town.store.commit = self._commit  # type: ignore[method-assign]
        self.town.live()

    def _commit(self, puts: Sequence[Write]) -> None:
        self.left -= 1
        if self.left == 0:
            self.struck = self.town.gremlin.function
            self._erase()
        elif self.erasing and self.chance.random() < 0.3:
            self.erasing = False
            self.town._work()  # of all that is under way, one batch
            self.erasing = True
        self.write(puts)

    def _erase(self) -> None:
        """Of the three ids some may not be one person yet. What she would do from now on she does not do."""
        self.town.later = [each for each in self.town.later if callable(each[1]) or "zoe" not in json.dumps(each[1])]
        function, self.erasing = self.town.gremlin.function, True
        for named in self.chance.sample(IDS, len(IDS)):
            self.town.ask("person", {"erase": named})
        self.erasing, self.town.gremlin.function = False, function


def test_whenever_somebody_is_erased_nothing_comes_of_what_was_under_way(monkeypatch: pytest.MonkeyPatch) -> None:
    struck = set()
    for seed in range(SEEDS):
        with monkeypatch.context() as patch:
            life = Interrupted(patch, seed)
        struck.add(life.struck)
        assert naming(life.town.store.rows) == set(), f"seed {seed}, at {life.struck}"
        assert not [wake_up for _, wake_up in life.town.timer.queue if wake_up.person in IDS], f"seed {seed}"
    assert len(struck) > min(SEEDS / 3, 8)
