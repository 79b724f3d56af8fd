"""Names, numbers and times as people read them, the same on the terminal, in plots and on the page."""

from __future__ import annotations

import json
import math
import unicodedata
from datetime import datetime
from typing import TYPE_CHECKING, Any

from netspec.source import NEWLINE
from netspec.wording import decimal

if TYPE_CHECKING:
    from netspec.program.freezing import Learned

HIDDEN = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})
"""The Unicode categories of what changes a line without being seen in it: controls, marks of direction, separators of
lines, unassigned and private characters."""


def clean(text: str) -> str:
    """A text in one line, in which nothing steers a terminal or hides or reorders what stands there.

    Each character stays one, so that what is below a place in the text stays below it.
    """

    def shown(character: str) -> str:
        return character if not _hidden(character) else " " if character.isspace() else "\N{REPLACEMENT CHARACTER}"

    return "".join(map(shown, text))


def reveal(text: str) -> str:
    """A text with its lines, hidden characters shown by their numbers: what a reviewer sees is what is there."""

    def shown(character: str) -> str:
        return f"<U+{ord(character):04X}>" if _hidden(character) and character not in "\n\t" else character

    return "".join(map(shown, NEWLINE.sub("\n", text)))


def _hidden(character: str) -> bool:
    return unicodedata.category(character) in HIDDEN


def shorten(text: str, length: int) -> str:
    """A cleaned name of at most that many characters."""
    name = clean(text)
    return name if len(name) <= length else name[: length - 1].rstrip() + "…"


def count(number: int) -> str:
    """A whole number, in groups of three digits from five digits on."""
    return f"{number:,}".replace(",", " ") if abs(number) >= 10_000 else str(number)


def learning(part: Learned, parameters: int) -> str:
    """What is learned in a part of the training, of all numbers: `epochs 1 to 3: 5130 of 11 181 642 in head`."""
    return f"{part.when}: {count(part.parameters)} of {count(parameters)} parameters, in {', '.join(part.scopes)}"


def measure(name: str, value: float) -> str:
    """A value of an epoch or a split, as its name wants it: accuracy in percent, seconds to a hundredth."""
    match name.rpartition(".")[2]:
        case measured if "accuracy" in measured and math.isfinite(value):
            return f"{value:.2%}"
        case "seconds":
            return f"{value:.2f}"
        case _:
            return decimal(value)


def duration(seconds: float) -> str:
    """A time with its unit, two units where it is long."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest:02} s"
    return f"{minutes // 60} h {minutes % 60:02} min"


def brief(seconds: float) -> str:
    """A short time with its unit, to three digits."""
    for factor, unit in ((1, "s"), (1e3, "ms")):
        if seconds * factor >= 1:
            return f"{seconds * factor:.3g} {unit}"
    return f"{seconds * 1e6:.3g} µs"


def counted_samples(number: int) -> str:
    return f"{count(number)} sample{'s' * (number != 1)}"


def size(bytes: int) -> str:
    """A size with its unit: bytes as they are, larger ones to three digits."""
    for power, unit in ((30, "GiB"), (20, "MiB"), (10, "KiB")):
        if bytes >= 2**power:
            return f"{bytes / 2**power:.3g} {unit}"
    return f"{bytes} bytes"


def share(value: float) -> str:
    """A share of 1 in percent, rounded down to a hundredth, so that 100 % is all."""
    return f"{math.floor(10_000 * value) / 100:.2f} %"


def date(when: datetime) -> str:
    """A day and the time of day, the same in every locale."""
    return f"{when:%Y-%m-%d, %H:%M}"


def learned(value: Any, most: int = 6) -> str:
    """What a transform learned: the first numbers of a list, and other JSON data as it is."""
    if not (isinstance(value, list) and all(isinstance(number, float | int) for number in value)):
        return json.dumps(value, ensure_ascii=False)
    shown = ", ".join(map(decimal, value[:most]))
    return f"{shown}, … ({len(value)} numbers)" if len(value) > most else shown


def times(number: int) -> str:
    return f"{count(number)} time{'s' * (number != 1)}"
