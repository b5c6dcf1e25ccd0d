"""What every fprop and bprop is held to, whoever wrote it: the rules 1, 2, 4 and 7 of dlcore.

`Module` guards the methods of each class that is made from it.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from ..tensor import Parameter
from .checks import InputError

if TYPE_CHECKING:
    from .module import Module

Method = Callable[..., Any]


def guarded_fprop(fprop: Method) -> Method:
    """fprop, on arrays that it cannot write into. TypeError if it gives nothing."""

    @functools.wraps(fprop)
    def guarded(self: Module, *arrays: Any) -> Any:
        try:
            Y = fprop(self, *[read_only(X) for X in arrays])
        except ValueError as error:
            explain(self, "fprop", "X", error)
            raise
        if Y is None:
            raise TypeError(f"{type(self).__name__}.fprop gave None: does it end in `return`?")
        return Y

    return guarded


def guarded_bprop(bprop: Method) -> Method:
    """bprop, on a dE/dY like the Y that fprop kept, which it cannot write into.

    Raises InputError if it has another shape or dtype, RuntimeError if there was no fprop.
    """

    @functools.wraps(bprop)
    def guarded(self: Module, *dE_dY: Any) -> Any:
        Y = vars(self).get("Y")
        if Y is not None and dE_dY and not alike(Y, *dE_dY):
            check_gradients(self, Y if isinstance(Y, tuple) else (Y,), dE_dY)
        try:
            return bprop(self, *[read_only(g) for g in dE_dY])
        except ValueError as error:
            explain(self, "bprop", "dE/dY", error)
            raise
        except AttributeError as error:
            if Y is not None:
                raise
            name = type(self).__name__
            raise RuntimeError(f"{name}.bprop: call fprop first, {error}") from error

    return guarded


def guarded_init(init: Method) -> Method:
    """A constructor, after which no parameter can be written over by what is none."""

    @functools.wraps(init)
    def guarded(self: Module, *arguments: Any, **options: Any) -> None:
        init(self, *arguments, **options)
        for name, value in vars(self).items():
            if isinstance(value, Parameter) and not hasattr(type(self), name):
                setattr(type(self), name, HoldsParameter(name))

    return guarded


class HoldsParameter:
    """An attribute of a class of modules, which keep what it holds as they keep any other."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __get__(self, module: Module | None, owner: type) -> Any:
        if module is None:
            return self
        if self.name not in vars(module):
            raise AttributeError(f"{owner.__name__} has no attribute {self.name!r}")
        return vars(module)[self.name]

    def __set__(self, module: Module, value: Any) -> None:
        held = vars(module).get(self.name)
        if isinstance(held, Parameter) and not isinstance(value, Parameter | None):
            new = f"its numbers are in .{self.name}.data, and another one is a Parameter"
            raise TypeError(f"{type(module).__name__}.{self.name} is a Parameter: {new}")
        vars(module)[self.name] = value

    def __delete__(self, module: Module) -> None:
        del vars(module)[self.name]


def alike(Y: Any, g: Any, *others: Any) -> bool:
    """Whether these are two arrays of one shape and dtype: so it is nearly always, and quick."""
    both = type(Y) is type(g) is np.ndarray and not others
    return both and Y.shape == g.shape and Y.dtype == g.dtype


def check_gradients(module: Module, outputs: tuple[Any, ...], dE_dY: tuple[Any, ...]) -> None:
    """Raise InputError unless there is an array like each output; for a number, any number."""
    if len(dE_dY) != len(outputs):
        raise InputError(module, f"{len(outputs)} gradients dE/dY", f"{len(dE_dY)}")
    for Y, g in zip(outputs, dE_dY, strict=True):
        if np.shape(g) != Y.shape:
            raise InputError(module, f"dE/dY of the shape of Y, {Y.shape}", f"{np.shape(g)}")
        if not isinstance(g, (np.ndarray, np.generic)):
            if Y.ndim:
                raise InputError(module, "dE/dY as a NumPy array", type(g).__name__)
        elif g.dtype != Y.dtype:
            advice = f"convert it, e.g. dE_dY.astype(np.{Y.dtype})"
            raise InputError(module, f"dE/dY of the dtype of Y, {Y.dtype}", f"{g.dtype}: {advice}")


def read_only(array: Any) -> Any:
    """A view of the array that cannot be written into; anything else as it is."""
    if isinstance(array, np.ndarray):
        array = array.view()
        array.setflags(write=False)
    return array


def explain(module: Module, method: str, what: str, error: ValueError) -> None:
    """Note the place in the net; where NumPy was kept from writing, raise with what into."""
    if isinstance(error, InputError):
        error.locate(module)
    elif str(error).endswith("is read-only"):
        where = f"{type(module).__name__}.{method} writes into {what}"
        raise ValueError(
            f"{where}, which is read-only: others have it, too. Make a new array"
        ) from error
