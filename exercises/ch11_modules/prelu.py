"""A module of your own: a ReLU with a slope that is learned."""
# mypy: allow-untyped-defs, allow-untyped-calls

import numpy as np

import dlcore as dl
from dlcore import nn
from exercises.hints import Hint
from exercises.slips import Slip, Told, equivalent, stranger
from exercises.task import Task, Values


def case(seed: int) -> Values:
    """Slopes that a ReLU does not have: below 0, 0, between 0 and 1, above 1. X has zeros.

    On an odd seed there are as many samples as features, and a sum over the wrong axis has the
    right shape.
    """
    random = np.random.default_rng(seed)
    slopes = [-random.uniform(0.3, 2), 0.0, random.uniform(0.2, 0.8), random.uniform(1.5, 3)]
    sizes = [4, 4] if seed % 2 else [6, 5]
    X = [random.normal(size=(size, 4)) for size in sizes]
    X[0][0] = 0
    return {
        "weight": random.permutation(slopes),
        "X": X,
        "dE_dY": [random.normal(size=(size, 4)) for size in sizes],
    }


class PReLU(nn.Module):
    def __init__(self, features):
        self.weight = dl.Parameter(np.full(features, 0.25))

    def fprop(self, X):
        self.X, a = X, self.weight.data
        self.Y = np.where(X > 0, X, a * X)
        return self.Y

    def bprop(self, dE_dY):
        dY_da = np.minimum(self.X, 0)
        self.weight.accumulate_grad((dE_dY * dY_da).sum(axis=0))
        return np.where(self.X > 0, dE_dY, self.weight.data * dE_dY)


WEIGHT, OUT = "dl.Parameter(np.full(features, 0.25))", "np.where(X > 0, X, a * X)"
OF_A, BACK = "np.minimum(self.X, 0)", "np.where(self.X > 0, dE_dY, self.weight.data * dE_dY)"
ADD, TURN = "self.weight.accumulate_grad((dE_dY * dY_da).sum(axis=0))", "dY_da = "

SLIPS = (
    Slip(
        "the slope stands on the wrong side of 0, or on both.",
        (OUT, "a * X"),
        (OUT, "np.where(X > 0, a * X, X)"),
        more="Above 0, Y is X.",
    ),
    Slip(
        "the larger of X and a X is no PReLU: where a is above 1, it is the wrong one of the two.",
        (OUT, "np.maximum(X, a * X)"),
        more="Let X decide, not the product.",
    ),
    Slip("what is below 0 is gone: this is a ReLU.", (OUT, "np.maximum(X, 0)")),
    Slip(
        "the slopes are those in weight.data, whatever they are by now.",
        (OUT, "np.where(X > 0, X, 0.25 * X)"),
        more="0.25 is what they were at first; they are learned.",
    ),
    Slip(
        "each feature has a slope of its own.",
        (OUT, "np.where(X > 0, X, a[0] * X)"),
        (OUT, "np.where(X > 0, X, a.mean() * X)"),
        more="X is (n, features), and weight.data (features,).",
    ),
    Slip("below 0, Y is a X, and not a itself.", (OUT, "np.where(X > 0, X, a)")),
    Slip(
        "the output is returned, and not stored.",
        ("self.Y = np.where", "Y = np.where", "return self.Y", "return Y"),
        more="The lecture wants both: self.Y.",
    ),
    Slip(
        "the sign of Y is not the sign of X.",
        ("np.where(self.X > 0", "np.where(self.Y > 0"),
        ("np.where(self.X > 0", "np.where(self.Y >= 0"),
        (OF_A, "self.X * (self.Y <= 0)"),
        (OF_A, "self.X * (self.Y < 0)"),
        more="With a slope below 0, every Y is positive. What must be kept to know the sign of X?",
    ),
    Slip(
        "the kink: where X is 0, dY/dX is a.",
        (BACK, BACK.replace(">", ">=")),
        (BACK, f"{BACK} * (self.X != 0)"),
        more="At 0, on which side of it are you? The docstring of bprop says.",
    ),
    Slip(
        "dE/dX lacks dE/dY.",
        (BACK, "np.where(self.X > 0, 1, self.weight.data)"),
        more="bprop multiplies what comes in with the slope.",
    ),
    Slip("dE/dX is 0 where X is below 0: this is a ReLU's.", (BACK, "dE_dY * (self.X > 0)")),
    Slip(
        "dE/dX has the slope a everywhere.",
        (BACK, "self.weight.data * dE_dY"),
        more="Above 0 the slope is 1.",
    ),
    Slip("the sign of dE/dY decides; X's should.", ("np.where(self.X > 0", "np.where(dE_dY > 0")),
    Slip(
        "bprop should return dE/dX alone.",
        (BACK, f"{BACK}, self.weight.grad"),
        more="dE/da is added to weight.grad.",
    ),
    Slip(
        "weight.grad is None: bprop has two things to do.",
        (ADD, "pass"),
        more="The other one is dE/da.",
    ),
    Slip(
        "the second bprop overwrites the gradient of the first.",
        (ADD, "self.weight.grad = (dE_dY * dY_da).sum(axis=0)"),
        more="Gradients add up.",
    ),
    Slip(
        "dE/da is averaged over the samples.",
        (".sum(axis=0)", ".mean(axis=0)"),
        more="It is a sum: averaging is up to the cost.",
    ),
    Slip(
        "dE/da counts all samples.",
        (OF_A, "self.X"),
        more="Where X is above 0, Y does not depend on a.",
    ),
    Slip(
        "dE/da has a wrong factor.",
        (OF_A, "self.X <= 0"),
        (OF_A, "self.Y * (self.X <= 0)"),
        more="Below 0, Y = a X: what is dY/da?",
    ),
    Slip(
        "dE/da is summed over the features.",
        ("axis=0", "axis=1"),
        more="There is one a for a feature.",
    ),
    Slip(
        "your code writes into a Y that it has given away.",
        (
            f"self.Y = {OUT}",
            f"self.Y = vars(self).setdefault('Y', 0 * X)[:4]; self.Y[:] = ({OUT})[:4]",
        ),
        more="Somebody may hold the Y of the last call. Make a new array for each.",
    ),
    Told("PReLU.fprop writes into X", ("return self.Y", "X *= 2; return self.Y")),
    Told("PReLU.bprop writes into dE/dY", (TURN, f"dE_dY *= 2; {TURN}")),
    Told("changes weight", (TURN, f"self.weight.data = 0.9 * self.weight.data; {TURN}")),
    Told("expected an array of shape (4,), got (4, 4)", (".sum(axis=0)", "")),
    Told("dE/dX of batch 1 is None", (f"return {BACK}", BACK)),
    Told(
        "dE/dX of batch 1 should be an array of shape (4, 4); yours has shape (4,)",
        (BACK, f"{BACK}.sum(axis=0)"),
    ),
    Told("your code stopped with AttributeError", ("self.X, a = X,", "a =")),
    Told("one parameter, called weight; yours has: none", (WEIGHT, "np.full(features, 0.25)")),
    Told("one parameter, called weight; yours has: slope", ("self.weight = dl", "self.slope = dl")),
    Told("the first weight should be an array of shape (4,)", (WEIGHT, "dl.Parameter(0.25)")),
)


def read(inputs: Values, outputs: Values) -> Values | Hint:
    if outputs["names"] != ["weight"]:
        found = ", ".join(outputs["names"]) or "none"
        return Hint(
            f"a PReLU has one parameter, called weight; yours has: {found}.",
            "self.weight = dl.Parameter(...) in __init__: an attribute, found by its name.",
        )
    return {name: value for name, value in outputs.items() if name not in inputs}


@stranger(PReLU, "the second bprop overwrites")
class NumberByNumberAndForgetful(PReLU):
    def fprop(self, X):
        self.X, self.Y = X, np.empty_like(X)
        for i, j in np.ndindex(X.shape):
            self.Y[i, j] = X[i, j] if X[i, j] > 0 else self.weight.data[j] * X[i, j]
        return self.Y

    def bprop(self, dE_dY):
        dE_dX, self.weight.grad = np.empty_like(dE_dY), np.zeros(dE_dY.shape[1])
        for i, j in np.ndindex(dE_dY.shape):
            above = self.X[i, j] > 0
            dE_dX[i, j] = dE_dY[i, j] * (1 if above else self.weight.data[j])
            self.weight.grad[j] += 0 if above else dE_dY[i, j] * self.X[i, j]
        return dE_dX


@equivalent(PReLU)
class TwoHalves(PReLU):
    """In single precision, from a positive and a negative part; keeps no X."""

    def __init__(self, features):
        self.weight = dl.Parameter(np.full(features, 0.25, np.float32))

    def fprop(self, X):
        self.low = np.minimum(X, 0).astype(np.float32)
        self.above = X > 0
        self.Y = np.maximum(X, 0).astype(np.float32) + self.weight.data * self.low
        return self.Y

    def bprop(self, dE_dY):
        dE_da = np.einsum("ni,ni->i", dE_dY, self.low)
        self.weight.grad = dE_da + (0 if self.weight.grad is None else self.weight.grad)
        return dE_dY * (self.above + ~self.above * self.weight.data)


@equivalent(PReLU)
class ThroughTheJacobian(PReLU):
    """Every sample's Jacobian, a diagonal matrix, multiplied from the left by a row; in place."""

    def bprop(self, dE_dY):
        if self.weight.grad is None:
            self.weight.grad = np.zeros_like(self.weight.data)
        self.weight.grad += np.where(self.X > 0, 0, dE_dY * self.X).sum(axis=0)
        slopes = np.where(self.X > 0, 1, self.weight.data)
        J = slopes[:, np.newaxis] * np.eye(slopes.shape[1])
        return np.matmul(dE_dY[:, np.newaxis], J)[:, 0]


TASK = Task(
    PReLU,
    "A module of your own",
    difficulty=2,
    minutes=20,
    rows=("L27",),
    points=3,
    inputs=case,
    slips=SLIPS,
    forbids=("dlcore.Tensor.backward",),
    read=read,
    harmless={f"self.Y = {OUT} -> self.Y = {OUT.replace('>', '>=')}": "at X = 0 both are 0"},
)
