"""The shop's own page, through the function and on moto: what waits, who may see it, and that it counts once."""

import json
from base64 import urlsafe_b64encode
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from nudgekit.adapters import clients
from nudgekit.adapters.dynamodb import DynamoStore
from nudgekit.book import load_book
from nudgekit.cli.offers import codes_of
from nudgekit.model.base import Channel
from nudgekit.model.inbox import Inbox
from nudgekit.model.ledger import Ledger
from nudgekit.model.message import Message, MessageStatus
from nudgekit.model.offer import Drawer
from nudgekit.model.run import Run
from nudgekit.runs.documents import Kind, Ref, run_ref
from nudgekit.runs.inbox import inbox_ref
from nudgekit.runs.offers import drawers_of
from nudgekit.runs.signals import read_signal, wake_up_body
from nudgekit.runs.step import wake_up_of
from tests.functional.conftest import Invoke, Turnable
from tests.functional.deployment import SECRET, Deployment, batch, fixture
from tests.visit import ANONYMOUS, COOKIE, of_person, of_visitor, request, signed

ADA = "ada"
KEY = SECRET.encode()


class Visit:
    """Somebody who looks at the shop's page, and the page's own requests."""

    def __init__(self, invoke: Invoke, wall: Turnable, store: DynamoStore) -> None:
        self.invoke, self.wall, self.store = invoke, wall, store
        self.headers = of_person(ADA, wall.now, KEY)

    def leaves(self, name: str = "exit_intent/start", **changes: Any) -> None:
        """The trigger hears that somebody may leave."""
        event = fixture(name)
        event["detail"] |= changes
        self.invoke("exit_intent", event)
        self.invoke("project_profile", batch(event))

    def ask(self, method: str, path: str, body: Any = None) -> tuple[int, dict[str, Any]]:
        answer: Any = self.invoke("onsite", request(method, path, self.headers, body))
        return answer["statusCode"], json.loads(answer["body"])

    def waiting(self) -> list[dict[str, Any]]:
        status, answer = self.ask("GET", "/onsite")
        assert status == 200
        found: list[dict[str, Any]] = answer["messages"]
        return found

    def claim(self, handle: str) -> dict[str, Any]:
        status, answer = self.ask("POST", "/onsite/claim", {"handle": handle})
        assert status == 200
        return answer

    def tell(self, handle: str, what: str, **more: Any) -> int:
        return self.ask("POST", "/onsite/tell", {"handle": handle, "what": what, **more})[0]

    def message(self, person: str = ADA) -> Message:
        inbox: Run = self.store.read([run_ref(person, "exit_intent", "")])[run_ref(person, "exit_intent", "")].value
        ref = Ref(Kind.MESSAGE, person, inbox.attempts[-1].message)
        found: Message = self.store.read([ref])[ref].value
        return found

    def ledger(self, person: str = ADA) -> Ledger:
        ref = Ref(Kind.LEDGER, person)
        found: Ledger = self.store.read([ref])[ref].value
        return found


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What the function puts on the bus, as the bus's listeners get it."""
    heard: list[dict[str, Any]] = []
    build: Callable[..., Any] = clients._client

    def listen(params: dict[str, Any], **_: Any) -> None:
        for entry in params["Entries"]:
            detail = json.loads(entry["Detail"])
            heard.append({"source": entry["Source"], "detail-type": entry["DetailType"], "detail": detail})

    def client(service: str, config: Any) -> Any:
        made = build(service, config)
        if service == "events":
            made.meta.events.register("provide-client-params.*.PutEvents", listen)
        return made

    monkeypatch.setattr(clients, "_client", client)
    return heard


@pytest.fixture
def visit(told: list[dict[str, Any]], invoke: Invoke, wall: Turnable, store: DynamoStore) -> Visit:
    return Visit(invoke, wall, store)


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """The AWS operations that the functions call."""
    counted: Counter[str] = Counter()
    build: Callable[..., Any] = clients._client

    def client(service: str, config: Any) -> Any:
        made = build(service, config)
        made.meta.events.register("before-call", lambda model, **_: counted.update([model.name]))
        return made

    monkeypatch.setattr(clients, "_client", client)
    return counted


class TestWhatWaits:
    def test_a_message_waits_until_it_is_claimed_and_counts_from_then_on(
        self, visit: Visit, told: list[dict[str, Any]]
    ) -> None:
        assert visit.waiting() == []
        visit.leaves()
        (line,) = visit.waiting()
        assert (line["trigger"], line["priority"]) == ("exit_intent", 40)
        (entry,) = visit.ledger().entries
        assert (entry.channel, entry.unseen) == (Channel.ONSITE, True)
        visit.wall.turn(minutes=7)
        answer = visit.claim(line["handle"])
        assert answer["reason"] is None
        assert answer["message"]["title"] == "Before you go"
        assert [each["code"] for each in answer["message"]["choices"]][:2] == ["price", "delivery"]
        (entry,) = visit.ledger().entries
        assert (entry.unseen, entry.at) == (False, int(visit.wall.now.timestamp() * 1000))
        assert visit.waiting() == []
        assert [each["detail-type"] for each in told] == ["Message Sent"]
        visit.invoke("exit_intent", told[0])
        run: Run = visit.store.read([run_ref(ADA, "exit_intent", "")])[run_ref(ADA, "exit_intent", "")].value
        assert (run.outcome, run.reason) == ("sent", "ladder_finished")

    def test_claimed_again_it_is_the_same_and_counts_once(self, visit: Visit, told: list[dict[str, Any]]) -> None:
        visit.leaves()
        (line,) = visit.waiting()
        first = visit.claim(line["handle"])
        visit.wall.turn(minutes=5)
        assert visit.claim(line["handle"]) == first
        assert len(visit.ledger().entries) == 1
        assert {each["detail"]["message_id"] for each in told} == {f"{visit.message().id}:handed_off"}

    def test_what_the_facts_do_not_know_yet_goes_on_waiting(self, visit: Visit, told: list[dict[str, Any]]) -> None:
        visit.invoke("exit_intent", fixture("exit_intent/start"))
        (line,) = visit.waiting()
        assert visit.claim(line["handle"]) == {"message": None, "reason": "facts_behind"}
        assert (visit.waiting(), told) == ([line], [])
        visit.invoke("project_profile", batch(fixture("exit_intent/start")))
        assert visit.claim(line["handle"])["reason"] is None

    def test_an_anonymous_visitor_is_reached_by_coming(self, visit: Visit) -> None:
        visit.leaves("exit_intent/start_anonymous")
        assert visit.waiting() == []
        visit.headers = of_visitor()
        (line,) = visit.waiting()
        assert visit.claim(line["handle"])["message"]["title"] == "Before you go"
        assert visit.message(ANONYMOUS).status is MessageStatus.HANDED_OFF

    def test_it_waits_no_longer_than_it_is_of_use(self, visit: Visit) -> None:
        visit.leaves()
        (line,) = visit.waiting()
        visit.wall.turn(hours=2)
        visit.headers = of_person(ADA, visit.wall.now, KEY)
        assert visit.waiting() == []
        assert visit.claim(line["handle"]) == {"message": None, "reason": "no_visit"}
        assert visit.message().status is MessageStatus.FAILED

    def test_whoever_bought_meanwhile_is_not_asked(self, visit: Visit, told: list[dict[str, Any]]) -> None:
        visit.leaves()
        (line,) = visit.waiting()
        order = fixture("project_profile/order_completed")
        order["detail"]["timestamp"] = (visit.wall.now + timedelta(seconds=30)).isoformat()
        visit.wall.turn(minutes=1)
        visit.invoke("project_profile", batch(order))
        assert visit.claim(line["handle"]) == {"message": None, "reason": "unless_met"}
        visit.invoke("exit_intent", told[-1])
        run: Run = visit.store.read([run_ref(ADA, "exit_intent", "")])[run_ref(ADA, "exit_intent", "")].value
        assert (run.outcome, run.reason) == ("skipped", "unless_met")
        assert visit.ledger().entries == ()

    def test_whoever_is_no_longer_meant_is_not_asked(self, visit: Visit) -> None:
        joined = fixture("project_profile/profile_updated")
        joined["detail"]["timestamp"] = (visit.wall.now + timedelta(seconds=30)).isoformat()
        joined["detail"]["properties"]["segments"] = ["staff"]
        visit.leaves()
        (line,) = visit.waiting()
        visit.wall.turn(minutes=1)
        visit.invoke("project_profile", batch(joined))
        assert visit.claim(line["handle"]) == {"message": None, "reason": "not_in_audience"}
        assert visit.waiting() == []

    def test_whoever_refused_offers_on_the_page_gets_none(self, visit: Visit) -> None:
        said = fixture("consent/granted_email")
        said["detail"]["properties"] |= {"channel": "onsite", "status": "denied"}
        visit.leaves()
        (line,) = visit.waiting()
        visit.wall.turn(minutes=1)
        visit.invoke("consent", batch(said))
        assert visit.claim(line["handle"]) == {"message": None, "reason": "no_consent"}


class TestWhatIsTold:
    @pytest.fixture
    def handle(self, visit: Visit) -> str:
        visit.leaves()
        (line,) = visit.waiting()
        visit.claim(line["handle"])
        return str(line["handle"])

    @pytest.mark.parametrize(
        ("what", "event", "status"),
        [
            ("shown", "Message Delivered", MessageStatus.DELIVERED),
            ("dismissed", "Message Opened", MessageStatus.OPENED),
            ("clicked", "Message Clicked", MessageStatus.CLICKED),
        ],
    )
    def test_what_became_of_it_is_a_receipt(
        self, visit: Visit, handle: str, told: list[dict[str, Any]], what: str, event: str, status: MessageStatus
    ) -> None:
        told.clear()
        assert visit.tell(handle, what) == 200
        assert visit.tell(handle, what) == 200
        assert visit.message().status is status
        assert {each["detail-type"] for each in told} == {event}
        assert {each["detail"]["message_id"] for each in told} == {f"{visit.message().id}:{status}"}

    def test_an_answer_becomes_the_event_that_the_message_names(
        self, visit: Visit, handle: str, told: list[dict[str, Any]]
    ) -> None:
        told.clear()
        remind_at = (visit.wall.now + timedelta(days=2)).isoformat()
        assert visit.tell(handle, "answered", answer="not_now", remind_at=remind_at) == 200
        clicked, answered = told
        assert (clicked["detail-type"], answered["detail-type"]) == ("Message Clicked", "Exit Reason Given")
        assert answered["detail"]["user_id"] == ADA
        assert answered["detail"]["properties"] == {
            "reason": "not_now",
            "message": visit.message().id,
            "product_id": "lamp",
            "remind_at": remind_at,
            "deadline_id": "reminder:lamp",
        }
        heard: Any = read_signal(answered, visit.wall.now)
        assert heard.key("deadline_id") == "reminder:lamp"

    @pytest.mark.parametrize(
        ("body", "status"),
        [
            ({"what": "seen"}, 400),
            ({"what": "answered"}, 400),
            ({"what": "answered", "answer": ["price"]}, 400),
            ({"what": "answered", "answer": "free"}, 409),
            ({"what": "answered", "answer": "not_now", "remind_at": "tomorrow"}, 400),
            ({"what": "answered", "answer": "not_now", "remind_at": "2026-11-05T12:00:00"}, 400),
            ({"what": "answered", "answer": "not_now", "remind_at": "2026-11-01T12:00:00Z"}, 400),
            ({"what": "answered", "answer": "not_now", "remind_at": "2027-11-05T12:00:00Z"}, 400),
        ],
    )
    def test_what_cannot_be_is_refused(
        self, visit: Visit, handle: str, told: list[dict[str, Any]], body: dict[str, Any], status: int
    ) -> None:
        told.clear()
        assert visit.ask("POST", "/onsite/tell", {"handle": handle, **body})[0] == status
        assert told == []

    def test_nothing_is_told_of_what_was_not_claimed(self, visit: Visit) -> None:
        visit.leaves()
        (line,) = visit.waiting()
        assert visit.tell(line["handle"], "clicked") == 409


class TestWhoAsks:
    @pytest.fixture(autouse=True)
    def left(self, visit: Visit) -> None:
        visit.leaves()

    @pytest.mark.parametrize(
        "headers",
        [
            {},
            {"x-user-id": ADA},
            {"x-anonymous-id": ADA},
            {"x-anonymous-id": "short-id"},
            {"authorization": f"Basic {ADA}"},
            {"authorization": "Bearer "},
            {"authorization": "Bearer a.b.c"},
            {"authorization": "Bearer " + "a" * 5000},
        ],
    )
    def test_a_bare_id_proves_nothing(self, visit: Visit, headers: dict[str, str]) -> None:
        visit.headers = headers
        assert visit.ask("GET", "/onsite")[0] == 401

    def test_a_token_is_the_shops_own_fresh_and_short(self, visit: Visit) -> None:
        now, hour = visit.wall.now, timedelta(hours=1)
        wrong = [
            signed(ADA, now + hour, b"another key"),
            signed(ADA, now, KEY),
            signed(ADA, now + 2 * hour, KEY),
            signed(ADA, None, KEY),
            signed(ADA, now + hour, KEY, alg="none"),
            signed(ADA, None, KEY, exp=True),
            signed(ADA, None, KEY, exp="tomorrow"),
            signed(ADA, None, KEY, exp=1e300),
            signed(7, now + hour, KEY),
            signed("", now + hour, KEY),
            signed(f"anonymous:{COOKIE}", now + hour, KEY),
        ]
        none = signed(ADA, now + hour, KEY, alg="none").rpartition(".")[0] + "."
        for token in (*wrong, none):
            visit.headers = {"authorization": f"Bearer {token}"}
            assert visit.ask("GET", "/onsite")[0] == 401, token
        visit.headers = {"authorization": f"Bearer {signed(ADA, now + hour, KEY)}"}
        assert len(visit.waiting()) == 1

    def test_a_handle_is_of_no_use_to_anybody_else(self, visit: Visit) -> None:
        (line,) = visit.waiting()
        visit.headers = of_person("grace", visit.wall.now, KEY)
        assert visit.ask("POST", "/onsite/claim", {"handle": line["handle"]})[0] == 404
        visit.headers = of_visitor()
        assert visit.ask("POST", "/onsite/claim", {"handle": line["handle"]})[0] == 404
        assert visit.tell(line["handle"], "clicked") == 409

    def test_messages_of_other_channels_are_not_for_the_page(self, visit: Visit, deployment: Deployment) -> None:
        known = [fixture(name) for name in ("project_profile/profile_updated", "cart_abandonment/start")]
        visit.invoke("project_profile", batch(*known))
        visit.invoke("consent", batch(fixture("consent/granted_push")))
        visit.invoke("cart_abandonment", fixture("cart_abandonment/start"))
        visit.wall.turn(minutes=31)
        visit.invoke("cart_abandonment", fixture("cart_abandonment/wake_up"))
        (queued,) = deployment.take("DeliverPushQueue")
        push = json.loads(queued["body"])["message"]
        parts = json.dumps([push["id"], push["trigger"], push["key"], push["items"]]).encode()
        handle, visit.headers = urlsafe_b64encode(parts).decode(), of_person(ADA, visit.wall.now, KEY)
        assert visit.ask("POST", "/onsite/claim", {"handle": handle})[0] == 404
        assert visit.tell(handle, "clicked") == 409

    @pytest.mark.parametrize("handle", [None, 7, "", "ä", "a", "e30", "W10", "WyJhIl0", "a" * 20_000, ["x"]])
    def test_a_broken_handle_is_none_of_ours(self, visit: Visit, handle: object) -> None:
        assert visit.ask("POST", "/onsite/claim", {"handle": handle})[0] in {404, 413}


def test_the_page_costs_one_read_and_one_transaction(visit: Visit, calls: Counter[str]) -> None:
    read, secret = {"BatchGetItem": 1}, {"GetSecretValue": 1}
    calls.clear()
    visit.invoke("exit_intent", fixture("exit_intent/start"))
    armed = {name: times for name, times in calls.items() if name != "GetSecretValue"}
    assert armed == {
        **read,
        "CreateSchedule": 1,
        "TransactWriteItems": 1,
        "UpdateItem": 1,
    }  # counted for the safety limit
    visit.invoke("project_profile", batch(fixture("exit_intent/start")))
    calls.clear()
    (line,) = visit.waiting()
    assert calls == {**read, **secret}
    calls.clear()
    visit.claim(line["handle"])
    assert calls == {**read, **secret, "TransactWriteItems": 1, "PutEvents": 1}
    calls.clear()
    visit.claim(line["handle"])
    assert calls == {**read, **secret, "PutEvents": 1}
    calls.clear()
    visit.tell(line["handle"], "shown")
    assert calls == {**read, **secret, "PutItem": 1, "PutEvents": 1}


def test_what_joined_the_cart_meanwhile_costs_no_second_read(visit: Visit, calls: Counter[str]) -> None:
    visit.leaves()
    (line,) = visit.waiting()
    visit.invoke("project_profile", batch(fixture("cart_abandonment/start")))
    calls.clear()
    assert visit.claim(line["handle"])["message"] is not None
    assert calls == {"BatchGetItem": 1, "GetSecretValue": 1, "TransactWriteItems": 1, "PutEvents": 1}


class TestWhoLogsIn:
    """A message waits for a guest, who logs in: from then on the page asks with a token, and the cookie no more."""

    @pytest.fixture
    def logged_in(self, visit: Visit, told: list[dict[str, Any]]) -> dict[str, Any]:
        """What the bus hears of it."""
        visit.leaves("exit_intent/start_anonymous")
        linked = fixture("person/identity_linked")
        linked["detail"] |= {"user_id": ADA, "anonymous_id": COOKIE, "timestamp": visit.wall.now.isoformat()}
        linked["detail"]["properties"] = {}
        for _ in range(2):  # the record comes twice
            visit.invoke("person", batch(linked))
        assert [each["detail-type"] for each in told] == ["Message Withheld"] * 2
        assert len({each["detail"]["message_id"] for each in told}) == 1
        return told[0]

    def test_the_message_is_withheld_and_the_run_goes_on_under_the_known_id(
        self, visit: Visit, logged_in: dict[str, Any]
    ) -> None:
        withheld = visit.message(ANONYMOUS)
        assert (withheld.status, withheld.reason) == (MessageStatus.WITHHELD, "merged")
        assert visit.waiting() == []
        for _ in range(2):
            visit.invoke("exit_intent", batch(logged_in))
        moved: Run = visit.store.read([run_ref(ADA, "exit_intent", "")])[run_ref(ADA, "exit_intent", "")].value
        woken = wake_up_body(wake_up_of(moved))
        visit.invoke("exit_intent", batch(woken, woken))
        (line,) = visit.waiting()
        answer = visit.claim(line["handle"])
        assert answer["message"]["title"] == "Before you go"
        assert [entry.unseen for entry in visit.ledger().entries] == [False]

    def test_the_cookie_is_told_why_and_lists_it_no_longer(self, visit: Visit, logged_in: dict[str, Any]) -> None:
        assert logged_in["detail"]["properties"]["reason"] == "merged"
        visit.headers = of_visitor()
        (line,) = visit.waiting()
        assert visit.claim(line["handle"]) == {"message": None, "reason": "merged"}
        assert visit.waiting() == []


class TestCodes:
    def drawers(self, visit: Visit) -> list[Drawer]:
        return [stored.value for stored in visit.store.read(drawers_of("stay")).values()]

    def test_a_newcomer_with_a_cart_finds_a_code_that_the_checkout_knows(self, visit: Visit) -> None:
        visit.leaves("exit_intent/start_cart")
        (line,) = visit.waiting()
        body = visit.claim(line["handle"])["message"]["body"]
        code = visit.ledger().leases["stay"].promise.code
        assert code in body
        assert code in set(codes_of(load_book(Path("rules")).offers["stay"], "stay", KEY))
        assert sum(drawer.given for drawer in self.drawers(visit)) == 1

    def test_nobody_comes_and_the_code_is_free_for_somebody_else(self, visit: Visit) -> None:
        visit.leaves("exit_intent/start_cart")
        code = visit.ledger().leases["stay"].promise.code
        visit.wall.turn(hours=2)
        visit.invoke("exit_intent", fixture("exit_intent/wake_up"))
        assert visit.message().status is MessageStatus.FAILED
        assert visit.ledger().leases == {}
        (drawer,) = self.drawers(visit)
        assert (drawer.given, drawer.free) == (0, (code,))


def test_the_inbox_forgets_what_is_over_and_keeps_the_best(visit: Visit) -> None:
    visit.leaves()
    inbox: Inbox = visit.store.read([inbox_ref(ADA)])[inbox_ref(ADA)].value
    (posted,) = inbox.posted
    for number in range(30):
        other = posted._replace(message=f"m-{number}", trigger=f"t{number}", priority=number)
        inbox = inbox.receive(other, visit.wall.now)
    assert len(inbox.posted) == 20
    assert inbox.posted[0].priority == 40
    assert min(each.priority for each in inbox.posted) == 11
    late = visit.wall.now + timedelta(hours=3)
    assert [each.message for each in inbox.receive(posted._replace(until=posted.until * 2), late).posted] == [
        posted.message
    ]


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        (request("PUT", "/onsite", of_visitor()), 405),
        (request("POST", "/onsite", of_visitor(), {}), 405),
        (request("GET", "/elsewhere", of_visitor()), 404),
        (request("POST", "/onsite/claim", of_visitor(), "[]"), 400),
        (request("POST", "/onsite/claim", of_visitor(), "{not json"), 400),
        (request("POST", "/onsite/claim", of_visitor(), "{" + " " * 20_000 + "}"), 413),
        ({**request("POST", "/onsite/claim", {**of_visitor(), "content-type": "text/plain"}), "body": "{}"}, 415),
        ({**request("POST", "/onsite/claim", of_visitor(), "{}"), "isBase64Encoded": True}, 400),
        ({"Records": []}, 400),
    ],
)
def test_other_requests_are_turned_away(invoke: Invoke, asked: Any, status: int) -> None:
    answer: Any = invoke("onsite", asked)
    assert answer["statusCode"] == status
    assert "error" in json.loads(answer["body"])
    assert answer["headers"]["X-Content-Type-Options"] == "nosniff"
