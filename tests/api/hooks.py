"""What schemathesis cannot know of the API: who is logged in, and what no schema can say."""

import functools
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import schemathesis
from schemathesis import Case, CheckContext, HookContext, Response
from schemathesis.auths import GLOBAL_AUTH_STORAGE, AuthContext
from schemathesis.core import NOT_SET
from schemathesis.core.failures import AcceptedNegativeData, Failure
from schemathesis.generation.meta import TestPhase
from schemathesis.openapi.checks import RejectedPositiveData

from accounts import NEW_PASSWORD, PASSWORD, Accounts, totp
from parameters import described, faulty, few, is_taken_as_text

NO_CONTENT, BAD_REQUEST, UNAUTHORIZED, UNPROCESSABLE, TOO_MANY = 204, 400, 401, 422, 429

accounts = Accounts(os.environ["PASSMINT_API"])
TALLY = Path(os.environ["PASSMINT_TALLY"])

# The access token that each guarded operation uses at present: each has a user of its own, so that
# none ends the login of another. And the tokens that were in use before.
tokens: dict[str, str] = {}
ended: set[str] = set()


@schemathesis.hook
def before_load_schema(_context: HookContext, document: dict[str, Any]) -> None:
    """Closes every object: clients ignore what they do not know, but it is not to be answered."""
    close(document)


def close(part: Any) -> None:
    if isinstance(part, dict):
        if part.get("type") == "object" and "properties" in part:
            part.setdefault("additionalProperties", False)
        part = list(part.values())
    if isinstance(part, list):
        for one in part:
            close(one)


# Logins.


def is_guarded(context: AuthContext) -> bool:
    return bool(context.operation.definition.raw["security"])


@schemathesis.auth(refresh_interval=None).apply_to(is_guarded)
class Bearer:
    """Logs in when an operation has no token."""

    def get(self, _case: Case, context: AuthContext) -> str:
        label = context.operation.label
        if label not in tokens:
            tokens[label] = accounts.token()
        return tokens[label]

    def set(self, case: Case, token: str, _context: AuthContext) -> None:
        case.headers["Authorization"] = f"Bearer {token}"


def authorize(case: Case) -> None:
    GLOBAL_AUTH_STORAGE.set(case, AuthContext(case.operation, None))


@schemathesis.hook
def before_call(_context: HookContext, case: Case, _kwargs: dict[str, Any]) -> None:
    """Requests are made some time before they are sent: the login may have ended."""
    if (case.headers or {}).get("Authorization", "").removeprefix("Bearer ") in ended:
        authorize(case)


@schemathesis.hook
def after_call(_context: HookContext, case: Case, response: Response) -> None:
    """Takes another user after a login or an account has ended, and after an account is locked."""
    label = case.operation.label
    with TALLY.open("a") as tally:
        tally.write(f"{response.status_code} {label}\n")
    ends = label in {"POST /change_password", "DELETE /me"} and response.status_code == NO_CONTENT
    if (ends or response.status_code == TOO_MANY) and label in tokens:
        ended.add(tokens.pop(label))


@schemathesis.check
def token_is_taken(_context: CheckContext, response: Response, _case: Case) -> None:
    """Fails if a login has ended that nothing was to end: all else would be refused as well."""
    sent = response.request.headers.get("Authorization", "").removeprefix("Bearer ")
    if response.status_code == UNAUTHORIZED and sent in tokens.values():
        assert response.json()["code"] != "unauthorized", "a token that should hold is refused"


# Requests.


@schemathesis.hook
def before_add_examples(context: HookContext, examples: list[Case]) -> None:
    """Adds a request that succeeds by what the stack alone can tell: a code, a session, a token."""
    operation = context.operation
    if make := SUCCEEDING.get(operation.definition.raw["operationId"]):
        case = operation.Case(body=make(operation.label), media_type="application/json")
        authorize(case)
        examples.append(case)


def verifying(label: str) -> Any:
    tokens[label] = accounts.token()
    return {"code": totp(accounts.enrolling(tokens[label]))}


def removing(label: str) -> Any:
    tokens[label] = accounts.token()
    return {"password": PASSWORD, "code": totp(accounts.enrolled(tokens[label]), 1)}


SUCCEEDING: dict[str, Callable[[str], Any]] = {
    "confirm_user": lambda _: accounts.with_code(accounts.registered()),
    "login": lambda _: {"username": accounts.confirmed(), "password": PASSWORD},
    "login_mfa": lambda _: accounts.challenged(),
    "refresh": lambda _: {"refresh_token": accounts.log_in(accounts.confirmed())["refresh_token"]},
    "reset_password": lambda _: accounts.forgetful() | {"new_password": NEW_PASSWORD},
    "mfa_setup": lambda _: {"password": PASSWORD},
    "mfa_verify": verifying,
    "mfa_remove": removing,
    "me": lambda _: NOT_SET,
    "generate": lambda _: NOT_SET,
}


@functools.cache
def somebody() -> str:
    return accounts.confirmed()


@schemathesis.hook
def map_case(context: HookContext, case: Case) -> Case:
    """Has logins succeed where links follow them, and leaves few parameters to the generator."""
    is_positive = case.meta.generation.mode.is_positive
    if context.operation.path == "/login":
        if is_positive and case.meta.phase.name is TestPhase.STATEFUL:
            case.body = {"username": somebody(), "password": PASSWORD}
    elif context.operation.path == "/generate":
        place = "query" if context.operation.method == "get" else "body"
        sent = getattr(case, place)
        if isinstance(sent, dict) and sent:
            setattr(case, place, few(sent) if is_positive else faulty(sent))
    return case


# What openapi.yaml says in words, since no schema can.


@schemathesis.hook
def filter_failure(_context: HookContext, failure: Failure, case: Case, response: Response) -> bool:
    """Whether a failure is one."""
    if isinstance(failure, RejectedPositiveData):
        is_form = response.status_code in {BAD_REQUEST, UNPROCESSABLE}
        return not (is_form and is_said_in_words(response.json()))
    if isinstance(failure, AcceptedNegativeData) and case.operation.label == "POST /generate":
        body = case.body if isinstance(case.body, dict) else {"": []}
        return not all(is_taken_as_text(name, value) for name, value in body.items())
    return True


# Codes of problems, and of members at fault.
WORDS = {
    # A code that was never mailed, or that no authenticator app shows.
    "invalid_code",
    # Passwords that others choose, and names that Unicode or Cognito have more to say of.
    "common",
    "predictable",
    "personal",
    "forbidden_character",
    "not_normalized",
    "not_an_email",
    # Texts in a language of their own.
    "invalid_rules",
    "invalid_policy",
    # Parameters that are right one by one.
    "conflicting_parameters",
    "unsatisfiable",
    "count_exceeds_space",
    "policy_too_complex",
    "entropy_unreachable",
}


def is_said_in_words(problem: dict[str, Any]) -> bool:
    """Whether a request was refused for more than the form of each member."""
    errors = problem.get("errors", [])
    if problem["code"] == "invalid_parameter":
        # The bounds of numbers go by the length and by the names of the others, and a separator
        # may have all numbers, punctuation and symbols of Unicode.
        names = {error["field"] for error in errors if error["code"] == "invalid_parameter"}
        return all(described(name).get("type") == "integer" for name in names - {"separator"})
    return problem["code"] in WORDS or any(error["code"] in WORDS for error in errors)
