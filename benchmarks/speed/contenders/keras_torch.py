"""Keras on torch, as its documentation shows it: arrays through `fit`, or DataLoaders where there are none."""

from __future__ import annotations

import os

os.environ["KERAS_BACKEND"] = "torch"  # it is read when Keras is imported

import keras

from benchmarks.speed import by_sample, in_memory
from benchmarks.speed.contenders.task import take
from benchmarks.speed.measured import Clock


class Timed(keras.callbacks.Callback):
    """Validation is a part of the epoch for Keras, and not of its training for us."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self.clock = clock

    def on_epoch_begin(self, epoch: int, logs: object = None) -> None:
        self.clock.start()

    def on_test_begin(self, logs: object = None) -> None:
        self.clock.stop()

    def on_epoch_end(self, epoch: int, logs: object = None) -> None:
        self.clock.epoch_over()


def main() -> None:
    task = take()
    work = task.work
    keras.utils.set_random_seed(task.seed)
    keras.config.set_image_data_format("channels_first")
    model = work.keras_network()
    model.compile(
        optimizer=keras.optimizers.Adam(work.lr, epsilon=1e-8),  # that of torch
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    settings = {"epochs": task.epochs, "callbacks": [Timed(task.clock)], "verbose": 0}
    if work.data.fits:
        training, validation, test = (
            (inputs.numpy(), targets.numpy()) for inputs, targets in in_memory.normalised(work, task.data)
        )
        model.fit(*training, batch_size=work.batch_size, validation_data=validation, **settings)
        _, accuracy = model.evaluate(*test, batch_size=256, verbose=0)
    else:
        training, validation, test = by_sample.loaders(work, task.data)
        model.fit(training, validation_data=validation, **settings)
        _, accuracy = model.evaluate(test, verbose=0)
    task.clock.say(accuracy)


if __name__ == "__main__":
    main()
