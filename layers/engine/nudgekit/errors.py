"""Every exception nudgekit raises.

    NudgekitError
    ├── BadInput            somebody wrote something that cannot work; retrying will not mend it
    │   ├── EventError      an event that breaks the contract
    │   ├── RuleError       a rule, message, situation or policy file with a mistake
    │   │   └── MistakesError   several of them, told together
    │   └── SettingsError   a missing or contradictory setting of the deployment
    ├── Retryable           the same call may succeed later
    │   ├── Conflict        somebody else changed what was about to be written
    │   ├── EventFailed     a function could not do its work for the one event it was invoked with
    │   └── Throttled       a provider or service asks to come back later
    ├── CalledOff           a message says itself that it shall not be sent
    └── Uncertain           nobody knows whether the call did its work

Texts say what happened, where, and what to do. They never carry personal data.
"""

from collections.abc import Sequence


class NudgekitError(Exception):
    """The root of everything nudgekit raises."""


class BadInput(NudgekitError):
    """Something that must be corrected by whoever wrote it.

    Attributes:
        what: what is wrong.
        where: the place: a file and line, a field, a variable; empty when it is obvious.
        remedy: what to do about it.
    """

    def __init__(self, what: str, where: str = "", remedy: str = "") -> None:
        self.what, self.where, self.remedy = what, where, remedy
        super().__init__(what, where, remedy)

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        advice = f" ({self.remedy})" if self.remedy else ""
        return f"{place}{self.what}{advice}"


class EventError(BadInput):
    """An event that breaks the contract; `what` is the stated reason for its rejection."""


class RuleError(BadInput):
    """A mistake in a rule, its messages, its situations or the policy."""


class MistakesError(RuleError):
    """Several mistakes, told together; one a line.

    Attributes:
        mistakes: each of them.
    """

    def __init__(self, mistakes: Sequence[RuleError]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__(f"{len(self.mistakes)} mistakes")

    def __str__(self) -> str:
        return "\n".join(str(each) for each in self.mistakes)


class SettingsError(BadInput):
    """A missing or contradictory setting of the deployment."""


class Problem(NudgekitError):
    """Something the person at the shell can mend: one sentence or more, shown as they stand."""


class Retryable(NudgekitError):
    """The same call may succeed later."""


class Conflict(Retryable):
    """A conditional write lost against another writer."""


class EventFailed(Retryable):
    """A function could not do its work for the one event it was invoked with; the text names the fault alone."""


class Throttled(Retryable):
    """A provider or service asks to come back later; nothing was sent."""


class CalledOff(NudgekitError):
    """A message says itself that it shall not be sent; the text is what its file says, and never a value."""


class Uncertain(NudgekitError):
    """A provider left it open whether it took the message; a repeat might send it twice."""
