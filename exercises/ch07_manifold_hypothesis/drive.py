"""How answers are tried. This file stands beside student code, so no answer is in here."""

from typing import Any

import numpy as np

Values = dict[str, Any]


def cloud(
    n: int, radius: float, d: int, D: int, sigma: float, random: np.random.Generator
) -> np.ndarray:
    """n points in D dimensions, (n, D): a piece of a flat manifold of dimension d, with noise.

    The piece is a ball: all points of it are equally likely, and it lies somewhere, turned
    somehow. Then each of the D coordinates gets noise of standard deviation sigma.
    """
    direction = random.normal(size=(n, d))
    direction /= np.linalg.norm(direction, axis=1, keepdims=True)
    ball = radius * random.uniform(size=(n, 1)) ** (1 / d) * direction
    frame = np.linalg.qr(random.normal(size=(D, d)))[0]
    return random.normal(size=D) + ball @ frame.T + sigma * random.normal(size=(n, D))


def dimension(answer: Any, inputs: Values) -> Values:
    return {"dimension": answer(inputs["X"], inputs["k"]), "X": inputs["X"]}


def tangent_coordinates(answer: Any, inputs: Values) -> Values:
    names = ("p", "neighbors", "d", "y")
    return {"returned": answer(*(inputs[name] for name in names)), **inputs}


def shortest_path(answer: Any, inputs: Values) -> Values:
    """A path for each problem, and its points as they are afterwards."""
    paths = [answer(p["X"], p["k"], p["start"], p["end"]) for p in inputs["problems"]]
    return {"paths": paths, "points": [p["X"] for p in inputs["problems"]]}


def NoiseShare(answer: Any, inputs: Values) -> Values:
    """The prediction is told what the large cloud was made from; a measurement sees a cloud."""
    share = answer()
    predicted = share.predict(inputs["radius"], inputs["d"], inputs["D"], inputs["sigma"])
    measured = [share.measure(inputs[name], inputs["d"]) for name in ("small", "large")]
    return {"predicted": predicted, "measured": measured, "small": inputs["small"]}
