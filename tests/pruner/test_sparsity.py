"""Masks of weights, against torch's own pruning."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from torch.nn.utils import prune

from netspec.modules.sparsity import magnitude_masks, masked, pattern_masks, share_at, takes_pattern, zeros


def weights() -> dict[str, torch.Tensor]:
    torch.manual_seed(0)
    return {"a": torch.randn(8, 6), "b": 3 * torch.randn(4, 8, 3, 3)}


@pytest.mark.parametrize("share", [0.0, 0.25, 0.7])
def test_masks_of_each_layer_are_those_of_torch(share: float) -> None:
    for name, mask in magnitude_masks(weights(), share, per_layer=True).items():
        module = nn.Module()
        module.weight = nn.Parameter(weights()[name])
        prune.l1_unstructured(module, "weight", amount=int(share * mask.numel()))
        assert torch.equal(mask, module.get_buffer("weight_mask").bool())


def test_masks_of_all_layers_together_are_those_of_torch() -> None:
    found = weights()
    masks = magnitude_masks(found, 0.5)
    modules: list[tuple[nn.Module, str]] = []
    for item in found.values():
        module = nn.Module()
        module.weight = nn.Parameter(item)
        modules.append((module, "weight"))
    prune.global_unstructured(modules, prune.L1Unstructured, amount=0.5)
    for mask, (module, _) in zip(masks.values(), modules, strict=True):
        assert torch.equal(mask, module.get_buffer("weight_mask").bool())
    assert zeros(masked(found, masks)) == 0.5


def test_equal_weights_are_masked_to_exactly_the_share() -> None:
    assert int(magnitude_masks({"a": torch.ones(10, 10)}, 0.33)["a"].sum()) == 67


def test_a_larger_share_takes_away_all_that_a_smaller_one_did() -> None:
    found = masked(weights(), magnitude_masks(weights(), 0.3))
    later = magnitude_masks(found, 0.6)
    assert all(
        bool((~later[name] | (found[name] != 0)).all() or (found[name][later[name]] != 0).all()) for name in found
    )
    assert all(not bool(later[name][found[name] == 0].any()) for name in found)


def test_a_pattern_keeps_the_largest_of_every_few_inputs() -> None:
    masks = pattern_masks(weights() | {"a": torch.tensor([[1.0, -4.0, 3.0, 2.0, 0.0, 0.0, -1.0, 5.0]])}, 2, 4)
    assert masks["a"].int().tolist() == [[0, 1, 1, 0, 0, 0, 1, 1]]
    per_window = masks["b"].reshape(4, 2, 4, 3, 3).sum(2)
    assert bool((per_window == 2).all())
    kept = weights()["b"].abs().reshape(4, 2, 4, 3, 3).sort(dim=2).values[:, :, 2:].sum()
    torch.testing.assert_close(weights()["b"][masks["b"]].abs().sum(), kept)


def test_a_pattern_that_does_not_fit_is_refused() -> None:
    assert not takes_pattern((8, 6), 4)
    with pytest.raises(ValueError, match=r"a has \[8, 6\]: its inputs, dimension 1, aren't a multiple of 4"):
        pattern_masks({"a": torch.ones(8, 6)}, 2, 4)


def test_a_schedule_ends_with_the_share() -> None:
    assert [share_at(0.8, progress) for progress in (0.0, 0.5, 1.0)] == pytest.approx([0.0, 0.7, 0.8])
