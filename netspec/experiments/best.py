"""The best setting of a study as a spec: `best.net`, which extends the one that was searched."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from netspec.checker import Analysis
from netspec.experiments.study_folder import StudyFolder
from netspec.files import file_problems, write_atomically
from netspec.lang.read import read_tree
from netspec.lang.text.printer import format_text
from netspec.problems import Problems
from netspec.program.program import Program
from netspec.program.space import as_overrides
from netspec.searcher.lines import outcome_words
from netspec.searcher.trials import Trial
from netspec.source import Source

BEST = "best.net"


def program_of(folder: StudyFolder, trial: Trial) -> Program | None:
    """The program of the spec with a trial's params; None if there are errors."""
    return folder.declared.analysis.trial(as_overrides(trial.params)).program


def write_best(folder: StudyFolder, trial: Trial) -> bool:
    """Write the spec of a trial into the folder of its study. Raises NetspecError if that can't be done.

    It means what the trial was: that is checked. Where that isn't so in the study's folder, because data or weights
    are looked for from the folder of the spec, the spec is one for that folder; it says so, and False is returned.
    """
    expected = program_of(folder, trial)
    assert expected is not None, "it was trained"
    candidates = list(_candidates(folder, trial))
    right = (each for each in candidates if _hash_of(Source(BEST, *each)) == expected.hash)
    text, place = next(right, candidates[-1])
    with file_problems(folder.path):
        write_atomically(folder.path / BEST, text.encode())
    return place.parent == folder.path.resolve()


def _candidates(folder: StudyFolder, trial: Trial) -> Iterator[tuple[str, Path]]:
    """Texts of the spec, and the places that they are for: it extends the spec where that is, or its copy. The last one
    is for the folder of the spec."""
    here, source = folder.path.resolve(), folder.declared.program.source
    written = (source.path or Path(source.name)).resolve()
    copy = "spec.net.json" if source.name.endswith(".json") else "spec.net"
    for extended in (Path(os.path.relpath(written, here)).as_posix(), copy):
        yield _text(folder, trial, extended), here / BEST
    remark = f"# For the folder of {written.name}, where its files are looked for: copy it there."
    yield _text(folder, trial, written.name, remark), written.parent / BEST


def _text(folder: StudyFolder, trial: Trial, extended: str, remark: str = "") -> str:
    history = folder.study.history
    outcome = outcome_words(trial.outcome, history.terms.goals) if trial.outcome else ""
    values: Mapping[str, str] = {**folder.declared.analysis.overrides, **as_overrides(trial.params)}
    lines = [
        f"# Trial {trial.number}, the best of {len(history.trials)}: {outcome}",
        *([remark] if remark else []),
        f'extends "{extended}"',
        "",
        *(f"param {name} = {value}" for name, value in values.items()),
    ]
    tree = read_tree(Source(BEST, "\n".join(lines) + "\n"), Problems())
    return format_text(tree)


def _hash_of(source: Source) -> str | None:
    """The hash of the program of a spec; None if it has none."""
    program = Analysis(source, trial=True).program
    return program.hash if program is not None else None
