"""A convolution in one dimension, on the way back."""
# mypy: allow-untyped-defs, allow-untyped-calls

import numpy as np

from exercises.slips import Slip, Told, equivalent, stranger
from exercises.task import Task, Values


def case(seed: int) -> Values:
    """A filter of three on an odd seed, of two on an even one; X is longer than two filters."""
    random = np.random.default_rng(seed)
    k = 3 if seed % 2 else 2
    n = int(random.integers(7, 10))
    return {
        "X": random.normal(size=n),
        "w": random.normal(size=k),
        "dE_dY": random.normal(size=n - k + 1),
    }


def conv_back(X, w, dE_dY):
    n = len(dE_dY)
    dE_dX, dE_dw = np.zeros(len(X)), np.zeros(len(w))
    for i in range(len(w)):
        dE_dX[i : i + n] += w[i] * dE_dY
        dE_dw[i] = X[i : i + n] @ dE_dY
    return dE_dX, dE_dw


TO_X, TO_W = "dE_dX[i : i + n] += w[i] * dE_dY", "dE_dw[i] = X[i : i + n] @ dE_dY"

SLIPS = (
    Slip(
        "what arrives later replaces what is there.",
        ("+=", "="),
        more="An input goes into several outputs. Their gradients add up.",
    ),
    Slip(
        "the filter is turned around.",
        (TO_X, "dE_dX[i : i + n] += w[-1 - i] * dE_dY"),
        more="Output h sees input h + i through w[i], and the gradient goes back the same way.",
    ),
    Slip("dE/dX lacks the filter.", (TO_X, "dE_dX[i : i + n] += dE_dY")),
    Slip(
        "dE/dX has X in it.",
        (TO_X, "dE_dX[i : i + n] += X[i : i + n] * dE_dY"),
        more="Input h + i is multiplied by w[i] on its way. What is the slope?",
    ),
    Slip(
        "dE/dX is not at its place: the filter sees to the right.",
        (TO_X, "dE_dX[: n] += w[i] * dE_dY"),
        more="Output 0 sees the inputs 0 to k - 1.",
    ),
    Slip(
        "dE/dw is the wrong way around.",
        (TO_W, "dE_dw[-1 - i] = X[i : i + n] @ dE_dY"),
        more="w[i] met the inputs from i on.",
    ),
    Slip(
        "each weight was used at every place, and all of them count.",
        (TO_W, "dE_dw[i] = X[i] * dE_dY[0]"),
    ),
    Slip(
        "dE/dw is a sum over the places, no mean.",
        (TO_W, "dE_dw[i] = X[i : i + n] @ dE_dY / n"),
    ),
    Slip(
        "the inputs that w[i] met begin at i.",
        (TO_W, "dE_dw[i] = X[:n] @ dE_dY"),
    ),
    Slip("dE/dw lacks dE/dY.", (TO_W, "dE_dw[i] = X[i : i + n].sum()")),
    Slip("dE/dw lacks X.", (TO_W, "dE_dw[i] = dE_dY.sum()")),
    Slip("dE/dw has w in it.", (TO_W, "dE_dw[i] = w[i] * (X[i : i + n] @ dE_dY)")),
    Told("return 2 things", ("return dE_dX, dE_dw", "return dE_dX")),
    Told("changes X", (TO_W, f"{TO_W}; X[i] = 0")),
)


@stranger(conv_back, "the filter is turned around")
def with_the_wrong_one_of_numpy(X, w, dE_dY):
    return np.convolve(dE_dY, w[::-1]), np.correlate(X, dE_dY)


@equivalent(conv_back)
def with_numpy(X, w, dE_dY):
    return np.convolve(dE_dY, w), np.correlate(X, dE_dY, mode="valid")


@equivalent(conv_back)
def by_the_toeplitz_matrix(X, w, dE_dY):
    J, dY_dw = np.zeros((len(dE_dY), len(X))), np.zeros((len(dE_dY), len(w)))
    for h in range(len(dE_dY)):
        J[h, h : h + len(w)] = w
        dY_dw[h] = X[h : h + len(w)]
    return [dE_dY @ J, dE_dY @ dY_dw]


TASK = Task(
    conv_back,
    "A convolution, backwards",
    difficulty=2,
    minutes=20,
    rows=("L36",),
    points=3,
    inputs=case,
    returns="dE/dX, dE/dw",
    slips=SLIPS,
    forbids=("dlcore.nn.Conv2d", "dlcore.Tensor.backward"),
)
