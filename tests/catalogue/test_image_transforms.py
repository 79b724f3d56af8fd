"""Transforms of images do what torchvision does, and keep to 0 to 1."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torchvision.transforms import InterpolationMode
from torchvision.transforms.v2 import functional as F

from netspec.catalogue.entry import Example
from netspec.catalogue.image_statistics import KNOWN
from netspec.catalogue.transforms import Transform
from netspec.catalogue.transforms.center_crop import CenterCrop
from netspec.catalogue.transforms.normalize import Normalize
from netspec.catalogue.transforms.pad import Pad
from netspec.catalogue.transforms.resize import Resize
from netspec.shapes import MisfitError, Shape
from tests.catalogue.test_conformance import made

Function = Callable[[torch.Tensor], torch.Tensor]

CASES: list[tuple[str, Function]] = [
    ("invert", F.invert),
    ("autocontrast", F.autocontrast),
    ("equalize", F.equalize),
    ("solarize(0.3)", lambda images: F.solarize(images, 0.3)),
    ("posterize(3)", lambda images: F.posterize(images, 3)),
    ("adjust_gamma(0.4, gain=2)", lambda images: F.adjust_gamma(images, 0.4, 2)),
    ("grayscale", F.rgb_to_grayscale),
    ("grayscale(3)", lambda images: F.rgb_to_grayscale(images, 3)),
    ("rgb", F.grayscale_to_rgb),
    ("gaussian_blur(5)", lambda images: F.gaussian_blur(images, [5, 5])),
    ("gaussian_blur([3, 7], sigma=[0.5, 2])", lambda images: F.gaussian_blur(images, [3, 7], [0.5, 2.0])),
    ("crop(top=2, left=3, height=9, width=7)", lambda images: F.crop(images, 2, 3, 9, 7)),
    ("center_crop([9, 6])", lambda images: F.center_crop(images, [9, 6])),
    ("center_crop([30, 8])", lambda images: F.center_crop(images, [30, 8])),
    ("pad(3, fill=0.5)", lambda images: F.pad(images, [3], fill=0.5)),
    ("pad([1, 2])", lambda images: F.pad(images, [1, 2])),
    ("pad([1, 2, 3, 4], fill=[0.1, 0.2, 0.3])", lambda images: F.pad(images, [1, 2, 3, 4], fill=[0.1, 0.2, 0.3])),
    ("pad(4, padding_mode=edge)", lambda images: F.pad(images, [4], padding_mode="edge")),
    ("pad([4, 3, 2, 1], padding_mode=reflect)", lambda images: F.pad(images, [4, 3, 2, 1], padding_mode="reflect")),
    ("pad(4, padding_mode=symmetric)", lambda images: F.pad(images, [4], padding_mode="symmetric")),
    ("resize(8)", lambda images: F.resize(images, [8])),
    ("resize([25, 9], antialias=false)", lambda images: F.resize(images, [25, 9], antialias=False)),
    ("resize(10, max_size=12)", lambda images: F.resize(images, [10], max_size=12)),
    (
        "resize(8, interpolation=bicubic)",
        lambda images: F.resize(images, [8], interpolation=InterpolationMode.BICUBIC),
    ),
    (
        "resize([5, 40], interpolation=nearest)",
        lambda images: F.resize(images, [5, 40], interpolation=InterpolationMode.NEAREST),
    ),
    ("normalize(cifar10)", lambda images: F.normalize(images, *map(list, KNOWN["cifar10"]))),
]
OVERSHOOTS = ("normalize", "resize(8, interpolation=bicubic)")
IDS = [text for text, _ in CASES]


def transform(text: str) -> Transform:
    result = made(Transform, Example(text))
    assert isinstance(result, Transform)
    return result


def images(channels: int = 3, *, height: int = 20, width: int = 16, count: int = 4) -> torch.Tensor:
    """Images of the 256 levels that files have, with flat, black and white ones among them."""
    values = torch.randint(256, (count, channels, height, width), generator=torch.Generator().manual_seed(0)) / 255
    values[1] = 0.25
    values[2] = values[2] / 4 + 0.5
    values[3, :, : height // 2], values[3, :, height // 2 :] = 0, 1
    return values


@pytest.mark.parametrize(("text", "wanted"), CASES, ids=IDS)
@pytest.mark.parametrize("channels", [1, 3])
def test_it_is_torchvision_s(text: str, wanted: Function, channels: int) -> None:
    inputs = images(channels)
    step = transform(text)
    try:
        shape = step.infer(Shape(tuple(inputs.shape[1:])))
    except MisfitError:
        assert channels == 1 and ("[0.1, 0.2, 0.3]" in text or "cifar10" in text)
        return
    found = step.apply(inputs, step.fit([inputs]))
    torch.testing.assert_close(found, wanted(inputs), atol=2e-6, rtol=0)
    assert tuple(found.shape[1:]) == shape.dims
    if not text.startswith(OVERSHOOTS):
        assert found.min() >= 0 and found.max() <= 1


@pytest.mark.parametrize("spread", [1, 0.3, 0.02])
def test_large_images_are_equalized_as_in_torchvision(spread: float) -> None:
    inputs = images(height=90, width=70) * spread
    torch.testing.assert_close(transform("equalize").apply(inputs, {}), F.equalize(inputs))


@pytest.mark.parametrize("text", IDS)
def test_it_leaves_what_comes_in_alone(text: str) -> None:
    inputs = images()
    before = inputs.clone()
    step = transform(text)
    step.apply(inputs, step.fit([inputs]))
    assert torch.equal(inputs, before)


@pytest.mark.parametrize("text", IDS)
def test_an_image_doesn_t_depend_on_the_others(text: str) -> None:
    inputs = images()
    step = transform(text)
    whole = step.apply(inputs, step.fit([inputs]))
    for place in range(len(inputs)):
        assert torch.equal(step.apply(inputs[place : place + 1], {})[0], whole[place])


@given(
    sides=st.tuples(st.integers(1, 30), st.integers(1, 30)),
    size=st.one_of(st.integers(1, 30), st.tuples(st.integers(1, 30), st.integers(1, 30))),
)
def test_sizes_are_torchvision_s(sides: tuple[int, int], size: Any) -> None:
    inputs = torch.rand(1, 1, *sides)
    listed = list(size) if isinstance(size, tuple) else [size]
    resized = Resize(size=size)
    assert resized.infer(Shape((1, *sides))).spatial == tuple(F.resize(inputs, listed).shape[2:])
    cropped = CenterCrop(size=size).apply(inputs, {})
    assert torch.equal(cropped, F.center_crop(inputs, listed))


@given(padding=st.tuples(*[st.integers(0, 9)] * 4), mode=st.sampled_from(["edge", "symmetric", "reflect"]))
def test_a_border_may_be_wider_than_the_image_as_in_numpy(padding: tuple[int, ...], mode: Any) -> None:
    import numpy as np

    left, top, right, bottom = padding
    inputs = torch.rand(1, 1, 3, 4)
    found = Pad(padding=(left, top, right, bottom), padding_mode=mode).apply(inputs, {})
    wanted = np.pad(inputs.numpy(), ((0, 0), (0, 0), (top, bottom), (left, right)), mode=mode)
    assert np.array_equal(found.numpy(), wanted)


# ---- mistakes ----


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("crop(top=15, left=0, height=9, width=7)", "the part ends at 24 and the height is 20"),
        ("crop(top=0, left=15, height=9, width=7)", "the part ends at 22 and the width is 16"),
        ("gaussian_blur(33)", "a kernel of 33 reaches 16 pixels far, and the images are [3, 20, 16]"),
        ("normalize(mnist)", "`mnist` has 1 number and the images have 3 channels"),
        ("normalize(mean=[0.5], std=[0.5])", "`mean` has 1 number and the images have 3 channels"),
        ("pad(1, fill=[0, 1])", "`fill` has 2 numbers and the images have 3 channels"),
    ],
)
def test_what_doesn_t_fit_the_images_is_refused(text: str, reason: str) -> None:
    with pytest.raises(MisfitError) as error:
        transform(text).infer(Shape.of(3, 20, 16))
    assert error.value.reason == reason and error.value.argument is not None


def test_a_side_of_no_pixels_is_refused() -> None:
    with pytest.raises(MisfitError, match=r"a side of .* would have no pixel"):
        Resize(size=1, max_size=2).infer(Shape.of(1, 1, 30))


@pytest.mark.parametrize(
    ("wrong", "argument"),
    [
        ({"size": (4, 4), "max_size": 5}, "max_size"),
        ({"size": 4, "max_size": 4}, "max_size"),
    ],
)
def test_a_largest_size_goes_with_one_number_below_it(wrong: dict[str, Any], argument: str) -> None:
    with pytest.raises(MisfitError) as error:
        Resize(**wrong).check()
    assert error.value.argument == argument


@pytest.mark.parametrize("name", sorted(KNOWN))
def test_every_data_set_that_is_known_can_be_named(name: str) -> None:
    mean, std = KNOWN[name]
    assert len(mean) == len(std)
    named, numbers = Normalize(statistics=name), Normalize(mean=mean, std=std)  # pyright: ignore[reportArgumentType]
    inputs = images(len(mean))
    assert torch.equal(named.apply(inputs, {}), numbers.apply(inputs, {}))
