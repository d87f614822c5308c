"""Has schemathesis ask the local stack for everything that openapi.yaml describes.

Usage: run.py BINARY [OPTION]...     the built passmint, and more options of `schemathesis run`
"""

import os
import re
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import yaml

HERE = Path(__file__).resolve().parent
CONTRACT = HERE.parent.parent / "openapi.yaml"
# So long that only a run which hangs is ended.
LIMIT_SECONDS = 900
OPTIONS = ["--ephemeral", "--port", "0", "--cognito-port", "0", "--rate-limits", "off"]


def main(binary: str, *more: str) -> int:
    with (
        tempfile.TemporaryDirectory() as folder,
        subprocess.Popen(
            [binary, *OPTIONS], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        ) as passmint,
    ):
        tally = Path(folder) / "tally"
        try:
            status = schemathesis(url_of(passmint), tally, *more)
        finally:
            passmint.kill()
        return status or never_successful(tally)


def url_of(passmint: subprocess.Popen[str]) -> str:
    """The URL in the start-up lines. The mails that follow are read and thrown away."""
    assert passmint.stdout is not None
    for line in passmint.stdout:
        if found := re.search(r"running at\s+(\S+)", line):
            threading.Thread(target=passmint.stdout.read, daemon=True).start()
            return found[1]
    raise SystemExit("passmint did not start")


def schemathesis(url: str, tally: Path, *more: str) -> int:
    command = ["schemathesis", "--config-file", HERE / "schemathesis.toml", "run", CONTRACT]
    variables = {
        "PYTHONPATH": str(HERE),
        "PASSMINT_API": url,
        "PASSMINT_TALLY": str(tally),
        "HYPOTHESIS_STORAGE_DIRECTORY": str(tally.parent / "hypothesis"),
    }
    child = subprocess.run(
        [*command, "--url", url, *more],
        env=os.environ | variables,
        timeout=LIMIT_SECONDS,
        check=False,
    )
    return child.returncode


def never_successful(tally: Path) -> int:
    """Says which operations had no success, so that nothing is known of what they answer then."""
    answers = tally.read_text().splitlines()
    successful = {answer.partition(" ")[2] for answer in answers if answer.startswith("2")}
    paths = yaml.safe_load(CONTRACT.read_text())["paths"]
    operations = {f"{method.upper()} {path}" for path in paths for method in paths[path]}
    for name in sorted(operations - successful):
        print(f"{name} was never answered with a success")
    return 1 if operations - successful else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
