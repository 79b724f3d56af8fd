"""Normalise the channels of images."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.fields.image import Image
from netspec.catalogue.image_statistics import KNOWN, KnownStatistics, alike
from netspec.catalogue.python import Python, literal
from netspec.catalogue.transforms import Transform
from netspec.catalogue.transforms._moments import MEASURED, Moments, moments
from netspec.catalogue.values import Numbers
from netspec.shapes import MisfitError, Shape
from netspec.wording import counted

if TYPE_CHECKING:
    from torch import Tensor


class Normalize(Transform):
    """Subtract a mean from each channel of an image and divide it by a standard deviation.

    `normalize(measured)` takes both from the training split, `normalize(pretrained)` those that the weights of a rule
    `pretrained` in `train.init` were trained with, `normalize(imagenet)` those that are known of a data set;
    `normalize(mean=[…], std=[…])` takes the numbers given, one for each channel, of pixels from 0 to 1, as in
    torchvision's Normalize.
    """

    field: ClassVar = Image
    learns: ClassVar = Moments
    normalizes: ClassVar = True
    positional: ClassVar = ("statistics",)
    torch_names: ClassVar = ("torchvision.transforms.v2.Normalize",)
    unlike_torch: ClassVar = {
        "mean": "is measured, or known of a data set, where it isn't given",
        "std": "is measured, or known of a data set, where it isn't given",
        "inplace": "memory is netspec's concern",
    }
    not_exported: ClassVar = None
    examples: ClassVar = (
        Example("normalize(measured)", into=(1, 28, 28), out=(1, 28, 28)),
        Example("normalize(pretrained)", into=(3, 32, 32), out=(3, 32, 32)),
        Example("normalize(imagenet)", into=(3, 32, 32), out=(3, 32, 32)),
        Example("normalize(mean=[0.5, 0.5, 0.5], std=[0.5, 0.5, 0.5])", into=(3, 32, 32), out=(3, 32, 32)),
    )

    statistics: Annotated[
        Literal["measured", "pretrained", "cifar10", "cifar100", "fashion_mnist", "imagenet", "mnist", "svhn"] | None,
        Field(
            description="`measured` takes mean and std from the training split, `pretrained` those of the weights "
            "that are loaded, a name those of that data set"
        ),
    ] = None
    mean: Annotated[Numbers | None, Field(description="mean of each channel")] = None
    std: Annotated[
        tuple[Annotated[float, Field(gt=0)], ...] | None, Field(description="standard deviation of each channel")
    ] = None

    def check(self) -> None:
        if self.statistics is None and (self.mean is None or self.std is None):
            raise MisfitError("`normalize` needs `measured`, or both `mean` and `std`", help="normalize(measured)")
        for argument, numbers in (("mean", self.mean), ("std", self.std)):
            if self.statistics is not None and numbers is not None:
                raise MisfitError(f"`normalize` is given both `{self.statistics}` and `{argument}`", argument=argument)

    @property
    def known_statistics(self) -> KnownStatistics | None:
        mean, std = self.numbers
        return None if mean is None or std is None else (mean, std)

    def with_statistics(self, known: KnownStatistics | None) -> Transform:
        if self.statistics != "pretrained":
            return self
        if known is None:
            reason = "`normalize(pretrained)` needs a rule `pretrained` in `train.init`, whose weights it is for"
            raise MisfitError(reason, help='init = [pretrained("body")], or normalize(imagenet)')
        return self.model_copy(update={"mean": known[0], "std": known[1]})

    def with_numbers(self) -> Transform:
        return self.model_copy(update={"statistics": None}) if self.statistics == "pretrained" else self

    def infer(self, x: Shape) -> Shape:
        if x.rank != 3:
            raise MisfitError(
                f"`normalize` is for images, [channels, height, width], and the data is {x}",
                help="`standardize` is for tables",
            )
        for argument, numbers in zip(("mean", "std"), self.numbers, strict=True):
            if numbers is not None and len(numbers) != x.channels:
                raise MisfitError(
                    f"`{argument if self.statistics is None else self.statistics}` has "
                    f"{counted(len(numbers), 'number')} and the images have {counted(x.channels, 'channel')}",
                    argument=argument if self.statistics is None else "statistics",
                )
        return x

    def of_other_data(self, statistics: KnownStatistics | None) -> str | None:
        given = (self.mean, self.std)
        if None in given or alike(given, statistics):
            return None
        return next((name for name, known in KNOWN.items() if alike(given, known)), None)

    @property
    def numbers(self) -> tuple[Numbers | None, Numbers | None]:
        """Mean and standard deviation, if they are known before they are measured."""
        return KNOWN.get(self.statistics or "", (self.mean, self.std))

    @property
    def needs_fit(self) -> bool:
        return self.statistics == "measured"

    def fit(self, portions: Iterable[Tensor]) -> Moments:
        return moments(portion.transpose(0, 1).flatten(1) for portion in portions)

    def apply(self, inputs: Tensor, fitted: Any) -> Tensor:
        mean, std = self._both(inputs, fitted)
        return (inputs - mean).div_(std)

    def undo(self, inputs: Tensor, fitted: Any) -> Tensor:
        mean, std = self._both(inputs, fitted)
        return inputs * std + mean

    def _both(self, inputs: Tensor, fitted: Any) -> tuple[Tensor, Tensor]:
        """Mean and standard deviation, to compute with the channels of images."""
        import torch

        from netspec.modules.constants import constant

        known_mean, known_std = self.numbers
        mean = constant(known_mean or fitted.mean, inputs, torch.float32).view(-1, 1, 1)
        std = constant(known_std or fitted.std, inputs, torch.float32).view(-1, 1, 1)
        # a channel that never changes carries nothing, and isn't divided by 0
        return mean, torch.where(std > 0, std, 1)

    def python(self, x: Shape, portions: str) -> Python:
        both = list(zip(("mean", "std"), self.numbers, strict=True))
        if None not in self.numbers:
            lines = [f"{name} = torch.tensor({literal(list(of or ()))}).view(-1, 1, 1)" for name, of in both]
            return Python("\n".join([*lines, "x = (x - mean) / std"]))
        before = f"mean, std = measured(part.transpose(0, 1).flatten(1) for part in {portions})\n"
        before += "mean, std = (torch.tensor(numbers).view(-1, 1, 1) for numbers in (mean, std))"
        return Python("x = (x - mean) / torch.where(std > 0, std, 1)", (MEASURED,), before)
