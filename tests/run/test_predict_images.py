"""Images to predict are read as the source of the run read its own."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from netspec import api
from netspec.data.predict_inputs import read_inputs
from netspec.formats.errors import DataError
from netspec.problems import NetspecError
from tests.specs import check

ORIENTATION = 0x0112
SPEC = """\
data {{
  source = image_folder("p", {arguments})
}}
model {{ flatten -> linear(2) }}
train {{ epochs = 1 }}
"""


def spec_for(folder: Path, arguments: str) -> str:
    """A spec for two classes of pictures of several sizes, some transparent, some lying on their side."""
    rng = np.random.default_rng(0)
    for number in range(8):
        path = folder / "p" / ("cat", "dog")[number % 2] / f"{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        exif = Image.Exif()
        exif[ORIENTATION] = number + 1
        pixels = rng.integers(0, 256, (6 + number, 9, 4), dtype=np.uint8)
        Image.fromarray(pixels).save(path, exif=exif)
    return SPEC.format(arguments=arguments)


@pytest.mark.parametrize("arguments", ["size=[8, 8], mode=rgb", "size=[5, 7], mode=gray, background=[1, 0, 0.5]"])
def test_what_is_predicted_is_what_was_trained_on(tmp_path: Path, arguments: str) -> None:
    program = check(spec_for(tmp_path, arguments), folder=tmp_path).require()
    (trained,) = program.assumed.load(program.folders).train.inputs
    paths = sorted((tmp_path / "p").rglob("*.png"))
    read = read_inputs(program, paths, resize=False)
    assert [sample.name for sample in read] == [str(path) for path in paths]
    assert np.array_equal(np.stack([sample.values for sample in read]), trained)


def test_a_run_with_a_size_takes_pictures_of_any_size(tmp_path: Path) -> None:
    (tmp_path / "s.net").write_text(spec_for(tmp_path, "size=[8, 8], mode=rgb"))
    run = api.run(tmp_path / "s.net", out=tmp_path / "run", device="cpu")
    Image.new("L", (33, 21)).save(tmp_path / "new.jpg")
    (found,) = api.predict(run.folder, [tmp_path / "new.jpg"])
    assert found.values["label"] in ("cat", "dog")


def test_a_run_without_a_size_takes_pictures_of_its_own(tmp_path: Path) -> None:
    for name in ("cat", "dog"):
        (tmp_path / "p" / name).mkdir(parents=True)
        Image.new("RGB", (4, 4)).save(tmp_path / "p" / name / "1.png")
    program = check(SPEC.format(arguments="mode=rgb"), folder=tmp_path).require()
    for number in range(15):
        Image.new("RGB", (5, 4)).save(tmp_path / f"{number:02}.png")
    with pytest.raises(DataError) as caught:
        read_inputs(program, sorted(tmp_path.glob("*.png")), resize=False)
    assert "00.png` is 4 x 5, and the network takes 4 x 4" in caught.value.reason
    assert "--resize" in (caught.value.help or "") and caught.value.notes[-1] == "and 4 more"


def test_what_is_hidden_in_a_folder_is_not_predicted(tmp_path: Path) -> None:
    program = check(spec_for(tmp_path, "size=[8, 8], mode=rgb"), folder=tmp_path).require()
    for name in ("__MACOSX/._0.png", ".hidden/0.png", "cat/._0.png"):
        path = tmp_path / "p" / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"")
    assert len(read_inputs(program, [tmp_path / "p"], resize=False)) == 8


def test_an_image_for_a_table_is_named_and_not_printed(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("a,b,kind\n" + "".join(f"{n},{n},{n % 2}\n" for n in range(20)))
    spec = 'data { source = csv("t.csv", target="kind") }\nmodel { linear(2) }\ntrain { epochs = 1 }\n'
    (tmp_path / "s.net").write_text(spec)
    run = api.run(tmp_path / "s.net", out=tmp_path / "run", device="cpu")
    Image.new("RGB", (4, 4)).save(tmp_path / "x.png")
    with pytest.raises(NetspecError, match=r"x\.png` is an image, but this network takes table\[2\]") as caught:
        api.predict(run.folder, [tmp_path / "x.png"])
    assert "\x89" not in str(caught.value.diagnostics)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    program = check(spec_for(tmp_path, "size=[8, 8], mode=rgb"), folder=tmp_path).require()
    os.mkfifo(tmp_path / "x.png")
    with pytest.raises(DataError, match=r"x\.png` is no file"):
        read_inputs(program, [tmp_path / "x.png"], resize=False)
