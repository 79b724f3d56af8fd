"""The script that a competent user of PyTorch and Optuna writes, after the tutorials of both.

The objective of a trial reads the archive, makes a Dataset of its arrays with torchvision's `ToTensor` and `Normalize`,
splits it, and trains with DataLoaders in the loop of the tutorials: Adam, a loss and an accuracy summed up in each
step, a pass over the validation split after each epoch. It reads images as arrays, without PIL; DataLoaders have no
processes of their own, which take longer than they save for so few samples. Nothing is written, and nothing is pruned.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset, random_split
from torchvision import transforms

from benchmarks.search.contenders.by_optuna import search
from benchmarks.search.contenders.task import Task, take
from benchmarks.search.work import BATCH, MEAN, STD
from netspec.resources import resource


class Digits(Dataset[tuple[Tensor, int]]):
    def __init__(self) -> None:
        with np.load(resource("datasets", "mnist_sample.npz")) as archive:
            self.images, self.labels = archive["train_images"], archive["train_labels"]
        self.transform = transforms.Compose([transforms.ToTensor(), transforms.Normalize((MEAN,), (STD,))])

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, index: int) -> tuple[Tensor, int]:
        return self.transform(self.images[index]), int(self.labels[index])


def train(task: Task, values: Mapping[str, float]) -> float:
    """The accuracy on the validation split after the last epoch."""
    torch.manual_seed(task.seed)
    digits = Digits()
    training, validation = random_split(digits, [0.9, 0.1])
    batches = DataLoader(training, batch_size=BATCH, shuffle=True)
    others = DataLoader(validation, batch_size=256)
    model = task.work.network(values)
    optimizer = torch.optim.Adam(model.parameters(), lr=values["lr"], weight_decay=values.get("decay", 0.0))
    measure = nn.CrossEntropyLoss()
    accuracy = 0.0
    for _ in range(task.epochs):
        model.train()
        total, right = 0.0, 0
        for inputs, targets in batches:
            optimizer.zero_grad()
            output = model(inputs)
            loss = measure(output, targets)
            loss.backward()
            optimizer.step()
            total += loss.item() * len(targets)
            right += int((output.argmax(1) == targets).sum())
        model.eval()
        with torch.inference_mode():
            found = sum(int((model(inputs).argmax(1) == targets).sum()) for inputs, targets in others)
        accuracy = found / len(validation)
    return accuracy


if __name__ == "__main__":
    task = take()
    print(search(task, lambda values: train(task, values)))
