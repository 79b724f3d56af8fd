"""A whole spec: its source, its statements and its comments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from netspec.immutable import immutable
from netspec.lang.tree.nodes import Body, Statement
from netspec.source import Source, Span


@immutable
class Comments:
    """The comments on one node, each with its `#`: `before` on lines of their own before it, `after` at the end of its
    last line, and, for a body, `inside` on lines of their own after its last statement. An empty string in `before` is
    an empty line."""

    before: tuple[str, ...] = ()
    after: str | None = None
    inside: tuple[str, ...] = ()


@immutable
class Tree:
    """A whole spec. `comments` holds them by the `key` of the statement, step, argument or body that they are on."""

    source: Source
    body: Body
    comments: Mapping[Span, Comments] = field(default_factory=dict)

    @property
    def statements(self) -> tuple[Statement, ...]:
        return self.body.statements
