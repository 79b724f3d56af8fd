"""A teacher that can't be learned from is reported before anything is loaded, at the place that names it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from shutil import copytree

import pytest

from netspec import api
from tests.specs import check

IMAGES = "data { source = synthetic(image=[2, 8, 8], classes=3, samples=60), batch_size = 16 }"
TEACHER = "model { flatten -> fc1: linear(8) -> relu -> head: linear(3) }\ntrain { epochs = 1 }"
STUDENT = "model { flatten -> fc1: linear(4) -> relu -> head: linear(3) }"
TABLE = """
data { source = synthetic(features=4, classes=3, samples=60) }
model { linear(3) }
train { epochs = 1 }
"""
OTHERS = {
    "images": f"{IMAGES}\n{TEACHER}",
    "large": f"{IMAGES.replace('8, 8', '9, 9')}\n{TEACHER}",
    "five": f"{IMAGES.replace('classes=3', 'classes=5')}\n{TEACHER.replace('linear(3)', 'linear(5)')}",
    "table": TABLE,
    "seeds": f"{IMAGES}\n{TEACHER.replace('epochs = 1', 'epochs = 1, seeds = 2')}",
}


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with runs of which some can be learned from, and with what only looks like them."""
    folder = tmp_path_factory.mktemp("runs")
    for name, text in OTHERS.items():
        api.run(check(text).require(), out=folder / name, device="cpu")
    (folder / "empty").mkdir()
    (folder / "a_file").write_text("")
    unfinished = folder / "unfinished"
    unfinished.mkdir()
    (unfinished / "spec.json").write_bytes((folder / "images" / "spec.json").read_bytes())
    damaged = folder / "damaged"
    damaged.mkdir()
    (damaged / "spec.json").write_text("{")
    newer = folder / "newer"
    newer.mkdir()
    record = json.loads((folder / "images" / "spec.json").read_text()) | {"format": 99}
    (newer / "spec.json").write_text(json.dumps(record))
    renamed = folder / "renamed"
    copytree(folder / "images", renamed)
    record = json.loads((renamed / "spec.json").read_text())
    record["data"]["type"]["target"]["names"] = ["0", "2", "1"]
    (renamed / "spec.json").write_text(json.dumps(record))
    return folder


def messages(runs: Path, loss: str, data: str = IMAGES, model: str = STUDENT) -> list[str]:
    text = f"{data}\n{model}\ntrain {{ epochs = 1, loss = {loss} }}"
    return [f"{found.code} {found.message}" for found in check(text, folder=runs).diagnostics]


def test_a_good_teacher_is_found_beside_the_spec_and_below_the_current_folder(
    runs: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert messages(runs, 'cross_entropy + distillation(teacher=from_run("images"))') == []
    monkeypatch.chdir(runs)
    assert messages(tmp_path, 'cross_entropy + distillation(teacher=from_run("images"))') == []


@pytest.mark.parametrize(
    ("teacher", "message"),
    [
        ("nowhere", "there is no folder"),
        ("a_file", "is no folder"),
        ("empty", "there is no spec.json"),
        ("unfinished", "no checkpoint was saved"),
        ("damaged", "spec.json isn't what was written"),
        ("newer", "99"),
        ("seeds", "is the folder of several runs"),
        ("five", "the teacher tells 5 classes apart, and the data has 3"),
        ("large", "the teacher takes samples of image[2, 9, 9], and the data has image[2, 8, 8]"),
        ("table", "the teacher takes samples of table[4], and the data has image[2, 8, 8]"),
    ],
)
def test_a_run_that_is_no_teacher_is_told_with_the_reason(teacher: str, message: str, runs: Path) -> None:
    (found,) = messages(runs, f'cross_entropy + distillation(teacher=from_run("{teacher}"))')
    assert found.startswith("NS237 ") and message in found, found


def test_classes_in_another_order_are_told(runs: Path) -> None:
    (found,) = messages(runs, 'distillation(teacher=from_run("renamed"))')
    assert "in another order" in found, found


@pytest.mark.parametrize(
    ("loss", "message"),
    [
        ('feature_distillation("fc", TEACHER)', "the network has no layer `fc`"),
        ('feature_distillation("fc1", like="f1", TEACHER)', "the teacher has no layer `f1`"),
        ('feature_distillation("fc1", TEACHER)', "`fc1` gives [4], and the teacher's `fc1` [8]"),
        ("distillation(TEACHER, temperature=0)", "`temperature` takes"),
        ('distillation(teacher="images")', "`teacher` takes"),
        ("distillation", "needs its argument `teacher`"),
        ("distillation(TEACHER, alpha=0.5)", "alpha"),
        ('distillation(teacher=from_run("images", weights=first))', "`weights` takes"),
    ],
)
def test_what_can_not_be_compared_is_told(loss: str, message: str, runs: Path) -> None:
    found = messages(runs, f"cross_entropy + {loss}".replace("TEACHER", 'teacher=from_run("images")'))
    assert len(found) == 1 and message in found[0], found


def test_numbers_have_no_classes_to_distil(runs: Path) -> None:
    loss = 'mse + distillation(teacher=from_run("table"))'
    (found,) = messages(runs, loss, "data { source = diabetes() }", "model { linear(1) }")
    assert "`distillation` is for classes" in found, found


def test_a_teacher_is_checked_without_torch(runs: Path) -> None:
    spec = runs / "student.net"
    spec.write_text(f'{IMAGES}\n{STUDENT}\ntrain {{ loss = distillation(teacher=from_run("images")) }}')
    code = (
        "import sys; from pathlib import Path; from netspec.checker import check_file\n"
        f"assert check_file(Path({str(spec)!r})).program is not None\n"
        "assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
