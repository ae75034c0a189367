"""CIFAR-10 of ../shared/data: records of one label byte and 32 x 32 x 3 RGB."""

from pathlib import Path

import numpy as np

SHARED = Path(__file__).resolve().parents[3] / "shared"
# The depthwise network learns from the first images of the test file, and is measured on the rest alone.
TRAINED_ON = 3000


def read(name):
    """Labels int64[n] and pixels uint8[n, 3, 32, 32]."""
    records = np.fromfile(SHARED / "data" / f"{name}.bin", np.uint8).reshape(-1, 1 + 32 * 32 * 3)
    pixels = records[:, 1:].reshape(-1, 32, 32, 3).transpose(0, 3, 1, 2)
    return records[:, 0].astype(np.int64), np.ascontiguousarray(pixels)
