"""What the rules of AWS WAF match, and what they cost, as its developer guide describes them."""

import re
from dataclasses import dataclass
from posixpath import normpath
from urllib.parse import unquote

from stack import PARAMETERS, Json

ORIGIN = PARAMETERS["AllowedOrigin"]
STAGE = PARAMETERS["Stage"]

# Of each web ACL: rules with a rate, and capacity units that are part of the basic price.
# https://docs.aws.amazon.com/waf/latest/developerguide/limits.html
MOST_RATES = 10
MOST_CAPACITY = 1500

# The base costs of statements in capacity units; each transformation adds TRANSFORMATION at most.
# https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statements-list.html
COSTS = {
    "ByteMatchStatement": 2,
    "RateBasedStatement": 2,
    "RegexMatchStatement": 3,
    "SizeConstraintStatement": 1,
}
TRANSFORMATION = 10


@dataclass(frozen=True)
class Request:
    method: str = "POST"
    path: str = f"/{STAGE}/login"
    origin: str | None = None
    sec_fetch_site: str | None = None


def matches(statement: Json, request: Request) -> bool:
    """Whether a request matches; a header that is absent matches no statement about it."""
    ((kind, it),) = statement.items()
    match kind:
        case "AndStatement":
            return all(matches(nested, request) for nested in it["Statements"])
        case "OrStatement":
            return any(matches(nested, request) for nested in it["Statements"])
        case "NotStatement":
            return not matches(it["Statement"], request)
    found = inspected(it, request)
    if found is None:
        return False
    match kind, it:
        case "ByteMatchStatement", {"PositionalConstraint": "EXACTLY"}:
            return found == text(it["SearchString"])
        case "RegexMatchStatement", _:
            return re.search(text(it["RegexString"]), found) is not None
        case "SizeConstraintStatement", {"ComparisonOperator": "GT"}:
            return len(found) > it["Size"]
    raise ValueError(f"{statement} is not understood")


def inspected(statement: Json, request: Request) -> str | None:
    """The part of a request that a statement looks at, transformed."""
    match statement["FieldToMatch"]:
        case {"Method": _}:
            found: str | None = request.method
        case {"UriPath": _}:
            found = request.path
        case {"SingleHeader": {"Name": name}}:
            found = getattr(request, name.replace("-", "_"))
    transformations = sorted(statement["TextTransformations"], key=lambda it: it["Priority"])
    for transformation in transformations if found is not None else []:
        found = transformed(transformation["Type"], found)
    return found


def transformed(kind: str, value: str) -> str:
    match kind:
        case "NONE":
            return value
        case "URL_DECODE":
            return unquote(value)
        case "NORMALIZE_PATH":
            # It keeps the slash at the end, which Python's function does not.
            return normpath(value).replace("//", "/") + "/" * value.endswith("/")
    raise ValueError(f"{kind} is not understood")


def text(value: Json) -> str:
    """A text of the template with its parameters filled in."""
    match value:
        case {"Ref": name}:
            return PARAMETERS[name]
        case {"Fn::Sub": str(value)}:
            return re.sub(r"\$\{(\w+)\}", lambda name: PARAMETERS[name[1]], value)
    return str(value)


def capacity(statement: Json) -> int:
    """The most capacity units of a statement: a repeated transformation may count once."""
    ((kind, it),) = statement.items()
    nested = [*it.get("Statements", [])]
    nested += [it[key] for key in ("Statement", "ScopeDownStatement") if key in it]
    transformations = TRANSFORMATION * len(it.get("TextTransformations", []))
    return COSTS.get(kind, 1) + transformations + sum(map(capacity, nested))
