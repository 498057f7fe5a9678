"""Everything a decision may look at."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from nudgekit.decide.on_offer import on_offer
from nudgekit.decide.supply import NOTHING, Draw, Supply
from nudgekit.language.offer import Terms
from nudgekit.language.policy import Policy
from nudgekit.language.scope import Scope
from nudgekit.language.trigger import Trigger
from nudgekit.law.places import Places, places_of
from nudgekit.law.zones import Zones, zones_of
from nudgekit.model.base import Channel, from_ms
from nudgekit.model.catalogue import Product
from nudgekit.model.consent import Consent
from nudgekit.model.facts import Cart, Facts
from nudgekit.model.ledger import Entry, Ledger
from nudgekit.model.message import Content
from nudgekit.model.offer import Promise
from nudgekit.model.operation import Operation
from nudgekit.model.profile import Profile
from nudgekit.model.run import Run


class Neighbours(NamedTuple):
    """Those who have one of a person's addresses as well: their ledgers, and whether there are too many to know all."""

    ledgers: tuple[Ledger, ...]
    crowd: bool = False

    def entries(self, channels: tuple[str, ...]) -> list[Entry]:
        """Their messages on `channels`."""
        return [entry for ledger in self.ledgers for entry in ledger.entries if entry.channel in channels]


_PROFILE, _FACTS, _CONSENT, _LEDGER, _OPERATION = Profile(), Facts(), Consent(), Ledger(), Operation()
"""Of somebody nothing is known about."""


@dataclass(slots=True)
class Case:
    """One run with all that is known about its person, at one moment. Gates read it and change nothing.

    Attributes:
        content: the rendered message, once there is one: only the gates that are asked after rendering may look at it.
        message: the id of the message that is being handed off, which counts against no cap itself.
        about: the product that this message is about; empty: none, or the run's own.
        variant: which of the trigger's variants the message is written in; empty: it has none.
        others: the other triggers of the shop; loaded when asked for.
        reached: how many people the trigger has reached lately, for its safety limit.
        promise: what the message may promise, once that was asked.
        draw: the code that has to be leased for it; None: the person has it already.
        supply: what there is of an offer; asked only for somebody who may get it.
        unit: who is held out and experimented with as one; the person unless told otherwise.
        pick: finds what the message recommends; it is looked up when asked for.
        neighbours: by channel, those who share the person's address there.
        zones: all the zones that the person may be in.
        zone: the first of them.
    """

    trigger: Trigger
    policy: Policy
    run: Run
    now: datetime
    profile: Profile = _PROFILE
    facts: Facts = _FACTS
    consent: Consent = _CONSENT
    ledger: Ledger = _LEDGER
    products: Mapping[str, Product] = field(default_factory=dict)
    operation: Operation = _OPERATION
    content: Content | None = None
    neighbours: Mapping[Channel, Neighbours] = field(default_factory=dict)
    message: str | None = None
    about: str = ""
    variant: str = ""
    others: Callable[[], Sequence[Trigger]] = tuple
    promise: Promise | None = None
    draw: Draw | None = None
    supply: Callable[[Terms], Supply] = lambda _: NOTHING
    reached: int = 0
    pick: Callable[[], tuple[Product, ...]] = tuple
    unit: str = ""
    cart: Cart = field(init=False)
    zones: Zones = field(init=False)
    zone: ZoneInfo = field(init=False)
    active_at: datetime = field(init=False)
    _latest: tuple[str, ...] = field(init=False, default=())

    def __post_init__(self) -> None:
        self.unit = self.unit or self.run.person
        self.cart = self.facts.cart(self.run.key if self.trigger.per == "cart_id" else "")
        self.zones = zones_of(self.profile, self.facts.zone and self.facts.zone[2], self.policy.default_timezone)
        self.zone = self.zones.zones[0]
        started_at = self.last_time(self.trigger.start_events)
        if self.trigger.per == "person" and not self.run.of_shop:
            self._latest = self.facts.latest_keys(self.trigger.start_events, "product_id", self.run.occurrence)
        known = self.run.active_at
        self.active_at = known if started_at is None or started_at < known else started_at

    def last_time(self, names: tuple[str, ...]) -> datetime | None:
        """When any of the events last happened for the run's key."""
        per, key = self.trigger.per, self.run.key
        latest = 0
        for name in names:
            at = self.facts.last_ms(name, per, key)
            latest = max(latest, at)
        return from_ms(latest) if latest else None

    def stopped_at(self) -> datetime | None:
        """When any of the events that make the message needless last happened, as far as they concern the run."""
        keys = self.trigger.stop_keys
        plain = self.last_time(tuple(name for name in self.trigger.stop_events if name not in keys))
        same = max((self.facts.pairs.get(f"{name}|{self._own(key)}", 0) for name, key in keys.items()), default=0)
        return max((each for each in (plain, from_ms(same) if same else None) if each is not None), default=None)

    def _own(self, key: str) -> str:
        """The run's own `key=value`; no event carries an empty one."""
        value = self.item_id if key == "product_id" else self.run.about.get(key, "")
        return f"{key}={value}"

    @property
    def renewed_until(self) -> datetime | None:
        """When the run expires if it must wait for activity beyond its time; None: it may not, it ends.

        As long as it has reached nobody and no time was named, what the person does anew counts like a first start.
        """
        if self.run.handed_off or self.trigger.at is not None or self.trigger.until is not None:
            return None
        return self.active_at + self.trigger.expires_after

    @property
    def places(self) -> Places:
        """Where the person is in the law's sense."""
        return places_of(self.profile)

    @property
    def days(self) -> frozenset[date]:
        """The dates that clocks show where the person may be."""
        return frozenset(self.now.astimezone(zone).date() for zone in self.zones.zones)

    @property
    def scope(self) -> Scope:
        """What the rule's conditions are asked about."""
        return Scope(
            self.profile,
            self.facts,
            self.cart,
            self.now,
            self.run.about,
            self.item,
            self.item_id,
            self.policy.currency,
        )

    @property
    def on_offer(self) -> Cart:
        """The cart as messages show it: without what is sold out, at today's prices."""
        return on_offer(self.cart, self.products, self.policy.currency)

    @property
    def item_id(self) -> str:
        """Which product the run is about; empty: none.

        It is the run's key; of a run that lasts as long as the person goes on, a product of the latest of its start
        events; else the first product of its start event. A message that was written stays about what it was about.
        """
        if self.about:
            return self.about
        if self.trigger.per == "product_id":
            return self.run.key
        first = next(iter(self.run.items), "")
        return first if not self._latest or first in self._latest else self._latest[0]

    @property
    def items(self) -> tuple[str, ...]:
        """The products that the run is about: of its start event, or of what came after it."""
        return self._latest or self.run.items

    @property
    def picks(self) -> tuple[Product, ...]:
        """What the message recommends; nothing when there is too little."""
        return self.pick()

    @property
    def item(self) -> Product | None:
        """That product, as the catalogue has it."""
        return self.products.get(self.item_id)
