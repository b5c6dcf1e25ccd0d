"""On the manifold, and away from it: local PCA, and the two parts of a point."""
# mypy: allow-untyped-defs, allow-untyped-calls

import numpy as np

from exercises.hints import Hint, alike, misfit, same, tolerance_of
from exercises.slips import Slip, Told, equivalent, stranger
from exercises.task import Task, Values


def case(seed: int) -> Values:
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


def tangent_coordinates(p, neighbors, d, y):
    scatter = neighbors - neighbors.mean(axis=0)
    U = np.linalg.svd(scatter, full_matrices=False)[2][:d]
    t = U @ (y - p)
    n = y - p - t @ U
    return U, t, n


CENTER, BASIS, T = (
    "neighbors.mean(axis=0)",
    "np.linalg.svd(scatter, full_matrices=False)[2][:d]",
    "U @ (y - p)",
)
N = "n = y - p - t @ U"

SLIPS = (
    Slip(
        "the neighbors are not centered.",
        (f" - {CENTER}", ""),
        more="Far from the origin, the longest direction points to where they are. And then?",
    ),
    Slip(
        "the basis is fitted to the neighbors as seen from p.",
        (CENTER, "p"),
        more="Directions of scatter are those around the neighbors' own mean.",
    ),
    Slip(
        "the basis is fitted to p, too.",
        ("scatter = ", "neighbors = np.vstack([p, neighbors]); scatter = "),
        more="To its neighbors, and to nothing else.",
    ),
    Slip(
        "these are rows of a matrix that has its directions in columns.",
        (BASIS, "np.linalg.eigh(np.cov(neighbors.T))[1][-d:]"),
        more="eigh does.",
    ),
    Slip(
        "these are columns of a matrix that has its directions in rows.",
        (BASIS, "np.linalg.svd(scatter)[2][:, :d].T"),
        more="The last thing that svd gives does: U S V^T, and it is V^T.",
    ),
    Slip(
        "these are axes of the space.",
        (BASIS, "np.eye(len(p))[np.argsort(-scatter.std(axis=0))[:d]]"),
        more="The directions of a manifold may lie askew.",
    ),
    Slip(
        "the coordinates are scaled to one variance each. Leave them as they are.",
        (f"- {CENTER}", f"- {CENTER}; scatter = scatter / scatter.std(axis=0)"),
    ),
    Slip(
        "the mean is taken over the wrong axis.",
        ("mean(axis=0)", "mean(axis=1, keepdims=True)"),
        more="It should be a point, (D,).",
    ),
    Slip(
        "these are differences from one neighbor to the next, not from the mean.",
        (f"neighbors - {CENTER}", "np.diff(neighbors, axis=0)"),
    ),
    Slip(
        "the origin of `t` is p.",
        (T, "U @ y"),
        (T, "U @ p"),
        more="The coordinates of p itself are 0.",
    ),
    Slip(
        "the origin of `t` is the neighbors' mean; it should be p.",
        (T, f"U @ (y - {CENTER.replace('neighbors', 'neighbors[:]')})"),
        more="The mean is for the basis. The coordinates of p itself are 0.",
    ),
    Slip(
        "`n` is not orthogonal to the basis.",
        (N, "n = y - p"),
        (N, "n = y - neighbors[:].mean(axis=0)"),
        (N, "n = y"),
        (N, "n = y - neighbors[:].mean(axis=0) - t @ U"),
        more="What of y - p is told by `t` already?",
    ),
    Slip("p is part of `n`.", (N, "n = y - t @ U"), more="y is p, plus what, plus `n`?"),
    Slip("this is the part on the manifold.", (N, "n = t @ U"), more="And what is left of y - p?"),
    Slip(
        "this is where y would be on the manifold.",
        (N, "n = p + t @ U"),
        more="How does y get there?",
    ),
    Slip(
        "`n` is counted from the neighbors' mean.",
        (N, "n = y - neighbors[:].mean(axis=0); n = n - U.T @ (U @ n)"),
        more="Both parts begin at p.",
    ),
    Told(
        "hardly scatter",
        ("[2][:d]", "[2][-d:]"),
        (BASIS, "np.linalg.eigh(np.cov(neighbors.T))[1][:, :d].T"),
    ),
    Told("the basis spans another plane", ("scatter = neighbors", "scatter = neighbors[1:]")),
    Told("not orthonormal", ("return U", "return 2 * U")),
    Told("the basis U should be an array of shape", ("return U", "return U.T")),
    Told("`t` should be an array of shape", ("return U, t", "return U, t @ U")),
    Told("`n` should be a vector (D,); yours is a number", (", n", ", np.linalg.norm(n)")),
    Told("`n` has the wrong sign", ("t, n", "t, -n")),
    Told("changes neighbors", ("scatter = neighbors - ", "scatter = neighbors; neighbors -= ")),
    Told("return three things", ("return U, t", "return t")),
)


def read(inputs: Values, outputs: Values) -> Values | Hint:
    """What does not depend on the basis that was chosen: the plane, and both parts of y."""
    found = outputs["U, t, n"]
    if not isinstance(found, list | tuple) or len(found) != 3:
        return Hint("return three things: U, t and n.")
    U, t, n = found
    d, D = inputs["d"], len(inputs["p"])
    hint = misfit("the basis U", U, np.zeros((d, D)))
    if hint is None and not alike(U @ U.T, np.eye(d), tolerance_of(U)):
        hint = Hint(
            "the rows of the basis are not orthonormal.",
            "Each has length 1, and any two have the product 0: U @ U.T is what?",
        )
    hint = hint or misfit("`t`", t, np.zeros(d))
    if hint is None and np.ndim(n) == 0 and not isinstance(n, str | type(None)):
        hint = Hint("`n` should be a vector (D,); yours is a number.", "Its length comes later.")
    hint = hint or misfit("`n`", n, np.zeros(D))
    return hint or {"the plane": U.T @ U, "`t` in space": t @ U, "`n`": n, "U": U, "t": t}


def judge(inputs: Values, got: Values, right: Values) -> Hint | None:
    U, p, y = got["U"], inputs["p"], inputs["y"]
    scatter = inputs["neighbors"] - inputs["neighbors"].mean(axis=0)
    if np.sum((scatter @ U.T) ** 2) < 0.05 * np.sum(scatter**2):
        return Hint(
            "these are directions in which the neighbors hardly scatter.",
            "Which end of the list are the large variances at? svd and eigh do not agree about it.",
        )
    if not alike(got["the plane"], right["the plane"], tolerance_of(U)):
        return Hint(
            "the basis spans another plane.",
            "Local PCA: take the mean off the neighbors, then the d directions of most variance.",
        )
    return same("`t`", got["t"], U @ (y - p)) or same("`n`", got["`n`"], right["`n`"])


@stranger(tangent_coordinates, "the basis is fitted to p, too")
def p_among_its_neighbors(p, neighbors, d, y):
    U = np.linalg.eigh(np.cov(np.vstack([neighbors, p]), rowvar=False))[1][:, : -d - 1 : -1].T
    along = np.array([u @ (y - p) for u in U])
    return U, along, y - p - sum(a * u for a, u in zip(along, U))


@stranger(tangent_coordinates, "not orthonormal")
def differences_to_neighbors(p, neighbors, d, y):
    U = (neighbors - p)[:d]
    U = U / np.linalg.norm(U, axis=1, keepdims=True)
    return U, U @ (y - p), y - p - U.T @ (U @ (y - p))


@equivalent(tangent_coordinates)
def by_the_covariance(p, neighbors, d, y):
    """Other signs, another order, a list in place of a tuple, a view."""
    basis = np.linalg.eigh(np.cov(neighbors, rowvar=False))[1][:, -d:].T
    t = np.einsum("id,d->i", basis, y - p)
    return [basis, t, (y - p) @ (np.eye(len(p)) - basis.T @ basis)]


@equivalent(tangent_coordinates)
def turned_within_the_plane(p, neighbors, d, y):
    rows, t, n = tangent_coordinates(p, neighbors, d, y)
    turn = np.linalg.qr(np.random.default_rng(0).normal(size=(d, d)))[0]
    return (turn @ rows).astype(np.float32), (turn @ t).astype(np.float32), n.astype(np.float32)


@equivalent(tangent_coordinates)
def by_products_of_neighbors(p, neighbors, d, y):
    """With the k x k matrix, as for images with more pixels than neighbors; coordinate by one."""
    centered = neighbors - neighbors.sum(axis=0) / len(neighbors)
    values, vectors = np.linalg.eigh(centered @ centered.T)
    basis = (vectors[:, -d:].T @ centered) / np.sqrt(values[-d:, None])
    t, n = np.zeros(d), y - p
    for i, direction in enumerate(basis):
        t[i] = direction @ n
        n = n - t[i] * direction
    return basis, t, n


TASK = Task(
    tangent_coordinates,
    "On the manifold, and away from it",
    difficulty=2,
    minutes=20,
    rows=("L15",),
    points=3,
    inputs=case,
    returns="U, t, n",
    slips=SLIPS,
    read=read,
    judge=judge,
    shows=False,
    harmless={
        f"U = {BASIS} -> U = {BASIS.replace('False', 'True')}": "more rows than are taken",
    },
)
