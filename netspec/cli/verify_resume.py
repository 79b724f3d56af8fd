"""`netspec verify-resume`: prove on a spec of your own that a resumed run ends with the same bits."""

from __future__ import annotations

import gc
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from netspec.checker import check_file
from netspec.cli.output import console, show_diagnostics, without_notes
from netspec.cli.overrides import overridable


@click.command("verify-resume")
@click.argument("spec", type=click.Path(path_type=Path))
@click.option("--at", type=click.IntRange(min=1), required=True, help="the number of steps after which it is halted")
@click.option("--device", type=click.Choice(["auto", "cuda", "mps", "xpu", "cpu"]), help="where to compute")
@overridable
def command(spec: Path, at: int, device: str | None, overrides: dict[str, str]) -> int:
    """Run SPEC twice, the second time halted after some steps and resumed, and compare what they end with.

    Weights, what the optimizer remembers, every epoch's numbers and the test split have to be the same to the last
    bit. Nothing is kept of either run. Of folds and seeds the first is run. The exit code is 1 if anything differs.
    """
    checked = check_file(spec, overrides)
    program = checked.require()
    show_diagnostics(without_notes(checked.diagnostics), sys.stderr)
    gc.enable()
    from netspec.runner.machine.device import choose
    from netspec.runner.uses.dry_runs import one_of
    from netspec.runner.uses.verify_resume import verify_resume

    chosen = choose(device) if device else choose(program.train.device, program.span_of("train.device"))
    with TemporaryDirectory(prefix="netspec-") as folder:
        verified = verify_resume(one_of(program), Path(folder), chosen, at)
    if verified.moment is None:
        raise click.BadParameter(f"the run ends before step {at}, and nothing was resumed.", param_hint="'--at'")
    out = console(sys.stdout)
    where = f"halted and resumed after {verified.moment}"
    if not verified.differences:
        out.print(f"{where}: all {verified.compared} parts of the end are the same, bit for bit", markup=False)
        return 0
    out.print(f"{where}: {len(verified.differences)} of {verified.compared} parts differ", markup=False)
    for name in verified.differences:
        out.print(f"  {name}", markup=False)
    return 1
