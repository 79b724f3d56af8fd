"""The JSON form says the same as the other: there and back, with comments, and with the same problems."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from netspec.checker import check_source
from netspec.diagnostics import Diagnostic
from netspec.lang import tree
from netspec.lang.json.read import read_json
from netspec.lang.json.write import write_json
from netspec.lang.text.parser import parse
from netspec.lang.text.printer import format_text
from netspec.problems import NetspecError, Problems
from netspec.resources import resource
from netspec.source import Source
from tests.campaigns import conversions
from tests.specs import SPECS

SCHEMA = Draft202012Validator(json.loads(resource("grammar", "netspec.schema.json").read_text(encoding="utf-8")))
SCHEMA_ID = "urn:netspec:schema:1"

EVERYTHING = """\
# what this is about
# and more of it

netspec 1

param width = 256  # neurons
## documented
param rate = 1e-3
param list = [1, -2.5e-3, 60_000, true, none, width // 2]

data {  # opened
  # where from
  source = mnist() or csv("a \\"b\\".csv", target="ü")
  transform = normalize(
    # of ImageNet
    mean=[0.1, 0.2],  # red, green
    std=[0.1, 0.2],
  )

  augment = random_crop(32, padding=4)  # as usual
    # left to right
    -> random_horizontal_flip
  validation = 10%
  batch_size = 2**6
  # nothing more
}  # closed

model {
  # the body
  flatten -> linear(width)  # wide
  head: {  # a scope
    fc: linear(width * 2, bias=false) -> relu

    # out
    linear(10)
    # end of scope
  }  # end
  # end of model
}

# how long
train {
  loss       = cross_entropy
  optimizer  = adam(lr=rate, betas=[0.9, 0.99])
  stop       = early_stopping(monitor=validation.loss, patience=3 epochs)
  checkpoint = every(1 epoch, keep=2)
  device     = auto
}

evaluate {
  metrics   = [accuracy, f1]
  per_class = true
}

assert parameters < 1_000_000  # a budget
# and another
assert parameters > min(5, 6)
# the end
"""

SHORT = [
    "model { }",
    "# alone",
    "",
    "data { source = mnist_sample() }",
    "train { stop = none }",
    'data { source = csv("a.csv", target=column) }',
    "model {\n  {\n    relu\n  }\n}",
    "model {\n  relu\n  -> relu  # a\n  # b\n  -> tanh  # c\n}",
    "evaluate { metrics = [] }",
    "evaluate { metrics = accuracy }",
    "# #hash\n##doc\n#\nparam a = 1",
    "assert 1 < 2 and not 3 == 4 or (5 if true else 6) == 5",
    "train { seed = -1 }",
    "model { conv(8, [3, 3], padding=same) }",
    "data { transform = [normalize(measured), standardize] }",
    "data { transform = ((normalize(measured) -> (standardize))) }",
    "data { transform = [(normalize(measured))] }",
    "data { transform = ([]) }",
    'data { source = (mnist()) or (csv("a.csv", target=x) or (mnist_sample)) }',
    "evaluate { metrics = ((f1)) }",
    "train { loss = cross_entropy }",
    "train { loss = 2 * cross_entropy }",
    "train { loss = 0.7 * cross_entropy(label_smoothing=0.1) + (1 - a) * focal + (a) * mse() + -(1) * l1 }",
    "train { loss = (mse + (0.5 * (huber(delta=2)) + (l1))) }",
    "train { loss = none }",
    "train { loss = cross_entropy(weight=balanced) + focal(weight=[1, a, 0.5]) + nll(weight=none) }",
    'train { loss = focal(weight=[class_weight("a b", 3), (class_weight(of=name, weight=2 * a))]) }',
    'train { loss = nll(weight=class_weight("a", 3)) }',
    "evaluate { metrics = [(accuracy), f1] }",
    "train { optimizer = (adam(lr=(1e-3))) }",
    "model { (relu) -> ((linear((3)))) }",
    "data {\n  transform = [normalize(measured),  # a\n    standardize]  # b\n}",
    "model {\n  {  # a\n    relu  # b\n    # c\n  }  # d\n}",
    "model {\n  tanh -> {  # a\n    relu\n  }  # b\n    -> relu\n}",
    'data { source = csv("a\\n\\r\\t.csv", target="b") }',
    "data {\n  source = a_source  # c\n}".replace("a_source", "mnist()"),
]


def read(text: str, name: str = "spec.net") -> tree.Tree:
    problems = Problems()
    spec = (read_json if name.endswith("json") else parse)(Source(name, text), problems)
    assert problems.diagnose() == ()
    return spec


@pytest.mark.parametrize("text", [EVERYTHING, *SHORT, *(path.read_text(encoding="utf-8") for path in SPECS)])
def test_there_and_back(text: str) -> None:
    spec = read(text)
    written = write_json(spec)
    back = read(written, "spec.net.json")

    assert format_text(back) == format_text(spec)
    assert write_json(back) == written
    assert json.loads(written)["$schema"] == SCHEMA_ID
    assert max(len(line) for line in written.splitlines() if "$comment" not in line) <= 100


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.name)
def test_what_is_written_follows_the_schema(path: Path) -> None:
    text = write_json(read(path.read_text(encoding="utf-8")))
    assert [error.message for error in SCHEMA.iter_errors(json.loads(text))] == []


def test_everything_in_json() -> None:
    assert write_json(read("data { source = mnist() }\nmodel { a: relu -> tanh }\nassert 60_000 > 1e-3")) == (
        """\
{
  "$schema": "urn:netspec:schema:1",
  "data": {"source": {"op": "mnist"}},
  "model": [[{"op": "relu", "label": "a"}, {"op": "tanh"}]],
  "assert": ["60_000 > 1e-3"]
}
"""
    )


def test_a_comment_within_an_expression_goes_before_it() -> None:
    spec = read("param a = min(  # why\n  1, 2)")
    assert format_text(read(write_json(spec), "spec.net.json")) == "# why\nparam a = min(1, 2)\n"


def test_comments_where_the_json_form_alone_can_have_them_are_kept() -> None:
    text = """{
      "$comment": {"before": "file", "after": "behind"},
      "params": {"$comment": "params", "a": 1},
      "data": {"source": {"or": [{"op": "mnist", "$comment": "first"}, {"op": "mnist"}], "$comment": "or"}},
      "model": [[{"op": "relu", "$comment": {"inside": "in", "opening": "open", "after": "x\\ny"}}]],
      "train": {"optimizer": {"op": "adam", "$comment": "why adam"}}
    }"""
    printed = format_text(read(text, "spec.net.json"))
    for word in ("file", "behind", "params", "first", "or", "in", "open", "x y", "why adam"):
        assert f"# {word}\n" in printed
    assert format_text(read(printed)) == printed


# ---- mistakes ----

SPEC = """{
  "data": {"source": {"op": "mnist_sample"}, "validation": "10%"},
  "model": [
    {"op": "flatten"},
    {"op": "linear", "out_features": 10}
  ],
  "train": {"loss": {"op": "cross_entropy"}, "epochs": 5, "optimizer": {"op": "adam", "lr": 1e-3}}
}
"""
LOSS = '{"op": "cross_entropy"}'
FLATTEN, ADAM, SAMPLE = '{"op": "flatten"}', '{"op": "adam", "lr": 1e-3}', '{"op": "mnist_sample"}'

# what is replaced by what, the problem's code, line and column, and whether the schema sees it too
MISTAKES = [
    ('"linear"', '"linaer"', "NS201", 5, 13, True),
    ('"linear"', '"adam"', "NS201", 5, 13, True),
    (', "out_features": 10', "", "NS223", 5, 5, True),
    ("10}", '10, "biass": true}', "NS202", 5, 43, True),
    ("10}", "0}", "NS220", 5, 38, True),
    ("10}", "true}", "NS220", 5, 38, True),
    ("10}", '{"a": 1}}', "NS220", 5, 38, True),
    ("10}", '"widht"}', "NS206", 5, 39, False),
    ("10}", '"2 * "}', "NS101", 5, 42, False),
    ("10}", '"2 3"}', "NS101", 5, 41, False),
    ("10}", '"10 # ten"}', "NS101", 5, 42, False),
    ("10}", '"1\\u0030 3"}', "NS101", 5, 38, False),
    ("10}", '""}', "NS101", 5, 39, True),
    ('"epochs"', '"epoch"', "NS203", 7, 47, True),
    ('"epochs": 5', '"epochs": null', "NS220", 7, 56, True),
    ('"epochs": 5', '"epochs": [1]', "NS220", 7, 56, True),
    ('"epochs": 5', '"epochs": 5.5', "NS220", 7, 56, True),
    ('"epochs": 5', '"epochs": "5 epochs"', "NS220", 7, 57, False),
    ('"epochs": 5', '"epochs": 5, "epochs": 6', "NS111", 7, 59, None),
    ('"train"', '"trian"', "NS204", 7, 4, True),
    ('"10%"', '"10 pc"', "NS222", 2, 64, False),
    ('"10%"', "0.1", "NS221", 2, 60, True),
    (ADAM, '"adam"', "NS220", 7, 72, True),
    (ADAM, '[{"op": "adam"}]', "NS220", 7, 72, True),
    (ADAM, "null", "NS220", 7, 72, True),
    (ADAM, "5", "NS220", 7, 72, True),
    (ADAM, '{"lr": 1e-3}', "NS223", 7, 72, True),
    (ADAM, '{"op": 3}', "NS220", 7, 79, True),
    (ADAM, '{"op": "adam", "label": "a"}', "NS202", 7, 88, True),
    ("1e-3", "-1", "NS220", 7, 93, True),
    ("1e-3", "1e-3,", "NS110", 7, 97, None),
    (LOSS, "[]", "NS220", 7, 21, False),
    (LOSS, '["cross_entropy"]', "NS220", 7, 22, True),
    (LOSS, '[{"op": "cross_entropy", "times": 0.5}, {"op": "mze", "times": 2}]', "NS201", 7, 69, True),
    (LOSS, '{"op": "cross_entropy", "times": -1}', "NS220", 7, 54, True),
    (LOSS, '{"op": "cross_entropy", "times": "a"}', "NS206", 7, 55, False),
    (LOSS, '{"op": "cross_entropy", "times": null}', "NS225", 7, 54, True),
    (LOSS, '{"op": "cross_entropy", "weight": 3}', "NS220", 7, 55, True),
    (
        LOSS,
        '{"op": "cross_entropy", "weight": [1, {"op": "class_weight", "of": "7", "weight": 2}]}',
        "NS220",
        7,
        56,
        True,
    ),
    (LOSS, '{"op": "cross_entropy", "weight": [{"op": "class_weight", "of": "7"}]}', "NS223", 7, 56, True),
    (FLATTEN, "[]", "NS220", 4, 5, True),
    (FLATTEN, "[[]]", "NS220", 4, 6, True),
    (FLATTEN, '"flatten"', "NS220", 4, 5, True),
    (FLATTEN, '{"op": "flatten", "label": "a b"}', "NS212", 4, 33, True),
    (FLATTEN, '{"op": "flatten", "label": 3}', "NS220", 4, 32, True),
    (FLATTEN, '{"label": "x"}', "NS223", 4, 5, True),
    (FLATTEN, '{"label": "x", "body": 3}', "NS220", 4, 28, True),
    (FLATTEN, '{"body": [{"op": "flatten"}], "lable": "x"}', "NS203", 4, 36, True),
    (SAMPLE, '{"or": []}', "NS220", 2, 29, True),
    (SAMPLE, '{"or": ["mnist_sample"]}', "NS220", 2, 30, True),
    (SAMPLE, '{"or": [{"op": "mnist_sample"}], "x": 1}', "NS203", 2, 56, True),
    (SAMPLE, '"mnist_sample"', "NS220", 2, 22, True),
    (SAMPLE, '{"op": "mnist_sample", "$comment": 3}', "NS220", 2, 57, True),
    (SAMPLE, '{"op": "mnist_sample", "$comment": {"befor": "x"}}', "NS203", 2, 59, True),
    (SAMPLE, '{"op": "mnist_sample", "$comment": {"at": {"nothing": "x"}}}', "NS203", 2, 66, False),
    (SAMPLE, '{"op": "csv", "path": 3, "target": "x"}', "NS220", 2, 44, True),
    (SAMPLE, '{"op": "csv", "path": {"%": "p"}, "target": "x"}', "NS220", 2, 44, True),
    ('  "data"', '  "netspec": 2, "data"', "NS210", 2, 14, False),
    ('  "data"', '  "netspec": "1", "data"', "NS220", 2, 14, True),
    ('  "data"', '  "params": [], "data"', "NS220", 2, 13, True),
    ('  "data"', '  "params": {"a-b": 1}, "data"', "NS220", 2, 14, True),
    ('  "data"', '  "assert": "true", "data"', "NS220", 2, 13, True),
    ('  "data"', '  "assert": [true], "data"', "NS220", 2, 14, True),
    ('  "data"', '  "assert": ["parameters < 5"], "data"', "NS226", 2, 15, False),
    ('  "data"', '  "$schema": 3, "data"', "NS220", 2, 14, True),
    (SPEC, "[]", "NS220", 1, 1, True),
    (SPEC, "", "NS110", 1, 1, None),
]


def diagnose(text: str) -> tuple[Diagnostic, ...]:
    return check_source(Source("spec.net.json", text)).diagnostics


def test_the_spec_without_a_mistake_has_none() -> None:
    assert diagnose(SPEC) == ()
    assert list(SCHEMA.iter_errors(json.loads(SPEC))) == []


@pytest.mark.parametrize(("right", "wrong", "code", "line", "column", "in_schema"), MISTAKES)
def test_one_mistake_gives_one_error(
    right: str, wrong: str, code: str, line: int, column: int, in_schema: bool | None
) -> None:
    assert SPEC.count(right) == 1
    text = SPEC.replace(right, wrong)

    found = [(d.code, d.span.line, d.span.column) for d in diagnose(text) if d.span]
    assert found == [(code, line, column)]
    if in_schema is not None:
        assert len(list(SCHEMA.iter_errors(json.loads(text)))) == in_schema


def test_independent_mistakes_are_reported_at_once() -> None:
    text = SPEC.replace('"linear"', '"linaer"').replace('"epochs"', '"epoch"').replace("1e-3", "-1")
    assert [d.code for d in diagnose(text)] == ["NS201", "NS203", "NS220"]


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ('"linear"', '"linaer"'),
        ('"epochs"', '"epoch"'),
        ('"train"', '"trian"'),
        ('"10%"', "10.0"),
        (ADAM, '"adam"'),
        ("5,", '"5 * 1 +", "x": 5,'),
        (FLATTEN, '{"op": "conv", "out_channels": 4, "kernel_size": 28, "padding": "vaild"}, {"op": "flatten"}'),
    ],
)
def test_a_fix_gives_json_that_is_right_or_is_said_in_words(right: str, wrong: str) -> None:
    text = SPEC.replace(right, wrong)
    first = diagnose(text)[0]
    for edit in reversed(first.fix.edits if first.fix else ()):
        text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    json.loads(text)
    assert not first.fix or diagnose(text) == ()


def test_a_fix_that_needs_quotes_in_json_has_them() -> None:
    (found,) = diagnose(SPEC.replace('"10%"', "0.1"))
    assert found.fix is not None
    assert [edit.text for edit in found.fix.edits] == ['"10%"']


@pytest.mark.parametrize("text", ["data { sauce = mnist() }", "model { linear(10, x=1) }"])
def test_what_the_catalogue_does_not_know_is_not_written(text: str) -> None:
    with pytest.raises(NetspecError):
        write_json(read(text))


VALUES = st.recursive(
    st.sampled_from([None, True, 1, -2.5, "", "linear", "width", "10%", "2 *", "é\n", 'a"']),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["op", "or", "label", "body", "$", "$comment", "at", "lr", "x"]), inner)
    ),
    max_leaves=8,
)
PLACES = ["$schema", "$comment", "netspec", "params", "data", "model", "train", "evaluate", "assert", "x"]


@given(st.dictionaries(st.sampled_from(PLACES), VALUES) | VALUES)
def test_nonsense_is_answered_with_problems(value: object) -> None:
    text = json.dumps(value, indent=1)
    for diagnostic in diagnose(text):
        assert diagnostic.message
    problems = Problems()
    spec = read_json(Source("spec.net.json", text), problems)
    if not problems.fatal:
        try:
            written = write_json(spec)
        except NetspecError:
            return
        assert write_json(read(written, "spec.net.json")) == written


BY_HAND = """\
param s = 4
param rows = [[0, s], [1, 1]]
data { source = synthetic(image=[4, 8, 8], classes=3) }
block join(x, width=s * 2) { concat(x, input -> conv(width, 3, padding=1)) }
model {
  a = conv(s, [3, s - 1], padding=1)
  b = input -> conv(s, 3, padding=1)
  concat(a, b -> relu, input -> fc: conv(s, 1) -> tanh)
  pad([[0, s], [0, 1]])
  padded = relu
  join(padded -> relu)
  for w in [s, 2 * s] { conv(w, 3, padding=[1, s // 4]) -> relu }
  flatten -> linear(3)
}
"""


def test_pipes_as_arguments_and_names_in_inner_lists_are_the_same_program_in_both_forms():
    assert conversions.try_text(BY_HAND) == "good"


@pytest.mark.parametrize("text", ["", "input, input", "dim=1", "input), relu(input", "{ relu }", "relu : [3]"])
def test_what_is_no_single_value_among_the_inputs_is_reported(text: str):
    operation = json.dumps({"op": "concat", "inputs": ["input", text]})
    spec = f'{{"data": {{"source": {{"op": "iris"}}}}, "model": [{operation}]}}'
    found = [item for item in check_source(Source("spec.json", spec)).diagnostics if item.is_error]
    assert found
    assert not any("takes nothing here" in item.message for item in found)
