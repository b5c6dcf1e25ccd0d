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


def draw_cascade(module: Module, *inputs: Any, ax: Axes | None = None) -> Axes:
    """Draw the steps that `module` takes at these inputs, one box each, from left to right (L26).

    Above: the sizes of the X_k, on their way forward. Below: dE/dX_k, on its way back. Under a box:
    the number of its parameters. For a cascade only, where each step takes the one before it (and a
    cost the target as well); raises ValueError for other nets.
    """
    leaves = [Tensor(X.data, X.data.dtype.kind == "f") for X in map(as_tensor, inputs)]
    steps = tape(module(*leaves))
    states = [leaves[0], *steps]
    if not all(
        X.inputs and X.inputs[0] is before for before, X in zip(states, steps, strict=False)
    ):
        raise ValueError(f"draw_cascade: the steps of {module} are no cascade")
    if ax is None:
        _, ax = plt.subplots(figsize=(1.35 * len(steps) + 1.2, 2.1))
    ax.set(xlim=(-0.75, len(steps) + 0.55), ylim=(-1.15, 1.0))
    ax.axis("off")
    text: dict[str, Any] = {"ha": "center", "fontsize": 9.5}
    for k, X in enumerate(states):
        left, right = k - (0.17 if k else 0.5), k + (0.17 if k < len(steps) else 0.5)
        _arrow(ax, left, right, 0.3, COLORS["blue"])
        _arrow(ax, right, left, -0.3, COLORS["orange"])
        is_cost = X.ndim == 0
        size = "" if is_cost else "\n" + " × ".join(map(str, X.shape))
        ax.text(k, 0.48, f"{'C' if is_cost else f'$X_{{{k}}}$'}{size}", va="bottom", **text)
        gradient = "1" if is_cost else rf"$\partial C/\partial X_{{{k}}}$"
        ax.text(k, -0.48, gradient, va="top", color=COLORS["orange"], **text)
    for k, X in enumerate(steps):
        assert X.module is not None
        ax.add_patch(
            Rectangle((k + 0.18, -0.45), 0.64, 0.9, facecolor="#EEF3F8", edgecolor="#4A6078")
        )
        name = re.sub("(?<=[a-z])(?=[A-Z][a-z])", "\n", type(X.module).__name__)
        ax.text(k + 0.5, 0, name, va="center", **text)
        if n_parameters := sum(W.nelement() for W in X.module.parameters()):
            ax.text(
                k + 0.5,
                -0.75,
                f"{n_parameters:,}\nparameters",
                va="top",
                **(text | {"fontsize": 8}),
            )
    return ax


def _arrow(ax: Axes, start: float, end: float, height: float, color: str) -> None:
    style: dict[str, Any] = {
        "arrowstyle": "-|>",
        "color": color,
        "linewidth": 1.6,
        "shrinkA": 0,
        "shrinkB": 0,
    }
    ax.annotate("", (end, height), (start, height), arrowprops=style)
