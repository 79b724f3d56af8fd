"""Means and standard deviations that are known of data sets of images."""

from __future__ import annotations

from netspec.catalogue.values import Numbers

KnownStatistics = tuple[Numbers, Numbers]
"""The mean and the standard deviation of each channel, from 0 to 1, as tutorials give them."""

KNOWN: dict[str, KnownStatistics] = {
    "cifar10": ((0.4914, 0.4822, 0.4465), (0.2470, 0.2435, 0.2616)),
    "cifar100": ((0.5071, 0.4865, 0.4409), (0.2673, 0.2564, 0.2762)),
    "fashion_mnist": ((0.2860,), (0.3530,)),
    "imagenet": ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
    "mnist": ((0.1307,), (0.3081,)),
    "svhn": ((0.4377, 0.4438, 0.4728), (0.1980, 0.2010, 0.1970)),
}
"""Those of the training splits."""

NEAR = 0.01
"""How far numbers may be from a data set's and still be taken for them."""


def alike(given: object, known: object) -> bool:
    """Whether numbers are nearly those that are known, at any depth."""
    if isinstance(given, tuple) and isinstance(known, tuple):
        return len(given) == len(known) and all(map(alike, given, known))
    return isinstance(given, float | int) and isinstance(known, float | int) and abs(given - known) < NEAR
