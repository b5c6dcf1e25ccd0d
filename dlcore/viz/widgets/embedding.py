"""Points in space, each with its image, to be turned by hand (L17)."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

import numpy as np
import traitlets

from ..manifold import project
from .picture import FOLDER, STYLE, Picture, element, svg

WIDTH, HEIGHT, UNIT = 480, 440, 185  # a point at 1 lies so many pixels from the middle
BANDS = 4  # of depth: what is far is drawn first, small and pale
TURN, TILT = 30, 25


class Embedding(Picture):
    """What a net makes of images on a grid of factors, as a cloud that the reader turns.

    Z: points (n, 3), drawn as they stand, z up. images: (*grid, H, W) in [0, 1], n of them on a
    grid of three factors. factors: the name of each factor and how its values are written. The
    first factor goes around; the last is the one that should leave no trace: the mesh joins the
    means over it. Raises ValueError where these do not fit.
    """

    _esm = FOLDER / "embedding.js"
    _css = STYLE
    points: traitlets.List = traitlets.List().tag(sync=True)  # thousandths, x y z x y z ...
    factors: traitlets.List = traitlets.List().tag(sync=True)
    sprite = traitlets.Unicode().tag(sync=True)  # all images in one, a row for the first factor
    side = traitlets.Int().tag(sync=True)  # of one image in the sprite, in pixels
    turn = traitlets.Int(TURN).tag(sync=True)
    tilt = traitlets.Int(TILT).tag(sync=True)
    color = traitlets.Int(0).tag(sync=True)
    selected = traitlets.Int(0).tag(sync=True)

    def __init__(
        self, Z: np.ndarray, images: np.ndarray, factors: Mapping[str, Sequence[str]]
    ) -> None:
        grid = tuple(map(len, factors.values()))
        if len(grid) != 3 or np.ndim(images) != 5 or np.shape(images)[:3] != grid:
            raise ValueError(
                f"Embedding: expected images on a grid of three factors, {grid}, each (H, W), "
                f"got shape {np.shape(images)}"
            )
        if np.shape(Z) != (np.prod(grid), 3):
            raise ValueError(
                f"Embedding: expected points of shape {(int(np.prod(grid)), 3)}, got {np.shape(Z)}"
            )
        centered = Z - np.mean(Z, axis=0)
        points = np.round(1000 * centered / np.abs(centered).max()).astype(int)
        super().__init__(
            points=points.ravel().tolist(),
            factors=[{"name": name, "values": list(values)} for name, values in factors.items()],
            sprite=_sprite(images),
            side=images.shape[-1],
            drawing=_drawing(points / 1000, grid),
        )


def _sprite(images: np.ndarray) -> str:
    """All images in one PNG of 16 grays, as an address."""
    from PIL import Image

    rows, height, width = len(images), *images.shape[3:]
    tiles = images.reshape(rows, -1, height, width).swapaxes(1, 2).reshape(rows * height, -1)
    grays = np.round(15 * tiles) * 17
    file = io.BytesIO()
    image = Image.fromarray(grays.astype(np.uint8))
    image.quantize(16).save(file, "PNG", optimize=True)
    # An address may write / as %2F; a stored notebook must, as its outputs hold no paths.
    return "data:image/png;base64," + quote(base64.b64encode(file.getvalue()), safe="+=")


def _drawing(points: np.ndarray, grid: tuple[int, ...]) -> str:
    """The cloud at its first turn, colored by the first factor, with the mesh of the means."""

    def on_paper(line: np.ndarray) -> np.ndarray:
        middle = np.array([WIDTH / 2, HEIGHT / 2, 0])
        return middle + np.array([UNIT, -UNIT, 1]) * project(line, TURN, TILT)

    means = points.reshape(*grid, 3).mean(axis=2)
    lines = [*np.concatenate([means, means[:1]]).swapaxes(0, 1), *means]
    mesh = "".join(
        "M" + "L".join(f"{x:.0f},{y:.0f}" for x, y, _ in on_paper(line)) for line in lines
    )
    seen = on_paper(points)
    band = np.clip((seen[:, 2] + 1) * BANDS / 2, 0, BANDS - 1).astype(int)
    first = np.indices(grid)[0].ravel()
    dots = []
    for depth, value in np.ndindex(BANDS, grid[0]):
        there = seen[(band == depth) & (first == value)]
        if len(there):
            d = "".join(f"M{x:.0f},{y:.0f}h0" for x, y, _ in there)
            dots.append(
                element(
                    "path", d=d, stroke=f"hsl({360 * value / grid[0]:.0f} 62% 48%)", **_depth(depth)
                )
            )
    label = (
        "A cloud of points in space, seen from the side and a little from above, with a mesh "
        "through it. Each point is an image; its color says how far the camera went around."
    )
    parts = [element("path", class_="mesh", d=mesh), element("g", "".join(dots), class_="cloud")]
    return svg(WIDTH, HEIGHT, label, parts)


def _depth(band: int) -> dict[str, Any]:
    return {"stroke_width": 5 + band, "opacity": f"{0.45 + 0.18 * band:.2f}"}
