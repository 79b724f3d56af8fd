"""The folder of a study: its spec, with which it needs nothing outside of the folder but its data, and its journal."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

from netspec.catalogue.entry import as_count, as_text
from netspec.catalogue.search_methods import MOST_TRIALS
from netspec.catalogue.sections.search import Search
from netspec.checker import Analysis, Checked
from netspec.checker.names.files import Files
from netspec.checker.space import Draw, Setting, Settings, ends_of
from netspec.files import as_json, file_problems, write_atomically
from netspec.formats.confined import is_file_of, read_json
from netspec.problems.base import NetspecError
from netspec.problems.running import FolderExists
from netspec.problems.studies import NoSearch, NoStudy, StudyChanged
from netspec.problems.values import Conflict
from netspec.program.difference import difference
from netspec.program.naming import mark_of_now, runs_of
from netspec.program.program import Program
from netspec.program.search_plan import SearchPlan, ensure_installed, make_search_plan
from netspec.program.space import trial_program
from netspec.saved.formats import JOURNAL, SPEC, STUDY
from netspec.saved.run_files import ensure_own
from netspec.saved.spec import SavedSpec, spec_record
from netspec.searcher.history import History, read_history
from netspec.searcher.study import TRIALS, Study, ensure_total
from netspec.searcher.terms import Terms

CONFIRM = "confirm"
"""The folder of a study with the runs that confirm its trials."""


@dataclass(frozen=True)
class Declared:
    """What a spec says of a study: the program with the defaults of its params, and the settings that there are."""

    analysis: Analysis

    @classmethod
    def of(cls, analysis: Analysis) -> Declared:
        """The study of a spec. Raises NetspecError if anything is wrong with the spec, or it has no search."""
        program = Checked(analysis).require()
        if program.search is None:
            raise NetspecError.of(NoSearch(None, program.source.name))
        return cls(analysis)

    @property
    def program(self) -> Program:
        assert self.analysis.program is not None, "it was checked"
        return self.analysis.program

    @property
    def search(self) -> Search:
        assert self.program.search is not None, "it has one"
        return self.program.search

    @property
    def settings(self) -> Settings:
        assert self.analysis.settings is not None, "a program with a search has settings"
        return self.analysis.settings

    @property
    def plan(self) -> SearchPlan:
        """What there is to do by its spec."""
        return make_search_plan(self.program, self.search, self.settings.space)

    @property
    def total(self) -> int:
        """How many trials it has by its spec."""
        total = self.search.method.planned(self.settings.size)
        assert total is not None, "a space that can't be counted has a method with a number of trials"
        return total

    @cached_property
    def terms(self) -> Terms:
        """What its proposals follow from."""
        search = self.search
        params = {param.name: param.domain for param in self.settings.space}
        epochs = self.program.train.epochs
        return Terms(
            self.digest, params, search.goals, search.method, search.stop, epochs, search.seed, search.parallel
        )

    @cached_property
    def digest(self) -> str:
        """A digest of what the spec means in settings that take all of its branches; layout and comments don't count.

        A search that the spec has isn't in it: the terms have what counts of that.
        """
        found = sha256()
        for setting in self._looked_at:
            codes = ",".join(error.code for error in setting.errors)
            found.update(f"{setting.program.hash if setting.program else codes}\n".encode())
        return found.hexdigest()

    def write(self, folder: Path, total: int) -> None:
        """Write the spec into a folder, with how many trials there are to be. All settings that were looked at are
        there again without any other file."""
        source, known = self.program.source, {file.path: file for file in self.program.files}
        for setting in self._looked_at:
            known.update({file.path: file for file in setting.program.files} if setting.program else {})
        record = spec_record(replace(self.program, files=tuple(known.values())))
        record |= {"format": STUDY.current, "netspec": version("netspec-lang"), "trials": total}
        with file_problems(folder):
            name = "spec.net.json" if source.name.endswith(".json") else "spec.net"
            write_atomically(folder / name, source.text.encode())
            write_atomically(folder / STUDY.file, as_json(record))

    def decide(self, draw: Draw) -> Setting:
        """The setting of values that are drawn one by one. Raises NetspecError where none can be had any more."""
        setting = self.settings.decide(draw)
        if setting.program is None:
            self.ensure_as_it_was()
        return setting

    def ensure_as_it_was(self) -> None:
        """Make sure that a setting with errors isn't wrong because of something outside of the spec, such as data that
        is gone: then the spec as it is has them, too. Raises NetspecError."""
        Checked(self.analysis.trial({})).require()

    def ensure_same(self, now: Declared, folder: Path) -> None:
        """Refuse a spec that isn't any more what the study in a folder was begun with. Raises NetspecError."""
        same = replace(now.terms, spec=self.digest)
        changes = self.terms.changes(same)
        if now.digest != self.digest:
            known = tuple(_changes(trial_program(self.program), trial_program(now.program)))
            changes += known or self.terms.changes(replace(self.terms, spec=now.digest))
        if changes:
            raise NetspecError.of(StudyChanged(None, str(folder), changes))

    @property
    def _looked_at(self) -> Iterator[Setting]:
        """Settings that take all branches, those of the checks and the ends of all domains."""
        yield from self.settings.explored.settings
        for end in (0, -1):
            yield self.settings.decide(lambda _, domain, end=end: ends_of(domain)[end])


@dataclass(frozen=True)
class StudyFolder:
    """A study in its folder, with what its spec says of it."""

    path: Path
    declared: Declared
    study: Study

    @classmethod
    def begin(cls, spec: Program, path: Path | None = None, trials: int | None = None) -> StudyFolder:
        """Begin the study of a spec in a folder that is new or empty, or in a new one among the runs of the spec; of so
        many trials, or as many as the spec says. Raises NetspecError, and then leaves no folder that wasn't there."""
        declared = Declared.of(Analysis(spec.source, files=_files(spec), overrides=spec.overrides))
        ensure_installed(declared.search)
        _ensure_free(declared)
        total = trials or declared.total
        ensure_total(total)
        path = path or runs_of(spec.name) / f"study-{mark_of_now()}"
        with file_problems(path):
            if path.exists() and (not path.is_dir() or any(path.iterdir())):
                raise NetspecError.of(_in_the_way(path))
            new = not path.exists()
            path.mkdir(parents=True, exist_ok=True)
        try:
            declared.write(path, total)
            study = Study.begin(path, declared.terms, total, declared)
        except BaseException:
            if new and not (path / JOURNAL.file).exists():
                shutil.rmtree(path, ignore_errors=True)
            raise
        return cls(path, declared, study)

    @classmethod
    def open(cls, path: Path, spec: Path | None = None) -> StudyFolder:
        """Open a study that was begun. Raises NetspecError if there is none, if its spec can't be read any more, or if
        that, or the `spec` at a path, isn't the one that the study was begun with."""
        saved, record = saved_study(path)
        for folder in (path, path / TRIALS, path / CONFIRM):
            if folder.is_dir():
                ensure_own(folder)  # a link would lead what is written out of it
        declared = Declared.of(Analysis(saved.source, files=Files(saved.texts, disk=False), overrides=saved.overrides))
        ensure_installed(declared.search)
        terms = declared.terms
        if spec is not None:
            declared.ensure_same(Declared.of(Analysis(spec, overrides=saved.overrides)), path)
        if not is_file_of(path / JOURNAL.file, path):
            # it was killed between the two
            return cls(path, declared, Study.begin(path, terms, as_count(record["trials"]), declared))
        if record["netspec"] != version("netspec-lang"):
            # another version may hash the same spec differently
            terms = replace(terms, spec=read_history(path).terms.spec)
        return cls(path, declared, Study(path, terms, declared))

    @property
    def history(self) -> History:
        return self.study.history


def saved_study(folder: Path) -> tuple[SavedSpec, Mapping[str, Any]]:
    """The spec in the folder of a study; and its record, which has how many trials there were to be and the version of
    netspec that wrote it. Raises NetspecError if it has none that can be read."""
    try:
        record: Mapping[str, Any] = read_json(folder / STUDY.file, folder)
        STUDY.ensure_readable(record, folder)
        as_text(record["netspec"])
        if not 0 < as_count(record["trials"]) <= MOST_TRIALS:
            raise ValueError("no number of trials")
        return SavedSpec.from_record(record), record
    except FileNotFoundError as error:
        raise NetspecError.of(_without_study(folder)) from error
    except OSError as error:
        raise NetspecError.of(NoStudy(None, str(folder), f"{STUDY.file}: {error.strerror}")) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise NetspecError.of(NoStudy(None, str(folder), f"{STUDY.file} isn't what was written")) from error


def _in_the_way(path: Path) -> FolderExists:
    if is_file_of(path / STUDY.file, path):
        return FolderExists(None, str(path), "has a study", f"`netspec search --resume {path}` goes on with it")
    return FolderExists(None, str(path), "isn't empty" if path.is_dir() else "is a file")


def _ensure_free(declared: Declared) -> None:
    """Refuse a value from outside for a param that the search chooses values for. Raises NetspecError."""
    for name in declared.terms.params.keys() & declared.analysis.overrides.keys():
        help = f"leave out `--set {name}`, or name the params to search without it: `params` in `search`"
        raise NetspecError.of(Conflict(None, f"`{name}` is searched, so `--set` can't give it a value", help=help))


def _without_study(folder: Path) -> NoStudy:
    if is_file_of(folder / SPEC.file, folder):
        return NoStudy(None, str(folder), "it is that of a run", f"`netspec run --resume {folder}` goes on with it")
    return NoStudy(None, str(folder), f"there is no {STUDY.file}" if folder.exists() else "it doesn't exist")


def _changes(before: Program, now: Program) -> Iterator[str]:
    """What differs between the programs of the params' defaults, a sentence each; nothing if only others differ."""
    found = difference(before, now)
    for setting in found.settings:
        yield f"`{setting.path}` was {setting.old.value} and is {setting.new.value}"
    for layer in found.layers:
        old, new = (side[0].written if side else "absent" for side in (layer.old, layer.new))
        yield f"the layer `{layer.path}` was {old} and is {new}"


def _files(spec: Program) -> Files:
    """The other files of a spec as they were when it was checked; more of them, for other settings, from the disk."""
    return Files({file.path: file.text for file in spec.files if file.path is not None})
