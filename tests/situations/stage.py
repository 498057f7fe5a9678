"""The shop in memory plays a situation, with a clock that jumps from one happening to the next."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from nudgekit import Book
from nudgekit.decide.gates.holdout import place_of
from nudgekit.decide.release import share_of
from nudgekit.model.base import Channel, to_ms
from nudgekit.model.event import SHOP_EVENTS, Event, parse_event
from nudgekit.model.ledger import Entry, Ledger
from nudgekit.model.message import Message, MessageStatus
from nudgekit.model.offer import DRAWERS, Drawer, quota_of
from nudgekit.model.profile import Profile
from nudgekit.model.reasons import Reason
from nudgekit.model.run import Run
from nudgekit.runs.documents import Kind, Put, Ref, run_ref
from nudgekit.runs.feedback import Heard, MessageNotice, read, receive
from nudgekit.runs.offers import drawers_of
from nudgekit.runs.onsite import Answer
from nudgekit.runs.operation import resume, stop
from nudgekit.runs.ports import Refused
from nudgekit.runs.receipts import Receipt
from nudgekit.runs.reports import Report
from nudgekit.runs.rulebook import Rulebook
from nudgekit.runs.signals import Tick
from tests.situations.reading import Situation, plain, span, spell
from tests.situations.recommended import recommended
from tests.world import World

QUARTER = timedelta(minutes=15)
"""The calendar's clock ticks so often."""

_TOLD = frozenset({"waited", "ended", "withheld", "failed", "in_doubt"})
_WORDS = {"delivered": MessageStatus.DELIVERED, "opened": MessageStatus.OPENED, "clicked": MessageStatus.CLICKED}


class Stage(World):
    """Plays one situation."""

    def __init__(self, book: Book, situation: Situation) -> None:
        super().__init__(Rulebook(book, situation.trigger), situation.start.astimezone(UTC))
        self.situation = situation
        self.person = _person(self.rules, situation.given)
        self.numbers = count(1)
        self.stopped_until: datetime | None = None
        self.told: list[dict[str, str]] = []

    def play(self) -> list[dict[str, str]]:
        """What the trigger did, in order: sends, waits, ends, and what became of messages that went astray."""
        self._set()
        end = self._end()
        script = sorted(self.situation.when, key=lambda step: step[0])
        for at, step in script:
            self._wake_up_to(at.astimezone(UTC), inclusive=False)
            self.now = at.astimezone(UTC)
            self._happen(step)
        self._wake_up_to(end, inclusive=True)
        return self.told

    def _end(self) -> datetime:
        watch = self.situation.watch
        return (self.situation.start + (watch if watch is not None else timedelta(days=30))).astimezone(UTC)

    def _set(self) -> None:
        """What holds before the first happening."""
        given, earlier = self.situation.given, self.situation.start - timedelta(days=60)
        first = min([self.situation.start, *(at for at, step in self.situation.when if "tick" in step)]).astimezone(UTC)
        self.now = earlier.astimezone(UTC)
        self._fold("Profile Updated", {key: plain(value) for key, value in given["shopper"].items()})
        for channel, status in given.get("consent", {}).items():
            self._fold("Consent Updated", {"channel": channel, "purpose": "promotional", "status": status})
        for product_id, product in given.get("products", {}).items():
            self._fold("Product Updated", {"product_id": product_id, **product})
        recommended(self.store, given, self.situation.start)
        self._remember(given.get("messages_before", ()))
        for channel, answer in given.get("providers", {}).items():
            self._refuse(Channel(channel), answer)
        for offer in given.get("used_up", ()):
            self._use_up(offer)
        if "facts_stand_still_since" in given:
            since = self.situation.start + span(given["facts_stand_still_since"])
            self.facts_stand_still_since = since.astimezone(UTC)
        if self.rules.trigger.every is not None:  # the tick before the first one that is told of
            self.conductor.conduct(Tick(), self.conductor.read([Tick()]), first - QUARTER)

    def _remember(self, messages: Any) -> None:
        ledger = Ledger()
        for number, each in enumerate(sorted(messages, key=lambda message: span(message["at"]))):
            at = to_ms(self.situation.start + span(each["at"]))
            entry = Entry(at, f"before-{number}", each["trigger"], Channel(each["channel"]), "promotional")
            ledger = ledger.claimed(entry, "another run")
        if messages:
            self.store.commit([Put(Ref(Kind.LEDGER, self.person), ledger, 0)])

    def _use_up(self, name: str) -> None:
        """Everything that there is of an offer has been given away."""
        offer = self.rules.book.offers[name]
        given = [Drawer(given=quota_of(offer.budget, number) or 0) for number in range(DRAWERS)]
        self.store.commit([Put(ref, drawer, 0) for ref, drawer in zip(drawers_of(name), given, strict=True)])

    def _refuse(self, channel: Channel, answer: str) -> None:
        profile: Profile = self.store.get(Ref(Kind.PROFILE, self.person)).value
        refusal = Refused(_reason(answer), address_dead=answer in {Reason.BOUNCED, Reason.ADDRESS_DISABLED})
        self.providers[channel].answers[profile.address(channel) or ""] = refusal

    def _wake_up_to(self, end: datetime, *, inclusive: bool) -> None:
        """Let wake-ups come due until `end`; a queue that stands still keeps them until it runs again."""
        while (due_at := self.next_at()) is not None:
            at = max(due_at, self.stopped_until or due_at)
            if at > end or (at == end and not inclusive):
                return
            self.now = at
            self.come_due()

    def _happen(self, step: Mapping[str, Any]) -> None:
        match step:
            case {"event": name}:
                event = self._fold(name, _properties(step))
                if event.name in self.rules.trigger.start_events:
                    self.signal(event)
            case {"tick": _}:
                self.signal(Tick())
            case {"message": word, "channel": channel}:
                self._receipt(Channel(channel), word)
            case {"visits": "page"} | {"tells": _}:
                self._visit() if "visits" in step else self._say(step["tells"], step.get("answer"))
            case {"facts_catch_up": _}:
                self.catch_up()
            case {"stop": scope}:
                stop(self.store, scope, "an operator", step.get("why", "because"), self.now)
            case {"resume": scope}:
                resume(self.store, scope)
            case {"queue_stands_still_until": until}:
                self.stopped_until = (self.situation.start + span(until)).astimezone(UTC)
            case _:
                raise ValueError(f"{dict(step)} is no happening")

    def _fold(self, name: str, properties: Mapping[str, Any]) -> Event:
        detail = {
            "message_id": f"event-{next(self.numbers)}",
            "timestamp": self.now.isoformat(),
            "properties": properties,
            **({} if name in SHOP_EVENTS else {"user_id": self.person}),
        }
        event = parse_event({"source": "shop", "detail-type": name, "detail": detail}, self.now)
        self.fold(event)
        return event

    def _visit(self) -> None:
        """The shopper comes back, and the page asks what waits."""
        claim = self.visit(self.person)
        at = {"at": spell(self.now - self.situation.start)}
        if claim is None:
            self.told.append({**at, "finds": "nothing"})
        elif claim.report.outcome == "ignored":
            self.told.append({**at, "finds": "nothing", "because": str(claim.reason)})

    def _say(self, word: str, answer: str | None) -> None:
        """The page tells what the shopper did with the message that was fetched last."""
        heard = self.say(self._last(Channel.ONSITE), word, Answer(answer) if answer else None)
        assert isinstance(heard, Heard), heard
        if answer:
            at = spell(self.now - self.situation.start)
            self.told.append({"at": at, "hears": heard.events[-1]["detail-type"], "because": answer})

    def _receipt(self, channel: Channel, word: str) -> None:
        message, _ = self.providers[channel].sent[-1]
        status = _WORDS.get(word, MessageStatus.FAILED)
        reason = None if word in _WORDS else _reason(word)
        dead = reason in {Reason.BOUNCED, Reason.ADDRESS_DISABLED}
        notice = MessageNotice(Receipt(self.person, message.id), status, self.now, reason, dead)
        heard = receive(notice, read([notice], self.store))
        self.hear(heard.events)
        self.settle()

    def note(self, report: Report) -> None:
        """Remember it in the words of the situations."""
        super().note(report)
        if report.outcome == "waited" and not report.run:  # the asking of many waits, nobody's run
            return
        at = {"at": spell(self.now - self.situation.start)}
        if report.outcome == "handed_off":
            self.told.append({**at, "sends": str(report.channel), **self._promised(report), **self._said(report)})
        elif report.outcome == "waited":
            self.told.append({**at, "waits": str(report.reason)})
        elif report.outcome == "ended":
            self.told.append({**at, "ends": str(report.run_outcome), "because": str(report.reason)})
        elif report.outcome in _TOLD:
            self.told.append({**at, str(report.outcome): str(report.channel), "because": str(report.reason)})

    def _last(self, channel: Channel) -> Message:
        """What was handed over last on the channel, to a provider or to the page."""
        if channel is not Channel.ONSITE:
            return self.providers[channel].sent[-1][0]
        fetched = (each for each in self.messages() if each.channel is channel and each.handed_off_at)
        return max(fetched, key=lambda each: each.claimed_at)

    def _said(self, report: Report) -> dict[str, str]:
        """The words that the situation listens for, if it does; where they are missing, all that was said."""
        wanted = dict(enumerate(self.situation.then)).get(len(self.told), {}).get("says")
        if wanted is None:
            return {}
        content = self._last(Channel(report.channel)).content
        said = " | ".join(
            filter(None, (content.title, content.subject, content.body, content.image, content.deep_link))
        )
        return {"says": wanted if wanted in said else said}

    def _promised(self, report: Report) -> dict[str, str]:
        """The offer whose code the message shows: the person's own, which is leased and stands in the text."""
        message = self._last(Channel(report.channel))
        run: Run = self.store.get(run_ref(message.person, message.trigger, message.run)).value
        ledger: Ledger = self.store.get(Ref(Kind.LEDGER, message.person)).value
        codes = {each.promise.code for each in ledger.leases.values()}
        shown = {code for code in codes if code in message.content.model_dump_json()}
        if not message.offered or run.offer is None:
            assert not shown, "a message shows a code that it does not promise"
            return {}
        assert shown == {run.offer.code}, "a message does not show the code that it promises"
        return {"offer": run.offer.offer}


def _properties(step: Mapping[str, Any]) -> dict[str, Any]:
    given = {key: value for key, value in step.items() if key not in {"at", "event"}}
    return {key: str(value) if isinstance(value, float) else plain(value) for key, value in given.items()}


def _person(rules: Rulebook, given: Mapping[str, Any]) -> str:
    """Somebody who is in the holdout, or is not, and whom quiet hours release so long after their end."""
    share, held_out = rules.trigger.holdout, bool(given.get("held_out"))
    if held_out and not share:
        raise ValueError("the trigger holds nobody out")
    spread, after = rules.policy.spread.total_seconds(), span(given.get("released_after", "0m")).total_seconds()
    people: Iterator[str] = (f"shopper-{number}" for number in count(1))
    released = (each for each in people if int(spread * share_of("spread", each)) == after)
    return next(each for each in released if (place_of(rules.trigger.id, each) < share) == held_out)


def _reason(code: str) -> Reason:
    return next(reason for reason in Reason if reason == code)
