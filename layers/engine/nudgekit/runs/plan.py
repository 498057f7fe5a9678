"""A plan: everything that one signal brings about, before any of it is done."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from nudgekit.runs.documents import Write
from nudgekit.runs.ports import MessageRef, WakeUp
from nudgekit.runs.reports import Report


class Plan(NamedTuple):
    """What to do, in this order.

    Wake-ups come first: one that turns out superfluous finds its run moved on and changes nothing, while a run
    without its wake-up would be lost. Messages come last: their rows exist by then, and a repeat of the signal
    queues them again.

    What goes onto the trigger's own queue goes there on both sides: starts before the write that says that these people
    were asked, the message for the next page after it. What is written last says that all of that is done.

    Attributes:
        report: what it amounts to.
        starts: starts of runs, for the trigger's own queue.
        wake_ups: wake-ups to ask for.
        puts: what to write, all or nothing.
        messages: messages to queue.
        steps: messages of the fan-out to itself, each with the time at which it is wanted.
        last: what to write when everything else is done, all or nothing.
    """

    report: Report
    wake_ups: tuple[tuple[WakeUp, datetime], ...] = ()
    puts: tuple[Write, ...] = ()
    messages: tuple[MessageRef, ...] = ()
    starts: tuple[Mapping[str, Any], ...] = ()
    steps: tuple[tuple[Mapping[str, Any], datetime], ...] = ()
    last: tuple[Write, ...] = ()
