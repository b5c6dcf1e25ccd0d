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


def NoiseShare(answer: Any, inputs: Values) -> Values:
    """The prediction is told what the large cloud was made from; a measurement sees a cloud."""
    share, d = answer(), inputs["d"]
    measured = {
        f"the measured share of {size}": share.measure(inputs[size], d)
        for size in ("the small cloud", "the large cloud")
    }
    predicted = share.predict(inputs["radius"], d, inputs["D"], inputs["sigma"])
    return {**measured, "the predicted share": predicted, **inputs}
