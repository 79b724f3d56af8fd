"""Names of tensors in timm's files, converted to those of torchvision's networks, which are the zoo's.

timm's ResNets have torchvision's names. Its Vision Transformers and ConvNeXts are the same networks under other names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

RULES: tuple[tuple[str, str], ...] = (
    # vision transformers
    (r"cls_token", "class_token"),
    (r"pos_embed", "encoder.pos_embedding"),
    (r"patch_embed\.proj\.(weight|bias)", r"conv_proj.\1"),
    (r"blocks\.(\d+)\.norm([12])\.(weight|bias)", r"encoder.layers.encoder_layer_\1.ln_\2.\3"),
    (r"blocks\.(\d+)\.attn\.qkv\.(weight|bias)", r"encoder.layers.encoder_layer_\1.self_attention.in_proj_\2"),
    (r"blocks\.(\d+)\.attn\.proj\.(weight|bias)", r"encoder.layers.encoder_layer_\1.self_attention.out_proj.\2"),
    (r"blocks\.(\d+)\.mlp\.fc1\.(weight|bias)", r"encoder.layers.encoder_layer_\1.mlp.0.\2"),
    (r"blocks\.(\d+)\.mlp\.fc2\.(weight|bias)", r"encoder.layers.encoder_layer_\1.mlp.3.\2"),
    (r"norm\.(weight|bias)", r"encoder.ln.\1"),
    (r"head\.(weight|bias)", r"heads.head.\1"),
    # ConvNeXts: stages and the downsampling before them take turns in torchvision's `features`
    (r"stem\.([01])\.(weight|bias)", r"features.0.\1.\2"),
    (r"stages\.(\d)\.downsample\.([01])\.(weight|bias)", r"features.{2*}.\2.\3"),
    (r"stages\.(\d)\.blocks\.(\d+)\.gamma", r"features.{2*+1}.\2.layer_scale"),
    (r"stages\.(\d)\.blocks\.(\d+)\.conv_dw\.(weight|bias)", r"features.{2*+1}.\2.block.0.\3"),
    (r"stages\.(\d)\.blocks\.(\d+)\.norm\.(weight|bias)", r"features.{2*+1}.\2.block.2.\3"),
    (r"stages\.(\d)\.blocks\.(\d+)\.mlp\.fc1\.(weight|bias)", r"features.{2*+1}.\2.block.3.\3"),
    (r"stages\.(\d)\.blocks\.(\d+)\.mlp\.fc2\.(weight|bias)", r"features.{2*+1}.\2.block.5.\3"),
    (r"head\.norm\.(weight|bias)", r"classifier.0.\1"),
    (r"head\.fc\.(weight|bias)", r"classifier.2.\1"),
)
"""Patterns of timm's names and torchvision's; `{2*}` and `{2*+1}` are computed from the first group."""
COMPILED = tuple((re.compile(pattern), name) for pattern, name in RULES)


def as_in_torchvision(name: str) -> str:
    """The name that torchvision has for a tensor of timm's; a name without a rule stays as it is."""
    for pattern, replacement in COMPILED:
        if found := pattern.fullmatch(name):
            stage = int(found[1]) if "{" in replacement else 0
            numbered = replacement.replace("{2*}", str(2 * stage)).replace("{2*+1}", str(2 * stage + 1))
            return found.expand(numbered)
    return name


def without_ones(sizes: tuple[int, ...]) -> tuple[int, ...]:
    """Sizes without dimensions of size 1: timm has scales [C] where torchvision has [C, 1, 1]."""
    return tuple(size for size in sizes if size != 1)


def are_timm_names(names: Iterable[str]) -> bool:
    """Whether names are mostly those of a network that has other names in timm."""
    found = [as_in_torchvision(name) != name for name in names]
    return 2 * sum(found) > len(found)
