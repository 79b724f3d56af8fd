"""The functions, methods and operators of torch that a spec has operations for, by their names."""

from __future__ import annotations

from netspec.importer import translations as to
from netspec.importer.arguments import Translation

WINDOW = ("kernel_size", "stride", "padding", "dilation", "ceil_mode")
AVERAGE = ("kernel_size", "stride", "padding", "ceil_mode", "count_include_pad")
CONV = ("input", "weight", "bias", "stride", "padding", "dilation", "groups")


POINTWISE = {
    **{
        name: (name,)
        for name in ("relu", "relu6", "selu", "silu", "sigmoid", "tanh", "hardsigmoid", "hardswish", "mish", "softsign")
    },
    **{name: (name,) for name in ("exp", "log", "sqrt", "abs", "tanhshrink")},
    "absolute": ("abs",),
    "logsigmoid": ("log_sigmoid",),
    "gelu": ("gelu", "approximate"),
    "leaky_relu": ("leaky_relu", "negative_slope"),
    "elu": ("elu", "alpha"),
    "celu": ("celu", "alpha"),
    "softplus": ("softplus", "beta", "threshold"),
    "hardtanh": ("hardtanh", "min_val", "max_val"),
    "hardshrink": ("hardshrink", "lambd"),
    "softshrink": ("softshrink", "lambd"),
    "threshold": ("threshold", "threshold", "value"),
    "clamp": ("clamp", "min", "max"),
    "clip": ("clamp", "min", "max"),
    "pow": ("pow", "exponent"),
    "softmax": ("softmax", "dim"),
    "log_softmax": ("log_softmax", "dim"),
    "softmin": ("softmin", "dim"),
    "glu": ("glu", "dim"),
    "cumsum": ("cumsum", "dim"),
    "unsqueeze": ("unsqueeze", "dim"),
    "flip": ("flip", "*dims"),
    "roll": ("roll", "shifts", "dims"),
    "unflatten": ("unflatten", "dim", "sizes"),
    "select": ("select", "dim", "index"),
    "pixel_shuffle": ("pixel_shuffle", "upscale_factor"),
    "pixel_unshuffle": ("pixel_unshuffle", "downscale_factor"),
    "channel_shuffle": ("channel_shuffle", "groups"),
}
"""Functions of one tensor, with the entry and the arguments in their order."""

FUNCTIONS: dict[str, Translation] = {
    **{name: to.simple(entry, *names) for name, (entry, *names) in POINTWISE.items()},
    **{f"{name}_": to.simple(POINTWISE[name][0], *POINTWISE[name][1:]) for name in POINTWISE if name != "__pow__"},
    "__pow__": to.simple("pow", "exponent"),
    "unflatten": to.simple("unflatten", "dim", "sizes", rename={"sizes": "unflattened_size"}),
    **dict.fromkeys(
        ("contiguous", "clone", "detach", "float", "to", "type_as", "requires_grad_", "data", "alias", "cpu"), to.same
    ),
    **dict.fromkeys(("add", "__add__", "__iadd__", "add_"), to.operator("+")),
    "__radd__": to.operator("+", swapped=True),
    **dict.fromkeys(("sub", "subtract", "__sub__", "__isub__", "sub_"), to.operator("-")),
    **dict.fromkeys(("__rsub__", "rsub"), to.operator("-", swapped=True)),
    **dict.fromkeys(("mul", "multiply", "__mul__", "__imul__", "mul_"), to.operator("*")),
    "__rmul__": to.operator("*", swapped=True),
    **dict.fromkeys(
        ("div", "divide", "true_divide", "__truediv__", "__itruediv__", "__div__", "div_"), to.operator("/")
    ),
    **dict.fromkeys(("__rtruediv__", "__rdiv__"), to.operator("/", swapped=True)),
    **dict.fromkeys(("neg", "negative", "__neg__"), to.negated),
    "square": to.power(2),
    "rsqrt": to.power(-0.5),
    "reciprocal": to.power(-1),
    **{name: to.reduced(name) for name in ("mean", "sum", "amax", "amin")},
    **dict.fromkeys(("reshape", "view", "_unsafe_view"), to.reshape),
    "flatten": to.flatten,
    "permute": to.permute,
    **dict.fromkeys(("transpose", "swapaxes", "swapdims"), to.transpose),
    "squeeze": to.squeeze,
    **dict.fromkeys(("cat", "concat", "concatenate"), to.joined("concat")),
    "stack": to.joined("stack"),
    **dict.fromkeys(("split", "split_with_sizes"), to.split),
    "chunk": to.chunk,
    "__getitem__": to.item,
    **dict.fromkeys(("matmul", "__matmul__", "bmm", "mm"), to.product),
    "interpolate": to.interpolate,
    "pad": to.pad,
    "local_response_norm": to.simple("local_response_norm", "size", "alpha", "beta", "k"),
    "dropout": to.dropout("dropout"),
    **dict.fromkeys(("dropout1d", "dropout2d", "dropout3d", "feature_dropout"), to.dropout("dropout_channels")),
    "alpha_dropout": to.dropout("alpha_dropout"),
    "linear": to.weighted("linear", ("input", "weight", "bias")),
    **dict.fromkeys(("conv1d", "conv2d", "conv3d"), to.weighted("conv", CONV)),
    "layer_norm": to.weighted("layer_norm", ("input", "normalized_shape", "weight", "bias", "eps")),
    **{f"max_pool{rank}d": to.simple("max_pool", *WINDOW) for rank in (1, 2, 3)},
    **{f"avg_pool{rank}d": to.simple("avg_pool", *AVERAGE) for rank in (1, 2, 3)},
    **{f"adaptive_avg_pool{rank}d": to.simple("adaptive_avg_pool", "output_size") for rank in (1, 2, 3)},
    **{f"adaptive_max_pool{rank}d": to.simple("adaptive_max_pool", "output_size") for rank in (1, 2, 3)},
}
"""Functions by the names that torch has for them, methods and operators among them."""
