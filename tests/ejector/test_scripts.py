"""What a script is to its reader: short, with torch's own words, and without netspec."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from netspec import api
from netspec.catalogue.layers import Layer
from netspec.ejector import pieces, script_of
from netspec.ejector.copied import Copies
from netspec.ejector.network import network_text
from tests.catalogue.test_conformance import made, shapes_of
from tests.ejector.scripts import namespace
from tests.ejector.test_entries import USED, program_with
from tests.ejector.test_layers import EXAMPLES as LAYERS
from tests.ejector.test_layers import graph_of
from tests.specs import ROOT, check

LIBRARIES = {"numpy", "torch", "torchvision", "sklearn"}
MNIST_FC = "specs/mnist_fc.net"
POINTS = """
data { source = moons(200, noise=0.1)
 test = 20% }
model { hidden: linear(8) -> tanh -> dropout(0.1) -> head: linear(2) }
train { epochs = 2 }
"""


@pytest.fixture(autouse=True)
def in_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


def modules(text: str) -> set[str]:
    """The packages that a script imports."""
    nodes = [*ast.walk(ast.parse(text))]
    froms = {node.module for node in nodes if isinstance(node, ast.ImportFrom)}
    whole = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    return {str(module).partition(".")[0] for module in froms | whole}


def test_the_script_of_mnist_fc_has_fewer_than_200_lines() -> None:
    text = script_of(api.check(MNIST_FC))
    assert len(text.splitlines()) < 200
    assert max(map(len, text.splitlines())) <= 120


def test_labels_are_names_of_layers_and_settings_are_at_the_top() -> None:
    text = script_of(api.check(MNIST_FC))
    assert "        self.fc1 = nn.Linear(784, 256)\n        self.batch_norm1 = nn.BatchNorm1d(256)\n" in text
    assert "        x = self.fc1(x)  # [256]\n" in text
    top, _, _ = text.partition("class Net")
    assert "EPOCHS = 5\nBATCH_SIZE = 64\nLEARNING_RATE = 0.001\nPATIENCE = 3\nMIN_DELTA = 0.001\n" in top


def test_a_script_imports_torch_and_numpy_and_what_has_the_data() -> None:
    own = modules(script_of(check(POINTS).require()))
    assert own - set(sys.stdlib_module_names) == {"numpy", "torch"}
    assert "torchvision" in modules(script_of(api.check(MNIST_FC)))


@pytest.mark.parametrize("path", ["specs/zoo/transformer_classifier.net", "specs/themes/augmentation.net"])
def test_no_script_mentions_netspec_but_in_its_first_lines(path: str) -> None:
    text = script_of(api.check(path))
    assert modules(text) - set(sys.stdlib_module_names) <= LIBRARIES
    lines = [line for line in text.partition('."""')[2].splitlines() if not line.startswith("DATA = ")]
    assert [line for line in lines if "netspec" in line] == []


def test_a_script_runs_where_there_is_no_netspec(tmp_path: Path) -> None:
    (tmp_path / "script.py").write_text(script_of(check(POINTS).require()), encoding="utf-8")
    (tmp_path / "netspec.py").write_text("raise ImportError('there is no netspec')", encoding="utf-8")
    command = [sys.executable, "script.py"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=True)
    epochs, test = done.stdout.splitlines()[:-1], done.stdout.splitlines()[-1]
    assert [line.partition(":")[0] for line in epochs] == ["epoch 1", "epoch 2"]
    _, metrics = namespace(script_of(check(POINTS).require()))["main"]()
    assert test == f"test: {metrics}"


def test_the_same_spec_has_the_same_script() -> None:
    assert script_of(check(POINTS).require()) == script_of(check(POINTS).require())


def test_a_script_has_no_definition_that_it_does_not_use() -> None:
    for path in (MNIST_FC, "specs/cifar10_gap.net", "specs/themes/augmentation.net", "specs/zoo/lstm_classifier.net"):
        tree = ast.parse(script_of(api.check(path)))
        defined = {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
        used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        assert defined - used == set(), path


def test_no_two_definitions_have_one_name(monkeypatch: pytest.MonkeyPatch) -> None:
    copies = Copies()
    monkeypatch.setattr(pieces, "Copies", lambda: copies)
    own: set[str] = set()
    for entry, text in USED:
        program = program_with(entry, text)
        # two copies of one name would be refused here
        if program is not None:
            own |= {node.name for node in ast.parse(script_of(program)).body if isinstance(node, ast.FunctionDef)}
    for _, example in LAYERS:
        made_layer = made(Layer, example)
        if isinstance(made_layer, Layer):
            network_text(graph_of(made_layer, shapes_of(example) if example.into else ()), pieces.Pieces())
    assert {"main", "fit", "evaluate", "learning_rate"} <= own - set(copies.definitions)
    assert {"Net", "criterion", "mean"}.isdisjoint(copies.definitions)
