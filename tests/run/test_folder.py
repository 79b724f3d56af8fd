"""The run folder: it is this run's alone, and gone if nothing came of it."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from netspec.problems import NetspecError
from netspec.program.naming import as_file_name
from netspec.runner.store.folder import RunFolder
from netspec.source import Source


@pytest.fixture(autouse=True)
def current_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def refusal(path: Path) -> tuple[str, int]:
    with pytest.raises(NetspecError) as error:
        RunFolder(path)
    return error.value.diagnostics[0].code, error.value.exit_code


def test_a_new_folder_is_named_after_the_spec_and_the_time():
    with RunFolder.new("mnist_fc") as folder:
        folder.begin()
    assert folder.path.parent == Path("runs/mnist_fc")
    assert folder.path.is_dir()
    assert list(folder.path.iterdir()) == []


def test_latest_points_to_the_run_that_began_last():
    for _ in range(2):
        with RunFolder.new("mnist_fc") as folder:
            folder.begin()
            latest = Path("runs/mnist_fc/latest")
            assert latest.resolve() == folder.path.resolve()
            assert not latest.readlink().is_absolute()


def test_the_folder_that_is_asked_for_is_the_one_that_is_taken(tmp_path: Path):
    with RunFolder(tmp_path / "a" / "b") as folder:
        folder.begin()
        folder.write("x", b"1")
    assert (tmp_path / "a" / "b" / "x").read_bytes() == b"1"
    assert not Path("runs").exists()


@pytest.mark.parametrize("existed", [True, False])
def test_a_run_that_never_began_leaves_nothing(tmp_path: Path, existed: bool):
    path = tmp_path / "a" / "b"
    if existed:
        path.mkdir(parents=True)
    with pytest.raises(RuntimeError), RunFolder(path) as folder:
        folder.write("spec.net", b"")
        raise RuntimeError
    assert sorted(tmp_path.rglob("*")) == ([tmp_path / "a", path] if existed else [])


def test_a_run_that_never_began_leaves_what_others_put_there():
    with pytest.raises(RuntimeError), RunFolder(Path("out")) as folder:
        folder.write("spec.net", b"")
        folder.write("spec.net", b"again")
        Path("out/notes").mkdir()
        Path("out/notes/thesis.tex").write_text("years of work")
        raise RuntimeError
    assert sorted(Path("out").rglob("*")) == [Path("out/notes"), Path("out/notes/thesis.tex")]


def test_a_run_that_never_began_leaves_no_pointer_and_no_folder_of_its_spec():
    with pytest.raises(RuntimeError), RunFolder.new("mnist_fc"):
        raise RuntimeError
    assert not Path("runs").exists()


def test_a_run_that_began_keeps_its_folder_when_it_fails():
    with pytest.raises(RuntimeError), RunFolder(Path("out")) as folder:
        folder.begin()
        folder.write("spec.net", b"")
        raise RuntimeError
    assert [path.name for path in Path("out").iterdir()] == ["spec.net"]


def test_a_folder_with_files_is_refused_and_left_alone():
    Path("out").mkdir()
    Path("out/thesis.tex").write_text("years of work")
    assert refusal(Path("out")) == ("NS703", 5)
    assert [path.name for path in Path("out").iterdir()] == ["thesis.tex"]


def test_a_file_is_refused():
    Path("out").write_text("")
    assert refusal(Path("out")) == ("NS703", 5)


def test_a_folder_that_cannot_be_made_is_refused():
    Path("file").write_text("")
    assert refusal(Path("file/out")) == ("NS701", 5)
    assert refusal(Path("/proc/out")) == ("NS701", 5)


def test_a_folder_in_use_is_refused_and_named_with_its_process():
    with RunFolder(Path("out")) as folder:
        folder.begin()
        folder.write("spec.net", b"")
        with pytest.raises(NetspecError, match=f"`out` is in use by process {os.getpid()}") as error:
            RunFolder(Path("out"))
        assert error.value.exit_code == 6


def test_the_lock_of_a_killed_process_holds_no_longer():
    code = "\n".join(
        (
            "import os",
            "from pathlib import Path",
            "from netspec.runner.store.folder import RunFolder",
            "folder = RunFolder(Path('out'))",
            "os._exit(9)",
        )
    )
    root = Path(__file__).parents[2]
    subprocess.run([sys.executable, "-c", code], env=os.environ | {"PYTHONPATH": str(root)}, check=False)
    assert [path.name for path in Path("out").iterdir()] == [".lock"]
    with RunFolder(Path("out")) as folder:
        folder.begin()
    assert list(Path("out").iterdir()) == []


def test_too_little_room_is_said_beforehand():
    with pytest.raises(NetspecError, match="is full: the run needs") as error, RunFolder(Path("out")) as folder:
        folder.require(2**80)
    assert error.value.exit_code == 5
    assert not Path("out").exists()


@pytest.mark.parametrize(("name", "expected"), [("a.net", "spec.net"), ("a.net.json", "spec.net.json")])
def test_the_spec_is_copied_as_it_is_written(make_program, name: str, expected: str):
    with RunFolder(Path("out")) as folder:
        folder.begin()
        folder.write_spec(replace(make_program(), source=Source(name, "# ä\r\n")))
    assert (Path("out") / expected).read_bytes() == b"# \xc3\xa4\r\n"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("mnist_fc", "mnist_fc"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ("..", "spec"),
        (".hidden", "hidden"),
        ("-rf", "rf"),
        ("a b\n<script>", "a_b_script_"),
        ("größe", "größe"),
        ("", "spec"),
        ("x" * 500, "x" * 80),
    ],
)
def test_a_name_is_never_a_path(name: str, expected: str):
    assert as_file_name(name) == expected
