"""Lexical rules that both forms share: names, reserved words, brackets, and the limits of what is read."""

from __future__ import annotations

import re

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
RESERVED = ("true", "false", "none", "and", "or", "not", "if", "else")
"""Words that aren't a label without quotes."""

CLOSING = {"(": ")", "[": "]", "{": "}"}

NESTING_LIMIT = 64
NAME_LIMIT = 64
NUMBER_LIMIT = 32
WORD_LIMIT = 100_000


def is_plain_label(label: str) -> bool:
    """Whether a label can be written without quotes."""
    return NAME.fullmatch(label) is not None and label not in RESERVED
