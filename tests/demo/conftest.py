"""Runs to try on a page, and a person at it who sends requests as the page does."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from netspec import api
from netspec.demo.demonstration import Demonstration
from netspec.loopback import TOKEN
from tests.specs import check

DIGITS = """
data { source = mnist_sample(), sample = 600, transform = normalize(measured) }
model {
  conv(4, 3) -> relu -> max_pool(2) -> flatten
  linear(16) -> relu -> head: linear(10)
}
train { epochs = 1 }
"""
FLATS = """
data {{
  source           = csv("flats.csv", target={target}, categories=["city"]{more})
  transform        = fill_missing(median) -> standardize
}}
model {{ linear(8) -> relu -> linear({outputs}) }}
train {{ epochs = 2 }}
"""
CITIES = ("Bonn", "<img src=x onerror=alert(1)>", 'Köln, "am" Rhein')


def train(folder: Path, spec: str) -> Path:
    """The folder of a run of a spec, whose files are in `folder`."""
    api.run(check(spec, folder=folder).require(), out=folder / "run", device="cpu")
    return folder / "run"


def write_flats(folder: Path, separator: str = ",", decimal: str = ".") -> Path:
    """A table of flats: numbers, some of which are missing, texts, and what to predict."""
    rng = np.random.default_rng(0)
    lines = [separator.join(("rooms", "area", "city", "price", "sold"))]
    for number in range(60):
        area = "" if number % 9 == 4 else f"{20 + 60 * rng.random():.2f}".replace(".", decimal)
        city = '"' + CITIES[number % 3].replace('"', '""') + '"'
        lines.append(separator.join((str(number % 4), area, city, str(number % 7), ("no", "yes")[number % 2])))
    path = folder / "flats.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def digits(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run of a convolutional network for digits."""
    return train(tmp_path_factory.mktemp("digits"), DIGITS)


@pytest.fixture(scope="session")
def flats(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run that predicts which flats are sold."""
    folder = tmp_path_factory.mktemp("flats")
    write_flats(folder)
    return train(folder, FLATS.format(target='class("sold")', more=', ignore=["price"]', outputs=2))


@dataclass
class Person:
    """Sends requests as the page does."""

    page: Demonstration

    def ask(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """The status and the JSON of an answer."""
        connection = HTTPConnection("127.0.0.1", self.page.server.port, timeout=60)
        content = None if body is None else json.dumps(body)
        connection.request(method, path, content, {TOKEN: self.page.server.token})
        answer = connection.getresponse()
        found = json.loads(answer.read())
        connection.close()
        return answer.status, found

    def get(self, path: str) -> Any:
        status, found = self.ask("GET", path)
        assert status == 200, found
        return found

    def post(self, path: str, body: Any) -> Any:
        status, found = self.ask("POST", path, body)
        assert status == 200, found
        return found


Visit = Callable[..., Any]


@pytest.fixture
def visit() -> Visit:
    """`with visit(run) as person` opens the page of a run, when its training samples are there."""

    @contextmanager
    def visited(run: Path, **settings: Any) -> Generator[Person]:
        with api.demo(run, **settings) as page:
            page.similar.wait()
            yield Person(page)

    return visited
