"""Where the shop sets a row of the law aside, knowingly."""

from dataclasses import dataclass
from datetime import date

from nudgekit.language.mistakes import nearest
from nudgekit.language.policy.checks import mistake


@dataclass(frozen=True, kw_only=True)
class Override:
    """The row `row` of the law tables does not count: `reason` says why, `approved_by` who decided it, `on` when.

    It shows in the trace of every decision that it changed, and in what `nudgekit validate` prints.
    """

    row: str
    reason: str
    approved_by: str
    on: date

    def __post_init__(self) -> None:
        from nudgekit.law.tables import tables  # noqa: PLC0415  # most policies override nothing

        if self.row not in tables().ids:
            mistake("row", f"the law has no row {self.row!r}", nearest(str(self.row), tables().ids))
        for name in ("reason", "approved_by"):
            if not isinstance(getattr(self, name), str) or not getattr(self, name).strip():
                mistake(name, f"the override has no {name}", "say it; it stands in every decision that it changes")
        if not isinstance(self.on, date):
            mistake("on", "the override has no date", "write it as in on=date(2026, 1, 1)")

    def __str__(self) -> str:
        return f"{self.row}: {self.reason} (approved by {self.approved_by} on {self.on})"
