"""The sink speaks to real boto3 clients as End User Messaging does, and passes SNS and SES on while it listens."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from nudgekit.book import load_book
from nudgekit.cli.local import clients
from nudgekit.cli.sink.outbox import Outbox
from nudgekit.cli.sink.previews import previews
from nudgekit.cli.sink.server import Sink, serve
from nudgekit.model.base import Channel

NUMBER = "+447700900001"
ENDPOINT, SWITCHED_OFF = ("arn:aws:sns:us-east-1:000000000000:app/GCM/nudgekit/" + name for name in ("on", "off"))


class LocalAws(BaseHTTPRequestHandler):
    """Answers the few calls that pass through the sink, in the words of SNS and SES."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        if "GetEndpointAttributes" in body:
            enabled = "false" if "%2Foff" in body else "true"
            entry = f"<entry><key>Enabled</key><value>{enabled}</value></entry>"
            self._answer(
                f"<R><GetEndpointAttributesResult><Attributes>{entry}</Attributes></GetEndpointAttributesResult></R>"
            )
        elif "Action=Publish" in body:
            self._answer("<R><PublishResult><MessageId>push-1</MessageId></PublishResult></R>")
        elif "unverified" in body:
            self._answer('{"message": "not verified"}', 400, {"x-amzn-ErrorType": "MessageRejected"})
        else:
            self._answer('{"MessageId": "mail-1"}')

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""

    def _answer(self, text: str, status: int = 200, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {**(headers or {}), "Content-Length": str(len(text))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(text.encode())


@pytest.fixture
def aws() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), LocalAws) as server:
        yield from _serving(server)


@pytest.fixture
def sink(aws: str) -> Sink:
    clients.client.cache_clear()
    return Sink(aws, Outbox(), lambda: None, "Fern & Fable")


@pytest.fixture
def address(sink: Sink) -> Iterator[str]:
    with serve(sink, 0) as server:
        yield from _serving(server)


def _serving(server: ThreadingHTTPServer) -> Iterator[str]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()


def client(service: str, address: str) -> Any:
    once = Config(retries={"total_max_attempts": 1})
    return boto3.client(service, endpoint_url=address, region_name="us-east-1", config=once)  # type: ignore[call-overload]


def send_text(address: str, number: str = NUMBER, **more: Any) -> str:
    call = {"DestinationPhoneNumber": number, "OriginationIdentity": "pool", "MessageBody": "Hello", **more}
    return str(client("pinpoint-sms-voice-v2", address).send_text_message(**call)["MessageId"])


def send_chat(address: str, message: object) -> str:
    blob = json.dumps(message).encode()
    call = {"originationPhoneNumberId": "phone-number-id-1", "message": blob, "metaApiVersion": "v20.0"}
    return str(client("socialmessaging", address).send_whatsapp_message(**call)["messageId"])


def test_a_text_message_is_taken_with_its_tags(sink: Sink, address: str) -> None:
    name = send_text(address, Context={"receipt": "abc"}, MessageType="PROMOTIONAL")
    (sent,) = sink.outbox.all()
    assert (sent.id, sent.channel, sent.to, sent.tags) == (name, Channel.SMS, NUMBER, {"receipt": "abc"})
    assert sent.content == {"text": "Hello", "from": "pool", "type": "PROMOTIONAL"}


def test_a_dry_run_sends_nothing(sink: Sink, address: str) -> None:
    assert send_text(address, DryRun=True)
    assert sink.outbox.all() == []


@pytest.mark.parametrize(
    ("number", "code", "reason"),
    [
        ("+447700900150", "ConflictException", "DESTINATION_PHONE_NUMBER_OPTED_OUT"),
        ("+447700900250", "ValidationException", "DESTINATION_COUNTRY_BLOCKED"),
    ],
)
def test_numbers_that_are_refused_for_good(sink: Sink, address: str, number: str, code: str, reason: str) -> None:
    for _ in range(2):
        with pytest.raises(ClientError) as refused:
            send_text(address, number)
        assert refused.value.response["Error"]["Code"] == code
        assert dict(refused.value.response)["Reason"] == reason
    assert sink.outbox.all() == []


def test_a_throttled_number_is_taken_at_the_second_attempt(sink: Sink, address: str) -> None:
    with pytest.raises(ClientError, match="ThrottlingException"):
        send_text(address, "+447700900350")
    assert send_text(address, "+447700900350")
    assert len(sink.outbox.all()) == 1


def test_a_call_that_lacks_something_fails_as_aws_does(address: str) -> None:
    with pytest.raises(ClientError, match="MessageBody is required") as refused:
        client("pinpoint-sms-voice-v2", address).send_text_message(DestinationPhoneNumber=NUMBER)
    assert dict(refused.value.response)["Reason"] == "MISSING_PARAMETER"


def test_an_operation_it_does_not_know_is_an_error(address: str) -> None:
    with pytest.raises(ClientError, match="does not know DescribePools") as refused:
        client("pinpoint-sms-voice-v2", address).describe_pools()
    assert refused.value.response["Error"]["Code"] == "ValidationException"
    with pytest.raises(ClientError, match="does not know GET"):
        client("socialmessaging", address).list_linked_whatsapp_business_accounts()


def test_a_whatsapp_message_is_taken_whole(sink: Sink, address: str) -> None:
    message = {"to": NUMBER, "type": "template", "template": {"name": "t"}, "biz_opaque_callback_data": "abc"}
    name = send_chat(address, message)
    (sent,) = sink.outbox.all()
    assert (sent.id, sent.channel, sent.to) == (name, Channel.WHATSAPP, NUMBER)
    assert sent.content == {"message": message}
    assert sent.tags == {"biz_opaque_callback_data": "abc"}


@pytest.mark.parametrize("message", [{}, [], "text", {"to": "+447700900550"}])
def test_whatsapp_messages_that_are_refused(sink: Sink, address: str, message: object) -> None:
    with pytest.raises(ClientError) as refused:
        send_chat(address, message)
    assert refused.value.response["Error"]["Code"] == "InvalidParametersException"
    assert sink.outbox.all() == []


def test_a_push_is_passed_on_and_kept_for_each_platform(sink: Sink, address: str) -> None:
    payload = {"notification": {"title": "Hi"}, "data": {"receipt": "abc"}}
    message = json.dumps({"default": "Hi", "GCM": json.dumps(payload)})
    sent_id = client("sns", address).publish(TargetArn=ENDPOINT, Message=message, MessageStructure="json")["MessageId"]
    (sent,) = sink.outbox.all()
    assert (sent.id, sent.channel, sent.to) == (sent_id, Channel.PUSH, ENDPOINT)
    assert sent.content == {"default": "Hi", "GCM": payload}
    assert list(sent.tags.values()) == ["abc"]


def test_a_device_that_is_switched_off_is_refused_as_sns_refuses_it(sink: Sink, address: str) -> None:
    sns = client("sns", address)
    with pytest.raises(sns.exceptions.EndpointDisabledException):
        sns.publish(TargetArn=SWITCHED_OFF, Message="Hi")
    assert sink.outbox.all() == []


def mail(address: str, sender: str = "hello@shop.example") -> str:
    body = {"Html": {"Data": "<p>Hi"}, "Text": {"Data": "Hi"}}
    headers = [{"Name": "List-Unsubscribe", "Value": "<https://shop.example/u>"}]
    simple = {"Subject": {"Data": "Hello"}, "Body": body, "Headers": headers}
    answer = client("sesv2", address).send_email(
        FromEmailAddress=sender,
        Destination={"ToAddresses": ["ada@example.com"]},
        Content={"Simple": simple},
        EmailTags=[{"Name": "receipt", "Value": "abc"}],
        ConfigurationSetName="set",
    )
    return str(answer["MessageId"])


def test_a_mail_is_passed_on_and_kept_with_its_tags(sink: Sink, address: str) -> None:
    name = mail(address)
    (sent,) = sink.outbox.all()
    assert (sent.id, sent.channel, sent.to, sent.tags) == (name, Channel.EMAIL, "ada@example.com", {"receipt": "abc"})
    assert (sent.content["subject"], sent.content["html"], sent.content["configuration_set"]) == (
        "Hello",
        "<p>Hi",
        "set",
    )
    assert "List-Unsubscribe" in sent.content["headers"]


def test_a_mail_that_ses_rejects_is_not_kept(sink: Sink, address: str) -> None:
    with pytest.raises(ClientError) as refused:
        mail(address, "unverified@shop.example")
    assert refused.value.response["Error"]["Code"] == "MessageRejected"
    assert sink.outbox.all() == []


def test_the_inbox_page_runs_only_its_own_script(address: str) -> None:
    with urlopen(address) as page:
        policy = page.headers["Content-Security-Policy"]
        text = page.read().decode()
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "<script src=" in text
    assert "http" not in text.replace("http-equiv", "")


def test_the_feed_is_empty_while_no_stack_is_up(address: str) -> None:
    with urlopen(f"{address}/feed") as answer:
        assert json.load(answer) == {"shop": "Fern & Fable", "messages": [], "silences": [], "now": ""}


_POLICY = """
from datetime import date
from nudgekit import Policy, Shop
policy = Policy(
    valid_from=date(2026, 1, 1),
    shop=Shop("A", "https://a.example", "1 Street"),
    default_timezone="Europe/London",
    currency="EUR",
)
"""


class TestThePageOfPreviews:
    def test_has_every_message_of_every_trigger_in_every_locale(self, address: str) -> None:
        told = json.loads(_get(address, "/previews.json"))
        book = load_book(Path("rules"))
        assert [each["id"] for each in told["triggers"]] == list(book.ids)
        assert told["locales"] == list(book.policy.locales)
        for each in told["triggers"]:
            wanted = {(name, locale) for name in book.messages(each["id"]) for locale in told["locales"]}
            assert {(message["name"], message["locale"]) for message in each["messages"]} == wanted
            assert all(message["content"] and not message["cut"] for message in each["messages"])

    def test_counts_the_segments_of_texts(self, address: str) -> None:
        triggers = {each["id"]: each for each in json.loads(_get(address, "/previews.json"))["triggers"]}
        cart = triggers["cart_abandonment"]
        sizes = {message["channel"]: message["size"] for message in cart["messages"]}
        assert sizes["sms"].startswith("1 segment (")

    def test_tells_what_cannot_be_read_in_its_place(self, tmp_path: Path) -> None:
        (tmp_path / "bad").mkdir()
        (tmp_path / "bad" / "rule.py").write_text("trigger = 1")
        (tmp_path / "policy.py").write_text(_POLICY)
        (told,) = previews(tmp_path)["triggers"]
        assert "the file declares no trigger" in told["mistake"]
        assert previews(tmp_path / "none")["mistake"]

    @pytest.mark.parametrize("page", ["/previews", "/previews.js", "/devices.js", "/inbox.js"])
    def test_is_served_with_what_it_runs(self, address: str, page: str) -> None:
        assert _get(address, page)


def _get(address: str, path: str) -> bytes:
    with urlopen(f"{address}{path}") as answer:  # the sink of this test, on the loopback
        body: bytes = answer.read()
        return body
