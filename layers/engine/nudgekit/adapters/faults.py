"""What AWS's error codes mean to us."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from nudgekit.errors import Throttled

THROTTLING: Final = frozenset(
    {
        "InternalFailure",
        "InternalServerError",
        "KMSThrottling",
        "LimitExceededException",
        "OverLimit",
        "ProvisionedThroughputExceeded",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "ServiceQuotaExceededException",
        "ServiceUnavailable",
        "SlowDown",
        "ThrottledRequestException",
        "Throttled",
        "Throttling",
        "ThrottlingError",
        "ThrottlingException",
        "TooManyRequestsException",
        "TransactionInProgressException",
    }
)
"""Codes by which a service asks to come back later, of calls that may be repeated; providers have their own table."""


def code_of(error: Exception) -> str:
    """The error's code, or the name of its class: all that may be told about it."""
    return str(answer_of(error).get("Error", {}).get("Code") or type(error).__name__)


def answer_of(error: Exception) -> Mapping[str, Any]:
    """What the service answered; empty when there was no answer."""
    answer = getattr(error, "response", None)
    return answer if isinstance(answer, dict) else {}


@contextmanager
def asking_to_come_back(service: str) -> Iterator[None]:
    """Turns throttling into `Throttled`; lets every other error through.

    Raises:
        Throttled: the service asks to come back later.
    """
    from botocore.exceptions import ClientError  # noqa: PLC0415

    try:
        yield
    except ClientError as error:
        if code_of(error) not in THROTTLING:
            raise
        raise Throttled(f"{service} asks to come back later ({code_of(error)})") from None
