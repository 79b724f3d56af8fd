"""A journal that nothing disturbed."""

from __future__ import annotations

import pytest

from tests.searcher.toy import TRIALS, searched, stoppable, studied


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The journal of a study that nothing disturbed."""
    folder = tmp_path_factory.mktemp("whole")
    studied(folder, searched(), TRIALS, stoppable)
    return (folder / "journal.jsonl").read_bytes()
