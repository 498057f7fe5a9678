"""What WhatsApp delivers, to whom and when."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from nudgekit.decide.case import Case
from nudgekit.decide.hours import Seen
from nudgekit.decide.overrides import with_overrides
from nudgekit.language.ladder import Rung
from nudgekit.law.hours import in_number_country
from nudgekit.law.rows import MessageRow
from nudgekit.law.tables import tables
from nudgekit.model.base import Channel, from_ms, to_ms
from nudgekit.model.decision import PASS, Verdict, passed
from nudgekit.model.reasons import Reason


def held_back(case: Case, rung: Rung) -> Verdict:
    """The provider has not held marketing back from this person lately; the gap grows with each time it did.

    Within the service window, marketing does not count for the provider, and nothing is held back.
    """
    if rung.channel is not Channel.WHATSAPP:
        return PASS
    return with_overrides(case, lambda overridden: _ask_pause(case, rung, overridden))


def _ask_pause(case: Case, rung: Rung, overridden: frozenset[str]) -> Verdict:
    seen: Seen = ()
    for row in _in_force(tables().pauses, case, overridden):
        since = to_ms(case.now - timedelta(days=row.remembered_days))
        times = [at for at in case.facts.held_back_at(rung.channel) if at > since]
        if times:
            gap = min(timedelta(hours=row.hours) * 2 ** (len(times) - 1), timedelta(hours=row.longest_hours))
            again_at = from_ms(max(times)) + gap
            seen += (("row", row.id), ("times", len(times)), ("not_before", again_at))
            if case.now < again_at and window_until(case) is None:
                return Verdict("skip", Reason.HELD_BACK, again_at, seen)
    return passed(*seen) if seen else PASS


def delivered_there(case: Case, rung: Rung) -> Verdict:
    """The provider delivers templates of this purpose to numbers of the country; free text arrives everywhere."""
    if rung.channel is not Channel.WHATSAPP or case.content is None or case.content.template is None:
        return PASS
    return with_overrides(case, lambda overridden: _ask_country(case, rung, overridden))


def _ask_country(case: Case, rung: Rung, overridden: frozenset[str]) -> Verdict:
    law = tables().undelivered
    rows = in_number_country(law, case.places, rung.channel, case.trigger.purpose, case.days)
    found = [row.id for row in rows if row.id not in overridden]
    return Verdict("skip", Reason.NOT_DELIVERED_THERE, None, (("row", found[0]),)) if found else PASS


def service_window(case: Case, rung: Rung) -> Verdict:
    """Free text only answers what the person wrote lately; everything else needs a template."""
    if rung.channel is not Channel.WHATSAPP or case.content is None or case.content.template is not None:
        return PASS
    return with_overrides(case, lambda overridden: _ask_window(case, overridden))


def _ask_window(case: Case, overridden: frozenset[str]) -> Verdict:
    if not any(_in_force(tables().windows, case, overridden)):
        return PASS
    until = window_until(case)
    seen = (("window_until", until),)
    return Verdict("skip", Reason.TEMPLATE_NEEDED, None, seen) if until is None else passed(*seen)


def window_until(case: Case) -> datetime | None:
    """Until when free text may answer the person on WhatsApp; None: not now."""
    heard, from_ad = (case.facts.heard_at(Channel.WHATSAPP, from_ad=each) for each in (False, True))
    ends = [
        from_ms(at) + timedelta(hours=hours)
        for row in _in_force(tables().windows, case)
        for at, hours in ((heard, row.hours), (from_ad, row.hours_from_ad))
        if at
    ]
    until = max(ends, default=None)
    return until if until is not None and case.now < until else None


def _in_force[R: MessageRow](rows: tuple[R, ...], case: Case, overridden: frozenset[str] = frozenset()) -> Iterator[R]:
    covered = (row for row in rows if row.covers(Channel.WHATSAPP, case.trigger.purpose, case.days))
    return (row for row in covered if row.id not in overridden)
