"""Clients of AWS services: each built when first asked for, once a process, and none at import."""

from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from botocore.config import Config
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_personalize_runtime import PersonalizeRuntimeClient
    from mypy_boto3_pinpoint_sms_voice_v2 import PinpointSMSVoiceV2Client
    from mypy_boto3_scheduler import EventBridgeSchedulerClient
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_sesv2 import SESV2Client
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_socialmessaging import EndUserMessagingSocialClient
    from mypy_boto3_sqs import SQSClient


def patient() -> "Config":
    """For calls that may be repeated: short timeouts, three attempts in all."""
    from botocore.config import Config  # noqa: PLC0415

    return Config(connect_timeout=2, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 3})


def once() -> "Config":
    """For calls that hand a message over: one attempt, because a repeat after a timeout may send it twice."""
    from botocore.config import Config  # noqa: PLC0415

    return Config(connect_timeout=2, read_timeout=8, retries={"mode": "standard", "total_max_attempts": 1})


def hasty() -> "Config":
    """For calls that decisions can do without: one attempt, and no long wait for it."""
    from botocore.config import Config  # noqa: PLC0415

    return Config(connect_timeout=0.5, read_timeout=1, retries={"mode": "standard", "total_max_attempts": 1})


def _client(service: str, config: "Config") -> Any:
    import boto3  # noqa: PLC0415

    return boto3.client(service, config=config)  # type: ignore[call-overload]


@cache
def dynamodb() -> "DynamoDBClient":
    """The client of DynamoDB."""
    client: DynamoDBClient = _client("dynamodb", patient())
    return client


@cache
def scheduler() -> "EventBridgeSchedulerClient":
    """The client of EventBridge Scheduler."""
    client: EventBridgeSchedulerClient = _client("scheduler", patient())
    return client


@cache
def sqs() -> "SQSClient":
    """The client of SQS."""
    client: SQSClient = _client("sqs", patient())
    return client


@cache
def events() -> "EventBridgeClient":
    """The client of EventBridge."""
    client: EventBridgeClient = _client("events", patient())
    return client


@cache
def secrets() -> "SecretsManagerClient":
    """The client of Secrets Manager."""
    client: SecretsManagerClient = _client("secretsmanager", patient())
    return client


@cache
def sns() -> "SNSClient":
    """The client of SNS, for pushes."""
    client: SNSClient = _client("sns", once())
    return client


@cache
def ses() -> "SESV2Client":
    """The client of SES."""
    client: SESV2Client = _client("sesv2", once())
    return client


@cache
def personalize() -> "PersonalizeRuntimeClient":
    """The client of Personalize's runtime."""
    client: PersonalizeRuntimeClient = _client("personalize-runtime", hasty())
    return client


@cache
def sms() -> "PinpointSMSVoiceV2Client":
    """The client of End User Messaging SMS."""
    client: PinpointSMSVoiceV2Client = _client("pinpoint-sms-voice-v2", once())
    return client


@cache
def whatsapp() -> "EndUserMessagingSocialClient":
    """The client of End User Messaging Social."""
    client: EndUserMessagingSocialClient = _client("socialmessaging", once())
    return client
