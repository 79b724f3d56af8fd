"""A pruned program computes what the network computes in which nothing reads the channels that were removed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor

from netspec.builder import build
from netspec.catalogue.losses.feature_distillation import FeatureDistillation
from netspec.catalogue.teachers.from_run import FromRun
from netspec.catalogue.values import Term
from netspec.checker import check_file
from netspec.lang.json.write import write_json
from netspec.lang.read import read_tree
from netspec.problems import Problems
from netspec.program.objective import Objective
from netspec.program.program import Program
from netspec.program.pruning import chosen
from netspec.program.shrinking import tensor_sizes
from netspec.pruner.pruned import Pruned, channels_of, pruned
from netspec.pruner.scores import scores
from netspec.source import Source
from tests.pruner.random_networks import random_spec
from tests.pruner.silence import outputs, random_state, silenced
from tests.specs import ROOT, check

ZOO = sorted((ROOT / "specs" / "zoo").glob("*.net"))
NETWORKS = 300
TOGETHER = 20


def program_of(text: str) -> Program:
    return check(text).require()


def equal(ones: list[Tensor], others: list[Tensor]) -> None:
    for one, other in zip(ones, others, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-5, atol=1e-5 * max(1.0, float(other.abs().max())))


def compare(program: Program, share: float, *, per_layer: bool = False, dtype: torch.dtype = torch.float64) -> Pruned:
    """Prune a program, and compare what its text computes with the silenced network."""
    state = random_state(program.graph, dtype=dtype)
    channels = channels_of(program)
    found = pruned(program, state, share, per_layer=per_layer)
    removed = chosen(channels, scores(channels, state, "l1"), share, per_layer=per_layer)
    assert len(removed) == found.removed
    checked = check(found.text)
    graph = checked.require().graph
    assert tensor_sizes(graph) == {name: tuple(item.shape) for name, item in found.state.items()}
    equal(outputs(graph, found.state), outputs(program.graph, silenced(channels, removed, state)))
    return found


@pytest.mark.parametrize("start", range(0, NETWORKS, TOGETHER))
def test_a_random_network_without_some_channels_gives_what_it_gives_if_nothing_reads_them(start: int) -> None:
    removed = 0
    for seed in range(start, start + TOGETHER):
        program = program_of(random_spec(seed))
        removed += compare(program, (0.3, 0.5, 0.9)[seed % 3], per_layer=seed % 2 == 0).removed
    assert removed > TOGETHER


@pytest.mark.parametrize("path", ZOO, ids=lambda path: path.stem)
def test_a_known_network_without_half_of_its_channels_gives_what_it_gives_if_nothing_reads_them(path: Path) -> None:
    program = check_file(path).require()
    found = compare(program, 0.5, dtype=torch.float32)
    assert found.removed == found.candidates // 2
    assert found.graph.parameter_count < program.graph.parameter_count


def test_the_value_that_a_loss_compares_keeps_its_channels_and_its_name() -> None:
    program = program_of(
        "data { source = synthetic(image=[3, 8, 8], classes=5) }\n"
        "model { conv(4, 3) -> hint: relu -> conv(6, 3) -> relu -> flatten -> linear(5) }"
    )
    loss = FeatureDistillation(value="hint", teacher=FromRun(folder="runs/big/latest"))
    taught = replace(program, loss=Objective((Term(loss), *program.loss.terms)))
    found = pruned(taught, random_state(program.graph), 0.5)
    assert [item.path for item in found.fixed] == ["0", "5"]
    assert found.fixed[0].reason == "the loss takes the value of `hint`"
    assert "hint: relu" in found.text


def test_a_spec_as_json_becomes_a_net_file(tmp_path: Path) -> None:
    source = Source("spec.net", random_spec(0))
    path = tmp_path / "spec.net.json"
    path.write_text(write_json(read_tree(source, Problems())))
    program = check_file(path).require()
    found = pruned(program, random_state(program.graph), 0.5)
    assert check(found.text).require().graph.parameters == found.graph.parameters


def test_weights_of_the_new_spec_are_loaded_by_name(tmp_path: Path) -> None:
    program = program_of(random_spec(1))
    found = pruned(program, random_state(program.graph, dtype=torch.float32), 0.5, weights="weights.safetensors")
    save_file(dict(found.state), tmp_path / "weights.safetensors")
    (tmp_path / "pruned.net").write_text(found.text)
    state = build(check_file(tmp_path / "pruned.net").require()).state_dict()
    assert all(torch.equal(state[name], item) for name, item in found.state.items())


def test_pruned_networks_can_be_pruned_again() -> None:
    first = compare(program_of(random_spec(2)), 0.3)
    second = compare(program_of(first.text), 0.3)
    assert second.graph.parameter_count < first.graph.parameter_count


def test_nothing_is_removed_for_a_share_of_zero() -> None:
    program = program_of(random_spec(3))
    found = pruned(program, random_state(program.graph), 0.0)
    assert (found.removed, found.graph.parameters) == (0, program.graph.parameters)
