"""`netspec import`: make a spec of a module of torch, or safetensors of a file of torch.save."""

from __future__ import annotations

from pathlib import Path

import click

from netspec.cli.options import force_option, out_option
from netspec.cli.output import message, show
from netspec.render.words import clean, count
from netspec.wording import counted


@click.group("import")
def command() -> None:
    """Make something of netspec's out of something of torch's."""


@command.command("torch")
@click.argument("target", metavar="MODULE:FACTORY")
@click.option(
    "--input", "inputs", multiple=True, metavar="SIZES", help="sizes of an input without the batch: 3,224,224"
)
@click.option(
    "--weights", is_flag=True, help="save the weights too, as .safetensors from which a run of the spec starts"
)
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
    from netspec.api.importing import Input, import_torch, weights_beside

    try:
        given = [Input.parse(text) for text in inputs]
    except ValueError as error:
        raise click.BadParameter(f"{error}.", param_hint="'--input'") from error
    path = out or Path(f"{target.rpartition(':')[2].rpartition('.')[2]}.net")
    if out is not None and out.suffix != ".net":
        raise click.BadParameter(f"{path} doesn't end in .net, as specs do.", param_hint="'--out'")
    saved = weights_beside(path)
    for file in (path, *([saved] if weights else [])):
        if file.exists() and not force:
            raise click.UsageError(f"{file} is there already; `--force` writes over it, `--out` names another file")
    message(f"running the code of {target.partition(':')[0]}, which may do whatever you may")
    found = import_torch(target, given, drop_unused=drop_unused, out=path, weights=weights, force=force)
    for remark in found.remarks:
        message(f"note: {remark}")
    if found.unused:
        message(f"left out: {', '.join(found.unused)}")
    message(f"{path}: written; it has the tensors of {target} and gives the same outputs")
    if weights:
        message(f"{saved}: written; a run of the spec starts from these weights")


@command.command("weights")
@click.argument("file", type=click.Path(path_type=Path))
@out_option("the safetensors file to write; by default FILE with the suffix .safetensors")
@click.option("--key", help="the key of the tensors, if FILE holds several maps of them")
@force_option
def weights_command(file: Path, out: Path | None, key: str | None, force: bool) -> None:
    """Convert FILE, which torch.save wrote, to safetensors, and print the path of the new file.

    FILE is read with `weights_only` in a process of its own: nothing in it is executed. Files that hold more than
    tensors and plain values can't be read that way, and there is no other. Names lose the `module.`, `_orig_mod.` or
    `model.` that wrappers put in front of all of them.
    """
    from netspec.api.weights import import_weights
    from netspec.catalogue.timm_names import are_timm_names

    target = out or file.with_suffix(".safetensors")
    found = import_weights(file, target, key=key, force=force)
    message(f"{counted(len(found.header.tensors), 'tensor')} of {count(found.elements)} numbers")
    for note in found.notes:
        message(clean(note))
    if are_timm_names(found.header.tensors):
        message("the names are timm's: load them with `from_file(…, names=timm)`")
    show(clean(str(target)))
