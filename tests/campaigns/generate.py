"""Random networks over the whole language. Each piece is tried in torch as it is added, so that most networks fit."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from math import inf, prod
from random import Random
from typing import Any

import torch

from netspec.catalogue.entry import find
from netspec.catalogue.layers import Layer
from tests.campaigns.arguments import ARGUMENTS, listed
from tests.campaigns.networks import (
    BATCHES,
    Block,
    Body,
    Braces,
    Call,
    For,
    If,
    Learned,
    Line,
    Names,
    Operation,
    Record,
    Refused,
    Reuse,
    Step,
    Value,
)

LARGEST = 2_000
"""How many numbers a value of one sample has at most, so that all is quick."""

WORDS = 12
"""The vocabulary of what is made of words."""

JOINS = ("concat", "stack", "matmul", "attention", "transformer_decoder_layer")
PARTS = ("chunk", "split")
PLAIN = tuple(name for name in ARGUMENTS if name not in (*JOINS, *PARTS))
OFTEN = ("linear", "conv", "conv", "relu", "batch_norm", "max_pool", "conv_transpose", "layer_norm")
ACTIVATIONS = ("relu", "tanh", "leaky_relu(0.2)", "gelu", "identity")


@dataclass
class Network:
    """A spec's text, and the same network for torch: its body, its params and its inputs."""

    text: str
    body: Body
    params: dict[str, Any]
    inputs: dict[str, Value]


def inputs(chance: Random) -> tuple[str, dict[str, Value]]:
    """A data set, and the values of its inputs."""
    c, h, w = chance.randint(1, 6), chance.randint(4, 12), chance.randint(4, 12)
    length, width = chance.randint(2, 8), chance.randint(1, 16)
    kinds = {
        "image": (f"image=[{c}, {h}, {w}]", (c, h, w)),
        "tokens": (f"tokens={length}, vocabulary={WORDS}", (length,)),
        "features": (f"features={width}", (width,)),
    }
    chosen = chance.choice((["image"],) * 6 + (["tokens"], ["features"], ["image", "features"], ["tokens", "features"]))
    written = ", ".join(kinds[kind][0] for kind in chosen)
    drawn = {kind: _drawn(kinds[kind][1], kind == "tokens") for kind in chosen}
    if len(chosen) == 1 and chance.random() < 0.15:
        return f"synthetic({written}, classes=2, inputs=[left, right])", {
            name: _drawn(kinds[chosen[0]][1], chosen[0] == "tokens") for name in ("left", "right")
        }
    return f"synthetic({written}, classes=2)", drawn if len(chosen) > 1 else {"input": drawn[chosen[0]]}


def _drawn(dims: tuple[int, ...], words: bool) -> Value:
    sizes = [(batch, *dims) for batch in BATCHES]
    return Value(tuple(torch.randint(WORDS, size) if words else torch.rand(size) for size in sizes))


@dataclass
class Maker:
    """Makes a network. A `wild` one may keep a piece that torch refuses; then nothing more comes after it."""

    chance: Random
    wild: bool
    blocks: list[Block] = field(default_factory=list)
    params: dict[str, Any] = field(default_factory=dict)
    hidden: set[str] = field(default_factory=set)
    branching: set[str] = field(default_factory=set)
    count: int = 0
    dead: bool = False

    def network(self) -> Network:
        chance = self.chance
        data, values = inputs(chance)
        if chance.random() < 0.4:
            self.params = {"width": chance.randint(1, 8), "wide": chance.random() < 0.5}
        names = Names(values=dict(self.params)).inner(**values)
        single = values.get("input")
        body = Body([])
        x = self.fill(body, single, names, 2, chance.randint(2, 6))
        body.lines.append(self.ending(x))
        declared = "".join(f"param {name} = {str(value).lower()}\n" for name, value in self.params.items())
        head = "model" if single is not None else f"model({', '.join(values)})"
        blocks = "\n".join(block.text() for block in self.blocks)
        text = f"data {{ source = {data} }}\n{declared}\n{blocks}\n{head} {{\n{body.text(1)}\n}}\n"
        return Network(text, body, self.params, values)

    def ending(self, x: Any) -> Line:
        """What makes two numbers of a value, so that it fits the loss."""
        steps: list[Step] = [Operation("linear", {"out_features": "2"}, unnamed=1)]
        if self.dead or not isinstance(x, Value) or len(x.dims) != 1:
            steps.insert(0, Operation("flatten"))
        return Line(steps)

    def name(self, stem: str) -> str:
        self.count += 1
        return f"{stem}{self.count}"

    def known(self, names: Names) -> dict[str, Value]:
        """The values that may be named here, those of records too."""
        found = {name: value for name, value in names.all(Value).items() if name not in self.hidden}
        for name, record in names.all(Record).items():
            if name not in self.hidden:
                found |= {f"{name}.{part}": value for part, value in record.items()}
        return found

    def samples(self, names: Names) -> dict[str, Value]:
        known = self.known(names)
        return {name: value for name, value in known.items() if value.batched} or known

    # ---- bodies ----

    def fill(self, body: Body, x: Any, names: Names, depth: int, count: int, labels: str = "") -> Any:
        """Add so many lines to a body, and one that gives a value if the last doesn't; what the body gives."""
        for _ in range(count):
            x = self.add(body, x, names, depth, labels)
            if self.dead:
                # a value that is named in the last line would be a second mistake
                body.lines.append(Line([Operation("identity")]))
                return x
        last = body.lines[-1] if body.lines else None
        if last is None or isinstance(last, Learned) or (isinstance(last, Line) and last.names):
            line = self.start(names) if x is None or self.chance.random() < 0.7 else Line([Operation("relu")])
            x = self.keep(body, line, x, names)
        return x

    def start(self, names: Names) -> Line:
        """A line that begins with the last value that has a name."""
        return Line([Operation("identity")], [*self.samples(names)][-1])

    def add(self, body: Body, x: Any, names: Names, depth: int, labels: str) -> Any:
        """One more line."""
        kinds: list[Callable[..., Line | If | For | None]] = [*[self.flow] * 6, *[self.setting] * 2, *[self.join] * 3]
        kinds += [self.unpack, self.learned] + [self.branch, self.loop] * (depth > 0)
        for _ in range(6):
            line = self.chance.choice(kinds)(x, names, depth, labels)
            if line is None:
                continue
            if self.dead:
                body.lines.append(line)
                return x
            try:
                return self.keep(body, line, x, names, LARGEST)
            except Refused:
                self.dead = self.wild and self.chance.random() < 0.3
                if self.dead:
                    body.lines.append(line)
                    return x
        return self.keep(body, self.start(names) if x is None else Line([Operation("identity")]), x, names)

    def keep(self, body: Body, line: Line | If | For, x: Any, names: Names, largest: float = inf) -> Any:
        """Add a line to a body. Raises Refused if torch doesn't take it."""
        trial = names.copy()
        result = line.run(x, trial)
        self._check_size(result, largest)
        if isinstance(line, If):
            # the other branch doesn't have them
            self.hidden |= {*trial.values} - {*names.values}
            trial.labels = names.labels
        names.values, names.labels = trial.values, trial.labels
        body.lines.append(line)
        return result

    def _check_size(self, result: Any, largest: float = LARGEST) -> None:
        values = result.values() if isinstance(result, Record) else result if isinstance(result, tuple) else (result,)
        if any(isinstance(value, Value) and prod(value.dims) > largest for value in values):
            raise Refused("it takes too long")

    # ---- lines ----

    def flow(self, x: Any, names: Names, depth: int, labels: str) -> Line | None:
        known = self.known(names) if self.chance.random() < 0.02 else self.samples(names)
        start = self.chance.choice([*known]) if x is None or self.chance.random() < 0.2 else None
        line, trial = Line([], start), names.copy()
        value = x if start is None else known[start]
        for _ in range(self.chance.choice((1, 1, 2, 3))):
            step = self.step(value, names, depth, labels)
            line.steps.append(step)
            if self.dead:
                return line
            try:
                value = step.run(value, trial, head=False)
                self._check_size(value)
            except Refused:
                self.dead = self.wild and self.chance.random() < 0.2
                if self.dead:
                    return line
                line.steps.pop()
            if not isinstance(value, Value):
                break
        return line if line.steps else None

    def setting(self, x: Any, names: Names, depth: int, labels: str) -> Line | None:
        line = self.flow(x, names, depth, labels)
        if line is not None:
            line.names = (self.name("v"),)
        return line

    def join(self, x: Any, names: Names, depth: int, labels: str) -> Line | None:
        """Several values together, by an operator or an operation."""
        known = [*self.known(names)]
        first, second = self.chance.choice(known), self.chance.choice(known)
        if self.chance.random() < 0.5:
            return Line(self._maybe(names), self.expression(first, second))
        name = self.chance.choice(JOINS)
        value = self.known(names)[first]
        if not value.dims:
            return None
        given: list[str | Line] = [first, *([second] if name in ("concat", "stack", "matmul") else [])]
        if name in ("concat", "stack") and self.chance.random() < 0.3:
            given.append(Line([Operation(self.chance.choice(("relu", "sigmoid", "identity")))], first))
        if name == "matmul" and self.chance.random() < 0.5:
            given[1] = Line([Operation("transpose", {"dim0": "-1", "dim1": "-2"})], second)
        arguments = ARGUMENTS[name](self.chance, value.dims)
        if x is None or self.chance.random() < 0.5:
            return Line(
                [Operation(name, arguments, given, 0)]
                if x is not None or len(given) > 1
                else [Operation(name, arguments, [*given, second])]
            )
        return Line([Operation(name, arguments, given[:1] if name != "concat" else given)], second)

    def _maybe(self, names: Names) -> list[Step]:
        return [Operation(self.chance.choice(("relu", "tanh", "identity")))] if self.chance.random() < 0.4 else []

    def expression(self, first: str, second: str) -> str:
        number = self.chance.choice(("2", "0.5", "3"))
        return self.chance.choice(
            (
                f"{first} + {second}",
                f"{first} - {second}",
                f"{first} * {second}",
                f"{first} / ({second} * {second} + 1)",
                f"{first} * {number}",
                f"{number} - {first}",
                f"({first} + {second}) / {number}",
                f"-{first} + {second} * {number}",
                f"{first} + {second} + {first}",
            )
        )

    def unpack(self, x: Any, names: Names, depth: int, labels: str) -> Line | None:
        known = self.samples(names)
        start = self.chance.choice([*known]) if x is None or self.chance.random() < 0.3 else None
        value = x if start is None else known[start]
        if not isinstance(value, Value) or not value.dims:
            return None
        step = Operation(name := self.chance.choice(PARTS), ARGUMENTS[name](self.chance, value.dims), unnamed=1)
        try:
            result = step.run(value, names.copy(), head=False)
        except Refused:
            return Line([step], start, (self.name("v"), self.name("v")))
        many = len(result) if isinstance(result, tuple) else 1
        return Line([step], start, tuple(self.name("v") for _ in range(many)))

    def learned(self, x: Any, names: Names, depth: int, labels: str) -> Line | None:
        """A learned tensor that fits one of the values."""
        if labels:
            return None
        dims = self.chance.choice([*self.known(names).values()]).dims
        sizes = [size if self.chance.random() < 0.6 else 1 for size in dims][self.chance.randint(0, 1) :]
        arguments = {"shape": listed(sizes or [1]), "std": "0.5"}
        name = self.chance.choice(("parameter", "parameter", "buffer"))
        return Learned([Operation(name, arguments, unnamed=1, label=self.name("w"))])

    def branch(self, x: Any, names: Names, depth: int, labels: str) -> If | None:
        bodies = Body([]), Body([])
        for body in bodies[: self.chance.randint(1, 2)]:
            self.fill(body, x, names.copy(), depth - 1, self.chance.randint(1, 2), labels or "none")
        return If(self.condition(names), *bodies)

    def condition(self, names: Names) -> str:
        numbers = [*names.all((int, bool))]
        sized = [name for name, value in self.known(names).items() if value.dims]
        size = f"{self.chance.choice(sized)}.channels" if sized else "3"
        flags = [name for name in numbers if isinstance(names[name], bool)]
        counts = [name for name in numbers if not isinstance(names[name], bool)]
        choices = [f"{size} > 3", f"{size} % 2 == 0", f"not {size} == 4", f"{size} >= 2 and {size} < 6", "1 + 1 == 2"]
        choices += flags + [f"{name} != 3" for name in counts]
        return self.chance.choice(choices)

    def loop(self, x: Any, names: Names, depth: int, labels: str) -> For | None:
        if labels:
            return None
        variable, body = self.name("i"), Body([])
        items = self.chance.choice(("1..2", "1..3", "[4, 8]", "[3, 1, 2]", "[6]", "0..0", "[2 * 2, 3 + 2]"))
        trial = names.copy()
        trial.values[variable] = 4
        self.fill(body, x, trial, depth - 1, self.chance.randint(1, 2), f"{{{variable}}}")
        return For(variable, items, body)

    # ---- steps ----

    def step(self, x: Any, names: Names, depth: int, labels: str) -> Step:
        """A random step; `labels` says what labels end in: nothing, `{i}` in a loop, `none` where there are none."""
        kinds: list[Callable[..., Step | None]] = [self.operation] * 12 + [self.reuse] * 2
        kinds += [self.braces, self.braces, self.braces, self.call, self.call, self.call] * (depth > 0)
        step = None
        while step is None:
            step = self.chance.choice(kinds)(x, names, depth, labels)
        # applied again, another branch would give other operations the positions of these
        if (
            not isinstance(step, Reuse)
            and not self.branches(step.text(0))
            and labels != "none"
            and self.chance.random() < 0.3
        ):
            step.label = self.name("l") + (f"_{labels}" if labels else "")
        return step

    def branches(self, text: str) -> bool:
        return "if " in text or not self.branching.isdisjoint(re.findall(r"\w+", text))

    def operation(self, x: Any, names: Names, depth: int, labels: str) -> Step | None:
        given = [*names.all(Operation)]
        if given and self.chance.random() < 0.3:
            return Operation(self.chance.choice(given))
        dims = x.dims if isinstance(x, Value) else (1,)
        words = isinstance(x, Value) and x.shape.dtype == "int64"
        name = self.chance.choice(OFTEN if self.chance.random() < 0.4 else PLAIN)
        if words != (name == "embedding") and self.chance.random() < 0.95:
            return Operation("embedding", ARGUMENTS["embedding"](self.chance, dims), unnamed=2) if words else None
        if not dims:
            name = self.chance.choice(("relu", "tanh", "unsqueeze"))
        sequences = (
            "lstm",
            "gru",
            "rnn",
            "attention",
            "positional_encoding",
            "prepend_class_token",
            "transformer_encoder",
        )
        if name == "squeeze" and 1 not in dims and self.chance.random() < 0.95:
            return None
        if name.startswith("pixel") and len(dims) != 3 and self.chance.random() < 0.95:
            return None
        if name.startswith(sequences) and len(dims) != 2 and self.chance.random() < 0.95:
            return None
        arguments = ARGUMENTS[name](self.chance, dims)
        kind = find(Layer, name)
        assert kind is not None
        unnamed = 0
        for key, positional in zip(arguments, kind.positional, strict=False):
            unnamed += key == positional and self.chance.random() < 0.8 and unnamed == [*arguments].index(key)
        return Operation(name, {key: self.written(text, names) for key, text in arguments.items()}, (), unnamed)

    def written(self, text: str, names: Names) -> str:
        """A whole number by a name that stands for it, or as a sum or a product."""
        if not text.isdigit() or self.chance.random() < 0.8:
            return text
        number = int(text)
        counts = names.all(int)
        found = [name for name, value in counts.items() if value == number and not isinstance(value, bool)]
        for name, value in self.known(names).items():
            found += [f"{name}.{part}" for part, size in value.sizes.items() if size == number]
        return self.chance.choice([*found, f"{number - 1} + 1", f"{2 * number} // 2", f"min({number}, {number + 3})"])

    def reuse(self, x: Any, names: Names, depth: int, labels: str) -> Step | None:
        # in a loop the labels have other names in each turn
        known = [label for label in names.known_labels() if label.startswith("l") and "_" not in label]
        return Reuse(self.chance.choice(known)) if known and depth > 0 else None

    def braces(self, x: Any, names: Names, depth: int, labels: str) -> Step | None:
        if not isinstance(x, Value):
            return None
        head = self.chance.choice(("", "residual", "repeat 2", "repeat 3", "repeat 1", "repeat 1 + 1"))
        body = Body([])
        within = "none" if head.startswith("repeat") else labels
        self.fill(body, x, names.inner(input=x), depth - 1, self.chance.randint(1, 2), within)
        return Braces(body, head)

    def call(self, x: Any, names: Names, depth: int, labels: str) -> Step | None:
        if not isinstance(x, Value):
            return None
        if not self.blocks or self.chance.random() < 0.4:
            self.block(x, depth)
        block = self.blocks[-1] if self.dead else self.chance.choice(self.blocks)
        arguments: dict[str, str | Operation] = {}
        for written in block.parameters:
            name, has_default, _ = written.partition("=")
            if has_default and self.chance.random() < 0.5:
                continue
            if name.startswith("f"):
                arguments[name] = Operation(self.chance.choice(("relu", "tanh", "sigmoid")))
            elif name.startswith("k"):
                arguments[name] = self.chance.choice([*self.samples(names)])
            else:
                arguments[name] = self.written(str(self.chance.randint(1, 6)), names)
        return Call(block, arguments)

    def block(self, x: Value, depth: int) -> None:
        """A block for a value of those sizes: it may take a number, an operation and another value."""
        taken: dict[str, Any] = {}
        written: list[str] = []
        for stem, value, default in (
            ("k", x, ""),
            ("n", self.chance.randint(1, 6), ""),
            ("m", 2, "=2"),
            ("f", Operation("relu"), "=relu"),
        ):
            if self.chance.random() < 0.4:
                name = self.name(stem)
                taken[name] = value
                written.append(name + default)
        defaults = {text.partition("=")[0]: taken[text.partition("=")[0]] for text in written if "=" in text}
        names = Names(values=dict(self.params)).inner(**taken, input=x).inner()
        body = Body([])
        self.fill(body, x, names, depth - 1, self.chance.randint(1, 3))
        block = Block(self.name("b"), written, defaults, body, self.params)
        if self.branches(block.text()):
            self.branching.add(block.name)
        self.blocks.append(block)


def generate(number: int) -> Network:
    """The network of that number; of every three, one may not fit."""
    chance = Random(f"network {number}")
    torch.manual_seed(number)
    return Maker(chance, wild=number % 3 == 0).network()
