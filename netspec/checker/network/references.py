"""References in lines of a network that aren't gone through: what their names mean, as far as that can be told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from netspec.catalogue.entry import find
from netspec.catalogue.layers import Layer
from netspec.catalogue.sections import MODEL
from netspec.catalogue.slots import slots
from netspec.checker.names.index import Field, Index
from netspec.checker.names.scope import head_of
from netspec.checker.network.frame import Frame
from netspec.checker.network.known import REUSE, function_of, is_tensor
from netspec.lang import tree
from netspec.lang.arguments import count_inputs
from netspec.source import Span


def fields_of(entry: type[Layer], arguments: tuple[tree.Argument, ...]) -> Iterator[tuple[str, tree.Argument]]:
    """The arguments that are for fields, with the names of these."""
    for index, item in enumerate(arguments[count_inputs(arguments, entry) :]):
        field = item.name.id if item.name is not None else "".join(entry.positional[index : index + 1])
        if field in slots(entry):
            yield field, item


def refer_names(nodes: Iterable[tree.Node], frame: Frame) -> None:
    """What the names in lines that aren't gone through mean, as far as that can be told. `nodes` are those of the
    lines, each before its children."""
    index, local = frame.scope.index, _Local()
    for item in nodes:
        local.enter(item, index)
        if isinstance(item, tree.Operation) and id(item) not in local.not_uses:
            _refer_operation(item, local.labels, frame)
        if isinstance(item, tree.Name) and id(item) not in local.not_uses:
            head = item.id.partition(".")[0]
            owner, block = frame.scope.owner(head), frame.home.blocks.get(item.id)
            target = local.spans.get(head) or (owner.place(head) if owner is not None else None)
            target = target or (block.block.name.span if block is not None else None)
            index.refer(head_of(item, head), target)


def _refer_operation(node: tree.Operation, labels: Mapping[str, Span], frame: Frame) -> None:
    """The entry that an operation is, and the fields or the parameters that its arguments are for."""
    function, index = function_of(node), frame.scope.index
    arguments = node.arguments if isinstance(node, tree.Call) else ()
    if function.id == REUSE:
        for argument in arguments[:1]:
            index.refer(argument.value.span, labels.get(argument.value.span.text))
    entry, block = find(Layer, function.id), frame.home.blocks.get(function.id)
    if entry is not None:
        index.name_entry(function.span, entry)
        for name, argument in fields_of(entry, arguments):
            found = Field(entry, slots(entry)[name], f"{MODEL}.{name}")
            for place in filter(None, (argument.name, argument.value)):
                index.name_field(place.span, found)
    elif block is not None:
        parameters = {item.name.id: item.name.span for item in block.block.parameters}
        for name in (argument.name for argument in arguments):
            if name is not None:
                index.refer(name.span, parameters.get(name.id))


class _Local:
    """Names that the lines themselves declare, as far as they are gone through."""

    def __init__(self) -> None:
        self.spans: dict[str, Span] = {}
        self.labels: dict[str, Span] = {}
        self.not_uses: set[int] = set()
        self.waiting: list[tree.Setting] = []

    def enter(self, node: tree.Node, index: Index) -> None:
        while self.waiting and not self.waiting[-1].span.contains(node.span):
            # a value's name means the value behind its own line alone
            self.spans |= {name.id: name.span for name in self.waiting.pop().names}
        match node:
            case tree.Setting(names=names):
                self.not_uses |= set(map(id, names))
                self.waiting.append(node)
                for name in names:
                    index.declare(name.span, "value")
            case tree.Loop(variable=variable):
                self.not_uses.add(id(variable))
                self.spans[variable.id] = variable.span
                index.declare(variable.span, "variable")
            case tree.Argument(name=tree.Name() as name):
                self.not_uses.add(id(name))
            case tree.Step(label=tree.Label() as label):
                self.labels[label.id] = label.span
                index.declare(label.span, "label")
                if is_tensor(node.operation):
                    self.spans[label.id] = label.span
            case _:
                pass
