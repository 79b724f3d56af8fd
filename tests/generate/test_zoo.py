"""What is known of the zoo's networks is made from the library files and torchvision, and up to date."""

from __future__ import annotations

import json

from netspec.generate import holds
from netspec.generate.zoo import COMMAND, FILE, weights_text
from netspec.zoo import networks


def test_the_file_is_up_to_date() -> None:
    assert holds(FILE, weights_text()), f"run `{COMMAND}`"


def test_weights_have_the_statistics_that_the_network_itself_expects() -> None:
    # torchvision shifts the images of these two within the network if it has its weights
    for name in ("googlenet", "inception_v3"):
        (weights,) = networks()[name].weights.values()
        assert (weights.mean, weights.std) == ((0.5, 0.5, 0.5), (0.5, 0.5, 0.5))
    assert networks()["resnet18"].weights["IMAGENET1K_V1"].mean == (0.485, 0.456, 0.406)


def test_the_file_is_plain_data() -> None:
    assert json.loads(FILE.read_text(encoding="utf-8")).keys() == networks().keys()
