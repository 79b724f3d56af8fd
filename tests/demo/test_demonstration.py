"""What the page of a run gets: the predictions of `netspec predict`, similar samples, and clear refusals."""

from __future__ import annotations

import csv
import io
import shutil
from base64 import b64decode, b64encode
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from netspec import api
from netspec.data.prepare import load_splits
from netspec.demo import similar
from netspec.demo.forms import MOST_BYTES, mostly_dark
from netspec.demo.similar import penultimate
from netspec.problems import NetspecError
from netspec.runner.uses.saved_run import SavedRun
from tests.demo.conftest import CITIES, FLATS, Visit, train, write_flats
from tests.specs import check


def picture(path: Path) -> dict[str, str]:
    return {"picture": b64encode(path.read_bytes()).decode()}


def drawn(path: Path, size: tuple[int, int] = (280, 280), mode: str = "L", format: str = "PNG") -> Path:
    """An image file with a bar and noise."""
    pixels = np.random.default_rng(0).integers(0, 60, (*size, 4), dtype=np.uint8)
    pixels[size[0] // 5 : -size[0] // 5, size[1] // 2 - 9 : size[1] // 2 + 9] = 250
    pixels[..., 3] = 200 if mode == "RGBA" else 255
    Image.fromarray(pixels, "RGBA").convert(mode).save(path, format)
    return path


# ---- predictions ----


@pytest.mark.parametrize(
    ("size", "mode", "format"), [((28, 28), "L", "PNG"), ((280, 210), "RGBA", "PNG"), ((64, 90), "RGB", "JPEG")]
)
def test_an_image_has_the_probabilities_that_predict_gives_it(
    digits: Path, visit: Visit, tmp_path: Path, size: tuple[int, int], mode: str, format: str
) -> None:
    file = drawn(tmp_path / "drawn.img", size, mode, format)
    (expected,) = api.predict(digits, [file], resize=True)
    with visit(digits) as person:
        found = person.post("/predict", picture(file))
    assert found["label"] == expected.values["label"]
    assert found["probabilities"] == [[name, value] for name, value in expected.values["probabilities"].items()]
    shown = Image.open(io.BytesIO(b64decode(found["shown"].partition(",")[2])))
    assert shown.size == (28, 28)


@pytest.mark.parametrize(("separator", "decimal"), [(",", "."), (";", ",")])
@pytest.mark.parametrize(
    ("target", "ignore", "outputs"), [('class("sold")', "price", 2), ('number("price")', "sold", 1)]
)
def test_a_row_has_the_prediction_that_predict_gives_it(
    visit: Visit, tmp_path: Path, separator: str, decimal: str, target: str, ignore: str, outputs: int
) -> None:
    write_flats(tmp_path, separator, decimal)
    more = f', decimal="{decimal}", ignore=["{ignore}"]'
    run = train(tmp_path, FLATS.format(target=target, more=more, outputs=outputs))
    rows = [["3", "51.25", CITIES[2]], ["0", "", CITIES[1]], ["1e1", " 7 ", CITIES[0]]]
    with (tmp_path / "new.csv").open("w", newline="", encoding="utf-8") as file:
        written = [[cell.replace(".", decimal) if cell not in CITIES else cell for cell in row] for row in rows]
        csv.writer(file, delimiter=separator).writerows([["rooms", "area", "city"], *written])
    expected = api.predict(run, [tmp_path / "new.csv"])
    with visit(run) as person:
        found = [person.post("/predict", {"row": row}) for row in rows]
    for mine, its in zip(found, expected, strict=True):
        if outputs == 1:
            # a batch of one sample may differ from one of three in the last bits
            assert mine["number"] == pytest.approx(its.values["number"], rel=1e-6)
            assert mine["column"] == "price"
        else:
            assert mine["label"] == its.values["label"]
            assert dict(mine["probabilities"]) == pytest.approx(its.values["probabilities"], rel=1e-6)


def test_the_page_is_told_what_the_network_takes(digits: Path, flats: Path, visit: Visit) -> None:
    with visit(digits) as person:
        facts = person.get("/run")
    assert (facts["form"], facts["sizes"], facts["looks"]) == ("picture", [1, 28, 28], True)
    assert facts["distance"] == "Euclidean distance of the 16 features before the last layer (head)"
    with visit(flats) as person:
        facts = person.get("/run")
    assert (facts["form"], facts["looks"], facts["gaps"]) == ("row", False, True)
    assert [column["name"] for column in facts["columns"]] == ["rooms", "area", "city"]
    assert sorted(facts["columns"][2]["categories"]) == sorted(CITIES)


def test_where_the_network_looks_is_shown_for_images_of_convolutional_networks_alone(
    digits: Path, flats: Path, visit: Visit, tmp_path: Path
) -> None:
    with visit(digits) as person:
        looked = person.post("/predict", picture(drawn(tmp_path / "a.png")))["looked"]
    pixels = np.asarray(Image.open(io.BytesIO(b64decode(looked.partition(",")[2]))), np.int16)
    assert pixels.shape == (28, 28, 3)
    assert (pixels[..., 0] - pixels[..., 2]).max() > 60, "orange lies over the gray picture"
    with visit(flats) as person:
        assert person.post("/predict", {"row": ["1", "50", CITIES[0]]})["looked"] is None


# ---- similar samples ----


def test_similar_samples_are_the_nearest_in_the_features_of_torch_by_hand(
    digits: Path, visit: Visit, tmp_path: Path
) -> None:
    file = drawn(tmp_path / "a.png", (28, 28))
    saved = SavedRun.of(digits)
    train = load_splits(saved.program).train
    head, layers = saved.network.get_submodule("head"), list(saved.network.children())
    assert layers[-1] is head
    body = torch.nn.Sequential(*layers[:-1])
    with torch.inference_mode():
        mine = body(*saved.ready([np.array(Image.open(file))[None, None]]))
        others = body(*saved.ready(train.inputs))
    distances = (others - mine).pow(2).sum(1).sqrt()
    order = distances.argsort()[:6].tolist()
    with visit(digits) as person:
        assert person.get("/samples")["chosen"] == len(train.targets)
        found = person.post("/predict", picture(file))["similar"]
    assert [one["distance"] for one in found] == pytest.approx(distances[order].tolist(), abs=2e-3)
    assert [one["target"] for one in found] == [str(train.targets[index]) for index in order]
    for one, index in zip(found, order, strict=True):
        shown = np.asarray(Image.open(io.BytesIO(b64decode(one["shown"].partition(",")[2]))), np.int16)
        assert np.abs(shown - train.inputs[0][index, 0]).max() <= 1


def test_a_row_is_most_like_itself(flats: Path, visit: Visit) -> None:
    with visit(flats) as person:
        row = person.post("/sample", {})["given"]["row"]
        nearest = person.post("/predict", {"row": row})["similar"][0]
    assert nearest["distance"] == pytest.approx(0, abs=1e-3)
    assert nearest["shown"] == row


def test_of_many_training_samples_some_are_compared_and_the_page_says_how_many(
    digits: Path, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(similar, "MOST", 50)
    with visit(digits) as person:
        found = person.get("/samples")
    assert (found["ready"], found["chosen"], found["done"]) == (True, 50, 50)
    assert found["of"] == 600


def test_wide_features_are_of_fewer_samples(digits: Path, visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(similar, "MOST_BYTES", 4 * 16 * 30)
    with visit(digits) as person:
        assert person.get("/samples")["chosen"] == 30


@pytest.mark.parametrize(
    ("model", "path"),
    [
        ("flatten -> a: linear(4) -> relu -> b: linear(10)", "b"),
        ("flatten -> a: linear(4) -> batch_norm -> relu -> b: linear(10) -> c: batch_norm", "b"),
        ("conv(4, 3) -> a: conv(10, 1) -> global_avg_pool -> flatten", "a"),
        ("batch_norm -> global_avg_pool -> flatten", ""),
    ],
)
def test_features_are_what_the_last_linear_layer_or_convolution_takes(model: str, path: str) -> None:
    classes = 10 if path else 2
    source = f"synthetic(image=[{classes}, 8, 8], classes={classes})"
    graph = check(f"data {{ source = {source} }}\nmodel {{ {model} }}\n").require().graph
    value, name = penultimate(graph)
    assert name == path
    node = next((node for node in graph.nodes if node.path == path), None)
    assert value == (0 if node is None else node.inputs[0])


def test_without_the_data_the_page_predicts_all_the_same(visit: Visit, tmp_path: Path) -> None:
    write_flats(tmp_path)
    run = train(tmp_path, FLATS.format(target='class("sold")', more=', ignore=["price"]', outputs=2))
    (tmp_path / "flats.csv").unlink()
    with visit(run) as person:
        facts = person.get("/samples")
        assert not facts["ready"] and "flats.csv" in facts["missing"]
        found = person.post("/predict", {"row": ["1", "50", CITIES[0]]})
        assert found["label"] in ("no", "yes") and "similar" not in found
        assert person.ask("POST", "/sample", {}) == (400, {"error": "the data isn't loaded"})


def test_a_sample_of_the_data_is_one_that_the_network_was_not_trained_on(digits: Path, visit: Visit) -> None:
    with visit(digits) as person:
        found = person.post("/sample", {})
        assert found["split"] == "test" and found["target"] in "0123456789"
        pixels = np.asarray(Image.open(io.BytesIO(b64decode(found["given"]["picture"]))))
        test = load_splits(SavedRun.of(digits).program).test
        assert test is not None
        same = (test.inputs[0][:, 0] == pixels).all((1, 2))
        assert str(test.targets[same.argmax()]) == found["target"] and same.any()
        assert "label" in person.post("/predict", found["given"])


@pytest.mark.parametrize(("level", "dark"), [(20, True), (230, False)])
@pytest.mark.parametrize("dtype", [np.uint8, np.float32])
def test_light_is_drawn_on_dark_if_the_training_images_are_dark(level: int, dark: bool, dtype: Any) -> None:
    images = np.full((9, 1, 4, 4), level, np.uint8)
    images[:3] = 255 - level  # a few are otherwise
    assert mostly_dark(images if dtype is np.uint8 else images.astype(np.float32) / 255) is dark


def test_the_page_of_digits_is_told_that_they_are_dark(digits: Path, visit: Visit) -> None:
    with visit(digits) as person:
        assert person.get("/samples")["dark"] is True


# ---- what is refused ----


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (None, "has no `picture`"),
        ([], "has no `picture`"),
        ({"row": ["1"]}, "has no `picture`"),
        ({"picture": 3}, "has no `picture`"),
        ({"picture": "?"}, "isn't in base64"),
        ({"picture": ""}, "the picture"),
        ({"picture": b64encode(b"no image at all").decode()}, "the picture"),
        ({"picture": b64encode(b"\x89PNG\r\n\x1a\nbroken").decode()}, "the picture"),
    ],
)
def test_what_is_no_image_is_refused_in_words_for_the_page(digits: Path, visit: Visit, body: Any, said: str) -> None:
    with visit(digits) as person:
        status, found = person.ask("POST", "/predict", body)
    assert status == 400 and said in found["error"]
    assert "/tmp" not in found["error"] and "netspec-" not in found["error"], "the person has never seen that file"


def test_a_picture_that_is_too_large_is_refused_with_both_sizes(digits: Path, visit: Visit) -> None:
    with visit(digits) as person:
        status, found = person.ask("POST", "/predict", {"picture": "A" * (2 * MOST_BYTES)})
        assert status == 413 and "bytes, but at most" in found["error"]
        just_over = b64encode(bytes(MOST_BYTES + 1)).decode()
        status, found = person.ask("POST", "/predict", {"picture": just_over})
        assert (
            status == 400 and found["error"] == "the picture has 16_777_217 bytes, but at most 16_777_216 are accepted"
        )


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (["1", "2"], "a text for each of 3 columns"),
        ([1, 2, 3], "a text for each of 3 columns"),
        (["many", "2", CITIES[0]], "`many`"),
        (["1", "1e99", CITIES[0]], "1e99"),
        (["1", "1,5", CITIES[0]], "1,5"),
    ],
)
def test_a_row_that_can_not_be_read_is_refused_with_its_reason(
    flats: Path, visit: Visit, row: list[Any], said: str
) -> None:
    with visit(flats) as person:
        status, found = person.ask("POST", "/predict", {"row": row})
    assert status == 400 and said in found["error"] and "/tmp" not in found["error"]


def test_a_missing_value_is_refused_if_no_transform_fills_it(visit: Visit, tmp_path: Path) -> None:
    run = train(tmp_path, "data { source = iris() }\nmodel { linear(3) }\ntrain { epochs = 1 }\n")
    with visit(run) as person:
        assert person.get("/run")["gaps"] is False
        status, found = person.ask("POST", "/predict", {"row": ["5", "", "1", "1"]})
        assert status == 400 and "a value is missing in this row, and nothing fills it" in found["error"]
        assert person.post("/predict", {"row": ["5", "3", "1", "1"]})["label"]


def test_a_text_that_is_no_category_is_remarked_on(flats: Path, visit: Visit) -> None:
    with visit(flats) as person:
        found = person.post("/predict", {"row": ["1", "50", "Ulm"]})
    assert found["remark"] == "`Ulm` is none of the categories of `city`, so they are all 0"


@pytest.mark.parametrize(
    ("source", "model", "reason"),
    [
        ("image=[2, 6, 6]", "{ flatten -> linear(2) }", "no image file has 2 channels"),
        ("tokens=5", "{ embedding(1000, 4) -> flatten -> linear(2) }", "no form for `tokens[5] of 1000`"),
        ("features=501", "{ linear(2) }", "a row has 501 columns"),
        (
            "image=[1, 6, 6], features=3",
            "(image, features) { image -> flatten -> concat(features) -> linear(2) }",
            "samples have 2 inputs",
        ),
    ],
)
def test_data_that_has_no_form_is_refused(tmp_path: Path, source: str, model: str, reason: str) -> None:
    spec = f"data {{ source = synthetic({source}, classes=2) }}\nmodel{model}\ntrain {{ epochs = 1 }}\n"
    run = train(tmp_path, spec)
    with pytest.raises(NetspecError) as refused:
        api.demo(run)
    assert f"there is no page for the run in `{run}`" in str(refused.value) and reason in str(refused.value)


def test_a_folder_without_weights_is_refused(tmp_path: Path, digits: Path) -> None:
    shutil.copytree(digits, tmp_path / "run")
    shutil.rmtree(tmp_path / "run" / "checkpoints")
    for folder in (tmp_path / "run", tmp_path, tmp_path / "nothing"):
        with pytest.raises(NetspecError, match="isn't the folder of a run"):
            api.demo(folder)


def test_a_port_in_use_is_refused(digits: Path) -> None:
    with api.demo(digits) as page, pytest.raises(NetspecError, match=f"port {page.server.port} can't be used"):
        api.demo(digits, port=page.server.port)
