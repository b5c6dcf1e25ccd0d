"""RBF: how close the input is to each of some centers."""

from __future__ import annotations

import numpy as np

from .. import random
from ..tensor import Parameter
from .checks import check_input
from .module import Module
from .options import number, positive_int


class RBF(Module):
    """Y_j = exp(-gamma ||X - c_j||^2): the first layer of a machine with Gaussian kernels (L13).

    X (*, in_features), Y (*, n_centers); centers c (n_centers, in_features), at first Gaussian.
        dE/dX = -sum_j r_j (X - c_j)        dE/dc_j = sum of r_j (X - c_j) over the samples
    with r_j = 2 gamma Y_j dE/dY_j. All distances, ||X||^2 + ||c_j||^2 - 2 X.c_j, take one matrix
    product. They are measured from the middle of the centers, in float64, so that small ones are
    not lost between large squares. (Broomhead and Lowe 1988, "Multivariable functional
    interpolation and adaptive networks".)
    """

    def __init__(self, in_features: int, n_centers: int, gamma: float = 1.0) -> None:
        positive_int(self, in_features=in_features, n_centers=n_centers)
        self.in_features, self.n_centers = in_features, n_centers
        self.gamma = number(self, "gamma", gamma, above=0)
        self.centers = Parameter(random.normal((n_centers, in_features)))

    def fprop(self, X: np.ndarray) -> np.ndarray:
        check_input(self, X, "*", self.in_features, dtype=self.centers.dtype)
        middle = self.centers.data.mean(axis=0, dtype=np.float64)
        A, C = X - middle, self.centers.data - middle  # float64: large squares nearly cancel
        squares = (A**2).sum(axis=-1, keepdims=True) + (C**2).sum(axis=-1)
        distance2 = np.maximum(squares - 2 * A @ C.T, 0)  # rounding may go below 0
        distance2 = np.where(np.isinf(squares), np.inf, distance2)  # there, inf - inf is nan
        self.X, self.C = A.astype(X.dtype), C.astype(X.dtype)
        self.Y = np.exp(-self.gamma * distance2).astype(X.dtype)
        return self.Y

    def bprop(self, dE_dY: np.ndarray) -> np.ndarray:
        r = 2 * self.gamma * self.Y * dE_dY
        rows, X = r.reshape(-1, self.n_centers), self.X.reshape(-1, self.in_features)
        self.centers.accumulate_grad(rows.T @ X - rows.sum(axis=0)[:, None] * self.C)
        return r @ self.C - r.sum(axis=-1, keepdims=True) * self.X

    def extra_repr(self) -> str:
        return f"{self.in_features}, {self.n_centers}, gamma={self.gamma}"
