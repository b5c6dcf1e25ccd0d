"""One module at a time: move its input, and see what it does to a row of gradients."""

from __future__ import annotations

from typing import Any

import numpy as np
import traitlets

from ...gradcheck import jacobians
from ...nn.linear import Linear
from ...nn.module import Module
from ...nn.pointwise import Abs, Hardshrink, ReLU, Sigmoid, Square, Tanh, WinnerTakeAll
from ...nn.pooling import AvgPool2d, FeaturePool, MaxPool2d
from ...nn.softmax import LogSoftmax, Softmax
from .picture import FOLDER, STYLE, Picture, element, number, svg

CELL, HIGH, WIDTH, TOP, MIDDLE = 46, 34, 480.0, 44.0, 178.0  # pixels
WEIGHT = [[1.0, 2.0, -1.0], [0.0, 1.0, -2.0]]


def modules() -> dict[str, Module]:
    """The modules that can be chosen, each for three numbers, in float64."""
    linear = Linear(3, 2, bias=False).double()
    linear.weight.data = np.array(WEIGHT)
    return {
        "Linear": linear,
        "ReLU": ReLU(),
        "Tanh": Tanh(),
        "Sigmoid": Sigmoid(),
        "Hardshrink": Hardshrink(0.5),
        "Abs": Abs(),
        "Square": Square(),
        "Max of three": FeaturePool(MaxPool2d((3, 1))),
        "Mean of three": FeaturePool(AvgPool2d((3, 1))),
        "WinnerTakeAll": WinnerTakeAll(dim=0),
        "Softmax": Softmax(dim=0),
        "LogSoftmax": LogSoftmax(dim=0),
    }


class Zoo(Picture):
    """A module of three numbers x, its output, its Jacobian, and the row that comes out for g.

    module: one of the names in `modules()`. x, g: three numbers each, from -3 to 3. Raises
    ValueError for others. The script computes what dlcore's modules do, at every move of a slider.
    """

    _esm = FOLDER / "zoo.js"
    _css = STYLE
    module = traitlets.Unicode().tag(sync=True)
    names: traitlets.List = traitlets.List().tag(sync=True)
    weight: traitlets.List = traitlets.List(WEIGHT).tag(sync=True)
    x: traitlets.List = traitlets.List().tag(sync=True)
    g: traitlets.List = traitlets.List().tag(sync=True)

    def __init__(
        self,
        module: str = "ReLU",
        x: tuple[float, ...] = (1.0, -0.5, 2.0),
        g: tuple[float, ...] = (1.0, 2.0, 3.0),
    ) -> None:
        cages = modules()
        if module not in cages:
            raise ValueError(f"Zoo: expected one of {', '.join(cages)}, got {module!r}")
        for name, given in (("x", x), ("g", g)):
            if len(given) != 3 or not all(-3 <= n <= 3 for n in given):
                raise ValueError(f"Zoo: expected three numbers {name} from -3 to 3, got {given}")
        X = np.array(x, np.float64)
        Y, J = cages[module].fprop(X), jacobians(cages[module], X)[0]
        super().__init__(
            module=module,
            names=list(cages),
            x=list(x),
            g=list(g),
            drawing=_drawing(module, X, Y, J, np.array(g[: len(J)], np.float64)),
        )


def _drawing(module: str, X: np.ndarray, Y: np.ndarray, J: np.ndarray, g: np.ndarray) -> str:
    """Above: x, the module, y. Below: the row g, the Jacobian, and the row that comes out."""
    left, right = WIDTH / 2 - 1.5 * CELL, WIDTH - 3 * CELL - 2
    parts = [
        *_row("x", X, 2, TOP, "forward"),
        element("text", module, class_="module", x=WIDTH / 2, y=TOP),
        *_row("y", Y, right, TOP, "forward"),
        *_row("g", g, 2, MIDDLE, "backward"),
        *(part for p in range(3) for part in _row(f"J{p}", J[p : p + 1].ravel(), left, _at(p), "")),
        *_row("out", g @ J, right, MIDDLE, "backward"),
    ]
    signs = [
        ("→", WIDTH / 2 - 78, TOP),
        ("→", WIDTH / 2 + 78, TOP),
        ("·", left - 12, MIDDLE),
        ("=", right - 14, MIDDLE),
    ]
    parts += [element("text", sign, x=x, y=y) for sign, x, y in signs]
    labels = [("X", 2, TOP), ("Y", right, TOP), ("∂E/∂Y", 2, MIDDLE), ("∂E/∂X", right, MIDDLE)]
    labels += [("∂Y/∂X", left, _at(0))]
    parts += [element("text", text, class_="note", x=x, y=y - 28) for text, x, y in labels]
    label = "A module of three numbers: its input and output above, and below a row of gradients "
    return svg(WIDTH, 240, label + "times its Jacobian.", parts)


def _at(p: int) -> float:
    """The height of row p of the Jacobian."""
    return MIDDLE + HIGH * (p - 1)


def _row(name: str, numbers: np.ndarray, x: float, y: float, kind: str) -> list[str]:
    """Three cells in a row; those that the module has no number for are hidden by the script."""
    parts = []
    for i in range(3):
        there = i < len(numbers)
        value = float(numbers[i]) if there else 0.0
        cell: dict[str, Any] = {
            "class_": "cell" if there else "cell gone",
            "data_cell": f"{name}-{i}",
        }
        box = element("rect", x=x + CELL * i, y=y - HIGH / 2, width=CELL, height=HIGH)
        middle: dict[str, Any] = {"x": x + CELL * (i + 0.5), "y": y}
        parts.append(
            element("g", box + element("text", number(value), class_=kind, **middle), **cell)
        )
    return parts
