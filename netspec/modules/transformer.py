"""torch's Transformer layers and stacks of them, with the mask that hides later places from earlier ones."""

from __future__ import annotations

from typing import Any

from torch import Tensor, nn


def causal_mask(x: Tensor) -> Tensor:
    """[L, L] for [N, L, E]: 0 where a place attends to itself or an earlier one, -inf where to a later one."""
    return nn.Transformer.generate_square_subsequent_mask(x.shape[1], device=x.device, dtype=x.dtype)


class TransformerEncoderLayer(nn.TransformerEncoderLayer):
    """A layer of an encoder over [N, L, E]; if `causal`, places don't see later ones."""

    def __init__(self, d_model: int, causal: bool, **arguments: Any) -> None:
        super().__init__(d_model, **arguments)
        self.causal = causal

    def forward(self, x: Tensor) -> Tensor:  # type: ignore[override]
        return super().forward(x, causal_mask(x) if self.causal else None, is_causal=self.causal)


class TransformerDecoderLayer(nn.TransformerDecoderLayer):
    """A layer of a decoder over [N, L, E] and a memory [N, S, E]; if `causal`, places don't see later ones."""

    def __init__(self, d_model: int, causal: bool, **arguments: Any) -> None:
        super().__init__(d_model, **arguments)
        self.causal = causal

    def forward(self, x: Tensor, memory: Tensor) -> Tensor:  # type: ignore[override]
        return super().forward(x, memory, causal_mask(x) if self.causal else None, tgt_is_causal=self.causal)


class TransformerEncoder(nn.TransformerEncoder):
    """Layers of an encoder above one another, each with first values of its own; torch would copy the first one's."""

    def __init__(self, d_model: int, num_layers: int, norm: bool, causal: bool, **arguments: Any) -> None:
        layers = [nn.TransformerEncoderLayer(d_model, **arguments) for _ in range(num_layers)]
        super().__init__(layers[0], num_layers, _norm(d_model, norm, arguments), enable_nested_tensor=False)
        self.layers = nn.ModuleList(layers)
        self.causal = causal

    def forward(self, x: Tensor) -> Tensor:  # type: ignore[override]
        return super().forward(x, causal_mask(x) if self.causal else None, is_causal=self.causal)


class TransformerDecoder(nn.TransformerDecoder):
    """Layers of a decoder above one another, each with first values of its own; torch would copy the first one's."""

    def __init__(self, d_model: int, num_layers: int, norm: bool, causal: bool, **arguments: Any) -> None:
        layers = [nn.TransformerDecoderLayer(d_model, **arguments) for _ in range(num_layers)]
        super().__init__(layers[0], num_layers, _norm(d_model, norm, arguments))
        self.layers = nn.ModuleList(layers)
        self.causal = causal

    def forward(self, x: Tensor, memory: Tensor) -> Tensor:  # type: ignore[override]
        return super().forward(x, memory, causal_mask(x) if self.causal else None, tgt_is_causal=self.causal)


class Transformer(nn.Transformer):
    """An encoder of a source [N, S, E] and a decoder of a target [N, T, E]; if `causal`, places of the target don't see
    later ones. Its weights are drawn as torch.nn.Transformer draws them, each layer's for itself."""

    def __init__(
        self, d_model: int, num_encoder_layers: int, num_decoder_layers: int, causal: bool, **arguments: Any
    ) -> None:
        # torch's own stack would warn where it can't be faster for sequences of several lengths, which don't come here
        encoder = TransformerEncoder(d_model, num_encoder_layers, norm=True, causal=False, **arguments)
        decoder = TransformerDecoder(d_model, num_decoder_layers, norm=True, causal=causal, **arguments)
        super().__init__(d_model, custom_encoder=encoder, custom_decoder=decoder, **arguments)

    def forward(self, source: Tensor, target: Tensor) -> Tensor:  # type: ignore[override]
        return self.decoder(target, self.encoder(source))


def _norm(d_model: int, wanted: bool, arguments: dict[str, Any]) -> nn.LayerNorm | None:
    return nn.LayerNorm(d_model, arguments["layer_norm_eps"], bias=arguments["bias"]) if wanted else None
