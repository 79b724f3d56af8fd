"""Loading a file runs nothing: hostile ones of every kind are given to the commands in a process that is watched."""

from __future__ import annotations

import ctypes
import importlib
import json
import os
import pickle
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tests.specs import ROOT

CASES = 500
CODE = compile("import this", "elsewhere.py", "exec")


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Of a process of its own, whose home, data and temporary files are in the test's folder."""
    home = tmp_path / "home"
    home.mkdir()
    names = {name: str(home) for name in ("HOME", "TMPDIR", "MPLCONFIGDIR", "XDG_CACHE_HOME")}
    data = {"NETSPEC_DATA": str(tmp_path / "data"), "PYTHONPATH": str(ROOT)}
    return {**os.environ, **names, **data, "OMP_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"}


# hundreds of commands, one after the other
@pytest.mark.timeout(600)
def test_hostile_files_run_nothing(tmp_path: Path, environment: dict[str, str]) -> None:
    command = [sys.executable, "-P", "-m", "tests.security.attack", str(tmp_path)]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr[-3000:]
    result = json.loads((tmp_path / "result.json").read_text())
    print(f"{result['files']} hostile files in {result['cases']} folders; exit codes {result['codes']}")
    assert result["wrong"] == {}
    assert result["cases"] >= CASES
    assert set(result["codes"]) <= {"0", "1", "3", "5"}


class Runs:
    """Unpickling one runs a program."""

    def __reduce__(self) -> tuple[Any, ...]:
        return os.system, ("touch ran",)  # pyright: ignore[reportDeprecated]


def _imports(folder: Path) -> None:
    (folder / "evil.py").write_text("run = None\n")
    sys.path.insert(0, str(folder))
    __import__("evil")


def _imports_under_a_known_name(folder: Path) -> None:
    """As a module of the installation would be called that isn't loaded yet."""
    (folder / "antigravity.py").write_text("run = None\n")
    sys.path.insert(0, str(folder))
    importlib.import_module("antigravity")


def _unpickles(folder: Path) -> None:
    pickle.loads(pickle.dumps(Runs()))


def _reads_outside(folder: Path) -> None:
    (folder.parent / "outside").read_bytes()


def _reads_through_a_link(folder: Path) -> None:
    (folder / "link").symlink_to(folder.parent / "outside")
    (folder / "link").read_bytes()


def _connects(folder: Path) -> None:
    with socket.socket() as one:
        one.connect(("127.0.0.1", 9))


CAUGHT: dict[str, Callable[[Path], Any]] = {
    "os.system": lambda folder: os.system(f"touch {folder / 'ran'}"),  # pyright: ignore[reportDeprecated]
    "subprocess.Popen": lambda folder: subprocess.run(["touch", folder / "ran"], check=False),
    "os.posix_spawn": lambda folder: os.posix_spawn("/usr/bin/touch", ["touch", str(folder / "ran")], {}),
    "os.exec": lambda folder: os.execv("/usr/bin/touch", ["touch", str(folder / "ran")]),
    "os.fork": lambda folder: os._exit(0) if os.fork() == 0 else None,
    "pickle.find_class": _unpickles,
    "socket": _connects,
    "socket.getaddrinfo": lambda folder: socket.getaddrinfo("127.0.0.1", 9),
    "import": _imports,
    "exec": lambda folder: exec(CODE),
    "compile, of a module under a known name": _imports_under_a_known_name,
    "compile, of a text that is run": lambda folder: exec("import this"),
    "compile, of a text that is evaluated": lambda folder: eval("1 + 1"),
    "ctypes.dlopen": lambda folder: ctypes.CDLL(str(folder / "evil.so")),
    "open": _reads_outside,
    "open, a link": _reads_through_a_link,
    "open, to write": lambda folder: (folder.parent / "other").write_text("x"),
    "os.remove": lambda folder: (folder.parent / "outside").unlink(),
    "os.rename": lambda folder: (folder.parent / "outside").rename(folder / "inside"),
    "os.mkdir": lambda folder: (folder.parent / "made").mkdir(),
    "os.listdir": lambda folder: os.listdir(folder.parent),  # noqa: PTH208 - the event's name
}
"""For each kind of event something that raises it, and is refused."""


def test_the_watch_catches_each_kind(tmp_path: Path, environment: dict[str, str]) -> None:
    (tmp_path / "outside").write_text("secret")
    (tmp_path / "inside").mkdir()
    code = "import sys; from tests.security.test_audit import caught; caught(sys.argv[1])"
    command = [sys.executable, "-P", "-c", code, str(tmp_path / "inside")]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr[-2000:]
    found: dict[str, list[str]] = json.loads(ended.stdout)
    assert found.keys() == CAUGHT.keys()
    for kind, seen in found.items():
        assert seen, kind
        assert seen[0].startswith(f"{kind.partition(',')[0]}"), (kind, seen)
    assert not (tmp_path / "inside" / "ran").exists()
    assert (tmp_path / "outside").read_text() == "secret"


def caught(folder: str) -> None:
    """Do in this process all that mustn't be, and print what the watch says of each."""
    from tests.security.audit import Audit, Refused

    audit = Audit()
    found: dict[str, list[str]] = {}
    for kind, do in CAUGHT.items():
        with audit.watch(writable=[Path(folder)]) as seen, suppress(Refused):
            do(Path(folder))
        found[kind] = seen
    print(json.dumps(found))
