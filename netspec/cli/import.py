"""`netspec import`: make a spec of a module of torch."""

from __future__ import annotations

from pathlib import Path

import click

from netspec.cli.options import force_option
from netspec.cli.output import message, write_file


@click.group("import")
def command() -> None:
    """Make something of netspec's out of something of torch's."""


@command.command("torch")
@click.argument("target", metavar="MODULE:FACTORY")
@click.option(
    "--input", "inputs", multiple=True, metavar="SIZES", help="sizes of an input without the batch: 3,224,224"
)
@click.option("--weights", is_flag=True, help="save the weights too, beside the spec as .safetensors")
@click.option("--drop-unused", is_flag=True, help="leave out weights that the output doesn't depend on")
@click.option("--out", type=click.Path(path_type=Path), help="file to write; by default FACTORY.net")
@force_option
def torch_command(
    target: str, inputs: tuple[str, ...], weights: bool, drop_unused: bool, out: Path | None, force: bool
) -> None:
    """Write the module that FACTORY of the Python module MODULE gives as a spec, with the same names of weights.

    \b
    netspec import torch torchvision.models:resnet18
    netspec import torch models.mine:build --input left=1,28,28 --input right=1,28,28
    netspec import torch models.texts:reader --input 'int64[64]'

    This runs the code of MODULE, in a process of its own. The spec is checked, and compared with the module: the same
    tensors, and equal outputs for several weights. Otherwise nothing is written, and the operation is named that no
    spec has.
    """
    from netspec.api.importing import Input, import_torch

    try:
        given = [Input.parse(text) for text in inputs]
    except ValueError as error:
        raise click.BadParameter(f"{error}.", param_hint="'--input'") from error
    path = out or Path(f"{target.rpartition(':')[2].rpartition('.')[2]}.net")
    saved = path.with_suffix(".safetensors")
    for file in (path, *([saved] if weights else [])):
        if file.exists() and not force:
            raise click.UsageError(f"{file} is there already; `--force` writes over it, `--out` names another file")
    message(f"running the code of {target.partition(':')[0]}, which may do whatever you may")
    found = import_torch(target, given, drop_unused=drop_unused, weights=saved if weights else None)
    try:
        write_file(path, found.text.encode(), force=force)
    except BaseException:
        if weights:
            saved.unlink(missing_ok=True)
        raise
    for remark in found.remarks:
        message(f"note: {remark}")
    if found.unused:
        message(f"left out: {', '.join(found.unused)}")
    message(f"{path}: written; it has the tensors of {target} and gives the same outputs")
    if weights:
        message(f"{saved}: written")
