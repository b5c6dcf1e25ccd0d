"""Conv2d: one small bank of filters at every place of an image (L05, L23)."""

from __future__ import annotations

import math

import numpy as np

from .. import random
from ..tensor import Parameter, Tensor
from .module import Module
from .options import pair, positive_int, refuse
from .windows import Pair, Window, check_images, check_window


class Conv2d(Module):
    """Y[o, h, w] = B[o] + sum_{c, i, j} W[o, c, i, j] X[c, h + i, w + j], for each image (L23).

    X (N, C, H, W) or (C, H, W), C = in_channels; Y (N, O, H', W') or (O, H', W'), O = out_channels,
    H' = (H + 2 padding - dilation (kernel - 1) - 1) // stride + 1.

    weight W (O, C / groups, kernel height, kernel width), bias B (O,).

    stride: how many pixels the window moves in a step; dilation: how far apart are those it sees;
    padding: how many zeros are put around the image, "valid" for none, "same" for as many as keep
    its size. Each of the groups of outputs sees only its own group of inputs.

    What the window sees at one place is a column. With all of them side by side it is a Linear:
        Y = W . columns + B        dE/dW = dE/dY . columns^T        dE/dB = sum of dE/dY
        dE/dX[c, h + i, w + j] += sum_o W[o, c, i, j] dE/dY[o, h, w]    for each (i, j)
    In memory the batch comes last, (C, H, W, N): then a column's neighbors are copied in long runs,
    and the products need no copies. The columns, kernel height x width times X, are kept for bprop.
    Weight and bias start uniform in +-1/sqrt(C / groups * kernel height * width), as in torch.
    (LeCun et al. 1989, "Backpropagation applied to handwritten zip code recognition".)
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int | Pair,
        stride: int | Pair = 1,
        padding: str | int | Pair = 0,
        dilation: int | Pair = 1,
        groups: int = 1,
        bias: bool = True,
        padding_mode: str = "zeros",
        device: None = None,
        dtype: None = None,
    ) -> None:
        refuse(self, "zeros", padding_mode=padding_mode)
        refuse(self, device=device, dtype=dtype)
        positive_int(self, in_channels=in_channels, out_channels=out_channels, groups=groups)
        if in_channels % groups or out_channels % groups:
            channels = f"{in_channels} in_channels and {out_channels} out_channels"
            raise ValueError(f"Conv2d: groups should divide {channels}, got {groups}")
        self.in_channels, self.out_channels, self.groups = in_channels, out_channels, groups
        self.kernel_size = pair(self, "kernel_size", kernel_size)
        self.stride = pair(self, "stride", stride)
        self.dilation = pair(self, "dilation", dilation)
        self.padding = padding if isinstance(padding, str) else pair(self, "padding", padding, 0)
        self.window = Window(self.kernel_size, self.stride, self._border(), self.dilation)
        shape = (out_channels, in_channels // groups, *self.kernel_size)
        bound = math.prod(shape[1:]) ** -0.5
        self.weight = Parameter(random.uniform(-bound, bound, shape))
        self.bias = Parameter(random.uniform(-bound, bound, (out_channels,))) if bias else None

    def fprop(self, X: np.ndarray) -> np.ndarray:
        check_images(self, X, self.in_channels, self.weight.dtype)
        check_window(self, X, self.window)
        self.X_shape = X.shape
        padded = np.pad(batch_last(X), ((0, 0), *self.window.padding, (0, 0)))
        taps = [padded[:, rows, cols] for rows, cols in self.window.taps(*X.shape[-2:])]
        self.W = self.weight.detach()  # as it is now, for bprop
        W = self._by_group(self.W)
        self.columns = np.stack(taps, axis=1).reshape(self.groups, W.shape[2], -1)
        Y = W @ self.columns
        if self.bias is not None:
            Y += self.bias.data.reshape(self.groups, -1, 1)
        self.Y = batch_first(Y.reshape(self.out_channels, *taps[0].shape[1:]), X.ndim)
        return self.Y

    def bprop(self, dE_dY: np.ndarray) -> np.ndarray | None:
        _, *size, n = batch_last(dE_dY).shape
        W = self._by_group(self.W)
        g = batch_last(dE_dY).reshape(*W.shape[:2], -1)
        if self.bias is not None:
            self.bias.accumulate_grad(g.sum(axis=2).ravel())
        dE_dW = (self.columns @ g.mT).mT  # the sums of g @ columns.mT, in two thirds of the time
        self.weight.accumulate_grad(dE_dW.reshape(self.weight.shape))
        if not self.needs_input_grad[0]:
            return None
        *_, height, width = self.X_shape
        taps = self.window.taps(height, width)
        dE_dcolumns = (W.mT @ g).reshape(self.in_channels, len(taps), *size, n)
        dE_dX = np.zeros((self.in_channels, *self.window.padded(height, width), n), g.dtype)
        for k, (rows, cols) in enumerate(taps):
            dE_dX[:, rows, cols] += dE_dcolumns[:, k]  # back to where the column was taken from
        return batch_first(dE_dX[:, *self.window.inside(height, width)], len(self.X_shape))

    def _by_group(self, W: Tensor) -> np.ndarray:
        """The filters of each group, one in each row."""
        return W.data.reshape(self.groups, self.out_channels // self.groups, -1)

    def _border(self) -> tuple[Pair, Pair]:
        """The padding as (before, after) of the rows and of the columns."""
        if self.padding == "valid":
            return (0, 0), (0, 0)
        if self.padding == "same":
            if self.stride != (1, 1):
                raise ValueError(f"Conv2d: padding='same' needs stride 1, got {self.stride}")
            (kh, kw), (dh, dw) = self.kernel_size, self.dilation
            rows, cols = dh * (kh - 1), dw * (kw - 1)
            return (rows // 2, rows - rows // 2), (cols // 2, cols - cols // 2)
        if isinstance(self.padding, str):
            raise ValueError(f"Conv2d: padding is 'same', 'valid' or sizes, got {self.padding!r}")
        return (self.padding[0],) * 2, (self.padding[1],) * 2

    def extra_repr(self) -> str:
        text = f"{self.in_channels}, {self.out_channels}"
        text += f", kernel_size={self.kernel_size}, stride={self.stride}"
        text += f", padding={self.padding}" if self.padding != (0, 0) else ""
        text += f", dilation={self.dilation}" if self.dilation != (1, 1) else ""
        text += f", groups={self.groups}" if self.groups != 1 else ""
        return text + (", bias=False" if self.bias is None else "")


def batch_last(X: np.ndarray) -> np.ndarray:
    """A view (C, H, W, N) of images (N, C, H, W), or of one image (C, H, W)."""
    return X.transpose(1, 2, 3, 0) if X.ndim == 4 else X[..., None]


def batch_first(X: np.ndarray, ndim: int) -> np.ndarray:
    """The way back: a view (N, C, H, W) of images (C, H, W, N), or one (C, H, W) if ndim is 3."""
    return X.transpose(3, 0, 1, 2) if ndim == 4 else X[..., 0]
