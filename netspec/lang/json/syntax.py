"""JSON text to values with their spans: everything of RFC 8259 and nothing else."""

from __future__ import annotations

import re
from json import JSONDecodeError, JSONDecoder
from math import isinf

from netspec.diagnostics import Edit
from netspec.lang.json.nodes import Array, Literal, Member, Number, Object, String, Value
from netspec.lang.lexical import CLOSING, NESTING_LIMIT, NUMBER_LIMIT, WORD_LIMIT
from netspec.problems import Problem, Problems
from netspec.problems.syntax import (
    DuplicateKey,
    InvalidJSON,
    NumberTooLarge,
    TooDeep,
    TooLong,
    TooManyWords,
    Unclosed,
    UnclosedString,
)
from netspec.source import Source, Span

BLANK = re.compile(r"[ \t\n\r]*")
NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
# a text that may be meant as a number or a word is taken as a whole, so that a message can show it
NUMBER_LIKE = re.compile(r"[-+.0-9][-+.\w]*")
WORD = re.compile(r"\w+")
SURROGATE = re.compile("[\ud800-\udfff]")
STRINGS = JSONDecoder()
LITERALS = {"true": True, "false": False, "null": None}
NOT_FINITE = re.compile(r"[-+]?(nan|inf|infinity)", re.IGNORECASE)


def parse_value(source: Source, problems: Problems) -> Value | None:
    """The value of a JSON text, or None after reporting why it isn't JSON."""
    parser = _Parser(source, problems)
    try:
        return parser.file()
    except _Stop as stop:
        problems.add(stop.problem)
        return None


class _Stop(Exception):  # noqa: N818 - not an error of ours: it ends the parsing of a text that isn't JSON
    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self.problem = problem


class _Parser:
    """Parses from left to right; `at` is the offset of the next character."""

    def __init__(self, source: Source, problems: Problems) -> None:
        self.source = source
        self.text = source.text
        self.problems = problems
        self.at = 0
        self.opened: list[int] = []
        self.words = 0

    def file(self) -> Value:
        value = self._value()
        self._skip_blank()
        if self.at < len(self.text):
            raise self._not_json("the file goes on behind its one value")
        return value

    def _value(self) -> Value:
        self._skip_blank()
        self._count()
        match self.text[self.at : self.at + 1]:
            case "{":
                return self._object()
            case "[":
                return self._array()
            case '"':
                return self._string()
            case character if NUMBER_LIKE.match(character):
                return self._number()
            case _:
                return self._literal()

    # ---- objects and arrays ----

    def _object(self) -> Object:
        start = self._open()
        members: dict[str, Member] = {}
        while self._another("}", first=not members):
            if self.text[self.at : self.at + 1] != '"':
                raise self._unexpected("a key in double quotes")
            self._count()
            key = self._string()
            self._skip_blank()
            if self.text[self.at : self.at + 1] != ":":
                raise self._unexpected("`:` behind the key")
            self.at += 1
            member = Member(key, self._value())
            known = members.setdefault(key.value, member)
            if known is not member:
                self.problems.add(DuplicateKey(key.span, key.value, known.key.span))
        return Object(self._close(start), tuple(members.values()))

    def _array(self) -> Array:
        start = self._open()
        items: list[Value] = []
        while self._another("]", first=not items):
            items.append(self._value())
        return Array(self._close(start), tuple(items))

    def _open(self) -> int:
        self.opened.append(self.at)
        if len(self.opened) > NESTING_LIMIT:
            raise _Stop(TooDeep(self._here(1), NESTING_LIMIT))
        self.at += 1
        return self.at - 1

    def _close(self, start: int) -> Span:
        self.opened.pop()
        self.at += 1
        return self.source.span(start, self.at)

    def _another(self, closing: str, first: bool) -> bool:
        """Whether one more item follows; the comma before it is consumed, the closing bracket isn't."""
        self._skip_blank()
        if self.text[self.at : self.at + 1] == closing:
            return False
        if not first:
            if self.text[self.at : self.at + 1] != ",":
                raise self._unexpected(f"`,` or `{closing}`")
            comma = self._here(1)
            self.at += 1
            self._skip_blank()
            if self.text[self.at : self.at + 1] == closing:
                raise _Stop(InvalidJSON(comma, "no comma stands behind the last item"))
        return True

    # ---- strings, numbers, words ----

    def _string(self) -> String:
        start = self.at
        try:
            value, self.at = STRINGS.raw_decode(self.text, start)
        except JSONDecodeError as error:
            raise _Stop(self._string_error(start, error)) from None
        span = self.source.span(start, self.at)
        if SURROGATE.search(value):
            raise _Stop(InvalidJSON(span, "half of a surrogate pair is no character"))
        return String(span, value, escaped="\\" in self.text[start : self.at])

    def _string_error(self, start: int, error: JSONDecodeError) -> Problem:
        if error.msg.startswith("Unterminated") or self.text[error.pos : error.pos + 1] in ("\n", "\r"):
            end = re.compile(r"[^\r\n]*").match(self.text, start)
            return UnclosedString(self.source.span(start, end.end() if end else start))
        if error.msg.startswith("Invalid control"):
            code = f"U+{ord(self.text[error.pos]):04X}"
            return InvalidJSON(self._span(error.pos, 1), f"in a string {code} is written \\u{code[2:]}")
        backslash = self.text.rfind("\\", start, error.pos + 1)
        return InvalidJSON(self._span(backslash, 2), 'behind a backslash stands one of " \\ / b f n r t or uXXXX')

    def _number(self) -> Number:
        match = NUMBER_LIKE.match(self.text, self.at)
        assert match is not None
        text, span = match[0], self.source.span(*match.span())
        if not NUMBER.fullmatch(text):
            raise _Stop(InvalidJSON(span, self._number_error(text)))
        if len(text.lstrip("-")) > NUMBER_LIMIT:
            self.problems.add(TooLong(span, "number", NUMBER_LIMIT))
        elif isinf(float(text)):
            self.problems.add(NumberTooLarge(span))
        self.at = match.end()
        return Number(span, text)

    def _number_error(self, text: str) -> str:
        return "it has neither NaN nor Infinity" if NOT_FINITE.fullmatch(text) else f"`{text}` isn't one of its numbers"

    def _literal(self) -> Literal:
        match = WORD.match(self.text, self.at)
        if match is None:
            raise self._unexpected("a value")
        word, span = match[0], self.source.span(*match.span())
        if word not in LITERALS:
            if NOT_FINITE.fullmatch(word):
                raise _Stop(InvalidJSON(span, self._number_error(word)))
            raise _Stop(InvalidJSON(span, f"`{word}` is no value; strings are in double quotes"))
        self.at = match.end()
        return Literal(span, LITERALS[word])

    # ---- spans and errors ----

    def _count(self) -> None:
        """Count a key or a value against the limit, as the other form counts words."""
        self.words += 1
        if self.words > WORD_LIMIT:
            raise _Stop(TooManyWords(self._here(1), WORD_LIMIT))

    def _skip_blank(self) -> None:
        match = BLANK.match(self.text, self.at)
        assert match is not None
        self.at = match.end()

    def _span(self, start: int, length: int) -> Span:
        return self.source.span(start, min(start + length, len(self.text)))

    def _here(self, length: int) -> Span:
        return self._span(self.at, length)

    def _not_json(self, reason: str) -> _Stop:
        return _Stop(InvalidJSON(self._here(1), reason))

    def _unexpected(self, expected: str) -> _Stop:
        """The error if something else was expected at the current offset."""
        if self.at == len(self.text):
            if not self.opened:
                return self._not_json("the file is empty" if not self.text.strip() else f"expected {expected}")
            bracket = self.text[self.opened[-1]]
            here, closing = self._here(1), CLOSING[bracket]
            return _Stop(Unclosed(self._span(self.opened[-1], 1), bracket, closing, here, Edit(here, closing)))
        character = self.text[self.at]
        if character in "/#":
            return self._not_json("it has no comments; the key `$comment` holds one")
        if character == "'":
            return self._not_json("strings are in double quotes")
        name = character if character.isprintable() else f"U+{ord(character):04X}"
        return self._not_json(f"expected {expected}, found `{name}`")
