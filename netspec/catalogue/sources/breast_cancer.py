"""Tumours of the breast, malignant or benign."""

from __future__ import annotations

from typing import Any, ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.sources._scikit_learn import FromScikitLearn


class BreastCancer(FromScikitLearn):
    """569 tumours, malignant or benign, with 30 measurements of each: sklearn.datasets.load_breast_cancer.

    None are set apart to test: `test = 20%` does. By Wolberg et al.
    """

    columns: ClassVar = (
        "mean radius",
        "mean texture",
        "mean perimeter",
        "mean area",
        "mean smoothness",
        "mean compactness",
        "mean concavity",
        "mean concave points",
        "mean symmetry",
        "mean fractal dimension",
        "radius error",
        "texture error",
        "perimeter error",
        "area error",
        "smoothness error",
        "compactness error",
        "concavity error",
        "concave points error",
        "symmetry error",
        "fractal dimension error",
        "worst radius",
        "worst texture",
        "worst perimeter",
        "worst area",
        "worst smoothness",
        "worst compactness",
        "worst concavity",
        "worst concave points",
        "worst symmetry",
        "worst fractal dimension",
    )
    names: ClassVar = (
        "malignant",
        "benign",
    )
    samples: ClassVar = 569
    examples: ClassVar = (Example("breast_cancer()"),)

    def fetch(self) -> Any:
        from sklearn.datasets import load_breast_cancer

        return load_breast_cancer()
