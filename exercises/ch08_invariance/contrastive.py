"""The contrastive loss and its bprop."""
# mypy: allow-untyped-defs, allow-untyped-calls

import numpy as np

import dlcore as dl
from dlcore import nn
from exercises.hints import Hint, alike, compare
from exercises.slips import Slip, Told, equivalent, stranger
from exercises.task import Task, Values


def case(seed: int) -> Values:
    """Pairs of every kind: in one place, inside of the margin, exactly at it, beyond it.

    On an odd seed there are as many pairs as features, and a sum over the wrong axis has the right
    shape. On a seed divisible by 3 all is float32.
    """
    random = np.random.default_rng(seed)
    m = float(random.choice([0.75, 1.25, 1.5]))
    sizes, d = ([7, 7], 7) if seed % 2 else ([9, 8], int(random.integers(2, 5)))
    dtype = np.float32 if seed % 3 == 0 else np.float64
    X1, X2, Y = zip(*(pairs_of_points(random, P, d, m, dtype) for P in sizes))
    sent = float(random.uniform(1.5, 3) * random.choice([-1, 1]))
    return {"m": m, "X1": list(X1), "X2": list(X2), "Y": list(Y), "dE_dC": sent}


def pairs_of_points(
    random: np.random.Generator, P: int, d: int, m: float, dtype: type
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A batch. The first rows are in one place or m apart to the last digit; then all are mixed."""
    Y = np.array([0, 1, 1, 1, 1, 0, 0, *random.integers(0, 2, size=P - 7)])
    D = m * np.array([0, 0, 1, 0.6, 1.4, 0.5, 1.7, *random.uniform(0.2, 2, size=P - 7)])
    X1 = random.integers(-16, 17, size=(P, d)) / 8
    way = random.normal(size=(P, d))
    way[:3] = np.eye(d)[random.integers(d)]
    X2 = X1 + D[:, None] * way / np.linalg.norm(way, axis=1, keepdims=True)
    order = random.permutation(P)
    return X1[order].astype(dtype), X2[order].astype(dtype), Y[order]


class Contrastive:
    def __init__(self, m):
        self.m = m

    def fprop(self, X1, X2, Y):
        self.X, self.Y, self.D = X1 - X2, Y, np.linalg.norm(X1 - X2, axis=1)
        self.lack = np.maximum(0, self.m - self.D)
        return np.mean(np.where(Y == 1, self.lack, self.D) ** 2) / 2

    def bprop(self, dE_dC=1.0):
        D = np.where(self.D == 0, 1, self.D)  # where it is 0, X1 - X2 is, too
        slope = np.where(self.Y == 1, -self.lack / D, 1) * dE_dC / len(D)
        dE_dX1 = slope[:, np.newaxis] * self.X
        return dE_dX1, -dE_dX1


LOSS, SLOPE = (
    "np.mean(np.where(Y == 1, self.lack, self.D) ** 2) / 2",
    "np.where(self.Y == 1, -self.lack / D, 1)",
)
NEAR, FAR = "self.D**2 / 2", "self.lack**2 / 2"
SAFE, END = "np.where(self.D == 0, 1, self.D)", "return dE_dX1, -dE_dX1"


def loss(far: str, near: str = NEAR) -> tuple[str, str]:
    """The change that gives the two kinds of pairs these losses."""
    return LOSS, f"np.mean(np.where(Y == 1, {far}, {near}))"


def distance(D: str) -> tuple[str, str]:
    """The change that makes fprop, and it alone, see another distance."""
    return LOSS, f"np.mean(np.where(Y == 1, np.maximum(0, self.m - {D}), {D}) ** 2) / 2"


def push(far: str, near: str = "1") -> tuple[str, str]:
    """The change that makes these of X1 - X2 in dC/dX1."""
    return SLOPE, f"np.where(self.Y == 1, {far}, {near})"


MEAN = "It is a mean: divide by the number of pairs."
SLIPS = (
    Slip(
        "the labels are the other way round.",
        (
            "self.Y, self.D = X1 - X2, Y",
            "self.Y, self.D = X1 - X2, 1 - Y",
            "Y == 1, self.lack",
            "Y == 0, self.lack",
        ),
        more="Y is 0 for a similar pair, 1 for others.",
    ),
    Slip(
        "dissimilar pairs beyond the margin cost something.",
        loss("(self.m - self.D) ** 2 / 2"),
        loss("np.maximum(self.m, self.m - self.D) ** 2 / 2"),
        more="They are far enough apart. What does max(0, ...) do about them?",
    ),
    Slip(
        "a factor 1/2 is missing.",
        (") ** 2) / 2", ") ** 2)"),
        loss("self.lack**2"),
        loss(FAR, "self.D**2"),
        more="It stands before both terms.",
    ),
    Slip(
        "a square is missing.",
        loss(FAR, "self.D / 2"),
        loss("self.lack / 2"),
        loss("self.lack / 2", "self.D / 2"),
        loss("self.lack", "self.D"),
        more="Both terms are squares: D^2, and max(0, m - D)^2.",
    ),
    Slip(
        "the margin is compared with D^2.",
        loss("np.maximum(0, self.m - self.D**2) ** 2 / 2"),
        loss("np.maximum(0, self.m - self.D**2) / 2"),
        distance("self.D**2"),
        more="D itself stands in the second term: take the root.",
    ),
    Slip(
        "the margin is squared before D is taken from it.",
        loss("np.maximum(0, self.m**2 - self.D**2) / 2"),
        more="Take the difference first; then the square.",
    ),
    Slip("similar pairs cost nothing.", loss(FAR, "0"), more="Who holds them together?"),
    Slip(
        "dissimilar pairs cost nothing.",
        loss("0"),
        more="Then all views in one place would be best.",
    ),
    Slip(
        "max and min are swapped: inside of the margin there must be a price.",
        loss("np.minimum(0, self.m - self.D) ** 2 / 2"),
    ),
    Slip(
        "D is not the Euclidean distance.",
        distance("np.sum(abs(self.X), axis=1)"),
        distance("np.sqrt(np.mean(self.X**2, axis=1))"),
        distance("np.max(abs(self.X), axis=1)"),
        more="The root of the sum of squares.",
    ),
    Slip(
        "D is summed over the pairs.",
        distance("np.sqrt(np.sum(self.X**2, axis=0))"),
        more="One D for each pair.",
    ),
    Slip("the losses of the pairs are added up.", (LOSS, LOSS.replace("mean", "sum")), more=MEAN),
    Slip("you divide by the number of features, too.", (LOSS, f"{LOSS} / X1.shape[1]"), more=MEAN),
    Slip(
        "similar and dissimilar pairs have a mean each. There is one, over all pairs.",
        (LOSS, "(np.mean(self.D[Y == 0] ** 2) + np.mean(self.lack[Y == 1] ** 2)) / 2"),
        more=MEAN,
    ),
    Slip(
        "fprop returns the loss of each pair.",
        (LOSS, "np.where(Y == 1, self.lack, self.D) ** 2 / 2"),
        more="It should be their mean, a number.",
    ),
    Slip(
        "the labels are right in fprop, and the other way round in bprop.",
        ("self.Y == 1", "self.Y == 0"),
    ),
    Slip(
        "dissimilar pairs beyond the margin have a gradient.",
        push("-(self.m - self.D) / D"),
        more="Their loss is 0, and stays 0 when they move a little.",
    ),
    Slip(
        "both gradients have the wrong length: that of D is not X1 - X2.",
        push("-self.lack", "self.D"),
        more="Draw two points and move one straight away from the other: how fast does D grow?",
    ),
    Slip(
        "the push of dissimilar pairs has the wrong length.",
        push("-self.lack"),
        push("-self.lack * self.D"),
        push("-self.lack / D**2"),
        push("-1.0 * (self.lack > 0)"),
        push("-self.m * (self.lack > 0) / D"),
        push("-1.0 * (self.lack > 0) / D"),
        more="The slope of the square times the gradient of D. How long is that one?",
    ),
    Slip(
        "the push goes in the wrong direction: it should lead straight away from the other point.",
        (
            "slope[:, np.newaxis] * self.X",
            "(slope * np.where(self.Y == 1, D * np.sign(self.X.T), self.X.T)).T",
        ),
        (
            "slope[:, np.newaxis] * self.X",
            "(slope * np.where(self.Y == 1, D, self.X.T)).T",
        ),
        more="In which direction does D grow fastest?",
    ),
    Slip(
        "dissimilar pairs are pulled together.",
        push("self.lack / D"),
        more="Descent goes against the gradient. Does D grow then, inside of the margin?",
    ),
    Slip(
        "similar pairs are pushed apart, and dissimilar ones pulled together.",
        (END, "return -dE_dX1, dE_dX1"),
        more="These are the steps of descent. The gradient has the other sign.",
    ),
    Slip(
        "the pull of similar pairs has the wrong length.",
        push("-self.lack / D", "1 / D"),
        push("-self.lack / D", "self.D"),
        more="The slope of D^2 / 2, times a direction, is what?",
    ),
    Slip("dE/dC is left out.", (" * dE_dC", ""), more="The chain rule begins with it."),
    Slip(
        "bprop knows nothing of the mean.",
        (" / len(D)", ""),
        (" * dE_dC / len(D)", ""),
        more="E depends on the mean of C over the pairs.",
    ),
    Slip("you divide by the number of features, too.", ("len(D)", "self.X.size"), more=MEAN),
    Slip(
        "the 1/2 is in the loss and not in its slope.",
        ("/ len(D)", "/ len(D) * 2"),
        more="What is the slope of D^2 / 2?",
    ),
    Slip(
        "dE/dX2 has the sign of dE/dX1.",
        (END, "return dE_dX1, dE_dX1"),
        more="D depends on X1 - X2. Who moves X2 moves that how?",
    ),
    Told("is not finite where the two of a pair are in one place", (SAFE, "self.D")),
    Told("should be 0 where D = 0", (END, "dE_dX1[self.D == 0] += 1; return dE_dX1, -dE_dX1")),
    Told("nearly. Is something small", distance("np.sqrt(self.D**2 + 1e-4)")),
    Told("nearly. Is something small", (SAFE, "self.D + 1e-3")),
    Told("should be an array of shape", ("slope[:, np.newaxis] * self.X", "slope")),
    Told("bprop should return two arrays", (END, "return dE_dX1")),
    Told(
        "changes X1",
        (
            "self.X, self.Y, self.D = X1 - X2",
            "X1 -= X2; self.X, self.Y, self.D = X1",
            "(X1 - X2, axis",
            "(X1, axis",
        ),
    ),
)


def read(inputs: Values, outputs: Values) -> Values | Hint:
    got: Values = {}
    for k in (1, 2):
        gradients = outputs[f"the gradients of batch {k}"]
        if not isinstance(gradients, list | tuple) or len(gradients) != 2:
            return Hint("bprop should return two arrays, dE/dX1 and dE/dX2.")
        got[f"the loss of batch {k}"] = outputs[f"the loss of batch {k}"]
        got |= {f"dE/dX{i}, batch {k}": g for i, g in enumerate(gradients, 1)}
    return got


def judge(inputs: Values, got: Values, right: Values) -> Hint | None:
    hint = compare(got, right)
    wrong = next((name for name, want in right.items() if not alike(got[name], want)), "")
    if (
        wrong.startswith("dE")
        and isinstance(g := got[wrong], np.ndarray)
        and g.shape == right[wrong].shape
    ):
        batch = int(wrong[-1]) - 1
        together = (inputs["X1"][batch] == inputs["X2"][batch]).all(axis=1)
        if not np.isfinite(g[together]).all():
            return Hint(
                f"{wrong[:6]} is not finite where the two of a pair are in one place, D = 0.",
                "0/0 is nan, and NumPy only warns. The task says what it should be.",
            )
        if g[together].any() and alike(np.where(together[:, None], 0, g), right[wrong]):
            return Hint(f"{wrong[:6]} should be 0 where D = 0.", "No direction leads apart.")
    if hint and alike(got[wrong], right[wrong], 0.01):
        return Hint(
            "nearly. Is something small added to D, or to what stands under the root?",
            "Even a small number changes D where D is small. Take care of D = 0 by itself.",
        )
    return hint


@stranger(Contrastive, "both gradients have the wrong length")
class AsWrittenButForTheGradientOfD(Contrastive):
    def bprop(self, dE_dC=1.0):
        dC_dD = (1 - self.Y) * self.D - self.Y * self.lack
        dE_dX1 = np.einsum("p,pd->pd", dC_dD * dE_dC, self.X) / len(self.X)
        return dE_dX1, -1 * dE_dX1


@stranger(Contrastive, "this task is to be done without dlcore.nn.ContrastiveLoss")
class Borrowed:
    def __init__(self, m):
        self.cost = nn.ContrastiveLoss(m)
        self.fprop, self.bprop = self.cost.fprop, lambda sent: self.cost.bprop(sent)[:2]


@stranger(Contrastive, "this task is to be done without dlcore.Tensor.backward")
class ByTheTape(Contrastive):
    def fprop(self, X1, X2, Y):
        self.tensors = [dl.tensor(X, requires_grad=True) for X in (X1, X2)]
        return super().fprop(X1, X2, Y)

    def bprop(self, dE_dC=1.0):
        nn.SquaredDistance()(*self.tensors).backward(dE_dC / 2)
        return tuple(X.grad for X in self.tensors)


@equivalent(Contrastive)
class PairByPair:
    def __init__(self, m):
        self.m = m

    def fprop(self, X1, X2, Y):
        self.pairs = list(zip(X1, X2, Y))
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


@equivalent(Contrastive)
class ByMasks(Contrastive):
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


@equivalent(Contrastive)
class NanReplaced(Contrastive):
    def bprop(self, dE_dC=1.0):
        with np.errstate(all="ignore"):
            slope = np.where(self.Y == 1, -np.nan_to_num(self.lack / self.D, posinf=0), 1)
        g = slope[:, None] * self.X * (dE_dC / len(self.X))
        return [g, -g]


@equivalent(Contrastive)
class TinyNumberInTheDenominator(Contrastive):
    """At D = 0, the direction is 0 / tiny, which is 0; the loss never sees it."""

    def bprop(self, dE_dC=1.0):
        slope = np.where(self.Y == 1, -self.lack / (self.D + 1e-12), 1)
        g = slope[:, None] * self.X * (dE_dC / len(self.X))
        return g, 0 - g


TASK = Task(
    Contrastive,
    "The contrastive loss and its bprop",
    difficulty=2,
    minutes=25,
    rows=("L17",),
    points=3,
    inputs=case,
    slips=SLIPS,
    forbids=("dlcore.nn.ContrastiveLoss", "dlcore.Tensor.backward"),
    read=read,
    judge=judge,
    harmless={
        f"D = {SAFE} -> D = {SAFE.replace('1', '2')}": "there X1 - X2 is 0, whatever divides it",
    },
)
