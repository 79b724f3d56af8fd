"""Text to tokens: words with places, comments apart, brackets matched, and only the newlines that end a statement."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple, cast

from lark import Token

from netspec.diagnostics import Edit
from netspec.lang.text.grammar import grammar
from netspec.problems import Problems
from netspec.problems.syntax import (
    MissingBrace,
    NumberTooLarge,
    StrayCharacter,
    TooDeep,
    TooLong,
    TooManyWords,
    Unclosed,
    UnclosedString,
    UnknownEscape,
    Unopened,
)
from netspec.source import Source, Span

NESTING_LIMIT = 64
NAME_LIMIT = 64
NUMBER_LIMIT = 32
WORD_LIMIT = 100_000
SECOND_THOUGHTS = 3
"""How many braces are looked for that close too early."""

UNKNOWN_ESCAPE = re.compile(r'(?:[^\\]|\\["\\nrt])*(\\[^"\\nrt])')
CLOSING = {"(": ")", "[": "]", "{": "}"}
TYPES = {"(": "LPAR", ")": "RPAR", "[": "LSQB", "]": "RSQB", "{": "LBRACE", "}": "RBRACE"}


class Word(Token):
    """A token of lark's with its span."""

    span: Span


class Comment(NamedTuple):
    """A comment's text without the `#`; `own_line` if nothing stands before it on its line."""

    span: Span
    text: str
    own_line: bool


def word(type: str, text: str, span: Span) -> Word:
    result = cast(Word, Word(type, text))
    result.span = span
    return result


def tokenise(source: Source, problems: Problems) -> tuple[list[Word], list[Comment]]:
    """The words that the parser takes, brackets balanced, and the comments. Never raises."""
    words: list[Word] = []
    comments: list[Comment] = []
    spoiled = 0  # the end of the last line with a stray character: one a line is enough
    for token in grammar().lex(source.text, dont_ignore=True):
        assert token.start_pos is not None and token.end_pos is not None
        span = source.span(token.start_pos, token.end_pos)
        match token.type:
            case "BLANK":
                pass
            case "COMMENT":
                own_line = not words or words[-1].type == "_NEWLINE"
                comments.append(Comment(span, str(token).rstrip(), own_line))
            case "STRAY" if span.start < spoiled:
                pass
            case "STRAY":
                problems.add(StrayCharacter(span, str(token)))
                problems.silence(line := source.line_of(span))
                spoiled = line.end
            case "UNCLOSED":
                problems.add(UnclosedString(span))
                problems.silence(source.line_of(span))
                words.append(word("STRING", f'{token.rstrip()}"', span))
            case _ if len(words) == WORD_LIMIT:
                problems.add(TooManyWords(span, WORD_LIMIT))
                return [], []
            case kind:
                words.append(word(kind, str(token), span))
                _check_length(words[-1], problems)
    return list(_statement_ends(_balance(words, source, problems))), comments


def _check_length(word: Word, problems: Problems) -> None:
    if word.type == "STRING" and (escape := UNKNOWN_ESCAPE.match(word)):
        place = word.span.source.span(word.span.start + escape.start(1), word.span.start + escape.end(1))
        problems.add(UnknownEscape(place, escape[1]))
        problems.silence(word.span)
    elif word.type == "NAME" and len(word) > NAME_LIMIT:
        problems.add(TooLong(word.span, "name", NAME_LIMIT))
    elif word.type == "NUMBER":
        if len(word) > NUMBER_LIMIT:
            problems.add(TooLong(word.span, "number", NUMBER_LIMIT))
        elif float(word) == float("inf"):
            problems.add(NumberTooLarge(word.span))


# ---- brackets ----


def _balance(words: list[Word], source: Source, problems: Problems) -> list[Word]:
    """The words with each bracket closed: what is missing is put in where it was most likely meant, and reported."""
    for _ in range(SECOND_THOUGHTS):
        early = _closed_early(words)
        if early is None:
            break
        problems.add(Unopened(words[early].span, "}"))
        del words[early]
    index = 0
    opened: list[int] = []
    # how a file is indented counts only where braces are missing
    missing = sum(text.type == "LBRACE" for text in words) > sum(text.type == "RBRACE" for text in words)
    while index < len(words):
        text = words[index]
        if text.type == "LBRACE" and opened and words[opened[-1]] != "{":
            # no brace stands within ( ) or [ ], so one of those isn't closed
            index = _close(words, opened, index, source, problems)
            continue
        if text in CLOSING and text.type in TYPES.values():
            opened.append(index)
            if len(opened) > NESTING_LIMIT:
                problems.add(TooDeep(text.span, NESTING_LIMIT))
                return []
        elif text.type in ("RPAR", "RSQB", "RBRACE"):
            top = words[opened[-1]] if opened else None
            if top is not None and CLOSING[top] == text:
                if missing and text == "}" and _is_of_another(words, opened, index):
                    index = _close(words, opened, index, source, problems)
                    continue
                opened.pop()
            elif any(CLOSING[words[i]] == text for i in opened):
                index = _close(words, opened, index, source, problems)
                continue
            elif top is not None and text.type != "RBRACE" and top != "{":
                problems.add(Unclosed(top.span, str(top), CLOSING[top], text.span, Edit(text.span, CLOSING[top])))
                words[index] = word(TYPES[CLOSING[top]], CLOSING[top], text.span)
                opened.pop()
            elif text.type == "RBRACE" and (head := _lone_name(words, index)):
                problems.add(MissingBrace(words[head - 1].span, str(words[head - 1])))
                words.insert(head, word("LBRACE", "{", words[head - 1].span.after()))
                # what was opened behind it is met again
                opened[:] = [place for place in opened if place < head]
                index = head
                continue
            else:
                problems.add(Unopened(text.span, str(text)))
                del words[index]
                continue
        index += 1
        if index == len(words) and opened:
            index = _close(words, opened, index, source, problems)
    return words


def _close(words: list[Word], opened: list[int], found: int, source: Source, problems: Problems) -> int:
    """Close the innermost open bracket somewhere before word `found`; gives the index to go on from."""
    opener = opened.pop()
    bracket = words[opener]
    place = _end_of_block(words, opener, found) if bracket == "{" else _end_of_call(words, opener, found)
    before = words[place - 1].span.after() if place else bracket.span
    where = before if place < len(words) or bracket != "{" else source.span(len(source.text), len(source.text))
    closing = CLOSING[bracket]
    # a string that isn't closed has swallowed brackets too
    if not any(isinstance(problem, UnclosedString) for problem in problems):
        edit = _closing_brace(words, opener, place) if bracket == "{" else Edit(where, closing)
        problems.add(Unclosed(bracket.span, str(bracket), closing, where, edit))
    words.insert(place, word(TYPES[closing], closing, where))
    if bracket == "{":
        words.insert(place + 1, word("_NEWLINE", "\n", where))
    else:
        problems.silence(bracket.span.to(where))
    # brackets that were opened behind the place are met again
    opened[:] = [index for index in opened if index < place]
    return place + 1


def _closing_brace(words: list[Word], opener: int, place: int) -> Edit:
    """The brace that is missing: on the line of what it opened, or on one of its own."""
    last = next(at for at in range(place - 1, opener - 1, -1) if words[at].type != "_NEWLINE")
    same = words[last].span.after().line == words[opener].span.line
    return Edit(words[last].span.after(), " }" if same else f"\n{' ' * (_indent(words, opener) - 1)}}}")


def _lone_name(words: list[Word], index: int) -> int | None:
    """The index behind the last name before `index` that stands at the very left of a line of its own."""
    for head in range(index - 1, 0, -1):
        if words[head].type == "_NEWLINE" and words[head - 1].type == "NAME" and words[head - 1].span.column == 1:
            return head
    return None


def _end_of_call(words: list[Word], opener: int, found: int) -> int:
    """Where `(` or `[` was meant to be closed: at the end of the first line that doesn't ask for more or isn't followed
    by a line that stands deeper than its own, or before what can't stand within it."""
    indent = _indent(words, opener)
    for index in range(opener + 1, found):
        following = words[index + 1 : index + 3]
        if words[opener] == "[" and words[index] == "," and [item.type for item in following] == ["NAME", "EQUAL"]:
            return index
        if words[opener] == "(" and words[index] == "->" and words[index - 1].type == "NUMBER":
            return index
        if words[index].type == "_NEWLINE" and words[index - 1].type not in ("COMMA", "LPAR", "LSQB", "EQUAL"):
            following = words[index + 1] if index + 1 < len(words) else None
            if following is None or following.type not in ("RPAR", "RSQB", "ARROW"):
                return index
        if words[index].type == "_NEWLINE" and words[index - 1].type in ("COMMA", "LPAR"):
            # a line of arguments would stand deeper
            following = words[index + 1] if index + 1 < len(words) else None
            if following is not None and following.type == "NAME" and following.span.column <= indent:
                return index
    return found


def _closed_early(words: list[Word]) -> int | None:
    """The `}` behind something else on its line that closes what an earlier line opened, if one is left over later.

    Where none is such a one is a matter of style.
    """
    opened: list[int] = []
    suspect: int | None = None
    for index, text in enumerate(words):
        if text.type == "LBRACE":
            opened.append(index)
        elif text.type == "RBRACE" and not opened:
            return suspect
        elif text.type == "RBRACE":
            opener = opened.pop()
            if words[index - 1].type != "_NEWLINE" and words[opener].span.line != text.span.line:
                suspect = index
    return None


def _is_of_another(words: list[Word], opened: list[int], index: int) -> bool:
    """Whether a `}` stands below the start of a line that opened another brace than the last one, further out."""
    if words[index - 1].type != "_NEWLINE":
        return False
    column = words[index].span.column
    further = [_indent(words, place) for place in opened[:-1] if words[place] == "{"]
    return _indent(words, opened[-1]) > column and column in further


def _indent(words: list[Word], index: int) -> int:
    """The column at which the line of a word begins."""
    while index and words[index - 1].type != "_NEWLINE":
        index -= 1
    return words[index].span.column


def _end_of_block(words: list[Word], opener: int, found: int) -> int:
    """Where `{` was meant to be closed: before the next line that stands no deeper than its own, if what is within it
    does; else before the next block that begins at the very left, or at the end."""
    indent = _indent(words, opener)
    behind = range(opener + 1, found)
    lines = [at for at in behind if words[at - 1].type == "_NEWLINE" and words[at].type != "_NEWLINE"]
    first = next((at for at in behind if words[at].type != "_NEWLINE"), opener)
    inner = words[first].span.column if first in lines else indent + 1
    if inner > indent:
        return next((index for index in lines if words[index].span.column <= indent), found)
    for index in range(opener + 1, found - 1):
        at_left = words[index].span.column == 1 and words[index - 1].type == "_NEWLINE"
        if at_left and words[index].type == "NAME" and words[index + 1] == "{":
            return index
    return found


# ---- newlines ----


def _statement_ends(words: Iterable[Word]) -> Iterator[Word]:
    """Without the newlines inside ( ) and [ ], before `->`, and between `}` and `else`, which end nothing."""
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
