"""Find the bugs: is the azimuth in there? A linear read-out, scored on views held out."""
# mypy: allow-untyped-defs, allow-untyped-calls

from collections.abc import Iterator
from itertools import product

import numpy as np

from exercises.slips import Slip, Told, equivalent, stranger
from exercises.task import Task, Values


def case(seed: int) -> Values:
    """A bent, shifted circle with noise, or (on a seed divisible by 3) nothing but noise.

    The views that are held out are not spread evenly: their mean is not that of the others.
    """
    random = np.random.default_rng(seed)
    n, d = int(random.integers(80, 100)), int(random.integers(4, 7))
    azimuth = 20.0 * random.integers(0, 18, size=n)
    angle = np.radians(azimuth)
    noise = random.normal(size=(n, d)) * 0.3
    if seed % 3:
        waves = np.stack([np.cos(angle), np.sin(angle), np.cos(2 * angle)], axis=1)
        noise += waves @ random.normal(size=(3, d))
    held_out = random.random(n) < 0.3 + 0.25 * np.sin(angle + random.uniform(0, 6))
    Z = noise + random.normal(size=d) * 2 + 1
    return {"Z": Z, "azimuth": azimuth, "held_out": held_out}


def azimuth_r2(Z, azimuth, held_out):
    angle = np.radians(azimuth)
    T = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    Z = np.column_stack([Z, np.ones(len(Z))])
    W = np.linalg.lstsq(Z[~held_out], T[~held_out], rcond=None)[0]
    error = (T - Z @ W)[held_out]
    around = T[held_out] - T[held_out].mean(axis=0)
    return 1 - np.sum(error**2) / np.sum(around**2)


POINT, ONES = (
    "np.stack([np.cos(angle), np.sin(angle)], axis=1)",
    "np.column_stack([Z, np.ones(len(Z))])",
)
FIT, ERROR, CENTER = (
    "Z[~held_out], T[~held_out]",
    "(T - Z @ W)[held_out]",
    "T[held_out].mean(axis=0)",
)
R2 = "1 - np.sum(error**2) / np.sum(around**2)"
Change = tuple[str, ...]

# The three bugs of the code that is to be mended, each in the forms that it comes in.
TARGETS: tuple[Change, ...] = (
    (),
    (POINT, "azimuth[:, np.newaxis]"),
    ("np.radians(azimuth)", "azimuth"),
)
TARGETS += ((", np.sin(angle)", ""), ("np.cos(angle), ", ""))
FITS: tuple[Change, ...] = ((), (FIT, "Z, T"), (FIT, "Z[held_out], T[held_out]"))
CONSTANTS: tuple[Change, ...] = (
    (),
    (ONES, "Z"),
    (ONES, "Z - Z[~held_out].mean(axis=0)"),
    (ONES, "Z - Z.mean(axis=0)"),
)
RATIOS: tuple[Change, ...] = (
    (),
    (R2, "1 - np.mean(np.sum(error**2, axis=0) / np.sum(around**2, axis=0))"),
)


def of(
    target: Change | None = None, fit: Change | None = None, constant: Change | None = None
) -> Iterator[Change]:
    """What one of the bugs gives, alone and together with those that are told after it."""
    targets = [target] if target is not None else [()]
    fits = [fit] if fit is not None else FITS if target else [()]
    constants = [constant] if constant is not None else CONSTANTS
    for parts in product(targets, fits, constants, RATIOS if not target else [()]):
        yield tuple(text for part in parts for text in part)


SLIPS = (
    Slip(
        "the degrees themselves are read out.",
        *of(target=TARGETS[1]),
        more="0 and 340 are neighbors, but not as numbers. Read out a point of the circle.",
    ),
    Slip(
        "the angle is not a point of the circle.",
        *(change for target in TARGETS[2:] for change in of(target=target)),
        more="Of both, cos and sin, and of radians.",
    ),
    Slip(
        "the fit has seen the views that it is tried on.",
        *(change for fit in FITS[1:] for change in of(fit=fit)),
        (FIT, "Z, T", ERROR, "T - Z @ W", CENTER, "T.mean(axis=0)", "T[held_out] - ", "T - "),
        more="Then even noise scores above 0. Fit on the views that are not held out.",
    ),
    Slip(
        "a mean is taken over views that are held out.",
        (ONES, "Z - Z.mean(axis=0); T = T - T.mean(axis=0)"),
        (
            ONES,
            "Z - Z[~held_out].mean(axis=0)",
            ERROR,
            "T[held_out] - T[held_out].mean(axis=0) - (Z[held_out] - Z[held_out].mean(axis=0)) @ W",
            FIT,
            "Z[~held_out], T[~held_out] - T[~held_out].mean(axis=0)",
        ),
        more="A mean is a part of the fit: take it over the views that are fitted.",
    ),
    Slip(
        "the read-out has no constant term.",
        *(change for constant in CONSTANTS[1:] for change in of(constant=constant)),
        more="Then it depends on where the origin is. A column of ones?",
    ),
    Slip(
        "the score is not that of the held-out views.",
        (
            ERROR,
            "(T - Z @ W)[~held_out]",
            f"T[held_out] - {CENTER}",
            "T[~held_out] - T[~held_out].mean(axis=0)",
        ),
        (
            FIT,
            "Z[held_out], T[held_out]",
            ERROR,
            "(T - Z @ W)[~held_out]",
            f"T[held_out] - {CENTER}",
            "T[~held_out] - T[~held_out].mean(axis=0)",
        ),
        (ERROR, "T - Z @ W", f"T[held_out] - {CENTER}", "T - T.mean(axis=0)"),
        more="Fit on the others; score these.",
    ),
    Slip(
        "R2 compares with the wrong mean.",
        (CENTER, "T.mean(axis=0)"),
        (CENTER, "T[~held_out].mean(axis=0)"),
        (CENTER, "T[held_out].mean()"),
        (CENTER, "0"),
        more="It is the mean of what is to be explained: a point, from the views held out.",
    ),
    Slip(
        "this is the mean of two R2, of cos and of sin.",
        RATIOS[1],
        more="Add up first, over views and both coordinates; then divide.",
    ),
    Slip("this is the share that is not explained.", (R2, R2[4:]), more="R2 is 1 minus that."),
    Slip(
        "R2 may be below 0: worse than the mean.",
        (R2, f"max(0, {R2})"),
        more="Do not cut that off.",
    ),
    Slip("a root is too many.", (R2, f"1 - ({R2[4:]}) ** 0.5"), more="R2 compares squares."),
    Told("R2 should be a number; yours has shape (2,)", (R2, R2.replace("2)", "2, axis=0)"))),
    Told("changes Z", ("Z = np.column", "Z -= 1; Z = np.column")),
)


@stranger(azimuth_r2, "the degrees themselves are read out")
def as_it_was(Z, azimuth, held_out):
    W = np.linalg.lstsq(Z, azimuth, rcond=None)[0]
    error = (azimuth - Z @ W)[held_out]
    around = azimuth[held_out] - azimuth[held_out].mean()
    return 1 - np.sum(error**2) / np.sum(around**2)


@stranger(azimuth_r2, "R2 compares with the wrong mean")
def one_mean_for_both(Z, azimuth, held_out):
    Z = np.hstack([np.ones((len(Z), 1)), Z])
    T = np.array([np.cos(np.deg2rad(azimuth)), np.sin(np.deg2rad(azimuth))]).T
    A = np.linalg.pinv(Z[~held_out]) @ T[~held_out]
    return 1 - np.mean((T - Z @ A)[held_out] ** 2) / T[held_out].var()


@equivalent(azimuth_r2)
def centered(Z, azimuth, held_out):
    """With the means of the fitted views in place of the constant."""
    T = np.stack([np.cos(np.radians(azimuth)), np.sin(np.radians(azimuth))], axis=1)
    z, t = Z[~held_out].mean(axis=0), T[~held_out].mean(axis=0)
    A = np.linalg.pinv(Z[~held_out] - z) @ (T[~held_out] - t)
    error = T[held_out] - t - (Z[held_out] - z) @ A
    return float(1 - (error**2).sum() / (T[held_out].var(axis=0).sum() * held_out.sum()))


@equivalent(azimuth_r2)
def normal_equations(Z, azimuth, held_out):
    Z = np.hstack([Z, np.ones((len(Z), 1))])
    T = np.exp(1j * np.deg2rad(azimuth))  # a point of the circle is a complex number, too
    A = np.linalg.solve(Z[~held_out].T @ Z[~held_out], Z[~held_out].T @ T[~held_out])
    error, t = T[held_out] - Z[held_out] @ A, T[held_out]
    return 1 - np.mean(np.abs(error) ** 2) / np.mean(np.abs(t - t.mean()) ** 2)


@equivalent(azimuth_r2)
def one_coordinate_after_the_other(Z, azimuth, held_out):
    fitted, scored = np.flatnonzero(~held_out), np.flatnonzero(held_out)
    error = spread = 0.0
    ones = np.column_stack([np.ones(len(fitted)), Z[fitted]])
    for wave in (np.sin, np.cos):
        t = wave(azimuth / 180 * np.pi)
        a = np.linalg.lstsq(ones, t[fitted], rcond=None)[0]
        for k in scored:
            error += (t[k] - a[0] - Z[k] @ a[1:]) ** 2
            spread += (t[k] - t[scored].mean()) ** 2
    return 1 - error / spread


TASK = Task(
    azimuth_r2,
    "Find the bugs: is the azimuth in there?",
    difficulty=2,
    minutes=20,
    rows=("L16", "L17"),
    points=3,
    inputs=case,
    returns="R2",
    slips=SLIPS,
)
