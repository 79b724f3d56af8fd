"""`netspec import torch`: the user's code runs in a process of its own; a file is written whole or not at all."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

import pytest
from safetensors.torch import load_file

from tests.cli.conftest import Netspec

CODE = """\
import sys
from torch import nn

print("hello from the module")

def net():
    return nn.Sequential(nn.Linear(6, 8), nn.ReLU(), nn.Linear(8, 3))

class Sorts(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(6, 6)

    def forward(self, x):
        return self.first(x).sort().values

def broken():
    raise ValueError("no such width")

def leaves():
    sys.exit(3)

def asserts():
    class Asserts(Sorts):
        def forward(self, x):
            raise AssertionError("\\033[31mtoo wide\\033[0m")
    return Asserts()

def nowhere():
    return net().to("meta")

def writes():
    open("out.safetensors", "w").write("of somebody else")
    return net()

number = 7
"""


@pytest.fixture
def code(folder: Path) -> Path:
    (folder / "mine.py").write_text(CODE)
    return folder


def test_a_module_is_written_as_a_spec_that_holds(netspec: Netspec, code: Path) -> None:
    ended = netspec("import", "torch", "mine:net", "--input", "6", "--weights")
    assert (ended.exit_code, ended.out) == (0, "")
    assert "running the code of mine" in ended.err and "net.net: written" in ended.err
    assert netspec("check", "net.net").exit_code == 0
    assert {name: tuple(item.shape) for name, item in load_file(code / "net.safetensors").items()} == {
        "0.weight": (8, 6),
        "0.bias": (8,),
        "2.weight": (3, 8),
        "2.bias": (3,),
    }


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ("mine:Sorts", "`sort` has no operation in a spec"),
        ("mine:broken", "ValueError: no such width"),
        ("mine:asserts", "it ends in AssertionError: \N{REPLACEMENT CHARACTER}[31mtoo wide"),
        ("mine:nowhere", "it can't be brought to the CPU in float32: NotImplementedError"),
        ("mine:leaves", "its process ended with 3"),
        ("mine:number", "it is of the type `int`"),
        ("mine:nothing", "`mine` has no `nothing`"),
        ("nowhere:net", "No module named 'nowhere'"),
        ("mine", "it isn't a module and a factory in it"),
        ("mine:net; import os", "it isn't a module and a factory in it"),
    ],
)
def test_what_cant_be_imported_leaves_nothing_behind(netspec: Netspec, code: Path, target: str, reason: str) -> None:
    before = {path.name for path in code.iterdir()}
    ended = netspec("import", "torch", target, "--input", "6", "--out", "out.net", "--weights")
    assert ended.exit_code == 1
    assert "NS007" in ended.err and reason in ended.err
    assert {path.name for path in code.iterdir()} - {"__pycache__"} == before


def test_the_wrong_sizes_are_told_from_a_fault(netspec: Netspec, code: Path) -> None:
    ended = netspec("import", "torch", "mine:net", "--input", "5")
    assert ended.exit_code == 1
    assert "for an input of [5] it ends in RuntimeError" in ended.err
    assert netspec("import", "torch", "mine:net", "--input", "a lot").exit_code == 2


def test_no_file_is_written_over(netspec: Netspec, code: Path) -> None:
    (code / "net.net").write_text("mine")
    ended = netspec("import", "torch", "mine:net", "--input", "6")
    assert ended.exit_code == 2 and "--force" in ended.err
    assert (code / "net.net").read_text() == "mine"
    assert netspec("import", "torch", "mine:net", "--input", "6", "--force").exit_code == 0
    assert "linear(3)" in (code / "net.net").read_text()


def test_no_weights_are_written_over(netspec: Netspec, code: Path) -> None:
    (code / "net.safetensors").write_text("mine")
    ended = netspec("import", "torch", "mine:net", "--input", "6", "--weights")
    assert ended.exit_code == 2 and "net.safetensors is there already" in ended.err
    assert (code / "net.safetensors").read_text() == "mine" and not (code / "net.net").exists()
    assert netspec("import", "torch", "mine:net", "--input", "6", "--weights", "--force").exit_code == 0
    assert len(load_file(code / "net.safetensors")) == 4


def test_what_comes_while_the_code_runs_is_not_written_over_either(netspec: Netspec, code: Path) -> None:
    ended = netspec("import", "torch", "mine:writes", "--input", "6", "--weights", "--out", "out.net")
    assert ended.exit_code == 5 and "out.safetensors" in ended.err and "it is there already" in ended.err
    assert (code / "out.safetensors").read_text() == "of somebody else"
    assert not (code / "out.net").exists() and not list(code.glob(".tmp-*"))


def test_an_imported_spec_is_run_from_its_weights(netspec: Netspec, code: Path) -> None:
    assert netspec("import", "torch", "mine:net", "--input", "6", "--weights").exit_code == 0
    assert 'init = [from_file("*", "net.safetensors")]' in (code / "net.net").read_text()
    ended = netspec("plan", "net.net")
    assert ended.exit_code == 0 and "net.safetensors" in ended.out
    ended = netspec("run", "net.net", "--out", "run", "--device", "cpu")
    assert ended.exit_code == 0, ended.err
    loaded = json.loads((code / "run" / "weights.json").read_text())
    digest = sha256((code / "net.safetensors").read_bytes()).hexdigest()
    assert digest in json.dumps(loaded)
