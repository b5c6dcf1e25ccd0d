"""Cases and judges of the exercises on manifolds."""

from collections.abc import Callable
from heapq import heappop, heappush
from itertools import pairwise
from typing import Any

import numpy as np

from exercises.hints import Hint, misfit, tolerance_of, unchanged
from exercises.legacy import Task, same
from exercises.task import Values

from .drive import cloud

# --- dimension ------------------------------------------------------------------------------------


def case_dimension(seed: int) -> Values:
    """Points on a bent manifold.

    On every third seed there are two neighbors; on another third, points that occur again.
    """
    random = np.random.default_rng(seed)
    d, D, N = random.permutation([2, 3, 4])[0], random.integers(6, 9), random.integers(40, 60)
    flat = random.uniform(-1, 1, size=(N, d))
    bent = np.hstack([flat, np.sin(flat @ random.normal(size=(d, D - d)))])
    X = bent @ np.linalg.qr(random.normal(size=(D, D)))[0] + random.normal(size=D)
    if seed % 3 == 2:
        again = random.choice(N, size=6, replace=False)
        X = random.permutation(np.vstack([X, X[again], X[again[:2]]]))
    return {"X": X, "k": 2 if seed % 3 == 0 else int(random.integers(5, 9))}


def distances(X: np.ndarray) -> np.ndarray:
    return np.linalg.norm(X[:, np.newaxis] - X, axis=2)


def inverse_of_mean(inverses: np.ndarray) -> Any:
    return 1 / np.mean(inverses)


def estimate(
    T: np.ndarray,
    ratio: Callable[[np.ndarray], np.ndarray] = lambda T: T[:, -1:] / T[:, :-1],
    log: Callable[[np.ndarray], np.ndarray] = np.log,
    shorter: int = 0,
    pool: Callable[[np.ndarray], Any] = inverse_of_mean,
) -> float:
    """The dimension, or what it is but for a slip, from the distances T (N, k) in order.

    shorter: by how much the sum of the k - 1 logarithms is divided too little. pool: how the
    points' inverse dimensions become a number.
    """
    with np.errstate(all="ignore"):
        inverses = log(ratio(T)).sum(axis=1) / np.float64(T.shape[1] - 1 - shorter)
        return float(pool(inverses))


def judge_dimension(inputs: Values, outputs: Values) -> Hint | None:
    X, k = inputs["X"], inputs["k"]
    places = np.unique(X, axis=0)
    away = np.sort(distances(places))
    T = away[:, 1 : k + 1]
    want = estimate(T)
    itself = Hint(
        "a distance of 0 has come in: the point itself is not its neighbor.",
        "T_1 is the distance to another point. Which distance of a point is always 0?",
    )
    several = Hint(
        "a point that occurs several times counts once, as a point and as a neighbor.",
        "What remains if X is rid of its copies before anything is measured?",
    )
    number = Hint(
        f"the neighbors are not counted as they should be; here k is {k}.",
        "T_1 ... T_k are k distances, and the point's own, which is 0, is none of them.",
    )
    parts = Hint(
        "the sum has k - 1 terms, and so much it is divided by.",
        "For j = k the logarithm is 0 and says nothing.",
    )
    ratio = Hint(
        "the logarithm is that of another ratio.",
        "T_k, the largest, is divided by each of the smaller ones.",
    )
    average = Hint(
        "the average over the points is taken of the wrong thing.",
        "First the mean of all 1/d_i; then, of this one number, the inverse.",
    )
    rounded = {float(np.round(want)), float(np.floor(want))}
    slips: list[tuple[Any, Hint]] = []
    if len(places) < len(X):
        slips.append((estimate(np.sort(distances(X))[:, 1 : k + 1]), several))  # it is 0
    slips += [
        (estimate(away[:, :k]), itself),
        (estimate(away[:, : k + 1]), itself),
        (estimate(away[:, 1 : k + 2]), number),
        (estimate(T**2), Hint("the distances are squared.", "Is there a root missing?")),
        (estimate(T, pool=lambda v: 1 / np.mean(v[:1])), Hint("only the first point is heard.")),
        (estimate(T, pool=np.mean), Hint("this is 1/d.", "What is d?")),
        (estimate(T, pool=lambda v: 1 / v.sum()), Hint("the points are added up, not averaged.")),
        *((estimate(T, pool=pool), average) for pool in (mean_of_inverses, median_of_inverses)),
        (estimate(T, pool=lambda v: 1 / np.median(v)), average),
        (estimate(T, ratio=lambda T: T[:, :-1] / T[:, -1:]), ratio),
        (estimate(T, ratio=lambda T: T[:, 1:] / T[:, :1]), ratio),
        (estimate(T, ratio=lambda T: T[:, 1:] / T[:, :-1]), ratio),
        (estimate(T, shorter=-1), parts),
        (estimate(T, log=np.log2), Hint("the logarithm is the natural one.")),
        (estimate(T, log=np.log10), Hint("the logarithm is the natural one.")),
        (
            estimate(T, log=lambda r: (k - 1) * np.log(r.mean(axis=1, keepdims=True))),
            Hint("the mean is taken before the logarithm.", "It is the logarithms that add up."),
        ),
        *((whole, Hint("do not round: an estimate is no whole number.")) for whole in rounded),
    ]
    if k > 2:
        slips += [
            (estimate(T[:, :-1]), number),
            (estimate(T[:, :-1], shorter=-1), number),
            (estimate(T, shorter=1), parts),
            (estimate(T, shorter=k - 2), parts),
            (estimate(T[:, 1:]), number),
            (estimate(T[:, :2]), number),
            (estimate(away[:, 2 : k + 2]), number),
            (estimate(T, ratio=lambda T: T[:, -2:-1] / T[:, :-1], shorter=1), number),
        ]
    if len(places) < len(X) and is_number(outputs["dimension"]):
        slips.append((outputs["dimension"], several))  # what else is wrong shows without copies
    hint = same("the dimension", outputs["dimension"], want, slips)
    return unchanged("X", outputs["X"], X) or hint


def is_number(value: Any) -> bool:
    """Whether it is a real number, and a finite one."""
    if isinstance(value, np.ndarray):
        value = value.item() if value.ndim == 0 else None
    return isinstance(value, int | float) and abs(value) < 1e300


def mean_of_inverses(inverses: np.ndarray) -> Any:
    return np.mean(1 / inverses)


def median_of_inverses(inverses: np.ndarray) -> Any:
    return np.median(1 / inverses)


# --- tangent_coordinates --------------------------------------------------------------------------


def case_tangent(seed: int) -> Values:
    """Neighbors on a bent, noisy piece of manifold, a point at its rim, and another one.

    On an odd seed there are fewer neighbors than dimensions, as with images.
    """
    random = np.random.default_rng(seed)
    d = int(random.integers(2, 4))
    k, D = (int(random.integers(8, 11)), 20) if seed % 2 else (14, int(random.integers(5, 8)))
    frame = np.linalg.qr(random.normal(size=(D, D)))[0]
    flat = random.uniform(0.8, 1.2, size=(k, d)) * random.choice([-1, 1], size=(k, d))
    flat[: d + 1] = 1.2 * np.vstack([np.eye(d), -np.ones(d)])  # never all in fewer dimensions
    off = 0.05 * random.normal(size=(k, D - d))
    off[:, 0] += 0.1 * np.sum(flat**2, axis=1)
    place = 3 * random.choice([-1, 1], size=D)
    away = np.concatenate([random.uniform(0.3, 0.6, size=d), [2.0], np.zeros(D - d - 1)])
    return {
        "p": place + frame @ away,
        "neighbors": place + np.hstack([flat, off]) @ frame.T,
        "d": d,
        "y": place + frame @ random.normal(size=D),
    }


def main_directions(scatter: np.ndarray, d: int) -> np.ndarray:
    """The d directions, as rows, in which these vectors are longest."""
    return np.linalg.svd(scatter, full_matrices=False)[2][:d]


def judge_tangent(inputs: Values, outputs: Values) -> Hint | None:
    found = outputs["returned"]
    if not isinstance(found, list | tuple) or len(found) != 3:
        return Hint("return three things: U, t and n.")
    U, t, n = found
    hint = wrong_basis(U, inputs) or wrong_parts(U, t, n, inputs)
    for name in ("p", "neighbors", "y"):
        hint = unchanged(name, outputs[name], inputs[name]) or hint
    return hint


def wrong_basis(U: Any, inputs: Values) -> Hint | None:
    """None if these are orthonormal rows, and the plane that they span is the right one."""
    neighbors, d, p = inputs["neighbors"], inputs["d"], inputs["p"]
    mean = neighbors.mean(axis=0)
    want = main_directions(neighbors - mean, d)
    hint = misfit("the basis U", U, want)
    if hint:
        return hint
    if same("", U @ U.T, np.eye(d), tolerance=tolerance_of(U)):
        return Hint(
            "the rows of the basis are not orthonormal.",
            "Each has length 1, and any two have the product 0: U @ U.T is what?",
        )
    around_p = Hint(
        "the basis is fitted to the neighbors as seen from p.",
        "Directions of scatter are those around the neighbors' own mean.",
    )
    raw = Hint(
        "the neighbors are not centered.",
        "Far from the origin, the longest direction points to where they are: take off the mean.",
    )
    with_p = np.vstack([p, neighbors])
    slips = [
        (main_directions(neighbors, d), raw),
        (main_directions(neighbors - p, d), around_p),
        (
            main_directions(with_p - with_p.mean(axis=0), d),
            Hint("the basis is fitted to p, too.", "To its neighbors, and to nothing else."),
        ),
        (
            np.linalg.eigh(np.cov(neighbors.T))[1][-d:],
            Hint("these are rows of a matrix that has its directions in columns.", "eigh does."),
        ),
        (
            np.eye(len(p))[np.argsort(-neighbors.std(axis=0))[:d]],
            Hint("these are axes of the space.", "The directions of a manifold may lie askew."),
        ),
        (
            main_directions((neighbors - mean) / neighbors.std(axis=0), d),
            Hint("the coordinates are scaled to one variance each. Leave them as they are."),
        ),
        (
            main_directions(neighbors - neighbors.mean(axis=1, keepdims=True), d),
            Hint("the mean is taken over the wrong axis.", "It should be a point, (D,)."),
        ),
        (
            main_directions(np.diff(neighbors, axis=0), d),
            Hint("these are differences from one neighbor to the next, not from the mean."),
        ),
    ]
    for slip, told in slips:
        if same("", slip.T @ slip, want.T @ want) and not same("", U.T @ U, slip.T @ slip):
            return told
    if np.sum(((neighbors - mean) @ U.T) ** 2) < 0.05 * np.sum((neighbors - mean) ** 2):
        return Hint(
            "these are directions in which the neighbors hardly scatter.",
            "Which end of the list are the large variances at? svd and eigh do not agree about it.",
        )
    if same("", U.T @ U, want.T @ want, tolerance=tolerance_of(U)):
        return Hint(
            "the basis spans another plane.",
            "Local PCA: take the mean off the neighbors, then the d directions of most variance.",
        )
    return None


def wrong_parts(U: np.ndarray, t: Any, n: Any, inputs: Values) -> Hint | None:
    """None if these are the parts of y, by the answer's own basis."""
    p, y, mean = inputs["p"], inputs["y"], inputs["neighbors"].mean(axis=0)
    coordinates = U @ (y - p)
    foot = p + coordinates @ U
    origin = Hint("the origin of `t` is p.", "The coordinates of p itself are 0.")
    center = Hint(
        "the origin of `t` is the neighbors' mean; it should be p.",
        "The mean is for the basis. The coordinates of p itself are 0.",
    )
    slips = [
        (U @ y, origin),
        (U @ (y - mean), center),
        (U @ p, origin),
    ]
    hint = same("`t`", t, coordinates, slips)
    if hint:
        return hint
    plain = Hint("`n` is not orthogonal to the basis.", "What of y - p is told by `t` already?")
    slips = [
        (y - p, plain),
        (y - mean, plain),
        (y, plain),
        (y - coordinates @ U, Hint("p is part of `n`.", "y is p, plus what, plus `n`?")),
        (foot - p, Hint("this is the part on the manifold.", "And what is left of y - p?")),
        (foot, Hint("this is where y would be on the manifold.", "How does y get there?")),
        (
            y - mean - U.T @ (U @ (y - mean)),
            Hint("`n` is counted from the neighbors' mean.", "Both parts begin at p."),
        ),
        (y - mean - coordinates @ U, plain),
    ]
    if isinstance(n, float) or (isinstance(n, np.ndarray | np.generic) and not np.ndim(n)):
        return Hint("`n` should be a vector (D,); yours is a number.", "Its length comes later.")
    return same("`n`", n, y - foot, slips)


# --- shortest_path --------------------------------------------------------------------------------


def case_path(seed: int) -> Values:
    """Two clouds with a way through them, on which slips lead elsewhere; one without a way."""
    random = np.random.default_rng(seed)
    return {"problems": [arc(random, slips_arrive=True), arc(random), gap(random)]}


def arc(random: np.random.Generator, slips_arrive: bool = False) -> Values:
    """Points along three quarters of a circle, drawn until no slip leads to the shortest path.

    slips_arrive: and until each leads to the end all the same, by a path of its own.
    """
    while True:
        N, k = int(random.integers(26, 34)), int(random.integers(3, 6))
        angle = random.uniform(0, 1.5 * np.pi, size=N)
        X = np.stack([np.cos(angle), np.sin(angle), 0 * angle], axis=1)
        X = X * random.uniform(0.75, 1.25, size=(N, 1)) + 0.1 * random.normal(size=(N, 3))
        start, end = random.permutation(N)[:2]
        problem = {"X": X, "k": k, "start": int(start), "end": int(end)}
        right = best(problem)
        if len(right) < 5 or hops(problem) == len(right) - 1 or right == best(problem, k=k + 1):
            continue
        slips = slipped(problem)
        elsewhere = [path for path, _ in slips]
        told_apart = {(tuple(path), hint) for path, hint in slips}
        alike = len(told_apart) > len({path for path, _ in told_apart})
        if right not in elsewhere and not (slips_arrive and (alike or [] in elsewhere)):
            return problem


def gap(random: np.random.Generator) -> Values:
    """Two clumps, and no edge between them."""
    N, k = int(random.integers(9, 12)), 3
    X = random.normal(size=(2 * N, 3))
    far = random.permutation(2 * N)
    X[far[:N], 0] += 20
    return {"X": X, "k": k, "start": int(far[0]), "end": int(far[-1])}


def edges(X: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Lengths (N, N), and whether j is one of the k nearest of i, (N, N)."""
    lengths = distances(X)
    order = np.argsort(lengths + np.diag(np.full(len(X), np.inf)), axis=1)[:, :k]
    near = np.zeros(lengths.shape, bool)
    np.put_along_axis(near, order, True, axis=1)
    return lengths, near


def best(
    problem: Values,
    k: int | None = None,
    joined: Callable[[np.ndarray], np.ndarray] = lambda near: near | near.T,
    cost: Callable[[np.ndarray], np.ndarray] = lambda lengths: lengths,
) -> list[int]:
    """The shortest path, [] if there is none; or what it is in another graph, by another cost."""
    lengths, near = edges(problem["X"], k or problem["k"])
    steps, costs = joined(near), cost(lengths)
    reached, waiting = set(), [(0.0, [problem["start"]])]
    while waiting:
        length, path = heappop(waiting)
        if path[-1] == problem["end"]:
            return path
        if path[-1] not in reached:
            reached.add(path[-1])
            for j in np.flatnonzero(steps[path[-1]]).tolist():
                heappush(waiting, (length + float(costs[path[-1], j]), [*path, j]))
    return []


def hops(problem: Values) -> int:
    """The fewest steps from start to end."""
    return len(best(problem, cost=np.ones_like)) - 1


def slipped(problem: Values) -> list[tuple[list[int], Hint]]:
    """Where a slip leads, [] if nowhere, and what to say about it."""
    one_way = Hint(
        "your edges can be walked in one direction only.",
        "If j is one of the k nearest of i, the edge leads from i to j and from j to i.",
    )
    return [
        (
            best(problem, cost=np.square),
            Hint(
                "this path has the smallest sum of squared lengths.",
                "Squares make many small steps cheap. Is there a root missing?",
            ),
        ),
        (best(problem, joined=lambda near: near), one_way),
        (best(problem, joined=lambda near: near.T), one_way),
        (
            best(problem, joined=lambda near: near & near.T),
            Hint(
                "some edges are missing: one of two neighbors is enough to make one.",
                "There is an edge if j is near to i, *or* i is near to j.",
            ),
        ),
        (
            best(problem, k=problem["k"] - 1),
            Hint(
                "some edges are missing: your points have too few neighbors.",
                "k others. A point is nearest to itself; that does not count.",
            ),
        ),
    ]


def judge_path(inputs: Values, outputs: Values) -> Hint | None:
    hint = None
    answers = zip(inputs["problems"], outputs["paths"], outputs["points"], strict=True)
    for problem, path, after in answers:
        changed = unchanged("X", after, problem["X"])
        hint = changed or hint or wrong_path(problem, path)
    return hint


def wrong_path(problem: Values, returned: Any) -> Hint | None:
    """None if this is the certificate that it should be."""
    start, end, k = problem["start"], problem["end"], problem["k"]
    right = best(problem)
    if returned is None:
        more = "Where there is no path, return an empty list."
        return Hint("the path is None.", more)
    path = indices(returned)
    if path is None:
        return Hint(
            "return the path alone: a list of whole numbers, the indices of its points.",
            "First the start, last the end, and between them every point on the way.",
        )
    if not path and right:
        return Hint(
            "there is a path, and your answer says that there is none.",
            "An edge leads both ways. And is every way tried before your search gives up?",
        )
    if not path:
        return None
    if not all(0 <= i < len(problem["X"]) for i in path):
        return Hint("there is an index of no point in the path.", "They go from 0 to N - 1.")
    if path[0] == end and path[-1] == start:
        return Hint("the path runs from the end to the start.", "Who walked it backwards?")
    for name, place, there in (("start", path[0], start), ("end", path[-1], end)):
        if place != there:
            more = "If there is no path, return an empty list." if not right else ""
            return Hint(f"the {name} is not where it should be in the path.", more)
    return wrong_edge(problem, path, k) or (too_long(problem, path, right) if right else None)


def indices(returned: Any) -> list[int] | None:
    """A list, a tuple or an array of whole numbers as a list; None if it is something else."""
    if isinstance(returned, np.ndarray):
        returned = list(returned) if returned.ndim == 1 else None
    if not isinstance(returned, list | tuple):
        return None
    whole = all(
        isinstance(i, int | np.ndarray | np.generic)
        and np.ndim(i) == 0
        and np.asarray(i).dtype.kind in "iu"
        for i in returned
    )
    return [int(i) for i in returned] if whole else None


def wrong_edge(problem: Values, path: list[int], k: int) -> Hint | None:
    """None if every step is along an edge."""
    near, nearly = (edges(problem["X"], n)[1] for n in (k, k + 1))
    gone = [(i, j) for i, j in pairwise(path) if not (near[i, j] or near[j, i])]
    if not gone:
        return None
    if path == [problem["start"], problem["end"]]:
        return Hint(
            "this is the straight line from start to end, and it leaves the manifold.",
            "Only neighbors are joined by an edge.",
        )
    if all(nearly[i, j] or nearly[j, i] for i, j in gone):
        return Hint(
            f"some edges are too many: your points have more than {k} neighbors.",
            "The k nearest others, and not one more.",
        )
    (i, j), *_ = gone
    return Hint(
        f"from point {i} to point {j} there is no edge.",
        "Is one among the k nearest of the other? Where there is no path, return an empty list.",
    )


def too_long(problem: Values, path: list[int], right: list[int]) -> Hint | None:
    """None if no path is shorter."""
    lengths = distances(problem["X"])

    def length(path: list[int]) -> float:
        return float(sum(lengths[i, j] for i, j in pairwise(path)))

    if length(path) <= length(right) * (1 + 1e-9):
        return None
    for wrong, slip in slipped(problem):
        if path == wrong:
            return slip
    if len(path) - 1 == hops(problem):
        return Hint(
            "this path has the fewest steps, and it is not the shortest.",
            "Edges have lengths. Two short ones may be less than a long one.",
        )
    return Hint(
        f"there is a shorter path: this one has {length(path) / length(right):.3g} times its "
        "length.",
        "A point may be reached, and later be reached by a shorter way.",
    )


# --- NoiseShare -----------------------------------------------------------------------------------


def case_noise(seed: int) -> Values:
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
        "small": cloud(n, radius, d, D, sigma, random),
        "large": cloud(2000, radius, d, D, sigma, random),
    }


def judge_noise(inputs: Values, outputs: Values) -> Hint | None:
    """The measurement comes first: it is what the prediction can be compared with."""
    for name, got in zip(("small", "large"), outputs["measured"], strict=True):
        hint = wrong_share(inputs[name], inputs["d"], got)
        if hint:
            return hint
    hint = unchanged("X", outputs["small"], inputs["small"])
    return hint or wrong_prediction(inputs, outputs["predicted"], float(outputs["measured"][1]))


def wrong_share(X: np.ndarray, d: int, got: Any) -> Hint | None:
    """None if this is the share of the scatter away from the best plane."""
    lengths = np.linalg.svd(X - X.mean(axis=0), compute_uv=False)
    raw, by_rows, by_one = (
        np.linalg.svd(X - mean, compute_uv=False)
        for mean in (0, X.mean(axis=1, keepdims=True), X.mean())
    )
    variances, of_axes = lengths**2, -np.sort(-X.var(axis=0))
    wrong_mean = Hint("the wrong mean is taken off.", "It should be a point, (D,).")
    one = Hint("add the directions up: this is the share of one of them.")

    def share(of: np.ndarray) -> float:
        return float(of[d:].sum() / of.sum())

    slips = [
        (share(raw**2), Hint("the cloud is not centered.", "It does not lie at the origin.")),
        (share(raw), Hint("the cloud is not centered.", "It does not lie at the origin.")),
        (
            share(lengths),
            Hint(
                "these are standard deviations; a share of the variance is asked for.",
                "What svd gives are lengths. Their squares add up.",
            ),
        ),
        (
            share(variances**2),
            Hint("the variances are squared once more.", "eigh of a covariance gives variances."),
        ),
        (1 - share(variances), Hint("this is the share on the manifold.", "And the rest?")),
        (
            variances[-d:].sum() / variances.sum(),
            Hint("these are the d smallest directions.", "Away from the manifold are all but d."),
        ),
        (
            variances[d:].sum() / variances[:d].sum(),
            Hint("this is noise by signal.", "A share is by the whole: on and away together."),
        ),
        *((v / variances.sum(), one) for v in (variances[d:].mean(), variances[d])),
        *((share(wrong**2), wrong_mean) for wrong in (by_rows, by_one)),
        (
            share(of_axes),
            Hint("these are the axes of the space.", "The manifold's directions may lie askew."),
        ),
        (100 * share(variances), Hint("a share is between 0 and 1.")),
        (
            float(np.sum(variances[d + 1 :]) / variances.sum()),
            Hint(f"{d} directions are on the manifold; yours leaves out {d + 1}."),
        ),
        (
            float(np.sum(variances[d - 1 :]) / variances.sum()),
            Hint(f"{d} directions are on the manifold; yours leaves out {d - 1}."),
        ),
    ]
    return same("the measured share", got, share(variances), slips)


def wrong_prediction(inputs: Values, predicted: Any, measured: float) -> Hint | None:
    r2, d, D, s2 = inputs["radius"] ** 2, inputs["d"], inputs["D"], inputs["sigma"] ** 2
    disk = d / (d + 2) * r2  # mean squared distance from the center
    noise = (D - d) * s2
    want = noise / (disk + D * s2)
    inside = Hint(
        "the points lie inside of the ball, and you count their distances wrongly.",
        "The share of points within rho of the center is (rho / r)^d. The mean of rho^2 is what?",
    )
    everywhere = Hint(
        "the noise is not where you think.",
        "All D coordinates have it. D - d directions lead away from the manifold; d do not.",
    )
    root = Hint("variances add up, standard deviations do not.", "sigma^2, and r^2.")
    slips = [
        *(
            (noise / (wrong + D * s2), inside)
            for wrong in (r2, d * r2, r2 / (d + 2), r2 / d, d * r2 / 3, r2 / 3, r2 / 2, d**2 * disk)
        ),
        (noise / (d / (d + 1) * r2 + D * s2), inside),
        (noise / ((d / (d + 1)) ** 2 * r2 + D * s2), inside),
        (D * s2 / (disk + D * s2), everywhere),
        (noise / (disk + noise), everywhere),
        (s2 / (disk + s2), everywhere),
        (s2 / (disk + D * s2), everywhere),
        (1 - want, Hint("this is the share on the manifold.", "And the rest?")),
        (noise / (disk + d * s2), Hint("this is noise by signal.", "A share is by the whole.")),
        (noise / disk, Hint("this is noise by signal.", "A share is by the whole.")),
        ((D - d) * s2**0.5 / (disk**0.5 + D * s2**0.5), root),
        (noise**0.5 / (disk**0.5 + (D * s2) ** 0.5), root),
        ((D - d) * s2**0.5 / (disk + D * s2**0.5), root),
        (want**0.5, root),
    ]
    if is_number(predicted):
        told = f"you predicted {float(predicted):.3g}, and a large cloud measures {measured:.3g}"
        if not same("", predicted, want, tolerance=0.02):
            slips.append(
                (predicted, Hint("nearly. A formula has the share for infinitely many points."))
            )
        slips.append(
            (
                predicted,
                Hint(
                    f"{told}: believe the measurement.",
                    "Ask of each direction alone which variance it has, then add up.",
                ),
            )
        )
    return same("the predicted share", predicted, want, slips)


TASKS = (
    Task(
        "dimension",
        "How many dimensions has a manifold?",
        difficulty=1,
        minutes=20,
        rows=("L14",),
        points=2,
        inputs=case_dimension,
        judge=judge_dimension,
    ),
    Task(
        "tangent_coordinates",
        "On the manifold, and away from it",
        difficulty=2,
        minutes=20,
        rows=("L15",),
        points=3,
        inputs=case_tangent,
        judge=judge_tangent,
    ),
    Task(
        "shortest_path",
        "A path on the manifold",
        difficulty=2,
        minutes=30,
        rows=("L14",),
        points=3,
        inputs=case_path,
        judge=judge_path,
    ),
    Task(
        "NoiseShare",
        "Predict, then measure: what noise does to a dimension",
        difficulty=3,
        minutes=30,
        rows=("L14", "L15"),
        points=4,
        inputs=case_noise,
        judge=judge_noise,
    ),
)
