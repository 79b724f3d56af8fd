"""`compile = true` computes the same network with code that torch.compile writes."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from netspec.catalogue.layers.batch_norm import BatchNorm
from netspec.catalogue.layers.linear import Linear
from netspec.catalogue.layers.relu import ReLU
from netspec.catalogue.optimizers.sgd import SGD
from netspec.problems import NetspecError
from netspec.program.program import Program
from netspec.runner.store.checkpoint import load_weights
from netspec.runner.store.folder import RunFolder
from netspec.runner.train.compiling import compile_problems
from netspec.runner.train.loop import train
from tests.run.hand import CPU, EPOCHS, Weights

# without dropout, since a compiled network draws other numbers
LAYERS = (("fc1", Linear(out_features=16)), ("1", BatchNorm()), ("2", ReLU()), ("fc2", Linear(out_features=3)))

TrainBlobs = Callable[[bool], Weights]


@pytest.fixture
def train_blobs(make_program: Callable[..., Program], tmp_path: Path) -> TrainBlobs:
    """Trains a network, compiled or not, and gives its last weights."""

    def run(compiled: bool) -> Weights:
        program = make_program(layers=LAYERS, train={"epochs": EPOCHS, "compile": compiled, "optimizer": SGD(lr=0.1)})
        with RunFolder(tmp_path / f"run{compiled}") as folder:
            for _ in train(program, folder, CPU):
                pass
            return load_weights(folder.path / "checkpoints" / f"epoch-{EPOCHS:04d}")

    return run


@pytest.mark.skipif(not (shutil.which("g++") or shutil.which("clang++")), reason="needs a C++ compiler")
def test_a_compiled_network_learns_what_it_learns_as_it_is(train_blobs: TrainBlobs):
    plain, compiled = (train_blobs(flag) for flag in (False, True))
    assert compiled.keys() == plain.keys(), "the weights have the names of the spec"
    for name, value in plain.items():
        torch.testing.assert_close(compiled[name], value, rtol=1e-3, atol=1e-4)


@pytest.mark.filterwarnings("ignore:dynamo_pgo")
def test_a_compiler_that_is_missing_is_named_with_what_to_do(train_blobs: TrainBlobs, monkeypatch: pytest.MonkeyPatch):
    from torch._inductor import config, cpp_builder

    monkeypatch.setattr(config.cpp, "cxx", (None, "no-such-compiler"))
    monkeypatch.setattr(config, "force_disable_caches", True)
    cpp_builder.cpp_compiler_search.cache_clear()
    torch.compiler.reset()
    with pytest.raises(NetspecError) as raised:
        train_blobs(True)
    (said,) = raised.value.diagnostics
    assert "the network can't be compiled" in said.message
    assert "no-such-compiler" in said.message
    assert said.help == "train without `compile = true`"


def test_a_gpu_without_what_compiles_for_it_is_told_too(make_program: Callable[..., Program]):
    from torch._inductor.exc import TritonMissing

    program = make_program(train={"epochs": EPOCHS, "compile": True})
    with pytest.raises(NetspecError, match="triton") as raised, compile_problems(program):
        raise TritonMissing(None)
    assert raised.value.diagnostics[0].code == "NS605"
