"""The body of `model` to a list of operations with their names in the state_dict."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from netspec.catalogue.layers import Layer
from netspec.catalogue.slots import slots
from netspec.checker.declarations import section_names
from netspec.checker.entries import Elaborator
from netspec.checker.values import Bad
from netspec.lang import tree
from netspec.problems.names import Duplicate, Misplaced
from netspec.problems.shapes import EmptyNetwork
from netspec.problems.syntax import MissingColon
from netspec.source import Span


@dataclass(frozen=True)
class Operation:
    """A layer at its place. `layer` is None where it couldn't be had; `arguments` are the places of its arguments."""

    path: str
    layer: Layer | None
    span: Span
    arguments: dict[str, Span]


def expand(head: tree.Name, body: tree.Body, elaborator: Elaborator) -> list[Operation]:
    """The operations in the order in which they are applied."""
    operations = list(_Scope("", elaborator).body(body))
    if not body.statements and elaborator.complete:
        elaborator.problems.add(EmptyNetwork(head.span))
    return operations


class _Scope:
    """A level of names: an operation is named by its label, or by its position, as in nn.Sequential."""

    def __init__(self, prefix: str, elaborator: Elaborator) -> None:
        self.prefix = prefix
        self.elaborator = elaborator
        self.labels: dict[str, Span] = {}
        self.position = 0

    def body(self, body: tree.Body) -> Iterator[Operation]:
        for statement in body.statements:
            match statement:
                case tree.Line(pipe=pipe):
                    steps = pipe.steps
                case tree.Setting():
                    steps = self._as_labelled(statement)
                case _:
                    message = "this stands at the top of the file, not in `model`"
                    self.elaborator.problems.add(Misplaced(statement.span, message))
                    steps = ()
            for step in steps:
                yield from self._step(step)

    def _step(self, step: tree.Step) -> Iterator[Operation]:
        name = self._name(step)
        if step.operation is None and step.body is not None:
            yield from _Scope(f"{name}.", self.elaborator).body(step.body)
        elif step.operation is not None and step.body is not None:
            self.elaborator.problems.add(_misplaced_body(step.operation))
        elif step.operation is not None:
            yield self._operation(name, step.operation)

    def _name(self, step: tree.Step) -> str:
        position, self.position = self.position, self.position + 1
        if step.label is None:
            return f"{self.prefix}{position}"
        label = step.label.id
        if label in self.labels:
            self.elaborator.problems.add(Duplicate(step.label.span, "label", label, self.labels[label]))
        self.labels.setdefault(label, step.label.span)
        return f"{self.prefix}{label}"

    def _operation(self, path: str, node: tree.Expression) -> Operation:
        where = f"model.{path}"
        try:
            layer = self.elaborator.entry(node, Layer, where)
        except Bad:
            layer = None
        spans = self.elaborator.spans
        fields = slots(type(layer)) if layer is not None else ()
        arguments = {name: spans[f"{where}.{name}"] for name in fields if f"{where}.{name}" in spans}
        return Operation(path, layer, node.span, arguments)

    def _as_labelled(self, statement: tree.Setting) -> tuple[tree.Step, ...]:
        """`fc1 = linear(10)` is reported, and understood as `fc1: linear(10)`."""
        label, source = statement.name, statement.span.source
        equals = source.text.index("=", label.span.end)
        self.elaborator.problems.add(MissingColon(label.span, label.id, source.span(label.span.start, equals + 1)))
        if isinstance(statement.value, tree.Pipe):
            first, *rest = statement.value.steps
            return (replace(first, label=label), *rest)
        return (tree.Step(statement.span, label, statement.value),)


def _misplaced_body(operation: tree.Expression) -> Misplaced:
    if isinstance(operation, tree.Name) and operation.id in section_names():
        message = f"the section `{operation.id}` stands at the top of the file, not in `model`"
        return Misplaced(operation.span, message, "close `model` with `}` before it")
    return Misplaced(operation.span, f"`{operation.span.text}` takes no body")
