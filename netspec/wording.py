"""Words of messages: articles, plurals, lists of names, measured numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence


def with_article(noun: str) -> str:
    """`an optimizer`, `a layer`."""
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"


def plural(noun: str) -> str:
    """`layers`, `losses`, `penalties`, `epochs`."""
    if noun.endswith(("s", "x", "ch", "sh")) and noun != "epoch":
        return f"{noun}es"
    if noun.endswith("y") and noun[-2:-1] not in "aeiou":
        return f"{noun[:-1]}ies"
    return f"{noun}s"


def counted(number: int, noun: str) -> str:
    """`1 number`, `3 numbers`."""
    return f"{number} {noun if number == 1 else plural(noun)}"


def either(choices: Sequence[str]) -> str:
    """`a, b or c`."""
    return " or ".join([", ".join(choices[:-1]), choices[-1]]) if len(choices) > 1 else "".join(choices)


def listing(names: Sequence[str], limit: int = 8) -> str:
    """The first of some names, and a sign that there are more."""
    return ", ".join(names[:limit]) + (", …" if len(names) > limit else "")


def decimal(value: float) -> str:
    """A measured number with four decimals, in powers of ten where those would say little."""
    if not math.isfinite(value):
        return str(value)
    small_or_large = value != 0 and not 1e-3 <= abs(value) < 1e4
    return f"{value:.3e}" if small_or_large else f"{value:.4f}"
