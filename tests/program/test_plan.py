"""A plan says what a run would do: from which source, into which folder."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from netspec.catalogue.sources import DataFolders
from netspec.catalogue.sources.mnist import Mnist
from netspec.checker import check_file
from netspec.program.naming import as_file_name, spec_name
from netspec.program.plan import make_plan
from netspec.render.plan import render_plan
from netspec.source import Source
from tests.specs import check

MODEL = "model { flatten -> linear(10) }\n"


@pytest.fixture(autouse=True)
def without_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NETSPEC_DATA", str(tmp_path / "nowhere"))


def plan_for(source: str):
    return make_plan(check(f"data {{ source = {source} }}\n{MODEL}").require())


def test_a_source_that_can_not_be_had_is_passed_over() -> None:
    plan = plan_for("mnist(download=false) or mnist_sample()")
    assert plan.splits.train == 4000
    assert (plan.source, plan.otherwise) == ("mnist_sample()", ())


def test_a_source_that_has_to_be_fetched_may_give_way() -> None:
    plan = plan_for("mnist() or mnist_sample()")
    assert plan.splits.train == 60_000
    assert (plan.source, plan.otherwise) == ("mnist()", ("mnist_sample()",))


def test_the_plan_as_text_says_which_source_it_is_for() -> None:
    program = check(f"data {{ source = mnist() or mnist_sample() }}\n{MODEL}").require()
    console = Console(file=StringIO(), width=200)
    with console.capture() as captured:
        console.print(render_plan(program))
    assert "mnist(), or if it can't be fetched mnist_sample()" in captured.get()


def test_a_source_that_is_on_the_disk_gives_way_to_none() -> None:
    plan = plan_for("mnist_sample() or mnist()")
    assert (plan.source, plan.otherwise, plan.splits.train) == ("mnist_sample()", (), 4000)


def test_if_no_source_can_be_had_the_plan_is_for_the_first() -> None:
    plan = plan_for("mnist(download=false)")
    assert (plan.source, plan.otherwise, plan.splits.train) == ("mnist(download=false)", (), 60_000)


def test_a_file_that_is_missing_is_passed_over(tmp_path: Path) -> None:
    plan = plan_for('mnist_csv("absent.csv") or mnist_sample()')
    assert plan.source == "mnist_sample()"


def test_a_source_that_turns_up_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def here(source: Mnist, folders: DataFolders) -> None:
        return None

    monkeypatch.setattr(Mnist, "unavailable", here)
    assert plan_for("mnist(download=false) or mnist_sample()").source == "mnist(download=false)"


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("mnist_fc.net", "mnist_fc"),
        ("my spec.net", "my spec"),
        ("resnet.small.net", "resnet.small"),
        ("resnet.small.net.json", "resnet.small"),
        ("resnet.small.json", "resnet.small"),
        (".net", "spec"),
    ],
)
def test_a_name_is_cut_at_its_ending_alone(file: str, name: str) -> None:
    assert spec_name(Source(file, "", Path("folder") / file)) == name


def test_the_plan_names_the_folder_that_the_run_writes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from netspec.runner.store.folder import RunFolder

    monkeypatch.chdir(tmp_path)
    path = tmp_path / "my spec.big.net"
    path.write_text(f"data {{ source = mnist_sample() }}\n{MODEL}")
    program = check_file(path).require()
    (writes,) = make_plan(program).writes
    assert writes == "runs/my_spec.big/<time>-<id>/"
    with RunFolder.new(program.name) as folder:
        assert folder.path.parent == Path("runs") / "my_spec.big" == Path("runs") / as_file_name(program.name)


def test_of_several_runs_it_says_how_many_and_what_the_first_does() -> None:
    text = "data { source = wine(), validation = kfold(5) }\nmodel { linear(3) }\ntrain { seeds = 3 }\n"
    program = check(text).require()
    plan = make_plan(program)
    assert (plan.runs, plan.splits.train, plan.splits.validation) == (15, 142, 36)
    out = StringIO()
    Console(file=out, width=80).print(render_plan(program))
    assert "runs     15, each as follows" in out.getvalue()
    assert make_plan(check(text.replace("kfold(5)", "20%").replace("seeds = 3", "")).require()).runs == 1


def test_the_stages_of_a_spec_are_planned_with_what_can_be_removed_and_why_the_rest_stays() -> None:
    program = check(
        """
        data { source = synthetic(image=[1, 8, 8], classes=3) }
        model { stem: conv(8, 3) -> relu -> flatten -> hidden: linear(16) -> relu -> head: linear(3) }
        compress { stages = prune(50%) -> finetune(2 epochs) -> prune(25%, of=weights) }
        """
    ).require()
    rows = make_plan(program).stages
    assert [row.stage for row in rows] == ["prune(50%)", "finetune(2 epochs)", "prune(25%, of=weights)"]
    assert [row.epochs for row in rows] == [0, 2, 0]
    # 8 channels and 16 features; how many weights are left then depends on which of them go
    assert [row.candidates for row in rows] == [24, None, None]
    assert rows[0].kept == {"the network's output `output` has them": ("head",)}


def test_weights_that_a_stage_ranks_are_counted_without_biases_and_those_that_are_kept() -> None:
    program = check(
        """
        data { source = synthetic(features=4, classes=3) }
        model { linear(16) -> relu -> head: linear(3) }
        compress { stages = prune(50%, of=weights, keep="head") }
        """
    ).require()
    rows = make_plan(program).stages
    assert [row.candidates for row in rows] == [4 * 16]
