"""Calls of functions of torch as operations of a spec: each with the arguments that it has there."""

from __future__ import annotations

from typing import Any

from netspec.importer.arguments import SAME, Arguments, Step, Translation
from netspec.importer.calls import Operation, Value
from netspec.importer.leaves import gelu_approximate, pairs, plain, upsampled
from netspec.writer.errors import CannotTranslate


def simple(entry: str, *names: str, rename: dict[str, str] | None = None) -> Translation:
    """A function of one tensor whose other arguments are the fields of the entry."""

    def translate(operation: Operation) -> Step:
        arguments = Arguments(operation, ("input", *names))
        arguments.only("input", "inplace", "training", "_stacklevel", *(name.removeprefix("*") for name in names))
        fields = {name.removeprefix("*"): arguments.get(name.removeprefix("*")) for name in names}
        fields = {(rename or {}).get(name, name): plain(value) for name, value in fields.items() if value is not None}
        if entry == "gelu" and fields:
            fields = {"approximate": gelu_approximate(fields["approximate"])}
        return Step(entry, fields, [arguments.get("input")])

    return translate


def operator(sign: str, *, swapped: bool = False) -> Translation:
    def translate(operation: Operation) -> Step:
        arguments = Arguments(operation, ("input", "other"))
        arguments.only("input", "other")
        left, right = arguments.get("input"), arguments.get("other")
        return Step(sign, {}, [right, left] if swapped else [left, right])

    return translate


def reduced(entry: str) -> Translation:
    def translate(operation: Operation) -> Step:
        arguments = Arguments(operation, ("input", "dim", "keepdim"))
        dim = arguments.get("dim", arguments.get("axis"))
        arguments.only("input", "dim", "axis", "keepdim")
        if dim is None:
            raise CannotTranslate(f"{operation.place} runs over the batch too", "name the dimensions: dim=[2, 3]")
        return Step(entry, {"dim": dim, "keepdim": bool(arguments.get("keepdim", False))}, [arguments.get("input")])

    return translate


def reshape(operation: Operation) -> Step:
    arguments = Arguments(operation, ("input", "*shape"))
    shape = arguments.get("shape", arguments.get("size"))
    value = arguments.get("input")
    (result,) = operation.outputs
    if isinstance(shape, tuple) and result.sizes[:1] == value.sizes[:1]:
        if len(result.sizes) == 2 and len(value.sizes) > 2:
            return Step("flatten", {}, [value])
        return Step("reshape", {"shape": result.sizes[1:]}, [value])
    raise CannotTranslate(f"{operation.place} puts numbers of several samples together, sizes {result.sizes}")


def flatten(operation: Operation) -> Step:
    arguments = Arguments(operation, ("input", "start_dim", "end_dim"))
    start = arguments.get("start_dim", 0)
    if start == 0:
        raise CannotTranslate(f"{operation.place} lays the batch out too", "start_dim=1 leaves it alone")
    return Step("flatten", {"start_dim": start, "end_dim": arguments.get("end_dim", -1)}, [arguments.get("input")])


def permute(operation: Operation) -> Step:
    arguments = Arguments(operation, ("input", "*dims"))
    value, dims = arguments.get("input"), arguments.get("dims")
    dims = tuple(dim % len(value.sizes) for dim in dims)
    if dims[0] != 0:
        raise CannotTranslate(f"{operation.place} moves the batch to another place; it is always first in a spec")
    return Step("permute", {"dims": dims[1:]}, [value])


def transpose(operation: Operation) -> Step:
    arguments = Arguments(operation, ("input", "dim0", "dim1"))
    value = arguments.get("input")
    pair = (arguments.get("dim0", arguments.get("axis0")), arguments.get("dim1", arguments.get("axis1")))
    first, second = (dim % len(value.sizes) for dim in pair)
    if 0 in (first, second):
        raise CannotTranslate(f"{operation.place} moves the batch to another place; it is always first in a spec")
    return Step("transpose", {"dim0": first, "dim1": second}, [value])


def joined(entry: str) -> Translation:
    def translate(operation: Operation) -> Step:
        arguments = Arguments(operation, ("tensors", "dim"))
        dim = arguments.get("dim", arguments.get("axis", 0))
        arguments.only("tensors", "dim", "axis")
        tensors = list(arguments.get("tensors"))
        if len(tensors) == 1 and entry == "concat":
            return Step(SAME, {}, tensors)
        return Step(entry, {"dim": dim}, tensors)

    return translate


def split(operation: Operation) -> Step:
    arguments = Arguments(operation, ("input", "size", "dim"))
    value, dim = arguments.get("input"), arguments.get("dim", 0)
    size = arguments.get("size", arguments.get("split_size", arguments.get("split_size_or_sections")))
    whole = value.sizes[dim]
    if isinstance(size, int):
        size = tuple(min(size, whole - at) for at in range(0, whole, size))
    return Step("split", {"split_sizes": tuple(size), "dim": dim}, [value])


def chunk(operation: Operation) -> Step:
    arguments = Arguments(operation, ("input", "chunks", "dim"))
    return Step("chunk", {"chunks": arguments.get("chunks"), "dim": arguments.get("dim", 0)}, [arguments.get("input")])


def item(operation: Operation) -> Step:
    """x[…] with one part of one dimension."""
    value, index = operation.arguments
    index = index if isinstance(index, tuple) else (index,)
    rank = len(value.sizes)
    if Ellipsis in index:
        at = index.index(Ellipsis)
        index = (*index[:at], *(slice(None),) * (rank - len(index) + 1), *index[at + 1 :])
    parts = [(dim, part) for dim, part in enumerate(index) if part != slice(None)]
    if len(parts) == 1:
        dim, part = parts[0]
        if isinstance(part, int) and dim:
            return Step("select", {"dim": dim, "index": part}, [value])
        if isinstance(part, slice) and dim:
            fields = {"start": part.start, "stop": part.stop, "step": part.step or 1}
            return Step("slice", {"dim": dim, **fields}, [value])
        if part is None and dim:
            return Step("unsqueeze", {"dim": dim}, [value])
    raise CannotTranslate(
        f"{operation.place} takes parts of several dimensions or of the batch at once, or by a tensor",
        "take one after the other: x[:, :, 0] and then the next",
    )


def product(operation: Operation) -> Step:
    return Step("matmul", {}, [*operation.arguments])


def negated(operation: Operation) -> Step:
    return Step("*", {}, [-1, operation.arguments[0]])


def power(exponent: float) -> Translation:
    return lambda operation: Step("pow", {"exponent": exponent}, [operation.arguments[0]])


def interpolate(operation: Operation) -> Step:
    arguments = Arguments(operation, ("input", "size", "scale_factor", "mode", "align_corners"))
    arguments.only("input", "size", "scale_factor", "mode", "align_corners")
    size, factor, mode, corners = map(arguments.get, ("size", "scale_factor", "mode", "align_corners"))
    return Step("upsample", upsampled(size, factor, mode or "nearest", corners), [arguments.get("input")])


def pad(operation: Operation) -> Step:
    arguments = Arguments(operation, ("input", "pad", "mode", "value"))
    given, value = arguments.get("pad"), arguments.get("input")
    spatial = len(value.sizes) - 2
    if len(given) > 2 * spatial:
        raise CannotTranslate(f"{operation.place} pads channels or the batch, and `pad` the dimensions behind them")
    given = (*given, *(0,) * (2 * spatial - len(given)))
    fields = {"padding": pairs(given), "mode": arguments.get("mode") or "constant"}
    return Step("pad", fields | {"value": float(arguments.get("value") or 0)}, [value])


def weighted(entry: str, names: tuple[str, ...]) -> Translation:
    """A function that is given its weights: they are those of a layer at the path of `weight`."""

    def translate(operation: Operation) -> Step:
        arguments = Arguments(operation, names)
        weight, bias = arguments.get("weight"), arguments.get("bias")
        if not isinstance(weight, Value):
            raise CannotTranslate(f"{operation.place} has no weight with a name")
        fields: dict[str, Any] = {"bias": bias is not None}
        if entry == "layer_norm":
            fields |= {"dims": len(arguments.get("normalized_shape")), "eps": arguments.get("eps", 1e-5)}
        elif entry == "linear":
            fields |= {"out_features": weight.sizes[0]}
        else:
            fields |= {"out_channels": weight.sizes[0], "kernel_size": plain(weight.sizes[2:])}
            fields |= {
                name: plain(arguments.get(name))
                for name in ("stride", "padding", "dilation", "groups")
                if arguments.get(name) is not None
            }
        return Step(entry, fields, [arguments.get("input"), weight, *([bias] if bias is not None else [])], path="")

    return translate


def dropout(entry: str) -> Translation:
    def translate(operation: Operation) -> Step:
        arguments = Arguments(operation, ("input", "p", "training"))
        if arguments.get("training", True) is True:
            raise CannotTranslate(
                f"{operation.place} is on in evaluation too", "training=self.training turns it off there"
            )
        return Step(entry, {"p": arguments.get("p", 0.5)}, [arguments.get("input")])

    return translate


def squeeze(operation: Operation) -> Step:
    arguments = Arguments(operation, ("input", "dim"))
    value, dim = arguments.get("input"), arguments.get("dim")
    if not isinstance(dim, int) or dim % len(value.sizes) == 0:
        raise CannotTranslate(f"{operation.place} takes out every dimension of size 1", "name one: squeeze(-1)")
    if value.sizes == operation.outputs[0].sizes:
        return Step(SAME, {}, [value])
    return Step("squeeze", {"dim": dim}, [value])


def same(operation: Operation) -> Step:
    return Step(SAME, {}, [operation.arguments[0]])
