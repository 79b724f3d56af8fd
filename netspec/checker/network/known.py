"""Operations that a name may stand for: the catalogue's layers, blocks, and the few that the language itself has."""

from __future__ import annotations

from netspec.catalogue.entry import find
from netspec.catalogue.layers import Layer
from netspec.catalogue.sections import section_names
from netspec.checker.names.declarations import REPLACE, Declarations
from netspec.checker.names.scope import Deferred, Scope
from netspec.lang import tree

RESIDUAL, REUSE = "residual", "reuse"
BUILT_IN = (REUSE, RESIDUAL, REPLACE)
"""Operations that aren't the catalogue's; `repeat` is a word of the grammar."""


def is_operation(name: tree.Name, scope: Scope, home: Declarations) -> bool:
    """Whether a bare name is that of an operation; `home` is the file whose blocks it may mean."""
    if scope.owner(name.id) is not None:
        return isinstance(scope.peek(name.id), Deferred)
    return name.id in home.blocks or find(Layer, name.id) is not None or name.id in BUILT_IN


def known_operations(scope: Scope, home: Declarations) -> tuple[str, ...]:
    """What could be meant by a misspelt operation, beside the catalogue's: blocks and values."""
    return (*home.blocks, *BUILT_IN, *scope.names())


def function_of(node: tree.Operation) -> tree.Name:
    """The name of an operation, with arguments or without."""
    return node if isinstance(node, tree.Name) else node.function


def is_tensor(node: tree.Expression | tree.Repeat | None) -> bool:
    """Whether an operation has no input, as a learned tensor: its label is the name of a value."""
    if not isinstance(node, tree.Operation):
        return False
    layer = find(Layer, function_of(node).id)
    return layer is not None and not layer.inputs.names


def is_section(head: tree.Operation) -> bool:
    """Whether what has a body has the name of a section."""
    return function_of(head).id in section_names()
