"""Jacobians, measured by wiggling and read from `bprop`, and the check that the two agree (L29).

Element (p, q) of a Jacobian says how much output p wiggles when input q is wiggled. Outputs and
inputs of any shape are counted in C order, so that a Jacobian is a matrix [N_out x N_in].
"""

from __future__ import annotations

import copy
import itertools
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from .nn.module import Module
from .tensor import Parameter, Tensor

Named = dict[int | str, np.ndarray]  # inputs under 0, 1, ...; parameters under their names


class GradcheckError(AssertionError):
    """A `bprop` that disagrees with numerical differences, or that breaks a rule of the package."""


def numerical_jacobian(
    function: Callable[[np.ndarray], Any], X: np.ndarray, eps: float = 1e-6
) -> np.ndarray:
    """dY/dX by central differences, (f(X + eps) - f(X - eps)) / (2 eps), one input at a time.

    function: from an array like X to an array (or a tuple of them). X is left as it is.

    Returns [N_out x N_in] in float64. The error is of order eps^2, and 1e-16/eps by rounding.
    """
    X = np.array(X, dtype=np.float64)
    J = np.zeros((_vector(function(X)).size, X.size))
    for q in range(X.size):
        wiggle = np.zeros_like(X)
        wiggle.flat[q] = eps
        J[:, q] = (_vector(function(X + wiggle)) - _vector(function(X - wiggle))) / (2 * eps)
    return J


def jacobians(module: Module, *inputs: np.ndarray) -> Named:
    """All Jacobians of a module at these inputs, through its `bprop`: row p from a one-hot dE/dY.

    Returns {0: dY/dX_0, 1: dY/dX_1, ..., "weight": dY/dW, ...}, each [N_out x N_in]; an integer
    input (targets) has none. The parameters' `grad` is None afterwards.
    """
    n_out = _vector(module.fprop(*inputs)).size
    rows = _sweep(module, inputs, np.zeros(n_out))
    found: Named = {name: np.empty((n_out, g.size), g.dtype) for name, g in rows.items()}
    for p, one_hot in enumerate(np.eye(n_out)):
        module.zero_grad()
        for name, row in _sweep(module, inputs, one_hot).items():
            found[name][p] = row.ravel()
    module.zero_grad()
    return found


def gradcheck(
    module: Module, *inputs: Any, eps: float = 1e-6, atol: float = 1e-6, rtol: float = 1e-4
) -> bool:
    """Check `bprop` against numerical Jacobians, for every float input and every parameter.

    Works on a float64 copy of the module, with read-only inputs and gradients: who writes into them
    is found out. A second `bprop` has to add to the parameters' gradients, a second call has to
    leave the first one's state alone, and float32 has to stay float32.

    Stay away from kinks and ties: there a difference quotient is not the gradient.

    Returns True, or raises GradcheckError that says where and by how much.
    """
    module = copy.deepcopy(module).double()
    arrays = [np.array(X) for X in inputs]
    arrays = [X.astype(np.float64) if X.dtype.kind == "f" else X for X in arrays]
    for X in arrays:
        X.flags.writeable = False
    try:
        _check_that_all_is_trained(module, arrays)
        expected = numerical_jacobians(module, arrays, eps)
        got = jacobians(module, *arrays)
        dE_dY = np.random.default_rng(0).standard_normal(_vector(module.fprop(*arrays)).size)
        first, second = _sweep(module, arrays, dE_dY), _sweep(module, arrays, dE_dY)
        module.zero_grad()
        _sweep(module, arrays, dE_dY)
        _check_that_no_gradient_is_shared(module)
    except ValueError as error:
        if "read-only" not in str(error):
            raise
        raise GradcheckError(f"{module} writes into an array that it was given") from error
    for name, J in expected.items():
        sweep = dE_dY[None] @ J
        twice = sweep if isinstance(name, int) else 2 * sweep
        _agree(f"{module}, Jacobian of {_place(name)}", got[name], J, atol, rtol)
        _agree(f"{module}, a random dE/dY, {_place(name)}", first[name], sweep, atol, rtol)
        _agree(f"{module}, a second bprop, {_place(name)}", second[name], twice, atol, rtol)
    if not isinstance(module.fprop(*arrays), tuple):  # several outputs cannot be recorded
        around = _sweep_around_another_call(module, arrays, dE_dY)
        for name, J in expected.items():
            what = f"{module}, another call before its bprop, {_place(name)}"
            _agree(what, around[name], dE_dY[None] @ J, atol, rtol)
    single = [X.astype(np.float32) if X.dtype.kind == "f" else X for X in arrays]
    _sweep(copy.deepcopy(module).float(), single, dE_dY)  # only to see its dtypes
    return True


def _check_that_all_is_trained(module: Module, arrays: list[np.ndarray]) -> None:
    """Raise GradcheckError if fprop leaves a float array where it was: a weight, or a buffer."""
    places = dict(module.named_modules())
    before = {
        (place, name): value
        for place, part in places.items()
        for name, value in vars(part).items()
        if isinstance(value, (np.ndarray, Tensor)) and value.dtype.kind == "f"
        if not isinstance(value, Parameter) and name not in part.buffers
    }
    module.fprop(*arrays)
    for (place, name), value in before.items():
        if vars(places[place]).get(name) is value:
            what = f"{place}.{name}" if place else name
            advice = "make it a Parameter, or name it in `buffers`"
            raise GradcheckError(f"{module}: nobody trains {what!r}: {advice}")


def _check_that_no_gradient_is_shared(module: Module) -> None:
    """Raise GradcheckError if two parameters have one array: who scales one would scale both."""
    for (one, p), (other, q) in itertools.combinations(_trained(module), 2):
        if np.shares_memory(p.grad, q.grad):
            raise GradcheckError(f"{module}: parameters {one!r} and {other!r} share a gradient")


def numerical_jacobians(module: Module, inputs: list[np.ndarray], eps: float = 1e-6) -> Named:
    """What `jacobians` should give, by differences."""
    found: Named = {}
    for i, X in enumerate(inputs):
        if X.dtype.kind == "f":
            found[i] = numerical_jacobian(partial(_fprop_with_input, module, inputs, i), X, eps)
    for name, parameter in _trained(module):
        function = partial(_fprop_with_parameter, module, inputs, parameter)
        found[name] = numerical_jacobian(function, parameter.data, eps)
    return found


def _fprop_with_input(module: Module, inputs: list[np.ndarray], i: int, X: np.ndarray) -> Any:
    return module.fprop(*inputs[:i], X, *inputs[i + 1 :])


def _fprop_with_parameter(
    module: Module, inputs: list[np.ndarray], parameter: Parameter, W: np.ndarray
) -> Any:
    before, parameter.data = parameter.data, W
    try:
        return module.fprop(*inputs)
    finally:
        parameter.data = before


def _sweep(module: Module, inputs: Any, dE_dY: np.ndarray) -> Named:
    """fprop, then one bprop of dE/dY given as a vector: the gradients of inputs and parameters."""
    Y = module.fprop(*inputs)
    outputs = Y if isinstance(Y, tuple) else (Y,)
    ends = np.cumsum([np.size(y) for y in outputs])[:-1]
    given = [
        g.reshape(np.shape(y)).astype(np.asarray(y).dtype)
        for y, g in zip(outputs, np.split(dE_dY, ends), strict=True)
    ]
    dtypes = {str(X.dtype) for X in (*inputs, *module.parameters()) if X.dtype.kind == "f"}
    for g in given:
        if str(g.dtype) not in dtypes:
            raise GradcheckError(f"{module}: {', '.join(dtypes)} went in, {g.dtype} came out")
        g.flags.writeable = False
    dE_dX = module.bprop(*given)
    dE_dX = dE_dX if isinstance(dE_dX, tuple) else (dE_dX,)
    if len(dE_dX) != len(inputs):
        raise GradcheckError(f"{module}: {len(inputs)} inputs, {len(dE_dX)} gradients from bprop")
    checked: list[tuple[int | str, Any, Any]] = [
        (i, X, g) for i, (X, g) in enumerate(zip(inputs, dE_dX, strict=True)) if X.dtype.kind == "f"
    ]
    checked += [(name, p.data, p.grad) for name, p in _trained(module)]
    for name, X, g in checked:
        if np.shape(g) != X.shape or np.asarray(g).dtype != X.dtype:
            got = None if g is None else f"{np.asarray(g).dtype} of shape {np.shape(g)}"
            wanted = f"{X.dtype} of shape {X.shape}"
            raise GradcheckError(f"{module}, {_place(name)}: expected {wanted}, got {got}")
    return {name: np.asarray(g) for name, _, g in checked}


def _sweep_around_another_call(module: Module, inputs: Any, dE_dY: np.ndarray) -> Named:
    """What `_sweep` gives, but recorded, and with another call before the way back."""
    module.zero_grad()
    tensors = [Tensor(X, requires_grad=X.dtype.kind == "f") for X in inputs]
    Y = module(*tensors)
    before = Y.data.copy()
    module(*[0.5 * np.flip(X) if X.dtype.kind == "f" else X for X in inputs])
    if not np.array_equal(Y.data, before, equal_nan=True):
        raise GradcheckError(f"{module}: a second call changed the output of the first")
    Y.backward(dE_dY.reshape(Y.shape))
    leaves: list[tuple[int | str, Tensor]] = [*enumerate(tensors), *_trained(module)]
    return {name: X.grad for name, X in leaves if X.grad is not None}


def _trained(module: Module) -> list[tuple[str, Parameter]]:
    """The parameters that are not frozen."""
    return [(name, p) for name, p in module.named_parameters() if p.requires_grad]


def _agree(what: str, got: np.ndarray, expected: np.ndarray, atol: float, rtol: float) -> None:
    """Raise GradcheckError at the entry that is furthest off, unless all are close."""
    got = got.reshape(expected.shape)
    excess = np.abs(got - expected) - (atol + rtol * np.abs(expected))
    if excess.size and not np.all(excess <= 0):
        p, q = np.unravel_index(np.argmax(excess), excess.shape)  # a nan comes first
        raise GradcheckError(
            f"{what}: entry ({p}, {q}) is {got[p, q]:.6g} by bprop, "
            f"{expected[p, q]:.6g} by differences"
        )


def _place(name: int | str) -> str:
    return f"input {name}" if isinstance(name, int) else f"parameter {name!r}"


def _vector(Y: Any) -> np.ndarray:
    """One array, or a tuple of them, as one long vector."""
    return np.concatenate([np.ravel(y) for y in (Y if isinstance(Y, tuple) else (Y,))])
