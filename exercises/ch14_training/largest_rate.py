"""Predict, then measure: how large may the rate be?"""
# mypy: allow-untyped-defs, allow-untyped-calls

from typing import Any

import numpy as np

from exercises.hints import Hint, as_float, same
from exercises.slips import Slip, Told, equivalent, stranger
from exercises.task import Task, Values


def case(seed: int) -> Values:
    """Curvatures of any size. On the first seed there is no momentum: the familiar case."""
    random = np.random.default_rng(seed)
    shape = random.permutation([1, random.uniform(2, 9), 10])
    return {
        "curvatures": shape * 10 ** random.uniform(-2, 2),
        "momentum": 0.0 if seed == 1 else float(random.choice([0.6, 0.7, 0.8, 0.9])),
    }


class LargestRate:
    def predict(self, curvatures, momentum):
        return 2 * (1 + momentum) / np.max(curvatures)

    def measure(self, descend):
        low, high = 0.001, 100.0
        while high > 1.001 * low:
            middle = np.sqrt(low * high)
            E = descend(middle)
            low, high = (middle, high) if E[-1] < E[0] else (low, middle)
        return low


FORMULA, STEEP = "2 * (1 + momentum) / np.max(curvatures)", "np.max(curvatures)"
WHILE, DOWN, END = "while high > 1.001 * low", "if E[-1] < E[0]", "return low"
HALVE = "low, high = (middle, high) if E[-1] < E[0] else (low, middle)"
TURN = "At the edge, theta and v only change their sign from step to step. Put that into both."

SLIPS = (
    Slip(
        "this is the edge without momentum; yours was measured with it.",
        (FORMULA, f"2 / {STEEP}"),
        more=TURN,
    ),
    Slip(
        "you let the velocity add up, and at the edge it cannot: the gradient turns every step.",
        (FORMULA, f"2 * (1 - momentum) / {STEEP}"),
        (FORMULA, f"2 / (1 - momentum) / {STEEP}"),
        more=TURN,
    ),
    Slip(
        "another direction is lost first: the steepest.",
        ("np.max", "np.min"),
        (FORMULA, "2 / np.min(curvatures)"),
        more="Which curvature is largest?",
    ),
    Slip(
        "at this rate descent is fast, and at a larger one it still comes down.",
        (FORMULA, f"1 / {STEEP}"),
        (FORMULA, f"(1 + momentum) / {STEEP}"),
        (FORMULA, f"2 / (np.min(curvatures) + {STEEP})"),
        (FORMULA, f"4 / (np.min(curvatures) ** 0.5 + {STEEP} ** 0.5) ** 2"),
        more=TURN,
    ),
    Told("believe the measurement", ("np.max", "np.sum")),
    Told("believe the measurement", (FORMULA, "0.1")),
    Told("the predicted rate should be a number; yours has shape (3,)", (STEEP, "curvatures")),
    Told("the predicted rate is not finite", (FORMULA, "10**400")),
    Told("the measured rate is too small", (DOWN, "if np.all(np.diff(E) <= 0)")),
    Told("the measured rate is", ("high = 0.001, 100.0", "high = 0.001, 1.0")),
    Told(
        "the measured rate is too large",
        (DOWN, "if not E[-1] > E[0]", "np.sqrt(low * high)", "(low + high) / 2"),
    ),
    Told("close, but not within one percent of the rate", ("1.001", "1.05")),
    Told(
        "too small: larger",
        (WHILE, "while high > low + 0.02", "np.sqrt(low * high)", "(low + high) / 2"),
    ),
    Told("the measured rate is None", (END, "")),
    Told("the measured rate should be a number; yours has shape (101,)", (END, "return E")),
    Told("2,000 trials are enough", (WHILE, "while high > low")),
)


def read(inputs: Values, outputs: Values) -> Values:
    """What is measured within one percent counts as exact, and the prediction as what it is."""
    edge = 2 * (1 + inputs["momentum"]) / inputs["curvatures"].max()
    measured = outputs["the measured rate"]
    near = is_number(measured) and abs(float(as_float(measured)) / edge - 1) < 0.01
    return {**outputs, "the measured rate": edge if near else measured}


def judge(inputs: Values, got: Values, right: Values) -> Hint | None:
    """The measurement comes first: it is what the prediction can be compared with."""
    (name, edge), (other, _) = right.items()
    measured, predicted = got[name], got[other]
    hint = same(name, measured, edge)
    if hint:
        return off_edge(as_float(measured) / edge) if is_number(measured) else hint
    hint = same(other, predicted, edge)
    if hint and is_number(predicted) and np.isfinite(as_float(predicted)):
        numbers = f"you predicted {float(predicted):.3g} and measured {edge:.3g}"
        return Hint(f"{numbers}: believe the measurement.", TURN)
    return hint


def off_edge(factor: float) -> Hint:
    if abs(factor - 1) < 0.06:
        return Hint(
            "the measured rate is close, but not within one percent of the rate.",
            "Between a rate that comes down and one that does not, try the middle.",
        )
    if factor < 1:
        return Hint(
            "the measured rate is too small: larger ones still come down.",
            "Do you search far enough, and in steps that are small for a small rate, too? And with "
            "momentum the energy may climb for a while and still come down: compare the last one "
            "with the first.",
        )
    return Hint(
        "the measured rate is too large: the energy grows at it, or at smaller ones.",
        "Far beyond the edge it is inf or nan, and `nan > 1` is False. Start small.",
    )


def is_number(value: Any) -> bool:
    if isinstance(value, np.ndarray):
        return value.ndim == 0 and value.dtype.kind in "biuf"
    return isinstance(value, int | float)


@stranger(LargestRate, "the measured rate is too small")
class MeasuresTheFastest(LargestRate):
    def measure(self, descend):
        rates = np.geomspace(1e-3, 1e2, 300)
        last = [descend(rate)[-1] for rate in rates]
        return rates[np.nanargmin(last)]


@stranger(LargestRate, "the measured rate is")
class TheSameForEveryBowl(LargestRate):
    def measure(self, descend):
        return 0.02


@equivalent(LargestRate)
class FinerAndFiner(LargestRate):
    """A search on grids, each between two neighbors of the one before."""

    def predict(self, curvatures, momentum):
        return min(2 / c + 2 * momentum / c for c in curvatures)

    def measure(self, descend):
        low, high = 1e-3, 1e2
        for _ in range(4):
            rates = np.geomspace(low, high, 30)
            ends = (descend(rate) for rate in rates)
            last = next(k for k, E in enumerate(ends) if not E[-1] < E[0])
            low, high = rates[last - 1], rates[last]
        return (low * high) ** 0.5


@equivalent(LargestRate)
class RootsOfTheRecurrence(LargestRate):
    """z^2 - (1 + mu - rate c) z + mu has a root outside of the unit circle."""

    def predict(self, curvatures, momentum):
        def grows(rate):
            roots = [np.roots([1, rate * c - 1 - momentum, momentum]) for c in curvatures]
            return np.abs(roots).max() > 1 + 1e-12

        low, high = 0.0, 1e6
        for _ in range(100):
            middle = (low + high) / 2
            low, high = (low, middle) if grows(middle) else (middle, high)
        return low


@equivalent(LargestRate)
class LargestEigenvalue(LargestRate):
    def predict(self, curvatures, momentum):
        return np.float32(2 + 2 * momentum) / np.float32(np.linalg.norm(np.diag(curvatures), 2))

    def measure(self, descend):
        rate = step = 1e-3
        while step > rate / 1000:
            E = descend(rate + step)
            if np.isfinite(E[-1]) and E[-1] <= E[:50].max():
                rate, step = rate + step, 2 * step
            else:
                step /= 2
        return rate


TASK = Task(
    LargestRate,
    "Predict, then measure: how large may the rate be?",
    difficulty=3,
    minutes=30,
    rows=("L35",),
    points=4,
    inputs=case,
    slips=SLIPS,
    read=read,
    judge=judge,
    shows=False,
    harmless={
        "low, high = (0.001, 100.0) -> low, high = (0.001, 101.0)": "the rate is below both",
        f"{HALVE} -> {HALVE.replace('<', '<=')}": "the energies are never equal",
        f"{HALVE} -> {HALVE.replace('[0]', '[1]')}": "so near to the edge all energies are alike",
        f"{HALVE} -> {HALVE.replace('[-1]', '[-2]')}": "the last two energies are alike",
        "while high > 1.001 * low: -> while high >= 1.001 * low:": "they are never equal",
    },
)
