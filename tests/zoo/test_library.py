"""The networks of the zoo are torchvision's, and a spec names them as blocks, whatever its form and wherever it is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
import torchvision

from netspec import api, zoo
from netspec.checker import check_source, saved_program
from netspec.checker.analysis import Analysis
from netspec.generate.zoo import SHIFTED, is_whole
from netspec.lang.json.schema import json_schema
from netspec.lang.read import read_tree
from netspec.lang.text.printer import format_text
from netspec.problems import NetspecError, Problems
from netspec.runner.uses.verify_resume import final_state, run_through
from netspec.saved.spec import spec_record
from netspec.source import Source
from tests.specs import check, rendered

SPEC = """\
data {{ source = synthetic(image=[3, 64, 64], classes=10), batch_size = 4 }}
model {{
  body: {network}
}}
"""


def spec(network: str) -> str:
    return SPEC.format(network=network)


# ---- the networks ----


@pytest.mark.parametrize("name", zoo.networks())
def test_what_is_known_of_a_network_is_true(name: str) -> None:
    known = zoo.networks()[name]
    sizes = list(known.input)
    program = check(f"data {{ source = synthetic(image={sizes}, classes=1000) }}\nmodel {{ zoo.{name} }}\n").require()
    assert program.graph.parameter_count == known.parameters
    assert program.graph.flops == known.flops
    assert [weights.default for weights in known.weights.values()].count(True) == min(1, len(known.weights))


@pytest.mark.parametrize("name", zoo.networks())
def test_the_weights_of_a_network_are_those_of_torchvision(name: str) -> None:
    theirs = torchvision.models.get_model_weights(name)
    default = theirs.DEFAULT if len(theirs) else None
    ours = zoo.networks()[name].weights
    whole = [weights for weights in theirs if is_whole(weights)]
    assert set(ours) == {weights.name for weights in whole}
    for weights in whole:
        own, transform = ours[weights.name], weights.transforms()
        assert own.url == weights.url
        assert f"-{own.sha256_prefix}." in weights.url
        assert name in SHIFTED or (own.mean, own.std) == (tuple(transform.mean), tuple(transform.std))
        assert (own.resize, own.crop) == (transform.resize_size[0], transform.crop_size[0])
        assert own.interpolation == transform.interpolation.value
        assert own.accuracy == weights.meta["_metrics"]["ImageNet-1K"]["acc@1"]
        assert own.default == (weights is default)


@pytest.mark.parametrize("path", zoo.library_files(), ids=lambda path: path.name)
def test_a_library_file_is_in_the_format_and_has_nothing_to_say_of(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    problems = Problems()
    assert format_text(read_tree(Source(path.name, text, path), problems)) == text
    assert not list(problems)
    assert check_source(Source(str(path), text, path)).diagnostics == ()


def test_a_library_file_shares_the_blocks_of_another() -> None:
    text = "data { source = synthetic(image=[3, 64, 64], classes=10) }\nmodel { flatten -> zoo.resnext50_32x4d }\n"
    assert "zoo/resnext.net:7" in rendered(check(text))
    found = Analysis(Source("spec.net", spec("zoo.resnext50_32x4d(classes=10)")))
    assert found.program is not None
    names = {"zoo/resnext.net", "zoo/resnet.net"}
    assert {file.name for file in found.program.files} == names


def test_each_network_is_declared_in_one_library_file() -> None:
    texts = [(path, path.read_text(encoding="utf-8")) for path in zoo.library_files()]
    for name in zoo.networks():
        assert sum(zoo.declaring(name, [file]) is not None for file in texts) == 1, name


# ---- the name ----


def test_the_graph_says_which_scopes_are_networks_of_the_zoo() -> None:
    text = """\
data { source = synthetic(image=[3, 32, 32], classes=5) }
block tower(channels) { net: zoo.resnet18(classes=channels) }
model {
  left  = left: tower(4)
  right = input -> right: zoo.resnet50(classes=3)
  concat(left, right) -> head: linear(5)
}
"""
    assert check(text).require().graph.bodies == {"left.net": "resnet18", "right": "resnet50"}


def test_a_network_needs_no_file_beside_the_spec_and_no_folder() -> None:
    assert check_source(Source("-", spec("zoo.resnet18(classes=10)"))).require().graph.bodies == {"body": "resnet18"}


def test_a_block_can_be_given_a_network() -> None:
    text = """\
data { source = synthetic(image=[3, 32, 32], classes=5) }
block scaled(network) { network(5) * 0.5 }
model { scaled(zoo.resnet18) }
"""
    program = check(text).require()
    assert list(program.graph.bodies.values()) == ["resnet18"]


def test_an_imported_block_may_name_a_network(tmp_path: Path) -> None:
    (tmp_path / "towers.net").write_text("block tower(classes) { net: zoo.resnet18(classes=classes) }\n")
    (tmp_path / "spec.net").write_text(
        'from "towers.net" import tower\n'
        "data { source = synthetic(image=[3, 32, 32], classes=5) }\nmodel { body: tower(5) }\n"
    )
    assert api.check(tmp_path / "spec.net").graph.bodies == {"body.net": "resnet18"}


@pytest.mark.parametrize(
    ("network", "message"),
    [
        ("zoo.resnet81(classes=10)", "did you mean `zoo.resnet18`?"),
        ("zoo.ResNet18(classes=10)", "did you mean `zoo.resnet18`?"),
        ("zoo.basic(64)", "there is no network `basic` in the zoo"),
        ("zoo.resnet18(clases=10)", "did you mean `classes`?"),
        ("zoo.resnet18(num_classes=10)", "did you mean `classes`?"),
        ("resnet18(num_classes=10)", "did you mean `zoo.resnet18`?"),
        ("torchvision.models.resnet18()", "did you mean `zoo.resnet18`?"),
        ("zoo", "networks that come with netspec"),
        ("flatten -> zoo", "networks that come with netspec"),
        ("flatten -> zoo.resnet18(classes=10)", "zoo/resnet.net:5"),
    ],
)
def test_a_mistake_names_the_network_that_was_meant(network: str, message: str) -> None:
    checked = check(spec(network))
    assert checked.program is None
    assert message in rendered(checked)
    assert len(checked.diagnostics) == 1


@pytest.mark.parametrize(
    ("written", "answer"),
    [
        ('weights="IMAGENET1K_V1"', '`init = [pretrained("body")]`'),
        ("weights=ResNet18_Weights.DEFAULT", '`init = [pretrained("body")]`'),
        ("pretrained=true", '`init = [pretrained("body")]`'),
        ("num_classes=10", "did you mean `classes`?"),
        ("progress=false", "netspec weights fetch"),
    ],
)
def test_an_argument_of_torchvision_is_answered_with_what_to_write_here(written: str, answer: str) -> None:
    (found,) = check(spec(f"zoo.resnet18({written})")).diagnostics
    assert found.code == "NS202"
    assert answer in (found.help or "")


def test_a_block_of_one_s_own_is_not_taken_for_a_network_of_torchvision() -> None:
    text = "block head(classes) { flatten -> linear(classes) }\n" + spec("head(10, weights=1)")
    (found,) = check(text).diagnostics
    assert found.help == "it takes classes"


@pytest.mark.parametrize(
    "text",
    [
        "param zoo = 3\n" + spec("linear(zoo)"),
        "block zoo(classes) { flatten -> linear(classes) }\n" + spec("zoo(10)"),
        spec("flatten -> linear(10)").replace("  body:", "  zoo = input\n  zoo ->"),
    ],
)
def test_nothing_else_can_have_the_name_of_the_zoo(text: str) -> None:
    assert "`zoo` is the networks that come with netspec already" in rendered(check(text))


# ---- every form ----


def test_the_json_form_has_networks_and_its_schema_allows_them() -> None:
    from jsonschema import Draft202012Validator

    text = spec("zoo.resnet18(classes=10)")
    converted = api.convert(Source("spec.net", text))
    Draft202012Validator(json_schema()).validate(json.loads(converted))
    source = Source("spec.json", converted)
    assert check_source(source).require().hash == check(text).require().hash
    assert api.convert(source) == api.fmt(Source("spec.net", text))


def test_the_formatter_leaves_out_empty_parentheses_of_a_network() -> None:
    assert "body: zoo.resnet18\n" in api.fmt(Source("spec.net", spec("zoo.resnet18()")))


def test_an_editor_finds_the_block_in_the_library_file() -> None:
    text = spec("zoo.resnet18(classes=10)")
    found = Analysis(Source("spec.net", text)).at(text.index("resnet18"))
    assert found is not None and found.target is not None
    assert (found.kind, found.target.text) == ("block", "resnet18")
    assert found.target.source.path == zoo.FOLDER / "resnet.net"


# ---- saved runs ----


def say_something_else(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Be a later version of netspec, installed elsewhere, with another ResNet."""
    folder.mkdir()
    (folder / "resnet.net").write_text("block resnet18(classes=1000) { flatten -> fc: linear(classes) }\n")
    for module in ("netspec.zoo", "netspec.checker.names.files", "netspec.saved.spec"):
        monkeypatch.setattr(f"{module}.FOLDER", folder)


@pytest.mark.parametrize(
    ("network", "files"),
    [("resnet18", {"resnet.net"}), ("wide_resnet50_2", {"wide_resnet.net", "resnet.net"})],
)
def test_a_saved_spec_has_the_library_texts_and_no_path_of_this_installation(network: str, files: set[str]) -> None:
    record = spec_record(check(spec(f"zoo.{network}(classes=10)")).require())
    assert set(record["library"]) == files
    assert str(zoo.FOLDER) not in json.dumps(record)


@pytest.mark.parametrize("network", ["resnet18", "wide_resnet50_2"])
def test_a_saved_run_has_its_network_whatever_the_library_says_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, network: str
) -> None:
    text = spec(f"zoo.{network}(classes=10)")
    program = check(text).require()
    (tmp_path / "spec.json").write_text(json.dumps(spec_record(program)))
    say_something_else(tmp_path / "later", monkeypatch)
    later = check(text).program
    assert later is None or later.hash != program.hash
    assert saved_program(tmp_path).hash == program.hash
    assert saved_program(tmp_path).graph.bodies == {"body": network}


def test_a_run_is_resumed_to_the_same_bits_though_the_library_says_something_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (
        "data { source = synthetic(image=[3, 32, 32], classes=3, samples=60), validation = 20%, batch_size = 16 }\n"
        'model {\n  body: zoo.resnet18\n  replace("body.fc") { dropout(0.2) -> linear(3) }\n'
        '  replace("body.layer4") { conv(32, 1) -> relu }\n}\ntrain { epochs = 2 }\n'
    )
    source, device = Source("spec.net", text, tmp_path / "spec.net"), torch.device("cpu")
    program = check_source(source).require()
    run_through(program, tmp_path / "whole", device)
    assert run_through(program, tmp_path / "resumed", device, steps=4) is not None
    (tmp_path / "resumed" / "spec.json").write_text(json.dumps(spec_record(program)))
    say_something_else(tmp_path / "later", monkeypatch)
    again = saved_program(tmp_path / "resumed")
    run_through(again, tmp_path / "resumed", device)
    assert dict(final_state(tmp_path / "whole")) == dict(final_state(tmp_path / "resumed"))
    assert check_source(source).program is None, "the library as it is then has no such scopes"


@pytest.mark.parametrize("library", [None, [], {"resnet.net": 1}, {"../resnet.net": "block resnet18() { relu }"}, {}])
def test_a_saved_run_without_its_library_text_is_refused(tmp_path: Path, library: object) -> None:
    record = spec_record(check(spec("zoo.resnet18(classes=10)")).require()) | {"library": library}
    (tmp_path / "spec.json").write_text(json.dumps(record))
    with pytest.raises(NetspecError):
        saved_program(tmp_path)
