"""Random arguments of every layer, as a spec writes them, for a value of given sizes; most fit it."""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from random import Random

Dims = tuple[int, ...]
Arguments = dict[str, str]
Draw = Callable[[Random, Dims], Arguments]


def flag(chance: Random) -> str:
    return chance.choice(("true", "false"))


def listed(numbers: list[int] | tuple[int, ...]) -> str:
    return f"[{', '.join(map(str, numbers))}]"


def sizes(chance: Random, dims: Dims, least: int, most: int) -> str:
    """A number, or one for each spatial dimension."""
    if chance.random() < 0.7 or len(dims) < 2:
        return str(chance.randint(least, most))
    return listed([chance.randint(least, most) for _ in dims[1:]])


def dim(chance: Random, dims: Dims, more: int = 0) -> int:
    """A dimension as torch counts them, the batch left out; now and then one that isn't there."""
    rank = len(dims) + more
    if chance.random() < 0.05:
        return chance.choice((rank + 1, -rank - 2))
    at = chance.randint(1, max(1, rank))
    return at if chance.random() < 0.5 else at - rank - 1


def at(dims: Dims, place: int) -> int:
    """The size of a dimension, 1 of one that isn't there."""
    place = place - 1 if place > 0 else place + len(dims)
    return dims[place] if 0 <= place < len(dims) else 1


def factors(chance: Random, total: int) -> str:
    found: list[str] = []
    for _ in range(chance.randint(0, 2)):
        found.append(str(chance.choice([n for n in range(1, total + 1) if total % n == 0])))
        total //= int(found[-1])
    found.append("_" if chance.random() < 0.5 else str(total if chance.random() < 0.9 else total + 1))
    return f"[{', '.join(found)}]"


def parts(chance: Random, total: int) -> list[int]:
    first = chance.randint(1, max(1, total - 1))
    rest = total - first + (chance.random() < 0.1)
    return [first, rest] if rest > 0 else [first]


def some(chance: Random, arguments: Arguments, needed: int = 0) -> Arguments:
    """The first few, and some of the others."""
    return {name: text for n, (name, text) in enumerate(arguments.items()) if n < needed or chance.random() < 0.4}


def _none(chance: Random, dims: Dims) -> Arguments:
    return {}


def _window(chance: Random, dims: Dims) -> Arguments:
    return {
        "kernel_size": sizes(chance, dims, 1, 4),
        "stride": sizes(chance, dims, 1, 3),
        "padding": sizes(chance, dims, 0, 2),
    }


def _conv(chance: Random, dims: Dims) -> Arguments:
    window = _window(chance, dims)
    if chance.random() < 0.3:
        window["padding"] = chance.choice(("same", "valid"))
    modes = ("zeros", "reflect", "replicate", "circular")
    groups = chance.choice([n for n in (1, 1, 2, 3, 4, dims[0]) if chance.random() < 0.1 or dims[0] % n == 0] or [1])
    more = {"dilation": sizes(chance, dims, 1, 2), "groups": str(groups), "padding_mode": chance.choice(modes)}
    channels = groups * chance.randint(1, 4) + (chance.random() < 0.05)
    return {"out_channels": str(channels), **some(chance, {**window, **more, "bias": flag(chance)}, 1)}


def _conv_transpose(chance: Random, dims: Dims) -> Arguments:
    more = {"output_padding": sizes(chance, dims, 0, 1), "bias": flag(chance), "dilation": sizes(chance, dims, 1, 2)}
    return {"out_channels": str(chance.randint(1, 6)), **some(chance, {**_window(chance, dims), **more}, 1)}


def _avg_pool(chance: Random, dims: Dims) -> Arguments:
    return some(chance, {**_window(chance, dims), "ceil_mode": flag(chance), "count_include_pad": flag(chance)}, 1)


def _max_pool(chance: Random, dims: Dims) -> Arguments:
    return some(chance, {**_window(chance, dims), "ceil_mode": flag(chance), "dilation": sizes(chance, dims, 1, 2)}, 1)


def _adaptive(chance: Random, dims: Dims) -> Arguments:
    return {"output_size": sizes(chance, dims, 1, 6)}


def _reduce(chance: Random, dims: Dims) -> Arguments:
    several = chance.sample(range(1, len(dims) + 1), chance.randint(1, len(dims)))
    return some(
        chance,
        {"dim": listed(several) if chance.random() < 0.3 else str(dim(chance, dims)), "keepdim": flag(chance)},
        1,
    )


def _upsample(chance: Random, dims: Dims) -> Arguments:
    to = {"scale_factor": sizes(chance, dims, 1, 2)} if chance.random() < 0.6 else {"size": sizes(chance, dims, 1, 9)}
    mode = chance.choice(("nearest", "linear", "bicubic"))
    return to | some(chance, {"mode": mode, "align_corners": flag(chance) if mode != "nearest" else "false"})


def _pad(chance: Random, dims: Dims) -> Arguments:
    mode = chance.choice(("constant", "reflect", "replicate", "circular"))
    return {"padding": sizes(chance, dims, 0, 3), **some(chance, {"mode": mode, "value": "0.5"})}


def _unflatten(chance: Random, dims: Dims) -> Arguments:
    place = dim(chance, dims)
    return {"dim": str(place), "unflattened_size": factors(chance, at(dims, place))}


def _select(chance: Random, dims: Dims) -> Arguments:
    place = dim(chance, dims)
    size = at(dims, place)
    return {"dim": str(place), "index": str(chance.randint(-size, size - (chance.random() < 0.9)))}


def _slice(chance: Random, dims: Dims) -> Arguments:
    place = dim(chance, dims)
    ends = {name: str(chance.randint(-at(dims, place), at(dims, place))) for name in ("start", "stop")}
    return {"dim": str(place), **some(chance, {**ends, "step": str(chance.randint(1, 3))})}


def _permute(chance: Random, dims: Dims) -> Arguments:
    return {"dims": listed(chance.sample(range(1, len(dims) + 1), len(dims)))}


def _ends(chance: Random, dims: Dims) -> Arguments:
    return some(chance, {"start_dim": str(dim(chance, dims)), "end_dim": str(dim(chance, dims))})


def _norm(chance: Random, dims: Dims) -> Arguments:
    return some(chance, {"dims": str(chance.randint(1, len(dims))), "elementwise_affine": flag(chance)})


def _divisor(chance: Random, number: int) -> str:
    return str(chance.choice([n for n in range(1, 5) if number % n == 0 or chance.random() < 0.05] or [1]))


def _recurrent(chance: Random, dims: Dims) -> Arguments:
    more = {"num_layers": str(chance.randint(1, 2)), "bias": flag(chance), "bidirectional": flag(chance)}
    output = {"output": chance.choice(("sequence", "last"))}
    return {"hidden_size": str(chance.randint(1, 5)), **some(chance, {**more, **output})}


def _transformer(chance: Random, dims: Dims) -> Arguments:
    more = {
        "norm_first": flag(chance),
        "causal": flag(chance),
        "bias": flag(chance),
        "activation": chance.choice(("relu", "gelu")),
    }
    return {"nhead": _divisor(chance, dims[-1]), "dim_feedforward": str(chance.randint(1, 6)), **some(chance, more)}


def one(name: str, draw: Callable[[Random, Dims], object], needed: bool = True) -> Draw:
    return lambda chance, dims: {name: str(draw(chance, dims))} if needed or chance.random() < 0.5 else {}


ARGUMENTS: dict[str, Draw] = {
    **dict.fromkeys(("identity", "relu", "relu6", "sigmoid", "tanh", "selu", "silu", "mish", "hardswish"), _none),
    **dict.fromkeys(("tanhshrink", "abs", "exp", "prepend_class_token"), _none),
    **dict.fromkeys(("hardshrink", "softshrink"), one("lambd", lambda *_: 0.3, needed=False)),
    **dict.fromkeys(("hardsigmoid", "softsign", "log_sigmoid", "global_avg_pool", "global_max_pool"), _none),
    **dict.fromkeys(("softmax", "log_softmax", "softmin", "cumsum", "glu"), one("dim", dim)),
    **dict.fromkeys(
        ("dropout", "alpha_dropout", "feature_alpha_dropout", "dropout_channels"),
        one("p", lambda *_: 0.3, needed=False),
    ),
    **dict.fromkeys(("mean", "sum", "amax", "amin"), _reduce),
    **dict.fromkeys(("adaptive_avg_pool", "adaptive_max_pool"), _adaptive),
    **dict.fromkeys(("layer_norm", "rms_norm"), _norm),
    **dict.fromkeys(("elu", "celu"), one("alpha", lambda *_: 0.7, needed=False)),
    **dict.fromkeys(("lstm", "gru", "rnn"), _recurrent),
    "leaky_relu": one("negative_slope", lambda *_: 0.2, needed=False),
    "prelu": one("num_parameters", lambda chance, dims: chance.choice((1, dims[0])), needed=False),
    "gelu": one("approximate", lambda *_: "tanh", needed=False),
    "hardtanh": one("max_val", lambda *_: 0.5, needed=False),
    "softplus": one("beta", lambda *_: 0.5, needed=False),
    "stochastic_depth": one("p", lambda *_: 0.2),
    "threshold": lambda *_: {"threshold": "0.1", "value": "0"},
    "rrelu": one("upper", lambda *_: 0.5, needed=False),
    "pow": one("exponent", lambda *_: 2),
    "clamp": one("min", lambda *_: -0.5),
    "flip": lambda chance, dims: {"dims": listed([dim(chance, dims)])},
    "roll": lambda chance, dims: {"shifts": str(chance.randint(-3, 3)), "dims": str(dim(chance, dims))},
    "tile": lambda chance, dims: {"dims": listed([chance.randint(1, 2) for _ in dims[1:]] or [2])},
    "embedding_bag": lambda chance, _: {"num_embeddings": "12", "embedding_dim": str(chance.randint(1, 6))},
    "lp_pool": lambda chance, dims: {"norm_type": "2", "kernel_size": sizes(chance, dims, 1, 3)},
    "unfold": _window,
    "linear": lambda chance, dims: {"out_features": str(chance.randint(1, 9)), **some(chance, {"bias": flag(chance)})},
    "conv": _conv,
    "conv_transpose": _conv_transpose,
    "max_pool": _max_pool,
    "avg_pool": _avg_pool,
    "upsample": _upsample,
    "pad": _pad,
    "pixel_shuffle": one("upscale_factor", lambda chance, _: chance.randint(1, 2)),
    "pixel_unshuffle": one("downscale_factor", lambda chance, _: chance.randint(1, 2)),
    "channel_shuffle": one("groups", lambda chance, dims: _divisor(chance, dims[0])),
    "local_response_norm": one("size", lambda chance, _: chance.randint(1, 5)),
    "batch_norm": lambda chance, _: some(chance, {"affine": flag(chance), "track_running_stats": flag(chance)}),
    "group_norm": one("num_groups", lambda chance, dims: _divisor(chance, dims[0])),
    "instance_norm": one("affine", lambda chance, _: flag(chance), needed=False),
    "flatten": _ends,
    "reshape": one("shape", lambda chance, dims: factors(chance, prod(dims))),
    "unflatten": _unflatten,
    "squeeze": one("dim", lambda _, dims: dims.index(1) + 1 if 1 in dims else len(dims)),
    "unsqueeze": one("dim", lambda chance, dims: dim(chance, dims, more=1)),
    "select": _select,
    "slice": _slice,
    "permute": _permute,
    "transpose": lambda chance, dims: {"dim0": str(dim(chance, dims)), "dim1": str(dim(chance, dims))},
    "chunk": lambda chance, dims: {"chunks": "2", **some(chance, {"dim": str(dim(chance, dims))})},
    "split": lambda chance, dims: {"split_sizes": listed(parts(chance, dims[0]))},
    "embedding": lambda chance, _: {"num_embeddings": "12", "embedding_dim": str(chance.randint(1, 6))},
    "attention": lambda chance, dims: {"num_heads": _divisor(chance, dims[-1]), **some(chance, {"bias": flag(chance)})},
    "transformer_encoder": lambda chance, dims: {"num_layers": "2", **_transformer(chance, dims)},
    "transformer_encoder_layer": _transformer,
    "transformer_decoder_layer": _transformer,
    "positional_encoding": one("learned", lambda chance, _: flag(chance), needed=False),
    "concat": one("dim", dim, needed=False),
    "stack": one("dim", lambda chance, dims: dim(chance, dims, more=1), needed=False),
    "matmul": _none,
}
"""For each layer by its name, what gives it arguments; operators and learned tensors are written in other ways."""
