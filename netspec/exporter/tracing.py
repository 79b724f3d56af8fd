"""Networks traced by torch.export, quietly and without what they tell of the machine."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import torch

from netspec.exporter.contract import BATCH, SIZES
from netspec.exporter.exportable import Exportable

TELLING = ("stack_trace", "nn_module_stack", "source_fn_stack", "from_node")
"""What torch notes of each operation: the files and the lines of the code that it is from."""


class TranslationError(Exception):
    """A format lacks something that a network does, and the message says what."""


def traced(exportable: Exportable) -> torch.export.ExportedProgram:
    """The network as operations of torch, for the numbers of samples that are asked for. Raises TranslationError."""
    export = exportable.export
    named = zip((BATCH, *SIZES), (0, 2, 3), (export.bounds, *(export.sizes or ())), strict=False)
    dims: dict[int, Any] = {
        index: torch.export.Dim(name, min=bounds.low, max=bounds.high)
        for name, index, bounds in named
        if bounds.low < bounds.high
    }
    shapes = (tuple(dims for _ in exportable.example),)
    with quiet():
        # the network takes `*inputs`: its shapes are one tuple for the one variadic argument
        program = torch.export.export(exportable.module, exportable.example, dynamic_shapes=shapes, strict=False)
    for node in program.graph.nodes:
        for name in TELLING:
            node.meta.pop(name, None)
    return program


@contextmanager
def quiet() -> Generator[None]:
    """Within it torch's exporters neither warn nor log, and what they can't do is TranslationError."""
    level = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        with warnings.catch_warnings(), translated():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(level)


@contextmanager
def translated() -> Generator[None]:
    """Within it what fails is TranslationError, but for a full memory."""
    try:
        yield
    except MemoryError:
        raise
    except Exception as error:
        raise TranslationError(_reason(error)) from error


def _reason(error: BaseException) -> str:
    """The first line of the error that was first: the others are about the exporter."""
    while error.__cause__ is not None:
        error = error.__cause__
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0] if lines else type(error).__name__
