"""What `netspec check` says of mutants: whether it notices, where it points, and what its fixes lead to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from random import Random

from benchmarks.diagnostics.mutants import Kind, Mutant, Spec
from netspec.api.specs import FIX_ROUNDS, fixable
from netspec.checker import Checked, check_source
from netspec.diagnostics import Diagnostic
from netspec.lang.text.printer import format_text
from netspec.render.diagnostics import apply
from netspec.source import Source


@dataclass
class Score:
    """Counts of one kind of mistake; `missed`, `misplaced`, `unmended` and `changed` are those to look at.

    `offered` are those with fixes; `mended` those whose fixes lead to the program of the good spec, `changed` to
    another one, `unmended` to a spec that still has errors.
    """

    mutants: int = 0
    detected: int = 0
    placed: int = 0
    offered: int = 0
    mended: int = 0
    missed: list[Mutant] = field(default_factory=list)
    misplaced: list[Mutant] = field(default_factory=list)
    unmended: list[Mutant] = field(default_factory=list)
    changed: list[Mutant] = field(default_factory=list)

    def add(self, other: Score) -> None:
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)


def said(source: Source) -> tuple[Checked, list[Diagnostic]]:
    """What is said of a spec without being asked: notes are left out."""
    checked = check_source(source)
    return checked, [item for item in checked.diagnostics if item.severity.value != "note"]


def score(kind: Kind, specs: Sequence[Spec], per_kind: int, seed: int) -> Score:
    """A kind of mistake at so many places, drawn from all places of all specs, each spec in its turn."""
    found = Score()
    for spec in specs:
        chance = Random(f"{seed} {kind.name} {spec.source.name}")
        places = list(kind.mutate(spec, chance))
        for mutant in chance.sample(places, min(len(places), max(1, -(-per_kind // len(specs))))):
            found.add(judge(mutant))
    return found


def judge(mutant: Mutant) -> Score:
    found = Score(mutants=1)
    _, diagnostics = said(mutant.source)
    if not diagnostics:
        found.missed.append(mutant)
        return found
    found.detected = 1
    if mutant.lines & pointed_at(diagnostics[0], mutant):
        found.placed = 1
    else:
        found.misplaced.append(mutant)
    if any(diagnostic.fix for diagnostic in diagnostics):
        found.offered = 1
        program, errors = fixed(mutant.source)
        if errors:
            found.unmended.append(mutant)
        elif program is not None and program == mutant.spec.program:
            found.mended = 1
        else:
            found.changed.append(mutant)
    return found


def pointed_at(diagnostic: Diagnostic, mutant: Mutant) -> set[int]:
    """The lines of the spec that a diagnostic points at, its fix's included."""
    spans = [diagnostic.span, *(label.span for label in diagnostic.labels)]
    name = mutant.spec.source.name
    return {span.line for span in spans if span is not None and span.source.name == name}


def fixed(source: Source) -> tuple[str | None, bool]:
    """The hash of the program that the fixes which are offered lead to, made as `check --fix` does, and whether there
    are errors left. A file of blocks has no program, but a text in the standard format."""
    for _ in range(FIX_ROUNDS):
        checked = check_source(source)
        edits = [edit for item in fixable(checked) if item.fix for edit in item.fix.edits]
        if not edits:
            errors = any(item.is_error for item in checked.diagnostics)
            return meaning(checked), errors
        source = Source(source.name, apply(checked.source, edits), source.path)
    return None, True


def meaning(checked: Checked) -> str | None:
    """The hash of a program; of a file of blocks, its text without layout and comments."""
    if checked.program is not None:
        return checked.program.hash
    return None if any(item.is_error for item in checked.diagnostics) else expression_of(checked)


def expression_of(checked: Checked) -> str:
    return format_text(replace(checked.tree, comments={}))
