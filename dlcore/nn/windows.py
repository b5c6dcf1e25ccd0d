"""A window that steps over images: what convolution and pooling have in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from .checks import InputError, check_input
from .module import Module

Pair = tuple[int, int]
Area = tuple[slice, slice]  # rows, columns


@dataclass(frozen=True)
class Window:
    """A window that steps over images; every pair is (for rows, for columns).

    kernel    how many pixels the window sees
    stride    how far it moves in a step
    padding   how wide the border around the image is, each a pair (before, after)
    dilation  how far apart the pixels lie that it sees; 1: side by side
    """

    kernel: Pair
    stride: Pair
    padding: tuple[Pair, Pair]
    dilation: Pair

    def padded(self, height: int, width: int) -> Pair:
        """The sizes of an image of these sizes, with its border."""
        return height + sum(self.padding[0]), width + sum(self.padding[1])

    def inside(self, height: int, width: int) -> Area:
        """Where the image lies inside its border."""
        (top, _), (left, _) = self.padding
        return slice(top, top + height), slice(left, left + width)

    def span(self) -> Pair:
        """How many rows and columns the window reaches over."""
        (kh, kw), (dh, dw) = self.kernel, self.dilation
        return dh * (kh - 1) + 1, dw * (kw - 1) + 1

    def taps(self, height: int, width: int) -> list[Area]:
        """For each pixel that the window sees, row by row: where it is, over all the steps."""
        (dh, dw), (sh, sw), (span_h, span_w) = self.dilation, self.stride, self.span()
        height, width = self.padded(height, width)
        return [
            (slice(i, height - span_h + i + 1, sh), slice(j, width - span_w + j + 1, sw))
            for i in range(0, span_h, dh)
            for j in range(0, span_w, dw)
        ]


def check_images(
    module: Module, X: Any, channels: int | str = "C", dtype: np.dtype | None = None
) -> None:
    """Raise InputError unless X is a float array (N, C, H, W) or (C, H, W), C, H and W not 0."""
    check_input(module, X, "*", dtype=dtype)
    if X.ndim not in (3, 4) or 0 in X.shape[-3:] or channels not in ("C", X.shape[-3]):
        wanted = f"shape (N, {channels}, H, W) or ({channels}, H, W), only N may be 0"
        raise InputError(module, wanted, f"{X.shape}")


def check_window(module: Module, X: np.ndarray, window: Window) -> None:
    """Raise InputError unless the window fits into the images X with their border."""
    (height, width), (rows, columns) = window.padded(*X.shape[-2:]), window.span()
    if height < rows or width < columns:
        wanted = f"images of at least {rows} x {columns} with their padding"
        raise InputError(module, wanted, f"{height} x {width}, shape {X.shape}")
