"""functions/person and `nudgekit person` at work: merges, exports, erasures and looking again, on moto."""

import io
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from typer import Typer
from typer.testing import CliRunner

from nudgekit.adapters.clock import Clock
from nudgekit.adapters.dynamodb import DynamoStore
from nudgekit.adapters.scheduler import SchedulerTimer, Target
from nudgekit.cli import person as command
from nudgekit.cli.place import Place
from nudgekit.errors import Conflict, Problem
from nudgekit.model.base import Channel
from nudgekit.model.facts import Facts
from nudgekit.model.ledger import Ledger
from nudgekit.model.profile import Profile
from nudgekit.runs.addresses import alias_ref
from nudgekit.runs.documents import Check, Delete, Kind, Put, Ref, run_ref
from nudgekit.runs.ports import WakeUp
from tests.functional.conftest import FIXTURES_START, Invoke, Turnable
from tests.functional.deployment import REGION, Deployment, batch, fixture
from tests.template.checks import of_type

CLEAN: dict[str, list[dict[str, str]]] = {"batchItemFailures": []}
LEDGER, FACTS = Ref(Kind.LEDGER, "p-1"), Ref(Kind.FACTS, "p-1")


# ------------------------------------------------------------------------------------- what the ports must hold


def test_a_document_is_deleted_at_its_version_alone(store: DynamoStore) -> None:
    store.commit([Put(LEDGER, Ledger(), 0)])
    with pytest.raises(Conflict):
        store.commit([Delete(LEDGER, 2)])
    store.commit([Delete(LEDGER, 1)])
    assert store.read([LEDGER]) == {}
    with pytest.raises(Conflict):
        store.commit([Delete(LEDGER, 1)])


def test_a_check_holds_back_what_is_written_with_it(store: DynamoStore) -> None:
    store.commit([Put(FACTS, Facts(), 0)])
    for expected in (0, 2):
        with pytest.raises(Conflict):
            store.commit([Put(LEDGER, Ledger(), 0), Check(FACTS, expected)])
    assert store.read([LEDGER]) == {}
    store.commit([Put(LEDGER, Ledger(), 0), Check(FACTS, 1), Check(Ref(Kind.FACTS, "nobody"), 0)])
    assert set(store.read([LEDGER, Ref(Kind.FACTS, "nobody")])) == {LEDGER}


def test_everything_under_an_id_is_found_page_by_page_and_nothing_else(store: DynamoStore) -> None:
    own = [
        Put(Ref(Kind.EVIDENCE, "p-1", f"2026-01-01T00:00:00+00:00#{number}"), _word(number), 0) for number in range(4)
    ]
    own += [Put(FACTS, Facts(), 0), Put(Ref(Kind.PROFILE, "p-1"), Profile(name="x" * 100), 0), Put(LEDGER, Ledger(), 0)]
    store.commit(
        [*own, Put(Ref(Kind.FACTS, "p-10"), Facts(), 0), Put(alias_ref(Channel.EMAIL, "a@b.example"), ("p-1",), 0)]
    )
    asked = store.client.query
    store.client.query = lambda **request: asked(**request, Limit=2)  # type: ignore[method-assign]
    assert set(store.of("p-1")) == {put.ref for put in own}
    assert store.of("nobody") == {}


def _word(number: int) -> Any:
    from nudgekit.model.consent import Evidence, Status  # noqa: PLC0415

    return Evidence(channel=Channel.EMAIL, status=Status.GRANTED, at=FIXTURES_START, event_id=str(number))


def test_a_wake_up_waits_until_it_is_forgotten(deployment: Deployment, wall: Turnable) -> None:
    role, queue = "arn:aws:iam::123456789012:role/r", deployment.queues["CartAbandonmentQueue"].arn
    target = Target(queue, role, deployment.queues["ScheduleDlq"].arn, "ScheduleGroup")
    alarms = SchedulerTimer(boto3.client("scheduler", region_name=REGION), target, Clock(wall=wall.read))
    wake_up, at = WakeUp("cart_abandonment", "p-1", "c1", 1, 1, ()), wall.now + timedelta(minutes=30)
    assert not alarms.waits(wake_up, at)
    alarms.wake(wake_up, at)
    assert alarms.waits(wake_up, at)
    assert not alarms.waits(wake_up, at + timedelta(minutes=1))
    alarms.forget(wake_up, at)
    alarms.forget(wake_up, at)
    assert not alarms.waits(wake_up, at)


# ----------------------------------------------------------------------------------------------- the whole command


class Functions:
    """Lambda, as far as the command needs it."""

    def __init__(self, invoke: Invoke) -> None:
        self.call = invoke

    def invoke(self, FunctionName: str, Payload: str) -> dict[str, Any]:  # noqa: N803  # boto3's words
        assert FunctionName == "PersonFunction"
        try:
            answer: Any = self.call("person", json.loads(Payload))
        except Exception as error:  # as the service answers
            told = {"errorType": type(error).__name__, "errorMessage": str(error)}
            return {"FunctionError": "Unhandled", "Payload": io.BytesIO(json.dumps(told).encode())}
        return {"Payload": io.BytesIO(json.dumps(answer).encode())}


class Town:
    """The command line before a deployed stack in which Ada left a cart as a guest, and then bought nothing."""

    def __init__(self, invoke: Invoke, deployment: Deployment, wall: Turnable, store: DynamoStore) -> None:
        self.invoke, self.deployment, self.wall, self.store = invoke, deployment, wall, store
        outputs = deployment.template["Outputs"]
        self.place = Place(self._client, {name: deployment.resolve(each["Value"]) for name, each in outputs.items()})
        for name, queue in of_type(deployment.template, "AWS::SQS::Queue").items():
            if "RedrivePolicy" in queue:
                dead = deployment.resolve(queue["RedrivePolicy"]["deadLetterTargetArn"])
                policy = json.dumps({"deadLetterTargetArn": dead, "maxReceiveCount": 5})
                deployment.sqs.set_queue_attributes(
                    QueueUrl=deployment.queues[name].url, Attributes={"RedrivePolicy": policy}
                )

    def _client(self, service: str) -> Any:
        return Functions(self.invoke) if service == "lambda" else boto3.client(service, region_name=REGION)  # type: ignore[call-overload]

    def introduce(self, person: str, number: int) -> None:
        """Somebody with the shared mailbox of the house, and a phone of their own."""
        text = json.dumps([fixture("project_profile/profile_updated"), fixture("consent/granted_email")])
        for name in ("ada", "ev-"):
            text = text.replace(f'"{name}"', f'"{person}"') if name == "ada" else text.replace('"ev-', f'"{person}-')
        known, said = json.loads(text)
        known["detail"]["properties"] |= {"phone": f"+44770090012{number}", "push": [], "name": f"Somebody {number}"}
        assert self.invoke("project_profile", batch(known)) == CLEAN
        assert self.invoke("consent", batch(said)) == CLEAN

    def dead_letter(self, queue: str, body: Any) -> None:
        self.deployment.sqs.send_message(QueueUrl=self.deployment.queues[queue].url, MessageBody=json.dumps(body))

    def run(self, *words: str) -> str:
        """`nudgekit person` with `words`; what it printed.

        Raises:
            Problem: as the command does.
        """
        app = Typer()
        app.command()(command.run)
        result = CliRunner().invoke(app, [*words], catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return result.output


@pytest.fixture
def town(
    invoke: Invoke, deployment: Deployment, wall: Turnable, store: DynamoStore, monkeypatch: pytest.MonkeyPatch
) -> Town:
    town = Town(invoke, deployment, wall, store)
    monkeypatch.setattr(command, "_place", lambda *_: town.place)
    town.introduce("ada-guest", 1)
    town.introduce("neighbour", 2)
    start = fixture("cart_abandonment/start")
    start["detail"]["user_id"] = "ada-guest"
    assert invoke("project_profile", start) == CLEAN
    assert invoke("cart_abandonment", start) == CLEAN
    assert invoke("person", fixture("person/batch")) == CLEAN
    town.dead_letter("CartAbandonmentDlq", start)
    town.dead_letter("ScheduleDlq", {"Message": json.dumps({"user_id": "ada"})})
    town.dead_letter("CartAbandonmentDlq", {"detail": {"user_id": "neighbour", "email": "ada@example.com"}})
    return town


def schedules() -> list[Any]:
    return list(boto3.client("scheduler", region_name=REGION).list_schedules(GroupName="ScheduleGroup")["Schedules"])


@pytest.mark.parametrize("person", ["ada", "ada-guest"])
def test_an_export_has_everything_under_every_id(town: Town, person: str, tmp_path: Path) -> None:
    file = tmp_path / "person.json"
    for each in (person, "neighbour"):
        town.dead_letter("CartAbandonmentQueue", {"detail": {"user_id": each}})
    town.run("export", person, "--out", str(file))
    told = json.loads(file.read_text())
    assert (told["schema"], told["person"]) == ("nudgekit.person/1", "ada")
    assert set(told["ids"]) == {"ada", "ada-guest", "anonymous:device-1"}
    kinds = {(each["kind"], each["id"]) for each in told["documents"]}
    assert kinds >= {
        ("profile", "ada"),
        ("facts", "ada"),
        ("consent", "ada"),
        ("run", "ada-guest"),
        ("evidence", "ada-guest"),
    }
    assert [each["wake_up"]["person"] for each in told["wake_ups"]] == ["ada-guest"]
    assert {each["shared_with"] for each in told["aliases"]} == {0, 1}
    assert len(told["dead_letters"]) == 2
    assert [(each["queue"], person in each["body"]) for each in told["under_way"]] == [("CartAbandonmentQueue", True)]
    assert len(town.deployment.take("CartAbandonmentQueue")) == 2, "looking at messages takes none away"
    assert len(town.deployment.take("CartAbandonmentDlq")) == 2, "looking at letters takes none away"
    assert "neighbour" not in file.read_text()


@pytest.mark.parametrize("person", ["ada", "ada-guest"])
def test_an_erasure_leaves_nothing_and_the_neighbour_alone(town: Town, person: str) -> None:
    assert len(schedules()) == 1
    before = {ref: each for ref, each in town.store.of("neighbour").items() if ref.kind is not Kind.PROFILE}
    said = town.run("erase", person, "--yes")
    assert "2 dead letters" in said
    assert "nothing is left" in said
    assert schedules() == []
    assert all(town.store.of(each) == {} for each in ("ada", "ada-guest", "anonymous:device-1"))
    after = town.store.of("neighbour")
    assert {ref: each for ref, each in after.items() if ref.kind is not Kind.PROFILE} == before
    assert town.store.read([alias_ref(Channel.EMAIL, "ada@example.com")]).popitem()[1].value == ("neighbour",)
    assert len(town.deployment.take("CartAbandonmentDlq")) == 1, "the neighbour's letter stays"
    for each in ("ada", "ada-guest"):
        assert "nothing is left" in town.run("verify", each)


def test_without_a_yes_nothing_is_erased(town: Town) -> None:
    app = Typer()
    app.command()(command.run)
    assert CliRunner().invoke(app, ["erase", "ada"], input="n\n").exit_code == 1
    assert town.store.of("ada")


def test_whoever_was_never_erased_is_said_so(town: Town) -> None:
    with pytest.raises(Problem, match="was not erased"):
        town.run("verify", "ada")


@pytest.mark.parametrize(
    "left",
    [
        Put(Ref(Kind.LEDGER, "ada"), Ledger(), 0),
        Put(Ref(Kind.PROFILE, "ada-guest"), Profile(name="x"), 0),
        Put(alias_ref(Channel.PUSH, "elsewhere"), ("ada",), 0),
    ],
)
def test_what_is_left_is_found(town: Town, left: Put) -> None:
    town.run("erase", "ada", "--yes")
    town.store.commit([left])
    person = left.ref.owner if left.ref.kind is not Kind.ALIAS else "ada"
    with pytest.raises(Problem, match="still know the person"):
        town.run("verify", person)


def test_a_dead_letter_that_is_left_is_found(town: Town) -> None:
    town.run("erase", "ada", "--yes")
    town.dead_letter("CartAbandonmentDlq", {"detail": {"user_id": "ada"}})
    with pytest.raises(Problem, match="still know the person"):
        town.run("verify", "ada")


def test_an_erasure_that_fails_says_so_and_can_be_asked_for_again(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(SchedulerTimer, "forget", lambda *_: 1 / 0)
        with pytest.raises(Problem, match="Ask again"):
            town.run("erase", "ada", "--yes")
    assert "nothing is left" in town.run("erase", "ada", "--yes")


def test_what_comes_late_of_somebody_erased_makes_nothing(town: Town) -> None:
    town.run("erase", "ada", "--yes")
    start = fixture("cart_abandonment/start")
    for person in ("ada", "ada-guest"):
        start["detail"] |= {"user_id": person, "message_id": f"late-{person}"}
        assert town.invoke("project_profile", start) == CLEAN
        assert town.invoke("cart_abandonment", start) == CLEAN
    assert town.invoke("person", fixture("person/identity_linked")) == CLEAN
    assert town.store.read([run_ref("ada", "cart_abandonment", "cart-1")]) == {}
    assert "nothing is left" in town.run("verify", "ada")
