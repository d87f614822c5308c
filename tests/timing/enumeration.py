"""Measures whether the time of an answer tells known users from unknown ones.

Asks for both in turn, in random order, over one connection, and compares: the two-sided test of
Mann and Whitney must not tell them apart (p > 0.01), and their medians must differ by no more than
3 ms or 3 %. One comparison in a hundred fails by chance, so one that fails is measured again.

Usage: enumeration.py BINARY     the built passmint; exits 1 if a route tells them apart
       with tests, the folder above this one, on PYTHONPATH
"""

import http.client
import json
import math
import random
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

from passmint import running

# Few enough tries for each user that no limit or lock of an account is met in two measurements.
USERS = 80
TRIES = 2
LEAST_P = 0.01
MEDIAN_SECONDS = 0.003
MEDIAN_SHARE = 0.03
PASSWORD = "correct-horse-battery"
NOT_FOUND = 404

Json = dict[str, Any]


def of_name(**others: str) -> Callable[[str], Json]:
    return lambda name: {"username": name, **others}


# A new code is stored and mailed to a known address alone, which takes a fraction of a millisecond.
# An account has so few of these in an hour that nobody can gather the numbers that show it: here
# the medians decide, and p is for the reader.
MEDIANS_ALONE = {"/resend_code"}

# Each route with its body. A route that is not there is left out, and said so.
ROUTES = {
    "/login": of_name(password="incorrect-horse-battery"),
    "/register": of_name(password=PASSWORD),
    "/confirm_user": of_name(confirmation_code="000000"),
    "/resend_code": of_name(),
    "/forgot_password": of_name(),
    "/reset_password": of_name(confirmation_code="000000", new_password=PASSWORD),
}


class Client:
    """One connection to the API."""

    def __init__(self, url: str) -> None:
        self.connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=30)

    def post(self, path: str, body: Json) -> tuple[float, int, bytes]:
        """The seconds until the answer was read, its status and its body."""
        text = json.dumps(body)
        start = time.perf_counter()
        self.connection.request("POST", path, text, {"Content-Type": "application/json"})
        answer = self.connection.getresponse()
        content = answer.read()
        return time.perf_counter() - start, answer.status, content


def main(binary: str) -> int:
    with running(binary) as url:
        return measure_all(Client(url))


def measure_all(client: Client) -> int:
    known = [f"known{n}@example.com" for n in range(USERS)]
    for name in known:
        client.post("/register", {"username": name, "password": PASSWORD})
    print(f"{'route':<17}{'pairs':>6}{'known ms':>10}{'unknown ms':>12}{'difference':>12}{'p':>8}")
    failed = 0
    for path, body in ROUTES.items():
        if client.post(path, {})[1] == NOT_FOUND:
            print(f"{path:<17}  is not there")
            continue
        if not (holds(client, path, body, known) or holds(client, path, body, known)):
            failed += 1
    print("known and unknown users are told apart" if failed else "nothing tells them apart")
    return 1 if failed else 0


def holds(client: Client, path: str, body: Callable[[str], Json], known: list[str]) -> bool:
    """Measures one route, prints its row, and says whether it gives nothing away."""
    times: dict[bool, list[float]] = {True: [], False: []}
    answers = set()
    for name in known * TRIES:
        pair = [(True, name), (False, f"unknown{random.getrandbits(64):x}@example.com")]
        random.shuffle(pair)
        for is_known, of in pair:
            seconds, *answer = client.post(path, body(of))
            times[is_known].append(seconds)
            answers.add(tuple(answer))
    medians = [statistics.median(times[is_known]) for is_known in (True, False)]
    difference = medians[0] - medians[1]
    p = mann_whitney(times[True], times[False])
    good = (
        len(answers) == 1
        and (p > LEAST_P or path in MEDIANS_ALONE)
        and abs(difference) <= max(MEDIAN_SECONDS, MEDIAN_SHARE * medians[1])
    )
    row = f"{path:<17}{len(times[True]):>6}{medians[0] * 1e3:>10.3f}{medians[1] * 1e3:>12.3f}"
    print(f"{row}{difference * 1e3:>12.3f}{p:>8.4f}  {'ok' if good else 'TOLD APART'}", flush=True)
    for status, content in answers if len(answers) > 1 else ():
        print(f"    {status} {content.decode()}")
    return good


def mann_whitney(first: list[float], second: list[float]) -> float:
    """The two-sided p of the U test, by the normal approximation; equal times do not occur."""
    ranked = sorted([(value, 0) for value in first] + [(value, 1) for value in second])
    ranks = sum(rank for rank, (_, group) in enumerate(ranked, 1) if group == 0)
    n, m = len(first), len(second)
    u = ranks - n * (n + 1) / 2
    deviation = math.sqrt(n * m * (n + m + 1) / 12)
    return math.erfc(abs(u - n * m / 2) / deviation / math.sqrt(2))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    sys.exit(main(sys.argv[1]))
