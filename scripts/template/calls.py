"""Which signed calls of Cognito each function makes, read from the sources.

A call of the SDK is a method that is called like an operation of Cognito; botocore's description of
the service tells which operations are signed, so that a role must allow them. From there it goes by
names: who calls a function that makes such a call makes it too. A name is that function of the same
file, or else every function that is called so: rather too much is found than too little.
"""

import re
from functools import cache
from pathlib import Path

import botocore.session
from botocore import xform_name

from stack import ROOT, snake_case

IDENTITY = ROOT / "crates" / "identity" / "src"
DEFINITION = re.compile(r"\bfn (\w+)[<(]")
CALL = re.compile(r"\b(\w+)\(")

# The number of a file, and the name of a function in it.
Definition = tuple[int, str]


def signed_calls(function: str) -> set[str]:
    """The IAM actions behind what the function's package calls, such as `LoginFunction`'s."""
    package = ROOT / "functions" / snake_case(function.removesuffix("Function")) / "src"
    names = {name for text in sources(package) for name in CALL.findall(text)}
    return {action for name in names for action in of_identity().get(name, set())}


@cache
def of_identity() -> dict[str, set[str]]:
    """For each name of a function of crates/identity, the IAM actions of what it leads to."""
    signed = signed_operations()
    calls: dict[Definition, set[str]] = {}
    for file, text in enumerate(sources(IDENTITY)):
        _, *functions = DEFINITION.split(text)
        for name, body in zip(functions[::2], functions[1::2], strict=True):
            calls.setdefault((file, name), set()).update(CALL.findall(body))
    made = {it: {signed[call] for call in of & signed.keys()} for it, of in calls.items()}
    grown = True
    while grown:
        grown = False
        for (file, name), of in calls.items():
            for call in of:
                own = made.get((file, call))
                more = own if own is not None else called(call, made)
                grown |= not more <= made[file, name]
                made[file, name] |= more
    return {name: called(name, made) for _, name in made}


def called(name: str, made: dict[Definition, set[str]]) -> set[str]:
    return {action for (_, known), actions in made.items() if known == name for action in actions}


@cache
def signed_operations() -> dict[str, str]:
    """The operations of Cognito that are signed: the name in the SDK for Rust, and in IAM."""
    service = botocore.session.get_session().get_service_model("cognito-idp")
    operations = (service.operation_model(name) for name in service.operation_names)
    return {
        xform_name(operation.name): f"cognito-idp:{operation.name}"
        for operation in operations
        if operation.auth_type != "none"
    }


def sources(folder: Path) -> list[str]:
    """The texts of a folder's sources, without comments and unit tests."""
    texts = [path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*.rs"))]
    texts = [text.split("#[cfg(test)]\nmod tests {")[0] for text in texts]
    return [re.sub(r"^\s*//.*$", "", text, flags=re.MULTILINE) for text in texts]
