"""The shipped template keeps the house rules, and each rule sees what it is there to see."""

import copy
import operator
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from nudgekit.book import load_book
from nudgekit.cli.template import Deployable, folder_findings, render
from tests.template import checks, security
from tests.template.checks import CHECKS, Check, Template
from tests.template.security import SECURITY

ROOT = Path(__file__).parents[2]
SHIPPED = checks.load(ROOT / "template.yaml")
DOCUMENTED = checks.documented_variables((ROOT / "docs/reference/architecture.md").read_text(encoding="utf-8"))
TRIGGER_IDS = sorted(rule.parent.name for rule in ROOT.glob("rules/*/rule.py"))

Edit = Callable[[dict[str, Any]], object]


@pytest.mark.parametrize("given", [False, True], ids=["without a key", "with a key"])
@pytest.mark.parametrize("check", [*CHECKS, *SECURITY], ids=lambda check: check.__name__)
def test_shipped_template_keeps(check: Check, given: bool) -> None:
    assert check(checks.with_key(SHIPPED, given)) == []


def test_functions_get_the_documented_variables() -> None:
    assert {"all", "triggers", "deliver_email"} <= DOCUMENTED.keys()
    assert checks.environment(SHIPPED, DOCUMENTED) == []


@pytest.fixture(scope="module")
def triggers() -> Sequence[Deployable]:
    return load_book(ROOT / "rules").triggers


def test_template_says_what_the_rules_say(triggers: Sequence[Deployable]) -> None:
    text = (ROOT / "template.yaml").read_text(encoding="utf-8")
    assert render(text, triggers) == text, "run `nudgekit template`"


def test_functions_folders_and_template_agree(triggers: Sequence[Deployable]) -> None:
    assert folder_findings((ROOT / "template.yaml").read_text(encoding="utf-8"), triggers, ROOT) == []


@pytest.mark.parametrize("trigger", TRIGGER_IDS)
def test_trigger_has_its_situations_and_event_fixtures(trigger: str) -> None:
    assert (ROOT / "rules" / trigger / "situations.yaml").is_file()
    assert list((ROOT / "events" / trigger).glob("*.json"))


@pytest.mark.parametrize("name", sorted(checks.functions(SHIPPED)))
def test_function_is_named_after_its_folder(name: str) -> None:
    folder = checks.functions(SHIPPED)[name]["CodeUri"].removeprefix("functions/")
    assert name == "".join(part.capitalize() for part in folder.split("_")) + "Function"


def drop(path: str) -> Edit:
    """Delete what stands at a dotted path of the resource."""
    *way, last = path.split(".")
    return lambda resource: _at(resource, way).pop(int(last) if last.isdecimal() else last)


def put(path: str, value: Any) -> Edit:
    """Write a value at a dotted path of the resource."""
    *way, last = path.split(".")
    return lambda resource: operator.setitem(_at(resource, way), int(last) if last.isdecimal() else last, value)


def _at(node: Any, way: Sequence[str]) -> Any:
    for step in way:
        node = node[int(step) if step.isdecimal() else step]
    return node


FUNCTION, QUEUE, DLQ, RULE = "ProjectProfileFunction", "ProjectProfileQueue", "ProjectProfileDlq", "ProjectProfileRule"
ROLE, POLICY = "ProjectProfileRole", "ProjectProfileQueuePolicy"
SOURCE, FIRST = "Properties.Events.Queue.Properties", "Properties.PolicyDocument.Statement.0"
OWN = "Properties.Policies.0.PolicyDocument.Statement.0"
TRUST = "Properties.AssumeRolePolicyDocument.Statement.0"
OPEN_DOCUMENT = {"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": "*"}]}
ANOTHER_QUEUE = {"Fn::GetAtt": ["DeliverPushQueue", "Arn"]}
OPEN_ROUTE = {"Type": "HttpApi", "Properties": {"Method": "post", "Path": "/planted"}}
RESOLVED = "{{resolve:secretsmanager:shop/planted}}"
ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"


@pytest.mark.parametrize(
    ("check", "logical_id", "edit"),
    [
        (checks.log_groups, FUNCTION, drop("Properties.LoggingConfig")),
        (checks.log_groups, FUNCTION, put("Properties.LoggingConfig", {"LogGroup": {"Ref": "DeliverPushLogs"}})),
        (checks.log_groups, "ProjectProfileLogs", drop("Properties.RetentionInDays")),
        (checks.no_tracing, FUNCTION, put("Properties.Tracing", "Active")),
        (checks.architecture, FUNCTION, put("Properties.Architectures", ["x86_64"])),
        (checks.architecture, "EngineLayer", drop("Metadata.BuildArchitecture")),
        (checks.timeouts, FUNCTION, put("Properties.Timeout", 25)),
        (checks.timeouts, FUNCTION, put("Properties.Timeout", None)),
        (checks.timeouts, QUEUE, put("Properties.VisibilityTimeout", 120)),
        (checks.one_queue_each, FUNCTION, put(f"{SOURCE}.Queue", ANOTHER_QUEUE)),
        (checks.one_queue_each, FUNCTION, put("Properties.Events", {})),
        (checks.partial_failures, FUNCTION, drop(f"{SOURCE}.FunctionResponseTypes")),
        (checks.partial_failures, FUNCTION, drop(f"{SOURCE}.ScalingConfig")),
        (checks.redrives, QUEUE, drop("Properties.RedrivePolicy")),
        (checks.redrives, QUEUE, put("Properties.RedrivePolicy.deadLetterTargetArn", ANOTHER_QUEUE)),
        (checks.redrives, DLQ, drop("Properties.MessageRetentionPeriod")),
        (checks.redrives, DLQ, drop("Properties.SqsManagedSseEnabled")),
        (checks.alarms, "ProjectProfileDlqAlarm", put("Properties.Threshold", 2)),
        (checks.alarms, "ScheduleDlqAlarm", drop("Properties.AlarmActions")),
        (checks.replays, RULE, drop("Properties.EventPattern.replay-name")),
        (checks.rule_targets, RULE, drop("Properties.Targets.0.DeadLetterConfig")),
        (checks.rule_targets, RULE, drop("Properties.Targets.0.RetryPolicy")),
        (checks.queue_policies, POLICY, put(f"{FIRST}.Condition", {"ArnEquals": {"aws:SourceArn": []}})),
        (checks.queue_policies, "ProjectProfileDlqPolicy", put("Properties.Queues", [])),
        (checks.queue_policies, "DeliveryFeedbackDlqPolicy", drop("Properties.PolicyDocument.Statement.1")),
        (security.open_doors, POLICY, put(f"{FIRST}.Principal", "*")),
        (security.open_doors, POLICY, put(FIRST, {"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage"})),
        (security.open_doors, POLICY, put(FIRST, {"Effect": "Allow", "Principal": {"AWS": "*"}})),
        (security.open_doors, POLICY, drop(f"{FIRST}.Condition")),
        (security.least_privilege, ROLE, put(f"{OWN}.Action", "sqs:*")),
        (security.least_privilege, "TriggerPolicy", put(f"{FIRST}.Action", ["dynamodb:PutItem", "dynamodb:Batch*"])),
        (security.least_privilege, "DeliverPolicy", put(f"{FIRST}.Resource", "*")),
        (security.least_privilege, "DeliverPolicy", put(f"{FIRST}.Resource", "arn:aws:dynamodb:*:*:table/*")),
        (security.least_privilege, "DeliverPolicy", put(f"{FIRST}.NotAction", "dynamodb:Scan")),
        (security.least_privilege, "DeliverPushRole", put(f"{OWN}.Resource", ["*"])),
        (security.reasons_for_wildcards, "DeliverPushRole", drop("Properties.Policies.0.PolicyDocument.Statement.3")),
        (
            security.least_privilege,
            "ProfilesTable",
            put("Properties.ResourcePolicy", {"PolicyDocument": OPEN_DOCUMENT}),
        ),
        (security.open_doors, "LinkKey", put("Properties.ResourcePolicy", OPEN_DOCUMENT)),
        (security.judged, "LinkKey", put("Type", "AWS::Lambda::Url")),
        (security.judged, "LinkKey", put("Type", "AWS::ApiGateway::Method")),
        (security.judged, "LinkKey", put("Type", "AWS::Lambda::EventSourceMapping")),
        (security.judged, "LinkKey", put("Type", "AWS::S3::Bucket")),
        (security.trust, ROLE, put(f"{TRUST}.Principal", {"AWS": "arn:aws:iam::999999999999:root"})),
        (security.trust, ROLE, put(f"{TRUST}.Principal", "*")),
        (security.real_conditions, POLICY, put(f"{FIRST}.Condition", {"ArnLike": {"aws:SourceArn": "*"}})),
        (security.real_conditions, "LinksPermission", put("Properties.SourceArn", "*")),
        (security.subscriptions, "PushFeedbackTopic", put("Properties.Subscription", [{"Protocol": "https"}])),
        (security.own_account, "WhatsappFeedbackTopicPolicy", drop(f"{FIRST}.Condition.StringEquals")),
        (security.own_account, "PushFeedbackTopicPolicy", drop(f"{FIRST}.Condition")),
        (security.own_account, "PushFeedbackTopicPolicy", put("Properties.Topics", [])),
        (security.only_over_tls, POLICY, drop("Properties.PolicyDocument.Statement.1")),
        (security.only_over_tls, "QueuesPolicy", put("Properties.Queues", [])),
        (security.only_over_tls, "QueuesPolicy", put(f"{FIRST}.Effect", "Allow")),
        (security.only_over_tls, "PushFeedbackTopicPolicy", drop("Properties.PolicyDocument.Statement.1")),
        (security.only_over_tls, "QueuesPolicy", put("Properties.Queues", [{"Ref": QUEUE}])),
        (security.keyed, QUEUE, drop("Properties.KmsMasterKeyId")),
        (security.keyed, QUEUE, put("Properties.KmsMasterKeyId", "alias/aws/sqs")),
        (security.keyed, "PushFeedbackTopic", drop("Properties.KmsMasterKeyId")),
        (security.keyed, "ProfilesTable", drop("Properties.SSESpecification.KMSMasterKeyId")),
        (security.keyed, "LinkKey", drop("Properties.KmsKeyId")),
        (security.keyed, "ProjectProfileLogs", drop("Properties.KmsKeyId")),
        (security.keyed, "EventBus", drop("Properties.KmsKeyIdentifier")),
        (security.key_use, "KeyPolicy", put(f"{FIRST}.Resource", "arn:aws:kms:eu-west-1:123456789012:key/other")),
        (security.key_use, "KeyPolicy", drop(f"{FIRST}.Condition")),
        (security.key_use, "KeyPolicy", drop("Condition")),
        (security.key_use, "KeyPolicy", drop("Properties.PolicyDocument.Statement.1")),
        (security.key_use, ROLE, drop("Properties.ManagedPolicyArns")),
        (security.key_use, ROLE, put("Properties.ManagedPolicyArns", [{"Ref": "TriggerPolicy"}])),
        (security.authorized_routes, FUNCTION, put("Properties.Events.Page", OPEN_ROUTE)),
        (security.authorized_routes, FUNCTION, put("Properties.FunctionUrlConfig", {"AuthType": "NONE"})),
        (security.throttled, FUNCTION, put("Properties.Events.Page", OPEN_ROUTE)),
        (security.authorized_routes, "LinksOpenRoute", put("Properties.RouteKey", "GET /{anything}")),
        (security.throttled, "LinksStage", drop("Properties.DefaultRouteSettings")),
        (security.throttled, "LinksStage", drop("Properties.AccessLogSettings")),
        (security.throttled, "LinksStage", put("Properties.AccessLogSettings.Format", "$context.path")),
        (security.direct_invokes, FUNCTION, put("Properties.Events", {})),
        (security.direct_invokes, FUNCTION, put("Properties.Events", {"Topic": {"Type": "SNS", "Properties": {}}})),
        (security.subscriptions, "PushFeedbackSubscription", drop("Properties.RedrivePolicy")),
        (security.secrets_by_reference, "LinkKey", put("Properties.SecretString", "hunter2")),
        (security.secrets_by_reference, FUNCTION, put("Properties.Environment.Variables.API_KEY", "hunter2")),
        (security.secrets_by_reference, FUNCTION, put("Properties.Environment.Variables.X", RESOLVED)),
        (security.secrets_by_reference, FUNCTION, put("Properties.Description", "AKIA" + "A" * 16)),
        (security.narrow_events, "DeliverPolicy", drop("Properties.PolicyDocument.Statement.2.Condition")),
        (security.own_news, "EventBusPolicy", put("Properties.Statement.Effect", "Allow")),
        (security.own_news, "EventBusPolicy", drop("Properties.Statement.Condition.ArnNotEquals.aws:PrincipalArn.0")),
        (security.own_news, "EventBusPolicy", put("Properties.EventBusName", "another")),
        (security.own_news, "DeliverPolicy", drop("Properties.PolicyDocument.Statement.2")),
        (checks.one_queue_each, FUNCTION, put("Properties.Events.Topic", {"Type": "SNS", "Properties": {}})),
        (checks.redrives, QUEUE, put("Properties.SqsManagedSseEnabled", False)),
        (checks.rule_targets, RULE, put("Properties.Targets", [{"Id": "F", "Arn": {"Fn::GetAtt": [FUNCTION, "Arn"]}}])),
        (checks.own_roles, FUNCTION, drop("Properties.Role")),
        (checks.own_roles, FUNCTION, put("Properties.Role", {"Fn::GetAtt": ["DeliverPushRole", "Arn"]})),
        (checks.own_roles, FUNCTION, put("Properties.Policies", [{"DynamoDBCrudPolicy": {"TableName": "x"}}])),
        (checks.own_roles, ROLE, put("Properties.ManagedPolicyArns", [ADMINISTRATOR])),
        (checks.passed_roles, "TriggerPolicy", drop("Properties.PolicyDocument.Statement.5.Condition")),
        (checks.passed_roles, "SchedulerRole", drop("Properties.AssumeRolePolicyDocument.Statement.0.Condition")),
        (checks.tables, "ProfilesTable", put("Properties.BillingMode", "PROVISIONED")),
        (checks.tables, "ProfilesTable", drop("Properties.PointInTimeRecoverySpecification")),
        (checks.tables, "EngagementTable", drop("Properties.SSESpecification")),
        (checks.tables, "EngagementTable", put("Properties.DeletionProtectionEnabled", False)),
        (checks.tables, "CatalogueTable", put("DeletionPolicy", "Delete")),
        (checks.tables, "CatalogueTable", drop("UpdateReplacePolicy")),
    ],
)
def test_check_sees_a_planted_violation(check: Check, logical_id: str, edit: Edit) -> None:
    template = copy.deepcopy(SHIPPED)
    edit(template["Resources"][logical_id])
    assert any(check(checks.with_key(template, given)) for given in (False, True)), f"{check.__name__} saw nothing"


def test_overrides_check_sees_a_dropped_assertion() -> None:
    template = copy.deepcopy(SHIPPED)
    template["Rules"]["OverridesAreForTheLocalStage"]["Assertions"].pop(0)
    assert checks.overrides_only_local(template) == [
        f"TimeScale: taken in {stage}" for stage in ("dev", "staging", "prod")
    ]


def test_overrides_check_sees_a_refusal_in_the_local_stage() -> None:
    template = copy.deepcopy(SHIPPED)
    del template["Rules"]["OverridesAreForTheLocalStage"]["RuleCondition"]
    assert "TimeScale: refused in the local stage" in checks.overrides_only_local(template)


def test_environment_check_sees_a_missing_and_an_unwritten_variable() -> None:
    template = copy.deepcopy(SHIPPED)
    variables = template["Resources"]["DeliverEmailFunction"]["Properties"]["Environment"]["Variables"]
    variables["EMAIL_SENDER"] = variables.pop("EMAIL_FROM")
    assert [finding.split()[1] for finding in checks.environment(template, DOCUMENTED)] == [
        "EMAIL_SENDER",
        "EMAIL_FROM",
    ]


def test_a_queue_out_of_reach_is_seen() -> None:
    for name in ("EventBusDlqUrl", "ScheduleDlqUrl", "DeliverPushBulkQueueUrl", "CartAbandonmentQueueUrl"):
        template = copy.deepcopy(SHIPPED)
        del template["Outputs"][name]
        assert security.queues_within_reach(checks.with_key(template, given=True)), name


def test_tracing_in_globals_is_seen() -> None:
    template: Template = copy.deepcopy(SHIPPED)
    template["Globals"]["Function"]["Tracing"] = "Active"
    assert checks.no_tracing(template) == ["Globals: Tracing"]


@pytest.mark.parametrize("name", ["SmsApiKey", "ShopPassword", "ProviderToken"])
def test_a_parameter_for_a_secret_is_seen(name: str) -> None:
    template = copy.deepcopy(SHIPPED)
    template["Parameters"][name] = {"Type": "String"}
    assert security.secrets_by_reference(template) == [f"{name}: a parameter for a secret; take the ARN of one"]


def test_a_schedule_without_a_dead_letter_queue_is_seen() -> None:
    template = copy.deepcopy(SHIPPED)
    template["Resources"]["Beat"] = {"Type": "AWS::Scheduler::Schedule", "Properties": {"Target": {"Arn": "x"}}}
    assert security.schedules(template) == ["Beat: no dead-letter queue"]


def test_an_api_without_limits_or_open_to_other_sites_is_seen() -> None:
    template = copy.deepcopy(SHIPPED)
    template["Resources"]["Api"] = {"Type": "AWS::Serverless::HttpApi", "Properties": {"CorsConfiguration": True}}
    assert security.throttled(template) == [
        "Api: other sites may call it",
        "Api: takes any number of requests",
        "Api: keeps no log of its requests",
    ]


def test_an_access_log_that_names_somebody_is_seen() -> None:
    template = copy.deepcopy(SHIPPED)
    log = {"DestinationArn": "x", "Format": '{"who":"$context.identity.sourceIp","what":"$context.path"}'}
    limits = {"ThrottlingRateLimit": 50, "ThrottlingBurstLimit": 100}
    api = {"AccessLogSettings": log, "DefaultRouteSettings": limits}
    template["Resources"]["Api"] = {"Type": "AWS::Serverless::HttpApi", "Properties": api}
    assert [each.split(",")[0] for each in security.throttled(template)] == [
        "Api: logs identity.sourceIp",
        "Api: logs path",
    ]


def test_a_route_with_an_authorizer_needs_no_declaration() -> None:
    template = copy.deepcopy(SHIPPED)
    route = {**OPEN_ROUTE["Properties"], "Auth": {"Authorizer": "Shop"}}  # type: ignore[dict-item]
    template["Resources"][FUNCTION]["Properties"]["Events"]["Page"] = {"Type": "HttpApi", "Properties": route}
    found = security.authorized_routes(template)
    assert [each for each in found if "/planted" in each] == []
