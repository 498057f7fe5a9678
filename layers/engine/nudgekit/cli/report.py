"""Print what came of a replay."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

from nudgekit.cli.account import EventAccount, Line, lateness, of_kind, outcomes
from nudgekit.cli.console import out
from nudgekit.cli.logs import Logs
from nudgekit.cli.playbook import NOT_IN_A_DAY, Played, counted
from nudgekit.cli.story import Told
from nudgekit.cli.summary import CHANNELS, Summary
from nudgekit.model.reasons import Reason

SHOWN = 10


def show_summary(summary: Summary, logs: Logs) -> None:
    """Print counts by outcome, channel, cause and reason."""
    heading("Events, as project_profile took them")
    rows(logs.of("project_profile"))
    out.print(f"  {logs.most_behind:>6}  waiting to be folded, at most")
    heading("What the trigger did with them, with wake-ups and with news of its messages")
    rows(logs.of("cart_abandonment"))
    heading("Runs by outcome")
    rows(summary.runs)
    heading("Messages that a provider took")
    rows({channel: summary.messages[channel] for channel in CHANNELS})
    heading("What became of messages")
    rows({f"{channel} {status.replace('_', ' ')}": count for (channel, status), count in sorted(summary.fates.items())})
    heading("Steps to the next channel, by cause")
    rows(summary.fallbacks)
    heading("Silences by reason")
    rows({f"{code}: {_text(code)}": count for code, count in summary.silences.most_common()})


def show_playbook(plays: Sequence[Played]) -> None:
    """Print what every trigger sent, why it was silent, and what of its reasons did not come about."""
    heading("Every trigger: what it sent, and why it was silent")
    for play in plays:
        out.print(f"  {play.trigger}", style="bold", markup=False)
        out.print(f"    sent: {_counts(play.sent)}", markup=False)
        out.print(f"    silent: {_counts(play.silent)}", markup=False)
        for reason in play.not_shown:
            why = NOT_IN_A_DAY.get((play.trigger, reason))
            out.print(f"    not shown today: {reason}{f' ({why})' if why else ''}", markup=False)
    shown, possible = counted(plays)
    out.print(f"  {shown} of {possible} reasons to be silent came about, over all triggers")


def _counts(counts: Counter[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.most_common()) or "never"


def show_story(name: str, told: Iterable[Told]) -> None:
    """Print one person's story."""
    heading(f"One story: {name}")
    for at, kind, what in told:
        out.print(f"  {at:%d %b %H:%M}  {kind:<8} {what}", markup=False)


def show_events(account: EventAccount) -> None:
    """Print what became of the events."""
    heading("Account: every event")
    counts = {"put on the bus": account.put, "of them repeats of another": account.repeats, "folded": account.folded}
    counts |= {"not found again": len(account.missing), "that may start a run": account.starts}
    rows(counts | {"answers of the trigger to those: armed, repeated or too old": account.answered})


def show_account(lines: list[Line], factor: float, slack: timedelta) -> None:
    """Print the account of the carts."""
    heading("Account: every cart, by the data's own clock")
    for followed, counts in outcomes(lines).items():
        out.print(f"  {'followed' if followed else 'not followed'} by an order in time: {sum(counts.values())}")
        rows(counts, indent=4)
    _show_lateness(lateness(lines), factor, slack)
    _show_lines("borderline, as the order came while the decision was due", of_kind(lines, "borderline"))
    _show_lines("not decided yet when the replay ended", of_kind(lines, "open"))
    _show_lines("VIOLATIONS", of_kind(lines, "violation"))


def heading(text: str) -> None:
    """Print a heading."""
    out.print(f"\n{text}", style="bold", markup=False)


def rows(counts: Mapping[str, int], indent: int = 2) -> None:
    """Print counts, one a line."""
    for name, count in counts.most_common() if isinstance(counts, Counter) else counts.items():
        out.print(f"{' ' * indent}{count:>6}  {name}", markup=False)
    if not counts:
        out.print(f"{' ' * indent}  none")


def _show_lateness(late: list[timedelta], factor: float, slack: timedelta) -> None:
    if not late:
        return
    middle, most = late[len(late) // 2], late[-1]
    wall = f"{middle.total_seconds() / factor:.1f} s and {most.total_seconds() / factor:.1f} s"
    out.print(f"  half of the decisions came within {_minutes(middle)} of their time, all within {_minutes(most)}")
    out.print(f"  at {factor:g} times the wall's pace that is {wall}")
    out.print(f"  so an order up to {_minutes(slack)} after its time may be judged either way")


def _show_lines(title: str, lines: list[Line]) -> None:
    out.print(f"  {len(lines)} {title}", markup=False)
    for line in lines[:SHOWN]:
        visit = line.visit
        ordered = f", ordered {visit.order:%H:%M:%S}" if visit.order else ""
        out.print(f"    cart {visit.cart}: due {visit.due:%H:%M:%S}{ordered}, decided: {line.answer}", markup=False)
    if len(lines) > SHOWN:
        out.print(f"    and {len(lines) - SHOWN} more")


def _minutes(span: timedelta) -> str:
    return f"{span.total_seconds() / 60:.1f} min"


def _text(code: str) -> str:
    return next((reason.text for reason in Reason if reason == code), "")
