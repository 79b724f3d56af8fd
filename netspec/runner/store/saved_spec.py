"""The spec in a run folder, with its overrides and the type of its data: all that a program is made of again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from netspec.catalogue.types import DataType
from netspec.checker import check_source
from netspec.files import from_json
from netspec.problems.base import NetspecError
from netspec.problems.running import NoRun
from netspec.program.parts import Part, parts_of
from netspec.program.program import Program
from netspec.source import Source

FORMAT = 3
SPEC_FILE = "spec.json"


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
        "data": {"source": program.source_index, "type": program.type.to_json()},
    }


def saved_program(folder: Path) -> Program:
    """The program of a run, from what its folder keeps. Raises NetspecError if it can't be had from there."""
    try:
        saved = from_json((folder / SPEC_FILE).read_bytes())
        if saved["format"] != FORMAT:
            raise NetspecError.of(NoRun(None, str(folder), f"{SPEC_FILE} is of another version of netspec"))
        source = Source(_text(saved["name"]), _text(saved["text"]), Path(_text(saved["path"])))
        texts = {Path(_text(path)): _text(content) for path, content in saved["files"].items()}
        if "\0" in "".join(map(str, (source.path, *texts))):
            raise ValueError("no path")
        overrides = {_text(name): _text(value) for name, value in saved["set"].items()}
        part = saved.get("part")
        described = _index(saved["data"]["source"]), DataType.from_json(saved["data"]["type"])
    except FileNotFoundError as error:
        raise NetspecError.of(NoRun(None, str(folder), f"there is no {SPEC_FILE}")) from error
    except OSError as error:
        raise NetspecError.of(NoRun(None, str(folder), f"{SPEC_FILE}: {error.strerror}")) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise NetspecError.of(NoRun(None, str(folder), f"{SPEC_FILE} isn't what was written")) from error
    program = check_source(source, overrides, texts, described).require()
    if part is None:
        return program
    found = next((one for one in parts_of(program) if one.name == part), None)
    if found is None:
        raise NetspecError.of(NoRun(None, str(folder), f"{SPEC_FILE} isn't what was written"))
    return found.of(program)


def _text(value: Any) -> str:
    """A text that a file can hold. Raises TypeError or ValueError for anything else."""
    if not isinstance(value, str):
        raise TypeError("no text")
    value.encode()  # half of a surrogate pair, which JSON can hold, is no text
    return value


def _index(value: Any) -> int:
    """An index from 0 on. Raises ValueError for anything else."""
    if type(value) is not int or not 0 <= value < 2**63:
        raise ValueError("no index")
    return value


def _path(source: Source) -> str:
    return str((source.path or Path(source.name)).resolve())
