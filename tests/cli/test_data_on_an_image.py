"""`netspec data SPEC --on IMAGE`: an image of the user as training would see it, with what was measured of the data."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from netspec import api
from netspec.data.prepare import load_splits, prepare_splits
from tests.cli.conftest import Netspec
from tests.cli.test_data import CPU, IMAGES, PLAIN
from tests.specs import check


@pytest.fixture
def photo(folder: Path) -> Path:
    pixels = np.random.default_rng(0).integers(0, 256, (8, 8, 3), np.uint8)
    Image.fromarray(pixels).save(folder / "my photo.png")
    return folder / "my photo.png"


def as_tensor(photo: Path) -> torch.Tensor:
    return torch.from_numpy(np.array(Image.open(photo))).permute(2, 0, 1).float() / 255


def test_it_is_transformed_with_what_was_measured_of_the_data(photo: Path, tmp_path: Path) -> None:
    program = check(PLAIN, folder=tmp_path).require()
    (shown,) = api.data_facts(program, on=photo).previews
    (measured,) = prepare_splits(load_splits(program), CPU).data_record.fitted
    mean, std = (torch.tensor(measured[name]).reshape(3, 1, 1) for name in ("mean", "std"))
    assert shown.names == ("my photo.png",)
    torch.testing.assert_close(shown.before, as_tensor(photo)[None])
    (epoch,) = shown.epochs
    torch.testing.assert_close(epoch[0], (as_tensor(photo) - mean) / std)


def test_it_is_augmented_anew_in_each_epoch_and_the_same_each_time(photo: Path, tmp_path: Path) -> None:
    """Each is the image, mirrored or not, moved by at most the two pixels that it is padded with."""
    program = check(IMAGES, folder=tmp_path).require()
    (shown,) = api.data_facts(program, on=photo).previews
    padded = torch.nn.functional.pad(as_tensor(photo), (2, 2, 2, 2))
    crops = [view[:, y : y + 8, x : x + 8] for view in (padded, padded.flip(2)) for y in range(5) for x in range(5)]
    assert len(shown.undone) == 5
    for images in shown.undone:
        assert any(torch.allclose(images[0], crop, atol=1e-5) for crop in crops)
    assert not torch.equal(shown.epochs[0], shown.epochs[1])
    (again,) = api.data_facts(program, on=photo).previews
    assert all(map(torch.equal, shown.epochs, again.epochs))


def test_the_picture_is_named_after_the_spec_and_the_image(netspec: Netspec, photo: Path) -> None:
    Path("a.net").write_text(IMAGES)
    ended = netspec("data", "a.net", "--show", "--on", photo.name)
    assert (ended.exit_code, ended.err) == (0, "samples as the network sees them: a-my_photo.png\n")
    with Image.open("a-my_photo.png") as image:
        assert image.height < 400 < image.width
    assert netspec("data", "a.net", "--on", photo.name).exit_code == 5, "it is there already"
    assert netspec("data", "a.net", "--on", photo.name, "--show", "other.png").exit_code == 0
    assert Path("other.png").exists()


def test_an_image_of_another_size_is_refused_with_the_way_out(netspec: Netspec, folder: Path) -> None:
    Path("a.net").write_text(IMAGES)
    Image.new("RGB", (40, 30)).save("big.jpg")
    ended = netspec("data", "a.net", "--on", "big.jpg")
    assert ended.exit_code == 3
    assert "is 30 x 40, and the network takes 8 x 8" in ended.err and "--resize" in ended.err
    assert netspec("data", "a.net", "--on", "big.jpg", "--resize").exit_code == 0
    assert Path("a-big.png").exists()


@pytest.mark.parametrize(
    ("arguments", "exit_code", "said"),
    [
        (("a.net", "--resize"), 2, "--resize is for the image of --on"),
        (("a.net", "--on", "none.png"), 3, "there is no file"),
        (("a.net", "--on", "a.net"), 3, "isn't an image that can be read"),
        (("a.net", "--on", "."), 3, "`.` is no file"),
        (("specs/logistic_regression.net", "--on", "my photo.png"), 3, "no image"),
        (("specs/zoo/siamese.net", "--on", "my photo.png"), 3, "can't be shown"),
    ],
)
def test_what_can_t_be_shown_is_said(
    netspec: Netspec, photo: Path, arguments: tuple[str, ...], exit_code: int, said: str
) -> None:
    Path("a.net").write_text(IMAGES)
    ended = netspec("data", *arguments)
    assert ended.exit_code == exit_code
    assert said in ended.err
