"""Tensor and Parameter: arrays that remember the step which made them; `backward`, the recurrence.

A step of the computation is X_k = F_k(X_{k-1}, W_k). The Tensor X_k keeps F_k and X_{k-1}; that is
the whole tape. `Tensor.backward` walks it from the last step to the first.
"""

from __future__ import annotations

import inspect
import itertools
from contextlib import ContextDecorator
from contextvars import ContextVar
from heapq import heappop, heappush
from typing import TYPE_CHECKING, Any

import numpy as np

from .advice import NUMBER, OPERATORS, missing_attribute, refusing

if TYPE_CHECKING:
    from .nn.module import Module

_no_grads = ContextVar("how many no_grad this thread is inside of", default=0)


def is_recording() -> bool:
    """True unless inside `no_grad`."""
    return _no_grads.get() == 0


class no_grad(ContextDecorator):
    """Inside this context (or in a function decorated with `@no_grad()`) nothing is recorded.

    It counts for the thread that is inside. Raises TypeError for a generator function, which would
    leave it at every `yield`.
    """

    def __enter__(self) -> None:
        _no_grads.set(_no_grads.get() + 1)

    def __exit__(self, *error: object) -> None:
        _no_grads.set(_no_grads.get() - 1)

    def __call__(self, function: Any) -> Any:
        if inspect.isgeneratorfunction(function) or inspect.iscoroutinefunction(function):
            raise TypeError(f"no_grad: {function.__name__} runs in pieces; write `with no_grad():`")
        return super().__call__(function)


class Tensor:
    """An array, and the step that made it: X_k = F_k(X_{k-1}).

    data           the numbers: a NumPy array, any shape
    requires_grad  whether dE/d(this) is wanted
    grad           dE/d(this): an array of the same shape, None until a `backward` reaches this leaf
    module         the module that made it, as it was at that call; None for a leaf
    inputs         the Tensors that the module was given; None once `backward` has used them
    """

    _clock = itertools.count()
    # array + tensor asks the Tensor; array * tensor is an error, not a guess
    __array_ufunc__ = None

    def __init__(
        self,
        data: Any,
        requires_grad: bool = False,
        module: Module | None = None,
        inputs: tuple[Tensor, ...] | None = (),
    ) -> None:
        self.data = data
        if requires_grad and self.dtype.kind != "f":
            raise TypeError(f"only float Tensors can require a gradient, got {self.dtype}")
        self.requires_grad = requires_grad
        self.grad = None
        self.module, self.inputs = module, inputs
        self.time = next(Tensor._clock)

    @property
    def data(self) -> np.ndarray:
        return self._data

    @data.setter
    def data(self, numbers: Any) -> None:
        array = np.asarray(numbers)
        if array.dtype.kind not in "fiub":
            raise TypeError(f"a Tensor holds real numbers, got an array of {array.dtype}")
        if array.dtype.kind != "f" and vars(self).get("requires_grad"):
            array = array.astype(self.dtype)  # what has a gradient stays a float
        self._data = array

    @property
    def grad(self) -> np.ndarray | None:
        return self._grad

    @grad.setter
    def grad(self, gradient: Any) -> None:
        array = None if gradient is None else np.asarray(gradient)
        if array is not None and array.shape != self.shape:
            raise ValueError(f"grad: expected an array of shape {self.shape}, got {array.shape}")
        self._grad = array

    def backward(self, gradient: Any = None) -> None:
        """dE/dX_{k-1} = dE/dX_k . dF_k/dX_{k-1}, from the step made last to the step made first.

        gradient: dE/d(this), an array of its shape; 1 if it is left out, for a single number.

        Adds dE/dX to `grad` of every leaf X that requires it; the modules on the way add dE/dW to
        their parameters. Each step's `bprop` is called once. The tape is used up: a second
        `backward` through it raises RuntimeError.
        """
        dE_d = {self: self._first_gradient(gradient)}  # dE/dX for every X still to be undone
        waiting = [(-self.time, id(self), self)]  # the same, as a heap
        while waiting:
            Y = heappop(waiting)[-1]  # made last: all who used it have answered
            dE_dY = dE_d.pop(Y)
            if Y.inputs is None:
                raise RuntimeError(
                    "backward: this tape was used before; go forward again, or detach what is kept"
                )
            if Y.module is None:
                Y.accumulate_grad(np.array(dE_dY))  # a copy: others may hold the same array
                continue
            for X, dE_dX in zip(Y.inputs, _gradients(Y.module, dE_dY, Y.inputs), strict=True):
                if X in dE_d:
                    dE_d[X] = dE_d[X] + dE_dX  # fan-out: gradients add
                elif X.requires_grad:
                    dE_d[X] = dE_dX
                    heappush(waiting, (-X.time, id(X), X))
            Y.module = Y.inputs = None

    def _first_gradient(self, gradient: Any) -> np.ndarray:
        if not self.requires_grad:
            raise RuntimeError(
                "backward: nothing that this Tensor was made from requires a gradient"
            )
        if gradient is None:
            if self.data.size != 1:
                raise RuntimeError(
                    f"backward: a Tensor of shape {self.shape} is no single number; "
                    "give backward an array of its shape"
                )
            gradient = 1
        elif np.shape(gradient) != self.shape:
            raise ValueError(
                f"backward: expected a gradient of shape {self.shape}, got {np.shape(gradient)}"
            )
        return np.full(self.shape, gradient, self.dtype)

    def accumulate_grad(self, gradient: np.ndarray) -> None:
        """Add to `grad`, in a new array: whoever holds the old one keeps its numbers.

        The first gradient is kept as it is if nobody else can hold it, and else copied.
        """
        if self.requires_grad:
            if self.grad is None:
                shared = gradient.base is not None or not gradient.flags.writeable
                self.grad = gradient.copy() if shared else gradient
            else:
                self.grad = self.grad + gradient

    def detach(self) -> Tensor:
        """The same array without its past: gradients stop here."""
        return Tensor(self.data)

    def numpy(self) -> np.ndarray:
        """The array itself, not a copy. RuntimeError if a gradient is wanted: `detach` first."""
        if self.requires_grad:
            raise RuntimeError("numpy: this Tensor requires a gradient; write x.detach().numpy()")
        return self.data

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        """For np.asarray(x) and all that calls it. RuntimeError where a gradient would be lost."""
        if self.requires_grad and is_recording():
            raise RuntimeError(
                "NumPy records nothing, and the gradient would end here. In a net write a module, "
                "such as x.view(...) for np.reshape; for the numbers alone x.data or x.detach()"
            )
        if copy is False and dtype is not None and self.dtype != dtype:
            raise ValueError(f"a Tensor of {self.dtype} cannot become {dtype} without a copy")
        array = self.data if dtype is None else self.data.astype(dtype, copy=False)
        return array.copy() if copy else array

    def item(self) -> Any:
        """The one number of a Tensor that has one, as a Python number."""
        if self.data.size != 1:
            raise ValueError(f"item: expected one number, got a Tensor of shape {self.shape}")
        return self.data.item()

    def nelement(self) -> int:
        """How many numbers it holds."""
        return self.data.size

    def view(self, *shape: int) -> Tensor:
        """The same numbers in another shape; one of the sizes may be -1."""
        from .nn.wiring import View

        return View(*shape)(self)

    def __add__(self, other: Any) -> Tensor:
        from .nn.wiring import Add

        if isinstance(other, (int, float)) and other == 0:  # sum() starts from 0
            return self
        return Add()(self, other)

    __radd__ = __add__

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(missing_attribute(name))

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        raise TypeError("are two Tensors one? `a is b`; equal numbers? `a.data == b.data`")

    __hash__ = object.__hash__

    def __format__(self, spec: str) -> str:
        if spec:
            raise TypeError(f"a Tensor does not take a format, {spec!r}: {NUMBER}")
        return str(self)

    def __bool__(self) -> bool:
        return bool(self.item())

    def __getstate__(self) -> dict[str, Any]:
        if self.module is not None:
            raise RuntimeError("a Tensor with a tape behind it cannot be copied: x.detach() can")
        return vars(self)

    @property
    def shape(self) -> tuple[int, ...]:
        return self.data.shape

    @property
    def dtype(self) -> np.dtype:
        return self.data.dtype

    @property
    def ndim(self) -> int:
        return self.data.ndim

    def __len__(self) -> int:
        return len(self.data)

    def __repr__(self) -> str:
        numbers = np.array2string(self.data, separator=", ", prefix="tensor(", threshold=100)
        if self.module is not None:
            made = f", module={type(self.module).__name__}"
        else:
            made = ", requires_grad=True" if self.requires_grad else ""
        kind = "" if self.dtype in (np.float32, np.int64, bool) else f", dtype={self.dtype}"
        return f"tensor({numbers}{kind}{made})"


for _symbol, (_names, _advice) in OPERATORS.items():
    for _name in _names:
        setattr(Tensor, f"__{_name}__", refusing(_symbol, _advice))


def _gradients(module: Module, dE_dY: np.ndarray, inputs: tuple[Tensor, ...]) -> tuple[Any, ...]:
    """What `module.bprop` gives; raises ValueError unless every wanted dE/dX has the shape of X."""
    given = module.bprop(dE_dY)
    gradients = given if isinstance(given, tuple) else (given,)
    got = [None if dE_dX is None else np.shape(dE_dX) for dE_dX in gradients]
    right = len(got) == len(inputs)
    if not right or any(X.requires_grad and X.shape != g for X, g in zip(inputs, got, strict=True)):
        expected = [X.shape for X in inputs]
        raise ValueError(f"{module}.bprop: expected gradients of shapes {expected}, got {got}")
    return gradients


def tape(output: Tensor) -> list[Tensor]:
    """Every Tensor behind `output` that a module made, and itself, in the order they were made."""
    found, waiting = set(), [output]
    while waiting:
        X = waiting.pop()
        if X.module is not None and X not in found:
            found.add(X)
            waiting.extend(X.inputs or ())
    return sorted(found, key=lambda X: X.time)


class Parameter(Tensor):
    """A trainable Tensor. Modules may share one; its gradient is the sum over all its uses."""

    def __init__(self, data: Any, requires_grad: bool = True) -> None:
        super().__init__(data if hasattr(data, "dtype") else np.float32(data), requires_grad)

    def __repr__(self) -> str:
        return f"Parameter({super().__repr__()})"
