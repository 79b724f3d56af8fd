"""Results of a run by the names that assertions have for them."""

from __future__ import annotations

from collections.abc import Mapping

from netspec.program.assertion import SECONDS, SIZE, AssertionResult, evaluate_all, of_class
from netspec.runner.events import Evaluation, RunResult
from netspec.saved.export_record import export_results
from netspec.saved.stage_record import stage_results


def results_of(result: RunResult) -> dict[str, float]:
    """The results of a finished run: `test.accuracy`, `test.classes.cat.recall`, `size`, `seconds`."""
    found = {f"validation.{name}": value for name, value in result.validation_values.items()}
    for evaluation in (result.validation, result.test):
        if evaluation is not None:
            found |= {f"{evaluation.split}.{name}": value for name, value in evaluation.values.items()}
            found |= _of_classes(evaluation)
    found |= {**export_results(result.exports), **stage_results(result.stages)}
    return found | {SIZE: float(result.size), SECONDS: result.seconds}


def assertion_results(result: RunResult) -> tuple[AssertionResult, ...]:
    """The assertions of a run's spec, assertion_results by its results; none of a run that isn't finished."""
    return () if result.unfinished else evaluate_all(result.program.assertions, results_of(result))


def _of_classes(evaluation: Evaluation) -> Mapping[str, float]:
    return {
        of_class(evaluation.split, report.name, name): float(value)
        for report in evaluation.classes
        for name, value in {**report.values, "support": report.support}.items()
    }
