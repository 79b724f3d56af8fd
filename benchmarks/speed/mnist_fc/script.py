"""The script that tutorials show: torchvision's data set and transforms, DataLoaders, and a loop by hand."""

from __future__ import annotations

import argparse
import time

import torch
from torch import nn
from torch.utils.data import DataLoader, random_split
from torchvision import datasets, transforms

from benchmarks.speed.measured import say
from benchmarks.speed.mnist_fc.network import network


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("data")
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    torch.manual_seed(options.seed)
    transform = transforms.Compose([transforms.ToTensor(), transforms.Normalize((0.1307,), (0.3081,))])
    whole = datasets.MNIST(options.data, train=True, transform=transform)
    training, validation = random_split(whole, [54_000, 6_000])
    test = datasets.MNIST(options.data, train=False, transform=transform)
    model = network()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    measure = nn.CrossEntropyLoss()
    seconds: list[float] = []
    for _ in range(options.epochs):
        start = time.perf_counter()
        model.train()
        total, right = 0.0, 0
        for inputs, targets in DataLoader(training, batch_size=64, shuffle=True):
            optimizer.zero_grad()
            output = model(inputs)
            loss = measure(output, targets)
            loss.backward()
            optimizer.step()
            total += loss.item() * len(targets)
            right += int((output.argmax(1) == targets).sum())
        seconds.append(time.perf_counter() - start)
        accuracy(model, DataLoader(validation, batch_size=256))
    say(seconds, accuracy(model, DataLoader(test, batch_size=256)))


def accuracy(model: nn.Module, batches: DataLoader[tuple[torch.Tensor, int]]) -> float:
    model.eval()
    right = count = 0
    with torch.no_grad():
        for inputs, targets in batches:
            right += int((model(inputs).argmax(1) == targets).sum())
            count += len(targets)
    return right / count


if __name__ == "__main__":
    main()
