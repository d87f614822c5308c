"""Replaces the app client's secret, twice, while users log in (SEC-8): no login may fail.

The binary is started as by cognito_boto3.py.

Usage: rotation.py [BINARY]     exits 1 if a login fails or the stack does not start
"""

import json
import os
import signal
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

from botocore.exceptions import ClientError

from expect import WireError, equal, refused
from stack import PASSWORD, ROOT, Stack, running

BINARY = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "debug" / "passmint"
USERS = 4
# So many logins stand between one change and the next.
LOGINS = 40
WAIT_SECONDS = 120
OWN_SECRET = "a0secret0of0our0own0making0x"


class Load:
    """Users who log in, one time after the other, until the end."""

    def __init__(self, at: Stack) -> None:
        self.at, self.over = at, threading.Event()
        self.answered, self.failures = 0, list[str]()
        self.lock = threading.Lock()
        names = [at.new_user() for _ in range(USERS)]
        self.threads = [threading.Thread(target=self.log_in, args=(name,)) for name in names]

    def __enter__(self) -> "Load":
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        for thread in self.threads:
            thread.join()

    def log_in(self, name: str) -> None:
        body = json.dumps({"username": name, "password": PASSWORD}).encode()
        while not self.over.is_set():
            request = urllib.request.Request(self.at.gateway + "/login", body)
            request.add_header("Content-Type", "application/json")
            failure = None
            try:
                with urllib.request.urlopen(request, timeout=30) as answer:
                    answer.read()
            except urllib.error.HTTPError as answer:
                with answer:
                    failure = f"{answer.code} {answer.read().decode()}"
            except OSError as fault:
                failure = str(fault)
            with self.lock:
                self.answered += 1
                if failure:
                    self.failures.append(failure)

    def go_on(self) -> None:
        """Waits for some more logins."""
        enough, deadline = self.answered + LOGINS, time.monotonic() + WAIT_SECONDS
        while self.answered < enough:
            if time.monotonic() > deadline:
                raise WireError(f"fewer than {LOGINS} logins in {WAIT_SECONDS} s")
            time.sleep(0.02)
        if self.failures:
            raise WireError(f"{len(self.failures)} of {self.answered} failed: {self.failures[0]}")


def rotated(at: Stack, load: Load, **secret: str) -> None:
    """One more secret, and one fewer after some logins."""
    app = {"UserPoolId": at.pool, "ClientId": at.client}
    listed = at.admin.list_user_pool_client_secrets(**app)["ClientSecrets"]
    equal(1, len(listed))
    added = at.admin.add_user_pool_client_secret(**app, **secret)["ClientSecretDescriptor"]
    load.go_on()
    old = listed[0]["ClientSecretId"]
    at.admin.delete_user_pool_client_secret(**app, ClientSecretId=old)
    with refused("NotAuthorizedException", at.hash_wrong()):
        at.log_in("somebody@passmint.test")
    at.secret = secret.get("ClientSecret") or added["ClientSecretValue"]
    load.go_on()


def main() -> int:
    # A signal becomes an exception, so that the child does not outlive us.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    binary = Path(sys.argv[1]) if len(sys.argv) > 1 else BINARY
    doing = "the app client's secret is replaced twice, and no login fails"
    try:
        with running(binary) as stack, Load(stack) as load:
            load.go_on()
            rotated(stack, load)
            rotated(stack, load, ClientSecret=OWN_SECRET)
    except (WireError, OSError, ClientError) as fault:
        print(f"FAILED {doing}\n       {fault}")
        return 1
    print(f"ok     {doing}: {load.answered} logins")
    return 0


if __name__ == "__main__":
    sys.exit(main())
