"""Trainings and networks with what a lint is for, planted at random, and the same ones without it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

Rng = np.random.Generator


def _training(rng: Rng, **settings: object) -> str:
    """A spec with random data and a small network; its epochs and settings of the training."""
    given = {"epochs": int(rng.integers(5, 30)), "loss": "cross_entropy"} | settings
    lines = "\n ".join(f"{name} = {value}" for name, value in given.items())
    features, classes, samples = (int(number) for number in rng.integers((2, 2, 100), (20, 6, 300)))
    return (
        f"data {{\n source = synthetic(features={features}, classes={classes}, samples={samples})\n"
        f" validation = 20%\n batch_size = {rng.choice([8, 16, 32])}\n}}\n"
        f"model {{ linear({rng.integers(4, 40)}) -> relu -> linear({classes}) }}\ntrain {{\n {lines}\n}}\n"
    )


def stop_on_training(rng: Rng, plant: bool) -> str:
    return _training(rng, stop=f"early_stopping(monitor={'train' if plant else 'validation'}.loss, patience=3 epochs)")


def stop_that_never_acts(rng: Rng, plant: bool) -> str:
    start, patience = (int(number) for number in rng.integers((1, 1), (10, 10)))
    soonest = start + 1 + patience
    epochs = int(rng.integers(1, soonest + 1)) if plant else soonest + int(rng.integers(1, 9))
    return _training(rng, epochs=epochs, stop=f"early_stopping(patience={patience} epochs, start_from={start} epochs)")


def stop_in_the_wrong_direction(rng: Rng, plant: bool) -> str:
    monitor, right = (("accuracy", "max"), ("loss", "min"), ("f1", "max"))[int(rng.integers(3))]
    mode = {"max": "min", "min": "max"}[right] if plant else right
    stop = f"early_stopping(monitor=validation.{monitor}, mode={mode}, patience=2 epochs)"
    return _training(rng, stop=stop)


def large_learning_rate(rng: Rng, plant: bool) -> str:
    name, limit = (("adam", 0.1), ("adamw", 0.1), ("sgd", 10))[int(rng.integers(3))]
    return _training(
        rng, optimizer=f"{name}(lr={limit * (rng.uniform(1.1, 50) if plant else rng.uniform(0.01, 0.9)):.5g})"
    )


def schedule_that_is_too_long(rng: Rng, plant: bool) -> str:
    epochs = int(rng.integers(8, 20))
    late = epochs + int(rng.integers(1, 9)) if plant else int(rng.integers(2, epochs - 3))
    schedules = (
        f"warmup({late} epochs) -> cosine",
        f"multi_step([{late} epochs], gamma=0.1)",
        f"step({late} epochs, gamma=0.5)",
        f"plateau(validation.loss, patience={late} epochs)",
    )
    return _training(rng, epochs=epochs, schedule=schedules[int(rng.integers(len(schedules)))])


def average_that_never_begins(rng: Rng, plant: bool) -> str:
    # at most 90 steps, so that 99 % of them are over at the last one
    return _training(rng, epochs=int(rng.integers(1, 4)), average=f"swa(start={99 if plant else rng.integers(1, 66)}%)")


def loss_as_a_penalty(rng: Rng, plant: bool) -> str:
    factor = f"{10 ** -rng.uniform(1, 5):.4g}"
    return _training(rng, **({"loss": f"cross_entropy + {factor} * l1"} if plant else {"penalties": f"[l1({factor})]"}))


def frozen_for_longer_than_the_training(rng: Rng, plant: bool) -> str:
    epochs = int(rng.integers(3, 20))
    until = epochs + int(rng.integers(1, 9)) if plant else int(rng.integers(1, epochs))
    path = rng.choice(["0", "2"])
    return _training(rng, epochs=epochs, freeze=f'[freeze("{path}", until={until} epochs)]')


# ---- data and networks ----

IMAGES = """data {{
 source = {source}
 {data}
 validation = 20%
}}
model {{
 {model}
}}
"""


def _images(rng: Rng, model: str, data: str = "", source: str | None = None) -> str:
    side = int(rng.integers(8, 20))
    made = f"synthetic(image=[{rng.integers(1, 4)}, {side}, {side}], classes=10, samples=200)"
    return IMAGES.format(source=source or made, data=data, model=model)


def _network(rng: Rng, end: str = "", middle: str = "relu", first: str = "") -> str:
    """A convolution and two linear layers."""
    channels, width = rng.integers(2, 9, 2)
    return (
        f"conv({channels}, 3, bias=false) -> {first}relu -> flatten -> linear({width}) -> {middle} -> linear(10){end}"
    )


def second_activation(rng: Rng, plant: bool) -> str:
    return _images(rng, _network(rng, " -> softmax" if plant else ""))


def dropout_at_the_end(rng: Rng, plant: bool) -> str:
    drop = f"dropout({rng.uniform(0.1, 0.6):.2f})"
    return _images(rng, _network(rng, f" -> {drop}" if plant else "", f"relu -> {drop}"))


def nothing_between_linear_layers(rng: Rng, plant: bool) -> str:
    return _images(rng, _network(rng, middle=f"linear({rng.integers(3, 30)})" if plant else "tanh"))


def nothing_done(rng: Rng, plant: bool) -> str:
    useless = rng.choice(["relu", "dropout(0)", "flatten"])
    return _images(rng, _network(rng, middle=f"relu -> {useless}" if plant else "relu"))


def norm_of_one_sample(rng: Rng, plant: bool) -> str:
    size = 1 if plant else int(rng.integers(2, 33))
    return _images(rng, _network(rng, first="batch_norm -> "), f"batch_size = {size}")


def unused_operation(rng: Rng, plant: bool) -> str:
    unused = f"\n kept -> linear({rng.integers(2, 9)})\n kept" if plant else "\n kept"
    return _images(rng, f"kept = flatten -> linear({rng.integers(3, 20)}) -> relu{unused} -> linear(10)")


def normalized_twice(rng: Rng, plant: bool) -> str:
    second = " -> normalize(measured)" if plant else ""
    return _images(rng, _network(rng), f"transform = normalize(measured){second}")


def mirrored_digits(rng: Rng, plant: bool) -> str:
    flip = rng.choice(["random_horizontal_flip", "random_vertical_flip"])
    chosen = flip if plant else f"random_crop(28, padding={rng.integers(1, 4)})"
    return _images(rng, _network(rng), f"augment = {chosen}", "mnist_sample()")


def statistics_of_other_data(rng: Rng, plant: bool) -> str:
    mean, std = (0.2860, 0.3530) if plant else (0.1307, 0.3081)
    return _images(rng, _network(rng), f"transform = normalize(mean=[{mean}], std=[{std}])", "mnist_sample()")


# ---- pretrained weights ----

PRETRAINED = """data {{
 source = synthetic(image=[3, {side}, {side}], classes=2, samples=30)
 transform = {transform}
 validation = 20%
}}
model {{ body: zoo.{network}(classes=2) }}
train {{ init = [pretrained("body", except=["{head}"])] }}
"""
IMAGENET = "normalize(mean=[0.485, 0.456, 0.406], std=[0.229, 0.224, 0.225])"
HEADS = {
    "squeezenet1_1": "classifier",
    "shufflenet_v2_x0_5": "fc",
    "resnet18": "fc",
    "mobilenet_v3_small": "classifier",
}


def _pretrained(rng: Rng, side: int, transform: str) -> str:
    network = rng.choice(list(HEADS))
    return PRETRAINED.format(side=side, transform=transform, network=network, head=HEADS[network])


def other_statistics_than_the_weights(rng: Rng, plant: bool) -> str:
    mean, std = ([f"{number:.3f}" for number in rng.uniform(low, high, 3)] for low, high in ((0, 0.4), (0.3, 0.6)))
    others = ("normalize(measured)", f"normalize(mean=[{', '.join(mean)}], std=[{', '.join(std)}])")
    return _pretrained(rng, 224, rng.choice(others) if plant else rng.choice(["normalize(pretrained)", IMAGENET]))


def small_images_for_the_weights(rng: Rng, plant: bool) -> str:
    side = int(rng.integers(40, 112)) if plant else int(rng.integers(112, 225))
    return _pretrained(rng, side, "normalize(pretrained)")


TRAINING: dict[str, tuple[str, Callable[[Rng, bool], str]]] = {
    "early stopping on training": ("NS403", stop_on_training),
    "early stopping that never acts": ("NS404", stop_that_never_acts),
    "early stopping in the wrong direction": ("NS416", stop_in_the_wrong_direction),
    "large learning rate": ("NS414", large_learning_rate),
    "schedule that is too long": ("NS415", schedule_that_is_too_long),
    "average that never begins": ("NS440", average_that_never_begins),
    "loss as a penalty": ("NS441", loss_as_a_penalty),
    "frozen for longer than the training": ("NS446", frozen_for_longer_than_the_training),
    "other statistics than the weights": ("NS450", other_statistics_than_the_weights),
    "small images for the weights": ("NS451", small_images_for_the_weights),
    "second activation": ("NS401", second_activation),
    "operation that nothing takes": ("NS402", unused_operation),
    "mirrored digits": ("NS405", mirrored_digits),
    "statistics of other data": ("NS406", statistics_of_other_data),
    "normalized twice": ("NS407", normalized_twice),
    "dropout at the end": ("NS408", dropout_at_the_end),
    "operation that does nothing": ("NS410", nothing_done),
    "normalization of one sample": ("NS412", norm_of_one_sample),
    "nothing between linear layers": ("NS413", nothing_between_linear_layers),
}
"""What is planted: the code of its lint, and what makes the spec with it or without it."""


def in_folder(make: Callable[[Rng, bool], str]) -> Callable[[Rng, Path, bool], str]:
    """A maker of specs that need no files, as one of specs with files."""
    return lambda rng, _, plant: make(rng, plant)
