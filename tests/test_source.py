"""Lines and columns of a text as editors count them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netspec.source import PositionEncoding, Source

ENCODINGS: tuple[PositionEncoding, ...] = ("utf-8", "utf-16", "utf-32")
UNIT = {"utf-8": 1, "utf-16": 2, "utf-32": 4}
"""The bytes of a code unit."""

CHARACTERS = ["a", " ", "ü", "e\u0301", "漢", "𝒳", "👩‍🔬", "\u2028", "\f", "\n", "\r\n", "\r"]
"""One to four bytes of UTF-8, combining marks, line separators that editors don't count, and all line endings."""

TEXTS = st.lists(st.sampled_from(CHARACTERS), max_size=20).map("".join)


def encoded(text: str, encoding: PositionEncoding) -> int:
    """The code units of a text, as Python's own encoder has them."""
    return len(text.encode(f"{encoding}-le" if encoding != "utf-8" else encoding)) // UNIT[encoding]


@given(TEXTS, st.sampled_from(ENCODINGS))
def test_there_and_back_from_every_offset(text: str, encoding: PositionEncoding) -> None:
    source = Source("spec.net", text)
    for offset in range(len(text) + 1):
        within_ending = text[offset - 1 : offset + 1] == "\r\n" and offset > 0
        line, column = source.line_column(offset, encoding)
        assert source.offset_at(line, column, encoding) == offset - within_ending


@given(TEXTS, st.sampled_from(ENCODINGS))
def test_they_are_those_of_the_lines_split_and_encoded(text: str, encoding: PositionEncoding) -> None:
    source = Source("spec.net", text)
    for offset in range(len(text) + 1):
        *before, last = re.split(r"\r\n|\r|\n", text[:offset])
        if text[offset - 1 : offset + 1] != "\r\n" or offset == 0:
            assert source.line_column(offset, encoding) == (len(before), encoded(last, encoding))


@given(TEXTS, st.integers(0, 25), st.integers(0, 50), st.sampled_from(ENCODINGS))
def test_a_column_past_the_end_of_its_line_is_that_end(
    text: str, line: int, column: int, encoding: PositionEncoding
) -> None:
    source, lines = Source("spec.net", text), re.split(r"\r\n|\r|\n", text)
    offset = source.offset_at(line, column, encoding)
    if line >= len(lines):
        assert offset == len(text)
    elif column >= encoded(lines[line], encoding):
        assert source.line_column(offset, encoding) == (line, encoded(lines[line], encoding))
        assert text[offset : offset + 1] in ("", "\r", "\n")
    else:
        # never past what was asked for, and by less than a character before it
        assert source.line_column(offset, encoding) <= (line, column)
        assert source.line_column(offset + 1, encoding) > (line, column)


@pytest.mark.parametrize(
    ("encoding", "column", "offset"),
    [
        ("utf-32", 2, 2),
        ("utf-16", 3, 2),
        ("utf-8", 5, 2),
        ("utf-16", 2, 1),  # between the halves of the pair
        ("utf-8", 4, 1),
        ("utf-16", 0, 0),
        ("utf-16", 99, 3),
    ],
)
def test_a_character_outside_of_the_first_plane(encoding: PositionEncoding, column: int, offset: int) -> None:
    source = Source("spec.net", "a𝒳b\r\nc")
    assert source.offset_at(0, column, encoding) == offset
    assert source.offset_at(1, 0, encoding) == 5
    assert source.line_column(4, encoding) == source.line_column(3, encoding)


def test_editors_count_utf_16_unless_they_say_otherwise() -> None:
    source = Source("spec.net", "𝒳 = 1")
    assert source.line_column(1) == (0, 2)
    assert source.offset_at(0, 2) == 1


def test_an_excerpt_keeps_the_lines_of_its_file() -> None:
    source = Source("page.md", "a\nb", first_line=10)
    assert source.line_column(2) == (10, 0)
    assert source.offset_at(10, 0) == 2
    assert source.offset_at(3, 1) == 0
    assert source.offset_at(11, 0) == 3


def test_a_column_before_the_line_is_its_start() -> None:
    assert Source("spec.net", "a\nüb").offset_at(1, -1) == Source("spec.net", "a\nab").offset_at(1, -1) == 2
