"""What can be said of lines that aren't gone through: whether the names in them are names of something."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netspec.catalogue.entry import find
from netspec.catalogue.layers import Layer
from netspec.checker import operations
from netspec.checker.scope import Bad
from netspec.lang import tree

if TYPE_CHECKING:
    from netspec.checker.network import Body


def check_names(node: tree.Body | tree.Branch, body: Body) -> None:
    """Report operations and arguments that don't exist, in a branch that isn't taken or a loop without turns.

    Values may be wrong there for the very reason that the lines aren't gone through, so nothing is said of them.
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


def _check_operation(node: tree.Expression | tree.Repeat, has_body: bool, bound: set[str], body: Body) -> None:
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
        named = tuple(item for item in node.arguments if item.name is not None) if isinstance(node, tree.Call) else ()
        elaborator.bind(entry, named)
    except Bad:
        pass
