"""Scripts from Python: a spec or a run as a script for torch that trains the same network without netspec."""

from __future__ import annotations

from pathlib import Path

from netspec.api.specs import Spec, as_program
from netspec.program.program import Program


def script(spec: Spec) -> str:
    """The text of a script that loads the same data, trains to the same bits on a CPU, and evaluates with the same
    numbers as a run of a spec: of a program, a file, or the folder of a run, whose spec and source it takes.

    Raises NetspecError if there is none, with all that a script has no code for.
    """
    from netspec.ejector import script_of

    if isinstance(spec, Program) or Path(spec).suffix in (".net", ".json"):
        return script_of(as_program(spec))
    return script_of(*_of_run(Path(spec)))


def _of_run(folder: Path) -> tuple[Program, str | None]:
    """The program of a run, and the source that it took if it is finished."""
    from netspec.checker import saved_program
    from netspec.runner.store.saved_record import SavedRecord

    program = saved_program(folder)
    try:
        return program, SavedRecord.of(folder).source
    except FileNotFoundError:
        return program, None
