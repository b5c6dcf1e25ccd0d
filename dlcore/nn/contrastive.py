"""ContrastiveLoss: bring similar samples together, push dissimilar ones apart (L17)."""

from __future__ import annotations

from typing import Any

import numpy as np

from .arithmetic import ratio
from .checks import InputError, check_alike, check_input
from .costs import Cost
from .options import number


class ContrastiveLoss(Cost):
    """C = (1 - t) 1/2 D^2 + t 1/2 max(0, margin - D)^2, D = ||X1 - X2||, for each pair (L17).

    X1, X2 (*, features): what one net makes of the two samples of a pair; target t (*), int or
    bool: 0 for a similar pair, 1 for a dissimilar one, as in the paper.
        dE/dX1 = (X1 - X2) dE/dC                            if t = 0
        dE/dX1 = -max(0, margin - D) (X1 - X2) / D dE/dC    if t = 1
        dE/dX2 = -dE/dX1
    Dissimilar samples at the very same place (D = 0) have no direction to part in: gradient 0.
    (Hadsell, Chopra and LeCun 2006, "Dimensionality reduction by learning an invariant mapping".)
    """

    def __init__(self, margin: float = 1.0, reduction: str = "mean") -> None:
        super().__init__(reduction)
        self.margin = number(self, "margin", margin, above=0)

    def fprop(self, X1: np.ndarray, X2: np.ndarray, target: Any) -> np.ndarray:
        check_input(self, X1, "*", "features")
        check_alike(self, X1, X2)
        self.apart = self.check_target(np.asarray(target), X1.shape[:-1])
        self.difference = X1 - X2
        self.D = np.sqrt((self.difference**2).sum(axis=-1))
        self.lack = np.maximum(0, self.margin - self.D)  # what is left to the margin
        C = np.where(self.apart, self.lack, self.D) ** 2 / 2
        self.Y = self.reduce(C, count=C.size)
        return self.Y

    def bprop(self, dE_dY: Any = 1.0) -> tuple[np.ndarray, np.ndarray, None]:
        slope = np.where(self.apart, -ratio(self.lack, self.D), 1) * (self.scale * dE_dY)
        dE_dX1 = self.difference * slope[..., None]
        return dE_dX1, -dE_dX1, None

    def check_target(self, target: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
        """target as bools; InputError unless it holds a 0 or a 1 for each pair."""
        wanted = f"targets of shape {shape}, 0 for similar or 1 for dissimilar"
        if target.dtype.kind not in "iub" or target.shape != shape:
            raise InputError(self, wanted, f"{target.dtype} of shape {target.shape}")
        other = target[(target != 0) & (target != 1)]
        if other.size:
            raise InputError(self, wanted, f"{other[0]}")
        return target == 1

    def extra_repr(self) -> str:
        return f"margin={self.margin}, reduction={self.reduction!r}"
