"""How much is tried: `HYPOTHESIS_PROFILE=full` draws a hundred times as many examples as the usual run."""

from __future__ import annotations

import os

import pytest
from hypothesis import settings

settings.register_profile("usual", max_examples=60, deadline=None)
settings.register_profile("full", max_examples=6_000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "usual"))


@pytest.fixture
def thoroughness() -> int:
    """How many times as much a test tries as usual, where it draws its cases itself."""
    return 10 if os.environ.get("HYPOTHESIS_PROFILE") == "full" else 1
