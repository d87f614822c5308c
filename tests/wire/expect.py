"""What the checks say about an answer; a check that fails raises WireError with a readable text."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from botocore.exceptions import ClientError

Json = Any

# Errors of the signature: any service may answer them, so none models them as a class.
NOT_MODELLED = {"MissingAuthenticationTokenException", "UnrecognizedClientException"}


class WireError(Exception):
    """What a check found; its text is all that is shown."""


@contextmanager
def refused(code: str, message: str | re.Pattern[str]) -> Iterator[None]:
    """The call within must fail with this error; modelled errors have a class of their own."""
    try:
        yield
    except ClientError as error:
        answer = error.response
        equal((400, code), (answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Code"]))
        text = answer["Error"]["Message"]
        if isinstance(message, str):
            equal(message, text)
        else:
            matches(message.pattern, text)
        among({code, "ClientError"}, type(error).__name__)
        if type(error) is ClientError and code not in NOT_MODELLED:
            raise WireError(f"{code} came without its class") from None
        return
    raise WireError(f"was taken, not refused as {code}")


def equal(wanted: Any, found: Any) -> None:
    if isinstance(wanted, set) and wanted != found:
        missing, unknown = sorted(wanted - found), sorted(found - wanted)
        raise WireError(f"missing {missing}, not expected {unknown}")
    if wanted != found:
        raise WireError(f"wanted {wanted!r}, found {found!r}")


def different(one: Any, other: Any) -> None:
    if one == other:
        raise WireError(f"{one!r} twice")


def among(wanted: set[str], found: str) -> None:
    if found not in wanted:
        raise WireError(f"wanted one of {sorted(wanted)}, found {found!r}")


def matches(pattern: str, found: str) -> None:
    if not re.fullmatch(pattern, found):
        raise WireError(f"{found!r} is not {pattern}")


def from_json(body: bytes) -> Json:
    try:
        return json.loads(body)
    except ValueError:
        raise WireError(f"not JSON: {body[:200]!r}") from None
