"""A descent into a ravine, with the rate and the momentum in the reader's hand (L35)."""

from __future__ import annotations

from typing import Any

import numpy as np
import traitlets

from ...optim import SGD
from ...tensor import Parameter
from .picture import FOLDER, STYLE, Picture, element, svg

WIDTH, HEIGHT = 480, 280
ALONG, ACROSS = 185.0, 66.0  # pixels for one unit of theta_1, of theta_2
LIMIT = 2000


class Descent(Picture):
    """Gradient descent on E = (theta_1^2 + kappa theta_2^2) / 2 from (1, 1), with two sliders.

    The steps are those of optim.SGD(lr=lr, momentum=momentum); without lr, the best rate for plain
    descent, 2 / (1 + kappa). It counts the steps until E is a millionth of what it was.
    """

    _esm = FOLDER / "descent.js"
    _css = STYLE
    kappa = traitlets.Float().tag(sync=True)
    lr = traitlets.Float().tag(sync=True)
    momentum = traitlets.Float().tag(sync=True)

    def __init__(self, kappa: float = 25.0, lr: float | None = None, momentum: float = 0.0) -> None:
        if not kappa >= 1:
            raise ValueError(f"Descent: expected a kappa of at least 1, got {kappa}")
        rate = 2 / (1 + kappa) if lr is None else lr
        path = descend(kappa, rate, momentum)
        super().__init__(kappa=kappa, lr=rate, momentum=momentum, drawing=_drawing(kappa, path))


def descend(kappa: float, lr: float, momentum: float) -> np.ndarray:
    """The path (steps + 1, 2) of optim.SGD from (1, 1), in float64.

    Ends where E is below a millionth, or above 1e12, of what it was, or after 2000 steps.
    """
    curvature = np.array([1.0, kappa])
    theta = Parameter(np.ones(2))
    optimizer = SGD([theta], lr=lr, momentum=momentum)
    start = 1 + kappa
    path = [theta.data]
    while len(path) <= LIMIT and 1e-6 * start < path[-1] @ (curvature * path[-1]) < 1e12 * start:
        theta.grad = curvature * theta.data  # dE/dtheta
        optimizer.step()
        path.append(theta.data)
    return np.array(path)


def _drawing(kappa: float, path: np.ndarray) -> str:
    """Lines of equal energy, and the path."""
    middle: dict[str, Any] = {"cx": WIDTH / 2, "cy": HEIGHT / 2}
    radii = np.sqrt(2 * np.geomspace(0.005, (1 + kappa) / 2, 10))
    parts = [
        element(
            "ellipse",
            class_="height",
            **middle,
            rx=f"{radius * ALONG:.1f}",
            ry=f"{radius * ACROSS / np.sqrt(kappa):.1f}",
        )
        for radius in radii[::-1]
    ]
    x = WIDTH / 2 + ALONG * path[:, 0]
    y = HEIGHT / 2 - ACROSS * path[:, 1]
    points = [f"{a:.1f},{b:.1f}" for a, b in np.clip(np.c_[x, y], -5000, 5000)]
    parts += [
        element("polyline", class_="path", points=" ".join(points)),
        element("path", class_="dots", d="".join(f"M{point}h0" for point in points)),
        element("circle", class_="dot", cx=f"{x[0]:.1f}", cy=f"{y[0]:.1f}", r=6),
        element("text", "start", x=f"{x[0]:.1f}", y=f"{y[0] - 18:.1f}"),
        element("text", "along θ₁ →", class_="note", x=8, y=HEIGHT - 14),
        element("text", "across θ₂ ↑", class_="note", x=8, y=16),
    ]
    label = (
        "A long narrow ravine seen from above, with lines of equal energy, and the path of the "
        "descent from its start at the upper right to the bottom in the middle."
    )
    return svg(WIDTH, HEIGHT, label, parts)
