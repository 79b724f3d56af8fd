"""The best search that we can write by hand with Optuna: the digits are read and normalized once for all trials, lie in
memory, and nothing is in the loop but torch, with its fused Adam."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from benchmarks.search.contenders.by_optuna import search
from benchmarks.search.contenders.task import Task, take
from benchmarks.search.work import BATCH, MEAN, STD
from netspec.resources import resource


def digits() -> tuple[Tensor, Tensor]:
    with np.load(resource("datasets", "mnist_sample.npz")) as archive:
        images, labels = archive["train_images"], archive["train_labels"]
    return (torch.from_numpy(images).unsqueeze(1) / 255 - MEAN) / STD, torch.from_numpy(labels).long()


def train(task: Task, images: Tensor, labels: Tensor, values: Mapping[str, float]) -> float:
    """The accuracy on the validation split after the last epoch."""
    torch.manual_seed(task.seed)
    order = torch.randperm(len(labels))
    validation, training = order.split([len(order) // 10, len(order) - len(order) // 10])
    model = task.work.network(values)
    decay = values.get("decay", 0.0)
    optimizer = torch.optim.Adam(model.parameters(), lr=values["lr"], weight_decay=decay, fused=True)
    accuracy = 0.0
    for _ in range(task.epochs):
        model.train()
        for batch in training[torch.randperm(len(training))].split(BATCH):
            optimizer.zero_grad()
            F.cross_entropy(model(images[batch]), labels[batch]).backward()
            optimizer.step()
        model.eval()
        with torch.inference_mode():
            accuracy = float((model(images[validation]).argmax(1) == labels[validation]).float().mean())
    return accuracy


if __name__ == "__main__":
    task = take()
    images, labels = digits()
    print(search(task, lambda values: train(task, images, labels, values)))
