"""Products of Jacobians, drawn to scale: a row of gradients on its way through matrices (L31)."""

from __future__ import annotations

from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

WIDTH, SIGN, NARROWEST, LARGEST_CELL = 7.0, 0.3, 0.72, 0.55  # inches


def draw_product(*parts: str | tuple[str, Any], numbers: bool = False) -> Axes:
    """Draw a formula such as row · matrix = row: every matrix with its true shape, to one scale.

    parts: signs ("·", "="), and matrices [N_p x N_q] as pairs (label, array). Purple entries are
    positive, orange negative, white zero, each matrix on its own scale. numbers: write the entries,
    too. Raises ValueError for an array that is no matrix.
    """
    matrices = [np.asarray(part[1]) for part in parts if not isinstance(part, str)]
    for matrix in matrices:
        if matrix.ndim != 2:
            raise ValueError(f"draw_product: expected matrices, got an array of {matrix.shape}")
    columns = sum(matrix.shape[1] for matrix in matrices)
    room = WIDTH - SIGN * (len(parts) - len(matrices))
    cell = min(LARGEST_CELL, room / columns)
    while sum(_slot(matrix, cell) for matrix in matrices) > room + 1e-9:
        cell *= 0.99  # narrow matrices need room for their labels
    height = cell * max(len(matrix) for matrix in matrices)
    _, ax = plt.subplots(figsize=(WIDTH, height + 0.75))
    ax.set_aspect("equal")
    ax.axis("off")
    x = 0.0
    for part in parts:
        if isinstance(part, str):
            ax.text(x + SIGN / 2, 0, part, ha="center", va="center", fontsize=16)
            x += SIGN
        else:
            label, matrix = part[0], np.asarray(part[1])
            slot = _slot(matrix, cell)
            _draw_matrix(ax, x + slot / 2, cell, label, matrix, numbers)
            x += slot
    ax.set(xlim=(-0.03, x + 0.03), ylim=(-height / 2 - 0.3, height / 2 + 0.4))
    return ax


def _slot(matrix: np.ndarray, cell: float) -> float:
    """The width that a matrix is given: its own, or what its label needs."""
    return max(NARROWEST, cell * matrix.shape[1])


def _draw_matrix(
    ax: Axes, x: float, cell: float, label: str, matrix: np.ndarray, numbers: bool
) -> None:
    """One matrix with its middle at (x, 0), its label above and its size below."""
    rows, columns = matrix.shape
    left, top = x - cell * columns / 2, cell * rows / 2
    largest = (np.max(np.abs(matrix)) or 1.0) * (2.5 if numbers else 1.0)  # pale under numbers
    extent = (left, left + cell * columns, -top, top)
    ax.imshow(matrix, cmap="PuOr", vmin=-largest, vmax=largest, extent=extent)
    outline: dict[str, Any] = {"facecolor": "none", "edgecolor": "#4A6078", "linewidth": 0.6}
    around = 0.008  # the outline of a thin row must not hide the row
    corner, width, height = (left - around, -top - around), cell * columns, cell * rows
    ax.add_patch(Rectangle(corner, width + 2 * around, height + 2 * around, **outline))
    text: dict[str, Any] = {"ha": "center", "fontsize": 10}
    ax.text(x, top + 0.08, label, va="bottom", **text)
    ax.text(x, -top - 0.06, f"{rows} × {columns}", va="top", color="#555555", **text)
    if numbers:
        for (p, q), value in np.ndenumerate(matrix):
            place = (left + cell * (q + 0.5), top - cell * (p + 0.5))
            ax.text(*place, _written(value), ha="center", va="center", fontsize=8.5)


def _written(value: float) -> str:
    """Two decimals (none for a whole number), a real minus sign, no minus zero."""
    text = f"{value + 0.0:.0f}" if value == round(value) else f"{value:.2f}"
    return text.replace("-0.00", "0.00").replace("-", "−")
