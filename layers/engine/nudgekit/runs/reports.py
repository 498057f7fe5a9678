"""What was done, for logs and metrics; never a person, an address or content."""

from typing import Literal, NamedTuple

from nudgekit.model.base import fingerprint

Done = Literal[
    "folded", "duplicate", "rejected", "beat",
    "armed", "repeated", "ignored", "waited", "claimed", "ended", "tripped", "uncounted", "fell_back",
    "fanned_out", "asked", "looked",
    "handed_off", "withheld", "failed", "in_doubt",
    "received", "unknown", "answered",
    "merged", "exported", "erased", "verified",
]  # fmt: skip


class Report(NamedTuple):
    """One outcome of one thing that came in.

    Attributes:
        outcome: what was done.
        trigger: by which trigger.
        run: a mark that stands for the run.
        reason: why, from the closed list, where there is one.
        channel: of the message, where there is one.
        run_outcome: how the run ended, when it did.
        late_ms: how many milliseconds after its time a wake-up was acted on, for those that were.
    """

    outcome: Done
    trigger: str = ""
    run: str = ""
    reason: str = ""
    channel: str = ""
    run_outcome: str = ""
    late_ms: int | None = None


def run_mark(person: str, trigger: str, key: str, occurrence: int) -> str:
    """A stable stand-in for one life of a run."""
    return fingerprint(person, trigger, key, str(occurrence), size=8)
