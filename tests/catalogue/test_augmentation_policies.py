"""AutoAugment and its kin have the operations, the strengths and the policies of torchvision."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor
from torchvision.transforms import InterpolationMode, v2

from netspec.modules import operations
from netspec.program.randomness import generator
from netspec.shapes import Shape
from tests.catalogue.test_augmentations import (
    BILINEAR,
    NEAREST,
    assert_nearly_all_close,
    augmentation,
    batch,
    one_by_one,
)

THEIRS = {
    "shear_x": "ShearX",
    "shear_y": "ShearY",
    "translate_x": "TranslateX",
    "translate_y": "TranslateY",
    "rotate": "Rotate",
    "brightness": "Brightness",
    "color": "Color",
    "contrast": "Contrast",
    "sharpness": "Sharpness",
    "posterize": "Posterize",
    "solarize": "Solarize",
    "autocontrast": "AutoContrast",
    "equalize": "Equalize",
    "invert": "Invert",
    "identity": "Identity",
}
SPACES = [
    (operations.STANDARD, v2.AutoAugment, 10),
    (operations.STANDARD, v2.RandAugment, 31),
    (operations.WIDE, v2.TrivialAugmentWide, 31),
    (operations.MIXED, v2.AugMix, 10),
]


def their_magnitudes(policy: Any, name: str, bins: int) -> Tensor:
    magnitudes, _ = policy._AUGMENTATION_SPACE[THEIRS[name]]
    found = magnitudes(bins, 20, 16)
    return torch.zeros(bins) if found is None else found.float()


@pytest.mark.parametrize(("space", "policy", "bins"), SPACES)
def test_the_strengths_of_operations_are_torchvision_s(space: operations.Space, policy: Any, bins: int) -> None:
    known = {ours for ours, theirs in THEIRS.items() if theirs in policy._AUGMENTATION_SPACE}
    for name in known:
        torch.testing.assert_close(
            space.magnitudes(name, bins, 20, 16).float(), their_magnitudes(policy, name, bins), msg=name
        )
        assert (name in operations.SIGNED) == policy._AUGMENTATION_SPACE[THEIRS[name]][1]


def test_the_operations_of_each_policy_are_torchvision_s() -> None:
    assert {THEIRS[name] for name in operations.ALL} == set(v2.RandAugment._AUGMENTATION_SPACE)
    assert {THEIRS[name] for name in operations.ALL} == set(v2.TrivialAugmentWide._AUGMENTATION_SPACE)
    assert {THEIRS[name] for name in operations.ALL[1:]} == set(v2.AugMix._AUGMENTATION_SPACE)
    assert {THEIRS[name] for name in operations.AUGMIX} == set(v2.AugMix._PARTIAL_AUGMENTATION_SPACE)
    assert set(THEIRS) - {"identity"} == {*operations.CHANGES, *operations.WARPS}


@pytest.mark.parametrize("policy", ["imagenet", "cifar10", "svhn"])
def test_the_pairs_of_auto_augment_are_torchvision_s(policy: str) -> None:
    from netspec.catalogue.augmentations._policies import POLICIES

    theirs = v2.AutoAugment(v2.AutoAugmentPolicy(policy))._policies
    ours = [tuple((THEIRS[name], p, strength) for name, p, strength in pair) for pair in POLICIES[policy]]
    assert ours == [tuple((name, p, strength or 0) for name, p, strength in pair) for pair in theirs]


@pytest.mark.parametrize("name", THEIRS)
@pytest.mark.parametrize("mode", [NEAREST, BILINEAR])
@pytest.mark.parametrize("fill", [None, 0.5])
def test_each_operation_is_torchvision_s(name: str, mode: InterpolationMode, fill: float | None) -> None:
    inputs = batch()
    strengths = torch.arange(24) % 10
    steps = operations.steps(
        operations.STANDARD, [name], torch.zeros_like(strengths), strengths, 10, (20, 16), generator(0, name)
    )
    found = operations.operated(inputs, steps.unsqueeze(1), "nearest" if mode is NEAREST else "bilinear", fill)
    theirs: Any = v2.RandAugment(interpolation=mode)

    def change(image: Tensor, row: list[float]) -> Tensor:
        fills = {torch.Tensor: fill}
        return theirs._apply_image_or_video_transform(image, THEIRS[name], row[1], mode, fills)

    assert_nearly_all_close(found, one_by_one(inputs, steps.tolist(), change))


def test_aug_mix_adds_up_its_chains() -> None:
    inputs, step = batch(), augmentation("aug_mix(chain_depth=2, mixture_width=2)")
    drawn = step.draw(len(inputs), Shape.of(3, 20, 16), generator(0, "t"))
    steps, shares = drawn[:, :-3].view(-1, 2, 2, 8), drawn[:, -3:, None, None, None]
    chains = [operations.operated(inputs, chain, "bilinear", None) for chain in steps.unbind(1)]
    wanted = shares[:, 0] * inputs + shares[:, 1] * chains[0] + shares[:, 2] * chains[1]
    torch.testing.assert_close(step.apply(inputs, drawn), wanted)
    torch.testing.assert_close(drawn[:, -3:].sum(1), torch.ones(len(inputs)))
