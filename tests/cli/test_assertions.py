"""A run whose assertions on its results fail ends with an exit code of its own, also when it is resumed."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Netspec
from tests.run.test_assertions import spec


def test_the_command_fails_with_a_code_of_its_own(netspec: Netspec, folder: Path) -> None:
    Path("s.net").write_text(spec("test.accuracy > 99.99% + 0.01"))
    ended = netspec("run", "s.net", "--out", "run", "--device", "cpu")
    assert ended.exit_code == 7
    assert "fails  test.accuracy > 99.99% + 0.01" in ended.out
    assert "1 of 1 assertion fails" in ended.err
    again = netspec("run", "--resume", "run")
    assert again.exit_code == 7
    assert "fails  test.accuracy > 99.99% + 0.01" in again.out
    assert netspec("run", "s.net", "--smoke", "--device", "cpu").exit_code == 0
