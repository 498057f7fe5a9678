"""Every function may do exactly what its code does: each call is allowed by its role, and nothing is allowed in vain.

The functions are driven on moto with every fixture of theirs and through whole lives of messages on every channel; what
boto3 is asked for is written down and laid beside the statements of template.yaml.
"""

import json
import os
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders

from nudgekit.adapters import clients
from nudgekit.book import load_book
from nudgekit.cli.template import camel
from nudgekit.errors import EventFailed
from nudgekit.runs.beat import beat_body
from nudgekit.runs.receipts import Receipt, write_receipt
from tests.functional.conftest import FIXTURES_START, Invoke, Turnable
from tests.functional.deployment import REGION, ROOT, SECRET, Deployment, batch, fixture
from tests.functional.permissions import Grant, Request, asked_by_lambda, grants, requests
from tests.functional.test_offers import order_with_a_code, welcomed
from tests.template import checks
from tests.visit import COOKIE, of_person, request

TEMPLATE = checks.with_key(checks.load(ROOT / "template.yaml"), False)
CHANNELS = ("push", "email", "sms", "whatsapp")
ADDRESSES = {"push": "push", "email": "email", "sms": "phone", "whatsapp": "phone"}
UNKNOWN_TO_MOTO = {"pinpoint-sms-voice-v2", "socialmessaging"}
PEOPLE = 8  # so that some are in no holdout

Recorded = set[tuple[str, Request]]

# What no call here needs, with the reason why the role has it all the same: (action, what its resource ends with).
UNREACHED = {
    ("dynamodb:Query", "table/CatalogueTable/index/cohort"): "followers are found in it",
    ("sqs:SendMessage", "DeliverSmsBulkQueue"): "a trigger that asks many may have this rung",
    ("sqs:SendMessage", "DeliverWhatsappBulkQueue"): "a trigger that asks many may have this rung",
    ("dynamodb:ConditionCheckItem", "table/EngagementTable"): "the ledgers of people who share an address",
    ("dynamodb:DeleteItem", "table/ProfilesTable"): "the note of an address that nobody has any more",
    (
        "ses:SendEmail",
        "identity/shop.example",
    ): "the verified identity is the domain's in some accounts, the sender's here",
    ("sms-voice:SendTextMessage", "phone-number/pool-00000000"): "the sender is a number in some accounts, a pool here",
    (
        "sms-voice:SendTextMessage",
        "sender-id/pool-00000000/*",
    ): "the sender is a sender id in some accounts, a pool here",
}


SOON = (
    "a run that waits a quarter of an hour or less is woken by its trigger's own queue; not every fixture leads to one"
)
UNREACHED |= {("sqs:SendMessage", f":{camel(rule.parent.name)}Queue"): SOON for rule in ROOT.glob("rules/*/rule.py")}


@pytest.fixture
def recorded(monkeypatch: pytest.MonkeyPatch) -> Recorded:
    """What the functions ask AWS for, each with the folder of the function that asks."""
    found: Recorded = set()
    build = clients._client

    def client(service: str, config: Any) -> Any:
        made = build(service, config)

        def record(params: dict[str, Any], model: Any, **_: Any) -> None:
            function = os.environ["POWERTOOLS_SERVICE_NAME"]
            found.update((function, each) for each in requests(service, model.name, params))

        made.meta.events.register("provide-client-params.*.*", record)
        if service in UNKNOWN_TO_MOTO:
            made.meta.events.register("before-call.*.*", _accept)
        return made

    monkeypatch.setattr(clients, "_client", client)
    return found


def _accept(**_: Any) -> Any:
    return AWSResponse("", 200, HTTPHeaders(), None), {"MessageId": "m-1", "messageId": "m-1"}


_LIVED: list[Recorded] = []


@pytest.fixture
def lived(request: pytest.FixtureRequest) -> Recorded:
    """What `_everything` records, once for all tests of a process: it takes long and changes nothing."""
    if not _LIVED:
        needed = ("recorded", "invoke", "deployment", "wall")
        _LIVED.append(_everything(*(request.getfixturevalue(name) for name in needed)))
    return _LIVED[0]


def _everything(recorded: Recorded, invoke: Invoke, deployment: Deployment, wall: Turnable) -> Recorded:
    """Everything recorded while the functions did all that fixtures can make them do."""
    _sale(invoke, deployment)
    for channel in CHANNELS:
        _messages(channel, invoke, deployment, wall)
    order_with_a_code(welcomed(invoke, deployment, wall), invoke)
    _followings(invoke)
    _visit(invoke, wall)
    _login(invoke)
    invoke("consent", _named("stranger", fixture("consent/granted_email")))  # nothing is known of them yet
    for path in _fixtures():
        with suppress(EventFailed):  # a malformed event that comes bare
            invoke(path.parent.name, json.loads(path.read_text()))
    for function in grants(TEMPLATE):
        invoke(function, batch("{not json"))
    return recorded | set(asked_by_lambda(TEMPLATE))


def _fixtures() -> Iterator[Path]:
    return (path for path in sorted((ROOT / "events").glob("*/*.json")) if path.parent.name != "sample")


def _followings(invoke: Invoke) -> None:
    """Ada follows a lamp and no longer, then another one; so does the device that turns out to be hers.

    She sells what somebody else sold before.
    """
    for name in ("product_viewed", "wished_no_longer"):
        invoke("project_catalogue", fixture(f"project_catalogue/{name}"))
    invoke(
        "project_catalogue", json.loads(json.dumps(fixture("project_catalogue/product_viewed")).replace("lamp", "rug"))
    )
    device = fixture("project_catalogue/product_viewed")
    device["detail"]["anonymous_id"] = fixture("person/signed_in")["detail"]["anonymous_id"]
    del device["detail"]["user_id"]
    invoke("project_catalogue", device)
    for number, seller in enumerate(("sue", "ada")):
        listing = fixture("project_catalogue/listing_published")
        listing["detail"] |= {
            "user_id": seller,
            "message_id": f"sold-{number}",
            "timestamp": f"2026-11-02T11:4{number}:30Z",
        }
        invoke("project_catalogue", listing)


def _messages(channel: str, invoke: Invoke, deployment: Deployment, wall: Turnable) -> None:
    """Some people who can be reached on one channel leave their carts, and hear of it."""
    people = [f"{channel}-{number}" for number in range(PEOPLE)]
    known = [_only_on(channel, each, fixture("project_profile/profile_updated")) for each in people]
    allowed = [_named(each, fixture(f"consent/granted_{channel}")) for each in people]
    starts = [_named(each, fixture("cart_abandonment/start")) for each in people]
    invoke("project_profile", batch(*known, *starts))
    invoke("consent", batch(*allowed))
    invoke("cart_abandonment", batch(*starts))
    before = wall.now
    wall.turn(minutes=31)
    invoke("project_profile", beat_body(wall.now + timedelta(seconds=1)))
    invoke("cart_abandonment", batch(*(_named(each, fixture("cart_abandonment/wake_up")) for each in people)))
    queued = deployment.take(f"Deliver{channel.capitalize()}Queue")
    assert queued, f"nobody would have got a message by {channel}"
    invoke(f"deliver_{channel}", batch(*(each["body"] for each in queued)))
    invoke("delivery_feedback", batch(*(_delivered(json.loads(each["body"])["message"]) for each in queued)))
    wall.now = before


def _visit(invoke: Invoke, wall: Turnable) -> None:
    """Some people are asked on the page why they leave, and answer."""
    for number in range(PEOPLE):
        start = _named(f"visitor-{number}", fixture("exit_intent/start"))
        invoke("exit_intent", start)
        invoke("project_profile", batch(start))
        headers = of_person(f"visitor-{number}", wall.now, SECRET.encode())
        listed: Any = invoke("onsite", request("GET", "/onsite", headers))
        for line in json.loads(listed["body"])["messages"]:
            named = {"handle": line["handle"]}
            invoke("onsite", request("POST", "/onsite/claim", headers, named))
            invoke("onsite", request("POST", "/onsite/tell", headers, {**named, "what": "answered", "answer": "price"}))


def _login(invoke: Invoke) -> None:
    """A guest logs in while a message waits for them on the page."""
    invoke("exit_intent", fixture("exit_intent/start_anonymous"))
    linked = fixture("person/identity_linked")
    linked["detail"] |= {"user_id": "guest-of-late", "anonymous_id": COOKIE, "properties": {}}
    invoke("person", batch(linked))


def _sale(invoke: Invoke, deployment: Deployment) -> None:
    """A sale begins, and whoever is known by now is asked."""
    known = {channel: f"guest-{channel}" for channel in ("push", "email")}
    told = [_only_on(channel, one, fixture("project_profile/profile_updated")) for channel, one in known.items()]
    invoke("project_profile", batch(*told, beat_body(FIXTURES_START + timedelta(minutes=1))))
    invoke("consent", batch(*(_named(one, fixture(f"consent/granted_{channel}")) for channel, one in known.items())))
    invoke("flash_sale", fixture("flash_sale/start"))
    for _ in range(3):
        invoke("flash_sale", batch(*(each["body"] for each in deployment.take("FlashSaleQueue"))))
    for channel in known:
        queued = deployment.take(f"Deliver{channel.capitalize()}BulkQueue")
        assert queued, f"nobody would have been told of the sale by {channel}"


def _delivered(message: dict[str, Any]) -> dict[str, Any]:
    """A receipt in the name of a message; how it was sent does not matter to whoever hears it."""
    said = fixture("delivery_feedback/ses_delivery")
    said["detail"]["mail"]["tags"]["receipt"] = [write_receipt(Receipt(message["person"], message["id"]))]
    return said


def _named(person: str, event: dict[str, Any]) -> dict[str, Any]:
    text = json.dumps(event).replace('"ada"', json.dumps(person)).replace("ada@", f"{person}@")
    number = f"{sum(map(ord, person)):03}"
    text = text.replace("555555555555", f"555555555{number}").replace("7700900123", f"7700900{number}")
    renamed: dict[str, Any] = json.loads(text)
    if "detail" in renamed:
        renamed["detail"]["message_id"] += person
    return renamed


def _only_on(channel: str, person: str, event: dict[str, Any]) -> dict[str, Any]:
    event = _named(person, event)
    for field in {"push", "email", "phone"} - {ADDRESSES[channel]}:
        event["detail"]["properties"].pop(field, None)
    return event


def test_every_call_is_allowed(lived: Recorded) -> None:
    allowed = grants(TEMPLATE)
    assert sorted(_refused(lived, allowed)) == []


def test_nothing_is_allowed_that_no_call_needs(lived: Recorded) -> None:
    assert _idle(lived, grants(TEMPLATE)) == []


def test_a_missing_permission_is_seen(lived: Recorded) -> None:
    allowed = grants(TEMPLATE)
    needed = {
        grant
        for function, own in allowed.items()
        for grant in own
        if not _excused(grant) and not (_is_own_queue(function, grant) and function != "cart_abandonment")
    }
    for grant in needed:
        assert _refused(lived, {function: own - {grant} for function, own in allowed.items()}), f"{grant} is not missed"


def test_an_idle_permission_is_seen(lived: Recorded) -> None:
    allowed = grants(TEMPLATE)
    for planted in (
        Grant("dynamodb:Scan", f"arn:aws:dynamodb:{REGION}:123456789012:table/ProfilesTable"),
        Grant("sqs:SendMessage", f"arn:aws:sqs:{REGION}:123456789012:ProjectProfileQueue"),
        Grant("sqs:PurgeQueue", f"arn:aws:sqs:{REGION}:123456789012:*"),
    ):
        for function in allowed:
            assert (function, planted) in _idle(lived, {**allowed, function: allowed[function] | {planted}})


def test_a_campaign_may_be_asked_by_triggers_that_recommend_and_by_no_other() -> None:
    book = load_book(ROOT / "rules")
    recommending = {trigger.id for trigger in book.triggers if trigger.picks is not None}
    with_campaign = grants(checks.with_key(checks.load(ROOT / "template.yaml"), True))
    asking = {
        function
        for function, own in with_campaign.items()
        if any(grant.action == "personalize:GetRecommendations" for grant in own)
    }
    assert asking == recommending
    assert not any(grant.action.startswith("personalize:") for own in grants(TEMPLATE).values() for grant in own)


def test_conditions_are_judged() -> None:
    own = Grant("events:PutEvents", "arn:bus", (("StringEquals", "events:source", ("nudgekit",)),))
    assert own.covers(Request("events:PutEvents", "arn:bus", (("events:source", ("nudgekit",)),)))
    assert not own.covers(Request("events:PutEvents", "arn:bus", (("events:source", ("shop.web",)),)))
    assert not own.covers(Request("events:PutEvents", "arn:bus"))
    shop = Grant("dynamodb:PutItem", "arn:t", (("ForAllValues:StringEquals", "dynamodb:LeadingKeys", ("SHOP",)),))
    assert shop.covers(Request("dynamodb:PutItem", "arn:t", (("dynamodb:LeadingKeys", ("SHOP",)),)))
    assert not shop.covers(Request("dynamodb:PutItem", "arn:t", (("dynamodb:LeadingKeys", ("SHOP", "USER#ada")),)))


def _refused(calls: Recorded, allowed: dict[str, set[Grant]]) -> list[tuple[str, Request]]:
    return [
        (function, request)
        for function, request in calls
        if not any(grant.covers(request) for grant in allowed[function])
    ]


def _idle(calls: Recorded, allowed: dict[str, set[Grant]]) -> list[tuple[str, Grant]]:
    return [
        (function, grant)
        for function, own in allowed.items()
        for grant in sorted(own)
        if not _excused(grant) and not any(grant.covers(request) for request in _asked(calls, function, grant, allowed))
    ]


def _asked(calls: Recorded, function: str, grant: Grant, allowed: dict[str, set[Grant]]) -> Iterator[Request]:
    """What the function asks for; of a policy that several share, and of their own queues, what any of them does."""
    sharing = {who for who, own in allowed.items() if grant in own} if grant.home else {function}
    if _is_own_queue(function, grant):
        own = [request for who, request in calls if _is_own_queue(who, request)]
        return (request._replace(resource=grant.resource) for request in own)
    return (request for who, request in calls if who in sharing)


def _is_own_queue(function: str, asked: Grant | Request) -> bool:
    """Whether it is about a trigger's messages to itself: every block allows them, not every rule waits that short."""
    is_trigger = (ROOT / "rules" / function / "rule.py").exists()
    return is_trigger and asked.action == "sqs:SendMessage" and asked.resource.endswith(f":{camel(function)}Queue")


def _excused(grant: Grant) -> bool:
    return any(grant.action == action and grant.resource.endswith(end) for action, end in UNREACHED)
