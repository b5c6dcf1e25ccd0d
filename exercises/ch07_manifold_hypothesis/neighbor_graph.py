"""A graph on the manifold: who is a neighbor of whom."""
# mypy: allow-untyped-defs, allow-untyped-calls

import numpy as np

from exercises.hints import Hint, misfit, same
from exercises.slips import Slip, Told, equivalent, stranger
from exercises.task import Task, Values


def case(seed: int) -> Values:
    """Points along a bent, noisy line; on an even seed in two pieces, far from each other.

    In each there are points that are near to others whose own neighbors are nearer still.
    """
    random = np.random.default_rng(seed)
    N, k = int(random.integers(20, 30)), int(random.integers(3, 6))
    angle = random.uniform(0, 1.5 * np.pi, size=N) ** 1.2
    X = np.stack([np.cos(angle), np.sin(angle), 0 * angle], axis=1)
    X = X * random.uniform(0.75, 1.25, size=(N, 1)) + 0.1 * random.normal(size=(N, 3))
    if seed % 2 == 0:
        X[: N // 2, 0] += 20
    return {"X": random.permutation(X), "k": k}


def neighbor_graph(X, k):
    lengths = np.linalg.norm(X[:, np.newaxis] - X, axis=2)
    near = np.argsort(np.argsort(lengths)) <= k  # ranks; a point's own is 0
    return np.where(near | near.T, lengths, np.inf)


END = "return np.where(near | near.T, lengths, np.inf)"

SLIPS = (
    Slip(
        "your edges can be walked in one direction only.",
        ("near | near.T", "near"),
        ("near | near.T", "near.T"),
        more="If j is one of the k nearest of i, there is an edge from i to j and from j to i.",
    ),
    Slip(
        "some edges are missing: one of two neighbors is enough to make one.",
        ("near | near.T", "near & near.T"),
        more="There is an edge if j is near to i, *or* i is near to j.",
    ),
    Slip(
        "some edges are missing: your points have too few neighbors.",
        ("<= k", "< k"),
        more="k others. A point is nearest to itself; that does not count.",
    ),
    Slip(
        "some edges are too many: your points have more than {k} neighbors.", ("<= k", "<= k + 1")
    ),
    Slip(
        "every point is joined to every other.",
        ("<= k", "<= len(X)"),
        more="Only neighbors are joined.",
    ),
    Slip(
        "argsort gives an order, not ranks.",
        ("np.argsort(np.argsort(lengths))", "np.argsort(lengths)"),
        more="Entry j of np.argsort(row) is the point that comes j-th. Which place has point j?",
    ),
    Slip(
        "the lengths are squared.",
        ("lengths, np.inf", "lengths**2, np.inf"),
        more="Is there a root missing?",
    ),
    Slip("an edge has a length; yours have 1.", ("lengths, np.inf", "1.0, np.inf")),
    Slip(
        "where there is no edge, the entry is inf.",
        ("np.inf", "0"),
        ("np.inf", "-1"),
        ("np.inf", "np.nan"),
    ),
    Slip("from a point to itself it is 0.", (END, f"np.fill_diagonal(near, False); {END}")),
    Told("the graph should be an array of shape", (END, "return np.argwhere(near | near.T)")),
    Told("changes X", (END, f"X -= 1; {END}")),
)


def judge(inputs: Values, got: Values, right: Values) -> Hint | None:
    """Which edges there are comes first, then how long they are."""
    found, want = got["the graph"], right["the graph"]
    if (
        not isinstance(found, np.ndarray)
        or found.shape != want.shape
        or found.dtype.kind not in "iuf"
    ):
        return misfit("the graph", found, want)
    wrong = np.argwhere(np.isfinite(found) != np.isfinite(want))
    if len(wrong) == 0:
        return same("the graph", found, want)
    i, j = wrong[0]
    if np.isfinite(want[i, j]):
        return Hint(
            f"between points {i} and {j} there should be an edge.",
            "One of them is among the k nearest of the other.",
        )
    return Hint(
        f"between points {i} and {j} there should be no edge.",
        "Neither is among the k nearest of the other.",
    )


@stranger(neighbor_graph, "there should be an edge")
def first_point_forgotten(X, k):
    graph = neighbor_graph(X, k)
    graph[0, 1:] = graph[1:, 0] = np.inf
    return graph


@stranger(neighbor_graph, "there should be no edge")
def everybody_within_a_distance(X, k):
    lengths = np.linalg.norm(X[:, None] - X, axis=2)
    radius = np.sort(lengths, axis=1)[:, k].max()
    return np.where(lengths <= radius, lengths, np.inf)


@stranger(neighbor_graph, "one direction only")
def row_by_row(X, k):
    graph = np.full((len(X), len(X)), np.inf)
    for i, x in enumerate(X):
        lengths = np.linalg.norm(X - x, axis=1)
        for j in np.argsort(lengths)[: k + 1]:
            graph[i, j] = lengths[j]
    return graph


@equivalent(neighbor_graph)
def edge_by_edge(X, k):
    graph = np.full((len(X), len(X)), np.inf)
    for i in range(len(X)):
        others = sorted(range(len(X)), key=lambda j: float(np.sum((X[i] - X[j]) ** 2)))
        for j in others[: k + 1]:
            graph[i, j] = graph[j, i] = np.sqrt(np.sum((X[i] - X[j]) ** 2))
    return graph


@equivalent(neighbor_graph)
def by_thresholds(X, k):
    """The k-th smallest distance of each point, from products; in float32."""
    squares = np.sum(X**2, axis=1)
    squared = np.maximum(squares[:, None] + squares - 2 * X @ X.T, 0)
    np.fill_diagonal(squared, 0)
    reach = np.sort(squared, axis=1)[:, k]
    graph = np.where(squared <= np.maximum(reach[:, None], reach), np.sqrt(squared), np.inf)
    return graph.astype(np.float32)


TASK = Task(
    neighbor_graph,
    "A graph on the manifold",
    difficulty=2,
    minutes=15,
    rows=("L14",),
    points=2,
    inputs=case,
    returns="the graph",
    slips=SLIPS,
    judge=judge,
)
