"""What hostile files are made of: texts that some program would run, pickles that run something, and damage."""

from __future__ import annotations

import io
import os
import pickle
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import torch

SECRET = "canary-7f3a"
"""Stands in the files that are outside of the folder of a case, and may be in no message."""

CODE = (
    "__import__('os').system('touch ran')",
    "().__class__.__base__.__subclasses__()",
    "{{ cycler.__init__.__globals__.os.popen('id') }}",
    "{% import os %}",
    "{0.__class__.__init__.__globals__}",
    "$(touch ran)",
    "`touch ran`",
    "; touch ran #",
    "=cmd|'/C calc'!A0",
    "=HYPERLINK(CONCAT('http://127.0.0.1/',A1))",
    "+WEBSERVICE('http://127.0.0.1/')",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "!!python/object/apply:os.system [id]",
    "${jndi:ldap://127.0.0.1/a}",
    "<script>fetch('http://127.0.0.1/')</script>",
    "[link=file:///etc/passwd]x[/link]",
    "lambda: exec('import os')",
    "exec(compile('1', 'x', 'exec'))",
    "evil.py:run",
    "file:///etc/passwd",
    "../outside/secret",
    "%(asctime)s %n%p",
    r"\write18{touch ran}",
    "$\\input{/etc/passwd}$",
)
"""Calls, templates, formulas and markup, for Python, jinja2, rich, TeX, shells, and programs for tables."""


class Runs:
    """Unpickling one runs a program."""

    def __init__(self, command: str = "touch ran") -> None:
        self.command = command

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return os.system, (self.command,)  # pyright: ignore[reportDeprecated]


class Evaluates:
    """Unpickling one runs a text of Python."""

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return eval, ("__import__('os').system('touch ran')",)


def pickles() -> dict[str, bytes]:
    """Pickles that run something, as Python, torch and numpy write them."""
    torch_zip, torch_old = io.BytesIO(), io.BytesIO()
    torch.save({"x": Runs()}, torch_zip)
    torch.save({"x": Runs()}, torch_old, _use_new_zipfile_serialization=False)
    array = io.BytesIO()
    np.save(array, np.array([Runs(), Runs()], dtype=object), allow_pickle=True)
    return {
        **{f"protocol {number}": pickle.dumps(Runs(), number) for number in (0, 2, 4)},
        "eval": pickle.dumps(Evaluates()),
        "in a dict": pickle.dumps({"x": Runs(), "y": [0, 1]}),
        "torch": torch_zip.getvalue(),
        "old torch": torch_old.getvalue(),
        "numpy": array.getvalue(),
    }


def damaged(content: bytes, random: Random, times: int) -> Iterator[bytes]:
    """Content with some bytes that are others, some that aren't there, or some twice."""
    for _ in range(times):
        found = bytearray(content)
        for _ in range(random.randint(1, 4)):
            place, length = random.randrange(len(found)), random.randint(1, 16)
            match random.randrange(3):
                case 0:
                    found[place : place + length] = random.randbytes(length)
                case 1:
                    del found[place + 1 : place + length]
                case _:
                    found[place:place] = found[place : place + length]
        yield bytes(found)


@dataclass(frozen=True)
class Case:
    """A folder with hostile files, and the commands that are given them there, without `netspec`.

    `named` are files outside of the folder that a spec in it names: they may be read, and nothing of them is said.
    """

    name: str
    folder: Path
    commands: tuple[tuple[str, ...], ...]
    named: tuple[Path, ...] = ()


@dataclass
class Workshop:
    """Where cases are made: a folder for each under `root`, beside `outside`, where nothing is to be read."""

    root: Path
    random: Random

    @property
    def outside(self) -> Path:
        return self.root / "outside"

    def folder(self, name: str) -> Path:
        plain = "".join(character if character.isalnum() else "-" for character in name)[:40]
        path = self.root / "cases" / f"{len(list((self.root / 'cases').iterdir())):03d}-{plain}"
        path.mkdir()
        return path


def table_spec(source: str, loss: str = "cross_entropy", outputs: int = 2) -> str:
    return (
        f"data {{ source = {source}\n validation = 25% }}\nmodel {{ flatten -> linear({outputs}) }}\n"
        f"train {{ loss = {loss}\n optimizer = sgd(lr=0.01)\n epochs = 1 }}\n"
    )
