"""Warm-ups: a line each."""
# mypy: allow-untyped-defs, allow-untyped-calls

import numpy as np

from exercises.slips import Slip, equivalent
from exercises.task import warm_up


def linear_back(W, dE_dY):
    return dE_dY @ W


@equivalent(linear_back)
def one_sample_after_the_other(W, dE_dY):
    return np.array([W.T @ row for row in dE_dY])


LINEAR = warm_up(
    linear_back,
    "Linear, a sample a row",
    ("L36",),
    lambda random: {"W": random.normal(size=(3, 3)), "dE_dY": random.normal(size=(3, 3))},
    "dE/dX",
    (
        Slip(
            "this is the formula for columns.",
            ("dE_dY @ W", "W.T @ dE_dY"),
            more="Here a sample is a row. Transpose both sides of the lecture's formula.",
        ),
        Slip("on the way back W is transposed, for a column.", ("dE_dY @ W", "W @ dE_dY")),
        Slip(
            "this goes forward.",
            ("dE_dY @ W", "dE_dY @ W.T"),
            more="Rows times W^T are the outputs. What are rows times W?",
        ),
    ),
)


def relu_of_the_slide(dE_dY, X):
    return dE_dY * (X >= 0)


@equivalent(relu_of_the_slide)
def stopped_below(dE_dY, X):
    return np.where(X < 0, np.float32(0), dE_dY)


RELU = warm_up(
    relu_of_the_slide,
    "ReLU as on the slide",
    ("L37",),
    lambda random: {
        "dE_dY": random.normal(size=6),
        "X": np.append(random.permutation([-1.5, -0.2, 0.4, 2.0]), [0, 0]),
    },
    "dE/dX",
    (
        Slip("at X = 0 the slide passes the gradient.", ("X >= 0", "X > 0")),
        Slip("what passes is what should stop.", ("X >= 0", "X < 0")),
        Slip("the slope alone is no gradient.", ("dE_dY * (X >= 0)", "1.0 * (X >= 0)")),
        Slip("the sign of dE/dY decides; that of X should.", ("X >= 0", "dE_dY >= 0")),
        Slip("the slope of a ReLU is 0 or 1.", ("(X >= 0)", "np.maximum(X, 0)")),
    ),
)


def p_minus_y(p, t):
    return p - np.eye(len(p))[t]


@equivalent(p_minus_y)
def less_one_at_the_target(p, t):
    dE_dX = np.array(p)
    dE_dX[t] = dE_dX[t] - 1
    return dE_dX


def probabilities(random):
    p = random.uniform(0.1, 1, size=5)
    return p / p.sum()


P_MINUS_Y = warm_up(
    p_minus_y,
    "What cross-entropy sends back",
    ("L41",),
    lambda random: {"p": probabilities(random), "t": int(random.integers(0, 5))},
    "dE/dX",
    (
        Slip("the target is taken from the front of the list.", ("[t]", "[0]")),
        Slip(
            "the other way around: what the network thinks, less what is true.", ("p - ", "-p + ")
        ),
        Slip("only the target's score gets a gradient.", ("return p -", "return -")),
        Slip(
            "the other scores get a gradient, too.",
            ("p - np.eye(len(p))[t]", "(p - 1) * np.eye(len(p))[t]"),
        ),
    ),
)

TASKS = (LINEAR, RELU, P_MINUS_Y)
