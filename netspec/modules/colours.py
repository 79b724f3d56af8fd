"""Colours of images: batches [B, C, H, W] from 0 to 1, each image by a factor of its own, as in torchvision."""

from __future__ import annotations

import torch
from torch import Tensor

from netspec.modules.constants import constant

GREY = (0.2989, 0.587, 0.114)
"""How bright red, green and blue are."""
LEVELS = 255
"""The largest of the whole numbers that a picture file has for a channel."""


def per_image(factors: Tensor) -> Tensor:
    """A number for each image, so that it meets all of the image's."""
    return factors.view(-1, 1, 1, 1)


def brightness(images: Tensor, factors: Tensor) -> Tensor:
    """Black at 0, as it is at 1, brighter above."""
    return (images * per_image(factors)).clamp(0, 1)


def contrast(images: Tensor, factors: Tensor) -> Tensor:
    """The mean of the grey image at 0."""
    # row by row first: the sum of one image alone would be shared out over threads and have other last digits
    mean = grey(images).mean(-1, keepdim=True).mean(-2, keepdim=True)
    return blend(images, mean, factors)


def saturation(images: Tensor, factors: Tensor) -> Tensor:
    """Grey at 0."""
    return blend(images, grey(images), factors) if images.shape[1] == 3 else images


def hue(images: Tensor, factors: Tensor) -> Tensor:
    """The colours turned around their circle, a whole turn being 1."""
    if images.shape[1] != 3:
        return images
    turned, saturations, values = _to_hsv(images)
    return _to_rgb((turned + factors.view(-1, 1, 1)).remainder(1), saturations, values)


def blend(images: Tensor, others: Tensor, factors: Tensor) -> Tensor:
    """The others at 0, the images at 1, and beyond them above."""
    shares = per_image(factors)
    return (images * shares + others * (1 - shares)).clamp(0, 1)


def grey(images: Tensor) -> Tensor:
    """One channel that is as bright as the three; the only one as it is."""
    if images.shape[1] == 1:
        return images
    red, green, blue = (channel * weight for channel, weight in zip(images.unbind(1), GREY, strict=True))
    return (red + green + blue).unsqueeze(1)


def gamma(images: Tensor, exponent: float, gain: float) -> Tensor:
    return (images.pow(exponent) * gain).clamp(0, 1)


def invert(images: Tensor) -> Tensor:
    return 1 - images


def posterize(images: Tensor, bits: Tensor) -> Tensor:
    """As many levels for each channel as `bits` can count."""
    levels = per_image(2.0**bits)
    return ((images * levels).floor().clamp(min=0).minimum(levels - 1)) / levels


def solarize(images: Tensor, thresholds: Tensor) -> Tensor:
    """Inverted where it is as bright as the threshold or brighter."""
    return invert(images).where(images >= per_image(thresholds), images)


def autocontrast(images: Tensor) -> Tensor:
    """Each channel stretched from 0 to 1; one that is the same everywhere stays as it is."""
    low, high = images.amin((-2, -1), keepdim=True), images.amax((-2, -1), keepdim=True)
    flat = low == high
    stretched = (images - low) / (high - low).where(~flat, 1)
    return images.where(flat, stretched).clamp(0, 1)


def equalize(images: Tensor) -> Tensor:
    """Each channel with about as many pixels of every level, by Pillow's rule."""
    # not quite 256, so that 1 has the highest level and every level the same share of the numbers below it
    levels = (images * (LEVELS + 1 - 1e-3)).to(torch.uint8)
    flat = levels.flatten(2).long()
    counts = torch.zeros(*images.shape[:2], LEVELS + 1, dtype=torch.int64, device=images.device)
    counts.scatter_add_(2, flat, torch.ones_like(flat))
    highest = flat.amax(2, keepdim=True)
    step = (flat.shape[2] - counts.gather(2, highest)) // LEVELS
    below = counts.cumsum(2) - counts  # pixels of lower levels
    table = ((below + step // 2) // step.clamp(min=1)).clamp(max=LEVELS)
    table[..., 0] = 0
    equalized = table.gather(2, flat).where(step > 0, flat)
    return (equalized / LEVELS).view_as(images)


def permute_channels(images: Tensor, permutations: Tensor) -> Tensor:
    """The channels of each image in its order, [B, C]."""
    return images.gather(1, permutations[:, :, None, None].expand_as(images))


# ---- hue, saturation and value ----


def _to_hsv(images: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    red, green, _ = images.unbind(1)
    low, high = images.amin(1), images.amax(1)
    grey = low == high
    spread = high - low
    saturations = spread / high.where(~grey, 1)
    reds, greens, blues = ((high.unsqueeze(1) - images) / spread.where(~grey, 1).unsqueeze(1)).unbind(1)
    sixths = (blues - greens).where(high == red, (reds - blues + 2).where(high == green, greens - reds + 4))
    return (sixths / 6 + 1).fmod(1), saturations, high


def _to_rgb(hues: Tensor, saturations: Tensor, values: Tensor) -> Tensor:
    sixths = hues * 6
    sector = sixths.floor()
    within = sixths - sector
    lowest = (1 - saturations) * values
    falling = (1 - saturations * within) * values
    rising = (1 - saturations * (1 - within)) * values
    choices = torch.stack((values, lowest, falling, rising), 1).clamp(0, 1)
    # which of the four each channel is, by the sixth of the circle
    table = constant([[0, 2, 1, 1, 3, 0], [3, 0, 0, 2, 1, 1], [1, 1, 3, 0, 0, 2]], hues, torch.int64)
    return choices.gather(1, table[:, sector.long().remainder(6)].movedim(0, 1))
