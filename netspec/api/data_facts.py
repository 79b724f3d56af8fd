"""The data of a spec from Python: its splits, classes and values, and samples as the network sees them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from netspec.api.specs import Spec, as_program
from netspec.diagnostics import Diagnostic
from netspec.problems import NetspecError

if TYPE_CHECKING:
    from netspec.data.facts import DataFacts
    from netspec.data.preview import Preview

PREVIEW_SAMPLES, PREVIEW_EPOCHS = 10, 5


@dataclass(frozen=True)
class DataReport:
    """The facts of a spec's data, diagnostics of its classes, and a preview of each input if it was asked for."""

    facts: DataFacts
    diagnostics: tuple[Diagnostic, ...]
    previews: tuple[Preview, ...] = ()


def data_facts(spec: Spec, *, preview: bool = False) -> DataReport:
    """Load the data of a spec and describe it, with `preview` also some samples in the first epochs.

    Raises NetspecError for mistakes in the spec or its data.
    """
    program = as_program(spec)
    import torch

    from netspec.data.facts import DataFacts
    from netspec.data.prepare import load_splits, prepare_splits
    from netspec.data.preview import preview as preview_of
    from netspec.formats.errors import DataError
    from netspec.program.data_errors import as_problem

    try:
        raw = load_splits(program)
        data = prepare_splits(raw, torch.device("cpu"))
    except DataError as error:
        raise NetspecError.of(as_problem(error, program.span_of("data.source"))) from error
    facts = DataFacts.of(raw, data)
    diagnostics = tuple(problem.diagnose() for problem in facts.problems)
    previews = preview_of(raw, data, PREVIEW_SAMPLES, PREVIEW_EPOCHS) if preview else ()
    return DataReport(facts, diagnostics, previews)
