"""The tasks of the sample set, one of each kind: numbers, a class, a certificate."""

from itertools import combinations, product

import numpy as np

from exercises.hints import Hint
from exercises.slips import Slip, Told, equivalent, stranger
from exercises.task import Task

# --- Numbers --------------------------------------------------------------------------------------


def scores(seed):
    """Some scores, far apart and close together, and a gradient of their log-softmax."""
    random = np.random.default_rng(seed)
    shape = random.integers(2, 6, size=2)
    x = random.normal(size=shape) * np.array([1, 30])[random.integers(0, 2, size=(shape[0], 1))]
    z = x - x.max(axis=1, keepdims=True)
    y = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    return {"g": random.normal(size=shape), "y": y}


def logsoftmax_backward(g, y):
    return g - np.exp(y) * g.sum(axis=1, keepdims=True)


LOGSOFTMAX = (
    Slip(
        "each row of dx must sum to 0: adding the same number to all scores changes nothing.",
        (" * g.sum(axis=1, keepdims=True)", ""),
        ("np.exp(y)", "y"),
        more="Every output depends on every score of its row: where is the sum of g over the row?",
    ),
    Slip("dx sums over the wrong axis.", ("axis=1", "axis=0")),
    Slip(
        "dx mixes the samples: each row is a sample of its own.",
        ("axis=1, keepdims=True", ""),
    ),
    Told("wrong sign", ("g - np.exp(y)", "-g + np.exp(y)")),
    Told("changes g", ("return g - ", "g -= "), ("return", "g *= 2; return")),
    Told("is None", ("return ", "")),
    Told("of type list", ("return g", "return list(g", "keepdims=True)", "keepdims=True))")),
)


@stranger(logsoftmax_backward, "not finite")
def through_the_probabilities(g, y):
    with np.errstate(all="ignore"):
        p = np.exp(y * 1e3)
        return p * (g / p - g.sum(axis=1, keepdims=True))


@equivalent(logsoftmax_backward)
def loops(g, y):
    dx = np.empty_like(g)
    for i, j in np.ndindex(g.shape):
        dx[i, j] = sum(g[i, k] * ((j == k) - np.exp(y[i, j])) for k in range(g.shape[1]))
    return dx


@equivalent(logsoftmax_backward)
def einsum_with_the_jacobian(g, y):
    eye = np.eye(g.shape[1])
    return np.einsum("bk,bkj->bj", g, eye - np.exp(y)[:, None, :])


@equivalent(logsoftmax_backward)
def in_single_precision(g, y):
    g, y = g.astype(np.float32), y.astype(np.float32)
    return g - np.exp(y) * g.sum(axis=1, keepdims=True)


@equivalent(logsoftmax_backward)
def a_view_in_column_order(g, y):
    return np.asfortranarray(g - np.exp(y) * g.sum(axis=1, keepdims=True)).T.T[:]


# --- A class --------------------------------------------------------------------------------------


def two_batches(seed):
    random = np.random.default_rng(seed)
    n_in, n_out = random.permutation(np.arange(2, 6))[:2]
    sizes = {"W": (n_out, n_in), "b": (n_out,)}
    sizes |= {"x": (4, n_in), "dy": (4, n_out), "x2": (6, n_in), "dy2": (6, n_out)}
    return {name: random.normal(size=size).astype(np.float32) for name, size in sizes.items()}


class Linear:
    def __init__(self, W, b):
        self.W, self.b = W, b
        self.dW, self.db = np.zeros_like(W), np.zeros_like(b)

    def fprop(self, x):
        self.x = x
        return x @ self.W.T + self.b

    def bprop(self, dy):
        self.dW += dy.T @ self.x
        self.db += dy.sum(axis=0)
        return dy @ self.W


LINEAR = (
    Slip("y lacks the bias.", (" + self.b", "")),
    Slip(
        "dW is averaged over the batch; it is a sum: the cost decides about averages.",
        ("dy.T @ self.x", "dy.T @ self.x / len(dy)"),
    ),
    Slip(
        "a second bprop overwrites the gradient.",
        ("dW += ", "dW = ", "db += ", "db = "),
        ("dW += ", "dW = "),
        ("db += ", "db = "),
        more="A module used twice gets two gradients, and they add up.",
    ),
    Told("stopped with ValueError: matmul", ("dy @ self.W", "dy @ self.W.T")),
    Told("db is None", ("self.db += dy.sum(axis=0)", "self.db = None")),
)


@stranger(Linear, "overwrites")
class SampleBySampleAndNoSum(Linear):
    def bprop(self, dy):
        pairs = zip(dy, self.x, strict=True)
        self.dW, self.db = sum(np.outer(g, x) for g, x in pairs), sum(dy)
        return np.stack([self.W.T @ g for g in dy])


@equivalent(Linear)
class InDouble(Linear):
    def __init__(self, W, b):
        super().__init__(W.astype(float), b.astype(float))


@equivalent(Linear)
class OneSampleAtATime(Linear):
    def fprop(self, x):
        self.x = x
        return np.stack([self.W @ sample + self.b for sample in x])

    def bprop(self, dy):
        for sample, gradient in zip(self.x, dy, strict=True):
            self.dW = self.dW + np.outer(gradient, sample)
            self.db = self.db + gradient
        return np.einsum("oi,bo->bi", self.W, dy)


# --- A certificate --------------------------------------------------------------------------------

BITS = np.array(list(product([0, 1], repeat=3)))


def truth_table(seed):
    """A Boolean function of three bits, true somewhere and false somewhere."""
    return {"table": np.random.default_rng(seed).permutation([0, 0, 1, 1, 1, *(seed % 2, 0, 1)])}


def smallest_dnf(table):
    from itertools import combinations

    terms = np.array(list(product([0, 1, -1], repeat=3)))
    rows = np.all((terms[:, None] == -1) | (terms[:, None] == BITS), axis=2)
    usable = np.flatnonzero(~rows[:, table == 0].any(axis=1))
    for size in range(1, 9):
        for chosen in combinations(usable, size):
            if rows[list(chosen)].any(axis=0)[table == 1].all():
                return terms[list(chosen)]


def covered(terms):
    """For each term (1: the bit must be set, 0: it must not, -1: either) the rows it is true on."""
    terms = np.reshape(terms, (-1, 1, 3))
    return np.all((terms == -1) | (terms == BITS), axis=2)


def read_terms(inputs, outputs):
    """The terms, if they are some."""
    terms = outputs["terms"]
    if not isinstance(terms, np.ndarray) or terms.ndim != 2 or terms.shape[1] != 3:
        found = f"shape {terms.shape}" if isinstance(terms, np.ndarray) else type(terms).__name__
        return Hint(f"the terms should be an array of shape (terms, 3); yours is {found}.")
    if not np.isin(terms, [-1, 0, 1]).all():
        return Hint("an entry of a term is 1 (bit set), 0 (bit not set) or -1 (either).")
    return outputs


def judge_terms(inputs, got, right):
    """The answer is a certificate: it is held against the table, and only the number of its terms
    against that of the right one."""
    formula = covered(got["terms"]).any(axis=0)
    for bits, wanted, found in zip(BITS, inputs["table"], formula, strict=True):
        if found != wanted:
            more = "Which of your terms matches it?" if found else "Which term should match it?"
            return Hint(f"the formula is {found} on {bits}, the table says {bool(wanted)}.", more)
    if len(got["terms"]) > len(right["terms"]):
        return Hint("right, but not the smallest: fewer terms do.", "Can two terms be one?")
    return None


DNF = (
    Told("not the smallest", ("range(1, 9)", "range(8, 0, -1)")),
    Told("the table says True", ("== 1].all()", "== 1].any()")),
    Told("the table says False", ("~rows[:, table == 0].any(axis=1)", "rows.any(axis=1)")),
    Told("the table says", ("return terms[list(chosen)]", "return terms[list(chosen)][:, ::-1]")),
    Told("an entry of a term is", ("return terms", "return 1 + terms")),
    Told("yours is shape (", ("return terms[list(chosen)]", "return rows[list(chosen)]")),
)


@stranger(smallest_dnf, "not the smallest")
def one_term_a_row(table):
    return BITS[table == 1]


@stranger(smallest_dnf, "the table says False")
def always_true(table):
    return np.full((1, 3), -1)


@equivalent(smallest_dnf)
def terms_in_another_order(table):
    return smallest_dnf(table)[::-1]


@equivalent(smallest_dnf)
def as_floats_and_bigger_first(table):
    for size in range(9):
        for chosen in combinations(list(product([-1, 1, 0], repeat=3))[::-1], size):
            if np.array_equal(covered(np.array(chosen)).any(axis=0), table == 1):
                return np.array(chosen, dtype=float)


TASKS = (
    Task(
        logsoftmax_backward,
        "Send a gradient back through log-softmax",
        difficulty=2,
        minutes=15,
        rows=("L41",),
        points=3,
        inputs=scores,
        returns="dx",
        slips=LOGSOFTMAX,
        forbids=("dlcore.nn.LogSoftmax", "dlcore.nn.functional.log_softmax"),
    ),
    Task(
        Linear,
        "A module that can be used twice",
        difficulty=2,
        minutes=20,
        rows=("L27", "L36"),
        points=4,
        inputs=two_batches,
        slips=LINEAR,
        forbids=("dlcore.nn.Linear",),
    ),
    Task(
        smallest_dnf,
        "Prove it: the smallest formula for a truth table",
        difficulty=3,
        minutes=30,
        rows=("L10", "L12"),
        points=3,
        inputs=truth_table,
        returns="terms",
        slips=DNF,
        read=read_terms,
        judge=judge_terms,
        shows=False,
        harmless={
            "for size in range(1, 9): -> for size in range(1, 10):": "eight terms are enough",
            "for size in range(1, 9): -> for size in range(2, 9):": "no table here takes one term",
        },
    ),
)
