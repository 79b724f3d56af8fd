"""The best loop that we can write by hand: everything in memory, normalised once, and nothing in the loop but torch."""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from benchmarks.speed.measured import say
from benchmarks.speed.mnist_fc.network import network


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("data", type=Path)
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    torch.manual_seed(options.seed)
    images, labels = read(options.data, "train")
    order = torch.randperm(len(labels))
    images, labels = images[order], labels[order]
    training, targets = images[:54_000], labels[:54_000]
    model = network()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, fused=True)
    seconds: list[float] = []
    for _ in range(options.epochs):
        start = time.perf_counter()
        model.train()
        total, right = torch.zeros(()), torch.zeros((), dtype=torch.int64)
        for places in torch.randperm(len(targets)).split(64):
            inputs, truth = training.index_select(0, places), targets.index_select(0, places)
            optimizer.zero_grad()
            output = model(inputs)
            loss = F.cross_entropy(output, truth)
            loss.backward()
            optimizer.step()
            with torch.no_grad():
                total += loss.detach() * len(truth)
                right += (output.argmax(1) == truth).sum()
        float(total), int(right)
        seconds.append(time.perf_counter() - start)
        accuracy(model, images[54_000:], labels[54_000:])
    say(seconds, accuracy(model, *read(options.data, "t10k")))


def read(folder: Path, split: str) -> tuple[Tensor, Tensor]:
    """Images [N, 784], normalised, and classes [N]."""
    raw = folder / "MNIST" / "raw"
    pixels = np.fromfile(raw / f"{split}-images-idx3-ubyte", np.uint8)[16:].reshape(-1, 784)
    labels = np.fromfile(raw / f"{split}-labels-idx1-ubyte", np.uint8)[8:]
    images = torch.from_numpy(pixels.astype(np.float32)).mul_(1 / 255).sub_(0.1307).div_(0.3081)
    return images, torch.from_numpy(labels.astype(np.int64))


def accuracy(model: torch.nn.Module, images: Tensor, labels: Tensor) -> float:
    model.eval()
    with torch.inference_mode():
        return float((model(images).argmax(1) == labels).float().mean())


if __name__ == "__main__":
    main()
