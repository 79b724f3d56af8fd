"""Data that is made up: what it promises, that it can be learned, and which arguments don't go together."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from netspec.catalogue.sources import DataFolders
from netspec.catalogue.sources.synthetic import Synthetic
from netspec.shapes import MisfitError
from tests.catalogue.test_sources import keeps_its_promise

NOWHERE = DataFolders(Path(), Path())

SMALL = st.integers(1, 5)


@given(
    kinds=st.fixed_dictionaries(
        {}, optional={"image": st.tuples(SMALL, SMALL, SMALL), "tokens": SMALL, "features": SMALL}
    ).filter(bool),
    classes=st.integers(2, 9),
    samples=st.integers(4, 40),
    seed=st.integers(0, 2**31 - 1),
)
def test_made_up_data_is_what_it_promises_and_the_same_each_time(
    kinds: dict[str, Any], classes: int, samples: int, seed: int
) -> None:
    source = Synthetic(**kinds, classes=classes, samples=samples, seed=seed)
    source.check()
    loaded, again = source.load(NOWHERE), source.load(NOWHERE)
    keeps_its_promise(loaded, source, NOWHERE)
    assert loaded.type.train + loaded.type.test == samples
    for one, other in zip(loaded.train.inputs, again.train.inputs, strict=True):
        assert np.array_equal(one, other)


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ({"image": (3, 8, 8), "classes": 1000}, "image[3, 8, 8] x class[1000]"),
        ({"tokens": 64, "classes": 4}, "tokens[64] of 1000 x class[4]"),
        ({"features": 20, "classes": 3}, "table[20] x class[3]"),
        ({"image": (3, 8, 8), "features": 5}, "(image: image[3, 8, 8], features: table[5]) x class[10]"),
        (
            {"tokens": 9, "vocabulary": 50, "classes": 2, "inputs": ("question", "answer")},
            "(question: tokens[9] of 50, answer: tokens[9] of 50) x class[2]",
        ),
    ],
)
def test_the_type_of_made_up_data_is_known_before_it_is_made(arguments: dict[str, Any], text: str) -> None:
    assert str(Synthetic(**arguments).describe(NOWHERE)) == text


def test_another_seed_makes_other_data() -> None:
    one, other = (Synthetic(features=5, seed=seed).load(NOWHERE).train.inputs[0] for seed in (0, 1))
    assert not np.array_equal(one, other)


def counts_of_words(texts: np.ndarray) -> np.ndarray:
    return np.stack([np.bincount(text, minlength=100) for text in texts])


@pytest.mark.parametrize("kind", [{"image": (1, 8, 8)}, {"features": 20}, {"tokens": 50, "vocabulary": 100}])
def test_its_classes_can_be_told_apart(kind: dict[str, Any]) -> None:
    from sklearn.linear_model import LogisticRegression

    loaded = Synthetic(**kind, classes=5, samples=400).load(NOWHERE)
    assert loaded.test is not None
    seen = counts_of_words if "tokens" in kind else lambda values: values.reshape(len(values), -1) / values.max()
    learned = LogisticRegression(max_iter=1000).fit(seen(loaded.train.inputs[0]), loaded.train.targets)
    assert learned.score(seen(loaded.test.inputs[0]), loaded.test.targets) > 0.95


def test_words_are_numbers_below_the_vocabulary() -> None:
    (texts,) = Synthetic(tokens=50, vocabulary=7, classes=3).load(NOWHERE).train.inputs
    assert np.unique(texts).tolist() == list(range(7))


@pytest.mark.parametrize("kind", [{"image": (1, 12, 12)}, {"features": 100}])
def test_a_pair_is_of_class_1_if_both_show_the_same(kind: dict[str, Any]) -> None:
    train = Synthetic(**kind, classes=2, inputs=("left", "right")).load(NOWHERE).train
    left, right = (values.reshape(len(values), -1).astype(float) for values in train.inputs)
    agreement = [np.corrcoef(one, other)[0, 1] for one, other in zip(left, right, strict=True)]
    assert ((np.array(agreement) > 0.4) == (train.targets == 1)).all()
    assert 0.4 < train.targets.mean() < 0.6
    assert not np.array_equal(left, right)


@pytest.mark.parametrize(
    ("arguments", "argument", "words"),
    [
        ({}, None, "none is given"),
        ({"features": 5, "vocabulary": 9}, "vocabulary", "for `tokens`"),
        ({"tokens": 5, "vocabulary": 9}, "vocabulary", "words of their own"),
        ({"features": 5, "samples": 3}, "samples", "it takes 4"),
        ({"features": 5, "classes": 2, "inputs": ("a",)}, "inputs", "names of two"),
        ({"features": 5, "classes": 2, "inputs": ("a", "a")}, "inputs", "names of two"),
        ({"features": 5, "classes": 2, "inputs": ("a", "b.c")}, "inputs", "names of two"),
        ({"features": 5, "inputs": ("a", "b")}, "classes", "2 classes"),
        ({"features": 5, "tokens": 5, "classes": 2, "inputs": ("a", "b")}, "inputs", "of one of"),
        ({"image": (1000, 1000, 1000), "samples": 4}, "samples", "at most"),
    ],
)
def test_arguments_that_do_not_go_together_are_refused(
    arguments: dict[str, Any], argument: str | None, words: str
) -> None:
    with pytest.raises(MisfitError, match=words) as caught:
        Synthetic(**arguments).check()
    assert caught.value.argument == argument
