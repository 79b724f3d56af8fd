"""Which comment belongs to what: each goes to the statement, step, argument or body it stands beside."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from netspec.lang import tree
from netspec.lang.text.tokens import Comment
from netspec.source import Span

Bearer = tree.Statement | tree.Step | tree.Argument | tree.Body
"""What a comment can belong to: what has lines of its own where it bears one."""


def attach(body: tree.Body, comments: Sequence[Comment]) -> Mapping[Span, tree.Comments]:
    """The comments by the keys of what they belong to; an empty line before a statement counts as an empty comment."""
    attacher = _Attacher(comments)
    attacher.body(body)
    return dict(attacher.found)


def settled(body: tree.Body, comments: Mapping[Span, tree.Comments]) -> Mapping[Span, tree.Comments]:
    """The comments, with those on what has no lines of its own before what is around it and has."""
    known: set[Span] = set()
    _collect(body, known)
    stray = sorted(comments.keys() - known, key=lambda span: (span.start, -span.end))
    if not stray:
        return comments
    found = defaultdict(tree.Comments, {span: comments[span] for span in known & comments.keys()})
    _settle(body, body, stray, comments, found)
    return dict(found)


def bearers(node: tree.Node) -> Iterator[Bearer]:
    """The nodes next below a node that can bear comments, in the order in which they are printed.

    Within an expression these are the steps of a pipe and the arguments of a call, if the pipe or the call is the
    whole of a setting, a step or an argument.
    """
    match node:
        case tree.Body(statements=statements):
            yield from statements
        case tree.Line(pipe=inner) | tree.Setting(value=inner) | tree.Argument(value=inner):
            yield from bearers(inner)
        case tree.Step(body=tree.Body() as body) | tree.Block(body=body) | tree.Loop(body=body):
            yield body
        case tree.Branch():
            yield from tree.bodies(node)
        case tree.Step(operation=tree.Pipe() | tree.Call() as operation):
            yield from bearers(operation)
        case tree.Pipe(steps=(step,)):
            yield from bearers(step)
        case tree.Pipe(steps=steps):
            yield from steps
        case tree.Call(arguments=arguments):
            yield from arguments
        case _:
            pass


class _Attacher:
    def __init__(self, comments: Sequence[Comment]) -> None:
        self.comments = comments
        self.starts = [comment.span.start for comment in comments]
        self.found: dict[Span, tree.Comments] = defaultdict(tree.Comments)

    def body(self, body: tree.Body) -> None:
        """Deal out the comments of a body: to its statements, or to itself."""
        last: tree.Statement | None = None
        cursor = body.span.start
        for statement in body.statements:
            self._gap(body, last, statement, cursor)
            self._within(statement, statement)
            last, cursor = statement, statement.span.end
        self._gap(body, last, None, cursor)

    def _gap(self, body: tree.Body, last: tree.Statement | None, next: tree.Statement | None, start: int) -> None:
        """The comments and empty lines between two statements of a body."""
        before: list[str] = []
        end = next.span.start if next else body.span.end
        for comment in self._between(start, end):
            if comment.own_line:
                before += [*_blank(body, start, comment.span.start), _text(comment)]
            else:
                self._behind(last or body, comment)
            start = comment.span.end
        if next is not None:
            before += _blank(body, start, end)
            if before:
                _add_before(self.found, next, before)
        elif before:
            self.found[body.key] = replace(self.found[body.key], inside=tuple(before))

    def _within(self, node: Bearer, owner: Bearer) -> None:
        """Deal out the comments within a node. Those beside nothing that can bear them go before `owner`."""
        last: Bearer | None = None
        cursor = node.span.start
        for child in bearers(node):
            holder = _holder(child, last, owner)
            self._beside(last, holder, cursor, child.span.start)
            if isinstance(child, tree.Body):
                self.body(child)
            else:
                self._within(child, holder)
            last, cursor = child, child.span.end
        if isinstance(node, tree.Line | tree.Setting) and node.note is not None:
            # a shape over several lines: what stands behind its last bracket is behind the statement's last step too
            last = None
        self._beside(last, owner, cursor, node.span.end)

    def _beside(self, last: Bearer | None, next: Bearer, start: int, end: int) -> None:
        """The comments between two nodes: each behind the one on its line, or before the other."""
        for comment in self._between(start, end):
            if last and not comment.own_line and comment.span.line == last.span.after().line:
                self._behind(last, comment)
            else:
                _add_before(self.found, next, [_text(comment)])

    def _between(self, start: int, end: int) -> Sequence[Comment]:
        return self.comments[bisect_left(self.starts, start) : bisect_left(self.starts, end)]

    def _behind(self, bearer: Bearer, comment: Comment) -> None:
        known = self.found[bearer.key]
        if known.after is None:
            self.found[bearer.key] = replace(known, after=_text(comment))
        else:
            _add_before(self.found, bearer, [_text(comment)])


def _holder(child: Bearer, last: Bearer | None, owner: Bearer) -> Bearer:
    """What bears a comment before a child. The first step of a pipe stands behind its owner's `=` or the like."""
    return owner if isinstance(child, tree.Step | tree.Body) and last is None else child


def _collect(node: Bearer, known: set[Span]) -> None:
    known.add(node.key)
    for child in bearers(node):
        _collect(child, known)


def _settle(
    node: Bearer,
    owner: Bearer,
    stray: Sequence[Span],
    comments: Mapping[Span, tree.Comments],
    found: dict[Span, tree.Comments],
) -> None:
    """Give the comments of all `stray` within a node to the innermost bearer around each."""
    children = list(bearers(node))
    inner: dict[int, list[Span]] = defaultdict(list)
    order = sorted(range(len(children)), key=lambda index: children[index].span.start)
    starts = [children[index].span.start for index in order]
    for span in stray:
        place = bisect_right(starts, span.start) - 1
        if place >= 0 and children[order[place]].span.contains(span):
            inner[order[place]].append(span)
        else:
            said = comments[span]
            texts = [*said.before, *filter(None, [said.after]), *said.inside]
            _add_before(found, owner, [text for text in texts if text])
    for index, spans in inner.items():
        child = children[index]
        holder = child if index else _holder(child, None, owner)
        _settle(child, holder, spans, comments, found)


def _add_before(found: dict[Span, tree.Comments], bearer: Bearer, texts: Sequence[str]) -> None:
    known = found[bearer.key]
    found[bearer.key] = replace(known, before=(*known.before, *texts))


def _blank(body: tree.Body, start: int, end: int) -> list[str]:
    """One empty comment if empty lines stand between two offsets, but not at the start of a body."""
    lines = body.span.source.position(end)[0] - body.span.source.position(start)[0]
    return [""] if lines > 1 and start > body.span.start else []


def _text(comment: Comment) -> str:
    """`# text`, with one blank behind the sign or signs."""
    signs = "##" if comment.text.startswith("##") else "#"
    rest = comment.text[len(signs) :].strip()
    return f"{signs} {rest}" if rest else signs
