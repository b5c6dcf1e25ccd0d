"""You write the check, we plant the bugs: difference quotients against a bprop."""
# mypy: allow-untyped-defs, allow-untyped-calls

import numpy as np

import dlcore as dl
from dlcore import nn
from exercises.planting import bugged, honest, judge_verdicts, mixed, read_verdicts
from exercises.slips import Slip, Told, equivalent, stranger
from exercises.task import Task, Values

from .jacobian import jacobian


class Suspect(nn.Module):
    def __init__(self, weight, bias, scale):
        self.weight, self.bias, self.scale = dl.Parameter(weight), dl.Parameter(bias), scale

    def fprop(self, X):
        self.X = X
        self.Y = self.scale * np.tanh(X @ self.weight.data.T + self.bias.data)
        return self.Y

    def bprop(self, dE_dY):
        dE_dZ = dE_dY * (self.scale - self.Y**2 / self.scale)
        self.weight.accumulate_grad(dE_dZ.T @ self.X)
        self.bias.accumulate_grad(dE_dZ.sum(axis=0))
        return dE_dZ @ self.weight.data


class Cube(nn.Module):
    def fprop(self, X):
        self.X = X
        return np.sum(X**3, axis=1)

    def bprop(self, dE_dY):
        return 3 * dE_dY[:, np.newaxis] * self.X**2


FIRST, LAST = "dE_dZ = dE_dY * (self.scale", "return dE_dZ @ self.weight.data"
OF_WEIGHT, OF_BIAS = "self.weight.accumulate_grad(dE_dZ.T @ self.X)", "dE_dZ.sum(axis=0)"

BUGS = (
    Slip("dE/dX has the wrong sign.", ("return dE_dZ", "return -dE_dZ")),
    Slip("W is the wrong way round in dE/dX.", (LAST, f"{LAST}.T")),
    Slip("the slope of tanh is wrong.", ("self.Y**2", "np.tanh(self.Y) ** 2")),
    Slip("the slope is right above 0, and wrong below.", ("self.Y**2", "self.Y * abs(self.Y)")),
    Slip(
        "dE/dY is left out. Where all of it is 1, nobody notices.", (FIRST, "dE_dZ = (self.scale")
    ),
    Slip(
        "one entry of dE/dX is wrong.",
        (LAST, f"dX {LAST[6:]}".replace("dX", "dX =") + "; dX[-1, -1] *= 2; return dX"),
    ),
    Slip(
        "the rows of dE/dX are all there, in another order.", ("return dE_dZ", "return dE_dZ[::-1]")
    ),
    Slip("dE/dX is off by one part in a thousand.", ("return dE_dZ", "return 1.001 * dE_dZ")),
    Slip(
        "dE/dX is right; dE/dW is averaged over the samples.",
        ("T @ self.X", "T @ self.X / len(self.X)"),
    ),
    Slip("dE/dX is right; one of the parameters gets no gradient.", (OF_BIAS, "0 * dE_dZ[0]")),
    Slip(
        "dE/dW overwrites what was there. It should be added.",
        (OF_WEIGHT, "self.weight.grad = dE_dZ.T @ self.X"),
    ),
    Slip(
        "bprop writes into dE_dY, which is the caller's.",
        (FIRST, "dE_dZ = dE_dY; dE_dZ *= (self.scale"),
    ),
)


def case(seed: int) -> Values:
    """Four modules that are right, twelve that are not, and an X that they all can take."""
    random = np.random.default_rng(seed)
    W, b = random.normal(size=(3, 3)), random.normal(size=3)
    tall = random.normal(size=(5, 3))
    suspects = [
        honest(Suspect, "its numbers are about a million.", W, b, 1e6),
        honest(Suspect, "its numbers are about a millionth.", W, b, 1e-6),
        honest(Suspect, "it gives more numbers than it takes.", tall, tall[:, 0], 1.0),
        honest(Cube, "it has no parameters, and its Y is a vector."),
        *bugged(Suspect, BUGS[:1], W, b, 1e-6),
        *bugged(Suspect, BUGS[1:], W, b, 1.0),
    ]
    return {"suspects": mixed(random, suspects), "X": random.normal(size=(4, 3))}


def slopes(E, A, h=1e-5):
    """As the notebook has it."""
    found = np.zeros(A.shape)
    for q in np.ndindex(A.shape):
        for step in (h, -h):
            A[q] += step
            found[q] += E() / (2 * step)
            A[q] -= step
    return found


def gradient_check(module, X):
    X = X.copy()
    dE_dY = np.random.default_rng(0).normal(size=module.fprop(X).shape)
    arrays = [X, *(W.data for W in module.parameters())]
    wiggled = [slopes(lambda: np.sum(dE_dY * module.fprop(X)), A) for A in arrays]

    module.fprop(X)
    module.bprop(dE_dY)
    dE_dX = module.bprop(dE_dY)  # by now, each gradient was added twice
    found = [dE_dX, *(W.grad / 2 for W in module.parameters())]
    return all(abs(a - b).max() <= 1e-5 * abs(b).max() for a, b in zip(found, wiggled))


DRAW = "dE_dY = np.random.default_rng(0).normal(size=module.fprop(X).shape)"
LAST_LINE = "return all((abs(a - b).max() <= 1e-05 * abs(b).max() for a, b in zip(found, wiggled)))"
NEAR, TWICE = "<= 1e-5 * abs(b).max()", "    module.bprop(dE_dY)\n    dE_dX"

SLIPS = (
    Told("2 of the 12 that have a bug", (TWICE, "    dE_dX", "W.grad / 2", "W.grad")),
    Told("1 of the 12 that have a bug", (NEAR, "<= 1e-2 * abs(b).max()")),
    Told("1 of the 12 that have a bug", (NEAR, "<= 1e-5")),
    Told("1 of the 12 that have a bug", ("np.random.default_rng(0).normal(size=", "np.ones(")),
    Told("1 of the 12 that have a bug", ("abs(a - b).max()", "abs(a.sum() - b.sum())")),
    Told("1 of the 12 that have a bug", ("abs(a - b).max()", "abs(a - b).flat[0]")),
    Told(
        "3 of the 12 that have a bug",
        ("[X, *(W.data for W in module.parameters())]", "[X]"),
    ),
    Told("12 of the 12 that have a bug", ("return all(", "return True or all(")),
    Told("1 of the 4 that have none", (NEAR, "<= 1e-9")),
    Told("return True or False", ("return all(", "return list(")),
    Told("changes X", ("X = X.copy()", "X += 1")),
)


@stranger(gradient_check, "5 of the 12 that have a bug come through")
def one_row_of_ones(module, X):
    def E(X):
        return np.sum(module.fprop(X))

    wiggles = 1e-6 * np.eye(X.size).reshape(X.size, *X.shape)
    slopes = [(E(X + w) - E(X - w)) / 2e-6 for w in wiggles]
    dE_dX = module.bprop(np.ones_like(module.fprop(X)))
    return np.allclose(dE_dX.ravel(), slopes, 1e-4, 1e-4 * np.max(np.abs(slopes)))


@equivalent(gradient_check)
def by_jacobians(module, X):
    """Both Jacobians as matrices; and every row of dE/dY that is 1 in one place."""

    def with_weights(W):
        def function(array):
            before, W.data = W.data, array
            Y, W.data = module.fprop(X), before
            return Y

        return function

    wiggled = [jacobian(module.fprop, X, 1e-5)]
    wiggled += [jacobian(with_weights(W), W.data, 1e-5) for W in module.parameters()]
    for p, one in enumerate(np.eye(len(wiggled[0]))):
        dE_dY = one.reshape(module.fprop(X).shape)
        module.zero_grad()
        rows = []
        for _ in range(2):
            given = dE_dY.copy()
            rows = [module.bprop(given), *(W.grad for W in module.parameters())]
            if not np.array_equal(given, dE_dY):
                return False
        for J, row, times in zip(wiggled, rows, (1, 2, 2), strict=False):
            if not np.allclose(row.ravel(), times * J[p], 1e-5, 1e-5 * np.abs(J).max()):
                return np.bool_(False)
    return np.bool_(True)


TASK = Task(
    gradient_check,
    "You write the check, we plant the bugs",
    difficulty=2,
    minutes=20,
    rows=("L29", "L32"),
    points=3,
    inputs=case,
    returns="the verdict",
    slips=SLIPS,
    forbids=("dlcore.gradcheck", "dlcore.numerical_jacobian", "dlcore.jacobians"),
    read=read_verdicts,
    judge=judge_verdicts,
    shows=False,
    harmless={
        "X = X.copy() -> X = X": "slopes puts every entry back",
        "X = X.copy() -> left out": "slopes puts every entry back",
        f"{DRAW} -> {DRAW.replace('0', '1')}": "any row that is drawn will do",
        f"{LAST_LINE} -> {LAST_LINE.replace('<=', '<')}": "no module is as far off as that",
    },
)
