"""PyTorch Lightning, as its documentation shows it: a LightningModule, a Trainer, and the DataLoaders of the script."""

from __future__ import annotations

import pytorch_lightning as pl
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from benchmarks.speed.by_sample import loaders
from benchmarks.speed.contenders.task import take
from benchmarks.speed.measured import Clock

Batch = tuple[Tensor, Tensor]


class Classifier(pl.LightningModule):
    def __init__(self, network: nn.Module, lr: float) -> None:
        super().__init__()
        self.network = network
        self.lr = lr

    def training_step(self, batch: Batch) -> Tensor:
        return self.judged("train", batch)

    def validation_step(self, batch: Batch) -> Tensor:
        return self.judged("validation", batch)

    def test_step(self, batch: Batch) -> Tensor:
        return self.judged("test", batch)

    def judged(self, split: str, batch: Batch) -> Tensor:
        inputs, targets = batch
        output = self.network(inputs)
        loss = F.cross_entropy(output, targets)
        accuracy = (output.argmax(1) == targets).float().mean()
        values = {f"{split}.loss": loss, f"{split}.accuracy": accuracy}
        self.log_dict(values, on_step=False, on_epoch=True, batch_size=len(targets))
        return loss

    def configure_optimizers(self) -> torch.optim.Optimizer:
        return torch.optim.Adam(self.parameters(), lr=self.lr)


class Timed(pl.Callback):
    """Validation is a part of the epoch for Lightning, and not of its training for us."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock

    def on_train_epoch_start(self, trainer: pl.Trainer, module: pl.LightningModule) -> None:
        self.clock.start()

    def on_validation_start(self, trainer: pl.Trainer, module: pl.LightningModule) -> None:
        self.clock.stop()

    def on_train_epoch_end(self, trainer: pl.Trainer, module: pl.LightningModule) -> None:
        self.clock.epoch_over()


def main() -> None:
    task = take()
    pl.seed_everything(task.seed)
    training, validation, test = loaders(task.work, task.data)
    model = Classifier(task.work.network(), task.work.lr)
    trainer = pl.Trainer(
        accelerator="cpu",
        max_epochs=task.epochs,
        callbacks=[Timed(task.clock)],
        num_sanity_val_steps=0,
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
    )
    trainer.fit(model, training, validation)
    [values] = trainer.test(model, test, verbose=False)
    task.clock.say(values["test.accuracy"])


if __name__ == "__main__":
    main()
