"""Planted slips, each with the hint that it must get, and other right answers."""

from itertools import combinations, product

import numpy as np

from exercises.writing.planted import equivalent, mutant

# --- logsoftmax_backward --------------------------------------------------------------------------


@mutant("logsoftmax_backward", hint="each row of dx must sum to 0")
def sum_forgotten(g, y):
    return g - np.exp(y)


@mutant("logsoftmax_backward", hint="each row of dx must sum to 0")
def log_probabilities_for_probabilities(g, y):
    return g - y * g.sum(axis=1, keepdims=True)


@mutant("logsoftmax_backward", hint="wrong axis")
def wrong_axis(g, y):
    return g - np.exp(y) * g.sum(axis=0, keepdims=True)


@mutant("logsoftmax_backward", hint="mixes the samples")
def all_axes(g, y):
    return g - np.exp(y) * g.sum()


@mutant("logsoftmax_backward", hint="wrong sign")
def sign(g, y):
    return np.exp(y) * g.sum(axis=1, keepdims=True) - g


@mutant("logsoftmax_backward", hint="changes g")
def in_place(g, y):
    g -= np.exp(y) * g.sum(axis=1, keepdims=True)
    return g


@mutant("logsoftmax_backward", hint="is None")
def no_return(g, y):
    g - np.exp(y) * g.sum(axis=1, keepdims=True)


@mutant("logsoftmax_backward", hint="of type list")
def nested_lists(g, y):
    return (g - np.exp(y) * g.sum(axis=1, keepdims=True)).tolist()


@mutant("logsoftmax_backward", hint="not finite")
def through_the_probabilities(g, y):
    with np.errstate(all="ignore"):
        p = np.exp(y * 1e3)
        return p * (g / p - g.sum(axis=1, keepdims=True))


@equivalent("logsoftmax_backward")
def loops(g, y):
    dx = np.empty_like(g)
    for i, j in np.ndindex(g.shape):
        dx[i, j] = sum(g[i, k] * ((j == k) - np.exp(y[i, j])) for k in range(g.shape[1]))
    return dx


@equivalent("logsoftmax_backward")
def einsum_with_the_jacobian(g, y):
    eye = np.eye(g.shape[1])
    return np.einsum("bk,bkj->bj", g, eye - np.exp(y)[:, None, :])


@equivalent("logsoftmax_backward")
def in_single_precision(g, y):
    g, y = g.astype(np.float32), y.astype(np.float32)
    return g - np.exp(y) * g.sum(axis=1, keepdims=True)


@equivalent("logsoftmax_backward")
def a_view_in_column_order(g, y):
    return np.asfortranarray(g - np.exp(y) * g.sum(axis=1, keepdims=True)).T.T[:]


# --- Linear ---------------------------------------------------------------------------------------


class Right:
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


@mutant("Linear", hint="overwrites")
class Overwrites(Right):
    def bprop(self, dy):
        self.dW, self.db = dy.T @ self.x, dy.sum(axis=0)
        return dy @ self.W


@mutant("Linear", hint="lacks the bias")
class NoBias(Right):
    def fprop(self, x):
        self.x = x
        return x @ self.W.T


@mutant("Linear", hint="averaged over the batch")
class Mean(Right):
    def bprop(self, dy):
        self.dW += dy.T @ self.x / len(dy)
        self.db += dy.mean(axis=0)
        return dy @ self.W


@mutant("Linear", hint="stopped with ValueError: matmul")
class Untransposed(Right):
    def bprop(self, dy):
        super().bprop(dy)
        return dy @ self.W.T


@mutant("Linear", hint="db is None")
class ForgetsTheBiasGradient(Right):
    def bprop(self, dy):
        self.dW += dy.T @ self.x
        self.db = None
        return dy @ self.W


@equivalent("Linear")
class InDouble(Right):
    def __init__(self, W, b):
        super().__init__(W.astype(float), b.astype(float))


@equivalent("Linear")
class OneSampleAtATime(Right):
    def fprop(self, x):
        self.x = x
        return np.stack([self.W @ sample + self.b for sample in x])

    def bprop(self, dy):
        for sample, gradient in zip(self.x, dy, strict=True):
            self.dW = self.dW + np.outer(gradient, sample)
            self.db = self.db + gradient
        return np.einsum("oi,bo->bi", self.W, dy)


# --- smallest_dnf ---------------------------------------------------------------------------------

BITS = np.array(list(product([0, 1], repeat=3)))


def search(table, sizes):
    """The first formula found among those of these sizes."""
    terms = np.array(list(product([0, 1, -1], repeat=3)))
    rows = np.all((terms[:, None] == -1) | (terms[:, None] == BITS), axis=2)
    usable = np.flatnonzero(~rows[:, table == 0].any(axis=1))
    for size in sizes:
        for chosen in combinations(usable, size):
            if rows[list(chosen)].any(axis=0)[table == 1].all():
                return terms[list(chosen)]


@mutant("smallest_dnf", hint="not the smallest")
def one_term_a_row(table):
    return BITS[table == 1]


@mutant("smallest_dnf", hint="the table says False")
def always_true(table):
    return np.full((1, 3), -1)


@mutant("smallest_dnf", hint="the table says True")
def a_row_forgotten(table):
    return BITS[table == 1][1:]


@mutant("smallest_dnf", hint="the table says")
def bits_reversed(table):
    return search(table, range(9))[:, ::-1]


@mutant("smallest_dnf", hint="an entry of a term is")
def another_code(table):
    return search(table, range(9)) + 1


@equivalent("smallest_dnf")
def terms_in_another_order(table):
    return search(table, range(9))[::-1]


@equivalent("smallest_dnf")
def as_floats(table):
    return search(table, range(9)).astype(float)
