"""Removal of filters, and of weights, from a trained network."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor

from netspec.catalogue.stages.prune import FILTERS, Prune
from netspec.experiments.stages import Network
from netspec.experiments.stages.programs import checked, final_weights, program_of, run_stage
from netspec.experiments.training import Trainer
from netspec.modules.sparsity import magnitude_masks, masked, pattern_masks, takes_pattern, zeros
from netspec.problems.base import NetspecError
from netspec.problems.compressing import NotCompressed
from netspec.program.channels import Fixed
from netspec.program.space import Role
from netspec.program.stages import by_reason, prunable_weights
from netspec.pruner.pruned import pruned
from netspec.pruner.scores import Criterion
from netspec.runner.uses.saved_run import SavedRun
from netspec.wording import listing
from netspec.writer.errors import CannotTranslate

GRADIENT_BATCHES = 32
"""The number of training batches that gradients are taken of."""
LISTED = 3
CRITERIA: dict[str, Criterion] = {"l1": "l1", "l2": "l2", "batch_norm": "scale", "gradient": "gradient"}


def carry_out(stage: Prune, network: Network, folder: Path, trainer: Trainer) -> Network:
    if stage.of == FILTERS:
        return _without_filters(stage, network, folder, trainer)
    names = tuple(item.name for item in prunable_weights(network.program.graph, stage.keep))
    on = names if stage.keep else ()
    if gradual := stage.gradual(on):
        return replace(network, pending=gradual, constraints=stage.constraints(on), notes=())
    program = program_of(network, network.program.graph, network.base.train, stage.name())
    state = final_weights(network.folder)
    weights = {name: state[name] for name in names}
    if stage.kept_of is not None:
        n, m = stage.kept_of
        fitting = {name: weight for name, weight in weights.items() if takes_pattern(tuple(weight.shape), m)}
        masks = pattern_masks(fitting, n, m)
    else:
        assert stage.amount is not None, "it is checked"
        masks = magnitude_masks(weights, stage.amount.share, per_layer=stage.scope == "layer")
    state = masked(state, masks)
    if not trainer.is_finished(folder):
        run_stage(network, program, lambda: state, folder, trainer, Role.UNTRAINED)
    share = zeros({name: state[name] for name in names})
    note = f"{share:.1%} of the weights are zero"
    return replace(network, program=program, folder=folder, constraints=stage.constraints(on), notes=(note,))


def _without_filters(stage: Prune, network: Network, folder: Path, trainer: Trainer) -> Network:
    assert stage.amount is not None, "it is checked"
    state = final_weights(network.folder)
    gradients = _gradients(network.folder) if stage.by == "gradient" else None
    try:
        smaller = pruned(
            network.program,
            state,
            stage.amount.share,
            by=CRITERIA[stage.by],
            per_layer=stage.scope == "layer",
            keep=stage.keep,
            gradients=gradients,
        )
    except CannotTranslate as error:
        raise NetspecError.of(NotCompressed(None, stage.name(), str(error))) from error
    program = checked(network, smaller.text)
    if not trainer.is_finished(folder):
        run_stage(network, program, lambda: smaller.state, folder, trainer, Role.UNTRAINED)
    note = f"{smaller.removed:_} of {smaller.candidates:_} groups of channels are removed"
    return replace(network, program=program, folder=folder, notes=(note, *_kept_notes(smaller.fixed)))


def _gradients(folder: Path) -> Mapping[str, Tensor]:
    """For each parameter the root of the mean square of the gradients of the loss over training batches, in evaluation
    mode: what a loss near its minimum would change by, whose mean gradient is about zero."""
    saved = SavedRun.of(folder)
    data, network = saved.prepare(), saved.network
    criterion = saved.program.loss.build(data.classes, saved.scaling)
    sums = {name: torch.zeros_like(parameter) for name, parameter in network.named_parameters()}
    count = min(GRADIENT_BATCHES, data.steps)
    for inputs, targets in data.epoch(1, 0, count):
        network.zero_grad()
        criterion(network(*inputs), targets).backward()
        for name, parameter in network.named_parameters():
            if parameter.grad is not None:
                sums[name] += parameter.grad.square()
    network.zero_grad()
    return {name: (total / count).sqrt() for name, total in sums.items()}


def _kept_notes(fixed: Sequence[Fixed]) -> Iterator[str]:
    """Why layers kept all of their channels, those of one reason together."""
    for reason, paths in by_reason(fixed).items():
        yield f"{listing([f'`{path}`' for path in paths], LISTED)} kept all channels: {reason}"
