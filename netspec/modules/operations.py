"""Changes of which each image of a batch goes through its own, and those that AutoAugment and its kin draw."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Generator, Tensor

from netspec.modules import colours, filters, warps

Change = Callable[[Tensor, Tensor], Tensor]
"""Images [B, C, H, W] and numbers for each [B, P], to the images changed."""
NONE = -1
"""The place of no change."""


def chained(images: Tensor, steps: Tensor, changes: Sequence[Change]) -> Tensor:
    """Each image through its steps [B, S, 1 + P]: the index of a change, or `NONE`, and the change's numbers."""
    images = images.clone()
    for step in steps.unbind(1):
        for index, change in enumerate(changes):
            chosen = (step[:, 0] == index).nonzero().squeeze(1)
            if len(chosen):
                images[chosen] = change(images[chosen], step[chosen, 1:])
    return images


JITTERS: tuple[Change, ...] = (
    lambda images, numbers: colours.brightness(images, numbers[:, 0]),
    lambda images, numbers: colours.contrast(images, numbers[:, 0]),
    lambda images, numbers: colours.saturation(images, numbers[:, 0]),
    lambda images, numbers: colours.hue(images, numbers[:, 0]),
)
"""Changes of colours by one factor."""


# ---- the operations of AutoAugment, RandAugment, TrivialAugment and AugMix ----

CHANGES: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "brightness": lambda images, magnitudes: colours.brightness(images, 1 + magnitudes),
    "color": lambda images, magnitudes: colours.saturation(images, 1 + magnitudes),
    "contrast": lambda images, magnitudes: colours.contrast(images, 1 + magnitudes),
    "sharpness": lambda images, magnitudes: filters.sharpness(images, 1 + magnitudes),
    "posterize": colours.posterize,
    "solarize": colours.solarize,
    "autocontrast": lambda images, _: colours.autocontrast(images),
    "equalize": lambda images, _: colours.equalize(images),
    "invert": lambda images, _: colours.invert(images),
}
"""Those of colours and of sharpness, with a magnitude for each image."""
SHEARS = ("shear_x", "shear_y")
TRANSLATIONS = ("translate_x", "translate_y")
ENHANCEMENTS = ("brightness", "color", "contrast", "sharpness")
WARPS = (*SHEARS, *TRANSLATIONS, "rotate")
SIGNED = (*WARPS, *ENHANCEMENTS)
"""Those that go in two directions."""
AUGMIX = (*WARPS, "posterize", "solarize", "autocontrast", "equalize")
ALL = ("identity", *AUGMIX, *ENHANCEMENTS)


@dataclass(frozen=True)
class Space:
    """How far operations go: the largest shear, angle and enhancement, the first and the last number of bits, and the
    largest shift, as a share of the side or in pixels."""

    shear: float
    translate: float
    rotate: float
    enhance: float
    bits: tuple[int, int]
    pixels: bool = False

    def magnitudes(self, name: str, bins: int, height: int, width: int) -> Tensor:
        """The magnitudes of an operation from the weakest to the strongest."""
        if name == "posterize":
            first, last = self.bits
            return (first - torch.arange(bins) / ((bins - 1) / (first - last))).round()
        if name == "solarize":
            return torch.linspace(1, 0, bins)
        return torch.linspace(0, self._largest(name, height, width), bins)

    def _largest(self, name: str, height: int, width: int) -> float:
        if name in TRANSLATIONS:
            side = width if name == "translate_x" else height
            return self.translate if self.pixels else self.translate * side
        if name in ENHANCEMENTS:
            return self.enhance
        return self.shear if name in SHEARS else self.rotate if name == "rotate" else 0


STANDARD = Space(shear=0.3, translate=150 / 331, rotate=30, enhance=0.9, bits=(8, 4))
WIDE = Space(shear=0.99, translate=32, rotate=135, enhance=0.99, bits=(8, 2), pixels=True)
MIXED = Space(shear=0.3, translate=1 / 3, rotate=30, enhance=0.9, bits=(4, 0))


def steps(
    space: Space,
    names: Sequence[str],
    chosen: Tensor,
    strengths: Tensor,
    bins: int,
    size: tuple[int, ...],
    generator: Generator,
) -> Tensor:
    """Steps [*, 8] for `operated`: the index of the change, its magnitude and a matrix.

    Operations are `chosen` [*] by their indices among names, with `strengths` [*] among so many bins; the directions of
    those that have two are drawn.
    """
    height, width = size
    table = torch.stack([space.magnitudes(name, bins, height, width) for name in names]).double()
    magnitudes = table[chosen, strengths]

    def among(*wanted: str) -> Tensor:
        return torch.tensor([name in wanted for name in names])[chosen]

    back = among(*SIGNED) & (torch.rand(chosen.shape, generator=generator) < 0.5)
    magnitudes = magnitudes.where(~back, -magnitudes)
    indices = torch.tensor([index_of(name) for name in names])[chosen]
    shift = torch.stack([magnitudes.trunc() * among(name) for name in TRANSLATIONS], -1).view(-1, 2)
    shear = torch.stack([magnitudes.atan().rad2deg() * among(name) for name in SHEARS], -1).view(-1, 2)
    angle, same = -(magnitudes * among("rotate")).flatten(), torch.ones(magnitudes.numel())
    still = torch.zeros_like(shift)
    sheared = warps.affine_matrices(same * 0, still, same, shear, (-width / 2, -height / 2))
    matrices = sheared.where(among(*SHEARS).view(-1, 1), warps.affine_matrices(angle, shift, same, still))
    return torch.cat((indices.unsqueeze(-1), magnitudes.unsqueeze(-1), matrices.view(*chosen.shape, 6)), -1).float()


def operated(images: Tensor, steps: Tensor, interpolation: warps.Interpolation, fill: warps.Fill) -> Tensor:
    """Each image through its steps [B, S, 8], as `steps` makes them."""

    def warp(images: Tensor, numbers: Tensor) -> Tensor:
        return warps.affine(images, numbers[:, 1:], interpolation, fill)

    def by_magnitude(change: Change) -> Change:
        return lambda images, numbers: change(images, numbers[:, 0])

    return chained(images, steps, [warp, *map(by_magnitude, CHANGES.values())])


def moved(values: Tensor, steps: Tensor) -> Tensor:
    """Values [B, C, H, W] that lie on the pixels of images, moved as the steps [B, S, 8] move those; 0 where nothing
    was."""
    return chained(values, steps, [lambda values, numbers: warps.affine(values, numbers[:, 1:], "nearest", 0.0)])


def index_of(name: str) -> int:
    """The place of an operation's change among those of `operated`."""
    if name == "identity":
        return NONE
    return 1 + list(CHANGES).index(name) if name in CHANGES else 0
