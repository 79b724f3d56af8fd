"""What the network learns from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.augmentations import Augmentation
from netspec.catalogue.entry import Example
from netspec.catalogue.sections import Section
from netspec.catalogue.sources import DataSource
from netspec.catalogue.splitters import Division
from netspec.catalogue.transforms import Transform
from netspec.catalogue.types import DataType
from netspec.catalogue.values import Alternatives, Piped, PositiveInt, Share
from netspec.formats.errors import DataError


class Data(Section):
    """The data, its splits, and what is done to a sample before the network sees it.

    Images come in as numbers from 0 to 1. In training a sample goes through `augment` and then through
    `transform`; in validation and test through `transform` alone.

    Where a sample has several inputs, each transform and augmentation changes those that it is for, each by itself:
    `normalize` the images, `standardize` the tables.
    """

    order: ClassVar = 10
    required: ClassVar = True
    aliases: ClassVar = ("dataset",)
    examples: ClassVar = (Example("data { source = mnist_sample() }"),)

    source: Annotated[
        tuple[DataSource, ...], Alternatives(), Field(description="the data set; with `or`, the first that can be had")
    ]
    transform: Annotated[
        tuple[Transform, ...], Piped(), Field(description="what is done to every sample of every split")
    ] = ()
    target_transform: Annotated[
        tuple[Transform, ...],
        Piped(),
        Field(
            description="how targets that are numbers are scaled for the loss, by what is measured on the training "
            "split; metrics, reports and predictions are in the units of the data again"
        ),
    ] = ()
    augment: Annotated[
        tuple[Augmentation, ...], Piped(), Field(description="what is done at random to the samples of training")
    ] = ()
    sample: Annotated[
        Share | PositiveInt | None,
        Field(
            description="share or number of the training samples that are used at all, drawn evenly from each class; "
            "a split that the source has for itself stays whole"
        ),
    ] = None
    validation: Annotated[
        Share | PositiveInt | Division | None,
        Field(
            description="share or number of the training samples set apart to validate on, drawn evenly from each "
            "class, where the source has no validation split of its own; or folds, for a run each"
        ),
    ] = None
    test: Annotated[
        Share | PositiveInt | None,
        Field(
            description="share or number of the samples set apart as the test split, drawn evenly from each class, "
            "where the source has none of its own"
        ),
    ] = None
    split_seed: Annotated[
        int | None,
        Field(
            ge=0,
            lt=2**63,
            description="seed of the splits, so that runs with other seeds have the same; by default `train.seed`",
        ),
    ] = None
    workers: Annotated[
        int | None,
        Field(
            ge=0,
            le=1024,
            description="threads that read image files, by default one for each processor, and that make batches "
            "ahead, by default where those come from a disk or go to another device; no result depends on it",
        ),
    ] = None
    batch_size: Annotated[PositiveInt, Field(description="samples in a step of training")] = 64

    def gaps(self, type: DataType) -> Iterator[DataError]:
        """Missing values that nothing fills before another transform would compute with them."""
        for field in type.fields:
            first = next((step for step in self.transform if field in type.fields_for(step.field)), None)
            if field.gap is not None and (first is None or not first.fills):
                yield field.gap
