"""A plan: everything that one signal brings about, before any of it is done."""

from datetime import datetime
from typing import NamedTuple

from nudgekit.runs.documents import Write
from nudgekit.runs.ports import MessageRef, WakeUp
from nudgekit.runs.reports import Report


class Plan(NamedTuple):
    """What to do, in this order.

    Wake-ups come first: one that turns out superfluous finds its run moved on and changes nothing, while a run
    without its wake-up would be lost. Messages come last: their rows exist by then, and a repeat of the signal
    queues them again.

    Attributes:
        report: what it amounts to.
        wake_ups: wake-ups to ask for.
        puts: what to write, all or nothing.
        messages: messages to queue.
    """

    report: Report
    wake_ups: tuple[tuple[WakeUp, datetime], ...] = ()
    puts: tuple[Write, ...] = ()
    messages: tuple[MessageRef, ...] = ()
