"""Layers with random arguments and random inputs, many of which don't fit, for tests against torch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from netspec.catalogue.entry import find
from netspec.catalogue.layers import Layer
from netspec.shapes import MisfitError, Shape

Case = tuple[Layer, tuple[Shape, ...]]
Values = st.SearchStrategy[Any]
Cases = st.SearchStrategy[Case]

FLAGS = st.booleans()
SHARES = st.floats(0, 0.9)
NUMBERS = st.floats(-2, 2)
POSITIVE = st.floats(0.1, 2)


def entry(name: str) -> type[Layer]:
    found = find(Layer, name)
    assert found is not None, name
    return found


def made(name: str, **arguments: Any) -> Any:
    return entry(name)(**arguments)


@st.composite
def shapes(draw: st.DrawFn, least: int = 0, most: int = 4) -> Shape:
    rank = draw(st.integers(least, most))
    return Shape(tuple(draw(st.integers(1, 9 if place else 6)) for place in range(rank)))


def whole(least: int, most: int) -> Values:
    return st.integers(least, most)


def sizes(least: int, most: int) -> Callable[[Shape], Values]:
    """A number, or one for each spatial dimension."""
    one = st.integers(least, most)
    return lambda x: one | st.tuples(*[one] * max(1, x.rank - 1))


def dims(x: Shape, more: int = 0) -> st.SearchStrategy[int]:
    """Dimensions that torch has and that it hasn't; never the batch, which torch takes and a spec can't name."""
    rank = x.rank + more
    return st.integers(-rank - 3, rank + 3).filter(lambda dim: dim not in (0, -rank - 1))


@st.composite
def cases(draw: st.DrawFn, name: str, x: st.SearchStrategy[Shape] | None = None, **arguments: Any) -> Case:
    """A layer of one input. An argument's values are a strategy, or a function of the input that gives one."""
    layer = entry(name)
    shape = draw(shapes(1) if x is None else x)
    shape = replace(shape, dtype=draw(st.sampled_from(layer.dtypes)))
    return layer(**given(draw, layer, shape, arguments)), (shape,)


def given(draw: st.DrawFn, layer: type[Layer], x: Shape, arguments: dict[str, Any]) -> dict[str, Any]:
    """Arguments, some of which are left at their defaults."""
    written = [key for key in arguments if layer.model_fields[key].is_required() or draw(FLAGS)]
    strategies = {key: arguments[key](x) if callable(arguments[key]) else arguments[key] for key in written}
    return {key: draw(strategy) for key, strategy in strategies.items()}


def several_dims(x: Shape) -> Values:
    return st.lists(dims(x), min_size=1, max_size=3).map(tuple)


def divisors(number: int) -> list[int]:
    return [divisor for divisor in range(1, number + 1) if number % divisor == 0]


@st.composite
def factors(draw: st.DrawFn, total: int) -> tuple[int | str, ...]:
    """Sizes that hold so many numbers, or some others; some of them open."""
    found: list[int | str] = []
    for _ in range(draw(st.integers(0, 3))):
        found.append(draw(st.sampled_from(divisors(total))))
        total //= int(found[-1])
    if not found or draw(st.integers(0, 5)):
        found.append(total)
    return tuple("_" if draw(st.integers(0, 3)) == 0 else size for size in found)


@st.composite
def along(draw: st.DrawFn, name: str, argument: str, values: Callable[[int], Values]) -> Case:
    """A layer with an argument that is about the size of its dimension `dim`."""
    x = draw(shapes(1))
    dim = draw(dims(x))
    at = dim + x.rank + 1 if dim < 0 else dim
    size = x.dims[at - 1] if 0 < at <= x.rank else 1
    return made(name, dim=dim, **{argument: draw(values(size))}), (x,)


@st.composite
def parts(draw: st.DrawFn, total: int) -> tuple[int, ...]:
    cuts = sorted(draw(st.sets(st.integers(1, max(1, total - 1)), max_size=3)))
    ends = [*cuts, draw(st.sampled_from((total, total, total, total + 1)))]
    return tuple(end - start for start, end in zip((0, *cuts), ends, strict=True) if end > start)


@st.composite
def squeezes(draw: st.DrawFn) -> Case:
    x = draw(shapes())
    at = draw(st.integers(0, x.rank))
    with_one = x.with_dims(*x.dims[:at], 1, *x.dims[at:])
    dim = draw(st.sampled_from((at + 1, at - with_one.rank, with_one.rank + 1, -with_one.rank - 2)))
    return made("squeeze", dim=dim), (with_one,)


@st.composite
def changed(draw: st.DrawFn, x: Shape, values: st.SearchStrategy[int], batched: bool) -> Shape:
    """A value much like another one: some sizes are others, some dimensions are missing or more."""
    found = [draw(values) if draw(st.integers(0, 3)) == 0 else size for size in x.dims]
    found = found[draw(st.sampled_from((0, 0, 0, 1))) :]
    if not batched or draw(st.integers(0, 5)) == 0:
        found = [*draw(st.sampled_from(([], [1], [1, 1], [2]))), *found]
    return Shape(tuple(found), x.dtype, batched)


@st.composite
def operators(draw: st.DrawFn, name: str) -> Case:
    x = draw(shapes())
    number = {"other": draw(st.none() | NUMBERS), "reflected": draw(FLAGS)} if draw(FLAGS) else {}
    if number and draw(st.integers(0, 5)):
        return made(name, **number), (x,)
    y = draw(changed(x, st.sampled_from((1, 1, 2)), draw(FLAGS)))
    pair = [x if draw(st.integers(0, 5)) else replace(x, batched=False), y]
    return made(name, **number), tuple(draw(st.permutations(pair)))


@st.composite
def joins(draw: st.DrawFn, name: str, unbatched: bool) -> Case:
    x = replace(draw(shapes()), dtype=draw(st.sampled_from(("float32", "int64"))))
    dim = draw(st.just(1) | dims(x, more=name == "stack"))
    found = [x]
    for _ in range(draw(st.integers(1, 3))):
        alike = list(x.dims)
        if name == "concat" and 0 < dim <= x.rank:
            alike[dim - 1] = draw(st.integers(1, 9))
        plain = Shape(tuple(alike), x.dtype)
        token = Shape((1, *alike), x.dtype, batched=False)
        odd = changed(x, st.integers(1, 3), batched=not unbatched)
        like = st.just(plain) | st.just(token) if unbatched else st.just(plain)
        found.append(draw(odd if draw(st.integers(0, 7)) == 0 else like))
    return made(name, dim=dim), tuple(draw(st.permutations(found)))


@st.composite
def products(draw: st.DrawFn) -> Case:
    x = draw(shapes())
    y = draw(changed(x, st.sampled_from((1, 1, 2)), draw(FLAGS)))
    if y.rank >= 2 and draw(st.integers(0, 7)):
        y = y.with_dims(*y.dims[:-2], x.last if x.rank else 1, y.last)
    return made("matmul"), (x, y)


@st.composite
def sequences(draw: st.DrawFn, name: str, count: int, same_width: bool = False, **arguments: Any) -> Case:
    """A layer of so many sequences of vectors."""
    xs = [draw(shapes(2, 2)) for _ in range(count)]
    if count == 3 and draw(st.integers(0, 5)):
        xs[2] = Shape.of(xs[1].dims[0], xs[2].last)
    if same_width and draw(st.integers(0, 5)):
        xs = [x.with_last(xs[0].last) for x in xs]
    layer = entry(name)
    return layer(**given(draw, layer, xs[0], arguments)), tuple(xs)


@st.composite
def tensors(draw: st.DrawFn, name: str) -> Case:
    shape = draw(shapes())
    return made(name, shape=shape.dims, **given(draw, entry(name), shape, {"value": NUMBERS, "std": POSITIVE})), ()


@st.composite
def pairs(draw: st.DrawFn, name: str, alike: bool, **arguments: Any) -> Case:
    """Two values, of one shape or with one of its sizes other."""
    layer, x = entry(name), draw(shapes())
    y = draw(changed(x, st.sampled_from((1, 1, 2)), alike and draw(FLAGS)))
    if not alike and x.rank and y.rank and draw(st.integers(0, 5)):
        y = Shape((*x.dims[:-1], y.last))
    return layer(**given(draw, layer, x, arguments)), (x, y)


@st.composite
def unpoolings(draw: st.DrawFn) -> Case:
    x = draw(shapes(2))
    kernel = draw(sizes(1, 4)(x))
    near = st.integers(1, 30) | st.tuples(*(st.integers(max(1, size - 2), 4 * size) for size in x.dims[1:]))
    more = {"stride": POOL["stride"], "padding": sizes(0, 2), "output_size": lambda _: st.none() | near}
    indices = draw(changed(x, st.integers(1, 3), batched=True)) if draw(st.integers(0, 7)) == 0 else x
    kinds = draw(st.sampled_from((("float32", "int64"),) * 7 + (("float32", "float32"),)))
    layer = made("max_unpool", kernel_size=kernel, **given(draw, entry("max_unpool"), x, more))
    return layer, (replace(x, dtype=kinds[0]), replace(indices, dtype=kinds[1]))


@st.composite
def folds(draw: st.DrawFn) -> Case:
    """Columns that were unfolded from an image, or nearly."""
    image = draw(shapes(3, 3))
    arguments = {name: draw(values(image)) for name, values in SLIDING.items()}
    layer = made("fold", output_size=image.spatial if draw(st.integers(0, 5)) else image.last, **arguments)
    try:
        x = made("unfold", **arguments).infer(image)
    except MisfitError:
        x = draw(shapes())
    return layer, (x if draw(st.integers(0, 5)) else draw(changed(x, st.integers(1, 30), batched=True)),)


ENDS = st.tuples(st.integers(0, 6), st.integers(0, 6))
SHARE = st.floats(0.1, 0.9)
SLIDING: dict[str, Any] = {
    "kernel_size": sizes(1, 4),
    "dilation": sizes(1, 2),
    "padding": sizes(0, 2),
    "stride": sizes(1, 3),
}
WINDOW: dict[str, Any] = {"kernel_size": sizes(1, 5), "dilation": sizes(1, 3)}
POOL: dict[str, Any] = {"stride": lambda x: st.none() | sizes(1, 4)(x), "padding": sizes(0, 3), "ceil_mode": FLAGS}
RECURRENT: dict[str, Any] = {
    "hidden_size": whole(1, 5),
    "num_layers": whole(1, 3),
    "bias": FLAGS,
    "bidirectional": FLAGS,
    "output": st.sampled_from(("sequence", "last")),
}
TRANSFORMER: dict[str, Any] = {
    "nhead": whole(1, 3),
    "dim_feedforward": whole(1, 8),
    "norm_first": FLAGS,
    "causal": FLAGS,
    "bias": FLAGS,
    "activation": st.sampled_from(("relu", "gelu")),
}
STACK: dict[str, Any] = {"num_layers": whole(1, 3), "norm": FLAGS}
BOTH: dict[str, Any] = {"num_encoder_layers": whole(1, 2), "num_decoder_layers": whole(1, 2)}
REDUCED: dict[str, Any] = {
    "dim": lambda x: dims(x) | several_dims(x),
    "keepdim": FLAGS,
}
NORM: dict[str, Any] = {"eps": POSITIVE, "affine": FLAGS}
PADDINGS = st.sampled_from(("zeros", "reflect", "replicate", "circular"))

CASES: dict[str, Cases] = {
    **{name: operators(name) for name in ("add", "sub", "mul", "div")},
    "matmul": products(),
    "concat": joins("concat", unbatched=True),
    "stack": joins("stack", unbatched=False),
    "chunk": along("chunk", "chunks", lambda size: whole(1, size + 2)),
    "split": along("split", "split_sizes", parts),
    "unflatten": along("unflatten", "unflattened_size", lambda size: factors(size).filter(bool)),
    "reshape": cases("reshape", shape=lambda x: factors(x.size).filter(bool)),
    "squeeze": squeezes(),
    "unsqueeze": cases("unsqueeze", shapes(), dim=lambda x: dims(x, more=1)),
    "select": cases("select", dim=dims, index=whole(-10, 10)),
    "slice": cases("slice", dim=dims, start=whole(-12, 12), stop=st.none() | whole(-12, 12), step=whole(1, 4)),
    "permute": cases(
        "permute", dims=lambda x: st.permutations(range(1, x.rank + 1)).map(tuple) | st.lists(dims(x)).map(tuple)
    ),
    "flip": cases("flip", dims=several_dims),
    "roll": cases(
        "roll",
        shifts=lambda x: whole(-9, 9) | st.lists(whole(-9, 9), min_size=1, max_size=3).map(tuple),
        dims=lambda x: dims(x) | several_dims(x),
    ),
    "tile": cases("tile", dims=lambda x: st.lists(whole(1, 3), min_size=1, max_size=x.rank).map(tuple)),
    "transpose": cases("transpose", dim0=dims, dim1=dims),
    "flatten": cases("flatten", shapes(), start_dim=dims, end_dim=dims),
    **{name: cases(name, **REDUCED) for name in ("mean", "sum", "amax", "amin")},
    "parameter": tensors("parameter"),
    "buffer": tensors("buffer"),
    **{
        name: cases(name, shapes(0, 5))
        for name in ("identity", "relu", "relu6", "sigmoid", "tanh", "selu", "silu", "mish", "hardswish")
    },
    **{name: cases(name, shapes(0, 5)) for name in ("hardsigmoid", "softsign", "log_sigmoid")},
    **{name: cases(name, shapes(0, 5)) for name in ("tanhshrink", "abs", "exp", "log", "sqrt")},
    **{name: cases(name, lambd=POSITIVE) for name in ("hardshrink", "softshrink")},
    "threshold": cases("threshold", threshold=NUMBERS, value=NUMBERS),
    "rrelu": cases("rrelu", lower=NUMBERS, upper=NUMBERS),
    "pow": cases("pow", shapes(0, 5), exponent=NUMBERS),
    "clamp": cases("clamp", min=NUMBERS, max=NUMBERS),
    "leaky_relu": cases("leaky_relu", negative_slope=NUMBERS),
    "prelu": cases("prelu", shapes(), num_parameters=whole(1, 6), init=NUMBERS),
    "elu": cases("elu", alpha=NUMBERS),
    "celu": cases("celu", alpha=POSITIVE),
    "gelu": cases("gelu", approximate=st.sampled_from((None, "tanh"))),
    "hardtanh": cases("hardtanh", min_val=NUMBERS, max_val=NUMBERS),
    "softplus": cases("softplus", beta=POSITIVE, threshold=NUMBERS),
    **{name: cases(name, dim=dims) for name in ("softmax", "log_softmax", "softmin", "cumsum", "glu")},
    **{
        name: cases(name, p=SHARES)
        for name in ("dropout", "alpha_dropout", "feature_alpha_dropout", "stochastic_depth")
    },
    "dropout_channels": cases("dropout_channels", shapes(2, 4), p=SHARES),
    "linear": cases("linear", out_features=whole(1, 9), bias=FLAGS),
    "conv": cases(
        "conv",
        shapes(2),
        **WINDOW,
        out_channels=whole(1, 8),
        stride=lambda x: st.just(1) | sizes(1, 3)(x),
        padding=lambda x: sizes(0, 4)(x) | st.sampled_from(("same", "valid")),
        groups=whole(1, 3),
        bias=FLAGS,
        padding_mode=PADDINGS,
    ),
    "conv_transpose": cases(
        "conv_transpose",
        shapes(2),
        **WINDOW,
        out_channels=whole(1, 8),
        stride=sizes(1, 3),
        padding=sizes(0, 3),
        output_padding=sizes(0, 2),
        groups=whole(1, 3),
        bias=FLAGS,
    ),
    "max_pool": cases("max_pool", shapes(2), **WINDOW, **POOL, return_indices=FLAGS),
    "avg_pool": cases(
        "avg_pool",
        shapes(2),
        kernel_size=sizes(1, 5),
        count_include_pad=FLAGS,
        divisor_override=st.none() | whole(1, 5),
        **POOL,
    ),
    "adaptive_avg_pool": cases("adaptive_avg_pool", shapes(2), output_size=sizes(1, 9)),
    "adaptive_max_pool": cases("adaptive_max_pool", shapes(2), output_size=sizes(1, 9), return_indices=FLAGS),
    **{f"global_{which}_pool": cases(f"global_{which}_pool", shapes(2)) for which in ("avg", "max")},
    "upsample": cases(
        "upsample",
        shapes(2),
        scale_factor=lambda x: st.none() | sizes(1, 3)(x),
        size=lambda x: st.none() | sizes(1, 12)(x),
        mode=st.sampled_from(("nearest", "linear", "bicubic")),
        align_corners=FLAGS,
    ),
    "pad": cases(
        "pad",
        shapes(2),
        padding=lambda x: sizes(0, 9)(x) | st.tuples(*[ENDS] * max(1, x.rank - 1)),
        mode=PADDINGS.map(lambda mode: mode.replace("zeros", "constant")),
        value=NUMBERS,
    ),
    "pixel_shuffle": cases("pixel_shuffle", shapes(3, 3), upscale_factor=whole(1, 3)),
    "pixel_unshuffle": cases("pixel_unshuffle", shapes(3, 3), downscale_factor=whole(1, 3)),
    "channel_shuffle": cases("channel_shuffle", shapes(), groups=whole(1, 4)),
    "local_response_norm": cases("local_response_norm", size=whole(1, 7), alpha=POSITIVE, beta=POSITIVE, k=POSITIVE),
    "batch_norm": cases("batch_norm", **NORM, momentum=st.none() | SHARES, track_running_stats=FLAGS),
    "group_norm": cases("group_norm", shapes(0, 5), **NORM, num_groups=whole(1, 4)),
    "instance_norm": cases("instance_norm", shapes(2), **NORM, momentum=SHARES, track_running_stats=FLAGS),
    "layer_norm": cases(
        "layer_norm", dims=lambda x: whole(1, x.rank), eps=POSITIVE, elementwise_affine=FLAGS, bias=FLAGS
    ),
    "rms_norm": cases("rms_norm", dims=lambda x: whole(1, x.rank), eps=POSITIVE, elementwise_affine=FLAGS),
    "embedding": cases(
        "embedding",
        shapes(),
        num_embeddings=whole(1, 5),
        embedding_dim=whole(1, 5),
        padding_idx=whole(0, 5),
        scale_grad_by_freq=FLAGS,
    ),
    "lstm": cases("lstm", shapes(2, 3), **RECURRENT, proj_size=whole(0, 4)),
    "gru": cases("gru", shapes(2, 3), **RECURRENT),
    "rnn": cases("rnn", shapes(2, 3), **RECURRENT, nonlinearity=st.sampled_from(("tanh", "relu"))),
    "attention": st.integers(1, 3).flatmap(
        lambda count: sequences("attention", count, num_heads=whole(1, 3), bias=FLAGS, causal=FLAGS)
    ),
    "transformer_encoder_layer": sequences("transformer_encoder_layer", 1, **TRANSFORMER),
    "transformer_decoder_layer": sequences("transformer_decoder_layer", 2, same_width=True, **TRANSFORMER),
    "bilinear": pairs("bilinear", alike=False, out_features=whole(1, 5), bias=FLAGS),
    "cosine_similarity": pairs("cosine_similarity", alike=True, dim=dims, eps=POSITIVE),
    "pairwise_distance": pairs("pairwise_distance", alike=True, p=POSITIVE, eps=POSITIVE, keepdim=FLAGS),
    "embedding_bag": cases(
        "embedding_bag",
        shapes(),
        num_embeddings=whole(1, 5),
        embedding_dim=whole(1, 5),
        padding_idx=whole(0, 5),
        scale_grad_by_freq=FLAGS,
        mode=st.sampled_from(("mean", "sum", "max")),
    ),
    "lp_pool": cases(
        "lp_pool", shapes(2), norm_type=POSITIVE, kernel_size=sizes(1, 5), stride=POOL["stride"], ceil_mode=FLAGS
    ),
    "fractional_max_pool": cases(
        "fractional_max_pool",
        shapes(2),
        kernel_size=sizes(1, 4),
        output_size=lambda x: st.none() | sizes(1, 6)(x),
        output_ratio=lambda x: st.none() | SHARE | st.tuples(*[SHARE] * max(1, x.rank - 1)),
        return_indices=FLAGS,
    ),
    "max_unpool": unpoolings(),
    "unfold": cases("unfold", shapes(3), **SLIDING),
    "fold": folds(),
    "transformer_encoder": sequences("transformer_encoder", 1, **TRANSFORMER, **STACK),
    "transformer_decoder": sequences("transformer_decoder", 2, same_width=True, **TRANSFORMER, **STACK),
    "transformer": sequences("transformer", 2, same_width=True, **TRANSFORMER, **BOTH),
    "prepend_class_token": sequences("prepend_class_token", 1),
    "positional_encoding": sequences("positional_encoding", 1, learned=FLAGS),
}
"""For each layer by its name, arguments and inputs of it."""
