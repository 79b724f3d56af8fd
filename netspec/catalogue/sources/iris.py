"""Fisher's irises."""

from __future__ import annotations

from typing import Any, ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.sources._scikit_learn import FromScikitLearn


class Iris(FromScikitLearn):
    """150 irises of three species, measured four times each: sklearn.datasets.load_iris.

    The sizes of sepals and petals in centimetres. None are set apart to test: `test = 20%` does. By Fisher.
    """

    columns: ClassVar = (
        "sepal length (cm)",
        "sepal width (cm)",
        "petal length (cm)",
        "petal width (cm)",
    )
    names: ClassVar = (
        "setosa",
        "versicolor",
        "virginica",
    )
    samples: ClassVar = 150
    examples: ClassVar = (Example("iris()"),)

    def fetch(self) -> Any:
        from sklearn.datasets import load_iris

        return load_iris()
