"""The local stack as a child process, and one step of each flow against its Cognito endpoint."""

import base64
import hashlib
import hmac
import json
import re
import subprocess
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import jwt
from botocore import UNSIGNED
from botocore.client import BaseClient
from botocore.config import Config

from expect import Json, WireError, among, equal, from_json, matches

ROOT = Path(__file__).resolve().parent.parent.parent
OPTIONS = ["--ephemeral", "--port", "0", "--cognito-port", "0"]
REGION = "us-east-1"
ACCESS_KEY, SECRET_KEY = "passmint", "passmint-local"

# What the binary says about itself once it takes requests.
LINES = {
    "gateway": r"Passmint is running at\s+(http://127\.0\.0\.1:[0-9]+)",
    "endpoint": r"Cognito endpoint\s+(http://127\.0\.0\.1:[0-9]+)",
    "pool": r"User pool ID\s+(\S+)",
    "client": r"App client ID\s+(\S+)",
}
START_SECONDS = 60
STOP_SECONDS = 10
MAIL_SECONDS = 10

PASSWORD = "correct-horse-battery-staple"
TOKEN_SECONDS = 15 * 60
UUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"


@contextmanager
def running(binary: Path) -> Iterator["Stack"]:
    """Starts the binary and ends it again, whatever happens in between."""
    child = subprocess.Popen(
        [binary, *OPTIONS],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    try:
        yield Stack(**said(child))
    finally:
        child.terminate()
        try:
            child.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def said(child: subprocess.Popen[str]) -> dict[str, str]:
    """Reads the start-up lines, and goes on reading behind: a full pipe would stop the child."""
    found: dict[str, str] = {}
    lines: list[str] = []
    settled = threading.Event()

    def read() -> None:
        assert child.stdout is not None
        for line in child.stdout:
            if not settled.is_set():
                lines.append(line)
                for name, pattern in LINES.items():
                    if match := re.search(pattern, line):
                        found.setdefault(name, match[1])
                if found.keys() == LINES.keys():
                    settled.set()
        settled.set()

    threading.Thread(target=read, daemon=True).start()
    settled.wait(START_SECONDS)
    if missing := LINES.keys() - found.keys():
        raise WireError(
            f"the stack did not say its {', '.join(sorted(missing))}:\n{''.join(lines)}"
        )
    return found


@dataclass
class Stack:
    """The running stack: where it listens, its pool, and one step of each flow."""

    gateway: str
    endpoint: str
    pool: str
    client: str

    def __post_init__(self) -> None:
        self.user = self.connect(Config(signature_version=UNSIGNED))
        self.admin = self.connect()
        self.secret: str = self.describe_client()["ClientSecret"]
        self.count = 0

    def connect(self, config: Config | None = None, **more: str) -> BaseClient:
        once = Config(retries={"total_max_attempts": 1}, connect_timeout=5, read_timeout=30)
        settings = {
            "region_name": REGION,
            "endpoint_url": self.endpoint,
            "aws_access_key_id": ACCESS_KEY,
            "aws_secret_access_key": SECRET_KEY,
        } | more
        return boto3.client("cognito-idp", config=once.merge(config or Config()), **settings)

    def describe_client(self) -> Json:
        answer = self.admin.describe_user_pool_client(UserPoolId=self.pool, ClientId=self.client)
        return answer["UserPoolClient"]

    def hash_of(self, name: str) -> str:
        """SECRET_HASH: Base64(HMAC-SHA256(client secret, name then client id))."""
        message = (name + self.client).encode()
        mac = hmac.new(self.secret.encode(), message, hashlib.sha256)
        return base64.b64encode(mac.digest()).decode()

    def hash_missing(self) -> re.Pattern[str]:
        # Both wordings were seen on SignUp: the older one in public reports, the newer on login.
        client = re.escape(self.client)
        older = f"Client {client} is configured for secret but secret was not received"
        newer = f"Client {client} is configured with secret but SECRET_HASH was not received"
        return re.compile(f"{older}|{newer}")

    def hash_wrong(self) -> str:
        return f"Unable to verify secret hash for client {self.client}"

    def new_address(self) -> str:
        self.count += 1
        return f"wire-{self.count}@passmint.test"

    def new_user(self, confirmed: bool = True) -> str:
        address = self.new_address()
        self.sign_up(address)
        if confirmed:
            self.confirm(address, self.code(address))
        return address

    def sign_up(self, name: str, password: str = PASSWORD) -> Json:
        return plain(
            self.user.sign_up(
                ClientId=self.client,
                Username=name,
                Password=password,
                SecretHash=self.hash_of(name),
            )
        )

    def confirm(self, name: str, code: str) -> Json:
        return plain(
            self.user.confirm_sign_up(
                ClientId=self.client,
                Username=name,
                ConfirmationCode=code,
                SecretHash=self.hash_of(name),
            )
        )

    def log_in(self, name: str, password: str = PASSWORD, secret_hash: str | None = None) -> Json:
        secret_hash = secret_hash or self.hash_of(name)
        return self.initiate(
            "USER_PASSWORD_AUTH", USERNAME=name, PASSWORD=password, SECRET_HASH=secret_hash
        )

    def initiate(self, flow: str, **parameters: str) -> Json:
        return plain(
            self.user.initiate_auth(ClientId=self.client, AuthFlow=flow, AuthParameters=parameters)
        )

    def mail(self, address: str) -> list[Json]:
        """The mail to an address, newest first."""
        query = urllib.parse.urlencode({"to": address})
        return get_json(f"{self.gateway}/_local/mail?{query}")

    def code(self, address: str, after: int = 0) -> str:
        """The code of the newest mail, as soon as there are more than `after`."""
        deadline = time.monotonic() + MAIL_SECONDS
        while len(mail := self.mail(address)) <= after:
            if time.monotonic() > deadline:
                raise WireError(f"no mail within {MAIL_SECONDS} s")
            time.sleep(0.02)
        equal({"to", "subject", "body", "code", "sent_at"}, set(mail[0]))
        equal(address, mail[0]["to"])
        matches(r"[0-9]{6}", mail[0]["code"])
        return mail[0]["code"]

    def key_set(self) -> list[Json]:
        return get_json(f"{self.endpoint}/{self.pool}/.well-known/jwks.json")["keys"]

    def verified(self, token: str, audience: str | None = None) -> Json:
        """The claims of a token whose signature, times and audience hold."""
        kid = jwt.get_unverified_header(token)["kid"]
        keys = [key for key in self.key_set() if key["kid"] == kid]
        equal(1, len(keys))
        key = jwt.PyJWK.from_dict(keys[0], algorithm="RS256")
        return jwt.decode(token, key, algorithms=["RS256"], audience=audience, leeway=1)

    def common_claims(self, claims: Json) -> None:
        """What access and ID tokens have in common."""
        issuers = {
            f"https://cognito-idp.{REGION}.amazonaws.com/{self.pool}",
            f"{self.endpoint}/{self.pool}",
        }
        among(issuers, claims["iss"])
        for name in ("event_id", "jti", "origin_jti", "sub"):
            matches(UUID, claims[name])
        for name in ("auth_time", "exp", "iat"):
            equal(int, type(claims[name]))
        equal(TOKEN_SECONDS, claims["exp"] - claims["iat"])
        if not claims["auth_time"] <= claims["iat"] <= time.time() + 1:
            raise WireError(
                f"auth_time {claims['auth_time']}, iat {claims['iat']}, now {time.time()}"
            )

    def raw(
        self, operation: str, body: Json, headers: dict[str, str] | None = None
    ) -> tuple[int, Any, Json]:
        """One call without an SDK: status, headers, body."""
        sent = {
            "Content-Type": "application/x-amz-json-1.1",
            "X-Amz-Target": f"AWSCognitoIdentityProviderService.{operation}",
        } | (headers or {})
        request = urllib.request.Request(self.endpoint + "/", json.dumps(body).encode(), sent)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, answer.headers, from_json(answer.read())
        except urllib.error.HTTPError as answer:
            with answer:
                return answer.code, answer.headers, from_json(answer.read())


def plain(answer: Json) -> Json:
    """An answer without what botocore adds."""
    return {name: value for name, value in answer.items() if name != "ResponseMetadata"}


def get_json(url: str) -> Json:
    with urllib.request.urlopen(url, timeout=30) as answer:
        return from_json(answer.read())
