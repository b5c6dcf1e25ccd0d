"""A small net, drawn with its numbers: values forward, gradients back, step by step (L30, L32)."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import traitlets

from ...gradcheck import jacobians
from ...nn.linear import Linear
from ...nn.module import Module, Sequential
from .picture import FOLDER, STYLE, Picture, element, number, svg

WIDTH, ROW, LABELS, LARGEST = 360, 88, 96, 4


class GradientFlow(Picture):
    """Walk through fprop and bprop of `cost(net(x), y)`, with buttons or the arrow keys.

    net: a Sequential of Linear and point-wise modules, at most 4 units wide. x, y: one sample,
    (D,). cost: takes net(x) and y, such as nn.SquaredDistance(). The modules compute every number;
    their parameters' `grad` is None afterwards. Raises ValueError for a net that cannot be drawn.
    """

    _esm = FOLDER / "gradient_flow.js"
    _css = STYLE
    steps: traitlets.List = traitlets.List().tag(sync=True)
    step = traitlets.Int(0).tag(sync=True)

    def __init__(self, net: Sequential, x: np.ndarray, y: np.ndarray, cost: Module) -> None:
        modules, states, gradients = _sweep(net, x, y, cost)
        super().__init__(
            drawing=_drawing(modules, states, gradients, y),
            steps=_steps(modules, states, gradients, y),
        )


def _sweep(
    net: Sequential, x: np.ndarray, y: np.ndarray, cost: Module
) -> tuple[list[Module], list[np.ndarray], list[np.ndarray]]:
    """The modules, every X_k with E as the last, and every dE/dX_k with dE/dE = 1 as the last."""
    modules, states = [*net, cost], [np.asarray(x)]
    for module in net:
        states.append(module.fprop(states[-1]))
    for module, (X, Y) in zip(net, pairwise(states), strict=True):
        if X.ndim != 1 or X.size > LARGEST or Y.size > LARGEST:
            raise ValueError(
                f"GradientFlow: expected at most {LARGEST} numbers before and after {module}, "
                f"got shapes {X.shape} and {Y.shape}"
            )
        if not isinstance(module, Linear) and X.shape != Y.shape:
            raise ValueError(f"GradientFlow: expected Linear or a point-wise module, got {module}")
    states.append(np.reshape(cost.fprop(states[-1], y), 1))
    gradients = [np.ones(1), cost.bprop(1.0)[0]]
    for module in reversed(list(net)):
        gradients.append(module.bprop(gradients[-1]))
    net.zero_grad()
    return modules, states, gradients[::-1]


def _drawing(
    modules: list[Module], states: list[np.ndarray], gradients: list[np.ndarray], y: np.ndarray
) -> str:
    """The net, input at the bottom as in the lecture. `data-from`: the step that shows a number."""
    last = len(modules)  # forward steps are 1 ... last, backward steps last + 1 ... 2 last
    height = ROW * last + 60

    def place(k: int, unit: int) -> tuple[float, float]:
        middle = (WIDTH + LABELS) / 2
        return middle + 64 * (unit - (states[k].size - 1) / 2), height - 30 - ROW * k

    parts = []
    for k, module in enumerate(modules, 1):
        moving: dict[str, Any] = {"data_forward": k, "data_backward": 2 * last + 1 - k}
        full = isinstance(module, Linear) or k == last
        for i, j in np.ndindex(states[k - 1].size, states[k].size):
            if full or i == j:
                (x1, y1), (x2, y2) = place(k - 1, i), place(k, j)
                parts.append(element("line", x1=x1, y1=y1 - 23, x2=x2, y2=y2 + 23, **moving))
        name = type(module).__name__
        parts.append(element("text", name, class_="note", x=0, y=place(k - 1, 0)[1] - ROW / 2))
    for k, (X, dE_dX) in enumerate(zip(states, gradients, strict=True)):
        name = "E" if k == last else f'X<tspan dy="4" font-size="11">{k}</tspan>'
        parts.append(element("text", name, x=LABELS - 14, y=place(k, 0)[1]))
        for unit, (value, gradient) in enumerate(zip(X, dE_dX, strict=True)):
            x, at = place(k, unit)
            back = 2 * last - k if k < last else last
            above: dict[str, Any] = {"class_": "forward", "x": x, "y": at - 9, "data_from": k}
            below: dict[str, Any] = {"class_": "backward", "x": x, "y": at + 11, "data_from": back}
            box = (
                element("rect", x=x - 28, y=at - 22, width=56, height=44, rx=8)
                + element("text", number(value), **above)
                + element("text", number(gradient), **below)
            )
            parts.append(element("g", box, data_forward=k, data_backward=back))
    x, at = place(last, 0)
    target = f"Y: {', '.join(map(number, np.ravel(y)))}"
    parts.append(element("text", target, class_="note", x=x + 38, y=at))
    label = (
        f"A net of {', '.join(type(module).__name__ for module in modules)}, input at the bottom. "
        "In each box the value, and below it the gradient of the cost."
    )
    return svg(WIDTH, height, label, parts)


def _steps(
    modules: list[Module], states: list[np.ndarray], gradients: list[np.ndarray], y: np.ndarray
) -> list[dict[str, str]]:
    """For each step: its title, what happens, and the formula with its numbers."""
    last = len(modules)
    start = _column(states[0])
    found = [
        {
            "title": f"Start, before {2 * last} steps",
            "text": "The input is there. Values will travel up, gradients will come back down.",
            "formula": _math(_state(0), "=", start),
        }
    ]
    for k, module in enumerate(modules, 1):
        found.append(
            {
                "title": f"Step {k} of {2 * last}, forward: {type(module).__name__}",
                "text": (
                    "The cost compares the last state with the target: one number, how wrong the "
                    "net is. Its gradient with respect to itself is 1: there the way back begins."
                    if k == last
                    else f"Module {k} takes the state below it and makes the next one."
                ),
                "formula": _forward(k, module, states, y, is_cost=k == last),
            }
        )
    for k in range(last, 0, -1):
        module = modules[k - 1]
        J = jacobians(module, states[k - 1], *([y] if k == last else []))[0]
        name, step = type(module).__name__, 2 * last + 1 - k
        text = "The row of gradients from above, times the module's Jacobian, is the row below."
        if isinstance(module, Linear):
            own = "weights" if module.bias is None else "weights and biases"
            text += f" On the way the module's own {own} get their gradients."
        found.append(
            {
                "title": f"Step {step} of {2 * last}, backward: {name}",
                "text": text,
                "formula": _backward(k, module, J, states, gradients, is_cost=k == last),
            }
        )
    return found


def _forward(k: int, module: Module, states: list[np.ndarray], y: np.ndarray, is_cost: bool) -> str:
    X, Y = states[k - 1], states[k]
    if is_cost:
        return _math(
            *("<mi>E</mi>", "=", "<mi>C</mi>", "(", _state(k - 1), ",", "<mi>Y</mi>", ")", "="),
            _written(Y[0]),
        )
    if isinstance(module, Linear):
        bias = [] if module.bias is None else ["+", _sub("B", k)]
        numbers = [] if module.bias is None else ["+", _column(module.bias.data)]
        return _math(_state(k), "=", _sub("W", k), _state(k - 1), *bias) + _math(
            "=", _matrix(module.weight.data), _column(X), *numbers, "=", _column(Y)
        )
    return _math(_state(k), "=", _sub("F", k), "(", _state(k - 1), ")") + _math(
        "=", _sub("F", k), "(", _column(X), ")", "=", _column(Y)
    )


def _backward(
    k: int,
    module: Module,
    J: np.ndarray,
    states: list[np.ndarray],
    gradients: list[np.ndarray],
    is_cost: bool,
) -> str:
    above, below = gradients[k][None], gradients[k - 1][None]
    output = "<mi>E</mi>" if is_cost else _state(k)
    formula = (
        _math(
            _ratio("<mi>E</mi>", _state(k - 1)),
            *("=", _ratio("<mi>E</mi>", output), "·", _ratio(output, _state(k - 1))),
        )
        + _math("=", _matrix(above), "·", _matrix(J))
        + _math("=", _matrix(below))
    )
    if isinstance(module, Linear):
        outer = above.T @ states[k - 1][None]
        formula += _math(
            _ratio("<mi>E</mi>", _sub("W", k)),
            *("=", _column(above[0]), "·", _matrix(states[k - 1][None])),
        ) + _math("=", _matrix(outer))
    return formula


def _written(value: float) -> str:
    return f"<mn>{number(value)}</mn>"


def _math(*parts: str) -> str:
    """A line of MathML; what is not yet an element is an operator."""
    inside = "".join(part if part.startswith("<") else f"<mo>{part}</mo>" for part in parts)
    return f'<math display="block">{inside}</math>'


def _sub(name: str, k: int) -> str:
    return f"<msub><mi>{name}</mi><mn>{k}</mn></msub>"


def _state(k: int) -> str:
    return _sub("X", k)


def _ratio(top: str, bottom: str) -> str:
    return f"<mfrac><mrow><mi>∂</mi>{top}</mrow><mrow><mi>∂</mi>{bottom}</mrow></mfrac>"


def _matrix(numbers: Any) -> str:
    rows = "".join(
        f"<mtr>{''.join(f'<mtd>{_written(value)}</mtd>' for value in row)}</mtr>" for row in numbers
    )
    return f"<mtable>{rows}</mtable>"


def _column(numbers: np.ndarray) -> str:
    return _matrix(numbers[:, None])
