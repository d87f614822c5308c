"""The calls of Cognito that docs/operations.md writes as commands of the AWS CLI, made by boto3."""

import re
import shlex

from botocore import xform_name
from botocore.client import BaseClient
from botocore.model import Shape

from expect import Json, WireError
from stack import ROOT

DOCUMENT = ROOT / "docs" / "operations.md"


def run(client: BaseClient, operation: str, written: dict[str, str], has: str = "") -> Json:
    """Makes a documented call such as AdminCreateUser, with other values than those written.

    Where the document writes the operation in several ways, `has` is an option that only one has.
    """
    members = client.meta.service_model.operation_model(operation).input_shape.members
    named = {f"--{xform_name(name, '-')}": name for name in members}
    request: Json = {}
    for option, *words in options(xform_name(operation, "-"), written, has):
        if option not in named:
            raise WireError(f"{operation} has no {option}")
        request[named[option]] = value(members[named[option]], words)
    return getattr(client, xform_name(operation))(**request)


def options(command: str, written: dict[str, str], has: str) -> list[list[str]]:
    """Each option of a command with its words; a command ends with its line or its code span."""
    text = DOCUMENT.read_text(encoding="utf-8").replace("\\\n", " ")
    found = {it for it in re.findall(rf"aws cognito-idp {command} ([^`\n]+)", text) if has in it}
    if len(found) != 1:
        raise WireError(f"{len(found)} ways to write aws cognito-idp {command}")
    line = found.pop()
    for old, new in written.items():
        line, times = re.subn(rf"(?<!\w){re.escape(old)}(?!\w)", lambda _, new=new: new, line)
        if not times:
            raise WireError(f"the documented {command} has no {old}")
    words = shlex.split(line)
    starts = [place for place, word in enumerate(words) if word.startswith("--")]
    ends = [*starts[1:], len(words)]
    return [words[start:end] for start, end in zip(starts, ends, strict=True)]


def value(shape: Shape, words: list[str]) -> Json:
    """What the AWS CLI makes of an option's words, such as its shorthand `Name=email,Value=…`."""
    if shape.type_name == "list":
        return [value(shape.member, [word]) for word in words]
    (word,) = words
    if shape.type_name == "integer":
        return int(word)
    if shape.type_name != "structure":
        return word
    pairs = dict(pair.split("=", 1) for pair in word.split(","))
    return {name: value(shape.members[name], [it]) for name, it in pairs.items()}
