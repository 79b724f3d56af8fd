"""The parser: tokens to a tree; a statement that can't be parsed is reported and left out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from netspec.lang import tree
from netspec.lang.lexical import NESTING_LIMIT
from netspec.lang.text.comments import attach
from netspec.lang.text.grammar import grammar
from netspec.lang.text.hints import hint, missing
from netspec.lang.text.lalr import Inline, Parser, Unexpected
from netspec.lang.text.statement_cache import CACHE
from netspec.lang.text.tokens import tokenize
from netspec.lang.text.words import Word, word
from netspec.problems import Problems
from netspec.problems.syntax import TooDeep, UnexpectedToken
from netspec.source import Source

WORDS = {
    "NAME": "a name",
    "NUMBER": "a number",
    "STRING": "a string",
    "_NEWLINE": "the end of the line",
    "$END": "",
}
OPERATORS = {"OR", "AND", "NOT", "COMPARE", "PLUS", "MINUS", "STAR", "POWER", "SLASH", "FLOOR", "MODULO", "IF"}
SILENT = OPERATORS | {"PERCENT", "DOT", "RANGE", "IN"}


def parse(source: Source, problems: Problems) -> tree.Tree:
    """The tree of a `.net` file; what is wrong with its writing goes to `problems`. Never raises."""
    words, comments = tokenize(source, problems)
    statements = tuple(_without_deep(_statements(source, words, problems), problems))
    body = tree.File.of(source, statements)
    return tree.Tree(source, body, attach(body, comments))


def parse_expression(source: Source, problems: Problems) -> tree.Expression | None:
    """The expression that the whole text is, or None after reporting why it isn't one. Never raises."""
    # `param` is the statement that holds one expression and nothing else
    statement = _only_statement(source, (("PARAM", "param"), ("NAME", "_"), ("EQUAL", "=")), problems)
    return statement.value if isinstance(statement, tree.Param) else None


def parse_chain(source: Source, problems: Problems) -> tree.Expression | None:
    """The expression or the pipe that the whole text is, as an argument may be; None after reporting why it isn't
    one. Never raises."""
    statement = _only_statement(source, (("NAME", "_"), ("EQUAL", "=")), problems)
    match statement:
        case tree.Setting(value=value, note=None) if not any(tree.bodies_of(tree.Pipe.of(value))):
            return value
        case None:
            return None
        case _:
            whole = source.span(0, len(source.text))
            problems.add(UnexpectedToken(whole, f"`{source.text}`" if source.text else "", "one value"))
            return None


def _only_statement(source: Source, head: Sequence[tuple[str, str]], problems: Problems) -> tree.Statement | None:
    """The statement that a text is with a head before it, given by the kinds and the texts of its words; None after
    reporting why it isn't one."""
    found = Problems()
    words, comments = tokenize(source, found)
    for comment in comments[:1]:
        found.add(UnexpectedToken(comment.span, "a comment", ""))
    start = source.span(0, 0)
    words = [word(kind, text, start) for kind, text in head] + [item for item in words if item.type != "_NEWLINE"]
    statements = tuple(_without_deep(_statements(source, words, found), found))
    problems.extend(found)
    if len(found):
        return None
    return statements[0] if len(statements) == 1 else tree.Line(start, tree.Pipe(start, ()))


def _statements(source: Source, words: list[Word], problems: Problems) -> tuple[tree.Statement, ...]:
    end = word("$END", "", source.span(len(source.text), len(source.text)))
    parser = grammar().parser()
    resume = _Mark(parser)
    index = first = 0  # `first` is the word that a statement begins with
    while index < len(words):
        item = words[index]
        try:
            known = CACHE.find(words, index) if index == first else None
            if known is not None and parser.takes(known.rule, item):
                parser.push(known.rule, known.make(item.span.source, item.span.start))
                index = first = index + known.words
                continue
            parser.feed(item)
        except Unexpected:
            edit = missing(words, index, "ARROW" in parser.accepts())
            problems.add(UnexpectedToken(item.span, _described(item), _expected(parser), hint(words, index), edit))
            problems.silence(source.line_of(item.span))
            if problems.full:
                return ()
            if "_NEWLINE" in parser.accepts():
                # the part before is a complete statement, and the part that follows may be too
                parser.feed(word("_NEWLINE", "\n", item.span))
                resume = _Mark(parser)
                if item.type in parser.accepts():
                    continue
            index = _end_of_statement(words, index)
            parser = resume.parser()
            continue
        index += 1
        if item.type == "_NEWLINE" or item == "{":
            resume = _Mark(parser)
            if first < index - 1 and item.type == "_NEWLINE" and not len(problems):
                CACHE.remember(words[first : index - 1], parser.values[-2])
            first = index
    try:
        return parser.feed(end)
    except Unexpected:
        problems.add(UnexpectedToken(words[-1].span.after(), "", _expected(parser)))
        return _closed(resume.parser(), end)


class _Mark:
    """A state of the parser to go back to. The parser adds to the lists on its stack, so their lengths are stored."""

    def __init__(self, parser: Parser) -> None:
        self._parser = parser.copy()
        self._lists = [(item, len(item)) for item in self._parser.values if type(item) is Inline]

    def parser(self) -> Parser:
        """The parser in that state."""
        for parts, length in self._lists:
            del parts[length:]
        return self._parser.copy()


def _closed(parser: Parser, end: Word) -> tuple[tree.Statement, ...]:
    """The statements parsed so far, with all open blocks closed."""
    while "$END" not in parser.accepts():
        # where parsing resumes all statements are complete, so that only braces are open
        parser.feed(word("RBRACE", "}", end.span))
    return parser.feed(end)


def _end_of_statement(words: list[Word], index: int) -> int:
    """The index of the newline or closing brace that ends the statement around word `index`."""
    depth = 0
    while index < len(words):
        item = words[index]
        if item == "{":
            depth += 1
        elif item == "}":
            if depth == 0:
                return index
            depth -= 1
        elif item.type == "_NEWLINE" and depth == 0:
            return index
        index += 1
    return index


def _described(item: Word) -> str:
    if item.type == "_NEWLINE":
        return "the end of the line"
    return item if item.type == "STRING" else f"`{item}`"


def _expected(parser: Parser) -> str:
    """The tokens that are accepted there, in words, without operators, which nearly always are."""
    accepted = parser.accepts() - SILENT
    if {"NAME", "NUMBER"} <= accepted:
        return "a value"
    for narrow in ({"RPAR", "COMMA"}, {"RSQB", "COMMA"}, {"ARROW", "_NEWLINE"}):
        if narrow <= accepted:
            accepted = narrow
            break
    choices = sorted(WORDS.get(name) or f"`{grammar().written.get(name, name)}`" for name in accepted if name != "$END")
    return " or ".join([", ".join(choices[:-1]), choices[-1]] if len(choices) > 1 else choices)


def _without_deep(statements: tuple[tree.Statement, ...], problems: Problems) -> Iterator[tree.Statement]:
    """The statements without those nested too deeply for the passes that follow, which recurse."""
    for statement in statements:
        if any(_too_deep(part, problems) for part in _parts(statement)):
            continue
        yield statement


def _parts(statement: tree.Statement) -> Iterator[tree.Statement]:
    """A statement and all statements in its bodies; braces are nested within the limit already."""
    yield statement
    for body in tree.bodies_of(statement):
        for inner in body.statements:
            yield from _parts(inner)


def _too_deep(statement: tree.Statement, problems: Problems) -> bool:
    if statement.depth <= NESTING_LIMIT:
        return False
    problems.add(TooDeep(statement.span, NESTING_LIMIT))
    return True
