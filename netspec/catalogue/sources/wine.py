"""Wines of three growers."""

from __future__ import annotations

from typing import Any, ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.sources._scikit_learn import FromScikitLearn


class Wine(FromScikitLearn):
    """178 wines of three growers, with 13 measurements of each: sklearn.datasets.load_wine.

    None are set apart to test: `test = 20%` does. By Forina et al.
    """

    columns: ClassVar = (
        "alcohol",
        "malic_acid",
        "ash",
        "alcalinity_of_ash",
        "magnesium",
        "total_phenols",
        "flavanoids",
        "nonflavanoid_phenols",
        "proanthocyanins",
        "color_intensity",
        "hue",
        "od280/od315_of_diluted_wines",
        "proline",
    )
    names: ClassVar = (
        "class_0",
        "class_1",
        "class_2",
    )
    samples: ClassVar = 178
    examples: ClassVar = (Example("wine()"),)

    def fetch(self) -> Any:
        from sklearn.datasets import load_wine

        return load_wine()
