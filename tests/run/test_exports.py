"""Runs that export their network: files in the folder, their figures in the record, the report and assertions."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from netspec import api
from netspec.exporter import exporting
from netspec.problems import NetspecError
from netspec.program.exporting import ensure_exporters
from netspec.runner.results import results_of
from netspec.runner.store.run_history import is_finished, recorded_exports
from netspec.runner.uses.reload import reload
from netspec.saved.export_record import ExportRecord
from tests.runs import resume_one, run_one, run_several

SPEC = """\
data { source = digits(), test = 20%, sample = 300 }
model { flatten -> linear(16) -> relu -> linear(10) }
train { epochs = 1, device = cpu }
export {
  pt2         = "digits.pt2"
  safetensors = "digits.safetensors"
  inside      = [transform, softmax]
}
assert export.pt2.agreement > 99.9%
assert export.safetensors.size < 10 KiB
"""
FILES = ["digits.pt2", "digits.safetensors"]


def spec(folder: Path, text: str = SPEC) -> Path:
    path = folder / "spec.net"
    path.write_text(text, encoding="utf-8")
    return path


def files_in(run: Path) -> list[str]:
    return sorted(item.name for item in (run / "export").iterdir())


def with_samples(files: list[str]) -> list[str]:
    return sorted([*files, *(f"{name}.samples.safetensors" for name in files)])


def test_the_files_are_in_the_folder_of_the_run_with_their_figures(tmp_path: Path) -> None:
    result = run_one(spec(tmp_path), out=tmp_path / "run")
    assert files_in(tmp_path / "run") == with_samples(FILES)
    record = json.loads((tmp_path / "run/run.json").read_bytes())
    assert [found["file"] for found in record["exports"]] == FILES
    assert all(found["agreeing"] == found["samples"] == 60 for found in record["exports"])
    assert [one["holds"] for one in record["assertions"]] == [True, True]
    results = results_of(result)
    assert results["export.pt2.agreement"] == 1
    assert results["export.safetensors.size"] == (tmp_path / "run/export/digits.safetensors").stat().st_size


def test_the_report_has_them_and_so_has_the_one_that_is_written_again(tmp_path: Path) -> None:
    result = run_one(spec(tmp_path), out=tmp_path / "run")
    page = (tmp_path / "run/report.html").read_text(encoding="utf-8")
    assert '<section id="exports">' in page and "digits.pt2" in page and "60 of 60" in page
    assert api.report(tmp_path / "run").read_text(encoding="utf-8") == page
    assert reload(tmp_path / "run").exports == result.exports


def test_a_run_without_the_section_has_no_such_folder_and_no_such_part_of_the_report(tmp_path: Path) -> None:
    run_one(spec(tmp_path, SPEC.partition("export")[0]), out=tmp_path / "run")
    assert not (tmp_path / "run/export").exists()
    assert "exports" not in (tmp_path / "run/report.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("file", range(2))
def test_a_run_that_is_killed_while_it_exports_does_it_again(
    file: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = run_one(spec(tmp_path), out=tmp_path / "whole")
    written: Callable[..., Any] = exporting.format_named(["pt2", "safetensors"][file]).write

    def killed(*arguments: Any) -> None:
        written(*arguments)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(exporting.format_named(["pt2", "safetensors"][file]), "write", killed)
        with pytest.raises(KeyboardInterrupt):
            run_one(spec(tmp_path), out=tmp_path / "run")
    assert not is_finished(tmp_path / "run") and not (tmp_path / "run/run.json").exists()
    assert files_in(tmp_path / "run") == with_samples(FILES[:file]), "what is there is whole"
    resumed = resume_one(tmp_path / "run")
    assert files_in(tmp_path / "run") == with_samples(FILES)
    assert resumed.exports[1] == whole.exports[1]
    name = "export/digits.safetensors"
    assert (tmp_path / "run" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()


def test_each_of_several_runs_exports_its_own_network(tmp_path: Path) -> None:
    summary = run_several(spec(tmp_path, SPEC.replace("epochs = 1", "epochs = 1, seeds = 2")), out=tmp_path / "run")
    contents = {(part / "export/digits.safetensors").read_bytes() for part in sorted((tmp_path / "run").glob("seed-*"))}
    assert len(contents) == 2
    assert [one.holds for one in summary.assertions] == [True, True]
    assert len(summary.exports) == len(recorded_exports(tmp_path / "run")) == 4


def test_a_run_whose_export_fails_is_saved_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting.format_named("pt2"), "load", lambda *_: lambda inputs: -inputs[0].flatten(1)[:, :10])
    result = run_one(spec(tmp_path), out=tmp_path / "run")
    assert is_finished(tmp_path / "run")
    trouble = result.exports[0].trouble
    assert trouble is not None and "it decides as the network does on" in trouble
    assert files_in(tmp_path / "run") == with_samples(FILES[1:])
    assert "isn't exported" in (tmp_path / "run/report.html").read_text(encoding="utf-8")
    record = json.loads((tmp_path / "run/run.json").read_bytes())
    assert record["assertions"][0]["holds"] is False, "there is no agreement of a file that isn't there"


def test_a_format_whose_packages_are_missing_is_refused_before_anything_is_trained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("netspec.program.exporting.find_spec", lambda name: None if name == "onnx" else object())
    with pytest.raises(NetspecError, match="`export` isn't installed"):
        api.run(spec(tmp_path, SPEC.replace("pt2 ", "onnx").replace(".pt2", ".onnx")), out=tmp_path / "run")
    assert not (tmp_path / "run").exists()
    ensure_exporters(api.check(spec(tmp_path)).export)


def test_trials_of_a_search_export_nothing(tmp_path: Path) -> None:
    text = SPEC.replace("linear(16)", "linear(width)").replace("test = 20%", "validation = 20%").split("assert")[0]
    search = "param width = 8 in [8, 16]\nsearch { method = grid, maximize = validation.accuracy }\n"
    api.search(spec(tmp_path, f"{search}{text}"), out=tmp_path / "study")
    assert list((tmp_path / "study").rglob("run.json"))
    assert not list((tmp_path / "study").rglob("digits.pt2"))


@pytest.mark.parametrize(
    "change",
    [{"samples": -1}, {"agreeing": 5, "samples": 4}, {"size": "1"}, {"file": 3}, {"difference": "nan"}, {"trouble": 1}],
    ids=str,
)
def test_a_record_that_netspec_does_not_write_is_refused(change: dict[str, Any]) -> None:
    good = ExportRecord("onnx", "digits.onnx", "test", 4, 4, 0.0, 100).as_data()
    assert ExportRecord.from_data(good).as_data() == good
    with pytest.raises((ValueError, TypeError)):
        ExportRecord.from_data({**good, **change})
