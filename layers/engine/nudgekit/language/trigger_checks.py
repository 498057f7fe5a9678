"""What cannot work in a trigger: all of it, each with what to do."""

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

from nudgekit.language.cohorts import Among, Every
from nudgekit.language.durations import LENGTHS, UNSAID, at_once, spell
from nudgekit.language.experiment import Experiment
from nudgekit.language.expressions import Condition
from nudgekit.language.fields import Events, Goal
from nudgekit.language.ladder import is_ladder, ladder_mistakes
from nudgekit.language.mistakes import Mistake, nearest
from nudgekit.language.moments import Moment
from nudgekit.language.names import KEYS, PURPOSES, is_trigger_id
from nudgekit.language.offer import Terms
from nudgekit.language.picks import Picks
from nudgekit.model.event import SHOP_EVENTS

if TYPE_CHECKING:
    from nudgekit.language.trigger import Trigger


def mistakes_of(trigger: "Trigger") -> Iterator[Mistake]:
    """Everything in the trigger that cannot work."""
    yield from _naming(trigger)
    yield from _starts(trigger)
    yield from _conditions(trigger)
    yield from _lengths(trigger)
    yield from _numbers(trigger)
    if is_ladder(trigger.ladder):
        yield from ladder_mistakes(trigger.ladder)
        yield from _expiry(trigger)
    else:
        yield Mistake("ladder", "the ladder is not a tuple of rungs", 'write ladder=(rung("email"),)')


def _naming(trigger: "Trigger") -> Iterator[Mistake]:
    if not is_trigger_id(trigger.id):
        yield Mistake("id", f"{trigger.id!r} cannot be an id", "use at most 40 lower-case letters, digits and _")
    if not isinstance(trigger.owner, str) or not trigger.owner.strip():
        yield Mistake("owner", "nobody owns the trigger", "name the team that answers for it")
    if trigger.purpose not in PURPOSES:
        yield Mistake("purpose", f"{trigger.purpose!r} is not a purpose", f"one of {', '.join(PURPOSES)}")
    if trigger.per not in KEYS:
        yield Mistake("per", f"{trigger.per!r} is not a key", nearest(str(trigger.per), KEYS))


def _starts(trigger: "Trigger") -> Iterator[Mistake]:
    for keyword, kind, example in _KINDS:
        given = getattr(trigger, keyword)
        if given is not None and not isinstance(given, kind):
            yield Mistake(keyword, f"{keyword}={given!r} is not known", f"write {keyword}={example}")
    if trigger.when is None and trigger.every is None:
        yield Mistake("when", "nothing starts the trigger", 'write when=event("Product Added"), or every=...')
    if isinstance(trigger.every, Every) and trigger.among is None:
        yield Mistake("every", "the calendar is nobody's own", "say who is asked, as in among=everyone()")
    if trigger.within is UNSAID and trigger.at is None and trigger.every is None:
        yield Mistake("within", "within= is missing", "write it as in within=minutes(30), or within=at_once")
    if isinstance(trigger.when, Events):
        yield from _whose(trigger, trigger.when)


def _whose(trigger: "Trigger", when: Events) -> Iterator[Mistake]:
    of_shop = [name for name in when.names if name in SHOP_EVENTS]
    if of_shop and trigger.among is None:
        yield Mistake("when", f'"{of_shop[0]}" is nobody\'s own', "say who is asked, as in among=everyone()")
    if trigger.among is not None and len(of_shop) < len(when.names):
        own = next(name for name in when.names if name not in SHOP_EVENTS)
        yield Mistake("among", f'"{own}" is somebody\'s own event', "leave among out, or start by an event of the shop")


_KINDS = (
    ("every", Every, 'weekly("sunday", time(10))'),
    ("among", Among, "everyone()"),
    ("at", Moment, 'moment("ends_at").before(hours(3))'),
    ("until", Moment, 'moment("ends_at")'),
    ("picks", Picks, "similar()"),
)


def _conditions(trigger: "Trigger") -> Iterator[Mistake]:
    for keyword in ("when", "unless"):
        given = getattr(trigger, keyword)
        if not (isinstance(given, Events) or given is None):
            yield Mistake(keyword, f"{keyword}= names no event", f'write {keyword}=event("Product Added")')
    for keyword, what, remedy in _CONDITIONS:
        given = getattr(trigger, keyword)
        if given is not None and not isinstance(given, Condition):
            yield Mistake(keyword, f"{what} is not a condition", remedy)
    yield from _compared(trigger)
    if trigger.goal is not None and not isinstance(trigger.goal, Goal):
        yield Mistake("goal", "the goal has no time", 'write goal=event("Order Completed").within(days(3))')


def _compared(trigger: "Trigger") -> Iterator[Mistake]:
    """Events named on both sides, or compared where nothing is to be compared with."""
    when = trigger.when if isinstance(trigger.when, Events) else Events(())
    unless = trigger.unless if isinstance(trigger.unless, Events) else Events(())
    if when.same:
        yield Mistake("when", "a start event has nothing to be compared with yet", "use .of(...) in unless alone")
    if len(dict(unless.same)) < len(unless.same):
        yield Mistake("unless", "an event is compared by two keys", "name it with .of(...) once")
    for name in sorted({*when.names} & {*unless.names}):
        yield Mistake("unless", f'"{name}" both starts and stops the trigger', "name it once")


_EXPERIMENT = 'write experiment=Experiment("subject", {"control": 0.5, "b": 0.5})'
_CONDITIONS = (
    (
        "audience",
        "the audience",
        "compare a field, as in audience=cart.value >= 20, or leave audience out to mean everyone",
    ),
    ("only_while", "only_while", 'compare a field, as in only_while=item.price <= start("to"), or leave it out'),
)


def _lengths(trigger: "Trigger") -> Iterator[Mistake]:
    for keyword in LENGTHS:
        given = getattr(trigger, keyword)
        if (given is None and keyword == "again_after") or (keyword == "within" and given in {UNSAID, at_once}):
            continue
        if not isinstance(given, timedelta) or given <= timedelta():
            yield Mistake(keyword, f"{keyword}={given!r} is not a length of time", "write it as in hours(2)")


def _numbers(trigger: "Trigger") -> Iterator[Mistake]:
    if type(trigger.version) is not int or trigger.version < 1:
        yield Mistake("version", f"{trigger.version!r} is not a version", "count from 1")
    if type(trigger.priority) is not int or not 0 <= trigger.priority <= 100:
        yield Mistake("priority", f"{trigger.priority!r} is not a priority", "write a whole number from 0 to 100")
    if trigger.experiment is not None and not isinstance(trigger.experiment, Experiment):
        yield Mistake("experiment", "the experiment is not an Experiment", _EXPERIMENT)
    if trigger.offer is not None and not isinstance(trigger.offer, Terms) and not is_trigger_id(trigger.offer):
        yield Mistake(
            "offer", f"offer={trigger.offer!r} names no offer", 'write its name, as in offer="first_purchase"'
        )
    if type(trigger.holdout) not in {int, float} or not 0 <= trigger.holdout < 1:
        yield Mistake("holdout", f"{trigger.holdout!r} is not a share", "write 0.05 to hold out 5 of 100 people")


def _expiry(trigger: "Trigger") -> Iterator[Mistake]:
    waits = (trigger.within, *(each.wait for each in trigger.ladder if each.wait))
    if not all(isinstance(each, timedelta) for each in (*waits, trigger.expires_after)):
        return
    last = sum(waits, timedelta())
    if last >= trigger.expires_after:
        yield Mistake(
            "expires_after",
            f"the last rung comes {spell(last)} after the start, when the run has expired",
            "shorten the waits or raise expires_after",
        )
