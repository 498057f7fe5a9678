"""SNS and SES on their way to the local AWS: passed on as they are, and noted when they carry a message."""

import json
import re
import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import parse_qsl

from nudgekit.cli.local.clients import client
from nudgekit.cli.sink.outbox import Outbox, Sent
from nudgekit.cli.sink.wire import Answer, Request, query_error
from nudgekit.model.base import Channel

SES_SEND = "/v2/email/outbound-emails"
_NOT_PASSED = {"host", "content-length", "connection", "accept-encoding", "expect", "transfer-encoding"}


def handle(request: Request, outbox: Outbox, aws: str) -> Answer:
    """Pass a call on and answer what the local AWS answers."""
    publish = published(request)
    if publish and _disabled(publish["TargetArn"], aws):
        return query_error("EndpointDisabled", "Endpoint is disabled")  # as SNS does; the local AWS would take it
    answer = _pass(request, aws)
    if answer.status == 200 and publish:
        outbox.add(_push(publish, answer.body.decode()))
    if answer.status == 200 and request.method == "POST" and request.path == SES_SEND:
        outbox.add(_email(json.loads(request.body), json.loads(answer.body)["MessageId"]))
    return answer


def published(request: Request) -> dict[str, str]:
    """The fields of a Publish to a device; empty for any other call."""
    if not request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        return {}
    fields = dict(parse_qsl(request.body.decode(), keep_blank_values=True))
    return fields if fields.get("Action") == "Publish" and fields.get("TargetArn") else {}


def _disabled(endpoint: str, aws: str) -> bool:
    sns = client("sns", aws)
    try:
        attributes = sns.get_endpoint_attributes(EndpointArn=endpoint)["Attributes"]
    except sns.exceptions.NotFoundException:
        return False  # the local AWS answers that itself
    return bool(attributes.get("Enabled", "true") == "false")


def follow(request: Request, aws: str, api: str) -> Answer:
    """Pass a link on to the HTTP API of the stack, and its answer back as it is, headers and all."""
    path = f"/_aws/execute-api/{api}/$default{request.path}"
    headers = {name: value for name, value in request.headers.items() if name not in _NOT_PASSED}
    call = urllib.request.Request(  # noqa: S310 - our own loopback address
        aws + path, data=request.body or None, headers=headers, method=request.method
    )
    try:
        with urllib.request.urlopen(call, timeout=60) as answer:  # noqa: S310
            return Answer(answer.status, answer.read(), _kept(answer.headers.items()))
    except urllib.error.HTTPError as error:
        return Answer(error.code, error.read(), _kept(error.headers.items()))


def _kept(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    return {name: value for name, value in headers if name.lower() not in {*_NOT_PASSED, "date", "server"}}


def _pass(request: Request, aws: str) -> Answer:
    headers = {name: value for name, value in request.headers.items() if name not in _NOT_PASSED}
    call = urllib.request.Request(  # noqa: S310 - our own loopback address
        aws + request.path, data=request.body or None, headers=headers, method=request.method
    )
    try:
        with urllib.request.urlopen(call, timeout=60) as answer:  # noqa: S310
            return Answer(answer.status, answer.read(), {"Content-Type": answer.headers.get("Content-Type", "")})
    except urllib.error.HTTPError as error:
        kept = {name: error.headers[name] for name in ("Content-Type", "x-amzn-ErrorType") if error.headers.get(name)}
        return Answer(error.code, error.read(), kept)


def _push(fields: dict[str, str], answer: str) -> Sent:
    found = re.search(r"<MessageId>([^<]+)</MessageId>", answer)
    content = _push_content(fields)
    tags = {f"receipt-{at}": receipt for at, receipt in enumerate(_receipts(content))}
    return Sent(found[1] if found else "", Channel.PUSH, fields["TargetArn"], content, tags)


def _push_content(fields: dict[str, str]) -> dict[str, Any]:
    """What the phone gets: under `MessageStructure=json` each platform has its own text, itself JSON."""
    if fields.get("MessageStructure") != "json":
        return {"text": fields.get("Message", "")}
    return {platform: _json_or_text(text) for platform, text in json.loads(fields["Message"]).items()}


def _json_or_text(text: Any) -> Any:
    try:
        return json.loads(text)
    except (TypeError, ValueError):
        return text


def _receipts(payload: Any) -> Iterator[str]:
    """A push has no tags; its receipt travels inside the payload, for the app to give back."""
    if isinstance(payload, dict):
        for name, value in payload.items():
            if name == "receipt":
                yield str(value)
            yield from _receipts(value)


def _email(call: dict[str, Any], name: str) -> Sent:
    simple = call.get("Content", {}).get("Simple", {})
    body = simple.get("Body", {})
    content = {
        "from": call.get("FromEmailAddress", ""),
        "subject": simple.get("Subject", {}).get("Data", ""),
        "html": body.get("Html", {}).get("Data", ""),
        "text": body.get("Text", {}).get("Data", ""),
        "headers": {each["Name"]: each["Value"] for each in simple.get("Headers", [])},
        "configuration_set": call.get("ConfigurationSetName", ""),
    }
    tags = {each["Name"]: each["Value"] for each in call.get("EmailTags", [])}
    to = next(iter(call.get("Destination", {}).get("ToAddresses", [])), "")
    return Sent(name, Channel.EMAIL, to, content, tags)
