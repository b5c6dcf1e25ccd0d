"""What a constructor takes: numbers, sizes, and of torch's options those that dlcore has."""

from __future__ import annotations

import math
from typing import Any

import numpy as np


def refuse(module: object, default: Any = None, **options: Any) -> None:
    """Raise NotImplementedError that names each torch option which is not at its default."""
    name = type(module).__name__
    given = {option: value for option, value in options.items() if value is not default}
    if any(hasattr(value, "shape") for value in given.values()):
        raise TypeError(f"{name}(...) makes a module, which is then called: {name}()(x)")
    asked = [f"{option}={value!r}" for option, value in given.items() if value != default]
    if asked:
        raise NotImplementedError(f"{name}: dlcore does not have {', '.join(asked)}")


def positive_int(module: object, **sizes: Any) -> None:
    """Raise TypeError or ValueError unless every named size is an int of at least 1."""
    for name, value in sizes.items():
        if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
            raise TypeError(f"{type(module).__name__}: {name} should be an int, got {value!r}")
        if value < 1:
            raise ValueError(f"{type(module).__name__}: {name} should be at least 1, got {value}")


def number(module: object, name: str, value: Any, above: float = -math.inf) -> float:
    """`value` as a Python number, which leaves the dtype of an array alone.

    Raises TypeError unless it is a real number, ValueError unless above < value < infinity.
    """
    if isinstance(value, bool) or not isinstance(value, (int, float, np.integer, np.floating)):
        raise TypeError(f"{type(module).__name__}: {name} should be a number, got {value!r}")
    if not above < value < math.inf:
        wanted = "finite" if above == -math.inf else f"finite and greater than {above}"
        raise ValueError(f"{type(module).__name__}: {name} should be {wanted}, got {value}")
    return value.item() if isinstance(value, np.generic) else value


def pair(module: object, name: str, value: Any, least: int = 1) -> tuple[int, int]:
    """(height, width), from an int for both or from two ints.

    Raises TypeError unless they are ints, ValueError unless each is at least `least`.
    """
    both = tuple(value) if isinstance(value, (tuple, list)) else (value, value)
    ints = [n for n in both if isinstance(n, (int, np.integer)) and not isinstance(n, bool)]
    if len(both) != 2 or len(ints) != 2:
        wanted = f"{name} should be an int or a pair of ints"
        raise TypeError(f"{type(module).__name__}: {wanted}, got {value!r}")
    if min(ints) < least:
        raise ValueError(f"{type(module).__name__}: {name} should be at least {least}, got {value}")
    return int(ints[0]), int(ints[1])
