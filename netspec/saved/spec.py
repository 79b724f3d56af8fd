"""The spec in a run folder, with its overrides and the type of its data: a run needs nothing outside of its folder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from netspec.catalogue.entry import as_count, as_text
from netspec.catalogue.types import DataType
from netspec.formats.confined import is_file_of, read_json
from netspec.immutable import immutable
from netspec.lang.source_file import SIZE_LIMIT
from netspec.problems.base import NetspecError
from netspec.problems.running import NoRun
from netspec.program.parts import Part
from netspec.program.program import Program
from netspec.program.space import Role
from netspec.saved.formats import SPEC, STUDY
from netspec.source import Source
from netspec.zoo import FOLDER, library_name


@immutable
class SavedSpec:
    """What a check makes the program of a run of: the source, the values of params from outside, the texts of other
    files by their absolute paths, the data that it is for, the name of the part of the spec that the run is, if it has
    several, and what it is to a study, if it is a run of one."""

    source: Source
    overrides: Mapping[str, str]
    texts: Mapping[Path, str]
    described: tuple[int, DataType]
    part: str | None
    role: Role | None

    @classmethod
    def of(cls, folder: Path) -> SavedSpec:
        """The spec in the folder of a run. Raises NetspecError if it has none that can be read."""
        try:
            record = read_json(folder / SPEC.file, folder)
            SPEC.ensure_readable(record, folder)
            return cls.from_record(record)
        except FileNotFoundError as error:
            raise NetspecError.of(_without_spec(folder)) from error
        except OSError as error:
            raise no_run(folder, f"{SPEC.file}: {error.strerror}") from error
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise unreadable(folder) from error

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> SavedSpec:
        """The spec of a record. Raises ValueError, TypeError, KeyError or AttributeError if it has none."""
        data = record["data"] if record["format"] > 2 else _data_of_format_2(record["data"])
        source = Source(as_text(record["name"]), _text(record["text"]), Path(as_text(record["path"])))
        texts = {Path(as_text(path)): _text(content) for path, content in record["files"].items()}
        # a run from before there was a zoo has none of its files
        texts |= {FOLDER / as_text(name): _text(content) for name, content in record.get("library", {}).items()}
        if "\0" in "".join(map(str, (source.path, *texts))):
            raise ValueError("no path")
        part, role = record.get("part"), record.get("role")
        return cls(
            source,
            {as_text(name): _text(value) for name, value in record["set"].items()},
            texts,
            (as_count(data["source"]), DataType.from_json(data["type"])),
            None if part is None else as_text(part),
            None if role is None else Role(role),
        )


def spec_record(program: Program, part: Part | None = None, role: Role | None = None) -> dict[str, Any]:
    """The files of a program's spec as JSON data, the part of the spec that the run is, if it has several, and what the
    run is to a study, if it belongs to one.

    Paths are absolute: data is looked for from where the spec was. Library files of the zoo have names instead, since
    they lie elsewhere on another machine, and are kept, since they may say something else in a later version.
    """
    source = program.source
    library = {file.path.name: file.text for file in program.files if file.path and library_name(file.path)}
    return {
        "format": SPEC.current,
        "name": source.name,
        "path": _path(source),
        "text": source.text,
        "files": {_path(file): file.text for file in program.files if not (file.path and library_name(file.path))},
        "library": library,
        "set": dict(program.overrides),
        "part": part.name if part else None,
        **({"role": role.value} if role else {}),
        "data": {"source": program.source_index, "type": program.type.to_json()},
    }


def _text(value: Any) -> str:
    """A text that isn't larger than a spec may be, so that checking it ends soon."""
    if len(text := as_text(value)) > SIZE_LIMIT:
        raise ValueError("too large")
    return text


def _data_of_format_2(data: Any) -> dict[str, Any]:
    """The data of a spec in the format of today from that in format 2, which has the target as its classes alone."""
    fields = [{"name": field["name"], "type": _field_of_format_2(field)} for field in data["fields"]]
    target = {"op": "number"} if data["classes"] is None else {"op": "classes", "names": data["classes"]}
    return {"source": data["source"], "type": {"fields": fields, "target": target, "samples": data["samples"]}}


def _field_of_format_2(field: Any) -> dict[str, Any]:
    """The record of an input's type from that in format 2, which has the arguments of all types."""
    sizes = field["sizes"]
    record = {"op": field["form"], "sizes": sizes[0] if len(sizes) == 1 else sizes}
    if field["columns"]:
        record["names"] = [column["name"] for column in field["columns"]]
        record["categories"] = [column["categories"] for column in field["columns"]]
    if field["vocabulary"]:
        record["vocabulary"] = field["vocabulary"]
    return record


def no_run(folder: Path, reason: str) -> NetspecError:
    """That a folder isn't that of a run, as a problem."""
    return NetspecError.of(NoRun(None, str(folder), reason))


def _without_spec(folder: Path) -> NoRun:
    if is_file_of(folder / STUDY.file, folder):
        help = (
            f"the runs of its trials are in `{folder / 'trials'}`; `netspec search --resume {folder}` goes on with it"
        )
        return NoRun(None, str(folder), "it is that of a study", help)
    return NoRun(None, str(folder), f"there is no {SPEC.file}")


def unreadable(folder: Path) -> NetspecError:
    return no_run(folder, f"{SPEC.file} isn't what was written")


def _path(source: Source) -> str:
    return str((source.path or Path(source.name)).resolve())
