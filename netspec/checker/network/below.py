"""What is named further down in a network than where it is used, for messages about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from netspec.lang import tree
from netspec.source import Span


@dataclass(frozen=True)
class Below:
    """The names in `bodies`, which are all that is gone through: the model and the blocks."""

    bodies: tuple[tree.Body, ...]

    def value(self, name: str, span: Span) -> Span | None:
        """Where a value of that name is given below a place in the same body, or in one around it."""
        return self._first(self._values.get(name, ()), span)

    def label(self, name: str, span: Span) -> Span | None:
        """Where that label stands below a place in the same body, or in one around it."""
        return self._first(self._labels.get(name, ()), span)

    @staticmethod
    def _first(known: Iterable[tuple[Span, tree.Body]], span: Span) -> Span | None:
        return next((at for at, body in known if at.start > span.start and body.span.contains(span)), None)

    @cached_property
    def _values(self) -> dict[str, list[tuple[Span, tree.Body]]]:
        """The places at which values are named, each with the body of the model or the block around it."""
        found: dict[str, list[tuple[Span, tree.Body]]] = {}
        for body in self.bodies:
            for node in tree.walk(body):
                for name in node.names if isinstance(node, tree.Setting) else ():
                    found.setdefault(name.id, []).append((name.span, body))
        return found

    @cached_property
    def _labels(self) -> dict[str, list[tuple[Span, tree.Body]]]:
        """The places of labels, in the same way."""
        found: dict[str, list[tuple[Span, tree.Body]]] = {}
        for body in self.bodies:
            for node in tree.walk(body):
                if isinstance(node, tree.Step) and node.label is not None:
                    found.setdefault(node.label.id, []).append((node.label.span, body))
        return found
