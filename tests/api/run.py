"""Has schemathesis ask the local stack for everything that openapi.yaml describes.

Usage: run.py BINARY [OPTION]...     the built passmint, and more options of `schemathesis run`
       with tests, the folder above this one, on PYTHONPATH
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import yaml

from passmint import running

HERE = Path(__file__).resolve().parent
CONTRACT = HERE.parent.parent / "openapi.yaml"
# So long that only a run which hangs is ended.
LIMIT_SECONDS = 900


def main(binary: str, *more: str) -> int:
    with tempfile.TemporaryDirectory() as folder, running(binary) as url:
        tally = Path(folder) / "tally"
        status = schemathesis(url, tally, *more)
        return status or never_successful(tally)


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
