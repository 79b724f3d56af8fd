"""Two recordings of a module, with batches of two sizes, as one tree of operations of a spec."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
from pydantic import ValidationError

from netspec.catalogue.entry import find
from netspec.catalogue.layers import Layer
from netspec.importer.arguments import SAME, Step
from netspec.importer.calls import Call, Made, Operation, Value
from netspec.importer.functions import FUNCTIONS
from netspec.importer.leaf_calls import last_state, leaf_step
from netspec.importer.leaves import is_global
from netspec.shapes import Dtype, MisfitError, Shape
from netspec.writer.errors import CannotTranslate
from netspec.writer.network import SIGNS, Node, Scope

BATCHES = (2, 3)
"""The sizes of the two batches: what is a size of the batch differs between them, and nothing else does."""
BATCH_SIZES = {"view", "reshape", "expand", "repeat", "tile", "expand_as", "unflatten", "new_zeros"}
"""Functions whose arguments may be the size of the batch."""
DTYPES: dict[torch.dtype, Dtype] = {torch.float32: "float32", torch.int64: "int64"}


def network(first: Call, second: Call) -> Scope:
    """What both recordings say. Raises CannotTranslate with the name of the operation that no spec has."""
    return _Translator().scope(first, second)


class _Translator:
    def __init__(self) -> None:
        self._same: dict[Value, Value] = {}
        self._batched: dict[Value, bool] = {}

    def scope(self, first: Call, second: Call) -> Scope:
        scope = Scope(first.path, type(first.module).__name__ or "Part", [], [])
        for value, other in zip(first.inputs, second.inputs, strict=True):
            self._learn(value, other, f"what comes into `{first.path or scope.kind}`")
        scope.inputs = [self._resolve(value) for value in first.inputs]
        if len(first.items) != len(second.items):
            raise CannotTranslate(f"`{first.path or scope.kind}` does something else for a batch of another size")
        for item, other in zip(first.items, second.items, strict=True):
            if isinstance(item, Call) and isinstance(other, Call):
                scope.items.append(self.scope(item, other))
            elif isinstance(item, Operation) and isinstance(other, Operation) and item.name == other.name:
                node = self._node(item, other)
                if node is not None:
                    scope.items.append(node)
            else:
                raise CannotTranslate(f"`{first.path or scope.kind}` does something else for a batch of another size")
        scope.outputs = [(name, self._resolve(value)) for name, value in first.outputs]
        return scope

    def _resolve(self, value: Value) -> Value:
        while value in self._same:
            value = self._same[value]
        return value

    def _learn(self, value: Value, other: Value, what: str) -> None:
        """Find out from both recordings whether a value has a batch."""
        if value.why_not is not None or value in self._batched:
            return
        if value.sizes == other.sizes:
            self._batched[value] = False
        elif value.sizes[1:] == other.sizes[1:] and (value.sizes[0], other.sizes[0]) == BATCHES:
            self._batched[value] = True
        else:
            sizes = f"{list(value.sizes)} for a batch of {BATCHES[0]} and {list(other.sizes)} for one of {BATCHES[1]}"
            raise CannotTranslate(f"{what} has the sizes {sizes}; in a spec the batch is first, and left alone")

    def _node(self, operation: Operation, other: Operation) -> Node | None:
        if operation.path is not None and operation.module is None:
            return self._tensor(operation)
        step = leaf_step(operation) if operation.module is not None else self._function(operation, other)
        if step.entry == SAME:
            self._same[operation.outputs[0]] = step.inputs[0]
            return None
        step.inputs = [self._resolve(item) if isinstance(item, Value) else item for item in step.inputs]
        for item in step.inputs:
            if isinstance(item, Value) and item.why_not is not None:
                raise CannotTranslate(f"{operation.place} takes {item.why_not}")
        for value, same in zip(operation.outputs, other.outputs, strict=True):
            self._learn(value, same, f"what {operation.place} gives")
        return self._checked(step, operation)

    def _tensor(self, operation: Operation) -> Node:
        """A parameter or a buffer as a value."""
        (value,) = operation.outputs
        self._batched[value] = False
        fields: dict[str, Any] = {"shape": value.sizes}
        return Node(operation.name, fields, [], [value], operation.path, operation.place)

    def _function(self, operation: Operation, other: Operation) -> Step:
        for item in _flat((operation.arguments, operation.keywords)):
            if isinstance(item, Made):
                raise CannotTranslate(
                    f"{operation.place} takes a tensor of sizes {list(item.sizes)} that the code makes",
                    "register it as a buffer, so that it has a name",
                )
        numbers = zip(
            _flat((operation.arguments, operation.keywords)), _flat((other.arguments, other.keywords)), strict=False
        )
        if operation.name not in BATCH_SIZES:
            for one, two in numbers:
                if isinstance(one, int | float) and one != two:
                    raise CannotTranslate(f"{operation.place} computes with the size of the batch")
        values = [item for item in _flat((operation.arguments, operation.keywords)) if isinstance(item, Value)]
        if operation.name in ("expand", "expand_as", "repeat", "tile"):
            return self._spread(operation)
        state = last_state(operation, values)
        if state is not None:
            return state
        translate = FUNCTIONS.get(operation.name)
        if translate is None:
            raise CannotTranslate(f"{operation.place} has no operation in a spec")
        return translate(operation)

    def _spread(self, operation: Operation) -> Step:
        """A tensor that is made as large as the batch: in a spec it is taken for each sample anyway."""
        value = self._resolve(operation.arguments[0])
        (result,) = operation.outputs
        if not self._batched.get(value, True) and value.sizes[:1] == (1,) and result.sizes[1:] == value.sizes[1:]:
            return Step(SAME, {}, [value])
        if operation.name in ("repeat", "tile") and self._batched.get(value):
            counts = operation.arguments[1:]
            counts = counts[0] if len(counts) == 1 and isinstance(counts[0], tuple) else counts
            if len(counts) == len(value.sizes) and counts[0] == 1:
                return Step("tile", {"dims": counts[1:]}, [value])
        raise CannotTranslate(f"{operation.place} has no operation in a spec")

    def _checked(self, step: Step, operation: Operation) -> Node:
        """The node of a step, whose entry takes the arguments and gives the sizes that were recorded."""
        entry = find(Layer, SIGNS.get(step.entry, step.entry))
        assert entry is not None, f"the catalogue has {step.entry}"
        if is_global(entry, step.fields):
            entry = find(Layer, entry.name().replace("adaptive", "global")) or entry
        fields = {name: value for name, value in step.fields.items() if name in entry.model_fields}
        path, inputs = operation.path, step.inputs
        if step.path is not None:
            path, inputs = _given_path(step, operation, self._same), step.inputs[:1]
        try:
            if step.entry in SIGNS:
                numbers = [float(item) for item in inputs if not isinstance(item, Value)]
                layer = entry(**({"other": numbers[0]} if numbers else {}))
                values = [item for item in inputs if isinstance(item, Value)]
            else:
                layer, values = entry(**fields), inputs
                layer.check()
            shapes = tuple(self._shape(value, operation) for value in values)
            given = layer.outputs(*shapes)
        except (ValidationError, MisfitError, TypeError, ValueError) as error:
            reason = error.reason if isinstance(error, MisfitError) else _first_error(error)
            raise CannotTranslate(f"{operation.place} isn't `{entry.name()}` as a spec has it: {reason}") from error
        outputs = operation.outputs[: len(given)]
        for value in operation.outputs[len(given) :]:
            value.why_not = f"the second result of {operation.place}, which `{entry.name()}` doesn't give"
        for value, shape in zip(outputs, given, strict=True):
            if self._shape(value, operation).dims != shape.dims:
                sizes = f"{list(value.sizes)}, with the batch, and `{entry.name()}` {shape}"
                raise CannotTranslate(f"{operation.place} gives {sizes}")
        name = step.entry if step.entry in SIGNS else entry.name()
        fields = {} if name in SIGNS else {field: getattr(layer, field) for field in entry.model_fields}
        return Node(name, fields, inputs, [*outputs], path, operation.place, layer)

    def _shape(self, value: Value, operation: Operation) -> Shape:
        if value.dtype not in DTYPES:
            raise CannotTranslate(f"{operation.place} takes or gives {str(value.dtype).removeprefix('torch.')}")
        batched = self._batched.get(value, True)
        return Shape(value.sizes[1:] if batched else value.sizes, DTYPES[value.dtype], batched)


def _given_path(step: Step, operation: Operation, same: dict[Value, Value]) -> str:
    """The path of a layer whose weights are given to a function: that of the module which has them."""
    own = [value.path or "" for value in step.inputs[1:]]
    owner = own[0].rpartition(".")[0]
    names = [f"{owner}.{name}".lstrip(".") for name in ("weight", "bias")][: len(own)]
    if own != names or not owner:
        raise CannotTranslate(f"{operation.place} takes weights that no module has as `weight` and `bias`")
    return owner


def _first_error(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        return f"`{'.'.join(map(str, first['loc']))}`: {first['msg']}"
    return str(error).partition("\n")[0]


def _flat(item: Any) -> Iterator[Any]:
    if isinstance(item, dict):
        for value in item.values():
            yield from _flat(value)
    elif isinstance(item, list | tuple):
        for value in item:
            yield from _flat(value)
    else:
        yield item
