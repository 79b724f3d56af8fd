"""Targets that lie on the pixels of an image go where its pixels go."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
import pytest
import torch

from netspec.catalogue.augmentations import Augmentation
from netspec.catalogue.augmentations.aug_mix import AugMix
from netspec.catalogue.augmentations.random_affine import RandomAffine
from netspec.catalogue.augmentations.random_crop import RandomCrop
from netspec.catalogue.augmentations.random_horizontal_flip import RandomHorizontalFlip
from netspec.catalogue.augmentations.random_posterize import RandomPosterize
from netspec.catalogue.augmentations.random_resized_crop import RandomResizedCrop
from netspec.catalogue.augmentations.random_vertical_flip import RandomVerticalFlip
from netspec.catalogue.augmentations.random_zoom_out import RandomZoomOut
from netspec.catalogue.augmentations.trivial_augment import TrivialAugment
from netspec.catalogue.fields.image import Image
from netspec.catalogue.sources import DataFolders, DataSource, Loaded, Samples
from netspec.catalogue.targets import Target
from netspec.catalogue.transforms import Transform
from netspec.catalogue.transforms.center_crop import CenterCrop
from netspec.catalogue.transforms.grayscale import Grayscale
from netspec.catalogue.transforms.normalize import Normalize
from netspec.catalogue.transforms.pad import Pad
from netspec.catalogue.transforms.resize import Resize
from netspec.catalogue.types import DataField, DataType
from netspec.data.prepare import Batch
from netspec.shapes import MisfitError
from tests.data.test_prepare import of

SIDE = 16


class Mask(Target):
    """For each pixel 1 where something is; for these tests alone."""

    noun: ClassVar = "masks"
    dtype: ClassVar = "int64"
    on_pixels: ClassVar = True
    usual_loss: ClassVar = "mse"
    usual_metrics: ClassVar = ()


class Shapes(DataSource):
    """White rectangles in black images, and masks of where they are; for these tests alone."""

    @classmethod
    def name(cls) -> str:
        return "shapes"

    def describe(self, folders: DataFolders) -> DataType:
        return DataType((DataField(Image(sizes=(3, SIDE, SIDE))),), Mask(), train=30, test=10)

    def load(self, folders: DataFolders) -> Loaded:
        return Loaded(self.describe(folders), self._samples(30), self._samples(10))

    def _samples(self, count: int) -> Samples:
        masks = np.zeros((count, SIDE, SIDE), np.int64)
        for number, mask in enumerate(masks):
            top, left = number % 5, number % 7
            mask[top : top + 4, left : left + 8] = 1
        return Samples((np.repeat(masks[:, None] * 255, 3, 1).astype(np.uint8),), masks)


def batches(augment: Sequence[Augmentation] = (), transform: Sequence[Transform] = ()) -> list[Batch]:
    """Those of an epoch, and the test split."""
    prepared = of(Shapes(), augment=tuple(augment), transform=tuple(transform), batch_size=7)
    assert prepared.test is not None
    return [*prepared.epoch(1), (prepared.test.inputs, prepared.test.targets)]


MOVED: list[Augmentation] = [
    RandomHorizontalFlip(),
    RandomVerticalFlip(),
    RandomCrop(size=SIDE, padding=3),
    RandomResizedCrop(size=SIDE, interpolation="nearest"),
    RandomAffine(degrees=30, translate=(0.1, 0.1), scale=(0.8, 1.2), shear=10, interpolation="nearest"),
]


@pytest.mark.parametrize("augmentation", MOVED, ids=lambda one: one.name())
def test_each_mask_is_augmented_as_its_image(augmentation: Augmentation) -> None:
    before = [targets for _, targets in batches()]
    after = batches([augmentation])
    assert any(not torch.equal(old, new) for old, (_, new) in zip(before, after, strict=True)), "nothing was moved"
    for (images,), masks in after:
        assert masks.dtype == torch.int64
        torch.testing.assert_close((images[:, 0] > 0.5).long(), masks)


def test_of_several_augmentations_each_moves_what_the_one_before_moved() -> None:
    steps = [
        RandomHorizontalFlip(),
        RandomCrop(size=SIDE, padding=3),
        RandomPosterize(bits=4),
        RandomVerticalFlip(),
    ]
    for (images,), masks in batches(steps, [Grayscale(), Normalize(mean=(0.5,), std=(0.5,))]):
        assert torch.equal((images[:, 0] > 0).long(), masks)


@pytest.mark.parametrize(
    "transform",
    [CenterCrop(size=10), Pad(padding=2), Resize(size=(32, 8), interpolation="nearest")],
    ids=lambda one: one.name(),
)
def test_each_mask_is_transformed_as_its_image(transform: Transform) -> None:
    for (images,), masks in batches((), [transform]):
        assert torch.equal((images[:, 0] > 0.5).long(), masks)
        assert masks.shape[1:] == images.shape[2:]


def test_a_mask_is_made_smaller_with_its_image() -> None:
    """The edges of the image are interpolated, those of the mask aren't."""
    for (images,), masks in batches([RandomZoomOut()]):
        assert ((images[:, 0] > 0.5).long() == masks).float().mean() > 0.95


def test_a_mask_is_no_mixture_of_its_values() -> None:
    for _, masks in batches([RandomAffine(degrees=30, interpolation="bilinear")], [Resize(size=11)]):
        assert set(masks.unique().tolist()) <= {0, 1}


def test_what_is_drawn_from_many_operations_moves_masks_by_those_that_move() -> None:
    after = batches([TrivialAugment()])
    white = sum(int(masks[(images[:, 0] == 1)].sum()) for (images,), masks in after)
    assert white > 0.5 * sum(int(masks.sum()) for _, masks in after)
    assert any(not torch.equal(old[1], new[1]) for old, new in zip(batches(), after, strict=True))


def test_what_is_mixed_of_several_images_is_refused() -> None:
    with pytest.raises(MisfitError, match="lie on its pixels"):
        AugMix().fits(Mask())


def test_targets_of_training_samples_are_evaluated_as_if_nothing_was_augmented() -> None:
    settings = {"transform": (Pad(padding=2), CenterCrop(size=SIDE - 4)), "batch_size": 7}
    plain, augmented = (of(Shapes(), augment=steps, **settings) for steps in ((), (RandomVerticalFlip(p=1),)))
    for expected, found in zip(plain.batches("train", 8), augmented.batches("train", 8), strict=True):
        assert torch.equal(found[0][0], expected[0][0])
        assert torch.equal(found[1], expected[1])
