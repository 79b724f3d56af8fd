"""`netspec fmt --shapes`: notes that the checker then finds right."""

from __future__ import annotations

import pytest

from netspec import api
from netspec.source import Source
from tests.specs import SPECS, check

WITH_LINES = [path for path in SPECS if "\nmodel" in path.read_text(encoding="utf-8")]
"""Those that don't have their network from the spec that they extend."""


@pytest.mark.parametrize("path", WITH_LINES, ids=lambda path: path.stem)
def test_notes_are_right_and_stay(path) -> None:
    text = path.read_text(encoding="utf-8")
    noted = api.fmt(Source(path.name, text, path), shapes=True)
    assert " : [" in noted
    checked = check(noted, path.name, path.parent)
    assert not any(diagnostic.is_error for diagnostic in checked.diagnostics)
    assert checked.require().hash == check(text, path.name, path.parent).require().hash
    assert api.fmt(Source(path.name, noted, path), shapes=True) == noted


def test_a_line_that_gives_another_shape_each_time_has_no_note() -> None:
    text = "data { source = mnist_sample() }\nmodel {\n  flatten\n  for n in [32, 10] { linear(n) -> tanh }\n}\n"
    noted = api.fmt(Source("spec.net", text), shapes=True)
    assert "  flatten : [784]\n" in noted and "tanh }" in noted
