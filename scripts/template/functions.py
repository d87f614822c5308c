"""The functions, and what each may do."""

import json
from collections.abc import Iterator

from api import ROUTES
from calls import signed_calls
from stack import Faults, Json, Stack, difference, differences, snake_case

# The environment of each function: the app client whose tokens it takes, the user pool only where
# it is needed, and no secret.
TOKEN_ENVIRONMENT = {
    "ALLOWED_ORIGINS": {"Ref": "AllowedOrigin"},
    "COGNITO_CLIENT_ID": {"Ref": "UserPoolClient"},
}
CLIENT_ENVIRONMENT = {**TOKEN_ENVIRONMENT, "COGNITO_USER_POOL_ID": {"Ref": "UserPool"}}
ENVIRONMENTS = {
    "RegisterFunction": CLIENT_ENVIRONMENT,
    "ConfirmFunction": CLIENT_ENVIRONMENT,
    "LoginFunction": CLIENT_ENVIRONMENT,
    "RecoverFunction": CLIENT_ENVIRONMENT,
    "AccountFunction": TOKEN_ENVIRONMENT,
    "MfaFunction": CLIENT_ENVIRONMENT,
    "DeleteAccountFunction": CLIENT_ENVIRONMENT,
    "GenerateFunction": TOKEN_ENVIRONMENT,
}

ASSUME = {"Effect": "Allow", "Action": "sts:AssumeRole"}
# The two families of actions that a key's policy must allow as such.
PARTS_OF_ACTIONS = {"kms:GenerateDataKey*", "kms:ReEncrypt*"}
RESERVED = {
    "Fn::If": ["HasReservedConcurrency", {"Ref": "ReservedConcurrency"}, {"Ref": "AWS::NoValue"}]
}

# What API Gateway waits for an integration at most; a function must have given up before.
GATEWAY_TIMEOUT = 29


def functions(stack: Stack) -> Faults:
    """Every function has its runtime, limits and environment, and its own log group and role"""
    found = stack.of_type("AWS::Lambda::Function")
    yield from differences("functions", set(ENVIRONMENTS), set(found))
    for name in ENVIRONMENTS.keys() & found.keys():
        own = name.removesuffix("Function")
        properties = stack.properties(name)
        wanted = {
            "Architectures": [{"Ref": "Architecture"}],
            "Environment": {"Variables": environment(stack, name)},
            "ReservedConcurrentExecutions": RESERVED,
            "TracingConfig": {"Mode": "Active"},
            "Handler": "bootstrap",
            "LoggingConfig": {"LogFormat": "JSON", "LogGroup": {"Ref": f"{own}LogGroup"}},
            "Role": {"Fn::GetAtt": [f"{own}Role", "Arn"]},
            "Runtime": "provided.al2023",
        }
        for key, value in wanted.items():
            yield from difference(f"{key} of {name}", value, properties.get(key))
        if not 0 < properties.get("Timeout", 0) < GATEWAY_TIMEOUT:
            yield f"Timeout of {name} is not below {GATEWAY_TIMEOUT} s"
        if "MemorySize" not in properties:
            yield f"{name} has no MemorySize"
        source = stack.source["Resources"][name]
        yield from difference(
            f"BuildMethod of {name}", "rust-cargolambda", source["Metadata"]["BuildMethod"]
        )
        code = source["Properties"]["CodeUri"]
        yield from difference(f"CodeUri of {name}", f"functions/{snake_case(own)}", code)


def environment(stack: Stack, name: str) -> Json:
    """The variables of a function, with the present name of the app client."""
    variables = ENVIRONMENTS[name]
    if "COGNITO_CLIENT_ID" in variables:
        return variables | {"COGNITO_CLIENT_ID": {"Ref": stack.client}}
    return variables


def roles(stack: Stack) -> Faults:
    """A role may write its function's log, send traces and make the calls of its sources"""
    owners = {name.removesuffix("Function") for name in ENVIRONMENTS}
    wanted = {f"{own}Role" for own in owners} | {"ApiGatewayRole"}
    others = {n for n, it in stack.resources.items() if it["Type"].startswith("AWS::IAM::")}
    yield from differences("IAM resources", wanted, others)
    for own in sorted(owners):
        properties = stack.properties(f"{own}Role")
        trust = document([{**ASSUME, "Principal": {"Service": "lambda.amazonaws.com"}}])
        yield from difference(f"{own}Role", {"AssumeRolePolicyDocument", "Policies"}, {*properties})
        yield from difference(f"trust of {own}Role", trust, properties["AssumeRolePolicyDocument"])
        documents = [policy["PolicyDocument"] for policy in properties["Policies"]]
        found = sorted(json.dumps(it, sort_keys=True) for it in documents)
        yield from difference(f"policies of {own}Role", policies_of(own), found)


def policies_of(own: str) -> list[str]:
    """The policies of a function's role: its log, its traces, and the calls of its sources."""
    group = {"Fn::GetAtt": [f"{own}LogGroup", "Arn"]}
    statements = [
        {"Action": ["logs:CreateLogStream", "logs:PutLogEvents"], "Resource": group},
        {"Action": ["xray:PutTelemetryRecords", "xray:PutTraceSegments"], "Resource": "*"},
    ]
    pool = {"Fn::GetAtt": ["UserPool", "Arn"]}
    for action in signed_calls(f"{own}Function"):
        statements.append({"Action": action, "Resource": pool})
    documents = [document([{"Effect": "Allow", **statement}]) for statement in statements]
    return sorted(json.dumps(it, sort_keys=True) for it in documents)


def wildcards(stack: Stack) -> Faults:
    """Only traces, and a key in its own policy, are allowed on "*"; every service is bound"""
    for name, statement in statements_of(stack):
        where = f"{name}, {statement.get('Sid', statement.get('Action'))}"
        if statement["Effect"] == "Deny":
            continue
        actions = texts(statement.get("Action", []))
        principal = statement.get("Principal", {})
        administers = statement.get("Sid") == "AdministeredByIam"
        of_key = stack.resources[name]["Type"] == "AWS::KMS::Key"
        for action in actions:
            if "*" in action and action not in PARTS_OF_ACTIONS and not administers:
                yield f"{where}: action {action}"
        for resource in texts(statement.get("Resource", [])):
            traces = all(action.startswith("xray:Put") for action in actions)
            if resource == "*" and not (of_key or traces):
                yield f"{where}: resource *"
        if {"NotAction", "NotResource", "NotPrincipal"} & statement.keys():
            yield f"{where}: says what it is not"
        if principal == "*" or "*" in texts([*principal.values()]):
            yield f"{where}: anybody"
        if "Service" in principal and actions != ["sts:AssumeRole"]:
            bound = json.dumps(statement.get("Condition", {}))
            if ":${AWS::AccountId}:" not in bound or ":${AWS::StackName}-" not in bound:
                yield f"{where}: not bound to this stack"


def statements_of(stack: Stack) -> Iterator[tuple[str, Json]]:
    """Every statement of every policy, wherever it stands, with the name of its resource."""

    def within(value: Json) -> Iterator[Json]:
        if isinstance(value, dict) and isinstance(value.get("Statement"), list):
            yield from value["Statement"]
        elif isinstance(value, dict | list):
            for member in value.values() if isinstance(value, dict) else value:
                yield from within(member)

    for name, resource in stack.resources.items():
        # A rule of AWS WAF has a Statement too, which is no list.
        for statement in within(resource["Properties"]):
            yield name, statement


def texts(value: Json) -> list[str]:
    """What a policy lists; one text needs no list there."""
    return [it for it in (value if isinstance(value, list) else [value]) if isinstance(it, str)]


def document(statements: list[Json]) -> Json:
    return {"Version": "2012-10-17", "Statement": statements}


def permissions(stack: Stack) -> Faults:
    """Only this API may invoke the functions"""
    found = stack.of_type("AWS::Lambda::Permission")
    yield from difference("number of permissions", len(ROUTES), len(found))
    for name in found:
        properties = stack.properties(name)
        yield from difference(
            f"principal of {name}", "apigateway.amazonaws.com", properties["Principal"]
        )
        if '{"Ref": "Api"}' not in json.dumps(properties.get("SourceArn")):
            yield f"{name} is not bound to the API"
