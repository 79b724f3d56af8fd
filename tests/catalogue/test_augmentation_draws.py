"""What augmentations draw for each image is distributed as in torchvision."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor
from torchvision.transforms import v2

from netspec.modules import operations, warps
from netspec.program.randomness import generator
from netspec.shapes import Shape
from tests.catalogue.test_augmentation_policies import THEIRS
from tests.catalogue.test_augmentations import augmentation

MANY = 4000


def assert_alike(found: Tensor, wanted: Tensor) -> None:
    """Two samples are of one distribution; seeded, so that this is so or isn't."""
    from scipy.stats import ks_2samp

    assert ks_2samp(found.double().numpy(), wanted.double().numpy(), method="asymp").pvalue > 1e-3


def theirs(transform: Any, *names: str, height: int = 20, width: int = 16) -> Tensor:
    """Parameters that torchvision draws, [MANY, …]."""
    torch.manual_seed(7)
    image = torch.zeros(3, height, width)
    drawn = [transform.make_params([image]) for _ in range(MANY)]
    return torch.tensor([[row[name] for name in names] for row in drawn]).float()


def ours(text: str, height: int = 20, width: int = 16) -> Tensor:
    return augmentation(text).draw(MANY, Shape.of(3, height, width), generator(0, text))


@pytest.mark.parametrize("sides", [(20, 16), (8, 60)])
@pytest.mark.parametrize("scale", [(0.08, 1.0), (0.9, 1.0)])
def test_boxes_of_resized_crops_are_drawn_as_in_torchvision(sides: tuple[int, int], scale: tuple[float, float]) -> None:
    height, width = sides
    found = ours(f"random_resized_crop(9, scale=[{scale[0]}, {scale[1]}])", height, width)
    wanted = theirs(v2.RandomResizedCrop(9, scale=scale), "top", "left", "height", "width", height=height, width=width)
    for place in range(4):
        assert_alike(found[:, place], wanted[:, place])
    assert_alike(found[:, 2] / found[:, 3], wanted[:, 2] / wanted[:, 3])


def test_erased_boxes_are_drawn_as_in_torchvision() -> None:
    found = ours("random_erasing(1, scale=[0.1, 0.9])").float()
    wanted = theirs(v2.RandomErasing(1, scale=(0.1, 0.9)), "i", "j", "h", "w")
    # where no attempt fits, torchvision's parameters are the whole image, which it doesn't erase
    wanted = wanted * ~((wanted[:, 2] == 20) & (wanted[:, 3] == 16)).view(-1, 1)
    for place in range(4):
        assert_alike(found[:, place], wanted[:, place])
    assert_alike(found[:, 2] - found[:, 3], wanted[:, 2] - wanted[:, 3])


def test_half_of_the_images_are_erased_if_p_says_so() -> None:
    assert abs((ours("random_erasing(0.5)")[:, 2] > 0).float().mean() - 0.5) < 0.03


def test_larger_images_are_drawn_as_in_torchvision() -> None:
    found = ours("random_zoom_out(p=1, side_range=[1, 3])").float()
    wanted = torch.tensor([row for (row,) in theirs(v2.RandomZoomOut(side_range=(1, 3), p=1), "padding").tolist()])
    left, top, right, bottom = wanted.unbind(1)
    for one, other in zip(found.unbind(1), (-top, -left, top + bottom + 20, left + right + 16), strict=True):
        assert_alike(one, other)


def test_affine_changes_are_drawn_as_in_torchvision() -> None:
    arguments = {"translate": (0.3, 0.1), "scale": (0.5, 2.0), "shear": (-20.0, 20.0, -5.0, 5.0)}
    written = ", ".join(f"{name}={list(numbers)}" for name, numbers in arguments.items())
    torch.manual_seed(7)
    transform = v2.RandomAffine(25, **arguments)
    rows = [transform.make_params([torch.zeros(3, 20, 16)]) for _ in range(MANY)]
    angle, scale = (torch.tensor([row[name] for row in rows]) for name in ("angle", "scale"))
    shift, shear = (torch.tensor([row[name] for row in rows]) for name in ("translate", "shear"))
    wanted = warps.affine_matrices(angle, shift, scale, shear)
    for one, other in zip(ours(f"random_affine(25, {written})").unbind(1), wanted.unbind(1), strict=True):
        assert_alike(one, other)


def test_angles_are_drawn_as_in_torchvision() -> None:
    found = ours("random_rotation([-20, 60])")
    wanted = theirs(v2.RandomRotation([-20, 60]), "angle")[:, 0]
    assert_alike(torch.atan2(-found[:, 1], found[:, 0]).rad2deg(), wanted)


def test_perspectives_are_drawn_as_in_torchvision() -> None:
    found = ours("random_perspective(0.7, p=1)")
    wanted = theirs(v2.RandomPerspective(0.7, p=1), "coefficients")[:, 0]
    for one, other in zip(found[:, :8].unbind(1), wanted.unbind(1), strict=True):
        assert_alike(one, other)


def test_blurs_are_drawn_as_in_torchvision() -> None:
    assert_alike(ours("gaussian_blur(3)"), theirs(v2.GaussianBlur(3), "sigma")[:, 0, 0])


@pytest.mark.parametrize("hue", ["0.3", "[-0.1, 0.4]"])
def test_factors_of_color_jitter_are_drawn_as_in_torchvision(hue: str) -> None:
    steps = ours(f"color_jitter(brightness=1.5, contrast=0.4, saturation=[0.2, 3], hue={hue})")
    numbers = [float(number) for number in hue.strip("[]").split(",")]
    transform = v2.ColorJitter(1.5, 0.4, (0.2, 3), numbers[0] if len(numbers) == 1 else (numbers[0], numbers[1]))
    wanted = theirs(transform, *(f"{name}_factor" for name in ("brightness", "contrast", "saturation", "hue")))
    for place in range(4):
        assert_alike(steps[..., 1][steps[..., 0] == place], wanted[:, place])


def test_every_order_of_color_jitter_is_as_likely() -> None:
    orders = ours("color_jitter(brightness=0.5, contrast=0.4, hue=0.1)")[..., 0]
    kinds, counts = orders.unique(dim=0, return_counts=True)
    assert len(kinds) == 6 and chi_square(counts) > 1e-3


def test_every_order_of_channels_is_as_likely() -> None:
    kinds, counts = ours("random_channel_permutation").unique(dim=0, return_counts=True)
    assert len(kinds) == 6 and chi_square(counts) > 1e-3


def chi_square(counts: Tensor) -> float:
    from scipy.stats import chisquare

    return float(chisquare(counts.numpy()).pvalue)


def test_photometric_distortions_are_drawn_as_in_torchvision() -> None:
    found = ours("random_photometric_distort")
    steps, orders = found[:, :10].view(-1, 5, 2), found[:, 10:]
    changed = (steps[..., 0] != operations.NONE).float()
    assert (changed.mean(0) - torch.tensor([0.5, 0.25, 0.5, 0.5, 0.25])).abs().max() < 0.03
    assert not (changed[:, 1] * changed[:, 4]).any(), "contrast is changed once"
    assert abs((orders != torch.arange(3)).any(1).float().mean() - 0.5 * 5 / 6) < 0.03


@pytest.mark.parametrize(
    ("text", "transform"),
    [
        ("auto_augment", v2.AutoAugment()),
        ("auto_augment(svhn)", v2.AutoAugment(v2.AutoAugmentPolicy.SVHN)),
        ("rand_augment(num_ops=2, magnitude=7)", v2.RandAugment(2, 7)),
        ("trivial_augment", v2.TrivialAugmentWide()),
    ],
)
def test_operations_are_drawn_as_in_torchvision(text: str, transform: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[tuple[int, float]] = []

    def note(image: Tensor, name: str, magnitude: float, **_: Any) -> Tensor:
        place = operations.index_of(next(ours for ours, theirs in THEIRS.items() if theirs == name))
        if place != operations.NONE:
            drawn.append((place, magnitude))
        return image

    monkeypatch.setattr(transform, "_apply_image_or_video_transform", note)
    torch.manual_seed(7)
    for _ in range(MANY):
        transform(torch.zeros(3, 20, 16))
    steps = ours(text).flatten(0, 1)
    steps = steps[steps[:, 0] != operations.NONE]
    wanted = torch.tensor(drawn)
    assert abs(len(steps) / len(wanted) - 1) < 0.05
    assert_alike(steps[:, 0], wanted[:, 0])
    # magnitudes of all operations that warp are in one place here, of those that don't each by itself
    for place in wanted[:, 0].unique():
        assert_alike(steps[steps[:, 0] == place, 1], wanted[wanted[:, 0] == place, 1])


def test_chains_of_aug_mix_are_drawn_as_in_torchvision() -> None:
    drawn = ours("aug_mix(severity=4, alpha=2)")
    steps, shares = drawn[:, :-4].view(-1, 3, 3, 8), drawn[:, -4:]
    lengths = (steps[..., 0] != operations.NONE).sum(2).flatten()
    assert chi_square(lengths.bincount()[1:]) > 1e-3 and lengths.max() == 3
    torch.manual_seed(7)
    mixed = torch.distributions.Dirichlet(torch.tensor([2.0, 2.0])).sample((MANY,))
    wanted = torch.distributions.Dirichlet(torch.tensor([2.0] * 3)).sample((MANY,)) * mixed[:, 1:]
    assert_alike(shares[:, 0], mixed[:, 0])
    for place in range(3):
        assert_alike(shares[:, place + 1], wanted[:, place])
