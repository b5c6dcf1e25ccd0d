"""Predict, then count: what forward and backward cost, in multiplications."""
# mypy: allow-untyped-defs, allow-untyped-calls

from itertools import pairwise

import numpy as np

from dlcore import nn
from exercises.hints import Hint
from exercises.slips import Slip, Told, equivalent, stranger
from exercises.task import Task, Values


def case(seed: int) -> Values:
    """Four cascades of one to four Linear modules, no size twice in one of them, and batches."""
    random = np.random.default_rng(seed)
    return {
        "sizes": [(2 + random.permutation(12)[: n + 1]).tolist() for n in (2, 1, 3, 4)],
        "batches": random.permutation([3, 4, 5, 7]).tolist(),
    }


def operations(sizes, batch):
    products = [batch * n_in * n_out for n_in, n_out in pairwise(sizes)]
    forward = sum(products)
    return forward, 2 * forward, 2 * forward - products[0]


EACH, END = "batch * n_in * n_out", "return forward, 2 * forward, 2 * forward - products[0]"


def back(both: str, lean: str) -> tuple[str, str]:
    """The change that counts the way back so; f is forward, first, last and out are as they say."""
    names = {"f": "forward", "first": "products[0]", "last": "products[-1]"}
    names |= {"out": "batch * sum(sizes[1:])", "n_w": "forward // batch"}
    counts = "".join(f"{name} = {value}; " for name, value in names.items())
    return END, f"{counts}return f, {both}, {lean}"


SLIPS = (
    Slip(
        "{it}, biases are counted.",
        (EACH, "batch * (n_in + 1) * n_out"),
        (EACH, f"{EACH} + n_out"),
        back("2 * f + out", "2 * f + out - first"),
        back("2 * f + sum(sizes[1:])", "2 * f + sum(sizes[1:]) - first"),
        back("2 * f + 2 * out", "2 * f + 2 * out - first"),
        more="They are added, and nothing multiplies them.",
    ),
    Slip(
        "{it}, additions are not counted.",
        (EACH, f"2 * {EACH}"),
        (EACH, "batch * (2 * n_in - 1) * n_out"),
    ),
    Slip("{it}, the batch is in there twice.", (EACH, f"batch * {EACH}")),
    Slip("{it}, the batch is left out.", (EACH, "n_in * n_out"), more="Each sample meets each W."),
    Slip(
        "{it}, a module is left out.",
        ("in pairwise(sizes)", "in pairwise(sizes[:-1] if len(sizes) > 2 else sizes)"),
        ("in pairwise(sizes)", "in pairwise(sizes[1:] if len(sizes) > 2 else sizes)"),
    ),
    Slip(
        "{it}, a module has two products.",
        back("f", "f - first"),
        back("f", "f"),
        more="One makes dE/dW_k, the other dE/dX_{k-1}. How large is each?",
    ),
    Slip(
        "{it}, dE/dW_k takes as many products as there are weights, for each sample.",
        back("f + n_w", "f + n_w - first"),
        back("2 * n_w", "2 * n_w - first // batch"),
        more="Every sample has its say on every weight.",
    ),
    Slip(
        "{it}: count the way back alone, without the forward pass before it.",
        back("3 * f", "3 * f - first"),
        back("3 * f", "2 * f - first"),
        back("2 * f", "3 * f - first"),
    ),
    Slip(
        "{it}: with dE/dX_0 every module makes both of its products.",
        back("2 * f - last", "2 * f - last - first"),
        back("2 * f - first", "2 * f - 2 * first"),
        back("2 * f - first", "2 * f - first"),
        more="Is one of dE/dW_k or dE/dX_{k-1} left out?",
    ),
    Slip("{it}: the last two numbers are the other way round.", back("2 * f - first", "2 * f")),
    Slip(
        "{it}: dE/dX_0 is not wanted, and you count the product that makes it.",
        back("2 * f", "2 * f"),
        more="Which module makes dE/dX_0, and how large is that product?",
    ),
    Slip(
        "{it}: without dE/dX_0 something else falls away.",
        back("2 * f", "2 * f - 2 * first"),
        back("2 * f", "2 * f - last"),
        back("2 * f", "f"),
        back("2 * f", "2 * f - first - last"),
        more="It is one product, the one that makes dE/dX_0. Which module's? What else is it for?",
    ),
    Slip("{it}: that product, too, is for each sample.", back("2 * f", "2 * f - first // batch")),
    Slip("{it}: this is what falls away. What is left?", back("2 * f", "first")),
    Told("return three numbers", (END, "return forward, 2 * forward")),
    Told("return three numbers", (END, "return forward")),
)


def read(inputs: Values, outputs: Values) -> Values | Hint:
    """For each cascade, the count of the way forward, then the two of the way back."""
    got = {}
    for sizes, batch, count in zip(
        inputs["sizes"], inputs["batches"], outputs["counts"], strict=True
    ):
        if isinstance(count, np.ndarray) and count.shape == (3,):
            count = count.tolist()
        if not isinstance(count, list | tuple) or len(count) != 3:
            return Hint("return three numbers: forward, backward, backward without dE/dX_0.")
        where = f"{'-'.join(map(str, sizes))}, batch {batch}"
        got[f"{where}: forward"] = count[0]
        got[where] = {"backward": count[1], "backward without dE/dX_0": count[2]}
    return got


@stranger(operations, "a module has two products")
def one_loop_backwards(sizes, batch):
    forward = backward = 0
    for n_in, n_out in pairwise(sizes):
        forward += n_in * n_out * batch
    for k in reversed(range(len(sizes) - 1)):
        backward += sizes[k] * sizes[k + 1] * batch
    return np.array([forward, backward, backward - sizes[0] * sizes[1] * batch])


@stranger(operations, "this task is to be done without dlcore.nn.Linear")
def measured(sizes, batch):
    net = nn.Sequential(*(nn.Linear(n_in, n_out) for n_in, n_out in pairwise(sizes)))
    return net.fprop(np.ones((batch, sizes[0]), np.float32)).size, 0, 0


@equivalent(operations)
def as_an_array(sizes, batch):
    n = np.array(sizes)
    forward = batch * (n[1:] @ n[:-1])
    return np.array([forward, 2 * forward, 2 * forward - batch * n[0] * n[1]], dtype=np.float64)


@equivalent(operations)
def product_by_product(sizes, batch):
    forward = backward = lean = 0
    for k in range(len(sizes) - 1, 0, -1):
        for _ in range(batch):
            forward += sizes[k] * sizes[k - 1]
            backward += 2 * sizes[k] * sizes[k - 1]
            lean += (1 if k == 1 else 2) * sizes[k] * sizes[k - 1]
    return [forward, backward, lean]


TASK = Task(
    operations,
    "Predict, then count",
    difficulty=1,
    minutes=10,
    rows=("L32",),
    points=2,
    inputs=case,
    returns="forward, backward, without dE/dX_0",
    slips=SLIPS,
    forbids=("dlcore.nn.Linear",),
    read=read,
    tolerance=1e-12,
    shows=False,
)
