"""`netspec lr-find`: what it says, draws and refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image

from tests.cli.conftest import Netspec
from tests.cli.test_verbs import SPEC

SMALL = """\
data { source = synthetic(features=6, classes=3, samples=200), batch_size = 16 }
model { linear(3) }
train { optimizer = sgd(lr=0.1) }
"""


@pytest.fixture
def small(folder: Path) -> str:
    (folder / "a.net").write_text(SMALL)
    return "a.net"


def test_the_curve_and_the_line_to_write(netspec: Netspec, small: str, folder: Path) -> None:
    before = set(folder.iterdir())
    ended = netspec("lr-find", small)
    assert (ended.exit_code, ended.err) == (0, "")
    found = json.loads(netspec("lr-find", small, "--format", "json").out)
    assert f"lr={found['steepest']:g}" in ended.out and "┤" in ended.out
    assert f"train {{ optimizer = {found['optimizer']} }}" in ended.out
    assert found["optimizer"] == f"sgd(lr={found['suggested']:g})"
    assert found["suggested"] == min(found["steepest"], found["minimum_tenth"])
    assert (found["steps"][0]["lr"], found["steps"][-1]["lr"]) == (pytest.approx(1e-6), pytest.approx(10))
    assert set(folder.iterdir()) == before


def test_the_plot_is_a_new_file(netspec: Netspec, small: str) -> None:
    assert netspec("lr-find", small, "--plot", "a.png", "--steps", "20").err == "the curve: a.png\n"
    with Image.open("a.png") as image:
        assert image.width > 500
    refused = netspec("lr-find", small, "--plot", "a.png", "--steps", "20")
    assert refused.exit_code == 5 and "it is there already" in refused.err


def test_a_loss_that_never_falls_suggests_nothing(netspec: Netspec, small: str) -> None:
    ended = netspec("lr-find", small, "--from", "1e-12", "--to", "1e-11", "--steps", "20")
    assert ended.exit_code == 1
    assert "doesn't fall clearly" in ended.out


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--from", "1", "--to", "0.1"], 2, "--from 1 isn't below --to 0.1."),
        (["--plot", "a.jpg"], 2, "--plot writes a PNG"),
        (["--steps", "3"], 2, "'--steps'"),
        (["--from", "0"], 2, "'--from'"),
    ],
)
def test_what_makes_no_sense_is_refused(netspec: Netspec, arguments: list[str], code: int, said: str) -> None:
    ended = netspec("lr-find", SPEC, *arguments)
    assert ended.exit_code == code
    assert said in ended.err


def test_an_optimizer_that_finds_its_own_steps(netspec: Netspec, folder: Path) -> None:
    (folder / "a.net").write_text(SMALL.replace("sgd(lr=0.1)", "rprop"))
    ended = netspec("lr-find", "a.net")
    assert ended.exit_code == 1
    assert "`rprop` don't follow the learning rate" in ended.err
