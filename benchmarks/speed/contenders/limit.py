"""The best loop that we can write by hand: everything in memory, normalised once, nothing in the loop but torch, images
in the memory format that its convolutions are fastest in, and an allocator that keeps what is freed."""

from __future__ import annotations

import ctypes
import sys

import torch
from torch.nn import functional as F

from benchmarks.speed.contenders.by_hand import accuracy
from benchmarks.speed.contenders.task import take
from benchmarks.speed.in_memory import divided

IMAGES = 4
"""The dimensions of a batch of images."""


def main() -> None:
    task = take()
    work = task.work
    if sys.platform == "linux":
        # glibc's M_MMAP_THRESHOLD and M_TRIM_THRESHOLD
        ctypes.CDLL(None).mallopt(-3, 32 * 2**20)
        ctypes.CDLL(None).mallopt(-1, 2**31 - 1)
    torch.manual_seed(task.seed)
    (images, classes), *others = divided(work, task.data)
    prepared = work.prepared(images)
    validation, test = (
        list(zip(work.data.normalised(inputs).split(1000), targets.split(1000), strict=True))
        for inputs, targets in others
    )
    model = work.network()
    optimizer = torch.optim.Adam(model.parameters(), lr=work.lr, fused=True)
    for _ in range(task.epochs):
        with task.clock.training():
            model.train()
            total, right = torch.zeros(()), torch.zeros((), dtype=torch.int64)
            for places in torch.randperm(len(classes)).split(work.batch_size):
                inputs, targets = work.batch(prepared.index_select(0, places)), classes.index_select(0, places)
                if inputs.ndim == IMAGES:
                    inputs = inputs.contiguous(memory_format=torch.channels_last)
                optimizer.zero_grad()
                output = model(inputs)
                loss = F.cross_entropy(output, targets)
                loss.backward()
                optimizer.step()
                with torch.no_grad():
                    total += loss.detach() * len(targets)
                    right += (output.argmax(1) == targets).sum()
            _ = float(total), int(right)
        accuracy(model, validation)
        task.clock.epoch_over()
    task.clock.say(accuracy(model, test))


if __name__ == "__main__":
    main()
