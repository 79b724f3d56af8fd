"""The network of gap_cnn on a folder of JPEG files: reading is most of the work."""

from __future__ import annotations

from benchmarks.speed.data.photographs import Photographs
from benchmarks.speed.works.gap_cnn import GapCnn


class JpegFolder(GapCnn):
    data = Photographs()
    size = Photographs.size
    workers = 2
    alike = 0.1  # so few samples, and so few steps


WORK = JpegFolder()
