"""What a script has no code for is refused before anything is written: what, where, and what can be done instead."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from netspec import api
from netspec.ejector import script_of
from netspec.problems import NetspecError
from netspec.problems.base import find_problem
from netspec.program.parts import parts_of
from tests.ejector.scripts import assert_same, refused
from tests.specs import check

DATA = "data { source = digits()\n sample = 100\n validation = 20\n %s }\n"
MODEL = "model { flatten -> fc: linear(8) -> relu -> head: linear(10) }\n"


def spec(data: str = "", train: str = "", model: str = MODEL, more: str = "") -> str:
    return f"{DATA % data}{model}train {{ epochs = 3\n {train} }}\n{more}"


SETTINGS = {
    "average = ema(0.9)": "an average of the weights",
    "mix = [mixup(0.2)]": "mixed batches",
    'freeze = ["fc"]': "frozen layers",
    "precision = bfloat16": "another precision than float32",
    "compile = true": "compiled networks",
    "max_time = 5 minutes": "a training that ends by the clock",
    "on_nan = skip": "a training that resumes after an overflow",
    "optimizer = lbfgs()": "`lbfgs`, which evaluates its batches again",
    'optimizer = sgd(lr=0.1, groups=[group("fc", optimizer=adam)])': "several optimizers",
    'schedule = cosine\n optimizer = sgd(groups=[group("fc", lr=0.1)])': "a schedule of several learning rates",
    "schedule = warmup(1 epoch) -> one_cycle": "a momentum that changes in a part of the training",
    "stop = early_stopping(monitor=train.accuracy)": "`train.accuracy`",
    "loss = cross_entropy(weight=balanced)": "`weight=balanced`, which is measured on the training split",
    "schedule = plateau": "the schedule `plateau`",
}  # fmt: skip


@pytest.mark.parametrize("train", SETTINGS)
def test_a_setting_that_no_script_has(train: str) -> None:
    assert f"a script has no code for {SETTINGS[train]}" in (refused(check(spec(train=train)).require()) or "")


def test_all_of_it_is_said_at_once_each_with_its_place_and_a_way_out() -> None:
    text = spec(train="average = ema(0.9)\n compile = true", more="evaluate { metrics = [accuracy, brier_score] }\n")
    with pytest.raises(NetspecError) as caught:
        script_of(check(text).require())
    found = [(each.code, each.span.line if each.span else 0, each.message) for each in caught.value.diagnostics]
    assert found == [
        ("NS009", 7, "a script has no code for an average of the weights"),
        ("NS009", 8, "a script has no code for compiled networks, whose bits differ"),
        ("NS009", 9, "a script has no code for the metric `brier_score`"),
    ]
    assert all(each.help for each in caught.value.diagnostics)


def test_the_code_has_an_explanation() -> None:
    problem = find_problem("NS009")
    assert problem is not None and "script" in problem.explanation()


def test_weights_of_another_run_are_refused_since_a_script_trains_from_its_own(tmp_path: Path) -> None:
    api.run(check(spec(train="seed = 1")).require(), out=tmp_path / "first", device="cpu")
    text = spec(train='init = [from_run("fc", "first")]')
    reason = refused(check(text, folder=tmp_path).require())
    assert reason == "a script has no code for `from_run`: it trains from initial weights of its own"


def test_data_that_is_gone_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "table.csv").write_text("a,b\n1,x\n2,y\n3,x\n4,y\n")
    text = 'data { source = csv("table.csv", target="b") }\nmodel { linear(2) }\n'
    program = check(text, folder=tmp_path).require()
    (tmp_path / "table.csv").unlink()
    assert "`table.csv`" in (refused(program) or "")


def test_a_transform_that_is_measured_twice_is_refused() -> None:
    text = "data { source = wine()\n transform = standardize -> standardize }\nmodel { linear(3) }\n"
    assert refused(check(text).require()) == "a script has no code for `standardize` more than once"


@pytest.mark.parametrize("train", ["clip = clip_norm(1)", "noise = gradient_noise(0.1)"])
def test_gradients_in_the_order_of_tensors_in_scopes_are_refused(train: str) -> None:
    learned = "scale: parameter([8], value=1)\n x * scale"
    model = f"model {{ flatten -> linear(8)\n part: {{ x = linear(8)\n {learned} }}\n linear(10) }}\n"
    reason = refused(check(spec(train=train, model=model)).require()) or ""
    assert "where learned tensors are in scopes, as `part.scale` is" in reason


def test_scaled_targets_are_refused() -> None:
    text = "data { source = diabetes()\n target_transform = standardize }\nmodel { linear(1) }\n"
    assert refused(check(text).require()) == "a script has no code for scaled targets"


def test_a_layer_that_is_random_in_evaluation_is_refused() -> None:
    model = "model { fractional_max_pool(2, output_size=[4, 4]) -> flatten -> linear(10) }\n"
    reason = refused(check(spec(model=model)).require())
    expected = "the layer `fractional_max_pool`: it draws its windows at random in evaluation too"
    assert reason == f"a script has no code for {expected}"


def test_a_run_that_took_another_source_has_its_script(tmp_path: Path) -> None:
    data = "data { source = mnist() or mnist_sample()\n sample = 100 }\n"
    program = check(data + MODEL + "train { epochs = 1 }\n", folder=tmp_path).require()
    assert "datasets.MNIST(" in script_of(program)
    assert "mnist_sample.npz" in script_of(program, "mnist_sample()")
    assert script_of(program, "mnist()") == script_of(program)


def test_the_folder_of_a_run_has_its_script_with_the_source_that_it_took(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", x=np.arange(40).reshape(20, 2), y=np.arange(20) % 2)
    source = 'npz("b.npz", inputs="x", targets="y") or npz("a.npz", inputs="x", targets="y")'
    (tmp_path / "b.npz").write_bytes((tmp_path / "a.npz").read_bytes())
    text = f"data {{ source = {source} }}\nmodel {{ linear(2) }}\ntrain {{ epochs = 1 }}\n"
    (tmp_path / "spec.net").write_text(text)
    program = api.check(tmp_path / "spec.net")
    (tmp_path / "b.npz").unlink()
    api.run(program, out=tmp_path / "run", device="cpu")
    (tmp_path / "b.npz").write_bytes((tmp_path / "a.npz").read_bytes())
    assert "b.npz" in api.script(tmp_path / "spec.net")
    assert "a.npz" in api.script(tmp_path / "run")
    assert api.script(program) == api.script(tmp_path / "spec.net")


def test_one_of_several_runs_has_a_script(tmp_path: Path) -> None:
    text = "data { source = wine()\n transform = standardize\n validation = kfold(5) }\nmodel { linear(3) }\n"
    program = check(text + "train { seeds = 2\n epochs = 3 }\n").require()
    assert refused(program) == "the spec stands for 10 runs, but a script is for one"
    assert_same(parts_of(program)[7].of(program), tmp_path / "run")


# ---- what a script has ----

SOON = "patience=1 epochs, start_from=1 epochs"

LEARNED = """model(input) {
  x = input -> flatten -> linear(8) -> relu
  scale: parameter([1, 8], std=1)
  y = x * scale
  y -> linear(10)
}
"""
HAS = {
    "accumulated gradients": spec("batch_size = 12", "accumulate = 3\n penalties = [l2(1e-3), l1(1e-4)]"),
    "a last batch of one sample": spec("batch_size = 79"),
    "a sum of losses": spec(train="loss = cross_entropy + 0.5 * mse"),
    "weights of classes": spec(train="loss = cross_entropy(weight=[1, 2, 1, 1, 3, 1, 1, 1, 1, 0.5])"),
    "a weighted sum": spec(train="loss = 2 * focal(weight=[1, 2, 1, 1, 3, 1, 1, 1, 1, 0.5]) + hinge"),
    "groups": spec(train='optimizer = adamw(groups=[group("*:bias", weight_decay=0), group("fc", lr=1e-4)])'),
    "a learning rate for each layer": spec(train="optimizer = adamw(layer_decay=0.5)"),
    "another seed of the splits": spec("split_seed = 7", "seed = 3"),
    "a schedule of parts": spec(train="schedule = warmup(1 epoch) -> step(1 steps, gamma=0.5)"),
    "a schedule that ends": spec(train="schedule = cosine(3 steps, to=1e-4)"),
    "a clip": spec(train="clip = clip_norm(0.1)\n constraints = [max_norm(0.5)]"),
    "noise": spec(train="noise = gradient_noise(0.01)\n clip = clip_value(0.01)"),
    "a test split that isn't looked at": spec("test = 10", more="evaluate { test = false }"),
    "no split to evaluate on": "data { source = digits()\n sample = 50 }\n" + MODEL,
    "learned tensors": spec(train="penalties = [l2(1e-3)]\n clip = clip_norm(0.1)", model=LEARNED),
    "dropout": spec(model="model { flatten -> dropout(0.5) -> linear(10) }\n"),
    "a metric that stops": spec(train=f"stop = early_stopping(monitor=validation.accuracy, {SOON})"),
    "a share that stops": spec(train="stop = early_stopping(min_delta=50%, patience=1 epochs, restore_best=false)"),
    "one sample in a batch": spec("batch_size = 1\n test = 60"),
}  # fmt: skip


@pytest.mark.parametrize("text", HAS.values(), ids=HAS)
def test_a_script_with_it_ends_with_the_bits_of_a_run(text: str, tmp_path: Path) -> None:
    assert_same(check(text).require(), tmp_path / "run")
