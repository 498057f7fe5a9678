"""A trigger's messages written for shoppers of whom less and less is known: what they show, and what they need.

The linter writes every message to somebody of whom everything is known. Here one thing after the other is missing, or
is not what it should be, so that a page may say of a message whether it can always be written.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

from nudgekit.content.context import Inputs, message_context
from nudgekit.content.sample import sample_inputs
from nudgekit.content.template import Template
from nudgekit.errors import CalledOff, RuleError
from nudgekit.language.policy import Policy
from nudgekit.model.facts import Cart, Facts
from nudgekit.model.message import Shown
from nudgekit.model.profile import Profile

SAID: Final = ("2026-11-28T18:30:00+00:00", 5, "soon")
"""What an event may say under any name: a time, a number, a word."""


@dataclass(frozen=True)
class Trial:
    """One attempt to write a message.

    Attributes:
        shown: the products that it shows.
        fault: why it could not be written; empty: it could.
    """

    shown: tuple[Shown, ...] = ()
    fault: str = ""


@lru_cache(maxsize=256)
def tried(template: Template, policy: Policy, trigger_id: str, has_cart: bool) -> tuple[Trial, ...]:
    """Every attempt to write the message.

    Args:
        template: the message.
        policy: the shop's numbers.
        trigger_id: whose message it is.
        has_cart: whether the rule makes sure that something is in the cart.
    """
    full = sample_inputs(policy, trigger_id)
    return tuple(_write(template, each) for each in _inputs(full, template, has_cart=has_cart))


def _write(template: Template, inputs: Inputs) -> Trial:
    inputs = replace(inputs, shelf=type(inputs.shelf)())
    try:
        template.render(message_context(inputs))
    except CalledOff:
        return Trial()
    except RuleError as error:
        return Trial(fault=str(error))
    return Trial(inputs.shelf.shown)


def _inputs(full: Inputs, template: Template, *, has_cart: bool) -> Iterator[Inputs]:
    """Everything known, then each thing missing, and all of them; each with what the start event may say."""
    poorer = [{}, *_poorer(full, has_cart=has_cart)]
    poorer.append({name: value for each in reversed(poorer) for name, value in each.items()})
    for changes in poorer:
        for about in _abouts(template):
            yield replace(full, **changes, about=about)


def _poorer(full: Inputs, *, has_cart: bool) -> Iterator[Mapping[str, Any]]:
    yield {"item": None}
    yield {"item": _bare(full.item)}
    yield {"picks": tuple(map(_bare, full.picks))}
    yield {"profile": Profile()}
    yield {"facts": Facts()}
    yield {"offer": None}
    yield {"cart": _unpriced(full.cart) if has_cart else Cart((), Decimal(0), None)}


def _bare(product: Any) -> Any:
    gone = {"name": None, "brand": None, "category": None, "price": None, "url": None, "image_url": None}
    return product.model_copy(update=gone)


def _unpriced(cart: Cart) -> Cart:
    lines = tuple(line._replace(price=None, name=None, url=None, image_url=None) for line in cart.lines)
    return Cart(lines[:1], None, None)


def _abouts(template: Template) -> Iterator[Mapping[str, Any]]:
    """What a start event may say of the names that the message reads: nothing, all, or one of them alone."""
    names = sorted({str(path[1]) for path in template.names if len(path) > 1 and path[0] == "start"})
    yield {}
    for said in SAID:
        yield dict.fromkeys(names, said)
    for name, said in ((name, said) for name in names for said in SAID):
        yield {name: said}


def faulty(trials: Iterable[Trial]) -> bool:
    """Whether the message could not be written at least once."""
    return any(each.fault for each in trials)


def shows_products(trials: Iterable[Trial]) -> bool:
    """Whether the message showed a product at least once."""
    return any(each.shown for each in trials)


def shows_prices(trials: Iterable[Trial]) -> bool:
    """Whether it said what one costs."""
    return any(shown.price is not None for each in trials for shown in each.shown)
