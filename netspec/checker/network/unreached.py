"""Lines that aren't reached, in a branch that isn't taken, a loop without turns or an unused block: names alone."""

from __future__ import annotations

from contextlib import suppress

from netspec.catalogue.entry import find
from netspec.catalogue.layers import Layer
from netspec.catalogue.slots import Slot, slots
from netspec.checker.entries.bind import bind, find_entry
from netspec.checker.entries.refusals import check_literal
from netspec.checker.names.declarations import INPUT
from netspec.checker.names.scope import Unresolved
from netspec.checker.names.values import evaluate, names_in
from netspec.checker.names.wording import report_undefined
from netspec.checker.network.frame import Frame
from netspec.checker.network.known import function_of, is_tensor
from netspec.checker.network.references import fields_of, refer_names
from netspec.lang import tree


def check_names(node: tree.Body | tree.Branch, frame: Frame) -> None:
    """Report operations, arguments and names that don't exist, in a branch that isn't taken or a loop without turns.

    Values that are computed from names may be wrong there for the very reason that the lines aren't gone through, so
    nothing is said of them.
    """
    nodes = list(tree.walk(node))
    bound = {INPUT} | {name.id for item in nodes if isinstance(item, tree.Setting) for name in item.names}
    bound |= {item.variable.id for item in nodes if isinstance(item, tree.Loop)}
    steps = [item for item in nodes if isinstance(item, tree.Step)]
    bound |= {step.label.id for step in steps if step.label is not None and is_tensor(step.operation)}
    # behind the label of a scope stands a part of it
    bound |= {name.id for name in nodes if isinstance(name, tree.Name) and _is_part(name, steps, frame)}
    for item in nodes:
        if isinstance(item, tree.Name):
            frame.scope.mark_used(item.id)
        if isinstance(item, tree.Step) and item.operation is not None:
            _check_operation(item.operation, bound, frame)
    refer_names(nodes, frame)


def _is_part(name: tree.Name, steps: list[tree.Step], frame: Frame) -> bool:
    head, dot, _ = name.id.partition(".")
    labels = {step.label.id for step in steps if step.label is not None} if dot else set[str]()
    return frame.has_part(name) or head in labels


def _check_operation(node: tree.Expression | tree.Repeat, bound: set[str], frame: Frame) -> None:
    if not isinstance(node, tree.Operation):
        return
    function = function_of(node)
    name = function.id.partition(".")[0]
    definition = frame.home.blocks.get(function.id)
    if definition is not None:
        definition.used = True
    known = name in bound or function.id in bound or frame.scope.owner(name) is not None or frame.is_operation(function)
    if known and find(Layer, function.id) is None:
        return
    with suppress(Unresolved):
        entry = find_entry(function, Layer, frame.problems, lambda: (*frame.known_operations(), *bound))
        arguments = node.arguments if isinstance(node, tree.Call) else ()
        bind(entry, tuple(item for item in arguments if item.name is not None), frame.problems)
        for name, item in fields_of(entry, arguments):
            _check_argument(entry, slots(entry)[name], item.value, bound, frame)


def _check_argument(entry: type[Layer], slot: Slot, node: tree.Expression, bound: set[str], frame: Frame) -> None:
    """Report a number that the argument doesn't take, and a name that nothing has where it takes none."""
    if isinstance(node, tree.Number | tree.Unary | tree.Binary | tree.Group) and not any(names_in(node)):
        # numbers alone have one value, wherever the lines are gone through
        with suppress(Unresolved):
            check_literal(entry, slot, evaluate(node, frame.scope, frame.problems), node.span, frame.problems)
        return
    choice = isinstance(node, tree.Name) and (slot.choices or slot.names)
    if choice or slot.text or slot.kind is not None:
        return
    known = {*bound, *slot.choices}
    for name in {name.id: name for name in reversed(list(names_in(node)))}.values():
        head = name.id.partition(".")[0]
        if name.id not in known and head not in known and frame.scope.owner(head) is None:
            report_undefined(name.id, name, frame.scope, frame.problems)
