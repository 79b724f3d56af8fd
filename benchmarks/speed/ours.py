"""netspec as a contender: a spec is run as the command does, its epochs as it says in `metrics.jsonl`."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.speed.measured import say


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("data", type=Path)
    parser.add_argument("--spec", type=Path, required=True)
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    os.environ["NETSPEC_DATA"] = str(options.data)
    from dataclasses import replace

    from netspec import api

    program = api.check(options.spec)
    train = program.train.model_copy(update={"epochs": options.epochs, "seed": options.seed})
    with TemporaryDirectory(dir=".", prefix=".speed-") as folder:
        result = api.run(replace(program, train=train), out=Path(folder) / "run", device="cpu")
    assert result.test is not None
    say([row["train.seconds"] for row in result.history], result.test.values["accuracy"])


if __name__ == "__main__":
    main()
