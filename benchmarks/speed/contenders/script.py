"""The script that tutorials show: torchvision's data sets and transforms, DataLoaders, and a loop by hand."""

from __future__ import annotations

import torch
from torch import nn

from benchmarks.speed.by_sample import loaders
from benchmarks.speed.contenders.by_hand import accuracy
from benchmarks.speed.contenders.task import take


def main() -> None:
    task = take()
    torch.manual_seed(task.seed)
    training, validation, test = loaders(task.work, task.data)
    model = task.work.network()
    optimizer = torch.optim.Adam(model.parameters(), lr=task.work.lr)
    measure = nn.CrossEntropyLoss()
    for _ in range(task.epochs):
        with task.clock.training():
            model.train()
            total, right = 0.0, 0
            for inputs, targets in training:
                optimizer.zero_grad()
                output = model(inputs)
                loss = measure(output, targets)
                loss.backward()
                optimizer.step()
                total += loss.item() * len(targets)
                right += int((output.argmax(1) == targets).sum())
        accuracy(model, validation)
        task.clock.epoch_over()
    task.clock.say(accuracy(model, test))


if __name__ == "__main__":
    main()
