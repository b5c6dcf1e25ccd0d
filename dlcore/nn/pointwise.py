"""Point-wise non-linearities: every number on its own, so the Jacobian is diagonal (L24, L37)."""

from __future__ import annotations

import numpy as np

from .checks import check_input, refuse
from .module import Module


class ReLU(Module):
    """y = max(x, 0); dE/dx = dE/dy where x > 0, else 0 (L37).

    Any shape. At the kink x = 0 the gradient is 0, as in torch (the lecture's slide passes it on).
    """

    def __init__(self, inplace: bool = False) -> None:
        refuse(self, False, inplace=inplace)

    def fprop(self, X: np.ndarray) -> np.ndarray:
        check_input(self, X, "*")
        self.Y = np.maximum(X, 0)
        return self.Y

    def bprop(self, dE_dY: np.ndarray) -> np.ndarray:
        return dE_dY * (self.Y > 0)


class Tanh(Module):
    """y = tanh(x); dE/dx = (1 - y^2) dE/dy. Any shape."""

    def fprop(self, X: np.ndarray) -> np.ndarray:
        check_input(self, X, "*")
        self.Y = np.tanh(X)
        return self.Y

    def bprop(self, dE_dY: np.ndarray) -> np.ndarray:
        return dE_dY * (1 - self.Y**2)


class Sigmoid(Module):
    """y = 1 / (1 + exp(-x)); dE/dx = y (1 - y) dE/dy. Any shape."""

    def fprop(self, X: np.ndarray) -> np.ndarray:
        check_input(self, X, "*")
        e = np.exp(-np.abs(X))  # cannot overflow; for x < 0 the fraction is expanded by exp(x)
        self.Y = np.where(X < 0, e, 1) / (1 + e)
        return self.Y

    def bprop(self, dE_dY: np.ndarray) -> np.ndarray:
        return dE_dY * self.Y * (1 - self.Y)
