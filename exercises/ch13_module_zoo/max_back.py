"""Max, with a tie shared as torch.maximum shares it."""
# mypy: allow-untyped-defs, allow-untyped-calls

import numpy as np

from exercises.slips import Slip, Told, equivalent, stranger
from exercises.task import Task, Values


def case(seed: int) -> Values:
    """Ties at 0, at a number above and at one below it, and one that is nearly a tie.

    One, two or three dimensions.
    """
    random = np.random.default_rng(seed)
    X1, X2, dE_dY = random.normal(size=(3, 12))
    X2[:3] = X1[:3] = random.permutation([0.0, 1.5, -0.7])
    X2[3] = X1[3] + 1e-7
    shape = [(3, 4), (12,), (2, 3, 2)][seed % 3]
    order = random.permutation(12)
    X1, X2, dE_dY = (A[order].reshape(shape) for A in (X1, X2, dE_dY))
    return {"X1": X1, "X2": X2, "dE_dY": dE_dY}


def max_back(X1, X2, dE_dY):
    share = (X1 > X2) + 0.5 * (X1 == X2)
    return dE_dY * share, dE_dY * (1 - share)


SHARE, END = "(X1 > X2) + 0.5 * (X1 == X2)", "return dE_dY * share, dE_dY * (1 - share)"

SLIPS = (
    Slip(
        "at a tie X2 takes all of it.",
        (SHARE, "X1 > X2", "1 - share", "~share"),
        more="That is the slide's rule. Here a tie is shared.",
    ),
    Slip(
        "at a tie X1 takes all of it.",
        (SHARE, "X1 >= X2", "1 - share", "~share"),
        more="Here a tie is shared.",
    ),
    Slip(
        "at a tie each takes all of it.",
        (END, "return dE_dY * (X1 >= X2), dE_dY * (X2 >= X1)"),
        more="Think of max(x, x), which is x. What must the two shares add up to?",
    ),
    Slip(
        "at a tie nobody takes it.",
        (END, "return dE_dY * (X1 > X2), dE_dY * (X2 > X1)"),
        more="Think of max(x, x), which is x. What must the two shares add up to?",
    ),
    Slip(
        "the smaller input takes the gradient.",
        ("X1 > X2", "X1 < X2"),
        more="Which of the two does the maximum not notice?",
    ),
    Slip("these are the shares; dE/dY is missing.", (END, "return share, 1 - share")),
    Slip("everything is shared, not only the ties.", (SHARE, "0.5")),
    Slip(
        "the sign of X1 decides, and not whether it is the larger one.",
        (SHARE, "(X1 > 0) + 0.5 * (X1 == 0)"),
        more="0 is no special number here.",
    ),
    Told("return 2 things", ("return dE_dY * share, dE_dY * (1 - share)", "return dE_dY * share")),
    Told("changes dE_dY", (END, "dE_dY *= share; return dE_dY, dE_dY * (1 - share)")),
)


@stranger(max_back, "at a tie X2 takes all of it")
def with_where(X1, X2, dE_dY):
    return np.where(X1 > X2, dE_dY, 0), np.where(X1 > X2, 0, dE_dY)


@stranger(max_back, "is wrong in 1 of 12 entries")
def with_isclose(X1, X2, dE_dY):
    tied = np.isclose(X1, X2)
    first = np.where(tied, 0.5, X1 > X2)
    return first * dE_dY, (1 - first) * dE_dY


@equivalent(max_back)
def number_by_number(X1, X2, dE_dY):
    first, second = np.zeros(X1.shape), np.zeros(X1.shape)
    for place in np.ndindex(*X1.shape):
        if X1[place] >= X2[place]:
            first[place] = dE_dY[place]
        if X2[place] >= X1[place]:
            second[place] = dE_dY[place]
        if X1[place] == X2[place]:
            first[place] /= 2
            second[place] /= 2
    return [first, second]


@equivalent(max_back)
def by_the_sign(X1, X2, dE_dY):
    lead = np.sign(X1 - X2)
    return (dE_dY + lead * dE_dY) / 2, (dE_dY - lead * dE_dY) / 2


TASK = Task(
    max_back,
    "Share a tie",
    difficulty=1,
    minutes=8,
    rows=("L40",),
    points=2,
    inputs=case,
    returns="dE/dX1, dE/dX2",
    slips=SLIPS,
    forbids=("dlcore.nn.Max", "dlcore.Tensor.backward"),
)
