"""Normalization of images: remove the local mean, divide by the local contrast (L22).

After Jarrett, Kavukcuoglu, Ranzato and LeCun 2009, "What is the best multi-stage architecture for
object recognition?", section 2.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .arithmetic import ratio
from .module import Module, Sequential
from .options import number, positive_int
from .windows import check_images


class LocalNorm(Module):
    """What both need: M(X), the mean over a Gaussian window and over all features.

        M(X)[h, w] = sum_{c, p, q} w[p, q] X[c, h + p, w + q],        sum_{c, p, q} w[p, q] = 1
    At the border it is the mean over the part of the window that lies in the image.

    size: height and width of the window, odd. sigma: width of the Gaussian in pixels, a quarter of
    the size by default. X (N, C, H, W) or (C, H, W), M(X) (N, 1, H, W) or (1, H, W).

    A Gaussian in two dimensions is a product of one for the rows and one for the columns. With
    matrices A and B that hold one such window in each row, and C features,
        M(X) = A . (sum_c X_c / C) . B^T
        M^T(dE/dM) = A^T . dE/dM . B / C, the dE/dX_c of every feature c
    """

    def __init__(self, size: int = 9, sigma: float | None = None) -> None:
        positive_int(self, size=size)
        if size % 2 == 0:
            raise ValueError(f"{type(self).__name__}: size should be odd, got {size}")
        self.size = size
        self.sigma = size / 4 if sigma is None else number(self, "sigma", sigma, above=0)

    def windows(self, n: int, dtype: Any) -> np.ndarray:
        """(n, n): in row i the window around pixel i, cut at the border, with the sum 1."""
        distance = np.abs(np.arange(n)[:, None] - np.arange(n))
        w = np.exp(-((distance / self.sigma) ** 2) / 2) * (distance <= self.size // 2)
        return (w / w.sum(axis=1, keepdims=True)).astype(dtype)

    def local_mean(self, X: np.ndarray) -> np.ndarray:
        """M(X)."""
        A, B = (self.windows(n, X.dtype) for n in X.shape[-2:])
        return A @ X.mean(axis=-3, keepdims=True) @ B.T

    def local_mean_bprop(self, dE_dM: np.ndarray, n_features: int) -> np.ndarray:
        """M^T(dE/dM), the same for each of the n_features."""
        A, B = (self.windows(n, dE_dM.dtype) for n in dE_dM.shape[-2:])
        return A.T @ dE_dM @ B / n_features

    def extra_repr(self) -> str:
        return f"size={self.size}, sigma={self.sigma}"


class SubtractiveNorm(LocalNorm):
    """Y = X - M(X): what is left without the local mean, a high-pass filter (L22).

        dE/dX = dE/dY - M^T(sum over the features of dE/dY)
    X (N, C, H, W) or (C, H, W), Y the same. A constant image gives exactly 0. A nan reaches its
    whole image, and no other.
    """

    def fprop(self, X: np.ndarray) -> np.ndarray:
        check_images(self, X)
        # Less one pixel: that changes nothing, but a constant is 0 without rounding. In float64, as
        # that pixel may be the largest.
        Z = X.astype(np.float64) - X[..., :1, :1, :1]
        self.Y = (Z - self.local_mean(Z)).astype(X.dtype)
        return self.Y

    def bprop(self, dE_dY: np.ndarray) -> np.ndarray:
        dE_dM = -dE_dY.sum(axis=-3, keepdims=True)
        return dE_dY + self.local_mean_bprop(dE_dM, dE_dY.shape[-3])


class DivisiveNorm(LocalNorm):
    """Y = X / D, D = max(c, S), with the local contrast S = sqrt(M(X^2)) (L22).

    c, the mean of S over the image, keeps small noise in a flat region from being blown up.
        dE/dD = -sum over the features of dE/dY Y / D
        dE/dS = dE/dD where S > c, and everywhere what c takes: the mean of dE/dD where S <= c
        dE/dX = dE/dY / D + X M^T(dE/dS / S)
    X (N, C, H, W) or (C, H, W), Y the same; Y does not change when X is multiplied by a number.
    Where S = 0, it passes no gradient on; an image of zeros gives zeros. A nan reaches its whole
    image, and no other.
    """

    def fprop(self, X: np.ndarray) -> np.ndarray:
        check_images(self, X)
        largest = np.abs(X).max(axis=(-3, -2, -1), keepdims=True)
        self.scale = np.where((largest > 0) & (largest < np.inf), largest, 1)
        self.X = X / self.scale  # neither huge nor tiny numbers are lost in their squares
        self.S = np.sqrt(self.local_mean(self.X**2))
        self.c = self.S.mean(axis=(-2, -1), keepdims=True)
        self.D = np.maximum(self.c, self.S)
        self.Y = ratio(self.X, self.D)
        return self.Y

    def bprop(self, dE_dY: np.ndarray) -> np.ndarray:
        dE_dX = ratio(dE_dY, self.D)
        dE_dD = -(dE_dX * self.Y).sum(axis=-3, keepdims=True)
        above = self.S > self.c
        dE_dS = dE_dD * above + (dE_dD * ~above).mean(axis=(-2, -1), keepdims=True)
        dE_dX += self.X * self.local_mean_bprop(ratio(dE_dS, self.S), dE_dY.shape[-3])
        return dE_dX / self.scale


class LocalContrastNorm(Sequential):
    """SubtractiveNorm, then DivisiveNorm, with the same window: local contrast normalization (L22).

    X (N, C, H, W) or (C, H, W), Y the same. A constant image gives exactly 0.
    """

    def __init__(self, size: int = 9, sigma: float | None = None) -> None:
        super().__init__(SubtractiveNorm(size, sigma), DivisiveNorm(size, sigma))
