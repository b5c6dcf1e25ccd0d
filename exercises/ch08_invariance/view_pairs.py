"""Which views are similar? A list of pairs that teaches an invariance."""
# mypy: allow-untyped-defs, allow-untyped-calls

from itertools import combinations
from typing import Any

import numpy as np

from exercises.hints import Hint
from exercises.inside.wire import Odd
from exercises.slips import Slip, Told, equivalent, stranger
from exercises.task import Task, Values


def case(seed: int) -> Values:
    """About two thirds of the views of a small turntable, in no order.

    On a seed divisible by 3 none has the last azimuth: the circle is not what the labels show.
    """
    random = np.random.default_rng(seed)
    n_azimuths, n_elevations, n_lights = int(random.integers(6, 9)), 5, 4
    grid = np.indices((n_azimuths, n_elevations, n_lights)).reshape(3, -1)
    seen = random.permutation(grid.shape[1])[: 2 * grid.shape[1] // 3]
    seen = seen[(grid[0, seen] < n_azimuths - 1) | (seed % 3 > 0)]
    azimuth, elevation, light = grid[:, seen]
    return {"azimuth": azimuth, "elevation": elevation, "light": light, "n_azimuths": n_azimuths}


def view_pairs(azimuth, elevation, light, n_azimuths):
    i, j = np.triu_indices(len(azimuth), k=1)
    around = np.abs(azimuth[i] - azimuth[j])
    around = np.minimum(around, n_azimuths - around)
    similar = around + np.abs(elevation[i] - elevation[j]) <= 1
    pairs = np.stack([i, j], axis=1)
    return pairs[similar], pairs[~similar]


RULE, UP = (
    "around + np.abs(elevation[i] - elevation[j]) <= 1",
    "np.abs(elevation[i] - elevation[j])",
)
SIZE, CIRCLE = "np.abs(azimuth[i] - azimuth[j])", "np.minimum(around, n_azimuths - around)"
LINE, END = (CIRCLE, "around"), "return pairs[similar], pairs[~similar]"
LIGHT, SAME = "np.abs(light[i] - light[j])", "light[i] == light[j]"


def rule(*wrong: str) -> tuple[tuple[str, ...], ...]:
    """Changes to other rules of what is similar, on the circle and on a line."""
    return tuple((RULE, other, *more) for other in wrong for more in ((), LINE))


DIFFER = "What should not matter must differ within similar pairs, or nobody learns to ignore it."
SLIPS = (
    Slip(
        "the circle has {n_azimuths} azimuths, whether or not there is a view from each.",
        ("n_azimuths - around", "azimuth.max() + 1 - around"),
        more="n_azimuths says how many.",
    ),
    Slip(
        "azimuth is treated as a line, and it is a circle.",
        LINE,
        more="From the last azimuth the next step is to the first.",
    ),
    Slip(
        "on a circle there are two ways from one azimuth to another, and you look at one of them.",
        (SIZE, "(azimuth[i] - azimuth[j]) % n_azimuths", *LINE),
        (SIZE, "(azimuth[j] - azimuth[i]) % n_azimuths", *LINE),
        more="Which of the two counts?",
    ),
    Slip(
        "elevation is treated as a circle.",
        *rule(f"around + np.minimum({UP}, elevation.max() + 1 - {UP}) <= 1"),
        more="Nothing joins the highest to the lowest.",
    ),
    Slip(
        "you ask for the same light.",
        *rule(
            f"({RULE}) & ({SAME})",
            f"(around <= 1) & ({UP} <= 1) & ({SAME})",
        ),
        more=DIFFER,
    ),
    Slip(
        "a change of the light counts as a step.",
        *rule(f"around + {UP} + {LIGHT} <= 1", f"({RULE}) & ({LIGHT} <= 1)"),
        more=DIFFER,
    ),
    Slip(
        "you ask for another light.",
        *rule(f"({RULE}) & (light[i] != light[j])"),
        more="Neighbors under the same light are similar, too.",
    ),
    Slip(
        "one step of azimuth and one of elevation are two steps.",
        *rule(f"(around <= 1) & ({UP} <= 1)"),
        more="Similar are views that are at most one step apart, in all.",
    ),
    Slip(
        "views of one pose under two lights are missing.",
        *rule(f"around + {UP} == 1"),
        more="No step apart is at most one step.",
    ),
    Slip(
        "a step of the other angle makes a neighbor, too.",
        *rule(f"(around <= 1) & ({UP} == 0)"),
        (RULE, f"(around == 0) & ({UP} <= 1)"),
        (RULE, f"around + {UP} == 0"),
        more="Azimuth, or elevation.",
    ),
    Slip(
        "one angle is near, and the other may be anything.",
        *rule(f"(around <= 1) | ({UP} <= 1)"),
        more="How many steps are two views apart in all?",
    ),
    Slip(
        "more pairs are similar than dissimilar.",
        (END, "return pairs[~similar], pairs[similar]"),
        more="Few views are neighbors. Do you return the two arrays the other way round?",
    ),
    Told("and you say they are", (RULE, RULE.replace("<= 1", "<= 2"))),
    Told("are similar, and you leave them out", (RULE, f"({RULE}) & (j > i + 5)")),
    Told("makes a pair with itself", ("k=1", "k=0")),
    Told(
        "a pair comes once, and similar has views",
        (END, "return np.vstack([pairs[similar]] * 2), pairs[~similar]"),
    ),
    Told(
        "a pair comes once, and dissimilar has views",
        (END, "return pairs[similar], np.vstack([pairs[~similar], pairs[~similar][:, ::-1]])"),
    ),
    Told("in both of your arrays", (END, "return pairs[similar], pairs")),
    Told("in none of your arrays", (END, f"return pairs[similar], pairs[~similar & ({SAME})]")),
    Told("return two arrays", (END, "return pairs[similar]")),
    Told(
        "yours is a table of all views by all views",
        (END, "return np.eye(len(light)) > 0, np.eye(len(light)) < 1"),
    ),
    Told(
        "yours has shape (2, ",
        ("axis=1", "axis=0", END, "return pairs[:, similar], pairs[:, ~similar]"),
    ),
    Told(
        "whole numbers; yours holds float64", (END, "return pairs[similar] * 1.0, pairs[~similar]")
    ),
    Told("similar is empty", (END, "return pairs[:0], pairs[~similar]")),
    Told("which is no view", (END, "return pairs[similar] + 1, pairs[~similar]")),
    Told("indices of views; yours is a str", (END, "return str(pairs), pairs[~similar]")),
    Told(
        "indices of views; yours is of type set",
        (END, "return set(map(tuple, pairs[similar])), pairs"),
    ),
    Told(
        "changes azimuth",
        (f"around = {SIZE}", f"azimuth *= 1 + n_azimuths; around = {SIZE} // (1 + n_azimuths)"),
    ),
)


def read(inputs: Values, outputs: Values) -> Values | Hint:
    """Two tables (n, n): which views stand in a pair."""
    found, tables = outputs["pairs"], {}
    if not isinstance(found, list | tuple) or len(found) != 2 or isinstance(found, Odd):
        return Hint("return two arrays: the similar pairs, and the dissimilar ones.")
    for name, pairs in zip(("similar", "dissimilar"), found):
        table = as_table(name, pairs, len(inputs["azimuth"]))
        if isinstance(table, Hint):
            return table
        tables[name] = table
    return tables


def as_table(name: str, pairs: Any, n: int) -> np.ndarray | Hint:
    """Which of the n views stand in a pair, symmetric; or a hint about the form of the pairs."""
    pairs = as_array(pairs)
    wanted = f"{name} should be an array (pairs, 2) of indices of views"
    if not isinstance(pairs, np.ndarray):
        what = pairs.what if isinstance(pairs, Odd) else f"a {type(pairs).__name__}"
        return Hint(f"{wanted}; yours is {what}.")
    if pairs.size == 0:
        return Hint(f"{name} is empty.")
    if pairs.shape == (n, n):
        more = "np.argwhere gives the places at which a table is True."
        return Hint(f"{wanted}; yours is a table of all views by all views.", more)
    if pairs.ndim != 2 or pairs.shape[1] != 2:
        more = "np.stack([i, j], axis=1) puts two columns side by side." if 2 in pairs.shape else ""
        return Hint(f"{wanted}; yours has shape {pairs.shape}.", more)
    if pairs.dtype.kind not in "iu":
        return Hint(f"{wanted}, whole numbers; yours holds {pairs.dtype}.")
    if pairs.min() < 0 or pairs.max() >= n:
        return Hint(f"{name} has an index out of 0 ... {n - 1}, which is no view.")
    i, j = pairs.T
    if (i == j).any():
        return Hint(f"in {name}, view {i[i == j][0]} makes a pair with itself.")
    counts = np.zeros((n, n), int)
    np.add.at(counts, (np.minimum(i, j), np.maximum(i, j)), 1)
    if (counts > 1).any():
        i, j = np.argwhere(counts > 1)[0]
        return Hint(
            f"a pair comes once, and {name} has views {i} and {j} {counts[i, j]} times.",
            "(i, j) and (j, i) are the same two views.",
        )
    return (counts + counts.T).astype(bool)


def as_array(pairs: Any) -> Any:
    """A list of pairs of whole numbers as an array; whatever else it is comes back as it was."""
    if not isinstance(pairs, list | tuple) or isinstance(pairs, Odd):
        return pairs
    if all(isinstance(pair, list | tuple) and len(pair) == 2 for pair in pairs):
        numbers = [number for pair in pairs for number in pair]
        if all(isinstance(n, int | np.ndarray) and np.ndim(n) == 0 for n in numbers):
            return np.array([int(n) for n in numbers]).reshape(-1, 2)
    if pairs and all(isinstance(pair, np.ndarray) and pair.shape == (2,) for pair in pairs):
        return np.array(pairs)
    return pairs


def judge(inputs: Values, got: Values, right: Values) -> Hint | None:
    (similar, dissimilar), (want, rest) = got.values(), right.values()
    if not np.array_equal(similar, want):
        return misjudged(inputs, similar, want)
    if (dissimilar & want).any():
        return Hint(
            f"{counted(dissimilar & want)} in both of your arrays.",
            "What is similar is not dissimilar.",
        )
    if np.array_equal(dissimilar, rest):
        return None
    return Hint(
        f"{counted(rest & ~dissimilar)} in none of your arrays.",
        "Any two views are similar or they are not. The light has no say in that.",
    )


def misjudged(inputs: Values, similar: np.ndarray, want: np.ndarray) -> Hint:
    """The first pair that is not where it should be."""
    surplus = similar & ~want
    i, j = np.argwhere(surplus if surplus.any() else want & ~similar)[0]
    a, e, light = (
        [int(inputs[name][k]) for k in (i, j)] for name in ("azimuth", "elevation", "light")
    )
    verdict = (
        "not similar, and you say they are" if surplus.any() else "similar, and you leave them out"
    )
    return Hint(
        f"views {i} and {j} are {verdict}.",
        f"Their azimuths are {a[0]} and {a[1]} of {inputs['n_azimuths']}, their elevations {e[0]} "
        f"and {e[1]}, their lights {light[0]} and {light[1]}.",
    )


def counted(table: np.ndarray) -> str:
    """How many pairs a symmetric table has, with the verb."""
    n = int(table.sum()) // 2
    return f"{n} pair{' is' if n == 1 else 's are'}"


@stranger(view_pairs, "azimuth is treated as a line")
def negative_remainder(azimuth, elevation, light, n_azimuths):
    """fmod keeps the sign, and the smaller of the two never is the way around."""
    pairs = [[], []]
    for i, j in combinations(range(len(azimuth)), 2):
        around = abs(np.fmod(azimuth[i] - azimuth[j], n_azimuths))
        pairs[int(around + abs(elevation[i] - elevation[j]) > 1)].append([i, j])
    return pairs


@stranger(view_pairs, "views 1 and 2 are not similar, and you say they are")
def neighbors_in_the_list(azimuth, elevation, light, n_azimuths):
    """As if the views came sorted."""
    i = np.arange(len(azimuth) - 1)
    every = set(combinations(range(len(azimuth)), 2))
    return np.stack([i, i + 1], axis=1), sorted(every - set(zip(i, i + 1)))


@equivalent(view_pairs)
def two_loops(azimuth, elevation, light, n_azimuths):
    similar, dissimilar = [], []
    for i, j in combinations(range(len(azimuth)), 2):
        around = (azimuth[i] - azimuth[j]) % n_azimuths
        pose_steps = min(around, n_azimuths - around) + abs(elevation[i] - elevation[j])
        (similar if pose_steps <= 1 else dissimilar).append((i, j))
    return similar, dissimilar


@equivalent(view_pairs)
def corners_of_a_polygon(azimuth, elevation, light, n_azimuths):
    """Neighbors of a regular polygon are one side apart, and others farther; larger index first."""
    angle = 2 * np.pi * azimuth / n_azimuths
    side = 2 * np.sin(np.pi / n_azimuths)
    places = np.stack([np.cos(angle), np.sin(angle), side * elevation], axis=1)
    near = np.linalg.norm(places[:, None] - places, axis=-1) < 1.1 * side
    return [np.argwhere(np.tril(table, k=-1))[::-1] for table in (near, ~near)]


@equivalent(view_pairs)
def by_poses(azimuth, elevation, light, n_azimuths):
    """As a dictionary from poses to views; lists of small arrays come out."""
    views = {}
    for k, pose in enumerate(zip(azimuth, elevation)):
        views.setdefault(pose, []).append(k)
    similar = set()
    for (a, e), here in views.items():
        for pose in ((a, e), ((a + 1) % n_azimuths, e), (a, e + 1)):
            similar |= {(min(i, j), max(i, j)) for i in here for j in views.get(pose, []) if i != j}
    dissimilar = set(combinations(range(len(azimuth)), 2)) - similar
    return [np.array(pair) for pair in similar], [list(pair) for pair in dissimilar]


TASK = Task(
    view_pairs,
    "Which views are similar?",
    difficulty=1,
    minutes=15,
    rows=("L17",),
    points=2,
    inputs=case,
    returns="pairs",
    slips=SLIPS,
    read=read,
    judge=judge,
)
