"""The common ground of all models: frozen, strict about types, silent about values in errors."""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from hashlib import blake2b
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
)

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)
DAY_MS = 86_400_000

_EXACT = 2**32 * 1000
"""Milliseconds either side of 1970, up to 2106, that a float in seconds tells exactly to the microsecond."""

KEY_FIELDS = (
    "article_id", "cart_id", "chat_id", "checkout_id", "coupon_id", "deadline_id", "order_id", "product_id", "sale_id",
    "seller_id",
)  # fmt: skip
"""Event properties that a trigger may key its runs by. No one's name lies within another's."""


class Channel(StrEnum):
    """A way to reach a person."""

    PUSH = "push"
    EMAIL = "email"
    SMS = "sms"
    WHATSAPP = "whatsapp"
    ONSITE = "onsite"


OUTGOING: tuple[Channel, ...] = tuple(channel for channel in Channel if channel is not Channel.ONSITE)
"""Channels by which messages go out to people. On-site ones wait on the shop's own page until people come."""


Purpose = Literal["promotional", "transactional"]


def _as_utc(value: datetime) -> datetime:
    return value.astimezone(UTC)


Timestamp = Annotated[AwareDatetime, PlainSerializer(_as_utc, return_type=datetime)]
"""An aware moment; written in UTC."""


def _as_text(value: object) -> object:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


Id = Annotated[str, BeforeValidator(_as_text), StringConstraints(min_length=1, max_length=128)]
"""An opaque identifier; numbers are taken as their digits."""


OF_ADDRESS = "address:"
"""What the name begins with under which an address stands in the place of a person: no person's id begins so."""

PersonId = Annotated[str, StringConstraints(min_length=1, max_length=160)]
"""A person as queues and receipts name them: an `Id`, or one with `anonymous:` before it."""


def _somebodys(value: str) -> str:
    if value.startswith(OF_ADDRESS):
        raise ValueError(f"no id begins with {OF_ADDRESS}")
    return value


Whose = Annotated[PersonId, BeforeValidator(_as_text), AfterValidator(_somebodys)]
"""The person whose event it is; numbers are taken as their digits."""

Key = Annotated[str, StringConstraints(max_length=128)]
"""A run's key as queues name it; empty: the event named none."""

MessageId = Annotated[str, StringConstraints(min_length=1, max_length=64)]
"""A message of ours as queues name it."""

Items = Annotated[tuple[Id, ...], Field(max_length=100)]
"""Products that a decision wants to see."""

TriggerId = Annotated[str, StringConstraints(max_length=40, pattern=r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$")]
"""A trigger's name where it comes from outside: it goes into logs and metrics, so nothing else may pass for one."""


class Model(BaseModel):
    """A frozen record. Unknown fields are dropped, so that an older reader survives a newer writer."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


def to_ms(moment: datetime) -> int:
    """Milliseconds since 1970 UTC."""
    since = moment - EPOCH
    return since.days * DAY_MS + since.seconds * 1000 + since.microseconds // 1000


def to_ms_up(moment: datetime) -> int:
    """The first whole millisecond since 1970 UTC that is not before `moment`."""
    return to_ms(moment) + (moment.microsecond % 1000 > 0)


def day_of(moment: datetime) -> int:
    """The day since 1970, in UTC."""
    return to_ms(moment) // DAY_MS


def from_ms(milliseconds: int) -> datetime:
    """The aware UTC moment of `milliseconds` since 1970."""
    if -_EXACT < milliseconds < _EXACT:
        return datetime.fromtimestamp(milliseconds / 1000, UTC)
    return EPOCH + milliseconds * MILLISECOND


def fingerprint(*parts: str, size: int = 12) -> str:
    """A short stable name for `parts`, as 2 x `size` hexadecimal digits."""
    return blake2b("\x1f".join(parts).encode(), digest_size=size).hexdigest()


def latest[K, V](entries: dict[K, V], limit: int) -> dict[K, V]:
    """The `limit` greatest entries by (value, key): the same whatever order they came in."""
    if len(entries) <= limit:
        return entries
    kept = sorted(entries.items(), key=lambda item: (item[1], item[0]), reverse=True)[:limit]
    return dict(kept)
