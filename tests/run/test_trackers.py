"""A run is logged to a tracker from its first epoch to its last, resumed or not."""

from __future__ import annotations

from pathlib import Path

import pytest

from netspec import api
from netspec.problems import NetspecError
from netspec.program import trackers
from netspec.runner.uses.verify_resume import StopAfter

SPEC = """\
data { source = synthetic(features=4, classes=2, samples=120) }
model { linear(2) }
train { epochs = 3 }
"""


@pytest.fixture
def spec(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    Path("a.net").write_text(SPEC)
    return "a.net"


def test_a_resumed_run_goes_on_in_its_log(spec: str):
    reading = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    request = StopAfter(3)
    request.error = KeyboardInterrupt
    with pytest.raises(KeyboardInterrupt):
        api.run(spec, out="run", log_to=["tensorboard"], request=request)
    api.resume("run")
    log = reading.EventAccumulator("run/tensorboard")
    log.Reload()
    assert [event.step for event in log.Scalars("train/loss")] == [1, 2, 3]


def test_a_run_is_logged_nowhere_unasked(spec: str):
    assert not (api.run(spec).folder / "tensorboard").exists()


def test_what_isnt_installed_is_said_before_anything_is_done(spec: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(trackers, "find_spec", lambda name: None)
    with pytest.raises(NetspecError) as error:
        api.run(spec, out="run", log_to=["tensorboard"])
    assert error.value.exit_code == 2
    assert error.value.diagnostics[0].help == 'pip install "netspec-lang[tensorboard]"'
    assert not Path("run").exists()
