"""Images that are turned, shifted, stretched and cut: batches [B, C, H, W], each image by numbers of its own."""

from __future__ import annotations

from math import ceil
from typing import Literal

import torch
from torch import Tensor
from torch.nn import functional

from netspec.modules.constants import brought, constant

Interpolation = Literal["nearest", "bilinear"]
Filter = Literal["nearest", "bilinear", "bicubic"]
Fill = float | tuple[float, ...] | None
Padding = Literal["constant", "edge", "reflect", "symmetric"]
Borders = tuple[int, int, int, int]
"""Left, top, right and bottom."""

REACH = {"bilinear": 1, "bicubic": 2}
"""How many pixels to each side a filter takes."""


# ---- where each pixel comes from ----


def affine_matrices(
    angle: Tensor, shift: Tensor, scale: Tensor, shear: Tensor, center: tuple[float, float] = (0, 0)
) -> Tensor:
    """The matrices [N, 6] that lead from a pixel of a changed image to its place in the image.

    Angles [N] and shears [N, 2] are degrees, shifts [N, 2] pixels along x and y; all turns around the center, in
    pixels from the middle. They are torchvision's, computed in 64 bits.
    """
    angle, shear = angle.double().deg2rad(), shear.double().deg2rad()
    (x, y), (shift_x, shift_y) = center, shift.double().unbind(1)
    shear_x, shear_y = shear.unbind(1)
    a = (angle - shear_y).cos() / shear_y.cos()
    b = -(a * shear_x.tan() + angle.sin())
    c = (angle - shear_y).sin() / shear_y.cos()
    d = angle.cos() - c * shear_x.tan()
    a, b, c, d = d / scale, -b / scale, -c / scale, a / scale
    e = x - a * (x + shift_x) - b * (y + shift_y)
    f = y - c * (x + shift_x) - d * (y + shift_y)
    return torch.stack((a, b, e, c, d, f), 1).float()


def perspective_coefficients(corners: Tensor, height: int, width: int) -> Tensor:
    """The eight numbers [N, 8] of the perspectives that bring the corners of an image to `corners` [N, 4, 2].

    Corners are x and y, from the upper left one clockwise.
    """
    right, bottom = width - 1, height - 1
    starts = torch.tensor([[0, 0], [right, 0], [right, bottom], [0, bottom]], dtype=torch.float64)
    corners = corners.double()
    x, y = corners.unbind(-1)
    equations = torch.zeros(len(corners), 4, 2, 8, dtype=torch.float64)
    equations[:, :, 0, :3] = equations[:, :, 1, 3:6] = torch.stack((x, y, torch.ones_like(x)), -1)
    equations[..., 6:] = -starts[:, :, None] * corners.unsqueeze(2)
    return torch.linalg.lstsq(equations.flatten(1, 2), starts.flatten().expand(len(corners), 8)).solution.float()


# ---- warps ----


def affine(images: Tensor, matrices: Tensor, interpolation: Interpolation, fill: Fill) -> Tensor:
    """Each image by its matrix [B, 6]."""
    height, width = images.shape[-2:]
    x, y = _from_middle(width, images), _from_middle(height, images).view(-1, 1)
    a, b, e, c, d, f = matrices.view(-1, 6, 1, 1).unbind(1)
    grid = torch.stack(((a * x + b * y + e) / (width / 2), (c * x + d * y + f) / (height / 2)), -1)
    return _sampled(images, grid, interpolation, fill)


def perspective(images: Tensor, coefficients: Tensor, interpolation: Interpolation, fill: Fill) -> Tensor:
    """Each image by its eight numbers [B, 8]."""
    height, width = images.shape[-2:]
    x = torch.arange(width, device=images.device) + 0.5
    y = (torch.arange(height, device=images.device) + 0.5).view(-1, 1)
    a, b, c, d, e, f, g, h = coefficients.view(-1, 8, 1, 1).unbind(1)
    far = g * x + h * y + 1
    across, down = (a * x + b * y + c) / (width / 2) / far - 1, (d * x + e * y + f) / (height / 2) / far - 1
    return _sampled(images, torch.stack((across, down), -1), interpolation, fill)


def displaced(images: Tensor, shifts: Tensor, interpolation: Interpolation, fill: Fill) -> Tensor:
    """Each pixel from where its shift [B, 2, H, W] leads, in pixels along x and y."""
    height, width = images.shape[-2:]
    x, y = _from_middle(width, images), _from_middle(height, images).view(-1, 1)
    grid = torch.stack(((x + shifts[:, 0]) / (width / 2), (y + shifts[:, 1]) / (height / 2)), -1)
    return _sampled(images, grid, interpolation, fill)


def _from_middle(size: int, images: Tensor) -> Tensor:
    """The positions of pixels along a side, from the middle of the image."""
    return torch.arange(size, device=images.device) - (size - 1) / 2


def _sampled(images: Tensor, grid: Tensor, interpolation: Interpolation, fill: Fill) -> Tensor:
    """The images at the places of a grid; what lies outside is filled."""
    # outside of the image there are zeros by themselves; between the pixels at its border they would count twice
    if fill is None or (fill == 0 and interpolation == "nearest"):
        return functional.grid_sample(images, grid, mode=interpolation, align_corners=False)
    known = torch.ones_like(images[:, :1])
    sampled = functional.grid_sample(torch.cat((images, known), 1), grid, mode=interpolation, align_corners=False)
    sampled, known = sampled[:, :-1], sampled[:, -1:]
    filling = filled(fill, images)
    if interpolation == "nearest":
        return filling.where(known < 0.5, sampled)
    return (sampled - filling) * known + filling


def filled(fill: float | tuple[float, ...], images: Tensor) -> Tensor:
    """A number for all channels, or one for each, so that it meets those of images."""
    if isinstance(fill, tuple):
        return constant(fill, images, images.dtype).view(-1, 1, 1)
    return images.new_full((1, 1, 1), fill)  # made where it is used: nothing waits for a copy


# ---- borders and parts ----


def padded(images: Tensor, borders: Borders, mode: Padding = "constant", fill: float | tuple[float, ...] = 0) -> Tensor:
    """The images with borders of so many pixels at the left, the top, the right and the bottom."""
    left, top, right, bottom = borders
    height, width = images.shape[-2:]
    if mode == "constant":
        result = filled(fill, images).expand(*images.shape[:2], top + height + bottom, left + width + right).clone()
        result[..., top : top + height, left : left + width] = images
        return result
    rows, columns = (
        brought(_mirrored(-before, size + after, size, mode), images.device)
        for before, size, after in ((top, height, bottom), (left, width, right))
    )
    return images[..., rows.view(-1, 1), columns]


def _mirrored(start: int, end: int, size: int, mode: Padding) -> Tensor:
    """The pixel of a side that is at each position from the start to the end; some are before 0, or from `size` on."""
    positions = torch.arange(start, end)
    if mode == "edge":
        return positions.clamp(0, size - 1)
    # a reflection has the pixel at the border once, a symmetric one twice
    twice = int(mode == "symmetric")
    period = max(2 * (size - 1 + twice), 1)
    positions = positions % period
    return positions.minimum(period - twice - positions)


def cut(images: Tensor, corners: Tensor, height: int, width: int) -> Tensor:
    """The parts of one size whose upper left corners are `corners` [B, 2], top and left."""
    rows = (corners[:, :1] + torch.arange(height, device=images.device)).view(-1, 1, height, 1)
    columns = (corners[:, 1:] + torch.arange(width, device=images.device)).view(-1, 1, 1, width)
    positions = (rows * images.shape[3] + columns).flatten(2).expand(-1, images.shape[1], -1)
    return images.flatten(2).gather(2, positions).unflatten(2, (height, width))


def inside(boxes: Tensor, height: int, width: int) -> Tensor:
    """Which pixels [B, 1, height, width] lie in boxes [B, 4] of top, left, height and width."""
    top, left, tall, wide = boxes.view(-1, 4, 1, 1).unbind(1)
    rows = torch.arange(height, device=boxes.device).view(-1, 1)
    columns = torch.arange(width, device=boxes.device)
    within = (rows >= top) & (rows < top + tall) & (columns >= left) & (columns < left + wide)
    return within.unsqueeze(1)


# ---- parts in another size ----


def resized(
    images: Tensor, boxes: Tensor, size: tuple[int, int], filter: Filter, largest: tuple[int, int], fill: Fill = None
) -> Tensor:
    """The parts of images in boxes [B, 4] of top, left, height and width, brought to one size.

    A box may reach over the image, and has what lies outside filled; `largest` is the height and width that none
    exceeds. Smoothed before it is made smaller, as torch's `interpolate` does with `antialias`.
    """
    top, left, tall, wide = boxes.unbind(1)
    rows = _weights(top, tall, images.shape[2], size[0], filter, largest[0])
    columns = _weights(left, wide, images.shape[3], size[1], filter, largest[1])
    result = torch.einsum("boh,bchw,bpw->bcop", rows, images, columns)
    if fill is None:
        return result
    known = rows.sum(2).unsqueeze(2) * columns.sum(2).unsqueeze(1)
    return result + (1 - known).clamp(min=0).unsqueeze(1) * filled(fill, images)


def _weights(start: Tensor, length: Tensor, size: int, out: int, filter: Filter, largest: int) -> Tensor:
    """How much [B, out, size] each pixel of a side adds to each pixel of what is made of a part of it."""
    start, length = start.view(-1, 1, 1), length.view(-1, 1, 1)
    scale = length / out
    pixels = torch.arange(size, device=start.device) - start
    positions = torch.arange(out, device=start.device).view(-1, 1)
    if filter == "nearest":
        return (pixels == (positions * scale).floor()).float()
    reach, smoothing = REACH[filter], scale.clamp(min=1)
    middle = (positions + 0.5) * scale
    # all pixels of the part count for the sum, those outside of the image too
    first = (middle - reach * smoothing + 0.5).floor().clamp(min=0)
    taps = first + torch.arange(ceil(2 * reach * max(1, largest / out)) + 1, device=start.device)
    whole = _kernel(filter, taps, middle, smoothing, length).sum(2, keepdim=True)
    return _kernel(filter, pixels, middle, smoothing, length) / whole


def _kernel(filter: Filter, pixels: Tensor, middle: Tensor, smoothing: Tensor, length: Tensor) -> Tensor:
    distance = ((pixels + 0.5 - middle) / smoothing).abs()
    if filter == "bilinear":
        weights = (1 - distance).clamp(min=0)
    else:
        # Keys's kernel with a = -0.5
        near = (1.5 * distance - 2.5) * distance**2 + 1
        far = ((-0.5 * distance + 2.5) * distance - 4) * distance + 2
        weights = near.where(distance < 1, far.where(distance < 2, 0))
    return weights.where((pixels >= 0) & (pixels < length), 0)
