"""Surroundings that are unusual: no columns, a backend that there is not, a folder that is gone, little memory."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests.specs import ROOT

SPEC = """data { source = iris(), validation = 20%, transform = standardize }
model { linear(3) }
train { epochs = 1, device = cpu }
"""
NONE: Mapping[str, str] = {}
VERBS = ("check", "run", "report")


def netspec(
    folder: Path, *arguments: str, before: Callable[[], object] | None = None, variables: Mapping[str, str] = NONE
) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own; `before` is done in it first."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", **variables}
    return subprocess.run(
        [sys.executable, "-m", "netspec", *arguments],
        cwd=folder,
        env=environment,
        preexec_fn=before,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a spec and a run of it, `done`."""
    folder = tmp_path_factory.mktemp("finished")
    (folder / "s.net").write_text(SPEC)
    assert netspec(folder, "run", "s.net", "--out", "done").returncode == 0
    return folder


def arguments(verb: str, folder: Path) -> tuple[str, ...]:
    out = f"run-{len(list(folder.iterdir()))}"
    return {"check": ("check", "s.net"), "run": ("run", "s.net", "--out", out), "report": ("report", "done")}[verb]


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize(
    "variables", [{"COLUMNS": "0"}, {"COLUMNS": "00"}, {"COLUMNS": ""}, {"COLUMNS": "x"}, {"MPLBACKEND": "nonsense"}]
)
def test_variables_with_unusual_values_change_nothing(verb: str, variables: dict[str, str], finished: Path) -> None:
    ended = netspec(finished, *arguments(verb, finished), variables=variables)
    assert (ended.returncode, ended.stderr) == (0, "")
    words = {"check": "good", "run": "validation", "report": "report.html"}
    assert words[verb] in ended.stdout


def test_errors_are_shown_in_no_columns_too(finished: Path) -> None:
    (finished / "bad.net").write_text(SPEC.replace("linear(3)", "linaer(3)"))
    ended = netspec(finished, "check", "bad.net", variables={"COLUMNS": "0"})
    assert ended.returncode == 1 and "did you mean `linear`?" in ended.stdout + ended.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="a folder in use can't be removed there")
@pytest.mark.parametrize("verb", VERBS)
def test_a_current_folder_that_is_gone_is_said(verb: str, tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    ended = netspec(gone, *arguments(verb, gone), before=gone.rmdir)
    assert ended.returncode == 5
    assert ended.stderr == "there is no current folder any more: it was removed; `cd` leads to another one\n"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems don't limit the address space")
@pytest.mark.parametrize("mebibytes", [80, 1000, 3000])
@pytest.mark.parametrize("verb", VERBS)
def test_little_address_space_ends_in_a_message(verb: str, mebibytes: int, finished: Path) -> None:
    import resource

    limit = mebibytes * 2**20

    def before() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))

    ended = netspec(finished, *arguments(verb, finished), before=before)
    if ended.returncode == 0:  # it is enough: for a check nearly always
        assert ended.stderr == ""
        return
    assert verb != "check" and ended.returncode == 1
    assert ended.stderr.startswith("the memory that this process may have is too small: ")
    assert ended.stderr.count("\n") == 1


@pytest.mark.parametrize("error", ["MemoryError()", 'ImportError("libx.so: failed to map segment from shared object")'])
def test_where_the_memory_is_full_no_more_of_it_is_needed_to_say_so(error: str, finished: Path) -> None:
    """The message is written without a library that would have to be imported for it."""
    program = (
        "import sys; from netspec.cli import main\n"
        f"def full(*given, **named): raise {error}\n"
        "main.__globals__['_ended'] = full\n"
        "sys.modules['rich.console'] = None\n"
        "main(['check', 's.net'])"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program],
        cwd=finished,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 1
    assert ended.stderr.startswith("the memory that this process may have is too small: ")
    assert "Traceback" not in ended.stderr
