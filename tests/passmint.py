"""The local stack as a child process, for checks that need nothing but Python."""

import re
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager

OPTIONS = ["--ephemeral", "--port", "0", "--cognito-port", "0"]


@contextmanager
def running(binary: str) -> Iterator[str]:
    """Starts the binary, gives its URL, and ends it, whatever happens in between."""
    with subprocess.Popen(
        [binary, *OPTIONS], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as passmint:
        try:
            yield url_of(passmint)
        finally:
            passmint.kill()


def url_of(passmint: subprocess.Popen[str]) -> str:
    """The URL in the start-up lines. The mails that follow are read and thrown away."""
    assert passmint.stdout is not None
    for line in passmint.stdout:
        if found := re.search(r"running at\s+(\S+)", line):
            threading.Thread(target=passmint.stdout.read, daemon=True).start()
            return found[1]
    raise SystemExit("passmint did not start")
