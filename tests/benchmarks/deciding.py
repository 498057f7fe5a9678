"""The audience beside other engines, and the whole decision."""

from collections.abc import Iterator
from functools import partial
from typing import Final

from nudgekit.book import load_book
from nudgekit.cli.local import paths
from nudgekit.decide.case import Case
from nudgekit.decide.decide import decide
from nudgekit.language.ladder import Rung
from nudgekit.model.message import Content
from nudgekit.runs.rulebook import Rulebook
from tests.benchmarks import engines
from tests.benchmarks.contestant import plain
from tests.benchmarks.person import AUDIENCE, DATA, a_case, by_hand
from tests.benchmarks.table import Row, microseconds
from tests.benchmarks.timing import ROUNDS, Call, Times, calls_a_turn, per_call

AUDIENCE_BUDGET: Final = 4.0
DECISION_BUDGET_US: Final = 25.0
REFERENCE_PLAIN_US: Final = 0.27
"""What plain Python took for ten terms when the budget of a decision was set; turns that budget into a ratio."""

DECISION_BUDGET_RATIO: Final = DECISION_BUDGET_US / REFERENCE_PLAIN_US

_TITLES: Final = {
    "zen-engine": "audience by zen-engine, compiled",
    "zen-decision": "audience by a zen-engine decision with trace",
    "cel": "audience by common-expression-language, compiled",
    "rule-engine": "audience by rule-engine, flat names",
}


def rows() -> Iterator[Row]:
    """Measure everything that decides, in one set of rounds."""
    calls = _calls()
    turns = {name: calls_a_turn(call) for name, call in calls.items()}
    own: dict[str, list[float]] = {name: [] for name in calls}
    with engines.contestants() as others:
        for _ in range(ROUNDS):
            for name, call in calls.items():
                own[name].append(per_call(call, turns[name]))
            engines.take_turns(others)
    times = {name: Times(tuple(rounds)) for name, rounds in own.items()}
    pairs = {other.name: engines.result(other) for other in others}
    yield from _audience_rows(times, pairs)
    yield from _decision_rows(times, pairs["zen-decision"].engine)


def _calls() -> dict[str, Call]:
    case = a_case()
    scope, rung = case.scope, case.trigger.ladder[0]
    given = (case.trigger, case.policy, case.run, case.now, case.profile, case.facts, case.consent, case.ledger)
    content = Content(channel=rung.channel, body="Still there?")
    rules = Rulebook(load_book(paths.project() / "rules"), case.trigger.id)
    email = next(each for each in case.trigger.ladder if each.channel == "email")

    def written(_case: Case, _rung: Rung) -> Content:
        return content

    if not by_hand(scope) or not AUDIENCE.test(scope) or decide(case, written).do != "send":
        raise ValueError("the shopper must be sent a message, else later gates are not asked")
    for each in (rung, email):
        if isinstance(rules.render(case, each, "m1"), str):
            raise ValueError(f"the message for {each.channel} cannot be written for the shopper")  # noqa: TRY004  # not a type
    return {
        "json by hand": partial(plain, DATA),
        "by hand": partial(by_hand, scope),
        "audience": partial(AUDIENCE.test, scope),
        "explained": partial(AUDIENCE.explain, scope),
        "case": partial(Case, *given, case.products),
        "decision": partial(decide, case, written),
        "push": partial(rules.render, case, rung, "m1"),
        "email": partial(rules.render, case, email, "m1"),
    }


def _audience_rows(times: dict[str, Times], pairs: dict[str, engines.Pair]) -> Iterator[Row]:
    unit = times["by hand"]
    ratio = times["audience"].over(unit)
    yield Row("ten-term audience by hand, same objects", microseconds(unit.median), "1")
    yield Row(
        "ten-term audience, trace off",
        microseconds(times["audience"].median),
        f"{ratio:.2f} x by hand",
        f"{AUDIENCE_BUDGET:g} x",
        ratio <= AUDIENCE_BUDGET,
    )
    explained = times["explained"]
    yield Row("ten-term audience, explained", microseconds(explained.median), f"{explained.over(unit):.1f} x by hand")
    yield Row("ten-term audience by hand, on JSON values", microseconds(times["json by hand"].median), "1")
    for name, pair in pairs.items():
        yield Row(_TITLES[name], microseconds(pair.engine.median), f"{pair.engine.over(pair.plain):.1f} x by hand")


def _decision_rows(times: dict[str, Times], zen: Times) -> Iterator[Row]:
    unit, decision = times["by hand"], times["decision"]
    ratio = decision.over(unit)
    yield Row(
        "whole decision, every gate, with trace",
        microseconds(decision.median),
        f"{ratio:.0f} x by hand; {decision.over(zen):.2f} x zen-engine's decision of the audience alone",
        f"{DECISION_BUDGET_US:g} µs where by hand takes {REFERENCE_PLAIN_US:g} µs: {DECISION_BUDGET_RATIO:.0f} x",
        ratio <= DECISION_BUDGET_RATIO,
    )
    for name, title in (
        ("case", "laying out the case (cart, zone, activity)"),
        ("push", "writing the push (Liquid)"),
        ("email", "writing the mail (Liquid)"),
    ):
        yield Row(title, microseconds(times[name].median), f"{times[name].over(unit):.0f} x by hand")
    for channel in ("push", "email"):
        total = Times(
            tuple(map(sum, zip(*(times[each].rounds for each in ("case", "decision", channel)), strict=True)))
        )
        yield Row(
            f"case, decision and {channel} together", microseconds(total.median), f"{total.over(unit):.0f} x by hand"
        )
