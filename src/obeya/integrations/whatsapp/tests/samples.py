"""The sample deliveries, by name."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent.parent / "samples"
NAMES = sorted(path.stem for path in FOLDER.glob("*.json"))


def body(name: str) -> bytes:
    """The bytes of the sample `name`."""
    return (FOLDER / f"{name}.json").read_bytes()


def envelope(name: str) -> Any:
    """The sample `name`, parsed, to be bent by a test."""
    return json.loads(body(name))


def value(envelope: Any) -> Any:
    """The `value` of an envelope's first change."""
    return envelope["entry"][0]["changes"][0]["value"]


def with_message(**changes: Any) -> bytes:
    """The text sample with fields of its message replaced; None takes a field out."""
    found = envelope("text")
    message = {**value(found)["messages"][0], **changes}
    value(found)["messages"] = [{key: item for key, item in message.items() if item is not None}]
    return json.dumps(found).encode()
