"""How answers are tried. This file stands beside student code, so no answer is in here."""

import math
from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np

import dlcore as dl
from dlcore import nn

Values = dict[str, Any]


class Counted(np.ndarray):
    """An array that counts the multiplications of `@`, `np.dot`, `*` and `np.einsum`.

    Each product that a Counted takes part in adds its number to the list `Counted.products`.
    """

    products: ClassVar[list[int]] = []

    def __array_ufunc__(
        self, ufunc: Any, method: str, *inputs: Any, out: Any = (), **options: Any
    ) -> Any:
        plain, out = ([np.asarray(X) for X in Xs] for Xs in (inputs, out))
        if out:
            options["out"] = tuple(out)
        result = getattr(ufunc, method)(*plain, **options)
        if method == "__call__" and ufunc is np.matmul:
            Counted.products.append(np.size(result) * plain[0].shape[-1])
        elif method == "__call__" and ufunc is np.multiply:
            Counted.products.append(np.size(result))
        return np.asarray(result).view(Counted)

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        if function is np.dot and {np.ndim(X) for X in args[:2]} <= {1, 2}:
            return np.matmul(*args, **kwargs)
        if function is np.einsum and isinstance(args[0], str):
            terms = args[0].replace(" ", "").partition("->")[0].split(",")
            pairs = zip(terms, args[1:], strict=False)
            sizes = dict(pair for term, X in pairs for pair in zip(term, X.shape, strict=False))
            Counted.products.append(math.prod(sizes.values()))
        return super().__array_function__(function, types, args, kwargs)

    def dot(self, other: Any, out: Any = None) -> Any:
        return np.dot(self, other)


# --- jacobian -------------------------------------------------------------------------------------


def parabola(problem: Values) -> Callable[[Any], np.ndarray]:
    """Y = A.x + x^T.H.x for each entry of Y, where x are the numbers of X in C order."""
    A, H = problem["A"], problem["H"]
    shape = problem["X"].shape

    def function(X: Any) -> np.ndarray:
        if np.shape(X) != shape:
            raise ValueError(f"this function takes an array of shape {shape}, got {np.shape(X)}")
        x = np.ravel(X)
        return (A @ x + np.einsum("pqr,q,r->p", H, x, x)).reshape(problem["shape_out"])

    return function


def jacobian(answer: Any, inputs: Values) -> Values:
    return {"J": answer(parabola(inputs), inputs["X"], inputs["h"]), "X": inputs["X"]}


# --- recurrence -----------------------------------------------------------------------------------


def recurrence(answer: Any, inputs: Values) -> Values:
    row = inputs["dE_dX"].view(Counted)
    pairs = [(dX.view(Counted), dW.view(Counted)) for dX, dW in inputs["jacobians"]]
    Counted.products.clear()
    rows = answer(row, pairs)
    return {"rows": rows, "products": Counted.products, **inputs}


# --- through_time ---------------------------------------------------------------------------------


def through_time(answer: Any, inputs: Values) -> Values:
    W, X0, dE_dX = inputs["W"], inputs["X0"], inputs["dE_dX"]
    return {"gradients": answer(W, X0, dE_dX, inputs["n"]), "W": W, "X0": X0, "dE_dX": dE_dX}


# --- gradients ------------------------------------------------------------------------------------


class Times(nn.Module):
    """Y = X1 * X2, entry by entry. No gradient is computed that nobody needs."""

    def fprop(self, *arrays: np.ndarray) -> np.ndarray:
        self.X1, self.X2 = arrays
        return self.X1 * self.X2

    def bprop(self, dE_dY: np.ndarray) -> tuple[np.ndarray | None, ...]:
        pairs = zip(self.needs_input_grad, (self.X2, self.X1), strict=True)
        return tuple(dE_dY * other if needed else None for needed, other in pairs)


KINDS: dict[str, type[nn.Module]] = {
    "relu": nn.ReLU,
    "tanh": nn.Tanh,
    "add": nn.Add,
    "times": Times,
}


def calling(kind: type[nn.Module], calls: list[str]) -> nn.Module:
    """A module of this kind that notes every call of its bprop."""

    class Noted(kind):  # type: ignore[misc, valid-type]
        def bprop(self, dE_dY: np.ndarray) -> Any:
            calls.append(kind.__name__)
            return super().bprop(dE_dY)

    return Noted()


def gradients(answer: Any, inputs: Values) -> Values:
    """For each graph what was found for each leaf, how often bprop was called, and dE_dY."""
    outcomes = []
    for graph in inputs["graphs"]:
        calls: list[str] = []
        values = [
            dl.tensor(leaf, requires_grad=wanted)
            for leaf, wanted in zip(graph["leaves"], graph["wanted"], strict=True)
        ]
        leaves = list(values)
        for kind, used in graph["steps"]:
            values.append(calling(KINDS[kind], calls)(*(values[i] for i in used)))
        found = answer(values[-1], graph["dE_dY"])
        by_leaf = [found.get(leaf) for leaf in leaves] if isinstance(found, dict) else None
        outcomes.append({"found": by_leaf, "calls": len(calls), "dE_dY": graph["dE_dY"]})
    return {"outcomes": outcomes}


# --- operations -----------------------------------------------------------------------------------


def operations(answer: Any, inputs: Values) -> Values:
    return {
        "counts": [
            answer(list(sizes), batch)
            for sizes, batch in zip(inputs["sizes"], inputs["batches"], strict=True)
        ]
    }
