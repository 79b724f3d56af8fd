"""How checks and runs grow with the number of pictures in a folder: N of 32 x 32 pixels, and a tenth of them.

    python -m benchmarks.image_growth [--pictures 100000] [--rounds 3]

The pictures and what is kept of them are in a temporary folder. A check is timed without the start of the command,
which is that of a spec without pictures. Runs are timed from the end of torch's import: to the first step, and to the
end of the only epoch. The rival is torchvision's ImageFolder with two workers; the last column is how long our first
run takes for each second of its.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

CLASSES, SIDE, BATCH = 10, 32, 256
SPEC = """\
data {{
  source     = {source}
  batch_size = {batch}
}}
model {{ flatten -> linear({classes}) }}
train {{
  epochs    = 1
  optimizer = sgd(lr=0.01)
  device    = cpu
}}
"""
FOLDER = 'image_folder("pictures")'
NONE = f"synthetic(image=[3, {SIDE}, {SIDE}], classes={CLASSES}, samples=100)"
MEASURED = ("first check", "second check", "first step", "first run", "step again", "run again", "ImageFolder")


def draw(folder: Path, count: int) -> None:
    """Pictures of noise as PNG files, as many of each class."""
    import numpy as np
    from PIL import Image

    rng = np.random.default_rng(0)
    for number in range(count):
        path = folder / f"class {number % CLASSES}" / f"{number:06}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        pixels = rng.integers(0, 256, (SIDE, SIDE, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(path, compress_level=1)


def ours(spec: Path) -> None:
    """Print how long it takes to the first step and to the end of a run, without its report."""
    import torch

    from netspec.checker import check_file
    from netspec.runner.events import Started
    from netspec.runner.store.folder import RunFolder
    from netspec.runner.train.loop import train

    start = time.perf_counter()
    program = check_file(spec).require()
    with TemporaryDirectory() as out, RunFolder(Path(out, "run")) as folder:
        folder.write_spec(program)
        for event in train(program, folder, torch.device("cpu")):
            if isinstance(event, Started):
                print(time.perf_counter() - start)
    print(time.perf_counter() - start)


def theirs(spec: Path) -> None:
    """Print how long an epoch takes with torchvision and a DataLoader."""
    import torch
    from torch import nn
    from torch.utils.data import DataLoader
    from torchvision.datasets import ImageFolder
    from torchvision.transforms import ToTensor

    start = time.perf_counter()
    data = ImageFolder(spec.parent / "pictures", ToTensor())
    network = nn.Sequential(nn.Flatten(), nn.Linear(3 * SIDE * SIDE, CLASSES))
    optimizer = torch.optim.SGD(network.parameters(), 0.01)
    for inputs, targets in DataLoader(data, BATCH, shuffle=True, num_workers=2):
        optimizer.zero_grad()
        nn.functional.cross_entropy(network(inputs), targets).backward()
        optimizer.step()
    print(time.perf_counter() - start)


CHILDREN: dict[str, Callable[[Path], None]] = {"ours": ours, "theirs": theirs}


def child(name: str, spec: Path, cache: Path) -> list[float]:
    """The times that a child process prints."""
    line = [sys.executable, "-m", "benchmarks.image_growth", "--child", name, str(spec)]
    ended = subprocess.run(line, check=True, capture_output=True, text=True, env=environment(cache))
    return [float(line) for line in ended.stdout.split()]


def check(spec: Path, cache: Path) -> float:
    """How long `netspec check` takes."""
    start = time.perf_counter()
    line = [sys.executable, "-m", "netspec", "check", str(spec)]
    subprocess.run(line, check=True, stdout=subprocess.DEVNULL, env=environment(cache))
    return time.perf_counter() - start


def environment(cache: Path) -> dict[str, str]:
    return {**os.environ, "NETSPEC_CACHE": str(cache)}


def measure(folder: Path, count: int, rounds: int) -> list[float]:
    """The medians of what is measured, with nothing kept before each round."""
    draw(folder / "pictures", count)
    spec, empty = folder / "spec.net", folder / "empty.net"
    spec.write_text(SPEC.format(source=FOLDER, batch=BATCH, classes=CLASSES), encoding="utf-8")
    empty.write_text(SPEC.format(source=NONE, batch=BATCH, classes=CLASSES), encoding="utf-8")
    found: list[list[float]] = []
    for number in range(rounds):
        cache = folder / f"cache {number}"
        start = median(check(empty, cache) for _ in range(3))
        checks = [check(spec, cache) - start for _ in range(2)]
        # the first run is that of a spec which was not checked before
        fresh = folder / f"fresh {number}"
        runs = [seconds for _ in range(2) for seconds in child("ours", spec, fresh)]
        found.append([*checks, *runs, *child("theirs", spec, cache)])
    return [median(column) for column in zip(*found, strict=True)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pictures", type=int, default=100_000, metavar="N")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--child", nargs=2, metavar=("NAME", "SPEC"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        name, spec = options.child
        CHILDREN[name](Path(spec))
        return
    print(f"{'pictures':>10}" + "".join(f"{name:>14}" for name in MEASURED) + f"{'ratio':>8}")
    for count in (options.pictures // 10, options.pictures):
        with TemporaryDirectory(prefix="netspec-pictures-") as folder:
            times = measure(Path(folder), count, options.rounds)
            ratio = times[MEASURED.index("first run")] / times[MEASURED.index("ImageFolder")]
            print(f"{count:>10}" + "".join(f"{seconds:>12.2f} s" for seconds in times) + f"{ratio:>8.2f}", flush=True)


if __name__ == "__main__":
    main()
