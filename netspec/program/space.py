"""The space of a search, and the programs of its settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from enum import Enum
from typing import Any

from netspec.catalogue.sections.search import Search
from netspec.program.program import Program
from netspec.program.searched import Searched, Space
from netspec.program.written import written


def space_of(program: Program, search: Search) -> Space:
    """The params that a search is over: those that it names, or all with a domain."""
    named = search.named
    names = [name for name in program.domains if named is None or name in named]
    return Space(tuple(Searched(name, program.domains[name], program.params[name]) for name in names))


def value_text(value: Any) -> str:
    """A param's value as `--set` takes it; it is read back as the same value: 2.0 isn't the integer 2."""
    return repr(value) if isinstance(value, float) else written(value, text=True)


def as_overrides(values: Mapping[str, Any]) -> dict[str, str]:
    """Values of params as `--set` takes them."""
    return {name: value_text(value) for name, value in values.items()}


class Role(Enum):
    """What a run is beside the training of its spec: a trial of a study, one that confirms a trial, or a network with
    weights from elsewhere, which isn't trained."""

    TRIAL = "trial"
    CONFIRMING = "confirming"
    UNTRAINED = "untrained"

    def of(self, program: Program) -> Program:
        """The program of the run, of that of the spec with the trial's params."""
        if self is Role.UNTRAINED:
            return program.with_sections(program.train.model_copy(update={"epochs": 0, "average": None}))
        if self is Role.TRIAL or program.search is None:
            return trial_program(program)
        return confirming_program(program, program.search)


def trial_program(program: Program) -> Program:
    """The program of a trial, of that of the spec with the trial's params: it knows of no search and doesn't look at
    the test split. Assertions on results are for the study's best."""
    sections = {name: section for name, section in program.sections.items() if section.trains}
    evaluate = program.evaluate.model_copy(update={"test": False})
    return replace(program, sections=sections, assertions=(), space=None).with_sections(evaluate)


def confirming_program(program: Program, search: Search) -> Program:
    """The program of the runs that confirm a trial, of that of the spec with the trial's params: several seeds, none
    of which a trial had."""
    assert search.confirm is not None
    train = program.train
    fresh = train.model_copy(update={"seed": train.seed + train.seeds, "seeds": search.confirm.runs})
    return trial_program(program).with_sections(fresh)
