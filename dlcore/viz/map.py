"""Images at the places where a method puts them."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.offsetbox import AnnotationBbox, OffsetImage


def place_images(
    ax: Axes, points: np.ndarray, images: np.ndarray, width: float = 26, cmap: str = "gray"
) -> list[int]:
    """Put images (N, H, W) on their points (N, 2), as many as fit without touching.

    The limits of the axes must be set before. width: of an image, in typographic points (72 to
    an inch). cmap: the colors; all images share one scale. Gives the numbers of those drawn: the
    first image, and every later one that still has room.
    """
    ax.figure.canvas.draw()  # only now is it known how large the axes are
    pixels = ax.transData.transform(points)
    zoom = width / images.shape[2]
    apart = 1.1 * width * ax.figure.dpi / 72
    drawn: list[int] = []
    for i, pixel in enumerate(pixels):
        if all(np.max(np.abs(pixel - pixels[j])) > apart for j in drawn):
            picture = OffsetImage(
                images[i], zoom=zoom, cmap=cmap, clim=(images.min(), images.max())
            )
            box = AnnotationBbox(picture, tuple(points[i]), frameon=False, pad=0)
            ax.add_artist(box)
            drawn.append(i)
    return drawn
