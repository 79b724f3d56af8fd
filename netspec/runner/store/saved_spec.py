"""The spec that a run folder keeps, with what was set from outside and what the data was: the run stands by itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from netspec.checker import check_source
from netspec.files import from_json
from netspec.problems.base import NetspecError
from netspec.problems.running import NoRun
from netspec.program.parts import Part, parts_of
from netspec.program.program import Program
from netspec.runner.store.saved_type import text, type_as_data, type_of, whole
from netspec.source import Source

FORMAT = 2
KEPT = "spec.json"


def saved_spec(program: Program, part: Part | None = None) -> dict[str, Any]:
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
        "data": {"source": program.source_index, **type_as_data(program.type)},
    }


def saved_program(folder: Path) -> Program:
    """The program of a run, from what its folder keeps. Raises NetspecError if it can't be had from there."""
    try:
        kept = from_json((folder / KEPT).read_bytes())
        if kept["format"] != FORMAT:
            raise NetspecError.of(NoRun(None, str(folder), f"{KEPT} is of another version of netspec"))
        source = Source(text(kept["name"]), text(kept["text"]), Path(text(kept["path"])))
        texts = {Path(text(path)): text(content) for path, content in kept["files"].items()}
        if "\0" in "".join(map(str, (source.path, *texts))):
            raise ValueError("no path")
        overrides = {text(name): text(value) for name, value in kept["set"].items()}
        part = kept.get("part")
        described = whole(kept["data"]["source"]), type_of(kept["data"])
    except FileNotFoundError as error:
        raise NetspecError.of(NoRun(None, str(folder), f"there is no {KEPT}")) from error
    except OSError as error:
        raise NetspecError.of(NoRun(None, str(folder), f"{KEPT}: {error.strerror}")) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise NetspecError.of(NoRun(None, str(folder), f"{KEPT} isn't what was written")) from error
    program = check_source(source, overrides, texts, described).require()
    if part is None:
        return program
    found = next((one for one in parts_of(program) if one.name == part), None)
    if found is None:
        raise NetspecError.of(NoRun(None, str(folder), f"{KEPT} isn't what was written"))
    return found.of(program)


def _path(source: Source) -> str:
    return str((source.path or Path(source.name)).resolve())
