"""How good the diagnostics are: mistakes of many kinds made in specs that are right, and what is said of them.

    python -m benchmarks.diagnostics [--seed 0] [--per-kind 40] [--show KIND]

Detected are mutants of which at least one error or warning is said; on the right line those whose first diagnostic
points at a line of the mistake, or of its effect where it is at a distance; fixed those with fixes that are applied;
equal those of them whose fixes lead to the program of the good spec. Of typos, mended are those of all that end so.
Ends with 1 if it is worse than it should be.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from benchmarks.diagnostics import mistakes, typos
from benchmarks.diagnostics.measure import Score, said, score
from benchmarks.diagnostics.mutants import KINDS, Mutant, Spec
from netspec.render.diagnostics import render

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
MODULES = (mistakes, typos)
"""Imported for the kinds that they register."""


def good_specs() -> list[Spec]:
    """The specs that come with netspec, and those that were written for the benchmark."""
    paths = [*sorted((ROOT / "specs").glob("*.net")), *sorted((ROOT / "specs/zoo").glob("*.net"))]
    return [Spec.read(path) for path in (*paths, *sorted((HERE / "specs").glob("*.net")))]


def share(part: int, whole: int) -> str:
    return f"{100 * part / whole:6.1f} %" if whole else "       –"


def row(name: str, found: Score) -> str:
    parts = (found.detected, found.placed, found.offered)
    shares = [*(share(part, found.mutants) for part in parts), share(found.mended, found.offered)]
    return f"{name:<28}{found.mutants:>8}" + "".join(f"{text:>12}" for text in shares)


def show(name: str, cases: Sequence[Mutant]) -> None:
    for mutant in cases:
        print(f"\n---- {name}: {mutant.spec.source.name}, lines {sorted(mutant.lines)}")
        for edit in mutant.edits:
            print(f"`{edit.span.text}` -> `{edit.text}` in: {mutant.spec.source.line(edit.span.line).strip()}")
        print(render(said(mutant.source)[1][:2]).plain)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--per-kind", type=int, default=40, help="about how many mutants of each kind")
    parser.add_argument(
        "--show", metavar="KIND", help="show what was said of those that fall short; `all` for every kind"
    )
    options = parser.parse_args()
    specs = good_specs()
    alarms = [item for spec in specs for item in said(spec.source)[1]]
    print(f"{len(specs)} specs, {len(KINDS)} kinds of mistake\n")
    print(f"{'':<28}{'mutants':>8}{'detected':>12}{'right line':>12}{'fixed':>12}{'equal':>12}")
    total, of_typos = Score(), Score()
    for kind in sorted(KINDS, key=lambda kind: kind.name):
        found = score(kind, specs, options.per_kind, options.seed)
        total.add(found)
        if kind.typo:
            of_typos.add(found)
        print(row(kind.name, found), flush=True)
        if options.show in (kind.name, "all"):
            show("missed", found.missed)
            show("misplaced", found.misplaced)
            show("unmended", found.unmended)
        if options.show in (kind.name, "all", "changed"):
            show("changed", found.changed)
    print(f"\n{row('all', total)}")
    print(row("all typos", of_typos))
    print(f"typos mended: {share(of_typos.mended, of_typos.mutants).strip()}")
    print(f"fixes that lead to another program: {len(total.changed)}, that leave errors: {len(total.unmended)}")
    print(f"false alarms: {len(alarms)}")
    for alarm in alarms:
        print(f"  {alarm.span}: {alarm.code} {alarm.message}")
    good = total.detected == total.mutants and total.placed >= 0.98 * total.mutants and not alarms
    good = good and total.mended >= 0.98 * total.offered and of_typos.mended >= 0.85 * of_typos.mutants
    raise SystemExit(0 if good else 1)


if __name__ == "__main__":
    main()
