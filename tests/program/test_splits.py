"""The sizes of the splits are computed once: what a check lets through can be divided, and is divided as planned."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netspec.catalogue.sections.data import Data
from netspec.catalogue.sources.mnist_sample import MnistSample
from netspec.catalogue.splitters.kfold import KFold
from netspec.catalogue.values import Quantity
from netspec.program.splits import Splits, split_conflicts, split_sizes
from tests.specs import check

shares = st.floats(0, 100, exclude_min=True, exclude_max=True).map(lambda number: Quantity(number, "%"))
settings = st.none() | st.integers(1, 400) | shares


def data(
    validation: Quantity | int | KFold | None = None,
    test: Quantity | int | None = None,
    sample: Quantity | int | None = None,
) -> Data:
    return Data(source=(MnistSample(),), validation=validation, test=test, sample=sample)


@pytest.mark.parametrize(
    ("validation", "test", "own", "sizes"),
    [
        (None, None, 0, Splits(100, 0, 0)),
        (Quantity(10, "%"), Quantity(20, "%"), 0, Splits(72, 8, 20)),
        (10, None, 30, Splits(90, 10, 30)),
        (Quantity(10, "%"), 20, 30, Splits(90, 10, 30)),
    ],
)
def test_test_is_taken_first_and_validation_from_the_rest(validation, test, own: int, sizes: Splits) -> None:
    assert split_sizes(data(validation, test), 100, own) == sizes


def test_sizes_of_folds_differ_by_one_sample_at_most() -> None:
    sizes = [split_sizes(data(KFold(folds=3, fold=fold)), 11, 0) for fold in (1, 2, 3)]
    assert sizes == [Splits(7, 4, 0), Splits(7, 4, 0), Splits(8, 3, 0)]
    assert split_sizes(data(KFold(folds=3)), 11, 0) == sizes[0]


def test_the_sample_is_drawn_before_the_splits() -> None:
    assert split_sizes(data(Quantity(10, "%"), Quantity(20, "%"), 50), 100, 0) == Splits(36, 4, 10)
    assert split_sizes(data(sample=Quantity(10, "%")), 60_000, 10_000) == Splits(6_000, 0, 10_000)


def test_a_validation_split_of_the_source_is_kept() -> None:
    assert split_sizes(data(sample=40), 100, 30, 20) == Splits(40, 20, 30)


@given(settings, settings, settings, st.integers(1, 300), st.integers(0, 3), st.integers(0, 3))
def test_what_has_no_misfit_is_a_division(validation, test, sample, train: int, own: int, mine: int) -> None:
    asked = data(validation, test, sample)
    sizes = split_sizes(asked, train, own, mine)
    if list(split_conflicts(asked, train, own, mine)):
        return
    drawn = split_sizes(data(sample=sample), train, own, mine).train
    assert sizes.train + (0 if mine else sizes.validation) + (0 if own else sizes.test) == drawn <= train
    assert sizes.train >= 1
    assert (sizes.validation >= 1) == (validation is not None or mine > 0)
    assert (sizes.test >= 1) == (test is not None or own > 0)


def table(folder: Path, settings: str, rows: int = 50) -> str:
    (folder / "t.csv").write_text("a,t\n" + "".join(f"{row * row / 8},{row % 2}\n" for row in range(rows)))
    return f'data {{\n  source = csv("t.csv", target="t")\n  {settings}\n}}\nmodel {{ linear(2) }}\n'


@pytest.mark.parametrize(
    ("settings", "messages"),
    [
        ("validation = 30\n  test = 30", ["`validation = 30` leaves none of 20 samples to train on"]),
        ("validation = 0.5%", ["`validation = 0.5%` of 50 samples is none"]),
        ("test = 0.5%\n  validation = 0.5%", ["`test = 0.5%` of 50 samples is none", "`validation = 0.5%` of 50"]),
        ("test = 50", ["`test = 50` leaves none of 50 samples to train on"]),
        ("test = 99.5%\n  validation = 1", ["`test = 99.5%` leaves none of 50 samples"]),
        ("validation = 1_000_000", ["`validation = 1_000_000` leaves none of 50 samples"]),
        ("sample = 51", ["`sample = 51` of 50 samples is more than there are"]),
        ("sample = 0.1%", ["`sample = 0.1%` of 50 samples is none"]),
        ("sample = 20\n  validation = 20", ["`validation = 20` leaves none of 20 samples"]),
        ("validation = kfold(51)", ["`validation = kfold(51)` of 50 samples leaves folds without any"]),
        ("validation = kfold(5, fold=6)", ["there is no fold 6 of 5"]),
        ("validation = 25\n  test = 25", ["`validation = 25` leaves none of 25 samples"]),
    ],
)
def test_a_check_reports_every_split_that_cannot_be(tmp_path: Path, settings: str, messages: list[str]) -> None:
    checked = check(table(tmp_path, settings), folder=tmp_path)
    assert len(checked.diagnostics) == len(messages)
    for diagnostic, message in zip(checked.diagnostics, messages, strict=True):
        assert diagnostic.code == "NS227" and message in diagnostic.message
        assert diagnostic.span is not None and diagnostic.span.text in message


def test_a_single_sample_to_train_on_is_enough(tmp_path: Path) -> None:
    from netspec.program.plan import make_plan

    plan = make_plan(check(table(tmp_path, "validation = 1", 2), folder=tmp_path).require())
    assert (plan.splits, plan.steps_per_epoch, plan.steps) == (Splits(1, 1, 0), 1, 10)
