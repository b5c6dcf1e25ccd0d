"""Warm-ups: a line each."""
# mypy: allow-untyped-defs, allow-untyped-calls

import math

import numpy as np

from exercises.slips import Slip, equivalent
from exercises.task import warm_up


def distances_from(X, x):
    return np.linalg.norm(X - x, axis=1)


@equivalent(distances_from)
def point_by_point(X, x):
    return np.array([math.dist(y, x) for y in X], np.float32)


DISTANCES = warm_up(
    distances_from,
    "Distances to a point",
    ("L14",),
    lambda random: {"X": random.normal(size=(3, 3)), "x": random.normal(size=3)},
    "the distances",
    (
        Slip(
            "these are squared.", ("np.linalg.norm(X - x, axis=1)", "np.sum((X - x) ** 2, axis=1)")
        ),
        Slip("the sum runs over the coordinates of a point.", ("axis=1", "axis=0")),
        Slip("the shortest way is straight, not along the axes.", (", axis=1", ", 1, axis=1")),
        Slip("one distance for each point.", (", axis=1", "")),
        Slip("these are the lengths of the points.", ("X - x", "X")),
    ),
)


def dimension_by_doubling(n, m):
    return np.log2(m / n)


@equivalent(dimension_by_doubling)
def by_logarithms(n, m):
    return (math.log(m) - math.log(n)) / math.log(2)


DOUBLING = warm_up(
    dimension_by_doubling,
    "A dimension, by doubling",
    ("L14",),
    lambda random: {"n": int(random.integers(10, 40)), "m": int(random.integers(90, 900))},
    "the dimension",
    (
        Slip(
            "in d dimensions the number grows as 2 to the power of d.", ("np.log2(m / n)", "m / n")
        ),
        Slip(
            "the radius is doubled: the logarithm is to base 2.", ("log2", "log"), ("log2", "log10")
        ),
        Slip("more points are within the larger radius.", ("m / n", "n / m")),
        Slip("in d dimensions it grows as 2^d, not as d^2.", ("np.log2(m / n)", "np.sqrt(m / n)")),
    ),
)


def along(u, y):
    return (u @ y) * u


@equivalent(along)
def as_a_matrix(u, y):
    return np.outer(u, u) @ y


def unit(v):
    return v / np.linalg.norm(v)


ALONG = warm_up(
    along,
    "The part along a direction",
    ("L15",),
    lambda random: {"u": unit(random.normal(size=3)), "y": random.normal(size=3)},
    "the part along u",
    (
        Slip("this is its coordinate: a number, and no vector yet.", ("(u @ y) * u", "u @ y")),
        Slip("this is the part away from u.", ("(u @ y) * u", "y - (u @ y) * u")),
        Slip("it points along u, not along y.", ("* u", "* y")),
        Slip("one product for all coordinates: a sum.", ("u @ y", "u * y")),
    ),
)


def noise_length(sigma, D):
    return sigma * np.sqrt(D)


@equivalent(noise_length)
def from_the_variance(sigma, D):
    return (D * sigma**2) ** 0.5


NOISE = warm_up(
    noise_length,
    "How long is noise?",
    ("L15",),
    lambda random: {"sigma": float(random.uniform(0.05, 0.5)), "D": int(random.integers(20, 900))},
    "the length",
    (
        Slip(
            "variances add up; this is the squared length.", ("sigma * np.sqrt(D)", "sigma**2 * D")
        ),
        Slip("standard deviations do not add up; variances do.", ("np.sqrt(D)", "D")),
        Slip("this is the length in one dimension.", ("sigma * np.sqrt(D)", "sigma")),
        Slip("more dimensions, longer noise.", ("* np", "/ np")),
    ),
)

TASKS = (DISTANCES, DOUBLING, ALONG, NOISE)
