"""Warm-ups: a line each."""
# mypy: allow-untyped-defs, allow-untyped-calls

import numpy as np

from exercises.slips import Slip, equivalent
from exercises.task import warm_up


def jacobian_shape(n_in, n_out):
    return n_out, n_out * n_in


@equivalent(jacobian_shape)
def counted(n_in, n_out):
    return list(np.kron(np.eye(n_out), np.ones(n_in)).shape)


SHAPE = warm_up(
    jacobian_shape,
    "The shape of a Jacobian",
    ("L29",),
    lambda random: dict(zip(("n_in", "n_out"), random.permutation(range(2, 9)).tolist())),
    "rows, columns",
    (
        Slip("this is the shape of W, and that of dY/dX.", ("n_out * n_in", "n_in")),
        Slip(
            "rows and columns are swapped.",
            ("n_out, n_out * n_in", "n_out * n_in, n_out"),
            more="A row for each output, a column for each weight.",
        ),
    ),
)


def tanh_jacobian(X):
    return np.diag(1 - np.tanh(X) ** 2)


@equivalent(tanh_jacobian)
def entry_by_entry(X):
    J = np.zeros((len(X), len(X)), np.float32)
    for k, x in enumerate(X):
        J[k, k] = 1 / np.cosh(x) ** 2
    return J


TANH = warm_up(
    tanh_jacobian,
    "The Jacobian of tanh",
    ("L29", "L30"),
    lambda random: {"X": random.normal(size=random.integers(2, 6))},
    "dY/dX",
    (
        Slip(
            "these are the slopes; the Jacobian is a matrix.",
            ("np.diag(1 - np.tanh(X) ** 2)", "1 - np.tanh(X) ** 2"),
            more="An entry for each pair of an output and an input. Which inputs move output 1?",
        ),
        Slip("the slope is that at tanh(X); it should be that at X.", ("(X)", "(np.tanh(X))")),
        Slip("the slope of tanh is 1 - Y^2.", (" ** 2", ""), ("np.tanh(X) ** 2", "X**2")),
        Slip(
            "every output depends on its own input only.",
            ("np.diag(1", "np.ones((len(X), 1)) * (1"),
        ),
    ),
)


def linear_back(dE_dY, W):
    return dE_dY @ W


@equivalent(linear_back)
def through_columns(dE_dY, W):
    return (W.T @ dE_dY.T).T


LINEAR = warm_up(
    linear_back,
    "Back through a Linear",
    ("L30", "L31"),
    lambda random: {"dE_dY": random.normal(size=(1, 3)), "W": random.normal(size=(3, 3))},
    "dE/dX",
    (
        Slip("the Jacobian of W X in X is W, not its transpose.", ("@ W", "@ W.T")),
        Slip("this is a column; a gradient is a row.", ("dE_dY @ W", "W.T @ dE_dY.T")),
        Slip("this is the column of W^T.", ("dE_dY @ W", "W @ dE_dY.T")),
        Slip("entry by entry is not row times matrix.", ("@", "*"), more="In NumPy it is @."),
    ),
)


def duplicate_back(dE_dY1, dE_dY2):
    return dE_dY1 + dE_dY2


@equivalent(duplicate_back)
def stacked(dE_dY1, dE_dY2):
    return np.sum([dE_dY1, dE_dY2], axis=0)


DUPLICATE = warm_up(
    duplicate_back,
    "Back through a Duplicate",
    ("L38",),
    lambda random: {name: random.normal(size=4) for name in ("dE_dY1", "dE_dY2")},
    "dE/dX",
    (
        Slip(
            "effects add up; they are not averaged.", ("dE_dY1 + dE_dY2", "(dE_dY1 + dE_dY2) / 2")
        ),
        Slip("one of the two is lost.", (" + dE_dY2", ""), ("dE_dY1 + ", "")),
        Slip("the product rule is for products.", ("+", "*"), more="Y1 = X and Y2 = X."),
    ),
)

TASKS = (SHAPE, TANH, LINEAR, DUPLICATE)
