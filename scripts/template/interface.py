"""What goes into the stack and what comes out of it."""

import json
import re

from stack import Faults, Json, Stack, difference, differences

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
PATTERNS = {
    "AllowedOrigin": (ORIGINS_TAKEN, ORIGINS_REFUSED),
    "AlarmEmail": (["", "ops@example.com"], ["ops", "ops@", "a b@example.com"]),
    "MailFrom": (
        ["", "passmint@example.com", "Passmint <passmint@example.com>"],
        ["Passmint", "Passmint <passmint>", "<passmint@example.com", "a@b@example.com"],
    ),
    "MailIdentityArn": (
        ["", "arn:aws:ses:eu-west-1:123456789012:identity/example.com"],
        ["example.com", "arn:aws:sns:eu-west-1:123456789012:topic", "arn:aws:ses:eu-west-1::x"],
    ),
    "Stage": (["v1", "prod-2"], ["", "V1", "a/b", "a" * 33]),
}
BOUNDS = {"AllowedPattern", "AllowedValues", "MaxValue"}
SECRET_NAME = re.compile("secret|password|token|key|credential", re.IGNORECASE)


def parameters(stack: Stack) -> Faults:
    """Every parameter is explained, bounded, and has a default that a fresh account can have"""
    declared = stack.expanded["Parameters"]
    for name, parameter in declared.items():
        for text in ("Description", "ConstraintDescription"):
            if not parameter.get(text):
                yield f"{name} has no {text}"
        if not BOUNDS & parameter.keys():
            yield f"{name} takes anything"
        if name != "AllowedOrigin" and "Default" not in parameter:
            yield f"{name} has no default"
    if "Default" in declared["AllowedOrigin"]:
        yield "AllowedOrigin has a default: an origin is chosen, never inherited"
    yield from difference("ReservedConcurrency", "0", declared["ReservedConcurrency"]["Default"])
    patterned = {name for name, it in declared.items() if "AllowedPattern" in it}
    yield from differences("patterns", set(PATTERNS), patterned)


def patterns(stack: Stack) -> Faults:
    """The parameters take what they should and nothing else, one exact origin for instance"""
    for name, (taken, refused) in PATTERNS.items():
        pattern = re.compile(stack.expanded["Parameters"][name].get("AllowedPattern", ".*"))
        for value in taken:
            if not pattern.fullmatch(value):
                yield f"{name} refuses {value!r}"
        for value in refused:
            if pattern.fullmatch(value):
                yield f"{name} takes {value!r}"


def mail_rule(stack: Stack) -> Faults:
    """An SES identity comes with a sender, or neither is there"""
    (assertion,) = stack.expanded["Rules"]["MailNeedsIdentityAndSender"]["Assertions"]
    for identity in ("", "arn"):
        for sender in ("", "a@b"):
            values = {"MailIdentityArn": identity, "MailFrom": sender}
            if holds(assertion["Assert"], values) != (bool(identity) == bool(sender)):
                yield f"wrong about {values}"


def holds(condition: Json, values: dict[str, str]) -> bool:
    """Whether a condition holds, with these values of parameters."""
    ((function, arguments),) = condition.items()
    match function:
        case "Fn::And":
            return all(holds(it, values) for it in arguments)
        case "Fn::Or":
            return any(holds(it, values) for it in arguments)
        case "Fn::Not":
            return not holds(arguments[0], values)
        case "Fn::Equals":
            left, right = (values[it["Ref"]] if isinstance(it, dict) else it for it in arguments)
            return left == right
    raise ValueError(f"{function} is not understood")


def no_secret(stack: Stack) -> Faults:
    """No secret is a parameter, an output or anywhere else in the stack"""
    for name in stack.expanded["Parameters"]:
        if SECRET_NAME.search(name) or stack.expanded["Parameters"][name].get("NoEcho"):
            yield f"parameter {name}"
    for name, output in stack.expanded["Outputs"].items():
        if SECRET_NAME.search(name) or "ClientSecret" in json.dumps(output):
            yield f"output {name}"
    found = {name for name, it in stack.resources.items() if "ClientSecret" in json.dumps(it)}
    yield from differences("holders of the client secret", set(), found)


def outputs(stack: Stack) -> Faults:
    """The outputs are what a web frontend needs"""
    wanted = {"ApiUrl", "Issuer", "JwksUri", "Region", "UserPoolClientId", "UserPoolId"}
    yield from differences("outputs", wanted, set(stack.expanded["Outputs"]))
