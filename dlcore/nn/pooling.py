"""Pooling: what a window sees becomes one number, over space or over features (L25)."""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Iterable
from typing import Any

import numpy as np

from ..tensor import Tensor
from .checks import InputError, check_input
from .module import Module
from .options import number, pair, positive_int, refuse
from .windows import Pair, Window, check_images, check_window
from .wiring import View

Size = int | Pair


class Pool2d(Module):
    """What the pools share: a window that steps over each feature map by itself.

    X (N, C, H, W) or (C, H, W); Y (N, C, H', W') or (C, H', W'),
    H' = (H + 2 padding - dilation (kernel - 1) - 1) // stride + 1. Without a stride, the windows
    lie side by side: stride = kernel_size.

    A pool defines fprop, and dY_dX for each pixel that its window sees. Then
        dE/dX[h + i, w + j] += dE/dY[h, w] dY[h, w]/dX[h + i, w + j]    for each (i, j)
    """

    Y: np.ndarray

    def __init__(
        self, kernel_size: Size, stride: Size | None, padding: Size = 0, dilation: Size = 1
    ) -> None:
        self.kernel_size, self.stride = kernel_size, stride
        self.padding, self.dilation = padding, dilation
        kernel = pair(self, "kernel_size", kernel_size)
        rows, cols = pair(self, "padding", padding, 0)
        self.window = Window(
            kernel=kernel,
            stride=kernel if stride is None else pair(self, "stride", stride),
            padding=((rows, rows), (cols, cols)),
            dilation=pair(self, "dilation", dilation),
        )
        if any(2 * p > span for p, span in zip((rows, cols), self.window.span(), strict=True)):
            most = "at most half of what the window reaches over"
            raise ValueError(f"{type(self).__name__}: padding should be {most}, got {padding}")

    def see(self, X: np.ndarray, border: float = 0.0) -> list[np.ndarray]:
        """For each pixel that the window sees: its values over all the steps, a view of X.

        Keeps X, with the border around it, for `seen`.
        """
        check_images(self, X)
        check_window(self, X, self.window)
        self.X_size, self.X = X.shape[-2:], X
        if any(self.window.padding[0] + self.window.padding[1]):
            padded_size = self.window.padded(*self.X_size)
            self.X = np.full_like(X, border, shape=(*X.shape[:-2], *padded_size))
            self.X[..., *self.window.inside(*self.X_size)] = X
        return self.seen()

    def seen(self) -> list[np.ndarray]:
        """What `see` gave, again."""
        return [self.X[..., rows, cols] for rows, cols in self.window.taps(*self.X_size)]

    def dY_dX(self) -> Iterable[Any]:
        """For each pixel that the window sees: dY/dX, over all the steps."""
        raise NotImplementedError(f"{type(self).__name__} does not define dY_dX")

    def bprop(self, dE_dY: np.ndarray) -> np.ndarray:
        dE_dY = np.full_like(self.Y, dE_dY)  # in the memory layout of Y, where it is fast
        dE_dX = np.zeros_like(self.X)
        for (rows, cols), dY_dX in zip(self.window.taps(*self.X_size), self.dY_dX(), strict=True):
            dE_dX[..., rows, cols] += dE_dY * dY_dX
        return dE_dX[..., *self.window.inside(*self.X_size)]


class MaxPool2d(Pool2d):
    """Y = max_i X_i over the window; dY/dX_i = 1 for the largest, else 0.

    A tie goes to the first, row by row, as in torch; the border is -infinity. A nan in the window
    makes Y nan, and its gradient goes nowhere (torch gives it to the last nan).
    """

    def __init__(
        self,
        kernel_size: Size,
        stride: Size | None = None,
        padding: Size = 0,
        dilation: Size = 1,
        return_indices: bool = False,
        ceil_mode: bool = False,
    ) -> None:
        refuse(self, False, return_indices=return_indices, ceil_mode=ceil_mode)
        super().__init__(kernel_size, kernel_size if stride is None else stride, padding, dilation)

    def fprop(self, X: np.ndarray) -> np.ndarray:
        self.Y, *others = self.see(X, border=-np.inf)
        for x in others:
            self.Y = np.maximum(self.Y, x)
        return self.Y

    def dY_dX(self) -> Iterable[np.ndarray]:
        free = np.ones_like(self.Y, dtype=bool)
        for x in self.seen():
            won = free & (x == self.Y)
            free = free & ~won
            yield won

    def extra_repr(self) -> str:
        size = f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}"
        return f"{size}, dilation={self.dilation}, ceil_mode=False"


class AvgPool2d(Pool2d):
    """Y = sum_i X_i / n over the window of n pixels; dY/dX_i = 1 / n.

    count_include_pad=False counts only pixels of the image, not of its border, which is 0;
    divisor_override divides by another number than n.
    """

    def __init__(
        self,
        kernel_size: Size,
        stride: Size | None = None,
        padding: Size = 0,
        ceil_mode: bool = False,
        count_include_pad: bool = True,
        divisor_override: int | None = None,
    ) -> None:
        refuse(self, False, ceil_mode=ceil_mode)
        super().__init__(kernel_size, kernel_size if stride is None else stride, padding)
        if divisor_override is not None:
            positive_int(self, divisor_override=divisor_override)
        self.count_include_pad, self.divisor_override = count_include_pad, divisor_override

    def fprop(self, X: np.ndarray) -> np.ndarray:
        seen = self.see(X)
        self.n: Any = self.divisor_override or len(seen)
        if not (self.count_include_pad or self.divisor_override):
            inside = np.zeros(self.X.shape[-2:], X.dtype)
            inside[self.window.inside(*self.X_size)] = 1
            self.n = sum(inside[tap] for tap in self.window.taps(*self.X_size))
        self.Y = sum(seen) / self.n
        return self.Y

    def dY_dX(self) -> Iterable[Any]:
        return itertools.repeat(1 / self.n, math.prod(self.window.kernel))

    def extra_repr(self) -> str:
        return f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}"


class LPPool2d(Pool2d):
    """Y = (sum_i X_i^p)^(1/p) over the window, p = norm_type > 0; dY/dX_i = (X_i / Y)^(p - 1).

    p = 1 is the sum; the larger p, the closer to the largest |X_i| (for even p, or X_i >= 0). As in
    torch, dY/dX_i is 0 where Y is 0, and a root that is not real is nan: a negative sum (p = 3),
    a negative X_i (p = 1.5). Powers are taken of X_i / max |X_i|: no large p can overflow.
    (Sermanet, Chintala and LeCun 2012, "Convolutional neural networks applied to house numbers
    digit classification".)
    """

    def __init__(
        self,
        norm_type: float,
        kernel_size: Size,
        stride: Size | None = None,
        ceil_mode: bool = False,
    ) -> None:
        refuse(self, False, ceil_mode=ceil_mode)
        self.norm_type = number(self, "norm_type", norm_type, above=0)
        super().__init__(kernel_size, stride)

    def fprop(self, X: np.ndarray) -> np.ndarray:
        p, seen = self.norm_type, self.see(X)
        largest = functools.reduce(np.maximum, map(np.abs, seen))
        scale = np.where((largest > 0) & (largest < np.inf), largest, 1)
        with np.errstate(invalid="ignore"):  # a root that is not real
            self.Y = scale * sum((x / scale) ** p for x in seen) ** (1 / p)
        return self.Y

    def dY_dX(self) -> Iterable[np.ndarray]:
        zero = self.Y == 0
        Y, p = np.where(zero, 1, self.Y), self.norm_type
        with np.errstate(divide="ignore", invalid="ignore"):
            return [np.where(zero, 0, (x / Y) ** (p - 1)) for x in self.seen()]

    def extra_repr(self) -> str:
        size = f"kernel_size={self.kernel_size}, stride={self.stride}"
        return f"norm_type={self.norm_type}, {size}, ceil_mode=False"


class LogProbPool2d(Pool2d):
    """Y = 1/b log(sum_i exp(b X_i)) over the window of n pixels, b > 0.

        dY/dX_i = exp(b X_i) / sum_j exp(b X_j)
    mean=True takes the mean of the exponentials: Y is less by log(n) / b, its gradient the same.
    For b -> 0 it tends to the mean of the X_i, and the sum to infinity; for b -> infinity both tend
    to the maximum M. Neither a small b nor a large b X_i does harm, since it is computed as
        Y = M + 1/b log(1 + mean_i(exp(b (X_i - M)) - 1)),  + log(n) / b for the sum.
    """

    def __init__(
        self, b: float, kernel_size: Size, stride: Size | None = None, mean: bool = False
    ) -> None:
        self.b, self.mean = number(self, "b", b, above=0), mean
        super().__init__(kernel_size, kernel_size if stride is None else stride)

    def fprop(self, X: np.ndarray) -> np.ndarray:
        seen = self.see(X)
        M = functools.reduce(np.maximum, seen)
        M = np.where(np.isfinite(M), M, 0)
        self.gains = [np.expm1(self.b * (x - M)) for x in seen]  # exp(b (x - M)) - 1
        self.gain = sum(self.gains) / len(seen)
        self.Y = M + np.log1p(self.gain) / self.b
        if not self.mean:
            self.Y += math.log(len(seen)) / self.b
        return self.Y

    def dY_dX(self) -> Iterable[np.ndarray]:
        n = len(self.gains)
        return ((1 + gain) / (n * (1 + self.gain)) for gain in self.gains)

    def extra_repr(self) -> str:
        mean = ", mean=True" if self.mean else ""
        return f"b={self.b}, kernel_size={self.kernel_size}, stride={self.stride}{mean}"


class FeaturePool(Module):
    """A pool over features instead of space: FeaturePool(MaxPool2d((4, 1))) takes four at a time.

    pool: any pool whose window is (n, 1). It sees an image with a row for each feature and a column
    for each place, so n features become one at every place; a stride (s, 1) lets groups overlap.

    X (N, C, H, W) or (C, H, W) images, (N, C) or (C,) vectors; Y the same with fewer features.

    The maximum over features is Maxout (Goodfellow et al. 2013, "Maxout networks").
    """

    def __init__(self, pool: Pool2d) -> None:
        if not isinstance(pool, Pool2d):
            raise TypeError(f"FeaturePool: expected a pool such as MaxPool2d((4, 1)), got {pool!r}")
        window = pool.window
        if (window.kernel[1], window.stride[1], window.padding[1]) != (1, 1, (0, 0)):
            raise ValueError(f"FeaturePool: expected a window (n, 1) with a step of 1, got {pool}")
        self.pool = pool

    def forward(self, X: Tensor) -> Tensor:
        """Y from X: features to rows, the pool, rows to features."""
        check_input(self, X.data, "*")
        if X.ndim not in (1, 2, 3, 4):
            shapes = "(N, C, H, W), (C, H, W), (N, C) or (C,)"
            raise InputError(self, f"shape {shapes}", f"{X.shape}")
        *samples, C = X.shape[:-2] if X.ndim > 2 else X.shape
        places = X.shape[-2:] if X.ndim > 2 else ()
        image = View(math.prod(samples), 1, C, math.prod(places))(X)
        Y = self.pool(image)
        return View(*samples, Y.shape[2], *places)(Y)
