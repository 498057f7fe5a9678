"""Does the message carry the registration that the law of the number's country asks for?"""

from nudgekit.decide.case import Case
from nudgekit.decide.overrides import with_overrides
from nudgekit.language.ladder import Rung
from nudgekit.law.hours import in_number_country
from nudgekit.law.tables import tables
from nudgekit.model.base import Channel
from nudgekit.model.decision import PASS, Verdict, passed
from nudgekit.model.reasons import Reason


def registration(case: Case, rung: Rung) -> Verdict:
    """Every field that the country of the number asks for stands in the written message."""
    if rung.channel is not Channel.SMS:
        return PASS
    return with_overrides(case, lambda overridden: _ask(case, rung, overridden))


def _ask(case: Case, rung: Rung, overridden: frozenset[str]) -> Verdict:
    law = tables().registrations
    rows = in_number_country(law, case.places, rung.channel, case.trigger.purpose, case.days)
    asked = [(row.id, field) for row in rows if row.id not in overridden for field in row.fields]
    missing = [each for each in asked if not getattr(case.content, each[1], None)]
    if missing:
        row, field = missing[0]
        return Verdict("skip", Reason.NOT_REGISTERED, None, (("row", row), (field, False)))
    return passed(*(("row", row.id) for row in rows), *((field, True) for _, field in asked)) if asked else PASS
