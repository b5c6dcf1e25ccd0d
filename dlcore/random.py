"""The package's one source of randomness: initial weights and `randn`."""

from __future__ import annotations

import numpy as np

_generator = np.random.default_rng()


def manual_seed(seed: int) -> None:
    """Start the random numbers anew. The same seed gives the same numbers, though not torch's."""
    global _generator
    _generator = np.random.default_rng(seed)


def uniform(low: float, high: float, shape: tuple[int, ...]) -> np.ndarray:
    """float32 numbers, uniform in [low, high)."""
    return _generator.uniform(low, high, shape).astype(np.float32)


def normal(shape: tuple[int, ...]) -> np.ndarray:
    """float32 numbers, Gaussian with mean 0 and standard deviation 1."""
    return _generator.standard_normal(shape, dtype=np.float32)
