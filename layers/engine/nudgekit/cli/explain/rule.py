"""A rule in plain sentences: when it begins, what it waits for, what it sends, when it is over."""

from collections.abc import Iterator
from itertools import groupby
from typing import Final

from nudgekit.cli.explain.words import some_of
from nudgekit.language.cohorts import WEEKDAYS, Among, Every
from nudgekit.language.deeds import OCCASIONS, both, deed, either
from nudgekit.language.expressions import All, Any_, Condition, Named, Not
from nudgekit.language.ladder import Rung
from nudgekit.language.moments import Moment
from nudgekit.language.offer import Terms
from nudgekit.language.picks import Pick
from nudgekit.language.plain import in_words, length
from nudgekit.language.policy import Policy
from nudgekit.language.trigger import Trigger

DAYS: Final = {"day": "Every day", "week": "Every {day}", "month": "On day {day} of every month"}
PER: Final = {
    "person": "There is one run at a time for each person, however often it is started.",
    "cart_id": "Each cart counts by itself.",
    "product_id": "Each product counts by itself.",
}


def headline(trigger: Trigger) -> str:
    """What it does, in one sentence."""
    return f"{_begins(trigger)}{_waits(trigger)}, {_whom(trigger)} {_gets(trigger.ladder)}."


def _gets(ladder: tuple[Rung, ...]) -> str:
    """As in `a push, then 2 mails and a text message, until they look`."""
    parts = [some_of(str(channel), len(tuple(rungs))) for channel, rungs in groupby(each.channel for each in ladder)]
    then = f", then {both(parts[1:])}" if parts[1:] else ""
    until = {each.until for each in ladder[:-1]}
    ending = ", until they look" if "engaged" in until else ", until one arrives" if "delivered" in until else ""
    return f"{parts[0]}{then}{ending}"


def sentences(trigger: Trigger, policy: Policy) -> Iterator[str]:
    """What else there is to know of it, one sentence each.

    Args:
        trigger: the rule.
        policy: the shop's numbers: its currency, and whom it leaves out.
    """
    currency = policy.currency
    yield PER.get(trigger.per, f"Each {trigger.per.removesuffix('_id')} counts by itself.")
    if trigger.audience is not None:
        yield f"It is for people of whom this is true: {in_words(trigger.audience, currency)}."
    if policy.leave_out is not None and policy.left_out(trigger.purpose) is not None:
        yield f"The shop leaves out people of whom this is true: {in_words(policy.leave_out, currency)}."
    if trigger.only_while is not None:
        yield f"It makes sense only while this is true: {in_words(trigger.only_while, currency)}."
    for condition in (trigger.audience, trigger.only_while):
        yield from _meanings(condition, currency) if condition is not None else ()
    yield from _waves(trigger.among)
    yield from _extras(trigger, currency)
    yield from _times(trigger)
    if trigger.goal is not None:
        deeds = either(deed(name).plain for name in trigger.goal.events)
        yield f"It hopes that they {deeds} within {length(trigger.goal.within)} of a message."
    if trigger.holdout:
        yield f"{trigger.holdout * 100:g} of 100 people get nothing, so that its effect can be measured."
    if trigger.experiment is not None:
        shares = both(f"{share:.0%} get {name}" for name, share in sorted(trigger.experiment.shares.items()))
        yield f"Its messages have several wordings: {shares}."


def _meanings(condition: Condition, currency: str) -> Iterator[str]:
    """What the names in a condition mean, each once."""
    for named in dict.fromkeys(_names_in(condition)):
        yield f"`{named.name}` means: {in_words(named.condition, currency)}."


def _names_in(condition: Condition) -> Iterator[Named]:
    match condition:
        case All() | Any_():
            for part in condition.parts:
                yield from _names_in(part)
        case Not():
            yield from _names_in(condition.condition)
        case Named():
            yield condition
            yield from _names_in(condition.condition)


def _begins(trigger: Trigger) -> str:
    starts = []
    if trigger.when is not None:
        of_shop = [OCCASIONS[name] for name in trigger.start_events if name in OCCASIONS]
        of_people = [deed(name).third for name in trigger.start_events if name not in OCCASIONS]
        starts += [f"when {either(of_shop)}"] if of_shop else []
        starts += [f"when somebody {either(of_people)}"] if of_people else []
    if trigger.every is not None:
        starts.append(calendar(trigger.every))
    text = ", and ".join(starts)
    return text[:1].upper() + text[1:]


def calendar(every: Every) -> str:
    """As in `every Sunday at 10:00 where the person is`."""
    day = WEEKDAYS[every.day].capitalize() if every.unit == "week" else str(every.day)
    text = DAYS[every.unit].format(day=day)
    return f"{text[:1].lower()}{text[1:]} at {every.at:%H:%M} where the person is"


def _waits(trigger: Trigger) -> str:
    """What has to pass, or not to happen, before anything is sent."""
    stops = either(deed(name).plain for name in trigger.stop_events)
    if trigger.at is not None:
        unless = f", unless they {stops} first" if stops else ""
        return f", then {at_which(trigger.at)}{unless}"
    who = "does" if trigger.among is None and trigger.every is None else "they do"
    if trigger.decides_at_once:
        now = "" if trigger.every is not None else ", at once"
        return f"{now}, unless they {stops} first" if stops else now
    if stops:
        return f", and {who} not {stops} within {length(trigger.within)}"
    return f", {length(trigger.within)} later"


def at_which(moment: Moment) -> str:
    """As in `3 hours before the time it names as “ends_at”, or else at the time it names as “remind_at”`."""
    return ", or else ".join(
        f"{length(part.before)} before the time it names as \u201c{part.name}\u201d"
        if part.before
        else f"at the time it names as \u201c{part.name}\u201d"
        for part in moment.parts
    )


def _whom(trigger: Trigger) -> str:
    if trigger.among is None:
        return "they get"
    everybody = "everybody" if trigger.audience is None else "everybody it is for"
    if not trigger.among.by:
        return f"{everybody} gets"
    followed = {"product_id": "product", "category": "category", "brand": "brand"}[trigger.among.by]
    return f"{everybody} who follows that {followed} gets"


def _waves(among: Among | None) -> Iterator[str]:
    if among is not None and among.by:
        yield "Whoever watched it, liked it or lately looked at it follows it."
    if among is not None and among.waves:
        yield f"No more are asked at once than the stock bears; the next are asked {length(among.pause)} later."


def _extras(trigger: Trigger, currency: str) -> Iterator[str]:
    """What its messages show besides."""
    picks, offer = trigger.picks, trigger.offer
    if picks is not None:
        ways = ", or else ".join(_pick(each) for each in picks.parts)
        yield f"Its messages show {ways}; without enough of them nothing is sent."
    if isinstance(offer, Terms):
        yield (
            f"People of whom this is true get a code for {offer} off that counts for {length(offer.expires_after)}: "
            f"{in_words(offer.to, currency)}. Everybody else gets the message without it."
        )


_STRATEGIES: Final = {
    "similar": "what people look at together with this one",
    "bestsellers": "what was bought most in {days} days of {of}",
    "popular": "what drew most interest in {days} days of {of}",
    "complements": "what is of categories that are bought together with theirs",
    "for_you": "what goes with their latest likes and views",
}
_OF: Final = {"category": "the category they looked at last", "brand": "their favourite brand", "all": "all products"}


def _pick(pick: Pick) -> str:
    way = _STRATEGIES.get(pick.strategy, f"`{pick}`").format(days=pick.days, of=_OF.get(pick.of, pick.of))
    number = f"{pick.at_least} to {pick.at_most}" if pick.at_least < pick.at_most else str(pick.at_most)
    return f"{number} products: {way}"


def _times(trigger: Trigger) -> Iterator[str]:
    end = f"{length(trigger.expires_after)} after {'that time' if trigger.at else 'the start'}"
    until = f", and at the latest at the time named as {_named(trigger.until)}" if trigger.until is not None else ""
    yield f"It is over {end}{until}."
    if trigger.again_after is not None:
        yield f"Whoever got a message is left alone by it for {length(trigger.again_after)}."


def _named(moment: Moment) -> str:
    return either(f"\u201c{part.name}\u201d" for part in moment.parts)


def goes_on(rung: Rung) -> str:
    """When the rung after `rung` has its turn."""
    if rung.wait is None:
        return ""
    wait = length(rung.wait)
    if rung.until == "never":
        return f"{wait} later, whatever became of it"
    wanted = "opened or clicked" if rung.until == "engaged" else "delivered"
    return f"not {wanted} within {wait}"
