"""From dlcore to torch and back: the same numbers, under the same names. Needs torch."""

from __future__ import annotations

import copy
import inspect
import math
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from . import nn

# The options of the modules that both have. In both, a module keeps them under these names. What
# can be nothing but None, such as `device`, is no option.
OPTIONS = {
    name: [p.name for p in inspect.signature(ours).parameters.values() if p.annotation != "None"]
    for name, ours in vars(nn).items()
    if isinstance(ours, type) and issubclass(ours, nn.Module) and hasattr(torch.nn, name)
    if ours not in (nn.Module, nn.Sequential)
}


def to_torch(module: nn.Module) -> torch.nn.Module:
    """A torch module that computes what `module` does: outputs, gradients, state_dict keys.

    Carries every module of dlcore and every Sequential of them, with dtypes, frozen parameters and
    modules in several places. What torch lacks becomes a small torch module of the same name.
    Raises NotImplementedError for a class with a forward or fprop of its own: write it once more
    with torch's modules, and load `module.state_dict()` into it.
    """
    return _to_torch(module, {})


def from_torch(module: torch.nn.Module) -> nn.Module:
    """The way back. Raises NotImplementedError that names what dlcore lacks, module or option."""
    return _from_torch(module, {})


def _to_torch(module: nn.Module, done: dict[int, torch.nn.Module]) -> torch.nn.Module:
    """`done`: what was converted before, by the identity of the original."""
    if id(module) in done:
        return done[id(module)]
    kind, name = type(module), type(module).__name__
    theirs: torch.nn.Module
    if kind in (nn.Sequential, nn.LocalContrastNorm):
        children = ((name, _to_torch(child, done)) for name, child in module.named_children())
        theirs = torch.nn.Sequential(OrderedDict(children))
    elif isinstance(module, nn.FeaturePool):
        theirs = FeaturePool(module, _to_torch(module.pool, done))
    elif kind in TWINS:
        theirs = TWINS[kind](module)
    elif name in OPTIONS and kind is getattr(nn, name):
        theirs = getattr(torch.nn, name)(**_options(module, torch.tensor))
        theirs.to(next((_dtype(W) for W in module.state_dict().values()), torch.float32))
    else:
        raise NotImplementedError(
            f"to_torch: cannot carry {name}, a class of its own; write it with torch's modules "
            "and load this one's state_dict()"
        )
    theirs.load_state_dict({key: torch.tensor(W) for key, W in module.state_dict().items()})
    for ours, parameter in zip(module.parameters(), theirs.parameters(), strict=True):
        parameter.requires_grad_(ours.requires_grad)
    done[id(module)] = theirs.train(module.training)
    return done[id(module)]


def _from_torch(module: torch.nn.Module, done: dict[int, nn.Module]) -> nn.Module:
    """`done`: what was converted before, by the identity of the original."""
    if id(module) in done:
        return done[id(module)]
    kind, name = type(module), type(module).__name__
    ours: nn.Module
    if kind is torch.nn.Sequential:
        ours = nn.Sequential({key: _from_torch(m, done) for key, m in module._modules.items() if m})
    elif isinstance(module, Twin):
        ours = copy.deepcopy(module.ours)
    elif name in OPTIONS and kind is getattr(torch.nn, name):
        ours = getattr(nn, name)(**_options(module, _array))
    else:
        raise NotImplementedError(f"from_torch: dlcore does not have {name}")
    state = {key: _array(W) for key, W in module.state_dict().items()}
    if any(W.dtype == np.float64 for W in state.values()):
        ours.double()
    ours.load_state_dict(state)
    for theirs, parameter in zip(module.parameters(), ours.parameters(), strict=True):
        parameter.requires_grad = theirs.requires_grad
    done[id(module)] = ours.train(module.training)
    return done[id(module)]


def _options(module: Any, convert: Callable[[Any], Any]) -> dict[str, Any]:
    """The options that the module was made with; `convert` takes those that are arrays."""
    options = {}
    for name in OPTIONS[type(module).__name__]:
        if hasattr(module, name):
            value = getattr(module, name)
            is_array = isinstance(value, (np.ndarray, torch.Tensor))
            options[name] = convert(value) if is_array else value
    if "bias" in options:
        options["bias"] = module.bias is not None
    return options


def _array(tensor: torch.Tensor) -> np.ndarray:
    return tensor.detach().cpu().numpy().copy()


def _dtype(array: np.ndarray) -> torch.dtype:
    return torch.from_numpy(array).dtype


class Twin(torch.nn.Module):
    """A module of dlcore that torch lacks, computed by torch. `ours` says with which options."""

    def __init__(self, ours: nn.Module) -> None:
        super().__init__()
        self.ours: Any = copy.deepcopy(ours)
        for name, parameter in ours.named_parameters():
            self.register_parameter(name, torch.nn.Parameter(torch.tensor(parameter.data)))
        for name in ours.buffers:
            self.register_buffer(name, torch.tensor(getattr(ours, name)))

    def extra_repr(self) -> str:
        return self.ours.extra_repr()


class Abs(Twin):
    def forward(self, X: torch.Tensor) -> torch.Tensor:
        return X.abs()


class Add(Twin):
    def forward(self, X1: torch.Tensor, X2: torch.Tensor) -> torch.Tensor:
        return X1 + X2


class Duplicate(Twin):
    def forward(self, X: torch.Tensor) -> tuple[torch.Tensor, ...]:
        return (X,) * self.ours.n


class Max(Twin):
    def forward(self, X1: torch.Tensor, X2: torch.Tensor) -> torch.Tensor:
        return torch.where((X1 > X2) | X1.isnan(), X1, X2)


class View(Twin):
    def forward(self, X: torch.Tensor) -> torch.Tensor:
        return X.reshape(self.ours.shape)


class Square(Twin):
    def forward(self, X: torch.Tensor) -> torch.Tensor:
        return X**2


class Sqrt(Twin):
    def forward(self, X: torch.Tensor) -> torch.Tensor:
        return _sqrt(X)


class WinnerTakeAll(Twin):
    def forward(self, X: torch.Tensor) -> torch.Tensor:
        dim, k = self.ours.dim, self.ours.k
        height = torch.where(X.isnan(), torch.inf, X)
        order = height.argsort(dim=dim, descending=True, stable=True)
        won = torch.zeros_like(X).scatter(dim, order.narrow(dim, 0, k), 1)
        return torch.where(won > 0, X, 0)


class LogProbPool2d(Twin):
    def forward(self, X: torch.Tensor) -> torch.Tensor:
        b, ((kh, kw), (sh, sw)) = self.ours.b, (self.ours.window.kernel, self.ours.window.stride)
        seen = X.unfold(-2, kh, sh).unfold(-2, kw, sw).flatten(-2)
        M = seen.detach().amax(dim=-1, keepdim=True)  # Y does not depend on it
        gain = torch.expm1(b * (seen - M)).mean(dim=-1)
        n = 1 if self.ours.mean else kh * kw
        return M.squeeze(-1) + (torch.log1p(gain) + math.log(n)) / b


class FeaturePool(Twin):
    def __init__(self, ours: nn.Module, pool: torch.nn.Module) -> None:
        super().__init__(ours)
        self.pool = pool

    def forward(self, X: torch.Tensor) -> torch.Tensor:
        *samples, C = X.shape[:-2] if X.ndim > 2 else X.shape
        places = X.shape[-2:] if X.ndim > 2 else ()
        Y = self.pool(X.reshape(math.prod(samples), 1, C, math.prod(places)))
        return Y.reshape(*samples, Y.shape[2], *places)


class SubtractiveNorm(Twin):
    def forward(self, X: torch.Tensor) -> torch.Tensor:
        X = X - X[..., :1, :1, :1].detach()  # as in dlcore: changes nothing but the rounding
        return X - _local_mean(self.ours, X)


class DivisiveNorm(Twin):
    def forward(self, X: torch.Tensor) -> torch.Tensor:
        S = _sqrt(_local_mean(self.ours, X**2))
        c = S.mean(dim=(-2, -1), keepdim=True)
        D = torch.where(S > c, S, c)
        return torch.where(D == 0, 0, X / torch.where(D == 0, 1, D))


class Whitening(Twin):
    def forward(self, X: torch.Tensor) -> torch.Tensor:
        return (X - self.mean) @ self.weight.T


class RBF(Twin):
    def forward(self, X: torch.Tensor) -> torch.Tensor:
        distance2 = ((X.unsqueeze(-2) - self.centers) ** 2).sum(dim=-1)
        return torch.exp(-self.ours.gamma * distance2)


class SquaredDistance(Twin):
    def forward(self, X1: torch.Tensor, X2: torch.Tensor) -> torch.Tensor:
        return ((X1 - X2) ** 2).sum() / (len(X1) if X1.ndim > 1 else 1)


class ContrastiveLoss(Twin):
    def forward(self, X1: torch.Tensor, X2: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
        D = _sqrt(((X1 - X2) ** 2).sum(dim=-1))
        C = torch.where(target == 1, (self.ours.margin - D).clamp(min=0), D) ** 2 / 2
        return {"mean": C.mean, "sum": C.sum, "none": lambda: C}[self.ours.reduction]()


def _sqrt(X: torch.Tensor) -> torch.Tensor:
    """The root, with the gradient 0 at 0."""
    return torch.where(X == 0, 0, torch.where(X == 0, 1, X).sqrt())


def _local_mean(ours: Any, X: torch.Tensor) -> torch.Tensor:
    A, B = (torch.from_numpy(ours.windows(n, np.float64)).to(X) for n in X.shape[-2:])
    return A @ X.mean(dim=-3, keepdim=True) @ B.T


TWINS: dict[type, Any] = {
    getattr(nn, twin.__name__): twin for twin in Twin.__subclasses__() if twin is not FeaturePool
}
