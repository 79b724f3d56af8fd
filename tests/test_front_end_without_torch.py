"""The front end works where importing torch raises, and doesn't so much as try to."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SPEC = ROOT / "specs" / "mnist_fc.net"

NETSPEC = "from netspec.cli import main; sys.argv[0] = 'netspec'; sys.exit(main())"

SANDBOX = """
import sys

SLOW = {"torch", "torchvision", "numpy", "matplotlib", "sklearn"}
tried = []


class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in SLOW:
            tried.append(name)
            raise ImportError(f"{name} is blocked")


sys.meta_path.insert(0, Blocker())
status = 0
try:
    exec(sys.argv.pop(1))
except SystemExit as end:
    status = end.code
if tried:
    sys.exit(f"the front end tried to import {', '.join(tried)}")
assert SLOW.isdisjoint(sys.modules)
sys.exit(status)
"""


def run_without_torch(code: str, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Runs `code` with `arguments` in a fresh interpreter that can't import torch, and fails if it tried."""
    return subprocess.run(
        [sys.executable, "-c", SANDBOX, code, *arguments],
        cwd=cwd,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["check", str(SPEC)],
        ["check", "--format", "json", str(SPEC)],
        ["explain", "CODE"],
        ["fmt", "--check", str(SPEC)],
        ["plan", str(SPEC)],
        ["plan", "--format", "json", str(SPEC)],
        ["check", "--format", "sarif", str(SPEC)],
        ["convert", str(SPEC)],
        ["diff", str(SPEC), str(SPEC)],
        ["graph", str(SPEC)],
        ["graph", "--format", "svg", str(SPEC)],
        ["new"],
        ["ops"],
        ["ops", "conv"],
        ["schema"],
        ["why", str(SPEC), "fc1"],
    ],
    ids=lambda arguments: " ".join(arguments).replace(str(SPEC), SPEC.name),
)
def test_a_verb_needs_no_torch(arguments: list[str], tmp_path: Path) -> None:
    if arguments[0] == "explain":
        from netspec.problems import all_problems

        arguments = ["explain", next(iter(all_problems()))]

    ran = run_without_torch(NETSPEC, *arguments, cwd=tmp_path)

    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert ran.stdout or arguments[0] == "fmt"


def test_a_mistake_is_found_without_torch(tmp_path: Path) -> None:
    """`run` checks first, so a typo costs no import of torch."""
    spec = tmp_path / "typo.net"
    spec.write_text(SPEC.read_text(encoding="utf-8").replace("linear", "linaer"), encoding="utf-8")

    ran = run_without_torch(NETSPEC, "run", str(spec), cwd=tmp_path)

    assert ran.returncode == 1, ran.stdout + ran.stderr
    assert "linear" in ran.stdout + ran.stderr
    assert "Traceback" not in ran.stderr


def test_the_public_names_need_no_torch_until_they_are_used(tmp_path: Path) -> None:
    ran = run_without_torch("import netspec; netspec.__version__, netspec.check, netspec.Diagnostic", cwd=tmp_path)
    assert ran.returncode == 0, ran.stderr


@pytest.mark.parametrize("name", ["torch", "torch.nn", "torchvision", "numpy", "matplotlib.pyplot", "sklearn"])
def test_the_sandbox_stops_an_import(name: str, tmp_path: Path) -> None:
    ran = run_without_torch(f"import {name}", cwd=tmp_path)
    assert ran.returncode == 1
    assert "is blocked" in ran.stderr


def test_the_sandbox_sees_an_import_that_is_tried_and_given_up(tmp_path: Path) -> None:
    code = "try:\n    import torch\nexcept ImportError:\n    pass"
    ran = run_without_torch(code, cwd=tmp_path)
    assert ran.returncode == 1
    assert ran.stderr == "the front end tried to import torch\n"


def test_the_sandbox_passes_an_exit_status_on(tmp_path: Path) -> None:
    assert run_without_torch("sys.exit(3)", cwd=tmp_path).returncode == 3
