"""The table of tests/e2e/playbook.py in memory, with all triggers of the shop at work: a stack takes minutes."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from nudgekit.adapters.memory import MemoryOwnQueue
from nudgekit.cli.formats.parts import happened
from nudgekit.cli.recommend import build, put_rows
from nudgekit.model.base import Channel
from nudgekit.model.event import Event, parse_event
from nudgekit.model.message import Message
from nudgekit.runs.conduct import Conductor
from nudgekit.runs.onsite import Page, waiting
from nudgekit.runs.ports import MessageRef, Ports
from nudgekit.runs.rulebook import Rulebook
from nudgekit.runs.signals import News, Signal, Tick, read_signal
from tests.e2e.play import written
from tests.e2e.playbook import BOOK, PLAYBOOK, Row, others, shelves
from tests.shop import Shop
from tests.world import World

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)  # a Sunday
DAY = timedelta(days=1)


class Town(Shop):
    """All triggers of the shop's own book, with the catalogue and the calendar."""

    def __init__(self, now: datetime) -> None:
        self.books = {each: Rulebook(BOOK, each) for each in BOOK.ids}
        World.__init__(self, self.books["cart_abandonment"], now)
        self.own = {each: MemoryOwnQueue() for each in BOOK.ids}
        self.conductors = {each: Conductor(rules, self._ports(each)) for each, rules in self.books.items()}
        self.log, self.order = [], list

    def _ports(self, trigger: str) -> Ports:
        return Ports(self.store, self.timer, self.outbox, self.store, self.own[trigger])

    def hand(self, signal: Signal, trigger: str) -> Any:
        """Hand one signal to `trigger`, then let messages, their news and starts travel."""
        conductor = self.conductors[trigger]
        snapshot = conductor.read([signal])
        report = conductor.conduct(signal, snapshot, self.now)
        for each in (report, *conductor.finish(snapshot, self.now)):
            self.note(each)
        self.settle()
        return report

    def settle(self) -> None:
        """Let everything travel, until all is quiet."""
        while (messages := self.outbox.take()) or any(queue.holds(self.now) for queue in self.own.values()):
            for message in messages:
                self.deliver(message)
            self.hear(self.bus.take())
            for trigger, queue in self.own.items():
                for body in queue.due(self.now):
                    self.hand(read_signal(body, self.now), trigger)

    def hear(self, events: Sequence[Mapping[str, Any]]) -> None:
        """Let the bus tell its events to all who listen."""
        for raw in events:
            event = parse_event(raw, self.now)
            self.fold(event)
            signal = None if event.of_shop else read_signal(raw, self.now)
            self.hand(signal, signal.trigger) if isinstance(signal, News) else self._start(event)

    def _start(self, event: Event) -> None:
        for trigger, rules in self.books.items():
            if event.name in rules.trigger.start_events:
                self.hand(event, trigger)

    def turn_to(self, moment: datetime) -> None:
        """Let time pass, with every wake-up and every message of a trigger to itself on the way."""
        while (at := self._next()) is not None and at <= moment:
            self.now = max(self.now, at)
            for wake_up in self.timer.due(self.now):
                self.hand(wake_up, wake_up.trigger)
            self.settle()
        self.now = moment

    def _next(self) -> datetime | None:
        coming = [own.queue[0][0] for own in self.own.values() if own.queue]
        return min([*coming, *(at for at, *_ in self.timer.queue[:1])], default=None)

    def tick(self) -> None:
        """Let every trigger with a calendar look at it."""
        for trigger, rules in self.books.items():
            if rules.trigger.every is not None:
                self.hand(Tick(), trigger)

    def visits(self, row: Row) -> None:
        """The row's person does what they do and fetches what waits for them."""
        self.hear([each for stage in row.did(self.now) for each in stage])
        posted = waiting(row.person, self.store, self.now)[0]
        ref = MessageRef(
            posted.message, row.person, posted.trigger, posted.key, channel=Channel.ONSITE, items=posted.items
        )
        claim = Page(self.books.__getitem__, self.store).claim(ref, self.now)
        self.hear(claim.events)


def lived(folder: Path) -> Town:
    """The town at the end of a day on which everything has happened that the rows say."""
    town = Town(NOON - 26 * DAY)
    town.hear([*shelves(NOON), *(each for row in PLAYBOOK for each in row.introduced(NOON))])
    town.tick()
    for day in range(26, 0, -1):
        town.turn_to(NOON - day * DAY)
        town.hear([each for row in PLAYBOOK if town.now < row.started(NOON) for each in row.did_today(town.now)])
    town.turn_to(NOON)
    town.tick()
    put_rows(town.store, build(written(others(NOON), folder / "others.jsonl"), "segment", people=2))
    town.hear(others(NOON))
    deeds = [each for row in PLAYBOOK if not row.visits for stage in row.did(NOON) for each in stage]
    deeds.sort(key=happened)
    town.hear(deeds)
    for row in PLAYBOOK:
        if row.visits:
            town.visits(row)
    town.turn(minutes=30)
    town.hear([each for row in PLAYBOOK for each in row.said(town.now)])
    for _ in range(4):
        town.turn(hours=5)
        town.tick()
    return town


def test_every_trigger_has_one_row() -> None:
    rows = [row.trigger for row in PLAYBOOK]
    assert rows == sorted(BOOK.ids), (
        "each trigger of rules/ needs one row in PLAYBOOK of tests/e2e/playbook.py, in order"
    )


def test_every_row_leads_to_its_message(tmp_path: Path) -> None:
    town = lived(tmp_path)
    sent = {(each.person, each.trigger, each.channel): each for each in town.messages() if each.handed_off_at}
    first = {row.trigger: sent.get((row.person, row.trigger, Channel(row.channel))) for row in PLAYBOOK}
    missing = {row.trigger for row in PLAYBOOK if not _says(row, first[row.trigger])}
    assert missing == set()


def _says(row: Row, message: Message | None) -> bool:
    return message is not None and row.says in message.content.model_dump_json()
