"""`netspec demo`: it prints the address, answers, and ends calmly."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.cli.conftest import Netspec
from tests.specs import ROOT

SPEC = """\
data { source = iris(), transform = standardize }
model { linear(3) }
train { epochs = 1 }
"""


@pytest.fixture
def run(netspec: Netspec, folder: Path) -> Path:
    (folder / "spec.net").write_text(SPEC)
    assert netspec("run", "spec.net", "--out", "run", "--quiet").exit_code == 0
    return folder / "run"


@pytest.mark.skipif(sys.platform == "win32", reason="signals of that kind are those of POSIX")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_prints_the_address_alone_and_ends_calmly_with_a_signal(run: Path, number: signal.Signals) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "netspec", "demo", str(run)]
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, bufsize=1
    ) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        with urlopen(url.partition("#")[0], timeout=10) as answer:
            assert answer.status == 200 and b"<title>netspec demo</title>" in answer.read()
        process.send_signal(number)
        out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (0, "")
    assert err.splitlines() == ["press Ctrl-C to end", "the page has ended"]


def test_a_port_in_use_is_refused(netspec: Netspec, run: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = netspec("demo", "run", "--port", str(port))
    assert ended.exit_code == 2 and f"port {port} can't be used" in ended.err and "leave `--port` out" in ended.err


@pytest.mark.parametrize(
    ("arguments", "exit_code", "said"),
    [
        (("demo", "nothing"), 5, "isn't the folder of a run"),
        (("demo", "specs"), 5, "isn't the folder of a run"),
        (("demo", "specs/mnist_fc.net"), 5, "there is no run in it"),
        (("demo", "run", "--port", "0"), 2, "0 is not in the range"),
        (("demo", "run", "--port", "65536"), 2, "65536 is not in the range"),
        (("demo", "run", "--weights", "first"), 2, "'first' is not one of 'best', 'last'"),
        (("demo",), 2, "Missing argument 'RUN'"),
    ],
)
def test_what_has_no_page_is_refused(
    netspec: Netspec, run: Path, arguments: tuple[str, ...], exit_code: int, said: str
) -> None:
    ended = netspec(*arguments)
    assert ended.exit_code == exit_code and said in ended.err
    assert "Traceback" not in ended.err and ended.out == ""


def test_what_other_programs_call_it_leads_to_it(netspec: Netspec) -> None:
    assert "Did you mean 'netspec demo'?" in netspec("serve").err
