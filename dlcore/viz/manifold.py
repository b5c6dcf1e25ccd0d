"""Points on a manifold in space, drawn with the mesh of the factors that made them."""

from __future__ import annotations

from colorsys import hls_to_rgb

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes

DISTANCE = 5.0  # of the camera, in units of the largest coordinate


def upright(Z: np.ndarray, grid: tuple[int, int, int]) -> np.ndarray:
    """Points Z (n, 3) on a grid of three factors, moved and turned: no distance changes.

    The second factor rises along z, the first starts at x and goes around towards y. This may
    take a mirror: a cost that looks at distances only cannot tell left from right.
    """
    Z = Z - Z.mean(axis=0)
    by_factor = Z.reshape(*grid, 3)
    levels = by_factor.mean(axis=(0, 2))
    start, quarter = by_factor.mean(axis=(1, 2))[[0, grid[0] // 4]]
    z = _unit(levels[-1] - levels[0])
    x = _unit(start - (start @ z) * z)
    y = np.cross(z, x)
    if quarter @ y < 0:
        y = -y
    return Z @ np.stack([x, y, z], axis=1).astype(Z.dtype)


def project(points: np.ndarray, turn: float, tilt: float) -> np.ndarray:
    """Where a camera sees points (..., 3) with z up: right, up, and how near they are (..., 3).

    turn, tilt: of the camera, in degrees: around the z axis, and up from the horizon.
    """
    a, t = np.radians([turn, tilt])
    x, y, z = np.moveaxis(points, -1, 0)
    right, back = np.cos(a) * x - np.sin(a) * y, np.sin(a) * x + np.cos(a) * y
    up, near = np.cos(t) * z + np.sin(t) * back, np.sin(t) * z - np.cos(t) * back
    scale = DISTANCE / (DISTANCE - near)
    return np.stack([scale * right, scale * up, near], axis=-1)


def draw_manifold(
    ax: Axes,
    Z: np.ndarray,
    grid: tuple[int, int, int],
    color: int = 0,
    images: np.ndarray | None = None,
    turn: float = 30,
    tilt: float = 25,
) -> None:
    """Draw points Z (n, 3) that were made by three factors, on a grid; the third is averaged away.

    The mesh joins the means over the third factor; the first factor goes around. color: the
    factor that gives a point its color. images: (*grid, H, W); some of them are drawn, light on
    black, at means that are near. Far points are small and pale.
    """
    Z = Z / np.abs(Z).max()
    means = Z.reshape(*grid, 3).mean(axis=2)
    closed = project(np.concatenate([means, means[:1]]), turn, tilt)
    ax.plot(closed[..., 0], closed[..., 1], color="0.72", linewidth=0.7, zorder=-3)
    ax.plot(closed[..., 0].T, closed[..., 1].T, color="0.72", linewidth=0.7, zorder=-3)
    right, up, near = project(Z, turn, tilt).T
    order, share = np.argsort(near), np.clip((near + 1) / 2, 0, 1)
    palette = _palette(grid[color], rises=color == 1)[np.indices(grid)[color].ravel()]
    colors = np.concatenate([palette, 0.3 + 0.7 * share[:, None]], axis=1)
    sizes = 5 + 9 * share
    ax.scatter(right[order], up[order], sizes[order], colors[order], linewidths=0, zorder=-2)
    if images is not None:
        _place(ax, project(means, turn, tilt), images)
    ax.set(aspect="equal", xlim=(-1.3, 1.3), ylim=(-1.25, 1.25))
    ax.axis("off")


def _place(ax: Axes, places: np.ndarray, images: np.ndarray) -> None:
    """Draw images at some of these places (A, E, 3): the near ones, and none over another."""
    some = [(i, j) for i in range(0, len(places), 2) for j in range(0, places.shape[1], 2)]
    drawn = np.empty((0, 2))
    for i, j in sorted(some, key=lambda place: -places[place][2]):
        x, y, near = places[i, j]
        half = 0.09 + 0.02 * near
        if near > -0.1 and (np.abs(drawn - (x, y)).max(axis=1) > 0.2).all():
            drawn = np.append(drawn, [[x, y]], axis=0)
            extent = (x - half, x + half, y - half, y + half)
            ax.imshow(images[i, j, (i // 2) % images.shape[2]], extent=extent)


def _unit(vector: np.ndarray) -> np.ndarray:
    return vector / np.linalg.norm(vector)


def _palette(count: int, rises: bool) -> np.ndarray:
    """Colors (count, 3): around the circle of hues, or from dark to light for what rises."""
    if rises:
        return plt.get_cmap("viridis")(np.linspace(0, 0.95, count))[:, :3]
    return np.array([hls_to_rgb(k / count, 0.48, 0.62) for k in range(count)])
