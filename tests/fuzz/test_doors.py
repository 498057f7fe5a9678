"""Malformed and hostile events and receipts at every function: nothing crashes, poisons its neighbours, or is told on.

NUDGEKIT_INPUTS says how many inputs there are (make prove: a million).
"""

import contextlib
import io
import json
import logging
import os
import random
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from nudgekit import load_book
from nudgekit.errors import NudgekitError
from nudgekit.lambdas import observability
from nudgekit.model.base import OUTGOING
from nudgekit.runs.documents import Kind, Ref, run_ref
from tests.functional.deployment import ROOT, fixture
from tests.fuzz.hostile import MARKS, hostile, value
from tests.yard import Yard

INPUTS = int(os.environ.get("NUDGEKIT_INPUTS", "30000"))
FIRST = int(os.environ.get("NUDGEKIT_SEED", "0"))
AT_ONCE = 25
"""Inputs in a batch, with one that is in order among them."""

NOW = datetime(2026, 11, 2, 12, 31, tzinfo=UTC)
BY_REQUEST = {"onsite"}
"""Fed by no queue: tests/fuzz/test_onsite_door.py is at that door."""

FUNCTIONS = sorted({each.parent.name for each in (ROOT / "functions").glob("*/app.py")} - BY_REQUEST)


ANYBODYS = {
    "delivery_feedback": "delivery_feedback/ses_sent",
    "consent": "consent/granted_email",
    "person": "person/identity_linked",
    "confirm_subscription": "confirm_subscription/start",
}
"""What a function gets that is in order, where it is not a message."""


class Told(io.StringIO):
    """All that was printed, logged and counted since it was last asked."""

    def take(self) -> str:
        text = self.getvalue()
        self.seek(0)
        self.truncate()
        return text


@pytest.fixture
def told() -> Iterator[Told]:
    """Every log of every library at every level, and what is printed."""
    into = Told()
    catching = logging.StreamHandler(into)
    root, own = logging.getLogger(), observability.logger()
    before, streams = (
        root.level,
        [(each, each.stream) for each in own.handlers if isinstance(each, logging.StreamHandler)],
    )
    root.addHandler(catching)
    root.setLevel(logging.DEBUG)
    for handler, _ in streams:
        handler.setStream(into)
    with contextlib.redirect_stdout(into), contextlib.redirect_stderr(into):
        yield into
    for handler, stream in streams:
        handler.setStream(stream)
    root.removeHandler(catching)
    root.setLevel(before)


def yard(patch: pytest.MonkeyPatch) -> Yard:
    """The functions, somebody who can be reached, and one of her messages on its way."""
    book = load_book(ROOT / "rules")
    made = Yard(book, book.ids, NOW - timedelta(minutes=31))
    made.wire(patch, quiet=False)
    for name in ("project_profile/batch", *(f"consent/granted_{channel}" for channel in OUTGOING)):
        event = fixture(name)
        bodies = [json.loads(each["body"]) for each in event["Records"]] if "Records" in event else [event]
        made.invoke(name.partition("/")[0], *bodies)
    made.invoke("cart_abandonment", fixture("cart_abandonment/start"))
    made.now = NOW
    made.invoke("cart_abandonment", fixture("cart_abandonment/wake_up"))
    return made


def neighbour(function: str, number: int) -> tuple[str, Callable[[Yard], bool]]:
    """An input in order, and whether it was worked on."""
    person, at = f"neighbour-{number}", NOW.isoformat()
    detail = {"message_id": f"n{number}", "user_id": person, "timestamp": at, "properties": {"cart_id": "c"}}
    event = json.dumps({"source": "shop", "detail-type": "Product Added", "detail": detail})
    if function == "cart_abandonment":
        return event, lambda found: run_ref(person, function, "c") in found.store.rows
    if function == "project_profile":
        return event, lambda found: Ref(Kind.FACTS, person) in found.store.rows
    if function in ANYBODYS or function.startswith("deliver_"):
        return json.dumps(fixture(ANYBODYS.get(function, f"{function}/message"))), lambda found: True
    own = sorted(path for path in (ROOT / "events" / function).glob("*.json") if not path.stem.startswith("malformed"))
    return json.dumps(json.loads(own[0].read_text())), lambda found: True


def test_nothing_hostile_gets_through(
    told: Told,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    record_property: Callable[[str, object], None],
) -> None:
    became, doors, given, number = Counter[str](), Counter[str](), 0, FIRST
    while given < INPUTS:
        with monkeypatch.context() as patch:
            found = yard(patch)
            for _ in range(200):
                number += 1
                given += AT_ONCE
                became += _batch(number, found, told)
                doors[FUNCTIONS[number % len(FUNCTIONS)]] += AT_ONCE
                caplog.clear()
                if given >= INPUTS:
                    break
    assert became["rejected"] > given / 20
    assert became["done"] > given / 20
    assert doors.keys() == set(FUNCTIONS)
    counts = ", ".join(f"{count} {word}" for word, count in became.most_common())
    least = min(doors.values())
    record_property("told", f"{given} hostile inputs at {len(doors)} functions, {least} or more at each: {counts}")


def _batch(number: int, found: Yard, told: Told) -> Counter[str]:
    rng = random.Random(number)
    function = FUNCTIONS[number % len(FUNCTIONS)]
    inputs = [hostile(rng, function) for _ in range(AT_ONCE)]
    good, was_done = neighbour(function, number)
    inputs.insert(rng.randrange(AT_ONCE + 1), good)
    found.letters.kept.clear()
    failed = found.invoke(function, *inputs)
    text = told.take()
    where = f"seed {number}, {function}"
    assert not failed, f"{where}: {len(failed)} come again, as {inputs[failed[0]][:2000]!r}"
    assert good not in {body for body, _ in found.letters.kept}, f"{where}: the neighbour was given up"
    assert was_done(found), f"{where}: the neighbour was forgotten"
    _silent(text, where)
    for body, reason in found.letters.kept:
        assert reason, f"{where}: no reason for {body[:500]!r}"
        _silent(reason, where)
    rejected = len(found.letters.kept)
    return Counter({"rejected": rejected, "done": len(inputs) - rejected})


def _silent(text: str, where: str) -> None:
    lower = text.lower()
    spoken = [mark for mark in MARKS if mark in lower]
    at = lower.find(spoken[0]) if spoken else 0
    assert not spoken, f"{where}: {spoken} in {text[max(0, at - 300) : at + 300]!r}"


ASKED = ("export", "erase", "verify")


def by_hand(rng: random.Random, function: str) -> Any:
    """What somebody who may invoke a function might hand it: any JSON."""
    if function == "person" and rng.random() < 0.6:
        ids = ("ada", "nobody", "anonymous:device-1", "address:email#" + "0" * 24, "a#b", "USER#ada")
        return {rng.choice(ASKED): rng.choice((value(rng), rng.choice(ids)))}
    text = hostile(rng, function)
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def test_nothing_hostile_gets_through_by_hand(
    told: Told,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    record_property: Callable[[str, object], None],
) -> None:
    """A bare invocation does its work, gives up what can never work, or fails with an error of ours that says why."""
    became = Counter[str]()
    found = yard(monkeypatch)
    for number in range(FIRST, FIRST + INPUTS // 10):
        rng, function = random.Random(number), FUNCTIONS[number % len(FUNCTIONS)]
        where, text = f"seed {number}, {function}", ""
        given = by_hand(rng, function)
        try:
            json.dumps(found.handler(function)(given, None))
        except NudgekitError as error:
            text = str(error)
        became["refused" if text else "rejected" if found.letters.kept else "done"] += 1
        reasons = [reason for _, reason in found.letters.kept]
        assert all(reasons), where
        _silent(told.take() + text + " ".join(reasons), where)
        found.letters.kept.clear()
        caplog.clear()
    assert min(became[word] for word in ("refused", "rejected", "done")) > INPUTS / 1000
    record_property("told", f"{INPUTS // 10} hostile invocations by hand: {dict(became.most_common())}")


def test_a_log_line_with_a_name_in_it_would_be_caught(told: Told) -> None:
    """The suite can fail: a handler that logs what it was given is found out."""
    logging.getLogger("careless").warning("could not parse %s", {"email": "Zebulonsecret@example.org"})
    with pytest.raises(AssertionError, match="zebulonsecret"):
        _silent(told.take(), "planted")
    observability.logger().info("folded", extra={"person": "zebulonsecret"})
    with pytest.raises(AssertionError, match="zebulonsecret"):
        _silent(told.take(), "planted")
