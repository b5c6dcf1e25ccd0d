"""LogSoftmax and the likelihood in one: the cost of a batch, and what it sends back."""
# mypy: allow-untyped-defs, allow-untyped-calls

import numpy as np

from exercises.slips import Slip, Told, equivalent, stranger
from exercises.task import Task, Values


def case(seed: int) -> Values:
    """Ordinary scores of as many samples as classes; on an even seed of more, and far apart."""
    random = np.random.default_rng(seed)
    n = 4 if seed % 2 else 5
    X = random.normal(size=(n, 4)) * (2 if seed % 2 else 3000)
    return {"X": X, "targets": random.integers(0, 4, size=n)}


def cross_entropy(X, targets):
    n = np.arange(len(X))
    shifted = X - X.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    dE_dX = np.exp(log_p)
    dE_dX[n, targets] -= 1
    return -log_p[n, targets].mean(), dE_dX / len(X)


SHIFT = "X - X.max(axis=1, keepdims=True)"
LOG_P = "shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))"
P = "np.exp(log_p)"
SQUARED = f"{P} * (dE_dX - (dE_dX * {P}).sum(axis=1, keepdims=True)) / len(X)"
END = "return -log_p[n, targets].mean(), dE_dX / len(X)"
LESS = "dE_dX[n, targets] -= 1"

SLIPS = (
    Slip(
        "the cost is summed over the samples; it is a mean.",
        (END, "return -log_p[n, targets].sum(), dE_dX / len(X)"),
        (END, "return -log_p[n, targets].sum(), dE_dX"),
    ),
    Slip(
        "the mean is over the samples; there is one target in each.",
        (END, "return -log_p[n, targets].sum() / X.size, dE_dX / X.size"),
    ),
    Slip(
        "a log-probability is below 0, and a cost is not.",
        (END, "return log_p[n, targets].mean(), dE_dX / len(X)"),
        more="The likelihood should be large. What should be small?",
    ),
    Slip(
        "a probability was rounded to 0 before its logarithm was taken.",
        (LOG_P, "np.log(np.exp(shifted) / np.exp(shifted).sum(axis=1, keepdims=True))"),
        more="What is the logarithm of a quotient?",
    ),
    Slip(
        "these scores are too large for an exponential.",
        (SHIFT, "X"),
        more="Add one number to all scores of a sample, and nothing changes. Which would help?",
    ),
    Slip(
        "the probability of the target is no cost; its logarithm is.",
        (END, "return -dE_dX[n, targets].mean(), dE_dX / len(X)", "-= 1", "-= 0"),
    ),
    Slip(
        "dE/dX is not that of a mean.",
        ("dE_dX / len(X)", "dE_dX"),
        more="The cost was divided by the number of samples. And its gradient?",
    ),
    Slip(
        "dE/dX lacks the target: these are the probabilities.",
        (LESS, "pass"),
        more="What the network thinks, less what is true.",
    ),
    Slip(
        "dE/dX is upside down.",
        ("dE_dX / len(X)", "-dE_dX / len(X)"),
        more="A step goes against the gradient. Which score should a step raise?",
    ),
    Slip(
        "dE/dX has log-probabilities where it should have probabilities.",
        ("dE_dX = np.exp(log_p)", "dE_dX = log_p.copy()"),
    ),
    Slip(
        "only the scores of the targets have a gradient.",
        ("dE_dX / len(X)", "dE_dX * np.eye(X.shape[1])[targets] / len(X)"),
        more="A score that is not the target's has its place in the sum.",
    ),
    Slip(
        "dE/dX is that of squared distance.",
        ("dE_dX / len(X)", SQUARED),
        ("dE_dX / len(X)", f"2 * {SQUARED}"),
        more="After the logarithm there is no factor p left.",
    ),
    Slip(
        "the targets are subtracted as numbers.",
        (LESS, "dE_dX -= targets[:, None]"),
        more="A target says which place is 1.",
    ),
    Told(
        "return 2 things",
        ("return -log_p[n, targets].mean(), dE_dX / len(X)", "return -log_p[n, targets].mean()"),
    ),
    Told("changes X", (SHIFT, "X.__isub__(X.max(axis=1, keepdims=True))")),
)


@stranger(cross_entropy, "dE/dX is not that of a mean")
def sample_by_sample_and_added(X, targets):
    costs, rows = [], []
    for x, t in zip(X, targets, strict=True):
        log_p = x - np.logaddexp.reduce(x)
        costs.append(-log_p[t])
        rows.append(np.exp(log_p) - np.eye(len(x))[t])
    return sum(costs) / len(costs), np.array(rows)


@equivalent(cross_entropy)
def sample_by_sample(X, targets):
    costs, rows = [], []
    for x, t in zip(X, targets, strict=True):
        log_p = x - np.logaddexp.reduce(x)
        costs.append(-log_p[t])
        rows.append((np.exp(log_p) - np.eye(len(x))[t]) / len(X))
    return [float(np.mean(costs)), np.array(rows)]


@equivalent(cross_entropy)
def by_the_lead_of_the_others(X, targets):
    y = np.eye(X.shape[1])[targets]
    lead = X - (X * y).sum(axis=1, keepdims=True)
    C = np.logaddexp.reduce(lead, axis=1)
    return C.mean(), (np.exp(lead - C[:, None]) - y) / len(X)


TASK = Task(
    cross_entropy,
    "Two modules in one",
    difficulty=2,
    minutes=20,
    rows=("L41", "L33"),
    points=3,
    inputs=case,
    returns="the cost, dE/dX",
    slips=SLIPS,
    forbids=(
        "dlcore.nn.LogSoftmax",
        "dlcore.nn.CrossEntropyLoss",
        "dlcore.nn.NLLLoss",
        "dlcore.nn.functional.log_softmax",
        "dlcore.nn.functional.nll_loss",
        "dlcore.nn.functional.cross_entropy",
        "dlcore.Tensor.backward",
    ),
)
