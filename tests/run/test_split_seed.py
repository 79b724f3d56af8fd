"""Runs with other seeds have the same splits if those have a seed of their own."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from netspec.data.prepare import PreparedData, prepare
from netspec.program.parts import parts_of
from tests.specs import check


def prepared(settings: str) -> list[PreparedData]:
    text = f"data {{ source = iris(), sample = 100, test = 20%, {settings} }}\nmodel {{ linear(3) }}\n"
    program = check(text + "train { seeds = 2 }").require()
    return [prepare(part.of(program), torch.device("cpu")) for part in parts_of(program)]


@pytest.mark.parametrize("validation", ["validation = 20%", "validation = kfold(2)"])
def test_the_splits_of_all_seeds_are_the_same(validation: str) -> None:
    found = prepared(f"{validation}, split_seed = 7")
    half = len(found) // 2
    for first, second in zip(found[:half], found[half:], strict=True):
        assert first.test is not None and second.test is not None
        assert torch.equal(first.test.inputs[0], second.test.inputs[0])
        assert torch.equal(first.training.inputs[0], second.training.inputs[0])
        # order and weights still follow from the seed
        orders = [np.concatenate([targets.numpy() for _, targets in data.epoch(1)]) for data in (first, second)]
        assert not np.array_equal(orders[0], orders[1])


def test_without_it_they_follow_from_the_seed() -> None:
    first, second = prepared("validation = 20%")
    assert first.test is not None and second.test is not None
    assert not torch.equal(first.test.inputs[0], second.test.inputs[0])
