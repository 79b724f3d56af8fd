"""Brackets: closes those that a text leaves open, where they were most likely meant to be closed, and reports them."""

from __future__ import annotations

from netspec.diagnostics import Edit
from netspec.lang.lexical import CLOSING, NESTING_LIMIT
from netspec.lang.text.words import Word, word
from netspec.problems import Problems
from netspec.problems.syntax import MissingBrace, TooDeep, Unclosed, UnclosedString, UnexpectedToken, Unopened
from netspec.source import Source

SECOND_THOUGHTS = 3
"""The number of braces that are looked for which close too early."""

TYPES = {"(": "LPAR", ")": "RPAR", "[": "LSQB", "]": "RSQB", "{": "LBRACE", "}": "RBRACE"}
CLOSERS = {TYPES[opening]: TYPES[closing] for opening, closing in CLOSING.items()}
"""The kind of the closing bracket for that of each opening one."""


NEVER_PIPED = ("NUMBER", "STRING", "TRUE", "FALSE", "NONE")
"""The kinds of words before which a call is closed, if `->` follows them."""


def balance(words: list[Word], source: Source, problems: Problems) -> list[Word]:
    """The words with each bracket closed: a missing one is inserted where it was most likely meant, and reported."""
    if _is_balanced(words):
        return words
    for _ in range(SECOND_THOUGHTS):
        early = _closed_early(words)
        if early is None:
            break
        problems.add(Unopened(words[early].span, "}"))
        del words[early]
    index = 0
    opened: list[int] = []
    # how a file is indented counts only where braces are missing
    missing = sum(item.type == "LBRACE" for item in words) > sum(item.type == "RBRACE" for item in words)
    while index < len(words):
        item = words[index]
        if item.type == "LBRACE" and opened and words[opened[-1]] != "{":
            if (end := _closed_at(words, opened[-1])) is not None:
                index = _refuse_body(words, opened.pop(), index, end, problems)
                continue
            # there are no braces within ( ) or [ ], so one of those isn't closed
            index = _close(words, opened, index, source, problems)
            continue
        if item in CLOSING and item.type in TYPES.values():
            opened.append(index)
            if len(opened) > NESTING_LIMIT:
                problems.add(TooDeep(item.span, NESTING_LIMIT))
                return []
        elif item.type in ("RPAR", "RSQB", "RBRACE"):
            top = words[opened[-1]] if opened else None
            if top is not None and CLOSING[top] == item:
                if missing and item == "}" and _is_of_another(words, opened, index):
                    index = _close(words, opened, index, source, problems)
                    continue
                opened.pop()
            elif any(CLOSING[words[i]] == item for i in opened):
                index = _close(words, opened, index, source, problems)
                continue
            elif top is not None and item.type != "RBRACE" and top != "{":
                problems.add(Unclosed(top.span, str(top), CLOSING[top], item.span, Edit(item.span, CLOSING[top])))
                words[index] = word(TYPES[CLOSING[top]], CLOSING[top], item.span)
                opened.pop()
            elif item.type == "RBRACE" and (head := _lone_name(words, index)):
                problems.add(MissingBrace(words[head - 1].span, str(words[head - 1])))
                words.insert(head, word("LBRACE", "{", words[head - 1].span.after()))
                # those that were opened after it are met again
                opened[:] = [opener for opener in opened if opener < head]
                index = head
                continue
            else:
                problems.add(Unopened(item.span, str(item)))
                del words[index]
                continue
        index += 1
        if index == len(words) and opened:
            index = _close(words, opened, index, source, problems)
    return words


def _closed_at(words: list[Word], opener: int) -> int | None:
    """The index of the bracket that closes another one, where all between them are balanced."""
    expected: list[str] = []
    for index in range(opener, len(words)):
        if words[index].type in CLOSERS:
            expected.append(CLOSERS[words[index].type])
        elif words[index].type in ("RPAR", "RSQB", "RBRACE"):
            if expected.pop() != words[index].type:
                return None
            if not expected:
                return index
    return None


def _refuse_body(words: list[Word], opener: int, brace: int, end: int, problems: Problems) -> int:
    """Report a body within brackets, and put a name in the place of what is in them, of which nothing more is said;
    returns the index to continue from."""
    help = "give the body a line and a name of its own: y = { … }"
    problems.add(UnexpectedToken(words[brace].span, f"a body in `{words[opener]}{words[end]}`", "", help))
    inside = words[opener].span.to(words[end].span)
    problems.silence(inside)
    words[opener + 1 : end] = [word("NAME", "_", inside)]
    return opener + 3


def _is_balanced(words: list[Word]) -> bool:
    """Whether all brackets are closed in order, with no brace within ( ) or [ ]."""
    opened: list[str] = []
    for item in words:
        if item.type in CLOSERS:
            if len(opened) == NESTING_LIMIT or (item.type == "LBRACE" and opened and opened[-1] != "RBRACE"):
                return False
            opened.append(CLOSERS[item.type])
        elif item.type in ("RPAR", "RSQB", "RBRACE") and (not opened or opened.pop() != item.type):
            return False
    return not opened


def _close(words: list[Word], opened: list[int], found: int, source: Source, problems: Problems) -> int:
    """Close the innermost open bracket somewhere before word `found`; returns the index to continue from."""
    opener = opened.pop()
    bracket = words[opener]
    index = _end_of_block(words, opener, found) if bracket == "{" else _end_of_call(words, opener, found)
    before = words[index - 1].span.after() if index else bracket.span
    where = before if index < len(words) or bracket != "{" else source.span(len(source.text), len(source.text))
    closing = CLOSING[bracket]
    # a string that isn't closed has swallowed brackets too
    if not any(isinstance(problem, UnclosedString) for problem in problems):
        edit = _closing_brace(words, opener, index) if bracket == "{" else Edit(where, closing)
        problems.add(Unclosed(bracket.span, str(bracket), closing, where, edit))
    words.insert(index, word(TYPES[closing], closing, where))
    if bracket == "{":
        words.insert(index + 1, word("_NEWLINE", "\n", where))
    else:
        problems.silence(bracket.span.to(where))
    # brackets that were opened after it are met again
    opened[:] = [opener for opener in opened if opener < index]
    return index + 1


def _closing_brace(words: list[Word], opener: int, index: int) -> Edit:
    """The missing brace before a word: on the line of the brace that it closes, or on one of its own."""
    last = next(at for at in range(index - 1, opener - 1, -1) if words[at].type != "_NEWLINE")
    same = words[last].span.after().line == words[opener].span.line
    return Edit(words[last].span.after(), " }" if same else f"\n{' ' * (_indent(words, opener) - 1)}}}")


def _lone_name(words: list[Word], index: int) -> int | None:
    """The index after the last name before `index` that is alone on its line, in its first column."""
    for head in range(index - 1, 0, -1):
        if words[head].type == "_NEWLINE" and words[head - 1].type == "NAME" and words[head - 1].span.column == 1:
            return head
    return None


def _end_of_call(words: list[Word], opener: int, found: int) -> int:
    """The index at which `(` or `[` was meant to be closed: at the end of the first line that needs no continuation or
    isn't followed by a line that is indented deeper than its own, or before a word that can't be inside."""
    indent = _indent(words, opener)
    for index in range(opener + 1, found):
        following = words[index + 1 : index + 3]
        if words[opener] == "[" and words[index] == "," and [item.type for item in following] == ["NAME", "EQUAL"]:
            return index
        if words[opener] == "(" and words[index] == "->" and words[index - 1].type in NEVER_PIPED:
            return index
        if words[index].type == "_NEWLINE" and words[index - 1].type not in ("COMMA", "LPAR", "LSQB", "EQUAL"):
            following = words[index + 1] if index + 1 < len(words) else None
            if following is None or following.type not in ("RPAR", "RSQB", "ARROW"):
                return index
        if words[index].type == "_NEWLINE" and words[index - 1].type in ("COMMA", "LPAR"):
            # a line of arguments would be indented deeper
            following = words[index + 1] if index + 1 < len(words) else None
            if following is not None and following.type == "NAME" and following.span.column <= indent:
                return index
    return found


def _closed_early(words: list[Word]) -> int | None:
    """The index of the `}` after something else on its line that closes a brace of an earlier line, if a `}` is left
    over later. If none is, such a `}` is a matter of style.
    """
    opened: list[int] = []
    suspect: int | None = None
    for index, item in enumerate(words):
        if item.type == "LBRACE":
            opened.append(index)
        elif item.type == "RBRACE" and not opened:
            return suspect
        elif item.type == "RBRACE":
            opener = opened.pop()
            if words[index - 1].type != "_NEWLINE" and words[opener].span.line != item.span.line:
                suspect = index
    return None


def _is_of_another(words: list[Word], opened: list[int], index: int) -> bool:
    """Whether a `}` is in the column of the line that opened another brace than the last one, further out."""
    if words[index - 1].type != "_NEWLINE":
        return False
    column = words[index].span.column
    further = [_indent(words, opener) for opener in opened[:-1] if words[opener] == "{"]
    return _indent(words, opened[-1]) > column and column in further


def _indent(words: list[Word], index: int) -> int:
    """The column at which the line of a word begins."""
    while index and words[index - 1].type != "_NEWLINE":
        index -= 1
    return words[index].span.column


def _end_of_block(words: list[Word], opener: int, found: int) -> int:
    """The index at which `{` was meant to be closed: before the next line that isn't indented more than its own, if the
    lines inside are; else before the next block in the first column, or at the end."""
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
