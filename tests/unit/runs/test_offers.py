"""Codes of offers: one for a person, one on every rung, back when nobody saw it, never two people's, never too many."""

import json
import shutil
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from nudgekit import load_book
from nudgekit.errors import Conflict
from nudgekit.language.offer import Offer
from nudgekit.model.base import Channel
from nudgekit.model.message import MessageStatus
from nudgekit.model.offer import DRAWERS, Drawer
from nudgekit.model.reasons import Reason
from nudgekit.model.run import Outcome
from nudgekit.runs.conduct import Conductor
from nudgekit.runs.documents import Kind, Ref, Stored, Write
from nudgekit.runs.erase import Eraser, left_of
from nudgekit.runs.export import export
from nudgekit.runs.merge import identities, merge
from nudgekit.runs.offers import drawers_of
from nudgekit.runs.pool import fill
from nudgekit.runs.ports import Ports, Refused, Store, WakeUp
from nudgekit.runs.rulebook import Rulebook
from nudgekit.runs.suppression import Suppression
from tests.builders import NOON, make_event
from tests.world import World, introduced

RULES = Path("tests/offer_rules")
H = timedelta(hours=1)
KEY = Suppression(b"a key for tests")


class Shop(World):
    """Everybody who looks at something gets a word, and who never bought a code with it."""

    def __init__(
        self, trigger: str = "visit", codes: tuple[str, ...] = (), rules: Path = RULES, **changes: Any
    ) -> None:
        super().__init__(Rulebook(load_book(rules), trigger), NOON)
        name = self.rules.trigger.offer.id  # type: ignore[union-attr]
        if changes:
            offers = dict(self.rules.book.offers)
            self.rules.book.__dict__["offers"] = {**offers, name: _changed(offers[name], **changes)}
        self.offer = name
        fill(self.store, name, codes)

    def know(self, *people: str, channels: tuple[str, ...] = ("push", "email")) -> None:
        for person in people:
            told = {"timezone": "Europe/London", "email": f"{person}@example.com"}
            told["push"] = [{"endpoint": f"device-{person}", "platform": "fcm"}]  # type: ignore[assignment]
            self.tell(make_event("Profile Updated", self.now, told, person=person))
            for channel in channels:
                said = {"channel": channel, "purpose": "promotional", "status": "granted"}
                self.tell(make_event("Consent Updated", self.now, said, person=person))

    def start(self, *people: str, at: datetime | None = None) -> None:
        name = self.rules.trigger.start_events[0]
        for person in people or ("u1",):
            self.tell(make_event(name, at or self.now, {"product_id": "mug"}, person=person))

    @property
    def drawers(self) -> list[Drawer]:
        return [self.store.get(ref).value or Drawer() for ref in drawers_of(self.offer)]

    @property
    def given(self) -> int:
        return sum(each.given for each in self.drawers)

    def lease(self, person: str = "u1") -> Any:
        ledger = self.store.get(Ref(Kind.LEDGER, person)).value
        return ledger.leases.get(self.offer) if ledger else None

    def said(self) -> list[str]:
        """What the offer's line in every trace said, in order."""
        traces = [self.store.get(ref).value for ref in sorted(self.store.rows) if ref.kind is Kind.TRACE]
        steps = [step for trace in sorted(traces, key=lambda each: each.at) for step in trace.trace]
        return [dict(step.verdict.seen)["answer"] for step in steps if step.gate == "offer"]


def _changed(offer: Offer, **changes: Any) -> Offer:
    return Offer(**{**vars(offer), **changes})


def bodies(shop: Shop) -> list[str]:
    return [message.content.body for message in sorted(shop.messages(), key=lambda each: each.claimed_at)]


def test_every_rung_of_a_run_shows_the_one_code() -> None:
    shop = introduced(Shop())
    shop.start()
    shop.turn(days=9)
    code = shop.lease().promise.code
    assert shop.sent == ["push", "email", "sms"]
    assert [code in body for body in bodies(shop)[:2]] == [True, True]
    assert shop.given == 1
    assert shop.said()[:2] == ["new", "kept"]


def test_a_rung_whose_message_shows_no_code_leases_none(tmp_path: Path) -> None:
    shutil.copytree(RULES, tmp_path / "rules")
    push = tmp_path / "rules" / "visit" / "messages" / "push.liquid"
    push.write_text(push.read_text().replace(" with {{ offer.code }}", " in the next mail"))
    shop = introduced(Shop(rules=tmp_path / "rules"))
    shop.start()
    shop.turn(hours=1)
    assert bodies(shop) == ["10% in the next mail"]
    assert (shop.given, shop.lease(), shop.run("").offer) == (0, None, None)
    shop.turn(days=9)
    code = shop.lease().promise.code
    assert [code in body for body in bodies(shop)[:2]] == [False, True]
    assert [each.offered for each in sorted(shop.messages(), key=lambda each: each.claimed_at)][:2] == [False, True]
    assert shop.given == 1


def test_a_code_that_has_ended_is_on_no_later_rung() -> None:
    shop = introduced(Shop("stack", codes=("ONE",)))
    shop.start()
    shop.turn(days=9)
    assert shop.sent == ["push", "email", "sms"]
    assert ["ONE" in body for body in bodies(shop)] == [True, True, False]
    assert shop.said() == ["new", "kept", "ended"]


def test_who_has_bought_gets_the_story_and_no_code() -> None:
    shop = introduced(Shop())
    shop.tell(make_event("Order Completed", NOON - 30 * 24 * H, {"order_id": "o"}))
    shop.start()
    shop.turn(hours=1)
    assert bodies(shop) == ["How our vases are made"]
    assert (shop.given, shop.lease(), shop.said()) == (0, None, ["not_entitled"])


@pytest.mark.parametrize("status", [MessageStatus.FAILED, MessageStatus.WITHHELD])
def test_a_code_that_nobody_saw_goes_back(status: MessageStatus) -> None:
    shop = Shop("stack", codes=("ONE",))
    shop.know("u1", channels=("push",))
    if status is MessageStatus.FAILED:
        shop.providers[Channel.PUSH].answers["device-u1"] = Refused(Reason.ADDRESS_DISABLED)
        shop.start()
        shop.turn(hours=1)
    else:
        shop.start()
        shop.now += H
        for wake_up in shop.timer.due(shop.now):
            shop.conductor.conduct(wake_up, shop.conductor.read([wake_up]), shop.now)
        assert shop.given == 1
        shop.tell(make_event("Order Completed", shop.now, {"order_id": "o"}))
        shop.settle()
    run = shop.run("")
    assert run.outcome is not None
    assert run.outcome is not Outcome.SENT
    assert (run.offer, shop.lease(), shop.given) == (None, None, 0)
    assert [code for drawer in shop.drawers for code in drawer.free] == ["ONE"]


def test_a_code_in_doubt_is_kept() -> None:
    shop = Shop("stack", codes=("ONE",))
    shop.know("u1", channels=("push",))
    shop.providers[Channel.PUSH].answers["device-u1"] = RuntimeError("no answer")
    shop.start()
    shop.turn(days=9)
    assert shop.messages()[0].status is MessageStatus.IN_DOUBT
    assert shop.given == 1
    assert shop.lease().promise.code == "ONE"


def test_a_withheld_message_that_is_tried_again_shows_the_same_code() -> None:
    shop = introduced(Shop())
    shop.providers[Channel.PUSH].answers["device-1"] = Refused(Reason.REJECTED)
    shop.start()
    shop.turn(hours=1)
    assert [message.status for message in shop.messages()] == [MessageStatus.FAILED, MessageStatus.HANDED_OFF]
    assert len({shop.lease().promise.code in body for body in bodies(shop)}) == 1
    assert shop.given == 1


def test_nobody_gets_a_second_code_before_the_first_is_used() -> None:
    shop = introduced(Shop())
    shop.start()
    shop.turn(days=12)
    first = shop.lease().promise
    shop.start()
    shop.turn(hours=1)
    again = shop.lease().promise
    assert (again.code, shop.given, shop.said()[-1]) == (first.code, 1, "renewed")
    assert again.ends == shop.messages()[-1].claimed_at + timedelta(days=7)


def test_a_life_after_the_code_was_used_gets_another() -> None:
    shop = introduced(Shop(to=_anybody()))
    pinned = shop.rules.trigger.offer
    shop.rules.book._current["visit"].__dict__["offer"] = shop.rules.book.offers["welcome"].terms("welcome")
    assert pinned != shop.rules.trigger.offer
    shop.start()
    shop.turn(hours=1)
    code = shop.lease().promise.code
    typed = code.replace("-", "").lower()
    shop.tell(make_event("Order Completed", shop.now, {"order_id": "o", "coupon": typed}))
    assert shop.lease().used_at == shop.now
    assert sum(each.used for each in shop.drawers) == 1
    shop.turn(days=12)
    shop.start()
    shop.turn(hours=1)
    assert shop.lease().promise.code != code
    assert shop.given == 2


def _anybody() -> Any:
    from nudgekit import event  # noqa: PLC0415

    return ~event("Never").happened(timedelta(days=90))


@pytest.mark.parametrize(("days_on", "answer"), [(-10, "not_yet"), (-9, "new"), (20, "new"), (21, "over")])
def test_it_is_given_from_its_first_day_to_its_last(days_on: int, answer: str) -> None:
    shop = introduced(Shop("stack", codes=("ONE",)))
    start = NOON + timedelta(days=days_on)
    if days_on < 0:
        shop = Shop("stack", codes=("ONE",))
        shop.now = start - H
        introduced(shop)
    shop.start(at=start)
    shop.turn_to(start + H)
    assert shop.said() == [answer]


def test_no_code_counts_beyond_the_last_day() -> None:
    shop = introduced(Shop("stack", codes=("ONE",)))
    shop.start(at=NOON + timedelta(days=20))
    shop.turn_to(NOON + timedelta(days=20, hours=1))
    assert shop.lease().promise.ends == datetime.fromisoformat("2026-06-30T23:00:00+00:00")


def test_a_message_whose_code_has_ended_on_the_way_is_written_anew_without_it() -> None:
    shop = introduced(Shop("stack", codes=("ONE",)))
    shop.start()
    shop.now += H
    for wake_up in shop.timer.due(shop.now):
        shop.conductor.conduct(wake_up, shop.conductor.read([wake_up]), shop.now)
    shop.now += timedelta(days=2)
    shop.settle()
    assert next(each.reason for each in shop.messages()) is Reason.OFFER_ENDED
    assert [message.content.body for message, _ in shop.providers[Channel.PUSH].sent] == ["How our vases are made"]


def test_the_held_out_lease_none_and_their_message_shows_none() -> None:
    shop = introduced(Shop("stack", codes=("ONE",)))
    shop.rules.trigger.__dict__["holdout"] = 0.999999
    shop.start()
    shop.turn(hours=1)
    assert shop.messages()[0].status is MessageStatus.HELD_OUT
    assert "ONE" not in bodies(shop)[0]
    assert (shop.given, shop.lease(), shop.run("").offer) == (0, None, None)


def test_no_message_is_kept_back_when_the_codes_are_used_up() -> None:
    shop = Shop("stack", codes=("ONE", "TWO"))
    shop.know(*"abc")
    shop.start(*"abc")
    shop.turn(hours=1)
    shown = ["ONE" in body or "TWO" in body for body in bodies(shop)]
    assert (len(shown), sum(shown), shop.given) == (3, 2, 2)
    assert Counter(shop.said()) == {"new": 2, "used_up": 1}


def work(shop: Shop, workers: int, due: list[WakeUp]) -> list[WakeUp]:
    """Everybody reads before anybody writes; what lost its race too often comes again, as from a queue."""
    ports = Ports(shop.store, shop.timer, shop.outbox)
    crowd = [Conductor(shop.rules, ports) for _ in range(workers)]
    batches = [due[number::workers] for number in range(workers)]
    snapshots = [worker.read(batch) for worker, batch in zip(crowd, batches, strict=True)]
    again = []
    for turn in range(max(map(len, batches))):
        for worker, snapshot, batch in zip(crowd, snapshots, batches, strict=True):
            for wake_up in batch[turn : turn + 1]:
                try:
                    worker.conduct(wake_up, snapshot, shop.now)
                except Conflict:
                    again.append(wake_up)
    return again


@pytest.mark.parametrize("trigger", ["visit", "stack"])
@pytest.mark.parametrize("workers", [2, 8])
def test_workers_who_all_read_the_same_give_no_code_twice_and_lose_none(trigger: str, workers: int) -> None:
    people, few = [f"p{number}" for number in range(40)], 23
    codes = tuple(f"CODE{number}" for number in range(few)) if trigger == "stack" else ()
    budget: dict[str, Any] = {} if codes else {"budget": few}
    shop = Shop(trigger, codes, **budget)
    shop.know(*people)
    shop.start(*people)
    shop.now += H
    due = shop.timer.due(shop.now) * 2  # everything is delivered twice
    while due:
        due = work(shop, workers, due)
    leases = [shop.lease(person).promise.code for person in people if shop.lease(person)]
    assert len(set(leases)) == len(leases) == few == shop.given
    shop.settle()
    shown = Counter(code for body in bodies(shop) for code in leases if body.endswith(f" {code}"))
    assert set(shown.values()) == {1}
    assert shop.said().count("used_up") == len(people) - few


@pytest.mark.parametrize("codes", [1, DRAWERS + 3, 2000])
def test_a_pool_gives_every_code_once_and_then_no_more(codes: int) -> None:
    shop = Shop("stack")
    names = [f"C{number:04d}" for number in range(codes)]
    assert fill(shop.store, "printed", [*names, names[0]]) == (codes, 1)
    assert fill(shop.store, "printed", names[:5]) == (0, len(names[:5]))
    supply = shop.conductor.codes
    snapshot = shop.conductor.read([])
    taken = []
    for number in range(min(codes + 2, 400)):
        draw = supply.supply(f"p{number}", snapshot)(shop.rules.trigger.offer).draw  # type: ignore[arg-type]
        if draw is not None:
            from nudgekit.runs.offers import put_draw  # noqa: PLC0415

            snapshot.commit(put_draw(draw))
            taken.append(draw.code)
    assert len(set(taken)) == len(taken) == min(codes, 400)
    assert fill(shop.store, "printed", names) == (0, codes)


def test_two_ids_that_are_one_person_have_the_code_that_was_promised() -> None:
    shop = Shop("stack", codes=("ONE", "TWO"))
    shop.know("phone", channels=("push",))
    shop.start("phone")
    shop.turn(hours=1)
    told = make_event("Identity Linked", shop.now, {"previous_id": "phone"}, person="account")
    (identity,) = identities(told)
    shop.tell(make_event("Profile Updated", shop.now, {"timezone": "Europe/London"}, person="account"))
    merge(identity, shop.store, shop.now, KEY)
    assert (shop.lease("account").promise.code, shop.lease("phone"), shop.given) == ("ONE", None, 1)


def test_a_code_that_was_seen_stays_promised_when_its_run_ends_for_that_of_the_known_id() -> None:
    shop = Shop("stack", codes=("ONE",))
    shop.know("phone", "account", channels=("push",))
    shop.start("phone")
    shop.turn(hours=1)
    assert shop.sent == ["push"]
    shop.start("account")
    (identity,) = identities(make_event("Identity Linked", shop.now, {"previous_id": "phone"}, person="account"))
    merge(identity, shop.store, shop.now, KEY)
    shop.turn(days=5)
    assert shop.run("", "phone").reason == "merged"
    assert (shop.lease("account").promise.code, shop.given) == ("ONE", 1)
    assert [code for each in shop.drawers for code in each.free] == []


def test_what_is_told_of_a_person_has_their_code_and_what_is_erased_keeps_it_from_everybody() -> None:
    shop = Shop("stack", codes=("ONE",))
    shop.know("u1", "u2", channels=("push",))
    shop.start("u1")
    shop.turn(hours=1)
    told = json.dumps(export("u1", shop.store, shop.timer, lambda *_: shop.rules.trigger, shop.now))
    assert "ONE" in told
    Eraser(shop.store, shop.timer, lambda *_: shop.rules.trigger, KEY).erase("u1", shop.now)
    assert left_of("u1", shop.store) == []
    shop.start("u2")
    shop.turn(hours=1)
    assert (shop.said(), shop.lease("u2")) == (["used_up"], None)
    assert sum(each.given for each in shop.drawers) == 1


class Counted:
    """A store that counts its calls."""

    def __init__(self, store: Store) -> None:
        self.store, self.calls = store, Counter[str]()

    def read(self, refs: Iterable[Ref]) -> dict[Ref, Stored]:
        self.calls["read"] += 1
        return self.store.read(refs)

    def commit(self, puts: Sequence[Write]) -> None:
        self.calls["commit"] += 1
        self.store.commit(puts)


@pytest.mark.parametrize(("trigger", "opened"), [("visit", 0), ("stack", 1)])
def test_an_offer_costs_no_call_more_but_where_a_block_is_opened(trigger: str, opened: int) -> None:
    people = [f"p{number}" for number in range(5)]
    shop = Shop(trigger, codes=tuple(f"CODE{number}" for number in range(200)) if opened else ())
    shop.know(*people)
    shop.start(*people)
    shop.now += H
    store = Counted(shop.store)
    worker = Conductor(shop.rules, Ports(store, shop.timer, shop.outbox))
    due = shop.timer.due(shop.now)
    snapshot = worker.read(due)
    for wake_up in due:
        worker.conduct(wake_up, snapshot, shop.now)
    drawers = len({shop.lease(person).drawer for person in people})
    assert store.calls == {"read": 1 + opened * drawers, "commit": len(people)}
