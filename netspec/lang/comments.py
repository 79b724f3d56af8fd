"""Which comment belongs to what: each goes to the statement, step, argument or body it stands beside."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from netspec.lang import tree
from netspec.lang.tokens import Comment
from netspec.source import Span


def attach(body: tree.Body, comments: Sequence[Comment]) -> Mapping[Span, tree.Comments]:
    """The comments by the span of what they belong to; an empty line before a statement counts as an empty comment."""
    attacher = _Attacher(comments)
    attacher.body(body, body.span)
    return dict(attacher.found)


class _Attacher:
    def __init__(self, comments: Sequence[Comment]) -> None:
        self.comments = comments
        self.starts = [comment.span.start for comment in comments]
        self.found: dict[Span, tree.Comments] = defaultdict(tree.Comments)

    def body(self, body: tree.Body, inside: Span) -> None:
        """Deal out the comments of a body: to its statements, or to itself."""
        last: tree.Statement | None = None
        cursor = inside.start
        for statement in body.statements:
            self._gap(body, last, statement, cursor)
            self._statement(statement)
            last, cursor = statement, statement.span.end
        self._gap(body, last, None, cursor, inside.end)

    def _gap(
        self, body: tree.Body, last: tree.Statement | None, next: tree.Statement | None, start: int, end: int = 0
    ) -> None:
        """The comments and empty lines between two statements of a body."""
        before: list[str] = []
        end = next.span.start if next else end
        for comment in self._between(start, end):
            if comment.own_line:
                before += [*self._blank(body, start, comment.span.start), _text(comment)]
            elif last or start > body.span.start or body.span.source.text[start : start + 1] != "{":
                self._behind(last.span if last else body.span, comment)
            else:
                self._behind(body.span, comment)
            start = comment.span.end
        if next is not None:
            before += self._blank(body, start, end)
            if before:
                self._add_before(next.span, before)
        elif before:
            self.found[body.span] = replace(self.found[body.span], inside=tuple(before))

    def _blank(self, body: tree.Body, start: int, end: int) -> list[str]:
        """One empty comment if empty lines stand between two offsets, but not at the start of a body."""
        text = body.span.source.text
        at_start = not text[body.span.start : start].strip().strip("{")
        return [] if at_start or text.count("\n", start, end) < 2 else [""]

    def _statement(self, statement: tree.Statement) -> None:
        """Deal out the comments within a statement."""
        if not self._between(statement.span.start, statement.span.end):
            # bodies are looked through for empty lines alone
            for node in _bearers(statement):
                if isinstance(node, tree.Body):
                    self.body(node, node.span)
            return
        bearers: list[Span] = []
        for node in _bearers(statement):
            if isinstance(node, tree.Body):
                self.body(node, node.span)
            elif node.span != statement.span:
                bearers.append(node.span)
        bodies = [node.span for node in _bearers(statement) if isinstance(node, tree.Body)]
        for comment in self._between(statement.span.start, statement.span.end):
            if any(body.contains(comment.span) for body in bodies):
                continue
            following = [span for span in bearers if span.start >= comment.span.start]
            leading = [span for span in bearers if span.end <= comment.span.start]
            if not comment.own_line and leading:
                self._behind(max(leading, key=lambda span: (span.end, -span.start)), comment)
            elif following:
                self._add_before(min(following, key=lambda span: (span.start, -span.end)), [_text(comment)])
            else:
                self._add_before(statement.span, [_text(comment)])

    def _between(self, start: int, end: int) -> list[Comment]:
        return list(self.comments[bisect_left(self.starts, start) : bisect_left(self.starts, end)])

    def _behind(self, bearer: Span, comment: Comment) -> None:
        known = self.found[bearer]
        if known.after is None:
            self.found[bearer] = replace(known, after=_text(comment))
        else:
            self._add_before(bearer, [_text(comment)])

    def _add_before(self, bearer: Span, texts: list[str]) -> None:
        known = self.found[bearer]
        self.found[bearer] = replace(known, before=(*known.before, *texts))


def _text(comment: Comment) -> str:
    """`# text`, with one blank behind the sign or signs."""
    signs = "##" if comment.text.startswith("##") else "#"
    rest = comment.text[len(signs) :].strip()
    return f"{signs} {rest}" if rest else signs


def _bearers(node: tree.Node) -> Iterator[tree.Step | tree.Argument | tree.Body]:
    """The steps of pipes, the arguments and the bodies in a statement, outer ones first."""
    match node:
        case tree.Line(pipe=inner) | tree.Setting(value=inner) | tree.Param(value=inner):
            yield from _bearers(inner)
        case tree.Assertion(condition=inner) | tree.Group(inner=inner) | tree.Unary(operand=inner):
            yield from _bearers(inner)
        case tree.Pipe(steps=steps):
            for step in steps:
                if len(steps) > 1:
                    yield step
                for inner in (step.operation, step.body):
                    if isinstance(inner, tree.Body):
                        yield inner
                    elif inner is not None:
                        yield from _bearers(inner)
        case tree.Call(arguments=arguments):
            for argument in arguments:
                yield argument
                yield from _bearers(argument.value)
        case tree.Binary(left=left, right=right):
            yield from _bearers(left)
            yield from _bearers(right)
        case tree.Conditional():
            for inner in (node.then, node.condition, node.otherwise):
                yield from _bearers(inner)
        case tree.List(items=items):
            for inner in items:
                yield from _bearers(inner)
        case _:
            pass
