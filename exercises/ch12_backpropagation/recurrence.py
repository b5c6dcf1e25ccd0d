"""The recurrence, by hand: two equations and a loop."""
# mypy: allow-untyped-defs, allow-untyped-calls

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from exercises.hints import Final, Hint, compare
from exercises.slips import Slip, Told, equivalent, stranger
from exercises.task import Task, Values


def case(seed: int) -> Values:
    """A row and the Jacobians of four or five modules.

    On an odd seed all states have one width, and so have all weights: hardly a slip stops with an
    error. On an even one no two are alike, and one module has no weights.
    """
    random = np.random.default_rng(seed)
    n = int(random.integers(4, 6))
    if seed % 2:
        widths, weights = [int(random.integers(9, 15))] * (n + 1), [4] * n
    else:
        widths = random.permutation(np.arange(9, 16))[: n + 1].tolist()
        weights = random.permutation([0, 2, 3, 4, 5])[:n].tolist()
        weights[1] = 0
    pairs = [
        (random.normal(size=(out, into)) / 3, random.normal(size=(out, n_w)))
        for (into, out), n_w in zip(pairwise(widths), weights, strict=True)
    ]
    return {"dE_dX": random.normal(size=(1, widths[-1])), "jacobians": pairs}


def recurrence(dE_dX, jacobians):
    dE_dW = []
    for dX_dX, dX_dW in reversed(jacobians):
        dE_dW.append(dE_dX @ dX_dW)
        dE_dX = dE_dX @ dX_dX
    return dE_dX, dE_dW[::-1]


END, LOOP = "return dE_dX, dE_dW[::-1]", "in reversed(jacobians)"
WEIGHTS, STATE = "dE_dW.append(dE_dX @ dX_dW)", "dE_dX = dE_dX @ dX_dX"

SLIPS = (
    Slip(
        "these are columns; a gradient is a row, [1 x N].",
        (END, "return dE_dX.T, [row.T for row in dE_dW[::-1]]"),
        more="Rows come in, rows go out.",
    ),
    Slip(
        "a row has two dimensions here, [1 x N]; yours have one.",
        (END, "return dE_dX[0], [row[0] for row in dE_dW[::-1]]"),
        (END, "return dE_dX, [row[0] for row in dE_dW[::-1]]"),
        more="Keep the 1.",
    ),
    Slip(
        "the list is in the order of the sweep.",
        ("dE_dW[::-1]", "dE_dW"),
        more="The first entry belongs to W_1.",
    ),
    Slip(
        "each dE/dW_k is made with the row of the module's input.",
        (f"{WEIGHTS}\n        {STATE}", f"{STATE}\n        {WEIGHTS}"),
        more="W_k moves X_k, the output. Which row says what that does to E?",
    ),
    Slip(
        "the sweep starts at the wrong end.",
        (LOOP, "in jacobians"),
        (LOOP, "in jacobians", "[::-1]", ""),
        more="dE/dX_n belongs to the output of module n. Which pair comes first?",
    ),
    Slip("dX_k/dX_{k-1} is the wrong way round.", ("@ dX_dX", "@ dX_dX.T")),
    Slip(
        "each dE/dW_k is made with dE/dX_n.",
        ("dE_dW = []", "dE_dW, last = [], dE_dX", "dE_dX @ dX_dW", "last @ dX_dW"),
        more="By then the row has moved on.",
    ),
    Slip(
        "every module is given dE/dX_n.",
        (STATE, "answer = dE_dX @ dX_dX", "return dE_dX", "return answer"),
        more="What one has made is what the next needs.",
    ),
    Slip(
        "dE/dX_0 is dE/dX_1.",
        ("dE_dX @ dX_dX", "dE_dX @ dX_dX if len(dE_dW) < len(jacobians) else dE_dX"),
        more="The last step of the sweep is missing.",
    ),
    Told("return two things", ("return dE_dX, dE_dW[::-1]", "return [dE_dX, *dE_dW[::-1]]")),
    Told("the second thing to return is a list", (END, "return dE_dX, sum(dE_dW)")),
    Told("return 4 dE/dW_k; yours are 3", ("dE_dW[::-1]", "dE_dW[-2::-1]")),
    Told("changes dE_dX", ("dE_dX = dE_dX @ dX_dX", "dE_dX[...] = dE_dX @ dX_dX")),
)


def read(inputs: Values, outputs: Values) -> Values | Hint:
    """The rows in the order of the sweep, under their names."""
    found, n = outputs["rows"], len(inputs["jacobians"])
    if not isinstance(found, list | tuple) or len(found) != 2:
        return Hint("return two things: dE/dX_0, and a list with every dE/dW_k.")
    if not isinstance(found[1], list | tuple):
        return Hint("the second thing to return is a list with every dE/dW_k.")
    if len(found[1]) != n:
        return Hint(f"for {n} modules return {n} dE/dW_k; yours are {len(found[1])}.")
    names = [*(f"dE/dW_{k}" for k in range(n, 0, -1)), "dE/dX_0"]
    return {", ".join(names): [*found[1][::-1], found[0]], "products": outputs["products"]}


def judge(inputs: Values, got: Values, right: Values) -> Hint | None:
    return compare(got, {n: rows for n, rows in right.items() if n != "products"}) or wasteful(
        inputs["jacobians"], got["products"]
    )


def wasteful(pairs: Sequence[Any], products: Sequence[int]) -> Hint | None:
    """A hint if the right rows cost half as many multiplications again as they have to."""
    enough = sum(dX.size + dW.size for dX, dW in pairs)
    if sum(products) <= 1.5 * enough:
        return None
    counted = f"right, but with {sum(products):,} multiplications where {enough:,} do."
    if max(products) > max(max(dX.size, dW.size) for dX, dW in pairs):
        return Final(
            f"{counted} Two matrices were multiplied.",
            "It must be the row that travels: a row times a matrix is a row again.",
        )
    return Final(
        f"{counted} Some were done again and again.",
        "dE/dX_{k-1} is one product away from dE/dX_k. Does every module start from the top?",
    )


@stranger(recurrence, "Two matrices were multiplied")
def from_the_right(dE_dX, jacobians):
    product, dE_dW = np.eye(dE_dX.size), []
    for dX_dX, dX_dW in reversed(jacobians):
        dE_dW.append(dE_dX @ (product @ dX_dW))
        product = product @ dX_dX
    return dE_dX @ product, dE_dW[::-1]


@stranger(recurrence, "Two matrices were multiplied")
def from_the_right_with_einsum(dE_dX, jacobians):
    product = jacobians[-1][0]
    for dX_dX, _ in jacobians[-2::-1]:
        product = np.einsum("pq, qr -> pr", product, dX_dX)
    return dE_dX @ product, recurrence(dE_dX, jacobians)[1]


@stranger(recurrence, "Some were done again and again")
def from_the_top_every_time(dE_dX, jacobians):
    dE_dW = []
    for k, (_, dX_dW) in enumerate(jacobians):
        dE_dW.append(recurrence(dE_dX, jacobians[k + 1 :])[0] @ dX_dW)
    return recurrence(dE_dX, jacobians)[0], dE_dW


@stranger(recurrence, "changes jacobians")
def takes_the_pairs_out(dE_dX, jacobians):
    dE_dW = []
    while jacobians:
        dX_dX, dX_dW = jacobians.pop()
        dE_dW.insert(0, dE_dX @ dX_dW)
        dE_dX = dE_dX @ dX_dX
    return dE_dX, dE_dW


@equivalent(recurrence)
def in_columns(dE_dX, jacobians):
    column, dE_dW = dE_dX.T, []
    for dX_dX, dX_dW in reversed(jacobians):
        dE_dW.insert(0, (dX_dW.T @ column).T)
        column = dX_dX.T.dot(column)
    return column.T, tuple(dE_dW)


@equivalent(recurrence)
def number_by_number(dE_dX, jacobians):
    row, dE_dW = dE_dX, []
    for matrices in jacobians[::-1]:
        before, of_weights = (
            np.array([[sum(g * a for g, a in zip(row[0], column, strict=True)) for column in M.T]])
            for M in matrices
        )
        dE_dW.append(of_weights.reshape(1, -1))
        row = before
    return row, dE_dW[::-1]


@equivalent(recurrence)
def with_einsum_and_sums(dE_dX, jacobians):
    dE_dW = []
    for dX_dX, dX_dW in reversed(jacobians):
        dE_dW.append(np.einsum("ip,pq->iq", dE_dX, dX_dW))
        dE_dX = (dE_dX.T * dX_dX).sum(axis=0, keepdims=True)
    return dE_dX, dE_dW[::-1]


@equivalent(recurrence)
def with_an_ellipsis(dE_dX, jacobians):
    dE_dW = []
    for dX_dX, dX_dW in reversed(jacobians):
        dE_dW.insert(0, np.einsum("...i,ij->...j", dE_dX, dX_dW))
        dE_dX = np.einsum("i,ij", dE_dX[0], dX_dX, optimize=True)[np.newaxis]
    return dE_dX, dE_dW


@equivalent(recurrence)
def by_recursion(dE_dX, jacobians):
    if not jacobians:
        return dE_dX, []
    *others, (dX_dX, dX_dW) = jacobians
    first, weights = by_recursion.answer(np.dot(dE_dX, dX_dX), others)
    return first, [*weights, np.dot(dE_dX, dX_dW)]


@equivalent(recurrence)
def plain_arrays(dE_dX, jacobians):
    pairs = [(np.array(dX_dX), np.array(dX_dW)) for dX_dX, dX_dW in jacobians]
    return recurrence(np.array(dE_dX), pairs)


TASK = Task(
    recurrence,
    "The recurrence, by hand",
    difficulty=1,
    minutes=15,
    rows=("L29", "L30", "L32"),
    points=2,
    inputs=case,
    returns="dE/dX_0, dE/dW",
    slips=SLIPS,
    read=read,
    judge=judge,
)
