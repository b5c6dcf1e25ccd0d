"""Cases and judges of the exercises on invariance."""

from collections.abc import Callable, Iterable, Iterator
from itertools import product
from typing import Any

import numpy as np

from exercises.hints import Hint, unchanged
from exercises.inside.wire import Odd
from exercises.legacy import Task, same
from exercises.task import Values

Slips = Iterable[tuple[Any, Hint]]


def nearly(name: str, got: Any, want: np.ndarray, slips: Slips, hint: Hint) -> Hint | None:
    """As `same`, with a hint for what is wrong by less than a hundredth and by no known slip."""
    slips = list(slips)
    told = same(name, got, want, slips)
    if told and all(told is not slip for _, slip in slips) and not same("", got, want, (), 0.01):
        return hint
    return told


def written_into(outputs: Values, inputs: Values, *names: str) -> Hint | None:
    """A hint if one of these arrays is not as it was handed out."""
    hints = (unchanged(name, outputs[name], inputs[name]) for name in names)
    return next(filter(None, hints), None)


# --- view_pairs -----------------------------------------------------------------------------------


def case_views(seed: int) -> Values:
    """About two thirds of the views of a small turntable, in no order.

    On a seed divisible by 3 none has the last azimuth: the circle is not what the labels show.
    """
    random = np.random.default_rng(seed)
    n_azimuths, n_elevations, n_lights = int(random.integers(6, 9)), 5, 4
    grid = np.indices((n_azimuths, n_elevations, n_lights)).reshape(3, -1)
    seen = random.permutation(grid.shape[1])[: 2 * grid.shape[1] // 3]
    seen = seen[(grid[0, seen] < n_azimuths - 1) | (seed % 3 > 0)]
    azimuth, elevation, light = grid[:, seen]
    return {
        "azimuth": azimuth,
        "elevation": elevation,
        "light": light,
        "n_azimuths": n_azimuths,
    }


SWAPPED = Hint(
    "more pairs are similar than dissimilar.",
    "Few views are neighbors. Do you return the two arrays the other way round?",
)


def judge_views(inputs: Values, outputs: Values) -> Hint | None:
    hint = written_into(outputs, inputs, "azimuth", "elevation", "light")
    found = outputs["pairs"]
    if hint or not isinstance(found, list | tuple) or len(found) != 2:
        return hint or Hint("return two arrays: the similar pairs, and the dissimilar ones.")
    n = len(inputs["azimuth"])
    tables = []
    for name, pairs in zip(("similar", "dissimilar"), found, strict=True):
        hint, table = as_table(name, pairs, n)
        if hint:
            return hint
        tables.append(table)
    similar, dissimilar = tables
    right, every = are_similar(inputs), ~np.eye(n, dtype=bool)
    if not np.array_equal(similar, right):
        swapped = similar.sum() > dissimilar.sum()
        return known(inputs, similar) or (SWAPPED if swapped else misjudged(inputs, similar, right))
    if np.array_equal(dissimilar, every & ~right):
        return None
    if (dissimilar & right).any():
        return Hint(
            f"{counted(dissimilar & right)} in both of your arrays.",
            "What is similar is not dissimilar.",
        )
    return Hint(
        f"{counted(every & ~right & ~dissimilar)} in none of your arrays.",
        "Any two views are similar or they are not. The light has no say in that.",
    )


def as_table(name: str, pairs: Any, n: int) -> tuple[Hint | None, np.ndarray]:
    """Which of the n views stand in a pair, symmetric; or a hint about the form of the pairs."""
    table = np.zeros((n, n), bool)
    if isinstance(pairs, list | tuple):
        pairs = as_array(pairs)
    wanted = f"{name} should be an array (pairs, 2) of indices of views"
    if not isinstance(pairs, np.ndarray):
        what = pairs.what if isinstance(pairs, Odd) else f"a {type(pairs).__name__}"
        return Hint(f"{wanted}; yours is {what}."), table
    if pairs.size == 0:
        return Hint(f"{name} is empty."), table
    if pairs.shape == (n, n):
        more = "np.argwhere gives the places at which a table is True."
        return Hint(f"{wanted}; yours is a table of all views by all views.", more), table
    if pairs.ndim != 2 or pairs.shape[1] != 2:
        more = "np.stack([i, j], axis=1) puts two columns side by side." if 2 in pairs.shape else ""
        return Hint(f"{wanted}; yours has shape {pairs.shape}.", more), table
    if pairs.dtype.kind not in "iu":
        return Hint(f"{wanted}, whole numbers; yours holds {pairs.dtype}."), table
    if pairs.min() < 0 or pairs.max() >= n:
        return Hint(f"{name} has an index out of 0 ... {n - 1}, which is no view."), table
    i, j = pairs.T
    if (i == j).any():
        return Hint(f"in {name}, view {i[i == j][0]} makes a pair with itself."), table
    counts = np.zeros((n, n), int)
    np.add.at(counts, (np.minimum(i, j), np.maximum(i, j)), 1)
    if (counts > 1).any():
        i, j = np.argwhere(counts > 1)[0]
        return (
            Hint(
                f"a pair comes once, and {name} has views {i} and {j} {counts[i, j]} times.",
                "(i, j) and (j, i) are the same two views.",
            ),
            table,
        )
    return None, (counts + counts.T).astype(bool)


def as_array(pairs: Any) -> Any:
    """A list of pairs of whole numbers as an array; whatever else it is comes back as it was."""
    if all(isinstance(pair, list | tuple) and len(pair) == 2 for pair in pairs):
        numbers = [number for pair in pairs for number in pair]
        if all(isinstance(n, int | np.ndarray) and np.ndim(n) == 0 for n in numbers):
            return np.array([int(n) for n in numbers]).reshape(-1, 2)
    if pairs and all(isinstance(pair, np.ndarray) and pair.shape == (2,) for pair in pairs):
        return np.array(pairs)
    return pairs


def steps_apart(inputs: Values) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Tables (n, n): of azimuth, the difference of two; of elevation and light, the size of it."""
    a, e, light = (inputs[name] for name in ("azimuth", "elevation", "light"))
    return a[:, None] - a, np.abs(e[:, None] - e), np.abs(light[:, None] - light)


def are_similar(inputs: Values) -> np.ndarray:
    """A table (n, n), True for two similar views."""
    da, de, _ = steps_apart(inputs)
    n = inputs["n_azimuths"]
    return (np.minimum(da % n, -da % n) + de <= 1) & ~np.eye(len(da), dtype=bool)


def known(inputs: Values, similar: np.ndarray) -> Hint | None:
    """The hint for a slip that gives these pairs; None if there is none."""
    da, de, dl = steps_apart(inputs)
    n = inputs["n_azimuths"]
    line = Hint(
        "azimuth is treated as a line, and it is a circle.",
        f"From azimuth {n - 1} the next step is to azimuth 0.",
    )
    one_way = Hint(
        "on a circle there are two ways from one azimuth to another, and you look at one of them.",
        "Which of the two counts?",
    )
    top = Hint("elevation is treated as a circle.", "Nothing joins the highest to the lowest.")
    same_light = Hint(
        "you ask for the same light.",
        "What should not matter must differ within similar pairs, or nobody learns to ignore it.",
    )
    light_step = Hint("a change of the light counts as a step.", same_light.more)
    other_light = Hint(
        "you ask for another light.", "Neighbors under the same light are similar, too."
    )
    diagonal = Hint(
        "one step of azimuth and one of elevation are two steps.",
        "Similar are views that are at most one step apart, in all.",
    )
    pose = Hint(
        "views of one pose under two lights are missing.", "No step apart is at most one step."
    )
    one = Hint("a step of the other angle makes a neighbor, too.", "Azimuth, or elevation.")
    free = Hint(
        "one angle is near, and the other may be anything.",
        "How many steps are two views apart in all?",
    )
    closed = Hint(
        f"the circle has {n} azimuths, whether or not there is a view from each.",
        "n_azimuths says how many.",
    )
    n_seen = inputs["azimuth"].max() + 1
    around = np.minimum(da % n, -da % n)
    dl_around = np.minimum(dl, inputs["light"].max() + 1 - dl)
    below, above = np.tri(len(da), k=-1, dtype=bool), ~np.tri(len(da), dtype=bool)
    for a, hint in (
        (around, None),
        (np.minimum(da % n_seen, -da % n_seen), closed),
        (np.abs(da), line),
        (np.where(above, da % n, -da % n), one_way),
        (np.where(below, da % n, -da % n), one_way),
    ):
        steps, box, alike = a + de <= 1, (a <= 1) & (de <= 1), dl == 0
        slips = [
            (steps, hint),
            (a + np.minimum(de, inputs["elevation"].max() + 1 - de) <= 1, top),
            (steps & alike, same_light),
            (box & alike, same_light),
            (a + de + dl <= 1, light_step),
            (steps & (dl <= 1), light_step),
            (box & (dl <= 1), light_step),
            (a + de + dl_around <= 1, light_step),
            (steps & (dl_around <= 1), light_step),
            (steps & ~alike, other_light),
            (box & ~alike, other_light),
            (box, diagonal),
            (box & (a + de > 0), pose),
            (a + de == 1, pose),
            ((a <= 1) & (de == 0), one),
            ((a == 0) & (de <= 1), one),
            (a + de == 0, one),
            ((a <= 1) | (de <= 1), free),
            ((a == 1) | (de == 1), free),
        ]
        for wrong, slip in slips:
            if np.array_equal(similar[above], wrong[above]):
                return slip
    return None


def misjudged(inputs: Values, similar: np.ndarray, right: np.ndarray) -> Hint:
    """The first pair that is not where it should be."""
    surplus = similar & ~right
    off = surplus if surplus.any() else right & ~similar
    i, j = np.argwhere(off)[0]
    (a1, e1), (a2, e2) = ((inputs["azimuth"][k], inputs["elevation"][k]) for k in (i, j))
    verdict = "not similar, and you say so" if surplus.any() else "similar, and you leave them out"
    return Hint(
        f"views {i} and {j} are {verdict}.",
        f"Their azimuths are {a1} and {a2} of {inputs['n_azimuths']}, "
        f"their elevations {e1} and {e2}.",
    )


def counted(table: np.ndarray) -> str:
    """How many pairs a symmetric table has, with the verb."""
    n = int(table.sum()) // 2
    return f"{n} pair{' is' if n == 1 else 's are'}"


# --- Contrastive ----------------------------------------------------------------------------------


def case_contrastive(seed: int) -> Values:
    """Pairs of every kind: in one place, inside of the margin, exactly at it, beyond it.

    On an odd seed there are as many pairs as features, and a sum over the wrong axis has the right
    shape. On a seed divisible by 3 all is float32.
    """
    random = np.random.default_rng(seed)
    m = float(random.choice([0.75, 1.25, 1.5]))
    sizes, d = ([7, 7], 7) if seed % 2 else ([9, 8], int(random.integers(2, 5)))
    dtype = np.float32 if seed % 3 == 0 else np.float64
    return {"m": m, "batches": [pairs_of_points(random, P, d, m, dtype) for P in sizes]}


def pairs_of_points(random: np.random.Generator, P: int, d: int, m: float, dtype: type) -> Values:
    """A batch. The first rows are in one place or m apart to the last digit; then all are mixed."""
    Y = np.array([0, 1, 1, 1, 1, 0, 0, *random.integers(0, 2, size=P - 7)])
    D = m * np.array([0, 0, 1, 0.6, 1.4, 0.5, 1.7, *random.uniform(0.2, 2, size=P - 7)])
    X1 = random.integers(-16, 17, size=(P, d)) / 8
    way = random.normal(size=(P, d))
    way[:3] = np.eye(d)[random.integers(d)]
    X2 = X1 + D[:, None] * way / np.linalg.norm(way, axis=1, keepdims=True)
    order = random.permutation(P)
    return {
        "X1": X1[order].astype(dtype),
        "X2": X2[order].astype(dtype),
        "Y": Y[order],
        "dE_dC": float(random.uniform(1.5, 3) * random.choice([-1, 1])),
    }


def ratio(a: Any, b: np.ndarray) -> np.ndarray:
    """a / b, and 0 where b is 0."""
    return np.where(b == 0, 0, a / np.where(b == 0, 1, b))


def loss(
    batch: Values,
    m: float,
    near: Callable[..., Any] = lambda D: D**2 / 2,
    far: Callable[..., Any] = lambda D, m: np.maximum(0, m - D) ** 2 / 2,
    distance: Callable[[np.ndarray], np.ndarray] = lambda X: np.sqrt(np.sum(X**2, axis=1)),
    swapped: bool = False,
) -> np.ndarray:
    """C of each pair, or what a slip makes of it."""
    D = distance(batch["X1"].astype(np.float64) - batch["X2"])
    Y = 1 - batch["Y"] if swapped else batch["Y"]
    return np.where(Y == 1, far(D, m), near(D))


def slope(
    batch: Values,
    m: float,
    pull: Callable[..., Any] = lambda X, D: X,
    push: Callable[..., Any] = lambda X, D, m: -ratio(np.maximum(0, m - D), D) * X,
    swapped: bool = False,
    average: Callable[..., Any] = lambda X: len(X),
    sent: Callable[[float], float] = lambda dE_dC: dE_dC,
) -> np.ndarray:
    """dE/dX1, or what a slip makes of it. pull, push: dC/dX1 of a pair, from X = X1 - X2 and D."""
    X = batch["X1"].astype(np.float64) - batch["X2"]
    D = np.sqrt(np.sum(X**2, axis=1, keepdims=True))
    Y = 1 - batch["Y"] if swapped else batch["Y"]
    each = np.where(Y[:, None] == 1, push(X, D, m), pull(X, D))
    return each * sent(batch["dE_dC"]) / average(X)


def judge_contrastive(inputs: Values, outputs: Values) -> Hint | None:
    m = inputs["m"]
    rounds = list(zip(outputs["rounds"], inputs["batches"], strict=True))
    for found, batch in rounds:
        hint = written_into(found, batch, "X1", "X2", "Y")
        hint = hint or judge_loss(found["C"], batch, m) or judge_slopes(found["dE_dX"], batch, m)
        if hint:
            return hint
    return None


EPSILON = Hint(
    "nearly. Is something small added to D, or to what stands under the root?",
    "Even a small number changes D where D is small. Take care of D = 0 by itself.",
)


def judge_loss(got: Any, batch: Values, m: float) -> Hint | None:
    dtype = batch["X1"].dtype
    of_pairs = loss(batch, m)
    want = of_pairs.mean().astype(dtype)
    if isinstance(got, np.ndarray) and got.shape == of_pairs.shape:
        return Hint("fprop returns the loss of each pair.", "It should be their mean, a number.")
    half = Hint("a factor 1/2 is missing.", "It stands before both terms.")
    clip = Hint(
        "dissimilar pairs beyond the margin cost something.",
        "They are far enough apart. What does max(0, ...) do about them?",
    )
    square = Hint("a square is missing.", "Both terms are squares: D^2, and max(0, m - D)^2.")
    root = Hint(
        "the margin is compared with D^2.", "D itself stands in the second term: take the root."
    )
    others: list[tuple[Values, Hint]] = [
        (
            {"swapped": True},
            Hint("the labels are the other way round.", "Y is 0 for a similar pair, 1 for others."),
        ),
        ({"far": lambda D, m: (m - D) ** 2 / 2}, clip),
        ({"far": lambda D, m: np.maximum(m, m - D) ** 2 / 2}, clip),
        ({"near": lambda D: D**2, "far": lambda D, m: np.maximum(0, m - D) ** 2}, half),
        ({"near": lambda D: D**2}, half),
        ({"far": lambda D, m: np.maximum(0, m - D) ** 2}, half),
        ({"near": lambda D: D / 2}, square),
        ({"far": lambda D, m: np.maximum(0, m - D) / 2}, square),
        ({"near": lambda D: D / 2, "far": lambda D, m: np.maximum(0, m - D) / 2}, square),
        ({"near": lambda D: D, "far": lambda D, m: np.maximum(0, m - D)}, square),
        ({"far": lambda D, m: np.maximum(0, m - D**2) ** 2 / 2}, root),
        ({"far": lambda D, m: np.maximum(0, m - D**2) / 2}, root),
        ({"near": lambda D: D**4 / 2, "far": lambda D, m: np.maximum(0, m - D**2) ** 2 / 2}, root),
        (
            {"far": lambda D, m: np.maximum(0, m**2 - D**2) / 2},
            Hint(
                "the margin is squared before D is taken from it.",
                "Take the difference first; then the square.",
            ),
        ),
        (
            {"near": lambda D: 0 * D},
            Hint("similar pairs cost nothing.", "Who holds them together?"),
        ),
        (
            {"far": lambda D, m: 0 * D},
            Hint("dissimilar pairs cost nothing.", "Then all views in one place would be best."),
        ),
        (
            {"far": lambda D, m: np.minimum(0, m - D) ** 2 / 2},
            Hint("max and min are swapped: inside of the margin there must be a price."),
        ),
    ]
    straight = Hint("D is not the Euclidean distance.", "The root of the sum of squares.")
    others += [
        ({"distance": lambda X: np.sum(np.abs(X), axis=1)}, straight),
        ({"distance": lambda X: np.sqrt(np.mean(X**2, axis=1))}, straight),
        ({"distance": lambda X: np.max(np.abs(X), axis=1)}, straight),
    ]
    d = batch["X1"].shape[1]
    if len(of_pairs) == d:  # else it stops with an error
        pairs = Hint("D is summed over the pairs.", "One D for each pair.")
        others.append(({"distance": lambda X: np.sqrt(np.sum(X**2, axis=0))}, pairs))
    slips = [(loss(batch, m, **change).mean(), hint) for change, hint in others]
    average = "It is a mean: divide by the number of pairs."
    slips += [
        (of_pairs.sum(), Hint("the losses of the pairs are added up.", average)),
        (of_pairs.mean() / d, Hint("you divide by the number of features, too.", average)),
    ]
    return nearly("the loss", got, want, slips, EPSILON)


def judge_slopes(got: Any, batch: Values, m: float) -> Hint | None:
    dtype = batch["X1"].dtype
    if not isinstance(got, list | tuple) or len(got) != 2:
        return Hint("bprop should return two arrays, dE/dX1 and dE/dX2.")
    D = np.linalg.norm(batch["X1"] - batch["X2"], axis=1)
    want = slope(batch, m).astype(dtype)
    for name, found in zip(("dE/dX1", "dE/dX2"), got, strict=True):
        if isinstance(found, np.ndarray) and found.shape == want.shape and found.dtype.kind == "f":
            if not np.isfinite(found[D == 0]).all():
                return Hint(
                    f"{name} is not finite where the two of a pair are in one place, D = 0.",
                    "0/0 is nan, and NumPy only warns. The task says what it should be.",
                )
            rest = np.where(D[:, None] == 0, 0, found)
            right = want if name == "dE/dX1" else -want
            if found[D == 0].any() and not same("", rest, right):
                return Hint(f"{name} should be 0 where D = 0.", "No direction leads apart.")
    direction = Hint(
        "the push of dissimilar pairs has the wrong length.",
        "dD/dX1 is (X1 - X2) / D: a direction, of length 1.",
    )
    away = Hint(
        "dissimilar pairs are pulled together.",
        "Descent goes against the gradient. Does D grow then, inside of the margin?",
    )
    mean = "E depends on the mean of C over the pairs."

    def lack(D: np.ndarray, m: float) -> np.ndarray:
        return np.maximum(0, m - D)

    others: list[tuple[Values, Hint]] = [
        (
            {"swapped": True},
            Hint("the labels are right in fprop, and the other way round in bprop."),
        ),
        (
            {"push": lambda X, D, m: -ratio(m - D, D) * X},
            Hint(
                "dissimilar pairs beyond the margin have a gradient.",
                "Their loss is 0, and stays 0 when they move a little.",
            ),
        ),
        ({"push": lambda X, D, m: -lack(D, m) * X}, direction),
        ({"push": lambda X, D, m: -lack(D, m) * D * X}, direction),
        ({"push": lambda X, D, m: -ratio(lack(D, m), D**2) * X}, direction),
        ({"push": lambda X, D, m: -X * (m > D)}, direction),
        ({"push": lambda X, D, m: -ratio(m * (m > D), D) * X}, direction),
        ({"push": lambda X, D, m: -ratio((m > D), D) * X}, direction),
        ({"push": lambda X, D, m: -lack(D, m) * np.sign(X)}, direction),
        ({"push": lambda X, D, m: -lack(D, m) * np.ones_like(X)}, direction),
        ({"push": lambda X, D, m: ratio(lack(D, m), D) * X}, away),
        (
            {"sent": lambda dE_dC: -dE_dC},
            Hint(
                "similar pairs are pushed apart, and dissimilar ones pulled together.",
                "These are the steps of descent. The gradient has the other sign.",
            ),
        ),
        (
            {"pull": lambda X, D: ratio(X, D)},
            Hint("the pull of similar pairs has the wrong length.", "D times a direction is what?"),
        ),
        (
            {"pull": lambda X, D: D * X},
            Hint("the pull of similar pairs has the wrong length.", "D times a direction is what?"),
        ),
        ({"sent": lambda dE_dC: 1.0}, Hint("dE/dC is left out.", "The chain rule begins with it.")),
        ({"average": lambda X: 1}, Hint("bprop knows nothing of the mean.", mean)),
        ({"average": lambda X: 1, "sent": lambda dE_dC: 1.0}, Hint("dE/dC is left out.", mean)),
        ({"average": lambda X: X.size}, Hint("you divide by the number of features, too.", mean)),
        (
            {"average": lambda X: 0.5 * len(X)},
            Hint("the 1/2 is in the loss and not in its slope.", "What is the slope of D^2 / 2?"),
        ),
    ]
    with np.errstate(all="ignore"):
        slips = [(slope(batch, m, **change), hint) for change, hint in others]
    hint = nearly("dE/dX1", got[0], want, slips, EPSILON)
    if hint:
        return hint
    sign = Hint(
        "dE/dX2 has the sign of dE/dX1.", "D depends on X1 - X2. Who moves X2 moves that how?"
    )
    return same("dE/dX2", got[1], -want, [(want, sign)])


# --- light_share ----------------------------------------------------------------------------------


def case_share(seed: int) -> Values:
    """Poses far from the origin, with light in some coordinates much more than in others."""
    random = np.random.default_rng(seed)
    P, L, d = (int(n) for n in random.permutation([5, 4, 3]) + random.integers(0, 3))
    poses = random.normal(size=(P, 1, d)) * random.uniform(0.5, 3, size=d)
    lights = random.normal(size=(1, L, d)) * random.uniform(0.1, 1, size=d)
    rest = random.normal(size=(P, L, d)) * random.uniform(0.1, 1, size=d)
    return {"Z": poses + lights + rest + random.normal(size=d) * 3}


def spread(Z: np.ndarray, *axes: int) -> Any:
    """The sum of squared distances from the mean along the axes."""
    return np.sum((Z - Z.mean(axis=axes, keepdims=True)) ** 2)


def judge_share(inputs: Values, outputs: Values) -> Hint | None:
    Z = inputs["Z"]
    P, L, d = Z.shape
    within, total = spread(Z, 1), spread(Z, 0, 1)
    share, got = within / total, outputs["share"]
    if isinstance(got, np.ndarray) and got.shape == (d,):
        return Hint("one number for all coordinates; yours has one for each.")
    by_coordinate = Z.var(axis=1).mean(axis=0) / Z.var(axis=(0, 1))
    pose = Hint(
        "the variance runs over the wrong axis.",
        "Within a pose only the light changes. Which axis of Z is that?",
    )
    uncentered = Hint(
        "something is not centered.",
        "In the numerator each pose has its own mean; in the denominator all share one.",
    )
    point = Hint(
        "coordinates are mixed: the mean of points is a point.",
        "Z.var() and Z.mean() without an axis make one number of all coordinates.",
    )
    count = Hint(
        "you divide by counts that do not belong there.",
        "Both sums run over all views. Whatever is divided by must be the same for both.",
    )
    less = Hint(
        "you divide by one less than the count.",
        "Then the parts do not add up to the whole. Divide by the count, or not at all.",
    )
    root = Hint(
        "these are distances, or standard deviations: a square is missing.",
        "Variances add up; their roots do not.",
    )
    centered, whole = Z - Z.mean(axis=1, keepdims=True), Z - Z.mean(axis=(0, 1))
    slips = [
        (spread(Z, 0) / total, pose),
        (spread(Z, 2) / total, pose),
        (spread(Z.mean(axis=0), 0) * P / total, pose),
        (1 - share, Hint("this is the share of the pose.", "What is left is the light's.")),
        (spread(Z.mean(axis=1), 0) / total, Hint("these are the means of the poses.", pose.more)),
        (1 / share, Hint("the ratio is upside down.", "A share of the whole is at most 1.")),
        (
            within / (total - within),
            Hint("the light is compared with the pose.", "A share is a part of the whole."),
        ),
        (100 * share, Hint("a share, not percent: between 0 and 1.")),
        *((ratio, root) for ratio in (share**0.5, Z.std(axis=1).mean() / Z.std())),
        (Z.std(axis=1).mean() / Z.std(axis=(0, 1)).mean(), root),
        (np.sqrt(Z.var(axis=1).sum(axis=1)).mean() / (total / (P * L)) ** 0.5, root),
        (np.linalg.norm(centered, axis=2).sum() / np.linalg.norm(whole, axis=2).sum(), root),
        *((ratio, uncentered) for ratio in (1.0, within / np.sum(Z**2), np.sum(Z**2) / total)),
        (np.sum((Z - Z[:, :1]) ** 2) / total, uncentered),
        (spread(Z, 1, 2) / total, point),
        (spread(Z, 1, 2) / spread(Z, 0, 1, 2), point),
        (
            np.mean(by_coordinate),
            Hint(
                "this is a mean of ratios, one for each coordinate.",
                "A coordinate in which nothing happens should not count like the others.",
            ),
        ),
        (share * L / (L - 1) * (P * L - 1) / (P * L), less),
        (share * L / (L - 1), less),
        (share * (P * L - 1) / (P * L), less),
    ]
    counts = [a * b for a, b in product((1, P, L, P * L), (1, d))]
    slips += [(share * a / b, count) for a, b in product(counts, counts) if a != b]
    mixed = within / spread(Z, 0, 1, 2)
    slips += [(mixed * a / b, point) for a, b in product(counts, counts)]
    hint = same("the share", got, share, slips)
    return hint or written_into(outputs, inputs, "Z")


# --- azimuth_r2 -----------------------------------------------------------------------------------


def case_readout(seed: int) -> Values:
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


def circle(azimuth: np.ndarray) -> np.ndarray:
    return np.stack([np.cos(np.radians(azimuth)), np.sin(np.radians(azimuth))], axis=1)


def predicted(
    Z: np.ndarray, T: np.ndarray, fit: np.ndarray, score: np.ndarray, constant: str = "column"
) -> np.ndarray:
    """What the read-out fitted on the views `fit` says of all; `constant`: how it has one, or not.

    "column" of ones; "none"; Z "centered" on all views, or on the "fitted" ones; Z and T centered
    on "all" views; what is scored is centered on its "own" means.
    """
    z, t, z_score, t_score = 4 * [np.zeros(1)]
    if constant == "column":
        Z = np.column_stack([Z, np.ones(len(Z))])
    if constant in ("centered", "all"):
        z = z_score = Z.mean(axis=0)
    if constant in ("fitted", "own"):
        z = z_score = Z[fit].mean(axis=0)
    if constant == "all":
        t = t_score = T.mean(axis=0)
    if constant == "own":
        t, z_score, t_score = T[fit].mean(axis=0), Z[score].mean(axis=0), T[score].mean(axis=0)
    W = np.linalg.lstsq(Z[fit] - z, T[fit] - t, rcond=None)[0]
    return (Z - z_score) @ W + t_score


def scored(T: np.ndarray, P: np.ndarray, score: np.ndarray, mean: Any = None) -> Any:
    """For each coordinate of T, the sum of squared errors, and that of squares around the mean."""
    center = T[score].mean(axis=0) if mean is None else mean
    return np.sum((T - P)[score] ** 2, axis=0), np.sum((T - center)[score] ** 2, axis=0)


def judge_readout(inputs: Values, outputs: Values) -> Hint | None:
    held_out, T = inputs["held_out"], circle(inputs["azimuth"])
    P = predicted(inputs["Z"], T, ~held_out, held_out)
    error, around = scored(T, P, held_out)
    hint = same("R2", outputs["r2"], 1 - error.sum() / around.sum(), readout_slips(inputs))
    return hint or written_into(outputs, inputs, "Z", "azimuth", "held_out")


def readout_slips(inputs: Values) -> Iterator[tuple[Any, Hint]]:
    """What one slip gives, then two, and so on; of several, the hint is that of the first."""
    Z, azimuth, held_out = inputs["Z"], inputs["azimuth"], inputs["held_out"]
    degrees = Hint(
        "the degrees themselves are read out.",
        "0 and 340 are neighbors, and as numbers they are as far apart as can be. "
        "Read out a point of the circle.",
    )
    part = Hint("the angle is not a point of the circle.", "Of both, cos and sin, and of radians.")
    leak = Hint(
        "the fit has seen the views that it is tried on.",
        "Then even noise scores above 0. Fit on the views that are not held out.",
    )
    others = Hint("the score is not that of the held-out views.", "Fit on the others; score these.")
    constant = Hint(
        "the read-out has no constant term.",
        "Then it depends on where the origin is. A column of ones?",
    )
    center = Hint(
        "R2 compares with the wrong mean.",
        "It is the mean of what is to be explained: a point, from the views held out.",
    )
    T, every = circle(azimuth), np.ones_like(held_out)
    targets = [
        (T, None),
        (azimuth[:, None], degrees),
        (np.radians(azimuth)[:, None], degrees),
        (np.stack([np.cos(azimuth), np.sin(azimuth)], axis=1), part),
        (T[:, :1], part),
        (T[:, 1:], part),
    ]
    views = [
        (~held_out, held_out, None),
        *((fit, held_out, leak) for fit in (every, held_out)),
        *((every, score, leak) for score in (every, ~held_out)),
        *((fit, score, others) for fit, score in ((~held_out, ~held_out), (~held_out, every))),
        (held_out, ~held_out, others),
    ]
    constants = [
        ("column", None),
        *((name, constant) for name in ("none", "centered", "fitted")),
        *((name, leak) for name in ("all", "own")),
    ]
    means: list[tuple[Callable[..., Any], Hint | None]] = [
        (lambda T, score: T[score].mean(axis=0), None),
        (lambda T, score: T.mean(axis=0), center),
        (lambda T, score: T[~held_out].mean(axis=0), center),
        (lambda T, score: T[score].mean(), center),
        (lambda T, score: 0, center),
    ]
    ratios: list[tuple[Callable[..., Any], Hint | None]] = [
        (lambda error, around: 1 - error.sum() / around.sum(), None),
        (
            lambda error, around: 1 - np.mean(error / around),
            Hint(
                "this is the mean of two R2, of cos and of sin.",
                "Add up first, over views and both coordinates; then divide.",
            ),
        ),
        (
            lambda error, around: error.sum() / around.sum(),
            Hint("this is the share that is not explained.", "R2 is 1 minus that."),
        ),
        (
            lambda error, around: max(0, 1 - error.sum() / around.sum()),
            Hint("R2 may be below 0: worse than the mean.", "Do not cut that off."),
        ),
        (
            lambda error, around: 1 - (error.sum() / around.sum()) ** 0.5,
            Hint("a root is too many.", "R2 compares squares."),
        ),
    ]
    choices = product(targets, views, constants, means, ratios)
    for choice in sorted(choices, key=lambda choice: sum(part[-1] is not None for part in choice)):
        hints = [part[-1] for part in choice if part[-1] is not None]
        (T, _), (fit, score, _), (name, _), (mean, _), (ratio, _) = choice
        if hints and len(hints) < 4:
            P = predicted(Z, T, fit, score, name)
            yield ratio(*scored(T, P, score, mean(T, score))), hints[0]


TASKS = (
    Task(
        "view_pairs",
        "Which views are similar?",
        difficulty=1,
        minutes=15,
        rows=("L17",),
        points=2,
        inputs=case_views,
        judge=judge_views,
    ),
    Task(
        "Contrastive",
        "The contrastive loss and its bprop",
        difficulty=2,
        minutes=25,
        rows=("L17",),
        points=3,
        forbids=("dlcore.nn.ContrastiveLoss", "dlcore.Tensor.backward"),
        inputs=case_contrastive,
        judge=judge_contrastive,
    ),
    Task(
        "light_share",
        "How much does the light matter?",
        difficulty=1,
        minutes=15,
        rows=("L17",),
        points=2,
        inputs=case_share,
        judge=judge_share,
    ),
    Task(
        "azimuth_r2",
        "Find the bugs: is the azimuth in there?",
        difficulty=2,
        minutes=20,
        rows=("L16", "L17"),
        points=3,
        inputs=case_readout,
        judge=judge_readout,
    ),
)
