"""A graph as a module of torch: a class whose attributes are its layers and whose `forward` applies them in order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from keyword import iskeyword
from typing import Any

from torch import nn

from netspec.catalogue.python import literal
from netspec.ejector.pieces import Pieces
from netspec.ejector.recorded import Call, Expression, recorded
from netspec.program.graph import Graph, Node

LONGEST = 40
"""The characters of a name that is still readable."""
SHAPING = "netspec.modules.shaping."
CHANNELS_LAST = "memory_format=torch.channels_last"


@dataclass(frozen=True)
class NetworkText:
    """The lines of a class `Net`, and the names of its attributes by the paths of the operations with weights."""

    lines: list[str]
    attributes: Mapping[str, str]

    def tensor(self, name: str) -> str:
        """A tensor of the state_dict, by its name in the spec, as an attribute of `net`."""
        path = max((path for path in self.attributes if f"{name}.".startswith(f"{path}.")), key=len)
        return f"net.{self.attributes[path]}{name.removeprefix(path)}"


def network_text(graph: Graph, pieces: Pieces, *, channels_last: bool = False) -> NetworkText:
    """The class of a network. With `channels_last`, images are arranged so before the first layer."""
    built = [recorded(node.layer.build, *node.input_shapes) for node in graph.nodes]
    attributes = _attributes(graph, built, pieces)
    setup: dict[str, str] = {}
    for (node, call), name in zip(zip(graph.nodes, built, strict=True), attributes, strict=True):
        if name is not None and name not in setup:
            setup[name] = _assigned(name, node, pieces.value(call))
    count = f"{graph.parameter_count:,} parameters" if graph.parameter_count else "no parameters"
    lines = ["class Net(nn.Module):", f'    """A network with {count}; comments are shapes of a sample."""', ""]
    if setup:
        lines += ["    def __init__(self):", "        super().__init__()"]
        lines += [f"        {line}" for line in setup.values()] + [""]
    lines += [f"    {line}" for line in _forward(graph, built, attributes, pieces, channels_last)]
    weighted = ((node, name) for node, name in zip(graph.nodes, attributes, strict=True) if node.has_weights)
    return NetworkText(lines, {node.path: name for node, name in weighted if name is not None})


# ---- the layers and their names ----


def _attributes(graph: Graph, built: Sequence[Any], pieces: Pieces) -> list[str | None]:
    """The attribute of each operation, None for those that are written in place. Those without weights that are the
    same share one."""
    wanted: list[tuple[Any, str] | None] = []
    for node, call in zip(graph.nodes, built, strict=True):
        if _in_place(call) is not None:
            wanted.append(None)
        elif node.has_weights:
            wanted.append((node.path, _name(node)))
        else:
            wanted.append(((node.layer.name(), pieces.value(call)), node.layer.name()))
    keys = dict(one for one in wanted if one is not None)
    counts, seen, names = Counter(keys.values()), Counter[str](), {}
    taken = {name for name, count in counts.items() if count == 1}
    for key, name in keys.items():
        if counts[name] > 1:
            seen[name] += 1
            while f"{name}{seen[name]}" in taken:
                seen[name] += 1
            name = f"{name}{seen[name]}"
            taken.add(name)
        names[key] = name
    return [None if one is None else names[one[0]] for one in wanted]


def _name(node: Node) -> str:
    """A name for an operation with weights, from the labels in its path, else from what it is."""
    *scopes, last = node.path.split(".")
    found = "_".join(
        [*(part for part in scopes if _is_plain(f"_{part}")), last if _is_plain(last) else node.layer.name()]
    )
    if not (_is_plain(found) and len(found) <= LONGEST):
        found = node.layer.name()
    return f"{found}_" if iskeyword(found) or hasattr(nn.Module(), found) or found.startswith("__") else found


def _is_plain(name: str) -> bool:
    return name.isascii() and name.isidentifier()


def _assigned(name: str, node: Node, value: str) -> str:
    """The line that makes an attribute."""
    if not node.inputs and node.buffers:
        return f"self.register_buffer({literal(name)}, {value})"
    return f"self.{name} = {value}"


# ---- the forward pass ----


def _forward(
    graph: Graph, built: Sequence[Any], attributes: Sequence[str | None], pieces: Pieces, channels_last: bool
) -> list[str]:
    variables = {number: "x" if not number else f"x{number + 1}" for number in range(len(graph.inputs))}
    shapes = ", ".join(map(_shape, graph.shapes[: len(graph.inputs)]))
    lines = [f"def forward(self, {', '.join(variables.values())}):  # {shapes}"]
    if channels_last:
        for number, item in enumerate(graph.inputs):
            if item.shape.rank == 3:
                lines.append(f"    {variables[number]} = {_arranged(variables[number], item.shape.channels)}")
    kept = {output.value for output in graph.outputs}
    last_use = {value: index for index, node in enumerate(graph.nodes) for value in node.inputs}
    for index, (node, call, name) in enumerate(zip(graph.nodes, built, attributes, strict=True)):
        given = [variables[value] for value in node.inputs]
        result = _applied(node, call, name, given, pieces)
        for value in {*node.inputs}:
            if last_use[value] == index and value not in kept:
                del variables[value]
        targets: list[str] = []
        for value in node.outputs:
            free = next(iter(one for one in given if one not in variables.values() and one not in targets), None)
            variables[value] = free or _fresh({*variables.values(), *targets})
            targets.append(variables[value])
        line = f"    {', '.join(targets)} = {result}"
        kept_shape = len(node.inputs) == 1 and node.shapes == node.input_shapes
        lines.append(line if kept_shape else f"{line}  # {', '.join(map(_shape, node.shapes))}")
        for value in node.outputs:
            if value not in last_use and value not in kept:
                del variables[value]
    if len(graph.outputs) == 1:
        return [*lines, f"    return {variables[graph.outputs[0].value]}"]
    results = (f"{literal(output.name)}: {variables[output.value]}" for output in graph.outputs)
    return [*lines, f"    return {{{', '.join(results)}}}"]


def _fresh(taken: set[str]) -> str:
    number = 1
    while (name := "x" if number == 1 else f"x{number}") in taken:
        number += 1
    return name


def _shape(shape: Any) -> str:
    return f"[{', '.join(map(str, shape.dims))}]"


def _arranged(variable: str, channels: int) -> str:
    """Images with the channels of a pixel next to each other."""
    if channels > 1:
        return f"{variable}.contiguous({CHANNELS_LAST})"
    # one channel lies both ways at once, and `contiguous` leaves it as it is
    return f"torch.empty_like({variable}, {CHANNELS_LAST}).copy_({variable})"


def _applied(node: Node, call: Any, name: str | None, given: Sequence[str], pieces: Pieces) -> str:
    in_place = _in_place(call)
    if in_place is not None:
        return in_place(node, call, given, pieces)
    return f"self.{name}({', '.join(given)})" if node.inputs else f"self.{name}"


# ---- operations that are written in place ----

InPlace = Callable[[Node, Call, Sequence[str], Pieces], str]


def _in_place(call: Any) -> InPlace | None:
    return IN_PLACE.get(call.function.path) if isinstance(call, Call) else None


def _function(node: Node, call: Call, given: Sequence[str], pieces: Pieces) -> str:
    (function,) = call.arguments
    named = (f"{name}={pieces.value(value)}" for name, value in call.named.items())
    return f"{pieces.name(function.path)}({', '.join((*given, *named))})"


def _operator(node: Node, call: Call, given: Sequence[str], pieces: Pieces) -> str:
    sign, number, reflected = call.arguments
    other = given[1] if len(given) > 1 else pieces.value(number)
    left, right = (other, given[0]) if reflected else (given[0], other)
    return f"{left} {sign} {right}"


def _concat(node: Node, call: Call, given: Sequence[str], pieces: Pieces) -> str:
    dim, shared = call.arguments
    batch = next(value for index, value in enumerate(given) if index not in shared)
    values = (
        f"{value}.expand(len({batch}), *{value}.shape[1:])" if index in shared else value
        for index, value in enumerate(given)
    )
    return f"torch.cat([{', '.join(values)}], {dim})"


def _stack(node: Node, call: Call, given: Sequence[str], pieces: Pieces) -> str:
    return f"torch.stack([{', '.join(given)}], {call.arguments[0]})"


def _reshape(node: Node, call: Call, given: Sequence[str], pieces: Pieces) -> str:
    return f"{given[0]}.reshape({', '.join([f'len({given[0]})', *map(str, call.arguments)])})"


def _slice(node: Node, call: Call, given: Sequence[str], pieces: Pieces) -> str:
    dim, start, stop, step = call.arguments
    before = dim % (node.input_shapes[0].rank + 1)
    part = ":".join("" if one is None else str(one) for one in (start, stop, *((step,) if step != 1 else ())))
    return f"{given[0]}[{', '.join([':'] * before + [part])}]"


IN_PLACE: dict[str, InPlace] = {
    f"{SHAPING}Function": _function,
    f"{SHAPING}Concat": _concat,
    f"{SHAPING}Stack": _stack,
    f"{SHAPING}Reshape": _reshape,
    f"{SHAPING}Slice": _slice,
    "netspec.modules.arithmetic.Operator": _operator,
}
"""What stands in the forward pass as an expression; all else is an attribute that is called."""


def is_written(node: Node) -> bool:
    """Whether the method that builds a layer can be written down: it returns calls of names."""
    return isinstance(recorded(node.layer.build, *node.input_shapes), Expression)
