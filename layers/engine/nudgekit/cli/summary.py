"""What came of a replay, counted from what stands in the tables."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from nudgekit.cli.sink.engagement import Engagement
from nudgekit.model.decision import Decision
from nudgekit.model.message import LOST
from nudgekit.model.reasons import Reason
from nudgekit.model.run import Run

NOT_ENGAGED = "no engagement within the wait"
FAILED = "failed for good"
CAUSES = {Reason.UNREACHABLE: "unreachable", Reason.NO_CONSENT: "not allowed"}
EXPECTED_CAUSES = ("unreachable", "not allowed", FAILED, NOT_ENGAGED)
CHANNELS = ("push", "email", "sms", "whatsapp")


@dataclass(frozen=True)
class Summary:
    """Counts.

    Attributes:
        runs: by outcome; `open` is one that still waits or climbs.
        messages: taken by a provider, by channel.
        fates: messages by (channel, status).
        fallbacks: steps from one channel to the next, by cause.
        silences: runs that never reached anybody, by reason.
    """

    runs: Counter[str]
    messages: Counter[str]
    fates: Counter[tuple[str, str]]
    fallbacks: Counter[str]
    silences: Counter[str]

    def missing(self, silences: int = 5) -> list[str]:
        """Name what a demonstration of everything should have shown and did not."""
        absent = [f"no message by {channel}" for channel in CHANNELS if not self.messages[channel]]
        absent += [f"no fallback because {cause}" for cause in EXPECTED_CAUSES if not self.fallbacks[cause]]
        if len(self.silences) < silences:
            absent.append(f"only {len(self.silences)} different reasons for silence, not {silences}")
        return absent


def summarise(engagement: Engagement) -> Summary:
    """Count everything."""
    sent = [each for each in engagement.messages if each.provider_id]
    quiet = [run for run in engagement.runs if run.outcome and not run.handed_off]
    return Summary(
        runs=Counter(str(run.outcome or "open") for run in engagement.runs),
        messages=Counter(str(each.channel) for each in sent),
        fates=Counter((str(each.channel), str(each.status)) for each in engagement.messages),
        fallbacks=Counter(_fallbacks(engagement)),
        silences=Counter(str(run.reason or "no reason") for run in quiet),
    )


def _fallbacks(engagement: Engagement) -> Iterator[str]:
    for run in engagement.runs:
        yield from (_cause_after(before) for before, _ in pairwise(run.attempts))
    for _, decision in engagement.decisions:
        if decision.do == "send":
            yield from _passed_over(decision)


def _cause_after(attempt: object) -> str:
    return FAILED if getattr(attempt, "status", None) in LOST else NOT_ENGAGED


def _passed_over(decision: Decision) -> Iterator[str]:
    """The channels that a decision went past before it took another."""
    for step in decision.trace:
        if step.channel and step.verdict.answer == "skip" and step.verdict.reason in CAUSES:
            yield CAUSES[step.verdict.reason]


def best_story(engagement: Engagement) -> Run | None:
    """Find the run with the most to tell."""
    return max(engagement.runs, key=lambda run: (len(run.attempts), run.key), default=None)
