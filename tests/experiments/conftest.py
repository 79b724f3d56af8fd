"""A small search, whose trials take some hundredths of a second."""

from __future__ import annotations

from pathlib import Path

import pytest

from netspec.searcher.history import History
from netspec.searcher.trials import Trial

SPEC = """\
param width = 8    in [4, 8, 16]
param lr    = 1e-2 in log(1e-3, 1e-1)
data { source = iris(), validation = 20%, test = 20% }
model { linear(width) -> relu -> linear(3) }
train { epochs = 3, optimizer = adam(lr=lr) }
search {
  method   = random(trials=4)
  maximize = validation.accuracy
}
"""


@pytest.fixture
def spec(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The spec of a search, in the current folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NETSPEC_DATA", str(tmp_path / "data"))
    Path("a.net").write_text(SPEC)
    return Path("a.net")


def changed(spec: Path, *replacements: tuple[str, str]) -> Path:
    """The spec with other texts in it."""
    text = spec.read_text()
    for before, after in replacements:
        assert before in text
        text = text.replace(before, after)
    spec.write_text(text)
    return spec


def values(history: History) -> list[tuple[float, ...]]:
    """The objectives of all trials, which all went to their end."""
    return [value_of(trial) for trial in history.trials]


def value_of(trial: Trial) -> tuple[float, ...]:
    assert trial.outcome is not None and trial.outcome.values is not None
    return trial.outcome.values
