"""`netspec verify-resume`: test on a spec that a resumed run ends with the same bits."""

from __future__ import annotations

import gc
from pathlib import Path

import click

from netspec import api
from netspec.cli.checked_spec import checked_program
from netspec.cli.options import device_option, overridable, spec_argument
from netspec.cli.output import console


@click.command("verify-resume")
@spec_argument
@click.option("--at", type=click.IntRange(min=1), required=True, help="the number of steps after which it is halted")
@device_option
@overridable
def command(spec: Path, at: int, device: str | None, overrides: dict[str, str]) -> int:
    """Run SPEC twice, the second time halted after some steps and resumed, and compare what they end with.

    Weights, what the optimizer remembers, every epoch's numbers and the test split have to be the same to the last
    bit. Nothing is kept of either run. Of folds and seeds the first is run. The exit code is 1 if anything differs.
    """
    program = checked_program(spec, overrides)
    gc.enable()
    found = api.verify_resume(program, at, device=device)
    if found.moment is None:
        raise click.BadParameter(f"the run ends before step {at}, and nothing was resumed.", param_hint="'--at'")
    out = console()
    where = f"halted and resumed after {found.moment}"
    if not found.differences:
        out.print(f"{where}: all {found.compared} parts of the end are the same, bit for bit", markup=False)
        return 0
    out.print(f"{where}: {len(found.differences)} of {found.compared} parts differ", markup=False)
    for name in found.differences:
        out.print(f"  {name}", markup=False)
    return 1
