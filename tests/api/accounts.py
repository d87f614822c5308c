"""Accounts of the stack under test, and the requests that need one."""

import base64
import hashlib
import hmac
import itertools
import json
import time
import urllib.parse
import urllib.request
from typing import Any

# Of every account, as openapi.yaml has it in its examples.
PASSWORD = "correct-horse-battery"
NEW_PASSWORD = "another-horse-battery"
STEP_SECONDS = 30

Json = Any


class Accounts:
    """Accounts of the API at a URL."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.count = itertools.count()

    def send(self, method: str, path: str, body: Json = None, token: str | None = None) -> Json:
        """The JSON of a success; raises on everything else."""
        request = urllib.request.Request(self.url + path, method=method)
        if body is not None:
            request.data = json.dumps(body).encode()
            request.add_header("Content-Type", "application/json")
        if token is not None:
            request.add_header("Authorization", f"Bearer {token}")
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.loads(answer.read() or b"null")

    def code(self, address: str) -> str:
        """The code of the newest mail."""
        query = urllib.parse.urlencode({"to": address})
        return self.send("GET", f"/_local/mail?{query}")[0]["code"]

    def registered(self) -> str:
        """An account that waits for its code."""
        address = f"user{next(self.count)}@passmint.test"
        self.send("POST", "/register", {"username": address, "password": PASSWORD})
        return address

    def confirmed(self) -> str:
        """An account that can log in."""
        address = self.registered()
        self.send("POST", "/confirm_user", self.with_code(address))
        return address

    def with_code(self, address: str) -> Json:
        return {"username": address, "confirmation_code": self.code(address)}

    def log_in(self, address: str) -> Json:
        return self.send("POST", "/login", {"username": address, "password": PASSWORD})

    def token(self) -> str:
        """An access token of a new user."""
        return self.log_in(self.confirmed())["access_token"]

    def enrolling(self, token: str) -> str:
        """The key of an authenticator app whose first code is asked for."""
        return self.send("POST", "/mfa/setup", {"password": PASSWORD}, token)["secret"]

    def enrolled(self, token: str) -> str:
        """The key of an authenticator app whose present code is used up."""
        key = self.enrolling(token)
        self.send("POST", "/mfa/verify", {"code": totp(key)}, token)
        return key

    def challenged(self) -> Json:
        """What finishes a login with a code."""
        address = self.confirmed()
        key = self.enrolled(self.log_in(address)["access_token"])
        session = self.log_in(address)["session"]
        return {"username": address, "session": session, "code": totp(key, 1)}

    def forgetful(self) -> Json:
        """The name and the code that replace a forgotten password."""
        address = self.confirmed()
        self.send("POST", "/forgot_password", {"username": address})
        return self.with_code(address)


def totp(key: str, step: int = 0) -> str:
    """The code of an authenticator app (RFC 6238), so many steps from now.

    A code of a step beside the present one is taken as well, so the present one and the one after
    it are right whenever the step ends.
    """
    counter = int(time.time()) // STEP_SECONDS + step
    padded = key + "=" * (-len(key) % 8)
    digest = hmac.digest(base64.b32decode(padded), counter.to_bytes(8, "big"), hashlib.sha1)
    at = digest[-1] & 15
    number = int.from_bytes(digest[at : at + 4], "big") & 0x7FFFFFFF
    return f"{number % 1_000_000:06}"
