"""What a run loads before its first step: torch, and nothing that takes long and isn't needed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from PIL import Image

SCRIPT = """
import sys
from netspec import api
api.run("{spec}", out="{out}")
print(*(name for name in ("torch._dynamo", "torch._inductor", "torchvision") if name in sys.modules))
"""
SPEC = """
data {
  source    = image_folder("photos")
  augment   = random_crop(8, padding=1) -> random_horizontal_flip -> random_rotation(10)
  transform = normalize(measured)
}
model { conv(4, 3) -> relu -> global_avg_pool -> flatten -> linear(2) }
train { epochs = 1, device = cpu }
"""


def test_a_run_loads_neither_torchvision_nor_torchs_compiler(tmp_path: Path) -> None:
    for name in ("cat/1", "cat/2", "dog/1", "dog/2"):
        path = tmp_path / "photos" / f"{name}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (8, 8)).save(path)
    path = tmp_path / "photos.net"
    path.write_text(SPEC)
    script = SCRIPT.format(spec=path.as_posix(), out=(tmp_path / "run").as_posix())
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == []
