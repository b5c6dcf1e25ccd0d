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
            plain = [np.asarray(X) for X in args[1:]]
            Counted.products.append(indices(args[0], plain))
            return np.asarray(np.einsum(args[0], *plain, **kwargs)).view(Counted)
        return super().__array_function__(function, types, args, kwargs)

    def dot(self, other: Any, out: Any = None) -> Any:
        return np.dot(self, other)


def indices(subscripts: str, arrays: list[np.ndarray]) -> int:
    """How many combinations of indices an einsum runs through."""
    sizes: dict[str, int] = {}
    terms = subscripts.replace(" ", "").partition("->")[0].split(",")
    for term, X in zip(terms, arrays):
        first, dots, last = term.partition("...")
        hidden = ["." * k for k in range(X.ndim - len(first) - len(last), 0, -1)] if dots else []
        sizes |= zip([*first, *hidden, *last], X.shape, strict=True)
    return math.prod(sizes.values())


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
    """Of a parabola; of a function that gives a view; of one that gives a number of Python's.

    The first X lies in memory column by column.
    """
    X, h = inputs["X"], inputs["h"]
    return {
        "the Jacobian": answer(parabola(inputs), np.asfortranarray(X), h),
        "the Jacobian of X.T": answer(np.transpose, X, h),
        "the Jacobian of the sum of squares": answer(lambda X: np.sum(X**2).item(), X, h),
        "X": X,
    }


def recurrence(answer: Any, inputs: Values) -> Values:
    row = inputs["dE_dX"].view(Counted)
    pairs = [(dX.view(Counted), dW.view(Counted)) for dX, dW in inputs["jacobians"]]
    Counted.products.clear()
    rows = answer(row, pairs)
    return {"rows": rows, "products": Counted.products, "dE_dX": row, "jacobians": pairs}


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
    """For each graph what was found for each leaf, and for how many other values; the calls."""
    outcomes = []
    for graph, dE_dY in zip(inputs["graphs"].values(), inputs["dE_dY"], strict=True):
        calls: list[str] = []
        values = [
            dl.tensor(leaf, requires_grad=wanted)
            for leaf, wanted in zip(graph["leaves"], graph["wanted"], strict=True)
        ]
        leaves = list(values)
        for kind, used in graph["steps"]:
            values.append(calling(KINDS[kind], calls)(*(values[i] for i in used)))
        found = answer(values[-1], dE_dY)
        outcome: Values = {"calls": len(calls)}
        if isinstance(found, dict):
            outcome["found"] = [found.get(leaf) for leaf in leaves]
            outcome["others"] = len(set(found) - set(leaves))
        else:
            outcome["found"] = f"a {type(found).__name__}"
        outcomes.append(outcome)
    return {"outcomes": outcomes, "dE_dY": inputs["dE_dY"]}


def operations(answer: Any, inputs: Values) -> Values:
    cases = zip(inputs["sizes"], inputs["batches"], strict=True)
    return {"counts": [answer(sizes, batch) for sizes, batch in cases], "sizes": inputs["sizes"]}


def gradient_check(answer: Any, inputs: Values) -> Values:
    """Each suspect is built from its source, right or wrong, and handed to the answer."""
    verdicts = []
    for suspect in inputs["suspects"]:
        scope: Values = {"np": np, "dl": dl, "nn": nn}
        exec(suspect["source"], scope)
        scope["Suspect"].bprop = scope["Suspect"].bprop.__wrapped__  # unguarded
        verdicts.append(answer(scope["Suspect"](*suspect["arguments"]), inputs["X"]))
    return {"verdicts": verdicts, "X": inputs["X"]}
