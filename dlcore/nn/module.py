"""Module, which goes forward and sends a gradient back, and Sequential, the lecture's cascade."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from typing import Any, Self

import numpy as np

from ..tensor import Parameter, Tensor, is_recording
from .checks import InputError
from .guard import guarded_bprop, guarded_fprop, guarded_init

HOLDERS = (list, tuple, dict)  # what modules and parameters are found in
TAPE = ("_inputs", "_output")  # of a composite: what `fprop` recorded for `bprop`


class Module:
    """What can go forward, and can send a gradient back. The rest is wiring.

    A module by itself defines
        fprop(*arrays) -> array      Y = F(X, W); keeps on itself what bprop needs, and Y (L27)
        bprop(dE_dY) -> dE_dX        adds dE/dW to its parameters and returns dE/dX,
                                     a tuple when there are several inputs
    and a composite, made of other modules, defines
        forward(*tensors) -> tensor  which calls them; the tape finds the way back.

    `module(x)` takes Tensors or arrays, gives a Tensor and records the step: the tape's entry is a
    copy of the module and of those inside it, with this call's saved state and everybody's
    parameters. Modules and parameters are found in attributes, in lists, tuples and dicts.
    """

    training = True
    buffers: tuple[str, ...] = ()  # names of arrays that are saved with the parameters, not trained
    needs_input_grad: tuple[bool, ...] = (True, True)  # a recorded step knows which are wanted

    def __init_subclass__(cls) -> None:
        """Who writes a module has its methods guarded, see guard.py."""
        guards = {"__init__": guarded_init, "fprop": guarded_fprop, "bprop": guarded_bprop}
        for name in guards.keys() & vars(cls).keys():
            setattr(cls, name, guards[name](vars(cls)[name]))

    def __call__(self, *inputs: Any, **options: Any) -> Any:
        try:
            Y = self.forward(*map(as_tensor, inputs), **options)
        except InputError as error:
            error.locate(self)
            raise
        if Y is None:
            raise TypeError(f"{type(self).__name__}.forward gave None: does it end in `return`?")
        return Y

    def forward(self, *inputs: Tensor) -> Any:
        """Go forward and record the step, if a gradient is wanted of anything it used."""
        Y = self.fprop(*(X.data for X in inputs))
        if isinstance(Y, tuple):
            raise TypeError(f"{self}.fprop gave {len(Y)} outputs, a recorded step has one")
        wanted = tuple([X.requires_grad for X in inputs])
        if not (is_recording() and (any(wanted) or self._trains())):
            return Tensor(Y)
        step = snapshot(self)
        step.needs_input_grad = wanted
        return Tensor(Y, requires_grad=True, module=step, inputs=inputs)

    def __copy__(self) -> Self:
        """What `copy.copy` does anyway, four times as fast: every recorded step is such a copy."""
        twin = object.__new__(type(self))
        vars(twin).update(vars(self))
        return twin

    def __getstate__(self) -> dict[str, Any]:
        """What a deep copy, and a pickle, take along: not the tape of the last `fprop`."""
        return {name: value for name, value in vars(self).items() if name not in TAPE}

    def fprop(self, *arrays: np.ndarray) -> Any:
        """Y from X, arrays to arrays. A composite's goes through `forward`."""
        if type(self).forward is Module.forward:
            raise NotImplementedError(f"{type(self).__name__} defines neither fprop nor forward")
        self._inputs = [Tensor(X, requires_grad=np.asarray(X).dtype.kind == "f") for X in arrays]
        self._output = self(*self._inputs)
        if isinstance(self._output, tuple):
            outputs = f"{len(self._output)} outputs; by hand a composite has one"
            raise TypeError(f"{type(self).__name__}.forward gave {outputs}")
        return self._output.data

    def bprop(self, dE_dY: Any) -> Any:
        """dE/dX from dE/dY, of the last `fprop`. A composite's goes through the tape."""
        if type(self).forward is Module.forward:
            raise NotImplementedError(f"{type(self).__name__} does not define bprop")
        if "_output" not in vars(self):
            raise RuntimeError(f"{type(self).__name__}.bprop: call fprop first")
        self._output.backward(dE_dY)
        dE_dX = tuple(X.grad for X in self._inputs)
        return dE_dX if len(dE_dX) > 1 else dE_dX[0]

    def _trains(self) -> bool:
        """Whether any parameter wants a gradient."""
        return any(
            isinstance(W, Parameter) and W.requires_grad
            for _, module in self._places()
            for _, W in module._members()
        )

    def _members(self) -> Iterator[tuple[str, Any]]:
        """Attributes in the order of their definition, lists, tuples and dicts opened."""
        for name, value in vars(self).items():
            if name not in TAPE:
                yield from _opened(name, value)

    def _places(
        self, prefix: str = "", above: tuple[Module, ...] = ()
    ) -> Iterator[tuple[str, Module]]:
        """Every place of a module in the tree; a shared module has several."""
        yield prefix, self
        for name, member in self._members():
            if isinstance(member, Module):
                if hasattr(Module, name):
                    raise TypeError(f"{name!r} means something in every Module: choose another")
                place = f"{prefix}.{name}" if prefix else name
                if any(member is module for module in (*above, self)):
                    raise ValueError(f"at {place!r} stands a module that this one is inside of")
                yield from member._places(place, (*above, self))

    def named_children(self) -> Iterator[tuple[str, Module]]:
        """The modules directly inside this one, with their names."""
        return ((name, m) for name, m in self._members() if isinstance(m, Module))

    def named_modules(self) -> Iterator[tuple[str, Module]]:
        """This module (named "") and all below it, each once, under its first name."""
        seen: set[int] = set()
        for name, module in self._places():
            if id(module) not in seen:
                seen.add(id(module))
                yield name, module

    def named_parameters(self) -> Iterator[tuple[str, Parameter]]:
        """Every parameter once, under its first name: "0.weight"."""
        seen: set[int] = set()
        for name, value in self._state():
            if isinstance(value, Parameter) and id(value) not in seen:
                seen.add(id(value))
                yield name, value

    def parameters(self) -> Iterator[Parameter]:
        """Every parameter once."""
        return (parameter for _, parameter in self.named_parameters())

    def zero_grad(self) -> None:
        """Forget the gradients: every parameter's `grad` becomes None."""
        for parameter in self.parameters():
            parameter.grad = None

    def train(self, mode: bool = True) -> Self:
        """Set `training` on this module and all below it."""
        for _, module in self._places():
            module.training = mode
        return self

    def eval(self) -> Self:
        """Set `training` to False on this module and all below it."""
        return self.train(False)

    def double(self) -> Self:
        """Convert parameters and buffers to float64."""
        return self._convert(np.dtype(np.float64))

    def float(self) -> Self:
        """Convert parameters and buffers to float32."""
        return self._convert(np.dtype(np.float32))

    def _convert(self, dtype: np.dtype) -> Self:
        for parameter in self.parameters():
            parameter.data = parameter.data.astype(dtype)
            parameter.grad = None if parameter.grad is None else parameter.grad.astype(dtype)
        for _, module in self._places():
            for name in module.buffers:
                if getattr(module, name) is not None:
                    setattr(module, name, getattr(module, name).astype(dtype))
        return self

    def _state(self) -> Iterator[tuple[str, Parameter | np.ndarray]]:
        """Parameters and buffers at every place, a shared one as often as it stands there."""
        for prefix, module in self._places():
            for name, member in module._members():
                is_buffer = name in module.buffers and member is not None
                if is_buffer or isinstance(member, Parameter):
                    yield f"{prefix}.{name}" if prefix else name, member

    def state_dict(self) -> dict[str, np.ndarray]:
        """Copies of all parameters and buffers as arrays, under torch's keys."""
        return {name: np.array(getattr(value, "data", value)) for name, value in self._state()}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Copy arrays into the parameters and buffers, which keep their dtype.

        Raises KeyError or ValueError, and changes nothing, if a key is missing or unknown or an
        array has another shape.
        """
        mine = dict(self._state())
        missing, unknown = sorted(mine.keys() - state.keys()), sorted(state.keys() - mine.keys())
        if missing or unknown:
            raise KeyError(f"load_state_dict: missing keys {missing}, unknown keys {unknown}")
        arrays = {name: np.asarray(state[name]).astype(mine[name].dtype) for name in mine}
        for name, array in arrays.items():
            if array.shape != mine[name].shape:
                raise ValueError(
                    f"load_state_dict: {name} expected shape {mine[name].shape}, got {array.shape}"
                )
        for prefix, module in self._places():
            for name, member in list(module._members()):
                key = f"{prefix}.{name}" if prefix else name
                if isinstance(member, Parameter):
                    member.data = arrays[key]
                elif key in arrays:
                    setattr(module, name, arrays[key])

    def extra_repr(self) -> str:
        """What stands between the brackets of this module's repr."""
        return ""

    def __repr__(self) -> str:
        children = [f"({name}): {child!r}" for name, child in self.named_children()]
        lines = "\n".join(children).replace("\n", "\n  ")
        inside = f"\n  {lines}\n" if children else self.extra_repr()
        return f"{type(self).__name__}({inside})"


def _opened(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    """What an attribute holds, with a name each: "layers.0", "layers.first"."""
    if isinstance(value, (list, tuple)):
        for i, item in enumerate(value):
            yield from _opened(f"{name}.{i}", item)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _opened(f"{name}.{key}", item)
    elif isinstance(value, (set, frozenset, deque)) and any(
        isinstance(v, (Module, Parameter)) for v in value
    ):
        kind = type(value).__name__
        raise TypeError(f"{name!r} is a {kind}: modules are found in lists, tuples and dicts")
    else:
        yield name, value


def snapshot(value: Any) -> Any:
    """A shallow copy of a module and of those inside it: each keeps the state that it has now."""
    if isinstance(value, Module):
        twin = value.__copy__()
        for name, member in vars(value).items():
            if isinstance(member, Module):
                deque(value._places(), maxlen=0)  # raises if they stand in a circle
            if isinstance(member, INSIDE):
                vars(twin)[name] = snapshot(member)
        return twin
    if isinstance(value, HOLDERS):
        members = value.values() if isinstance(value, dict) else value
        if any(isinstance(member, INSIDE) for member in members):
            copies = list(map(snapshot, members))
            return dict(zip(value, copies, strict=True)) if isinstance(value, dict) else copies
    return value


INSIDE = (Module, *HOLDERS)


class Sequential(Module):
    """The cascade: X_k = F_k(X_{k-1}, W_k) for k = 1 ... n (L26).

    modules: the F_k in order, or one dict from names to modules. A module may stand in it several
    times when the steps are recorded; by hand `bprop` raises ValueError then, as a module keeps
    what its last fprop saved.
    """

    def __init__(self, *modules: Module | Mapping[str, Module]) -> None:
        names = modules[0] if len(modules) == 1 and isinstance(modules[0], Mapping) else None
        for name, module in names.items() if names is not None else enumerate(modules):
            if not isinstance(module, Module):
                raise TypeError(f"Sequential: expected a Module at {name}, got {module!r}")
            if "." in str(name) or hasattr(self, str(name)):
                raise KeyError(f"Sequential: a module cannot be called {name!r}")
            setattr(self, str(name), module)

    def forward(self, X: Tensor) -> Tensor:
        """X_n from X_0, every step recorded."""
        for module in self:
            X = module(X)
        return X

    def fprop(self, X: np.ndarray) -> np.ndarray:
        """X_n from X_0."""
        for module in self:
            X = module.fprop(X)  # X_k = F_k(X_{k-1}, W_k)
        return X

    def bprop(self, dE_dX: Any) -> Any:
        """dE/dX_0 from dE/dX_n (L32); each module adds its dE/dW_k on the way."""
        for module in reversed(self._each_once()):
            dE_dX = module.bprop(dE_dX)  # dE/dX_{k-1} = dE/dX_k . dF_k/dX_{k-1}
        return dE_dX

    def _each_once(self) -> list[Module]:
        """The modules in order. ValueError if one stands here twice, or in a cascade in here."""
        modules = list(self)
        inside = [m for m in modules if isinstance(m, Sequential)]
        steps = [step for cascade in inside for step in cascade._each_once()] + modules
        if len({id(step) for step in steps}) < len(steps):
            first: dict[int, str] = {}
            for name, m in self._places():
                other = first.setdefault(id(m), name)
                if other != name:
                    twice = f"{other!r} and {name!r} are one {type(m).__name__}"
                    raise ValueError(
                        f"bprop: {twice}, which knows its last fprop only: use backward()"
                    )
        return modules

    def __iter__(self) -> Iterator[Module]:
        return (module for _, module in self.named_children())

    def __len__(self) -> int:
        return len(list(self.named_children()))

    def __getitem__(self, index: int | slice) -> Any:
        chosen = list(self.named_children())[index]
        return Sequential(dict(chosen)) if isinstance(chosen, list) else chosen[1]


def as_tensor(X: Any) -> Tensor:
    """X if it is a Tensor, else a Tensor that needs no gradient around the same numbers."""
    if isinstance(X, Tensor):
        return X
    if X is None or isinstance(X, (bool, str)):
        raise TypeError(f"a module takes Tensors and arrays, not {X!r}; give an option by its name")
    if isinstance(X, (list, tuple)) and any(isinstance(x, Tensor) for x in X):
        kind = type(X).__name__
        raise TypeError(f"a module takes Tensors one by one, not a {kind} of them: module(a, b)")
    return Tensor(X)
