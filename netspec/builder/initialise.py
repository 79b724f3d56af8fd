"""The initial values that a program gives to tensors in the place of torch's: from initializers, and from files."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from netspec.checker.fit.weights import weights_of, weights_problem
from netspec.formats.errors import DataError
from netspec.formats.safetensors import TensorInfo
from netspec.problems import NetspecError
from netspec.problems.weights import WeightsNotFinite
from netspec.program.loading import LoadedWeights, Match
from netspec.program.program import Program
from netspec.program.randomness import generator
from netspec.program.training import initial_values
from netspec.source import Span
from netspec.weights.fetch import fetch

DTYPES = {"F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16, "I64": torch.int64}


def initialise(network: nn.Module, program: Program) -> tuple[LoadedWeights, ...]:
    """Fill the parameters that `train.init` selects, each by a chance of its own, so that no other rule moves it, and
    load what its rules load. Returns what was loaded from which files. Raises NetspecError if they don't fit."""
    parameters = dict(network.named_parameters())
    with torch.no_grad():
        for name, initializer in initial_values(program.train, program.graph).items():
            initializer.fill(parameters[name], generator(program.train.seed, "init", name))
        state = network.state_dict(keep_vars=True)
        return tuple(load(matched, state, program.span_of(matched.path)) for matched in _fetched(program))


def _fetched(program: Program) -> tuple[Match, ...]:
    """What a program loads, after what isn't there yet is downloaded."""
    found = weights_of(program)
    pending = [matched.file.download for matched in found if matched.pending]
    for download in filter(None, pending):
        fetch(*download)
    return weights_of(program) if pending else found


def load(matched: Match, state: Mapping[str, Tensor], span: Span | None = None) -> LoadedWeights:
    """Load what a rule loads into tensors by their names, in one pass over its file. Raises NetspecError, which shows
    the span, if the file isn't what it was when it was matched, or has numbers that aren't finite."""
    targets = {source: name for name, source in matched.loaded.items()}
    digest = ""
    try:
        for item in matched.file.read():
            if isinstance(item, str):
                digest = item
                continue
            source, info, content = item
            if source in targets:
                values = _tensor(info, content)
                if values.is_floating_point() and not bool(values.isfinite().all()):
                    reason = f"`{source}` in `{matched.file.written}` isn't finite"
                    raise NetspecError.of(WeightsNotFinite(span, reason))
                own = state[targets[source]]
                with torch.no_grad():
                    own.copy_(values.view(own.shape))
    except DataError as error:
        raise NetspecError.of(weights_problem(error, span)) from error
    return LoadedWeights.of(matched, digest)


def _tensor(info: TensorInfo, content: bytearray) -> Tensor:
    dtype = DTYPES[info.dtype]
    values = torch.frombuffer(content, dtype=dtype) if content else torch.empty(0, dtype=dtype)
    return values.reshape(info.shape)
