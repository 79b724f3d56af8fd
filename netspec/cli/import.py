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
