"""Filters for batches of images [B, C, H, W], each image by numbers of its own, as torchvision filters one."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from netspec.modules.colours import blend


def gaussian_blur(images: Tensor, kernel_size: tuple[int, int], sigma: Tensor) -> Tensor:
    """A Gaussian of the given width and height; `sigma` [B, 2] is how wide its bell is along x and y."""
    for dim, size, spread in zip((3, 2), kernel_size, sigma.unbind(1), strict=True):
        images = _slide(images, _bells(size, spread), dim)
    return images


def sharpness(images: Tensor, factors: Tensor) -> Tensor:
    """Smoothed at 0, as it is at 1, sharper above; the border stays as it is."""
    height, width = images.shape[-2:]
    if min(height, width) <= 2:
        return images
    windows = [images[..., y : y + height - 2, x : x + width - 2] for y in range(3) for x in range(3)]
    inner = windows[4]
    # one by one: the order in which torch sums a stack may depend on how many images there are
    smooth = sum(windows, start=4 * inner) / 13
    result = images.clone()
    result[..., 1:-1, 1:-1] = blend(inner, smooth, factors)
    return result.clamp(0, 1)


def _bells(size: int, sigma: Tensor) -> Tensor:
    """The weights [B, size] of Gaussians."""
    # torchvision's distances, in which a pixel is 1 / sqrt(2) so that the square needs no half
    limit = (size - 1) / (2 * 2**0.5)
    distances = torch.linspace(-limit, limit, size, device=sigma.device)
    return (-((distances / sigma.view(-1, 1)) ** 2)).softmax(1)


def _slide(images: Tensor, weights: Tensor, dim: int) -> Tensor:
    """A weighted sum along a dimension, mirrored at the borders."""
    size, length = weights.shape[1], images.shape[dim]
    reach = [size // 2] * 2
    padded = functional.pad(images, [0, 0, *reach] if dim == 2 else [*reach, 0, 0], mode="reflect")
    # slice by slice, and not as a convolution: its last digits may depend on how many images there are
    result = torch.zeros_like(images)
    for index in range(size):
        result += padded.narrow(dim, index, length) * weights[:, index].view(-1, 1, 1, 1)
    return result
