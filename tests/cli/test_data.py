"""`netspec data`: what the data is, and that what is shown is what training sees."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from netspec import memory as allocate
from netspec.data.facts import DataFacts
from netspec.data.prepare import load_splits, prepare, prepare_splits
from netspec.data.preview import chosen, preview
from netspec.report.data_facts import bar
from netspec.report.samples import pixels
from tests.cli.conftest import Netspec
from tests.cli.test_verbs import SPEC
from tests.specs import check

CPU = torch.device("cpu")
IMAGES = """\
data {
  source     = synthetic(image=[3, 8, 8], classes=4, samples=80)
  transform  = normalize(measured)
  augment    = random_crop(8, padding=2) -> random_horizontal_flip
  validation = 20%
  batch_size = 16
}
model { flatten -> linear(4) }
train { seed = 3 }
"""
PLAIN = IMAGES.replace("  augment    = random_crop(8, padding=2) -> random_horizontal_flip\n", "")


def test_splits_classes_and_numbers_before_and_after(netspec: Netspec) -> None:
    ended = netspec("data", SPEC, "--format", "json")
    assert (ended.exit_code, ended.err) == (0, "")
    found = json.loads(ended.out)
    assert found["source"] == "mnist_sample()"
    assert found["samples"] == {"train": 3600, "validation": 400, "test": 1000}
    assert found["classes"][3] == {"name": "3", "train": 360, "validation": 40, "test": 100}
    (images,) = found["inputs"]
    (before,), (after,) = images["before"]["parts"], images["after"]["parts"]
    assert (images["before"]["dtype"], before["low"], before["high"]) == ("uint8", 0, 1)
    measured = found["transform"][0]["measured"]
    assert [before["mean"], before["std"]] == pytest.approx([*measured["mean"], *measured["std"]])
    assert [after["mean"], after["std"]] == pytest.approx([0, 1], abs=1e-5)
    text = netspec("data", SPEC).out
    assert "3600 train, 400 validation, 1000 test" in text
    assert "360  10.0%  ██████████" in text


def test_numbers_are_those_of_numpy(tmp_path: Path) -> None:
    """Large numbers that differ little, in more than one portion, and missing ones."""
    rows = [f"{10**9 + n % 7},{n if n % 3 else ''},{n % 2}" for n in range(1200)]
    (tmp_path / "t.csv").write_text("a,b,kind\n" + "\n".join(rows) + "\n")
    text = 'data { source = csv("t.csv", target="kind"), transform = fill_missing(mean) -> standardize(measured) }\n'
    divided = load_splits(check(text + "model { linear(2) }\n", folder=tmp_path).require())
    facts = DataFacts.of(divided, prepare_splits(divided, CPU))
    for number, spread in enumerate(facts.inputs[0].before.spreads):
        column = divided.train.inputs[0][:, number]
        assert spread.name == "ab"[number]
        assert spread.missing == np.isnan(column).sum()
        found = (spread.low, spread.high, spread.mean, spread.std)
        least = np.nanmin(column)
        expected = [float(f(column)) for f in (np.nanmin, np.nanmax, np.nanmean)]
        expected.append(float(np.nanstd(column - least)))  # numpy loses digits of large numbers
        assert found == pytest.approx(expected, rel=1e-9)


def test_what_is_shown_is_what_training_sees(tmp_path: Path) -> None:
    program = check(IMAGES, folder=tmp_path).require()
    divided = load_splits(program)
    data = prepare_splits(divided, CPU)
    (shown,) = preview(divided, data, 6, 3)
    assert shown.names == ("0", "1", "2", "3", "0", "1")
    for epoch, images in enumerate(shown.epochs, start=1):
        trained = torch.cat([inputs for (inputs,), _ in prepare(program, CPU).epoch(epoch)])
        assert all(any(torch.equal(image, other) for other in trained) for image in images)
    assert not torch.equal(shown.epochs[0], shown.epochs[1])


def test_where_there_is_no_room_it_is_said(netspec: Netspec, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "a.net").write_text(PLAIN)
    monkeypatch.setattr(allocate, "available", lambda: 1024)
    monkeypatch.setenv(allocate.CACHE_FOLDER, str(folder / "a.net"))
    ended = netspec("data", "a.net")
    assert ended.exit_code == 3
    assert "there is no room for the data" in ended.err and allocate.CACHE_FOLDER in ended.err


def test_what_is_undone_is_the_image_again(tmp_path: Path) -> None:
    divided = load_splits(check(PLAIN, folder=tmp_path).require())
    (shown,) = preview(divided, prepare_splits(divided, CPU), 6, 3)
    (images,) = shown.undone
    torch.testing.assert_close(images, shown.before)


def test_samples_come_class_by_class() -> None:
    targets = np.array([2, 2, 0, 0, 0, 1])
    assert targets[chosen(targets, 6)].tolist() == [0, 1, 2, 0, 2, 0]
    assert chosen(targets, 6).tolist() == [2, 5, 0, 3, 1, 4]


def test_the_picture_is_a_new_file(netspec: Netspec, folder: Path) -> None:
    (folder / "a.net").write_text(IMAGES)
    assert "a-data.png" in netspec("data", "a.net", "--show").err
    with Image.open("a-data.png") as image:
        assert image.width > 1000
    refused = netspec("data", "a.net", "--show")
    assert refused.exit_code == 5 and "it is there already" in refused.err
    assert netspec("data", "a.net", "--show", "--force").exit_code == 0
    assert netspec("data", "a.net", "--show", "other.png").exit_code == 0
    assert (folder / "other.png").exists()


def test_rows_of_tables_are_shown_in_the_terminal(netspec: Netspec, folder: Path) -> None:
    ended = netspec("data", "specs/logistic_regression.net", "--show")
    assert "as it is" in ended.out and "every epoch" in ended.out
    assert not list(folder.glob("*.png"))


def test_points_in_a_plane_are_drawn_too(netspec: Netspec, folder: Path) -> None:
    (folder / "a.net").write_text("data { source = moons(200) }\nmodel { linear(2) }\n")
    ended = netspec("data", "a.net", "--show")
    assert ended.err.endswith("the points of the training split: a-data.png\n")
    assert "every epoch" in ended.out
    with Image.open("a-data.png") as image:
        assert image.width > 1000


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--show", SPEC], f"Did you mean 'netspec data {SPEC} --show'?"),
        ([SPEC, "--show", "a.jpg"], "--show writes a PNG"),
        ([], "Missing argument 'SPEC'"),
    ],
)
def test_what_is_no_use_of_it_is_said(netspec: Netspec, arguments: list[str], said: str) -> None:
    ended = netspec("data", *arguments)
    assert ended.exit_code == 2
    assert said in ended.err


def test_classes_that_are_empty_or_rare(netspec: Netspec, folder: Path) -> None:
    rows = [f"{n},{'a' if n > 3 else 'bc'[n % 2]}" for n in range(200)]
    (folder / "t.csv").write_text("x,kind\n" + "\n".join(rows) + "\n")
    text = 'data { source = csv("t.csv", target="kind"), test = 5% }\nmodel { linear(3) }\n'
    (folder / "a.net").write_text(text)
    ended = netspec("data", "a.net")
    assert ended.exit_code == 0
    assert "the test split has no sample of the classes `b`, `c`" in ended.err
    assert "the classes `b`, `c` have few samples, the rarest 2 of 190 training samples" in ended.err


def test_a_bar_is_seen_however_little_there_is() -> None:
    assert [bar(share) for share in (0, 1e-9, 0.05, 0.5, 1)] == ["", "▏", "▌", "█████", "██████████"]


def test_other_numbers_of_channels_are_grey() -> None:
    assert pixels(torch.rand(3, 4, 5)).shape == (4, 5, 3)
    assert pixels(torch.rand(1, 4, 5)).shape == pixels(torch.rand(5, 4, 5)).shape == (4, 5)
