"""What checkpoints cost: the share of a training's time that saving after each epoch takes.

    python -m benchmarks.checkpoint_cost specs/mnist_fc.net [--runs 5]

Saving is timed within the training, so that the machine's moods touch both alike. The data is what the spec names;
`NETSPEC_DATA` says where it is.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

from netspec import api
from netspec.runner.events import RunResult
from netspec.runner.store.checkpoints import Checkpoints


def run(spec: Path) -> tuple[int, float, float]:
    """Run a spec: how many checkpoints there were, the seconds of saving, and those of the training around it."""
    saves: list[float] = []
    save = Checkpoints.save

    def timed(self: Checkpoints, *arguments: Any, **options: Any) -> None:
        start = time.perf_counter()
        save(self, *arguments, **options)
        saves.append(time.perf_counter() - start)

    with TemporaryDirectory(dir=".", prefix=".checkpoint-cost-") as folder, patch.object(Checkpoints, "save", timed):
        result = api.run(spec, out=Path(folder) / "run", device="cpu")
    assert isinstance(result, RunResult), "it is one run"
    return len(saves), sum(saves), sum(row["train.seconds"] for row in result.history)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("spec", type=Path)
    parser.add_argument("--runs", type=int, default=5, help="how often it is run")
    options = parser.parse_args()
    shares: list[float] = []
    for _ in range(options.runs):
        count, saving, training = run(options.spec)
        shares.append(saving / training)
        milliseconds = 1000 * saving / count
        print(
            f"{count} checkpoints of {milliseconds:.1f} ms, {training:.2f} s of training: {shares[-1]:.2%}", flush=True
        )
    print(f"median {median(shares):.2%}")


if __name__ == "__main__":
    main()
