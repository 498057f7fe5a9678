"""Was the number looked up in the do-not-call register of its country?"""

from datetime import timedelta

from nudgekit.decide.case import Case
from nudgekit.decide.overrides import with_overrides
from nudgekit.language.ladder import Rung
from nudgekit.law.hours import in_number_country
from nudgekit.law.rows import DoNotCallRow
from nudgekit.law.tables import tables
from nudgekit.model.base import from_ms
from nudgekit.model.consent import Status
from nudgekit.model.decision import PASS, Verdict
from nudgekit.model.profile import RegisterCheck, address_mark
from nudgekit.model.reasons import Reason


def do_not_call(case: Case, rung: Rung) -> Verdict:
    """The register answered lately that the number is not listed, or the person consented in evidential form."""
    if rung.channel not in tables().channels_with_registers or case.places.number is None:
        return PASS
    return with_overrides(case, lambda overridden: _ask(case, rung, overridden))


def _ask(case: Case, rung: Rung, overridden: frozenset[str]) -> Verdict:
    law = tables().do_not_call
    rows = in_number_country(law, case.places, rung.channel, case.trigger.purpose, case.days)
    answers = [_answer(case, rung, row) for row in rows if row.id not in overridden]
    return next((each for each in answers if each.answer != "pass"), answers[0] if answers else PASS)


def _answer(case: Case, rung: Rung, row: DoNotCallRow) -> Verdict:
    if consented_in_writing(case, rung):
        return Verdict("pass", None, None, (("row", row.id), ("exempt_by", "express consent with its wording")))
    check = last_check(case, row)
    if check is None:
        return Verdict("skip", Reason.DO_NOT_CALL, None, (("row", row.id), ("checked_at", None)))
    valid_until = from_ms(check.at) + timedelta(days=row.valid_days)
    seen = (("row", row.id), ("listed", check.listed), ("valid_until", valid_until))
    if check.listed or case.now >= valid_until:
        return Verdict("skip", Reason.DO_NOT_CALL, None, seen)
    return Verdict("pass", None, None, seen)


def consented_in_writing(case: Case, rung: Rung) -> bool:
    """Whether the person granted the channel expressly and the wording of it is known: consent in evidential form."""
    purpose, topic = case.trigger.purpose, case.trigger.topic
    if case.consent.status(rung.channel, purpose, case.now, topic) is not Status.GRANTED:
        return False
    words = (case.consent.last_word(rung.channel, purpose, each) for each in (topic, ""))
    return any(word.grants(case.now) and word.basis == "express" and bool(word.wording) for word in words if word)


def last_check(case: Case, row: DoNotCallRow) -> RegisterCheck | None:
    """The register's latest answer about the number that the person has now."""
    keys = (f"{row.register_name}|{channel}" for channel in row.channels)
    known = (check for key in keys if (check := case.profile.checks.get(key)))
    return max((check for check in known if _is_about_number(case, check)), default=None)


def _is_about_number(case: Case, check: RegisterCheck) -> bool:
    if check.number:
        return check.number == address_mark(case.profile.phone or "")
    return check.at >= case.profile.written_at("phone")
