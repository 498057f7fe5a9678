"""What a function's role allows, and what its code asks for: both as the same triples of action, resource, conditions.

A call of boto3 becomes the requests that IAM would judge. A statement of template.yaml becomes the grants it gives.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

from tests.functional.deployment import ACCOUNT, PARAMETERS, REGION
from tests.template.checks import Template, as_list, functions, sources, statements, target

Parameters = Mapping[str, Any]
_GLOBALS = {
    "AWS::Partition": "aws",
    "AWS::Region": REGION,
    "AWS::AccountId": ACCOUNT,
    "AWS::StackName": "nudgekit",
}


class Request(NamedTuple):
    """What IAM is asked.

    Attributes:
        action: such as `dynamodb:PutItem`.
        resource: the ARN it is about.
        context: the values of the condition keys that come with it.
    """

    action: str
    resource: str
    context: tuple[tuple[str, tuple[str, ...]], ...] = ()


class Grant(NamedTuple):
    """What a role allows: one action on one resource, under conditions (operator, key, values).

    `home` names the policy that several roles share, or is empty: what triggers share, one of them must need.
    """

    action: str
    resource: str
    conditions: tuple[tuple[str, str, tuple[str, ...]], ...] = ()
    home: str = ""

    def covers(self, request: Request) -> bool:
        """Whether the request is allowed by this."""
        context = dict(request.context)
        return (
            self.action == request.action
            and fnmatchcase(request.resource, self.resource)
            and all(_holds(operator, context.get(key), values) for operator, key, values in self.conditions)
        )


def _holds(operator: str, given: tuple[str, ...] | None, wanted: tuple[str, ...]) -> bool:
    every, _, plain = operator.rpartition(":")
    if given is None:
        return every == "ForAllValues"
    return all(any(_matches(plain, value, each) for each in wanted) for value in given)


def _matches(operator: str, value: str, wanted: str) -> bool:
    assert operator in {"StringEquals", "StringLike"}, f"say in tests/functional/permissions.py what {operator} means"
    return fnmatchcase(value, wanted) if operator == "StringLike" else value == wanted


# --- what the code asks for


def requests(service: str, operation: str, given: Parameters) -> list[Request]:
    """What IAM is asked when boto3 calls an operation.

    Raises:
        AssertionError: nobody has said yet what the service's operations are about.
    """
    assert service in _SERVICES, f"say in tests/functional/permissions.py which resource {service}:{operation} is about"
    return list(_SERVICES[service](operation, given))


def _dynamodb(operation: str, given: Parameters) -> Iterator[Request]:
    if operation == "TransactWriteItems":
        for each in given["TransactItems"]:
            ((kind, item),) = each.items()
            yield _item({"ConditionCheck": "ConditionCheckItem"}.get(kind, f"{kind}Item"), item["TableName"], item)
    elif operation == "BatchGetItem":
        for table, asked in given["RequestItems"].items():
            yield _on_table(operation, table, sorted({key["pk"]["S"] for key in asked["Keys"]}))
    elif "IndexName" in given:
        yield _on_index(operation, given)
    else:
        yield _item(operation, given["TableName"], given)


def _item(action: str, table: str, given: Parameters) -> Request:
    key = given.get("Item") or given.get("Key") or {}
    owners = [key["pk"]["S"]] if "pk" in key else _asked_for(given)
    return _on_table(action, table, owners)


def _asked_for(given: Parameters) -> list[str]:
    """The partition that a query is about."""
    values = given.get("ExpressionAttributeValues", {})
    names = re.findall(r"pk\s*=\s*(:\w+)", given.get("KeyConditionExpression", ""))
    return [values[name]["S"] for name in names]


def _on_table(action: str, table: str, owners: list[str]) -> Request:
    context = (("dynamodb:LeadingKeys", tuple(owners)),) if owners else ()
    return Request(f"dynamodb:{action}", f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{table}", context)


def _on_index(action: str, given: Parameters) -> Request:
    table = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{given['TableName']}"
    return Request(f"dynamodb:{action}", f"{table}/index/{given['IndexName']}")


def _sqs(operation: str, given: Parameters) -> Iterator[Request]:
    name = given["QueueUrl"].rsplit("/", 1)[-1]
    yield Request(f"sqs:{operation.removesuffix('Batch')}", f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}")


def _scheduler(operation: str, given: Parameters) -> Iterator[Request]:
    name = f"{given['GroupName']}/{given.get('Name', '*')}"
    yield Request(f"scheduler:{operation}", f"arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule/{name}")
    if "Target" in given:
        passed = (("iam:PassedToService", ("scheduler.amazonaws.com",)),)
        yield Request("iam:PassRole", given["Target"]["RoleArn"], passed)


def _events(operation: str, given: Parameters) -> Iterator[Request]:
    for entry in given["Entries"]:
        bus = f"arn:aws:events:{REGION}:{ACCOUNT}:event-bus/{entry['EventBusName']}"
        yield Request(f"events:{operation}", bus, (("events:source", (entry["Source"],)),))


def _sns(operation: str, given: Parameters) -> Iterator[Request]:
    yield Request(f"sns:{operation.removesuffix('Batch')}", given.get("TargetArn") or given["TopicArn"])


def _ses(operation: str, given: Parameters) -> Iterator[Request]:
    home = f"arn:aws:ses:{REGION}:{ACCOUNT}"
    yield Request(f"ses:{operation}", f"{home}:identity/{given['FromEmailAddress']}")
    if given.get("ConfigurationSetName"):
        yield Request(f"ses:{operation}", f"{home}:configuration-set/{given['ConfigurationSetName']}")


def _sms(operation: str, given: Parameters) -> Iterator[Request]:
    home = f"arn:aws:sms-voice:{REGION}:{ACCOUNT}"
    yield Request(f"sms-voice:{operation}", f"{home}:pool/{given['OriginationIdentity']}")
    if given.get("ConfigurationSetName"):
        yield Request(f"sms-voice:{operation}", f"{home}:configuration-set/{given['ConfigurationSetName']}")


def _whatsapp(operation: str, given: Parameters) -> Iterator[Request]:
    sender = f"arn:aws:social-messaging:{REGION}:{ACCOUNT}:phone-number-id/{given['originationPhoneNumberId']}"
    yield Request(f"social-messaging:{operation}", sender)


def _secrets(operation: str, given: Parameters) -> Iterator[Request]:
    yield Request(f"secretsmanager:{operation}", _secret(given["SecretId"]))


def _secret(arn: str) -> str:
    """A secret's ARN without the six letters that the service puts at its end."""
    return re.sub(r"(:secret:.*)-\w{6}$", r"\1", arn)


_SERVICES: dict[str, Callable[[str, Parameters], Iterator[Request]]] = {
    "dynamodb": _dynamodb,
    "events": _events,
    "pinpoint-sms-voice-v2": _sms,
    "scheduler": _scheduler,
    "secretsmanager": _secrets,
    "sesv2": _ses,
    "sns": _sns,
    "socialmessaging": _whatsapp,
    "sqs": _sqs,
}


def asked_by_lambda(template: Template) -> Iterator[tuple[str, Request]]:
    """What Lambda itself does with a function's role: it reads the function's queue and writes its log."""
    for name, each in functions(template).items():
        folder = each["CodeUri"].removeprefix("functions/")
        for source in sources(each, "SQS"):
            for action in ("ReceiveMessage", "DeleteMessage", "GetQueueAttributes"):
                yield folder, Request(f"sqs:{action}", resolve(template, source["Queue"]))
        logs = resolve(template, {"Fn::GetAtt": [target(each["LoggingConfig"]["LogGroup"]), "Arn"]})
        for action in ("CreateLogStream", "PutLogEvents"):
            yield folder, Request(f"logs:{action}", logs)
        assert name.endswith("Function")


# --- what the roles allow


def grants(template: Template) -> dict[str, set[Grant]]:
    """What each function's role allows, by the function's folder."""
    return {
        each["CodeUri"].removeprefix("functions/"): set(_of_role(template, target(each["Role"])))
        for each in functions(template).values()
    }


def _of_role(template: Template, role: str) -> Iterator[Grant]:
    managed = template["Resources"][role]["Properties"].get("ManagedPolicyArns", [])
    homes = {role, *map(target, managed)}
    for name, statement in statements(template):
        if name in homes:
            yield from (each._replace(home="" if name == role else name) for each in _of_statement(template, statement))


def _of_statement(template: Template, statement: dict[str, Any]) -> Iterator[Grant]:
    conditions = tuple(
        (operator, key, tuple(resolve(template, each) for each in as_list(values)))
        for operator, keys in statement.get("Condition", {}).items()
        for key, values in keys.items()
    )
    for action in as_list(statement["Action"]):
        for resource in as_list(statement["Resource"]):
            yield Grant(action, resolve(template, resource), conditions)


def resolve(template: Template, value: Any) -> str:
    """What an intrinsic stands for in the tests' account, where every name is the logical id."""
    if not isinstance(value, dict):
        return str(value)
    ((intrinsic, given),) = value.items()
    if intrinsic == "Ref":
        return _ref(template, given)
    if intrinsic == "Fn::GetAtt":
        return _arn(template, given[0] if isinstance(given, list) else given.split(".")[0])
    if intrinsic == "Fn::Sub":
        return _sub(template, *given) if isinstance(given, list) else _sub(template, given, {})
    if intrinsic == "Fn::Select":
        place, split = given
        separator, text = split["Fn::Split"]
        return resolve(template, text).split(separator)[int(place)]
    raise AssertionError(f"{intrinsic} in a policy: teach tests/functional/permissions.py what it stands for")


def _sub(template: Template, text: str, names: dict[str, Any]) -> str:
    def of(found: re.Match[str]) -> str:
        name = found[1]
        if name in names:
            return resolve(template, names[name])
        return _arn(template, name.split(".")[0]) if "." in name else _ref(template, name)

    return re.sub(r"\$\{([^}]+)\}", of, text)


def _ref(template: Template, name: str) -> str:
    if name in _GLOBALS:
        return _GLOBALS[name]
    if name in template["Parameters"]:
        return PARAMETERS.get(name, str(template["Parameters"][name].get("Default", "")))
    kind = template["Resources"][name]["Type"]
    return _arn(template, name) if kind in {"AWS::SNS::Topic", "AWS::SecretsManager::Secret"} else name


_ARNS = {
    "AWS::DynamoDB::Table": "dynamodb:{home}:table/{name}",
    "AWS::Events::EventBus": "events:{home}:event-bus/{name}",
    "AWS::IAM::Role": "iam::{account}:role/{name}",
    "AWS::Logs::LogGroup": "logs:{home}:log-group:{name}:*",
    "AWS::SecretsManager::Secret": "secretsmanager:{home}:secret:{name}",
    "AWS::SNS::Topic": "sns:{home}:{name}",
    "AWS::SQS::Queue": "sqs:{home}:{name}",
    "AWS::Serverless::Function": "lambda:{home}:function:{name}",
}


def _arn(template: Template, name: str) -> str:
    form = _ARNS[template["Resources"][name]["Type"]]
    return "arn:aws:" + form.format(home=f"{REGION}:{ACCOUNT}", account=ACCOUNT, name=name)
