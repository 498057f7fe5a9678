"""Text messages over End User Messaging SMS."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from nudgekit.adapters.answers import E164, NO_SENDER, OPTED_OUT, REJECTED, UNUSABLE, Answers
from nudgekit.model.base import Channel
from nudgekit.model.message import Message
from nudgekit.runs.ports import Accepted, Refused

if TYPE_CHECKING:
    from mypy_boto3_pinpoint_sms_voice_v2 import PinpointSMSVoiceV2Client

ANSWERS: Final = Answers(
    service="End User Messaging SMS",
    refused={
        "ConflictException/DESTINATION_PHONE_NUMBER_OPTED_OUT": OPTED_OUT,
        "ConflictException/DESTINATION_COUNTRY_BLOCKED_BY_PROTECT_CONFIGURATION": REJECTED,
        "ConflictException/DESTINATION_PHONE_NUMBER_BLOCKED_BY_PROTECT_NUMBER_OVERRIDE": OPTED_OUT,
        "ConflictException/DESTINATION_PHONE_NUMBER_NOT_VERIFIED": REJECTED,
        "ValidationException": REJECTED,
    },
    not_taken=frozenset(
        {
            "ConflictException",
            "ResourceNotFoundException",
            "ServiceQuotaExceededException",
            "Throttling",
            "ThrottlingException",
            "TooManyRequestsException",
        }
    ),
)
"""Codes and reasons of the SendTextMessage operation in botocore's model of pinpoint-sms-voice-v2. Other conflicts and
missing resources are faults of the deployment: the message waits in its queue until they are mended."""

TIME_TO_LIVE: Final = timedelta(hours=1)
"""What the carrier cannot deliver within this is dropped: later it might be of no use."""

SHORTEST: Final = timedelta(seconds=5)
"""The shortest time to live the service takes."""

RECEIPT_KEY: Final = "receipt"
LONGEST_CONTEXT: Final = 800
"""The longest context value the service takes; a longer receipt is left out."""

INDIA: Final = "+91"
"""The only country whose registrations the service passes on."""

_TYPES: Final = {"promotional": "PROMOTIONAL", "transactional": "TRANSACTIONAL"}


class EndUserMessagingSms:
    """The port `Provider` for text messages.

    Args:
        client: a pinpoint-sms-voice-v2 client that never retries.
        origination: the pool, phone number or sender id that sends; empty: the channel is unused.
        configuration_set: what publishes the service's events; empty for none.
    """

    channel = Channel.SMS

    def __init__(self, client: "PinpointSMSVoiceV2Client", origination: str, configuration_set: str = "") -> None:
        self.client, self.origination, self.configuration_set = client, origination, configuration_set

    def send(self, message: Message, address: str, receipt: str) -> Accepted | Refused:
        """See `ports.Provider`."""
        if not self.origination:
            return NO_SENDER
        if not E164.fullmatch(address):
            return UNUSABLE
        try:
            answer = self.client.send_text_message(**self._request(message, address, receipt))
        except Exception as error:  # every error is given its meaning, or raised again without its text
            return ANSWERS.meaning(error)
        return Accepted(answer["MessageId"])

    def _request(self, message: Message, address: str, receipt: str) -> dict[str, Any]:
        request: dict[str, Any] = {
            "DestinationPhoneNumber": address,
            "OriginationIdentity": self.origination,
            "MessageBody": message.content.body,
            "MessageType": _TYPES[message.purpose],
            "TimeToLive": int(time_to_live(message).total_seconds()),
        }
        if self.configuration_set:
            request["ConfigurationSetName"] = self.configuration_set
        if receipt and len(receipt) <= LONGEST_CONTEXT:
            request["Context"] = {RECEIPT_KEY: receipt}
        if message.content.dlt_template_id and address.startswith(INDIA):
            request["DestinationCountryParameters"] = {
                "IN_TEMPLATE_ID": message.content.dlt_template_id,
                "IN_ENTITY_ID": message.content.dlt_entity_id or "",
            }
        return request


def time_to_live(message: Message) -> timedelta:
    """How long the carrier may try: no longer than the hours at the person's place are open."""
    if message.deliver_by is None or message.handing_off_at is None:
        return TIME_TO_LIVE
    return min(TIME_TO_LIVE, max(SHORTEST, message.deliver_by - message.handing_off_at))
