"""LogSoftmax, for any scores."""
# mypy: allow-untyped-defs, allow-untyped-calls

import numpy as np

from dlcore import nn
from exercises.slips import Slip, Told, equivalent, stranger
from exercises.task import Task, Values


def case(seed: int) -> Values:
    """Three batches: ordinary scores; far from 0; far apart. On an odd seed as many as classes."""
    random = np.random.default_rng(seed)
    n = 4 if seed % 2 else 3
    ordinary, large, wide = random.normal(size=(3, n, 4))
    large += np.array([1000.0, -1000, 800, -1200])[:n, None]
    wide *= 600
    return {"X": [ordinary, large, wide], "dE_dY": [random.normal(size=(n, 4)) for _ in range(3)]}


class LogSoftmax(nn.Module):
    def fprop(self, X):
        shifted = X - X.max(axis=1, keepdims=True)
        self.Y = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        return self.Y

    def bprop(self, dE_dY):
        return dE_dY - np.exp(self.Y) * dE_dY.sum(axis=1, keepdims=True)


SHIFT = "X - X.max(axis=1, keepdims=True)"
OUT = "shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))"
BACK = "dE_dY - np.exp(self.Y) * dE_dY.sum(axis=1, keepdims=True)"
P = "np.exp(shifted) / np.exp(shifted).sum(axis=1, keepdims=True)"

SLIPS = (
    Slip(
        "right for ordinary scores; of these an exponential overflows, or all are 0.",
        (SHIFT, "X"),
        (SHIFT, "X - X.mean()"),
        more="Add one number to all scores of a sample, and nothing changes. Which would help?",
    ),
    Slip(
        "one sample's scores decide for all samples.",
        (SHIFT, "X - X.max()"),
        more="Each sample has a largest score of its own.",
    ),
    Slip(
        "right where the scores are near each other; here a probability is rounded to 0.",
        (OUT, f"np.log({P})"),
        more="What is the logarithm of a quotient?",
    ),
    Slip(
        "the smallest score is subtracted, and what is left can be large.",
        (SHIFT, SHIFT.replace("max", "min")),
        more="An exponential overflows above, not below.",
    ),
    Slip("these are probabilities, and no logarithms.", (OUT, P)),
    Slip("the sum goes over the samples.", (OUT, OUT.replace("axis=1", "axis=0"))),
    Slip(
        "this takes the logarithm of the mean of the exponentials, not of their sum.",
        (OUT, OUT.replace("sum(", "mean(")),
    ),
    Slip(
        "the scores are added up as they are.",
        (OUT, OUT.replace("np.exp(shifted)", "np.abs(shifted)")),
    ),
    Slip(
        "the output is returned, and not stored.",
        (
            "self.Y = shifted",
            "self.kept = Y = shifted",
            "return self.Y",
            "return Y",
            "np.exp(self.Y)",
            "np.exp(self.kept)",
        ),
        more="The lecture wants both: self.Y.",
    ),
    Slip(
        "dE/dX lacks the sum over the dE/dY of a sample.",
        (BACK, "dE_dY - np.exp(self.Y)"),
        (BACK, "dE_dY - np.exp(self.Y) * dE_dY"),
        more="Each score stands in every output, through the logarithm of the sum.",
    ),
    Slip(
        "dE/dX has logarithms where it should have probabilities.",
        (BACK, BACK.replace("np.exp(self.Y)", "self.Y")),
    ),
    Slip("in dE/dX the sum goes over the samples.", (BACK, BACK.replace("axis=1", "axis=0"))),
    Slip("in dE/dX all samples are added up.", (BACK, BACK.replace("axis=1, keepdims=True", ""))),
    Slip("the mean of the dE/dY is not their sum.", (BACK, BACK.replace("sum(", "mean("))),
    Slip("the sign of the second term.", (BACK, BACK.replace("dE_dY - ", "dE_dY + "))),
    Slip(
        "this is the way back through a softmax, without the logarithm.",
        (BACK, "np.exp(self.Y) * (dE_dY - (dE_dY * np.exp(self.Y)).sum(axis=1, keepdims=True))"),
        more="The slopes are delta_ij - p_j.",
    ),
    Slip(
        "p - y is the gradient if the likelihood follows. Here any dE/dY may come in.",
        (BACK, "np.exp(self.Y) + dE_dY"),
    ),
    Slip(
        "dE/dX lacks its first term.", (BACK, "-np.exp(self.Y) * dE_dY.sum(axis=1, keepdims=True)")
    ),
    Told("LogSoftmax.fprop writes into X", (SHIFT, "X.__isub__(X.max(axis=1, keepdims=True))")),
    Told(
        "LogSoftmax.bprop writes into dE/dY",
        (BACK, "dE_dY.__isub__(np.exp(self.Y) * dE_dY.sum(axis=1, keepdims=True))"),
    ),
    Told("is None", ("return dE_dY -", "dE_dY -")),
)


@stranger(LogSoftmax, "here a probability is rounded to 0")
class ProbabilitiesFirst(LogSoftmax):
    def fprop(self, X):
        self.Y = np.empty(X.shape)
        for k, x in enumerate(X):
            e = np.exp(x - max(x))
            with np.errstate(divide="ignore"):
                self.Y[k] = np.log(e / sum(e))
        return self.Y


@equivalent(LogSoftmax)
class SampleBySample(nn.Module):
    def fprop(self, X):
        self.Y = np.stack([x - np.logaddexp.reduce(x) for x in X])
        return self.Y

    def bprop(self, dE_dY):
        p = np.exp(self.Y)
        J = np.eye(p.shape[1]) - p[:, None, :]
        return np.einsum("ni,nij->nj", dE_dY, J)


@equivalent(LogSoftmax)
class FromX(LogSoftmax):
    """Keeps X, and computes the probabilities again."""

    def fprop(self, X):
        self.X = np.array(X)
        return super().fprop(X)

    def bprop(self, dE_dY):
        e = np.exp(self.X - self.X.max(axis=1)[:, None])
        return dE_dY - e / e.sum(axis=1)[:, None] * dE_dY.sum(axis=1)[:, None]


TASK = Task(
    LogSoftmax,
    "LogSoftMax, for any scores",
    difficulty=2,
    minutes=20,
    rows=("L41",),
    points=3,
    inputs=case,
    slips=SLIPS,
    forbids=(
        "dlcore.nn.LogSoftmax",
        "dlcore.nn.Softmax",
        "dlcore.nn.CrossEntropyLoss",
        "dlcore.nn.functional.log_softmax",
        "dlcore.nn.functional.softmax",
        "dlcore.nn.functional.cross_entropy",
        "dlcore.Tensor.backward",
    ),
)
