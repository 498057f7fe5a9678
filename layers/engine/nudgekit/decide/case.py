"""Everything a decision may look at."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

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
from nudgekit.model.operation import Operation
from nudgekit.model.profile import Profile, unit_of
from nudgekit.model.run import Run


class Neighbours(NamedTuple):
    """Those who have one of a person's addresses as well: their ledgers, and whether there are too many to know all."""

    ledgers: tuple[Ledger, ...]
    crowd: bool = False

    def entries(self, channels: tuple[str, ...]) -> list[Entry]:
        """Their messages on `channels`."""
        return [entry for ledger in self.ledgers for entry in ledger.entries if entry.channel in channels]


@dataclass(slots=True)
class Case:
    """One run with all that is known about its person, at one moment. Gates read it and change nothing.

    `content` is the rendered message, once there is one: only the gates that are asked after rendering may look at it.
    `neighbours` are, by channel, those who share the person's address there.
    `zones` are all the zones that the person may be in, `zone` the first of them.
    """

    trigger: Trigger
    policy: Policy
    run: Run
    now: datetime
    profile: Profile = field(default_factory=Profile)
    facts: Facts = field(default_factory=Facts)
    consent: Consent = field(default_factory=Consent)
    ledger: Ledger = field(default_factory=Ledger)
    products: Mapping[str, Product] = field(default_factory=dict)
    operation: Operation = field(default_factory=Operation)
    content: Content | None = None
    neighbours: Mapping[Channel, Neighbours] = field(default_factory=dict)
    cart: Cart = field(init=False)
    zones: Zones = field(init=False)
    zone: ZoneInfo = field(init=False)
    active_at: datetime = field(init=False)

    def __post_init__(self) -> None:
        self.cart = self.facts.cart(self.run.key if self.trigger.per == "cart_id" else "")
        self.zones = zones_of(self.profile, self.facts.zone and self.facts.zone[2], self.policy.default_timezone)
        self.zone = self.zones.zones[0]
        self.active_at = max(self.run.active_at, self.last_time(self.trigger.start_events) or self.run.active_at)

    def last_time(self, names: tuple[str, ...]) -> datetime | None:
        """When any of the events last happened for the run's key."""
        at = max([self.facts.last_ms(name, self.trigger.per, self.run.key) for name in names], default=0)
        return from_ms(at) if at else None

    @property
    def places(self) -> Places:
        """Where the person is in the law's sense."""
        return places_of(self.profile)

    @property
    def unit(self) -> str:
        """What stands for the person when shares of people are drawn: the same for all who share an address."""
        return self.profile.unit or unit_of(self.run.person)

    @property
    def scope(self) -> Scope:
        """What the rule's conditions are asked about."""
        return Scope(self.profile, self.facts, self.cart, self.now)
