"""Scripts of programs run beside the runs of netspec, to compare what both end with."""

from __future__ import annotations

import contextlib
import io
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file
from torch import Tensor

from netspec.ejector import script_of
from netspec.ejector.network import network_text
from netspec.ejector.pieces import Pieces
from netspec.problems import NetspecError
from netspec.program.program import Program
from netspec.runner.events import Finished
from netspec.runner.store.checkpoints import Checkpoints
from netspec.runner.store.folder import RunFolder
from netspec.runner.train.loop import train
from netspec.saved.moment import Moment

Ended = tuple[dict[str, Tensor], dict[str, float]]
"""The weights by their names in the spec, and what was measured in the end."""


def namespace(text: str) -> dict[str, Any]:
    """The names that a script defines; its main part isn't run."""
    names: dict[str, Any] = {"__name__": "script"}
    exec(compile(text, "script.py", "exec"), names)
    return names


def by_script(program: Program) -> Ended:
    """What the script of a program ends with."""
    names = namespace(script_of(program))
    with contextlib.redirect_stdout(io.StringIO()):
        net, metrics = names["main"]()
    text, state = network_text(program.graph, Pieces()), net.state_dict()
    return {
        tensor.name: state[text.tensor(tensor.name)[len("net.") :]] for tensor in program.graph.state_tensors
    }, metrics


def by_netspec(program: Program, folder: Path) -> Ended:
    """What a run of a program ends with."""
    with RunFolder(folder) as run:
        *_, last = train(program, run, torch.device("cpu"))
        assert isinstance(last, Finished)
        result = last.result
        checkpoints = Checkpoints(run.checkpoints, 1, 2**40)
        moment = Moment(result.restored if result.restored is not None else len(result.history))
        weights = load_file(checkpoints.path(moment) / "model.safetensors")
    return weights, dict(result.evaluation.values) if result.evaluation else {}


def assert_same(program: Program, folder: Path) -> None:
    """A script ends with the bits of a run, and measures the same numbers."""
    mine, measured = by_script(program)
    weights, values = by_netspec(program, folder)
    assert mine.keys() == weights.keys()
    assert [name for name in weights if not torch.equal(mine[name], weights[name])] == []
    assert measured == values or (
        measured.keys() == values.keys() and all(map(same, measured.values(), values.values()))
    )


def same(one: float, other: float) -> bool:
    """Whether two numbers are equal, or none."""
    return one == other or (one != one and other != other)


def refused(program: Program) -> str | None:
    """Why a program has no script, in the words of the message; None if it has one."""
    try:
        script_of(program)
    except NetspecError as error:
        return "\n".join(diagnostic.message for diagnostic in error.diagnostics)
    return None
