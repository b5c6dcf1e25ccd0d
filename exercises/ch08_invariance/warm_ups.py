"""Warm-ups: a line each."""
# mypy: allow-untyped-defs, allow-untyped-calls

import math

import numpy as np

from exercises.slips import Slip, equivalent
from exercises.task import warm_up


def steps_around(a, b, n):
    return np.minimum((a - b) % n, (b - a) % n)


@equivalent(steps_around)
def by_the_size_of_the_difference(a, b, n):
    return np.array([float(min(abs(d), n - abs(d))) for d in a - b])


AROUND = warm_up(
    steps_around,
    "Steps around a circle",
    ("L17",),
    lambda random: {
        "a": random.permutation([0, 1, 7, 8]),
        "b": random.permutation([2, 3, 5, 6]),
        "n": 9,
    },
    "the numbers of steps",
    (
        Slip("this is the longer way.", ("minimum", "maximum")),
        Slip(
            "around the circle there is a way, too.",
            ("np.minimum((a - b) % n, (b - a) % n)", "abs(a - b)"),
        ),
        Slip(
            "there is a way in the other direction.",
            ("np.minimum((a - b) % n, (b - a) % n)", "(a - b) % n"),
            ("np.minimum((a - b) % n, (b - a) % n)", "(b - a) % n"),
        ),
    ),
)


def dissimilar_cost(D, m):
    return max(0, m - D) ** 2 / 2


@equivalent(dissimilar_cost)
def where_it_is_inside(D, m):
    return np.float32(0.5 * (m - D) ** 2 if m > D else 0)


COST = warm_up(
    dissimilar_cost,
    "The cost of a dissimilar pair",
    ("L17",),
    lambda random: {
        "D": float(random.choice([0.4, 0.9, 1.7]) * random.uniform(0.9, 1.1)),
        "m": 1.25,
    },
    "C",
    (
        Slip("beyond the margin nothing is to be paid.", ("max(0, m - D)", "(m - D)")),
        Slip("the factor 1/2 is missing.", (" / 2", "")),
        Slip("the square is missing.", (" ** 2", "")),
        Slip("this is the cost of a similar pair.", ("max(0, m - D)", "D")),
        Slip("inside of the margin is where D is less than m.", ("m - D", "D - m")),
    ),
)


def point_of_circle(degrees):
    return np.cos(np.radians(degrees)), np.sin(np.radians(degrees))


@equivalent(point_of_circle)
def as_a_complex_number(degrees):
    z = complex(math.cos(degrees / 180 * math.pi), math.sin(degrees / 180 * math.pi))
    return [z.real, z.imag]


POINT = warm_up(
    point_of_circle,
    "An angle as a place",
    ("L16",),
    lambda random: {"degrees": float(random.integers(1, 36) * 10 + 5)},
    "the first coordinate, the second one",
    (
        Slip(
            "cos and sin take radians.",
            (
                "np.cos(np.radians(degrees)), np.sin(np.radians(degrees))",
                "np.cos(degrees), np.sin(degrees)",
            ),
        ),
        Slip(
            "first the cosine, then the sine.",
            (
                "np.cos(np.radians(degrees)), np.sin(np.radians(degrees))",
                "np.sin(np.radians(degrees)), np.cos(np.radians(degrees))",
            ),
        ),
    ),
)


def pose_means(Z):
    return Z.mean(axis=1)


@equivalent(pose_means)
def pose_by_pose(Z):
    return np.array([sum(pose) / len(pose) for pose in Z])


MEANS = warm_up(
    pose_means,
    "What is left without the light",
    ("L17",),
    lambda random: {"Z": random.normal(size=(3, 3, 3))},
    "the means",
    (
        Slip("these are the means of the lights.", ("axis=1", "axis=0")),
        Slip("the mean of points is a point.", ("axis=1", "axis=2"), ("axis=1", "axis=(1, 2)")),
        Slip("each pose has its own mean.", ("axis=1", "axis=(0, 1)")),
        Slip("a mean, not a sum.", ("mean", "sum")),
    ),
)

TASKS = (AROUND, POINT, COST, MEANS)
