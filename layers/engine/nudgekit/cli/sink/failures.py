"""Which destinations fail, and how: one table, in numbers and addresses that belong to nobody.

The numbers are Ofcom's range for drama (07700 900000 to 900999), the addresses are in RFC 2606's example domains.
Everything else is taken by the provider.
"""

import re
from dataclasses import dataclass
from typing import Literal

from nudgekit.model.base import Channel

SMS, WHATSAPP, EMAIL = Channel.SMS, Channel.WHATSAPP, Channel.EMAIL


@dataclass(frozen=True)
class Failure:
    """How a channel's provider treats the destinations of a pattern.

    Attributes:
        how: `refuse` (always an error), `throttle` (an error the first time), `lose` (taken, then a failed receipt).
        code: the provider's error or status.
        reason: the provider's own detail of it.
    """

    channel: Channel
    pattern: str
    how: Literal["refuse", "throttle", "lose"]
    code: str
    reason: str = ""


FAILURES = (
    Failure(SMS, r"\+4477009001\d\d", "refuse", "ConflictException", "DESTINATION_PHONE_NUMBER_OPTED_OUT"),
    Failure(SMS, r"\+4477009002\d\d", "refuse", "ValidationException", "DESTINATION_COUNTRY_BLOCKED"),
    Failure(SMS, r"\+4477009003\d\d", "throttle", "ThrottlingException"),
    Failure(SMS, r"\+4477009004\d\d", "lose", "TEXT_UNREACHABLE"),
    Failure(WHATSAPP, r"\+4477009005\d\d", "refuse", "InvalidParametersException"),
    Failure(WHATSAPP, r"\+4477009006\d\d", "lose", "131026"),
    Failure(WHATSAPP, r"\+4477009007\d\d", "throttle", "ThrottledRequestException"),
    Failure(WHATSAPP, r"\+4477009008\d\d", "lose", "131049"),
    Failure(EMAIL, r"[^@]+@bounce\.example\.com", "lose", "Permanent"),
    Failure(EMAIL, r"[^@]+@complaint\.example\.com", "lose", "Complaint"),
)


def failure_of(channel: Channel, destination: str) -> Failure | None:
    """Find how a destination fails; None when it does not."""
    fitting = (each for each in FAILURES if each.channel is channel and re.fullmatch(each.pattern, destination))
    return next(fitting, None)
