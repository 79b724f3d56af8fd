"""The spec that a run folder keeps: all files of it and what was set from outside, so that the run stands by itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from netspec.checker import check_source
from netspec.files import from_json
from netspec.problems.base import NetspecError
from netspec.problems.running import NoRun
from netspec.program.parts import Part, parts_of
from netspec.program.program import Program
from netspec.source import Source

FORMAT = 1
KEPT = "spec.json"


def as_kept(program: Program, part: Part | None = None) -> dict[str, Any]:
    """The files of a program's spec as JSON data, and which of its runs this is if there are several.

    Paths are absolute: data is looked for from where the spec was.
    """
    source = program.source
    return {
        "format": FORMAT,
        "name": source.name,
        "path": _path(source),
        "text": source.text,
        "files": {_path(file): file.text for file in program.files},
        "set": dict(program.overrides),
        "part": part.name if part else None,
    }


def kept_program(folder: Path) -> Program:
    """The program of a run, from what its folder keeps. Raises NetspecError if it can't be had from there."""
    try:
        kept = from_json((folder / KEPT).read_bytes())
        if kept["format"] != FORMAT:
            raise NetspecError.of(NoRun(None, str(folder), f"{KEPT} is of another version of netspec"))
        source = Source(_text(kept["name"]), _text(kept["text"]), Path(_text(kept["path"])))
        texts = {Path(_text(path)): _text(text) for path, text in kept["files"].items()}
        if "\0" in "".join(map(str, (source.path, *texts))):
            raise ValueError("no path")
        overrides = {_text(name): _text(value) for name, value in kept["set"].items()}
        part = kept.get("part")
    except FileNotFoundError as error:
        raise NetspecError.of(NoRun(None, str(folder), f"there is no {KEPT}")) from error
    except OSError as error:
        raise NetspecError.of(NoRun(None, str(folder), f"{KEPT}: {error.strerror}")) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise NetspecError.of(NoRun(None, str(folder), f"{KEPT} isn't what was written")) from error
    program = check_source(source, overrides, texts).require()
    if part is None:
        return program
    found = next((one for one in parts_of(program) if one.name == part), None)
    if found is None:
        raise NetspecError.of(NoRun(None, str(folder), f"{KEPT} isn't what was written"))
    return found.of(program)


def _text(value: Any) -> str:
    """A text that a file can hold. Raises TypeError or ValueError for anything else."""
    if not isinstance(value, str):
        raise TypeError("no text")
    value.encode()  # half of a surrogate pair, which JSON can say, is none
    return value


def _path(source: Source) -> str:
    return str((source.path or Path(source.name)).resolve())
