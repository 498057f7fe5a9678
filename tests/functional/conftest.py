"""A moto account with the tables, queues and bus that the functions use."""

from collections.abc import Iterator
from typing import NamedTuple

import boto3
import pytest
from moto import mock_aws
from mypy_boto3_dynamodb import DynamoDBClient

from nudgekit.adapters.clock import Clock
from nudgekit.adapters.dynamodb import DynamoStore
from nudgekit.adapters.item_keys import Tables

REGION = "eu-west-1"
TABLES = Tables("Profiles", "Engagement", "Catalogue")


@pytest.fixture(autouse=True)
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nothing reaches a real account: keys are fake and every call stays in moto."""
    for name, value in {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": REGION,
        "AWS_REGION": REGION,
    }.items():
        monkeypatch.setenv(name, value)
    with mock_aws():
        yield


@pytest.fixture
def dynamodb() -> DynamoDBClient:
    client = boto3.client("dynamodb", region_name=REGION)
    for table in TABLES:
        create_table(client, table)
    return client


def create_table(client: DynamoDBClient, name: str) -> None:
    client.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[
            {"AttributeName": "pk", "AttributeType": "S"},
            {"AttributeName": "sk", "AttributeType": "S"},
        ],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
    )


@pytest.fixture
def store(dynamodb: DynamoDBClient) -> DynamoStore:
    return DynamoStore(dynamodb, TABLES, Clock(), sleep=lambda seconds: None)


class Queue(NamedTuple):
    url: str
    arn: str


def create_queue(name: str) -> Queue:
    sqs = boto3.client("sqs", region_name=REGION)
    url = sqs.create_queue(QueueName=name)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    return Queue(url, arn)
