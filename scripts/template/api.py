"""The API: its routes and who may call them, and what API Gateway answers by itself."""

import json
import re

import yaml

from stack import ROOT, Faults, Json, Stack, difference, differences, headers_of, leaves

# Every route with its function. A route that is not here, or that changes sides, fails the check.
PUBLIC = {
    ("post", "/confirm_user"): "ConfirmFunction",
    ("post", "/forgot_password"): "RecoverFunction",
    ("post", "/login"): "LoginFunction",
    ("post", "/login/mfa"): "LoginFunction",
    ("post", "/logout"): "LoginFunction",
    ("post", "/refresh"): "LoginFunction",
    ("post", "/register"): "RegisterFunction",
    ("post", "/resend_code"): "ConfirmFunction",
    ("post", "/reset_password"): "RecoverFunction",
}
GUARDED = {
    ("delete", "/me"): "DeleteAccountFunction",
    ("delete", "/mfa"): "MfaFunction",
    ("get", "/me"): "AccountFunction",
    ("post", "/change_password"): "AccountFunction",
    ("post", "/mfa/setup"): "MfaFunction",
    ("post", "/mfa/verify"): "MfaFunction",
    ("get", "/generate"): "GenerateFunction",
    ("post", "/generate"): "GenerateFunction",
}
ROUTES = PUBLIC | GUARDED
TOKEN_SECURITY = [{"AccessToken": ["aws.cognito.signin.user.admin"]}]
NO_SECURITY = [{"NONE": []}]

VALIDATOR = "x-amazon-apigateway-request-validator"
REQUEST_BODY = {
    "in": "body",
    "name": "jsonobject",
    "required": True,
    "schema": {"$ref": "#/definitions/jsonobject"},
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
    "WAF_FILTERED": (429, "too_many_requests"),
}
EXTRA_HEADERS = {
    "unauthorized": {"WWW-Authenticate": r"'Bearer'"},
    "too_many_requests": {"Retry-After": r"'[1-9][0-9]*'"},
}


def swagger(stack: Stack) -> Faults:
    """What SAM writes of the API is OpenAPI 2.0"""
    yield from difference("version", "2.0", stack.api.get("swagger"))
    for path, _ in leaves(stack.api):
        name = ".".join(path)
        if "requestBody" in path or ".schema.schema" in name:
            yield f"no OpenAPI 2.0: {name}"


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
    schemes = stack.api["securityDefinitions"]
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


def models(stack: Stack) -> Faults:
    """A route whose body is compulsory refuses what is no object, and no other route looks at it"""
    openapi = yaml.safe_load((ROOT / "openapi.yaml").read_text(encoding="utf-8"))
    needs = {
        (method, path)
        for path, item in openapi["paths"].items()
        for method, operation in item.items()
        if operation.get("requestBody", {}).get("required")
    }
    checked = {route for route, it in stack.methods().items() if VALIDATOR in it}
    yield from differences("routes with a model", needs, checked)
    for route in needs & checked:
        method = stack.methods()[route]
        yield from difference(f"validator of {route}", "body-only", method[VALIDATOR])
        yield from difference(f"body of {route}", [REQUEST_BODY], method["parameters"])
    schemas = stack.api["definitions"]
    yield from difference("models", {"jsonobject": {"type": "object"}}, schemas)
    validators = stack.api[f"{VALIDATOR}s"]
    wanted = {"body-only": {"validateRequestBody": True, "validateRequestParameters": False}}
    yield from difference("validators", wanted, validators)


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
