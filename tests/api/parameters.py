"""The generator's parameters, as openapi.yaml describes them in the body of POST /generate."""

import functools
import json
import random
import re
from pathlib import Path
from typing import Any

import jsonschema_rs
import yaml

CONTRACT = Path(__file__).resolve().parent.parent.parent / "openapi.yaml"
PLACE = "/components/schemas/GeneratorRequest/properties"

Values = dict[str, Any]

seen: set[tuple[str, str]] = set()


def few(sent: Values) -> Values:
    """A value that was not sent before, by itself, or else two of those that were.

    Nearly all parameters contradict each other: all of them at once would always be refused.
    """
    new = [name for name in sent if (name, repr(sent[name])) not in seen]
    names = new[:1] or random.Random(repr(sent)).sample(sorted(sent), min(2, len(sent)))
    seen.update((name, repr(sent[name])) for name in names)
    kept = {name: sent[name] for name in names}
    for name in names:
        kept = described(name).get("x-with", {}) | kept
    return kept


def faulty(sent: Values) -> Values:
    """What is at fault by itself, or else everything."""
    return {name: sent[name] for name in sent if not fits(name, sent[name])} or sent


def is_taken_as_text(name: str, value: Any) -> bool:
    """Whether a value of a body is what the query would have for one that fits."""
    if isinstance(value, (dict, list)):
        return False
    text = value if isinstance(value, str) else json.dumps(value)
    readings: list[Any] = [text]
    if re.fullmatch("[0-9]+", text):
        readings.append(int(text))
    if text.lower() in {"true", "false", "1", "0"}:
        readings.append(True)
    return any(fits(name, reading) for reading in readings)


def described(name: str) -> Values:
    """The schema of a parameter, which aliases refer to; nothing for others."""
    schema = document()["components"]["schemas"]["GeneratorRequest"]["properties"].get(name, {})
    return described(schema["$ref"].rpartition("/")[2]) if "$ref" in schema else schema


def fits(name: str, value: Any) -> bool:
    return bool(described(name)) and validator(name).is_valid(value)


@functools.cache
def validator(name: str) -> jsonschema_rs.Draft202012Validator:
    schema = {"$ref": f"#{PLACE}/{name}", "components": document()["components"]}
    return jsonschema_rs.Draft202012Validator(schema)


@functools.cache
def document() -> Values:
    return yaml.safe_load(CONTRACT.read_text())
