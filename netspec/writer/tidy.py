"""A recorded network made ready to be written: what nothing depends on is gone, and every path has its scopes."""

from __future__ import annotations

from collections.abc import Iterable

from netspec.shapes import Shape
from netspec.writer.errors import CannotTranslate
from netspec.writer.network import Node, Scope, Value

TENSORS = ("parameter", "buffer")


def tidied(root: Scope) -> Scope:
    """The network without dead operations; of items below one label all stand in one scope."""
    _drop_dead(root)
    _shuffle(root)
    _dissolve(root)
    _nest(root, set())
    return root


def taken(item: Node | Scope) -> list[Value]:
    """The values from outside that an item takes, the one that flows in first."""
    if isinstance(item, Node):
        return list(dict.fromkeys(item.values))
    made = {value for node in item.nodes() for value in node.outputs}
    inside = [value for node in item.nodes() for value in node.values if value not in made]
    passed = [value for _, value in item.outputs if value not in made]
    found = [value for value in item.inputs if value in inside or value in passed]
    return list(dict.fromkeys([*found, *inside, *passed]))


def has_weights(node: Node) -> bool:
    """Whether it has tensors in the state_dict."""
    if node.layer is None:
        return True
    inputs = [Shape(value.sizes[1:]) for value in node.values]
    return bool(node.layer.parameters(*inputs) or node.layer.buffers(*inputs))


def _drop_dead(root: Scope) -> None:
    live = {value for _, value in root.outputs}

    def keep(scope: Scope) -> None:
        kept: list[Node | Scope] = []
        for item in reversed(scope.items):
            if isinstance(item, Scope):
                keep(item)
                if item.items:
                    kept.append(item)
            elif any(value in live for value in item.outputs):
                live.update(item.values)
                kept.append(item)
        scope.items = kept[::-1]

    keep(root)


def _shuffle(scope: Scope) -> None:
    """Write a shuffle of channels, which is done by hand in three steps, as one."""
    for index, item in enumerate(scope.items):
        if isinstance(item, Scope):
            _shuffle(item)
            continue
        three = scope.items[index : index + 3]
        if [node.entry for node in three if isinstance(node, Node)] != ["reshape", "transpose", "reshape"]:
            continue
        first, second, third = (node for node in three if isinstance(node, Node))
        sizes, grouped = first.values[0].sizes[1:], first.outputs[0].sizes[1:]
        swaps = sorted((second.fields["dim0"], second.fields["dim1"])) == [1, 2]
        if swaps and grouped[2:] == sizes[1:] and third.outputs[0].sizes[1:] == sizes:
            fields = {"groups": grouped[0]}
            scope.items[index : index + 3] = [
                Node("channel_shuffle", fields, first.inputs, third.outputs, None, first.place, first.layer)
            ]


def _dissolve(scope: Scope) -> None:
    """Put the items of a module that is a single layer, with what is done around it, in the place of its scope; forget
    the paths of what has no weights."""
    items: list[Node | Scope] = []
    for item in scope.items:
        if isinstance(item, Node):
            if item.entry not in TENSORS and not has_weights(item):
                item.path = None
            items.append(item)
            continue
        _dissolve(item)
        own = any(isinstance(inner, Node) and inner.path == item.path for inner in item.items)
        items += item.items if own else [item]
    scope.items = items


def _nest(scope: Scope, seen: set[str]) -> None:
    """Open a scope for each path that has more than one part below the scope's own."""
    index = 0
    while index < len(scope.items):
        item = scope.items[index]
        head, dot, _ = (label_of(item, scope) or "").partition(".")
        if dot:
            item = _gather(scope, index, head, seen)
        if isinstance(item, Scope) and item.path not in seen:
            seen.add(item.path)
            _nest(item, seen)
        index += 1


def _gather(scope: Scope, index: int, head: str, seen: set[str]) -> Scope:
    """Put the items from there to the last one below a label in a scope of its own."""

    def is_below(item: Node | Scope) -> bool:
        return (label_of(item, scope) or "").startswith(f"{head}.")

    last = max(place for place, item in enumerate(scope.items) if is_below(item))
    between = scope.items[index : last + 1]
    path = _below(scope.path, head)
    strangers = [item.path for item in between if label_of(item, scope) is not None and not is_below(item)]
    if strangers or path in seen:
        other = f"those of `{strangers[0]}`" if strangers else "others"
        raise CannotTranslate(
            f"the weights of `{path}` are used in turns with {other}",
            "a module that calls its parts in one place has a scope",
        )
    inner = Scope(path, "", [], [], between)
    inner.inputs = [value for value in taken(inner) if value.path is None]
    scope.items[index : last + 1] = [inner]
    return inner


def label_of(item: Node | Scope, scope: Scope) -> str | None:
    """The path of an item within a scope; None if it has no weights. Raises CannotTranslate if it isn't below it."""
    path = item.path
    if path is None:
        return None
    prefix = f"{scope.path}." if scope.path else ""
    if path.startswith(prefix):
        return path.removeprefix(prefix)
    return None


def _below(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def all_paths(scope: Scope) -> Iterable[str]:
    """The paths of scopes and of operations with weights, once for each time that they are called by themselves."""
    called: set[str] = set()
    waiting = [scope]
    while waiting:
        for item in waiting.pop().items:
            if item.path is not None:
                yield item.path
            if isinstance(item, Scope) and item.path not in called:
                called.add(item.path)
                waiting.append(item)
