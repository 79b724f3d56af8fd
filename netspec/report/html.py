"""The report: a run on one page that needs nothing but itself, and its plots beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from netspec.catalogue.schedules import Clock
from netspec.files import file_problems, write_atomically
from netspec.program.freezing import learned_when
from netspec.program.plan import make_plan
from netspec.program.written import written
from netspec.render import words
from netspec.render.assertions import assertion_values
from netspec.render.stages import stage_columns, stage_rows
from netspec.report.fitting import verdict
from netspec.report.summary import best_validation, correct, correct_of_validation, epochs
from netspec.runner.events import Event, Finished, RunResult
from netspec.runner.results import assertion_results
from netspec.runner.store.run_history import ended
from netspec.saved.formats import REPORT
from netspec.wording import listing

if TYPE_CHECKING:
    from jinja2 import Template
    from markupsafe import Markup
    from matplotlib.figure import Figure

    from netspec.report.charts.roc_curves import RocCurves


ONLY_ON_PAGE = ("confusion_shares",)
"""What isn't written as a PNG too: it takes long, and another plot says the same."""
DRAWN_BOXES = 40
"""A drawing of more operations than these would be longer than anybody looks at."""


class Report:
    """Writes `plots/*.png` and `report.html` into a run's folder when the run is finished."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, event: Event) -> None:
        if isinstance(event, Finished):
            write_report(event.result, self.folder, ended(self.folder))


def write_report(result: RunResult, folder: Path, when: datetime) -> Path:
    """Write the page and the plots into a folder; returns the page's path. `when` is the end of the run."""
    from netspec.report.charts import style

    apart, figures = _figures(result)
    path = folder / REPORT
    with file_problems(folder):
        (folder / "plots").mkdir(exist_ok=True)
        for name, figure in figures.items():
            if name in ONLY_ON_PAGE:
                continue
            write_atomically(folder / "plots" / f"{name}.png", style.png(figure))
        write_atomically(path, render(result, apart, figures, when).encode())
    return path


def page_of(result: RunResult, when: datetime) -> str:
    """The page alone."""
    return render(result, *_figures(result), when)


def _figures(result: RunResult) -> tuple[Sequence[RocCurves], Mapping[str, Figure]]:
    from netspec.report import charts

    apart = charts.roc_curves(result)
    return apart, charts.draw(result, apart)


def render(result: RunResult, apart: Sequence[RocCurves], figures: Mapping[str, Figure], when: datetime) -> str:
    """The page. `apart` is how well the classes are told apart, and `when` the end of the run."""
    from markupsafe import Markup

    from netspec.report.charts import style
    from netspec.report.charts.curves import drawn_values
    from netspec.report.charts.roc_curves import NUMBERS
    from netspec.report.pictures import misses, shots

    return template("report.html.j2").render(
        result=result,
        program=result.program,
        evaluation=result.evaluation,
        when=when,
        # made by matplotlib, which escapes the texts in them
        plots={name: Markup(style.svg(figure, name.replace("_", " "))) for name, figure in figures.items()},
        curves=[*drawn_values(result), "learning_rate"],
        headline=headline(result),
        assertions=assertion_results(result),
        stages=result.stages,
        stage_table=[stage_columns(result.stages), *stage_rows(result.stages)] if result.stages else [],
        shots=shots(result),
        misses=misses(result),
        verdict=verdict(result),
        apart=apart,
        looked_at=NUMBERS,
        error=_calibration_error(result) if "calibration" in figures else None,
        drawing=_drawing(result),
        learned=learned_parts(result),
    )


def learned_parts(result: RunResult) -> list[str]:
    """What was learned in which part of the training, as far as it came; nothing where nothing was frozen."""
    plan, trained = make_plan(result.program), len(result.history)
    clock = Clock(plan.steps_per_epoch, trained * plan.steps_per_epoch)
    parts = learned_when(result.program.train, result.program.graph, clock) if trained else ()
    return [f"Learned in {words.learning(part, plan.parameters)}." for part in parts]


def _calibration_error(result: RunResult) -> float:
    from netspec.report.charts.calibration import calibration_error

    assert result.evaluation is not None and result.evaluation.predictions is not None
    return calibration_error(result.evaluation.predictions)


def _drawing(result: RunResult) -> Markup | None:
    """The network as SVG, which escapes the names in it; None where it is too large."""
    from markupsafe import Markup

    from netspec.render.graph_boxes import TooLarge, boxes_of
    from netspec.render.graph_svg import svg

    boxes = boxes_of(result.program.graph)
    if len(boxes.boxes) > DRAWN_BOXES:
        return None
    try:
        return Markup(svg(boxes, result.program.name))
    except TooLarge:
        return None


def headline(result: RunResult) -> tuple[str, str, str] | None:
    """The one number that a reader looks for, with its name and, of an accuracy, how many are correct: of the test
    split, else of the best epoch's validation."""
    split, values = ("test", result.test.values) if result.test else ("validation", best_validation(result))
    name = "accuracy" if "accuracy" in values else next(iter(values), None)
    if name is None:
        return None
    hits = correct(result.test) if result.test else correct_of_validation(result, values)
    return f"{split} {name}", words.measure(name, values[name]), hits if name == "accuracy" else ""


@cache
def template(name: str) -> Template:
    """A page to fill in, which escapes all that comes into it."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("netspec.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    filters: dict[str, Callable[..., str]] = {
        "assertion_values": assertion_values,
        "clean": words.clean,
        "reveal": words.reveal,
        "count": _count,
        "duration": words.duration,
        "size": words.size,
        "share": words.share,
        "brief": words.brief,
        "date": words.date,
        "epochs": epochs,
        "times": words.times,
        "operation": written,
        "measure": words.measure,
        "learned": words.learned,
        "reasons": _reasons,
    }
    environment.filters.update(filters)
    return environment.get_template(name)


@cache
def source_of(name: str) -> str:
    """The text of a file among the templates as it is."""
    from jinja2 import Environment, PackageLoader

    return PackageLoader("netspec.report").get_source(Environment(autoescape=True), name)[0]


def _reasons(tensors: Sequence[tuple[str, str]]) -> str:
    """Tensors that weren't loaded, some of them by name, grouped by the reason."""
    found: dict[str, list[str]] = {}
    for name, reason in tensors:
        found.setdefault(reason, []).append(name)
    return "; ".join(f"{reason}: {listing(names)}" for reason, names in found.items())


def _count(number: int) -> str:
    """A whole number whose groups of digits stay on one line."""
    return words.count(number).replace(" ", "\N{NARROW NO-BREAK SPACE}")
