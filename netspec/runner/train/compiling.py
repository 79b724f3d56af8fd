"""Failures of torch.compile as problems."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

from netspec.problems.base import NetspecError
from netspec.problems.running import NotCompiled
from netspec.program.program import Program


@contextmanager
def compile_problems(program: Program) -> Generator[None]:
    """Turn a compilation that fails into a problem. Nothing of the compiler is loaded if a spec doesn't use it."""
    if not program.train.compile:
        yield
        return
    from torch._dynamo.exc import ShortenTraceback

    try:
        yield
    except ShortenTraceback as error:
        reason = str(error).strip().partition("\n")[0]
        raise NetspecError.of(NotCompiled(program.span_of("train.compile"), reason)) from error
