"""functions/consent at work: links, pages, what people write back, and the bus; on DynamoDB, SQS and EventBridge."""

import json
import re
from base64 import b64encode
from dataclasses import replace
from datetime import timedelta
from typing import Any

import boto3
import pytest

from nudgekit.adapters.dynamodb import DynamoStore
from nudgekit.adapters.memory import MemoryProvider
from nudgekit.content.links import Link, write_token
from nudgekit.errors import Throttled
from nudgekit.lambdas import wiring
from nudgekit.language.policy import Policy, Topic
from nudgekit.language.policy.consent import MOST_TOPICS
from nudgekit.model.base import OUTGOING, Channel
from nudgekit.model.consent import Consent, Status
from nudgekit.model.message import Message
from nudgekit.model.profile import Profile, address_mark
from nudgekit.model.reasons import Reason
from nudgekit.runs.documents import Kind, Ref
from nudgekit.runs.operation import fold_to
from nudgekit.runs.ports import Refused
from nudgekit.runs.receipts import Receipt, write_receipt
from tests.builders import make_policy
from tests.functional.conftest import FIXTURES_START, Turnable
from tests.functional.deployment import REGION, SECRET, Deployment, batch, fixture

KEY = SECRET.encode()
LADDER = ("push", "email", "sms")
MAIL = address_mark("ada@example.com")
NUMBER = "+447700900123"
TOPICS = (Topic("offers", "Offers"), Topic("news", "News of the house"))


class Desk:
    """Invokes functions in one environment, with memory for the providers."""

    def __init__(self, invoke: Any, deployment: Deployment, store: DynamoStore, wall: Turnable, patch: Any) -> None:
        self.invoke_, self.deployment, self.store, self.wall, self.patch = invoke, deployment, store, wall, patch
        self.providers = {channel: MemoryProvider(channel) for channel in Channel}
        self.policy = make_policy(topics=TOPICS)

    def invoke(self, function: str, event: Any) -> Any:
        self.patch.setattr(wiring, "provider", lambda channel: self.providers[channel])
        self.patch.setattr(wiring, "policy", lambda: self.policy)
        return self.invoke_(function, event)

    def introduce(self, person: str, **traits: Any) -> None:
        """Somebody is known, and allows everything."""
        known = {"email": "ada@example.com", "phone": NUMBER, **traits}
        bodies = [event("Profile Updated", person, known, f"{person}-known")]
        for channel in Channel:
            said = {"channel": channel, "status": "granted"}
            bodies.append(event("Consent Updated", person, said, f"{person}-{channel}"))
        assert self.invoke("project_profile", batch(bodies[0]))["batchItemFailures"] == []
        assert self.invoke("consent", batch(*bodies[1:]))["batchItemFailures"] == []
        self.told()

    def merge(self, old: str, person: str) -> None:
        """It turns out whose both ids are."""
        linked = event("Identity Linked", person, {"previous_id": old}, "linked")
        assert self.invoke("person", batch(linked)) == {"batchItemFailures": []}

    def consent(self, person: str) -> Consent:
        found = self.store.read([Ref(Kind.CONSENT, person)])
        return next((each.value for each in found.values()), Consent())

    def status(self, person: str, channel: str, topic: str = "", purpose: Any = "promotional") -> Status:
        return self.consent(person).status(Channel(channel), purpose, self.wall.now, topic)

    def profile(self, person: str) -> Profile:
        found: Profile = next(iter(self.store.read([Ref(Kind.PROFILE, person)]).values())).value
        return found

    def told(self) -> list[dict[str, Any]]:
        """What the bus heard, by way of a queue that hears everything."""
        return [json.loads(each["body"]) for each in self.deployment.take("ScheduleDlq")]

    def text(self, text: str, number: str = NUMBER, name: str = "in-1", after: float = 0) -> Any:
        """Somebody writes a text message, which arrives `after` seconds before now."""
        inner = {"originationNumber": number, "messageBody": text, "inboundMessageId": name}
        at = (self.wall.now - timedelta(seconds=after)).isoformat()
        envelope = {"Type": "Notification", "TopicArn": "t", "Message": json.dumps(inner), "Timestamp": at}
        return self.invoke("consent", batch(envelope))

    def answers(self, channel: str = "sms") -> list[str]:
        return [message.content.body for message, _ in self.providers[Channel(channel)].sent]


def event(name: str, person: str, properties: dict[str, Any], mark: str) -> dict[str, Any]:
    at = (FIXTURES_START - timedelta(hours=2)).isoformat()
    detail = {"message_id": mark, "user_id": person, "timestamp": at, "properties": properties}
    return {"source": "shop", "detail-type": name, "detail": detail}


@pytest.fixture
def desk(
    invoke: Any, deployment: Deployment, store: DynamoStore, wall: Turnable, monkeypatch: pytest.MonkeyPatch
) -> Desk:
    events = boto3.client("events", region_name=REGION)
    events.put_rule(Name="ear", EventBusName="EventBus", EventPattern=json.dumps({"source": ["nudgekit"]}))
    ear = deployment.queues["ScheduleDlq"].arn
    events.put_targets(Rule="ear", EventBusName="EventBus", Targets=[{"Id": "ear", "Arn": ear}])
    desk = Desk(invoke, deployment, store, wall, monkeypatch)
    desk.introduce("ada")
    return desk


def link(action: str, token: str, method: str = "GET", body: str = "", **headers: str) -> dict[str, Any]:
    """A request of the HTTP API."""
    kind = {"content-type": "application/x-www-form-urlencoded"} if method == "POST" else {}
    return {
        "version": "2.0",
        "headers": {**kind, **headers},
        "requestContext": {"http": {"method": method, "path": f"/links/{action}/{token}"}},
        "pathParameters": {"action": action, "token": token},
        "body": body,
        "isBase64Encoded": False,
    }


def own(person: str = "ada", channel: Channel = Channel.EMAIL, mark: str = MAIL, scope: str = "message") -> str:
    return write_token(Link(scope, person, channel, "m-1", mark), KEY)


class TestOneClick:
    @pytest.mark.parametrize("path", ["consent/http_one_click", "consent/http_one_click_multipart"])
    def test_a_post_ends_it_at_once_with_an_empty_answer(self, desk: Desk, path: str) -> None:
        answer = desk.invoke("consent", fixture(path))
        assert (answer["statusCode"], answer["body"]) == (200, "")
        assert not {"location", "set-cookie"} & {name.lower() for name in answer["headers"]}
        assert desk.status("ada", "email") is Status.DENIED
        assert desk.status("ada", "email", purpose="transactional") is Status.UNKNOWN
        assert desk.status("ada", "sms") is Status.GRANTED

    def test_the_bus_hears_of_it_under_the_same_id_and_nothing_is_doubled(self, desk: Desk) -> None:
        desk.invoke("consent", fixture("consent/http_one_click"))
        (heard,) = desk.told()
        assert heard["detail-type"] == "Consent Updated"
        word = desk.consent("ada").said["email|promotional|"]
        assert heard["detail"]["message_id"] == word.event_id
        assert word.source == "one-click m-fixture"
        rows = len(desk.store.client.scan(TableName="ProfilesTable")["Items"])
        assert desk.invoke("consent", batch(heard)) == {"batchItemFailures": []}
        assert len(desk.store.client.scan(TableName="ProfilesTable")["Items"]) == rows
        assert desk.consent("ada").said["email|promotional|"] == word

    def test_a_second_click_writes_nothing_and_says_the_same(self, desk: Desk, wall: Turnable) -> None:
        desk.invoke("consent", fixture("consent/http_one_click"))
        first = desk.told()
        wall.turn(days=70)
        assert desk.invoke("consent", fixture("consent/http_one_click"))["statusCode"] == 200
        assert [each["detail"] for each in desk.told()] == [each["detail"] for each in first]

    def test_a_topic_that_was_taken_up_after_a_first_refusal_ends_with_the_second(
        self, desk: Desk, wall: Turnable
    ) -> None:
        desk.invoke("consent", fixture("consent/http_one_click"))
        said = {"channel": "email", "topic": "offers", "status": "granted"}
        taken_up = event("Consent Updated", "ada", said, "taken-up")
        taken_up["detail"]["timestamp"] = (wall.now + timedelta(minutes=1)).isoformat()
        desk.invoke("consent", batch(taken_up))
        assert desk.status("ada", "email", "offers") is Status.GRANTED
        wall.turn(minutes=2)
        desk.told()
        desk.invoke("consent", fixture("consent/http_one_click"))
        assert desk.status("ada", "email", "offers") is Status.DENIED
        assert [each["detail-type"] for each in desk.told()] == ["Consent Updated"]

    def test_a_grant_dated_ahead_of_our_clock_does_not_outlive_the_click(self, desk: Desk, wall: Turnable) -> None:
        hasty = event("Consent Updated", "ada", {"channel": "email", "status": "granted"}, "hasty")
        hasty["detail"]["timestamp"] = (wall.now + timedelta(minutes=4)).isoformat()
        desk.invoke("consent", batch(hasty))
        desk.told()
        desk.invoke("consent", fixture("consent/http_one_click"))
        assert desk.status("ada", "email") is Status.DENIED
        (heard,) = desk.told()
        assert desk.invoke("consent", batch(heard)) == {"batchItemFailures": []}
        wall.turn(minutes=5)
        assert desk.status("ada", "email") is Status.DENIED

    def test_the_link_in_a_text_ends_what_its_page_says_and_order_news_stay(self, desk: Desk) -> None:
        token = own(channel=Channel.SMS, mark=address_mark(NUMBER))
        assert "except what an order of yours needs" in desk.invoke("consent", link("unsubscribe", token))["body"]
        desk.invoke("consent", link("unsubscribe", token, "POST", "from=by-hand"))
        assert desk.status("ada", "sms") is Status.DENIED
        assert desk.status("ada", "sms", purpose="transactional") is Status.UNKNOWN

    @pytest.mark.parametrize(
        ("boundary", "kind", "after"),
        [
            ("edge", "multipart/form-data; boundary=edge", ""),
            ("----=_Part_1'()+_,-./:=?", 'multipart/form-data; boundary="----=_Part_1\'()+_,-./:=?"', ""),
            ("a" * 70, "Multipart/Form-Data; Boundary=" + "a" * 70, ""),
            ("edge", "multipart/form-data; charset=utf-8; boundary=edge", "\r\n"),
            ("edge", "multipart/form-data; boundary=edge", "\r\nthe end"),
        ],
    )
    @pytest.mark.parametrize("encoded", [True, False])
    def test_a_form_in_parts_counts_however_its_sender_cuts_them(
        self, desk: Desk, boundary: str, kind: str, after: str, *, encoded: bool
    ) -> None:
        part = 'Content-Disposition: form-data; name="List-Unsubscribe"\r\nContent-Type: text/plain\r\n\r\nOne-Click'
        body = f"--{boundary}\r\n{part}\r\n--{boundary}--{after}"
        asked = link("unsubscribe", own(), "POST", body, **{"content-type": kind})
        if encoded:
            asked |= {"body": b64encode(body.encode()).decode(), "isBase64Encoded": True}
        assert desk.invoke("consent", asked)["statusCode"] == 200
        assert desk.status("ada", "email") is Status.DENIED

    def test_a_get_changes_nothing_and_shows_a_button(self, desk: Desk) -> None:
        before = desk.consent("ada")
        answer = desk.invoke("consent", fixture("consent/http_unsubscribe_page"))
        assert answer["statusCode"] == 200
        assert '<form method="post">' in answer["body"]
        assert desk.consent("ada") == before
        assert desk.told() == []

    def test_a_button_that_is_pressed_is_answered_with_a_page(self, desk: Desk) -> None:
        answer = desk.invoke("consent", fixture("consent/http_unsubscribe_by_hand"))
        assert "You are unsubscribed" in answer["body"]
        assert desk.status("ada", "email") is Status.DENIED

    def test_it_holds_for_everybody_who_has_the_address_and_for_nobody_else(self, desk: Desk) -> None:
        desk.introduce("ben", email="Ada@Example.com ", phone="+447700900999")
        desk.introduce("cleo", email="cleo@example.com", phone="+447700900999")
        desk.invoke("consent", link("unsubscribe", own(), "POST", "List-Unsubscribe=One-Click"))
        assert [desk.status(each, "email") for each in ("ada", "ben", "cleo")] == ["denied", "denied", "granted"]
        assert sorted(each["detail"]["user_id"] for each in desk.told()) == ["ada", "ben"]

    def test_somebody_who_has_the_address_no_more_is_left_alone(self, desk: Desk, wall: Turnable) -> None:
        desk.introduce("ben")
        moved = event("Profile Updated", "ben", {"email": "ben@example.com"}, "moved")
        moved["detail"]["timestamp"] = FIXTURES_START.isoformat()
        desk.invoke("project_profile", batch(moved))
        desk.invoke("consent", link("unsubscribe", own(), "POST", "List-Unsubscribe=One-Click"))
        assert desk.status("ben", "email") is Status.GRANTED

    def test_whoever_gets_the_address_later_inherits_the_refusal(self, desk: Desk) -> None:
        desk.invoke("consent", link("unsubscribe", own(), "POST", "List-Unsubscribe=One-Click"))
        late = event("Profile Updated", "imported", {"email": "ada@example.com"}, "late")
        desk.invoke("project_profile", batch(late))
        granted = event("Consent Updated", "imported", {"channel": "email", "status": "granted"}, "old-grant")
        desk.invoke("consent", batch(granted))
        assert desk.status("imported", "email") is Status.DENIED

    def test_a_link_of_a_merged_away_id_speaks_for_the_survivor(self, desk: Desk) -> None:
        desk.introduce("ada-account", email="ada@example.com")
        desk.merge("ada", "ada-account")
        assert desk.status("ada-account", "email") is Status.GRANTED
        desk.invoke("consent", link("unsubscribe", own(), "POST", "List-Unsubscribe=One-Click"))
        assert desk.status("ada-account", "email") is Status.DENIED
        assert Ref(Kind.CONSENT, "ada") not in desk.store.of("ada")
        for heard in desk.told():
            assert desk.invoke("consent", batch(heard)) == {"batchItemFailures": []}
        assert desk.status("ada-account", "email") is Status.DENIED

    @pytest.mark.parametrize("action", ["unsubscribe", "preferences"])
    def test_a_link_of_somebody_erased_holds_for_the_address_alone(self, desk: Desk, action: str) -> None:
        desk.invoke("person", {"erase": "ada"})
        desk.told()
        form = {"unsubscribe": "List-Unsubscribe=One-Click", "preferences": "from=by-hand&everything=stop"}[action]
        assert desk.invoke("consent", link(action, own(), "POST", form))["statusCode"] == 200
        for heard in desk.told():
            assert desk.invoke("consent", batch(heard)) == {"batchItemFailures": []}
        assert desk.store.of("ada") == {}
        assert desk.invoke("person", {"verify": "ada"}) == {"left": [], "suppressed": True}
        desk.introduce("ben")
        assert desk.status("ben", "email") is Status.DENIED

    def test_the_link_works_sixty_days_later_and_more(self, desk: Desk, wall: Turnable) -> None:
        wall.turn(days=400)
        desk.invoke("consent", fixture("consent/http_one_click"))
        assert desk.status("ada", "email") is Status.DENIED

    def test_the_old_key_is_honoured_while_it_stands_behind_the_new_one(self, desk: Desk) -> None:
        secrets = boto3.client("secretsmanager", region_name=REGION)
        secrets.put_secret_value(SecretId="LinkKey", SecretString=f"a-new-key\n{SECRET}")
        desk.invoke("consent", fixture("consent/http_one_click"))
        assert desk.status("ada", "email") is Status.DENIED
        secrets.put_secret_value(SecretId="LinkKey", SecretString="a-new-key")
        assert desk.invoke("consent", fixture("consent/http_one_click"))["statusCode"] == 404


class TestHostileRequests:
    @pytest.mark.parametrize(
        ("request_", "status"),
        [
            (fixture("consent/http_forged"), 404),
            (link("unsubscribe", "x"), 404),
            (link("unsubscribe", "A" * 5000), 404),
            (link("unsubscribe", "../../etc"), 404),
            (link("confirm", own()), 404),
            (link("unsubscribe", own(scope="confirm")), 404),
            (link("delete", own()), 404),
            (link("unsubscribe", own(), "POST", "a=b"), 400),
            (link("unsubscribe", own(), "POST", ""), 400),
            (link("preferences", own(), "POST", "channel=email"), 400),
            (link("confirm", own(scope="confirm"), "POST", "a=b"), 400),
            (link("unsubscribe", own(), "POST", "x" * 70_000), 413),
            (link("unsubscribe", own(), "POST", "{}", **{"content-type": "application/json"}), 415),
            (link("unsubscribe", own(), "POST", "--x", **{"content-type": "multipart/form-data"}), 400),
            (link("unsubscribe", own(), "POST", "--x", **{"content-type": "multipart/form-data; boundary=x"}), 400),
            ({**link("unsubscribe", own(), "POST", "%%%"), "isBase64Encoded": True}, 400),
            (link("unsubscribe", own(), "DELETE"), 405),
            (link("unsubscribe", own(), "HEAD"), 405),
            (link("unsubscribe", own(), "OPTIONS"), 405),
            ({**link("unsubscribe", own()), "pathParameters": None}, 404),
        ],
        ids=str,
    )
    def test_it_is_turned_away_with_a_page_and_changes_nothing(self, desk: Desk, request_: Any, status: int) -> None:
        before = desk.consent("ada")
        answer = desk.invoke("consent", request_)
        assert answer["statusCode"] == status
        assert "<h1>" in answer["body"]
        assert desk.consent("ada") == before
        assert desk.told() == []

    def test_every_page_is_strict(self, desk: Desk) -> None:
        for name in ("unsubscribe_page", "preferences_page", "confirm_page", "forged"):
            answer = desk.invoke("consent", fixture(f"consent/http_{name}"))
            headers = answer["headers"]
            assert headers["Cache-Control"] == "no-store"
            assert headers["Referrer-Policy"] == "no-referrer"
            assert "noindex" in headers["X-Robots-Tag"]
            assert "default-src 'none'" in headers["Content-Security-Policy"]
            assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
            assert "<script" not in answer["body"]
            assert "ada" not in answer["body"].lower().replace(own(), "")

    def test_a_fault_of_ours_is_a_page_that_says_try_again(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        def fails() -> Any:
            raise Throttled("busy")

        monkeypatch.setattr(wiring, "secret", lambda name: fails())
        desk.patch.setattr(wiring.secret, "cache_clear", lambda: None, raising=False)
        answer = desk.invoke("consent", fixture("consent/http_one_click"))
        assert answer["statusCode"] == 503
        assert "nothing was lost" in answer["body"]


class TestPreferences:
    def save(self, desk: Desk, *fields: str, token: str = "") -> str:
        body = "&".join(["from=by-hand", *fields]).replace("|", "%7C")
        answer = desk.invoke("consent", link("preferences", token or own(), "POST", body))
        assert answer["statusCode"] == 200
        return str(answer["body"])

    def test_the_page_shows_what_stands(self, desk: Desk) -> None:
        page = desk.invoke("consent", link("preferences", own()))["body"]
        assert page.count('name="channel"') == 5
        assert page.count('name="topic"') == 10
        assert page.count(" checked") == 15

    ALL = tuple(f"topic={channel}|{topic.id}" for channel in Channel for topic in TOPICS)

    def test_saving_it_as_it_is_says_nothing(self, desk: Desk) -> None:
        self.save(desk, *(f"channel={channel}" for channel in Channel), *self.ALL)
        assert desk.told() == []

    def test_one_channel_is_ended(self, desk: Desk) -> None:
        self.save(desk, "channel=push", "channel=email", "channel=whatsapp", *self.ALL)
        assert [desk.status("ada", channel) for channel in OUTGOING] == ["granted", "granted", "denied", "granted"]

    def test_one_topic_is_ended_and_taken_up_again(self, desk: Desk, wall: Turnable) -> None:
        channels = tuple(f"channel={channel}" for channel in Channel)
        self.save(desk, *channels, *(each for each in self.ALL if each != "topic=email|offers"))
        assert desk.status("ada", "email", "offers") is Status.DENIED
        assert desk.status("ada", "email", "news") is Status.GRANTED
        wall.turn(minutes=1)
        self.save(desk, *channels, *self.ALL)
        assert desk.status("ada", "email", "offers") is Status.GRANTED

    def test_a_topic_taken_up_under_a_closed_channel_opens_nothing(self, desk: Desk, wall: Turnable) -> None:
        self.save(desk, *(each for each in self.ALL if each != "topic=email|offers"))
        wall.turn(minutes=1)
        self.save(desk, *self.ALL)
        assert desk.status("ada", "email", "offers") is Status.DENIED
        assert desk.status("ada", "email") is Status.DENIED

    def shown(self, page: str) -> list[str]:
        """The fields that the page's own form sends when nobody touches a switch."""
        on = re.findall(r'name="(channel|topic)" value="([^"]*)" checked', page)
        return [f"{name}={value}" for name, value in (*on, *re.findall(r'name="(shown)" value="([^"]*)"', page))]

    def test_a_page_that_was_open_while_somebody_wrote_stop_allows_nothing_anew(
        self, desk: Desk, wall: Turnable
    ) -> None:
        page = self.shown(desk.invoke("consent", link("preferences", own()))["body"])
        desk.text("STOP")
        wall.turn(minutes=1)
        desk.told()
        self.save(desk, *(each for each in page if each not in {"channel=push", "topic=email|news"}))
        assert [desk.status("ada", each) for each in ("push", "email", "sms")] == ["denied", "granted", "denied"]
        assert desk.status("ada", "email", "news") is Status.DENIED
        wall.turn(minutes=1)
        page = self.shown(desk.invoke("consent", link("preferences", own()))["body"])
        self.save(desk, *page, "channel=sms", "topic=email|news")
        assert [desk.status("ada", each) for each in ("push", "email", "sms")] == ["denied", "granted", "granted"]
        assert desk.status("ada", "email", "news") is Status.GRANTED

    def test_a_shop_with_as_many_topics_as_it_may_have_can_still_be_refused(self, desk: Desk) -> None:
        desk.policy = make_policy(topics=tuple(Topic(f"{number:-<64}", "x") for number in range(MOST_TOPICS)))
        page = self.shown(desk.invoke("consent", link("preferences", own()))["body"])
        self.save(desk, *(each for each in page if each != "channel=email"))
        assert desk.status("ada", "email") is Status.DENIED

    def test_what_the_shop_calls_itself_and_its_topics_is_text_on_the_page(self, desk: Desk) -> None:
        hostile = '"><script>alert(1)</script><img src=x onerror=alert(1)>'
        shop = replace(desk.policy.shop, name=hostile)
        desk.policy = make_policy(shop=shop, topics=(Topic("offers", hostile),))
        for action in ("preferences", "unsubscribe", "confirm"):
            asked = link(action, own(scope="confirm" if action == "confirm" else "message"))
            page = desk.invoke("consent", asked)["body"]
            assert "<script" not in page
            assert "<img" not in page
            assert "&lt;script&gt;" in page

    def test_everything_is_ended_with_one_button(self, desk: Desk) -> None:
        page = self.save(desk, "channel=email", "everything=stop")
        assert {desk.status("ada", channel) for channel in Channel} == {Status.DENIED}
        assert "Your choice is saved" in page

    def test_a_grant_where_a_second_yes_is_wanted_waits_for_it(self, desk: Desk, wall: Turnable) -> None:
        desk.policy = make_policy(double_opt_in=("email",))
        by_text = own(channel=Channel.SMS, mark=address_mark(NUMBER))
        self.save(desk, "everything=stop", token=by_text)
        wall.turn(minutes=1)
        desk.told()
        self.save(desk, "channel=email", token=by_text)
        assert desk.status("ada", "email") is Status.DENIED
        assert [each["detail-type"] for each in desk.told()] == ["Consent Updated", "Consent Requested"]
        wall.turn(minutes=1)
        self.save(desk, "channel=email", token=own())
        assert desk.status("ada", "email") is Status.GRANTED


class TestTheSecondYes:
    @pytest.fixture
    def policy(self) -> Policy:
        return make_policy(double_opt_in=("email",))

    def ask(self, desk: Desk, **more: Any) -> None:
        said = {"channel": "email", "status": "granted", "wording": "v7", **more}
        desk.invoke("consent", batch(event("Consent Updated", "new", said, "asked")))

    def test_a_grant_is_pending_until_it_is_confirmed_by_a_post(
        self, desk: Desk, policy: Policy, wall: Turnable
    ) -> None:
        desk.policy = policy
        self.ask(desk)
        assert desk.status("new", "email") is Status.PENDING
        (request,) = desk.told()
        assert (request["detail-type"], request["detail"]["user_id"]) == ("Consent Requested", "new")
        token = own("new", scope="confirm")
        assert "One more yes" in desk.invoke("consent", link("confirm", token))["body"]
        assert desk.status("new", "email") is Status.PENDING
        assert "Thank you" in desk.invoke("consent", link("confirm", token, "POST", "answer=confirm"))["body"]
        assert desk.status("new", "email") is Status.GRANTED
        assert desk.consent("new").said["email|promotional|"].wording == "v7"
        assert desk.consent("new").said["email|promotional|"].confirmed
        assert "Nothing to confirm" in desk.invoke("consent", link("confirm", token))["body"]

    def test_a_second_yes_is_said_and_no_longer_inferred(self, desk: Desk, policy: Policy) -> None:
        desk.policy = policy
        self.ask(desk, basis="implied")
        token = own("new", scope="confirm")
        for _ in range(2):
            answer = desk.invoke("consent", link("confirm", token, "POST", "answer=confirm"))
            assert "Thank you" in answer["body"]
        word = desk.consent("new").said["email|promotional|"]
        assert (word.basis, word.wording) == ("express", "v7")

    def test_a_yes_to_what_nobody_asked_is_not_thanked_for(self, desk: Desk, policy: Policy) -> None:
        desk.policy = policy
        desk.invoke("consent", fixture("consent/http_one_click"))
        token = own(scope="confirm")
        assert "Nothing to confirm" in desk.invoke("consent", link("confirm", token, "POST", "answer=confirm"))["body"]
        assert desk.status("ada", "email") is Status.DENIED

    def test_what_is_no_promotion_needs_no_second_yes(self, desk: Desk, policy: Policy, wall: Turnable) -> None:
        desk.policy = policy
        self.ask(desk, purpose="transactional")
        assert desk.consent("new").status(Channel.EMAIL, "transactional", wall.now) is Status.GRANTED
        assert [each["detail-type"] for each in desk.told()] != ["Consent Requested"]

    def test_asking_again_does_not_undo_what_was_confirmed(self, desk: Desk, policy: Policy) -> None:
        desk.policy = policy
        self.ask(desk, confirmed=True)
        assert desk.status("new", "email") is Status.GRANTED
        later = event("Consent Updated", "new", {"channel": "email", "status": "granted"}, "again")
        later["detail"]["timestamp"] = FIXTURES_START.isoformat()
        desk.invoke("consent", batch(later))
        assert desk.status("new", "email") is Status.GRANTED
        assert desk.told() == []

    def test_asking_does_not_take_a_refusal_back(self, desk: Desk, policy: Policy) -> None:
        desk.invoke("consent", fixture("consent/http_one_click"))
        desk.policy = policy
        later = event("Consent Updated", "ada", {"channel": "email", "status": "granted"}, "again")
        later["detail"]["timestamp"] = (FIXTURES_START + timedelta(minutes=3)).isoformat()
        desk.invoke("consent", batch(later))
        assert desk.status("ada", "email") is Status.DENIED
        assert desk.told()[-1]["detail-type"] == "Consent Requested"


class TestWhatPeopleWriteBack:
    def test_stop_ends_every_text_and_is_confirmed_once(self, desk: Desk) -> None:
        assert desk.text("STOP please") == {"batchItemFailures": []}
        assert desk.status("ada", "sms") is Status.DENIED
        assert desk.status("ada", "sms", purpose="transactional") is Status.DENIED
        assert desk.status("ada", "whatsapp") is Status.GRANTED
        (answer,) = desk.answers()
        assert answer.startswith("Example: you are unsubscribed")
        assert "http" not in answer

    def test_a_redelivery_is_not_answered_again(self, desk: Desk) -> None:
        for _ in range(3):
            desk.text("STOP")
        assert len(desk.answers()) == 1

    def test_a_second_stop_is_not_confirmed_again_but_one_after_a_start_is(self, desk: Desk, wall: Turnable) -> None:
        for number, text in enumerate(("STOP", "STOP!!", "START", "stop it")):
            wall.turn(minutes=1)
            desk.text(text, name=f"in-{number}")
        assert [each.partition(":")[2][:20] for each in desk.answers()] == [
            " you are unsubscribe",
            " you are subscribed ",
            " you are unsubscribe",
        ]
        assert desk.status("ada", "sms") is Status.DENIED

    def test_a_late_confirmation_is_none(self, desk: Desk) -> None:
        desk.text("STOP", after=301)
        assert desk.answers() == []
        assert desk.status("ada", "sms") is Status.DENIED

    def test_the_scope_of_stop_is_the_policys(self, desk: Desk) -> None:
        desk.policy = make_policy(revoke_all=False)
        desk.text("STOP")
        assert desk.status("ada", "sms") is Status.DENIED
        assert desk.status("ada", "sms", purpose="transactional") is Status.UNKNOWN

    def test_help_is_answered_with_name_and_contact_once_an_hour(self, desk: Desk, wall: Turnable) -> None:
        for number in range(3):
            desk.text("help", name=f"help-{number}")
        assert desk.answers() == [
            "Example: for help, contact https://shop.example. Reply STOP to get no more messages."
        ]
        wall.turn(hours=1)
        desk.text("help", name="help-9")
        assert len(desk.answers()) == 2

    def test_yes_counts_for_whoever_had_said_stop(self, desk: Desk, wall: Turnable) -> None:
        desk.text("yes", name="in-0")
        assert desk.answers() == []
        desk.text("STOP", name="in-1")
        wall.turn(minutes=1)
        desk.text("YES", name="in-2")
        assert desk.status("ada", "sms") is Status.GRANTED
        assert desk.status("ada", "sms", purpose="transactional") is Status.UNKNOWN

    def test_yes_of_somebody_who_refused_elsewhere_answers_something_else(self, desk: Desk, wall: Turnable) -> None:
        said = {"channel": "sms", "status": "denied", "source": "account page"}
        desk.invoke("consent", batch(event("Consent Updated", "ada", said, "ada-no")))
        wall.turn(minutes=1)
        desk.text("YES")
        assert desk.status("ada", "sms") is Status.DENIED
        assert desk.answers() == []

    def test_everybody_with_the_number_is_left_alone(self, desk: Desk) -> None:
        desk.introduce("ben", email="ben@example.com", phone="+44 7700 900123")
        desk.text("stop texting us")
        assert [desk.status(each, "sms") for each in ("ada", "ben")] == ["denied", "denied"]

    def test_start_on_a_shared_number_undoes_no_more_than_stop_did(self, desk: Desk, wall: Turnable) -> None:
        desk.introduce("ben", email="ben@example.com")
        said = {"channel": "sms", "status": "denied", "source": "account page"}
        desk.invoke("consent", batch(event("Consent Updated", "ben", said, "ben-no")))
        wall.turn(minutes=1)
        desk.text("STOP", name="in-1")
        wall.turn(minutes=1)
        desk.text("START", name="in-2")
        assert [desk.status(each, "sms") for each in ("ada", "ben")] == ["granted", "denied"]

    def test_a_number_nobody_is_known_by_is_remembered_for_whoever_has_it(self, desk: Desk) -> None:
        desk.text("STOP", number="+447700900999")
        assert len(desk.answers()) == 1
        known = event("Profile Updated", "late", {"phone": "+447700900999"}, "late-known")
        desk.invoke("project_profile", batch(known))
        assert desk.status("late", "sms") is Status.DENIED

    def test_the_bus_hears_that_somebody_wrote_and_never_what(self, desk: Desk) -> None:
        desk.text("do you have the lamp in blue?")
        (heard,) = desk.told()
        assert heard["detail-type"] == "Message Received"
        assert heard["detail"]["properties"] == {"channel": "sms", "meaning": "other", "from_ad": False}
        assert "lamp" not in json.dumps(heard)

    @pytest.mark.parametrize("name", ["whatsapp_stop", "whatsapp_button"])
    def test_whatsapp_is_heard_and_answered_in_free_text(self, desk: Desk, name: str) -> None:
        assert desk.invoke("consent", batch(fixture(f"consent/{name}"))) == {"batchItemFailures": []}
        assert desk.status("ada", "whatsapp") is Status.DENIED
        assert len(desk.answers("whatsapp")) == 1

    def test_whatsapps_own_switch_ends_its_advertising_and_is_answered_by_nobody(self, desk: Desk) -> None:
        for _ in range(2):
            assert desk.invoke("consent", batch(fixture("consent/whatsapp_switched_off"))) == {"batchItemFailures": []}
        assert desk.status("ada", "whatsapp") is Status.DENIED
        assert desk.status("ada", "whatsapp", purpose="transactional") is Status.UNKNOWN
        assert desk.consent("ada").said["whatsapp|promotional|"].source == "provider:opted_out"
        assert desk.answers("whatsapp") == []
        assert {each["detail-type"] for each in desk.told()} == {"Consent Updated"}, "no service window is opened by it"

    def test_whatsapps_switch_turned_on_allows_nothing(self, desk: Desk) -> None:
        desk.invoke("consent", batch(fixture("consent/whatsapp_switched_off")))
        on = json.loads(json.dumps(fixture("consent/whatsapp_switched_off")).replace('\\"stop\\"', '\\"resume\\"'))
        assert "resume" in json.dumps(on)
        assert desk.invoke("consent", batch(on)) == {"batchItemFailures": []}
        assert desk.status("ada", "whatsapp") is Status.DENIED

    def test_a_busy_provider_is_asked_again_in_time(self, desk: Desk) -> None:
        desk.providers[Channel.SMS].answers[NUMBER] = Throttled("busy")
        assert desk.text("STOP")["batchItemFailures"] != []
        assert desk.status("ada", "sms") is Status.DENIED
        desk.providers[Channel.SMS].answers.clear()
        desk.text("STOP", after=130)
        assert len(desk.answers()) == 1

    def test_an_answer_in_doubt_is_never_sent_again(self, desk: Desk) -> None:
        desk.providers[Channel.SMS].answers[NUMBER] = TimeoutError("after it was sent")
        desk.text("STOP")
        desk.providers[Channel.SMS].answers.clear()
        desk.text("STOP")
        assert desk.answers() == []

    @pytest.mark.parametrize("name", ["malformed_sms", "malformed_whatsapp", "malformed_consent"])
    def test_what_is_malformed_is_set_aside(self, desk: Desk, name: str) -> None:
        assert desk.invoke("consent", batch(fixture(f"consent/{name}"))) == {"batchItemFailures": []}
        assert len(desk.deployment.take("ConsentDlq")) == 1


class TestProviders:
    def test_a_complaint_is_a_refusal_for_everybody_at_that_address(self, desk: Desk) -> None:
        desk.introduce("ben", phone="+447700900999")
        said = fixture("consent/denied_by_provider")
        said["detail"]["properties"]["address"] = MAIL
        desk.invoke("consent", batch(said))
        assert [desk.status(each, "email") for each in ("ada", "ben")] == ["denied", "denied"]
        assert [each["detail"]["user_id"] for each in desk.told()] == ["ben"]


class TestTheShopsOwnWord:
    @pytest.mark.parametrize(("days", "basis", "status"), [(2000, "express", "granted"), (800, "implied", "unknown")])
    def test_what_was_said_long_ago_is_taken_in_with_its_own_time(
        self, desk: Desk, wall: Turnable, days: int, basis: str, status: str
    ) -> None:
        old = event("Consent Updated", "veteran", {"channel": "email", "status": "granted", "basis": basis}, "old")
        old["detail"]["timestamp"] = (wall.now - timedelta(days=days)).isoformat()
        assert desk.invoke("consent", batch(old)) == {"batchItemFailures": []}
        assert desk.deployment.take("ConsentDlq") == []
        assert desk.status("veteran", "email") == status

    def test_a_purchase_takes_no_refusal_back(self, desk: Desk, wall: Turnable) -> None:
        desk.invoke("consent", fixture("consent/http_one_click"))
        wall.turn(days=1)
        bought = event(
            "Consent Updated", "ada", {"channel": "email", "status": "granted", "basis": "implied"}, "bought"
        )
        bought["detail"]["timestamp"] = wall.now.isoformat()
        desk.invoke("consent", batch(bought))
        assert desk.status("ada", "email") is Status.DENIED
        rows = [str(each["sk"]["S"]) for each in desk.store.client.scan(TableName="ProfilesTable")["Items"]]
        assert any(each.endswith("#bought") for each in rows), "kept as evidence all the same"


class TestBetweenDecisionAndHandOff:
    """D11: an opt-out that comes after the decision wins, whichever way it comes."""

    def decided(self, desk: Desk, channel: str) -> tuple[str, Message]:
        """Ada left a cart, and the rung's message is claimed and queued; its queue entry, and its row."""
        desk.invoke("project_profile", fixture("project_profile/batch"))
        desk.invoke("project_profile", batch(fixture("cart_abandonment/start")))
        desk.invoke("cart_abandonment", fixture("cart_abandonment/start"))
        wake_up = fixture("cart_abandonment/wake_up")["wake_up"]
        for step in range(1, LADDER.index(channel) + 2):
            desk.wall.turn(hours=(0.5, 20, 26)[step - 1])  # at hours at which nobody is woken
            fold_to(desk.store, desk.wall.now)
            answer = desk.invoke("cart_abandonment", batch({"wake_up": {**wake_up, "step": step}}))
            assert answer == {"batchItemFailures": []}
            own = LADDER[step - 1]
            (queued,) = desk.deployment.take(f"Deliver{own.capitalize()}Queue")
            if own != channel:
                desk.invoke(f"deliver_{own}", batch(queued["body"]))
        name = json.loads(queued["body"])["message"]["id"]
        return queued["body"], next(iter(desk.store.read([Ref(Kind.MESSAGE, "ada", name)]).values())).value

    def row(self, desk: Desk, message: Message) -> Message:
        found: Message = next(iter(desk.store.read([Ref(Kind.MESSAGE, "ada", message.id)]).values())).value
        return found

    def test_the_mails_own_link_keeps_the_mail_from_going_out(self, desk: Desk) -> None:
        queued, message = self.decided(desk, "email")
        token = str(message.content.unsubscribe).rpartition("/")[2]
        assert str(message.content.unsubscribe).startswith(
            "https://LinksApi.execute-api.eu-west-1.amazonaws.com/links/"
        )
        assert desk.invoke("consent", link("unsubscribe", token, "POST", "List-Unsubscribe=One-Click"))["body"] == ""
        desk.invoke("deliver_email", batch(queued))
        assert desk.providers[Channel.EMAIL].sent == []
        assert (self.row(desk, message).status, self.row(desk, message).reason) == ("withheld", "no_consent")

    def test_a_stop_keeps_the_text_from_going_out(self, desk: Desk) -> None:
        queued, message = self.decided(desk, "sms")
        desk.text("stop it please")
        desk.invoke("deliver_sms", batch(queued))
        assert [sent.id for sent, _ in desk.providers[Channel.SMS].sent if sent.id == message.id] == []
        assert self.row(desk, message).reason == "no_consent"

    def test_without_an_opt_out_it_goes_out(self, desk: Desk) -> None:
        queued, message = self.decided(desk, "email")
        desk.invoke("deliver_email", batch(queued))
        assert [sent.id for sent, _ in desk.providers[Channel.EMAIL].sent] == [message.id]

    def test_a_complaint_travels_from_the_receipt_to_everybody_at_that_address(self, desk: Desk) -> None:
        queued, message = self.decided(desk, "email")
        desk.introduce("ben", phone="+447700900999")
        desk.invoke("deliver_email", batch(queued))
        receipt = fixture("delivery_feedback/ses_complaint")
        receipt["detail"]["mail"]["tags"]["receipt"] = [write_receipt(Receipt("ada", message.id))]
        receipt["detail"]["complaint"]["timestamp"] = desk.wall.now.isoformat()
        desk.told()
        desk.invoke("delivery_feedback", batch(receipt))
        told = desk.told()
        assert sorted(each["detail-type"] for each in told) == ["Consent Updated", "Message Failed"]
        desk.invoke("consent", batch(*(each for each in told if each["detail-type"] == "Consent Updated")))
        assert [desk.status(each, "email") for each in ("ada", "ben")] == ["denied", "denied"]
        word = desk.consent("ada").said["email|promotional|"]
        assert word.source == "provider:complained"
        assert desk.profile("ada").address(Channel.EMAIL) == "ada@example.com"

    def test_a_number_on_the_providers_list_gets_no_text_of_any_kind(self, desk: Desk) -> None:
        queued, _ = self.decided(desk, "sms")
        desk.providers[Channel.SMS].answers[NUMBER] = Refused(Reason.OPTED_OUT, address_dead=True)
        desk.told()
        desk.invoke("deliver_sms", batch(queued))
        told = [each for each in desk.told() if each["detail-type"] == "Consent Updated"]
        desk.invoke("consent", batch(*told))
        assert [desk.status("ada", "sms", purpose=each) for each in ("promotional", "transactional")] == ["denied"] * 2
        assert desk.status("ada", "whatsapp") is Status.GRANTED
