"""Lines that aren't reached, in a branch that isn't taken, a loop without turns or an unused block: names alone."""

from __future__ import annotations

from contextlib import suppress

from netspec.catalogue.entry import find
from netspec.catalogue.layers import Layer
from netspec.catalogue.slots import Slot, slots
from netspec.checker.entries.bind import bind, find_entry
from netspec.checker.names.reserved import INPUT
from netspec.checker.names.scope import Unresolved
from netspec.checker.names.values import evaluate, names_in, report_undefined
from netspec.checker.network.frame import Frame
from netspec.checker.network.known import function_of, is_tensor
from netspec.lang import tree
from netspec.lang.arguments import count_inputs


def check_names(node: tree.Body | tree.Branch, frame: Frame) -> None:
    """Report operations, arguments and names that don't exist, in a branch that isn't taken or a loop without turns.

    Values that are computed from names may be wrong there for the very reason that the lines aren't gone through, so
    nothing is said of them.
    """
    bound = {INPUT} | {name.id for item in tree.walk(node) if isinstance(item, tree.Setting) for name in item.names}
    bound |= {item.variable.id for item in tree.walk(node) if isinstance(item, tree.Loop)}
    steps = [item for item in tree.walk(node) if isinstance(item, tree.Step)]
    bound |= {step.label.id for step in steps if step.label is not None and is_tensor(step.operation)}
    for item in tree.walk(node):
        if isinstance(item, tree.Name):
            frame.scope.mark_used(item.id)
        if isinstance(item, tree.Step) and item.operation is not None:
            _check_operation(item.operation, item.body is not None, bound, frame)


def _check_operation(node: tree.Expression | tree.Repeat, has_body: bool, bound: set[str], frame: Frame) -> None:
    if not isinstance(node, tree.Name | tree.Call):
        return
    function = function_of(node)
    name = function.id.partition(".")[0]
    definition = frame.home.blocks.get(function.id)
    if definition is not None:
        definition.used = True
    known = name in bound or frame.scope.owner(name) is not None or frame.is_operation(function)
    if known and find(Layer, function.id) is None:
        return
    try:
        entry = find_entry(function, Layer, frame.problems, (*frame.known_operations(), *bound))
        arguments = node.arguments if isinstance(node, tree.Call) else ()
        bind(entry, tuple(item for item in arguments if item.name is not None), frame.problems)
        for index, item in enumerate(arguments[count_inputs(arguments, entry) :]):
            field = item.name.id if item.name is not None else "".join(entry.positional[index : index + 1])
            if field in slots(entry):
                _check_argument(entry, slots(entry)[field], item.value, bound, frame)
    except Unresolved:
        pass


def _check_argument(entry: type[Layer], slot: Slot, node: tree.Expression, bound: set[str], frame: Frame) -> None:
    """Report a number that the argument doesn't take, and a name that nothing has where it takes none."""
    if isinstance(node, tree.Number | tree.Unary | tree.Binary | tree.Group) and not any(names_in(node)):
        # numbers alone have one value, wherever the lines are gone through
        with suppress(Unresolved):
            frame.trace.elaborator.literal(entry, slot, evaluate(node, frame.scope, frame.problems), node.span)
        return
    choice = isinstance(node, tree.Name) and (slot.choices or slot.words == "a name")
    if choice or slot.text or slot.kind is not None:
        return
    for name in (name for name in names_in(node) if name not in slot.choices):
        head = name.partition(".")[0]
        if head not in (*bound, *slot.choices) and frame.scope.owner(head) is None:
            place = next(part for part in tree.walk(node) if isinstance(part, tree.Name) and part.id == name)
            report_undefined(name, place, frame.scope, frame.problems)
