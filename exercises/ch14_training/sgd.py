"""Momentum, as torch defines it."""
# mypy: allow-untyped-defs, allow-untyped-calls

import numpy as np

from exercises.slips import Slip, equivalent, stranger
from exercises.task import Task

from .optimizers import SHARED, of_any_optimizer, walk


class SGD:
    def __init__(self, params, lr, momentum=0.0):
        self.params, self.lr, self.momentum = params, lr, momentum
        self.velocities = [np.zeros_like(p.data) for p in params]

    def step(self):
        for i, p in enumerate(self.params):
            self.velocities[i] = self.momentum * self.velocities[i] + p.grad
            p.data = p.data - self.lr * self.velocities[i]


KEEP, OLD, V = (
    "= params, lr, momentum",
    "self.momentum * self.velocities[i]",
    "* self.velocities[i]\n",
)
VELOCITY, MOVE = (
    f"self.velocities[i] = {OLD} + p.grad",
    "p.data = p.data - self.lr * self.velocities[i]",
)

SLIPS = (
    Slip(
        "the learning rate is inside the velocity.",
        ("+ p.grad", "+ self.lr * p.grad", "- self.lr *", "-"),
        more="When the rate changes, old gradients in the velocity keep the old rate.",
    ),
    Slip(
        "your velocity is a running mean. torch's is a sum: each gradient comes in whole.",
        ("+ p.grad", "+ (1 - self.momentum) * p.grad"),
        more="v is mu v plus what?",
    ),
    Slip(
        "the first gradient comes in weakened. The velocity is a sum: each comes in whole.",
        ("+ p.grad", "+ (1 if self.velocities[i].any() else 1 - self.momentum) * p.grad"),
    ),
    Slip(
        "the learning rate comes in twice.",
        ("+ p.grad", "+ self.lr * p.grad"),
        more="Its place is before v, in the second line.",
    ),
    Slip(
        "the velocity does not fade.",
        (OLD, "self.velocities[i]"),
        (f"{OLD} + p.grad", "self.velocities[i] + self.momentum * p.grad"),
        more="mu stands before the old velocity, and only there.",
    ),
    Slip(SHARED[0], ("enumerate(self.params)", "zip([0] * 9, self.params)"), more=SHARED[1]),
    Slip(
        "your steps are late: first the velocity, then the step with the new one.",
        (f"{VELOCITY}\n            {MOVE}", f"{MOVE}\n            {VELOCITY}"),
    ),
    Slip(
        "this is descent without momentum.",
        (f"{MOVE}", "p.data = p.data - self.lr * p.grad"),
        more="Is the velocity kept for the next step?",
    ),
    Slip(
        "this is Nesterov's momentum; the plain one is asked for.",
        ("self.lr * self.velocities[i]", f"self.lr * (p.grad + {OLD})"),
    ),
    *of_any_optimizer(KEEP, MOVE),
)


@stranger(SGD, "share what each should remember")
class OneArrayManyTimes(SGD):
    def __init__(self, params, lr, momentum=0.0):
        super().__init__(params, lr, momentum)
        self.velocities = [np.zeros_like(params[0].data)] * len(params)

    def step(self):
        for v, p in zip(self.velocities, self.params):
            v *= self.momentum
            v += p.grad
            p.data = p.data - self.lr * v


@stranger(SGD, "descent without momentum")
class ForgetsTheVelocity(SGD):
    def step(self):
        for v, p in zip(self.velocities, self.params):
            v = self.momentum * v + p.grad
            p.data = p.data - self.lr * v


@equivalent(SGD)
class NumberByNumber(SGD):
    def step(self):
        for v, p in zip(self.velocities, self.params):
            theta = np.empty_like(p.data)
            for place in np.ndindex(theta.shape):
                v[place] = self.momentum * v[place] + p.grad[place]
                theta[place] = p.data[place] - self.lr * v[place]
            p.data = theta


@equivalent(SGD)
class AllGradientsKept(SGD):
    """No velocity at all: the sum of mu^age times the gradient of that age."""

    def __init__(self, params, lr, momentum=0.0):
        super().__init__(params, lr, momentum)
        self.past = [[] for _ in params]

    def step(self):
        for past, p in zip(self.past, self.params):
            past.append(p.grad)
            weights = self.momentum ** np.arange(len(past))[::-1]
            p.data = p.data - self.lr * np.einsum("t,t...->...", weights, np.array(past))


@equivalent(SGD)
class InDouble(SGD):
    def __init__(self, params, lr, momentum=0.0):
        super().__init__(params, lr, momentum)
        self.velocities = {p: np.zeros(p.data.shape) for p in params}

    def step(self):
        for p in reversed(self.params):
            self.velocities[p] = self.momentum * self.velocities[p] + p.grad.astype(np.float64)
            p.data = p.data - self.lr * self.velocities[p]


@equivalent(SGD)
class ViewsOfOneVector(SGD):
    def __init__(self, params, lr, momentum=0.0):
        super().__init__(params, lr, momentum)
        self.velocity = 0.0

    def step(self):
        theta, g = (
            np.concatenate([array.ravel() for array in arrays])
            for arrays in ([p.data for p in self.params], [p.grad for p in self.params])
        )
        self.velocity = self.momentum * self.velocity + g
        theta = theta - self.lr * self.velocity
        for p in self.params:
            p.data, theta = theta[: p.data.size].reshape(p.data.shape), theta[p.data.size :]


@equivalent(SGD)
class WithNothingBeforeTheFirstStep(SGD):
    """As torch does it: the first velocity is a copy of the gradient."""

    def __init__(self, params, lr, momentum=0.0):
        super().__init__(params, lr, momentum)
        self.velocities = [None] * len(params)

    def step(self):
        for i, p in enumerate(self.params):
            v = self.velocities[i]
            self.velocities[i] = p.grad.copy() if v is None else self.momentum * v + p.grad
            p.data = p.data - self.lr * self.velocities[i]


TASK = Task(
    SGD,
    "Momentum, as torch defines it",
    difficulty=1,
    minutes=10,
    rows=("L35",),
    points=2,
    inputs=walk,
    slips=SLIPS,
    forbids=("dlcore.optim.SGD",),
)
