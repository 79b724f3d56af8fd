"""What is done with runs: listed, judged again, asked about new samples. Their folders are enough."""

from __future__ import annotations

import gc
import json
import re
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from netspec.checker import check_file
from netspec.cli.main import main as command
from tests.runs import run_one

SPEC = """\
data { source = mnist_sample(), transform = normalize(measured), validation = 20% }
model { flatten -> linear(10) }
train { epochs = 2, seed = 3 }
"""


def main(arguments: list[str]) -> int:
    """What a command ends with."""
    with pytest.raises(SystemExit) as ended:
        command(arguments)
    assert isinstance(ended.value.code, int)
    gc.enable()
    return ended.value.code


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a finished run, whose spec has gone."""
    folder = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        Path("digits.net").write_text(SPEC)
        result = run_one("digits.net", device="cpu")
        program = check_file(Path("digits.net")).require()
        images = program.sources[0].load(program.folders)
        assert images.test is not None
        Path("images").mkdir()
        for number in range(3):
            Image.fromarray(images.test.inputs[0][number][0]).save(f"images/{number}.png")
        Path("expected.json").write_text(json.dumps(result.test.values if result.test else {}))
        Path("digits.net").unlink()
    return folder


@pytest.fixture
def run(home: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(home)
    (folder,) = Path("runs/digits").glob("2*")
    return str(folder)


def test_runs_are_listed_with_what_they_came_to(run: str, capsys):
    assert main(["runs", "--format", "json"]) == 0
    (facts,) = json.loads(capsys.readouterr().out)
    assert (facts["run"], facts["state"], facts["epochs"]) == (run, "finished", 2)
    assert main(["runs"]) == 0
    assert "finished" in capsys.readouterr().out


def test_no_runs_are_no_error(tmp_path: Path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["runs"]) == 0
    assert "there are no runs" in capsys.readouterr().err


def test_a_run_is_judged_again_as_it_was(run: str, capsys):
    assert main(["eval", run, "--weights", "last", "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    expected = json.loads(Path("expected.json").read_text())
    assert {name: found[name] for name in expected} == pytest.approx(expected, rel=1e-6)
    for split in ("validation", "train"):
        assert main(["eval", run, "--split", split]) == 0
        assert f"\n{split}" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [["eval"], ["predict", "images/0.png"], ["report", "--out"]])
def test_a_spec_stands_for_its_newest_run(run: str, arguments: list[str], tmp_path: Path, capsys):
    verb, *rest = [*arguments, str(tmp_path / "page.html")] if arguments[-1] == "--out" else arguments
    assert main([verb, "digits.net", *rest]) == 0
    by_spec = capsys.readouterr().out
    assert main([verb, run, *rest]) == 0
    assert capsys.readouterr().out == by_spec
    assert main([verb, "other.net", *rest]) == 5
    assert "`runs/other`" in capsys.readouterr().err


@pytest.mark.parametrize(("stop", "default"), [("", "last"), ("stop = early_stopping(patience=9 epochs), ", "best")])
def test_a_run_is_asked_with_the_weights_that_it_ended_with(
    stop: str, default: str, tmp_path: Path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    worse = "epochs = 2, optimizer = sgd(lr=1e-3), schedule = multi_step(at=[1 epoch], gamma=1e5)"
    Path("digits.net").write_text(SPEC.replace("epochs = 2", f"{stop}{worse}"))
    result = run_one("digits.net", device="cpu")
    assert result.best_epoch == 1, "the last weights aren't the best ones"
    found: dict[str, float] = {}
    for weights in ("", "best", "last"):
        chosen = ["--weights", weights] if weights else []
        assert main(["eval", str(result.folder), *chosen, "--format", "json"]) == 0
        found[weights] = json.loads(capsys.readouterr().out)["loss"]
    assert result.test is not None
    assert found[""] == found[default] == pytest.approx(result.test.values["loss"], rel=1e-6)
    assert found["best"] != found["last"]


def test_the_report_is_written_anew(run: str, tmp_path: Path, capsys):
    page, plot = Path(run) / "report.html", Path(run) / "plots" / "roc.png"
    before = page.read_text(encoding="utf-8")
    page.unlink()
    plot.unlink()
    assert main(["report", run]) == 0
    assert capsys.readouterr().out == f"{page}\n"
    assert plot.exists()
    names = re.compile(r"(?<=#p)\w{10}|(?<=id=\"p)\w{10}")
    assert names.sub("", page.read_text(encoding="utf-8")) == names.sub("", before)


def test_the_report_can_be_written_elsewhere(run: str, tmp_path: Path):
    assert main(["report", run, "--out", str(tmp_path / "page.html")]) == 0
    assert [path.name for path in tmp_path.iterdir()] == ["page.html"]
    assert main(["report", run, "--out", str(tmp_path / "none" / "page.html")]) == 5
    assert main(["report", str(tmp_path)]) == 5, "that is no run"


def test_predictions_are_those_of_the_network_with_what_was_measured_in_training(run: str, capsys):
    assert main(["predict", run, *(f"images/{n}.png" for n in range(3)), "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [item["sample"] for item in found] == ["images/0.png", "images/1.png", "images/2.png"]
    for item in found:
        assert sum(item["probabilities"].values()) == pytest.approx(1, abs=1e-5)
        assert item["label"] == next(iter(item["probabilities"]))
    # a folder is its images, and in a batch of one each is the same
    assert main(["predict", run, "images", "--format", "json"]) == 0
    whole = json.loads(capsys.readouterr().out)
    assert [item["label"] for item in whole] == [item["label"] for item in found]
    assert main(["predict", run, "images/1.png"]) == 0
    assert "%" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda path: Image.new("L", (50, 40)).save(path), "is 40 x 50, and the network takes 28 x 28"),
        (lambda path: path.write_text("no image"), "isn't an image that can be read"),
        (lambda path: path.write_bytes(b""), "isn't an image that can be read"),
        (lambda path: path.mkdir(), "there is no image in"),
        (lambda path: None, "there is no file"),
    ],
    ids=["another size", "no image", "nothing", "an empty folder", "no file"],
)
def test_what_can_t_be_read_is_named(run: str, tmp_path: Path, capsys, make, said: str):
    path = tmp_path / "x.png"
    make(path)
    assert main(["predict", run, str(path)]) == 3
    told = capsys.readouterr().err
    assert said in told
    assert "x.png" in told


def test_images_are_resized_where_that_is_asked_for(run: str, tmp_path: Path, capsys):
    Image.fromarray(np.zeros((40, 50, 3), dtype=np.uint8)).save(tmp_path / "big.jpg")
    assert main(["predict", run, str(tmp_path / "big.jpg"), "--resize"]) == 0
    assert "big.jpg" in capsys.readouterr().out


def test_rows_of_a_table_are_predicted_by_their_columns(tmp_path: Path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    rows = [f"{n % 7},{n % 5},{'a' if n % 7 > 3 else 'b'}" for n in range(60)]
    Path("t.csv").write_text("x,y,kind\n" + "\n".join(rows) + "\n")
    text = 'data { source = csv("t.csv", target="kind"), transform = standardize(measured), test = 20% }\n'
    Path("t.net").write_text(text + "model { linear(2) }\ntrain { epochs = 1 }\n")
    folder = str(run_one("t.net", device="cpu").folder)
    Path("new.csv").write_text("y,other,x\n1,?,6\n1,?,0\n")
    assert main(["predict", folder, "new.csv", "--format", "json"]) == 0
    assert [item["sample"] for item in json.loads(capsys.readouterr().out)] == ["new.csv:1", "new.csv:2"]
    Path("bad.csv").write_text("x\n1\n")
    assert main(["predict", folder, "bad.csv"]) == 3
    assert "has no column `y`" in capsys.readouterr().err
    Path("bad.csv").write_text("x,y\n1,2\n1,two\n")
    assert main(["predict", folder, "bad.csv"]) == 3
    assert "`two` in the column `y` is not a number" in capsys.readouterr().err


def test_predictions_have_the_classes_and_categories_that_were_learned(tmp_path: Path, monkeypatch, capsys):
    """Whatever became of the data since."""
    monkeypatch.chdir(tmp_path)
    rows = [f"{'old' if n % 3 else 'new'},{n % 5},{'yes' if n % 3 else 'no'}" for n in range(60)]
    table = "age,x,kind\n" + "\n".join(rows) + "\n"
    Path("t.csv").write_text(table)
    text = 'data { source = csv("t.csv", target="kind", categories=["age"]), test = 20% }\n'
    Path("t.net").write_text(text + "model { linear(2) }\ntrain { epochs = 9, optimizer = adam(lr=0.1) }\n")
    folder = str(run_one("t.net", device="cpu").folder)
    Path("new.csv").write_text("age,x\nold,1\nnew,1\n")

    def labels() -> list[str]:
        assert main(["predict", folder, "new.csv", "--format", "json"]) == 0
        return [item["label"] for item in json.loads(capsys.readouterr().out)]

    assert labels() == ["yes", "no"]
    # in the order of their texts the categories change places, and so do the classes
    Path("t.csv").write_text(table.replace("old", "aged").replace("yes", "indeed"))
    assert labels() == ["yes", "no"]
    assert main(["eval", folder]) == 3
    assert "the class `indeed` instead of `no`" in capsys.readouterr().err
    Path("t.csv").unlink()
    assert labels() == ["yes", "no"]
    assert main(["eval", folder]) == 3
    assert "there is no file `t.csv`" in capsys.readouterr().err


def test_columns_without_names_are_taken_by_their_places(tmp_path: Path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    text = "data { source = synthetic(features=3, classes=2, samples=60) }\nmodel { linear(2) }\ntrain { epochs = 1 }\n"
    Path("t.net").write_text(text)
    folder = str(run_one("t.net", device="cpu").folder)
    Path("new.csv").write_text("any,name,any\n1,0,6\n1,0,-6\n")
    assert main(["predict", folder, "new.csv", "--format", "json"]) == 0
    assert [item["sample"] for item in json.loads(capsys.readouterr().out)] == ["new.csv:1", "new.csv:2"]
    Path("bad.csv").write_text("a,b\n1,2\n")
    assert main(["predict", folder, "bad.csv"]) == 3
    assert "`bad.csv` has 2 columns, and the network takes 3" in capsys.readouterr().err
    Path("bad.csv").write_text("1,0,6\n1,0,-6\n")
    assert main(["predict", folder, "bad.csv"]) == 3
    assert "its first line holds numbers, where the names of the columns belong" in capsys.readouterr().err


@pytest.mark.parametrize("verb", [["eval"], ["predict"]])
def test_what_is_no_run_is_said(verb: list[str], tmp_path: Path, capsys):
    assert main([*verb, str(tmp_path), *(["a.png"] if verb == ["predict"] else [])]) == 5
    assert "isn't the folder of a run" in capsys.readouterr().err


def test_a_damaged_checkpoint_is_not_taken(run: str, capsys, tmp_path: Path):
    copy = tmp_path / "copy"
    shutil.copytree(run, copy)
    for weights in (copy / "checkpoints").glob("*/model.safetensors"):
        weights.write_bytes(weights.read_bytes()[:-1] + b"!")
    assert main(["eval", str(copy)]) == 5
    assert "is damaged" in capsys.readouterr().err


def test_folds_are_run_listed_and_looked_at_by_themselves(tmp_path: Path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Path("folds.net").write_text(
        "data { source = iris(), validation = kfold(2) }\nmodel { linear(3) }\ntrain { epochs = 1 }\n"
    )
    assert main(["run", "folds.net", "--device", "cpu"]) == 0
    said = capsys.readouterr().out
    assert "fold 2   2 of 2" in said and "validation.accuracy" in said
    (folder,) = Path("runs/folds").glob("2*")
    assert said.rstrip().endswith(str(folder))
    assert main(["run", "--resume", "folds.net"]) == 0
    assert "is finished" in capsys.readouterr().err
    assert main(["runs"]) == 0
    assert str(folder) in capsys.readouterr().out
    assert main(["eval", str(folder)]) == 5
    assert f"it is that of 2 runs, as `{folder}/fold-1`" in capsys.readouterr().err
    assert main(["eval", str(folder / "fold-2"), "--split", "validation"]) == 0
    capsys.readouterr()
    written = (folder / "report.html").read_text()
    (folder / "report.html").unlink()
    assert main(["report", str(folder)]) == 0
    assert capsys.readouterr().out == f"{folder}/report.html\n"
    assert (folder / "report.html").read_text() == written
    assert main(["report", str(folder), "--out", "page.html"]) == 0
    assert Path("page.html").read_text() == written


def test_a_rehearsal_keeps_nothing(tmp_path: Path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Path("a.net").write_text(
        "data { source = iris(), test = 20% }\nmodel { linear(3) }\ntrain { optimizer = adam(lr=0.1) }\n"
    )
    assert main(["run", "a.net", "--smoke", "--device", "cpu"]) == 0
    assert capsys.readouterr().out.endswith("all of it works: training, test, checkpoint and report\n")
    assert main(["run", "a.net", "--overfit", "1", "--device", "cpu"]) in (0, 4)
    assert not Path("runs").exists()
    for wrong in (["--smoke", "--overfit", "1"], ["--smoke", "--out", "x"], ["--overfit", "1", "--resume"]):
        assert main(["run", "a.net", *wrong]) == 2
