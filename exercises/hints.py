"""What a judge uses to say how an answer differs, without giving away what is right.

What answers give is plain data: numbers, texts, arrays, and lists, tuples and dicts of these.
"""

from typing import Any, NamedTuple

import numpy as np

from .inside.wire import Odd


class Hint(NamedTuple):
    """What to say of a wrong answer, and what more to say when it comes again."""

    says: str
    more: str = ""


class Final(Hint):
    """A hint of a judge's that stands, whatever slip gives the same."""


def compare(
    got: dict[str, Any], right: dict[str, Any], tolerance: float | None = None
) -> Hint | None:
    """None if these are what the right answer gives, else the next useful hint. See `same`."""
    differences = (differs(name, got[name], want, tolerance) for name, want in right.items())
    return next(filter(None, differences), None)


def differs(name: str, got: Any, want: Any, tolerance: float | None = None) -> Hint | None:
    """As `same`, also for texts, None, and lists, tuples and dicts.

    The parts of a list have names if `name` has as many, as in "dE/dW, dE/dX"; else they are
    counted from 1. A part of a dict is called "name: key".
    """
    if isinstance(want, list | tuple):
        names, wanted = name.split(", "), f"{name} should be a list of {len(want)}"
        if len(names) == len(want) > 1:
            wanted = f"return {len(want)} things, {', '.join(names[:-1])} and {names[-1]}"
        else:
            names = [f"{name}, number {k}" for k in range(1, len(want) + 1)]
        if isinstance(got, Odd) or not isinstance(got, list | tuple):
            return Hint(f"{wanted}; yours is {kind(got)}.")
        if len(got) != len(want):
            return Hint(f"{wanted}; yours are {len(got)}.")
        return next(filter(None, map(differs, names, got, want, [tolerance] * len(want))), None)
    if isinstance(want, dict):
        if not isinstance(got, dict):
            return Hint(f"{name} should be a dict; yours is {kind(got)}.")
        parts = (differs(f"{name}: {k}", got.get(k), part, tolerance) for k, part in want.items())
        return next(filter(None, parts), None)
    if want is None or isinstance(want, str):
        return None if alike(got, want) else Hint(f"{name} is wrong.")
    return same(name, got, want, tolerance)


def kind(got: Any) -> str:
    return got.what if isinstance(got, Odd) else f"of type {type(got).__name__}"


def alike(got: Any, other: Any, tolerance: float | None = None) -> bool:
    """Whether these are the same numbers, texts and None in the same places."""
    if isinstance(other, list | tuple):
        pairs = isinstance(got, list | tuple) and len(got) == len(other)
        return pairs and all(alike(a, b, tolerance) for a, b in zip(got, other, strict=True))
    if isinstance(other, dict):
        pairs = isinstance(got, dict) and got.keys() == other.keys()
        return pairs and all(alike(got[key], other[key], tolerance) for key in other)
    if other is None or isinstance(other, str):
        return type(got) is type(other) and got == other
    got, other = as_float(got), np.asarray(as_float(other))
    return not misfit("", got, other) and close(
        got, other, tolerance_of(got, other) if tolerance is None else tolerance
    )


def same(name: str, got: Any, want: Any, tolerance: float | None = None) -> Hint | None:
    """None if `got` is the number or array `want`, else the next useful hint.

    tolerance: largest difference, as a share of the largest entry of `want`; by default what the
    coarser of the two dtypes allows: 1e-6 for float64, 1e-4 for float32, 1e-2 for float16.
    """
    got, want = as_float(got), np.asarray(as_float(want))
    if tolerance is None:
        tolerance = tolerance_of(got, want)
    hint = misfit(name, got, want)
    if not hint and close(got, want, tolerance):
        return None
    return hint or difference(name, got, want, tolerance)


def as_float(value: Any) -> Any:
    """A whole number as a float, one that has none as infinity; anything else as it is."""
    if isinstance(value, int):
        return float(value) if abs(value) < 2**1023 else np.inf
    return value


def unchanged(name: str, after: Any, before: Any) -> Hint | None:
    """None if what was handed to the answer, an array or a list of some, is as it was."""
    if untouched(after, before):
        return None
    return Hint(
        f"your code changes {name}, which is not its own.",
        f"`{name} += ...` and `{name}[...] = ...` write into the caller's array, and so does "
        "`out=`; pop and reverse change a list. Make a new one.",
    )


def untouched(after: Any, before: Any) -> bool:
    if isinstance(before, np.ndarray):
        return isinstance(after, np.ndarray) and np.array_equal(after, before, equal_nan=True)
    if isinstance(before, dict):
        pairs = isinstance(after, dict) and list(after) == list(before)
        return pairs and all(untouched(after[key], before[key]) for key in before)
    if isinstance(before, list | tuple):
        pairs = isinstance(after, list | tuple) and len(after) == len(before)
        return pairs and all(map(untouched, after, before))
    return type(after) is type(before) and after == before


def misfit(name: str, got: Any, want: np.ndarray) -> Hint | None:
    """A hint if `got` cannot be compared with `want`: type, shape, complex numbers, nan."""
    expected = f"an array of shape {want.shape}" if want.ndim else "a number"
    if got is None:
        return Hint(f"{name} is None.", "Does every way through your code end in `return`?")
    if not isinstance(got, np.ndarray | np.generic) and (want.ndim or not isinstance(got, float)):
        return Hint(f"{name} should be {expected}; yours is {kind(got)}.")
    got = np.asarray(got)
    if got.shape != want.shape:
        more = "It looks transposed." if got.T.shape == want.shape else ""
        return Hint(f"{name} should be {expected}; yours has shape {got.shape}.", more)
    if got.dtype.kind == "c" and want.dtype.kind != "c":
        return Hint(f"{name} should be real; yours is complex.")
    bad = ~np.isfinite(got) & np.isfinite(want)
    if bad.any():
        return Hint(
            f"{name} is not finite: {got[bad][0]}{first(bad)}.",
            "Look for a division by 0, the log of 0, or the exp of a large number.",
        )
    return None


def difference(name: str, got: Any, want: np.ndarray, tolerance: float) -> Hint:
    """How numbers of one shape differ: by the sign, by a factor, transposed, or just somewhere."""
    got, want = np.asarray(got) + 0.0, want + 0.0  # bools and unsigned numbers have no minus
    if close(got, -want, tolerance):
        return Hint(f"{name} has the wrong sign.")
    if want.ndim == 2 and want.shape[0] == want.shape[1] and close(got, want.T, tolerance):
        return Hint(f"{name} is transposed.")
    if want.size > 1 and np.isfinite(want).all() and want.any():
        factor = np.vdot(want, got).real / np.vdot(want, want).real
        if factor and close(got, factor * want, tolerance * min(1, abs(factor))):
            return Hint(f"{name} is {factor:.3g} times what it should be.", too_much(factor))
    off = ~np.isclose(got, want, tolerance, tolerance * scale(want), equal_nan=True)
    worst = np.max(np.abs(got - want), where=off & np.isfinite(want), initial=0)
    where = f" in {off.sum()} of {off.size} entries, the first{first(off)}" if want.ndim else ""
    return Hint(f"{name} is wrong{where}; the largest difference is {worst:.2g}.")


def too_much(factor: float) -> str:
    if abs(factor) > 1:
        return "Is something summed that should be averaged, or counted twice?"
    return "Is something averaged that should be summed, or left out?"


def tolerance_of(*numbers: Any) -> float:
    dtypes = [number.dtype for number in numbers if isinstance(number, np.ndarray | np.generic)]
    digits = min((np.finfo(t).precision for t in dtypes if t.kind in "fc"), default=15)
    return 1e-6 if digits >= 15 else 1e-4 if digits >= 6 else 1e-2


def close(got: Any, want: np.ndarray, tolerance: float) -> bool:
    return np.allclose(got, want, tolerance, tolerance * scale(want), equal_nan=True)


def scale(want: np.ndarray) -> float:
    """The largest finite entry; 1 if there is none but 0."""
    return float(np.max(np.abs(want), where=np.isfinite(want), initial=0)) or 1.0


def first(where: np.ndarray) -> str:
    """The index of the first True, if it takes an index to say it."""
    return f" at {np.argwhere(where)[0].tolist()}" if where.ndim else ""
