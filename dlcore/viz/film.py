"""Images as the frames of a film."""

from __future__ import annotations

from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure


def show_film(
    strips: Sequence[np.ndarray] | np.ndarray, labels: Sequence[str] | None = None
) -> Figure:
    """Draw strips of film: images that follow one another, 0 black and 1 white.

    strips: one sequence of images (H, W) a strip, of one length. labels: one above each strip.
    """
    n_frames, (height, width) = len(strips[0]), np.shape(strips[0][0])
    gap = width // 8
    pitch, band = width + gap, height + 4 * gap
    inches = 7.0 * band / (n_frames * pitch + gap) + (0.26 if labels else 0.06)
    figure, axes = plt.subplots(len(strips), 1, figsize=(7.0, inches * len(strips)), squeeze=False)
    for i, (ax, strip) in enumerate(zip(axes[:, 0], strips, strict=True)):
        ax.set_facecolor("black")
        for frame, image in enumerate(strip):
            left = gap + frame * pitch
            ax.imshow(image, cmap="gray", vmin=0, vmax=1, extent=(left, left + width, 0, height))
        holes = np.arange(gap, n_frames * pitch, pitch / 4)
        for y in (-1.4 * gap, height + 0.7 * gap):
            ax.bar(holes, 0.7 * gap, width=gap, bottom=y, align="edge", color="white")
        ax.set(xlim=(0, n_frames * pitch + gap), ylim=(-2 * gap, height + 2 * gap))
        ax.set(xticks=[], yticks=[], aspect="equal")
        ax.spines[:].set_visible(False)
        if labels is not None:
            ax.set_title(labels[i], fontsize=9.5)
    return figure
