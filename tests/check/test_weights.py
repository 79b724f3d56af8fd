"""Weights that a spec loads are checked from their headers alone: what is wrong is reported before torch is loaded."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file

from netspec.diagnostics import Diagnostic
from netspec.memory import CACHE_FOLDER
from netspec.program.plan import make_plan
from tests.runs import run_one
from tests.specs import check
from tests.test_front_end_without_torch import NETSPEC, run_without_torch

NET = """data { source = mnist_sample() }
model {
  flatten
  body: { fc1: linear(32) -> bn: batch_norm -> relu }
  head: linear(10)
}
train { init = [RULES], epochs = 1 }
"""
ZOO = """data {
  source = synthetic(image=[3, 224, 224], classes=10)
  transform = normalize(pretrained)
}
model { body: zoo.resnet18(classes=10) }
train { init = [RULES] }
"""
BODY = {
    "fc1.weight": torch.ones(32, 784),
    "fc1.bias": torch.ones(32),
    "bn.weight": torch.ones(32),
    "bn.bias": torch.ones(32),
    "bn.running_mean": torch.ones(32),
    "bn.running_var": torch.ones(32),
    "bn.num_batches_tracked": torch.tensor(3),
}
Tensors = Mapping[str, torch.Tensor]


def without(*names: str, **others: torch.Tensor) -> dict[str, torch.Tensor]:
    return {name: tensor for name, tensor in BODY.items() if name not in names} | others


def renamed(change: Callable[[str], str]) -> dict[str, torch.Tensor]:
    return {change(name): tensor for name, tensor in BODY.items()}


FILES: dict[str, Tensors] = {
    "body.safetensors": BODY,
    "wide.safetensors": without(**{"fc1.weight": torch.ones(64, 784)}),
    "short.safetensors": without("bn.running_var"),
    "typo.safetensors": without("bn.running_var", **{"bn.runing_var": torch.ones(32)}),
    "more.safetensors": without(extra=torch.ones(1)),
    "double.safetensors": without(**{"fc1.bias": torch.ones(32, dtype=torch.float64)}),
    "integers.safetensors": without(**{"fc1.bias": torch.ones(32, dtype=torch.int32)}),
    "counted.safetensors": without(**{"bn.num_batches_tracked": torch.tensor(3.0)}),
    "half.safetensors": without(**{"fc1.bias": torch.ones(32, dtype=torch.bfloat16)}),
    "old.safetensors": without("bn.num_batches_tracked"),
    "wrapped.safetensors": renamed(lambda name: f"module.{name}"),
    "nested.safetensors": renamed(lambda name: f"model.encoder.{name}"),
    "whole.safetensors": {
        **renamed(lambda name: f"body.{name}"),
        "head.weight": torch.ones(10, 32),
        "head.bias": torch.ones(10),
    },
    "other.safetensors": {"conv.weight": torch.ones(2, 2), "conv.bias": torch.ones(2)},
    "empty.safetensors": {},
    "transposed.safetensors": without(**{"fc1.weight": torch.ones(784, 32)}),
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with files of weights, right and wrong, and with a run."""
    folder = tmp_path_factory.mktemp("weights")
    for name, tensors in FILES.items():
        save_file(dict(tensors), folder / name)
    torch.save(BODY, folder / "body.pth")
    torch.save(BODY, folder / "old.pt", _use_new_zipfile_serialization=False)
    torch.save(BODY, folder / "unconverted.bin")
    shutil.copy(folder / "body.pth", folder / "renamed.safetensors")
    content = (folder / "body.safetensors").read_bytes()
    (folder / "cut.safetensors").write_bytes(content[:1000])
    (folder / "header.safetensors").write_bytes(content[:60])
    (folder / "lies.safetensors").write_bytes(content.replace(b'"shape":[32,784]', b'"shape":[31,784]'))
    (folder / "pointer.safetensors").write_text("version https://git-lfs.github.com/spec/v1\noid sha256:00\n")
    (folder / "page.safetensors").write_text("<!DOCTYPE html><html>not found</html>")
    (folder / "weights.h5").write_bytes(b"\x89HDF\r\n")
    (folder / "model.safetensors.index.json").write_text("{}")
    (folder / "folder.safetensors").mkdir()
    spec = folder / "net.net"
    spec.write_text(NET.replace("RULES", ""))
    run_one(spec, out=folder / "run")
    for name in ("broken", "empty-run", "no-model"):
        shutil.copytree(folder / "run", folder / name)
    (folder / "broken" / "checkpoints" / "index.json").write_text("{oops")
    shutil.rmtree(folder / "empty-run" / "checkpoints")
    next((folder / "no-model").rglob("model.safetensors")).unlink()
    (folder / "parts" / "seed-0").mkdir(parents=True)
    shutil.copytree(folder / "run", folder / "parts" / "seed-0", dirs_exist_ok=True)
    return folder


def errors(made: Path, rules: str, spec: str = NET) -> tuple[Diagnostic, ...]:
    found = check(spec.replace("RULES", rules), folder=made).diagnostics
    return tuple(diagnostic for diagnostic in found if diagnostic.is_error)


def said(diagnostic: Diagnostic) -> str:
    fix = diagnostic.fix.title if diagnostic.fix else ""
    labels = [label.text for label in diagnostic.labels]
    return "\n".join([diagnostic.message, *labels, *diagnostic.notes, diagnostic.help or "", fix])


WRONG: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "no such file": ('from_file("body", "bdy.safetensors")', "NS540", ("there is no file", "did you mean `body.saf")),
    "no file of a name like it": (
        'from_file("body", "weights/nothing.safetensors")',
        "NS540",
        ("there is no file `weights/nothing.safetensors`", "paths are relative to the spec's folder"),
    ),
    "a name too long for a file": (f'from_file("body", "{300 * "x"}.safetensors")', "NS540", ("can't be read",)),
    "a file that has still to be converted": (
        'from_file("body", "unconverted.safetensors")',
        "NS540",
        ("there is no file", "convert `unconverted.bin`, which is there: netspec import weights unconverted.bin"),
    ),
    "a folder": ('from_file("body", "folder.safetensors")', "NS540", ("`folder.safetensors` is no file",)),
    "a .pth": ('from_file("body", "body.pth")', "NS541", ("run code", "netspec import weights body.pth")),
    "a .pt of before torch 1.6": ('from_file("body", "old.pt")', "NS541", ("torch.save", "netspec import weights")),
    "a .pth with another name": ('from_file("body", "renamed.safetensors")', "NS541", ("torch.save",)),
    "an HDF5 file": ('from_file("body", "weights.h5")', "NS541", ("HDF5", "safetensors files alone")),
    "an index of parts": ('from_file("body", "model.safetensors.index.json")', "NS541", ("index of several files",)),
    "a pointer of Git LFS": ('from_file("body", "pointer.safetensors")', "NS541", ("git lfs pull",)),
    "a web page": ('from_file("body", "page.safetensors")', "NS541", ("web page",)),
    "a file that was cut": ('from_file("body", "cut.safetensors")', "NS541", ("ends before its last tensor",)),
    "a header that was cut": ('from_file("body", "header.safetensors")', "NS541", ("its header would have",)),
    "a header that lies": ('from_file("body", "lies.safetensors")', "NS541", ("`fc1.weight`", "takes 97_216 bytes")),
    "another shape": (
        'from_file("body", "wide.safetensors")',
        "NS543",
        ("`fc1.weight` in `wide.safetensors` is [64, 784]", "`body.fc1.weight` is [32, 784]", 'except=["fc1"]'),
    ),
    "a transposed matrix": ('from_file("body", "transposed.safetensors")', "NS543", ("is [784, 32], but",)),
    "a tensor missing in the file": (
        'from_file("body", "short.safetensors")',
        "NS543",
        ("has no tensor for `body.bn.running_var`", 'except=["bn"]'),
    ),
    "a name with a typo": (
        'from_file("body", "typo.safetensors")',
        "NS543",
        ("1 tensor missing", "1 tensor only in the file", "the nearest is `bn.runing_var`"),
    ),
    "a tensor only in the file": (
        'from_file("body", "more.safetensors")',
        "NS543",
        ("`extra` in `more.safetensors` has no place in `body`", 'except=["extra"]'),
    ),
    "float64": ('from_file("body", "double.safetensors")', "NS543", ("is float64, but", "netspec import weights")),
    "integers": ('from_file("body", "integers.safetensors")', "NS543", ("is int32, but `body.fc1.bias` is float32",)),
    "a counter of floats": ('from_file("body", "counted.safetensors")', "NS543", ("is float32, but", "is int64")),
    "names with a prefix": ('from_file("body", "wrapped.safetensors")', "NS543", ('scope="module"',)),
    "names with two": ('from_file("body", "nested.safetensors")', "NS543", ('scope="model.encoder"',)),
    "the file of the whole network": ('from_file("body", "whole.safetensors")', "NS543", ('scope="body"',)),
    "a wrong scope of the file": ('from_file("body", "body.safetensors", scope="encoder")', "NS543", ("missing",)),
    "the file of another network": (
        'from_file("body", "other.safetensors")',
        "NS543",
        ("weights of another network: none of its 2 names is in `body`",),
    ),
    "an empty file": ('from_file("body", "empty.safetensors")', "NS543", ("6 tensors missing in the file",)),
    "a part for the whole": ('from_file("*", "body.safetensors")', "NS543", ("another network", "the network")),
    "an unknown scope": (
        'from_file("boddy", "body.safetensors")',
        "NS542",
        ("isn't a scope or a layer", '"body"'),
    ),
    "a scope of nothing like it": ('from_file("xyz", "body.safetensors")', "NS542", ("labels: body, head",)),
    "a tensor for a scope": ('from_file("head.weight", "body.safetensors")', "NS542", ("is a single tensor",)),
    "a layer without weights": ('from_file("body.2", "body.safetensors")', "NS542", ("has no weights",)),
    "a pattern for a scope": ('from_file("bod*", "body.safetensors")', "NS542", ("isn't a scope or a layer",)),
    "an exception that matches nothing": (
        'from_file("body", "body.safetensors", except=["fc2"])',
        "NS217",
        ('"fc2" selects nothing',),
    ),
    "an exception with a typo": (
        'from_file("body", "body.safetensors", except=["fc1", "bn.runing_var"])',
        "NS217",
        ("bn.running_var",),
    ),
    "an exception with the scope in front": (
        'from_file("body", "body.safetensors", except=["body.fc1"])',
        "NS217",
        ("selects nothing",),
    ),
    "all of it filled before": (
        'init("body", zeros), from_file("body.fc1", "body.safetensors", scope="fc1")',
        "NS227",
        ("filled by a rule before it",),
    ),
    "no file": ('from_file("body")', "NS223", ("file",)),
    "a file without quotes": ('from_file("body", weights)', "NS220", ("file",)),
    "unknown names": ('from_file("body", "body.safetensors", names=keras)', "NS220", ("`timm`",)),
    "an unknown argument": ('from_file("body", "body.safetensors", exclude=["fc"])', "NS202", ("exclude",)),
    "timm's names for others": (
        'from_file("body", "other.safetensors", names=timm)',
        "NS543",
        ("another network",),
    ),
    "no such run": ('from_run("body", "runs/latest")', "NS540", ("there is no folder", "netspec runs")),
    "a spec for a run": ('from_run("body", "run.net")', "NS540", ("not its spec",)),
    "a file for a run": ('from_run("body", "net.net")', "NS540", ("`net.net` is no folder", "not its spec")),
    "a run without checkpoints": ('from_run("body", "empty-run")', "NS540", ("isn't the folder of a run",)),
    "a run without weights": ('from_run("body", "no-model")', "NS540", ("model.safetensors",)),
    "a run with a broken index": ('from_run("body", "broken")', "NS541", ("isn't what netspec writes",)),
    "a folder of several runs": (
        'from_run("body", "parts")',
        "NS540",
        ("name one of them, such as `parts/seed-0`",),
    ),
    "best weights of a run without": ('from_run("body", "run", weights=best)', "NS540", ("has no `best` weights",)),
    "another layer of a run": ('from_run("head", "run", scope="body")', "NS543", ("another network",)),
    "a scope that the run lacks": ('from_run("head", "run", scope="neck")', "NS543", ("2 tensors missing",)),
}
ZOO_WRONG: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "other classes": (
        'pretrained("body")',
        "NS543",
        ("`fc.weight` in `resnet18 IMAGENET1K_V1` is [1000, 512]", "`body.fc.weight` is [10, 512]", 'except=["fc"]'),
    ),
    "a part of a network": ('pretrained("body.layer1")', "NS548", ("isn't a network of the zoo", 'load "body"')),
    "unknown weights": ('pretrained("body", weights="IMAGENET1K_V2")', "NS548", ("IMAGENET1K_V1",)),
    "an exception of nothing": ('pretrained("body", except=["fc", "fcc"])', "NS217", ('"fcc" selects nothing',)),
    "statistics of no weights": ("", "NS227", ("`normalize(pretrained)` needs a rule `pretrained`",)),
}


def test_there_are_at_least_forty_wrong_uses() -> None:
    assert len({**WRONG, **ZOO_WRONG}) >= 40


@pytest.mark.parametrize(("rules", "code", "fragments"), WRONG.values(), ids=WRONG)
def test_a_wrong_use_is_reported(made: Path, rules: str, code: str, fragments: tuple[str, ...]) -> None:
    found = [diagnostic for diagnostic in errors(made, rules) if diagnostic.code == code]
    assert found, errors(made, rules)
    text = said(found[0])
    assert all(fragment in text for fragment in fragments), text
    assert found[0].is_error
    assert found[0].span is not None


@pytest.mark.parametrize(("rules", "code", "fragments"), ZOO_WRONG.values(), ids=ZOO_WRONG)
def test_a_wrong_use_of_the_zoo_is_reported(made: Path, rules: str, code: str, fragments: tuple[str, ...]) -> None:
    found = [diagnostic for diagnostic in errors(made, rules, ZOO) if diagnostic.code == code]
    assert found, errors(made, rules, ZOO)
    assert all(fragment in said(found[0]) for fragment in fragments), said(found[0])


def test_a_missing_file_outside_of_the_spec_s_folder_tells_nothing_of_those_beside_it(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    (tmp_path / "body.pth").touch()
    for written in ("../body.safetensors", "../bdy.pth"):
        (found,) = errors(tmp_path / "inner", f'from_file("body", "{written}")')
        assert found.help == "paths are relative to the spec's folder"
    (found,) = errors(tmp_path / "inner", f'from_file("body", "{tmp_path / "body.safetensors"}")')
    assert found.help is None


def test_a_network_that_is_not_of_the_zoo_has_no_pretrained_weights(made: Path) -> None:
    (found,) = errors(made, 'pretrained("body")')
    assert found.code == "NS548"
    assert 'from_file("body", …)' in said(found)


RIGHT = (
    'from_file("body", "body.safetensors")',
    'from_file("body", "wide.safetensors", except=["fc1"])',
    'from_file("body", "wide.safetensors", except=["fc1.weight"])',
    'from_file("body", "more.safetensors", except=["extra"])',
    'from_file("body", "wide.safetensors", except=[":linear:weight"])',
    'from_file("body", "old.safetensors")',
    'from_file("body", "half.safetensors")',
    'from_file("body", "wrapped.safetensors", scope="module")',
    'from_file("body.bn", "body.safetensors", scope="bn")',
    'from_file("*", "whole.safetensors")',
    'init("body.fc1", zeros), from_file("body", "wide.safetensors")',
    'from_run("*", "run")',
    'from_run("body", "run"), init("head", zeros)',
    'from_run("head", "run", weights=last)',
)


@pytest.mark.parametrize("rules", RIGHT)
def test_what_fits_is_accepted(made: Path, rules: str) -> None:
    assert errors(made, rules) == ()


@pytest.mark.parametrize(
    "rules", ['from_file("body", "wide.safetensors")', 'from_run("*", "run")', 'pretrained("head")']
)
def test_the_check_needs_no_torch(made: Path, rules: str) -> None:
    path = made / "front-end.net"
    path.write_text(NET.replace("RULES", rules))
    ran = run_without_torch(NETSPEC, "check", str(path), cwd=made)
    assert "Traceback" not in ran.stderr
    assert "tried to import" not in ran.stderr
    assert ran.returncode == (0 if "run" in rules else 1)


def test_a_misfit_shows_the_rule_and_the_layer(made: Path) -> None:
    (found,) = errors(made, 'from_file("body", "wide.safetensors")')
    assert found.span is not None
    assert found.span.text == 'from_file("body", "wide.safetensors")'
    assert [(label.span.text, label.text) for label in found.labels] == [("linear(32)", "`body.fc1.weight` [32, 784]")]


def test_names_of_a_file_outside_of_the_folder_of_the_spec_are_not_shown(made: Path, tmp_path: Path) -> None:
    save_file(without(secret=torch.ones(1)), tmp_path / "elsewhere.safetensors")
    (found,) = errors(made, f'from_file("body", "{tmp_path}/elsewhere.safetensors")')
    assert found.code == "NS543"
    assert "secret" not in said(found)
    assert "1 tensor only in the file" in said(found)


def test_the_plan_says_what_is_loaded_and_what_is_not(made: Path) -> None:
    rules = 'from_file("body", "more.safetensors", except=["extra", "fc1.bias"])'
    program = check(NET.replace("RULES", rules), folder=made).require()
    (row,) = make_plan(program).weights
    assert (row.tensors, row.elements, row.pending) == (6, 32 * 784 + 4 * 32 + 1, False)
    assert row.kept == {"body.fc1.bias": "by `except`"}
    assert row.unused == {"fc1.bias": "by `except`", "extra": "by `except`"}
    assert str(made / "more.safetensors") in make_plan(program).reads


def test_nothing_is_left_out_without_a_reason(made: Path) -> None:
    for rules in RIGHT:
        for matched in check(NET.replace("RULES", rules), folder=made).require().weights:
            scope = matched.rule.prefix
            of_network = {
                tensor.name for tensor in check(NET.replace("RULES", ""), folder=made).require().graph.state_tensors
            }
            assert {*matched.loaded, *matched.kept} == {name for name in of_network if name.startswith(scope)}
            assert {*matched.loaded.values(), *matched.unused} == {*matched.file.header.tensors}


def test_weights_that_are_not_there_yet_are_checked_by_what_is_known_of_the_network(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(CACHE_FOLDER, str(tmp_path))
    checked = check(ZOO.replace("RULES", 'pretrained("body", except=["fc"])'), folder=made)
    assert checked.diagnostics == ()
    (row,) = make_plan(checked.require()).weights
    assert (row.pending, row.tensors) == (True, 120)
    assert list(row.kept) == ["body.fc.weight", "body.fc.bias"]
    assert not list(tmp_path.iterdir())


def test_a_saved_run_is_checked_without_the_files_that_it_started_from(made: Path, tmp_path: Path) -> None:
    from netspec.checker import saved_program

    shutil.copy(made / "body.safetensors", tmp_path)
    spec = tmp_path / "net.net"
    spec.write_text(NET.replace("RULES", 'from_file("body", "body.safetensors")'))
    run_one(spec, out=tmp_path / "run")
    (tmp_path / "body.safetensors").unlink()
    assert saved_program(tmp_path / "run").weights == ()


def test_replaced_layers_and_those_that_nothing_reads_need_no_exception(made: Path) -> None:
    head = 'model { body: zoo.resnet18\n replace("body.fc") { dropout(0.2) -> linear(10) } }'
    text = ZOO.replace("model { body: zoo.resnet18(classes=10) }", head)
    rules = 'pretrained("body"), init("body.fc:bias", zeros)'
    checked = check(text.replace("RULES", rules), folder=made)
    assert checked.diagnostics == ()
    (matched,) = checked.require().weights
    assert matched.kept == dict.fromkeys(("body.fc.1.weight", "body.fc.1.bias"), "replaced in line 6")
    assert matched.unused == dict.fromkeys(("fc.weight", "fc.bias"), "replaced in line 6")
    body = "model { body: zoo.resnet18\n c3 = body.layer2\n c3 -> global_avg_pool -> flatten -> linear(10) }"
    text = ZOO.replace("model { body: zoo.resnet18(classes=10) }", body)
    (matched,) = check(text.replace("RULES", 'pretrained("body")'), folder=made).require().weights
    assert {name.partition(".")[0] for name in matched.unused} == {"layer3", "layer4", "fc"}
    assert all("nothing takes" in reason for reason in matched.unused.values())


def test_what_a_rule_excepts_a_later_one_may_fill(made: Path) -> None:
    rules = 'from_file("body", "wide.safetensors", except=["fc1"]), init("body.fc1", zeros)'
    assert errors(made, rules) == ()


def test_a_rule_of_exceptions_alone_is_reported(made: Path) -> None:
    (found,) = errors(made, 'from_file("body", "body.safetensors", except=["*"])')
    assert found.code == "NS227"
    assert "is excepted" in found.message


def test_the_statistics_of_pretrained_weights_are_known(made: Path) -> None:
    data: Any = check(ZOO.replace("RULES", 'pretrained("body", except=["fc"])'), folder=made).require().data
    assert data.transform[0].numbers == ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))


LINTS = {
    "measured statistics": ("transform = normalize(measured)", 224, "NS450"),
    "other statistics": ("transform = normalize(mean=[0.5, 0.5, 0.5], std=[0.5, 0.5, 0.5])", 224, "NS450"),
    "no normalization": ("", 224, "NS450"),
    "small images": ("transform = normalize(pretrained)", 64, "NS451"),
}


@pytest.mark.parametrize(("transform", "size", "code"), LINTS.values(), ids=LINTS)
def test_images_unlike_those_of_the_weights_are_a_warning(transform: str, size: int, code: str) -> None:
    assert [found.code for found in of_images(transform, size)] == [code]


@pytest.mark.parametrize(
    ("transform", "size"),
    [
        ("transform = normalize(pretrained)", 224),
        ("transform = normalize(imagenet)", 160),
        ("transform = normalize(mean=[0.485, 0.456, 0.406], std=[0.229, 0.224, 0.225])", 224),
        ("transform = resize(224) -> normalize(pretrained)", 32),
    ],
)
def test_images_like_those_of_the_weights_are_good(transform: str, size: int) -> None:
    assert of_images(transform, size) == ()


def of_images(transform: str, size: int) -> tuple[Diagnostic, ...]:
    text = ZOO.replace("transform = normalize(pretrained)", transform).replace("224, 224", f"{size}, {size}")
    return check(text.replace("RULES", 'pretrained("body", except=["fc"])')).diagnostics


def test_rules_are_the_same_in_json(made: Path) -> None:
    from netspec.api.specs import convert
    from netspec.checker import check_source
    from netspec.source import Source

    text = NET.replace("RULES", 'from_file("body", "wide.safetensors", except=["fc1"]), from_run("head", "run")')
    as_json = convert(Source("spec.net", text, made / "spec.net"))
    assert json.loads(as_json)["train"]["init"][0]["except"] == ["fc1"]
    program = check_source(Source("spec.json", as_json, made / "spec.json")).require()
    assert program.hash == check(text, folder=made).require().hash
