"""Keras Tuner on torch, as its documentation shows it: a function that builds a model of hyperparameters, and a
Bayesian optimization of the accuracy on the validation split, of arrays in memory."""

from __future__ import annotations

import os

os.environ["KERAS_BACKEND"] = "torch"  # it is read when Keras is imported

from tempfile import TemporaryDirectory

import keras
import keras_tuner
import numpy as np
from keras_tuner import BayesianOptimization, HyperParameters

from benchmarks.search.contenders.task import Task, take
from benchmarks.search.work import BATCH, MEAN, STD
from netspec.resources import resource


def build(task: Task, hyper: HyperParameters) -> keras.Model:
    values = {
        name: hyper.Float(name, low, high, sampling="log" if log else "linear", default=default)
        for name, (default, low, high, log) in task.work.numbers.items()
    }
    model = keras.Sequential([keras.Input((1, 28, 28)), *task.work.keras_layers(values)])
    model.compile(
        optimizer=keras.optimizers.Adam(values["lr"], weight_decay=values.get("decay")),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    return model


def main() -> None:
    task = take()
    keras.utils.set_random_seed(task.seed)
    keras.config.set_image_data_format("channels_first")
    with np.load(resource("datasets", "mnist_sample.npz")) as archive:
        images, labels = archive["train_images"], archive["train_labels"].astype("int64")
    inputs = ((images[:, None] / 255 - MEAN) / STD).astype("float32")
    order = np.random.permutation(len(labels))
    validation, training = order[: len(order) // 10], order[len(order) // 10 :]
    fit = {
        "x": inputs[training],
        "y": labels[training],
        "validation_data": (inputs[validation], labels[validation]),
        "epochs": task.epochs,
        "batch_size": BATCH,
        "verbose": 0,
    }
    if task.trials == 1:
        print(build(task, HyperParameters()).fit(**fit).history["val_accuracy"][-1])
        return
    with TemporaryDirectory(prefix="netspec-keras-tuner-") as folder:
        tuner = BayesianOptimization(
            lambda hyper: build(task, hyper),
            objective=keras_tuner.Objective("val_accuracy", "max"),
            max_trials=task.trials,
            seed=task.seed,
            directory=folder,
        )
        tuner.search(**fit)
        [best] = tuner.oracle.get_best_trials(1)
    print(best.score)


if __name__ == "__main__":
    main()
