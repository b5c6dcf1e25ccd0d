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
        axis = _axis(self, X)
        shifted = X - X.max(axis=axis, keepdims=True)  # exp cannot overflow
        self.Y = shifted - np.log(np.exp(shifted).sum(axis=axis, keepdims=True))
        return self.Y

    def bprop(self, dE_dY: np.ndarray) -> np.ndarray:
        axis = _axis(self, dE_dY)
        return dE_dY - np.exp(self.Y) * dE_dY.sum(axis=axis, keepdims=True)

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
        axis = _axis(self, X)
        e = np.exp(X - X.max(axis=axis, keepdims=True))  # cannot overflow
        self.Y = e / e.sum(axis=axis, keepdims=True)
        return self.Y

    def bprop(self, dE_dY: np.ndarray) -> np.ndarray:
        axis = _axis(self, dE_dY)
        return self.Y * (dE_dY - (dE_dY * self.Y).sum(axis=axis, keepdims=True))

    def extra_repr(self) -> str:
        return f"dim={self.dim}"


def _given(module: Module, dim: int | None) -> int:
    if dim is None:
        name = type(module).__name__
        raise NotImplementedError(f"{name}: dlcore does not guess dim=None; write {name}(dim=1)")
    return dim


def _axis(module: LogSoftmax | Softmax, X: np.ndarray) -> int | None:
    """The dimension; of a single number, which is a row of one as in torch, none."""
    check_input(module, X, "*")
    if X.ndim == 0 and module.dim in (0, -1):
        return None
    if not -X.ndim <= module.dim < X.ndim or X.shape[module.dim] == 0:
        wanted = f"an array with numbers along dimension {module.dim}"
        raise InputError(module, wanted, f"shape {X.shape}")
    return module.dim
