"""What a module says when it is given what it cannot take."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from .module import Module


class InputError(ValueError):
    """A module was given what it cannot take.

    The message has the module and its place in the net, what it expected and what it got.
    """

    def __init__(self, module: Module, expected: str, got: str) -> None:
        super().__init__(module, expected, got)
        self.module, self.expected, self.got = module, expected, got
        self.place = ""

    def locate(self, net: Module) -> None:
        """Note the module's name in `net`; the outermost net that is asked has the last word."""
        for name, module in net.named_modules():
            if module is self.module and name:
                self.place = f", at {name!r} in {type(net).__name__}"

    def __str__(self) -> str:
        return f"{self.module}{self.place}: expected {self.expected}, got {self.got}"


def check_input(module: Module, X: Any, *shape: int | str, dtype: np.dtype | None = None) -> None:
    """Raise InputError unless X is a float array of this dtype (default: any float) and shape.

    shape: a size for each dimension, a letter for any size; a leading "*" for any dimensions.
    """
    if not isinstance(X, (np.ndarray, np.generic)):
        raise InputError(module, "a NumPy array", type(X).__name__)
    if X.dtype.kind != "f" or (dtype is not None and X.dtype != dtype):
        advice = f"convert it, e.g. X.astype(np.{dtype or 'float32'})"
        if X.dtype in (np.float32, np.float64) and any(True for _ in module.parameters()):
            convert = "double" if X.dtype == np.float64 else "float"
            advice += f", or its parameters, which are {dtype}: net.{convert}()"
        raise InputError(module, f"{dtype or 'float'} numbers", f"{X.dtype}: {advice}")
    sizes = shape[1:] if shape[:1] == ("*",) else shape
    spare = X.ndim - len(sizes)
    right_rank = spare >= 0 if sizes != shape else spare == 0
    if not right_rank or any(
        isinstance(size, int) and size != n for size, n in zip(sizes, X.shape[spare:], strict=True)
    ):
        raise InputError(module, f"shape ({', '.join(map(str, shape))})", f"{X.shape}")


def check_alike(module: Module, X1: np.ndarray, X2: np.ndarray) -> None:
    """Raise InputError unless X1 and X2 are float arrays of one shape and dtype."""
    check_input(module, X1, "*")
    check_input(module, X2, *np.shape(X1), dtype=X1.dtype)
