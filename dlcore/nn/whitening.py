"""Whitening: features without correlation, all of variance 1 (L22)."""

from __future__ import annotations

from typing import Self

import numpy as np

from .checks import InputError, check_input
from .module import Module
from .options import number, positive_int


class Whitening(Module):
    """Y = (X - mean) . W^T, where W makes the covariance of Y the identity: `fit` finds both (L22).

    With the covariance C = U . diag(v) . U^T of the data X (N, n_features), N in the denominator,
        kind="pca"    W = diag(1/sqrt(v + eps)) . U^T, of the n_components largest v (default: all)
        kind="zca"    W = U . diag(1/sqrt(v + eps)) . U^T, of all: the W that changes X least
    eps is added to every variance, so that directions in which the data hardly vary are not blown
    up; the variances of Y are v / (v + eps) then. The sign of a column of U, which is free, is the
    one that makes its largest entry positive.

    X (*, n_features), Y (*, n_features or n_components); dE/dX = dE/dY . W.

    The mean and the weight W are buffers, not trained: nan until `fit`, saved in the state_dict.
    (Bell and Sejnowski 1997, "The 'independent components' of natural scenes are edge filters".)
    """

    buffers = ("mean", "weight")

    def __init__(
        self, n_features: int, kind: str = "zca", n_components: int | None = None, eps: float = 1e-5
    ) -> None:
        positive_int(self, n_features=n_features)
        if kind not in ("pca", "zca"):
            raise ValueError(f"Whitening: kind is 'pca' or 'zca', got {kind!r}")
        if n_components is not None:
            positive_int(self, n_components=n_components)
            if kind == "zca" or n_components > n_features:
                wanted = f"n_components is for kind='pca', at most {n_features}"
                raise ValueError(f"Whitening: {wanted}, got {n_components} for {kind!r}")
        self.n_features, self.kind, self.n_components = n_features, kind, n_components
        self.eps = number(self, "eps", eps)
        if eps < 0:
            raise ValueError(f"Whitening: eps should not be negative, got {eps}")
        self.mean = np.full(n_features, np.nan, np.float32)
        self.weight = np.full((n_components or n_features, n_features), np.nan, np.float32)

    def fit(self, X: np.ndarray) -> Self:
        """Find mean and weight from data X (N, n_features), and take its dtype. Returns self.

        Raises ValueError if eps is 0 and the data do not vary in as many directions as asked for.
        """
        check_input(self, X, "N", self.n_features)
        if len(X) < 2 or not np.isfinite(X).all():
            raise InputError(self, "at least 2 samples of finite numbers", f"shape {X.shape}")
        mean = X.mean(axis=0, dtype=np.float64)
        v, U = np.linalg.eigh((X - mean).T @ (X - mean) / len(X))
        largest_first = slice(None, -1 - len(self.weight), -1)
        v, U = np.maximum(v[largest_first], 0), U[:, largest_first]
        rank = np.sum(v > v[0] * len(v) * np.finfo(np.float64).eps)
        if self.eps == 0 and rank < len(v):
            raise ValueError(
                f"Whitening: the data vary in {rank} directions, not in {len(v)}: "
                "give an eps, or fewer n_components"
            )
        U = U * np.sign(U[np.abs(U).argmax(axis=0), np.arange(len(v))])
        W = U.T / np.sqrt(v + self.eps)[:, None]
        if self.kind == "zca":
            W = U @ W
        self.mean, self.weight = mean.astype(X.dtype), W.astype(X.dtype)
        return self

    def fprop(self, X: np.ndarray) -> np.ndarray:
        self._check_fitted()
        check_input(self, X, "*", self.n_features, dtype=self.weight.dtype)
        self.Y = (X - self.mean) @ self.weight.T
        return self.Y

    def bprop(self, dE_dY: np.ndarray) -> np.ndarray:
        return dE_dY @ self.weight

    def inverse(self, Y: np.ndarray) -> np.ndarray:
        """X from Y, by the pseudo-inverse of W: with fewer components, what they hold of X."""
        self._check_fitted()
        check_input(self, Y, "*", len(self.weight), dtype=self.weight.dtype)
        return Y @ np.linalg.pinv(self.weight).T + self.mean

    def _check_fitted(self) -> None:
        if np.isnan(self.mean).any():
            raise RuntimeError(f"{self}: not fitted; call fit(X) with the data first")

    def extra_repr(self) -> str:
        components = f", n_components={self.n_components}" if self.n_components else ""
        return f"{self.n_features}, kind={self.kind!r}{components}, eps={self.eps}"
