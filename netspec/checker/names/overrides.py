"""Values for params from outside, as `--set name=value` gives them: each is read and shown behind its name."""

from __future__ import annotations

from netspec.checker.names.vocabulary import meant
from netspec.lang import tree
from netspec.lang.text.parser import parse_expression
from netspec.problems import Problems
from netspec.problems.names import UndefinedName
from netspec.source import Source, Span

OPTION = "--set"
"""What a message names in the place of a file."""


def read_override(name: str, text: str, params: tuple[str, ...], problems: Problems) -> tree.Expression | None:
    """The value for a param, or None after reporting that there is no such param or what is wrong with the value."""
    if name not in params:
        span = Source(OPTION, f"{name}={text}").span(0, len(name))
        key = name.rpartition(".")[2]
        hint = f"`{OPTION}` changes params: declare `param {key} = …` and write `{key} = {key}` for the setting"
        nearest = meant(name, params)
        problems.add(UndefinedName(span, name, nearest, params, hint=None if nearest else hint))
        return None
    return parse_expression(_Override(text, name), problems)


class _Override(Source):
    """The text of a value, whose spans are in the text with the name in front of it."""

    def __init__(self, text: str, param: str) -> None:
        super().__init__(OPTION, text)
        self.whole_text = Source(OPTION, f"{param}={text}")
        self.offset = len(param) + 1

    def span(self, start: int, end: int) -> Span:
        return self.whole_text.span(self.offset + start, self.offset + end)
