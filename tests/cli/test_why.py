"""`netspec why`: a value with its place and its reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Netspec
from tests.cli.test_verbs import SPEC


def test_a_value_that_is_written(netspec: Netspec) -> None:
    assert (
        netspec("why", SPEC, "train.optimizer.lr").out
        == """\
train.optimizer.lr = 0.001
learning rate

  --> specs/mnist_fc.net:20:24
   |
20 |   optimizer  = adam(lr=1e-3)
   |                        ^^^^ set here
   |
"""
    )


def test_a_default_and_where_it_could_have_been_set(netspec: Netspec) -> None:
    said = netspec("why", SPEC, "train.optimizer.eps").out
    assert said.startswith("train.optimizer.eps = 1e-8\n")
    assert "\nits default\n" in said
    assert "20 |   optimizer  = adam(lr=1e-3)\n   |                ^^^^^^^^^^^^^ not set here\n" in said
    assert netspec("why", SPEC, "train.seed").out.endswith("\nits default\n")


def test_a_value_that_is_inferred(netspec: Netspec) -> None:
    assert "\ninferred from class[10]\n" in netspec("why", "specs/cifar10_gap.net", "train.loss").out


def test_a_value_that_took_the_place_of_another(netspec: Netspec, folder: Path) -> None:
    (folder / "more.net").write_text('extends "specs/mnist_fc.net"\ntrain { epochs = 9 }\n')
    said = netspec("why", "more.net", "train.epochs").out
    assert said.startswith("train.epochs = 9\n")
    assert " --> more.net:2:18\n" in said and "^ set here\n" in said
    assert " ::: specs/mnist_fc.net:21:16\n" in said and "- in the place of this\n" in said
    assert " --> specs/mnist_fc.net:20:24\n" in netspec("why", "more.net", "train.optimizer.lr").out


def test_a_param(netspec: Netspec, folder: Path) -> None:
    netspec("new", "cnn")
    assert "param width = 16" in netspec("why", "cnn.net", "params.width").out


@pytest.mark.parametrize("path", ["fc1", "model.fc1"])
def test_a_layer(netspec: Netspec, path: str) -> None:
    assert (
        netspec("why", SPEC, path).out
        == """\
fc1: linear(256)
  takes   [784] from `0`
  gives   [256]
  learns  200 960: fc1.weight [256, 784], fc1.bias [256]

  --> specs/mnist_fc.net:13:8
   |
13 |   fc1: linear(256) -> batch_norm -> relu
   |        ^^^^^^^^^^^ written here
   |
"""
    )


def test_a_layer_that_is_used_twice_and_a_scope(netspec: Netspec) -> None:
    siamese = "specs/zoo/siamese.net"
    assert netspec("why", siamese, "tower.7").out.count("tower.7: linear(64)\n") == 2
    scope = netspec("why", siamese, "tower").out.splitlines()
    assert scope[0] == "tower: 16 operations, 105 216 parameters"
    assert scope[1].split() == ["tower.0", "conv(16,", "3,", "padding=1)", "[16,", "28,", "28]"]


def test_a_section(netspec: Netspec) -> None:
    rows = netspec("why", SPEC, "train").out.splitlines()
    assert rows[0] == "train"
    assert ["train.epochs", "5", "line", "21"] in [row.split() for row in rows]


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("lr", "did you mean `train.optimizer.lr`?"),
        ("train.epoch", "did you mean `train.epochs`?"),
        ("fc11", "did you mean `fc1`?"),
        ("model.fc11", "did you mean `model.fc1`?"),
        ("zzzzzz", "`netspec plan` lists"),
    ],
)
def test_a_name_that_is_none_is_answered_with_the_nearest(netspec: Netspec, path: str, said: str) -> None:
    ended = netspec("why", SPEC, path)
    assert (ended.exit_code, ended.out) == (1, "")
    assert f"there is no `{path}` in {SPEC}" in ended.err and said in ended.err
