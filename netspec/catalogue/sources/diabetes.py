"""Patients with diabetes, and how the illness went on."""

from __future__ import annotations

from typing import Any, ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.sources._scikit_learn import FromScikitLearn


class Diabetes(FromScikitLearn):
    """442 patients with diabetes, and how far each illness was a year later: sklearn.datasets.load_diabetes.

    Ten columns, scaled as scikit-learn hands them out. None are set apart to test: `test = 20%` does. By Efron et al.
    """

    columns: ClassVar = (
        "age",
        "sex",
        "bmi",
        "bp",
        "s1",
        "s2",
        "s3",
        "s4",
        "s5",
        "s6",
    )
    samples: ClassVar = 442
    examples: ClassVar = (Example("diabetes()"),)

    def fetch(self) -> Any:
        from sklearn.datasets import load_diabetes

        return load_diabetes()
