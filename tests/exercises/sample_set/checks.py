"""Cases and judges of the sample set."""

from itertools import combinations, product

import numpy as np

from exercises.hints import Hint, same, unchanged
from exercises.task import Task

# --- logsoftmax_backward --------------------------------------------------------------------------


def scores(seed):
    """Some scores, far apart and close together, and a gradient of their log-softmax."""
    random = np.random.default_rng(seed)
    shape = random.integers(2, 6, size=2)
    x = random.normal(size=shape) * np.array([1, 30])[random.integers(0, 2, size=(shape[0], 1))]
    z = x - x.max(axis=1, keepdims=True)
    y = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    return {"y": y, "g": random.normal(size=shape)}


def judge_logsoftmax_backward(inputs, outputs):
    g, y = inputs["g"], inputs["y"]
    zero = Hint(
        "each row of dx must sum to 0: adding the same number to all scores changes nothing.",
        "Every output depends on every score of its row: where is the sum of g over the row?",
    )
    slips = [
        (g - np.exp(y), zero),
        (g - y * g.sum(axis=1, keepdims=True), zero),
        (g - np.exp(y) * g.sum(axis=0, keepdims=True), Hint("dx sums over the wrong axis.")),
        (g - np.exp(y) * g.sum(), Hint("dx mixes the samples: each row is a sample of its own.")),
    ]
    return (
        unchanged("g", outputs["g"], g)
        or unchanged("y", outputs["y"], y)
        or same("dx", outputs["dx"], g - np.exp(y) * g.sum(axis=1, keepdims=True), slips)
    )


# --- Linear ---------------------------------------------------------------------------------------


def two_batches(seed):
    random = np.random.default_rng(seed)
    n_in, n_out = random.permutation(np.arange(2, 6))[:2]
    sizes = {"W": (n_out, n_in), "b": (n_out,)}
    sizes |= {"x": (4, n_in), "dy": (4, n_out), "x2": (6, n_in), "dy2": (6, n_out)}
    return {name: random.normal(size=size).astype(np.float32) for name, size in sizes.items()}


def judge_linear(inputs, outputs):
    W, b, x, dy, x2, dy2 = (inputs[name] for name in ("W", "b", "x", "dy", "x2", "dy2"))
    overwritten = Hint(
        "a second bprop overwrites the gradient.",
        "A module used twice gets two gradients, and they add up.",
    )
    lost = Hint("y lacks the bias.")
    mean = Hint("dW is averaged over the batch; it is a sum: the cost decides about averages.")
    return (
        same("y", outputs["y"], x @ W.T + b, [(x @ W.T, lost)])
        or same("dx", outputs["dx"], dy @ W)
        or same("dW", outputs["dW"], dy.T @ x, [(dy.T @ x / len(x), mean)])
        or same("db", outputs["db"], dy.sum(axis=0))
        or same("dW", outputs["dW_twice"], dy.T @ x + dy2.T @ x2, [(dy2.T @ x2, overwritten)])
        or same("db", outputs["db_twice"], (dy.sum(0) + dy2.sum(0)), [(dy2.sum(0), overwritten)])
    )


# --- smallest_dnf ---------------------------------------------------------------------------------

BITS = np.array(list(product([0, 1], repeat=3)))


def truth_table(seed):
    """A Boolean function of three bits, true somewhere and false somewhere."""
    return {"table": np.random.default_rng(seed).permutation([0, 0, 1, 1, 1, *(seed % 2, 0, 1)])}


def covered(terms):
    """For each term (1: the bit must be set, 0: it must not, -1: either) the rows it is true on."""
    terms = np.reshape(terms, (-1, 1, 3))
    return np.all((terms == -1) | (terms == BITS), axis=2)


def fewest_terms(table):
    rows = covered(np.array(list(product([-1, 0, 1], repeat=3))))
    usable = np.unique(rows[~rows[:, table == 0].any(axis=1)], axis=0)
    sizes = (size for size in range(9) for few in combinations(usable, size) if fits(few, table))
    return next(sizes)


def fits(rows, table):
    """Whether these rows together are all on which the table is 1."""
    return np.array_equal(np.any([np.zeros(8, bool), *rows], axis=0), table == 1)


def judge_smallest_dnf(inputs, outputs):
    """The answer is a certificate: it is checked against the table, and no other is looked up."""
    terms, table = outputs["terms"], inputs["table"]
    if not isinstance(terms, np.ndarray) or terms.ndim != 2 or terms.shape[1] != 3:
        found = f"shape {terms.shape}" if isinstance(terms, np.ndarray) else type(terms).__name__
        return Hint(f"the terms should be an array of shape (terms, 3); yours is {found}.")
    if not np.isin(terms, [-1, 0, 1]).all():
        return Hint("an entry of a term is 1 (bit set), 0 (bit not set) or -1 (either).")
    formula = covered(terms).any(axis=0)
    for bits, wanted, found in zip(BITS, table, formula, strict=True):
        if found != wanted:
            more = "Which of your terms matches it?" if found else "Which term should match it?"
            return Hint(f"the formula is {found} on {bits}, the table says {bool(wanted)}.", more)
    if len(terms) > fewest_terms(table):
        return Hint("right, but not the smallest: fewer terms do.", "Can two terms be one?")
    return None


TASKS = (
    Task(
        "logsoftmax_backward",
        "Send a gradient back through log-softmax",
        difficulty=2,
        minutes=15,
        rows=("L41",),
        points=3,
        forbids=("dlcore.nn.LogSoftmax", "dlcore.nn.functional.log_softmax"),
        inputs=scores,
        judge=judge_logsoftmax_backward,
    ),
    Task(
        "Linear",
        "A module that can be used twice",
        difficulty=2,
        minutes=20,
        rows=("L27", "L36"),
        points=4,
        forbids=("dlcore.nn.Linear",),
        inputs=two_batches,
        judge=judge_linear,
    ),
    Task(
        "smallest_dnf",
        "Prove it: the smallest formula for a truth table",
        difficulty=3,
        minutes=30,
        rows=("L10", "L12"),
        points=3,
        inputs=truth_table,
        judge=judge_smallest_dnf,
    ),
)
