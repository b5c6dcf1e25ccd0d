"""The lecture's drawing of a net: boxes F_k, the X_k between them, gradients on their way back."""

from __future__ import annotations

import re
from typing import Any

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from ..nn.module import Module, as_tensor
from ..tensor import Tensor, tape
from .style import COLORS

TEXT: dict[str, Any] = {"ha": "center", "fontsize": 9.5}
SMALL: dict[str, Any] = TEXT | {"fontsize": 8}


def draw_cascade(
    module: Module, *inputs: Any, gradients: bool = True, ax: Axes | None = None
) -> Axes:
    """Draw the steps that `module` takes at these inputs, one box each, from left to right (L26).

    Above: the sizes of the X_k, on their way forward. Below, with gradients: dE/dX_k on its way
    back, and under a box the number of its parameters. Without: the formula of each step, and the
    sizes of its parameters and of the target.

    For a cascade only, where each step takes the one before it (and a cost the target as well);
    raises ValueError for other nets.
    """
    leaves = [Tensor(X.data, X.data.dtype.kind == "f") for X in map(as_tensor, inputs)]
    steps = tape(module(*leaves))
    states = [leaves[0], *steps]
    if not all(
        X.inputs and X.inputs[0] is before for before, X in zip(states, steps, strict=False)
    ):
        raise ValueError(f"draw_cascade: the steps of {module} are no cascade")
    if ax is None:
        _, ax = plt.subplots(figsize=(1.35 * len(steps) + 1.2, 2.1 if gradients else 2.4))
    ax.set(xlim=(-0.75, len(steps) + 0.55), ylim=(-1.15 if gradients else -1.6, 1.0))
    ax.axis("off")
    for k, X in enumerate(states):
        left, right = k - (0.17 if k else 0.5), k + (0.17 if k < len(steps) else 0.5)
        height = 0.3 if gradients else 0
        _arrow(ax, (left, height), (right, height), "blue")
        text = f"$X_{{{k}}}$\n{_size(X)}" if X.ndim else "$E$"
        ax.text(k, 0.48 if gradients else 0.18, text, va="bottom", **TEXT)
        if gradients:
            _arrow(ax, (right, -height), (left, -height), "orange")
            text = rf"$\partial E/\partial X_{{{k}}}$" if X.ndim else "1"
            ax.text(k, -0.48, text, va="top", color=COLORS["orange"], **TEXT)
    for k, X in enumerate(steps, start=1):
        _box(ax, k, X)
        (_number_of_parameters if gradients else _formula)(ax, k, X)
    return ax


def _box(ax: Axes, k: int, X: Tensor) -> None:
    box = Rectangle((k - 0.82, -0.45), 0.64, 0.9, facecolor="#EEF3F8", edgecolor="#4A6078")
    ax.add_patch(box)
    name = re.sub("(?<=[a-z])(?=[A-Z][a-z])", "\n", type(X.module).__name__)
    ax.text(k - 0.5, 0, name, va="center", **TEXT)


def _number_of_parameters(ax: Axes, k: int, X: Tensor) -> None:
    assert X.module is not None
    if n := sum(W.nelement() for W in X.module.parameters()):
        ax.text(k - 0.5, -0.75, f"{n:,}\nparameters", va="top", **SMALL)


def _formula(ax: Axes, k: int, X: Tensor) -> None:
    """What the step computes, and what comes into its box from below."""
    assert X.module is not None and X.inputs is not None
    if X.ndim:
        made, symbol = f"X_{{{k}}} = F_{{{k}}}", f"W_{{{k}}}"
        from_below: tuple[Tensor, ...] = tuple(X.module.parameters())
    else:
        made, symbol, from_below = "E = C", "Y", X.inputs[1:]
    if from_below:
        _arrow(ax, (k - 0.5, -0.78), (k - 0.5, -0.45), "green")
        text = f"${symbol}$\n{', '.join(map(_size, from_below))}"
        ax.text(k - 0.5, -0.8, text, va="top", **SMALL)
    arguments = f"X_{{{k - 1}}}, {symbol}" if from_below else f"X_{{{k - 1}}}"
    ax.text(k - 0.5, -1.55, f"${made}({arguments})$", **TEXT)


def _size(X: Tensor) -> str:
    return " × ".join(map(str, X.shape))


def _arrow(ax: Axes, start: tuple[float, float], end: tuple[float, float], color: str) -> None:
    style: dict[str, Any] = {
        "arrowstyle": "-|>",
        "color": COLORS[color],
        "linewidth": 1.6,
        "shrinkA": 0,
        "shrinkB": 0,
    }
    ax.annotate("", end, start, arrowprops=style)
