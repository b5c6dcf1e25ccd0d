"""The gradient of the objective, by hand: Linear, ReLU, Linear, with NumPy alone."""
# mypy: allow-untyped-defs, allow-untyped-calls

import numpy as np

from dlcore import nn
from exercises.slips import Slip, Told, equivalent, stranger
from exercises.task import Task, Values


def case(seed: int) -> Values:
    """A net, some samples. The first sample is 0 and meets a bias of 0: a hidden unit at its kink.

    On an odd seed all sizes are equal, so that a transposed weight goes unnoticed.
    """
    random = np.random.default_rng(seed)
    n_in, hidden, n_out = random.permutation([2, 3, 4]) if seed % 2 == 0 else (3, 3, 3)
    shapes = {"W1": (hidden, n_in), "b1": (hidden,), "W2": (n_out, hidden), "b2": (n_out,)}
    theta = {name: random.normal(size=shape) for name, shape in shapes.items()}
    X, Y = random.normal(size=(6, n_in)), random.normal(size=(6, n_out))
    X[0], theta["b1"][0] = 0, 0
    return {**theta, "X": X, "Y": Y}


def objective_gradient(W1, b1, W2, b2, X, Y):
    Z = X @ W1.T + b1
    H = np.maximum(Z, 0)
    out = H @ W2.T + b2

    dout = 2 * (out - Y) / len(X)
    dH = dout @ W2
    dZ = dH * (Z > 0)
    return dZ.T @ X, dZ.sum(axis=0), dout.T @ H, dout.sum(axis=0)


GATE, END = "(Z > 0)", "return dZ.T @ X, dZ.sum(axis=0), dout.T @ H, dout.sum(axis=0)"

SLIPS = (
    Slip(
        "the gradients of the samples are added up.",
        (" / len(X)", ""),
        more="L is a mean over the samples.",
    ),
    Slip(
        "you divide by too much.",
        ("/ len(X)", "/ Y.size"),
        more="C is a sum over the outputs; only L is a mean.",
    ),
    Slip("a factor is missing.", ("2 * (", "("), more="What is the derivative of a square?"),
    Slip("the sign is wrong.", ("(out - Y)", "(Y - out)"), more="C grows with Out - Y."),
    Slip(
        "the kink: where ReLU's input is 0, its slope is 0.",
        (GATE, "(Z >= 0)"),
        more="Its slope jumps there. Which side does yours take?",
    ),
    Slip(
        "the ReLU looks at X.",
        (GATE, "(X > 0)"),
        more="Its own input is what the first Linear gave.",
    ),
    Slip(
        "the ReLU lets through what it should stop, or stops what it should let through.",
        (GATE, "1"),
        (GATE, "(dH > 0)"),
        (f"dH * {GATE}", "np.maximum(dH, 0) * (Z > 0)"),
        more="On the way back it is open where its input was above 0, and shut everywhere else.",
    ),
    Slip(
        "the net has no ReLU on the way forward.",
        ("np.maximum(Z, 0)", "Z"),
        more="Out = W2 max(W1 X + b1, 0) + b2.",
    ),
    Slip(
        "a bias is forgotten on the way forward.",
        (".T + b1", ".T"),
        (".T + b2", ".T"),
        (".T + b1", ".T", ".T + b2", ".T"),
    ),
    Slip("W1 is the wrong way round on the way forward.", ("X @ W1.T", "X @ W1")),
    Slip("W2 is the wrong way round on the way forward.", ("H @ W2.T", "H @ W2")),
    Slip(
        "W2 is the wrong way round.",
        ("dout @ W2", "dout @ W2.T"),
        more="dL/dOut . W2 has the shape of the ReLU's Out.",
    ),
    Slip(
        "dL/dW2 is wrong.",
        ("dout.T @ H", "dout.T @ Z"),
        more="What went into the second Linear had been through the ReLU.",
    ),
    Slip(
        "dL/dW1 and dL/dW2 are transposed.",
        (END, f"{END.replace('dZ.T @ X', 'X.T @ dZ').replace('dout.T @ H', 'H.T @ dout')}"),
        more="Each gradient has the shape of its parameter: (to, from).",
    ),
    Told("dL/db1 is 0.167 times", ("dZ.sum(axis=0)", "dZ.mean(axis=0)")),
    Told("dL/db1 should be an array of shape (3,)", ("dZ.sum(axis=0)", "dZ")),
    Told("changes Y", (END, f"Y -= 1; {END}")),
    Told(
        "return 4 things, dL/dW1, dL/db1, dL/dW2 and dL/db2", (END, "return dZ.T @ X, dout.T @ H")
    ),
    Told("yours is of type ndarray", (END, "return np.append(dZ.T @ X, dout.T @ H)")),
)


@stranger(objective_gradient, "gradients of the samples are added up")
def sample_by_sample_and_no_mean(W1, b1, W2, b2, X, Y):
    totals = [np.zeros_like(array) for array in (W1, b1, W2, b2)]
    for x, y in zip(X, Y):
        h = np.maximum(W1 @ x + b1, 0)
        d = 2 * (W2 @ h + b2 - y)
        dz = W2.T @ d * (h > 0)
        for total, g in zip(totals, (np.outer(dz, x), dz, np.outer(d, h), d)):
            total += g
    return totals


@stranger(objective_gradient, "this task is to be done without dlcore.nn.Linear")
def with_modules(W1, b1, W2, b2, X, Y):
    net = nn.Sequential(nn.Linear(*W1.shape[::-1]), nn.ReLU(), nn.Linear(*W2.shape[::-1]))
    for p, array in zip(net.parameters(), (W1, b1, W2, b2)):
        p.data = array
    nn.SquaredDistance()(net(X), Y).backward()
    return tuple(p.grad for p in net.parameters())


@equivalent(objective_gradient)
def samples_as_columns(W1, b1, W2, b2, X, Y):
    """As the lecture writes it; the gradients come out as views."""
    Z = W1 @ X.T + b1[:, None]
    H = np.where(Z > 0, Z, 0)
    d = 2 * (W2 @ H + b2[:, None] - Y.T) / len(X)
    dZ = (W2.T @ d) * (H > 0)
    return (X.T @ dZ.T).T, dZ.sum(axis=1), (H @ d.T).T, d.sum(axis=1)


@equivalent(objective_gradient)
def with_einsum(W1, b1, W2, b2, X, Y):
    Z = np.einsum("ki,hi->kh", X, W1) + b1
    H = Z * (Z > 0)
    d = (np.einsum("kh,oh->ko", H, W2) + b2 - Y) * (2 / len(X))
    dZ = np.einsum("ko,oh,kh->kh", d, W2, Z > 0)
    return [np.einsum("kh,ki->hi", dZ, X), sum(dZ), np.einsum("ko,kh->oh", d, H), sum(d)]


@equivalent(objective_gradient)
def in_single_precision(*arrays):
    return objective_gradient(*(array.astype(np.float32) for array in arrays))


TASK = Task(
    objective_gradient,
    "The gradient of the objective, by hand",
    difficulty=2,
    minutes=20,
    rows=("L33",),
    points=3,
    inputs=case,
    returns="dL/dW1, dL/db1, dL/dW2, dL/db2",
    slips=SLIPS,
    forbids=(
        "dlcore.nn.Linear",
        "dlcore.nn.ReLU",
        "dlcore.nn.SquaredDistance",
        "dlcore.Tensor.backward",
    ),
)
