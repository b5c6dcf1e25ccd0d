"""Planted slips, each with the hint that it must get, and other right answers."""
# mypy: allow-untyped-defs, allow-untyped-calls

from heapq import heappop, heappush
from itertools import pairwise

import numpy as np

from exercises.ch07_manifold_hypothesis.drive import cloud
from exercises.legacy import equivalent, mutant

# --- dimension ------------------------------------------------------------------------------------


def sorted_distances(X):
    """Of each place, to all places; the first is 0."""
    X = np.unique(X, axis=0)
    return np.sort(np.linalg.norm(X[:, None] - X, axis=2), axis=1)


def inverses(T):
    return np.log(T[:, -1:] / T[:, :-1]).mean(axis=1)


@mutant("dimension", hint="the point itself is not its neighbor")
def itself_as_a_neighbor(X, k):
    with np.errstate(divide="ignore"):
        return 1 / inverses(sorted_distances(X)[:, :k]).mean()


@mutant("dimension", hint="the point itself is not its neighbor")
def itself_and_k_others(X, k):
    with np.errstate(divide="ignore"):
        return 1 / inverses(sorted_distances(X)[:, : k + 1]).mean()


@mutant("dimension", hint="the distances are squared")
def squared_distances(X, k):
    return 1 / inverses(sorted_distances(X)[:, 1 : k + 1] ** 2).mean()


@mutant("dimension", hint="another ratio")
def ratio_upside_down(X, k):
    T = sorted_distances(X)[:, 1 : k + 1]
    return 1 / np.log(T[:, :-1] / T[:, -1:]).mean()


@mutant("dimension", hint="another ratio")
def ratio_to_the_first(X, k):
    T = sorted_distances(X)[:, 1 : k + 1]
    return 1 / np.log(T[:, 1:] / T[:, :1]).mean()


@mutant("dimension", hint="another ratio")
def ratio_of_followers(X, k):
    T = sorted_distances(X)[:, 1 : k + 1]
    return 1 / np.log(T[:, 1:] / T[:, :-1]).mean()


@mutant("dimension", hint="the average over the points is taken of the wrong thing")
def mean_of_estimates(X, k):
    return (1 / inverses(sorted_distances(X)[:, 1 : k + 1])).mean()


@mutant("dimension", hint="the average over the points is taken of the wrong thing")
def median_of_estimates(X, k):
    return np.median(1 / inverses(sorted_distances(X)[:, 1 : k + 1]))


@mutant("dimension", hint="this is 1/d")
def not_inverted(X, k):
    return inverses(sorted_distances(X)[:, 1 : k + 1]).mean()


@mutant("dimension", hint="the neighbors are not counted as they should be")
def one_neighbor_less(X, k):
    return 1 / inverses(sorted_distances(X)[:, 1:k]).mean()


@mutant("dimension", hint="the neighbors are not counted as they should be")
def one_neighbor_more(X, k):
    return 1 / inverses(sorted_distances(X)[:, 1 : k + 2]).mean()


@mutant("dimension", hint="the neighbors are not counted as they should be")
def two_points_left_out(X, k):
    return 1 / inverses(sorted_distances(X)[:, 2 : k + 2]).mean()


@mutant("dimension", hint="the sum has k - 1 terms")
def divided_by_k(X, k):
    T = sorted_distances(X)[:, 1 : k + 1]
    return 1 / (np.log(T[:, -1:] / T).sum(axis=1) / k).mean()


@mutant("dimension", hint="the sum has k - 1 terms")
def divided_by_k_minus_2(X, k):
    T = sorted_distances(X)[:, 1 : k + 1]
    return 1 / (np.log(T[:, -1:] / T).sum(axis=1) / (k - 2)).mean()


@mutant("dimension", hint="the sum has k - 1 terms")
def summed_for_averaged(X, k):
    T = sorted_distances(X)[:, 1 : k + 1]
    return len(T) / np.log(T[:, -1:] / T).sum()


@mutant("dimension", hint="the neighbors are not counted as they should be")
def two_neighbors_whatever_k(X, k):
    return 1 / inverses(sorted_distances(X)[:, 1:3]).mean()


@mutant("dimension", hint="the mean is taken before the logarithm")
def logarithm_of_the_mean(X, k):
    T = sorted_distances(X)[:, 1 : k + 1]
    return 1 / np.log((T[:, -1:] / T[:, :-1]).mean(axis=1)).mean()


@mutant("dimension", hint="the logarithm is the natural one")
def logarithm_to_base_2(X, k):
    return np.log(2) / inverses(sorted_distances(X)[:, 1 : k + 1]).mean()


@mutant("dimension", hint="a point that occurs several times counts once")
def copies_left_in(X, k):
    T = np.sort(np.linalg.norm(X[:, None] - X, axis=2), axis=1)[:, 1 : k + 1]
    with np.errstate(all="ignore"):
        return 1 / inverses(T).mean()


@mutant("dimension", hint="a point that occurs several times counts once")
def copies_are_neighbors_of_others(X, k):
    T = np.linalg.norm(X[:, None] - X, axis=2)
    T[T == 0] = np.inf
    return 1 / inverses(np.sort(T, axis=1)[:, :k]).mean()


@mutant("dimension", hint="a point that occurs several times counts once")
def copies_are_points(X, k):
    places = np.unique(X, axis=0)
    T = np.sort(np.linalg.norm(X[:, None] - places, axis=2), axis=1)
    return 1 / inverses(T[:, 1 : k + 1]).mean()


@mutant("dimension", hint="a point that occurs several times counts once")
def copies_a_little_apart(X, k):
    T = np.sort(np.linalg.norm(X[:, None] - X, axis=2), axis=1)[:, 1 : k + 1]
    return 1 / inverses(T + 1e-12).mean()


@mutant("dimension", hint="do not round")
def rounded(X, k):
    return float(np.round(1 / inverses(sorted_distances(X)[:, 1 : k + 1]).mean()))


@mutant("dimension", hint="the dimension should be a number; yours has shape")
def a_dimension_for_each_point(X, k):
    return 1 / inverses(sorted_distances(X)[:, 1 : k + 1])


@mutant("dimension", hint="changes X")
def centered_in_place(X, k):
    X -= X.mean(axis=0)
    return 1 / inverses(sorted_distances(X)[:, 1 : k + 1]).mean()


@equivalent("dimension")
def point_by_point(X, k):
    places = sorted({tuple(x) for x in X.tolist()}, reverse=True)
    total = 0.0
    for x in places:
        T = sorted(np.linalg.norm(np.subtract(x, y)) for y in places if y != x)[:k]
        total += sum(np.log(T[-1]) - np.log(t) for t in T) / (k - 1)
    return len(places) / total


@equivalent("dimension")
def harmonic_mean(X, k):
    """From squared distances by products, with half of the logarithm."""
    X = np.unique(X - X.mean(axis=0), axis=0)
    squares = np.sum(X**2, axis=1)
    squared = squares[:, None] + squares - 2 * X @ X.T
    np.fill_diagonal(squared, np.inf)
    nearest = np.sort(np.partition(squared, k - 1)[:, :k])
    local = 2 / np.log(nearest[:, -1:] / nearest[:, :-1]).mean(axis=1)
    return len(local) / np.sum(1 / local)


@equivalent("dimension")
def in_float32_at_the_end(X, k):
    return np.float32(1 / inverses(sorted_distances(X)[:, 1 : k + 1]).mean())


# --- tangent_coordinates --------------------------------------------------------------------------


def directions(scatter):
    return np.linalg.svd(scatter, full_matrices=False)[2]


def parts(basis, p, y):
    t = basis @ (y - p)
    return basis, t, y - p - t @ basis


@mutant("tangent_coordinates", hint="the neighbors are not centered")
def not_centered(p, neighbors, d, y):
    return parts(directions(neighbors)[:d], p, y)


@mutant("tangent_coordinates", hint="as seen from p")
def scatter_around_p(p, neighbors, d, y):
    return parts(directions(neighbors - p)[:d], p, y)


@mutant("tangent_coordinates", hint="the basis is fitted to p, too")
def p_among_its_neighbors(p, neighbors, d, y):
    points = np.vstack([neighbors, p])
    return parts(directions(points - points.mean(axis=0))[:d], p, y)


@mutant("tangent_coordinates", hint="hardly scatter")
def smallest_directions(p, neighbors, d, y):
    covariance = np.cov(neighbors.T)
    return parts(np.linalg.eigh(covariance)[1][:, :d].T, p, y)


@mutant("tangent_coordinates", hint="hardly scatter")
def last_rows_of_svd(p, neighbors, d, y):
    return parts(directions(neighbors - neighbors.mean(axis=0))[-d:], p, y)


@mutant("tangent_coordinates", hint="the mean is taken over the wrong axis")
def mean_of_each_point(p, neighbors, d, y):
    return parts(directions(neighbors - neighbors.mean(axis=1, keepdims=True))[:d], p, y)


@mutant("tangent_coordinates", hint="not orthonormal")
def scaled_by_the_scatter(p, neighbors, d, y):
    _, lengths, rows = np.linalg.svd(neighbors - neighbors.mean(axis=0), full_matrices=False)
    return parts((lengths[:, None] * rows)[:d], p, y)


@mutant("tangent_coordinates", hint="not orthonormal")
def differences_to_neighbors(p, neighbors, d, y):
    basis = (neighbors - p)[:d]
    return parts(basis / np.linalg.norm(basis, axis=1, keepdims=True), p, y)


@mutant("tangent_coordinates", hint="the basis U should be an array of shape")
def basis_in_columns(p, neighbors, d, y):
    basis, t, n = parts(directions(neighbors - neighbors.mean(axis=0))[:d], p, y)
    return basis.T, t, n


@mutant("tangent_coordinates", hint="directions in columns")
def rows_of_eigh(p, neighbors, d, y):
    return parts(np.linalg.eigh(np.cov(neighbors.T))[1][-d:], p, y)


@mutant("tangent_coordinates", hint="the basis spans another plane")
def one_neighbor_forgotten(p, neighbors, d, y):
    fewer = neighbors[1:]
    return parts(directions(fewer - fewer.mean(axis=0))[:d], p, y)


@mutant("tangent_coordinates", hint="the origin of `t` is the neighbors' mean")
def counted_from_the_mean(p, neighbors, d, y):
    mean = neighbors.mean(axis=0)
    return parts(directions(neighbors - mean)[:d], mean, y)


@mutant("tangent_coordinates", hint="the origin of `t` is p")
def counted_from_the_origin(p, neighbors, d, y):
    return parts(directions(neighbors - neighbors.mean(axis=0))[:d], 0, y)


@mutant("tangent_coordinates", hint="`t` should be an array of shape")
def t_as_a_vector_of_the_space(p, neighbors, d, y):
    basis, t, n = parts(directions(neighbors - neighbors.mean(axis=0))[:d], p, y)
    return basis, t @ basis, n


@mutant("tangent_coordinates", hint="`n` is not orthogonal to the basis")
def n_is_all_of_the_difference(p, neighbors, d, y):
    basis, t, _ = parts(directions(neighbors - neighbors.mean(axis=0))[:d], p, y)
    return basis, t, y - p


@mutant("tangent_coordinates", hint="p is part of `n`")
def n_keeps_p(p, neighbors, d, y):
    basis, t, _ = parts(directions(neighbors - neighbors.mean(axis=0))[:d], p, y)
    return basis, t, y - t @ basis


@mutant("tangent_coordinates", hint="`n` is counted from the neighbors' mean")
def n_from_the_mean(p, neighbors, d, y):
    mean = neighbors.mean(axis=0)
    basis, t, _ = parts(directions(neighbors - mean)[:d], p, y)
    return basis, t, parts(basis, mean, y)[2]


@mutant("tangent_coordinates", hint="this is where y would be on the manifold")
def n_is_the_foot(p, neighbors, d, y):
    basis, t, _ = parts(directions(neighbors - neighbors.mean(axis=0))[:d], p, y)
    return basis, t, p + t @ basis


@mutant("tangent_coordinates", hint="`n` should be a vector (D,); yours is a number")
def n_is_a_distance(p, neighbors, d, y):
    basis, t, n = parts(directions(neighbors - neighbors.mean(axis=0))[:d], p, y)
    return basis, t, np.linalg.norm(n)


@mutant("tangent_coordinates", hint="`n` has the wrong sign")
def n_points_back(p, neighbors, d, y):
    basis, t, n = parts(directions(neighbors - neighbors.mean(axis=0))[:d], p, y)
    return basis, t, -n


@mutant("tangent_coordinates", hint="changes neighbors")
def centers_in_place(p, neighbors, d, y):
    neighbors -= neighbors.mean(axis=0)
    return parts(directions(neighbors)[:d], p, y)


@mutant("tangent_coordinates", hint="return three things")
def the_parts_alone(p, neighbors, d, y):
    return parts(directions(neighbors - neighbors.mean(axis=0))[:d], p, y)[1:]


@equivalent("tangent_coordinates")
def by_the_covariance(p, neighbors, d, y):
    """Other signs, another order, a list in place of a tuple, a view."""
    basis = np.linalg.eigh(np.cov(neighbors, rowvar=False))[1][:, -d:].T
    t = np.einsum("id,d->i", basis, y - p)
    return [basis, t, (y - p) @ (np.eye(len(p)) - basis.T @ basis)]


@equivalent("tangent_coordinates")
def turned_within_the_plane(p, neighbors, d, y):
    rows = directions(neighbors - np.mean(neighbors, axis=0))[:d]
    turn = np.linalg.qr(np.random.default_rng(0).normal(size=(d, d)))[0]
    return parts(turn @ rows, p, y)


@equivalent("tangent_coordinates")
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


@equivalent("tangent_coordinates")
def in_float32(p, neighbors, d, y):
    basis, t, n = parts(directions(neighbors - neighbors.mean(axis=0))[:d], p, y)
    return basis.astype(np.float32), t.astype(np.float32), n.astype(np.float32)


# --- shortest_path --------------------------------------------------------------------------------


def near(X, k):
    """The lengths (N, N), and whether j is one of the k nearest of i."""
    lengths = np.linalg.norm(X[:, None] - X, axis=2)
    return lengths, np.argsort(np.argsort(lengths, axis=1), axis=1) <= k


def dijkstra(lengths, joined, start, end, nowhere=()):
    waiting, before = [(0.0, int(start), None)], {}
    while waiting:
        length, i, last = heappop(waiting)
        if i in before:
            continue
        before[i] = last
        if i == end:
            break
        for j in np.flatnonzero(joined[i]).tolist():
            if j != i:
                heappush(waiting, (length + lengths[i, j], j, i))
    if end not in before:
        return list(nowhere)
    path = [end]
    while before[path[-1]] is not None:
        path.append(before[path[-1]])
    return path[::-1]


@mutant("shortest_path", hint="the fewest steps")
def fewest_steps(X, k, start, end):
    lengths, joined = near(X, k)
    return dijkstra(np.ones_like(lengths), joined | joined.T, start, end)


@mutant("shortest_path", hint="squared lengths")
def squared_lengths(X, k, start, end):
    lengths, joined = near(X, k)
    return dijkstra(lengths**2, joined | joined.T, start, end)


@mutant("shortest_path", hint="in one direction only")
def one_direction(X, k, start, end):
    lengths, joined = near(X, k)
    return dijkstra(lengths, joined, start, end)


@mutant("shortest_path", hint="in one direction only")
def the_other_direction(X, k, start, end):
    lengths, joined = near(X, k)
    return dijkstra(lengths, joined.T, start, end)


@mutant("shortest_path", hint="one of two neighbors is enough")
def both_must_be_near(X, k, start, end):
    lengths, joined = near(X, k)
    return dijkstra(lengths, joined & joined.T, start, end)


@mutant("shortest_path", hint="too few neighbors")
def itself_counted(X, k, start, end):
    lengths, joined = near(X, k - 1)
    return dijkstra(lengths, joined | joined.T, start, end)


@mutant("shortest_path", hint="more than")
def one_too_many(X, k, start, end):
    lengths, joined = near(X, k + 1)
    return dijkstra(lengths, joined | joined.T, start, end)


@mutant("shortest_path", hint="the straight line")
def everything_joined(X, k, start, end):
    lengths, joined = near(X, len(X))
    return dijkstra(lengths, joined, start, end)


@mutant("shortest_path", hint="from point")
def half_of_them_joined(X, k, start, end):
    lengths, joined = near(X, 3 * k)
    return dijkstra(lengths, joined, start, end)


@mutant("shortest_path", hint="the path runs from the end to the start")
def backwards(X, k, start, end):
    lengths, joined = near(X, k)
    return dijkstra(lengths, joined | joined.T, start, end)[::-1]


@mutant("shortest_path", hint="the start is not where it should be")
def without_the_start(X, k, start, end):
    lengths, joined = near(X, k)
    return dijkstra(lengths, joined | joined.T, start, end)[1:]


@mutant("shortest_path", hint="the end is not where it should be")
def without_the_end(X, k, start, end):
    lengths, joined = near(X, k)
    return dijkstra(lengths, joined | joined.T, start, end)[:-1]


@mutant("shortest_path", hint="there is a path")
def always_towards_the_end(X, k, start, end):
    lengths, joined = near(X, k)
    joined |= joined.T
    np.fill_diagonal(joined, False)
    path = [start]
    while path[-1] != end:
        j = min(np.flatnonzero(joined[path[-1]]).tolist(), key=lambda j: lengths[j, end])
        if j in path:
            return []  # a dead end
        path.append(j)
    return path


@mutant("shortest_path", hint="there is a shorter path")
def first_way_found(X, k, start, end):
    joined = near(X, k)[1]
    waiting, seen = [[start]], set()
    while waiting:
        path = waiting.pop()
        if path[-1] == end:
            return path
        if path[-1] not in seen:
            seen.add(path[-1])
            waiting += [[*path, j] for j in np.flatnonzero((joined | joined.T)[path[-1]]).tolist()]
    return []


@mutant("shortest_path", hint="it is not the shortest")
def never_corrected(X, k, start, end):
    """A point keeps the way by which it was seen first."""
    lengths, joined = near(X, k)
    joined |= joined.T
    before, length, waiting = {start: None}, {start: 0.0}, [(0.0, start)]
    while waiting:
        _, i = heappop(waiting)
        for j in np.flatnonzero(joined[i]).tolist():
            if j not in before:
                before[j], length[j] = i, length[i] + lengths[i, j]
                heappush(waiting, (length[j], j))
    path = [end] if end in before else []
    while path and before[path[-1]] is not None:
        path.append(before[path[-1]])
    return path[::-1]


@mutant("shortest_path", hint="there is a path")
def never_a_path(X, k, start, end):
    return []


@mutant("shortest_path", hint="the path is None")
def none_where_there_is_none(X, k, start, end):
    lengths, joined = near(X, k)
    return dijkstra(lengths, joined | joined.T, start, end) or None


@mutant("shortest_path", hint="the straight line")
def a_jump_where_there_is_none(X, k, start, end):
    lengths, joined = near(X, k)
    return dijkstra(lengths, joined | joined.T, start, end, nowhere=[start, end])


@mutant("shortest_path", hint="the start is not where it should be")
def the_end_alone_where_there_is_none(X, k, start, end):
    lengths, joined = near(X, k)
    return dijkstra(lengths, joined | joined.T, start, end, nowhere=[end])


@mutant("shortest_path", hint="return the path alone")
def path_and_length(X, k, start, end):
    lengths, joined = near(X, k)
    path = dijkstra(lengths, joined | joined.T, start, end)
    return path, sum(lengths[i, j] for i, j in pairwise(path))


@mutant("shortest_path", hint="return the path alone")
def points_on_the_path(X, k, start, end):
    lengths, joined = near(X, k)
    return X[dijkstra(lengths, joined | joined.T, start, end)]


@equivalent("shortest_path")
def every_pair_at_once(X, k, start, end):
    """Floyd and Warshall, with the next point on the way; an array of indices, or an empty one."""
    lengths, joined = near(X, k)
    ways = np.where(joined | joined.T, lengths, np.inf)
    following = np.tile(np.arange(len(X)), (len(X), 1))
    for m in range(len(X)):
        through = ways[:, [m]] + ways[m]
        following = np.where(through < ways, following[:, [m]], following)
        ways = np.minimum(ways, through)
    if np.isinf(ways[start, end]):
        return np.array([], int)
    path = [start]
    while path[-1] != end:
        path.append(following[path[-1], end])
    return np.array(path)


@equivalent("shortest_path")
def round_after_round(X, k, start, end):
    """Bellman and Ford, from the end, with edges in a list; a tuple of NumPy's numbers."""
    squared = np.sum(X**2, axis=1)[:, None] + np.sum(X**2, axis=1) - 2 * X @ X.T
    np.fill_diagonal(squared, np.inf)
    order = np.argsort(squared, axis=1)
    pairs = {(i, j) for i in range(len(X)) for j in order[i, :k]}
    pairs |= {(j, i) for i, j in pairs}
    to_end = {i: np.inf for i in range(len(X))} | {end: 0.0}
    step = {}
    for _ in X:
        for i, j in pairs:
            length = np.sqrt(squared[i, j]) + to_end[j]
            if length < to_end[i]:
                to_end[i], step[i] = length, j
    path = [start]
    while path[-1] != end and path[-1] in step:
        path.append(step[path[-1]])
    return tuple(path) if path[-1] == end else ()


# --- NoiseShare -----------------------------------------------------------------------------------


class RightShare:
    def predict(self, radius, d, D, sigma):
        return (D - d) * sigma**2 / (d / (d + 2) * radius**2 + D * sigma**2)

    def variances(self, X):
        return np.linalg.svd(X - X.mean(axis=0), compute_uv=False) ** 2

    def measure(self, X, d):
        variances = self.variances(X)
        return variances[d:].sum() / variances.sum()


@mutant("NoiseShare", hint="the points lie inside of the ball")
class OnTheRim(RightShare):
    def predict(self, radius, d, D, sigma):
        return (D - d) * sigma**2 / (radius**2 + D * sigma**2)


@mutant("NoiseShare", hint="the points lie inside of the ball")
class OneDirectionOfTheBall(RightShare):
    def predict(self, radius, d, D, sigma):
        return (D - d) * sigma**2 / (radius**2 / (d + 2) + D * sigma**2)


@mutant("NoiseShare", hint="the points lie inside of the ball")
class SquareOfTheMeanDistance(RightShare):
    def predict(self, radius, d, D, sigma):
        return (D - d) * sigma**2 / ((d / (d + 1) * radius) ** 2 + D * sigma**2)


@mutant("NoiseShare", hint="the noise is not where you think")
class AllNoiseIsAway(RightShare):
    def predict(self, radius, d, D, sigma):
        return D * sigma**2 / (d / (d + 2) * radius**2 + D * sigma**2)


@mutant("NoiseShare", hint="the noise is not where you think")
class NoNoiseAlongTheManifold(RightShare):
    def predict(self, radius, d, D, sigma):
        away = (D - d) * sigma**2
        return away / (d / (d + 2) * radius**2 + away)


@mutant("NoiseShare", hint="the noise is not where you think")
class NoiseInOneDirection(RightShare):
    def predict(self, radius, d, D, sigma):
        return sigma**2 / (d / (d + 2) * radius**2 + sigma**2)


@mutant("NoiseShare", hint="variances add up, standard deviations do not")
class SigmaNotSquared(RightShare):
    def predict(self, radius, d, D, sigma):
        return (D - d) * sigma / (d / (d + 2) * radius**2 + D * sigma)


@mutant("NoiseShare", hint="this is the share on the manifold")
class PredictsTheSignal(RightShare):
    def predict(self, radius, d, D, sigma):
        return 1 - RightShare().predict(radius, d, D, sigma)


@mutant("NoiseShare", hint="believe the measurement")
class AGuess(RightShare):
    def predict(self, radius, d, D, sigma):
        return sigma / radius


@mutant("NoiseShare", hint="nearly")
class FromALargeCloud(RightShare):
    def predict(self, radius, d, D, sigma):
        return self.measure(cloud(4000, radius, d, D, sigma, np.random.default_rng(0)), d)


@mutant("NoiseShare", hint="the cloud is not centered")
class NotCentered(RightShare):
    def variances(self, X):
        return np.linalg.svd(X, compute_uv=False) ** 2


@mutant("NoiseShare", hint="these are standard deviations")
class LengthsForVariances(RightShare):
    def variances(self, X):
        return np.linalg.svd(X - X.mean(axis=0), compute_uv=False)


@mutant("NoiseShare", hint="the variances are squared once more")
class SquaredTwice(RightShare):
    def variances(self, X):
        return np.linalg.eigvalsh(np.cov(X.T))[::-1] ** 2


@mutant("NoiseShare", hint="this is the share on the manifold")
class SmallestFirst(RightShare):
    def measure(self, X, d):
        variances = np.linalg.eigvalsh(np.cov(X.T))
        return variances[-d:].sum() / variances.sum()


@mutant("NoiseShare", hint="this is noise by signal")
class NoiseBySignal(RightShare):
    def measure(self, X, d):
        variances = self.variances(X)
        return variances[d:].sum() / variances[:d].sum()


@mutant("NoiseShare", hint="the share of one of them")
class MeanOfTheRest(RightShare):
    def measure(self, X, d):
        variances = self.variances(X)
        return variances[d:].mean() / variances.sum()


@mutant("NoiseShare", hint="these are the axes of the space")
class AxisByAxis(RightShare):
    def variances(self, X):
        return np.sort(X.var(axis=0))[::-1]


@mutant("NoiseShare", hint="the wrong mean")
class CovarianceOfPoints(RightShare):
    def variances(self, X):
        return np.linalg.svd(X - X.mean(axis=1, keepdims=True), compute_uv=False) ** 2


@mutant("NoiseShare", hint="between 0 and 1")
class InPercent(RightShare):
    def measure(self, X, d):
        return 100 * RightShare().measure(X, d)


@mutant("NoiseShare", hint="the measured share should be a number")
class AShareForEachDirection(RightShare):
    def measure(self, X, d):
        variances = self.variances(X)
        return variances[d:] / variances.sum()


@mutant("NoiseShare", hint="changes X")
class CentersInPlace(RightShare):
    def variances(self, X):
        X -= X.mean(axis=0)
        return np.linalg.svd(X, compute_uv=False) ** 2


@equivalent("NoiseShare")
class ByTheCovariance(RightShare):
    """By eigenvalues, and from what is left when the plane is taken away."""

    def predict(self, radius, d, D, sigma):
        along = radius**2 / (d + 2) + sigma**2
        return 1 / (1 + d * along / ((D - d) * sigma**2))

    def measure(self, X, d):
        centered = X - X.mean(axis=0)
        plane = np.linalg.eigh(centered.T @ centered)[1][:, -d:]
        rest = centered - centered @ plane @ plane.T
        return np.linalg.norm(rest) ** 2 / np.linalg.norm(centered) ** 2


@equivalent("NoiseShare")
class BySampling(RightShare):
    """The mean square of a ball, as an integral in small steps; single precision at the end."""

    def predict(self, radius, d, D, sigma):
        shares = (np.arange(100_000) + 0.5) / 100_000
        mean_square = np.mean((radius * shares ** (1 / d)) ** 2)
        away = (D - d) * sigma**2
        return np.float32(away / (mean_square + away + d * sigma**2))

    def measure(self, X, d):
        variances = np.sort(np.linalg.eigvalsh(np.cov(X, rowvar=False, bias=True)))[::-1]
        return float(1 - variances[:d].sum() / np.trace(np.cov(X, rowvar=False, bias=True)))
