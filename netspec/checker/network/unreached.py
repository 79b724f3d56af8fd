"""What can be said of lines that aren't gone through: whether the names in them are names of something."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from netspec.catalogue.entry import find
from netspec.catalogue.layers import Layer
from netspec.catalogue.slots import Slot, slots
from netspec.checker.names.scope import Unresolved
from netspec.checker.names.values import evaluate, names_in, report_undefined
from netspec.checker.network import steps as operations
from netspec.lang import tree
from netspec.lang.arguments import count_inputs

if TYPE_CHECKING:
    from netspec.checker.network.body import Frame


def check_names(node: tree.Body | tree.Branch, body: Frame) -> None:
    """Report operations, arguments and names that don't exist, in a branch that isn't taken or a loop without turns.

    Values that are computed from names may be wrong there for the very reason that the lines aren't gone through, so
    nothing is said of them.
    """
    bound = {"input"} | {name.id for item in tree.walk(node) if isinstance(item, tree.Setting) for name in item.names}
    bound |= {item.variable.id for item in tree.walk(node) if isinstance(item, tree.Loop)}
    steps = [item for item in tree.walk(node) if isinstance(item, tree.Step)]
    bound |= {step.label.id for step in steps if step.label is not None and operations.is_tensor(step.operation)}
    for item in tree.walk(node):
        if isinstance(item, tree.Name):
            body.scope.mark_used(item.id)
        if isinstance(item, tree.Step) and item.operation is not None:
            _check_operation(item.operation, item.body is not None, bound, body)


def _check_operation(node: tree.Expression | tree.Repeat, has_body: bool, bound: set[str], body: Frame) -> None:
    if not isinstance(node, tree.Name | tree.Call):
        return
    function = node if isinstance(node, tree.Name) else node.function
    name = function.id.partition(".")[0]
    definition = body.home.blocks.get(function.id)
    if definition is not None:
        definition.used = True
    known = name in bound or body.scope.owner(name) is not None or operations.is_operation(function, body)
    if known and find(Layer, function.id) is None:
        return
    elaborator = body.trace.elaborator
    try:
        entry = elaborator.find(function, Layer, (*operations.known_operations(body), *bound))
        arguments = node.arguments if isinstance(node, tree.Call) else ()
        elaborator.bind(entry, tuple(item for item in arguments if item.name is not None))
        for place, item in enumerate(arguments[count_inputs(arguments, entry) :]):
            field = item.name.id if item.name is not None else "".join(entry.positional[place : place + 1])
            if field in slots(entry):
                _check_argument(entry, slots(entry)[field], item.value, bound, body)
    except Unresolved:
        pass


def _check_argument(entry: type[Layer], slot: Slot, node: tree.Expression, bound: set[str], body: Frame) -> None:
    """Report a number that the argument doesn't take, and a name that nothing has where it takes none."""
    if isinstance(node, tree.Number | tree.Unary | tree.Binary | tree.Group) and not any(names_in(node)):
        # numbers alone have one value, wherever the lines are gone through
        with suppress(Unresolved):
            body.trace.elaborator.literal(entry, slot, evaluate(node, body.scope, body.problems), node.span)
        return
    choice = isinstance(node, tree.Name) and (slot.choices or slot.words == "a name")
    if choice or slot.text or slot.kind is not None:
        return
    for name in (name for name in names_in(node) if name not in slot.choices):
        head = name.partition(".")[0]
        if head not in (*bound, *slot.choices) and body.scope.owner(head) is None:
            place = next(part for part in tree.walk(node) if isinstance(part, tree.Name) and part.id == name)
            report_undefined(name, place, body.scope, body.problems)
