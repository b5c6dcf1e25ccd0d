"""Warm-ups: a line each."""
# mypy: allow-untyped-defs, allow-untyped-calls

import numpy as np

from exercises.slips import Slip, equivalent
from exercises.task import warm_up


def image_size(shape):
    return int(np.prod(shape))


@equivalent(image_size)
def counted(shape):
    return len(list(np.ndindex(*shape)))


SIZE = warm_up(
    image_size,
    "How many inputs has an image?",
    ("L28",),
    lambda random: {"shape": tuple(random.integers(2, 9, size=3).tolist())},
    "the number of inputs",
    (
        Slip("sizes are multiplied.", ("np.prod", "np.sum")),
        Slip("the channels count, too.", ("shape)", "shape[1:])")),
        Slip("this is the number of dimensions.", ("int(np.prod(shape))", "len(shape)")),
    ),
)


def linear_parameters(n_in, n_out):
    return n_in * n_out + n_out


@equivalent(linear_parameters)
def with_a_bias_for_each_row(n_in, n_out):
    return float(np.ones((n_out, n_in + 1)).sum())


PARAMETERS = warm_up(
    linear_parameters,
    "The parameters of a Linear",
    ("L28",),
    lambda random: dict(zip(("n_in", "n_out"), random.permutation(range(2, 9)).tolist())),
    "the number of parameters",
    (
        Slip("the biases are missing.", (" + n_out", "")),
        Slip("there is a bias for each output, not for each input.", ("+ n_out", "+ n_in")),
        Slip("there is a bias for each output, not one for all.", ("+ n_out", "+ 1")),
        Slip("each output has a weight for each input.", ("n_in * n_out", "n_in + n_out")),
    ),
)


def relu_back(dE_dY, Y):
    return dE_dY * (Y > 0)


@equivalent(relu_back)
def number_by_number(dE_dY, Y):
    return np.where(Y == 0, np.float32(0), dE_dY)


RELU = warm_up(
    relu_back,
    "What a ReLU needs to remember",
    ("L27",),
    lambda random: {
        "dE_dY": random.normal(size=6),
        "Y": np.append(np.maximum(random.normal(size=5), 0), 0),
    },
    "dE/dX",
    (
        Slip("where Y is 0, nothing comes through.", ("Y > 0", "Y >= 0")),
        Slip("the slope alone is no gradient.", ("dE_dY * (Y > 0)", "1.0 * (Y > 0)")),
        Slip("the sign of dE/dY decides; that of Y should.", ("Y > 0", "dE_dY > 0")),
        Slip("the slope of a ReLU is 0 or 1.", ("(Y > 0)", "Y")),
    ),
)


def two_modules(F1, F2, X):
    return F2.fprop(F1.fprop(X))


@equivalent(two_modules)
def state_by_state(F1, F2, X):
    for module in (F1, F2):
        X = module.fprop(X)
    return X


CASCADE = warm_up(
    two_modules,
    "A cascade of two",
    ("L26",),
    lambda random: (
        {"W1": random.normal(size=(3, 3)), "W2": random.normal(size=(3, 3))}
        | {"X": random.normal(size=(2, 3))}
    ),
    "X_2",
    (
        Slip("the second module comes first.", ("F2.fprop(F1.fprop(X))", "F1.fprop(F2.fprop(X))")),
        Slip("this is X_1.", ("F2.fprop(F1.fprop(X))", "F1.fprop(X)")),
        Slip("the second module gets X_0.", ("F1.fprop(X)", "X")),
    ),
)

TASKS = (SIZE, PARAMETERS, CASCADE, RELU)
