"""Data that is made up, to try a network on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from math import prod
from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.fields.image import Image
from netspec.catalogue.fields.table import Table
from netspec.catalogue.fields.tokens import Tokens
from netspec.catalogue.python import Python, literal
from netspec.catalogue.sources import DataFolders, DataSource, Loaded, Samples
from netspec.catalogue.targets.classes import Classes
from netspec.catalogue.types import DataField, DataType
from netspec.catalogue.values import Name, NonNegativeInt, PositiveInt
from netspec.shapes import MisfitError

if TYPE_CHECKING:
    import numpy as np

NOISE = 0.5
"""Standard deviation of the noise beside that of the patterns, 1."""

SHARE = 0.5
"""How many of a text's words are out of its class's own part of the vocabulary."""

LARGEST = 2**30
"""How many numbers are made at most."""


class Synthetic(DataSource):
    """Made-up samples of classes that a network can learn to tell apart, the same for everyone with the same seed.

    `image` makes images of those sizes, each class with a pattern of its own under noise; `features` makes rows of
    numbers in the same way; `tokens` makes texts of that many words by their numbers, each class with words that it
    prefers. With more than one of them a sample has an input of each, under its name: `model(image, tokens) { … }`.

    With two names in `inputs` a sample is a pair of inputs with these names, and its class is 1 if both show the same
    pattern, else 0. A quarter of the samples is the test split.
    """

    examples: ClassVar = (
        Example("synthetic(image=[3, 224, 224], classes=1000)"),
        Example("synthetic(tokens=64, vocabulary=1000, classes=4)"),
        Example("synthetic(features=20, classes=3, samples=1000)"),
        Example("synthetic(image=[3, 32, 32], features=8)"),
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
        tuple[Name, ...], Field(max_length=2, description="names of the inputs of a sample, where it is a pair")
    ] = ()
    seed: Annotated[NonNegativeInt, Field(description="what the samples follow from")] = 0

    def check(self) -> None:
        kinds = len(tuple(self._kinds()))
        if kinds == 0:
            raise MisfitError(
                "`synthetic` makes `image`, `tokens` or `features`, and none is given", help="image=[1, 28, 28]"
            )
        if self.inputs:
            self._check_pair(kinds)
        if self.tokens is None and "vocabulary" in self.model_fields_set:
            raise MisfitError("`vocabulary` is for `tokens`, and there are none", argument="vocabulary")
        if self.tokens is not None and self.vocabulary < self.classes:
            reason = f"{self.classes} classes can't each have words of their own out of {self.vocabulary}"
            raise MisfitError(reason, argument="vocabulary", help=f"vocabulary={self.classes}")
        if self.samples < 4:
            raise MisfitError(
                "a quarter of the samples is for testing, so it takes 4", argument="samples", help="samples=4"
            )
        numbers = self.samples * sum(prod(field.shape.dims) for field in self._fields)
        if numbers > LARGEST:
            raise MisfitError(f"that is {numbers:_} numbers, and at most {LARGEST:_} are made", argument="samples")

    def _check_pair(self, kinds: int) -> None:
        if len(set(self.inputs)) != 2 or not all(map(str.isidentifier, self.inputs)):
            raise MisfitError("`inputs` are the names of two inputs", argument="inputs", help="inputs=[left, right]")
        if kinds > 1:
            raise MisfitError("a pair is of one of `image`, `tokens` and `features`", argument="inputs")
        if self.classes != 2:
            raise MisfitError("a pair shows the same or not, which is 2 classes", argument="classes", help="classes=2")

    def describe(self, folders: DataFolders) -> DataType:
        test = self.samples // 4
        return DataType(
            self._fields, Classes(names=tuple(map(str, range(self.classes)))), train=self.samples - test, test=test
        )

    def load(self, folders: DataFolders) -> Loaded:
        import numpy as np

        type = self.describe(folders)
        rng = np.random.default_rng(self.seed)
        targets = rng.permutation(np.arange(self.samples) % self.classes).astype(np.int64)
        shown = [targets] * len(type.fields)
        if self.inputs:
            left = rng.integers(0, 2, self.samples)
            shown = [left, np.where(targets == 1, left, 1 - left)]
        inputs = tuple(self._draw(field, classes, rng) for field, classes in zip(type.fields, shown, strict=True))
        samples = Samples(inputs, targets)
        return Loaded(type, samples.at(slice(type.test, None)), samples.at(slice(type.test)))

    def _kinds(self) -> Iterator[DataField]:
        """An input of each kind that is asked for, under the name of its argument."""
        if self.image is not None:
            yield DataField(Image(sizes=self.image), "image")
        if self.tokens is not None:
            yield DataField(Tokens(sizes=self.tokens, vocabulary=self.vocabulary), "tokens")
        if self.features is not None:
            yield DataField(Table(sizes=self.features), "features")

    @property
    def _fields(self) -> tuple[DataField, ...]:
        kind, *others = self._kinds()
        if others:
            return (kind, *others)
        return tuple(replace(kind, name=name) for name in self.inputs or ("input",))

    def _draw(self, field: DataField, classes: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """An input of samples that show these classes."""
        if field.shape.dtype == "int64":
            return self._texts(field, classes, rng)
        return self._patterns(field, classes, rng)

    def _texts(self, field: DataField, classes: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        import numpy as np

        size = (len(classes), *field.shape.dims)
        part = self.vocabulary // self.classes
        own = classes[:, None] * part + rng.integers(0, part, size)
        return np.where(rng.random(size) < SHARE, own, rng.integers(0, self.vocabulary, size))

    def _patterns(self, field: DataField, classes: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        import numpy as np

        sizes, pixels = field.shape.dims, field.type.dtype == "uint8"
        drawn: np.ndarray = np.empty((len(classes), *sizes), field.type.dtype)
        order = np.argsort(classes, kind="stable")
        for indices in np.split(order, np.flatnonzero(np.diff(classes[order])) + 1):
            # a pattern follows from its class alone, so that both inputs of a pair have the same ones
            pattern = np.random.default_rng((self.seed, int(classes[indices[0]]))).standard_normal(sizes, np.float32)
            values = pattern + NOISE * rng.standard_normal((len(indices), *sizes), np.float32)
            drawn[indices] = np.clip(128 + 64 * values, 0, 255) if pixels else values
        return drawn

    def python(self, folders: DataFolders, type: DataType) -> Python | None:
        field, *others = type.fields
        if others:
            return None
        count, test = self.samples, self.samples // 4
        lines = [
            f"rng = np.random.default_rng({self.seed})",
            f"targets = rng.permutation(np.arange({count}) % {self.classes}).astype(np.int64)",
            *(self._python_texts(field) if field.shape.dtype == "int64" else self._python_patterns(field)),
            f"train, test = (inputs[{test}:], targets[{test}:]), (inputs[:{test}], targets[:{test}])",
        ]
        return Python("\n".join(lines))

    def _python_texts(self, field: DataField) -> list[str]:
        size, part = (self.samples, *field.shape.dims), self.vocabulary // self.classes
        return [
            f"own = targets[:, None] * {part} + rng.integers(0, {part}, {size})",
            f"inputs = np.where(rng.random({size}) < {SHARE}, own, rng.integers(0, {self.vocabulary}, {size}))",
        ]

    def _python_patterns(self, field: DataField) -> list[str]:
        sizes = literal(field.shape.dims)
        values = "np.clip(128 + 64 * values, 0, 255)" if field.type.dtype == "uint8" else "values"
        return [
            f"inputs = np.empty({literal((self.samples, *field.shape.dims))}, np.{field.type.dtype})",
            "for number in np.unique(targets):",
            f"    pattern = np.random.default_rng(({self.seed}, int(number))).standard_normal({sizes}, np.float32)",
            "    size = (np.count_nonzero(targets == number), *pattern.shape)",
            f"    values = pattern + {NOISE} * rng.standard_normal(size, np.float32)",
            f"    inputs[targets == number] = {values}",
        ]
