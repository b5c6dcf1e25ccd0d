"""Linear: Y = W.X + B (L33, L36)."""

from __future__ import annotations

import numpy as np

from .. import random
from ..tensor import Parameter
from .checks import check_input, positive_int, refuse
from .module import Module


class Linear(Module):
    """Y = X.W^T + B, one sample a row: the lecture's Y = W.X + B for each of them (L33, L36).

    X (*, in_features), Y (*, out_features).
    weight W (out_features, in_features), bias B (out_features,).
        dE/dX = dE/dY . W        dE/dW = (dE/dY)^T . X        dE/dB = sum of dE/dY over samples
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
        self.X = X
        self.Y = X @ self.weight.data.T
        if self.bias is not None:
            self.Y += self.bias.data
        return self.Y

    def bprop(self, dE_dY: np.ndarray) -> np.ndarray | None:
        rows = dE_dY.reshape(-1, self.out_features)
        self.weight.accumulate_grad(rows.T @ self.X.reshape(-1, self.in_features))
        if self.bias is not None:
            self.bias.accumulate_grad(rows.sum(axis=0))
        return dE_dY @ self.weight.data if self.needs_input_grad[0] else None

    def extra_repr(self) -> str:
        bias = self.bias is not None
        return f"in_features={self.in_features}, out_features={self.out_features}, bias={bias}"
