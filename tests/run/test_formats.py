"""Run folders of earlier formats are read; those of later ones are refused, and nothing of them is removed."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from netspec import api
from netspec.catalogue.fields.table import Table
from netspec.catalogue.targets.classes import Classes
from netspec.catalogue.types import DataField
from netspec.checker import saved_program
from netspec.formats.columns import Column
from netspec.problems import NetspecError
from netspec.runner.store.checkpoint import MANIFEST, commit
from netspec.runner.store.checkpoints import in_order
from netspec.runner.uses.verify_resume import StopAfter, run_through
from netspec.saved.formats import RECORD, STATE
from tests.run.hand import CPU
from tests.runs import resume_one, run_one
from tests.specs import check

TEXT = "data { source = synthetic(features=4, classes=2, samples=60), validation = 20% }\nmodel { linear(2) }\n"
FORMAT_2 = {
    "format": 2,
    "name": "spec.net",
    "path": "/nowhere/spec.net",
    "text": 'from "parts.net" import head\nparam size = 2\n' + TEXT.replace("linear(2)", "head(size)"),
    "files": {"/nowhere/parts.net": "block head(n) { linear(n) }\n"},
    "set": {"size": "3"},
    "part": None,
    "data": {
        "source": 0,
        "fields": [
            {
                "form": "table",
                "name": "input",
                "sizes": [4],
                "dtype": "float32",
                "columns": [{"name": "age", "categories": []}, {"name": "port", "categories": ["C", "Q", "S"]}],
                "vocabulary": 0,
            }
        ],
        "classes": ["cat", "dog", "owl"],
        "samples": [60, 0, 0],
    },
}
"""A `spec.json` of format 2, as it was written."""


def test_a_spec_of_format_2_is_read(tmp_path: Path) -> None:
    (tmp_path / "spec.json").write_text(json.dumps(FORMAT_2))
    program = saved_program(tmp_path)
    assert program.graph.output.dims == (3,)
    assert program.type.fields == (DataField(Table.of((Column("age"), Column("port", ("C", "Q", "S")))), "input"),)
    assert program.type.target == Classes(names=("cat", "dog", "owl"))
    assert program.type.counts == (60, 0, 0)
    assert program.overrides == {"size": "3"}


@pytest.mark.parametrize("number", [1, 4])
def test_a_spec_of_another_format_is_refused_with_the_way_out(tmp_path: Path, number: int) -> None:
    (tmp_path / "spec.json").write_text(json.dumps({**FORMAT_2, "format": number}))
    with pytest.raises(NetspecError, match=rf"spec.json` has format {number}, and .* reads 2 to 3") as error:
        api.resume(tmp_path)
    (diagnostic,) = error.value.diagnostics
    assert diagnostic.code == "NS710" and error.value.exit_code == 5
    assert diagnostic.help == "use the version of netspec that wrote it, or start a new run"


def rewrite(path: Path, **changes: Any) -> None:
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def rewrite_checkpoint(path: Path, **changes: Any) -> None:
    """Changes the state in a checkpoint, as another version would have written it."""
    files = {file.name: file.read_bytes() for file in path.iterdir() if file.name != MANIFEST}
    files["state.json"] = json.dumps(json.loads(files["state.json"]) | changes).encode()
    shutil.rmtree(path)
    commit(path, files)


def as_before(run: Path) -> None:
    """Brings a folder to the formats before those of today, in which the hash of the same spec is another."""
    data = json.loads((run / "spec.json").read_text())["data"]
    (field,), target = data["type"]["fields"], data["type"]["target"]
    fields = [
        {
            "form": field["type"]["op"],
            "name": field["name"],
            "sizes": [field["type"]["sizes"]],
            "dtype": "float32",
            "columns": [],
            "vocabulary": 0,
        }
    ]
    data = {"source": data["source"], "fields": fields, "classes": target["names"], "samples": data["type"]["samples"]}
    rewrite(run / "spec.json", format=2, data=data)
    for path in in_order(run / "checkpoints"):
        rewrite_checkpoint(path, format=1, spec="0" * 64)
    if (run / "run.json").exists():
        rewrite(run / "run.json", format=1)


def weights(run: Path) -> list[bytes]:
    """The weights and the state of the optimizer at the end, byte by byte."""
    return [path.read_bytes() for path in sorted(in_order(run / "checkpoints")[-1].glob("*.safetensors"))]


def test_a_finished_run_of_earlier_formats_is_evaluated_and_reported(tmp_path: Path) -> None:
    run = run_one(check(TEXT).require(), out=tmp_path / "run", device="cpu").folder
    before = api.evaluate(run, "validation")
    as_before(run)
    after = api.evaluate(run, "validation")
    assert before is not None and after is not None
    assert after.evaluation.values == before.evaluation.values
    assert api.report(run, tmp_path / "page.html").exists()


def test_a_run_of_earlier_formats_is_resumed_bit_for_bit(tmp_path: Path) -> None:
    program = check(TEXT.replace("20%", "20%, batch_size = 16") + "train { epochs = 3 }\n").require()
    whole = run_one(program, out=tmp_path / "whole", device="cpu")
    request = StopAfter(5)
    request.error = KeyboardInterrupt
    with pytest.raises(KeyboardInterrupt):
        run_one(program, out=tmp_path / "run", device="cpu", request=request)
    as_before(tmp_path / "run")
    resumed = resume_one(tmp_path / "run", device="cpu")
    assert weights(resumed.folder) == weights(whole.folder)
    assert resumed.validation_values == whole.validation_values


def test_a_checkpoint_of_another_spec_is_refused_in_the_format_of_today(tmp_path: Path) -> None:
    run = run_one(check(TEXT).require(), out=tmp_path / "run", device="cpu").folder
    *_, newest = in_order(run / "checkpoints")
    rewrite_checkpoint(newest, spec="0" * 64)
    with pytest.raises(NetspecError, match="it is of another spec"):
        api.evaluate(run, "validation")


def test_a_checkpoint_of_a_later_format_is_refused_and_stays(tmp_path: Path) -> None:
    program = check(TEXT + "train { epochs = 3, checkpoint = every(1 epoch, keep=9) }\n").require()
    run_through(program, tmp_path / "run", CPU, 5)
    checkpoints = in_order(tmp_path / "run" / "checkpoints")
    rewrite_checkpoint(checkpoints[-1], format=STATE.current + 1)
    with pytest.raises(NetspecError, match=rf"state.json` has format {STATE.current + 1}"):
        run_through(program, tmp_path / "run", CPU)
    assert len(checkpoints) > 1 and checkpoints == in_order(tmp_path / "run" / "checkpoints")


def test_a_record_of_a_later_format_is_refused(tmp_path: Path) -> None:
    run = run_one(check(TEXT).require(), out=tmp_path / "run", device="cpu").folder
    rewrite(run / "run.json", format=RECORD.current + 1)
    with pytest.raises(NetspecError, match=rf"run.json` has format {RECORD.current + 1}"):
        api.report(run)
