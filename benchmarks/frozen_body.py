"""An epoch of a new head on a frozen ResNet-18, with what the body gives kept for each sample and without.

    python -m benchmarks.frozen_body [--samples 200] [--size 96] [--epochs 4] [--device cpu]

Seconds are those of an epoch with its validation, from the end of the epoch before. The first epoch with features is
the one in which they are computed; the ratio is that of the medians of the others.
"""

from __future__ import annotations

import argparse
from itertools import pairwise
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

from netspec import api
from netspec.checker import check_source
from netspec.runner.events import EpochEnded, Event, RunResult, Started
from netspec.source import Source

ZOO = Path(__file__).resolve().parents[1] / "specs" / "zoo"
SPEC = """
from "blocks/resnet.net" import basic, stage
data {{
  source     = synthetic(image=[3, {size}, {size}], classes=10, samples={samples})
  validation = 20%
  batch_size = 32
}}
model {{
  body: {{
    conv1: conv(64, 7, stride=2, padding=3, bias=false) -> bn1: batch_norm -> relu
    max_pool(3, stride=2, padding=1)
    layer1: stage(basic, 64, 2)
    layer2: stage(basic, 128, 2, stride=2)
    layer3: stage(basic, 256, 2, stride=2)
    layer4: stage(basic, 512, 2, stride=2)
    global_avg_pool -> flatten
  }}
  dropout(0.2) -> head: linear(10)
}}
train {{
  freeze        = ["body"]
  keep_features = {keep}
  epochs        = {epochs}
}}
"""


def run(options: argparse.Namespace, *, keep: bool) -> tuple[list[float], RunResult]:
    """The seconds of each epoch, and the result."""
    text = SPEC.format(keep=str(keep).lower(), **vars(options))
    ends: list[float] = []

    def listen(event: Event) -> None:
        if isinstance(event, Started | EpochEnded):
            ends.append(perf_counter())

    program = check_source(Source("frozen_body.net", text, ZOO / "frozen_body.net")).require()
    with TemporaryDirectory(prefix="netspec-frozen-body-") as folder:
        result = api.run(program, out=Path(folder) / "run", device=options.device, on_event=listen)
    assert isinstance(result, RunResult), "it is one run"
    return [end - start for start, end in pairwise(ends)], result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--samples", type=int, default=200)
    parser.add_argument("--size", type=int, default=96, help="height and width of the images")
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--device", default="cpu")
    options = parser.parse_args()
    kept, result = run(options, keep=True)
    anew, other = run(options, keep=False)
    for name, seconds, its in (("kept", kept, result), ("anew", anew, other)):
        losses = ", ".join(f"{row['validation.loss']:.6f}" for row in its.history)
        print(f"{name}: {', '.join(f'{one:.3f}' for one in seconds)} s, validation losses {losses}")
    print(f"an epoch anew takes {median(anew[1:]) / median(kept[1:]):.1f} times as long")


if __name__ == "__main__":
    main()
