"""Softmax and its logarithm: scores become probabilities (L41)."""

from __future__ import annotations

import numpy as np

from .checks import InputError, check_input
from .module import Module


class LogSoftmax(Module):
    """Y_i = X_i - log sum_j exp(X_j), along dimension `dim` (L41).

    Any shape; dim must be given (torch guesses it where it is not).
        dE/dX_i = dE/dY_i - exp(Y_i) sum_j dE/dY_j
    """

    def __init__(self, dim: int | None = None) -> None:
        self.dim = _given(self, dim)

    def fprop(self, X: np.ndarray) -> np.ndarray:
        _check(self, X)
        shifted = X - X.max(axis=self.dim, keepdims=True)  # exp cannot overflow
        self.Y = shifted - np.log(np.exp(shifted).sum(axis=self.dim, keepdims=True))
        return self.Y

    def bprop(self, dE_dY: np.ndarray) -> np.ndarray:
        return dE_dY - np.exp(self.Y) * dE_dY.sum(axis=self.dim, keepdims=True)

    def extra_repr(self) -> str:
        return f"dim={self.dim}"


class Softmax(Module):
    """Y_i = exp(X_i) / sum_j exp(X_j), along dimension `dim`.

    Any shape; dim must be given (torch guesses it where it is not).
        dE/dX_i = Y_i (dE/dY_i - sum_j dE/dY_j Y_j)
    """

    def __init__(self, dim: int | None = None) -> None:
        self.dim = _given(self, dim)

    def fprop(self, X: np.ndarray) -> np.ndarray:
        _check(self, X)
        e = np.exp(X - X.max(axis=self.dim, keepdims=True))  # cannot overflow
        self.Y = e / e.sum(axis=self.dim, keepdims=True)
        return self.Y

    def bprop(self, dE_dY: np.ndarray) -> np.ndarray:
        return self.Y * (dE_dY - (dE_dY * self.Y).sum(axis=self.dim, keepdims=True))

    def extra_repr(self) -> str:
        return f"dim={self.dim}"


def _given(module: Module, dim: int | None) -> int:
    if dim is None:
        name = type(module).__name__
        raise NotImplementedError(f"{name}: dlcore does not guess dim=None; write {name}(dim=1)")
    return dim


def _check(module: LogSoftmax | Softmax, X: np.ndarray) -> None:
    check_input(module, X, "*")
    if not -X.ndim <= module.dim < X.ndim or X.shape[module.dim] == 0:
        wanted = f"an array with numbers along dimension {module.dim}"
        raise InputError(module, wanted, f"shape {X.shape}")
