"""House rules for template.yaml: each check takes the parsed template and returns its findings; none means it holds."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from cfnlint.decode import cfn_yaml  # type: ignore[import-untyped]

Template = dict[str, Any]
Check = Callable[[Template], list[str]]

DEAD_LETTER_RETENTION = 1_209_600  # seconds; fourteen days, the longest SQS keeps a message
VISIBILITY_FACTOR = 6  # what Lambda's documentation asks for between a queue and its function's timeout

# Queues that the shop's key does not encrypt, and why.
OUTSIDE_THE_KEY = {"EventBusDlq": "holds what the key refused; kept by SQS's own key"}

# Functions that neither a queue feeds nor a route opens: who invokes them instead.
INVOKED_DIRECTLY: dict[str, str] = {}


def load(path: Path) -> Template:
    """The template with its short intrinsics in long form (`!Ref X` as `{"Ref": "X"}`), as plain dictionaries."""
    parsed: Template = json.loads(json.dumps(cfn_yaml.load(str(path))))
    return parsed


def with_key(template: Template, given: bool) -> Template:
    """The template as it stands with all that a shop may bring, a key and a campaign, or without: those decided."""
    decided: Template = _decided(template, given)
    resources = decided["Resources"].items()
    decided["Resources"] = {name: each for name, each in resources if given or each.get("Condition") != "HasKey"}
    return decided


def _decided(node: Any, given: bool) -> Any:
    if isinstance(node, dict):
        if node.get("Fn::If", [None])[0] in {"HasKey", "HasPersonalize"}:
            return _decided(node["Fn::If"][1 if given else 2], given)
        return {key: value for key, each in node.items() if (value := _decided(each, given)) != NOTHING}
    if isinstance(node, list):
        return [value for each in node if (value := _decided(each, given)) != NOTHING]
    return node


NOTHING = {"Ref": "AWS::NoValue"}


def of_type(template: Template, kind: str) -> dict[str, dict[str, Any]]:
    """The properties of every resource of a type, by logical id."""
    resources = template["Resources"].items()
    return {name: each.get("Properties", {}) for name, each in resources if each["Type"] == kind}


def functions(template: Template) -> dict[str, dict[str, Any]]:
    return of_type(template, "AWS::Serverless::Function")


def target(value: Any) -> str:
    """The logical id a `Ref` or `GetAtt` names; empty for anything else."""
    if not isinstance(value, dict):
        return ""
    if "Ref" in value:
        return str(value["Ref"])
    attribute = value.get("Fn::GetAtt", "")
    return attribute[0] if isinstance(attribute, list) else str(attribute).split(".")[0]


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def statements(template: Template) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every statement of every policy, wherever it stands, with its logical id; not who may take roles on.

    What an event bus's policy says stands by itself, and has a check of its own.
    """
    for name, each in template["Resources"].items():
        if each["Type"] != "AWS::Events::EventBusPolicy":
            for document in _documents(each.get("Properties", {})):
                yield from ((name, statement) for statement in as_list(document["Statement"]))


def _documents(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict) and "Statement" in value:
        yield value
    elif isinstance(value, dict | list):
        inner = value.items() if isinstance(value, dict) else enumerate(value)
        for field, each in inner:
            if field != "AssumeRolePolicyDocument":
                yield from _documents(each)


def sources(function: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    """The properties of a function's event sources of a type: `SQS`, `HttpApi`."""
    return [each["Properties"] for each in function.get("Events", {}).values() if each["Type"] == kind]


def behind_apis(template: Template) -> set[str]:
    """The functions that answer the routes of an HTTP API that is written out."""
    return {target(each["IntegrationUri"]) for each in of_type(template, "AWS::ApiGatewayV2::Integration").values()}


def queues_of(function: dict[str, Any]) -> list[str]:
    """The logical ids of the queues that feed a function."""
    return [target(each["Queue"]) for each in sources(function, "SQS")]


def log_groups(template: Template) -> list[str]:
    """Every function has a log group of its own, which forgets."""
    groups = of_type(template, "AWS::Logs::LogGroup")
    named = {name: target(each.get("LoggingConfig", {}).get("LogGroup")) for name, each in functions(template).items()}
    findings = [f"{name}: no log group of its own" for name, group in named.items() if group not in groups]
    findings += [
        f"{group}: shared by several functions"
        for group in set(named.values())
        if list(named.values()).count(group) > 1
    ]
    return findings + [
        f"{name}: keeps its lines for ever" for name, each in groups.items() if "RetentionInDays" not in each
    ]


def no_tracing(template: Template) -> list[str]:
    """No function traces: the SDK behind Powertools' Tracer is at its end (docs/adr/0007)."""
    shared = template["Globals"]["Function"]
    return [
        f"{name}: Tracing" for name, each in [("Globals", shared), *functions(template).items()] if "Tracing" in each
    ]


def architecture(template: Template) -> list[str]:
    """Functions and layers are of the architecture that the parameter says."""
    wanted = [{"Ref": "Architecture"}]
    findings = [] if template["Globals"]["Function"].get("Architectures") == wanted else ["Globals: Architectures"]
    findings += [
        f"{name}: Architectures of its own" for name, each in functions(template).items() if "Architectures" in each
    ]
    for name, each in of_type(template, "AWS::Serverless::LayerVersion").items():
        built_for = template["Resources"][name]["Metadata"].get("BuildArchitecture")
        if each.get("CompatibleArchitectures") != wanted or built_for != wanted[0]:
            findings.append(f"{name}: not built for the parameter Architecture")
    return findings


def timeouts(template: Template) -> list[str]:
    """A queue hides a batch at least six times as long as its function may take, and the batching window besides."""
    queues = of_type(template, "AWS::SQS::Queue")
    shared = template["Globals"]["Function"].get("Timeout")
    findings = []
    for name, each in functions(template).items():
        timeout = each.get("Timeout", shared)
        if not isinstance(timeout, int):
            findings.append(f"{name}: no timeout")
            continue
        for source in sources(each, "SQS"):
            queue = target(source["Queue"])
            needed = VISIBILITY_FACTOR * timeout + source.get("MaximumBatchingWindowInSeconds", 0)
            if queues[queue].get("VisibilityTimeout", 30) < needed:
                findings.append(f"{queue}: VisibilityTimeout below {needed} seconds")
    return findings


def one_queue_each(template: Template) -> list[str]:
    """A function is fed by one queue of its own name, by routes, or by hand where that is stated; by nothing else.

    A channel has a second queue for what comes in bulk, beside its own.
    """
    findings = []
    for name, each in functions(template).items():
        kinds = {event["Type"] for event in each.get("Events", {}).values()}
        queues = queues_of(each)
        own, bulk = name.replace("Function", "Queue"), name.replace("Function", "BulkQueue")
        if queues and queues not in ([own], [own, bulk]):
            findings.append(f"{name}: fed by another's queue, or by several")
        if kinds - {"SQS", "HttpApi"}:
            findings.append(f"{name}: fed by {', '.join(sorted(kinds - {'SQS', 'HttpApi'}))}; put a queue before it")
        if not kinds and name not in INVOKED_DIRECTLY and name not in behind_apis(template):
            findings.append(f"{name}: fed by nothing, and no reason is stated")
    return findings


def partial_failures(template: Template) -> list[str]:
    """Every queue's function reports the messages that failed, and has a ceiling on its concurrency."""
    findings = []
    for name, each in functions(template).items():
        for properties in sources(each, "SQS"):
            if properties.get("FunctionResponseTypes") != ["ReportBatchItemFailures"]:
                findings.append(f"{name}: one bad message fails its batch")
            if "MaximumConcurrency" not in properties.get("ScalingConfig", {}):
                findings.append(f"{name}: no MaximumConcurrency")
    return findings


def dead_letters(template: Template) -> dict[str, dict[str, Any]]:
    """The queues at the end of the way: those that nothing redrives from."""
    return {name: each for name, each in of_type(template, "AWS::SQS::Queue").items() if "RedrivePolicy" not in each}


def redrives(template: Template) -> list[str]:
    """Every queue gives up on a message after a few tries, into a dead-letter queue that keeps it for fourteen days."""
    ends = dead_letters(template)
    findings = [
        f"{name}: read by a function and has no dead-letter queue"
        for function in functions(template).values()
        for name in queues_of(function)
        if name in ends
    ]
    for name, each in of_type(template, "AWS::SQS::Queue").items():
        if bool(each.get("SqsManagedSseEnabled")) == bool(each.get("KmsMasterKeyId")):
            findings.append(f"{name}: not encrypted, or by two keys")
        if name not in ends and target(each["RedrivePolicy"]["deadLetterTargetArn"]) not in ends:
            findings.append(f"{name}: its dead letters go to no dead-letter queue")
        if name in ends and each.get("MessageRetentionPeriod") != DEAD_LETTER_RETENTION:
            findings.append(f"{name}: does not keep dead letters for fourteen days")
    return findings


def alarms(template: Template) -> list[str]:
    """Every dead-letter queue rings at its first message."""
    ringing = {
        target(alarm["Dimensions"][0]["Value"])
        for alarm in of_type(template, "AWS::CloudWatch::Alarm").values()
        if alarm["MetricName"] == "ApproximateNumberOfMessagesVisible"
        and alarm["Threshold"] == 1
        and "AlarmActions" in alarm
    }
    return [f"{name}: no alarm" for name in dead_letters(template) if name not in ringing]


def replays(template: Template) -> list[str]:
    """No rule hears an archive's replay, or old events would message people again. One of the clock hears nothing."""
    rules = of_type(template, "AWS::Events::Rule").items()
    return [
        f"{name}: hears replays"
        for name, each in rules
        if "ScheduleExpression" not in each and each["EventPattern"].get("replay-name") != [{"exists": False}]
    ]


def rule_targets(template: Template) -> list[str]:
    """Every rule's target has a retry policy and the dead-letter queue of the queue it feeds."""
    queues, findings = of_type(template, "AWS::SQS::Queue"), []
    for name, each in of_type(template, "AWS::Events::Rule").items():
        for aim in each["Targets"]:
            own = target(queues.get(target(aim["Arn"]), {}).get("RedrivePolicy", {}).get("deadLetterTargetArn"))
            if not own or target(aim.get("DeadLetterConfig", {}).get("Arn")) != own:
                findings.append(f"{name}: what it cannot deliver does not go to its queue's dead-letter queue")
            if "RetryPolicy" not in aim:
                findings.append(f"{name}: no retry policy")
    return findings


def queue_policies(template: Template) -> list[str]:
    """Whoever sends to a queue from outside is let in by its policy, by name: SAM writes none of these."""
    findings = []
    for source, service, names in _senders(template):
        findings += [
            f"{queue}: {source} may not send to it"
            for queue in names
            if source not in _admitted(template, queue, service)
        ]
    return findings


def _senders(template: Template) -> Iterator[tuple[str, str, list[str]]]:
    for name, each in of_type(template, "AWS::Events::Rule").items():
        for aim in each["Targets"]:
            yield name, "events.amazonaws.com", [target(aim["Arn"]), target(aim.get("DeadLetterConfig", {}).get("Arn"))]
    for each in of_type(template, "AWS::SNS::Subscription").values():
        dead = target(each.get("RedrivePolicy", {}).get("deadLetterTargetArn"))
        yield target(each["TopicArn"]), "sns.amazonaws.com", [target(each["Endpoint"]), dead]


def _admitted(template: Template, queue: str, service: str) -> set[str]:
    admitted = set()
    for policy in of_type(template, "AWS::SQS::QueuePolicy").values():
        if queue not in map(target, policy["Queues"]):
            continue
        for statement in policy["PolicyDocument"]["Statement"]:
            if statement["Principal"] == {"Service": service} and target(statement["Resource"]) == queue:
                sources = statement.get("Condition", {}).get("ArnEquals", {}).get("aws:SourceArn", [])
                admitted |= set(map(target, as_list(sources)))
    return admitted


def own_roles(template: Template) -> list[str]:
    """Every function has its own written role: SAM's would carry managed policies on every resource."""
    roles, findings = of_type(template, "AWS::IAM::Role"), []
    for name, each in functions(template).items():
        if target(each.get("Role")) != name.replace("Function", "Role") or "Policies" in each:
            findings.append(f"{name}: has no role of its own, or lets SAM add policies")
    for name, each in roles.items():
        findings += [
            f"{name}: AWS-managed policy {arn}" for arn in each.get("ManagedPolicyArns", []) if not target(arn)
        ]
    return findings


def passed_roles(template: Template) -> list[str]:
    """Only the scheduler's role is passed, only to Scheduler; and only this stack's schedules may take it on."""
    findings = [
        f"{name}: passes a role without saying to whom"
        for name, statement in statements(template)
        if "iam:PassRole" in as_list(statement.get("Action"))
        and statement.get("Condition") != {"StringEquals": {"iam:PassedToService": "scheduler.amazonaws.com"}}
    ]
    (trust,) = template["Resources"]["SchedulerRole"]["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    limits = trust.get("Condition", {}).get("StringEquals", {})
    if not limits.get("aws:SourceAccount") or target(limits.get("aws:SourceArn")) != "ScheduleGroup":
        findings.append("SchedulerRole: schedules of others may take it on")
    return findings


def tables(template: Template) -> list[str]:
    """Tables are on demand, recoverable, encrypted, and in production neither deleted nor dropped by mistake."""
    kept = {"Fn::If": ["IsProd", "Retain", "Delete"]}
    findings = []
    for name, each in of_type(template, "AWS::DynamoDB::Table").items():
        resource = template["Resources"][name]
        holds = {
            "on demand": each.get("BillingMode") == "PAY_PER_REQUEST",
            "recoverable": each.get("PointInTimeRecoverySpecification") == {"PointInTimeRecoveryEnabled": True},
            "encrypted": each.get("SSESpecification", {}).get("SSEEnabled") is True,
            "protected in production": each.get("DeletionProtectionEnabled") == {"Fn::If": ["IsProd", True, False]},
            "kept in production": resource.get("DeletionPolicy") == kept == resource.get("UpdateReplacePolicy"),
        }
        findings += [f"{name}: not {what}" for what, so in holds.items() if not so]
    return findings


def refusals(template: Template, parameters: dict[str, str]) -> list[str]:
    """What CloudFormation would answer to these parameters: the description of each assertion that fails."""
    return [
        assertion["AssertDescription"]
        for rule in template.get("Rules", {}).values()
        if _holds(rule.get("RuleCondition", {"Fn::Equals": ["", ""]}), parameters)
        for assertion in rule["Assertions"]
        if not _holds(assertion["Assert"], parameters)
    ]


def _holds(condition: dict[str, Any], parameters: dict[str, str]) -> bool:
    ((name, arguments),) = condition.items()
    if name == "Fn::Not":
        return not _holds(arguments[0], parameters)
    left, right = (parameters.get(target(each), "") if isinstance(each, dict) else each for each in arguments)
    return bool(left == right)


def overrides_only_local(template: Template) -> list[str]:
    """A faster clock and other endpoints are refused outside the local stage."""
    given = {
        "TimeScale": "2026-01-01T00:00:00Z@2026-01-01T00:00:00Z60",
        **dict.fromkeys(_endpoints(template), "http://127.0.0.1:1"),
    }
    findings = [
        f"{name}: refused in the local stage"
        for name in given
        if refusals(template, {"Stage": "local", name: given[name]})
    ]
    for stage in template["Parameters"]["Stage"]["AllowedValues"]:
        if stage != "local":
            findings += [
                f"{name}: taken in {stage}"
                for name in given
                if not refusals(template, {"Stage": stage, name: given[name]})
            ]
    return findings


def _endpoints(template: Template) -> list[str]:
    return [name for name in template["Parameters"] if name.endswith("EndpointOverride")]


def environment(template: Template, documented: dict[str, set[str]]) -> list[str]:
    """Every function gets the variables that docs/reference/architecture.md lists for it, and no others.

    Args:
        template: the parsed template.
        documented: variables by what they are set for: `all`, `queues` (what a queue feeds), `triggers` or a
            function's name.
    """
    shared, findings = set(template["Globals"]["Function"]["Environment"]["Variables"]), []
    for name, each in functions(template).items():
        folder = each["CodeUri"].removeprefix("functions/")
        given = shared | set(each.get("Environment", {}).get("Variables", {}))
        wanted = documented["all"] | documented.get(folder, set())
        if queues_of(each):
            wanted = wanted | documented.get("queues", set())
        if target(each.get("Environment", {}).get("Variables", {}).get("WAKE_UP_QUEUE_ARN")):
            wanted = wanted | documented["triggers"]
        findings += [
            f"{name}: {variable} is set for it, not for all it is documented" for variable in sorted(given - wanted)
        ]
        findings += [f"{name}: {variable} is documented and not set" for variable in sorted(wanted - given)]
    return findings


def documented_variables(page: str) -> dict[str, set[str]]:
    """The table «Environment of the functions»: variables by what they are set for."""
    variables: dict[str, set[str]] = {}
    for names, owner in re.findall(r"^\| ((?:`[A-Z][^|]*`,? ?)+) \| `?(\w+)`? \|", page, flags=re.MULTILINE):
        variables.setdefault(owner, set()).update(re.findall(r"`([A-Z_0-9]+)(?:=\w+)?`", names))
    return variables


CHECKS: tuple[Check, ...] = (
    log_groups, no_tracing, architecture, timeouts, one_queue_each, partial_failures, redrives, alarms, replays,
    rule_targets, queue_policies, own_roles, passed_roles, tables, overrides_only_local,
)  # fmt: skip
