"""Random networks as specs: residual, joined, depthwise, grouped, shared, squeezed and excited, cut and laid out."""

from __future__ import annotations

from random import Random

SIZE = 8
"""Height and width of the images."""


def random_spec(seed: int) -> str:
    """A spec of some of these parts in a random order, with random widths."""
    random = Random(seed)
    writer = _Writer(random)
    lines = [f"conv({writer.channels}, 3, padding=1)" + random.choice(["", " -> batch_norm", " -> relu"])]
    for _ in range(random.randint(2, 5)):
        lines.append(random.choice(PARTS)(writer))
    lines.append(random.choice(ENDS)(writer))
    model = "\n".join(lines)
    return f"data {{ source = synthetic(image=[3, {SIZE}, {SIZE}], classes=5) }}\nmodel {{\n{model}\n}}\n"


class _Writer:
    """What the next part has to know: how many channels come in, and which names are taken."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.channels = random.choice([4, 6, 8, 12])
        self.names = 0

    def name(self) -> str:
        self.names += 1
        return f"v{self.names}"

    def width(self) -> int:
        return self.random.choice([4, 6, 8, 12])

    def activation(self) -> str:
        # sigmoid of 0 isn't 0, nor what a norm with a shift gives
        return self.random.choice(["relu", "batch_norm -> relu", "sigmoid", "batch_norm -> tanh", "gelu", "prelu"])


def plain(w: _Writer) -> str:
    w.channels = w.width()
    return f"conv({w.channels}, {w.random.choice([1, 3])}, padding=same) -> {w.activation()}"


def residual(w: _Writer) -> str:
    x, main = w.name(), w.name()
    last = w.random.choice(["", " -> batch_norm"])
    body = f"{x} -> conv({w.width()}, 3, padding=1) -> {w.activation()} -> conv({w.channels}, 1){last}"
    sign = w.random.choice(["+", "+", "-", "*"])
    return f"{x} = identity\n{main} = {body}\n{x} {sign} {main} -> {w.activation()}"


def joined(w: _Writer) -> str:
    x, a, b = w.name(), w.name(), w.name()
    one, two = w.width(), w.width()
    parts = w.random.choice([[a, b], [a, b, a], [b, x], [a, a]])
    sizes = {x: w.channels, a: one, b: two}
    w.channels = sum(sizes[part] for part in parts)
    lines = [f"{x} = identity", f"{a} = {x} -> conv({one}, 1) -> {w.activation()}"]
    lines.append(f"{b} = {x} -> conv({two}, 3, padding=1)")
    # what isn't taken is no network's
    kept = [line for line in lines if line.partition(" ")[0] in {*parts, x}]
    return "\n".join([*kept, f"concat({', '.join(parts)}) -> batch_norm"])


def depthwise(w: _Writer) -> str:
    given = w.channels * w.random.choice([1, 2])
    line = f"conv({given}, 3, padding=1, groups={w.channels}) -> {w.activation()}"
    w.channels = w.width()
    return f"{line} -> conv({w.channels}, 1)"


def grouped(w: _Writer) -> str:
    line = f"conv({w.width()}, 3, padding=1, groups=2)"
    w.channels = w.width()
    return f"{line} -> {w.activation()} -> conv({w.channels}, 1, groups=2)"


def shared(w: _Writer) -> str:
    label, x, y = w.name(), w.name(), w.name()
    first = f"{x} = {label}: {{ conv({w.channels}, 3, padding=1) -> relu }}"
    return f"{first}\n{y} = {x} -> reuse({label})\n{x} + {y}"


def excited(w: _Writer) -> str:
    x, gate = w.name(), w.name()
    squeeze = w.random.choice(["global_avg_pool", "adaptive_max_pool(1)"])
    inner = f"{squeeze} -> conv({w.width()}, 1) -> relu -> conv({w.channels}, 1) -> sigmoid"
    return f"{x} = identity\n{gate} = {x} -> {inner}\n{x} * {gate}"


def excited_by_vectors(w: _Writer) -> str:
    x, gate = w.name(), w.name()
    inner = f"global_avg_pool -> flatten -> linear({w.width()}) -> relu -> linear({w.channels})"
    return f"{x} = identity\n{gate} = {x} -> {inner} -> sigmoid -> reshape([{w.channels}, 1, 1])\n{x} * {gate}"


def cut(w: _Writer) -> str:
    a, b = w.name(), w.name()
    if w.random.random() < 0.5:
        line, one, two = f"{a}, {b} = chunk(2)", w.channels // 2, w.channels - w.channels // 2
    else:
        one, two = w.channels // 4 or 1, w.channels - (w.channels // 4 or 1)
        line = f"{a}, {b} = split([{one}, {two}])"
    w.channels = two + one
    return f"{line}\nconcat({b}, {a})"


def shuffled(w: _Writer) -> str:
    return f"channel_shuffle(2) -> conv({w.channels}, 1, groups=2) -> {w.activation()}"


def normalized(w: _Writer) -> str:
    return w.random.choice(["group_norm(2)", "instance_norm(affine=true)", "local_response_norm(3)", "layer_norm"])


def resized(w: _Writer) -> str:
    given = w.width()
    line = f"max_pool(2) -> conv_transpose({given}, 2, stride=2)"
    w.channels = w.width()
    return f"{line} -> relu -> pad(1) -> conv({w.channels}, 3)"


def scaled(w: _Writer) -> str:
    name = w.name()
    return f"{name}: parameter([{w.channels}, 1, 1], value=0.5)\nidentity -> mul({name})"


def sliced(w: _Writer) -> str:
    x = w.name()
    stop = max(2, w.channels - 2)
    line = f"{x} = slice(dim=1, start=1, stop={stop})"
    w.channels = stop - 1
    wide = w.width()
    done = f"{line}\n{x} -> conv({wide}, 1)"
    w.channels = wide
    return done


def gated(w: _Writer) -> str:
    given = w.random.choice([4, 8, 12])
    w.channels = given // 2
    return f"conv({given}, 3, padding=1) -> glu(dim=1)"


def shuffled_pixels(w: _Writer) -> str:
    given = 4 * w.random.choice([1, 2])
    w.channels = given
    return f"conv({given}, 1) -> pixel_shuffle(2) -> pixel_unshuffle(2)"


def laid_out(w: _Writer) -> str:
    return f"max_pool(2) -> flatten -> linear({w.width()}) -> {w.random.choice(['relu', 'batch_norm'])} -> linear(5)"


def averaged(w: _Writer) -> str:
    return f"global_avg_pool -> flatten -> linear({w.width()}) -> tanh -> linear(5)"


def as_sequence(w: _Writer) -> str:
    steps = "flatten(start_dim=2) -> transpose(1, 2)"
    inner = w.random.choice(["gru(6, output=last)", f"linear({w.width()}) -> relu -> mean(dim=1)"])
    return f"{steps} -> {inner} -> linear(5)"


PARTS = [
    *(plain, residual, residual, joined, joined, depthwise, grouped, shared, excited, excited_by_vectors),
    *(cut, shuffled, normalized, resized, scaled, sliced, gated, shuffled_pixels),
]
ENDS = [laid_out, averaged, as_sequence]
