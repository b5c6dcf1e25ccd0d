"""What a judge uses to say how an answer differs, without giving away what is right."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np

from .inside.wire import Odd


class Hint(NamedTuple):
    """What to say of a wrong answer, and what more to say when it comes again."""

    says: str
    more: str = ""


def same(
    name: str,
    got: Any,
    want: Any,
    slips: Iterable[tuple[Any, Hint]] = (),
    tolerance: float | None = None,
) -> Hint | None:
    """None if `got` is the number or array `want`, else the next useful hint.

    slips: pairs of what a likely slip would have given, and the hint for it.
    tolerance: largest difference, as a share of the largest entry of `want`; by default what the
    coarser of the two dtypes allows: 1e-6 for float64, 1e-4 for float32, 1e-2 for float16.
    """
    want = np.asarray(want)
    if isinstance(got, int):
        got = float(got) if abs(got) < 2**1023 else np.inf
    if tolerance is None:
        tolerance = tolerance_of(got, want)
    hint = misfit(name, got, want)
    if not hint and close(got, want, tolerance):
        return None
    if isinstance(got, np.ndarray | np.generic | float):
        for wrong, slip in slips:
            if np.shape(got) == np.shape(wrong) and close(got, np.asarray(wrong), tolerance):
                return slip
    return hint or difference(name, got, want, tolerance)


def all_same(
    names: Sequence[str],
    got: Sequence[Any],
    want: Sequence[Any],
    slips: Iterable[tuple[Sequence[Any], Hint]] = (),
) -> Hint | None:
    """None if each of `got` is what it should be, else the next useful hint.

    A slip is known by all of its arrays together: one of them may well be right by chance.
    """
    for name, found, wanted in zip(names, got, want, strict=True):
        hint = same(name, found, wanted)
        if hint:
            return next((slip for wrong, slip in slips if alike(got, wrong)), hint)
    return None


def alike(got: Sequence[Any], other: Sequence[Any]) -> bool:
    """Whether all of these are arrays, and the same ones."""
    return all(
        isinstance(array, np.ndarray) and not same("", array, wrong)
        for array, wrong in zip(got, other, strict=True)
    )


def unchanged(name: str, after: Any, before: np.ndarray) -> Hint | None:
    """None if an array that was handed to the answer is as it was, else a hint."""
    if isinstance(after, np.ndarray) and np.array_equal(after, before):
        return None
    return Hint(
        f"your code changes {name}, which is not its own.",
        f"`{name} += ...` and `{name}[...] = ...` write into the caller's array. Make a new one.",
    )


def misfit(name: str, got: Any, want: np.ndarray) -> Hint | None:
    """A hint if `got` cannot be compared with `want`: type, shape, complex numbers, nan."""
    expected = f"an array of shape {want.shape}" if want.ndim else "a number"
    if got is None:
        return Hint(f"{name} is None.", "Does every way through your code end in `return`?")
    if isinstance(got, Odd):
        return Hint(f"{name} should be {expected}; yours is {got.what}.")
    if not isinstance(got, np.ndarray | np.generic) and (want.ndim or not isinstance(got, float)):
        return Hint(f"{name} should be {expected}; yours is of type {type(got).__name__}.")
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
            return Hint(
                f"{name} is {factor:.3g} times what it should be.",
                "Is something summed that should be averaged, left out, or counted twice?",
            )
    off = ~np.isclose(got, want, tolerance, tolerance * scale(want), equal_nan=True)
    worst = np.max(np.abs(got - want), where=off & np.isfinite(want), initial=0)
    where = f" in {off.sum()} of {off.size} entries, the first{first(off)}" if want.ndim else ""
    return Hint(f"{name} is wrong{where}; the largest difference is {worst:.2g}.")


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
