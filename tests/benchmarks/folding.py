"""Folding events into facts, and what a fact sheet costs to keep."""

import json
import zlib
from collections.abc import Iterator
from functools import partial
from typing import Final

from nudgekit.adapters.bodies import LEVEL, RAW
from nudgekit.model.event import Event, parse_event
from nudgekit.model.facts import Facts, fold
from nudgekit.runs.documents import Kind, codec
from tests.benchmarks.person import BUSY, DUE, bursting_facts, busy_facts, shopping_days
from tests.benchmarks.table import Row, microseconds
from tests.benchmarks.timing import Call, Times, take_turns

BACKTEST: Final = 50_000
"""Events a second and core that the backtest promises; folding may take only a part of that time."""

_facts = codec(Kind.FACTS)


def rows() -> Iterator[Row]:
    """Fold and keep."""
    yield from _fold_rows()
    yield from _codec_rows("a busy shopper's facts", busy_facts())
    yield from _codec_rows("facts at every bound", bursting_facts())


def _fold_rows() -> Iterator[Row]:
    month = [event for day in shopping_days(30, BUSY) for event in day]
    raw = json.loads(month[-1].model_dump_json(by_alias=True))
    text = json.dumps(raw)
    times = take_turns(
        {
            "json": partial(json.loads, text),
            "parse": partial(parse_event, raw, DUE),
            "month": lambda: fold(Facts(), _unread(month), DUE),
            "one": lambda: fold(busy_facts(), _unread(month[-1:]), DUE),
        }
    )
    unit = times["json"]
    each = Times(tuple(one / len(month) for one in times["month"].rounds))
    rate = 1e9 / each.median
    yield Row("reading one event's JSON", microseconds(unit.median), "1")
    yield Row("checking one event against the contract", *_beside(times["parse"], unit))
    yield Row(
        "folding an event, a person's month at a time",
        microseconds(each.median),
        f"{each.over(unit):.1f} x its JSON; {rate:,.0f} events/s, {BACKTEST / rate:.0%} of the time a backtest has",
    )
    yield Row("folding one event into a busy shopper's facts", *_beside(times["one"], unit))


def _unread(events: list[Event]) -> list[Event]:
    """The events as they come in: what an event remembers of its own reading is forgotten."""
    for event in events:
        event.__dict__.pop("keys", None)
        event.__dict__.pop("lines", None)
    return events


def _codec_rows(title: str, facts: Facts) -> Iterator[Row]:
    text = _facts.dump_json(facts)
    body = zlib.compress(text, LEVEL, RAW)
    calls: dict[str, Call] = {
        "json.loads": partial(json.loads, text),
        "read": partial(_facts.validate_json, text),
        "write": partial(_facts.dump_json, facts),
        "deflate": partial(zlib.compress, text, LEVEL, RAW),
        "inflate": partial(zlib.decompress, body, RAW),
    }
    times = take_turns(calls)
    yield Row(f"{title}: size", f"{len(text):,} bytes", f"{len(body):,} bytes deflated, {len(body) / len(text):.0%}")
    for name, what in (("read", "parse"), ("write", "serialise"), ("deflate", "deflate"), ("inflate", "inflate")):
        took, ratio = _beside(times[name], times["json.loads"])
        yield Row(f"{title}: {what}", took, f"{ratio} by json.loads" if name == "read" else ratio)


def _beside(times: Times, unit: Times) -> tuple[str, str]:
    return microseconds(times.median), f"{times.over(unit):.2f} x"
