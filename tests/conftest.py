"""How much is tried: `HYPOTHESIS_PROFILE=full` draws a hundred times as many examples as the usual run."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from netspec.memory import CACHE_FOLDER

if "PYTEST_XDIST_WORKER" in os.environ:
    # with a thread for each core in each of several processes, they would wait for each other
    os.environ.setdefault("OMP_NUM_THREADS", "1")

settings.register_profile("usual", max_examples=60, deadline=None)
settings.register_profile("full", max_examples=6_000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "usual"))


@pytest.fixture(scope="session", autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where samples are kept from run to run, in place of the user's own folder."""
    folder = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(CACHE_FOLDER, str(folder))
        yield folder


@pytest.fixture
def thoroughness() -> int:
    """How many times as much a test tries as usual, where it draws its cases itself."""
    return 10 if os.environ.get("HYPOTHESIS_PROFILE") == "full" else 1
