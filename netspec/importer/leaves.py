"""Modules that are one operation of a spec, and the arguments that they have there."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module
from math import prod
from typing import Any

from torch import Tensor, nn

from netspec.catalogue.entry import entries
from netspec.catalogue.layers import Layer

LIBRARIES = ("torch.nn", "torchvision.ops")
Fields = dict[str, Any]


@cache
def _classes() -> dict[type[nn.Module], type[Layer]]:
    """The entry of each class of torch that is one. Where there are several, it is the one with more arguments."""
    found: dict[type[nn.Module], type[Layer]] = {}
    for entry in entries(Layer):
        for name in entry.torch_names:
            library, _, last = name.rpartition(".")
            item = getattr(import_module(library), last, None) if library in LIBRARIES else None
            if not (isinstance(item, type) and issubclass(item, nn.Module)):
                continue
            if item not in found or len(entry.model_fields) > len(found[item].model_fields):
                found[item] = entry
    return found


def leaf_class(module: nn.Module) -> type[nn.Module] | None:
    """The class of torch whose operation a module is; None if it does something else, or has hooks."""
    for base in type(module).__mro__:
        if base in _classes():
            hooked = any(vars(module).get(hooks) for hooks in ("_forward_hooks", "_forward_pre_hooks"))
            own = type(module).forward is base.forward and not hooked
            return base if own else None
    return None


def leaf_entry(module: nn.Module) -> tuple[type[Layer], Fields]:
    """The entry that a module is, with its arguments."""
    kind = leaf_class(module)
    assert kind is not None, "it is one operation"
    entry = _classes()[kind]
    special = SPECIAL.get(entry.name())
    fields = special(module) if special is not None else {}
    for name in entry.model_fields:
        if name not in fields and hasattr(module, name):
            fields[name] = plain(getattr(module, name))
    return entry, {name: value for name, value in fields.items() if name in entry.model_fields}


def plain(value: Any) -> Any:
    """A value of a module as a spec has it: one number for several that are equal, whether there is a bias."""
    if isinstance(value, Tensor):
        return True
    if isinstance(value, list | tuple):
        items = tuple(plain(item) for item in value)
        same = items and all(type(item) is int and item == items[0] for item in items)
        return items[0] if same else items
    return value


def flag(value: Any) -> bool:
    """Whether there is a tensor, or what stands for one."""
    return value is not None and value is not False


# ---- modules whose attributes have other names than the arguments ----


def _with_bias(module: nn.Module) -> Fields:
    return {"bias": flag(module.bias)}


def _layer_norm(module: nn.Module) -> Fields:
    return {"dims": len(module.normalized_shape), "bias": flag(module.bias) or not module.elementwise_affine}  # type: ignore[arg-type]


def _attention(module: nn.Module) -> Fields:
    return {"bias": flag(module.in_proj_bias)}


def _adaptive(module: nn.Module) -> Fields:
    return {"output_size": plain(module.output_size)}


def _pad(module: nn.Module) -> Fields:
    mode = type(module).__name__.removesuffix("1d").removesuffix("2d").removesuffix("3d").removesuffix("Pad").lower()
    given: Any = module.padding
    return {"padding": pairs(given), "mode": {"reflection": "reflect", "replication": "replicate"}.get(mode, mode)} | (
        {"mode": "constant", "value": float(getattr(module, "value", 0.0))} if mode in ("constant", "zero") else {}
    )


def pairs(given: Any) -> Any:
    """torch's padding, the ends of the last dimension first, as a number for all ends or a pair for each dimension."""
    if isinstance(given, int):
        return given
    ends = tuple(tuple(given[index : index + 2]) for index in range(0, len(given), 2))[::-1]
    if len(set(given)) == 1:
        return given[0]
    return tuple(a if a == b else (a, b) for a, b in ends) if all(a == b for a, b in ends) else ends


def _upsample(module: nn.Module) -> Fields:
    mode = str(module.mode)
    return upsampled(module.size, module.scale_factor, mode, module.align_corners)


def upsampled(size: Any, factor: Any, mode: str, corners: Any) -> Fields:
    """The arguments of `upsample` for those of torch."""
    factor = plain(factor)
    if isinstance(factor, float) and factor.is_integer():
        factor = int(factor)
    elif isinstance(factor, tuple) and all(float(item).is_integer() for item in factor):
        factor = plain(tuple(int(item) for item in factor))
    mode = "linear" if mode in ("bilinear", "trilinear") else mode
    return {"size": plain(size), "scale_factor": factor, "mode": mode, "align_corners": bool(corners)}


def _encoder_layer(module: Any) -> Fields:
    from torch.nn import functional as F

    activation = module.activation
    name = "gelu" if activation is F.gelu or isinstance(activation, nn.GELU) else "relu"
    return {
        "nhead": module.self_attn.num_heads,
        "dim_feedforward": module.linear1.out_features,
        "dropout": module.dropout.p,
        "activation": name,
        "layer_norm_eps": module.norm1.eps,
        "bias": flag(module.linear1.bias),
    }


def _encoder(module: Any) -> Fields:
    layer = module.layers[0]
    return {
        **_encoder_layer(layer),
        "norm_first": layer.norm_first,
        "num_layers": len(module.layers),
        "norm": flag(module.norm),
    }


def _gelu(module: Any) -> Fields:
    return {"approximate": gelu_approximate(module.approximate)}


def gelu_approximate(given: str) -> str | None:
    """The argument of `gelu` for torch's, which says "none" where there is none."""
    return None if given == "none" else given


def _unflatten(module: Any) -> Fields:
    return {"unflattened_size": tuple(module.unflattened_size)}


SPECIAL: dict[str, Callable[[Any], Fields]] = {
    **dict.fromkeys(("conv", "conv_transpose", "linear", "bilinear"), _with_bias),
    **dict.fromkeys(("adaptive_avg_pool", "adaptive_max_pool"), _adaptive),
    **dict.fromkeys(("transformer_encoder_layer", "transformer_decoder_layer"), _encoder_layer),
    **dict.fromkeys(("transformer_encoder", "transformer_decoder"), _encoder),
    "attention": _attention,
    "gelu": _gelu,
    "layer_norm": _layer_norm,
    "pad": _pad,
    "unflatten": _unflatten,
    "upsample": _upsample,
}


def is_global(entry: type[Layer], fields: Fields) -> bool:
    """Whether a pooling is over everything, which has a name of its own."""
    size = fields.get("output_size")
    return entry.name().startswith("adaptive_") and (size == 1 or (isinstance(size, tuple) and prod(size) == 1))
