"""Predict, then measure: what noise does to a dimension."""
# mypy: allow-untyped-defs, allow-untyped-calls

import numpy as np

from exercises.hints import Hint, alike, as_float, compare
from exercises.slips import Slip, Told, equivalent, stranger
from exercises.task import Task, Values

from .drive import cloud


def case(seed: int) -> Values:
    """A large cloud to predict; a small one, on odd seeds with fewer points than dimensions."""
    random = np.random.default_rng(seed)
    d, D = int(random.integers(2, 5)), int(random.integers(20, 30))
    radius = float(random.uniform(0.5, 3))
    share = random.uniform(0.3, 0.7)  # of the scatter, roughly, is noise
    sigma = float(radius * np.sqrt(share / (1 - share) * d / (d + 2) / D))
    n = int(random.integers(8, 12)) if seed % 2 else int(random.integers(40, 60))
    return {
        "radius": radius,
        "sigma": sigma,
        "d": d,
        "D": D,
        "the small cloud": cloud(n, radius, d, D, sigma, random),
        "the large cloud": cloud(2000, radius, d, D, sigma, random),
    }


class NoiseShare:
    def predict(self, radius, d, D, sigma):
        on = d * (radius**2 / (d + 2) + sigma**2)
        off = (D - d) * sigma**2
        return off / (on + off)

    def measure(self, X, d):
        lengths = np.linalg.svd(X - X.mean(axis=0), compute_uv=False)
        return np.sum(lengths[d:] ** 2) / np.sum(lengths**2)


ON, OFF, PREDICT = "d * (radius**2 / (d + 2) + sigma**2)", "(D - d) * sigma**2", "off / (on + off)"
SVD, MEAN = "np.linalg.svd(X - X.mean(axis=0), compute_uv=False)", "X.mean(axis=0)"
SHARE = "np.sum(lengths[d:] ** 2) / np.sum(lengths**2)"
OF_COV = "np.linalg.eigvalsh(np.cov(X.T))"

SLIPS = (
    Slip(
        "{it}: the cloud is not centered.",
        (f"X - {MEAN}", "X"),
        (f"X - {MEAN}", "X", "lengths[d:] ** 2", "lengths[d:]", "lengths**2", "lengths"),
        more="It does not lie at the origin.",
    ),
    Slip(
        "{it}: these are standard deviations; a share of the variance is asked for.",
        ("lengths[d:] ** 2", "lengths[d:]", "lengths**2", "lengths"),
        more="What svd gives are lengths. Their squares add up.",
    ),
    Slip(
        "{it}: the variances are squared once more.",
        (SVD, f"{OF_COV}[::-1]"),
        more="eigh of a covariance gives variances.",
    ),
    Slip(
        "{it}: the variances come from the smallest to the largest.",
        (SVD, f"abs({OF_COV}) ** 0.5"),
        more="eigh begins with the smallest, svd with the largest. Which d are on the manifold?",
    ),
    Slip("{it}: this is the share on the manifold.", (SHARE, f"1 - {SHARE}"), more="And the rest?"),
    Slip(
        "{it}: these are the d smallest directions.",
        ("lengths[d:]", "lengths[-d:]"),
        more="Away from the manifold are all but d.",
    ),
    Slip(
        "{it}: this is noise by signal.",
        ("np.sum(lengths**2)", "np.sum(lengths[:d] ** 2)"),
        more="A share is by the whole: on and away together.",
    ),
    Slip(
        "{it}: add the directions up: this is the share of one of them.",
        ("np.sum(lengths[d:] ** 2)", "np.mean(lengths[d:] ** 2)"),
        ("np.sum(lengths[d:] ** 2)", "lengths[d] ** 2"),
    ),
    Slip(
        "{it}: the wrong mean is taken off.",
        (MEAN, "X.mean(axis=1, keepdims=True)"),
        (MEAN, "X.mean()"),
        more="It should be a point, (D,).",
    ),
    Slip(
        "{it}: these are the axes of the space.",
        (SVD, "-np.sort(-X.std(axis=0))"),
        more="The manifold's directions may lie askew.",
    ),
    Slip("{it}: a share is between 0 and 1.", (SHARE, f"100 * {SHARE}")),
    Slip(
        "{it}: {d} directions are on the manifold; yours leaves out one more.",
        ("[d:]", "[d + 1 :]"),
    ),
    Slip(
        "{it}: {d} directions are on the manifold; yours leaves out one less.",
        ("[d:]", "[d - 1 :]"),
    ),
    Slip(
        "the points lie inside of the ball, and you count their distances wrongly.",
        *(
            ("radius**2 / (d + 2)", wrong)
            for wrong in (
                "radius**2 / d",
                "radius**2",
                "radius**2 / (d + 2) / d",
                "radius**2 / d**2",
                "radius**2 / 3",
                "radius**2 / 3 / d",
                "radius**2 / 2 / d",
                "d * radius**2 / (d + 2)",
                "radius**2 / (d + 1)",
                "d * radius**2 / (d + 1) ** 2",
            )
        ),
        more="Within rho of the center is the share (rho / r)^d. What is the mean of rho^2?",
    ),
    Slip(
        "the noise is not where you think.",
        (OFF, "D * sigma**2", PREDICT, "off / (d * radius**2 / (d + 2) + off)"),
        (ON, "d * radius**2 / (d + 2)"),
        (ON, "d * radius**2 / (d + 2)", OFF, "sigma**2"),
        (OFF, "sigma**2", "d * (radius", "0 * D + d * (radius"),
        more="All D coordinates have it. D - d directions lead away from the manifold; d do not.",
    ),
    Slip("this is the share on the manifold.", (PREDICT, "on / (on + off)"), more="And the rest?"),
    Slip(
        "this is noise by signal.",
        (PREDICT, "off / on"),
        (PREDICT, "off / (d * radius**2 / (d + 2))"),
        more="A share is by the whole.",
    ),
    Slip(
        "variances add up, standard deviations do not.",
        ("(d + 2) + sigma**2)", "(d + 2) + sigma)", "- d) * sigma**2", "- d) * sigma"),
        (PREDICT, "off**0.5 / (on + off) ** 0.5"),
        (PREDICT, "off**0.5 / (on**0.5 + off**0.5)"),
        more="sigma^2, and r^2.",
    ),
    Told("believe the measurement", (PREDICT, "sigma / radius")),
    Told("nearly. A formula has", (PREDICT, "off / (on + off) * 1.01")),
    Told("the predicted share is not finite", (PREDICT, "10**400")),
    Told("should be a number; yours has shape", (SHARE, "lengths[d:] ** 2 / np.sum(lengths**2)")),
    Told("changes the small cloud", (f"lengths = {SVD}", f"X -= X.mean(axis=0); lengths = {SVD}")),
)


def judge(inputs: Values, got: Values, right: Values) -> Hint | None:
    """The measurements come first: they are what the prediction can be compared with."""
    *_, large, predicted = right
    hint = compare(got, {name: share for name, share in right.items() if name != predicted})
    hint, number = hint or compare(got, right), got[predicted]
    number = as_float(
        number.item() if np.ndim(number) == 0 and isinstance(number, np.ndarray) else number
    )
    if (
        hint is None
        or not alike(got[large], right[large])
        or not isinstance(number, float)
        or not np.isfinite(number)
    ):
        return hint
    if alike(number, right[predicted], 0.02):
        return Hint("nearly. A formula has the share for infinitely many points.")
    told = f"you predicted {number:.3g}, and a large cloud measures {float(right[large]):.3g}"
    more = "Ask of each direction alone which variance it has, then add up."
    return Hint(f"{told}: believe the measurement.", more)


@stranger(NoiseShare, "nearly. A formula has")
class FromALargeCloud(NoiseShare):
    def predict(self, radius, d, D, sigma):
        return self.measure(cloud(4000, radius, d, D, sigma, np.random.default_rng(0)), d)


@stranger(NoiseShare, "from the smallest to the largest")
class ByEigenvalues(NoiseShare):
    def measure(self, X, d):
        w = np.linalg.eigvalsh((X - X.mean(axis=0)).T @ (X - X.mean(axis=0)))
        return w[d:].sum() / w.sum()


@equivalent(NoiseShare)
class ByTheCovariance(NoiseShare):
    """By eigenvectors, and from what is left when the plane is taken away."""

    def predict(self, radius, d, D, sigma):
        along = radius**2 / (d + 2) + sigma**2
        return 1 / (1 + d * along / ((D - d) * sigma**2))

    def measure(self, X, d):
        centered = X - X.mean(axis=0)
        plane = np.linalg.eigh(centered.T @ centered)[1][:, -d:]
        rest = centered - centered @ plane @ plane.T
        return np.linalg.norm(rest) ** 2 / np.linalg.norm(centered) ** 2


@equivalent(NoiseShare)
class BySampling(NoiseShare):
    """The mean square of a ball, as an integral in small steps; single precision at the end."""

    def predict(self, radius, d, D, sigma):
        shares = (np.arange(100_000) + 0.5) / 100_000
        mean_square = np.mean((radius * shares ** (1 / d)) ** 2)
        away = (D - d) * sigma**2
        return np.float32(away / (mean_square + away + d * sigma**2))

    def measure(self, X, d):
        variances = np.sort(np.linalg.eigvalsh(np.cov(X, rowvar=False, bias=True)))[::-1]
        return float(1 - variances[:d].sum() / np.trace(np.cov(X, rowvar=False, bias=True)))


TASK = Task(
    NoiseShare,
    "Predict, then measure: noise and dimension",
    difficulty=3,
    minutes=30,
    rows=("L14", "L15"),
    points=4,
    inputs=case,
    slips=SLIPS,
    judge=judge,
    shows=False,
)
