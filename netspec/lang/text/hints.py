"""Hints for words that can't stand where they do: what was likely meant, and the sign that is missing."""

from __future__ import annotations

from collections.abc import Sequence

from netspec.catalogue.sections import MODEL, section_names
from netspec.diagnostics import Edit, is_slip
from netspec.lang.text.words import Word

NO_CODE = "a spec holds no Python code; a block combines layers: block name(width) { linear(width) -> relu }"
PYTHON = {
    **dict.fromkeys(("lambda", "def", "class", "return", "with", "try", "yield", "print", "async", "self"), NO_CODE),
    "import": 'nothing is imported but blocks of other specs: from "blocks.net" import name',
    "while": "repeat layers with `repeat 3 { … }` or `for i in 1..3 { … }`",
    "elif": "write `else if … { … }`",
}
BODIES = {
    "for": "a body is in braces: for i in 1..3 { … }",
    "if": "a body is in braces: if … { … }",
    "else": "a body is in braces: else { … }",
    "repeat": "a body is in braces: repeat 3 { … }",
    "block": "a body is in braces: block name(width) { … }",
}


KEYWORDS = ("netspec", "extends", "from", "param", "block", "assert")
LOOPS = ("for", "repeat", "if")
"""What statements begin with at the top of a file, and in a network."""
ENDS = ("NUMBER", "STRING", "PERCENT", "RPAR", "RSQB", "TRUE", "FALSE", "NONE")
"""The kinds of words that a value ends with, beside names."""


def hint(words: Sequence[Word], index: int) -> str | None:
    """What was likely meant where a word can't stand."""
    first = _start(words, index)
    found = _python(words[first : index + 1])
    return found or _of_sign(words, index, first) or _of_list(words, index, first)


def _python(statement: Sequence[Word]) -> str | None:
    word = statement[0] if statement[0] == "import" else next((word for word in statement if word in PYTHON), "")
    is_import = word == "import" and statement[0] == "from"
    return None if is_import else PYTHON.get(word)


def _of_sign(words: Sequence[Word], index: int, first: int) -> str | None:
    item, before = words[index], words[index - 1] if index else None
    if item in ("//", "/") and index == first:
        return "a comment begins with `#`"
    if item == "." and index == first + 2 and words[first] == "param":
        name = words[index + 1] if index + 1 < len(words) else "name"
        return f"a param is one name, without dots: param {name} = …"
    if before == ":" and index > 2 and words[index - 3] == ".":
        return "a label is one name, without dots"
    if item == ":" and first < index and words[first] in BODIES:
        return BODIES[words[first]]
    if item == "=" and index > 1 and words[index - 2] in ("->", "=") and not _in_settings(words, index):
        return f"a label is followed by `:`: {words[index - 1]}: …"
    if item == "," and words[first] == "for":
        return "a loop has one variable: for width in [8, 16] { … }"
    return None


def _of_list(words: Sequence[Word], index: int, first: int) -> str | None:
    """Commas in the place of brackets or of arrows."""
    if words[index] == ",":
        opener = _opener(words, index)
        if opener and words[opener] == "(" and words[opener - 1].type != "NAME":
            return "a list is in brackets: [1, 2]"
    names = [word for word in words[first:index] if word.type == "NAME"]
    named = words[index].type == "NAME" and words[index + 1 : index + 2] == ["="]
    if named and words[index - 1].type == "NAME" and _in_settings(words, index):
        return f"arguments are in parentheses: {words[index - 1]}({words[index]}=…)"
    if len(names) > 1 and words[first + 1] == "," and not _in_settings(words, index):
        return f"operations are joined with `->`: {' -> '.join(names)}"
    return None


def missing(words: Sequence[Word], index: int, arrow: bool) -> Edit | None:
    """The token that is missing before a word or the one before it: a comma before another setting or argument, or an
    arrow before another operation of a network if one is accepted."""
    if _python(words[_start(words, index) : index + 1]) is not None:
        return None
    if (keyword := _keyword(words, index)) is not None:
        return keyword
    # `epochs = 3 loss = …` reads as a number and its unit until the second sign comes
    name = index - 1 if words[index] == "=" else index
    between = 0 < name < len(words) - 1 and words[name - 1].type not in ("_NEWLINE", "DOT")
    if between and words[name].type == "NAME" and words[name + 1] == "=":
        opener, before = _opener(words, name), words[name - 1]
        inside = opener is not None and words[opener] == "(" and before.type in (*ENDS, "NAME")
        # `optimizer = adam lr=0.1` lacks parentheses rather than a comma
        if inside or (before.type in ENDS and _in_settings(words, name)):
            return Edit(before.span.after(), ",")
        return None
    if arrow and words[index].type == "NAME" and words[index - 1].type in ("NAME", "RPAR"):
        outermost = _outermost(words, index)
        return Edit(words[index - 1].span.after(), " ->") if outermost and not _in_settings(words, index) else None
    return None


def _keyword(words: Sequence[Word], index: int) -> Edit | None:
    """The word that a statement begins with, where it is misspelled: a name stands before what can't follow one."""
    first = _start(words, index)
    if index != first + 1 or words[first].type != "NAME":
        return None
    known = KEYWORDS if _outermost(words, index) is None else LOOPS
    found = [word for word in known if is_slip(words[first], word)]
    if len(found) != 1 or (found[0] == "for" and words[index + 1 : index + 2] != ["in"]):
        return None
    return Edit(words[first].span, found[0])


def _start(words: Sequence[Word], index: int) -> int:
    """The index of the first word of the statement around a word."""
    while index and words[index - 1].type not in ("_NEWLINE", "LBRACE", "RBRACE"):
        index -= 1
    return index


def _in_settings(words: Sequence[Word], index: int) -> bool:
    """Whether a word stands in a section of settings, not in a network."""
    outermost = _outermost(words, index)
    return outermost is not None and words[_start(words, outermost)] in {*section_names()} - {MODEL}


def _outermost(words: Sequence[Word], index: int) -> int | None:
    """The index of the outermost brace that is open at a word."""
    depth, outermost = 0, None
    for at in range(index - 1, -1, -1):
        if words[at].type == "RBRACE":
            depth += 1
        elif words[at].type == "LBRACE" and depth:
            depth -= 1
        elif words[at].type == "LBRACE":
            outermost = at
    return outermost


def _opener(words: Sequence[Word], index: int) -> int | None:
    """The index of the innermost bracket that is open at a word."""
    depth = 0
    for opener in range(index - 1, -1, -1):
        if words[opener].type in ("RPAR", "RSQB", "RBRACE"):
            depth += 1
        elif words[opener].type in ("LPAR", "LSQB", "LBRACE"):
            if depth == 0:
                return opener
            depth -= 1
    return None
