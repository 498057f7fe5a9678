"""What providers say about messages, each in its own form, read into notices of one form."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from nudgekit.errors import EventError
from nudgekit.lambdas.receipts import ses, sms, sns_push, whatsapp
from nudgekit.runs.feedback import Notice

_FORMATS: Final[
    tuple[tuple[Callable[[Mapping[str, Any]], bool], Callable[[Mapping[str, Any]], tuple[Notice, ...]]], ...]
] = (
    (ses.is_of, ses.notices),
    (sms.is_of, sms.notices),
    (whatsapp.is_of, whatsapp.notices),
    (sns_push.is_of, sns_push.notices),
)


def read_notices(body: Mapping[str, Any]) -> tuple[Notice, ...]:
    """The notices in a receipt; none when it says nothing worth knowing.

    Raises:
        EventError: it is of no known form, or lacks what its form promises.
    """
    for is_of, notices in _FORMATS:
        if is_of(body):
            return _checked(notices, body)
    raise EventError("no receipt of a known form", "body", "see docs/reference/events.md")


def _checked(notices: Callable[[Mapping[str, Any]], tuple[Notice, ...]], body: Mapping[str, Any]) -> tuple[Notice, ...]:
    """A field that is missing or of another kind is the sender's mistake. The text names the field alone."""
    try:
        return notices(body)
    except KeyError as error:
        raise EventError(f"missing: {error.args[0]}", "body", "see docs/reference/events.md") from None
    except (AttributeError, TypeError, ValueError, OverflowError):
        raise EventError("a field is of the wrong kind", "body", "see docs/reference/events.md") from None
