"""Asserts on template.yaml what no linter knows: who may call what, and what may not leak.

The template is expanded as CloudFormation would do it (samtranslator, offline) and the result is
checked: the OpenAPI body of the API, the functions and their roles, the user pool, the outputs.

Usage: check_template.py [TEMPLATE]     exits 1 if anything does not hold
"""

import json
import logging
import os
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

TEMPLATE = Path(__file__).resolve().parent.parent / "template.yaml"
PARAMETERS = {"AllowedOrigin": "https://app.example", "Stage": "v1", "Architecture": "x86_64"}

# Every route with its function. A route that is not here, or that changes sides, fails the check.
PUBLIC = {
    ("post", "/confirm_user"): "ConfirmFunction",
    ("post", "/login"): "LoginFunction",
    ("post", "/register"): "RegisterFunction",
    ("post", "/resend_code"): "ConfirmFunction",
}
GUARDED = {
    ("get", "/generate"): "GenerateFunction",
    ("post", "/generate"): "GenerateFunction",
}
ROUTES = PUBLIC | GUARDED
TOKEN_SECURITY = [{"AccessToken": ["aws.cognito.signin.user.admin"]}]
NO_SECURITY = [{"NONE": []}]

# The environment of each function: the app client's secret only where Cognito is called.
CLIENT_ENVIRONMENT = {
    "ALLOWED_ORIGINS": {"Ref": "AllowedOrigin"},
    "COGNITO_CLIENT_ID": {"Ref": "UserPoolClient"},
    "COGNITO_CLIENT_SECRET": {"Fn::GetAtt": ["UserPoolClient", "ClientSecret"]},
}
ENVIRONMENTS = {
    "RegisterFunction": CLIENT_ENVIRONMENT,
    "ConfirmFunction": CLIENT_ENVIRONMENT,
    "LoginFunction": CLIENT_ENVIRONMENT,
    "GenerateFunction": {"ALLOWED_ORIGINS": {"Ref": "AllowedOrigin"}},
}

ORIGIN = {"Fn::Sub": "'${AllowedOrigin}'"}
GATEWAY_HEADERS = {
    "Access-Control-Allow-Origin": ORIGIN,
    "Access-Control-Expose-Headers": "'ETag, Retry-After, x-amzn-RequestId'",
    "Cache-Control": "'no-store'",
    "Content-Security-Policy": "'default-src 'none'; frame-ancestors 'none''",
    "Content-Type": "'application/problem+json'",
    "Cross-Origin-Resource-Policy": "'same-origin'",
    "Referrer-Policy": "'no-referrer'",
    "Strict-Transport-Security": "'max-age=31536000; includeSubDomains'",
    "Vary": "'Origin'",
    "X-Content-Type-Options": "'nosniff'",
    "X-Frame-Options": "'DENY'",
}
# Type of gateway response: its status (None: each answer keeps its own) and its problem's code.
GATEWAY_RESPONSES = {
    "ACCESS_DENIED": (401, "unauthorized"),
    "BAD_REQUEST_BODY": (400, "malformed_request"),
    "DEFAULT_4XX": (None, "malformed_request"),
    "DEFAULT_5XX": (None, "internal"),
    "INVALID_SIGNATURE": (404, "not_found"),
    "MISSING_AUTHENTICATION_TOKEN": (404, "not_found"),
    "QUOTA_EXCEEDED": (429, "too_many_requests"),
    "REQUEST_TOO_LARGE": (413, "payload_too_large"),
    "THROTTLED": (429, "too_many_requests"),
    "UNAUTHORIZED": (401, "unauthorized"),
}
EXTRA_HEADERS = {
    "unauthorized": {"WWW-Authenticate": r"'Bearer'"},
    "too_many_requests": {"Retry-After": r"'[1-9][0-9]*'"},
}

USER_POOL = {
    "AccountRecoverySetting": {"RecoveryMechanisms": [{"Name": "verified_email", "Priority": 1}]},
    "AutoVerifiedAttributes": ["email"],
    "DeletionProtection": "ACTIVE",
    "DeviceConfiguration": None,
    "EnabledMfas": ["SOFTWARE_TOKEN_MFA"],
    "MfaConfiguration": "OPTIONAL",
    "Policies": {
        "PasswordPolicy": {
            "MinimumLength": 15,
            "RequireLowercase": False,
            "RequireNumbers": False,
            "RequireSymbols": False,
            "RequireUppercase": False,
        }
    },
    "Schema": None,
    "UsernameAttributes": ["email"],
    "UsernameConfiguration": {"CaseSensitive": False},
}
USER_POOL_CLIENT = {
    "AccessTokenValidity": 15,
    "AuthSessionValidity": 15,
    "EnablePropagateAdditionalUserContextData": True,
    "EnableTokenRevocation": True,
    "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH"],
    "GenerateSecret": True,
    "IdTokenValidity": 15,
    "PreventUserExistenceErrors": "ENABLED",
    "RefreshTokenRotation": {"Feature": "ENABLED", "RetryGracePeriodSeconds": 30},
    "RefreshTokenValidity": 30,
    "TokenValidityUnits": {"AccessToken": "minutes", "IdToken": "minutes", "RefreshToken": "days"},
    "UserPoolId": {"Ref": "UserPool"},
}

ORIGINS_TAKEN = [
    "http://127.0.0.1:5173",
    "http://localhost",
    "https://a-b.app.example",
    "https://app.example",
    "https://app.example:8443",
    "https://localhost:3000",
]
ORIGINS_REFUSED = [
    "",
    "*",
    "null",
    "app.example",
    "ftp://app.example",
    "http://app.example",
    "http://localhost.example",
    "http://localhost:80",
    "https://",
    "https://*.app.example",
    "https://APP.example",
    "https://app.example'",
    "https://app.example,https://b.example",
    "https://app.example.",
    "https://app.example/",
    "https://app.example/page",
    "https://app.example:",
    "https://app.example:0",
    "https://app.example:443",
    "https://user@app.example",
]
SECRET_NAME = re.compile("secret|password|token|key|credential", re.IGNORECASE)

# What API Gateway waits for an integration at most; a function must have given up before.
GATEWAY_TIMEOUT = 29

Json = Any
Faults = Iterator[str]


class Stack:
    """The template as written, and as CloudFormation sees it after the SAM transform."""

    def __init__(self, path: Path) -> None:
        self.source = read(path)
        self.expanded = expand(read(path))
        self.resources: dict[str, Json] = self.expanded["Resources"]
        self.api: Json = self.properties("Api")["Body"]

    def properties(self, name: str) -> Json:
        return self.resources[name]["Properties"]

    def of_type(self, kind: str) -> dict[str, Json]:
        return {name: it for name, it in self.resources.items() if it["Type"] == kind}

    def methods(self) -> dict[tuple[str, str], Json]:
        paths = self.api["paths"]
        return {(method, path): it for path, item in paths.items() for method, it in item.items()}


def main() -> int:
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else TEMPLATE
    stack = Stack(path)
    failed = 0
    for check in CHECKS:
        faults = list(check(stack))
        failed += bool(faults)
        print("FAILED" if faults else "ok    ", (check.__doc__ or check.__name__).strip())
        for fault in faults:
            print("      ", fault)
    print(f"{len(CHECKS) - failed} passed, {failed} failed")
    return 1 if failed else 0


# ------------------------------------------------------------------------------------ the checks


def the_routes(stack: Stack) -> Faults:
    """The routes are exactly the known ones, each on its function"""
    found = {route: it for route, it in stack.methods().items() if route[0] != "options"}
    yield from differences("routes", set(ROUTES), set(found))
    for route in ROUTES.keys() & found.keys():
        uri = json.dumps(found[route]["x-amazon-apigateway-integration"]["uri"])
        if f"${{{ROUTES[route]}.Arn}}" not in uri:
            yield f"{route} does not go to {ROUTES[route]}: {uri}"


def security(stack: Stack) -> Faults:
    """Only the public routes are open; the others ask for an access token"""
    if "security" in stack.api:
        yield "a security of the whole API would also guard preflights"
    for route, method in stack.methods().items():
        if route[0] != "options":
            wanted = NO_SECURITY if route in PUBLIC else TOKEN_SECURITY
            yield from difference(f"security of {route}", wanted, method.get("security"))


def authorizer(stack: Stack) -> Faults:
    """The authorizer trusts the user pool of this stack alone"""
    schemes = stack.api["components"]["securitySchemes"]
    yield from differences("authorizers", {"AccessToken"}, set(schemes))
    wanted = {
        "type": "cognito_user_pools",
        "providerARNs": [{"Fn::GetAtt": ["UserPool", "Arn"]}],
    }
    found = schemes.get("AccessToken", {})
    yield from difference("authorizer", wanted, found.get("x-amazon-apigateway-authorizer"))
    yield from difference(
        "token's header", ("header", "Authorization"), (found.get("in"), found.get("name"))
    )


def preflights(stack: Stack) -> Faults:
    """Every path answers a preflight without a token and names its own methods and one origin"""
    methods = stack.methods()
    for path in stack.api["paths"]:
        options = methods.get(("options", path))
        if options is None:
            yield f"{path} has no preflight"
            continue
        if "security" in options:
            yield f"the preflight of {path} asks for a token"
        own = sorted(method.upper() for method, at in methods if at == path)
        answer = options["x-amazon-apigateway-integration"]["responses"]["default"]
        wanted = {
            "Access-Control-Allow-Headers": "'Authorization,Content-Type'",
            "Access-Control-Allow-Methods": f"'{','.join(own)}'",
            "Access-Control-Allow-Origin": ORIGIN,
            "Access-Control-Max-Age": "'7200'",
        }
        found = headers_of(answer["responseParameters"], "method.response.header.")
        yield from difference(f"preflight of {path}", wanted, found)


def gateway_responses(stack: Stack) -> Faults:
    """What API Gateway answers by itself is a problem with every header"""
    responses = stack.api["x-amazon-apigateway-gateway-responses"]
    yield from differences("gateway responses", set(GATEWAY_RESPONSES), set(responses))
    for kind in GATEWAY_RESPONSES.keys() & responses.keys():
        status, code = GATEWAY_RESPONSES[kind]
        response = responses[kind]
        wanted = str(status) if status else None
        yield from difference(f"status of {kind}", wanted, response.get("statusCode"))
        yield from problem_faults(kind, status, code, response["responseTemplates"])
        found = headers_of(response["responseParameters"], "gatewayresponse.header.")
        for name, pattern in EXTRA_HEADERS.get(code, {}).items():
            if not re.fullmatch(pattern, str(found.pop(name, ""))):
                yield f"{kind}: {name} is not {pattern}"
        yield from difference(f"headers of {kind}", GATEWAY_HEADERS, found)


def no_wildcard(stack: Stack) -> Faults:
    """No CORS header names every origin, and none allows cookies"""
    for path, value in leaves(stack.api):
        name = ".".join(path)
        if "Access-Control" in name and "*" in str(value):
            yield f"{name}: {value}"
        if "Allow-Credentials" in name:
            yield f"{name}: the API knows no cookies"


def allowed_origin(stack: Stack) -> Faults:
    """The parameter for the origin takes one exact origin and nothing else"""
    parameter = stack.expanded["Parameters"]["AllowedOrigin"]
    pattern = re.compile(parameter["AllowedPattern"])
    for origin in ORIGINS_TAKEN:
        if not pattern.fullmatch(origin):
            yield f"refuses {origin!r}"
    for origin in ORIGINS_REFUSED:
        if pattern.fullmatch(origin):
            yield f"takes {origin!r}"
    if "Default" in parameter:
        yield "has a default: an origin is chosen, never inherited"


def throttling(stack: Stack) -> Faults:
    """Every method is throttled, the public ones more; no body is ever logged"""
    stages = stack.of_type("AWS::ApiGateway::Stage")
    yield from differences("stages", {"ApiStage"}, set(stages))
    settings = {
        (it["HttpMethod"].lower(), it["ResourcePath"].replace("/~1", "/")): it
        for it in stack.properties("ApiStage")["MethodSettings"]
    }
    general = ("*", "/*")
    yield from differences("throttled methods", {general, *PUBLIC}, set(settings))
    for route, setting in settings.items():
        yield from difference(
            f"DataTraceEnabled of {route}", False, setting.get("DataTraceEnabled")
        )
        yield from difference(f"MetricsEnabled of {route}", True, setting.get("MetricsEnabled"))
        for limit in ("ThrottlingRateLimit", "ThrottlingBurstLimit"):
            most = settings[general][limit]
            if route != general and not 0 < setting[limit] < most:
                yield f"{limit} of {route} is not below {most}"


def functions(stack: Stack) -> Faults:
    """Every function has its runtime, limits and environment, and its own log group and role"""
    found = stack.of_type("AWS::Lambda::Function")
    yield from differences("functions", set(ENVIRONMENTS), set(found))
    for name in ENVIRONMENTS.keys() & found.keys():
        own = name.removesuffix("Function")
        properties = stack.properties(name)
        wanted = {
            "Architectures": [{"Ref": "Architecture"}],
            "Environment": {"Variables": ENVIRONMENTS[name]},
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
        yield from difference(f"CodeUri of {name}", f"functions/{own.lower()}", code)


def roles(stack: Stack) -> Faults:
    """A role may write to the log group of its one function and do nothing else"""
    owners = {name.removesuffix("Function") for name in ENVIRONMENTS}
    found = stack.of_type("AWS::IAM::Role")
    yield from differences("roles", {f"{own}Role" for own in owners}, set(found))
    others = {n for n, it in stack.resources.items() if it["Type"].startswith("AWS::IAM::")}
    yield from differences("IAM resources", set(found), others)
    for own in sorted(owners):
        yield from difference(f"{own}Role", role_of(own), stack.properties(f"{own}Role"))
        group = stack.properties(f"{own}LogGroup")
        if not group.get("RetentionInDays"):
            yield f"{own}LogGroup keeps its lines for ever"


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


def user_pool(stack: Stack) -> Faults:
    """The user pool keeps its accounts, and its immutable choices are what they must be"""
    resource = stack.resources["UserPool"]
    for policy in ("DeletionPolicy", "UpdateReplacePolicy"):
        yield from difference(policy, "Retain", resource.get(policy))
    for key, value in USER_POOL.items():
        yield from difference(key, value, resource["Properties"].get(key))


def user_pool_client(stack: Stack) -> Faults:
    """The app client is exactly as designed"""
    yield from difference("UserPoolClient", USER_POOL_CLIENT, stack.properties("UserPoolClient"))


def no_secret(stack: Stack) -> Faults:
    """No secret is a parameter, an output or anywhere but in the functions that need it"""
    for name in stack.expanded["Parameters"]:
        if SECRET_NAME.search(name):
            yield f"parameter {name}"
    for name, output in stack.expanded["Outputs"].items():
        if SECRET_NAME.search(name) or "ClientSecret" in json.dumps(output):
            yield f"output {name}"
    holders = {name for name, it in ENVIRONMENTS.items() if it is CLIENT_ENVIRONMENT}
    found = {name for name, it in stack.resources.items() if "ClientSecret" in json.dumps(it)}
    yield from differences("holders of the client secret", holders, found)


def outputs(stack: Stack) -> Faults:
    """The outputs are what a web frontend needs"""
    wanted = {"ApiUrl", "Issuer", "JwksUri", "Region", "UserPoolClientId", "UserPoolId"}
    yield from differences("outputs", wanted, set(stack.expanded["Outputs"]))


CHECKS: list[Callable[[Stack], Faults]] = [
    the_routes,
    security,
    authorizer,
    preflights,
    gateway_responses,
    no_wildcard,
    allowed_origin,
    throttling,
    functions,
    roles,
    permissions,
    user_pool,
    user_pool_client,
    no_secret,
    outputs,
]


# ------------------------------------------------------------------------------------ below them


def read(path: Path) -> Json:
    from samtranslator.yaml_helper import yaml_parse

    return yaml_parse(path.read_text(encoding="utf-8"))


def expand(template: Json) -> Json:
    """The SAM transform; the code's place does not matter to it as long as it is in S3."""
    os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")
    # It warns about a service of AWS's own that switches features; there is none here.
    logging.getLogger("samtranslator").setLevel(logging.ERROR)
    from samtranslator.parser.parser import Parser
    from samtranslator.translator.translator import Translator

    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = "s3://bucket/key"
    return Translator({}, Parser()).translate(template, dict(PARAMETERS))


def role_of(own: str) -> Json:
    """The one role a function may have: Lambda's, and to write to its own log group."""
    write = {
        "Effect": "Allow",
        "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
        "Resource": {"Fn::GetAtt": [f"{own}LogGroup", "Arn"]},
    }
    assume = {
        "Effect": "Allow",
        "Principal": {"Service": "lambda.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }
    policy = {"Version": "2012-10-17", "Statement": [write]}
    return {
        "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [assume]},
        "Policies": [{"PolicyName": "write-own-log", "PolicyDocument": policy}],
    }


def problem_faults(kind: str, status: int | None, code: str, templates: Json) -> Faults:
    yield from differences(f"templates of {kind}", {"application/json"}, set(templates))
    body = json.loads(templates["application/json"])
    wanted = {"type": f"urn:passmint:problem:{code}", "code": code}
    if status:
        wanted["status"] = status
    sentences = {key: body.pop(key, None) for key in ("title", "detail")}
    yield from difference(f"body of {kind}", wanted, body)
    for key, sentence in sentences.items():
        if not sentence or "$" in sentence:
            yield f"{kind}: {key} is not a fixed sentence"


def headers_of(parameters: Json, prefix: str) -> dict[str, Json]:
    return {name.removeprefix(prefix): value for name, value in parameters.items()}


def leaves(value: Json, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Json]]:
    """Every text, number and null of a JSON value, with the names that lead to it."""
    if isinstance(value, dict):
        for name, member in value.items():
            yield from leaves(member, (*path, str(name)))
    elif isinstance(value, list):
        for member in value:
            yield from leaves(member, path)
    else:
        yield path, value


def difference(what: str, wanted: Json, found: Json) -> Faults:
    if wanted != found:
        yield f"{what}: wanted {wanted!r}, found {found!r}"


def differences(what: str, wanted: set[Any], found: set[Any]) -> Faults:
    if missing := wanted - found:
        yield f"{what}: missing {sorted(missing)}"
    if unknown := found - wanted:
        yield f"{what}: not expected {sorted(unknown)}"


if __name__ == "__main__":
    sys.exit(main())
