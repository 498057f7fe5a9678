"""Filters that write for a locale and a clock: `money`, `number`, `percent`, `plural`, `date` and `time`.

Each takes the locale and the zone from the names of the message that is being written.
"""

from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal
from typing import Final

from babel import Locale
from babel.dates import format_date, format_datetime, format_skeleton, format_time
from babel.numbers import format_currency, format_decimal, format_percent
from liquid import Environment, RenderContext
from liquid.exceptions import FilterArgumentError
from liquid.filter import with_context

from nudgekit.content.locales import known_locale
from nudgekit.content.money import Money
from nudgekit.model.amounts import as_amount

NO_AMOUNT: Final = "money needs an amount, and the shop did not say it"
NO_NUMBER: Final = "there is no number to write"
NO_TIME: Final = "there is no time to write: it takes ISO 8601 with an offset, or a day"
NO_OTHER: Final = 'plural needs its words for all other numbers, as in plural: one: "one thing", other: "# things"'
NO_FORMAT: Final = "that is no way to write a time: short, medium, long, full, or a skeleton of CLDR as in MMMMd"
OUR_WORDS: Final = frozenset({NO_AMOUNT, NO_NUMBER, NO_TIME, NO_OTHER, NO_FORMAT})
"""What a filter may say of its fault: no value is ever quoted."""

LENGTHS: Final = frozenset({"short", "medium", "long", "full"})


def add_filters(environment: Environment) -> None:
    """Make all filters of this module known."""
    for each in (money, number, percent, plural, date_, time_):
        environment.add_filter(each.__name__.rstrip("_"), each)


@with_context
def money(amount: object, currency: object = None, *, context: RenderContext) -> str:
    """An amount with its currency; `currency` for one that has none of its own, such as a property of an event."""
    if isinstance(amount, Money):
        return format_currency(amount.amount, amount.currency, locale=locale_of(context))
    plain = as_amount(amount)
    if plain is None or not isinstance(currency, str) or not currency:
        raise FilterArgumentError(NO_AMOUNT, token=None)
    return format_currency(plain, currency, locale=locale_of(context))


@with_context
def number(value: object, *, context: RenderContext) -> str:
    """A number with the separators of the locale."""
    return format_decimal(_number(value), locale=locale_of(context))


@with_context
def percent(value: object, *, context: RenderContext) -> str:
    """So many hundredths: 25 becomes `25%`."""
    return format_percent(_number(value) / 100, format=None, locale=locale_of(context), decimal_quantization=False)


@with_context
def plural(value: object, *, context: RenderContext, other: object = None, **forms: object) -> str:
    """The words for so many things, by the categories of CLDR; `#` in them stands for the number."""
    count, locale = _number(value), locale_of(context)
    if not isinstance(other, str) or not all(isinstance(each, str) for each in forms.values()):
        raise FilterArgumentError(NO_OTHER, token=None)
    words = str(forms.get(locale.plural_form(count), other))
    return words.replace("#", format_decimal(count, locale=locale))


@with_context
def date_(moment: object, form: object = "medium", *, context: RenderContext) -> str:
    """A day on the person's calendar: short, medium, long, full, or a skeleton of CLDR, as in `MMMMd` or `EEEEHm`."""
    when, zone, locale = _moment(moment), zone_of(context), locale_of(context)
    if form in LENGTHS:
        day = when.astimezone(zone).date() if isinstance(when, datetime) else when
        return format_date(day, str(form), locale=locale)
    if isinstance(when, datetime):
        return _skeleton(str(form), when.astimezone(zone), locale)
    return _skeleton(str(form), datetime(when.year, when.month, when.day, tzinfo=UTC), locale)


@with_context
def time_(moment: object, *, context: RenderContext) -> str:
    """A time of day on the person's clock."""
    when = _moment(moment)
    if not isinstance(when, datetime):
        raise FilterArgumentError(NO_TIME, token=None)
    return format_time(when.astimezone(zone_of(context)), "short", locale=locale_of(context))


def locale_of(context: RenderContext) -> Locale:
    """The locale that the message is written in."""
    return known_locale(str(context.resolve("locale", token=None)))


def zone_of(context: RenderContext) -> tzinfo:
    """Where the person's clock stands."""
    zone = context.resolve("zone", token=None)
    return zone if isinstance(zone, tzinfo) else UTC


def _skeleton(form: str, when: datetime, locale: Locale) -> str:
    """A single field, such as the weekday `EEEE`, in just that width; several as near as the locale has them."""
    try:
        if len(set(form)) == 1:
            return format_datetime(when, form, locale=locale)
        return format_skeleton(form, when, tzinfo=when.tzinfo, locale=locale)
    except (KeyError, ValueError, AttributeError):
        raise FilterArgumentError(NO_FORMAT, token=None) from None


def _moment(value: object) -> datetime | date:
    """The time in `value`: an aware one, or a day. A time without its offset is none: it must never be guessed."""
    if isinstance(value, str):
        value = _parsed(value)
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    raise FilterArgumentError(NO_TIME, token=None)


def _parsed(text: str) -> datetime | date | None:
    try:
        return date.fromisoformat(text) if len(text) == len("2026-11-27") else datetime.fromisoformat(text)
    except ValueError:
        return None


def _number(value: object) -> Decimal:
    found = value.amount if isinstance(value, Money) else as_amount(value)
    if found is None:
        raise FilterArgumentError(NO_NUMBER, token=None)
    return found
