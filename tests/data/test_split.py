"""Samples that are set apart: evenly from each class, exactly as many as asked, the same ones each time."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from netspec.data.split import quotas, set_apart, set_part_apart
from netspec.program.randomness import generator, seed_for

labels = st.lists(st.integers(0, 4), min_size=2, max_size=200).map(np.array)


@given(labels, st.data(), st.integers(0, 2**63 - 1))
def test_every_sample_is_kept_or_set_apart(targets: np.ndarray, data: st.DataObject, seed: int) -> None:
    count = data.draw(st.integers(1, len(targets) - 1))
    kept, apart = set_apart(targets, count, seed, "validation")
    assert len(apart) == count
    assert sorted([*kept, *apart]) == list(range(len(targets)))
    assert (np.diff(kept) > 0).all() and (np.diff(apart) > 0).all()


@given(labels, st.data())
def test_each_class_gives_its_share_to_within_one_sample(targets: np.ndarray, data: st.DataObject) -> None:
    count = data.draw(st.integers(1, len(targets) - 1))
    _, apart = set_apart(targets, count, 0, "validation")
    for label in np.unique(targets):
        exact = count * np.mean(targets == label)
        assert abs(np.sum(targets[apart] == label) - exact) < 1


@given(labels, st.data(), st.integers(0, 2**63 - 1))
def test_folds_share_out_the_samples_and_every_class(targets: np.ndarray, data: st.DataObject, seed: int) -> None:
    count = data.draw(st.integers(2, len(targets)))
    folds = [set_part_apart(targets, count, fold, seed) for fold in range(1, count + 1)]
    assert sorted(np.concatenate([apart for _, apart in folds])) == list(range(len(targets)))
    for kept, apart in folds:
        assert sorted([*kept, *apart]) == list(range(len(targets)))
        assert (np.diff(kept) > 0).all() and (np.diff(apart) > 0).all()
    for samples in (np.zeros_like(targets), targets):
        for label in np.unique(samples):
            sizes = [np.sum(samples[apart] == label) for _, apart in folds]
            assert max(sizes) - min(sizes) <= 1


def test_folds_of_one_stratum_are_drawn_by_the_seed() -> None:
    alike = np.zeros(20, int)
    (_, first), (_, second) = (set_part_apart(alike, 4, 1, seed) for seed in (0, 1))
    assert len(first) == len(second) == 5
    assert list(first) != list(second)


@given(st.lists(st.integers(0, 1000), min_size=1).filter(any), st.data())
def test_quotas_make_the_total_and_no_class_gives_more_than_it_has(counts: list[int], data: st.DataObject) -> None:
    total = data.draw(st.integers(0, sum(counts)))
    found = quotas(np.array(counts), total)
    assert found.sum() == total
    assert (found <= counts).all() and (found >= 0).all()


def test_the_largest_remainders_are_rounded_up() -> None:
    assert quotas(np.array([50, 30, 17, 3]), 10).tolist() == [5, 3, 2, 0]


def test_a_share_is_a_share() -> None:
    _, apart = set_apart(np.arange(4000) % 10, 400, 0, "validation")
    assert np.bincount(apart % 10).tolist() == [40] * 10


def test_the_same_seed_gives_the_same_split_and_another_seed_another_one() -> None:
    targets = np.arange(100) % 2
    first, again, other = (set_apart(targets, 20, seed, "validation")[1].tolist() for seed in (1, 1, 2))
    assert first == again != other


def test_validation_and_test_are_drawn_independently() -> None:
    targets = np.arange(100) % 2
    assert set_apart(targets, 20, 1, "test")[1].tolist() != set_apart(targets, 20, 1, "validation")[1].tolist()


def test_one_stratum_is_split_at_random() -> None:
    targets = np.linspace(0, 1, 1000, dtype=np.float32)
    _, apart = set_apart(np.zeros(1000, int), 100, 0, "validation")
    assert len(apart) == 100
    assert 0.4 < targets[apart].mean() < 0.6


def test_no_sample_is_favoured() -> None:
    chosen = np.concatenate([set_apart(np.arange(20) % 2, 10, seed, "validation")[1] for seed in range(400)])
    assert abs(np.bincount(chosen, minlength=20) - 200).max() < 60  # six standard deviations


def test_purposes_have_seeds_of_their_own() -> None:
    purposes = [("order", 1), ("order", 2), ("order", "1"), ("augment", 1, 2), ("augment", 12), ("a", "b"), ("ab",)]
    seeds = {seed_for(seed, *purpose) for seed in (0, 1) for purpose in purposes}
    assert len(seeds) == 2 * len(purposes)
    assert all(0 <= seed < 2**63 for seed in seeds)


def test_seeds_never_change_between_versions() -> None:
    assert seed_for(0, "order", 1) == 8677279991123922410


def test_generators_of_one_purpose_draw_the_same() -> None:
    import torch

    first, again = (torch.rand(5, generator=generator(3, "order", 1)) for _ in range(2))
    assert torch.equal(first, again)
