"""Rows of small images."""

from __future__ import annotations

from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure


def show_images(
    rows: Sequence[np.ndarray] | np.ndarray,
    titles: Sequence[str] | None = None,
    labels: Sequence[str] | None = None,
    signed: bool = False,
) -> Figure:
    """Draw images in rows, all on one gray scale.

    rows: one sequence of images (H, W) a row, of one length. titles: one above each column.
    labels: one before each row. signed: zero is white, negative orange, positive purple, each
    row on its own scale (weights have no unit: only sign and pattern can be compared).
    """
    n_rows, n_columns = len(rows), len(rows[0])
    figure, axes = plt.subplots(
        n_rows, n_columns, figsize=(7.0, 7.2 * n_rows / n_columns + 0.3), squeeze=False
    )
    low, high = min(np.min(row) for row in rows), max(np.max(row) for row in rows)
    for i, row in enumerate(rows):
        largest = np.max(np.abs(row)) or 1.0
        for j, image in enumerate(row):
            if signed:
                axes[i, j].imshow(image, cmap="PuOr", vmin=-largest, vmax=largest)
            else:
                axes[i, j].imshow(image, cmap="gray_r", vmin=low, vmax=high)
            axes[i, j].set(xticks=[], yticks=[])
            axes[i, j].spines[:].set_visible(False)
            if titles is not None and i == 0:
                axes[i, j].set_title(titles[j], loc="center")
        if labels is not None:
            axes[i, 0].set_ylabel(labels[i])
    return figure
