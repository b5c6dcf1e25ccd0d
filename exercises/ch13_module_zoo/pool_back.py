"""Max-pooling on the way back: unpooling."""
# mypy: allow-untyped-defs, allow-untyped-calls

import numpy as np

from exercises.slips import Slip, Told, equivalent, stranger
from exercises.task import Task, Values


def case(seed: int) -> Values:
    """Windows of three, or of two; some with a tie, one of them all zeros, one below 0.

    Two windows have the same largest number.
    """
    random = np.random.default_rng(seed)
    size = 2 if seed % 2 else 3
    windows = random.normal(size=(6, size))
    windows[0] = 0
    windows[1, -2:] = np.abs(windows[1]).max() + 1
    windows[2] = -np.abs(windows[2]) - 0.1
    windows[3, -1] = windows[4, 0] = 3 + random.uniform()
    order = random.permutation(6)
    return {"X": windows[order].ravel(), "size": size, "dE_dY": random.normal(size=6)}


def pool_back(X, size, dE_dY):
    windows = X.reshape(-1, size)
    dE_dX = np.zeros(windows.shape)
    dE_dX[np.arange(len(windows)), windows.argmax(axis=1)] = dE_dY
    return dE_dX.ravel()


FILL = "dE_dX[np.arange(len(windows)), windows.argmax(axis=1)] = dE_dY"
TOP = "(windows == windows.max(axis=1, keepdims=True))"

SLIPS = (
    Slip(
        "at a tie each of the largest takes all of it.",
        (FILL, f"dE_dX += {TOP} * dE_dY[:, None]"),
        more="It goes to one of them, the first.",
    ),
    Slip(
        "a tie is shared; it should go to the first.",
        (FILL, f"dE_dX += {TOP} / {TOP}.sum(axis=1, keepdims=True) * dE_dY[:, None]"),
    ),
    Slip(
        "a tie goes to the last; it should go to the first.",
        ("windows.argmax(axis=1)", "size - 1 - windows[:, ::-1].argmax(axis=1)"),
    ),
    Slip("it goes where the smallest number was.", ("argmax", "argmin")),
    Slip(
        "it goes where the number furthest from 0 was.",
        ("windows.argmax(axis=1)", "np.abs(windows).argmax(axis=1)"),
        more="The largest of -1 and -3 is -1.",
    ),
    Slip(
        "all of a window takes it.",
        (FILL, "dE_dX += dE_dY[:, None]"),
        more="A number that is not the largest can be wiggled, and the maximum does not notice.",
    ),
    Slip("this is the way back of average pooling.", (FILL, "dE_dX += dE_dY[:, None] / size")),
    Slip(
        "it always goes to the first of the window.",
        ("windows.argmax(axis=1)", "0"),
        more="Where was the largest?",
    ),
    Slip(
        "this has the slopes; dE/dY is missing.",
        ("] = dE_dY", "] = 1"),
    ),
    Slip(
        "the largest of all the windows decides.",
        (FILL, "dE_dX += (windows == windows.max()) * dE_dY[:, None]"),
        more="Each window has its own.",
    ),
    Slip(
        "dE/dX has the largest inputs in it.",
        ("] = dE_dY", "] = windows.max(axis=1)"),
        more="It is dE/dY that goes there.",
    ),
    Told("should be an array of shape", ("dE_dX.ravel()", "dE_dX")),
    Told("changes X", ("np.zeros(windows.shape)", "windows; dE_dX[...] = 0 * dE_dX")),
)


@stranger(pool_back, "at a tie each of the largest takes all of it")
def looking_for_the_largest(X, size, dE_dY):
    dE_dX = np.zeros(len(X))
    for k, g in enumerate(dE_dY):
        for i in range(k * size, (k + 1) * size):
            if X[i] == max(X[k * size : (k + 1) * size]):
                dE_dX[i] = g
    return dE_dX


@stranger(pool_back, "wrong in")
def looking_through_all(X, size, dE_dY):
    numbers, dE_dX = X.tolist(), np.zeros(len(X))
    for k, g in enumerate(dE_dY):
        dE_dX[numbers.index(max(numbers[k * size : (k + 1) * size]))] = g
    return dE_dX


@equivalent(pool_back)
def window_by_window(X, size, dE_dY):
    found = []
    for k, g in enumerate(dE_dY.tolist()):
        window = X[k * size : (k + 1) * size].tolist()
        back = [0.0] * size
        back[window.index(max(window))] = g
        found += back
    return np.array(found)


@equivalent(pool_back)
def by_the_unit_rows(X, size, dE_dY):
    first = np.eye(size)[X.reshape(len(dE_dY), size).argmax(axis=1)]
    return (first.T * dE_dY).T.reshape(-1)


TASK = Task(
    pool_back,
    "Max-pooling, backwards",
    difficulty=1,
    minutes=10,
    rows=("L40",),
    points=2,
    inputs=case,
    returns="dE/dX",
    slips=SLIPS,
    harmless={
        "windows = X.reshape(-1, size) -> windows = X.reshape(-2, size)": "NumPy works out "
        "the size for any number below 0",
    },
    forbids=("dlcore.nn.MaxPool2d", "dlcore.nn.FeaturePool", "dlcore.Tensor.backward"),
)
