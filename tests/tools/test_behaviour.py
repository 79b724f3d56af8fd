"""Two records that differ in nothing but their times are equal; all else is said, and what is intended is let pass."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import save_file

from tools.behaviour import (
    Allowance,
    Difference,
    compare,
    differences,
    inputs_of,
    made_up_sample,
    read_allowances,
    tensor_digests,
    why_not,
    without_seconds,
    without_times,
)


def a_record() -> dict[str, Any]:
    return {
        "environment": {"torch": "2.14.1"},
        "specs": {
            "specs/digits.net": {
                "plan": {"exit": 0, "stdout": "data  digits()\nsteps  20\nwrites  runs/\n", "stderr": ""},
                "left out": None,
                "runs": {
                    ".": {
                        "metrics.jsonl": [{"train.loss": 0.5}, {"train.loss": float("nan")}],
                        "tensors": {"checkpoints/epoch-0002/model.safetensors": {"fc.weight": "F32[2] 0a"}},
                    }
                },
            }
        },
    }


def lines(before: Any, after: Any) -> list[str]:
    return [str(difference) for difference in differences(before, after)]


def test_a_record_is_as_itself(capsys: pytest.CaptureFixture[str]) -> None:
    assert compare(a_record(), a_record(), []) == 0
    assert capsys.readouterr().out == "specs: 1, run folders: 1, differences: 0, not intended: 0\n"


def test_a_difference_has_its_path(capsys: pytest.CaptureFixture[str]) -> None:
    after = deepcopy(a_record())
    run = after["specs"]["specs/digits.net"]["runs"]["."]
    run["metrics.jsonl"][0]["train.loss"] = 0.25
    run["tensors"]["checkpoints/epoch-0002/model.safetensors"]["fc.weight"] = "F32[2] 0b"

    assert compare(a_record(), after, []) == 1
    assert capsys.readouterr().out.splitlines() == [
        "specs/digits.net: runs: .: metrics.jsonl: item 1: train.loss: 0.5 became 0.25",
        "specs/digits.net: runs: .: tensors: checkpoints/epoch-0002/model.safetensors: fc.weight: "
        '"F32[2] 0a" became "F32[2] 0b"',
        "specs: 1, run folders: 1, differences: 2, not intended: 2",
    ]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({"a": 1}, {}, ["a: gone, was 1"]),
        ({}, {"a": None}, ["a: new, null"]),
        ({"a": 1}, {"a": 1.0}, ["a: 1 became 1.0"]),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}, []),
        ({"a": [1, 2, 3]}, {"a": [2, 3]}, ["a: item 1: gone, was 1"]),
        ({"a": "one\ntwo\nthree\n"}, {"a": "one\n2\nthree\n"}, ['a: line 2: "two" became "2"']),
        ({"a": "one\nthree"}, {"a": "one\ntwo\nthree"}, ['a: line 2: new, "two"']),
        ({"a": [{"lr": 0.1}, 2]}, {"a": [{"lr": 0.2}, 2]}, ["a: item 1: lr: 0.1 became 0.2"]),
        ({"a": {"b": 1}}, {"a": "text"}, ['a: {"b": 1} became "text"']),
    ],
)
def test_what_differs_is_said_once(before: Any, after: Any, expected: list[str]) -> None:
    assert lines(before, after) == expected


def test_what_one_record_has_alone_is_shown_in_part() -> None:
    (line,) = lines({"spec": {"fmt": "long " * 100}}, {})
    assert line.startswith('spec: gone, was {"fmt": "long long') and line.endswith("…")
    assert len(line) < 250


def test_an_intended_difference_passes_and_says_why(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    allowed = tmp_path / "intended.toml"
    allowed.write_text(
        '"specs/*: plan: stdout: line *\\"steps*" = "steps are named otherwise"\n'
        '"*: check: stdout: *" = "checks are shorter"\n'
    )
    after = deepcopy(a_record())
    after["specs"]["specs/digits.net"]["plan"]["stdout"] = "data  digits()\nsteps: 20\nwrites  runs/\n"

    assert compare(a_record(), after, read_allowances(allowed)) == 0
    assert capsys.readouterr().out.splitlines() == [
        'intended: specs/digits.net: plan: stdout: line 2: "steps  20" became "steps: 20" (steps are named otherwise)',
        "allowed, but there is no such difference: *: check: stdout: *",
        "specs: 1, run folders: 1, differences: 1, not intended: 0",
    ]

    after["specs"]["specs/digits.net"]["plan"]["stdout"] = "data  digits()\nsteps: 20\nwrites  here/\n"
    assert compare(a_record(), after, read_allowances(allowed)) == 1


def test_only_a_star_stands_for_other_text() -> None:
    difference = Difference("specs/a.net: plan: items[0]", "1", "2")
    assert Allowance("*: items[0]", "why").covers(difference)
    assert not Allowance("*: items[?]", "why").covers(difference)
    assert not Allowance("specs/a.net: plan", "why").covers(difference)


def test_an_allowance_has_a_reason(tmp_path: Path) -> None:
    (tmp_path / "intended.toml").write_text('"*" = ""\n')
    with pytest.raises(SystemExit, match="has no reason"):
        read_allowances(tmp_path / "intended.toml")


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        (
            "2026-11-30 03:05:42 epoch 1/5  train.loss 0.7628  train.seconds 0.10  best",
            "<time> epoch 1/5  train.loss 0.7628  train.seconds <seconds>  best",
        ),
        ("best 5\ntime      1 min 2 s\nreport  run", "best 5\ntime      <duration>\nreport  run"),
        (
            '<p class="meta"><span>2026-11-30, 03:12</span><span>1 min 2 s</span><span>best 5</span></p>',
            '<p class="meta"><span><time></span><span><duration></span><span>best 5</span></p>',
        ),
        ("timely 3 s, lr 0.001", "timely 3 s, lr 0.001"),
    ],
)
def test_times_are_masked(text: str, masked: str) -> None:
    assert without_times(text) == masked


def test_seconds_are_left_out_at_any_depth() -> None:
    run = {"seconds": 1.5, "last_epoch": {"train.seconds": 0.1, "train.loss": 0.5}, "seed": 0}
    assert without_seconds(run) == {"last_epoch": {"train.loss": 0.5}, "seed": 0}


def test_a_tensor_has_its_type_its_sizes_and_its_bytes(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    save_file({"b": np.zeros(2, np.float32), "a": np.zeros((1, 2), np.float32)}, path)
    digests = tensor_digests(path)
    assert list(digests) == ["a", "b"]
    assert digests["a"].startswith("F32[1, 2] ") and digests["b"].startswith("F32[2] ")
    assert digests["a"].split()[-1] == digests["b"].split()[-1]


def test_what_takes_long_to_train_is_left_out() -> None:
    figures = {"flops": 1000, "splits": {"train": 100}, "steps": 40, "steps_per_epoch": 20, "runs": 1}
    assert why_not({"exit": 0, "stdout": figures}) is None
    assert why_not({"exit": 0, "stdout": figures | {"flops": 10**12}}) == "not run: 600.0 TFLOP are too much"
    assert why_not({"exit": 1, "stdout": ""}) == "not run: it has no plan"


def test_the_inputs_of_both_formats_of_a_run_are_known() -> None:
    column = {"name": "weight", "categories": []}
    old = {"fields": [{"form": "table", "sizes": [1], "columns": [column]}]}
    new_type = {"op": "table", "sizes": 1, "names": ["weight"], "categories": [[]]}
    new = {"type": {"fields": [{"name": "input", "type": new_type}]}}
    assert inputs_of(new) == inputs_of(old) == old["fields"]


def test_a_network_is_asked_about_files_of_its_own_inputs(tmp_path: Path) -> None:
    columns = [{"name": "weight", "categories": []}, {"name": "colour", "categories": ["red", "blue"]}]
    table = made_up_sample(tmp_path / "sample", [{"form": "table", "sizes": [3], "columns": columns}])
    assert table is not None and table.read_text().splitlines() == [
        "weight,colour", "0.0,red", "1.0,red", "2.0,red"
    ]  # fmt: skip
    image = {"form": "image", "sizes": [3, 4, 5], "columns": []}
    picture = made_up_sample(tmp_path / "sample", [image])
    assert picture is not None and picture.name == "sample.png"
    assert made_up_sample(tmp_path / "sample", [image, image]) is None
    assert made_up_sample(tmp_path / "sample", [{"form": "tokens", "sizes": [64], "columns": []}]) is None
