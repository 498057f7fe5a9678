"""What a provider's error means for the message: refused for good, certainly not taken, or in doubt."""

import re
from collections.abc import Mapping
from typing import Final, NamedTuple

from nudgekit.adapters.faults import answer_of, code_of
from nudgekit.errors import Throttled, Uncertain
from nudgekit.model.reasons import Reason
from nudgekit.runs.ports import Refused

E164: Final = re.compile(r"\+[1-9][0-9]{6,14}")
"""A phone number as ITU-T E.164 writes it: plus, country code, at most 15 digits."""

MAILBOX: Final = re.compile(r"[^\s@<>()\[\]\\,;:\"\x00-\x1f\x7f]{1,64}@[^\s@<>()\[\]\\,;:\"\x00-\x1f\x7f]{1,255}")
"""One mailbox and nothing else. A header takes names and lists as well: with them, mail would reach an address that the
profile does not have, past what was refused from there."""

REJECTED: Final = Refused(Reason.REJECTED)
GONE: Final = Refused(Reason.ADDRESS_DISABLED, address_dead=True)
OPTED_OUT: Final = Refused(Reason.OPTED_OUT, address_dead=True)
UNUSABLE: Final = Refused(Reason.REJECTED, address_dead=True)
NO_SENDER: Final = Refused(Reason.UNREACHABLE)
"""The deployment names no sender for the channel: its messages fail, and the ladder goes on."""

NEVER_LEFT: Final = frozenset({"ConnectTimeoutError", "EndpointConnectionError", "NoCredentialsError"})
"""Faults before the request went out."""

ACCESS_REFUSED: Final = frozenset(
    {
        "AccessDenied",
        "AccessDeniedException",
        "AuthorizationError",
        "ExpiredToken",
        "ExpiredTokenException",
        "IncompleteSignature",
        "InvalidClientTokenId",
        "InvalidSecurity",
        "InvalidSignatureException",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    }
)
"""The request was turned away at the door. It goes out once the deployment is mended; until then its queue keeps it."""


class Answers(NamedTuple):
    """One provider's error codes.

    Attributes:
        service: the provider's name.
        refused: code, or `code/reason`, to what it means for good.
        not_taken: codes by which the provider has certainly not taken the message but may later.
    """

    service: str
    refused: Mapping[str, Refused]
    not_taken: frozenset[str]

    def meaning(self, error: Exception) -> Refused:
        """What `error` means.

        Raises:
            Throttled: the message was certainly not taken and may be later.
            Uncertain: it may have been taken. Its text has the code alone: the provider's own may quote an address.
        """
        code = code_of(error)
        if code == "ParamValidationError":  # the client itself found the request malformed
            return REJECTED
        refused = self.refused.get(f"{code}/{answer_of(error).get('Reason')}") or self.refused.get(code)
        if refused is not None:
            return refused
        if code in self.not_taken | ACCESS_REFUSED | NEVER_LEFT:
            raise Throttled(f"{self.service} did not take the message ({code})") from None
        raise Uncertain(f"{self.service} left it open whether it took the message ({code})") from None
