"""How many dimensions has a manifold? An estimate from the distances to neighbors."""
# mypy: allow-untyped-defs, allow-untyped-calls

import numpy as np

from exercises.hints import Hint, compare
from exercises.slips import Slip, Told, equivalent, stranger
from exercises.task import Task, Values


def case(seed: int) -> Values:
    """Points on a bent manifold, very small; some of them twice; with two neighbors only; a grid.

    The grid has ties.
    """
    random = np.random.default_rng(seed)
    d, D, N = random.permutation([2, 3, 4])[0], random.integers(6, 9), random.integers(40, 60)
    flat = random.uniform(-1, 1, size=(N, d))
    bent = np.hstack([flat, np.sin(flat @ random.normal(size=(d, D - d)))])
    X = bent @ np.linalg.qr(random.normal(size=(D, D)))[0] + random.normal(size=D)
    if seed % 4 == 1:
        X *= 3e-6
    if seed % 4 == 2:
        again = random.choice(N, size=6, replace=False)
        X = random.permutation(np.vstack([X, X[again], X[again[:2]]]))
    if seed % 4 == 0:
        X = random.permutation(np.indices((6, 7)).reshape(2, -1).T) * 1.0
    return {"X": X, "k": 2 if seed % 4 == 3 else int(random.integers(5, 9))}


def dimension(X, k):
    X = np.unique(X, axis=0)
    inverses = []
    for x in X:
        T = np.sort(np.linalg.norm(X - x, axis=1))[1 : k + 1]
        inverses.append(np.mean(np.log(T[-1] / T[:-1])))
    return 1 / np.mean(inverses)


UNIQUE, NEAREST, FAR = "np.unique(X, axis=0)", "[1 : k + 1]", "np.linalg.norm(X - x, axis=1)"
MEAN, END, RATIO = "np.mean(np.log(T[-1] / T[:-1]))", "1 / np.mean(inverses)", "T[-1] / T[:-1]"
SEVERAL = "a point that occurs several times counts once, as a point and as a neighbor."
RID = "What remains if X is rid of its copies before anything is measured?"

SLIPS = (
    Slip(
        SEVERAL,
        (UNIQUE, "X"),
        (UNIQUE, "X", f"np.sort({FAR}){NEAREST}", f"np.sort({FAR}[{FAR} > 0])[:k]"),
        ("X = np.unique", "points, X = X, np.unique", "x in X", "x in points"),
        more=RID,
    ),
    Slip(
        "points that agree in one coordinate may still be two.",
        (UNIQUE, "X[np.unique(X[:, 0], return_index=True)[1]]"),
        more="Rows are compared whole.",
    ),
    Slip(
        "points that are close together are still two points.",
        (UNIQUE, "np.unique(X.round(6), axis=0)"),
        more="A manifold may be small. Equal is equal in every digit.",
    ),
    Slip(
        "neighbors that are equally far are two neighbors.",
        (f"np.sort({FAR})", f"np.unique({FAR})"),
        more="What does np.unique do to two equal distances?",
    ),
    Slip(
        "a distance of 0 has come in: the point itself is not its neighbor.",
        (NEAREST, "[:k]"),
        more="T_1 is the distance to another point. Which distance of a point is always 0?",
    ),
    Slip(
        "the neighbors are not counted as they should be; here k is {k}.",
        (NEAREST, "[1:k]"),
        (NEAREST, "[1 : k + 2]"),
        (NEAREST, "[2 : k + 2]"),
        (NEAREST, "[2 : k + 1]"),
        (NEAREST, "[1:3]"),
        more="T_1 ... T_k are k distances, and the point's own, which is 0, is none of them.",
    ),
    Slip(
        "the distances are squared.",
        (FAR, "np.sum((X - x) ** 2, axis=1)"),
        more="Is there a root missing?",
    ),
    Slip("only the first point is heard.", (END, "1 / inverses[0]")),
    Slip("this is 1/d.", (END, "np.mean(inverses)"), more="What is d?"),
    Slip("the points are added up, not averaged.", (END, "1 / np.sum(inverses)")),
    Slip(
        "the average over the points is taken of the wrong thing.",
        (END, "np.mean(1 / np.array(inverses))"),
        (END, "np.median(1 / np.array(inverses))"),
        (END, "1 / np.median(inverses)"),
        more="First the mean of all 1/d_i; then, of this one number, the inverse.",
    ),
    Slip(
        "the logarithm is that of another ratio.",
        (RATIO, "T[:-1] / T[-1]"),
        (RATIO, "T[1:] / T[0]"),
        (RATIO, "T[1:] / T[:-1]"),
        more="T_k, the largest, is divided by each of the smaller ones.",
    ),
    Slip(
        "the sum has k - 1 terms, and so much it is divided by.",
        (MEAN, f"np.sum(np.log({RATIO})) / k"),
        (MEAN, f"np.sum(np.log({RATIO})) / np.float64(k - 2)"),
        (MEAN, f"np.sum(np.log({RATIO}))"),
        more="For j = k the logarithm is 0 and says nothing.",
    ),
    Slip("the logarithm is the natural one.", ("np.log(", "np.log2("), ("np.log(", "np.log10(")),
    Slip(
        "the mean is taken before the logarithm.",
        (MEAN, f"np.log(np.mean({RATIO}))"),
        more="It is the logarithms that add up.",
    ),
    Slip(
        "do not round: an estimate is no whole number.",
        (END, "np.round(1 / np.mean(inverses))"),
        (END, "np.floor(1 / np.mean(inverses))"),
    ),
    Told("the dimension should be a number; yours has shape", (END, "1 / np.array(inverses)")),
    Told("changes X", (f"X = {UNIQUE}", f"X -= X.mean(axis=0); X = {UNIQUE}")),
)


def judge(inputs: Values, got: Values, right: Values) -> Hint | None:
    hint = compare(got, right)
    copies = len(np.unique(inputs["X"], axis=0)) < len(inputs["X"])
    # What else is wrong shows without copies.
    return Hint(SEVERAL, RID) if hint and copies and np.ndim(got["the dimension"]) == 0 else hint


@stranger(dimension, "a point that occurs several times counts once")
def copies_a_little_apart(X, k):
    T = np.sort(np.linalg.norm(X[:, None] - X, axis=2), axis=1)[:, 1 : k + 1] + 1e-18
    return 1 / np.log(T[:, -1:] / T[:, :-1]).mean()


@stranger(dimension, "neighbors that are equally far")
def a_set_of_distances(X, k):
    places, total = {tuple(x) for x in X.tolist()}, 0.0
    for x in places:
        T = sorted({float(np.linalg.norm(np.subtract(x, y))) for y in places} - {0.0})[:k]
        total += sum(np.log(T[-1] / t) for t in T) / (k - 1)
    return len(places) / total


@equivalent(dimension)
def point_by_point(X, k):
    places = sorted({tuple(x) for x in X.tolist()}, reverse=True)
    total = 0.0
    for x in places:
        T = sorted(np.linalg.norm(np.subtract(x, y)) for y in places if y != x)[:k]
        total += sum(np.log(T[-1]) - np.log(t) for t in T) / (k - 1)
    return len(places) / total


@equivalent(dimension)
def harmonic_mean(X, k):
    """From squared distances by products, with half of the logarithm."""
    X = np.unique(X, axis=0)
    squares = np.sum((X - X.mean(axis=0)) ** 2, axis=1)
    squared = squares[:, None] + squares - 2 * (X - X.mean(axis=0)) @ (X - X.mean(axis=0)).T
    np.fill_diagonal(squared, np.inf)
    nearest = np.sort(squared, axis=1)[:, :k]
    return np.float32(1 / np.mean(np.log(nearest[:, -1:] / nearest[:, :-1]) / 2))


TASK = Task(
    dimension,
    "How many dimensions has a manifold?",
    difficulty=1,
    minutes=12,
    rows=("L14",),
    points=2,
    inputs=case,
    returns="the dimension",
    slips=SLIPS,
    judge=judge,
    public=(1, 2, 3, 4),
    hidden=(101, 102, 103, 104),
)
