"""Reads plain values of the JSON form as expressions; and names, objects and comments, which every part of it has."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import replace
from typing import TypeGuard

from netspec.diagnostics import did_you_mean
from netspec.lang import tree
from netspec.lang.json import nodes as json
from netspec.lang.json.comments import COMMENT, CommentValue, read_comment
from netspec.lang.lexical import NAME, NAME_LIMIT
from netspec.lang.text.grammar import keywords
from netspec.lang.text.parser import parse_chain, parse_expression
from netspec.problems import Problems
from netspec.problems.names import UnknownKey
from netspec.problems.syntax import TooLong
from netspec.problems.values import MissingArgument, WrongValue
from netspec.source import Source, Span


class _Text(Source):
    """An expression in a JSON string, as a source of its own whose spans are those in the JSON file."""

    def __init__(self, string: json.String) -> None:
        super().__init__(string.span.source.name, string.value)
        self.string = string

    def span(self, start: int, end: int) -> Span:
        if self.string.escaped:
            return self.string.span
        offset = self.string.inner.start
        return self.string.span.source.span(offset + start, offset + end)

    def line_of(self, span: Span) -> Span:
        # the span is one of the file, where the whole string is on one line
        return self.span(0, len(self.text))


class ValueReader:
    """Reads values of a JSON file; holds the problems and comments found so far."""

    def __init__(self, problems: Problems) -> None:
        self.problems = problems
        self.comments: dict[Span, tree.Comments] = {}

    def _plain(self, node: json.Value, name: str, words: str) -> tree.Expression:
        match node:
            case json.String():
                return self._expression(node)
            case json.Number(text=text) if text.startswith("-"):
                digits = node.span.source.span(node.span.start + 1, node.span.end)
                return tree.Unary(node.span, "-", tree.Number(digits, text[1:]))
            case json.Number(text=text):
                return tree.Number(node.span, text)
            case json.Literal(value=value):
                return tree.Constant(node.span, value)
            case json.Array(items=items):
                return tree.List(node.span, tuple(self._plain(item, name, words) for item in items))
            case _:
                return self._wrong(node, name, words)

    def _chain(self, node: json.Value, name: str, words: str) -> tree.Expression:
        """An argument: a plain value, or a pipe in a string."""
        if isinstance(node, json.String):
            return parse_chain(_Text(node), self.problems) or tree.Constant(node.span, None)
        return self._plain(node, name, words)

    def _expression(self, node: json.String) -> tree.Expression:
        return parse_expression(_Text(node), self.problems) or tree.Constant(node.span, None)

    def _name(self, node: json.Value, what: str) -> tree.Name:
        """A name that is valid in the other form too."""
        if not isinstance(node, json.String):
            self._wrong(node, what, "a name")
            return tree.Name(node.span, "_")
        if not NAME.fullmatch(node.value) or node.value in keywords():
            self._wrong(node, what, "a name")
        elif len(node.value) > NAME_LIMIT:
            self.problems.add(TooLong(node.span, "name", NAME_LIMIT))
        return tree.Name(node.inner, node.value)

    def _wrong(self, node: json.Value, name: str, expected: str, right: str | None = None) -> tree.Constant:
        """Report a value that the tree can't hold, and return a placeholder for it."""
        self.problems.add(WrongValue(node.span, name, expected, json.described(node), right))
        return tree.Constant(node.span, None)

    # ---- objects and lists ----

    def is_object(self, node: json.Value, name: str) -> TypeGuard[json.Object]:
        if not isinstance(node, json.Object):
            self._wrong(node, name, "an object")
        return isinstance(node, json.Object)

    def _closed(self, node: json.Object, known: tuple[str, ...], owner: str) -> None:
        """Report keys of an object that aren't known."""
        for member in members_of(node):
            key = member.key.value
            if key not in known:
                self.problems.add(UnknownKey(member.key.inner, owner, key, did_you_mean(key, known), known))

    def _needed(self, node: json.Object, key: str, owner: str) -> json.Value:
        """The value of a key, or an empty list after reporting that it is missing."""
        value = node.get(key)
        if value is None:
            self.problems.add(MissingArgument(node.span, owner, key, "", "key"))
            return json.Array(node.span, ())
        return value

    def _items(self, node: json.Value, name: str, words: str) -> tuple[json.Value, ...]:
        if isinstance(node, json.Array):
            return node.items
        self._wrong(node, name, words)
        return ()

    # ---- comments ----

    def _read_comment(self, node: json.Object, bearing: Container[str] = ()) -> CommentValue:
        """The comments in an object. Those on its members go before it, except on members in `bearing`."""
        return read_comment(node, self.problems).settled(bearing)

    def _add_comments(self, bearer: Span, comments: tree.Comments) -> None:
        """Add to the comments on a node. It can have one comment after it; a further one goes before it."""
        known = self.comments.get(bearer, tree.Comments())
        spare = (comments.after,) if comments.after and known.after else ()
        together = tree.Comments(
            before=(*known.before, *comments.before, *spare),
            after=known.after or comments.after,
            inside=(*known.inside, *comments.inside),
        )
        if together != tree.Comments():
            self.comments[bearer] = together

    def _lift(self, steps: Sequence[tree.Step], bearer: Span) -> None:
        """Move the comments before the first step and after the last one to the whole."""
        for span, part in ((steps[0].span, "before"), (steps[-1].span, "after")):
            known = self.comments.pop(span, tree.Comments())
            none = tree.Comments()
            self._add_comments(bearer, replace(none, **{part: getattr(known, part)}))
            self._add_comments(span, replace(known, **{part: getattr(none, part)}))


def members_of(node: json.Object) -> tuple[json.Member, ...]:
    """The members of an object without its comment."""
    return tuple(member for member in node.members if member.key.value != COMMENT)
