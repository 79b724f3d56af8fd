"""The report: a run on one page that needs nothing but itself, and its plots beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from netspec.files import file_problems, write_atomically
from netspec.program.written import written
from netspec.render import words
from netspec.report.summary import best_validation, epochs
from netspec.runner.events import Event, Finished, RunResult

if TYPE_CHECKING:
    from jinja2 import Template

SHOWN_NUMBERS = 6
"""A longer list of measured numbers ends with its length."""


class Report:
    """Writes `plots/*.png` and `report.html` into a run's folder when the run is finished."""

    def __init__(self, folder: Path, clock: Callable[[], datetime] = datetime.now) -> None:
        self.folder = folder
        self.clock = clock

    def __call__(self, event: Event) -> None:
        if isinstance(event, Finished):
            from netspec.report import plots

            figures = plots.draw(event.result)
            drawn = {name: plots.svg(figure, name.replace("_", " ")) for name, figure in figures.items()}
            page = render(event.result, drawn, self.clock()).encode()
            with file_problems(self.folder):
                (self.folder / "plots").mkdir(exist_ok=True)
                for name, figure in figures.items():
                    write_atomically(self.folder / "plots" / f"{name}.png", plots.png(figure))
                write_atomically(self.folder / "report.html", page)


def render(result: RunResult, drawn: Mapping[str, str], when: datetime) -> str:
    """The page. `drawn` holds the plots as SVG elements, by name; `when` is the end of the run."""
    from markupsafe import Markup

    return template("report.html.j2").render(
        result=result,
        program=result.program,
        when=when,
        # made by matplotlib, which escapes the texts in them
        plots={name: Markup(element) for name, element in drawn.items()},
        headline=headline(result),
    )


def headline(result: RunResult) -> tuple[str, str] | None:
    """The one number that a reader looks for, with its name: of the test split, else of the best epoch's validation."""
    split, values = ("test", result.test.values) if result.test else ("validation", best_validation(result))
    name = "accuracy" if "accuracy" in values else next(iter(values), None)
    return None if name is None else (f"{split} {name}", words.measure(name, values[name]))


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
        "clean": words.clean,
        "reveal": words.reveal,
        "count": _count,
        "duration": words.duration,
        "date": words.date,
        "epochs": epochs,
        "times": words.times,
        "operation": written,
        "measure": words.measure,
        "numbers": _numbers,
    }
    environment.filters.update(filters)
    return environment.get_template(name)


def _count(number: int) -> str:
    """A whole number whose groups of digits stay on one line."""
    return words.count(number).replace(" ", "\N{NARROW NO-BREAK SPACE}")


def _numbers(values: Sequence[float]) -> str:
    shown = ", ".join(map(words.decimal, values[:SHOWN_NUMBERS]))
    return f"{shown}, … ({len(values)} numbers)" if len(values) > SHOWN_NUMBERS else shown
