"""Networks of torchvision that are imported: written as a spec with equal outputs, or refused by an operation's name.

Case n is the network of that number, in the order of their names; the largest takes 10 GB of memory and minutes.

    python -m tests.campaigns.imports --count 80
"""

from __future__ import annotations

import gc

import torchvision

from netspec.importer.imported import imported, incoming
from netspec.writer.errors import CannotTranslate
from tests.campaigns.campaign import Mismatch, main
from tests.zoo.originals import original

NAMES = tuple(torchvision.models.list_models(module=torchvision.models))


def try_one(number: int) -> str:
    """Import a network, which compares it. Raises Mismatch if it is refused for another reason than an operation."""
    name = NAMES[number]
    side = 299 if name == "inception_v3" else 224
    module = original(name)
    gc.collect()
    try:
        imported(module, incoming(module, [(None, (3, side, side), False)]), f"# {name}")
    except CannotTranslate as error:
        if "` in `" not in error.reason:
            raise Mismatch(error.reason, name) from error
        return f"refused: {error.reason.partition('`')[2].partition('`')[0]}"
    return "equal"


if __name__ == "__main__":
    main(try_one, __doc__)
