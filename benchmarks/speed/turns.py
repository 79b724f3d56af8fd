"""Processes that take turns: each goes on to the end of an epoch, and waits there until it is its turn again."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack

OVER = "the turn is over"
"""The line that a process prints at the end of its turn."""


def give_up_turn() -> None:
    """In the process that takes turns: say that the turn is over, and wait for the next."""
    print(OVER, flush=True)
    if not sys.stdin.readline():
        raise SystemExit("nobody gives turns any more")


def in_turn(commands: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, str]]:
    """The names of the commands and what they printed, each when its process has ended.

    A process starts with its first turn, so that no two of them ever do anything at the same time. Raises
    CalledProcessError for one that fails; the others end with it.
    """
    with ExitStack() as stack:
        at_work: dict[str, subprocess.Popen[str]] = {}
        left = list(commands)
        while left:
            for name in [*left]:
                if name in at_work:
                    _say(at_work[name], "your turn")
                else:
                    # what it writes to stderr is seen at once
                    process = subprocess.Popen(
                        commands[name], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
                    )
                    at_work[name] = stack.enter_context(process)
                    stack.callback(process.kill)
                printed = _turn(at_work[name])
                if printed is not None:
                    left.remove(name)
                    yield name, printed


def _say(process: subprocess.Popen[str], line: str) -> None:
    assert process.stdin is not None
    process.stdin.write(f"{line}\n")


def _turn(process: subprocess.Popen[str]) -> str | None:
    """Wait until the turn is over; what was printed in it if it was the last one."""
    assert process.stdout is not None
    printed: list[str] = []
    for line in process.stdout:
        if line.strip() == OVER:
            return None
        printed.append(line)
    if status := process.wait():
        raise subprocess.CalledProcessError(status, process.args)
    return "".join(printed)
