"""A spec that the checker finds good trains: random networks, checked, built, and taken one step with torch."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from netspec.builder import build
from tests.specs import check

BATCH = 4

# torch warns that an even kernel may copy its input under padding=same, once in a process
pytestmark = pytest.mark.filterwarnings("ignore:Using padding='same':UserWarning")


def sizes(least: int, most: int) -> st.SearchStrategy[str]:
    one = st.integers(least, most)
    return st.one_of(one.map(str), st.builds("[{}, {}]".format, one, one))


CONV = st.builds(
    "conv({}, {}, stride={}, padding={}, bias={}, padding_mode={})".format,
    st.integers(1, 4),
    sizes(1, 5),
    sizes(1, 3),
    st.one_of(sizes(0, 3), st.sampled_from(["same", "valid"])),
    st.sampled_from(["true", "false"]),
    st.sampled_from(["zeros", "reflect", "replicate", "circular"]),
)
POOL = st.builds(
    "max_pool({}, padding={}, ceil_mode={})".format, sizes(1, 4), sizes(0, 2), st.sampled_from(["true", "false"])
)
PLAIN = st.sampled_from(
    ["relu", "batch_norm", "dropout(0.2)", "flatten", "global_avg_pool", "tanh", "sigmoid", "softmax"]
)
LINEAR = st.builds("linear({})".format, st.integers(1, 9))
NETWORKS = st.lists(st.one_of(CONV, POOL, PLAIN, LINEAR), max_size=6)
ENDINGS = st.sampled_from([["flatten", "linear(10)"], ["linear(10)"], []])


@given(NETWORKS, ENDINGS)
def test_a_good_network_takes_a_step(operations: list[str], ending: list[str]) -> None:
    text = " -> ".join([*operations, *ending]) or "relu"
    checked = check(f"data {{ source = mnist_sample() }}\nmodel {{ {text} }}")
    if checked.program is None:
        assert all(diagnostic.code in ("NS301", "NS302", "NS304") for diagnostic in checked.diagnostics)
        return
    program = checked.program
    network = build(program)
    assert sum(weights.numel() for weights in network.parameters()) == program.graph.parameter_count
    output = network(torch.rand(BATCH, 1, 28, 28))
    assert output.shape == (BATCH, *program.graph.output.dims)
    targets = program.loss.prepare(torch.arange(BATCH) % 10)
    program.loss.build()(output, targets).backward()
    assert all(weights.grad is not None for weights in network.parameters())
