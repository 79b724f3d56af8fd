"""What is known of the networks of the zoo, `netspec/zoo/weights.json`: made from the library files and torchvision."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from math import isfinite
from pathlib import Path
from typing import Any

import click

from netspec.checker import check_source
from netspec.generate import holds, write
from netspec.source import Source
from netspec.zoo import FOLDER

COMMAND = "python -m netspec.generate.zoo"
FILE = FOLDER / "weights.json"
SIDES = {"inception_v3": 299}
"""The height and width of the images that a network was made for, where they aren't 224."""
PAPER = re.compile(r"^# (.*\b(?:19|20)\d\d)\.$|^block (\w+)", re.MULTILINE)
HALF = [0.5, 0.5, 0.5]
SHIFTED = ("googlenet", "inception_v3")
"""Networks that torchvision, with its weights, lets shift the images to a mean and deviation of 0.5 by themselves."""
DATA = "data {{ source = synthetic(image=[3, {side}, {side}], classes=1000) }}\nmodel {{ body: {name} }}\n"


def weights_text() -> str:
    """The text of the file."""
    return json.dumps(dict(sorted(_networks())), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _networks() -> Iterator[tuple[str, dict[str, Any]]]:
    from torchvision import models

    known = set(models.list_models(module=models))
    for path in sorted(FOLDER.glob("*.net")):
        text, paper = path.read_text(encoding="utf-8"), ""
        for found in PAPER.finditer(text):
            if found[1]:
                paper = found[1]
            elif found[2] in known:
                yield found[2], _network(found[2], paper, text, path)


def _network(name: str, paper: str, text: str, path: Path) -> dict[str, Any]:
    from torchvision import models

    side = SIDES.get(name, 224)
    spec = text + DATA.format(side=side, name=name)
    graph = check_source(Source(str(path), spec, path.with_name("one.net"))).require().graph
    weights = models.get_model_weights(name)
    return {
        "source": paper,
        "parameters": graph.parameter_count,
        "flops": graph.flops,
        "input": [3, side, side],
        "weights": {
            item.name: _weights(name, item, default=item is weights.DEFAULT) for item in weights if is_whole(item)
        },
    }


def is_whole(item: Any) -> bool:
    """Whether weights are those of a whole network: those of a VGG without its last layers have no accuracy."""
    return isfinite(item.meta["_metrics"]["ImageNet-1K"]["acc@1"])


def _weights(network: str, item: Any, *, default: bool) -> dict[str, Any]:
    transform = item.transforms()
    shifted = network in SHIFTED
    return {
        "url": item.url,
        "sha256_prefix": item.url.rpartition("-")[2].partition(".")[0],
        "mean": HALF if shifted else transform.mean,
        "std": HALF if shifted else transform.std,
        "resize": transform.resize_size[0],
        "crop": transform.crop_size[0],
        "interpolation": transform.interpolation.value,
        "accuracy": item.meta["_metrics"]["ImageNet-1K"]["acc@1"],
        "default": default,
    }


@click.command(help="Write what is known of the networks of the zoo anew.")
@click.option("--check", is_flag=True, help="Write nothing; fail if the file is stale.")
def main(check: bool) -> None:
    text = weights_text()
    if holds(FILE, text):
        return
    if check:
        click.echo(f"{FILE.name} is stale; run `{COMMAND}`")
        sys.exit(1)
    write(FILE, text)
    click.echo(f"wrote {FILE.name}")


if __name__ == "__main__":
    main(prog_name=COMMAND)
