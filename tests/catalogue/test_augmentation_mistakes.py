"""What augmentations refuse: arguments that don't go together, and images that they don't fit."""

from __future__ import annotations

import pytest

from netspec.catalogue.augmentations import Augmentation
from netspec.catalogue.augmentations.color_jitter import ColorJitter
from netspec.catalogue.augmentations.gaussian_blur import GaussianBlur
from netspec.catalogue.augmentations.rand_augment import RandAugment
from netspec.catalogue.augmentations.random_affine import RandomAffine
from netspec.catalogue.augmentations.random_erasing import RandomErasing
from netspec.catalogue.augmentations.random_resized_crop import RandomResizedCrop
from netspec.catalogue.augmentations.random_rotation import RandomRotation
from netspec.catalogue.augmentations.random_zoom_out import RandomZoomOut
from netspec.catalogue.entry import entries
from netspec.shapes import MisfitError, Shape
from tests.catalogue.test_augmentations import augmentation


@pytest.mark.parametrize(
    ("entry", "argument"),
    [
        (RandomResizedCrop(size=3, scale=(1.0, 0.5)), "scale"),
        (RandomErasing(ratio=(2.0, 1.0)), "ratio"),
        (RandomZoomOut(side_range=(3.0, 2.0)), "side_range"),
        (RandomRotation(degrees=(5.0, 4.0)), "degrees"),
        (RandomAffine(degrees=5.0, shear=(0.0, 1.0, 2.0, 1.0)), "shear"),
        (GaussianBlur(kernel_size=4), "kernel_size"),
        (GaussianBlur(kernel_size=3, sigma=(2.0, 1.0)), "sigma"),
        (ColorJitter(hue=(0.2, 0.1)), "hue"),
        (ColorJitter(), None),
        (RandAugment(magnitude=31), "magnitude"),
    ],
)
def test_arguments_that_do_not_go_together_are_refused(entry: Augmentation, argument: str | None) -> None:
    with pytest.raises(MisfitError) as error:
        entry.check()
    assert error.value.argument == argument


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("random_crop(40, padding=[2, 3])", "a part of 40 can't be cut out of 20 + 6"),
        ("random_affine(5, fill=[0, 1])", "`fill` has 2 numbers and the images have 3 channels"),
        ("random_erasing(value=[0, 1])", "`value` has 2 numbers and the images have 3 channels"),
        ("elastic(sigma=9)", "a kernel of 73 reaches 36 pixels far, and the images are [3, 20, 16]"),
    ],
)
def test_what_does_not_fit_the_images_is_refused(text: str, reason: str) -> None:
    with pytest.raises(MisfitError) as error:
        augmentation(text).infer(Shape.of(3, 20, 16))
    assert error.value.reason == reason


@pytest.mark.parametrize("entry", [entry for entry in entries(Augmentation) if getattr(entry, "colours", False)])
def test_colours_are_of_one_or_three_channels(entry: type[Augmentation]) -> None:
    with pytest.raises(MisfitError, match="is for images with 1 or 3 channels"):
        augmentation(entry.examples[0].text).infer(Shape.of(4, 32, 32))
