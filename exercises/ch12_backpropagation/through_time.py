"""One weight, used many times: the gradients of X_k = tanh(W X_{k-1}), in columns."""
# mypy: allow-untyped-defs, allow-untyped-calls

import numpy as np

import dlcore as dl
from dlcore import nn
from exercises.slips import Slip, Told, equivalent, stranger
from exercises.task import Task, Values


def case(seed: int) -> Values:
    """One weight matrix, used three to five times; on a seed divisible by 3, once."""
    random = np.random.default_rng(seed)
    N = int(random.integers(3, 6))
    return {
        "W": random.normal(size=(N, N)) * 1.2 / N**0.5,
        "X0": random.normal(size=(N, 1)),
        "dE_dX": random.normal(size=(N, 1)),
        "n": int(random.integers(3, 6)) if seed % 3 else 1,
    }


def through_time(W, X0, dE_dX, n):
    states = [X0]
    for _ in range(n):
        states.append(np.tanh(W @ states[-1]))

    dE_dW = np.zeros_like(W)
    for k in range(n, 0, -1):
        dE_dZ = dE_dX * (1 - states[k] ** 2)
        dE_dW += dE_dZ @ states[k - 1].T
        dE_dX = W.T @ dE_dZ
    return dE_dW, dE_dX


SLOPE, SHARE = "1 - states[k] ** 2", "+= dE_dZ @ states[k - 1].T"

SLIPS = (
    Slip(
        "W is the wrong way round on the way back.",
        ("W.T @", "W @"),
        more="W is square, so NumPy does not complain. The row dE/dX . W, in columns, is what?",
    ),
    Slip(
        "the slope of tanh is wrong, or taken at the wrong place.",
        (SLOPE, "1 - states[k - 1] ** 2"),
        (SLOPE, "1 - (W @ states[k - 1]) ** 2"),
        (SLOPE, "1 - np.tanh(states[k]) ** 2"),
        (SLOPE, "1 - states[k]"),
        (SLOPE, "states[k] ** 2 - 1"),
        more="It is 1 - X_k^2, from the output of tanh itself.",
    ),
    Slip(
        "the gradient has to pass tanh on its way to W and to X_{k-1}.",
        (SLOPE, "1"),
        ("W.T @ dE_dZ", "W.T @ dE_dX"),
        (SHARE, "+= dE_dX @ states[k - 1].T"),
        more="First back through tanh, then to both.",
    ),
    Slip(
        "back through W first, and through tanh only then: it is the other way round.",
        (f"dE_dX * ({SLOPE})", f"W.T @ dE_dX * ({SLOPE})", "W.T @ dE_dZ", "dE_dZ"),
        more="Forward, W comes first and tanh last. Which of the two is met first on the way back?",
    ),
    Slip(
        "what goes on to X_{k-1} has passed tanh, and not W.",
        ("dE_dX = W.T @ dE_dZ", "dE_dX = dE_dZ"),
        ("return dE_dW, dE_dX", "return dE_dW, dE_dZ"),
        more="Z_k = W X_{k-1}: what does X_{k-1} do to it?",
    ),
    Slip(
        "each share of dE/dW has the wrong state in it.",
        ("states[k - 1].T", "states[k].T"),
        ("states[k - 1].T", "X0.T"),
        more="What did W multiply?",
    ),
    Slip(
        "each share of dE/dW is made with the gradient of the state before.",
        ("+= dE_dZ", "+= W.T @ dE_dZ"),
        more="W moves what tanh is given. Which gradient says what that does to E?",
    ),
    Slip("your states are those of W^T, not of W.", ("tanh(W @", "tanh(W.T @")),
    Slip(
        "dE/dW is transposed.",
        (SHARE, "+= states[k - 1] @ dE_dZ.T"),
        more="Entry (p, q) belongs to the weight from input q to p.",
    ),
    Slip(
        "W is used {n} times, and your dE/dW knows of one.",
        (SHARE, SHARE[1:]),
        ("dE_dW +=", "dE_dW += (k == n) *"),
        more="Who wiggles W wiggles all its uses at once. What becomes of their effects?",
    ),
    Slip(
        "the shares of the uses are averaged.",
        ("return dE_dW", "return dE_dW / n"),
        more="Their effects add up.",
    ),
    Slip(
        "the use of W in the first step, on X_0, is left out.", ("dE_dW +=", "dE_dW += (k > 1) *")
    ),
    Slip(
        "the use of W in the last step, which gave X_n, is left out.",
        ("dE_dW +=", "dE_dW += (k < n) *"),
    ),
    Slip("right for n - 1 steps, and n is {n}.", ("s = [X0]", "s, n = [X0], n - 1"), more="Count."),
    Slip("right for n + 1 steps, and n is {n}.", ("s = [X0]", "s, n = [X0], n + 1"), more="Count."),
    Slip(
        "first dE/dW, then dE/dX_0; yours are the other way round.",
        ("return dE_dW, dE_dX", "return dE_dX, dE_dW"),
    ),
    Told("changes dE_dX", ("dE_dZ = dE_dX *", "dE_dZ = dE_dX; dE_dZ *=")),
    Told("dE/dX_0 should be an array", ("return dE_dW, dE_dX", "return dE_dW, dE_dX.T")),
    Told("return 2 things, dE/dW and dE/dX_0", ("return dE_dW, dE_dX", "return dE_dW")),
)


@stranger(through_time, "dlcore.nn.Linear")
def with_modules(W, X0, dE_dX, n):
    linear, X = nn.Linear(*W.shape, bias=False), dl.tensor(X0.T, requires_grad=True)
    linear.weight.data = W
    Y = X
    for _ in range(n):
        Y = nn.Tanh()(linear(Y))
    Y.backward(dE_dX.T)
    return linear.weight.grad, X.grad.T


@stranger(through_time, "your dE/dW knows of one")
def the_last_use_alone(W, X0, dE_dX, n):
    X = X0
    for _ in range(n):
        before, X = X, np.tanh(W @ X)
    dE_dW = np.outer(dE_dX * (1 - X * X), before)
    for last in range(n, 0, -1):  # each state is made anew
        X = X0
        for _ in range(last):
            X = np.tanh(W @ X)
        dE_dX = W.T @ ((1 - X) * (1 + X) * dE_dX)
    return dE_dW, dE_dX


@equivalent(through_time)
def step_by_recursion(W, X0, dE_dX, n):
    """A step forward on the way down, a step back on the way up."""
    if n == 0:
        return np.zeros_like(W), dE_dX
    X1 = np.tanh(W @ X0)
    dE_dW, dE_dX1 = step_by_recursion.answer(W, X1, dE_dX, n - 1)
    dE_dZ = (1 - X1 * X1) * dE_dX1
    return dE_dW + dE_dZ * X0.T, W.T @ dE_dZ


@equivalent(through_time)
def with_whole_jacobians(W, X0, dE_dX, n):
    """The lecture's row times matrix, staircase and all."""
    row, states, dE_dW = dE_dX.T, [X0], 0
    for _ in range(n):
        states.append(np.tanh(W @ states[-1]))
    for before, X in zip(states[-2::-1], states[:0:-1], strict=True):
        row = row @ np.diag(1 - X[:, 0] ** 2)
        dE_dW = dE_dW + row @ np.kron(np.eye(len(W)), before.T)
        row = row @ W
    return dE_dW.reshape(W.shape), row.T


@equivalent(through_time)
def half_the_digits(W, X0, dE_dX, n):
    W, X0, dE_dX = (A.astype(np.float32) for A in (W, X0, dE_dX))
    return list(through_time(W, X0, dE_dX, n))


TASK = Task(
    through_time,
    "One weight, used many times",
    difficulty=2,
    minutes=25,
    rows=("L31", "L32", "L38"),
    points=3,
    inputs=case,
    returns="dE/dW, dE/dX_0",
    slips=SLIPS,
    forbids=("dlcore.nn.Linear", "dlcore.Tensor.backward"),
    harmless={
        "dE_dW += dE_dZ @ states[k - 1].T -> dE_dW += dE_dZ * states[k - 1].T": "a column times a "
        "row is the same by @ and by *",
    },
)
