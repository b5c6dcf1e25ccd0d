"""Adam, with its corrections."""
# mypy: allow-untyped-defs, allow-untyped-calls

import numpy as np

from exercises.slips import Slip, equivalent, stranger
from exercises.task import Task

from .optimizers import SHARED, of_any_optimizer, walk


class Adam:
    def __init__(self, params, lr, betas=(0.9, 0.999), eps=1e-8):
        self.params, self.lr, self.eps = params, lr, eps
        self.beta1, self.beta2 = betas
        self.t, n = 0, len(params)
        self.m, self.v = [0.0] * n, [0.0] * n

    def step(self):
        self.t += 1
        b1, b2, t = self.beta1, self.beta2, self.t
        for i, p in enumerate(self.params):
            m = self.m[i] = b1 * self.m[i] + (1 - b1) * p.grad
            v = self.v[i] = b2 * self.v[i] + (1 - b2) * p.grad**2
            m_hat, v_hat = m / (1 - b1**t), v / (1 - b2**t)
            p.data = p.data - self.lr * m_hat / (np.sqrt(v_hat) + self.eps)


KEEP, HATS = "= params, lr, eps", "m_hat, v_hat = m / (1 - b1**t), v / (1 - b2**t)"
BELOW, COUNT = (
    "(np.sqrt(v_hat) + self.eps)",
    "self.t += 1\n        b1, b2, t = self.beta1, self.beta2, self.t",
)
FLOATS = "np.float64(1 - b1**t)", "np.float64(1 - b2**t)"
SWAPPED = (
    ("b1 * self.m[i] + (1 - b1)", "(1 - b1) * self.m[i] + b1"),
    ("b2 * self.v[i] + (1 - b2)", "(1 - b2) * self.v[i] + b2"),
)

SLIPS = (
    Slip(
        "the step counter runs too fast: it counts parameters.",
        (COUNT, "b1, b2 = self.beta1, self.beta2", HATS, f"self.t += 1; t = self.t; {HATS}"),
        more="A step moves all of them and is one step.",
    ),
    Slip(
        "in the first step t is 1.",
        ("self.t\n", "self.t - 1\n", HATS, f"m_hat, v_hat = m / {FLOATS[0]}, v / {FLOATS[1]}"),
        more="With t = 0 the correction divides by 0.",
    ),
    Slip("in the first step t is 1, and no larger.", ("self.t, n = 0", "self.t, n = 1")),
    Slip(
        "the bias correction is missing.",
        (HATS, "m_hat, v_hat = m, v"),
        more="What makes m and v too small at first?",
    ),
    Slip(
        "the correction goes the wrong way.",
        ("m / (1 - b1**t), v / ", "m * (1 - b1**t), v * "),
        more="It makes larger what is too small.",
    ),
    Slip(
        "the correction is the same in every step.",
        ("b1**t), v / (1 - b2**t)", "b1), v / (1 - b2)"),
        more="beta^t, with t the step.",
    ),
    Slip(
        "m and v are not the running means that they should be.",
        ("(1 - b1) * ", "", "(1 - b2) * ", ""),
        ("(1 - b1) * ", ""),
        ("(1 - b2) * ", ""),
        (*SWAPPED[0], *SWAPPED[1]),
        more="The old mean has the weight beta, the new value 1 - beta.",
    ),
    Slip(
        "only one of the two means is corrected.",
        ("v / (1 - b2**t)", "v"),
        ("m / (1 - b1**t)", "m"),
        more="Both start at 0, both are too small.",
    ),
    Slip(
        "eps is missing, or does not stand where it should.",
        (BELOW, "np.sqrt(v_hat + self.eps)"),
        (BELOW, "np.sqrt(v_hat)"),
        (BELOW, "((np.sqrt(v) + self.eps) / np.sqrt(1 - b2**t))"),
        (BELOW, "np.sqrt(v_hat) + self.eps"),
        (f"m_hat / {BELOW}", "(m_hat / np.sqrt(v_hat) + self.eps)"),
        more="It is added to the root, below the line, and the root is that of the corrected mean.",
    ),
    Slip(
        "the root is missing.",
        ("np.sqrt(v_hat)", "v_hat"),
        more="v is a mean of squares; m is none.",
    ),
    Slip(
        "beta1 and beta2 are swapped.",
        ("self.beta1, self.beta2 = betas", "self.beta2, self.beta1 = betas"),
        more="beta1 belongs to m, beta2 to v.",
    ),
    Slip(
        "v is a mean of gradients.",
        ("p.grad**2", "p.grad"),
        more="It should be one of their squares.",
    ),
    Slip(SHARED[0], ("enumerate(self.params)", "zip([0] * 9, self.params)"), more=SHARED[1]),
    Slip(
        "the corrected means go into the next step.",
        (HATS, f"{HATS}; self.m[i], self.v[i] = m_hat, v_hat"),
        more="Correct a copy for the step; m and v themselves stay as they are.",
    ),
    *of_any_optimizer(KEEP, BELOW),
)


@stranger(Adam, "it counts parameters")
class CorrectsBetasOnTheWay(Adam):
    """The powers of beta are kept, and multiplied once for each parameter."""

    def __init__(self, params, lr, betas=(0.9, 0.999), eps=1e-8):
        super().__init__(params, lr, betas, eps)
        self.powers = np.ones(2)

    def step(self):
        for i, p in enumerate(self.params):
            self.powers = self.powers * [self.beta1, self.beta2]
            self.m[i] += (1 - self.beta1) * (p.grad - self.m[i])
            self.v[i] += (1 - self.beta2) * (p.grad * p.grad - self.v[i])
            m, v = self.m[i] / (1 - self.powers[0]), self.v[i] / (1 - self.powers[1])
            p.data = p.data - self.lr * m / (v**0.5 + self.eps)


@equivalent(Adam)
class RateOfTheStep(Adam):
    """The corrections in the rate and in eps, as Kingma and Ba propose for speed."""

    def step(self):
        self.t += 1
        c1, c2 = 1 - self.beta1**self.t, 1 - self.beta2**self.t
        for i, p in enumerate(self.params):
            self.m[i] = self.beta1 * self.m[i] + (1 - self.beta1) * p.grad
            self.v[i] = self.beta2 * self.v[i] + (1 - self.beta2) * p.grad**2
            rate = self.lr * np.sqrt(c2) / c1
            p.data = p.data - rate * self.m[i] / (np.sqrt(self.v[i]) + self.eps * np.sqrt(c2))


@equivalent(Adam)
class StateOfEachParameter(Adam):
    """As torch does it: a counter for each parameter, which then all agree."""

    def __init__(self, params, lr, betas=(0.9, 0.999), eps=1e-8):
        super().__init__(params, lr, betas, eps)
        self.state = {p: {"t": 0, "m": 0.0, "v": 0.0} for p in params}

    def step(self):
        for p, state in self.state.items():
            state["t"] += 1
            state["m"] += (1 - self.beta1) * (p.grad - state["m"])
            state["v"] += (1 - self.beta2) * (p.grad * p.grad - state["v"])
            m = state["m"] / (1 - self.beta1 ** state["t"])
            v = state["v"] / (1 - self.beta2 ** state["t"])
            p.data = p.data - self.lr * m / (v**0.5 + self.eps)


@equivalent(Adam)
class AllGradientsWeighted(Adam):
    """The corrected means as weighted means of all gradients, in float64: weights add up to 1."""

    def __init__(self, params, lr, betas=(0.9, 0.999), eps=1e-8):
        super().__init__(params, lr, betas, eps)
        self.past = [[] for _ in params]

    def step(self):
        for past, p in zip(self.past, self.params):
            past.append(p.grad.astype(np.float64))
            ages = np.arange(len(past))[::-1]
            betas = (self.beta1, self.beta2)
            weights = np.array([beta**ages / np.sum(beta**ages) for beta in betas])
            m = np.einsum("t,t...->...", weights[0], np.array(past))
            v = np.einsum("t,t...->...", weights[1], np.array(past) ** 2)
            p.data = p.data - self.lr * m / (np.sqrt(v) + self.eps)


TASK = Task(
    Adam,
    "Adam, with its corrections",
    difficulty=2,
    minutes=15,
    rows=("L35",),
    points=3,
    inputs=walk,
    slips=SLIPS,
    forbids=("dlcore.optim.Adam",),
)
