"""Checkpoints: they hold the whole state, they are whole or not there, and they are no pickles."""

from __future__ import annotations

import errno
import json
import os
import pickletools
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any

import pytest
import torch
from torch import nn

from netspec.files import sweep
from netspec.problems import NetspecError
from netspec.runner.store.checkpoint import MODEL, load_weights, read_checkpoint
from netspec.runner.store.checkpoints import Checkpoints, last_checkpoint
from netspec.saved.moment import Moment

OPTIMIZERS: dict[str, Any] = {
    "adam": lambda weights: torch.optim.Adam(weights, lr=0.1, amsgrad=True),
    "sgd": lambda weights: torch.optim.SGD(weights, lr=0.1),
    "momentum": lambda weights: torch.optim.SGD(weights, lr=0.1, momentum=0.9, nesterov=True),
    "lbfgs": lambda weights: torch.optim.LBFGS(weights, history_size=3),
}
FILES = ("model.safetensors", "optimizer.safetensors", "state.json", "MANIFEST.json")


def trained(optimizer: str = "adam") -> tuple[nn.Module, torch.optim.Optimizer]:
    """A network and an optimizer after a step."""
    network = nn.Sequential(nn.Linear(4, 3), nn.BatchNorm1d(3))
    mover = OPTIMIZERS[optimizer](network.parameters())
    inputs = torch.randn(5, 4)

    def closure() -> torch.Tensor:
        mover.zero_grad()
        loss = network(inputs).square().sum()
        loss.backward()
        return loss

    mover.step(closure)
    return network, mover


def save(checkpoints: Checkpoints, moment: Moment, optimizer: str = "adam", best: int | None = None) -> None:
    network, mover = trained(optimizer)
    checkpoints.save(moment, {MODEL: network.state_dict()}, mover.state_dict(), {"seed": 0}, best=best)


def saved(folder: Path, *, epochs: int = 1, keep: int = 2, best: int | None = None) -> Checkpoints:
    folder.mkdir(exist_ok=True)
    checkpoints = Checkpoints(folder / "checkpoints", keep)
    for epoch in range(1, epochs + 1):
        save(checkpoints, Moment(epoch), best=min(best, epoch) if best else epoch)
    return checkpoints


def names(checkpoints: Checkpoints) -> list[str]:
    return sorted(path.name for path in checkpoints.folder.iterdir())


def code(error: pytest.ExceptionInfo[NetspecError]) -> str:
    return error.value.diagnostics[0].code


# ---- what it holds ----


def test_the_weights_come_back_as_they_were(tmp_path: Path):
    network, mover = trained()
    checkpoints = Checkpoints(tmp_path, 1)
    checkpoints.save(Moment(1), {MODEL: network.state_dict()}, mover.state_dict(), {}, best=1)
    loaded = load_weights(checkpoints.path(Moment(1)))
    assert loaded.keys() == network.state_dict().keys()
    assert all(torch.equal(loaded[name], tensor) for name, tensor in network.state_dict().items())
    assert all(loaded[name].dtype == tensor.dtype for name, tensor in network.state_dict().items())


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_it_holds_what_the_optimizer_needs_to_go_on(tmp_path: Path, optimizer: str):
    network, mover = trained(optimizer)
    checkpoints = Checkpoints(tmp_path, 1)
    checkpoints.save(Moment(1), {MODEL: network.state_dict()}, mover.state_dict(), {}, best=1)
    found = read_checkpoint(checkpoints.path(Moment(1))).optimizer()
    assert same(found, mover.state_dict())
    other = OPTIMIZERS[optimizer](network.parameters())
    other.load_state_dict(found)
    assert same(other.state_dict(), mover.state_dict())


def same(one: Any, other: Any) -> bool:
    if isinstance(other, torch.Tensor):
        return torch.equal(one, other) and one.dtype == other.dtype
    if isinstance(other, dict):
        return list(one) == list(other) and all(same(one[key], other[key]) for key in other)
    if isinstance(other, list | tuple):
        return type(one) is type(other) and all(same(*pair) for pair in zip(one, other, strict=True))
    return type(one) is type(other) and one == other


def test_a_checkpoint_is_safetensors_and_json_alone(tmp_path: Path):
    folder = saved(tmp_path).path(Moment(1))
    assert {path.name for path in folder.iterdir()} == set(FILES)
    for path in folder.iterdir():
        with pytest.raises(ValueError):
            list(pickletools.genops(path.read_bytes()))
        if path.suffix == ".json":
            json.loads(path.read_text())


# ---- which are kept ----


def test_the_newest_and_the_best_are_kept_and_pointed_to(tmp_path: Path):
    checkpoints = saved(tmp_path, epochs=6, keep=2, best=3)
    assert names(checkpoints) == ["epoch-0003", "epoch-0005", "epoch-0006", "index.json"]
    index = json.loads((checkpoints.folder / "index.json").read_text())
    assert index == {"best": "epoch-0003", "last": "epoch-0006"}
    assert last_checkpoint(checkpoints.folder) == checkpoints.path(Moment(6))


def test_they_are_ordered_by_their_moments_and_not_by_their_times(tmp_path: Path):
    checkpoints = Checkpoints(tmp_path, 9)
    moments = [Moment(9), Moment(9, 7), Moment(9, 120), Moment(10), Moment(10, 1), Moment(12345, 3)]
    for moment in reversed(moments):
        save(checkpoints, moment)
    os.utime(checkpoints.path(Moment(9)), (2e9, 2e9))
    newest, damages = checkpoints.newest()
    assert newest is not None
    assert newest.path.name == "epoch-12345-batch-000003"
    assert damages == ()
    checkpoints.discard(Moment(9, 120))
    assert names(checkpoints) == ["epoch-0009", "epoch-0009-batch-000007", "epoch-0009-batch-000120", "index.json"]


@pytest.mark.parametrize(
    "name", ["epoch-1", "epoch-0001-batch-000000", "epoch-00001", "epoch-0001 (copy)", ".tmp-ab-epoch-0001"]
)
def test_a_folder_of_another_name_is_no_checkpoint(tmp_path: Path, name: str):
    checkpoints = saved(tmp_path)
    checkpoints.path(Moment(1)).rename(checkpoints.folder / name)
    assert checkpoints.newest() == (None, ())


# ---- what is damaged ----


def flip(path: Path, chance: Random) -> None:
    content = bytearray(path.read_bytes())
    content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    path.write_bytes(content)


def truncate(path: Path, chance: Random) -> None:
    path.write_bytes(path.read_bytes()[: chance.randrange(path.stat().st_size)])


def lengthen(path: Path, chance: Random) -> None:
    path.write_bytes(path.read_bytes() + chance.randbytes(chance.randint(1, 9)))


def delete(path: Path, chance: Random) -> None:
    path.unlink()


def swap(path: Path, chance: Random) -> None:
    """With the same file of the checkpoint before, or the whole of both."""
    other = path.parent.with_name("epoch-0001")
    one, two = (path, other / path.name) if chance.random() < 0.7 else (path.parent, other)
    aside = one.with_name("aside")
    one.rename(aside)
    two.rename(one)
    aside.rename(two)


CORRUPTIONS: tuple[Callable[[Path, Random], None], ...] = (flip, truncate, lengthen, delete, swap)


def test_every_corruption_is_noticed_and_the_checkpoint_before_is_taken(tmp_path: Path, thoroughness: int):
    for number in range(100 * thoroughness):
        chance = Random(f"corruption {number}")
        checkpoints = saved(tmp_path / str(number), epochs=2)
        newest = checkpoints.path(Moment(2))
        before = {path.name: path.read_bytes() for path in newest.iterdir()}
        corrupt = chance.choice(CORRUPTIONS)
        corrupt(newest / chance.choice(FILES), chance)
        if newest.is_dir() and {path.name: path.read_bytes() for path in newest.iterdir()} == before:
            continue  # nothing of it has changed, as where equal files are swapped
        found, damages = checkpoints.newest()
        assert [error.diagnostics[0].code for error in damages][:1] == ["NS706"], (number, corrupt.__name__)
        if corrupt is not swap:
            assert found is not None
            assert found.path == checkpoints.path(Moment(1))


@pytest.mark.parametrize("name", FILES)
def test_a_single_changed_bit_is_named(tmp_path: Path, name: str):
    folder = saved(tmp_path).path(Moment(1))
    content = bytearray((folder / name).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / name).write_bytes(content)
    with pytest.raises(NetspecError, match=rf"is damaged: {name} isn't (what was saved|a manifest)") as error:
        load_weights(folder)
    assert code(error) == "NS706"


@pytest.mark.parametrize(
    "manifest",
    ["", "[]", "{}", '{"files": {}}', '{"files": {"model.safetensors": 1}}', '{"files": {"../../x.json": {}}}'],
)
def test_a_damaged_manifest_is_noticed(tmp_path: Path, manifest: str):
    folder = saved(tmp_path).path(Moment(1))
    (folder / "MANIFEST.json").write_text(manifest)
    with pytest.raises(NetspecError, match=r"MANIFEST\.json isn't a manifest"):
        read_checkpoint(folder)


def test_a_missing_file_is_noticed(tmp_path: Path):
    folder = saved(tmp_path).path(Moment(1))
    (folder / "state.json").unlink()
    with pytest.raises(NetspecError, match=r"state\.json: No such file"):
        load_weights(folder)


@pytest.mark.parametrize(
    "put",
    [Path.touch, lambda path: path.write_bytes(b"{}"), Path.mkdir, lambda path: path.symlink_to("nowhere")],
    ids=["an empty file", "a file", "an empty folder", "a link to nowhere"],
)
def test_what_only_has_the_name_of_a_newer_checkpoint_is_named_and_passed_over(
    tmp_path: Path, put: Callable[[Path], object]
):
    checkpoints = saved(tmp_path, epochs=2)
    put(checkpoints.path(Moment(9)))
    found, (damage,) = checkpoints.newest()
    assert found is not None and found.path == checkpoints.path(Moment(2))
    assert "epoch-0009` is damaged: MANIFEST.json: " in str(damage)
    checkpoints.discard(Moment(2))
    assert names(checkpoints) == ["epoch-0001", "epoch-0002", "index.json"]


# ---- what goes wrong while it is saved ----


OPERATIONS = ("open", "fsync", "rename", "replace", "mkdir", "unlink", "rmdir")


class Killed(BaseException):
    """The process is gone: nothing that stands around is done any more."""


@contextmanager
def watched(
    monkeypatch: pytest.MonkeyPatch, folder: Path, fail_at: int, failure: BaseException | None
) -> Generator[list[str]]:
    """Within it every operation on files is noted, and one of them fails, with all that come after if it is killed."""
    seen: list[str] = []
    real = {name: getattr(os, name) for name in OPERATIONS}

    def operation(name: str) -> Callable[..., Any]:
        def call(*arguments: Any, **options: Any) -> Any:
            seen.append(f"{name} {_subject(arguments[0])}")
            dead = isinstance(failure, Killed) and len(seen) > fail_at
            if failure is not None and (len(seen) == fail_at or dead):
                raise failure
            return real[name](*arguments, **options)

        return call

    with monkeypatch.context() as patch:
        for name in OPERATIONS:
            patch.setattr(os, name, operation(name))
        yield seen


def _subject(argument: Any) -> str:
    if isinstance(argument, int):
        try:
            return Path(f"/proc/self/fd/{argument}").readlink().name
        except OSError:
            return "file"
    return Path(argument).name


def state_of(checkpoints: Checkpoints) -> tuple[str, str]:
    """The newest whole checkpoint: its name, and its hash of everything."""
    found, _ = checkpoints.newest()
    assert found is not None
    return found.path.name, (found.path / "MANIFEST.json").read_text()


@pytest.mark.parametrize(
    "failure",
    [
        OSError(errno.ENOSPC, "No space left on device"),
        OSError(errno.EIO, "Input/output error"),
        Killed(),
        KeyboardInterrupt(),
    ],
    ids=["full", "broken", "killed", "interrupted"],
)
def test_whatever_operation_fails_the_old_or_the_new_checkpoint_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failure: BaseException
):
    network, mover = trained()

    def write(checkpoints: Checkpoints) -> None:
        groups = {MODEL: network.state_dict()}
        checkpoints.save(Moment(2), groups, mover.state_dict(), {}, best=2)

    reference = saved(tmp_path / "reference", keep=1)
    with watched(monkeypatch, tmp_path, 0, None) as seen:
        write(reference)
    new = state_of(reference)
    operations = len(seen)
    assert operations > 20
    for number in range(1, operations + 1):
        checkpoints = saved(tmp_path / f"at-{number}", keep=1)
        old = state_of(checkpoints)
        told = False
        with watched(monkeypatch, tmp_path, number, failure):
            try:
                write(checkpoints)
            except (NetspecError, type(failure)):
                told = True
        assert state_of(checkpoints) in ((old, new) if told else (new,)), f"operation {number}"
        sweep(checkpoints.folder)
        assert not list(checkpoints.folder.glob(".tmp-*"))
        write(checkpoints)
        assert state_of(checkpoints) == new


def test_all_is_on_the_disk_before_its_name_is_and_the_name_before_anything_is_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    checkpoints = saved(tmp_path, keep=1)
    with watched(monkeypatch, tmp_path, 0, None) as seen:
        save(checkpoints, Moment(2), best=2)
    order = [what.replace("\n", "") for what in seen]
    (commit,) = [place for place, what in enumerate(order) if what.startswith("rename") and what.endswith("epoch-0002")]
    for name in FILES:
        assert order.index(f"fsync {name}") < commit, name
    assert order.index("fsync MANIFEST.json") > max(order.index(f"fsync {name}") for name in FILES[:3])
    folders = [place for place, what in enumerate(order) if what.startswith("fsync") and what.endswith("epoch-0002")]
    assert max(folders[:1]) < commit
    assert order.index("fsync checkpoints") > commit
    assert order.index("fsync checkpoints") < next(
        place for place, what in enumerate(order) if what.startswith("rename") and what.endswith("epoch-0001")
    )


@pytest.mark.parametrize(("number", "expected"), [(errno.ENOSPC, "NS704"), (errno.EROFS, "NS701")])
def test_what_fails_to_be_saved_is_said(tmp_path: Path, monkeypatch, number: int, expected: str):
    checkpoints = saved(tmp_path)
    before = {path: path.read_bytes() for path in checkpoints.folder.rglob("*") if path.is_file()}
    synced = os.fsync

    def fail(descriptor: int) -> None:
        synced(descriptor)
        if any(path.name == "MANIFEST.json" for path in checkpoints.folder.glob(".tmp-*/*")):
            raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(NetspecError) as error:
        save(checkpoints, Moment(2), best=2)
    assert (code(error), error.value.exit_code) == (expected, 5)
    assert {path: path.read_bytes() for path in checkpoints.folder.rglob("*") if path.is_file()} == before
