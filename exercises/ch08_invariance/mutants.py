"""Planted slips, each with the hint that it must get, and other right answers."""
# mypy: allow-untyped-defs, allow-untyped-calls

from itertools import combinations

import numpy as np

import dlcore as dl
from dlcore import nn
from exercises.legacy import equivalent, mutant

# --- view_pairs -----------------------------------------------------------------------------------


def steps(azimuth, elevation, n_azimuths):
    """Tables (n, n) of the steps between two views, around the circle and upwards."""
    da = np.abs(azimuth[:, None] - azimuth)
    return np.minimum(da, n_azimuths - da), np.abs(elevation[:, None] - elevation)


def split(near):
    """The two arrays from a table of what is near."""
    i, j = np.triu_indices(len(near), k=1)
    similar = near[i, j]
    pairs = np.stack([i, j], axis=1)
    return pairs[similar], pairs[~similar]


@mutant("view_pairs", hint="azimuth is treated as a line")
def azimuth_is_a_line(azimuth, elevation, light, n_azimuths):
    da = np.abs(azimuth[:, None] - azimuth)
    return split(da + np.abs(elevation[:, None] - elevation) <= 1)


@mutant("view_pairs", hint="azimuth is treated as a line")
def negative_remainder(azimuth, elevation, light, n_azimuths):
    """fmod keeps the sign, and the smaller of the two never is the way around."""
    da = np.abs(np.fmod(azimuth[:, None] - azimuth, n_azimuths))
    return split(da + np.abs(elevation[:, None] - elevation) <= 1)


@mutant("view_pairs", hint="whether or not there is a view from each")
def circle_of_what_is_seen(azimuth, elevation, light, n_azimuths):
    da, de = steps(azimuth, elevation, azimuth.max() + 1)
    return split(da + de <= 1)


@mutant("view_pairs", hint="you look at one of them")
def one_way_around(azimuth, elevation, light, n_azimuths):
    da = (azimuth[:, None] - azimuth) % n_azimuths
    return split(da + np.abs(elevation[:, None] - elevation) <= 1)


@mutant("view_pairs", hint="makes a pair with itself")
def with_itself(azimuth, elevation, light, n_azimuths):
    da, de = steps(azimuth, elevation, n_azimuths)
    i, j = np.triu_indices(len(azimuth))
    near = (da + de <= 1)[i, j]
    pairs = np.stack([i, j], axis=1)
    return pairs[near], pairs[~near]


@mutant("view_pairs", hint="a pair comes once, and similar has")
def each_pair_twice(azimuth, elevation, light, n_azimuths):
    da, de = steps(azimuth, elevation, n_azimuths)
    off = ~np.eye(len(azimuth), dtype=bool)
    return np.argwhere((da + de <= 1) & off), np.argwhere((da + de > 1) & off)


@mutant("view_pairs", hint="a pair comes once, and dissimilar has")
def dissimilar_twice(azimuth, elevation, light, n_azimuths):
    da, de = steps(azimuth, elevation, n_azimuths)
    return split(da + de <= 1)[0], np.argwhere(da + de > 1)


@mutant("view_pairs", hint="you ask for the same light")
def the_light_has_to_agree(azimuth, elevation, light, n_azimuths):
    da, de = steps(azimuth, elevation, n_azimuths)
    return split((da + de <= 1) & (light[:, None] == light))


@mutant("view_pairs", hint="you ask for the same light")
def light_is_a_third_angle(azimuth, elevation, light, n_azimuths):
    """One step of azimuth or elevation under one light, and nothing between lights."""
    da, de = steps(azimuth, elevation, n_azimuths)
    return split(da + de + 2 * np.abs(light[:, None] - light) <= 1)


@mutant("view_pairs", hint="a change of the light counts as a step")
def light_is_a_step(azimuth, elevation, light, n_azimuths):
    da, de = steps(azimuth, elevation, n_azimuths)
    return split(da + de + np.abs(light[:, None] - light) <= 1)


@mutant("view_pairs", hint="you ask for another light")
def the_light_has_to_differ(azimuth, elevation, light, n_azimuths):
    da, de = steps(azimuth, elevation, n_azimuths)
    return split((da + de <= 1) & (light[:, None] != light))


@mutant("view_pairs", hint="are two steps")
def diagonal_neighbors(azimuth, elevation, light, n_azimuths):
    da, de = steps(azimuth, elevation, n_azimuths)
    return split((da <= 1) & (de <= 1))


@mutant("view_pairs", hint="are two steps")
def diagonal_neighbors_on_a_line(azimuth, elevation, light, n_azimuths):
    da = np.abs(azimuth[:, None] - azimuth)
    return split((da <= 1) & (np.abs(elevation[:, None] - elevation) <= 1))


@mutant("view_pairs", hint="one pose under two lights are missing")
def another_pose(azimuth, elevation, light, n_azimuths):
    da, de = steps(azimuth, elevation, n_azimuths)
    return split(da + de == 1)


@mutant("view_pairs", hint="a step of the other angle")
def azimuth_alone(azimuth, elevation, light, n_azimuths):
    da, de = steps(azimuth, elevation, n_azimuths)
    return split((da <= 1) & (de == 0))


@mutant("view_pairs", hint="a step of the other angle")
def one_pose_alone(azimuth, elevation, light, n_azimuths):
    da, de = steps(azimuth, elevation, n_azimuths)
    return split(da + de == 0)


@mutant("view_pairs", hint="the other may be anything")
def either_angle_near(azimuth, elevation, light, n_azimuths):
    da, de = steps(azimuth, elevation, n_azimuths)
    return split((da <= 1) | (de <= 1))


@mutant("view_pairs", hint="elevation is treated as a circle")
def both_around(azimuth, elevation, light, n_azimuths):
    da, de = steps(azimuth, elevation, n_azimuths)
    return split(da + np.minimum(de, 5 - de) <= 1)


@mutant("view_pairs", hint="views 0 and")
def two_steps(azimuth, elevation, light, n_azimuths):
    da, de = steps(azimuth, elevation, n_azimuths)
    return split(da + de <= 2)


@mutant("view_pairs", hint="views 1 and 2 are not similar")
def neighbors_in_the_list(azimuth, elevation, light, n_azimuths):
    """As if the views came sorted."""
    i = np.arange(len(azimuth) - 1)
    near = np.zeros((len(azimuth), len(azimuth)), bool)
    near[i, i + 1] = True
    return split(near)


@mutant("view_pairs", hint="more pairs are similar than dissimilar")
def dissimilar_first(*given):
    return right_pairs(*given)[::-1]


@mutant("view_pairs", hint="in both of your arrays")
def dissimilar_holds_all(azimuth, elevation, light, n_azimuths):
    every = list(combinations(range(len(azimuth)), 2))
    return right_pairs(azimuth, elevation, light, n_azimuths)[0], every


@mutant("view_pairs", hint="in none of your arrays")
def dissimilar_under_one_light(azimuth, elevation, light, n_azimuths):
    similar, dissimilar = right_pairs(azimuth, elevation, light, n_azimuths)
    i, j = dissimilar.T
    return similar, dissimilar[light[i] == light[j]]


@mutant("view_pairs", hint="return two arrays")
def similar_alone(*given):
    return right_pairs(*given)[0]


@mutant("view_pairs", hint="yours is a table of all views by all views")
def two_tables(azimuth, elevation, light, n_azimuths):
    da, de = steps(azimuth, elevation, n_azimuths)
    return da + de <= 1, da + de > 1


@mutant("view_pairs", hint="yours has shape (2,")
def pairs_in_columns(*given):
    return tuple(pairs.T for pairs in right_pairs(*given))


@mutant("view_pairs", hint="changes azimuth")
def writes_into_the_labels(azimuth, elevation, light, n_azimuths):
    azimuth *= 20
    return right_pairs(azimuth // 20, elevation, light, n_azimuths)


def right_pairs(azimuth, elevation, light, n_azimuths):
    da, de = steps(azimuth, elevation, n_azimuths)
    return split(da + de <= 1)


@equivalent("view_pairs")
def two_loops(azimuth, elevation, light, n_azimuths):
    similar, dissimilar = [], []
    for i, j in combinations(range(len(azimuth)), 2):
        around = (azimuth[i] - azimuth[j]) % n_azimuths
        pose_steps = min(around, n_azimuths - around) + abs(elevation[i] - elevation[j])
        (similar if pose_steps <= 1 else dissimilar).append((i, j))
    return similar, dissimilar


@equivalent("view_pairs")
def larger_index_first(azimuth, elevation, light, n_azimuths):
    da, de = steps(azimuth, elevation, n_azimuths)
    near = da + de <= 1
    return [np.argwhere(np.tril(table, k=-1))[::-1] for table in (near, ~near)]


@equivalent("view_pairs")
def corners_of_a_polygon(azimuth, elevation, light, n_azimuths):
    """Neighbors of a regular polygon are one side apart, and others farther."""
    angle = 2 * np.pi * azimuth / n_azimuths
    side = 2 * np.sin(np.pi / n_azimuths)
    places = np.stack([np.cos(angle), np.sin(angle), side * elevation], axis=1)
    distance = np.linalg.norm(places[:, None] - places, axis=-1)
    return split(distance < 1.1 * side)


@equivalent("view_pairs")
def by_poses(azimuth, elevation, light, n_azimuths):
    """As a dictionary from poses to views; lists of small arrays come out."""
    views = {}
    for k, pose in enumerate(zip(azimuth, elevation, strict=True)):
        views.setdefault(pose, []).append(k)
    similar = set()
    for (a, e), here in views.items():
        for pose in ((a, e), ((a + 1) % n_azimuths, e), (a, e + 1)):
            similar |= {(min(i, j), max(i, j)) for i in here for j in views.get(pose, []) if i != j}
    dissimilar = set(combinations(range(len(azimuth)), 2)) - similar
    return [np.array(pair) for pair in similar], [list(pair) for pair in dissimilar]


# --- Contrastive ----------------------------------------------------------------------------------


class Right:
    swapped = False

    def __init__(self, m):
        self.m = m

    def fprop(self, X1, X2, Y):
        self.X, self.Y = X1 - X2, 1 - Y if self.swapped else Y
        self.D = np.sqrt(np.sum(self.X**2, axis=1))
        return np.mean(np.where(self.Y == 1, self.far(self.D), self.near(self.D)))

    def near(self, D):
        return D**2 / 2

    def far(self, D):
        return np.maximum(0, self.m - D) ** 2 / 2

    def pull(self, D):
        """dC/dX1 of a similar pair is this times X1 - X2."""
        return np.ones_like(D)

    def push(self, D):
        """The same for a dissimilar pair."""
        return -np.divide(np.maximum(0, self.m - D), D, out=np.zeros_like(D), where=D > 0)

    def bprop(self, dE_dC=1.0):
        slope = np.where(self.Y == 1, self.push(self.D), self.pull(self.D))
        dE_dX1 = slope[:, None] * self.X * dE_dC / len(self.X)
        return dE_dX1, -dE_dX1


@mutant("Contrastive", hint="the labels are the other way round")
class LabelsSwapped(Right):
    swapped = True


@mutant("Contrastive", hint="dissimilar pairs beyond the margin cost something")
class NoClip(Right):
    def far(self, D):
        return (self.m - D) ** 2 / 2


@mutant("Contrastive", hint="a factor 1/2 is missing")
class NoHalf(Right):
    def near(self, D):
        return D**2

    def far(self, D):
        return np.maximum(0, self.m - D) ** 2


@mutant("Contrastive", hint="a factor 1/2 is missing")
class HalfOnceOnly(Right):
    def far(self, D):
        return np.maximum(0, self.m - D) ** 2


@mutant("Contrastive", hint="a square is missing")
class DistanceNotSquared(Right):
    def near(self, D):
        return D / 2


@mutant("Contrastive", hint="a square is missing")
class LackNotSquared(Right):
    def far(self, D):
        return np.maximum(0, self.m - D) / 2


@mutant("Contrastive", hint="the margin is compared with D^2")
class NoRoot(Right):
    def far(self, D):
        return np.maximum(0, self.m - D**2) ** 2 / 2


@mutant("Contrastive", hint="the margin is squared")
class DifferenceOfSquares(Right):
    def far(self, D):
        return np.maximum(0, self.m**2 - D**2) / 2


@mutant("Contrastive", hint="max and min are swapped")
class MinForMax(Right):
    def far(self, D):
        return np.minimum(0, self.m - D) ** 2 / 2


@mutant("Contrastive", hint="the losses of the pairs are added up")
class NoMean(Right):
    def fprop(self, X1, X2, Y):
        return super().fprop(X1, X2, Y) * len(X1)


@mutant("Contrastive", hint="fprop returns the loss of each pair")
class OneForEachPair(Right):
    def fprop(self, X1, X2, Y):
        super().fprop(X1, X2, Y)
        return np.where(Y == 1, self.far(self.D), self.near(self.D))


@mutant("Contrastive", hint="you divide by the number of features, too")
class MeanOverFeaturesToo(Right):
    def fprop(self, X1, X2, Y):
        return super().fprop(X1, X2, Y) / X1.shape[1]


@mutant("Contrastive", hint="D is summed over the pairs")
class WrongAxis(Right):
    def fprop(self, X1, X2, Y):
        super().fprop(X1, X2, Y)
        self.D = np.sqrt(np.sum(self.X**2, axis=0))
        return np.mean(np.where(Y == 1, self.far(self.D), self.near(self.D)))


@mutant("Contrastive", hint="D is not the Euclidean distance")
class AroundTheBlock(Right):
    def fprop(self, X1, X2, Y):
        super().fprop(X1, X2, Y)
        self.D = np.sum(np.abs(self.X), axis=1)
        return np.mean(np.where(Y == 1, self.far(self.D), self.near(self.D)))


@mutant("Contrastive", hint="similar pairs cost nothing")
class RepelsOnly(Right):
    def near(self, D):
        return 0 * D


@mutant("Contrastive", hint="is not finite where the two of a pair are in one place")
class DividesByZero(Right):
    def push(self, D):
        return -np.maximum(0, self.m - D) / D

    @np.errstate(all="ignore")
    def bprop(self, dE_dC=1.0):
        return super().bprop(dE_dC)


@mutant("Contrastive", hint="should be 0 where D = 0")
class SomeDirectionAtZero(Right):
    def bprop(self, dE_dC=1.0):
        dE_dX1, _ = super().bprop(dE_dC)
        dE_dX1[self.D == 0] += self.m / len(self.D)
        return dE_dX1, -dE_dX1


@mutant("Contrastive", hint="nearly")
class SomethingUnderTheRoot(Right):
    def fprop(self, X1, X2, Y):
        super().fprop(X1, X2, Y)
        self.D = np.sqrt(self.D**2 + 1e-6)
        return np.mean(np.where(Y == 1, self.far(self.D), self.near(self.D)))


@mutant("Contrastive", hint="dE/dX2 has the sign of dE/dX1")
class SameSign(Right):
    def bprop(self, dE_dC=1.0):
        dE_dX1, _ = super().bprop(dE_dC)
        return dE_dX1, dE_dX1


@mutant("Contrastive", hint="similar pairs are pushed apart, and dissimilar")
class SignsSwapped(Right):
    def bprop(self, dE_dC=1.0):
        return super().bprop(dE_dC)[::-1]


@mutant("Contrastive", hint="dissimilar pairs beyond the margin have a gradient")
class NoClipInBprop(Right):
    def push(self, D):
        return -np.divide(self.m - D, D, out=np.zeros_like(D), where=D > 0)


@mutant("Contrastive", hint="dissimilar pairs are pulled together")
class PullsAll(Right):
    def push(self, D):
        return -super().push(D)


@mutant("Contrastive", hint="the push of dissimilar pairs has the wrong length")
class NotDividedByD(Right):
    def push(self, D):
        return -np.maximum(0, self.m - D)


@mutant("Contrastive", hint="the pull of similar pairs has the wrong length")
class TimesD(Right):
    def pull(self, D):
        return D


@mutant("Contrastive", hint="the other way round in bprop")
class LabelsSwappedOnTheWayBack(Right):
    def bprop(self, dE_dC=1.0):
        self.Y = 1 - self.Y
        return super().bprop(dE_dC)


@mutant("Contrastive", hint="bprop knows nothing of the mean")
class NoMeanInBprop(Right):
    def bprop(self, dE_dC=1.0):
        return super().bprop(dE_dC * len(self.X))


@mutant("Contrastive", hint="dE/dC is left out")
class ForgetsWhatComesIn(Right):
    def bprop(self, dE_dC=1.0):
        return super().bprop()


@mutant("Contrastive", hint="the 1/2 is in the loss")
class TwiceTheSlope(Right):
    def bprop(self, dE_dC=1.0):
        return super().bprop(2 * dE_dC)


@mutant("Contrastive", hint="changes X1")
class WritesIntoX1(Right):
    def fprop(self, X1, X2, Y):
        C = super().fprop(X1, X2, Y)
        X1 -= X2
        return C


@mutant("Contrastive", hint="return two arrays")
class FirstGradientAlone(Right):
    def bprop(self, dE_dC=1.0):
        return super().bprop(dE_dC)[0]


@mutant("Contrastive", hint="dE/dX1 should be an array of shape")
class OneNumberForEachPair(Right):
    def bprop(self, dE_dC=1.0):
        slope = np.where(self.Y == 1, self.push(self.D), self.D) * dE_dC / len(self.X)
        return slope, -slope


@mutant("Contrastive", hint="without dlcore.nn.ContrastiveLoss")
class Borrowed:
    def __init__(self, m):
        self.cost = nn.ContrastiveLoss(m)

    def fprop(self, X1, X2, Y):
        return self.cost.fprop(X1, X2, Y)

    def bprop(self, dE_dC=1.0):
        return self.cost.bprop(dE_dC)[:2]


@mutant("Contrastive", hint="without dlcore.Tensor.backward")
class ByTheTape(Right):
    def fprop(self, X1, X2, Y):
        self.tensors = [dl.tensor(X, requires_grad=True) for X in (X1, X2)]
        return super().fprop(X1, X2, Y)

    def bprop(self, dE_dC=1.0):
        nn.SquaredDistance()(*self.tensors).backward(dE_dC / 2)
        return tuple(X.grad for X in self.tensors)


@equivalent("Contrastive")
class AsWritten(Right):
    """Both terms for every pair, weighed with 1 - Y and Y, as the formula says."""

    def fprop(self, X1, X2, Y):
        self.X1, self.X2, self.Y = X1, X2, Y
        self.D = D = np.linalg.norm(X1 - X2, axis=1)
        C = (1 - Y) * 0.5 * D**2 + Y * 0.5 * np.maximum(0, self.m - D) ** 2
        return float(C.sum() / len(C))

    def bprop(self, dE_dC=1.0):
        Y, D = self.Y, self.D
        safe = np.where(D == 0, 1, D)
        factor = (1 - Y) - Y * np.maximum(0, self.m - D) / safe
        common = np.einsum("p,pd->pd", factor, self.X1 - self.X2) * dE_dC
        return [common / len(D), np.negative(common) / len(D)]


@equivalent("Contrastive")
class PairByPair:
    def __init__(self, m):
        self.m = m

    def fprop(self, X1, X2, Y):
        self.pairs = list(zip(X1, X2, Y, strict=True))
        total = 0.0
        for x1, x2, y in self.pairs:
            D = np.sqrt((x1 - x2) @ (x1 - x2))
            total += D**2 / 2 if y == 0 else max(0, self.m - D) ** 2 / 2
        return total / len(self.pairs)

    def bprop(self, dE_dC=1.0):
        rows = []
        for x1, x2, y in self.pairs:
            D = np.sqrt((x1 - x2) @ (x1 - x2))
            if y == 0:
                rows.append(x1 - x2)
            elif 0 < D < self.m:
                rows.append((1 - self.m / D) * (x1 - x2))
            else:
                rows.append(np.zeros_like(x1))
        g = dE_dC * np.stack(rows) / len(rows)
        return g, -g


@equivalent("Contrastive")
class ByMasks(Right):
    """In float64 whatever comes in; views go out."""

    def fprop(self, X1, X2, Y):
        self.X, self.Y = np.float64(X1) - np.float64(X2), Y.astype(bool)
        self.D = np.hypot.reduce(self.X, axis=1)
        self.inside = self.Y & (self.D < self.m)
        lack = self.m - self.D[self.inside]
        return (np.sum(self.X[~self.Y] ** 2) + lack @ lack) / 2 / len(Y)

    def bprop(self, dE_dC=1.0):
        g = np.zeros((2, *self.X.shape))
        g[0, ~self.Y] = self.X[~self.Y]
        here = self.inside & (self.D > 0)
        unit = self.X[here] / self.D[here, None]
        g[0, here] = -(self.m - self.D[here])[:, None] * unit
        g[1] = -g[0]
        g *= dE_dC / len(self.Y)
        return g[0], g[1]


@equivalent("Contrastive")
class NanReplaced(Right):
    def push(self, D):
        with np.errstate(all="ignore"):
            return -np.nan_to_num(np.maximum(0, self.m - D) / D, posinf=0)


@equivalent("Contrastive")
class TinyNumberInTheDenominator(Right):
    """At D = 0, the direction is 0 / tiny, which is 0; the loss never sees it."""

    def push(self, D):
        return -np.maximum(0, self.m - D) / (D + 1e-12)


# --- light_share ----------------------------------------------------------------------------------


@mutant("light_share", hint="the variance runs over the wrong axis")
def over_the_poses(Z):
    return Z.var(axis=0).mean(axis=0).sum() / Z.var(axis=(0, 1)).sum()


@mutant("light_share", hint="the variance runs over the wrong axis")
def over_the_coordinates(Z):
    return np.sum((Z - Z.mean(axis=2, keepdims=True)) ** 2) / total(Z)


@mutant("light_share", hint="the variance runs over the wrong axis")
def means_of_the_lights(Z):
    """What a light does to all poses alike, and no more."""
    return Z.mean(axis=0).var(axis=0).sum() / Z.var(axis=(0, 1)).sum()


@mutant("light_share", hint="something is not centered")
def one_mean_for_all_poses(Z):
    return np.sum((Z - Z.mean(axis=(0, 1))) ** 2) / total(Z)


@mutant("light_share", hint="something is not centered")
def whole_not_centered(Z):
    return right_share(Z) * total(Z) / np.sum(Z**2)


@mutant("light_share", hint="something is not centered")
def pose_not_centered(Z):
    return np.sum(Z**2) / total(Z)


@mutant("light_share", hint="coordinates are mixed")
def variance_of_all_numbers(Z):
    return Z.var(axis=1).mean() / Z.var()


@mutant("light_share", hint="coordinates are mixed")
def one_mean_of_all_numbers(Z):
    within = Z - Z.mean(axis=(1, 2), keepdims=True)
    return np.sum(within**2) / np.sum((Z - Z.mean()) ** 2)


@mutant("light_share", hint="the ratio is upside down")
def upside_down(Z):
    return 1 / right_share(Z)


@mutant("light_share", hint="this is the share of the pose")
def share_of_the_pose(Z):
    return Z.mean(axis=1).var(axis=0).sum() / Z.var(axis=(0, 1)).sum()


@mutant("light_share", hint="the light is compared with the pose")
def light_against_pose(Z):
    return right_share(Z) / (1 - right_share(Z))


@mutant("light_share", hint="you divide by counts that do not belong there")
def summed_over_the_lights(Z):
    return np.sum(Z.var(axis=1) * Z.shape[1]) / Z.var(axis=(0, 1)).sum()


@mutant("light_share", hint="you divide by counts that do not belong there")
def sum_against_mean(Z):
    return Z.var(axis=1).sum() / Z.var(axis=(0, 1)).sum()


@mutant("light_share", hint="you divide by counts that do not belong there")
def mean_over_coordinates_above(Z):
    return Z.var(axis=1).mean() / Z.var(axis=(0, 1)).sum()


@mutant("light_share", hint="you divide by one less than the count")
def one_less_than_the_count(Z):
    rows = Z.reshape(-1, Z.shape[2])
    return Z.var(axis=1, ddof=1).mean(axis=0).sum() / rows.var(axis=0, ddof=1).sum()


@mutant("light_share", hint="a mean of ratios")
def mean_of_ratios(Z):
    return np.mean(Z.var(axis=1).mean(axis=0) / Z.var(axis=(0, 1)))


@mutant("light_share", hint="one number for all coordinates")
def one_for_each_coordinate(Z):
    return Z.var(axis=1).mean(axis=0) / Z.var(axis=(0, 1))


@mutant("light_share", hint="a square is missing")
def standard_deviations(Z):
    return np.sqrt(right_share(Z))


@mutant("light_share", hint="a square is missing")
def distances(Z):
    within, whole = Z - Z.mean(axis=1, keepdims=True), Z - Z.mean(axis=(0, 1))
    return np.linalg.norm(within, axis=2).sum() / np.linalg.norm(whole, axis=2).sum()


@mutant("light_share", hint="not percent")
def percent(Z):
    return 100 * right_share(Z)


@mutant("light_share", hint="the share is None")
def nothing_returned(Z):
    right_share(Z)


@mutant("light_share", hint="changes Z")
def centered_in_place(Z):
    whole = total(Z)
    Z -= Z.mean(axis=1, keepdims=True)
    return np.sum(Z**2) / whole


def total(Z):
    return np.sum((Z - Z.mean(axis=(0, 1))) ** 2)


def right_share(Z):
    return np.sum((Z - Z.mean(axis=1, keepdims=True)) ** 2) / total(Z)


@equivalent("light_share")
def by_variances(Z):
    return Z.var(axis=1).mean(axis=0).sum() / Z.var(axis=(0, 1)).sum()


@equivalent("light_share")
def what_the_pose_leaves(Z):
    return 1 - Z.mean(axis=1).var(axis=0).sum() / Z.reshape(-1, Z.shape[-1]).var(axis=0).sum()


@equivalent("light_share")
def view_by_view(Z):
    center, within, whole = Z.reshape(-1, Z.shape[2]).mean(axis=0), 0.0, 0.0
    for pose in Z:
        for z in pose:
            within += np.linalg.norm(z - pose.mean(axis=0)) ** 2
            whole += (z - center) @ (z - center)
    return within / whole


@equivalent("light_share")
def from_pairs_of_views(Z):
    """The variance of points is half the mean squared distance between two of them."""
    rows = Z.reshape(-1, Z.shape[2])
    near = np.einsum("pkld,pkld->", *2 * [Z[:, :, None] - Z[:, None]]) / Z.shape[1]
    return near / (np.sum((rows[:, None] - rows) ** 2) / len(rows))


@equivalent("light_share")
def in_single_precision(Z):
    return right_share(Z.astype(np.float32))


# --- azimuth_r2 -----------------------------------------------------------------------------------


def r2(Z, T, fitted, scored):
    A = np.linalg.lstsq(Z[fitted], T[fitted], rcond=None)[0]
    error = T[scored] - Z[scored] @ A
    return 1 - np.sum(error**2) / np.sum((T[scored] - T[scored].mean(axis=0)) ** 2)


def with_ones(Z):
    return np.column_stack([np.ones(len(Z)), Z])


def points(azimuth):
    angle = np.radians(azimuth)
    return np.stack([np.cos(angle), np.sin(angle)], axis=1)


@mutant("azimuth_r2", hint="the degrees themselves are read out")
def as_it_was(Z, azimuth, held_out):
    return r2(Z, azimuth[:, None], held_out | True, held_out)


@mutant("azimuth_r2", hint="the degrees themselves are read out")
def degrees(Z, azimuth, held_out):
    return r2(with_ones(Z), azimuth[:, None], ~held_out, held_out)


@mutant("azimuth_r2", hint="the degrees themselves are read out")
def radians(Z, azimuth, held_out):
    return r2(with_ones(Z), np.radians(azimuth)[:, None], ~held_out, held_out)


@mutant("azimuth_r2", hint="not a point of the circle")
def cosine_of_degrees(Z, azimuth, held_out):
    T = np.stack([np.cos(azimuth), np.sin(azimuth)], axis=1)
    return r2(with_ones(Z), T, ~held_out, held_out)


@mutant("azimuth_r2", hint="not a point of the circle")
def cosine_alone(Z, azimuth, held_out):
    return r2(with_ones(Z), points(azimuth)[:, :1], ~held_out, held_out)


@mutant("azimuth_r2", hint="the fit has seen the views")
def fitted_on_all(Z, azimuth, held_out):
    return r2(with_ones(Z), points(azimuth), held_out | True, held_out)


@mutant("azimuth_r2", hint="the fit has seen the views")
def fitted_on_all_without_constant(Z, azimuth, held_out):
    return r2(Z, points(azimuth), held_out | True, held_out)


@mutant("azimuth_r2", hint="the fit has seen the views")
def fitted_on_what_is_held_out(Z, azimuth, held_out):
    return r2(with_ones(Z), points(azimuth), held_out, held_out)


@mutant("azimuth_r2", hint="the read-out has no constant term")
def no_constant(Z, azimuth, held_out):
    return r2(Z, points(azimuth), ~held_out, held_out)


@mutant("azimuth_r2", hint="the read-out has no constant term")
def embedding_centered_and_no_more(Z, azimuth, held_out):
    return r2(Z - Z[~held_out].mean(axis=0), points(azimuth), ~held_out, held_out)


@mutant("azimuth_r2", hint="the read-out has no constant term")
def mean_of_two_without_constant(Z, azimuth, held_out):
    return np.mean([r2(Z, t[:, None], ~held_out, held_out) for t in points(azimuth).T])


@mutant("azimuth_r2", hint="the fit has seen the views")
def means_of_all(Z, azimuth, held_out):
    T = points(azimuth)
    return r2(Z - Z.mean(axis=0), T - T.mean(axis=0), ~held_out, held_out)


@mutant("azimuth_r2", hint="R2 compares with the wrong mean")
def one_mean_for_both(Z, azimuth, held_out):
    Z, T = with_ones(Z), points(azimuth)
    A = np.linalg.lstsq(Z[~held_out], T[~held_out], rcond=None)[0]
    return 1 - np.mean((T - Z @ A)[held_out] ** 2) / T[held_out].var()


@mutant("azimuth_r2", hint="R2 compares with the wrong mean")
def mean_of_the_others(Z, azimuth, held_out):
    Z, T = with_ones(Z), points(azimuth)
    A = np.linalg.lstsq(Z[~held_out], T[~held_out], rcond=None)[0]
    error, around = (T - Z @ A)[held_out], T[held_out] - T[~held_out].mean(axis=0)
    return 1 - np.sum(error**2) / np.sum(around**2)


@mutant("azimuth_r2", hint="R2 compares with the wrong mean")
def mean_of_all(Z, azimuth, held_out):
    Z, T = with_ones(Z), points(azimuth)
    A = np.linalg.lstsq(Z[~held_out], T[~held_out], rcond=None)[0]
    error, around = (T - Z @ A)[held_out], (T - T.mean(axis=0))[held_out]
    return 1 - np.sum(error**2) / np.sum(around**2)


@mutant("azimuth_r2", hint="R2 compares with the wrong mean")
def compared_with_the_origin(Z, azimuth, held_out):
    Z, T = with_ones(Z), points(azimuth)
    A = np.linalg.lstsq(Z[~held_out], T[~held_out], rcond=None)[0]
    return 1 - np.sum((T - Z @ A)[held_out] ** 2) / np.sum(T[held_out] ** 2)


@mutant("azimuth_r2", hint="not that of the held-out views")
def scored_on_the_fitted(Z, azimuth, held_out):
    return r2(with_ones(Z), points(azimuth), ~held_out, ~held_out)


@mutant("azimuth_r2", hint="not that of the held-out views")
def the_wrong_way_round(Z, azimuth, held_out):
    return r2(with_ones(Z), points(azimuth), held_out, ~held_out)


@mutant("azimuth_r2", hint="the mean of two R2")
def mean_of_two(Z, azimuth, held_out):
    T = points(azimuth)
    return np.mean([r2(with_ones(Z), t[:, None], ~held_out, held_out) for t in T.T])


@mutant("azimuth_r2", hint="the share that is not explained")
def not_explained(*given):
    return 1 - right_r2(*given)


@mutant("azimuth_r2", hint="R2 may be below 0")
def cut_at_zero(*given):
    return max(0.0, right_r2(*given))


@mutant("azimuth_r2", hint="R2 should be a number; yours has shape (2,)")
def one_for_each(Z, azimuth, held_out):
    T = points(azimuth)
    return np.array([r2(with_ones(Z), t[:, None], ~held_out, held_out) for t in T.T])


@mutant("azimuth_r2", hint="changes Z")
def centers_in_place(Z, azimuth, held_out):
    Z -= Z[~held_out].mean(axis=0)
    return right_r2(Z, azimuth, held_out)


def right_r2(Z, azimuth, held_out):
    return r2(with_ones(Z), points(azimuth), ~held_out, held_out)


@equivalent("azimuth_r2")
def centered(Z, azimuth, held_out):
    """With the means of the fitted views in place of the constant."""
    T = points(azimuth)
    z, t = Z[~held_out].mean(axis=0), T[~held_out].mean(axis=0)
    A = np.linalg.pinv(Z[~held_out] - z) @ (T[~held_out] - t)
    error = T[held_out] - t - (Z[held_out] - z) @ A
    return float(1 - (error**2).sum() / (T[held_out].var(axis=0).sum() * held_out.sum()))


@equivalent("azimuth_r2")
def normal_equations(Z, azimuth, held_out):
    Z = np.hstack([Z, np.ones((len(Z), 1))])
    T = np.exp(1j * np.deg2rad(azimuth))  # a point of the circle is a complex number, too
    A = np.linalg.solve(Z[~held_out].T @ Z[~held_out], Z[~held_out].T @ T[~held_out])
    error, t = T[held_out] - Z[held_out] @ A, T[held_out]
    return 1 - np.mean(np.abs(error) ** 2) / np.mean(np.abs(t - t.mean()) ** 2)


@equivalent("azimuth_r2")
def one_coordinate_after_the_other(Z, azimuth, held_out):
    fitted, scored = np.flatnonzero(~held_out), np.flatnonzero(held_out)
    error = spread = 0.0
    for wave in (np.sin, np.cos):
        t = wave(azimuth / 180 * np.pi)
        a = np.linalg.lstsq(with_ones(Z[fitted]), t[fitted], rcond=None)[0]
        for k in scored:
            error += (t[k] - a[0] - Z[k] @ a[1:]) ** 2
            spread += (t[k] - t[scored].mean()) ** 2
    return 1 - error / spread
