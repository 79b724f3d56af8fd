"""`netspec try`: apply operations to a picture or to numbers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.box import SIMPLE_HEAD
from rich.table import Table

from netspec.cli.options import force_option, format_option, out_option
from netspec.cli.output import show, show_json, show_table, write_file

if TYPE_CHECKING:
    import torch

    from netspec.api.operations import AppliedOperation

PRINTED = 64
"""Number of elements up to which a value is printed."""
FIGURES = ("min", "max", "mean", "std")
LARGEST = 2**24
"""Number of elements of an input at most."""


@click.command("try")
@click.argument("operations")
@click.option("--on", "picture", type=click.Path(path_type=Path), help="image file to use as the input")
@click.option("--values", help="input as a JSON list, such as [[1, 2], [3, 4]]; integers are tokens for `embedding`")
@click.option("--shape", help="input of random numbers with these sizes, such as 3,32,32")
@click.option("--training", is_flag=True, help="apply them as in training, with dropout and batch statistics")
@click.option("--seed", type=click.IntRange(0, 2**63 - 1), default=0, help="seed of weights and random numbers")
@out_option("PNG file to write, with the feature maps of the input and of each operation")
@force_option
@format_option()
def command(
    operations: str,
    picture: Path | None,
    values: str | None,
    shape: str | None,
    training: bool,
    seed: int,
    out: Path | None,
    force: bool,
    form: str,
) -> None:
    """Apply OPERATIONS, such as `conv(16, 3, padding=1) -> relu`, to an image, to numbers, or to random input.

    Prints the shape, the number of parameters and the range of each output, and small values in full. Sizes are those
    of one sample. Weights are initial weights.
    """
    from netspec.api.operations import try_operations

    x = _input(picture, values, shape, operations, seed)
    applied = try_operations(operations, x, training=training, seed=seed)
    if out is not None:
        _write_maps(out, x, applied, force)
    if form == "json":
        show_json([_record("input", x), *(_record(one.text, value) for one in applied for value in one.outputs)])
        return
    show_table(_table(x, applied))
    for name, value in [("input", x), *((one.text, value) for one in applied for value in one.outputs)]:
        if value.numel() <= PRINTED:
            show(f"{name}\n{_numbers(value[0])}\n")


def _input(picture: Path | None, values: str | None, shape: str | None, operations: str, seed: int) -> torch.Tensor:
    """The input as a batch of one sample. Raises UsageError, and NetspecError for a file that is no image."""
    if sum(item is not None for item in (picture, values, shape)) != 1:
        raise click.UsageError("Give the input with one of --on, --values and --shape.")
    if picture is not None:
        return _picture(picture)
    import torch

    if shape is not None:
        sizes = _sizes(shape)
        return torch.randn(1, *sizes, generator=torch.Generator().manual_seed(seed))
    try:
        read = json.loads(values or "")
        return _tensor(read, whole=operations.lstrip().startswith("embedding"))
    except (ValueError, TypeError, RecursionError, OverflowError, RuntimeError):
        raise click.UsageError("--values is a list of numbers, or of lists of equal length.") from None


def _tensor(values: Any, whole: bool) -> torch.Tensor:
    import torch

    found = torch.tensor(values)
    if not isinstance(values, list) or found.numel() == 0 or found.dtype == torch.bool:
        raise ValueError
    return found.unsqueeze(0) if whole else found.to(torch.float32).unsqueeze(0)


def _sizes(text: str) -> tuple[int, ...]:
    try:
        sizes = tuple(int(size) for size in text.strip("[] ").split(","))
    except ValueError:
        sizes = ()
    total = 1
    for size in sizes:
        total *= size
    if not sizes or min(sizes) < 1 or total > LARGEST:
        raise click.UsageError(f"--shape takes sizes such as 3,32,32, with at most {LARGEST:_} elements.")
    return sizes


def _picture(path: Path) -> torch.Tensor:
    import torch

    from netspec.formats.errors import DataError
    from netspec.formats.form import Form
    from netspec.formats.images import read_header, unwarned
    from netspec.formats.pixels import read_pixels
    from netspec.problems import NetspecError
    from netspec.program.data_errors import as_problem

    try:
        with unwarned():
            header = read_header(path)
            mode = "gray" if header.mode in ("1", "L") else "rgb"
            pixels = read_pixels(path, Form(mode, (header.height, header.width), header.deep))
    except DataError as error:
        raise NetspecError.of(as_problem(error, None)) from error
    found = torch.tensor(pixels).unsqueeze(0)
    return found if found.is_floating_point() else found.float().div_(255)


def _table(x: torch.Tensor, applied: list[AppliedOperation]) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, header_style="bold")
    table.add_column("operation", overflow="fold")
    for column in ("output", "parameters", *FIGURES):
        table.add_column(column, justify="right", no_wrap=True)
    table.add_row("input", _shape(x), "", *_range(x))
    for one in applied:
        for index, value in enumerate(one.outputs):
            count = f"{one.parameters:_}".replace("_", " ") if one.parameters and not index else ""
            table.add_row("" if index else one.text, _shape(value), count, *_range(value))
    return table


def _shape(value: torch.Tensor) -> str:
    return str(list(value.shape[1:]))


def _range(value: torch.Tensor) -> tuple[str, ...]:
    numbers = value.double()
    figures = (numbers.min(), numbers.max(), numbers.mean(), numbers.std(correction=0))
    return tuple(f"{float(figure):.4g}" for figure in figures)


def _numbers(value: torch.Tensor) -> str:
    import numpy as np

    return np.array2string(value.numpy(), precision=4, suppress_small=True, max_line_width=100)


def _record(text: str, value: torch.Tensor) -> dict[str, Any]:
    small = {"values": value[0].tolist()} if value.numel() <= PRINTED else {}
    low, high, mean, std = (float(figure) for figure in _range(value))
    return {
        "operation": text,
        "shape": list(value.shape[1:]),
        "min": low,
        "max": high,
        "mean": mean,
        "std": std,
        **small,
    }


def _write_maps(out: Path, x: torch.Tensor, applied: list[AppliedOperation], force: bool) -> None:
    from netspec.report.feature_maps import feature_maps

    values = [x, *(value for one in applied for value in one.outputs)]
    maps = [value[0].float().numpy() for value in values if value.dim() == 4]
    if not maps:
        raise click.UsageError("--out is for operations on images, [channels, height, width].")
    write_file(out, feature_maps(maps), force=force)
