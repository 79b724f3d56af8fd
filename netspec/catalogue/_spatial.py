"""Values with channels and one to three spatial dimensions: a sequence, an image or a volume."""

from __future__ import annotations

from netspec.shapes import Misfit, Shape

RANKS = (2, 3, 4)


def check_spatial(name: str, x: Shape, ranks: tuple[int, ...] = RANKS) -> None:
    """Refuse what isn't [channels, …] of one of these ranks. Raises Misfit."""
    if x.rank not in ranks:
        words = {2: "a sequence", 3: "an image", 4: "a volume"}
        known = [words[rank] for rank in ranks]
        listed = " or ".join([", ".join(known[:-1]), known[-1]]) if len(known) > 1 else known[0]
        raise Misfit(f"`{name}` takes {listed}, [channels, …], not {x}")
