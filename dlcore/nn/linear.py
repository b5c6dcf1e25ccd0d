"""Linear: Y = W.X + B (L33, L36)."""

from __future__ import annotations

import numpy as np

from .. import random
from ..tensor import Parameter
from .checks import check_input
from .module import Module
from .options import positive_int, refuse


class Linear(Module):
    """Y = W.X + B, a sample a column, as the lecture writes it (L33, L36).

    Outside a sample is a row, as in torch: X (*, in_features), Y (*, out_features).

    weight W (out_features, in_features), bias B (out_features,).
        dE/dX = W^T . dE/dY        dE/dW = dE/dY . X^T        dE/dB = sum of dE/dY over samples
    Weight and bias start uniform in +-1/sqrt(in_features), as in torch (LeCun et al. 1998,
    "Efficient BackProp", section 4.6, with a smaller spread).
    """

    def __init__(
        self,
        in_features: int,
        out_features: int,
        bias: bool = True,
        device: None = None,
        dtype: None = None,
    ) -> None:
        refuse(self, device=device, dtype=dtype)
        positive_int(self, in_features=in_features, out_features=out_features)
        self.in_features, self.out_features = in_features, out_features
        bound = in_features**-0.5
        self.weight = Parameter(random.uniform(-bound, bound, (out_features, in_features)))
        self.bias = Parameter(random.uniform(-bound, bound, (out_features,))) if bias else None

    def fprop(self, X: np.ndarray) -> np.ndarray:
        check_input(self, X, "*", self.in_features, dtype=self.weight.dtype)
        self.X, self.W = _columns(X), self.weight.detach()  # W as it is now, for bprop
        Y = self.W.data @ self.X
        if self.bias is not None:
            Y += self.bias.data[:, np.newaxis]
        self.Y = Y.T.reshape(*X.shape[:-1], self.out_features)
        return self.Y

    def bprop(self, dE_dY: np.ndarray) -> np.ndarray | None:
        dY = _columns(dE_dY)
        self.weight.accumulate_grad(dY @ self.X.T)
        if self.bias is not None:
            self.bias.accumulate_grad(dY.sum(axis=1))
        if not self.needs_input_grad[0]:
            return None
        dX = self.W.data.T @ dY
        return dX.T.reshape(*dE_dY.shape[:-1], self.in_features)

    def extra_repr(self) -> str:
        bias = self.bias is not None
        return f"in_features={self.in_features}, out_features={self.out_features}, bias={bias}"


def _columns(rows: np.ndarray) -> np.ndarray:
    """The samples (*, n) as the columns of a matrix (n, samples)."""
    return rows.reshape(-1, rows.shape[-1]).T
