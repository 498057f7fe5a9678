"""What rules can ask the fact sheet: each fact with its kind, its code, and how a rule writes it.

To add one, write a method of `Facts`, a row here, and a name in `fields`; it is then compiled, explained and versioned
like every other.
"""

from datetime import timedelta
from typing import Final, NamedTuple

from nudgekit.language.durations import spell
from nudgekit.language.expressions import Argument, Fact, Given, constant_text, events_text


class Known(NamedTuple):
    """One fact that can be asked.

    Attributes:
        kind: what it answers: text, number, quantity (a number that may be missing), money, or yes or no.
        code: Python over the roots of a scope; `{0}` is the first argument, `{now}` the moment it is asked as of.
        text: how a rule writes it.
        dated: whether it can be asked as of an earlier day.
    """

    kind: str
    code: str
    text: str
    dated: bool = False


FACTS: Final = {
    "user.orders": Known("number", "facts.order_count({now})", "user.orders", dated=True),
    "user.spent": Known("money", "facts.spent(currency, {now})", "user.spent", dated=True),
    "user.days_since_order": Known("quantity", "facts.days_since_order({now})", "user.days_since_order", dated=True),
    "user.active_weeks": Known("number", "facts.active_weeks({0}, now)", "user.active_weeks({0})"),
    "user.quiet_days": Known("quantity", "facts.quiet_days(now)", "user.quiet_days"),
    "user.left_from": Known("text", "(facts.left and facts.left.kind)", "user.left_from"),
    "user.left_category": Known("text", "(facts.left and facts.left.category or None)", "user.left_category"),
    "user.intent": Known("number", "facts.intent(now)", "user.intent"),
    "user.owns": Known("yes or no", "facts.owns({0})", "user.owns({0})"),
    "user.has_read": Known("yes or no", "({0} in facts.read)", "user.has_read({0})"),
    "user.explored": Known("yes or no", "facts.explored({0})", "user.explored({0})"),
    "user.skipped": Known("yes or no", "facts.skipped({0})", "user.skipped({0})"),
    "user.top_category": Known("text", "facts.top('category', {0})", "user.top_category({0})"),
    "user.top_brand": Known("text", "facts.top('brand', {0})", "user.top_brand({0})"),
    "user.trait.contains": Known("yes or no", "profile.lists({0}, {1})", "user.trait({0}).contains({1})"),
    "item.times": Known("number", "facts.times({0}, item_id)", "item.times({0})"),
    "item.happened": Known("yes or no", "facts.happened_to({0}, item_id, now - {1})", "item.happened({0}, {1})"),
    "item.owned": Known("yes or no", "facts.owns(item_id)", "item.owned"),
    "event.total": Known("money", "facts.taken({0}, currency, now, {1})", "{0}.total({1})"),
    "event.total_ever": Known("money", "facts.taken({0}, currency, now)", "{0}.total()"),
    "event.count_ever": Known("number", "facts.times_ever({0})", "{0}.count()"),
    **{
        f"user.{kind}.{name}": Known(answers, code.format(kind=kind), f"user.{kind}.{text}")
        for kind in ("category", "brand")
        for name, answers, code, text in (
            ("top", "text", "facts.favourite('{kind}', now)", "top"),
            ("latest", "text", "facts.most_recent('{kind}')", "latest"),
            ("share", "number", "facts.share('{kind}', now)", "share"),
            ("rise", "number", "facts.rise('{kind}', {{0}}, now)", "rising({0})"),
        )
    },
}
"""Every fact by name. Names stand in released versions for ever."""


def fact(name: str, *args: Argument, ago: timedelta = timedelta()) -> Fact:
    """The fact `name`, asked about `args`."""
    return Fact(name, FACTS[name].kind, args, ago)


def text_of(asked: Fact) -> str:
    """The fact as a rule writes it."""
    ago = f".ago({spell(asked.back)})" if asked.back else ""
    return FACTS[asked.name].text.format(*map(_argument, asked.args)) + ago


def _argument(given: Argument) -> str:
    match given:
        case timedelta():
            return spell(given)
        case tuple():
            return events_text(given)
        case Given():
            return given.text
    return constant_text(given)
