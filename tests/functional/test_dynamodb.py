"""Documents make the round trip through DynamoDB, and writers serialise on versions."""

from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import Mock

import pytest
from botocore.exceptions import ClientError, UnStubbedResponseError
from botocore.stub import Stubber
from mypy_boto3_dynamodb import DynamoDBClient

from nudgekit.adapters.clock import Clock
from nudgekit.adapters.dynamodb import DynamoStore
from nudgekit.adapters.memory import MemoryStore
from nudgekit.errors import BadInput, Conflict, Throttled
from nudgekit.model.catalogue import Product
from nudgekit.model.consent import Consent
from nudgekit.model.facts import Facts
from nudgekit.model.ledger import Ledger
from nudgekit.model.profile import Profile
from nudgekit.model.tally import Tally
from nudgekit.runs.documents import Count, Kind, Put, Ref, Stored
from tests.functional.conftest import TABLES

PROFILE = Ref(Kind.PROFILE, "p-1")
FACTS = Ref(Kind.FACTS, "p-1")
LEDGER = Ref(Kind.LEDGER, "p-1")
PRODUCT = Ref(Kind.PRODUCT, "lamp")
ALIAS = Ref(Kind.ALIAS, "push#0011")


def test_what_was_written_is_read_from_all_three_tables_in_one_call(
    dynamodb: DynamoDBClient, store: DynamoStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = {
        PROFILE: Profile(name="Somebody"),
        FACTS: Facts(last={"Product Viewed": {"": 5}}),
        LEDGER: Ledger(),
        PRODUCT: Product(product_id="lamp", stock=3),
        ALIAS: ("p-1",),
    }
    store.commit([Put(ref, value, 0) for ref, value in written.items()])
    spy = Mock(wraps=dynamodb.batch_get_item)
    monkeypatch.setattr(dynamodb, "batch_get_item", spy)

    found = store.read([*written, Ref(Kind.CONSENT, "p-1")])

    assert found == {ref: Stored(value, 1) for ref, value in written.items()}
    spy.assert_called_once()
    assert all(asked["ConsistentRead"] for asked in spy.call_args.kwargs["RequestItems"].values())


def test_items_stand_where_the_architecture_says(dynamodb: DynamoDBClient, store: DynamoStore) -> None:
    expires_at = datetime(2026, 5, 1, tzinfo=UTC)
    run = Ref(Kind.LEDGER, "p-1")
    store.commit([Put(run, Ledger(), 0, "armed", expires_at)])
    item = dynamodb.get_item(TableName="EngagementTable", Key={"pk": {"S": "USER#p-1"}, "sk": {"S": "LEDGER"}})["Item"]
    assert set(item) == {"pk", "sk", "v", "body", "ttl", "status"}
    assert item["v"] == {"N": "1"}
    assert item["status"] == {"S": "armed"}
    assert item["ttl"] == {"N": str(int(expires_at.timestamp()))}


def test_expiry_is_kept_in_the_walls_time(dynamodb: DynamoDBClient) -> None:
    real_start, virtual_start = datetime(2026, 11, 22, tzinfo=UTC), datetime(2026, 3, 2, tzinfo=UTC)
    clock = Clock(virtual_start, real_start, factor=3600)
    store = DynamoStore(dynamodb, TABLES, clock)
    store.commit([Put(LEDGER, Ledger(), 0, None, virtual_start + timedelta(hours=2))])
    item = dynamodb.get_item(TableName="EngagementTable", Key={"pk": {"S": "USER#p-1"}, "sk": {"S": "LEDGER"}})["Item"]
    assert item["ttl"] == {"N": str(int(real_start.timestamp()) + 2)}


@pytest.mark.parametrize("expect", [0, 2])
def test_one_put_with_another_version_than_expected_is_a_conflict(store: DynamoStore, expect: int) -> None:
    store.commit([Put(LEDGER, Ledger(), 0)])
    with pytest.raises(Conflict):
        store.commit([Put(LEDGER, Ledger(), expect)])
    store.commit([Put(LEDGER, Ledger(), 1)])
    assert store.read([LEDGER])[LEDGER].version == 2


def test_a_transaction_writes_all_or_nothing(store: DynamoStore) -> None:
    store.commit([Put(LEDGER, Ledger(), 0)])
    with pytest.raises(Conflict):
        store.commit([Put(FACTS, Facts(), 0), Put(LEDGER, Ledger(), 0)])
    assert FACTS not in store.read([FACTS])


def test_the_same_document_asked_for_twice_is_read_once(store: DynamoStore) -> None:
    store.commit([Put(PROFILE, Profile(), 0)])
    alias = PROFILE._replace(name="spelled otherwise, same item")
    assert store.read([PROFILE, PROFILE, alias]) == dict.fromkeys([PROFILE, alias], Stored(Profile(), 1))


def test_more_than_a_hundred_documents_are_read(store: DynamoStore) -> None:
    refs = [Ref(Kind.PRODUCT, str(number)) for number in range(230)]
    for ref in refs:
        store.commit([Put(ref, Product(product_id=ref.owner), 0)])
    assert set(store.read(refs)) == set(refs)


def test_too_large_a_transaction_is_bad_input(store: DynamoStore) -> None:
    puts = [Put(Ref(Kind.PRODUCT, str(number)), Product(product_id=str(number)), 0) for number in range(101)]
    with pytest.raises(BadInput, match="101 items"):
        store.commit(puts)


def test_nothing_to_write_calls_nobody(dynamodb: DynamoDBClient, store: DynamoStore) -> None:
    with Stubber(dynamodb) as refuses_every_call:
        store.commit([])
        refuses_every_call.assert_no_pending_responses()
        with pytest.raises(UnStubbedResponseError):
            store.commit([Put(PROFILE, Profile(), 0)])


def _unprocessed(times: int) -> list[dict[str, Any]]:
    keys = {"ProfilesTable": {"Keys": [{"pk": {"S": "USER#p-1"}, "sk": {"S": "PROFILE"}}], "ConsistentRead": True}}
    return [{"Responses": {}, "UnprocessedKeys": keys}] * times


def test_keys_left_over_are_asked_for_again_until_the_service_has_them(
    dynamodb: DynamoDBClient, store: DynamoStore
) -> None:
    store.commit([Put(PROFILE, Profile(), 0)])
    item = dynamodb.get_item(TableName="ProfilesTable", Key={"pk": {"S": "USER#p-1"}, "sk": {"S": "PROFILE"}})["Item"]
    with Stubber(dynamodb) as stub:
        for answer in _unprocessed(2):
            stub.add_response("batch_get_item", answer)
        stub.add_response("batch_get_item", {"Responses": {"ProfilesTable": [item]}, "UnprocessedKeys": {}})
        assert store.read([PROFILE]) == {PROFILE: Stored(Profile(), 1)}
        stub.assert_no_pending_responses()


def test_keys_left_over_for_good_are_throttling(dynamodb: DynamoDBClient, store: DynamoStore) -> None:
    with Stubber(dynamodb) as stub:
        for answer in _unprocessed(5):
            stub.add_response("batch_get_item", answer)
        with pytest.raises(Throttled):
            store.read([PROFILE])


@pytest.mark.parametrize(
    ("code", "reasons", "meaning"),
    [
        ("TransactionCanceledException", ["None", "ConditionalCheckFailed"], Conflict),
        ("TransactionCanceledException", ["TransactionConflict", "None"], Conflict),
        ("TransactionCanceledException", ["ThrottlingError", "None"], Throttled),
        ("TransactionInProgressException", [], Throttled),
        ("ThrottlingException", [], Throttled),
        ("ProvisionedThroughputExceededException", [], Throttled),
        ("TransactionCanceledException", ["ValidationError", "None"], RuntimeError),
    ],
)
def test_what_a_refused_transaction_means(
    dynamodb: DynamoDBClient, store: DynamoStore, code: str, reasons: list[str], meaning: type[Exception]
) -> None:
    with Stubber(dynamodb) as stub:
        stub.add_client_error(
            "transact_write_items",
            code,
            service_message="about USER#p-1",
            modeled_fields={"CancellationReasons": [{"Code": reason} for reason in reasons]} if reasons else None,
        )
        with pytest.raises(meaning) as caught:
            store.commit([Put(FACTS, Facts(), 0), Put(LEDGER, Ledger(), 0)])
    assert "p-1" not in str(caught.value)


def test_a_throttled_read_says_so(dynamodb: DynamoDBClient, store: DynamoStore) -> None:
    with Stubber(dynamodb) as stub:
        stub.add_client_error("batch_get_item", "ProvisionedThroughputExceededException")
        with pytest.raises(Throttled):
            store.read([PROFILE])


def test_an_unknown_error_of_a_read_is_not_hidden(dynamodb: DynamoDBClient, store: DynamoStore) -> None:
    with Stubber(dynamodb) as stub:
        stub.add_client_error("batch_get_item", "ResourceNotFoundException")
        with pytest.raises(ClientError):
            store.read([PROFILE])


def test_a_full_consent_survives(store: DynamoStore) -> None:
    ref = Ref(Kind.CONSENT, "p-1")
    store.commit([Put(ref, Consent(), 0)])
    assert store.read([ref])[ref].value == Consent()


def test_counts_add_up_whoever_read_what_and_stand_beside_the_keys(
    dynamodb: DynamoDBClient, store: DynamoStore
) -> None:
    tally, expires_at = Ref(Kind.TALLY, "cart"), datetime(2026, 5, 1, tzinfo=UTC)
    assert store.read([tally]) == {}
    store.commit([Count(tally, {1000: 3}, (), expires_at)])
    store.commit([Count(tally, {1000: 4, 2000: 1}, (), expires_at)])
    assert store.read([tally])[tally] == Stored(Tally(people={1000: 7, 2000: 1}), 2)
    for _ in range(2):  # what is gone may be taken away by everybody who saw it
        store.commit([Count(tally, {3000: 1}, (1000,), expires_at + timedelta(days=1))])
    assert store.read([tally])[tally] == Stored(Tally(people={2000: 1, 3000: 2}), 4)
    key = {"pk": {"S": "TALLY#cart"}, "sk": {"S": "TALLY"}}
    item = dynamodb.get_item(TableName="EngagementTable", Key=key)["Item"]
    assert set(item) == {"pk", "sk", "v", "ttl", "2000", "3000"}
    assert item["ttl"] == {"N": str(int((expires_at + timedelta(days=1)).timestamp()))}


def test_a_count_goes_alone_in_both_stores(store: DynamoStore) -> None:
    count = Count(Ref(Kind.TALLY, "cart"), {1000: 3}, (), datetime(2026, 5, 1, tzinfo=UTC))
    for each in (store, MemoryStore()):
        with pytest.raises(BadInput):
            each.commit([count, Put(FACTS, Facts(), 0)])


def test_a_throttled_count_says_so(dynamodb: DynamoDBClient, store: DynamoStore) -> None:
    with Stubber(dynamodb) as stub:
        stub.add_client_error("update_item", "ProvisionedThroughputExceededException")
        with pytest.raises(Throttled):
            store.commit([Count(Ref(Kind.TALLY, "cart"), {1000: 3}, (), datetime(2026, 5, 1, tzinfo=UTC))])
