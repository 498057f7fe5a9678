"""template.yaml on moto: its tables, queues and rules, and each function's environment as the template sets it."""

import json
import re
from pathlib import Path
from typing import Any, NamedTuple

import boto3

from tests.template.checks import Template, functions, load, of_type

REGION = "eu-west-1"
ACCOUNT = "123456789012"
PARAMETERS = {
    "Stage": "dev",
    "EmailFrom": "hello@shop.example",
    "SmsOrigination": "pool-00000000",
    "SmsConfigurationSet": "sms-events",
    "WhatsappPhoneNumberId": "phone-number-id-00000000000000000000000000000002",
}
PSEUDO = {"AWS::Region": REGION, "AWS::URLSuffix": "amazonaws.com"}
SECRET = "the-key-of-these-fixtures-in-events"
"""The links in events/consent/ are signed with it."""

ROOT = Path(__file__).parents[2]


_OF_TABLES = ("BillingMode", "AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes")


class Queue(NamedTuple):
    url: str
    arn: str


class Deployment:
    """What the functions find in the account."""

    def __init__(self) -> None:
        self.template: Template = load(ROOT / "template.yaml")
        self.sqs = boto3.client("sqs", region_name=REGION)
        self.queues = {name: self._queue(name) for name in of_type(self.template, "AWS::SQS::Queue")}
        dynamodb = boto3.client("dynamodb", region_name=REGION)
        for name, table in of_type(self.template, "AWS::DynamoDB::Table").items():
            dynamodb.create_table(
                TableName=name,
                **{key: table[key] for key in _OF_TABLES if key in table},
            )
        boto3.client("events", region_name=REGION).create_event_bus(Name="EventBus")
        boto3.client("scheduler", region_name=REGION).create_schedule_group(Name="ScheduleGroup")
        secrets = boto3.client("secretsmanager", region_name=REGION)
        self.secrets = {
            name: secrets.create_secret(Name=name, SecretString=SECRET)["ARN"]
            for name in of_type(self.template, "AWS::SecretsManager::Secret")
        }
        boto3.client("sesv2", region_name=REGION).create_email_identity(EmailIdentity=PARAMETERS["EmailFrom"])
        boto3.client("sesv2", region_name=REGION).create_configuration_set(ConfigurationSetName="EmailConfigurationSet")

    def _queue(self, name: str) -> Queue:
        url = self.sqs.create_queue(QueueName=name)["QueueUrl"]
        return Queue(url, f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}")

    def resolve(self, value: Any) -> str:
        """What an intrinsic of the template stands for here."""
        if not isinstance(value, dict):
            return str(value)
        if "Ref" in value:
            return self._ref(value["Ref"])
        if "Fn::If" in value:  # no condition of the environment holds with these parameters
            return self.resolve(value["Fn::If"][2])
        if "Fn::Sub" in value:
            return re.sub(r"\$\{([^}]+)\}", lambda name: PSEUDO.get(name[1]) or self._ref(name[1]), value["Fn::Sub"])
        attribute = value["Fn::GetAtt"]
        name, what = attribute if isinstance(attribute, list) else attribute.split(".")
        if name in self.queues:
            return self.queues[name].arn if what == "Arn" else name
        return f"arn:aws:iam::{ACCOUNT}:role/{name}"

    def _ref(self, name: str) -> str:
        if name in self.template["Parameters"]:
            return PARAMETERS.get(name, str(self.template["Parameters"][name].get("Default", "")))
        return self.queues[name].url if name in self.queues else self.secrets.get(name, name)

    def environment(self, function: str) -> dict[str, str]:
        """The variables of the function whose folder is `function`."""
        shared = self.template["Globals"]["Function"]["Environment"]["Variables"]
        (own,) = (
            each["Environment"]["Variables"]
            for each in functions(self.template).values()
            if each["CodeUri"] == f"functions/{function}"
        )
        return {name: self.resolve(value) for name, value in {**shared, **own}.items()}

    def take(self, queue: str) -> list[dict[str, Any]]:
        """Takes every message out of a queue, each as Lambda would see it."""
        url = self.queues[queue].url
        taken: list[dict[str, Any]] = []
        while messages := self._receive(url):
            for each in messages:
                self.sqs.delete_message(QueueUrl=url, ReceiptHandle=each["ReceiptHandle"])
                reason = each.get("MessageAttributes", {}).get("reason", {}).get("StringValue", "")
                taken.append({"messageId": each["MessageId"], "body": each["Body"], "reason": reason})
        return taken

    def _receive(self, url: str) -> list[Any]:
        answer: Any = self.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, MessageAttributeNames=["All"])
        return list(answer.get("Messages", ()))

    def put_rules(self) -> None:
        """The template's rules, each with its queue."""
        events = boto3.client("events", region_name=REGION)
        for name, rule in of_type(self.template, "AWS::Events::Rule").items():
            bus: Any = {"EventBusName": "EventBus"} if "EventBusName" in rule else {}
            if "EventPattern" not in rule:  # by the clock, which moto does not turn
                continue
            pattern = json.dumps(self._resolved(rule["EventPattern"]))
            events.put_rule(Name=name, EventPattern=pattern, **bus)
            targets: Any = [{"Id": each["Id"], "Arn": self.resolve(each["Arn"])} for each in rule["Targets"]]
            events.put_targets(Rule=name, Targets=targets, **bus)

    def _resolved(self, value: Any) -> Any:
        if isinstance(value, dict):
            return self.resolve(value) if "Ref" in value else {key: self._resolved(each) for key, each in value.items()}
        return [self._resolved(each) for each in value] if isinstance(value, list) else value


def fixture(path: str) -> dict[str, Any]:
    """An event fixture of the folder `events/`."""
    found: dict[str, Any] = json.loads((ROOT / "events" / f"{path}.json").read_text())
    return found


def batch(*bodies: Any) -> dict[str, Any]:
    """An SQS batch of `bodies`; text goes in as it is, all else as JSON."""
    texts = [each if isinstance(each, str) else json.dumps(each) for each in bodies]
    return {"Records": [{"messageId": str(number), "body": text} for number, text in enumerate(texts)]}
