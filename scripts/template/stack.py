"""The template, as written and as CloudFormation sees it, and how a check tells what is wrong."""

import logging
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
TEMPLATE = ROOT / "template.yaml"
PARAMETERS = {
    "AllowedOrigin": "https://app.example",
    "Stage": "v1",
    "Architecture": "x86_64",
    "WebAcl": "true",
}

Json = Any
Faults = Iterator[str]


class Stack:
    """The template as written, and as CloudFormation sees it after the SAM transform."""

    def __init__(self, path: Path) -> None:
        self.source = read(path)
        self.expanded = expand(read(path))
        self.resources: dict[str, Json] = self.expanded["Resources"]
        self.api: Json = self.properties("Api")["Body"]
        # Renamed when its secret is replaced, see docs/operations.md.
        (self.client,) = self.of_type("AWS::Cognito::UserPoolClient")

    def properties(self, name: str) -> Json:
        return self.resources[name]["Properties"]

    def of_type(self, kind: str) -> dict[str, Json]:
        return {name: it for name, it in self.resources.items() if it["Type"] == kind}

    def methods(self) -> dict[tuple[str, str], Json]:
        paths = self.api["paths"]
        return {(method, path): it for path, item in paths.items() for method, it in item.items()}


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


def snake_case(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


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
