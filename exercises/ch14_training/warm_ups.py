"""Warm-ups: a line each."""
# mypy: allow-untyped-defs, allow-untyped-calls

import numpy as np

from exercises.slips import Slip, equivalent
from exercises.task import warm_up


def cost_gradient(Out, Y):
    return 2 * (Out - Y)


@equivalent(cost_gradient)
def number_by_number(Out, Y):
    return np.array([2 * o - 2 * y for o, y in zip(Out, Y)])


COST = warm_up(
    cost_gradient,
    "The gradient of a cost",
    ("L33",),
    lambda random: {"Out": random.normal(size=3), "Y": random.normal(size=3)},
    "dC/dOut",
    (
        Slip("what is the derivative of a square?", ("2 * ", "")),
        Slip("C grows with Out - Y, not with Y - Out.", ("Out - Y", "Y - Out")),
        Slip("C is a sum; nothing is averaged.", ("(Out - Y)", "(Out - Y) / Out.size")),
        Slip("this is C itself.", ("2 * (Out - Y)", "np.sum((Out - Y) ** 2)")),
        Slip("this is what C adds up.", ("2 * (Out - Y)", "(Out - Y) ** 2")),
    ),
)


def descent_step(theta, g, lr):
    return theta - lr * g


@equivalent(descent_step)
def in_columns(theta, g, lr):
    return (np.stack([theta, g], axis=1) @ [1, -lr]).astype(np.float32)


STEP = warm_up(
    descent_step,
    "One step down",
    ("L35",),
    lambda random: {"theta": random.normal(size=3), "g": random.normal(size=3), "lr": 0.1},
    "the new theta",
    (
        Slip("this goes uphill.", ("theta - ", "theta + ")),
        Slip("the learning rate is left out.", ("lr * ", "")),
        Slip("this is the step alone.", ("theta - ", "-")),
        Slip(
            "the learning rate scales the gradient, not theta.",
            ("theta - lr * g", "lr * theta - g"),
        ),
    ),
)


def velocity_after_two(g1, g2, mu):
    return mu * g1 + g2


@equivalent(velocity_after_two)
def in_two_steps(g1, g2, mu):
    v = np.zeros(len(g1))
    for g in (g1, g2):
        v = mu * v + g
    return v


VELOCITY = warm_up(
    velocity_after_two,
    "A velocity, after two steps",
    ("L35",),
    lambda random: {"g1": random.normal(size=2), "g2": random.normal(size=2), "mu": 0.9},
    "the velocity",
    (
        Slip("the older gradient has faded, not the newer one.", ("mu * g1 + g2", "g1 + mu * g2")),
        Slip("each gradient comes in whole; this is a running mean.", ("+ g2", "+ (1 - mu) * g2")),
        Slip(
            "the first velocity is g1: it fades only once.",
            ("mu * g1", "mu**2 * g1"),
            ("mu * g1 + g2", "mu * (mu * g1 + g2)"),
        ),
        Slip("nothing has faded.", ("mu * g1", "g1")),
    ),
)


def objective(costs):
    return np.mean(costs)


@equivalent(objective)
def by_a_sum(costs):
    return float(sum(costs) / len(costs))


OBJECTIVE = warm_up(
    objective,
    "The objective",
    ("L33",),
    lambda random: {"costs": random.uniform(1, 5, size=random.integers(3, 7))},
    "L",
    (
        Slip("L is a mean over the samples, not a sum.", ("np.mean", "np.sum")),
        Slip("there is one L for all samples.", ("np.mean(costs)", "costs / len(costs)")),
        Slip("the mean, not the median.", ("np.mean", "np.median")),
    ),
)

TASKS = (OBJECTIVE, COST, STEP, VELOCITY)
