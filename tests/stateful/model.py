"""What may be sent, worked out naively: lists of everything that happened, searched anew for every question.

Written from the documentation, not from the engine: it imports nothing of the gates, the fold or the run's life, and
has the rules and the policy of `tests/shop_rules` as plain tables of its own.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from hashlib import blake2b
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

H, M, D = timedelta(hours=1), timedelta(minutes=1), timedelta(days=1)


class Rung(NamedTuple):
    channel: str
    wait: timedelta | None = None
    until: str = "engaged"


class Rule(NamedTuple):
    purpose: str
    starts: tuple[str, ...]
    stops: tuple[str, ...]
    within: timedelta
    key: str
    ladder: tuple[Rung, ...]
    expires: timedelta
    again: timedelta | None = None
    topic: str = ""
    holdout: float = 0.0
    priority: int = 50


RULES = {
    "basket": Rule(
        "promotional", ("Product Added",), ("Order Completed",), 30 * M, "cart_id",
        (Rung("push", 2 * H), Rung("email", 20 * H), Rung("sms")),
        3 * D, again=2 * D, priority=80,
    ),
    "ideas": Rule(
        "promotional", ("Product Viewed",), ("Product Added", "Order Completed"), 1 * H, "product_id",
        (Rung("email", 6 * H, "delivered"), Rung("whatsapp")),
        1 * D, again=1 * D, topic="ideas", holdout=0.4, priority=30,
    ),
    "checkout": Rule(
        "promotional", ("Checkout Started",), ("Order Completed",), 45 * M, "checkout_id",
        (Rung("whatsapp", 3 * H), Rung("push")), 12 * H, priority=90,
    ),
    "thanks": Rule(
        "transactional", ("Order Completed",), ("Order Cancelled",), 5 * M, "order_id",
        (Rung("sms", 1 * H, "delivered"), Rung("email")), 1 * D,
    ),
}  # fmt: skip
QUIET = {"push": (time(21), time(8)), "sms": (time(20), time(9)), "whatsapp": (time(21, 30), time(8))}
CAPS: tuple[tuple[int, timedelta, frozenset[str]], ...] = (
    (2, 1 * D, frozenset({"push", "email", "sms", "whatsapp"})),
    (5, 7 * D, frozenset({"push", "email", "sms", "whatsapp"})),
    (1, 2 * D, frozenset({"sms", "whatsapp"})),
)
NUMBERS = {"+49": "Europe/Berlin", "+33": "Europe/Paris"}
TEXTS = {"+49": (time(8), time(21)), "+33": (time(8), time(22))}
"""The hours of promotional text messages by the number's country; elsewhere those of Germany."""
REST = {
    (1, 1), (4, 3), (4, 6), (5, 1), (5, 8), (5, 14), (5, 25), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25), (12, 26),
}  # fmt: skip
"""The days of 2026 on which, like on Sundays, no promotional text message may reach any part of France."""
DEFAULT_ZONE = "Europe/Berlin"
LAG = 5 * M + timedelta(milliseconds=1)
"""How much later than its decision a message may be handed off and still count from the decision on."""
FILLS = {"Product Added", "Cart Viewed", "Checkout Started"}


class Known(NamedTuple):
    """One event, as far as the facts have heard of it."""

    name: str
    at: datetime
    id: str
    properties: dict[str, Any]
    zone: str | None

    def values(self, field: str) -> tuple[str, ...]:
        if field == "product_id" and field not in self.properties:
            return tuple(each["product_id"] for each in self.properties.get("products", ()))
        return (self.properties[field],) if field in self.properties else ()

    def concerns(self, field: str, key: str) -> bool:
        """An event that names no key concerns them all."""
        return not key or not self.values(field) or key in self.values(field)


class Life(NamedTuple):
    """One life of a run: whose, of which rule and key, and the moment of the event that began it."""

    person: str
    rule: str
    key: str
    began: datetime


class Claim(NamedTuple):
    """A message that was decided on."""

    at: datetime
    life: Life
    rung: int
    message: str


class Shop:
    """Everything that happened."""

    def __init__(self) -> None:
        self.known: dict[str, list[Known]] = {}
        self.stock: dict[str, tuple[datetime, int]] = {}
        self.claims: list[Claim] = []
        self.taken: list[tuple[datetime, Claim]] = []
        self.lost: dict[str, str] = {}
        self.news: dict[str, set[str]] = {}
        self.stops: set[str] = set()
        self.living: set[Life] = set()
        self.ended: dict[Life, datetime] = {}
        self.held: dict[tuple[str, str], bool] = {}
        self.failed_at: dict[str, datetime] = {}

    def learn(self, raw: dict[str, Any]) -> None:
        """The facts have heard of an event."""
        detail = raw["detail"]
        at = datetime.fromisoformat(detail["timestamp"])
        properties = detail.get("properties", {})
        if raw["detail-type"] == "Product Updated":
            known = self.stock.get(properties["product_id"])
            if known is None or at > known[0]:
                self.stock[properties["product_id"]] = (at, properties["stock"])
            return
        heard = self.known.setdefault(detail["user_id"], [])
        if all(each.id != detail["message_id"] for each in heard):
            zone = detail.get("context", {}).get("timezone")
            heard.append(Known(raw["detail-type"], at, detail["message_id"], properties, zone))

    def of(self, person: str, names: Iterable[str]) -> list[Known]:
        """What is known of a person, the latest last."""
        return sorted((each for each in self.known.get(person, ()) if each.name in names), key=lambda each: each.at)

    def handed(self, at: datetime, claim: Claim) -> None:
        """A provider took a message, or may have. Decided on long ago, it counts from now on."""
        self.taken.append((at, claim))
        if at > claim.at + LAG:
            at = at.replace(microsecond=at.microsecond // 1000 * 1000)
            self.claims = [each._replace(at=at) if each.message == claim.message else each for each in self.claims]

    # ---------------------------------------------------------------- what a person allowed, and where they are

    def allowed(self, person: str, channel: str, purpose: str, topic: str, now: datetime) -> bool:
        said = [
            each
            for each in self.of(person, ["Consent Updated"])
            if each.properties["channel"] == channel and each.properties.get("purpose", "promotional") == purpose
        ]
        inferred = [each for each in said if each.properties.get("basis") == "implied" and not _refuses(each)]
        spoken = [each for each in said if each not in inferred]
        general, own = _about("", spoken), _about(topic, spoken) if topic else []
        since = [each.at for each in (*general, *own)]
        if own and general and own[0].at <= general[0].at and not _refuses(own[0]):
            own = []  # what is said of the channel ends what was allowed for the topic before
        if any(_grants(word, now) for word in own):
            return True
        if any(_refuses(word) for word in (*own, *general)):
            return False
        bought = [word for about in {"", topic} for word in _about(about, inferred)]
        allowed = any(_grants(word, now) and all(word.at > each for each in since) for word in bought)
        return purpose == "transactional" or allowed or any(_grants(word, now) for word in general)

    def trait(self, person: str, field: str) -> Any:
        told = [each for each in self.of(person, ["Profile Updated"]) if field in each.properties]
        return told[-1].properties[field] if told else None

    def zone(self, person: str) -> ZoneInfo:
        devices = [each for each in sorted(self.known.get(person, ()), key=lambda each: each.at) if each.zone]
        number = NUMBERS.get(str(self.trait(person, "phone"))[:3])
        return ZoneInfo(
            self.trait(person, "timezone") or (devices[-1].zone if devices else None) or number or DEFAULT_ZONE
        )

    def unlawful(self, person: str, channel: str, now: datetime) -> bool:
        """Whether the law of the number's country keeps a promotional message away at this hour."""
        if channel != "sms":
            return False
        prefix, there = str(self.trait(person, "phone"))[:3], now.astimezone(self.zone(person))
        start, end = TEXTS.get(prefix, TEXTS["+49"])
        rest = prefix == "+33" and (there.weekday() == 6 or (there.month, there.day) in REST)
        return rest or not start <= there.time() < end

    def quiet(self, person: str, channel: str, now: datetime) -> bool:
        if channel not in QUIET:
            return False
        start, end = QUIET[channel]
        clock = now.astimezone(self.zone(person)).time()
        return clock >= start or clock < end

    def address(self, person: str, channel: str) -> str | None:
        """The latest address that was not found dead after it was given."""
        told = self.of(person, ["Profile Updated"])
        field = {"push": "push", "email": "email"}.get(channel, "phone")
        given = [(each.at, device) for each in told if field in each.properties for device in _listed(each, field)]
        dead = [
            (each.at, each.properties["address"])
            for each in self.of(person, ["Address Disabled"])
            if each.properties["channel"] == channel
        ]
        if channel != "push":
            given = given[-1:]
        alive = [
            (at, address)
            for at, address in _latest_by_address(given)
            if not any(mark == _mark(address) and died >= at for died, mark in dead)
        ]
        return max(alive)[1] if alive else None

    # ---------------------------------------------------------------- what a person did

    def active_at(self, life: Life) -> datetime:
        rule = RULES[life.rule]
        starts = [each.at for each in self.of(life.person, rule.starts) if each.concerns(rule.key, life.key)]
        return max([life.began, *starts])

    def did(self, life: Life, names: Iterable[str]) -> datetime | None:
        rule = RULES[life.rule]
        done = [each.at for each in self.of(life.person, names) if each.concerns(rule.key, life.key)]
        return max(done, default=None)

    def cart(self, person: str, cart: str) -> dict[tuple[str, str], tuple[int, Decimal | None]]:
        """What lies in the cart: (cart, product) -> quantity and price; all carts together when none is named."""
        lines: dict[tuple[str, str], tuple[datetime, int, Decimal | None]] = {}
        for each in self.of(person, FILLS | {"Product Removed"}):
            for product in each.properties.get("products", [each.properties]):
                if "product_id" in product:
                    quantity = 0 if each.name == "Product Removed" else int(product.get("quantity", 1))
                    price = Decimal(product["price"]) if "price" in product else None
                    lines[each.properties.get("cart_id", ""), product["product_id"]] = (each.at, quantity, price)
        orders = self.of(person, ["Order Completed"])
        found = {}
        for (where, product), (at, quantity, price) in lines.items():
            mine = not cart or not where or where == cart
            gone = any(
                order.at >= at and order.properties.get("cart_id", "") in {"", where, cart or where} for order in orders
            )
            if mine and not gone and quantity > 0:
                found[where, product] = (quantity, price)
        return found

    def value(self, person: str, cart: str) -> Decimal | None:
        lines = self.cart(person, cart).values()
        if any(price is None for _, price in lines):
            return None
        return sum((price * quantity for quantity, price in lines if price is not None), Decimal(0))

    def sold_out(self, products: Iterable[str]) -> bool:
        asked = list(products)
        return bool(asked) and all(self.stock.get(each, (None, 1))[1] <= 0 for each in asked)

    # ---------------------------------------------------------------- the question

    def reasons(self, life: Life, now: datetime, items: Iterable[str], *, climbing: bool) -> set[str]:
        """Every reason, of those that concern the person, why nothing may go out now."""
        rule, found = RULES[life.rule], set[str]()
        if self.stops & {"all", f"trigger:{life.rule}"}:
            found.add("stopped")
        if not any(each.at >= life.began for each in self.of(life.person, rule.starts)):
            found.add("facts_behind")
        active, done = self.active_at(life), self.did(life, rule.stops)
        if done is not None and done >= active:
            found.add("unless_met")
        if now < active + rule.within:
            found.add("still_active")
        expires = life.began + rule.expires
        if now >= (expires if active + rule.within < expires else active + rule.expires):
            found.add("expired")
        found |= self._cannot_act(life, items)
        if not climbing and not self.in_audience(life):
            found.add("not_in_audience")
        if rule.again is not None and any(
            claim.life.person == life.person
            and claim.life.rule == life.rule
            and claim.life != life
            and claim.message not in self.lost
            and now < claim.at + rule.again
            for claim in self.claims
        ):
            found.add("asked_recently")
        return found

    def _cannot_act(self, life: Life, items: Iterable[str]) -> set[str]:
        if RULES[life.rule].key != "cart_id":
            return {"out_of_stock"} if self.sold_out(items) else set()
        lines = self.cart(life.person, life.key)
        if not lines:
            return {"cart_empty"}
        return {"out_of_stock"} if self.sold_out(product for _, product in lines) else set()

    def in_audience(self, life: Life) -> bool:
        if life.rule != "basket":
            return True
        value = self.value(life.person, life.key)
        return value is not None and value >= 20 and "staff" not in (self.trait(life.person, "segments") or [])

    def outranked(self, life: Life, now: datetime) -> bool:
        """Whether a run of a more important rule is under way for the same person, was a moment ago, or should be.

        Nobody tells a waiting run that the better one ended in silence: it may wait out the minutes after its turn. And
        the facts may have heard of a start before its own trigger has.
        """
        mine = RULES[life.rule].priority
        lately = {other for other, at in self.ended.items() if now <= at + LAG}
        living = any(
            other.person == life.person and RULES[other.rule].priority >= mine and other != life
            for other in self.living | lately
        )
        begun = (
            each
            for rule in RULES.values()
            if rule.priority > mine
            for each in self.of(life.person, rule.starts)
            if now <= each.at + rule.within + LAG
        )
        return living or any(begun)

    def refusals(self, life: Life, rung: int, now: datetime) -> set[str]:
        """Every reason why this rung is passed over, or ends the run."""
        rule = RULES[life.rule]
        channel, found = rule.ladder[rung].channel, set[str]()
        if not self.allowed(life.person, channel, rule.purpose, rule.topic, now):
            found.add("no_consent")
        if self.address(life.person, channel) is None:
            found.add("unreachable")
        if f"channel:{channel}" in self.stops:
            found.add("stopped")
        return found

    def pauses(self, life: Life, rung: int, now: datetime) -> set[str]:
        """Every reason why this rung has to wait."""
        rule = RULES[life.rule]
        channel, found = rule.ladder[rung].channel, set[str]()
        if rule.purpose == "transactional":
            return found
        if self.quiet(life.person, channel, now):
            found.add("quiet_hours")
        if self.unlawful(life.person, channel, now):
            found.add("legal_hours")
        if self.full(life.person, channel, now):
            found.add("capped")
        return found

    def full(self, person: str, channel: str, now: datetime) -> bool:
        """Whether one more message would be one too many in a window that ends now, by the times of decision."""
        counted = [
            (claim.at, RULES[claim.life.rule].ladder[claim.rung].channel)
            for claim in self.claims
            if claim.life.person == person
            and RULES[claim.life.rule].purpose == "promotional"
            and claim.message not in self.lost
        ]
        return any(
            channel in channels and sum(1 for at, on in counted if on in channels and at > now - per) >= limit
            for limit, per, channels in CAPS
        )

    def crowded(self, person: str) -> str | None:
        """The first window of any cap that holds more messages than it may, by the times of hand-off."""
        handed = [
            (at, RULES[claim.life.rule].ladder[claim.rung].channel)
            for at, claim in self.taken
            if claim.life.person == person
            and RULES[claim.life.rule].purpose == "promotional"
            and claim.message not in self.lost
        ]
        for limit, per, channels in CAPS:
            times = sorted(at for at, on in handed if on in channels)
            for start in times:
                held = [at for at in times if start <= at < start + per - LAG]
                if len(held) > limit:
                    return f"{len(held)} messages within {per} from {start}, of {limit}"
        return None


def _about(topic: str, words: Iterable[Known]) -> list[Known]:
    """The last of `words` about the topic."""
    return [each for each in words if each.properties.get("topic", "") == topic][-1:]


def _refuses(word: Known) -> bool:
    return bool(word.properties["status"] == "denied")


def _grants(word: Known, now: datetime) -> bool:
    expiry = word.properties.get("expires_at")
    return word.properties["status"] == "granted" and (expiry is None or now < datetime.fromisoformat(expiry))


def _listed(event: Known, field: str) -> list[str]:
    given = event.properties[field]
    return [each["endpoint"] for each in given] if field == "push" else [given]


def _latest_by_address(given: list[tuple[datetime, str]]) -> list[tuple[datetime, str]]:
    return [(at, address) for address, at in {address: at for at, address in given if address}.items()]


def _mark(address: str) -> str:
    return blake2b(address.encode(), digest_size=12).hexdigest()


def utc(*parts: int) -> datetime:
    """A moment in UTC."""
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc, arg-type]
