"""Tokens of a text: words with their brackets balanced and only the newlines that end a statement; comments apart."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from netspec.lang.lexical import NAME_LIMIT, NUMBER_LIMIT, WORD_LIMIT
from netspec.lang.text.brackets import balance
from netspec.lang.text.grammar import grammar
from netspec.lang.text.words import Comment, Word, word
from netspec.problems import Problems
from netspec.problems.syntax import (
    NumberTooLarge,
    StrayCharacter,
    TooLong,
    TooManyWords,
    UnclosedString,
    UnknownEscape,
)
from netspec.source import Source

UNUSUAL = ("COMMENT", "STRAY", "UNCLOSED")
"""The kinds of pieces that are no words as they are."""
LIMITED = ("STRING", "NAME", "NUMBER")
"""The kinds of words that may be too long, or invalid by themselves."""
UNKNOWN_ESCAPE = re.compile(r'(?:[^\\]|\\["\\nrt])*(\\[^"\\nrt])')


def tokenize(source: Source, problems: Problems) -> tuple[list[Word], list[Comment]]:
    """The words for the parser, with their brackets balanced, and the comments. Never raises."""
    words: list[Word] = []
    comments: list[Comment] = []
    spoiled = 0  # the end of the last line with a stray character: one per line is enough
    for kind, text, start, end in grammar().pieces(source.text):
        if kind == "BLANK":
            continue
        span = source.span(start, end)
        if kind not in UNUSUAL:
            if len(words) == WORD_LIMIT:
                problems.add(TooManyWords(span, WORD_LIMIT))
                return [], []
            words.append(found := word(kind, text, span))
            if kind in LIMITED:
                _check_length(found, problems)
            continue
        match kind:
            case "COMMENT":
                own_line = not words or words[-1].type == "_NEWLINE"
                comments.append(Comment(span, text.rstrip(), own_line))
            case "STRAY" if start < spoiled:
                pass
            case "STRAY":
                problems.add(StrayCharacter(span, text))
                problems.silence(line := source.line_of(span))
                spoiled = line.end
            case "UNCLOSED":
                problems.add(UnclosedString(span))
                problems.silence(source.line_of(span))
                words.append(word("STRING", f'{text.rstrip()}"', span))
    return list(_statement_ends(balance(words, source, problems))), comments


def _check_length(word: Word, problems: Problems) -> None:
    if word.type == "STRING" and (escape := UNKNOWN_ESCAPE.match(word)):
        span = word.span.source.span(word.span.start + escape.start(1), word.span.start + escape.end(1))
        problems.add(UnknownEscape(span, escape[1]))
        problems.silence(word.span)
    elif word.type == "NAME" and len(word) > NAME_LIMIT:
        problems.add(TooLong(word.span, "name", NAME_LIMIT))
    elif word.type == "NUMBER":
        if len(word) > NUMBER_LIMIT:
            problems.add(TooLong(word.span, "number", NUMBER_LIMIT))
        elif float(word) == float("inf"):
            problems.add(NumberTooLarge(word.span))


# ---- newlines ----


def _statement_ends(words: Iterable[Word]) -> Iterator[Word]:
    """The words without newlines inside ( ) and [ ], before `->`, and between `}` and `else`: they end no statement."""
    depth = 0
    newline: Word | None = None
    last: Word | None = None
    for item in words:
        if item.type == "_NEWLINE":
            newline = newline or (item if depth == 0 else None)
            continue
        if newline is not None and item != "->" and not (item.type == "ELSE" and last == "}"):
            yield newline
        newline = None
        depth += (item.type in ("LPAR", "LSQB")) - (item.type in ("RPAR", "RSQB"))
        yield item
        last = item
