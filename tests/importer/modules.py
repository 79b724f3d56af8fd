"""Modules of torch that users write, each with the inputs that it takes."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class Residual(nn.Module):
    def __init__(self, channels: int, stride: int = 1) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, channels * stride, 3, stride=stride, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(channels * stride)
        self.conv2 = nn.Conv2d(channels * stride, channels * stride, 3, padding=1)
        self.shortcut = nn.Conv2d(channels, channels * stride, 1, stride=stride) if stride > 1 else nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        out = self.conv2(F.relu(self.norm(self.conv1(x)), inplace=True))
        out += self.shortcut(x)
        return torch.relu(out)


class Skips(nn.Module):
    """Skip connections, in-place additions, and an image that is flattened by its sizes."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 8, 3, padding=1), nn.ReLU(inplace=True), nn.MaxPool2d(2))
        self.stages = nn.Sequential(Residual(8), Residual(8), Residual(8, 2), Residual(16, 2))
        self.head = nn.Linear(32 * 4 * 4, 5)

    def forward(self, x: Tensor) -> Tensor:
        x = self.stages(self.stem(x))
        return self.head(x.view(x.size(0), -1))


class Shared(nn.Module):
    """Two inputs that go through one tower."""

    def __init__(self) -> None:
        super().__init__()
        self.tower = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Flatten())
        self.head = nn.Linear(4 * 10 * 10, 2)

    def forward(self, left: Tensor, right: Tensor) -> Tensor:
        a, b = self.tower(left), self.tower(right)
        return self.head((a - b) ** 2)


class SharedLayer(nn.Module):
    """A layer that is applied three times in a loop."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Linear(6, 8)
        self.again = nn.Linear(8, 8)
        self.last = nn.Linear(8, 3)

    def forward(self, x: Tensor) -> Tensor:
        x = self.first(x)
        for _ in range(3):
            x = torch.tanh(self.again(x))
        return self.last(x)


class Layers(nn.Module):
    """A list of modules that no call of its own holds together, and control flow that depends on sizes."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(8, 8) for _ in range(4)])
        self.norms = nn.ModuleDict({"a": nn.LayerNorm(8), "b": nn.LayerNorm(8)})
        self.out = nn.Linear(8, 4)

    def forward(self, x: Tensor) -> Tensor:
        for layer in self.layers:
            x = F.gelu(layer(x)) + x if x.shape[-1] == 8 else layer(x)
        return self.out(self.norms["b"](self.norms["a"](x)))


class Attends(nn.Module):
    """Attention of torch, a class token, positions, and a token that is taken at the end."""

    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(50, 16)
        self.token = nn.Parameter(torch.randn(1, 1, 16))
        self.positions = nn.Parameter(torch.randn(1, 11, 16))
        self.blocks = nn.ModuleList(
            [nn.TransformerEncoderLayer(16, 4, 32, batch_first=True, norm_first=True) for _ in range(2)]
        )
        self.attention = nn.MultiheadAttention(16, 2, batch_first=True)
        self.norm = nn.LayerNorm(16)
        self.head = nn.Linear(16, 7)

    def forward(self, words: Tensor) -> Tensor:
        x = self.embedding(words)
        x = torch.cat([self.token.expand(x.shape[0], -1, -1), x], dim=1) + self.positions
        for block in self.blocks:
            x = block(x)
        x = x + self.attention(x, x, x, need_weights=False)[0]
        return self.head(self.norm(x)[:, 0])


class HandMadeAttention(nn.Module):
    """Attention that is written out."""

    def __init__(self) -> None:
        super().__init__()
        self.qkv = nn.Linear(12, 36)
        self.out = nn.Linear(12, 12)
        self.head = nn.Linear(12, 3)

    def forward(self, x: Tensor) -> Tensor:
        b, n, c = x.shape
        q, k, v = self.qkv(x).chunk(3, dim=-1)
        q, k, v = (item.reshape(b, n, 3, c // 3).transpose(1, 2) for item in (q, k, v))
        weights = ((q @ k.transpose(-2, -1)) * (c // 3) ** -0.5).softmax(dim=-1)
        x = (weights @ v).transpose(1, 2).reshape(b, n, c)
        return self.head(self.out(x).mean(dim=1))


class Recurrent(nn.Module):
    """The last state of a recurrent layer."""

    def __init__(self) -> None:
        super().__init__()
        self.lstm = nn.LSTM(5, 12, num_layers=2, batch_first=True)
        self.head = nn.Linear(12, 4)

    def forward(self, x: Tensor) -> Tensor:
        _, (state, _) = self.lstm(x)
        return self.head(state[-1])


class UNet(nn.Module):
    """What was on the way down is put beside what comes up, and an image comes out."""

    def __init__(self) -> None:
        super().__init__()
        self.down1 = nn.Sequential(nn.Conv2d(1, 4, 3, padding=1), nn.ReLU())
        self.down2 = nn.Sequential(nn.Conv2d(4, 8, 3, padding=1), nn.ReLU())
        self.up = nn.ConvTranspose2d(8, 4, 2, stride=2)
        self.mask = nn.Conv2d(8, 3, 1)

    def forward(self, x: Tensor) -> Tensor:
        first = self.down1(x)
        second = self.down2(F.max_pool2d(first, 2))
        return self.mask(torch.cat([self.up(second), first], dim=1))


class Outputs(nn.Module):
    """A dict of two outputs."""

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Linear(6, 8)
        self.left = nn.Linear(8, 3)
        self.right = nn.Linear(8, 2)

    def forward(self, x: Tensor) -> dict[str, Tensor]:
        x = F.leaky_relu(self.body(x), 0.2)
        return {"left": self.left(x), "right": self.right(F.dropout(x, 0.3, self.training))}


class Scaled(nn.Module):
    """A learned scale, a buffer, numbers before and behind signs, and a norm over the channels of an image."""

    scale: Tensor
    shift: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.randn(3, 1, 1))
        self.register_buffer("shift", torch.randn(3, 1, 1))
        self.norm = nn.LayerNorm(3)
        self.head = nn.Linear(3, 2)

    def forward(self, x: Tensor) -> Tensor:
        x = (1 - x * self.scale) / 2 - self.shift
        x = F.layer_norm(x.permute(0, 2, 3, 1), (3,), self.norm.weight, self.norm.bias, self.norm.eps)
        return self.head(-x.mean([1, 2]))


Inputs = list[tuple[str | None, tuple[int, ...], bool]]
MODULES: dict[str, tuple[Callable[[], nn.Module], Inputs]] = {
    "skips": (Skips, [(None, (3, 32, 32), False)]),
    "shared": (Shared, [(None, (1, 12, 12), False), (None, (1, 12, 12), False)]),
    "shared_layer": (SharedLayer, [(None, (6,), False)]),
    "layers": (Layers, [(None, (8,), False)]),
    "attends": (Attends, [(None, (10,), True)]),
    "hand_made_attention": (HandMadeAttention, [(None, (6, 12), False)]),
    "recurrent": (Recurrent, [(None, (9, 5), False)]),
    "unet": (UNet, [(None, (1, 16, 16), False)]),
    "outputs": (Outputs, [(None, (6,), False)]),
    "scaled": (Scaled, [(None, (3, 5, 5), False)]),
}
