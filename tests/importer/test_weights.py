"""A spec that is imported with weights starts from them: what a run builds of the two files is the module."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional as F

from netspec import api
from netspec.files import put
from netspec.importer.imported import BODY, Imported, imported, incoming
from netspec.importer.proof import Incoming
from netspec.importer.stored import store
from netspec.problems import NetspecError
from netspec.writer.errors import CannotTranslate
from tests.importer.modules import MODULES, Inputs
from tests.importer.test_importing import listed
from tests.zoo.originals import original

VECTOR: Inputs = [(None, (6,), False)]


def trained(module: nn.Module, inputs: list[Incoming]) -> nn.Module:
    """A module that has seen batches, so that its batch norm has statistics, and whose weights are no defaults."""
    with torch.no_grad():
        for _ in range(3):
            module.train()(*(item.sample(4) for item in inputs))
        for item in module.parameters():
            item.add_((0.1 * item.std(correction=0) + 0.01) * torch.randn(item.shape))
    return module.eval()


def stored(module: nn.Module, given: Inputs, folder: Path, name: str = "mine", **options: bool) -> Imported:
    """Import a module into `mine.net` and `mine.safetensors` of a folder, as the process of the command does."""
    inputs = incoming(module, given)
    found = imported(module, inputs, "# imported", weights=f"{name}.safetensors", **options)
    (folder / f"{name}.net").write_text(found.text)
    store(found, module, inputs, folder / f"{name}.net", folder / f"{name}.safetensors")
    return found


def built(spec: Path) -> nn.Module:
    """What a run of the spec begins with."""
    return api.build(api.check(spec))


def outputs(module: nn.Module, samples: list[Tensor]) -> list[Tensor]:
    with torch.no_grad():
        return listed(module.eval()(*samples))


TORCHVISION: dict[str, tuple[Callable[[], nn.Module], Inputs]] = {
    name: (lambda name=name: original(name), [(None, (3, 64, 64), False)])
    for name in ("resnet18", "mobilenet_v3_small")
}
SPECS = {**MODULES, **TORCHVISION}
"""Batch norm, shared layers and towers, two inputs, attention, recurrence, buffers; those of torchvision."""
LIBRARIES = ("hand_made_attention", "recurrent", "unet", "outputs")
"""Those that no source has data for: a file with a block."""


@pytest.mark.parametrize("name", [name for name in SPECS if name not in LIBRARIES])
def test_a_run_of_the_spec_starts_with_the_module(name: str, tmp_path: Path) -> None:
    torch.manual_seed(1)
    build, given = SPECS[name]
    module = build()
    inputs = incoming(module, given)
    trained(module, inputs)
    stored(module, given, tmp_path)
    assert api.fmt(tmp_path / "mine.net") == (tmp_path / "mine.net").read_text()
    network = built(tmp_path / "mine.net")

    own = module.state_dict()
    assert network.state_dict().keys() == own.keys()
    for key, tensor in network.state_dict().items():
        assert tensor.dtype == own[key].dtype and torch.equal(tensor, own[key]), key
    samples = [item.sample(5) for item in inputs]
    for one, other in zip(outputs(module, samples), outputs(network, samples), strict=True):
        torch.testing.assert_close(other, one, atol=1e-5 * max(1, one.abs().max().item()), rtol=0)


@pytest.mark.parametrize("name", LIBRARIES)
def test_a_block_of_a_library_file_starts_with_the_module(name: str, tmp_path: Path) -> None:
    torch.manual_seed(1)
    build, given = SPECS[name]
    module = build()
    trained(module, incoming(module, given))
    found = stored(module, given, tmp_path)
    assert f'`LABEL: {found.block}` in a spec starts from its weights with `init = [from_file("LABEL"' in found.text
    (rank,) = {len(sizes) for _, sizes, _ in given}
    (sizes,) = [sizes for _, sizes, _ in given]
    source = f"image={list(sizes)}" if rank == 3 else f"features={sizes[0]}"
    if rank == 2:  # no source has sequences of numbers
        source, before = f"features={sizes[0] * sizes[1]}", f"reshape({list(sizes)}) -> "
    else:
        before = ""
    call = f"{before}{BODY}: {found.block}"
    body = f"y = {call}\ny.left -> flatten -> linear(3)" if name == "outputs" else f"{call} -> flatten -> linear(3)"
    (tmp_path / "spec.net").write_text(
        f'from "mine.net" import {found.block}\ndata {{ source = synthetic({source}, classes=3) }}\n'
        f'model {{\n{body}\n}}\ntrain {{ init = [from_file("{BODY}", "mine.safetensors")] }}\n'
    )
    state = built(tmp_path / "spec.net").state_dict()
    for key, tensor in module.state_dict().items():
        assert torch.equal(state[f"{BODY}.{key}"], tensor) or key.startswith("right"), key


def test_the_file_has_what_the_network_has_and_nothing_else(tmp_path: Path) -> None:
    class Spare(nn.Sequential):
        def __init__(self) -> None:
            super().__init__(nn.Linear(6, 6), nn.BatchNorm1d(6), nn.Linear(6, 2))
            self.spare = nn.Linear(2, 2)

        def forward(self, input: Tensor) -> Tensor:
            return self[2](self[1](self[0](input)))

    found = stored(Spare(), VECTOR, tmp_path, drop_unused=True)
    assert found.unused == ("spare.weight", "spare.bias")
    saved = load_file(tmp_path / "mine.safetensors")
    assert saved.keys() == built(tmp_path / "mine.net").state_dict().keys()
    assert saved["1.num_batches_tracked"].dtype == torch.int64


class Two(nn.Module):
    """A layer under two names, or two layers with one weight."""

    def __init__(self, *, same: bool) -> None:
        super().__init__()
        self.a = nn.Linear(6, 6)
        self.b = self.a if same else nn.Linear(6, 6)
        self.b.weight = self.a.weight
        self.c = nn.Linear(6, 3)

    def forward(self, x: Tensor) -> Tensor:
        return self.c(F.relu(self.b(x)) + self.a(x))


def test_a_layer_under_two_names_is_stored_under_the_one_of_the_spec(tmp_path: Path) -> None:
    found = stored(Two(same=True), VECTOR, tmp_path)
    assert found.unused == () and "b.weight (it is a.weight)" in found.remarks[0]
    assert load_file(tmp_path / "mine.safetensors").keys() == {"a.weight", "a.bias", "c.weight", "c.bias"}


def test_a_tensor_of_two_layers_is_stored_for_each_and_that_is_said(tmp_path: Path) -> None:
    found = stored(Two(same=False), VECTOR, tmp_path)
    assert found.remarks == (
        "one tensor in the module, two in the spec, which training makes different: b.weight and a.weight",
    )
    saved = load_file(tmp_path / "mine.safetensors")
    assert torch.equal(saved["a.weight"], saved["b.weight"])


class Buffered(nn.Module):
    pos: Tensor

    def __init__(self, value: Tensor, *, persistent: bool = True) -> None:
        super().__init__()
        self.first = nn.Linear(6, 6)
        self.register_buffer("pos", value, persistent=persistent)

    def forward(self, x: Tensor) -> Tensor:
        return (self.first(x) + self.pos).softmax(-1)


MASK = torch.tensor([0.0, 0.0, 0.0, -torch.inf, -torch.inf, -torch.inf])
NOT_A_NUMBER = nn.Sequential(nn.Linear(6, 6), nn.ReLU(), nn.Linear(6, 3))
nn.init.constant_(NOT_A_NUMBER[0].weight, torch.nan)  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize(
    ("module", "reason"),
    [
        (Buffered(MASK), "a run can't start from its weights: `pos` in `mine.safetensors` isn't finite"),
        (Buffered(torch.ones(6), persistent=False), "`pos` isn't in the module's state_dict"),
        (Buffered(torch.arange(6)), "int64"),
        (NOT_A_NUMBER, "what comes out isn't finite"),
        (
            nn.Sequential(nn.utils.parametrizations.weight_norm(nn.Linear(6, 6)), nn.Linear(6, 3)),
            "`0.weight` isn't in the module's state_dict",
        ),
    ],
    ids=["a mask", "not persistent", "integers", "not a number", "computed"],
)
def test_what_a_run_could_not_start_from_is_refused(module: nn.Module, reason: str, tmp_path: Path) -> None:
    with pytest.raises(CannotTranslate) as refused:
        stored(module, VECTOR, tmp_path)
    assert reason in refused.value.reason


def test_a_mask_is_imported_without_weights() -> None:
    module = Buffered(MASK)
    assert "pos: buffer([6])" in imported(module, incoming(module, VECTOR), "# imported").text


def test_what_else_a_module_saves_is_no_matter(tmp_path: Path) -> None:
    class Holds(nn.Sequential):
        def get_extra_state(self) -> dict[str, int]:
            return {"version": 1}

    stored(Holds(nn.Linear(6, 6), nn.ReLU(), nn.Linear(6, 2)), VECTOR, tmp_path)
    assert load_file(tmp_path / "mine.safetensors").keys() == {"0.weight", "0.bias", "2.weight", "2.bias"}


def test_files_that_are_not_what_was_proven_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The proof reads what was written: a number that is lost on the way is found."""
    from netspec.importer import stored as module

    def loses(found: Imported, path: Path) -> None:
        first = next(iter(found.tensors))
        saves(
            Imported(found.text, (), (), {**found.tensors, first: found.tensors[first] + 1}, found.block, found.use),
            path,
        )

    saves = module._save
    monkeypatch.setattr(module, "_save", loses)
    with pytest.raises(CannotTranslate, match=r"`0\.weight` isn't the same when a run has loaded it"):
        stored(nn.Sequential(nn.Linear(6, 6), nn.ReLU(), nn.Linear(6, 2)), VECTOR, tmp_path)


# ---- the files are there, both of them, or neither ----


def two(folder: Path) -> dict[Path, Path]:
    (folder / "new").mkdir()
    files = {folder / "new" / name: folder / name for name in ("a.net", "a.safetensors")}
    for source in files:
        source.write_text(f"new {source.name}")
    return files


def test_two_files_are_put_where_they_belong(tmp_path: Path) -> None:
    files = two(tmp_path)
    put(files, force=False, otherwise="")
    assert [target.read_text() for target in files.values()] == ["new a.net", "new a.safetensors"]
    umask = os.umask(0)
    os.umask(umask)
    assert {stat.S_IMODE(target.stat().st_mode) for target in files.values()} == {0o666 & ~umask}


@pytest.mark.parametrize("force", [False, True])
@pytest.mark.parametrize("taken", ["a.net", "a.safetensors"])
def test_if_one_cannot_be_put_there_neither_is(taken: str, force: bool, tmp_path: Path) -> None:
    files = two(tmp_path)
    if force:
        (tmp_path / taken).mkdir()  # which no file replaces
        (other,) = [target for target in files.values() if target.name != taken]
        other.write_text("mine")
    else:
        (tmp_path / taken).write_text("mine")
    before = {path.name: path.read_text() for path in tmp_path.iterdir() if path.is_file()}
    with pytest.raises(NetspecError, match=r"Is a directory" if force else r"it is there already"):
        put(files, force=force, otherwise="")
    assert {path.name: path.read_text() for path in tmp_path.iterdir() if path.is_file()} == before


def test_files_that_are_replaced_keep_their_links_and_permissions(tmp_path: Path) -> None:
    files = two(tmp_path)
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "old.net").write_text("old")
    (tmp_path / "elsewhere" / "old.net").chmod(0o640)
    (tmp_path / "a.net").symlink_to("elsewhere/old.net")
    put(files, force=True, otherwise="")
    assert (tmp_path / "a.net").is_symlink() and (tmp_path / "a.net").read_text() == "new a.net"
    assert stat.S_IMODE((tmp_path / "a.net").stat().st_mode) == 0o640
    assert sorted(path.name for path in tmp_path.rglob("*") if path.is_file()) == ["a.net", "a.safetensors", "old.net"]
