"""Params that may decide whether other params are read: those that conditions, repetitions and loops depend on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from netspec.checker.names.declarations import Declarations
from netspec.checker.names.values import names_in
from netspec.lang import tree
from netspec.zoo import library_name


def deciding_params(trees: Iterable[tree.Tree], declared: Declarations) -> frozenset[str]:
    """The params that may decide what of a spec is gone through; more than do, but never fewer.

    Conditions in the networks of the zoo aren't looked at: they depend on what the networks are called with, which is
    read all the same.
    """
    nodes = [node for spec in trees if not _in_zoo(spec) for node in tree.walk(spec.body)]
    values = {node.name.id: node.value for node in nodes if isinstance(node, tree.Param)}
    waiting = [name for node in nodes for condition in _conditions(node) for name in _heads(condition)]
    given = {name for node in nodes for name in _given_to_blocks(node, declared)}
    own = {parameter.name.id for item in declared.blocks.values() for parameter in item.block.parameters}
    loops = {node.variable.id for node in nodes if isinstance(node, tree.Loop)}
    found: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found.add(name)
        if name in values:
            waiting += _heads(values[name])
        elif name in own:
            waiting += given
        elif name not in loops and name not in declared.scope.spans:
            # the network's own sizes depend on all params
            return frozenset(declared.scope.spans)
    return frozenset(found & declared.scope.spans.keys())


def _conditions(node: tree.Node) -> Iterator[tree.Expression]:
    match node:
        case tree.Branch() | tree.Conditional():
            yield node.condition
        case tree.Loop():
            yield node.items
        case tree.Repeat():
            yield node.count
        case _:
            pass


def _given_to_blocks(node: tree.Node, declared: Declarations) -> Iterator[str]:
    """The names in the arguments of a block's call, and in the defaults of what it takes."""
    if isinstance(node, tree.Call) and node.function.id in declared.blocks:
        for argument in node.arguments:
            yield from _heads(argument.value)
    elif isinstance(node, tree.Parameter) and node.default is not None:
        yield from _heads(node.default)


def _heads(expression: tree.Expression) -> Iterator[str]:
    return (name.id.partition(".")[0] for name in names_in(expression))


def _in_zoo(spec: tree.Tree) -> bool:
    path = spec.source.path
    return path is not None and library_name(path) is not None
