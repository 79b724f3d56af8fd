"""Journals that were changed: damaged, or forged with checksums that are right."""

from __future__ import annotations

import json
from hashlib import sha256
from random import Random
from typing import Any

HOSTILE = (
    *(None, True, -1, 0, 2**63, 10**38, 1e308, -0.0, "", "x" * 100_000, "\ud800", "nan", "1e999", "__import__('os')"),
    *([], [[]], {}, {"unit": "epochs"}, [[1, None]], [[1, 2], [1, 2]], {"number": 1, "unit": "years"}),
    ["NS601", "\x1b[2J"],
)


def seal(records: list[dict[str, Any]]) -> bytes:
    """Lines as a journal has them, with checksums that are right."""
    before, content = "", b""
    for record in records:
        text = json.dumps(record, separators=(",", ":")).encode()
        before = sha256(before.encode() + text).hexdigest()[:16]
        content += json.dumps({"sum": before, **record}, separators=(",", ":")).encode() + b"\n"
    return content


def records_of(content: bytes) -> list[dict[str, Any]]:
    return [{key: value for key, value in json.loads(line).items() if key != "sum"} for line in content.splitlines()]


def forged(content: bytes, chance: Random) -> bytes:
    """A journal with right checksums in which something else is said."""
    records = records_of(content)
    for _ in range(chance.randint(1, 3)):
        match chance.randrange(5):
            case 0:
                records.insert(chance.randint(0, len(records)), dict(chance.choice(records)))
            case 1:
                records.pop(chance.randrange(len(records)))
            case 2:
                chance.shuffle(records)
            case _:
                change(chance.choice(records), chance)
        records = records or [{}]
    return seal(records)


def change(value: Any, chance: Random) -> None:
    """Put something else in a random place of nested data."""
    while isinstance(value, dict | list) and value:
        key = chance.choice(list(value)) if isinstance(value, dict) else chance.randrange(len(value))
        if not isinstance(value[key], dict | list) or not value[key] or chance.random() < 0.2:
            value[key] = chance.choice(HOSTILE)
            return
        value = value[key]


def damaged(content: bytes, chance: Random) -> bytes:
    """A journal in which bytes have changed, gone or come."""
    found = bytearray(content)
    for _ in range(chance.randint(1, 4)):
        place = chance.randrange(len(found) or 1)
        match chance.randrange(4):
            case 0:
                found[place : place + 1] = bytes([chance.randrange(256)])
            case 1:
                del found[place : place + chance.randint(1, 200)]
            case 2:
                found[place:place] = bytes(chance.randrange(256) for _ in range(chance.randint(1, 20)))
            case _:
                del found[place:]
    return bytes(found)
