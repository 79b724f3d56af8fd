"""The network of a spec: its inputs, its outputs, and the graph of operations between them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from netspec.catalogue.sections import MODEL
from netspec.checker.names.declarations import INPUT, Declarations
from netspec.checker.names.scope import Record, Scope, Value
from netspec.checker.names.wording import shown
from netspec.checker.network.below import Below
from netspec.checker.network.body import OUTPUT, run
from netspec.checker.network.budget import Budget
from netspec.checker.network.frame import Frame, Interpreter, Trace
from netspec.checker.network.param_names import Level
from netspec.checker.network.pruning import is_below, pruned
from netspec.checker.network.replacements import Replacements, find_replacements
from netspec.checker.network.steps import apply, pipe
from netspec.checker.network.unreached import check_names
from netspec.checker.network.wiring import Placed, Wiring
from netspec.diagnostics import Label, Severity
from netspec.immutable import immutable
from netspec.lang import tree
from netspec.problems import Problems
from netspec.problems.names import Misplaced, Unused
from netspec.problems.shapes import EmptyNetwork, InputMismatch, NoInput
from netspec.problems.training import DeadOperation
from netspec.program.graph import Graph
from netspec.shapes import Shape
from netspec.source import Span

INTERPRETER = Interpreter(run, pipe, apply)


@immutable
class Incoming:
    """What the data gives to the network: shapes by the names of the data's fields, and the place that says so."""

    shapes: Mapping[str, Shape]
    span: Span | None


@dataclass(frozen=True)
class Model:
    """The graph, if every part of it can be had, with the places of its operations, and the shapes behind lines."""

    head: Span
    graph: Graph | None
    places: Mapping[Span, Placed]
    shapes: Mapping[Span, Shape | None]

    @cached_property
    def takers(self) -> Mapping[int, Sequence[int]]:
        """The indices of the nodes that take each value, an index for each time."""
        found: defaultdict[int, list[int]] = defaultdict(list)
        for index, node in enumerate(self.graph.nodes if self.graph is not None else ()):
            for value in node.inputs:
                found[value].append(index)
        return found


def trace(declared: Declarations, incoming: Incoming | None, problems: Problems, *, complete: bool = True) -> Model:
    """Go through the model. Without `incoming` no shape is known, and the names alone are checked; where not everything
    written was understood it isn't `complete`, and what seems to be missing may be what wasn't.

    Raises OverBudget after reporting that the network unrolls to too much.
    """
    part, *_ = parts = declared.sections[MODEL]
    unread = _unread(declared, part.body, problems)
    wiring = Wiring(problems, whole=not unread)
    budget = Budget(problems, part.body)
    replacements = find_replacements(parts, declared, problems)
    bodies = (*(item.body for item in parts), *(definition.block.body for definition in declared.blocks.values()))
    shared = Trace(INTERPRETER, problems, wiring, budget, replacements, unread, below=Below(bodies))
    scope = declared.scope.inner()
    frame = Frame(shared, declared, scope, Level(), None)
    inputs = _inputs(part.head, incoming, wiring, problems)
    for name, value in inputs.items():
        scope.values[name] = value
        scope.spans |= {name: value.span} if value.span is not None else {}
    _index_inputs(part.head, scope)
    if len(inputs) == 1:
        frame.current = scope.values[INPUT] = next(iter(inputs.values()))
    result = frame.run(part.body)
    if complete and not (unread or wiring.broken):
        replacements.report_idle(problems)
    for idle in replacements.idle:
        check_names(idle.body, Frame(shared, declared, declared.scope.inner(), Level(), None))
    _check_unused_blocks(declared, shared)
    outputs = _outputs(result, part.head.span, problems)
    graph = wiring.graph(outputs) if outputs and not replacements.idle else None
    if graph is not None and not graph.nodes and complete:
        problems.add(EmptyNetwork(part.head.span))
        graph = None
    if complete and not problems.fatal:
        _report_unused(shared, graph, problems)
    if graph is not None:
        graph = pruned(replace(graph, bodies=shared.networks, left_out=replacements.reasons))
    return Model(part.head.span, graph, wiring.places, shared.shapes)


def check_blocks(declared: Declarations, problems: Problems) -> None:
    """Check the names in the blocks of a file that has nothing else."""
    _check_unused_blocks(
        declared, Trace(INTERPRETER, problems, Wiring(problems), Budget(problems), Replacements(declared))
    )


def _unread(declared: Declarations, model: tree.Body, problems: Problems) -> tuple[Span, ...]:
    """The mistakes so far within the model and the blocks, where something couldn't be read."""
    bodies = [model, *(definition.block.body for definition in declared.blocks.values())]
    errors = [problem.span for problem in problems if problem.severity is Severity.ERROR and problem.span is not None]
    return tuple(span for span in errors if any(body.span.contains(span) for body in bodies))


def _check_unused_blocks(declared: Declarations, shared: Trace) -> None:
    """What can be said of a block that isn't gone through: its names."""
    for definition in declared.blocks.values():
        if definition.used or definition.home is not declared:
            continue
        scope = declared.scope.inner()
        for parameter in definition.block.parameters:
            scope.bind(parameter.name.id, None, parameter.name.span)
        scope.values[INPUT] = None
        check_names(definition.block.body, Frame(shared, declared, scope.inner(), Level(), None))


def _inputs(
    head: tree.Name | tree.Call, incoming: Incoming | None, wiring: Wiring, problems: Problems
) -> dict[str, Value]:
    """What the network takes, by the names that the model gives or the data has."""
    declared = _declared_inputs(head, problems)
    if incoming is None:
        return {name: wiring.unknown() for name in declared or (INPUT,)}
    fields = incoming.shapes
    if len(fields) == 1 and len(declared) <= 1:
        (shape,) = fields.values()
        return {name: wiring.input(name, shape, incoming.span) for name in declared or (INPUT,)}
    labels = (Label(incoming.span, f"gives {', '.join(fields)}"),) if incoming.span else ()
    if set(declared) != set(fields):
        right = f"model({', '.join(fields)})" if len(fields) > 1 else "model"
        problems.add(InputMismatch(head.span, declared, tuple(fields), right, labels))
        return {name: wiring.unknown() for name in declared or (INPUT,)}
    # the network takes them in the order in which the data has them
    values = {name: wiring.input(name, shape, incoming.span) for name, shape in fields.items()}
    return {name: values[name] for name in declared}


def _index_inputs(head: tree.Name | tree.Call, scope: Scope) -> None:
    """The names of the inputs are declared in the parentheses of `model`."""
    for argument in head.arguments if isinstance(head, tree.Call) else ():
        if isinstance(argument.value, tree.Name) and argument.value.id in scope.values:
            scope.places[argument.value.id] = argument.value.span
            scope.index.declare(argument.value.span, "input")
            scope.note(argument.value.span, scope.values[argument.value.id])


def _declared_inputs(head: tree.Name | tree.Call, problems: Problems) -> tuple[str, ...]:
    found: list[str] = []
    for argument in head.arguments if isinstance(head, tree.Call) else ():
        if argument.name is not None or not isinstance(argument.value, tree.Name) or "." in argument.value.id:
            problems.add(Misplaced(argument.span, "in the parentheses of `model` stand the names of its inputs"))
        elif argument.value.id not in found:
            found.append(argument.value.id)
    return tuple(found)


def _outputs(result: Any, span: Span, problems: Problems) -> Sequence[tuple[str, Value]]:
    """What the network gives, by names."""
    values: dict[str, Any] = result.values if isinstance(result, Record) else {OUTPUT: result}
    for name, value in values.items():
        if value is None:
            problems.add(EmptyNetwork(span))
            return ()
        if not isinstance(value, Value):
            problems.add(NoInput(span, f"`{name}` is no value of the network: {shown(value)}"))
            return ()
    return tuple(values.items())


def _report_unused(shared: Trace, graph: Graph | None, problems: Problems) -> None:
    """Report values that nothing reads, and operations whose values come to nothing."""
    for span, name in shared.bound.items():
        if span not in shared.read:
            problems.add(Unused(span, "value", name))
    if graph is None:
        return
    live = graph.live
    alive = {node.span for index, node in enumerate(graph.nodes) if index in live}
    taken = {value for node in graph.nodes for value in node.inputs}
    # of a value that isn't used, that has been said where it is named
    taken |= {shared.given[span] for span in shared.bound if span in shared.given and span not in shared.read}
    for node in graph.nodes:
        if is_below(node.path, shared.networks):
            # what isn't used of a network of the zoo, such as its head, is left out
            continue
        if node.span not in alive and taken.isdisjoint(node.outputs):
            problems.add(DeadOperation(node.span, node.layer.name()))
