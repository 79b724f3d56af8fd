"""The Oxford flowers of 102 kinds."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.sources._torchvision import Dataset, Photographs, archives

NAMES = (
    "pink primrose, hard-leaved pocket orchid, canterbury bells, sweet pea, english marigold, tiger lily, moon "
    "orchid, bird of paradise, monkshood, globe thistle, snapdragon, colt's foot, king protea, spear thistle, "
    "yellow iris, globe-flower, purple coneflower, peruvian lily, balloon flower, giant white arum lily, fire "
    "lily, pincushion flower, fritillary, red ginger, grape hyacinth, corn poppy, prince of wales feathers, "
    "stemless gentian, artichoke, sweet william, carnation, garden phlox, love in the mist, mexican aster, alpine "
    "sea holly, ruby-lipped cattleya, cape flower, great masterwort, siam tulip, lenten rose, barbeton daisy, "
    "daffodil, sword lily, poinsettia, bolero deep blue, wallflower, marigold, buttercup, oxeye daisy, common "
    "dandelion, petunia, wild pansy, primula, sunflower, pelargonium, bishop of llandaff, gaura, geranium, orange "
    "dahlia, pink-yellow dahlia?, cautleya spicata, japanese anemone, black-eyed susan, silverbush, californian "
    "poppy, osteospermum, spring crocus, bearded iris, windflower, tree poppy, gazania, azalea, water lily, rose, "
    "thorn apple, morning glory, passion flower, lotus, toad lily, anthurium, frangipani, clematis, hibiscus, "
    "columbine, desert-rose, tree mallow, magnolia, cyclamen, watercress, canna lily, hippeastrum, bee balm, ball "
    "moss, foxglove, bougainvillea, camellia, mallow, mexican petunia, bromelia, blanket flower, trumpet creeper, "
    "blackberry lily"
)


class Flowers102(Photographs):
    """8 189 photographs of 102 kinds of flowers, split in three, 6 149 to test: torchvision.datasets.Flowers102.

    By Nilsback. Its archives are looked for in `flowers-102` below `root`, downloaded if they aren't there, and
    verified before they are used.
    """

    bundle: ClassVar = archives(
        "flowers102",
        "flowers-102",
        {
            "102flowers.tgz": "52808999861908f626f3c1f4e79d11fa",
            "imagelabels.mat": "e0620be6f572b9609742df49c70aed4d",
            "setid.mat": "a5357ecc9cb78c4bef273ce3793fc85c",
        },
    )
    names: ClassVar = tuple(NAMES.split(", "))
    counts: ClassVar = (1_020, 6_149, 1_020)
    torch_names: ClassVar = ("torchvision.datasets.Flowers102",)
    examples: ClassVar = (Example("flowers102(size=[64, 64])"), Example('flowers102(size=[224, 224], root="data")'))

    def open(self, folder: Path) -> Sequence[Dataset]:
        from torchvision.datasets import Flowers102

        return [Flowers102(folder, split=split, download=True) for split in ("train", "test", "val")]
