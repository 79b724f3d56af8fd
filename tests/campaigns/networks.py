"""Networks as data: what they look like in a spec, and what they do in torch without netspec's shape rules.

A network runs on tensors. Every module is made with sizes read off the values that come in, so torch alone decides
what fits; netspec's parser, checker and shape rules have no part in it.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import prod
from typing import Any, cast

from pydantic import ValidationError
from torch import Tensor, nn

from netspec.catalogue.entry import find
from netspec.catalogue.layers import Layer
from netspec.shapes import Shape
from tests.catalogue.test_layers_against_torch import COMPUTED

BATCHES = (1, 17, 23)
"""What fits, fits every batch: no size of a sample is that of all three, so that none is taken for the batch."""

HUGE = 100_000
"""With more numbers than this for each sample, a network isn't tried."""

LEARNING = (
    *("lstm", "gru", "rnn", "attention", "prepend_class_token", "positional_encoding", "instance_norm"),
    *(f"transformer_{part}{layer}" for part in ("encoder", "decoder") for layer in ("", "_layer")),
)
"""Layers with weights, which their modules keep; the others of COMPUTED are functions."""

CONSTANTS = {"true": True, "false": False, "none": None, "min": min, "max": max}
HOLE = re.compile(r"\{(\w+)\}")


class Refused(Exception):  # noqa: N818 - torch's answer
    """torch doesn't take it, or nothing is left of the value, or the batch isn't a batch any more."""


class TooLarge(Refused):
    """A value grows, in a loop, beyond what there is memory for, whatever torch would say of it."""


# ---- values ----


@dataclass(frozen=True)
class Value:
    """A value of the network, once for each batch; one that isn't `batched` is the same for all."""

    tensors: tuple[Tensor, ...]
    batched: bool = True

    @property
    def dims(self) -> tuple[int, ...]:
        return tuple(self.tensors[0].shape[self.batched :])

    @property
    def shape(self) -> Shape:
        return Shape(self.dims, "float32" if self.tensors[0].is_floating_point() else "int64", self.batched)

    @property
    def sizes(self) -> dict[str, int]:
        """The sizes by the names that a spec may use."""
        if not self.dims:
            return {}
        spatial = {2: ("length",), 3: ("height", "width"), 4: ("depth", "height", "width")}.get(len(self.dims), ())
        named = dict(zip(spatial, self.dims[1:], strict=False))
        return {"channels": self.dims[0], "features": self.dims[-1], "rank": len(self.dims), **named}

    def __getattr__(self, name: str) -> int:
        if name.startswith("_") or name not in self.sizes:
            raise AttributeError(name)
        return self.sizes[name]

    def _with(self, apply: Callable[[Any, Any], Any], other: Any) -> Value:
        return together(apply, self, other) if isinstance(other, Value) else together(apply, self, number=other)

    def _behind(self, apply: Callable[[Any, Any], Any], number: Any) -> Value:
        return together(lambda x, y: apply(y, x), self, number=number)

    def __add__(self, other: Any) -> Value:
        return self._with(operator.add, other)

    def __sub__(self, other: Any) -> Value:
        return self._with(operator.sub, other)

    def __mul__(self, other: Any) -> Value:
        return self._with(operator.mul, other)

    def __truediv__(self, other: Any) -> Value:
        return self._with(operator.truediv, other)

    def __radd__(self, other: Any) -> Value:
        return self._behind(operator.add, other)

    def __rsub__(self, other: Any) -> Value:
        return self._behind(operator.sub, other)

    def __rmul__(self, other: Any) -> Value:
        return self._behind(operator.mul, other)

    def __rtruediv__(self, other: Any) -> Value:
        return self._behind(operator.truediv, other)

    def __neg__(self) -> Value:
        return self._behind(operator.mul, -1)


class Record(dict[str, Any]):
    """Several values by their names."""

    def __getattr__(self, name: str) -> Any:
        return self[name]


def together(apply: Callable[..., Any], *values: Value, number: Any = None) -> Any:
    """What torch gives for each batch, as one value or several. Raises Refused if it doesn't fit one of them."""
    results: list[tuple[Tensor, ...]] = []
    for tensors in zip(*(value.tensors for value in values), strict=True):
        try:
            result = apply(*tensors) if number is None else apply(*tensors, number)
        except (RuntimeError, ValueError, LookupError, TypeError, AssertionError) as error:
            raise Refused(str(error)) from None
        results.append(tuple(result) if isinstance(result, tuple | list) else (result,))
    if len({len(result) for result in results}) > 1:
        raise Refused("the batch is cut")
    batched = any(value.batched for value in values)
    found = tuple(Value(tensors, batched) for tensors in zip(*results, strict=True))
    for value in found:
        _check_sizes(value)
    return found[0] if len(found) == 1 else found


def _check_sizes(value: Value) -> None:
    if value.batched and tuple(tensor.shape[:1].numel() if tensor.dim() else 0 for tensor in value.tensors) != BATCHES:
        raise Refused("the batch is mixed with the rest")
    if len({tuple(tensor.shape[value.batched :]) for tensor in value.tensors}) > 1:
        raise Refused("the rest is mixed with the batch")
    if 0 in value.dims:
        raise Refused("nothing is left")
    if prod(value.dims) > HUGE:
        raise TooLarge(f"{value.dims}")


# ---- names and weights ----


@dataclass
class Weights:
    """What operations have made, by the operation and its turn, so that they can be applied again."""

    made: dict[tuple[Step, int], Any] = field(default_factory=dict)
    turns: dict[Step, int] = field(default_factory=dict)

    def at(self, step: Step, make: Callable[[], Any]) -> Any:
        """What this step made in this turn, now or when it was applied before."""
        turn = self.turns[step] = self.turns.get(step, -1) + 1
        if (step, turn) not in self.made:
            self.made[step, turn] = make()
        return self.made[step, turn]

    def again(self) -> Weights:
        return Weights(self.made)


@dataclass
class Names:
    """What names stand for, in a body and those around it."""

    outer: Names | None = None
    values: dict[str, Any] = field(default_factory=dict)
    labels: dict[str, tuple[Step, Weights, Names]] = field(default_factory=dict)
    weights: Weights = field(default_factory=Weights)

    def inner(self, **values: Any) -> Names:
        return Names(self, values, weights=self.weights)

    def copy(self) -> Names:
        return Names(self.outer, dict(self.values), dict(self.labels), self.weights)

    def around(self) -> Iterator[Names]:
        names: Names | None = self
        while names is not None:
            yield names
            names = names.outer

    def __getitem__(self, name: str) -> Any:
        for names in self.around():
            if name in names.values:
                return names.values[name]
        return CONSTANTS.get(name, name)

    def all(self, kind: type | tuple[type, ...]) -> dict[str, Any]:
        """The values of a kind, by their names."""
        found = {name: item for names in reversed([*self.around()]) for name, item in names.values.items()}
        return {name: item for name, item in found.items() if isinstance(item, kind)}

    def label(self, name: str) -> tuple[Step, Weights, Names]:
        return next(names.labels[name] for names in self.around() if name in names.labels)

    def known_labels(self) -> list[str]:
        return [label for names in self.around() for label in names.labels]

    def of(self, text: str) -> Any:
        """The value of an expression, which the language writes as Python does; a name without a value is a choice."""
        try:
            value = eval(text, {"__builtins__": {}}, cast("Mapping[str, object]", self))
        except (AttributeError, ZeroDivisionError) as error:
            raise Refused(str(error)) from None
        return tuple(value) if isinstance(value, list) else value


# ---- steps of a pipe ----


@dataclass(eq=False)
class Step:
    """One station of a pipe; `label` names it."""

    label: str | None = field(default=None, kw_only=True)

    def text(self, depth: int) -> str:
        if self.label is None:
            return self.body_text(depth)
        label = f'"{self.label}"' if "{" in self.label else self.label
        return f"{label}: {self.body_text(depth)}"

    def run(self, x: Any, names: Names, head: bool) -> Any:
        if self.label is None:
            return self.apply(x, names, head)
        own = cast(Weights, names.weights.at(self, Weights)).again()
        text = HOLE.sub(lambda hole: str(names[hole[1]]), self.label)
        names.labels[text] = (self, own, names.copy())
        around, names.weights = names.weights, own
        try:
            return self.apply(x, names, head)
        finally:
            names.weights = around

    def body_text(self, depth: int) -> str:
        raise NotImplementedError

    def apply(self, x: Any, names: Names, head: bool) -> Any:
        raise NotImplementedError


def made_of(layer: Layer, values: Sequence[Value]) -> Any:
    """What does what the layer says: a module of torch, a function, or a tensor."""
    compute = None if layer.name() in LEARNING else COMPUTED.get(layer.name())
    if compute is not None:
        return lambda *x: compute(layer, *x)
    try:
        built = layer.build(*(value.shape for value in values))
    except (RuntimeError, ValueError, LookupError, TypeError, AssertionError) as error:
        # a KeyError where torch has no module for so many dimensions
        raise Refused(str(error)) from None
    return built if isinstance(built, Tensor) else built.eval()


@dataclass(eq=False)
class Operation(Step):
    """An operation of the catalogue with further values before its arguments: `concat(a, b, dim=1)`.

    So many arguments as `unnamed` are written without their names.
    """

    name: str
    arguments: dict[str, str] = field(default_factory=dict)
    values: Sequence[str | Line] = ()
    unnamed: int = 0

    def body_text(self, depth: int) -> str:
        values = [value if isinstance(value, str) else f"({value.text(0).strip()})" for value in self.values]
        parts = [
            text if at < self.unnamed else f"{name}={text}" for at, (name, text) in enumerate(self.arguments.items())
        ]
        return f"{self.name}({', '.join([*values, *parts])})" if values or parts else self.name

    def apply(self, x: Any, names: Names, head: bool) -> Any:
        given = names[self.name]
        if isinstance(given, Operation):  # what a block was given
            return given.apply(x, names, head)
        kind = find(Layer, self.name)
        assert kind is not None, self.name
        values = [names.of(value) if isinstance(value, str) else value.result(x, names) for value in self.values]
        try:
            layer = kind(**{name: names.of(text) for name, text in self.arguments.items()})
        except ValidationError as error:
            raise Refused(str(error)) from None
        if kind.inputs.names and not (head and values and len(values) >= kind.inputs.least):
            values.insert(0, x)
        if not all(isinstance(value, Value) for value in values):
            raise Refused("not one value")
        result = self._apply(layer, values, names)
        if not kind.inputs.names and self.label is not None:
            names.values[self.label] = result
        return result

    def _apply(self, layer: Layer, values: list[Value], names: Names) -> Any:
        before, made = names.weights.at(self, lambda: (layer, made_of(layer, values)))
        if isinstance(made, Tensor):
            return Value((made,) * len(BATCHES), batched=False)
        if not isinstance(made, nn.Module) or not made.state_dict():
            made = made_of(layer, values)
        elif before != layer:
            raise Refused("other arguments with the same weights")
        return together(made, *values)


@dataclass(eq=False)
class Call(Step):
    """A block with its arguments."""

    block: Block
    arguments: dict[str, str | Operation] = field(default_factory=dict)

    def body_text(self, depth: int) -> str:
        given = [f"{name}={item if isinstance(item, str) else item.text(0)}" for name, item in self.arguments.items()]
        return f"{self.block.name}({', '.join(given)})" if given else self.block.name

    def apply(self, x: Any, names: Names, head: bool) -> Any:
        given: dict[str, str | Operation] = self.arguments
        values = {name: names.of(item) if isinstance(item, str) else item for name, item in given.items()}
        outside = Names(values=dict(self.block.outside), weights=names.weights)
        return self.block.body.run(x, outside.inner(**self.block.defaults | values, input=x).inner())


@dataclass(eq=False)
class Braces(Step):
    """A body that stands as a step: a scope, `residual`, or `repeat` so many times."""

    body: Body
    head: str = ""

    def body_text(self, depth: int) -> str:
        return f"{self.head} {{\n{self.body.text(depth + 1)}\n{'  ' * depth}}}".lstrip()

    def apply(self, x: Any, names: Names, head: bool) -> Any:
        if self.head == "residual":
            return x + self.body.run(x, names.inner(input=x))
        for _ in range(names.of(self.head.removeprefix("repeat ")) if self.head else 1):
            x = self.body.run(x, names.inner(input=x))
        return x


@dataclass(eq=False)
class Reuse(Step):
    """What a label names, once more with the same weights."""

    of: str

    def body_text(self, depth: int) -> str:
        return f"reuse({self.of})"

    def apply(self, x: Any, names: Names, head: bool) -> Any:
        step, weights, then = names.label(self.of)
        again = then.copy()
        again.weights = weights.again()
        again.values["input"] = x
        return step.apply(x, again, head=False)


# ---- lines ----


@dataclass(eq=False)
class Line:
    """A pipe that begins with an expression or takes the value above; with `names`, a setting."""

    steps: list[Step]
    start: str | None = None
    names: tuple[str, ...] = ()

    def text(self, depth: int) -> str:
        parts = ([self.start] if self.start is not None else []) + [step.text(depth) for step in self.steps]
        return f"{'  ' * depth}{', '.join(self.names)}{' = ' * bool(self.names)}{' -> '.join(parts)}"

    def result(self, x: Any, names: Names) -> Any:
        if self.start is not None:
            x = names.of(self.start)
        for place, step in enumerate(self.steps):
            x = step.run(x, names, head=place == 0 and self.start is None)
        return x

    def run(self, x: Any, names: Names) -> Any:
        result = self.result(x, names)
        if not self.names:
            return result
        parts = result if isinstance(result, tuple) else (result,)
        if len(parts) != len(self.names):
            raise Refused("other names than values")
        names.values |= dict(zip(self.names, parts, strict=True))
        return x


@dataclass(eq=False)
class Learned(Line):
    """A learned tensor by itself: a value under its label, which leaves the value above as it is."""

    def run(self, x: Any, names: Names) -> Any:
        self.result(x, names)
        return x


@dataclass(eq=False)
class Output(Line):
    """`output = { a = …, b = … }`, the last line of a body."""

    parts: dict[str, Line] = field(default_factory=dict)

    def text(self, depth: int) -> str:
        parts = ", ".join(f"{name} = {line.text(0)}" for name, line in self.parts.items())
        return f"{'  ' * depth}output = {{ {parts} }}"

    def run(self, x: Any, names: Names) -> Any:
        return Record({name: line.result(x, names) for name, line in self.parts.items()})


@dataclass(eq=False)
class If:
    """A branch."""

    condition: str
    then: Body
    otherwise: Body

    def text(self, depth: int) -> str:
        ends = "\n" + "  " * depth
        then, otherwise = self.then.text(depth + 1), self.otherwise.text(depth + 1)
        text = f"{'  ' * depth}if {self.condition} {{\n{then}{ends}}}"
        return f"{text} else {{\n{otherwise}{ends}}}" if self.otherwise.lines else text

    def run(self, x: Any, names: Names) -> Any:
        return (self.then if names.of(self.condition) else self.otherwise).run(x, names)


@dataclass(eq=False)
class For:
    """A loop over numbers: a list, or a range with both ends."""

    variable: str
    items: str
    body: Body

    def text(self, depth: int) -> str:
        return f"{'  ' * depth}for {self.variable} in {self.items} {{\n{self.body.text(depth + 1)}\n{'  ' * depth}}}"

    def run(self, x: Any, names: Names) -> Any:
        start, dots, stop = self.items.partition("..")
        for item in range(names.of(start), names.of(stop) + 1) if dots else names.of(self.items):
            names.values[self.variable] = item
            x = self.body.run(x, names)
        del names.values[self.variable]
        return x


@dataclass(eq=False)
class Body:
    """Lines; what the last one gives is the result."""

    lines: list[Line | If | For]

    def text(self, depth: int) -> str:
        return "\n".join(line.text(depth) for line in self.lines)

    def run(self, x: Any, names: Names) -> Any:
        for line in self.lines:
            x = line.run(x, names)
        return x


@dataclass(eq=False)
class Block:
    """A block: what it takes, as it is written and by values, and what it does; `outside` are the file's params."""

    name: str
    parameters: Sequence[str]
    defaults: dict[str, Any]
    body: Body
    outside: Mapping[str, Any]

    def text(self) -> str:
        taken = f"({', '.join(self.parameters)})" if self.parameters else ""
        return f"block {self.name}{taken} {{\n{self.body.text(1)}\n}}\n"
