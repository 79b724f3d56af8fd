"""A spec with folds or several seeds stands for several runs, each a program of its own."""

from __future__ import annotations

from netspec.program.parts import parts_of
from netspec.program.program import Program
from tests.specs import check

MODEL = "model { linear(3) }\n"


def program(data: str = "", train: str = "") -> Program:
    return check(f"data {{\n  source = iris()\n  {data}\n}}\n{MODEL}train {{\n  {train}\n}}\n").require()


def names(of: Program) -> list[str]:
    return [part.name for part in parts_of(of)]


def test_a_spec_without_them_is_one_run() -> None:
    assert names(program("validation = 20%")) == []


def test_folds_are_runs() -> None:
    assert names(program("validation = kfold(3)")) == ["fold-1", "fold-2", "fold-3"]


def test_one_fold_is_one_run() -> None:
    assert names(program("validation = kfold(3, fold=2)")) == []


def test_seeds_count_from_the_seed_on() -> None:
    assert names(program(train="seed = 7\n  seeds = 2")) == ["seed-7", "seed-8"]


def test_each_seed_divides_anew() -> None:
    repeated = program("validation = kfold(2)", "seeds = 2")
    assert names(repeated) == ["seed-0-fold-1", "seed-0-fold-2", "seed-1-fold-1", "seed-1-fold-2"]
    assert str(parts_of(repeated)[2]) == "seed 1, fold 1"


def test_a_part_is_the_program_that_a_spec_for_it_alone_would_be() -> None:
    whole = program("validation = kfold(3)", "seeds = 2")
    part = parts_of(whole)[4]
    alone = program("validation = kfold(3, fold=2)", "seed = 1")
    assert part.of(whole).hash == alone.hash
    assert not parts_of(part.of(whole))


def test_seeds_do_not_leave_the_range_of_seeds() -> None:
    found = check(f"data {{ source = iris() }}\n{MODEL}train {{\n  seed = {2**63 - 1}\n  seeds = 2\n}}\n").diagnostics
    assert [diagnostic.code for diagnostic in found] == ["NS227"]
