"""Equal samples in several splits, and with several classes: pictures and rows of tables."""

from __future__ import annotations

import itertools
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from netspec.catalogue.sources import Samples
from netspec.cli.main import main as command
from netspec.data.duplicates import digests, equal_samples
from netspec.data.prepare import load_splits
from netspec.diagnostics import Diagnostic
from tests.specs import check


def found(folder: Path, data: str, outputs: int = 2) -> list[Diagnostic]:
    """What is said of equal samples in the data of a section."""
    spec = f"data {{ {data} }}\nmodel {{ flatten -> linear({outputs}) }}\n"
    raw = load_splits(check(spec, folder=folder).require())
    return [problem.diagnose() for problem in equal_samples(raw.program, raw.splits)]


def paint(path: Path, seed: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.random.default_rng(seed).integers(0, 256, (4, 4, 3), dtype=np.uint8)).save(path)


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    names = itertools.product(("train", "test", "val"), ("cat", "dog"), ("1.png", "2.png", "3.png"))
    for number, name in enumerate(names):
        paint(tmp_path.joinpath("p", *name), number)
    return tmp_path


SOURCE = 'source = image_folder("p")'


def test_different_pictures_are_not_mentioned(pictures: Path) -> None:
    assert found(pictures, SOURCE) == []


@pytest.mark.parametrize(("folder", "split"), [("test", "test"), ("val", "validation")])
def test_pictures_in_several_splits_are_counted(pictures: Path, folder: str, split: str) -> None:
    for name in ("1.png", "2.png"):
        shutil.copy(pictures / "p/train/cat" / name, pictures / "p" / folder / "cat" / f"copy{name}")
    (diagnostic,) = found(pictures, SOURCE)
    assert diagnostic.code == "NS510" and not diagnostic.is_error
    assert diagnostic.message == f"2 of 8 {split} samples are equal to training samples"
    assert "remove the copies" in (diagnostic.help or "")


def test_a_copy_in_another_format_is_the_same_picture(pictures: Path) -> None:
    with Image.open(pictures / "p/train/cat/1.png") as image:
        image.save(pictures / "p/test/cat/copy.bmp")
    assert [each.message for each in found(pictures, SOURCE)] == ["1 of 7 test samples is equal to a training sample"]


def test_a_picture_of_two_classes_is_named(pictures: Path) -> None:
    shutil.copy(pictures / "p/train/cat/1.png", pictures / "p/train/dog/copy.png")
    (diagnostic,) = found(pictures, SOURCE)
    assert diagnostic.code == "NS511"
    assert diagnostic.message == (
        "2 of 19 samples are equal to a sample of another class, such as one of `cat` and one of `dog`"
    )


def test_a_picture_of_two_classes_in_two_splits_is_both(pictures: Path) -> None:
    shutil.copy(pictures / "p/train/cat/1.png", pictures / "p/test/dog/copy.png")
    assert [each.code for each in found(pictures, SOURCE)] == ["NS510", "NS511"]


def test_rows_of_tables_are_compared_too(tmp_path: Path) -> None:
    rows = [f"{n},{n * n},{n % 2}" for n in range(20)] * 2
    (tmp_path / "t.csv").write_text("a,b,kind\n" + "\n".join([*rows, "3,9,0"]) + "\n")
    messages = [each.message for each in found(tmp_path, 'source = csv("t.csv", target="kind"), validation = 50%')]
    assert len(messages) == 2
    assert messages[0].endswith("validation samples are equal to training samples")
    assert messages[1].startswith("3 of 41 samples are equal to a sample of another class")


def test_equal_rows_with_different_numbers_are_no_mistake(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("a,price\n" + "".join(f"1,{n}.5\n" for n in range(30)))
    assert found(tmp_path, 'source = csv("t.csv", target="price")', outputs=1) == []


def test_digests_are_equal_where_inputs_are() -> None:
    rng = np.random.default_rng(0)
    values = rng.integers(0, 3, (5000, 2, 2)).astype(np.float64) * 2.0**40
    other = rng.integers(0, 2, (5000, 3))
    values[::7] *= -1.0  # which makes -0 of 0
    both = digests(Samples((values, other), np.zeros(5000)))
    rows = np.concatenate([values.reshape(5000, 4), other], 1)
    _, wanted = np.unique(rows, axis=0, return_inverse=True)
    _, numbers = np.unique(both, return_inverse=True)
    assert len(set(zip(wanted.tolist(), numbers.tolist(), strict=True))) == len(set(wanted.tolist()))
    assert len(set(numbers.tolist())) == len(set(wanted.tolist()))


def main(arguments: list[str]) -> int:
    """A command's exit status."""
    with pytest.raises(SystemExit) as ended:
        command(arguments)
    return int(ended.value.code or 0)


def test_a_run_and_its_report_warn(pictures: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copy(pictures / "p/train/cat/1.png", pictures / "p/test/dog/copy.png")
    spec = pictures / "s.net"
    spec.write_text(f"data {{ {SOURCE} }}\nmodel {{ flatten -> linear(2) }}\ntrain {{ epochs = 1 }}\n")
    assert main(["run", str(spec), "--out", str(pictures / "run"), "--device", "cpu"]) == 0
    printed = " ".join(capsys.readouterr().out.split())
    record = json.loads((pictures / "run" / "run.json").read_text(encoding="utf-8"))
    report = (pictures / "run" / "report.html").read_text(encoding="utf-8")
    warnings = record["data"]["warnings"]
    assert [warning[:5] for warning in warnings] == ["NS510", "NS511"]
    assert all(warning in printed for warning in warnings)
    assert all(code in report for code in ("NS510", "NS511"))
    assert main(["report", str(pictures / "run")]) == 0
    assert "NS510" in (pictures / "run" / "report.html").read_text(encoding="utf-8")
    assert main(["data", str(spec)]) == 0
    assert "warning[NS510]" in capsys.readouterr().err
