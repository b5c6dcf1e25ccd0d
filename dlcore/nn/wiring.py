"""Modules that compute nothing new: they copy, join, choose and reshape (L38 to L40)."""

from __future__ import annotations

import math

import numpy as np

from ..tensor import Tensor
from .checks import InputError, check_alike, check_input
from .module import Module
from .options import positive_int


class Duplicate(Module):
    """Y1 = X, Y2 = X; dE/dX = dE/dY1 + dE/dY2 (L38, the Y branch).

    n: how many copies. Called with a Tensor it gives the same Tensor n times, and the tape adds.
    """

    def __init__(self, n: int = 2) -> None:
        positive_int(self, n=n)
        self.n = n

    def forward(self, X: Tensor) -> tuple[Tensor, ...]:
        return (X,) * self.n

    def fprop(self, X: np.ndarray) -> tuple[np.ndarray, ...]:
        check_input(self, X, "*")
        self.Y = (X,) * self.n
        return self.Y

    def bprop(self, *dE_dY: np.ndarray) -> np.ndarray:
        return sum(dE_dY[1:], start=dE_dY[0])

    def extra_repr(self) -> str:
        return f"n={self.n}"


class Add(Module):
    """Y = X1 + X2; dE/dX1 = dE/dY, dE/dX2 = dE/dY (L39). Two arrays of one shape."""

    def fprop(self, X1: np.ndarray, X2: np.ndarray) -> np.ndarray:
        check_alike(self, X1, X2)
        self.Y = X1 + X2
        return self.Y

    def bprop(self, dE_dY: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return dE_dY, dE_dY


class Max(Module):
    """y = max(x1, x2); the larger input takes the gradient (L40). Two arrays of one shape.

    At a tie x2 takes it, as on the lecture's slide (torch.maximum gives each a half).
    """

    def fprop(self, X1: np.ndarray, X2: np.ndarray) -> np.ndarray:
        check_alike(self, X1, X2)
        self.first = X1 > X2
        self.Y = np.maximum(X1, X2)
        return self.Y

    def bprop(self, dE_dY: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return dE_dY * self.first, dE_dY * ~self.first


class Flatten(Module):
    """Dimensions start_dim to end_dim become one, by default all but the first."""

    def __init__(self, start_dim: int = 1, end_dim: int = -1) -> None:
        self.start_dim, self.end_dim = start_dim, end_dim

    def fprop(self, X: np.ndarray) -> np.ndarray:
        check_input(self, X, "*")
        if not all(-X.ndim <= dim < X.ndim for dim in (self.start_dim, self.end_dim)):
            wanted = f"an array with dimensions {self.start_dim} and {self.end_dim}"
            raise InputError(self, wanted, f"shape {X.shape}")
        start, end = self.start_dim % X.ndim, self.end_dim % X.ndim
        if start > end:
            raise InputError(self, "start_dim not to come after end_dim", f"shape {X.shape}")
        self.shape = X.shape
        size = math.prod(X.shape[start : end + 1])
        self.Y = X.reshape(*X.shape[:start], size, *X.shape[end + 1 :])
        return self.Y

    def bprop(self, dE_dY: np.ndarray) -> np.ndarray:
        return dE_dY.reshape(self.shape)

    def extra_repr(self) -> str:
        return f"start_dim={self.start_dim}, end_dim={self.end_dim}"


class View(Module):
    """The same numbers in another shape; one of the sizes may be -1."""

    def __init__(self, *shape: int) -> None:
        if any(size < -1 for size in shape) or shape.count(-1) > 1:
            raise ValueError(f"View: sizes are at least 0, and one may be -1, got {shape}")
        self.shape = shape

    def fprop(self, X: np.ndarray) -> np.ndarray:
        check_input(self, X, "*")
        self.X_shape = X.shape
        try:
            self.Y = X.reshape(self.shape)
        except ValueError:
            wanted = f"as many numbers as shape {self.shape} has"
            raise InputError(self, wanted, f"shape {X.shape}") from None
        return self.Y

    def bprop(self, dE_dY: np.ndarray) -> np.ndarray:
        return dE_dY.reshape(self.X_shape)

    def extra_repr(self) -> str:
        return ", ".join(map(str, self.shape))
