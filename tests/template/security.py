"""Security rules for template.yaml: permissions, encryption, doors and secrets. Each check returns its findings.

What the shop's key changes is decided first: `checks.with_key` gives both templates, and every check runs on both.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from tests.template.checks import (
    INVOKED_DIRECTLY,
    OUTSIDE_THE_KEY,
    Check,
    Template,
    as_list,
    behind_apis,
    functions,
    of_type,
    sources,
    statements,
    target,
)

# Resources with a wildcard in them, each with the reason why nothing narrower can be written down.
WILDCARDS = {
    "arn:${AWS::Partition}:scheduler:${AWS::Region}:${AWS::AccountId}:schedule/${ScheduleGroup}/*": (
        "schedules are made as runs wait; all of them stand in this stack's own group"
    ),
    "arn:${AWS::Partition}:sns:${AWS::Region}:${AWS::AccountId}:endpoint/*/${PushApplication}/*": (
        "devices come and go; the platform and the device differ, the application is the shop's"
    ),
    "arn:${AWS::Partition}:sms-voice:${AWS::Region}:${AWS::AccountId}:sender-id/${SmsOrigination}/*": (
        "a sender id is registered for each country; the sender is the shop's"
    ),
}

# Routes that anybody may call: what stands in place of an authorizer. docs/security.md lists the same doors.
TOKEN_DOORS: dict[str, str] = {
    "GET /links/{action}/{token}": "a signed link; opening it changes nothing",
    "POST /links/{action}/{token}": "a signed link, and what its owner says",
    "GET /onsite": "a token that the shop's server signed, or the visitor's own unguessable id; changes nothing",
    "POST /onsite/claim": "the same proof, and a message of the very person",
    "POST /onsite/tell": "the same proof, and a message that the very person has claimed",
}

# What the shop's key encrypts, and the property that says so.
KEYED = {
    "AWS::DynamoDB::Table": ("SSESpecification", "KMSMasterKeyId"),
    "AWS::Events::Archive": ("KmsKeyIdentifier",),
    "AWS::Events::EventBus": ("KmsKeyIdentifier",),
    "AWS::Logs::LogGroup": ("KmsKeyId",),
    "AWS::Scheduler::Schedule": ("KmsKeyArn",),
    "AWS::SecretsManager::Secret": ("KmsKeyId",),
    "AWS::SNS::Topic": ("KmsMasterKeyId",),
    "AWS::SQS::Queue": ("KmsMasterKeyId",),
}
KEY = {"Ref": "KmsKeyArn"}

# Kinds of resources that the checks here and in `checks` judge.
JUDGED = {
    "AWS::ApiGatewayV2::Api",
    "AWS::ApiGatewayV2::Integration",
    "AWS::ApiGatewayV2::Route",
    "AWS::ApiGatewayV2::Stage",
    "AWS::CloudWatch::Alarm",
    "AWS::DynamoDB::Table",
    "AWS::Events::EventBus",
    "AWS::Events::EventBusPolicy",
    "AWS::Events::Rule",
    "AWS::IAM::ManagedPolicy",
    "AWS::IAM::Role",
    "AWS::Lambda::Permission",
    "AWS::Logs::LogGroup",
    "AWS::SES::ConfigurationSet",
    "AWS::SES::ConfigurationSetEventDestination",
    "AWS::SNS::Subscription",
    "AWS::SNS::Topic",
    "AWS::SNS::TopicPolicy",
    "AWS::SQS::Queue",
    "AWS::SQS::QueuePolicy",
    "AWS::Scheduler::ScheduleGroup",
    "AWS::SecretsManager::Secret",
    "AWS::Serverless::Function",
    "AWS::Serverless::LayerVersion",
}
TRUSTED = ({"Service": "lambda.amazonaws.com"}, {"Service": "scheduler.amazonaws.com"})

# Condition keys that tie a principal down to one account, or to one resource of it.
ACCOUNTS = {"aws:SourceAccount", "aws:SourceOwner"}
TIES = {"aws:SourceArn", *ACCOUNTS}

# What an API's access log may not hold: links carry their token in the path, and an address on the net is personal.
TELLING = {"path", "identity.sourceIp", "identity.userAgent", "authorizer.principalId", "domainPrefix", "error.message"}

# Actions that reach what the key encrypts, and the service that asks the key for them.
THROUGH = {
    "dynamodb:": "dynamodb",
    "sqs:": "sqs",
    "scheduler:CreateSchedule": "scheduler",
    "secretsmanager:GetSecretValue": "secretsmanager",
}

_SECRET_NAME = re.compile(r"password|passphrase|secret|token|credential|api_?key|private|(?:_|^)key", re.IGNORECASE)
_SECRET_TEXT = re.compile(r"AKIA[0-9A-Z]{16}|-----BEGIN|\{\{resolve:(?:secretsmanager|ssm-secure)|xox[bp]-|sk_live_")


def text(value: Any) -> str:
    """An ARN as it is written: the text of a `Fn::Sub`, or JSON for all else that is not text."""
    sub = value.get("Fn::Sub") if isinstance(value, dict) else value
    first = sub[0] if isinstance(sub, list) else sub
    return first if isinstance(first, str) else json.dumps(value)


def allowing(template: Template) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every statement that allows something, with the logical id it stands in."""
    return ((name, each) for name, each in statements(template) if each["Effect"] == "Allow")


def judged(template: Template) -> list[str]:
    """Every resource is of a kind that some check here judges: a new kind needs one, and a place in this list."""
    strange = {name: each["Type"] for name, each in template["Resources"].items() if each["Type"] not in JUDGED}
    return [f"{name}: nobody judges what a {kind} may do" for name, kind in strange.items()]


def trust(template: Template) -> list[str]:
    """Roles are taken on by Lambda and Scheduler alone."""
    return [
        f"{name}: may be taken on by {statement['Principal']}"
        for name, each in of_type(template, "AWS::IAM::Role").items()
        for statement in each["AssumeRolePolicyDocument"]["Statement"]
        if statement["Principal"] not in TRUSTED
    ]


def queues_within_reach(template: Template) -> list[str]:
    """`nudgekit person` finds every queue that may hold somebody: by its URL, or as dead letters of one found so."""
    queues = of_type(template, "AWS::SQS::Queue")
    outputs = [name for name in template["Outputs"] if name.endswith(("QueueUrl", "DlqUrl"))]
    told = {target(template["Outputs"][name]["Value"]) for name in outputs} & queues.keys()
    redrives = [queues[name]["RedrivePolicy"] for name in told if "RedrivePolicy" in queues[name]]
    dead = {target(each["deadLetterTargetArn"]) for each in redrives}
    return [f"{name}: out of reach of `nudgekit person`" for name in queues if name not in told | dead]


def real_conditions(template: Template) -> list[str]:
    """No condition, and no grant to invoke, that everything meets."""
    findings = [
        f"{name}: {key} may be anything"
        for name, statement in allowing(template)
        for condition in statement.get("Condition", {}).values()
        for key, values in condition.items()
        if "*" in as_list(values)
    ]
    return findings + [
        f"{name}: {field} may be anything"
        for name, each in of_type(template, "AWS::Lambda::Permission").items()
        for field in ("SourceArn", "Principal")
        if each.get(field) == "*"
    ]


def least_privilege(template: Template) -> list[str]:
    """No wildcard in an action, none in a resource but those listed with a reason, and nothing said by exception."""
    findings = []
    for name, statement in allowing(template):
        findings += [f"{name}: action {each}" for each in as_list(statement.get("Action", "*")) if "*" in each]
        resources = [text(each) for each in as_list(statement.get("Resource", "*"))]
        findings += [f"{name}: resource {each}" for each in resources if "*" in each and each not in WILDCARDS]
        findings += [f"{name}: {each}" for each in ("NotAction", "NotResource", "NotPrincipal") if each in statement]
    return findings


def reasons_for_wildcards(template: Template) -> list[str]:
    """No wildcard stands in the list any longer that nobody uses."""
    used = {text(each) for _, statement in allowing(template) for each in as_list(statement.get("Resource"))}
    return [f"{each}: listed and not used" for each in WILDCARDS if each not in used]


def open_doors(template: Template) -> list[str]:
    """A resource policy that lets a service or everybody in says for whom: by source ARN or account."""
    findings = []
    for name, statement in allowing(template):
        principal = statement.get("Principal", {})
        keys = {key for condition in statement.get("Condition", {}).values() for key in condition}
        everybody = principal == "*" or "*" in as_list(principal.get("AWS", []))
        if (everybody and not keys & ACCOUNTS) or ("Service" in principal and not keys & TIES):
            findings.append(f"{name}: lets {'everybody' if everybody else principal['Service']} in for anybody")
    return findings + [
        f"{name}: lets {each['Principal']} invoke for anybody"
        for name, each in of_type(template, "AWS::Lambda::Permission").items()
        if not {"SourceArn", "SourceAccount"} & each.keys()
    ]


def own_account(template: Template) -> list[str]:
    """What may publish to a topic is tied to this account; the topic's own default would let in more actions."""
    governed = {
        target(topic) for policy in of_type(template, "AWS::SNS::TopicPolicy").values() for topic in policy["Topics"]
    }
    findings = [
        f"{name}: no policy of its own" for name in of_type(template, "AWS::SNS::Topic") if name not in governed
    ]
    for name, policy in of_type(template, "AWS::SNS::TopicPolicy").items():
        for statement in policy["PolicyDocument"]["Statement"]:
            equals = statement.get("Condition", {}).get("StringEquals", {})
            accounts = [equals.get("aws:SourceAccount"), equals.get("aws:SourceOwner")]
            if statement["Effect"] == "Allow" and {"Ref": "AWS::AccountId"} not in accounts:
                findings.append(f"{name}: lets other accounts publish")
    return findings


def only_over_tls(template: Template) -> list[str]:
    """Every queue and topic refuses what does not come over TLS; one policy each: a second replaces the first."""
    findings = []
    for kind, policies, field in (
        ("AWS::SQS::Queue", "AWS::SQS::QueuePolicy", "Queues"),
        ("AWS::SNS::Topic", "AWS::SNS::TopicPolicy", "Topics"),
    ):
        for name in of_type(template, kind):
            own = [
                each for each in of_type(template, policies).values() if name in [target(one) for one in each[field]]
            ]
            if len(own) != 1:
                findings.append(f"{name}: {len(own)} policies")
            elif not any(_refuses_plain(each) for each in own[0]["PolicyDocument"]["Statement"]):
                findings.append(f"{name}: takes requests without TLS")
    return findings


def _refuses_plain(statement: dict[str, Any]) -> bool:
    plain = statement.get("Condition", {}).get("Bool", {}).get("aws:SecureTransport")
    return statement["Effect"] == "Deny" and statement["Principal"] == "*" and str(plain).lower() == "false"


def keyed(template: Template) -> list[str]:
    """With a key of the shop, it encrypts all that is kept; without one, nothing names a key."""
    given, findings = "KeyPolicy" in template["Resources"], []
    for kind, path in KEYED.items():
        for name, each in of_type(template, kind).items():
            found: Any = each
            for step in path:
                found = found.get(step, {})
            wanted = KEY if given and name not in OUTSIDE_THE_KEY else {}
            if found != wanted:
                findings.append(f"{name}: {'not encrypted by the shop’s key' if wanted else 'names a key'}")  # noqa: RUF001
    return findings


def key_use(template: Template) -> list[str]:
    """Only the one key is used, only where one is given, and by functions only through what they use anyway."""
    given, findings = "KeyPolicy" in template["Resources"], []
    for name, statement in allowing(template):
        of_key = [each for each in as_list(statement["Action"]) if each.startswith("kms:")]
        if of_key and (not given or statement["Resource"] != KEY or len(of_key) != len(as_list(statement["Action"]))):
            findings.append(f"{name}: uses keys other than the one given")
    for name, function in functions(template).items():
        used = [each for each in _permissions(template, target(function["Role"])) if each["Effect"] == "Allow"]
        through = {_through(each) for each in used if str(as_list(each["Action"])[0]).startswith("kms:")}
        actions = [action for each in used for action in as_list(each["Action"])]
        needed = {service for begin, service in THROUGH.items() if any(each.startswith(begin) for each in actions)}
        if given and through != needed:
            findings.append(f"{name}: uses the key through {sorted(through)}, and needs it through {sorted(needed)}")
    return findings


def _through(statement: dict[str, Any]) -> str:
    service = statement.get("Condition", {}).get("StringEquals", {}).get("kms:ViaService", "anything")
    return text(service).split(".")[0]


def _permissions(template: Template, role: str) -> Iterator[dict[str, Any]]:
    properties = template["Resources"].get(role, {}).get("Properties", {})
    homes = {role, *map(target, properties.get("ManagedPolicyArns", []))}
    return (statement for name, statement in statements(template) if name in homes)


def authorized_routes(template: Template) -> list[str]:
    """Every route has an authorizer, or stands in the list of those whose requests carry their own proof."""
    findings = [
        f"{name}: a function URL open to everybody"
        for name, each in functions(template).items()
        if each.get("FunctionUrlConfig", {"AuthType": "AWS_IAM"}).get("AuthType") != "AWS_IAM"
    ]
    seen = set()
    for name, each in functions(template).items():
        for route in sources(each, "HttpApi"):
            address = f"{str(route.get('Method', 'ANY')).upper()} {route.get('Path', '/*')}"
            seen.add(address)
            if address not in TOKEN_DOORS and not _authorizer(template, route):
                findings.append(f"{name}: {address} has no authorizer and is not declared")
    for name, each in of_type(template, "AWS::ApiGatewayV2::Route").items():
        seen.add(each["RouteKey"])
        if each.get("AuthorizationType", "NONE") == "NONE" and each["RouteKey"] not in TOKEN_DOORS:
            findings.append(f"{name}: {each['RouteKey']} has no authorizer and is not declared")
    return findings + [f"{address}: declared and not there" for address in TOKEN_DOORS if address not in seen]


def _authorizer(template: Template, route: dict[str, Any]) -> bool:
    api = template["Resources"].get(target(route.get("ApiId")), {}).get("Properties", {})
    named = route.get("Auth", {}).get("Authorizer", api.get("Auth", {}).get("DefaultAuthorizer"))
    return named not in {None, "NONE"}


def throttled(template: Template) -> list[str]:
    """Every HTTP API limits its requests, keeps nobody's name in its log, and is called by no other site."""
    findings = [
        f"{name}: on an API that SAM makes, with no limits"
        for name, each in functions(template).items()
        for route in sources(each, "HttpApi")
        if "ApiId" not in route
    ]
    findings += [
        f"{name}: other sites may call it"
        for kind in ("AWS::Serverless::HttpApi", "AWS::ApiGatewayV2::Api")
        for name, each in of_type(template, kind).items()
        if "CorsConfiguration" in each and not _for_the_shop_alone(each["CorsConfiguration"])
    ]
    staged = {target(each["ApiId"]) for each in of_type(template, "AWS::ApiGatewayV2::Stage").values()}
    findings += [f"{name}: has no stage" for name in of_type(template, "AWS::ApiGatewayV2::Api") if name not in staged]
    apis = of_type(template, "AWS::Serverless::HttpApi") | of_type(template, "AWS::ApiGatewayV2::Stage")
    for name, each in apis.items():
        limits = each.get("DefaultRouteSettings", {})
        if not {"ThrottlingRateLimit", "ThrottlingBurstLimit"} <= limits.keys():
            findings.append(f"{name}: takes any number of requests")
        if "DestinationArn" not in each.get("AccessLogSettings", {}):
            findings.append(f"{name}: keeps no log of its requests")
        logged = set(re.findall(r"\$context\.([A-Za-z.]+)", text(each.get("AccessLogSettings", {}).get("Format", ""))))
        findings += [f"{name}: logs {field}, which names somebody" for field in sorted(logged & TELLING)]
    return findings


def _for_the_shop_alone(cors: Any) -> bool:
    """Whether no page but the shop's may ask, and none by what a browser sends along unasked."""
    if not isinstance(cors, dict) or cors.get("AllowCredentials"):
        return False
    return bool(cors.get("AllowOrigins") == [{"Ref": "ShopOrigin"}] and "*" not in cors.get("AllowHeaders", []))


def direct_invokes(template: Template) -> list[str]:
    """A function that is invoked by hand keeps what an asynchronous invocation could not do."""
    findings = [f"{name}: listed as invoked directly and not there" for name in INVOKED_DIRECTLY
                if name not in functions(template)]  # fmt: skip
    for name, each in functions(template).items():
        failed = each.get("EventInvokeConfig", {}).get("DestinationConfig", {}).get("OnFailure", {}).get("Destination")
        fed = sources(each, "SQS") or sources(each, "HttpApi") or name in behind_apis(template)
        if not fed and not (failed or "DeadLetterQueue" in each):
            findings.append(f"{name}: loses what fails when it is invoked asynchronously")
    return findings


def schedules(template: Template) -> list[str]:
    """Every schedule of the template says where goes what it cannot deliver."""
    return [
        f"{name}: no dead-letter queue"
        for name, each in of_type(template, "AWS::Scheduler::Schedule").items()
        if not each["Target"].get("DeadLetterConfig") or not each["Target"].get("RetryPolicy")
    ]


def subscriptions(template: Template) -> list[str]:
    """Every subscription has a dead-letter queue."""
    within = [f"{name}: subscribed to within the topic" for name, each in of_type(template, "AWS::SNS::Topic").items()
              if "Subscription" in each]  # fmt: skip
    return within + [
        f"{name}: no dead-letter queue"
        for name, each in of_type(template, "AWS::SNS::Subscription").items()
        if not target(each.get("RedrivePolicy", {}).get("deadLetterTargetArn"))
    ]


def secrets_by_reference(template: Template) -> list[str]:
    """No parameter, variable or property carries a secret: they name where one is kept."""
    kept = of_type(template, "AWS::SecretsManager::Secret")
    findings = [f"{name}: its value is written down" for name, each in kept.items() if "SecretString" in each]
    findings += [
        f"{name}: a parameter for a secret; take the ARN of one"
        for name in template["Parameters"]
        if _SECRET_NAME.search(re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name)) and not name.endswith("Arn")
    ]
    for home, each in [("Globals", template["Globals"]["Function"]), *functions(template).items()]:
        for variable, value in each.get("Environment", {}).get("Variables", {}).items():
            if _SECRET_NAME.search(variable) and not (target(value) in kept or target(value).endswith("Arn")):
                findings.append(f"{home}: {variable} is no reference to a secret")
    return findings + [f"a secret in the text: {each[:8]}…" for each in _SECRET_TEXT.findall(json.dumps(template))]


def narrow_events(template: Template) -> list[str]:
    """Who may put events on the bus says with which source: nobody speaks in the shop's name."""
    return [
        f"{name}: puts events of any source"
        for name, statement in allowing(template)
        if "events:PutEvents" in as_list(statement["Action"])
        and statement.get("Condition", {}).get("StringEquals", {}).get("events:source") != "nudgekit"
    ]


def own_news(template: Template) -> list[str]:
    """The bus takes news of messages from the functions that may put it there, and from nobody else."""
    speakers = {
        target(each["Role"])
        for each in functions(template).values()
        for statement in _permissions(template, target(each["Role"]))
        if "events:PutEvents" in as_list(statement["Action"])
    }
    findings = []
    for name in of_type(template, "AWS::Events::EventBus"):
        refused = [
            policy["Statement"]
            for policy in of_type(template, "AWS::Events::EventBusPolicy").values()
            if target(policy["EventBusName"]) == name and policy["Statement"]["Effect"] == "Deny"
        ]
        findings += _other_speakers(name, refused, speakers)
    return findings


def _other_speakers(bus: str, refused: list[dict[str, Any]], speakers: set[str]) -> list[str]:
    if not any(each["Condition"]["StringEquals"] == {"events:source": "nudgekit"} for each in refused):
        return [f"{bus}: takes news of messages from anybody"]
    let_in = {target(role) for each in refused for role in each["Condition"]["ArnNotEquals"]["aws:PrincipalArn"]}
    return [f"{bus}: {role} may put events and its policy says otherwise" for role in sorted(speakers ^ let_in)]


SECURITY: tuple[Check, ...] = (
    judged, trust, queues_within_reach, real_conditions, least_privilege, reasons_for_wildcards, open_doors,
    own_account, only_over_tls, keyed, key_use, authorized_routes, throttled, direct_invokes, schedules, subscriptions,
    secrets_by_reference, narrow_events, own_news,
)  # fmt: skip
