"""Comments in the tree: which nodes can bear one, and where the comments on other nodes move to."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from netspec.lang import tree
from netspec.source import Span

Bearer = tree.Statement | tree.Step | tree.Argument | tree.Body
"""A node that can bear comments: if it does, it is printed on lines of its own."""


def bearers(node: tree.Node) -> Iterator[Bearer]:
    """The nodes next below a node that can bear comments, in the order in which they are printed.

    Within an expression these are the steps of a pipe and the arguments of a call, if the pipe or the call is the
    whole of a setting, a step or an argument.
    """
    match node:
        case tree.Body(statements=statements):
            yield from statements
        case tree.Pipe(steps=(step,)):
            yield from bearers(step)
        case tree.Pipe(steps=steps):
            yield from steps
        case tree.Call(arguments=arguments):
            yield from arguments
        case tree.Line(pipe=inner) | tree.Setting(value=inner) | tree.Argument(value=inner):
            yield from bearers(inner)
        case tree.Step(operation=tree.Pipe() | tree.Call() as operation, body=None):
            yield from bearers(operation)
        case _:
            yield from tree.bodies_of(node)


def first_bearer(child: Bearer, previous: Bearer | None, owner: Bearer) -> Bearer:
    """The node that bears a comment before `child`: `owner` if the child is the first step or body in it, since only
    a sign such as `=` is between the two."""
    return owner if isinstance(child, tree.Step | tree.Body) and previous is None else child


def add_before(found: dict[Span, tree.Comments], bearer: Bearer, texts: Sequence[str]) -> None:
    """Add lines to those before a node; `found` gives empty comments for a new key."""
    known = found[bearer.key]
    found[bearer.key] = replace(known, before=(*known.before, *texts))


def settled(body: tree.Body, comments: Mapping[Span, tree.Comments]) -> Mapping[Span, tree.Comments]:
    """The comments, with those on nodes that can't bear any moved before the innermost node around that can."""
    known = set(_keys(body))
    stray = sorted(comments.keys() - known, key=lambda span: (span.start, -span.end))
    if not stray:
        return comments
    found = defaultdict(tree.Comments, {span: comments[span] for span in known & comments.keys()})
    _settle(body, body, stray, comments, found)
    return dict(found)


def _keys(node: Bearer) -> Iterator[Span]:
    yield node.key
    for child in bearers(node):
        yield from _keys(child)


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
        index = bisect_right(starts, span.start) - 1
        if index >= 0 and children[order[index]].span.contains(span):
            inner[order[index]].append(span)
        else:
            own = comments[span]
            texts = [*own.before, *filter(None, [own.after]), *own.inside]
            add_before(found, owner, [text for text in texts if text])
    for index, spans in inner.items():
        child = children[index]
        bearer = child if index else first_bearer(child, None, owner)
        _settle(child, bearer, spans, comments, found)
