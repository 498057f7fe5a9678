"""What goes to the providers: every call checked against botocore's own models, every error code given its meaning."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import boto3
import pytest
from botocore.exceptions import ConnectTimeoutError, EndpointConnectionError, ReadTimeoutError
from botocore.session import get_session
from botocore.stub import Stubber

from nudgekit import Trigger, load_book
from nudgekit.adapters import clients, email_ses, push_sns, sms, whatsapp
from nudgekit.adapters.answers import UNUSABLE, Answers
from nudgekit.adapters.email_ses import SesEmail
from nudgekit.adapters.push_sns import SnsPush, payloads
from nudgekit.adapters.sms import EndUserMessagingSms
from nudgekit.adapters.whatsapp import META_API_VERSION, EndUserMessagingWhatsApp
from nudgekit.cli.samples import sample_start
from nudgekit.content.sample import sample_context
from nudgekit.errors import Throttled, Uncertain
from nudgekit.model.base import OUTGOING, Channel, Purpose
from nudgekit.model.message import Content, Message
from nudgekit.model.reasons import Reason
from nudgekit.runs.ports import Accepted, Refused
from nudgekit.runs.receipts import Receipt, read_receipt, write_receipt

ENDPOINT = "arn:aws:sns:eu-west-1:123456789012:endpoint/GCM/shop/11111111-2222-4333-8444-555555555555"
EMAIL, PHONE = "ada@example.com", "+447700900123"
RECEIPT = write_receipt(Receipt("ada", "m0123456789abcdef01234567"))
CONTENTS = {
    Channel.PUSH: Content(channel=Channel.PUSH, body="Still there", title="Cart", link="https://shop.example/cart"),
    Channel.EMAIL: Content(
        channel=Channel.EMAIL,
        body="Still there",
        html="<p>Still there</p>",
        subject="Cart",
        unsubscribe="https://shop.example/unsubscribe?t=1",
    ),
    Channel.SMS: Content(channel=Channel.SMS, body="Still there"),
    Channel.WHATSAPP: Content(
        channel=Channel.WHATSAPP,
        body="Hello Ada",
        template="cart_reminder_1",
        language="en",
        parameters=("Ada", "Brass lamp"),
        button="cart?nk=1",
    ),
}


def make_message(channel: Channel, purpose: Purpose = "promotional", **changes: Any) -> Message:
    return Message(
        id="m1",
        person="ada",
        trigger="cart_abandonment",
        version=1,
        run="cart-1",
        occurrence=0,
        rung=0,
        channel=channel,
        purpose=purpose,
        content=CONTENTS[channel].model_copy(update=changes),
        claimed_at=datetime(2026, 11, 2, tzinfo=UTC),
    )


class Case(NamedTuple):
    """One provider with its client, and what a call of it looks like."""

    service: str
    operation: str
    wire: str
    make: Callable[[Any], Any]
    address: str
    answer: dict[str, str]
    table: Answers


CASES = {
    Channel.PUSH: Case("sns", "publish", "Publish", SnsPush, ENDPOINT, {"MessageId": "id-1"}, push_sns.ANSWERS),
    Channel.EMAIL: Case(
        "sesv2",
        "send_email",
        "SendEmail",
        lambda client: SesEmail(client, "hello@shop.example", "events"),
        EMAIL,
        {"MessageId": "id-1"},
        email_ses.ANSWERS,
    ),
    Channel.SMS: Case(
        "pinpoint-sms-voice-v2",
        "send_text_message",
        "SendTextMessage",
        lambda client: EndUserMessagingSms(client, "pool-1", "events"),
        PHONE,
        {"MessageId": "id-1"},
        sms.ANSWERS,
    ),
    Channel.WHATSAPP: Case(
        "socialmessaging",
        "send_whatsapp_message",
        "SendWhatsAppMessage",
        lambda client: EndUserMessagingWhatsApp(client, "phone-number-id-1"),
        PHONE,
        {"messageId": "id-1"},
        whatsapp.ANSWERS,
    ),
}
ALL = pytest.mark.parametrize("channel", list(OUTGOING))


def client_of(case: Case) -> Any:
    return boto3.client(case.service, region_name="eu-west-1")  # type: ignore[call-overload]


def send_with(channel: Channel, prepare: Callable[[Stubber, Case], None], message: Message | None = None) -> Any:
    case = CASES[channel]
    client = client_of(case)
    with Stubber(client) as stub:
        prepare(stub, case)
        answer = case.make(client).send(message or make_message(channel), case.address, RECEIPT)
        stub.assert_no_pending_responses()
    return answer


def sent(channel: Channel, message: Message | None = None, address: str = "") -> dict[str, Any]:
    """The parameters of the call, after botocore has found them valid."""
    case = CASES[channel]
    client, seen = client_of(case), []
    client.meta.events.register("before-parameter-build.*.*", lambda params, **_: seen.append(dict(params)))
    with Stubber(client) as stub:
        stub.add_response(case.operation, case.answer)
        to = address or case.address
        assert case.make(client).send(message or make_message(channel), to, RECEIPT) == Accepted("id-1")
    (parameters,) = seen
    return dict(parameters)


@pytest.mark.parametrize(
    "address",
    [
        "victim@example.com, ada@example.com",
        "victim@example.com;ada@example.com",
        "Ada <victim@example.com>",
        "<victim@example.com>",
        '"victim"@example.com',
        "ada@example.com\r\nBcc: victim@example.com",
        "ada@example.com victim@example.com",
        "a@b@example.com",
        "nobody",
        "@",
        "a" * 65 + "@example.com",
        "",
    ],
)
def test_a_mail_goes_to_one_mailbox_or_nowhere(address: str) -> None:
    """With a name or a list, it would reach an address that the profile does not have, past what was refused there."""
    client = client_of(CASES[Channel.EMAIL])
    with Stubber(client):  # any call fails
        assert CASES[Channel.EMAIL].make(client).send(make_message(Channel.EMAIL), address, RECEIPT) == UNUSABLE


@pytest.mark.parametrize("address", ["ada@example.com", " ada+tag@example.com ", "o'neil@example.co.uk", "a_b-c!d@x.y"])
def test_what_is_a_mailbox_gets_its_mail(address: str) -> None:
    assert sent(Channel.EMAIL, address=address)["Destination"] == {"ToAddresses": [address.strip()]}


def test_a_push_is_written_for_both_platforms() -> None:
    call = sent(Channel.PUSH)
    assert (call["TargetArn"], call["MessageStructure"]) == (ENDPOINT, "json")
    payload = json.loads(call["Message"])
    android = json.loads(payload["GCM"])["fcmV1Message"]["message"]
    assert android["notification"] == {"title": "Cart", "body": "Still there"}
    assert android["data"] == {"link": "https://shop.example/cart", "receipt": RECEIPT}
    apple = json.loads(payload["APNS"])
    assert apple["aps"]["alert"] == {"title": "Cart", "body": "Still there"}
    assert apple["receipt"] == RECEIPT


def test_a_push_that_opens_the_app_says_where_on_both_platforms() -> None:
    opening = CONTENTS[Channel.PUSH].model_copy(update={"deep_link": "fernfable://cart?nk=m-1"})
    sent = payloads(opening, RECEIPT)
    android, apple = json.loads(sent["GCM"])["fcmV1Message"]["message"], json.loads(sent["APNS"])
    assert android["data"]["deep_link"] == apple["deep_link"] == "fernfable://cart?nk=m-1"
    assert "deep_link" not in payloads(CONTENTS[Channel.PUSH], RECEIPT)["APNS"]


def test_a_mail_has_both_bodies_its_tag_and_one_click_unsubscription() -> None:
    call = sent(Channel.EMAIL)
    simple = call["Content"]["Simple"]
    assert call["FromEmailAddress"] == "hello@shop.example"
    assert call["Destination"] == {"ToAddresses": [EMAIL]}
    assert call["ConfigurationSetName"] == "events"
    assert call["EmailTags"] == [{"Name": "receipt", "Value": RECEIPT}]
    assert simple["Body"]["Text"]["Data"] == "Still there"
    assert simple["Body"]["Html"]["Data"] == "<p>Still there</p>"
    assert {each["Name"]: each["Value"] for each in simple["Headers"]} == {
        "List-Unsubscribe": "<https://shop.example/unsubscribe?t=1>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def test_promotional_mail_that_nobody_could_end_is_not_sent() -> None:
    client = boto3.client("sesv2", region_name="eu-west-1")
    with Stubber(client):  # any call would fail
        answer = SesEmail(client, "hello@shop.example").send(make_message(Channel.EMAIL, unsubscribe=None), EMAIL, "")
    assert answer == Refused(Reason.REJECTED)


BOOK = load_book(Path("rules"))
MAILS = [
    (trigger, name)
    for trigger in BOOK.triggers
    for name in BOOK.messages(trigger.id)
    if name.partition(".")[0] == Channel.EMAIL
]


@pytest.mark.parametrize(("trigger", "name"), MAILS, ids=lambda each: getattr(each, "id", each))
def test_every_shipped_mail_carries_the_link_that_its_purpose_asks_for(trigger: Trigger, name: str) -> None:
    context = sample_context(BOOK.policy, trigger.id, start=sample_start(Path("rules"), trigger.id))
    content = BOOK.messages(trigger.id)[name].render(context)
    message = make_message(Channel.EMAIL, trigger.purpose).model_copy(update={"content": content})
    simple = sent(Channel.EMAIL, message)["Content"]["Simple"]
    headers = {each["Name"]: each["Value"] for each in simple.get("Headers", ())}
    if trigger.purpose == "transactional":
        assert headers == {}
        return
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert headers["List-Unsubscribe"].startswith("<https://")
    assert max(map(len, headers.values())) <= 870, "the longest value that SES takes"


def test_transactional_mail_offers_no_unsubscription() -> None:
    call = sent(Channel.EMAIL, make_message(Channel.EMAIL, "transactional"))
    assert "Headers" not in call["Content"]["Simple"]


@pytest.mark.parametrize(("purpose", "kind"), [("promotional", "PROMOTIONAL"), ("transactional", "TRANSACTIONAL")])
def test_a_text_message_tells_its_purpose_and_receipt(purpose: Purpose, kind: str) -> None:
    call = sent(Channel.SMS, make_message(Channel.SMS, purpose))
    assert call == {
        "DestinationPhoneNumber": PHONE,
        "OriginationIdentity": "pool-1",
        "MessageBody": "Still there",
        "MessageType": kind,
        "TimeToLive": 3600,
        "ConfigurationSetName": "events",
        "Context": {"receipt": RECEIPT},
    }


@pytest.mark.parametrize(("left", "lives"), [(7200, 3600), (3600, 3600), (600, 600), (5, 5), (1, 5), (None, 3600)])
def test_an_sms_lives_no_longer_than_the_hours_of_its_place(left: int | None, lives: int) -> None:
    now = datetime(2026, 11, 2, 19, tzinfo=UTC)
    until = None if left is None else now + timedelta(seconds=left)
    message = make_message(Channel.SMS).model_copy(update={"handing_off_at": now, "deliver_by": until})
    assert sent(Channel.SMS, message)["TimeToLive"] == lives


def test_an_sms_to_india_carries_its_registration_and_others_do_not() -> None:
    message = make_message(Channel.SMS, dlt_template_id="1107161234567890123", dlt_entity_id="1101234567890123456")
    wanted = {"IN_TEMPLATE_ID": "1107161234567890123", "IN_ENTITY_ID": "1101234567890123456"}
    assert sent(Channel.SMS, message, "+919876543210")["DestinationCountryParameters"] == wanted
    assert "DestinationCountryParameters" not in sent(Channel.SMS, message)
    assert "DestinationCountryParameters" not in sent(Channel.SMS, None, "+919876543210")


def test_a_whatsapp_answer_is_free_text() -> None:
    call = sent(Channel.WHATSAPP, make_message(Channel.WHATSAPP, template=None, parameters=(), button=None))
    assert json.loads(call["message"]) == {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": PHONE,
        "type": "text",
        "text": {"preview_url": True, "body": "Hello Ada"},
        "biz_opaque_callback_data": RECEIPT,
    }


def test_a_whatsapp_message_fills_its_template() -> None:
    call = sent(Channel.WHATSAPP)
    assert (call["originationPhoneNumberId"], call["metaApiVersion"]) == ("phone-number-id-1", META_API_VERSION)
    assert json.loads(call["message"]) == {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": PHONE,
        "type": "template",
        "template": {
            "name": "cart_reminder_1",
            "language": {"code": "en"},
            "components": [
                {
                    "type": "body",
                    "parameters": [{"type": "text", "text": "Ada"}, {"type": "text", "text": "Brass lamp"}],
                },
                {
                    "type": "button",
                    "sub_type": "url",
                    "index": "0",
                    "parameters": [{"type": "text", "text": "cart?nk=1"}],
                },
            ],
        },
        "biz_opaque_callback_data": RECEIPT,
    }


def test_a_template_without_blanks_needs_no_components() -> None:
    call = sent(Channel.WHATSAPP, make_message(Channel.WHATSAPP, parameters=(), button=None))
    assert json.loads(call["message"])["template"]["components"] == []


MEANINGS: list[tuple[Channel, str, dict[str, Any], Refused | type[Exception]]] = [
    (Channel.PUSH, "EndpointDisabled", {}, Refused(Reason.ADDRESS_DISABLED, address_dead=True)),
    (Channel.PUSH, "NotFound", {}, Refused(Reason.ADDRESS_DISABLED, address_dead=True)),
    (Channel.PUSH, "InvalidParameter", {}, Refused(Reason.REJECTED)),
    (Channel.PUSH, "PlatformApplicationDisabled", {}, Throttled),
    (Channel.PUSH, "Throttled", {}, Throttled),
    (Channel.PUSH, "InternalError", {}, Uncertain),
    (Channel.EMAIL, "MessageRejected", {}, Refused(Reason.REJECTED)),
    (Channel.EMAIL, "BadRequestException", {}, Refused(Reason.REJECTED)),
    (Channel.EMAIL, "TooManyRequestsException", {}, Throttled),
    (Channel.EMAIL, "SendingPausedException", {}, Throttled),
    (Channel.EMAIL, "InternalFailure", {}, Uncertain),
    (
        Channel.SMS,
        "ConflictException",
        {"Reason": "DESTINATION_PHONE_NUMBER_OPTED_OUT"},
        Refused(Reason.OPTED_OUT, address_dead=True),
    ),
    (
        Channel.SMS,
        "ConflictException",
        {"Reason": "DESTINATION_COUNTRY_BLOCKED_BY_PROTECT_CONFIGURATION"},
        Refused(Reason.REJECTED),
    ),
    (Channel.SMS, "ConflictException", {"Reason": "NO_ORIGINATION_IDENTITIES_FOUND"}, Throttled),
    (Channel.SMS, "ValidationException", {"Reason": "MAXIMUM_SIZE_EXCEEDED"}, Refused(Reason.REJECTED)),
    (Channel.SMS, "ThrottlingException", {}, Throttled),
    (Channel.SMS, "ServiceQuotaExceededException", {}, Throttled),
    (Channel.SMS, "InternalServerException", {}, Uncertain),
    (Channel.WHATSAPP, "InvalidParametersException", {}, Refused(Reason.REJECTED)),
    (Channel.WHATSAPP, "ValidationException", {}, Refused(Reason.REJECTED)),
    (Channel.WHATSAPP, "ThrottledRequestException", {}, Throttled),
    (Channel.WHATSAPP, "DependencyException", {}, Uncertain),
    (Channel.WHATSAPP, "InternalServiceException", {}, Uncertain),
    *((channel, "AccessDeniedException", {}, Throttled) for channel in OUTGOING),
    *((channel, "SomethingNew", {}, Uncertain) for channel in OUTGOING),
]


@pytest.mark.parametrize(("channel", "code", "fields", "meaning"), MEANINGS)
def test_what_an_error_code_means(
    channel: Channel, code: str, fields: dict[str, Any], meaning: Refused | type[Exception]
) -> None:
    def fail(stub: Stubber, case: Case) -> None:
        stub.add_client_error(
            case.operation, code, service_message=f"no luck with {case.address}", modeled_fields=fields or None
        )

    if isinstance(meaning, Refused):
        assert send_with(channel, fail) == meaning
        return
    with pytest.raises(meaning) as caught:
        send_with(channel, fail)
    assert CASES[channel].address not in str(caught.value)
    assert code in str(caught.value)


def test_an_endpoint_that_sns_does_not_find_is_gone() -> None:
    def fail(stub: Stubber, case: Case) -> None:
        text = "Invalid parameter: TargetArn Reason: No endpoint found for the target arn specified"
        stub.add_client_error(case.operation, "InvalidParameter", service_message=text)

    assert send_with(Channel.PUSH, fail) == Refused(Reason.ADDRESS_DISABLED, address_dead=True)


@ALL
def test_every_code_in_a_table_is_one_of_the_service(channel: Channel) -> None:
    """Codes beyond the service's model are the general ones that any AWS service may answer with."""
    general = {"Throttled", "Throttling", "ThrottlingException", "TooManyRequestsException", "LimitExceededException"}
    case = CASES[channel]
    model = get_session().get_service_model(case.service)
    known = {shape.metadata.get("error", {}).get("code", shape.name) for shape in model.error_shapes}
    written = {code.partition("/")[0] for code in case.table.refused} | case.table.not_taken
    assert written <= known | general


@ALL
def test_every_error_of_the_call_is_decided(channel: Channel) -> None:
    case = CASES[channel]
    errors = get_session().get_service_model(case.service).operation_model(case.wire).error_shapes
    codes = {shape.metadata.get("error", {}).get("code", shape.name) for shape in errors}
    decided = {code.partition("/")[0] for code in case.table.refused} | case.table.not_taken
    in_doubt = {"InternalError", "InternalServerException", "InternalServiceException", "DependencyException"}
    assert codes - decided - in_doubt <= {"AccessDeniedException", "AuthorizationError", "InvalidSecurity"}


class Failing:
    """A client whose every call ends in one error."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def call(**given: Any) -> Any:
            raise self.error

        return call


@ALL
@pytest.mark.parametrize(
    "error", [EndpointConnectionError(endpoint_url="https://x"), ConnectTimeoutError(endpoint_url="https://x")]
)
def test_a_request_that_never_left_may_go_again(channel: Channel, error: Exception) -> None:
    case = CASES[channel]
    with pytest.raises(Throttled):
        case.make(Failing(error)).send(make_message(channel), case.address, RECEIPT)


@ALL
def test_a_request_without_an_answer_is_in_doubt(channel: Channel) -> None:
    case = CASES[channel]
    with pytest.raises(Uncertain):
        case.make(Failing(ReadTimeoutError(endpoint_url="https://x"))).send(
            make_message(channel), case.address, RECEIPT
        )


@pytest.mark.parametrize("channel", [Channel.SMS, Channel.WHATSAPP])
@pytest.mark.parametrize("number", ["07700900123", "+44", "+4477009001234567", "0044 7700", ""])
def test_what_is_no_phone_number_is_refused_before_any_call(channel: Channel, number: str) -> None:
    case = CASES[channel]
    answer = case.make(Failing(AssertionError("called"))).send(make_message(channel), number, RECEIPT)
    assert answer == Refused(Reason.REJECTED, address_dead=True)


def test_a_channel_without_a_sender_fails_its_messages() -> None:
    client: Any = Failing(AssertionError("called"))
    for provider, channel in (
        (EndUserMessagingSms(client, ""), Channel.SMS),
        (EndUserMessagingWhatsApp(client, ""), Channel.WHATSAPP),
    ):
        assert provider.send(make_message(channel), PHONE, RECEIPT) == Refused(Reason.UNREACHABLE)


def test_a_malformed_request_is_refused_by_the_client_itself() -> None:
    case, message = CASES[Channel.SMS], make_message(Channel.SMS, body="")
    assert case.make(client_of(case)).send(message, PHONE, RECEIPT) == Refused(Reason.REJECTED)


@pytest.mark.parametrize("make", [clients.sns, clients.ses, clients.sms, clients.whatsapp])
def test_no_provider_call_is_ever_repeated_by_its_client(make: Callable[[], Any]) -> None:
    make.cache_clear()  # type: ignore[attr-defined]
    config = make().meta.config
    assert config.retries["total_max_attempts"] == 1
    assert config.read_timeout < 20


@pytest.mark.parametrize(
    ("person", "fits"), [("a" * 128, True), ("anonymous:" + "a" * 128, True), ("\u00e4" * 128, False)]
)
def test_receipts_of_ascii_ids_fit_every_provider(person: str, fits: bool) -> None:
    receipt = Receipt(person, "m" + "0" * 24)
    tag = write_receipt(receipt)
    assert read_receipt(tag) == receipt
    assert (len(tag) <= email_ses.LONGEST_TAG) is fits
    assert len(tag) <= sms.LONGEST_CONTEXT or not fits


def test_a_receipt_that_is_too_long_is_left_out_and_the_mail_still_goes() -> None:
    case = CASES[Channel.EMAIL]
    client = client_of(case)
    with Stubber(client) as stub:
        stub.add_response(case.operation, case.answer)
        assert case.make(client).send(make_message(Channel.EMAIL), EMAIL, "x" * 257) == Accepted("id-1")
