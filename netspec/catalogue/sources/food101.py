"""The Food-101 data set of dishes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.sources._torchvision import Dataset, Photographs, archives

NAMES = (
    "apple_pie baby_back_ribs baklava beef_carpaccio beef_tartare beet_salad beignets bibimbap bread_pudding "
    "breakfast_burrito bruschetta caesar_salad cannoli caprese_salad carrot_cake ceviche cheese_plate cheesecake "
    "chicken_curry chicken_quesadilla chicken_wings chocolate_cake chocolate_mousse churros clam_chowder "
    "club_sandwich crab_cakes creme_brulee croque_madame cup_cakes deviled_eggs donuts dumplings edamame "
    "eggs_benedict escargots falafel filet_mignon fish_and_chips foie_gras french_fries french_onion_soup "
    "french_toast fried_calamari fried_rice frozen_yogurt garlic_bread gnocchi greek_salad "
    "grilled_cheese_sandwich grilled_salmon guacamole gyoza hamburger hot_and_sour_soup hot_dog huevos_rancheros "
    "hummus ice_cream lasagna lobster_bisque lobster_roll_sandwich macaroni_and_cheese macarons miso_soup mussels "
    "nachos omelette onion_rings oysters pad_thai paella pancakes panna_cotta peking_duck pho pizza pork_chop "
    "poutine prime_rib pulled_pork_sandwich ramen ravioli red_velvet_cake risotto samosa sashimi scallops "
    "seaweed_salad shrimp_and_grits spaghetti_bolognese spaghetti_carbonara spring_rolls steak "
    "strawberry_shortcake sushi tacos takoyaki tiramisu tuna_tartare waffles"
)


class Food101(Photographs):
    """101 000 photographs of 101 dishes, 25 250 of them to test: torchvision.datasets.Food101.

    By Bossard et al. `food-101.tar.gz` is looked for in `root`, downloaded if it isn't there, and verified before
    it is used.
    """

    bundle: ClassVar = archives(
        "food101",
        ".",
        {
            "food-101.tar.gz": "85eeb15f3717b99a5da872d97d918f87",
        },
    )
    names: ClassVar = tuple(NAMES.split())
    counts: ClassVar = (75_750, 25_250, 0)
    torch_names: ClassVar = ("torchvision.datasets.Food101",)
    examples: ClassVar = (
        Example("food101(size=[64, 64])"),
        Example('food101(size=[224, 224], root="data")'),
    )

    def open(self, folder: Path) -> Sequence[Dataset]:
        from torchvision.datasets import Food101

        return [Food101(folder, split=split, download=True) for split in ("train", "test")]
