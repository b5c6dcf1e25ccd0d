"""Arithmetic that modules share: division, where the divisor may be 0."""

from __future__ import annotations

import numpy as np


def ratio(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """a / b, and 0 where b is 0."""
    zero = b == 0
    return np.where(zero, 0, a / np.where(zero, 1, b))
