"""Data that is made up, to try a network on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.sources import DataSource, Loaded, Place, Samples
from netspec.catalogue.types import Classes, DataType
from netspec.catalogue.values import Name, NonNegativeInt, PositiveInt
from netspec.shapes import Misfit, Shape

if TYPE_CHECKING:
    import numpy as np

NOISE = 0.5
"""Standard deviation of the noise beside that of the patterns, 1."""

SHARE = 0.5
"""How many of a text's words are out of its class's own part of the vocabulary."""


class Synthetic(DataSource):
    """Made-up samples of classes that a network can learn to tell apart, the same for everyone with the same seed.

    `image` makes images of those sizes, each class with a pattern of its own under noise; `features` makes rows of
    numbers in the same way; `tokens` makes texts of that many words by their numbers, each class with words that it
    prefers. With two names in `inputs` a sample is a pair of inputs, and its class is 1 if both show the same pattern.
    A quarter of the samples is the test split.
    """

    examples: ClassVar = (
        Example("synthetic(image=[3, 224, 224], classes=1000)"),
        Example("synthetic(tokens=64, vocabulary=1000, classes=4)"),
        Example("synthetic(features=20, classes=3, samples=1000)"),
        Example("synthetic(image=[1, 28, 28], classes=2, inputs=[left, right])"),
    )

    image: Annotated[
        tuple[PositiveInt, PositiveInt, PositiveInt] | None, Field(description="channels, height and width")
    ] = None
    tokens: Annotated[PositiveInt | None, Field(description="words in a text")] = None
    features: Annotated[PositiveInt | None, Field(description="numbers in a row")] = None
    vocabulary: Annotated[PositiveInt, Field(description="how many words there are, for `tokens`")] = 1000
    classes: Annotated[int, Field(ge=2, le=100_000, description="how many classes there are")] = 10
    samples: Annotated[PositiveInt, Field(description="how many samples, those of the test split included")] = 256
    inputs: Annotated[
        tuple[Name, ...], Field(max_length=2, description="names of the inputs of a sample, where it has two")
    ] = ()
    seed: Annotated[NonNegativeInt, Field(description="what the samples follow from")] = 0

    def check(self) -> None:
        given = [name for name in ("image", "tokens", "features") if getattr(self, name) is not None]
        if len(given) != 1:
            raise Misfit("`synthetic` makes one of `image`, `tokens` and `features`")
        if len(set(self.inputs)) == 1:
            raise Misfit("`inputs` are the names of two inputs", argument="inputs")
        if self.inputs and self.classes != 2:
            raise Misfit("a pair shows the same or not, which is 2 classes", argument="classes", help="classes=2")
        if self.samples < 4:
            raise Misfit("a quarter of the samples is for testing, so it takes 4", argument="samples")

    def describe(self, place: Place) -> DataType:
        form = "image" if self.image else "tokens" if self.tokens else "table"
        test = self.samples // 4
        return DataType(
            form=form,
            input=Shape(self._sizes, "int64" if self.tokens else "float32"),
            target=Classes(tuple(map(str, range(self.classes)))),
            train=self.samples - test,
            test=test,
            names=self.inputs or ("input",),
            vocabulary=self.vocabulary if self.tokens else 0,
        )

    def load(self, place: Place) -> Loaded:
        import numpy as np

        type = self.describe(place)
        chance = np.random.default_rng(self.seed)
        targets = chance.permutation(np.arange(self.samples) % self.classes).astype(np.int64)
        if self.inputs:
            shown = chance.integers(0, 2, self.samples)
            both = np.stack([shown, np.where(targets == 1, shown, 1 - shown)], axis=1)
            inputs = self._draw(both.ravel(), chance).reshape(self.samples, 2, *self._sizes)
        else:
            inputs = self._draw(targets, chance)
        train, test = (Samples(inputs[part], targets[part]) for part in (np.s_[type.test :], np.s_[: type.test]))
        return Loaded(type, train, test)

    @property
    def _sizes(self) -> tuple[int, ...]:
        return self.image or (self.tokens or self.features or 1,)

    def _draw(self, classes: np.ndarray, chance: np.random.Generator) -> np.ndarray:
        """Samples of these classes."""
        import numpy as np

        if self.tokens:
            part = -(-self.vocabulary // self.classes)
            own = (classes[:, None] * part + chance.integers(0, part, (len(classes), self.tokens))) % self.vocabulary
            other = chance.integers(0, self.vocabulary, (len(classes), self.tokens))
            return np.where(chance.random((len(classes), self.tokens)) < SHARE, own, other).astype(np.int64)
        samples = NOISE * chance.standard_normal((len(classes), *self._sizes), np.float32)
        for number in np.unique(classes):
            # a pattern follows from its class alone, so that memory is for those that are there
            pattern = np.random.default_rng((self.seed, int(number))).standard_normal(self._sizes, np.float32)
            samples[classes == number] += pattern
        return np.clip(128 + 64 * samples, 0, 255).astype(np.uint8) if self.image else samples.astype(np.float64)
