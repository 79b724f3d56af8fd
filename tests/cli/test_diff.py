"""`netspec diff`: what a program does otherwise, whatever its file looks like."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Netspec
from tests.cli.test_verbs import SPEC

CHANGES = {
    "linear(256)": "linear(512)",
    "lr=1e-3": "lr=1e-2",
    "fc3:": "head:",
    "patience=3 epochs, min_delta=1e-3": "patience=4 epochs",
}


@pytest.fixture
def changed(folder: Path) -> str:
    text = (folder / SPEC).read_text().partition("assert")[0]
    for old, new in CHANGES.items():
        assert old in text
        text = text.replace(old, new)
    (folder / "changed.net").write_text(text)
    return "changed.net"


def test_layout_and_comments_do_not_count(netspec: Netspec, folder: Path) -> None:
    text = (folder / SPEC).read_text()
    (folder / "wild.net").write_text("# another comment\n" + text.replace("  ", "\t").replace("lr=1e-3", "lr=0.001"))
    assert netspec("diff", SPEC, "wild.net") == (0, "the same program\n", "")
    assert json.loads(netspec("diff", "--format", "json", SPEC, "wild.net").out)["same"] is True


def test_the_factors_of_losses_count(netspec: Netspec, folder: Path) -> None:
    for name, factor in (("old.net", "0.5"), ("new.net", "0.6")):
        sum = f"loss = {factor} * cross_entropy + focal"
        (folder / name).write_text((folder / SPEC).read_text().replace("loss       = cross_entropy", sum))
    ended = netspec("diff", "old.net", "new.net")
    assert ended.exit_code == 1
    assert "0.5 * cross_entropy + focal (line" in ended.out and "-> 0.6 * cross_entropy" in ended.out


def test_settings_layers_figures_and_weights(netspec: Netspec, changed: str) -> None:
    ended = netspec("diff", SPEC, changed)
    assert ended.exit_code == 1
    assert (
        [line.rstrip() for line in ended.out.splitlines()]
        == """\
settings
  train.optimizer.lr    0.001 (line 20) -> 0.01 (line 20)
  train.stop.patience   3 epochs (line 22) -> 4 epochs (line 22)
  train.stop.min_delta  0.001 (line 22) -> 0 (default)

layers
  ~ fc1   linear(256) -> linear(512)  [256] -> [512]
  ~ 2     batch_norm                  [256] -> [512]
  ~ 3     relu                        [256] -> [512]
  - fc3   linear(10)                  [10]
  + head  linear(10)                  [10]

parameters  235 914 -> 470 154  (+234 240)
FLOPs       469 504 -> 936 448  (+466 944)
weights     7 of 16 tensors load; 7 differ in shape, 2 are new, 2 are left over

tensors
  ~ fc1.weight      [256, 784] -> [512, 784]
  ~ fc1.bias        [256] -> [512]
  ~ 2.weight        [256] -> [512]
  ~ 2.bias          [256] -> [512]
  ~ 2.running_mean  [256] -> [512]
  ~ 2.running_var   [256] -> [512]
  ~ fc2.weight      [128, 256] -> [128, 512]""".splitlines()
    )


def test_the_other_way_round_is_the_mirror_image(netspec: Netspec, changed: str) -> None:
    there = json.loads(netspec("diff", "--format", "json", SPEC, changed).out)
    back = json.loads(netspec("diff", "--format", "json", changed, SPEC).out)
    assert {item["path"]: (item["old"], item["new"]) for item in there["settings"]} == {
        item["path"]: (item["new"], item["old"]) for item in back["settings"]
    }
    assert (there["weights"]["added"], there["weights"]["removed"]) == (
        back["weights"]["removed"],
        back["weights"]["added"],
    )
    assert there["parameters"] == {"old": 235_914, "new": 470_154}
    assert back["parameters"] == {"old": 470_154, "new": 235_914}


def test_another_optimizer_is_one_change(netspec: Netspec, folder: Path) -> None:
    (folder / "sgd.net").write_text((folder / SPEC).read_text().replace("adam(lr=1e-3)", "sgd(lr=0.1)"))
    (setting,) = json.loads(netspec("diff", "--format", "json", SPEC, "sgd.net").out)["settings"]
    assert (setting["path"], setting["old"]["value"], setting["new"]["value"]) == (
        "train.optimizer",
        "adam",
        "sgd(lr=0.1)",
    )


def test_another_wiring_of_the_same_layers(netspec: Netspec, folder: Path) -> None:
    data = "data { source = synthetic(features=8, classes=8) }\n"
    for name, last in (("a", "a + b"), ("b", "a + a")):
        (folder / f"{name}.net").write_text(
            f"{data}model {{\n  a = one: linear(8)\n  b = two: linear(8)\n  c = b -> three: relu\n  {last} + c\n}}\n"
        )
    ended = netspec("diff", "a.net", "b.net")
    assert ended.exit_code == 1
    assert "takes `one` and `one` instead of `one` and `two`" in ended.out


def test_an_extended_spec_names_the_file_of_what_it_does_not_set(netspec: Netspec, folder: Path) -> None:
    (folder / "more.net").write_text('extends "specs/mnist_fc.net"\ntrain { epochs = 9 }\n')
    assert "train.epochs  5 (line 21) -> 9 (line 2)" in netspec("diff", SPEC, "more.net").out
    (folder / "less.net").write_text('extends "specs/mnist_fc.net"\n')
    back = netspec("diff", "more.net", "less.net").out
    assert "train.epochs  9 (line 2) -> 5 (specs/mnist_fc.net:21)" in back
