"""`netspec compress`: the table that it prints, and what it refuses."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.cli.conftest import Netspec

SPEC = """\
data { source = iris(), validation = 20%, test = 20% }
model { linear(8) -> relu -> head: linear(3) }
train { epochs = 2, optimizer = adam(lr=0.05) }
"""


@pytest.fixture
def run(netspec: Netspec, folder: Path) -> Path:
    """The folder of a finished run, whose spec has no stages."""
    Path("spec.net").write_text(SPEC)
    assert netspec("run", "spec.net", "--out", "run", "--device", "cpu", "--quiet").exit_code == 0
    return Path("run")


def test_each_stage_has_a_row(netspec: Netspec, run: Path) -> None:
    ended = netspec("compress", "run", "--stages", "prune(50%) -> finetune(1 epoch)", "--device", "cpu")
    assert ended.exit_code == 0, ended.err
    assert "stage 1 of 2   prune(50%)\n" in ended.out and "stage 2 of 2   finetune(1 epoch)\n" in ended.out
    table = ended.out[ended.out.index("stage  ") :].splitlines()
    assert re.split(r"  +", table[0]) == [
        "stage", "accuracy", "parameters", "size", "1 sample", "64 samples", "computed by",
    ]  # fmt: skip
    rows = [re.split(r"  +", line) for line in table[1:4]]
    assert [row[0] for row in rows] == ["training", "prune(50%)", "finetune(1 epoch)"]
    assert [row[2] for row in rows] == ["67", "35", "35"]
    assert [row[-1] for row in rows] == ["torch"] * 3
    assert ended.out.endswith("run/stages\n")


def test_stages_that_are_over_are_only_shown_again(netspec: Netspec, run: Path) -> None:
    first = netspec("compress", "run", "--stages", "prune(50%)", "--device", "cpu")
    second = netspec("compress", "run", "--stages", "prune(50%)", "--device", "cpu")
    assert first.exit_code == second.exit_code == 0
    assert first.out.endswith(second.out)


def test_mistakes_in_the_stages_are_shown_where_they_are(netspec: Netspec, run: Path) -> None:
    ended = netspec("compress", "run", "--stages", 'prune(50%, keep="haed")')
    assert ended.exit_code == 1
    assert '"haed" selects nothing' in ended.err and "--stages:1:" in ended.err and 'did you mean `"head"`' in ended.err
    assert not Path("run/stages").exists()


def test_a_spec_without_stages_says_how_to_write_them(netspec: Netspec, run: Path) -> None:
    ended = netspec("compress", "run")
    assert ended.exit_code == 2 and "has no section `compress`" in ended.err and "--stages" in ended.err


def test_other_stages_are_not_written_over(netspec: Netspec, run: Path) -> None:
    assert netspec("compress", "run", "--stages", "prune(50%)", "--device", "cpu").exit_code == 0
    ended = netspec("compress", "run", "--stages", "prune(60%)", "--device", "cpu")
    assert ended.exit_code == 5 and "has other stages: prune(50%)" in ended.err and "--out" in ended.err
    other = netspec("compress", "run", "--stages", "prune(60%)", "--out", "other", "--device", "cpu")
    assert other.exit_code == 0 and Path("other/1-prune/report.html").is_file()


@pytest.mark.parametrize(
    "written",
    [
        "", "[]", "{}", "null", '{"format": 1}', '{"format": 1, "stages": 3, "records": null}',
        '{"format": 1, "stages": ["prune(50%)"], "records": [{}]}',
        '{"format": 1, "stages": ["prune(50%)"], "records": {"a": 1}}',
        '{"format": 99, "stages": ["prune(50%)"], "records": null}',
    ],
)  # fmt: skip
def test_a_record_that_was_not_written_here_is_refused(netspec: Netspec, run: Path, written: str) -> None:
    Path("run/stages").mkdir()
    Path("run/stages/stages.json").write_text(written)
    ended = netspec("compress", "run", "--stages", "prune(50%)", "--device", "cpu")
    assert ended.exit_code == 5 and "stages.json" in ended.err, ended.err


def test_the_report_of_a_run_has_its_stages(netspec: Netspec, folder: Path) -> None:
    Path("spec.net").write_text(SPEC + "compress { stages = prune(50%) -> finetune(1 epoch) }\n")
    ended = netspec("run", "spec.net", "--out", "run", "--device", "cpu")
    assert ended.exit_code == 0, ended.err
    page = Path("run/report.html").read_text()
    assert '<section id="stages">' in page and 'href="stages/1-prune/report.html"' in page
    assert "recall of" in page and "the 95th percentile" in page
