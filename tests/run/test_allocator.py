"""A training keeps the memory that its steps free."""

from __future__ import annotations

import subprocess
import sys

import pytest

MEASURE = """
import resource
import torch
from netspec.runner.machine.allocator import keep_freed_memory

def faults():
    # how often the system hands the process a page while large tensors are made and freed, as in a step
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(10):
        tensors = [torch.zeros(12_000_000) for _ in range(2)]
        del tensors
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

faults()
before = faults()
with keep_freed_memory():
    faults()
    within = faults()
print(before, within, faults())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the allocator is glibc's")
def test_steps_are_given_no_new_pages_until_the_training_is_over():
    done = subprocess.run([sys.executable, "-c", MEASURE], capture_output=True, text=True, check=True)
    before, within, after = map(int, done.stdout.split())
    assert before > 1000
    assert within < 100
    assert after > 1000
