"""How much does the light matter? A share of the variance."""
# mypy: allow-untyped-defs, allow-untyped-calls

from itertools import product

import numpy as np

from exercises.slips import Slip, Told, equivalent, stranger
from exercises.task import Task, Values


def case(seed: int) -> Values:
    """Poses far from the origin, with light in some coordinates much more than in others."""
    random = np.random.default_rng(seed)
    P, L, d = random.permutation([3, 5, 11])  # no product of powers of them is L/(L-1)
    poses = random.normal(size=(P, 1, d)) * random.uniform(0.5, 3, size=d)
    lights = random.normal(size=(1, L, d)) * random.uniform(0.1, 1, size=d)
    rest = random.normal(size=(P, L, d)) * random.uniform(0.1, 1, size=d)
    return {"Z": poses + lights + rest + random.normal(size=d) * 3}


def light_share(Z):
    within = Z - Z.mean(axis=1, keepdims=True)
    whole = Z - Z.mean(axis=(0, 1))
    return np.sum(within**2) / np.sum(whole**2)


WITHIN, WHOLE = "Z.mean(axis=1, keepdims=True)", "Z.mean(axis=(0, 1))"
SHARE = "np.sum(within**2) / np.sum(whole**2)"
AXIS = "Within a pose only the light changes. Which axis of Z is that?"
ROOTS = "np.linalg.norm({}, axis=2).sum()"
VARIANCE = "Z.var(axis=1, ddof=1).mean(axis=0).sum()"
VARIANCE_OF_ALL = "whole.reshape(-1, Z.shape[2]).var(axis=0, ddof=1).sum()"
COUNTS = [
    f"(len(Z)**{a}) * (Z.shape[1]**{b}) * (Z.shape[2]**{c})"
    for a, b, c in product((-1, 0, 1), repeat=3)
]
COUNTS = [count.replace("**-1", "**-1.0") for count in COUNTS]

SLIPS = (
    Slip(
        "the variance runs over the wrong axis.",
        ("axis=1", "axis=0"),
        ("axis=1", "axis=2"),
        (SHARE, "Z.mean(axis=0).var(axis=0).sum() / Z.var(axis=(0, 1)).sum()"),
        more=AXIS,
    ),
    Slip(
        "this is the share of the pose.",
        (SHARE, f"1 - {SHARE}"),
        more="What is left is the light's.",
    ),
    Slip(
        "the ratio is upside down.",
        (SHARE, "np.sum(whole**2) / np.sum(within**2)"),
        more="A share of the whole is at most 1.",
    ),
    Slip(
        "the light is compared with the pose.",
        (SHARE, "np.sum(within**2) / (np.sum(whole**2) - np.sum(within**2))"),
        more="A share is a part of the whole.",
    ),
    Slip("a share, not percent: between 0 and 1.", (SHARE, f"100 * {SHARE}")),
    Slip(
        "these are distances, or standard deviations: a square is missing.",
        (SHARE, f"({SHARE}) ** 0.5"),
        (SHARE, "Z.std(axis=1).mean() / Z.std()"),
        (SHARE, "Z.std(axis=1).mean() / Z.std(axis=(0, 1)).mean()"),
        (SHARE, "np.sqrt(Z.var(axis=1).sum(axis=1)).mean() / np.sqrt(Z.var(axis=(0, 1)).sum())"),
        (SHARE, f"{ROOTS.format('within')} / {ROOTS.format('whole')}"),
        more="Variances add up; their roots do not.",
    ),
    Slip(
        "something is not centered.",
        (f" - {WITHIN}", ""),
        (f" - {WHOLE}", ""),
        (WITHIN, WHOLE),
        (WITHIN, "Z[:, :1]"),
        more="In the numerator each pose has its own mean; in the denominator all share one.",
    ),
    Slip(
        "this is a mean of ratios, one for each coordinate.",
        (SHARE, "np.mean(Z.var(axis=1).mean(axis=0) / Z.var(axis=(0, 1)))"),
        more="A coordinate in which nothing happens should not count like the others.",
    ),
    Slip(
        "one number for all coordinates; yours has one for each.",
        (SHARE, "Z.var(axis=1).mean(axis=0) / Z.var(axis=(0, 1))"),
    ),
    Slip(
        "you divide by one less than the count.",
        (SHARE, f"{VARIANCE} / Z.var(axis=(0, 1)).sum()"),
        (SHARE, f"Z.var(axis=1).mean(axis=0).sum() / {VARIANCE_OF_ALL}"),
        (SHARE, f"{VARIANCE} / {VARIANCE_OF_ALL}"),
        more="Then the parts do not add up to the whole. Divide by the count, or not at all.",
    ),
    Slip(
        "you divide by counts that do not belong there.",
        *((SHARE, f"{SHARE} * {count}") for count in COUNTS if count.count("**0") < 3),
        more="Both sums run over all views. Whatever is divided by must be the same for both.",
    ),
    Slip(
        "coordinates are mixed: the mean of points is a point.",
        *((WHOLE, "Z.mean()", SHARE, f"{SHARE} * {count}") for count in COUNTS),
        (WITHIN, "Z.mean(axis=(1, 2), keepdims=True)"),
        (WITHIN, "Z.mean(axis=(1, 2), keepdims=True)", WHOLE, "Z.mean()"),
        more="Z.var() and Z.mean() without an axis make one number of all coordinates.",
    ),
    Told("the share is None", (f"return {SHARE}", SHARE)),
    Told("changes Z", (f"within = Z - {WITHIN}", f"within = Z - {WITHIN}; Z -= 1")),
)


@stranger(light_share, "the variance runs over the wrong axis")
def over_the_poses(Z):
    return Z.var(axis=0).mean(axis=0).sum() / Z.var(axis=(0, 1)).sum()


@stranger(light_share, "coordinates are mixed")
def variance_of_all_numbers(Z):
    return Z.var(axis=1).mean() / Z.var()


@equivalent(light_share)
def by_variances(Z):
    return Z.var(axis=1).mean(axis=0).sum() / Z.var(axis=(0, 1)).sum()


@equivalent(light_share)
def what_the_pose_leaves(Z):
    Z = Z.astype(np.float32)
    return 1 - Z.mean(axis=1).var(axis=0).sum() / Z.reshape(-1, Z.shape[-1]).var(axis=0).sum()


@equivalent(light_share)
def view_by_view(Z):
    center, within, whole = Z.reshape(-1, Z.shape[2]).mean(axis=0), 0.0, 0.0
    for pose in Z:
        for z in pose:
            within += np.linalg.norm(z - pose.mean(axis=0)) ** 2
            whole += (z - center) @ (z - center)
    return within / whole


@equivalent(light_share)
def from_pairs_of_views(Z):
    """The variance of points is half the mean squared distance between two of them."""
    rows = Z.reshape(-1, Z.shape[2])
    near = np.einsum("pkld,pkld->", *2 * [Z[:, :, None] - Z[:, None]]) / Z.shape[1]
    return near / (np.sum((rows[:, None] - rows) ** 2) / len(rows))


TASK = Task(
    light_share,
    "How much does the light matter?",
    difficulty=1,
    minutes=10,
    rows=("L17",),
    points=2,
    inputs=case,
    returns="the share",
    slips=SLIPS,
)
