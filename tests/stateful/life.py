"""Random lives of people, and a driver that plays them on the real handlers while the naive model looks on."""

import json
import random
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import cache
from typing import Any, NamedTuple

import pytest

from nudgekit import load_book
from nudgekit.errors import Throttled
from nudgekit.model.base import from_ms, to_ms
from nudgekit.model.message import LOST, Message
from nudgekit.model.profile import address_mark
from nudgekit.model.reasons import Reason
from nudgekit.model.run import Run
from nudgekit.runs import operation
from nudgekit.runs.documents import Kind, Put
from nudgekit.runs.ports import Accepted, Refused
from nudgekit.runs.receipts import Receipt, write_receipt
from nudgekit.runs.signals import wake_up_body
from tests.functional.deployment import ROOT, fixture
from tests.stateful.model import RULES, Claim, Life, Shop, utc
from tests.yard import Answer, StrictStore, Yard

PEOPLE = ("ann", "bob", "eve")
CARTS, PRODUCTS = ("c1", "c2"), ("mug", "pot", "fan")
CHANNELS = ("push", "email", "sms", "whatsapp")
ZONES = ("America/New_York", "Europe/Berlin", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia")
STARTS = (utc(2026, 3, 5), utc(2026, 3, 26, 12), utc(2026, 10, 22, 18), utc(2026, 6, 10, 12))
REDELIVERY = timedelta(seconds=130)
LONGEST_QUEUED = 40
"""Deliveries of one record after which a life is stuck."""


_WRITERS = {"Consent Updated": "consent", "Product Updated": "project_catalogue"}


class Step(NamedTuple):
    """One thing that happens."""

    kind: str
    given: dict[str, Any]


class Violation(BaseException):
    """The engine did what the model forbids, or left undone what it demands. Nothing in the engine may catch it."""


class Item(NamedTuple):
    """One message on a queue."""

    ready: datetime
    function: str
    body: str
    tries: int = 1


class Noting(StrictStore):
    """A store that remembers the writes since it was last asked."""

    def __init__(self) -> None:
        super().__init__()
        self.written: list[Put] = []

    def commit(self, puts: Any) -> None:
        super().commit(puts)
        self.written.extend(puts)


# ------------------------------------------------------------------------------------------ the generator


def script(seed: int, length: int) -> list[Step]:
    """A random life, the same for the same seed."""
    rng = random.Random(seed)
    steps = [Step("start", {"at": rng.choice(STARTS)})]
    for person in PEOPLE:
        if rng.random() < 0.9:
            steps.append(_profile(rng, person, whole=True))
        steps += [
            _consent(rng, person, channel, purpose, topic, granted=0.85)
            for channel in CHANNELS
            for purpose, topic in (("promotional", ""), ("promotional", "ideas"), ("transactional", ""))
            if rng.random() < {"": 0.8, "ideas": 0.3}[topic] * (0.3 if purpose == "transactional" else 1)
        ]
    return [*steps, *(_step(rng) for _ in range(length))]


def _step(rng: random.Random) -> Step:  # noqa: C901, PLR0911  one line a kind
    kinds = {
        "pass": 26, "event": 34, "consent": 7, "profile": 4, "stock": 3, "receipt": 9, "repeat": 6, "hold": 4,
        "provider": 4, "wake": 3, "stop": 2,
    }  # fmt: skip
    kind = rng.choices(list(kinds), list(kinds.values()))[0]
    person = rng.choice(PEOPLE)
    match kind:
        case "pass":
            minutes = rng.choice((1, 5, 20, 31, 60, 125, 240, 660, 1440, 2900))
            return Step("pass", {"minutes": minutes * rng.uniform(0.8, 1.2)})
        case "event":
            return _event(rng, person)
        case "consent":
            purpose, topic = rng.choice((("promotional", ""), ("promotional", "ideas"), ("transactional", "")))
            return _consent(rng, person, rng.choice(CHANNELS), purpose, topic, granted=0.5)
        case "profile":
            return _profile(rng, person, whole=False)
        case "stock":
            given = {"product_id": rng.choice(PRODUCTS), "stock": rng.choice((0, 0, 5))}
            return Step("event", {"name": "Product Updated", "properties": given, "late": 0.0})
        case "receipt":
            word = rng.choice(("ses_delivery", "ses_open", "ses_bounce_permanent", "ses_complaint", "ses_click"))
            return Step("receipt", {"which": rng.randrange(1 << 30), "word": word, "times": rng.choice((1, 1, 2))})
        case "repeat":
            return Step("repeat", {"which": rng.randrange(1 << 30), "later": rng.choice((0.0, 10.0, 300.0, 2000.0))})
        case "hold":
            function = rng.choice(
                ("project_profile", "consent", "deliver_push", "deliver_email", "deliver_sms", "basket")
            )
            return Step("hold", {"function": function, "minutes": rng.choice((3, 15, 50, 400, 1500))})
        case "provider":
            answer = rng.choice(("refused", "dead", "throttled", "throttled", "broken"))
            return Step("provider", {"channel": rng.choice(CHANNELS), "answer": answer, "times": rng.choice((1, 1, 3))})
        case "stop":
            scopes = ("all", "trigger:basket", "channel:push", "channel:email")
            return Step("stop", {"scope": rng.choice(scopes), "resume": rng.random() < 0.6})
    return Step("wake", {"jitter": rng.uniform(-2, 2)})


def _event(rng: random.Random, person: str) -> Step:
    name = rng.choices(
        (
            "Product Added",
            "Product Viewed",
            "Checkout Started",
            "Order Completed",
            "Product Removed",
            "Order Cancelled",
        ),
        (40, 20, 12, 13, 8, 5),
    )[0]
    product = {"product_id": rng.choice(PRODUCTS)}
    priced = {**product, "price": rng.choice(("5.00", "19.99", "20.00", "45.50")), "quantity": rng.choice((1, 1, 2))}
    cart = {"cart_id": rng.choice(CARTS)} if rng.random() < 0.85 else {}
    properties = {
        "Product Added": {**cart, **priced, "currency": "EUR"},
        "Product Viewed": product,
        "Checkout Started": {
            **cart, "checkout_id": rng.choice(("k1", "k2")), "products": [{**priced, "currency": "EUR"}],
        },
        "Order Completed": {**cart, "order_id": f"o{rng.randrange(3)}"},
        "Product Removed": {**cart, **product},
        "Order Cancelled": {"order_id": f"o{rng.randrange(3)}"},
    }[name]  # fmt: skip
    late = rng.choices((0.0, rng.uniform(1, 50), rng.uniform(60, 3000)), (80, 14, 6))[0]
    zone = {"zone": rng.choice(ZONES)} if rng.random() < 0.15 else {}
    return Step("event", {"name": name, "person": person, "properties": properties, "late": late, **zone})


def _consent(rng: random.Random, person: str, channel: str, purpose: str, topic: str, granted: float) -> Step:
    given: dict[str, Any] = {"channel": channel, "purpose": purpose, "topic": topic}
    given["status"] = "granted" if rng.random() < granted else "denied"
    step = {"name": "Consent Updated", "person": person, "properties": given, "late": rng.choice((0, 0, 0, 90.0))}
    if given["status"] == "granted" and rng.random() < 0.2:
        step["lapses"] = rng.choice((0.5, 6, 30))
        given["basis"] = "implied"
    return Step("event", step)


def _profile(rng: random.Random, person: str, *, whole: bool) -> Step:
    every: dict[str, Any] = {
        "name": person.title(),
        "email": f"{person}{rng.randrange(2)}@example.com",
        "phone": rng.choice(("+4930123450", "+3361234567")) + str(PEOPLE.index(person)),
        "timezone": rng.choice(ZONES),
        "push": [{"endpoint": f"device-{person}-{rng.randrange(2)}", "platform": "fcm"}],
        "segments": rng.choice(([], [], ["staff"])),
    }
    fields = [
        each for each in every if (rng.random() < 0.85 and each != "segments") or (not whole and rng.random() < 0.3)
    ]
    return Step(
        "event",
        {
            "name": "Profile Updated",
            "person": person,
            "properties": {each: every[each] for each in fields},
            "late": 0.0,
        },
    )


# ------------------------------------------------------------------------------------------ the driver


@cache
def book() -> Any:
    """The shop of the tests, read once a process."""
    return load_book(ROOT / "tests" / "shop_rules")


class Driver:
    """Plays a life and raises `Violation` where the engine and the model part."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.yard = Yard(book(), RULES, STARTS[0])
        self.yard.store = self.store = Noting()
        self.yard.wire(patch)
        self.yard.ask = self._ask
        self.shop = Shop()
        self.queues: list[Item] = []
        self.delivered: list[tuple[str, str]] = []
        self.held: dict[str, datetime] = {}
        self.answers: dict[str, list[str]] = {channel: [] for channel in CHANNELS}
        self.runs: dict[tuple[str, str, str], Run] = {}
        self.claims: dict[str, Claim] = {}
        self.tags: list[Message] = []
        self.numbers = 0
        self.last_at = STARTS[0]
        self.happened = 0

    @property
    def now(self) -> datetime:
        return self.yard.now

    # ------------------------------------------------------------ steps

    def play(self, steps: list[Step]) -> None:
        """The whole life, then time enough for everything to end."""
        for step in steps:
            getattr(self, f"_do_{step.kind}")(**step.given)
            self.happened += 1
            self.settle()
        self.held.clear()
        self._do_stop("", resume=True)
        self.answers = {channel: [] for channel in CHANNELS}
        self.turn_to(self.now + timedelta(days=8))
        self._all_ended()

    def _do_start(self, at: datetime) -> None:
        self.yard.now = at

    def _do_pass(self, minutes: float) -> None:
        self.turn_to(self.now + timedelta(minutes=minutes))

    def _do_wake(self, jitter: float) -> None:
        """To the next wake-up, or just before or after it."""
        if self.yard.timer.queue:
            self.turn_to(max(self.now, self.yard.timer.queue[0][0] + timedelta(seconds=round(jitter))))

    def _do_event(
        self,
        name: str,
        properties: dict[str, Any],
        late: float,
        person: str = "",
        zone: str = "",
        lapses: float = 0,
    ) -> None:
        at = self._moment(self.now - timedelta(minutes=late))
        if lapses:
            properties = {**properties, "expires_at": (at + timedelta(hours=lapses)).isoformat()}
        self.numbers += 1
        detail: dict[str, Any] = {
            "message_id": f"e{self.numbers}",
            "timestamp": at.isoformat(),
            "properties": properties,
        }
        detail |= {"user_id": person} if person else {}
        detail |= {"context": {"timezone": zone}} if zone else {}
        self.publish({"source": "shop", "detail-type": name, "detail": detail})

    def _moment(self, wanted: datetime) -> datetime:
        """No two events at one millisecond: a mark that no person sees would settle which of them is the later."""
        self.numbers += 1
        whole = wanted.replace(microsecond=0)
        return whole - timedelta(seconds=1) + timedelta(milliseconds=self.numbers % 1000)

    def _do_receipt(self, which: int, word: str, times: int) -> None:
        """A word of a provider on one of the messages it took, or on one it never saw."""
        if not self.tags:
            return
        message = self.tags[which % len(self.tags)]
        receipt = fixture(f"delivery_feedback/{word}")
        receipt["detail"]["mail"]["tags"]["receipt"] = [write_receipt(Receipt(message.person, message.id))]
        receipt["time"] = self.now.isoformat()
        for part in ("delivery", "open", "click", "bounce", "complaint"):
            if part in receipt["detail"]:
                receipt["detail"][part]["timestamp"] = self.now.isoformat()
        for _ in range(times):
            self._queue("delivery_feedback", json.dumps(receipt))

    def _do_repeat(self, which: int, later: float) -> None:
        """A queue delivers something once more."""
        if self.delivered:
            function, body = self.delivered[which % len(self.delivered)]
            self._queue(function, body, self.now + timedelta(minutes=later))

    def _do_hold(self, function: str, minutes: float) -> None:
        self.held[function] = self.now + timedelta(minutes=minutes)

    def _do_stop(self, scope: str, resume: bool) -> None:
        """Somebody stops something, or lets everything go on."""
        if resume:
            for each in tuple(self.shop.stops):
                operation.resume(self.store, each)
            self.shop.stops.clear()
        else:
            operation.stop(self.store, scope, "tests", "to see what happens", self.now)
            self.shop.stops.add(scope)

    def _do_provider(self, channel: str, answer: str, times: int) -> None:
        self.answers[channel] += [answer] * times

    # ------------------------------------------------------------ queues and time

    def publish(self, event: dict[str, Any]) -> None:
        for function in self.yard.listeners(event):
            self._queue(function, json.dumps(event))

    def _queue(self, function: str, body: str, at: datetime | None = None) -> None:
        self.queues.append(Item(at or self.now, function, body))

    def _ready(self, item: Item) -> datetime:
        return max(item.ready, self.held.get(item.function, item.ready))

    def turn_to(self, moment: datetime) -> None:
        self.settle()
        while True:
            moments = [self._ready(item) for item in self.queues] + [at for at, _ in self.yard.timer.queue[:1]]
            if not moments or min(moments) > moment:
                break
            self.yard.now = max(self.now, *[min(moments)])
            self.settle()
        self.yard.now = max(self.now, moment)
        self.settle()

    def settle(self) -> None:
        """Let everything happen that is due."""
        while True:
            for wake_up in self.yard.timer.due(self.now):
                self._queue(wake_up.trigger, json.dumps(wake_up_body(wake_up)))
            ready = [item for item in self.queues if self._ready(item) <= self.now]
            if not ready:
                return
            item = ready[-1] if self.happened % 3 == 0 else ready[0]
            self.queues.remove(item)
            self._work(item)

    def _work(self, item: Item) -> None:
        if item.tries > LONGEST_QUEUED:
            raise Violation(f"{item.function} never gets done with {item.body[:300]}")
        before = len(self.yard.calls)
        self.store.written.clear()
        failed = self.yard.invoke(item.function, item.body)
        self.delivered.append((item.function, item.body))
        if failed:
            self.queues.append(item._replace(ready=self.now + REDELIVERY, tries=item.tries + 1))
        else:
            self._learn(item.function, json.loads(item.body))
        self._look()
        if item.function in RULES and not failed:
            self._hear(json.loads(item.body))
        for sent in self.yard.calls[before:]:
            if isinstance(sent.answer, Accepted):
                self.tags.append(sent.message)
        for message in self.yard.outbox.take():
            self._queue(f"deliver_{message.channel}", json.dumps({"message": message._asdict()}))
        for event in self.yard.bus.take():
            self.publish(json.loads(json.dumps(event)))
        if self.yard.letters.kept:
            raise Violation(f"given up: {self.yard.letters.kept}")

    # ------------------------------------------------------------ what the model says to it

    def _ask(self, message: Message, address: str) -> Answer:
        """The provider's side: every call is judged before it is answered."""
        self._judge_call(message, address)
        planned = self.answers[message.channel]
        answer = planned.pop(0) if planned else "accepted"
        claim = self.claims[message.id]
        if answer == "throttled":
            return Throttled("not now")
        if answer in {"refused", "dead"}:
            return Refused(Reason.REJECTED, address_dead=answer == "dead")
        if answer == "broken" and message.purpose == "transactional":
            return RuntimeError("the line went dead")  # at least once: it may be tried again
        self.shop.handed(self.now, claim)
        crowded = None if message.purpose == "transactional" else self.shop.crowded(message.person)
        if crowded:
            raise Violation(f"too much at {self.now} on {message.channel}: {crowded}")
        return RuntimeError("the line went dead") if answer == "broken" else Accepted(f"p-{message.id}")

    def _judge_call(self, message: Message, address: str) -> None:
        life = Life(message.person, message.trigger, message.run, from_ms(message.occurrence))
        run = self.runs[message.person, message.trigger, message.run]
        wrong = self.shop.reasons(life, self.now, run.items, climbing=True) - {"asked_recently", "facts_behind"}
        wrong |= self.shop.refusals(life, message.rung, self.now)
        wrong |= self.shop.pauses(life, message.rung, self.now) - {"capped"}
        if address != self.shop.address(message.person, message.channel):
            wrong.add("another address")
        taken = [claim for _, claim in self.shop.taken if claim.life == life]
        wrong |= {f"{word} before" for claim in taken for word in self._ended(life, claim)}
        if any(claim.rung >= message.rung for claim in taken):
            wrong.add("this rung or a later one was used before")
        if wrong:
            raise Violation(f"{message.trigger} on {message.channel} at {self.now}: {sorted(wrong)}")

    def _ended(self, life: Life, claim: Claim) -> set[str]:
        """What the trigger knows of a message of this life that ends the ladder."""
        until = RULES[life.rule].ladder[claim.rung].until
        ends = {"Message Opened", "Message Clicked", "complained"} | (
            {"Message Delivered"} if until == "delivered" else set()
        )
        return self.shop.news.get(claim.message, set()) & ends

    def _learn(self, function: str, body: dict[str, Any]) -> None:
        """Consent is known once `consent` has heard of it, a product by `project_catalogue`, all else by another."""
        writer = _WRITERS.get(body.get("detail-type", ""), "project_profile")
        if function == writer:
            self.shop.learn(body)

    def _hear(self, body: dict[str, Any]) -> None:
        """What a trigger has been told of its messages."""
        given = body.get("detail", {}).get("properties", {})
        if str(body.get("detail-type", "")).startswith("Message "):
            word = "complained" if given.get("reason") == "complained" else body["detail-type"]
            self.shop.news.setdefault(given["message"], set()).add(word)

    def _look(self) -> None:
        """Compare what a function wrote about runs with what the model would have it do."""
        for put in self.store.written:
            if put.ref.kind is Kind.RUN:
                run: Run = put.value
                key = (run.person, run.trigger, run.key)
                self._judge_run(self.runs.get(key), run)
                self.runs[key] = run

    def _judge_run(self, before: Run | None, run: Run) -> None:
        life = Life(run.person, run.trigger, run.key, from_ms(run.occurrence))
        if before is None or before.occurrence != run.occurrence:
            self._judge_start(before, life, run)
            return
        self._note_news(life, run)
        (self.shop.living.discard if run.outcome else self.shop.living.add)(life)
        if run.outcome:
            self.shop.ended.setdefault(life, self.now)
        known = {attempt.message for attempt in before.attempts}
        fresh = [attempt for attempt in run.attempts if attempt.message not in known]
        if fresh:
            self._judge_claim(life, before, run)
        elif before.outcome is not None:  # it hears late that a message was lost
            assert (run.outcome, run.reason) == (before.outcome, before.reason), "a run ended twice"
        elif run.outcome is not None:
            self._judge_end(life, run)
        elif run.step > before.step and run.waiting is not None:
            self._judge_wait(life, run)

    def _note_news(self, life: Life, run: Run) -> None:
        for attempt in run.attempts:
            if attempt.status in LOST and attempt.message not in self.shop.lost:
                self.shop.lost[attempt.message] = str(attempt.status)

    def _judge_start(self, before: Run | None, life: Life, run: Run) -> None:
        earlier = [
            at for at, claim in self.shop.taken if (claim.life.person, claim.life.rule, claim.life.key) == life[:3]
        ]
        if before is not None and before.outcome is None:
            raise Violation(f"{life.rule}: a life began while another was not over")
        if any(at >= life.began for at in earlier):
            raise Violation(
                f"{life.rule}: an event of {life.began} began a life after a message of {max(earlier)} about it"
            )
        self.shop.living.add(life)
        if run.expires_at != life.began + RULES[life.rule].expires:
            raise Violation(f"{life.rule}: expires at {run.expires_at}")

    def _judge_claim(self, life: Life, before: Run, run: Run) -> None:
        attempt, rule = run.attempts[-1], RULES[life.rule]
        sent = [each for each in run.attempts[:-1] if each.status not in LOST]
        wrong = self.shop.reasons(life, self.now, run.items, climbing=bool(run.attempts[:-1]))
        wrong |= self.shop.refusals(life, attempt.rung, self.now) | self.shop.pauses(life, attempt.rung, self.now)
        for rung in range(before.rung + 1, attempt.rung):
            lost = [each for each in run.attempts if each.rung == rung and each.status in LOST]
            if not lost and not self.shop.refusals(life, rung, self.now):
                wrong.add(f"rung {rung} was open")
        if sent:
            last = self.claims[sent[-1].message]
            wait = rule.ladder[last.rung].wait
            if run.attempts[-2].status not in LOST and self.now < last.at + (wait or timedelta()):
                wrong.add("the last message's time was not over")
            if last.rung >= attempt.rung:
                wrong.add("the ladder went down")
        if RULES[life.rule].holdout and self.shop.held.setdefault((life.person, life.rule), False):
            wrong.add("held out before")
        if wrong:
            raise Violation(f"{life.rule} claimed {attempt.channel} at {self.now}: {sorted(wrong)}")
        claim = Claim(from_ms(to_ms(self.now)), life, attempt.rung, attempt.message)
        self.claims[attempt.message] = claim
        self.shop.claims.append(claim)

    def _true(self, life: Life, run: Run) -> set[str]:
        """Every reason that holds, for the person or for a rung that is left."""
        found = self.shop.reasons(life, self.now, run.items, climbing=bool(run.attempts))
        if self.shop.outranked(life, self.now):
            found.add("outranked")
        if any(each.status not in LOST for each in run.attempts) and self.now >= life.began + RULES[life.rule].expires:
            found.add("expired")  # what the person does after a message makes it last no longer
        if RULES[life.rule].holdout and self.shop.held.get((life.person, life.rule), True):
            found.add("held_out")
        for rung in range(run.rung + 1, len(RULES[life.rule].ladder)):
            found |= self.shop.refusals(life, rung, self.now) | self.shop.pauses(life, rung, self.now)
        return found

    def _judge_wait(self, life: Life, run: Run) -> None:
        reason = str(run.waiting)
        if reason not in self._true(life, run):
            raise Violation(f"{life.rule} waits for {reason} at {self.now}, which is not so")
        rung, just_before = self._waiting_rung(life, run, reason), run.due_at - timedelta(seconds=1)
        channel = RULES[life.rule].ladder[rung].channel

        def closed(at: datetime) -> bool:
            return self.shop.quiet(life.person, channel, at) or self.shop.unlawful(life.person, channel, at)

        holds: dict[str, Callable[[datetime], bool]] = {
            "quiet_hours": closed,
            "legal_hours": closed,
            "capped": lambda at: self.shop.full(life.person, channel, at),
        }
        hold = holds.get(reason)
        if hold is not None and (hold(run.due_at) or not hold(just_before)):
            raise Violation(f"{life.rule} waits for {reason} from {self.now} to {run.due_at}: too short or too long")
        if reason == "still_active" and run.due_at != self.shop.active_at(life) + RULES[life.rule].within:
            raise Violation(f"{life.rule} waits for {reason} to {run.due_at}")

    def _waiting_rung(self, life: Life, run: Run, reason: str) -> int:
        rungs = range(run.rung + 1, len(RULES[life.rule].ladder))
        open_ones = [each for each in rungs if not self.shop.refusals(life, each, self.now)]
        return open_ones[0] if open_ones else min(run.rung + 1, len(RULES[life.rule].ladder) - 1)

    def _met_its_goal(self, life: Life, messages: set[str]) -> bool:
        """Whether what makes the message needless was done after the first one of the life."""
        claimed_at = [each.at for each in self.shop.claims if each.message in messages]
        done_at = self.shop.did(life, RULES[life.rule].stops)
        return done_at is not None and bool(claimed_at) and done_at > min(claimed_at)

    def _judge_end(self, life: Life, run: Run) -> None:
        reason, sent = str(run.reason), [each for each in run.attempts if each.status not in LOST]
        rungs = range(run.rung + 1, len(RULES[life.rule].ladder))
        true = self._true(life, run)
        if reason == "no_channel" and all(self.shop.refusals(life, each, self.now) for each in rungs):
            true.add(reason)
        if reason == "no_consent" and not all(self.shop.refusals(life, each, self.now) for each in rungs):
            true.discard(reason)
        if sent:
            true |= {"engaged", "delivered", "complained", "ladder_finished", "in_doubt"}
        if sent and self._met_its_goal(life, {each.message for each in sent}):
            true.add("goal_reached")
        if run.attempts:
            true |= {"all_failed", "complained"}
        if reason == "held_out":
            self.shop.held[life.person, life.rule] = True
        if reason not in true:
            raise Violation(f"{life.rule} ended with {reason} at {self.now}, which is not so; so are {sorted(true)}")
        if reason in {"ladder_finished", "all_failed"} and not sent and reason == "ladder_finished":
            raise Violation(f"{life.rule} finished a ladder without a message")

    def _all_ended(self) -> None:
        """Once all is quiet, every run is over with a reason and every message has an end."""
        if self.queues:
            raise Violation(f"something is still queued: {self.queues[:3]}")
        for key, run in self.runs.items():
            if run.outcome is None or run.reason is None:
                raise Violation(f"the run {key} has no end: {run.waiting}, due at {run.due_at}")
        for message in self._messages():
            if message.status in {"claimed", "handing_off"}:
                raise Violation(f"the message {message.id} has no end: {message.status}")

    def _messages(self) -> Iterator[Message]:
        return (self.store.get(ref).value for ref in list(self.store.rows) if ref.kind is Kind.MESSAGE)


# ------------------------------------------------------------------------------------------ playing and shrinking


def played(steps: list[Step]) -> tuple[str | None, Driver]:
    """What went wrong in a life, None if nothing did."""
    with pytest.MonkeyPatch.context() as patch:
        driver = Driver(patch)
        try:
            driver.play(steps)
        except Violation as violation:
            return str(violation), driver
        return None, driver


def shrunk(steps: list[Step], tries: int = 400) -> list[Step]:
    """A shorter life that goes wrong too."""
    size = len(steps) // 2
    while size and tries > 0:
        at = 1
        while at < len(steps) and tries > 0:
            fewer = steps[:at] + steps[at + size :]
            tries -= 1
            if played(fewer)[0] is not None:
                steps = fewer
            else:
                at += size
        size //= 2
    return steps


__all__ = ["Driver", "Step", "Violation", "address_mark", "played", "script", "shrunk"]
