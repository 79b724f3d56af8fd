"""Augmentations do to each image what torchvision does with the numbers that were drawn for it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import pytest
import torch
from torch import Tensor
from torchvision.transforms import InterpolationMode, v2
from torchvision.transforms.v2 import functional as F

from netspec.catalogue.augmentations import Augmentation
from netspec.catalogue.entry import Example, entries
from netspec.modules import noise, operations, warps
from netspec.program.randomness import generator
from netspec.shapes import Shape
from tests.catalogue.test_conformance import made
from tests.catalogue.test_image_transforms import images

NEAREST, BILINEAR = InterpolationMode.NEAREST, InterpolationMode.BILINEAR
EXACT = 3e-6
"""How far numbers in 32 bits that are summed in another order may be apart."""


def augmentation(text: str) -> Augmentation:
    result = made(Augmentation, Example(text))
    assert isinstance(result, Augmentation)
    return result


def batch(channels: int = 3, count: int = 24) -> Tensor:
    """Smooth images, whose pixels differ little from those beside them, and the difficult ones."""
    smooth = torch.rand(count, channels, 5, 4, generator=torch.Generator().manual_seed(1))
    smooth = F.resize(smooth, [20, 16])
    smooth[:4] = images(channels)
    return smooth


def one_by_one(inputs: Tensor, rows: Sequence[Any], change: Callable[[Tensor, Any], Tensor]) -> Tensor:
    return torch.stack([change(image, row) for image, row in zip(inputs, rows, strict=True)])


def both(text: str, change: Callable[[Tensor, Any], Tensor], *, channels: int = 3) -> tuple[Tensor, Tensor]:
    """What an augmentation makes of images, and what a function makes of each with the numbers drawn for it."""
    inputs, step = batch(channels), augmentation(text)
    drawn = step.draw(len(inputs), Shape(tuple(inputs.shape[1:])), generator(0, text))
    return step.apply(inputs, drawn), one_by_one(inputs, drawn.tolist(), change)


# ---- changes that happen or don't ----

SOMETIMES: list[tuple[str, Callable[[Tensor], Tensor]]] = [
    ("random_horizontal_flip", F.horizontal_flip),
    ("random_vertical_flip", F.vertical_flip),
    ("random_invert", F.invert),
    ("random_autocontrast", F.autocontrast),
    ("random_equalize", F.equalize),
    ("random_grayscale(0.5)", lambda image: F.rgb_to_grayscale(image, 3)),
    ("random_posterize(2)", lambda image: F.posterize(image, 2)),
    ("random_solarize(0.6)", lambda image: F.solarize(image, 0.6)),
    ("random_adjust_sharpness(0)", lambda image: F.adjust_sharpness(image, 0)),
    ("random_adjust_sharpness(3)", lambda image: F.adjust_sharpness(image, 3)),
]


@pytest.mark.parametrize(("text", "change"), SOMETIMES, ids=[text for text, _ in SOMETIMES])
def test_what_is_drawn_is_changed_as_torchvision_changes_it(text: str, change: Callable[[Tensor], Tensor]) -> None:
    found, wanted = both(text, lambda image, drawn: change(image) if drawn else image)
    torch.testing.assert_close(found, wanted, atol=EXACT, rtol=0)


@pytest.mark.parametrize("text", [text for text, _ in SOMETIMES])
@pytest.mark.parametrize("p", [0.0, 0.3, 1.0])
def test_a_change_has_its_probability(text: str, p: float) -> None:
    step = augmentation(text).model_copy(update={"p": p})
    share = step.draw(10_000, Shape.of(3, 4, 4), generator(0, "t")).float().mean()
    assert abs(share - p) < 0.02 and (0 < p < 1 or share == p)


# ---- colours ----

JITTERS = (F.adjust_brightness, F.adjust_contrast, F.adjust_saturation, F.adjust_hue)


def jittered(image: Tensor, steps: Sequence[tuple[float, float]]) -> Tensor:
    for place, factor in steps:
        if place != operations.NONE:
            image = JITTERS[int(place)](image, factor)
    return image


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize(
    "text",
    [
        "color_jitter(brightness=0.9, contrast=0.9, saturation=0.9, hue=0.5)",
        "color_jitter(contrast=[0, 3])",
        "color_jitter(hue=[0.2, 0.4], brightness=2)",
    ],
)
def test_color_jitter_changes_colours_in_the_order_that_was_drawn(text: str, channels: int) -> None:
    found, wanted = both(text, jittered, channels=channels)
    # a hue is a quotient, and at grey a small difference turns it far
    assert ((found - wanted).abs() > 1e-4).float().mean() < 0.002


def test_photometric_distortion_is_torchvision_s() -> None:
    def change(image: Tensor, row: list[float]) -> Tensor:
        steps = [(row[place], row[place + 1]) for place in range(0, 10, 2)]
        return F.permute_channels(jittered(image, steps), [int(number) for number in row[10:]])

    found, wanted = both("random_photometric_distort(hue=[-0.5, 0.5])", change)
    assert ((found - wanted).abs() > 1e-4).float().mean() < 0.002


def test_channels_are_permuted_as_torchvision_does() -> None:
    found, wanted = both("random_channel_permutation", F.permute_channels)
    assert torch.equal(found, wanted)


# ---- blur and noise ----


def test_blur_is_torchvision_s() -> None:
    found, wanted = both(
        "gaussian_blur([5, 3], sigma=[0.2, 3])", lambda image, sigma: F.gaussian_blur(image, [5, 3], [sigma, sigma])
    )
    torch.testing.assert_close(found, wanted, atol=EXACT, rtol=0)


def test_noise_is_added_and_clipped() -> None:
    inputs = batch()
    clipped, plain = augmentation("gaussian_noise(sigma=0.5)"), augmentation("gaussian_noise(sigma=0.5, clip=false)")
    drawn = plain.draw(len(inputs), Shape.of(3, 20, 16), generator(0, "t"))
    noisy = plain.apply(inputs, drawn)
    assert abs((noisy - inputs).std() - 0.5) < 0.02 and noisy.min() < 0
    assert torch.equal(clipped.apply(inputs, drawn), noisy.clamp(0, 1))


def test_random_numbers_of_pixels_are_uniform_and_normal() -> None:
    from scipy.stats import kstest

    seeds = torch.arange(300)  # neighbours, which are to be as unlike as any
    assert kstest(noise.uniform(seeds, 500).flatten().numpy(), "uniform").pvalue > 1e-3
    assert kstest(noise.normal(seeds, 500).flatten().numpy(), "norm").pvalue > 1e-3
    together = torch.corrcoef(noise.normal(seeds, 500)) - torch.eye(300)
    assert together.abs().max() < 0.3 and together.mean().abs() < 1e-3


# ---- parts ----


@pytest.mark.parametrize(
    ("text", "pad"),
    [
        ("random_crop([9, 16])", lambda image: image),
        ("random_crop(16, padding=3, fill=[0.1, 0.2, 0.3])", lambda image: F.pad(image, [3], fill=[0.1, 0.2, 0.3])),
        (
            "random_crop([20, 16], padding=[1, 2, 3, 4], padding_mode=reflect)",
            lambda image: F.pad(image, [1, 2, 3, 4], padding_mode="reflect"),
        ),
    ],
)
def test_a_crop_is_torchvision_s(text: str, pad: Callable[[Tensor], Tensor]) -> None:
    step = augmentation(text)
    height, width = step.infer(Shape.of(3, 20, 16)).spatial
    found, wanted = both(text, lambda image, row: F.crop(pad(image), row[0], row[1], height, width))
    assert torch.equal(found, wanted)


@pytest.mark.parametrize("mode", ["nearest", "bilinear", "bicubic"])
@pytest.mark.parametrize("size", [[6, 7], [20, 16], [40, 11]])
def test_a_resized_crop_is_torchvision_s(mode: str, size: list[int]) -> None:
    found, wanted = both(
        f"random_resized_crop([{size[0]}, {size[1]}], interpolation={mode})",
        lambda image, row: F.resized_crop(image, *row, size=size, interpolation=InterpolationMode(mode)),
    )
    torch.testing.assert_close(found, wanted, atol=EXACT, rtol=0)


def test_erased_parts_are_torchvision_s() -> None:
    def change(image: Tensor, row: list[int]) -> Tensor:
        top, left, height, width, _ = row
        return F.erase(image, top, left, height, width, torch.tensor([0.1, 0.5, 0.9]).view(3, 1, 1))

    found, wanted = both("random_erasing(0.7, value=[0.1, 0.5, 0.9])", change)
    assert torch.equal(found, wanted)


def test_erased_parts_may_be_noise() -> None:
    inputs, step = batch(), augmentation("random_erasing(1, value=random)")
    drawn = step.draw(len(inputs), Shape.of(3, 20, 16), generator(0, "t"))
    found = step.apply(inputs, drawn)
    erased = warps.inside(drawn[:, :4], 20, 16).expand_as(inputs)
    assert torch.equal(found[~erased], inputs[~erased])
    assert abs(found[erased].std() - 1) < 0.1


def test_zooming_out_is_torchvision_s_brought_to_the_size_of_the_image() -> None:
    def change(image: Tensor, row: list[int]) -> Tensor:
        top, left, height, width = row
        right, bottom = width + left - image.shape[2], height + top - image.shape[1]
        larger = F.pad(image, [-left, -top, right, bottom], fill=[0.2, 0.4, 0.6])
        return F.resize(larger, list(image.shape[1:]))

    found, wanted = both("random_zoom_out(fill=[0.2, 0.4, 0.6])", change)
    torch.testing.assert_close(found, wanted, atol=EXACT, rtol=0)


# ---- warps ----


def warped(matrix: list[float], mode: InterpolationMode, fill: Any) -> Callable[[Tensor], Tensor]:
    """torchvision's affine transform by a matrix, through its own grid."""
    from torchvision.transforms.v2.functional._geometry import (
        _affine_grid,
        _apply_grid_transform,
    )

    def change(image: Tensor) -> Tensor:
        height, width = image.shape[-2:]
        grid = _affine_grid(torch.tensor(matrix).view(1, 2, 3), w=width, h=height, ow=width, oh=height)
        return _apply_grid_transform(image, grid, mode.value, fill=fill)

    return change


def assert_nearly_all_close(found: Tensor, wanted: Tensor) -> None:
    """A place in the middle of two pixels is one or the other's by the last digit of a number."""
    assert ((found - wanted).abs() > 1e-4).float().mean() < 0.002


@pytest.mark.parametrize("center", [None, [3.0, 5.0]])
@pytest.mark.parametrize(("mode", "fill"), [(NEAREST, [0.0]), (BILINEAR, [0.3, 0.6, 0.9])])
def test_affine_changes_are_torchvision_s(center: Any, mode: InterpolationMode, fill: list[float]) -> None:
    chance = torch.Generator().manual_seed(0)
    inputs = batch()
    angle, scale = torch.rand(24, generator=chance) * 360 - 180, torch.rand(24, generator=chance) + 0.5
    shift, shear = torch.randint(-5, 6, (24, 2), generator=chance), torch.rand(24, 2, generator=chance) * 60 - 30
    middle = (0.0, 0.0) if center is None else (center[0] - 8, center[1] - 10)
    matrices = warps.affine_matrices(angle, shift, scale, shear, middle)
    found = warps.affine(inputs, matrices, "nearest" if mode is NEAREST else "bilinear", tuple(fill))

    def change(image: Tensor, row: tuple[float, list[int], float, list[float]]) -> Tensor:
        turn, moved, factor, sheared = row
        return F.affine(image, turn, moved, factor, sheared, interpolation=mode, fill=fill, center=center)

    rows = list(zip(angle.tolist(), shift.tolist(), scale.tolist(), shear.tolist(), strict=True))
    assert_nearly_all_close(found, one_by_one(inputs, rows, change))


@pytest.mark.parametrize(
    ("text", "mode", "fill"),
    [
        ("random_affine(30, translate=[0.2, 0.1], scale=[0.7, 1.4], shear=[-10, 10, -5, 5])", NEAREST, [0.0]),
        ("random_rotation(90, interpolation=bilinear, fill=0.5, center=[2, 3])", BILINEAR, [0.5]),
    ],
)
def test_matrices_that_are_drawn_are_applied_as_torchvision_does(
    text: str, mode: InterpolationMode, fill: list[float]
) -> None:
    found, wanted = both(text, lambda image, row: warped(row, mode, fill)(image))
    assert_nearly_all_close(found, wanted)


def test_a_rotation_by_an_angle_is_torchvision_s() -> None:
    step = augmentation("random_rotation([30, 30], interpolation=bilinear)")
    found, wanted = both(
        "random_rotation([30, 30], interpolation=bilinear)",
        lambda image, _: F.rotate(image, 30, interpolation=BILINEAR, fill=[0.0]),
    )
    assert_nearly_all_close(found, wanted)
    assert step.draw(2, Shape.of(3, 20, 16), generator(0, "t")).unique(dim=0).shape[0] == 1


def test_a_perspective_is_torchvision_s() -> None:
    def change(image: Tensor, row: list[float]) -> Tensor:
        return F.perspective(image, None, None, fill=[0.4], coefficients=row[:8]) if row[8] else image

    found, wanted = both("random_perspective(0.6, fill=0.4)", change)
    assert_nearly_all_close(found, wanted)


def test_the_numbers_of_a_perspective_are_torchvision_s() -> None:
    from torchvision.transforms.functional import (
        _get_perspective_coeffs,
    )

    ends = [[1, 2], [14, 0], [12, 17], [3, 19]]
    found = warps.perspective_coefficients(torch.tensor([ends, ends]), 20, 16)
    wanted = _get_perspective_coeffs([[0, 0], [15, 0], [15, 19], [0, 19]], ends)
    torch.testing.assert_close(found, torch.tensor([wanted, wanted]), atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("sigma", ["1.2", "[0.6, 1.4]"])
def test_elastic_changes_are_torchvision_s(monkeypatch: pytest.MonkeyPatch, sigma: str) -> None:
    step = augmentation(f"elastic(alpha=[20, 30], sigma={sigma}, fill=0.2)")
    inputs = batch()
    drawn = step.draw(len(inputs), Shape.of(3, 20, 16), generator(0, "t"))
    theirs = v2.ElasticTransform([20.0, 30.0], [float(number) for number in sigma.strip("[]").split(",")], fill=0.2)
    ways = iter(noise.uniform(drawn, 2, 20, 16).flatten(0, 1))
    monkeypatch.setattr(torch, "rand", lambda *sizes: next(ways).view(*sizes))
    wanted = torch.stack([theirs(image) for image in inputs])
    assert_nearly_all_close(step.apply(inputs, drawn), wanted)


# ---- what holds of all ----

TEXTS = sorted({example.text for entry in entries(Augmentation) for example in entry.examples})
BEYOND = ("random_erasing(value=random)",)
"""Those that torchvision doesn't hold between 0 and 1."""


@pytest.mark.parametrize("text", TEXTS)
def test_numbers_stay_between_0_and_1(text: str) -> None:
    step, inputs = augmentation(text), suited(text)
    found = step.apply(inputs, step.draw(len(inputs), Shape(tuple(inputs.shape[1:])), generator(0, "t")))
    assert found.isfinite().all()
    if text not in BEYOND:
        assert found.min() >= -1e-6 and found.max() <= 1 + 1e-6


@pytest.mark.parametrize("text", TEXTS)
def test_what_happens_to_an_image_does_not_depend_on_its_batch(text: str) -> None:
    step, inputs = augmentation(text), suited(text)
    drawn = step.draw(len(inputs), Shape(tuple(inputs.shape[1:])), generator(0, "t"))
    whole = step.apply(inputs, drawn)
    for places in (torch.tensor([5]), torch.tensor([9, 2, 0]), torch.arange(1, 8)):
        assert torch.equal(step.apply(inputs[places], drawn[places]), whole[places])


@pytest.mark.parametrize("text", TEXTS)
def test_it_is_a_function_of_the_seed_and_leaves_what_comes_in_alone(text: str) -> None:
    step, inputs = augmentation(text), suited(text)
    before, shape = inputs.clone(), Shape(tuple(inputs.shape[1:]))
    one, same, other = (step.draw(len(inputs), shape, generator(seed, "t")) for seed in (0, 0, 1))
    torch.manual_seed(0)
    first = step.apply(inputs, one)
    torch.manual_seed(1)
    assert torch.equal(first, step.apply(inputs, same))
    assert not torch.equal(one, other)
    assert torch.equal(inputs, before)


@pytest.mark.parametrize("text", TEXTS)
def test_what_is_drawn_is_small(text: str) -> None:
    """A few numbers for each image, however many pixels it has: those of all images of an epoch are there at once."""
    drawn = augmentation(text).draw(4, Shape.of(3, 64, 64), generator(0, "t"))
    assert len(drawn) == 4 and drawn[0].numel() <= 80


def suited(text: str) -> Tensor:
    """Images of the size that an example is for."""
    (example,) = {example for entry in entries(Augmentation) for example in entry.examples if example.text == text}
    (sizes,) = example.inputs
    return torch.rand(12, *sizes, generator=torch.Generator().manual_seed(2))


def test_angles_are_in_degrees_and_positive_ones_turn_to_the_left() -> None:
    matrix = augmentation("random_rotation([90, 90])").draw(1, Shape.of(1, 8, 8), generator(0, "t"))[0]
    assert math.isclose(float(matrix[1]), -1, abs_tol=1e-6)


@pytest.mark.parametrize(
    ("text", "mirrors"),
    [
        ("random_horizontal_flip", True),
        ("random_vertical_flip", True),
        ("random_rotation(15)", False),
        ("random_rotation([0, 180])", True),
        ("random_affine(90)", False),
        ("random_affine(120)", True),
        ("random_crop(28, padding=2)", False),
    ],
)
def test_it_knows_whether_it_may_make_another_digit_of_a_digit(text: str, mirrors: bool) -> None:
    assert augmentation(text).mirrors is mirrors
