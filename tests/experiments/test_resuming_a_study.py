"""A study goes on wherever it ended, with the same trials and results, to a total that counts those before."""

from __future__ import annotations

from pathlib import Path

import pytest

from netspec import api
from netspec.interruption import StopRequest
from netspec.problems import NetspecError
from netspec.runner.events import EpochEnded, Event, Started
from tests.experiments.conftest import changed, values


class After(StopRequest):
    """A request to end after so many steps of the whole study."""

    def __init__(self, steps: int) -> None:
        super().__init__()
        self.left = steps

    def should_stop(self, step: int) -> bool:
        self.left -= 1
        if self.left <= 0:
            self.error = KeyboardInterrupt
        return self.error is not None


@pytest.mark.parametrize("steps", [1, 5, 9, 13, 20])
def test_a_study_that_is_interrupted_goes_on_in_mid_epoch_with_the_same_journal(spec: Path, steps: int) -> None:
    changed(spec, ("validation = 20%", "validation = 20%, batch_size = 32"))
    whole = api.search(spec, out="whole", device="cpu")
    with pytest.raises(KeyboardInterrupt) as ended:
        api.search(spec, out="part", device="cpu", request=After(steps))
    assert "`netspec search --resume part` goes on" in "".join(ended.value.__notes__)
    resumed: list[Event] = []
    api.resume_search("part", device="cpu", on_event=resumed.append)
    started = next(event for event in resumed if isinstance(event, Started))
    assert started.resumed is not None
    assert Path("part/journal.jsonl").read_bytes() == Path("whole/journal.jsonl").read_bytes()
    assert len(whole.history.trials) == 4


def test_what_is_raised_between_two_steps_loses_nothing(spec: Path) -> None:
    api.search(spec, out="whole", device="cpu")
    count = 0

    def fail(event: Event) -> None:
        nonlocal count
        count += isinstance(event, EpochEnded)
        if count == 5:
            raise RuntimeError("the power is gone")

    with pytest.raises(RuntimeError):
        api.search(spec, out="part", device="cpu", on_event=fail)
    api.resume_search("part", device="cpu")
    assert Path("part/journal.jsonl").read_bytes() == Path("whole/journal.jsonl").read_bytes()


def test_the_number_of_trials_is_a_total_over_resumes(spec: Path) -> None:
    whole = api.search(spec, out="whole", device="cpu", trials=5)
    api.search(spec, out="part", device="cpu", trials=2)
    assert len(api.resume_search("part", device="cpu").history.trials) == 2, "it has all that it was to have"
    found = api.resume_search("part", device="cpu", trials=5)
    assert values(found.history) == values(whole.history)


def test_a_changed_spec_is_another_study(spec: Path) -> None:
    api.search(spec, device="cpu", trials=1)
    assert len(api.open_search(api.find_study(spec), spec=spec).history.trials) == 1
    changed(spec, ("param lr    = 1e-2 in", "# a comment\nparam lr = 1e-2 in"))
    api.open_search(api.find_study(spec), spec=spec)
    changed(spec, ("[4, 8, 16]", "[4, 8]"), ("relu", "tanh"), ("epochs = 3", "epochs = 3, seed = 5"))
    with pytest.raises(NetspecError) as error:
        api.open_search(api.find_study(spec), spec=spec)
    (diagnostic,) = error.value.diagnostics
    assert diagnostic.notes == (
        "the domain of `width` was [4, 8, 16] and is [4, 8]",
        "`train.seed` was 0 and is 5",
        "the layer `1` was relu and is tanh",
    )


def test_a_change_in_a_branch_that_the_defaults_do_not_take_is_noticed(spec: Path) -> None:
    changed(spec, ("-> linear(3)", "\n  if width > 8 { dropout(0.2) }\n  linear(3)"))
    api.search(spec, device="cpu", trials=1)
    changed(spec, ("dropout(0.2)", "dropout(0.3)"))
    with pytest.raises(NetspecError) as error:
        api.open_search(api.find_study(spec), spec=spec)
    (note,) = error.value.diagnostics[0].notes
    assert note.startswith("the spec was")


def test_a_folder_that_has_something_in_it_is_left_alone(spec: Path) -> None:
    Path("study").mkdir()
    Path("study/letter.txt").write_text("Dear all,")
    with pytest.raises(NetspecError, match="isn't empty"):
        api.search(spec, out="study", device="cpu")
    assert [path.name for path in Path("study").iterdir()] == ["letter.txt"]


def test_a_run_is_no_study_and_a_study_no_run(spec: Path) -> None:
    api.run(spec, out="run", device="cpu")
    api.begin_search(spec, out="study")
    with pytest.raises(NetspecError, match="isn't the folder of a study"):
        api.resume_search("run")
    with pytest.raises(NetspecError, match="the folder of a run"):
        api.resume("study")
    with pytest.raises(NetspecError, match="declares no search"):
        changed(spec, ("search {\n  method   = random(trials=4)\n  maximize = validation.accuracy\n}\n", ""))
        api.search(spec)


def test_a_study_that_was_killed_before_its_journal_was_begun_goes_on(spec: Path) -> None:
    whole = api.search(spec, out="study", device="cpu", trials=2)
    Path("study/journal.jsonl").unlink()
    again = api.resume_search("study", device="cpu")
    assert len(again.history.trials) == 2 and values(again.history) == values(whole.history)


def test_a_trial_whose_process_was_killed_after_its_run_had_ended_is_taken_as_it_is(spec: Path) -> None:
    api.search(spec, out="study", device="cpu", trials=2)
    journal, lock = Path("study/journal.jsonl"), Path("study/trials/0002/.lock")
    whole = journal.read_bytes()
    journal.write_bytes(b"".join(whole.splitlines(keepends=True)[:-1]))
    lock.touch()
    events: list[Event] = []
    api.resume_search("study", device="cpu", on_event=events.append)
    assert journal.read_bytes() == whole and not lock.exists()
    assert not any(isinstance(event, EpochEnded) for event in events)


@pytest.mark.parametrize("damage", ["{", '{"format": 3}', "[]", '{"format": 99}'])
def test_a_spec_that_is_not_what_was_written_is_said_to_be(spec: Path, damage: str) -> None:
    api.begin_search(spec, out="study")
    Path("study/study.json").write_text(damage)
    with pytest.raises(NetspecError, match="study"):
        api.resume_search("study")


@pytest.mark.parametrize("name", ["trials", "trials/0003", "confirm", "study.json"])
def test_a_study_with_links_is_refused_as_they_may_lead_out_of_it(spec: Path, name: str) -> None:
    api.search(spec, out="study", device="cpu", trials=2)
    Path("elsewhere").mkdir()
    link = Path("study", name)
    if link.exists():
        link.rename(Path("elsewhere") / link.name)
    link.symlink_to(Path("elsewhere").resolve() / (link.name if "." in name or name == "trials" else ""))
    before = sorted(Path("elsewhere").rglob("*"))
    with pytest.raises(NetspecError):
        api.resume_search("study", trials=4, device="cpu")
    assert sorted(Path("elsewhere").rglob("*")) == before
