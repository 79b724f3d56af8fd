"""`netspec export`: what it prints, and what it refuses before it begins."""

from __future__ import annotations

from pathlib import Path

import pytest

from netspec.exporter import exporting
from tests.cli.conftest import Netspec
from tests.run.test_exports import SPEC, spec


@pytest.fixture
def run(netspec: Netspec, folder: Path) -> Path:
    """The folder of a finished run, whose spec exports nothing."""
    spec(folder, SPEC.partition("export")[0])
    assert netspec("run", "spec.net", "--out", "run", "--quiet").exit_code == 0
    return Path("run")


def test_the_path_of_the_file_is_all_of_its_output(netspec: Netspec, run: Path) -> None:
    ended = netspec("export", "run", "--to", "pt2")
    assert (ended.exit_code, ended.out) == (0, "run/export/spec.pt2\n")
    assert "the decisions of the network on 60 of 60 test samples, outputs differ by at most 0" in ended.err
    assert Path("run/export/spec.pt2").is_file()


def test_what_is_there_is_written_over_only_if_it_is_asked_for(netspec: Netspec, run: Path) -> None:
    Path("mine.safetensors").write_text("mine")
    arguments = ("export", "run", "--to", "safetensors", "--out", "mine.safetensors")
    refused = netspec(*arguments)
    assert refused.exit_code == 5 and "it is there already" in refused.err and "--force" in refused.err
    assert Path("mine.safetensors").read_text() == "mine"
    assert netspec(*arguments, "--force").exit_code == 0
    assert Path("mine.safetensors").stat().st_size > 1000
    assert not Path("run/export").exists()


def test_without_a_format_those_of_the_spec_are_written(netspec: Netspec, folder: Path) -> None:
    spec(
        folder, SPEC.replace('  pt2         = "digits.pt2"\n', "").replace("  inside      = [transform, softmax]\n", "")
    )
    Path("spec.net").write_text(Path("spec.net").read_text().replace("assert export.pt2.agreement > 99.9%\n", ""))
    assert netspec("run", "spec.net", "--out", "run", "--quiet").exit_code == 0
    Path("run/export/digits.safetensors").unlink()
    ended = netspec("export", "run", "--force")
    assert (ended.exit_code, ended.out) == (0, "run/export/digits.safetensors\n")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "give a format with --to: onnx, pt2, safetensors"),
        (("--to", "tflite"), "'tflite' is not one of 'onnx', 'pt2', 'safetensors'"),
        (("--to", "pt2", "--to", "safetensors", "--out", "a.pt2"), "--out names one file"),
        (("--to", "pt2", "--batch", "64..1"), "`64..1` is neither a number, such as 8, nor a range"),
        (("--to", "pt2", "--agreement", "100"), "100.0 is not in the range"),
    ],
)
def test_wrong_usage_is_said_before_anything_is_loaded(
    arguments: tuple[str, ...], said: str, netspec: Netspec, run: Path
) -> None:
    ended = netspec("export", "run", *arguments)
    assert ended.exit_code == 2 and said in ended.err
    assert not Path("run/export").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--to", "pt2", "--out", "a.onnx"), 'pt2 = "a.pt2"'),
        (("--to", "pt2", "--inside", "sigmoid"), "by `softmax`, not by `sigmoid`"),
        (("--to", "pt2", "--size", "8..16"), "`linear` would have other weights"),
        (("--to", "safetensors", "--inside", "softmax"), "a safetensors file holds weights alone"),
    ],
)
def test_what_does_not_fit_the_network_is_said_as_check_says_it(
    arguments: tuple[str, ...], said: str, netspec: Netspec, run: Path
) -> None:
    ended = netspec("export", "run", *arguments)
    assert ended.exit_code == 1 and said in ended.err
    assert not list(Path("run").rglob("*.pt2"))


def test_a_file_that_decides_otherwise_is_no_export(
    netspec: Netspec, run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting.format_named("pt2"), "load", lambda *_: lambda inputs: -inputs[0].flatten(1)[:, :10])
    ended = netspec("export", "run", "--to", "pt2", "--out", "digits.pt2")
    assert ended.exit_code == 7 and "`digits.pt2` isn't exported: it decides as the network does on" in ended.err
    assert not list(Path().glob("digits.pt2*"))


def test_a_run_whose_export_failed_ends_with_a_code_of_its_own_also_when_it_is_resumed(
    netspec: Netspec, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec(folder)
    monkeypatch.setattr(exporting.format_named("pt2"), "load", lambda *_: lambda inputs: -inputs[0].flatten(1)[:, :10])
    ended = netspec("run", "spec.net", "--out", "run")
    assert ended.exit_code == 7 and "digits.pt2 isn't exported" in ended.out
    assert "`digits.pt2` isn't exported" in ended.err and "1 of 2 assertions fails" in ended.err
    again = netspec("run", "--resume", "run")
    assert again.exit_code == 7 and "`digits.pt2` isn't exported" in again.err


def test_export_is_a_verb_and_what_others_call_it_leads_there(netspec: Netspec) -> None:
    assert "Did you mean 'netspec export'?" in netspec("onnx", "run").err


def test_a_spec_is_written_as_a_script_that_nobody_has_to_run_first(netspec: Netspec, folder: Path) -> None:
    spec(folder, SPEC.partition("export")[0])
    ended = netspec("export", "spec.net", "--to", "python")
    assert (ended.exit_code, ended.out) == (0, "spec.py\n")
    compile(Path("spec.py").read_text(), "spec.py", "exec")
    refused = netspec("export", "spec.net", "--to", "python")
    assert refused.exit_code == 5 and "it is there already" in refused.err
    assert netspec("export", "spec.net", "--to", "python", "--out", "mine.py").out == "mine.py\n"
    assert Path("mine.py").read_text() == Path("spec.py").read_text()


def test_a_script_has_no_options_of_files(netspec: Netspec, folder: Path) -> None:
    spec(folder, SPEC.partition("export")[0])
    for options in (("--batch", "8"), ("--to", "pt2"), ("--inside", "transform")):
        refused = netspec("export", "spec.net", "--to", "python", *options)
        assert refused.exit_code == 2 and "stands alone" in refused.err
