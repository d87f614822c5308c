"""Deploys the stack that scripts/build has built into ministack, and asks it for every route.

ministack runs CloudFormation, API Gateway with its Cognito authorizer, Lambda and Cognito on
127.0.0.1, without a container. It enforces IAM here, so that the functions' roles are tried too. It
ends with this process.

Usage: run.py FOLDER     the folder that `sam build` wrote; exits 1 if anything is not as it should
"""

import base64
import contextlib
import hmac
import json
import os
import re
import socket
import struct
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import ClientError, WaiterError
from samtranslator.yaml_helper import yaml_parse

Json = Any
ROOT = Path(__file__).resolve().parent.parent.parent
CONFIG = ROOT / "samconfig.toml"
STACK, ORIGIN = "passmint", "https://app.example.com"
SECONDS = 300

# The second deployment turns on all that depends on a parameter.
MORE_PARAMETERS = [
    f"AllowedOrigin={ORIGIN}",
    "AlarmEmail=ops@example.com",
    "MailIdentityArn=arn:aws:ses:us-east-1:123456789012:identity/example.com",
    'MailFrom="Passmint <passmint@example.com>"',
    "ReservedConcurrency=5",
]

# What ministack cannot create: the smallest resource of this type, and ministack's words. Resources
# of the template with the same properties are left out.
ALARM = {
    "ComparisonOperator": "GreaterThanThreshold",
    "EvaluationPeriods": 1,
    "Metrics": [{"Id": "m"}],
}
MISSING = {
    "AWS::CloudWatch::Alarm": (ALARM, "(metric math) is not supported"),
    "AWS::WAFv2::LoggingConfiguration": ({}, "Unrecognized resource types"),
    "AWS::WAFv2::WebACLAssociation": ({}, "Unrecognized resource types"),
}
MISSING_ATTRIBUTE = ("AWS::Cognito::UserPool", "ProviderURL", "does not exist in schema")

# ministack mails nothing and always takes these codes.
CONFIRMATION_CODE, RESET_CODE, WRONG_CODE = "123456", "654321", "000000"
USER = "ada@example.com"
PASSWORD, RESET, CHANGED = "ada-likes-lovelace", "ada-likes-turing", "ada-likes-hopper"


def main() -> None:
    built = Path(sys.argv[1]).resolve()
    template = (built / "template.yaml").read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as name, ministack(folder := Path(name)) as url:
        probe(yaml_parse(template))
        api = Api(url, deploy(adapted(template, built), folder))
        refresh_token = journey(api)
        if missing := routes(template) - api.asked:
            raise SystemExit(f"not asked for: {sorted(missing)}")
        api = Api(url, deploy(adapted(renamed_client(), built), folder, MORE_PARAMETERS))
        after_a_new_client(api, refresh_token)
        delete(api.pool)


def journey(api: "Api") -> str:
    """All routes, in the order of a user's life; gives a refresh token of a login that goes on."""
    user = {"username": USER}
    login = user | {"password": PASSWORD}
    api.ask("POST", "/register", 200, login)
    api.ask("POST", "/login", 403, login)
    api.ask("POST", "/confirm_user", 400, user | {"confirmation_code": WRONG_CODE})
    api.ask("POST", "/resend_code", 202, user)
    api.ask("POST", "/confirm_user", 200, login | {"confirmation_code": CONFIRMATION_CODE})
    api.ask("POST", "/login", 401, user | {"password": RESET})
    tokens = api.ask("POST", "/login", 200, login)

    api.ask("GET", "/generate", 401)
    api.ask("GET", "/generate", 401, token=tokens["id_token"])
    token = tokens["access_token"]
    minted = api.ask("GET", "/generate?length=24", 200, token=token)
    if len(minted["password"]) != 24:
        raise SystemExit(f"not a password of 24 characters: {minted}")
    api.ask("POST", "/generate", 200, {"length": 24}, token)
    api.ask("GET", "/me", 401, token=tokens["id_token"])
    if api.ask("GET", "/me", 200, token=token)["email"] != USER:
        raise SystemExit("/me is somebody else")
    token = api.ask("POST", "/refresh", 200, only(tokens, "refresh_token"))["access_token"]

    proof = only(login, "password")
    key = api.ask("POST", "/mfa/setup", 200, proof, token)["secret"]
    api.ask("POST", "/mfa/verify", 204, {"code": totp(key)}, token)
    challenge = api.ask("POST", "/login", 200, login)
    answer = user | only(challenge, "session") | {"code": totp(key)}
    token = api.ask("POST", "/login/mfa", 200, answer)["access_token"]
    api.ask("DELETE", "/mfa", 204, proof | {"code": totp(key)}, token)

    reset = user | {"new_password": RESET}
    api.ask("POST", "/forgot_password", 202, user)
    api.ask("POST", "/reset_password", 400, reset | {"confirmation_code": WRONG_CODE})
    api.ask("POST", "/reset_password", 200, reset | {"confirmation_code": RESET_CODE})
    token = api.ask("POST", "/login", 200, user | {"password": RESET})["access_token"]
    change = {"current_password": RESET, "new_password": CHANGED}
    api.ask("POST", "/change_password", 204, change, token)
    api.ask("GET", "/me", 401, token=token)

    tokens = api.ask("POST", "/login", 200, user | {"password": CHANGED})
    api.ask("POST", "/logout", 204, only(tokens, "refresh_token"))
    api.ask("POST", "/refresh", 401, only(tokens, "refresh_token"))
    tokens = api.ask("POST", "/login", 200, user | {"password": CHANGED})
    api.ask("DELETE", "/me", 401, {"password": RESET}, tokens["access_token"])
    api.what_the_gateway_lacks()
    return tokens["refresh_token"]


def after_a_new_client(api: "Api", refresh_token: str) -> None:
    """A new app client ends the logins of the old one, and the accounts stay."""
    api.ask("POST", "/refresh", 401, {"refresh_token": refresh_token})
    login = {"username": USER, "password": CHANGED}
    token = api.ask("POST", "/login", 200, login)["access_token"]
    api.ask("GET", "/generate", 200, token=token)
    api.ask("DELETE", "/me", 204, {"password": CHANGED}, token)
    api.ask("POST", "/login", 401, login)


def only(answer: Json, name: str) -> Json:
    return {name: answer[name]}


def totp(key: str) -> str:
    """The code that an authenticator app shows now (RFC 6238)."""
    digest = hmac.digest(base64.b32decode(key), struct.pack(">Q", int(time.time()) // 30), "sha1")
    place = digest[-1] & 15
    return f"{(int.from_bytes(digest[place : place + 4]) & 0x7FFFFFFF) % 10**6:06}"


class Api:
    """The deployed API, reached as by its own host name."""

    def __init__(self, url: str, outputs: dict[str, str]) -> None:
        _, _, host, self.stage = outputs["ApiUrl"].split("/")
        self.url, self.host = url, f"{host.split('.')[0]}.execute-api.{url.removeprefix('http://')}"
        self.pool = outputs["UserPoolId"]
        self.asked: set[tuple[str, str]] = set()

    def ask(
        self, method: str, path: str, status: int, body: Json = None, token: str | None = None
    ) -> Json:
        """Asks once; any other status than this one ends the check."""
        found, _, answer = self.send(method, path, body, token)
        print(f"{found} {method} {path}")
        if found != status:
            raise SystemExit(f"wanted {status}: {answer}")
        self.asked.add((method, path.partition("?")[0]))
        return json.loads(answer) if answer else None

    def send(
        self, method: str, path: str, body: Json = None, token: str | None = None
    ) -> tuple[int, Json, str]:
        headers = {"Host": self.host, "Origin": ORIGIN}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        data = None
        if body is not None:
            headers["Content-Type"] = "application/json"
            data = json.dumps(body).encode()
        url = f"{self.url}/{self.stage}{path}"
        request = urllib.request.Request(url, data, headers, method=method)
        try:
            answer = urllib.request.urlopen(request, timeout=60)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            return answer.status, answer.headers, answer.read().decode()

    def what_the_gateway_lacks(self) -> None:
        """What ministack drops of the API: it keeps only the status where no function answers."""
        status, headers, _ = self.send("OPTIONS", "/login")
        lacks("the responses of mock integrations", status == 200, headers)
        status, headers, _ = self.send("GET", "/generate")
        lacks("gateway responses", status == 401, headers)
        status, _, answer = self.send("POST", "/login", [])
        if "must be a JSON object" not in answer:
            raise SystemExit("ministack knows request models now: check them")
        print("left out: request models; the functions see every body")


def lacks(what: str, there: bool, headers: Json) -> None:
    if not there or "Access-Control-Allow-Origin" in headers:
        raise SystemExit(f"ministack has changed as to {what}: {headers}")
    print(f"left out: {what}; their headers are missing")


def probe(template: Json) -> None:
    """Names what is left out, and fails unless ministack lacks exactly that."""
    for kind, (properties, words) in MISSING.items():
        names = [name for name, it in template["Resources"].items() if it["Type"] == kind]
        names = [name for name in names if is_missing(template["Resources"][name])]
        resource = {"Type": kind, "Properties": properties}
        refused({"Resources": {"It": resource}}, names, words)
    kind, attribute, words = MISSING_ATTRIBUTE
    names = [name for name, it in template["Outputs"].items() if attribute in json.dumps(it)]
    output = {"Value": {"Fn::GetAtt": ["It", attribute]}}
    refused({"Resources": {"It": {"Type": kind}}, "Outputs": {"It": output}}, names, words)


def refused(template: Json, names: list[str], words: str) -> None:
    formation, name = boto3.client("cloudformation"), f"probe-{time.monotonic_ns()}"
    try:
        body = json.dumps(template)
        formation.create_stack(StackName=name, TemplateBody=body, OnFailure="DO_NOTHING")
        with contextlib.suppress(WaiterError):
            waiter = formation.get_waiter("stack_create_complete")
            waiter.wait(StackName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 20})
        (stack,) = formation.describe_stacks(StackName=name)["Stacks"]
        reason = stack.get("StackStatusReason", stack["StackStatus"])
    except ClientError as error:
        reason = str(error)
    if not names or words not in reason:
        raise SystemExit(f"leaving out {names} is not needed any more: {reason}")
    print(f"left out: {', '.join(names)}. ministack: {reason}")


def adapted(text: str, built: Path) -> Json:
    """The template without what ministack lacks, with the built functions."""
    template = yaml_parse(text)
    for name, resource in list(template["Resources"].items()):
        properties = resource["Properties"]
        if resource["Type"] == "AWS::Serverless::Function":
            properties["CodeUri"] = str(built / name)
        elif is_missing(resource):
            del template["Resources"][name]
    for name, output in list(template["Outputs"].items()):
        if MISSING_ATTRIBUTE[1] in json.dumps(output):
            del template["Outputs"][name]
    return template


def is_missing(resource: Json) -> bool:
    """Whether it has all the properties of a resource that ministack lacks."""
    kind, properties = resource["Type"], resource["Properties"]
    return kind in MISSING and MISSING[kind][0].keys() <= properties.keys()


def routes(text: str) -> set[tuple[str, str]]:
    """The routes of the template."""
    functions = [it["Properties"] for it in yaml_parse(text)["Resources"].values()]
    events = [it for function in functions for it in function.get("Events", {}).values()]
    return {(it["Properties"]["Method"].upper(), it["Properties"]["Path"]) for it in events}


def renamed_client() -> str:
    """The template after the command by which docs/operations.md makes a new app client, twice."""
    document = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    (edit,) = re.findall(r"^perl -pi -e '(.*)' template\.yaml$", document, re.MULTILINE)
    text = (ROOT / "template.yaml").read_text(encoding="utf-8")
    for _ in range(2):
        old = client_of(text)
        command = ["perl", "-p", "-e", edit]
        text = subprocess.run(
            command, input=text, capture_output=True, text=True, check=True
        ).stdout
        if client_of(text) == old or f'"{old}"' in json.dumps(yaml_parse(text)):
            raise SystemExit(f"the documented command does not rename {old}")
    return text


def client_of(text: str) -> str:
    """The name of the app client in a template."""
    resources = yaml_parse(text)["Resources"]
    (name,) = (it for it in resources if resources[it]["Type"] == "AWS::Cognito::UserPoolClient")
    return name


def deploy(template: Json, folder: Path, parameters: list[str] | None = None) -> dict[str, str]:
    """`sam deploy` as the documents have it, for the stack that users see; gives its outputs."""
    path = folder / "template.json"
    path.write_text(json.dumps(template), encoding="utf-8")
    options = ["--parameter-overrides", *parameters] if parameters else []
    sam("deploy", "--no-confirm-changeset", "--template-file", str(path), *options)
    (stack,) = boto3.client("cloudformation").describe_stacks(StackName=STACK)["Stacks"]
    outputs = {it["OutputKey"]: it["OutputValue"] for it in stack["Outputs"]}
    print(f"deployed: {stack['StackStatus']}")
    return outputs


def delete(pool: str) -> None:
    """`sam delete` takes the stack away, and leaves the accounts."""
    sam("delete", "--no-prompts")
    stacks = boto3.client("cloudformation").describe_stacks()["Stacks"]
    if any(it["StackName"] == STACK for it in stacks):
        raise SystemExit(f"the stack is still there: {stacks}")
    boto3.client("cognito-idp").describe_user_pool(UserPoolId=pool)
    print("deleted, and the user pool is still there")


def sam(command: str, *options: str) -> None:
    done = subprocess.run(
        ["sam", command, "--config-file", CONFIG, "--config-env", "prod", *options],
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"sam {command}: {done.stdout[-5000:]}{done.stderr[-5000:]}")


@contextlib.contextmanager
def ministack(folder: Path) -> Iterator[str]:
    """ministack on a free port, and the environment in which the SAM CLI and the SDKs find it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    os.environ |= {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_ENDPOINT_URL": url,
        "TMPDIR": str(folder),
    }
    own = {
        "AUTH": "true",
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "IOT_MTLS_ENABLED": "0",
        "MINISTACK_HOST": "127.0.0.1",
        "STATE_DIR": str(folder),
    }
    command = [sys.executable, "-m", "ministack"]
    with (folder / "log").open("w+", encoding="utf-8") as log:
        server = subprocess.Popen(command, env=os.environ | own, stdout=log, stderr=log)
        try:
            until_up(url, server)
            yield url
        except BaseException:
            log.seek(0)
            print(log.read()[-5000:], file=sys.stderr)
            raise
        finally:
            server.terminate()
            server.wait(20)


def until_up(url: str, server: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end and server.poll() is None:
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{url}/_ministack/health"):
            return
        time.sleep(0.2)
    raise SystemExit("ministack does not start")


if __name__ == "__main__":
    main()
