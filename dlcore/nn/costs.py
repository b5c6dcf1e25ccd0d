"""Costs C(X_n, Y): how far the output is from the target (L26, L33).

A cost is a module with two inputs. `cost.fprop(X, target)` is the cost; `cost.bprop()` starts the
backward sweep with dE/dX_n = dC(X_n, Y)/dX_n.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..creation import tensor
from .checks import InputError, check_alike, check_input
from .module import Module
from .options import refuse
from .softmax import LogSoftmax


class Cost(Module):
    """What the costs share: torch's `reduction` of many costs, "mean", "sum" or "none"."""

    def __init__(self, reduction: str = "mean") -> None:
        if reduction not in ("mean", "sum", "none"):
            name = type(self).__name__
            raise ValueError(f"{name}: reduction is 'mean', 'sum' or 'none', got {reduction!r}")
        self.reduction = reduction

    def reduce(self, C: np.ndarray, count: Any) -> np.ndarray:
        """The costs C, their sum, or their sum divided by `count`; `scale` is then dY/dC."""
        share = 1 / count if count else np.nan  # the mean of nothing is nan, as in torch
        self.scale = C.dtype.type(share if self.reduction == "mean" else 1)
        return C if self.reduction == "none" else C.sum() * self.scale


class SquaredDistance(Cost):
    """C = ||X1 - X2||^2, summed over features and averaged over samples (L33).

    Two arrays of one shape (N, *), or (D,) for a single sample; gives one number.
        dE/dX1 = 2 (X1 - X2) dE/dC / N = -dE/dX2
    """

    def __init__(self) -> None:
        super().__init__("mean")

    def fprop(self, X1: np.ndarray, X2: np.ndarray) -> np.ndarray:
        check_alike(self, X1, X2)
        self.D = X1 - X2
        self.Y = self.reduce(self.D**2, count=len(X1) if X1.ndim > 1 else 1)
        return self.Y

    def bprop(self, dE_dY: Any = 1.0) -> tuple[np.ndarray, np.ndarray]:
        dE_dD = 2 * self.D * (self.scale * dE_dY)
        return dE_dD, -dE_dD


class MSELoss(Cost):
    """C = (X - target)^2 for every number, then their mean, their sum or ("none") all of them.

    Two arrays of one shape.
        dE/dX = 2 (X - target) dE/dC = -dE/dtarget
    """

    def __init__(
        self, size_average: None = None, reduce: None = None, reduction: str = "mean"
    ) -> None:
        refuse(self, size_average=size_average, reduce=reduce)
        super().__init__(reduction)

    def fprop(self, X: np.ndarray, target: np.ndarray) -> np.ndarray:
        check_alike(self, X, target)
        self.D = X - target
        self.Y = self.reduce(self.D**2, count=self.D.size)
        return self.Y

    def bprop(self, dE_dY: Any = 1.0) -> tuple[np.ndarray, np.ndarray]:
        dE_dD = 2 * self.D * (self.scale * dE_dY)
        return dE_dD, -dE_dD


class NLLLoss(Cost):
    """C = -w_t X_t: minus the log-probability X of the target class t, times its weight.

    X (N, C, *) log-probabilities, target (N, *) int class numbers; or X (C,), target ().

    weight: (C,) a weight w_c for each class, default 1. ignore_index: a target that costs nothing.
    "mean" divides the sum by the sum of the weights w_t of the targets that count.
        dE/dX_t = -w_t dE/dC, and 0 for the other classes
    """

    buffers = ("weight",)

    def __init__(
        self,
        weight: Any = None,
        size_average: None = None,
        ignore_index: int = -100,
        reduce: None = None,
        reduction: str = "mean",
    ) -> None:
        refuse(self, size_average=size_average, reduce=reduce)
        super().__init__(reduction)
        self.weight = None if weight is None else tensor(weight).data
        self.ignore_index = ignore_index

    def fprop(self, X: np.ndarray, target: Any) -> np.ndarray:
        check_input(self, X, "*", "C")
        target, self.axis = np.asarray(target), min(1, X.ndim - 1)
        self.check_shapes(X, target)
        self.counts = target != self.ignore_index
        t = np.where(self.counts, target, 0)
        outside = t[(t < 0) | (t >= X.shape[self.axis])]
        if outside.size:
            raise InputError(self, f"targets from 0 to {X.shape[self.axis] - 1}", f"{outside[0]}")
        sample = np.indices(t.shape, sparse=True)
        self.index = (*sample[: self.axis], t, *sample[self.axis :])  # X[index] is X_t
        self.w = self.counts.astype(X.dtype)
        if self.weight is not None:
            self.w *= self.weight[t]
        self.X_shape = X.shape
        X_t = np.where(self.counts, X[self.index], 0)
        self.Y = self.reduce(-self.w * X_t, count=self.w.sum())
        return self.Y

    def bprop(self, dE_dY: Any = 1.0) -> tuple[np.ndarray, None]:
        dE_dX = np.zeros(self.X_shape, self.w.dtype)
        dE_dX[self.index] = np.where(self.counts, -self.w * (self.scale * dE_dY), 0)
        return dE_dX, None

    def check_shapes(self, X: np.ndarray, target: np.ndarray) -> None:
        """Raise InputError unless there is one class number a sample, and one weight a class."""
        shape = X.shape[: self.axis] + X.shape[self.axis + 1 :]
        if target.dtype.kind not in "iu" or target.shape != shape:
            wanted = f"int class numbers of shape {shape} as targets for scores of shape {X.shape}"
            raise InputError(self, wanted, f"{target.dtype} of shape {target.shape}")
        self.check_weight(X)

    def check_weight(self, X: np.ndarray) -> None:
        """Raise InputError unless there is one weight a class."""
        if self.weight is not None and self.weight.shape != (X.shape[self.axis],):
            wanted = f"scores of {self.weight.size} classes, one a weight"
            raise InputError(self, wanted, f"shape {X.shape}")


class CrossEntropyLoss(NLLLoss):
    """LogSoftmax over the classes, then NLLLoss: from scores to a cost in one module (L41).

    X (N, C, *) scores, target (N, *) int class numbers; or X (C,), target (). Options as NLLLoss.
        dE/dX = softmax(X) - onehot(target), times w_t dE/dC
    Or target t like X, the probabilities of the classes. Then "mean" divides by the samples, and
        C = -sum_c w_c t_c log p_c,    p = softmax(X)
        dE/dX = p (sum_c w_c t_c) - w t, times dE/dC        dE/dt = -w log p dE/dC
    """

    def __init__(
        self,
        weight: Any = None,
        size_average: None = None,
        ignore_index: int = -100,
        reduce: None = None,
        reduction: str = "mean",
        label_smoothing: float = 0.0,
    ) -> None:
        refuse(self, 0.0, label_smoothing=label_smoothing)
        super().__init__(weight, size_average, ignore_index, reduce, reduction)

    def fprop(self, X: np.ndarray, target: Any) -> np.ndarray:
        check_input(self, X, "*", "C")
        self.axis = min(1, X.ndim - 1)
        self.log_p = LogSoftmax(dim=self.axis).fprop(X)
        self.soft = np.asarray(target).dtype.kind == "f"
        if not self.soft:
            return super().fprop(self.log_p, target)
        check_input(self, target, *X.shape, dtype=X.dtype)
        self.wt = self.class_weights(X) * target
        C = -(self.wt * self.log_p).sum(axis=self.axis)
        self.Y = self.reduce(C, count=C.size)
        return self.Y

    def bprop(self, dE_dY: Any = 1.0) -> tuple[np.ndarray, np.ndarray | None]:
        if self.soft:
            g = self.scale * np.asarray(dE_dY, self.log_p.dtype)
            g = np.expand_dims(g, self.axis) if g.ndim else g
            dE_dlogp, dE_dt = -self.wt * g, -self.class_weights(self.log_p) * self.log_p * g
        else:
            dE_dlogp, dE_dt = super().bprop(dE_dY)
        p = np.exp(self.log_p)
        return dE_dlogp - p * dE_dlogp.sum(axis=self.axis, keepdims=True), dE_dt

    def class_weights(self, X: np.ndarray) -> np.ndarray:
        """w_c, to be multiplied with an array like X."""
        if self.weight is None:
            return np.ones((), X.dtype)
        self.check_weight(X)
        return self.weight.reshape(-1, *[1] * (X.ndim - 1 - self.axis)).astype(X.dtype)
