"""Non-linearities: point-wise, with a diagonal Jacobian, and winner-takes-all (L24, L37)."""

from __future__ import annotations

import operator

import numpy as np

from .arithmetic import ratio
from .checks import InputError, check_input
from .module import Module
from .options import number, positive_int, refuse


class ReLU(Module):
    """y = max(x, 0); dE/dx = dE/dy where x > 0, else 0 (L37).

    Any shape. At the kink x = 0 the gradient is 0, as in torch (the lecture's slide passes it on).
    """

    def __init__(self, inplace: bool = False) -> None:
        refuse(self, False, inplace=inplace)

    def fprop(self, X: np.ndarray) -> np.ndarray:
        check_input(self, X, "*")
        self.Y = np.maximum(X, 0)
        return self.Y

    def bprop(self, dE_dY: np.ndarray) -> np.ndarray:
        return dE_dY * (self.Y > 0)


class Tanh(Module):
    """y = tanh(x); dE/dx = (1 - y^2) dE/dy. Any shape."""

    def fprop(self, X: np.ndarray) -> np.ndarray:
        check_input(self, X, "*")
        self.Y = np.tanh(X)
        return self.Y

    def bprop(self, dE_dY: np.ndarray) -> np.ndarray:
        return dE_dY * (1 - self.Y**2)


class Sigmoid(Module):
    """y = 1 / (1 + exp(-x)); dE/dx = y (1 - y) dE/dy. Any shape."""

    def fprop(self, X: np.ndarray) -> np.ndarray:
        check_input(self, X, "*")
        e = np.exp(-np.abs(X))  # cannot overflow; for x < 0 the fraction is expanded by exp(x)
        self.Y = np.where(X < 0, e, 1) / (1 + e)
        return self.Y

    def bprop(self, dE_dY: np.ndarray) -> np.ndarray:
        return dE_dY * self.Y * (1 - self.Y)


class Hardtanh(Module):
    """y = x between min_val and max_val, else the nearer of the two: saturation (L24). Any shape.

    dE/dx = dE/dy strictly between them, else 0: also at both kinks, as in torch.
    """

    def __init__(
        self,
        min_val: float = -1.0,
        max_val: float = 1.0,
        inplace: bool = False,
        min_value: None = None,
        max_value: None = None,
    ) -> None:
        refuse(self, False, inplace=inplace)
        refuse(self, min_value=min_value, max_value=max_value)
        self.min_val = number(self, "min_val", min_val)
        self.max_val = number(self, "max_val", max_val, above=self.min_val)

    def fprop(self, X: np.ndarray) -> np.ndarray:
        check_input(self, X, "*")
        self.flat = (X <= self.min_val) | (X >= self.max_val)
        self.Y = np.clip(X, self.min_val, self.max_val)
        return self.Y

    def bprop(self, dE_dY: np.ndarray) -> np.ndarray:
        return dE_dY * ~self.flat

    def extra_repr(self) -> str:
        return f"min_val={self.min_val}, max_val={self.max_val}"


class Threshold(Module):
    """y = x where x > threshold, else value; dE/dx = dE/dy where x > threshold, else 0 (L24).

    Any shape. At x = threshold, y is value and the gradient is 0, as in torch.
    """

    def __init__(self, threshold: float, value: float, inplace: bool = False) -> None:
        refuse(self, False, inplace=inplace)
        self.threshold = number(self, "threshold", threshold)
        self.value = number(self, "value", value)

    def fprop(self, X: np.ndarray) -> np.ndarray:
        check_input(self, X, "*")
        self.flat = X <= self.threshold
        self.Y = np.where(self.flat, self.value, X)
        return self.Y

    def bprop(self, dE_dY: np.ndarray) -> np.ndarray:
        return dE_dY * ~self.flat

    def extra_repr(self) -> str:
        return f"threshold={self.threshold}, value={self.value}"


class Hardshrink(Module):
    """y = x where |x| > lambd, else 0; dE/dx = dE/dy where |x| > lambd, else 0 (L24).

    Any shape. At the jump |x| = lambd, y and the gradient are 0, as in torch.
    """

    def __init__(self, lambd: float = 0.5) -> None:
        self.lambd = number(self, "lambd", lambd)

    def fprop(self, X: np.ndarray) -> np.ndarray:
        check_input(self, X, "*")
        self.flat = np.abs(X) <= self.lambd
        self.Y = np.where(self.flat, 0, X)
        return self.Y

    def bprop(self, dE_dY: np.ndarray) -> np.ndarray:
        return dE_dY * ~self.flat

    def extra_repr(self) -> str:
        return f"{self.lambd}"


class Softshrink(Module):
    """y = x - lambd where x > lambd, x + lambd where x < -lambd, else 0: shrinkage (L24).

    Any shape. dE/dx = dE/dy where |x| > lambd, else 0: also at both kinks, as in torch.

    It is one step towards the sparse code of x (Gregor and LeCun 2010, "Learning fast
    approximations of sparse coding").
    """

    def __init__(self, lambd: float = 0.5) -> None:
        self.lambd = number(self, "lambd", lambd)
        if lambd < 0:
            raise ValueError(f"Softshrink: lambd should not be negative, got {lambd}")

    def fprop(self, X: np.ndarray) -> np.ndarray:
        check_input(self, X, "*")
        self.flat = np.abs(X) <= self.lambd
        self.Y = X - np.clip(X, -self.lambd, self.lambd)
        return self.Y

    def bprop(self, dE_dY: np.ndarray) -> np.ndarray:
        return dE_dY * ~self.flat

    def extra_repr(self) -> str:
        return f"{self.lambd}"


class Abs(Module):
    """y = |x|: rectification that keeps both signs (L24); dE/dx = sign(x) dE/dy.

    Any shape. At the kink x = 0 the gradient is 0.
    """

    def fprop(self, X: np.ndarray) -> np.ndarray:
        check_input(self, X, "*")
        self.X, self.Y = X, np.abs(X)
        return self.Y

    def bprop(self, dE_dY: np.ndarray) -> np.ndarray:
        return dE_dY * np.sign(self.X)


class Square(Module):
    """y = x^2; dE/dx = 2 x dE/dy. Any shape."""

    def fprop(self, X: np.ndarray) -> np.ndarray:
        check_input(self, X, "*")
        self.X, self.Y = X, X**2
        return self.Y

    def bprop(self, dE_dY: np.ndarray) -> np.ndarray:
        return dE_dY * (2 * self.X)


class Sqrt(Module):
    """y = sqrt(x); dE/dx = dE/dy / (2 y). Any shape; nan where x < 0.

    At x = 0 the slope is infinite. There the gradient is 0, as in LPPool2d: of infinity, a Square
    before it would make nan.
    """

    def fprop(self, X: np.ndarray) -> np.ndarray:
        check_input(self, X, "*")
        with np.errstate(invalid="ignore"):
            self.Y = np.sqrt(X)
        return self.Y

    def bprop(self, dE_dY: np.ndarray) -> np.ndarray:
        return ratio(dE_dY, 2 * self.Y)


class WinnerTakeAll(Module):
    """Y_i = X_i for the k largest along dimension `dim`, else 0 (L24).

        dE/dX_i = dE/dY_i for the winners, else 0
    Any shape; dim=1 lets the features compete at each place of (N, C, H, W), dim=-3 also of
    (C, H, W). A tie goes to the first; nan counts as the largest.
    """

    def __init__(self, dim: int = 1, k: int = 1) -> None:
        positive_int(self, k=k)
        self.dim, self.k = operator.index(dim), k

    def fprop(self, X: np.ndarray) -> np.ndarray:
        check_input(self, X, "*")
        if not -X.ndim <= self.dim < X.ndim or X.shape[self.dim] < self.k:
            wanted = f"an array with at least {self.k} numbers along dimension {self.dim}"
            raise InputError(self, wanted, f"shape {X.shape}")
        height = np.where(np.isnan(X), np.inf, X)
        order = np.argsort(-height, axis=self.dim, kind="stable")
        self.won = np.zeros_like(X, dtype=bool)
        np.put_along_axis(self.won, order.take(range(self.k), axis=self.dim), True, axis=self.dim)
        self.Y = np.where(self.won, X, 0)
        return self.Y

    def bprop(self, dE_dY: np.ndarray) -> np.ndarray:
        return dE_dY * self.won

    def extra_repr(self) -> str:
        return f"dim={self.dim}, k={self.k}"
