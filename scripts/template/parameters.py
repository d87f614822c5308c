"""Has the SAM CLI read the parameters as samconfig.toml and the documents write them.

It splits a value at spaces unless the value is quoted once more, and what --parameter-overrides
says takes the place of the whole list in samconfig.toml, AllowedOrigin among it.

Usage: parameters.py, with the Python of .venv/build     exits 1 if anything does not come out
"""

import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

from samcli.cli.types import CfnParameterOverridesType
from samcli.yamlhelper import yaml_parse

ROOT = Path(__file__).resolve().parent.parent.parent
DOCUMENTS = ["README.md", "docs/operations.md", "samconfig.toml", "scripts/build"]
SENDER = "Passmint <passmint@example.com>"


def main() -> int:
    faults = [*samconfig(), *documents()]
    print(*faults, sep="\n", end="\n" if faults else "")
    return 1 if faults else 0


def samconfig() -> Iterator[str]:
    """Every list of samconfig.toml is taken, and names parameters of the template only."""
    declared = yaml_parse((ROOT / "template.yaml").read_text(encoding="utf-8"))["Parameters"]
    config = tomllib.loads((ROOT / "samconfig.toml").read_text(encoding="utf-8"))
    for name in ("default", "prod"):
        written = config[name]["deploy"]["parameters"]["parameter_overrides"]
        read = taken(written)
        if len(read) != len(written) or read.keys() - declared.keys():
            yield f"samconfig.toml, {name}: {written} became {read}"


def documents() -> Iterator[str]:
    """A sender with a name arrives whole, and no document replaces the list of samconfig.toml."""
    for name in DOCUMENTS:
        text = (ROOT / name).read_text(encoding="utf-8")
        # In single quotes, which are the shell's or TOML's.
        quoted = re.findall(r"'(MailFrom=.+?)'", text)
        if len(quoted) != text.count("MailFrom=") or any(
            taken([it]) != {"MailFrom": SENDER} for it in quoted
        ):
            yield f"{name}: MailFrom is not read as {SENDER}"
        if re.search(r"sam deploy[^\n`]*--parameter-overrides", text):
            yield f"{name}: --parameter-overrides replaces the list of samconfig.toml"


def taken(written: list[str]) -> dict[str, str]:
    return CfnParameterOverridesType().convert(written, None, None)


if __name__ == "__main__":
    sys.exit(main())
