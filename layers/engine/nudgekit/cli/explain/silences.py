"""What can keep a trigger silent: every reason that its gates can give, with the rule's and the shop's own numbers.

A gate's reasons stand in `REASONS`; a test holds the table to the gates.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Final, Literal, NamedTuple

from nudgekit.book import Book
from nudgekit.cli.explain.trials import Trial, faulty, shows_prices, shows_products, tried
from nudgekit.content.template import Template
from nudgekit.decide.gates import MESSAGE_GATES, PERSON_GATES, RUNG_GATES
from nudgekit.language.deeds import either
from nudgekit.language.expressions import Condition
from nudgekit.language.plain import length
from nudgekit.language.policy import Policy
from nudgekit.language.trigger import Trigger
from nudgekit.law.tables import tables
from nudgekit.model.base import Channel
from nudgekit.model.reasons import Reason

Effect = Literal["ends the run", "makes it wait", "passes over the rung"]


class Setting(NamedTuple):
    """A trigger where it stands: the shop's policy, the trigger's messages, and the shop's other triggers."""

    trigger: Trigger
    policy: Policy
    messages: Mapping[str, Template]
    others: tuple[Trigger, ...] = ()

    @property
    def channels(self) -> tuple[Channel, ...]:
        """The channels of the ladder, each once, in its order."""
        return tuple(dict.fromkeys(rung.channel for rung in self.trigger.ladder))

    @property
    def promotes(self) -> bool:
        """Whether it is promotional, in the law's sense."""
        return self.trigger.purpose == "promotional"


def setting_of(book: Book, trigger_id: str) -> Setting:
    """The trigger where it stands in the shop's book."""
    others = tuple(book.trigger(each) for each in sorted(book.ids) if each != trigger_id)
    return Setting(book.trigger(trigger_id), book.policy, book.messages(trigger_id), others)


class Silence(NamedTuple):
    """One reason why nothing is sent.

    Attributes:
        reason: its word and sentence.
        gate: which check gives it.
        effect: what follows.
        detail: the numbers behind it; empty: there are none.
    """

    reason: Reason
    gate: str
    effect: Effect
    detail: str = ""


Detail = Callable[[Setting], str | None]
"""The numbers behind a reason for one trigger; None: it cannot come about."""


class Possible(NamedTuple):
    """A reason that a gate may give."""

    reason: Reason
    effect: Effect
    detail: Detail


def silences(setting: Setting) -> Iterator[Silence]:
    """Every reason that can keep the trigger silent, in the order its gates are asked."""
    rung_gates = [gate.name for gate in RUNG_GATES]
    message_gates = [gate.name for gate in MESSAGE_GATES]
    for name in (*(gate.name for gate in PERSON_GATES), *rung_gates, "renders", *message_gates):
        for possible in REASONS.get(name, ()):
            detail = possible.detail(setting)
            if detail is not None:
                yield Silence(possible.reason, name, possible.effect, detail)
    if len(setting.trigger.ladder) > 1:
        yield Silence(Reason.NO_CHANNEL, "", "ends the run")


def _always(_: Setting) -> str:
    return ""


def _quiet_hours(setting: Setting) -> str | None:
    windows = [setting.policy.quiet_window(channel) for channel in setting.channels] if setting.promotes else []
    told = [f"{each.channel} from {each.start:%H:%M} to {each.end:%H:%M}" for each in windows if each is not None]
    return "; ".join(told) or None


def _caps(setting: Setting) -> str | None:
    trigger = setting.trigger
    found = (cap.text for each in setting.channels for cap in setting.policy.caps_on(trigger.purpose, each, trigger.id))
    return "; ".join(dict.fromkeys(found)) or None


def _holdouts(setting: Setting) -> str | None:
    own = [f"{setting.trigger.holdout:.0%} of people"] if setting.trigger.holdout else []
    shops = [
        each.id for each in setting.policy.holdouts if each.triggers is None or setting.trigger.id in each.triggers
    ]
    return "; ".join((*own, *shops)) or None


def _left_out(setting: Setting) -> Condition | None:
    return setting.policy.left_out(setting.trigger.purpose)


def _safety(setting: Setting) -> str | None:
    limit = setting.policy.safety_limit(setting.trigger.id)
    return f"{limit.people} people within {length(limit.per)}" if limit is not None else None


def _with(channel: Channel, detail: str = "") -> Detail:
    return lambda setting: detail if channel in setting.channels else None


def _of(channels: Callable[[], frozenset[str]]) -> Detail:
    """On some of the channels that a table of the law names."""
    return lambda setting: ", ".join(each for each in setting.channels if each in channels()) or None


def _unless(setting: Setting) -> str | None:
    return either(setting.trigger.stop_events) or None


def _still_active(setting: Setting) -> str | None:
    return None if setting.trigger.decides_at_once else f"for {length(setting.trigger.within)} after the last start"


def _promotional(channels: Detail) -> Detail:
    return lambda setting: channels(setting) if setting.promotes else None


def _only_if(holds: Callable[[Setting], bool], detail: Detail = _always) -> Detail:
    return lambda setting: detail(setting) if holds(setting) else None


def _registered(setting: Setting) -> str | None:
    """Only messages that lack a registration can be refused for it."""
    texts = [each for each in setting.messages.values() if each.channel is Channel.SMS]
    return "sms to India" if any("dlt_template_id" not in each.source.head for each in texts) else None


def _free_text(setting: Setting) -> str | None:
    texts = (each for each in setting.messages.values() if each.channel is Channel.WHATSAPP)
    return "whatsapp" if any("template" not in each.source.head for each in texts) else None


def _calls_off(setting: Setting) -> str | None:
    return ", ".join(name for name, each in setting.messages.items() if each.may_abort) or None


def _if_any(said: Callable[[tuple[Trial, ...]], bool]) -> Detail:
    """Of messages of which it is so when they are written for somebody of whom more or less is known."""

    def detail(setting: Setting) -> str | None:
        trigger = setting.trigger
        given = (setting.policy, trigger.id, trigger.per == "cart_id")
        return ", ".join(name for name, each in setting.messages.items() if said(tried(each, *given))) or None

    return detail


def _sent(setting: Setting) -> str | None:
    """On channels that go to an address by way of a provider; the shop's own page has neither."""
    return "" if set(setting.channels) - {Channel.ONSITE} else None


def _addressed(setting: Setting) -> str | None:
    """Mail addresses and numbers are shared by families; a device is its last owner's, and a page is nobody's."""
    return ", ".join(each for each in setting.channels if each not in {Channel.PUSH, Channel.ONSITE}) or None


def _asked(setting: Setting) -> str | None:
    """A run of the person as a whole follows the one before, and is due so long after that one was over."""
    trigger = setting.trigger
    follows = trigger.per == "person" and trigger.every is None and trigger.among is None and trigger.at is None
    if trigger.again_after is None or (follows and trigger.within >= trigger.again_after):
        return None
    return f"for {length(trigger.again_after)}"


def _about_products(setting: Setting) -> bool:
    """Whether a run is about products that can be sold out before there is a message."""
    return setting.trigger.picks is None and setting.trigger.per != "person"


def _collapses(setting: Setting) -> str | None:
    """Only a better message can go out in its place: one of another trigger that comes before it."""
    mine = setting.trigger
    rivals = (each for each in setting.others if each.purpose == mine.purpose and each.priority >= mine.priority)
    return _quiet_hours(setting) if not setting.others or any(rivals) else None


_ENDS: Final[Effect] = "ends the run"
_WAITS: Final[Effect] = "makes it wait"
_PASSES: Final[Effect] = "passes over the rung"

REASONS: Final[Mapping[str, tuple[Possible, ...]]] = {
    "stopped": (Possible(Reason.STOPPED, _WAITS, _always), Possible(Reason.SAFETY_LIMIT, _WAITS, _safety)),
    "up_to_date": (Possible(Reason.FACTS_BEHIND, _WAITS, _always),),
    "still_true": (
        Possible(Reason.UNLESS_MET, _ENDS, _unless),
        Possible(Reason.STILL_ACTIVE, _WAITS, _still_active),
        Possible(Reason.NO_LONGER_TRUE, _ENDS, _only_if(lambda setting: setting.trigger.only_while is not None)),
        Possible(Reason.CART_EMPTY, _ENDS, _only_if(lambda setting: setting.trigger.per == "cart_id")),
        Possible(Reason.OUT_OF_STOCK, _ENDS, _only_if(_about_products)),
    ),
    "expiry": (Possible(Reason.EXPIRED, _ENDS, lambda setting: f"after {length(setting.trigger.expires_after)}"),),
    "audience": (
        Possible(
            Reason.NOT_IN_AUDIENCE,
            _ENDS,
            _only_if(lambda setting: setting.trigger.audience is not None or _left_out(setting) is not None),
        ),
    ),
    "again_after": (
        Possible(
            Reason.ASKED_RECENTLY,
            _ENDS,
            _asked,
        ),
    ),
    "backlog": tuple(
        Possible(reason, effect, _only_if(lambda setting: setting.policy.after_quiet_hours == "best", detail))
        for reason, effect, detail in ((Reason.COLLAPSED, _ENDS, _collapses), (Reason.OUTRANKED, _WAITS, _quiet_hours))
    ),
    "picks": (
        Possible(Reason.NOTHING_TO_RECOMMEND, _ENDS, _only_if(lambda setting: setting.trigger.picks is not None)),
    ),
    "channel_stopped": (Possible(Reason.STOPPED, _PASSES, _always),),
    "provider": (Possible(Reason.PROVIDER_DOWN, _PASSES, _sent),),
    "erased": (Possible(Reason.ERASED, _PASSES, _always),),
    "consent": (Possible(Reason.NO_CONSENT, _PASSES, _always),),
    "reachable": (Possible(Reason.UNREACHABLE, _PASSES, _sent),),
    "address_shared": (Possible(Reason.ADDRESS_SHARED, _PASSES, _promotional(_addressed)),),
    "do_not_call": (Possible(Reason.DO_NOT_CALL, _PASSES, _of(lambda: tables().channels_with_registers)),),
    "held_back": (Possible(Reason.HELD_BACK, _PASSES, _promotional(_with(Channel.WHATSAPP, "whatsapp"))),),
    "legal_hours": (Possible(Reason.LEGAL_HOURS, _WAITS, _promotional(_of(lambda: tables().channels_with_hours))),),
    "quiet_hours": (Possible(Reason.QUIET_HOURS, _WAITS, _quiet_hours),),
    "caps": (Possible(Reason.CAPPED, _WAITS, _caps),),
    "priority": (Possible(Reason.OUTRANKED, _WAITS, _only_if(lambda setting: bool(_caps(setting)))),),
    "safety": (Possible(Reason.SAFETY_LIMIT, _WAITS, _safety),),
    "renders": (
        Possible(Reason.ABORTED, _PASSES, _calls_off),
        Possible(Reason.RENDER_FAILED, _PASSES, _if_any(faulty)),
    ),
    "registration": (Possible(Reason.NOT_REGISTERED, _PASSES, _registered),),
    "delivered_there": (
        Possible(Reason.NOT_DELIVERED_THERE, _PASSES, _promotional(_with(Channel.WHATSAPP, "whatsapp"))),
    ),
    "service_window": (Possible(Reason.TEMPLATE_NEEDED, _PASSES, _free_text),),
    "as_shown": (
        Possible(Reason.OUT_OF_STOCK, _PASSES, _if_any(shows_products)),
        Possible(Reason.PRICE_ROSE, _PASSES, _if_any(shows_prices)),
    ),
    "offer_stands": (
        Possible(Reason.OFFER_ENDED, _PASSES, _only_if(lambda setting: setting.trigger.offer is not None)),
    ),
    "holdout": (Possible(Reason.HELD_OUT, _ENDS, _holdouts),),
}
"""By gate, and for the writing of the message, every reason it may give."""
