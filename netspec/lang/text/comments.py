"""Comments of a text: each assigned to the statement, step, argument or body that it is beside."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from netspec.lang import tree
from netspec.lang.comments import Bearer, add_before, bearers, first_bearer
from netspec.lang.text.words import Comment
from netspec.source import Span


def attach(body: tree.Body, comments: Sequence[Comment]) -> Mapping[Span, tree.Comments]:
    """The comments by the keys of their nodes; an empty line before a statement counts as an empty comment."""
    attacher = _Attacher(comments)
    attacher.body(body)
    return dict(attacher.found)


class _Attacher:
    def __init__(self, comments: Sequence[Comment]) -> None:
        self.comments = comments
        self.starts = [comment.span.start for comment in comments]
        self.found: dict[Span, tree.Comments] = defaultdict(tree.Comments)

    def body(self, body: tree.Body) -> None:
        """Assign the comments in a body to its statements, or to itself."""
        last: tree.Statement | None = None
        cursor = body.span.start
        for statement in body.statements:
            self._gap(body, last, statement, cursor)
            if not self._is_plain(statement.span):
                self._within(statement, statement)
            last, cursor = statement, statement.span.end
        self._gap(body, last, None, cursor)

    def _gap(self, body: tree.Body, last: tree.Statement | None, next: tree.Statement | None, start: int) -> None:
        """The comments and empty lines between two statements of a body."""
        before: list[str] = []
        end = next.span.start if next else body.span.end
        between, text = self._between(start, end), body.span.source.text
        if not between and text.count("\n", start, end) + text.count("\r", start, end) < 2:
            # of most statements one is right below the other
            return
        for comment in between:
            if comment.own_line:
                before += [*_blank(body, start, comment.span.start), _text(comment)]
            else:
                self._after(last or body, comment)
            start = comment.span.end
        if next is not None:
            before += _blank(body, start, end)
            if before:
                add_before(self.found, next, before)
        elif before:
            self.found[body.key] = replace(self.found[body.key], inside=tuple(before))

    def _within(self, node: Bearer, owner: Bearer) -> None:
        """Assign the comments within a node. Those beside no node that can bear them go before `owner`."""
        last: Bearer | None = None
        cursor = node.span.start
        for child in bearers(node):
            bearer = first_bearer(child, last, owner)
            self._beside(last, bearer, cursor, child.span.start)
            if isinstance(child, tree.Body):
                self.body(child)
            else:
                self._within(child, bearer)
            last, cursor = child, child.span.end
        if isinstance(node, tree.Line | tree.Setting) and node.note is not None:
            # a shape over several lines: a comment after its last bracket is after the statement's last step too
            last = None
        self._beside(last, owner, cursor, node.span.end)

    def _is_plain(self, span: Span) -> bool:
        """Whether a statement is on one line and has no comment in it, so that there is nothing to assign."""
        text = span.source.text
        one_line = text.find("\n", span.start, span.end) < 0 and text.find("\r", span.start, span.end) < 0
        return one_line and not self._between(span.start, span.end)

    def _beside(self, last: Bearer | None, next: Bearer, start: int, end: int) -> None:
        """Assign the comments between two nodes: each after the one on its line, or before the other."""
        for comment in self._between(start, end):
            if last and not comment.own_line and comment.span.line == last.span.after().line:
                self._after(last, comment)
            else:
                add_before(self.found, next, [_text(comment)])

    def _between(self, start: int, end: int) -> Sequence[Comment]:
        return self.comments[bisect_left(self.starts, start) : bisect_left(self.starts, end)]

    def _after(self, bearer: Bearer, comment: Comment) -> None:
        known = self.found[bearer.key]
        if known.after is None:
            self.found[bearer.key] = replace(known, after=_text(comment))
        else:
            add_before(self.found, bearer, [_text(comment)])


def _blank(body: tree.Body, start: int, end: int) -> list[str]:
    """One empty comment if there are empty lines between two offsets, except at the start of a body."""
    lines = body.span.source.position(end)[0] - body.span.source.position(start)[0]
    return [""] if lines > 1 and start > body.span.start else []


def _text(comment: Comment) -> str:
    """`# text`, with one blank behind the sign or signs."""
    signs = "##" if comment.text.startswith("##") else "#"
    rest = comment.text[len(signs) :].strip()
    return f"{signs} {rest}" if rest else signs
