"""Optimizers: how a gradient becomes a step of the parameters (L35).

An optimizer is given Tensors, and reads their `grad`. `step` gives each parameter a new array: who
holds the old one keeps its numbers.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from . import advice
from .nn.options import refuse
from .tensor import Tensor

Array = np.ndarray
State = dict[str, Any]


class Optimizer:
    """What the optimizers share: the list of parameters, `zero_grad`, and the loop of `step`."""

    def __init__(self, params: Iterable[Tensor], **not_negative: float) -> None:
        name = type(self).__name__
        one = isinstance(params, Tensor) or not isinstance(params, Iterable)
        given = params if one else list(params)
        if not (isinstance(given, list) and given and all(isinstance(p, Tensor) for p in given)):
            raise TypeError(f"{name}: expected Tensors such as net.parameters(), got {given}")
        if any(p.inputs != () for p in given):
            raise ValueError(f"{name}: expected parameters, got a Tensor that a module made")
        self.params = list(dict.fromkeys(given))
        for option, value in not_negative.items():
            if not value >= 0:
                raise ValueError(f"{name}: {option} should not be negative, got {value}")
        self.state: dict[Tensor, State] = {p: {} for p in self.params}

    def zero_grad(self) -> None:
        """Forget the gradients: every parameter's `grad` becomes None."""
        for p in self.params:
            p.grad = None

    def step(self) -> None:
        """Update every parameter that has a gradient; RuntimeError when none has one."""
        ready = [p for p in self.params if p.grad is not None]
        if not ready:
            raise RuntimeError(
                f"{type(self).__name__}.step: no gradient yet; call backward() first"
            )
        for p in ready:
            # NumPy puts this sum where the update was, if nobody else holds that array.
            theta = p.data + self.update(p.data, np.asarray(p.grad), self.state[p])
            p.data = theta.astype(p.dtype, copy=False)

    def update(self, theta: Array, g: Array, state: State) -> Array:
        """What to add to theta, whose gradient is g; `state` is kept for the next step."""
        raise NotImplementedError(f"{type(self).__name__} does not define update")


class SGD(Optimizer):
    """Stochastic gradient descent, as in torch.

        v <- momentum v + (1 - dampening) g        theta <- theta - lr v

    The first v is g. nesterov takes g + momentum v in place of v (Sutskever et al. 2013);
    weight_decay adds weight_decay * theta to g; maximize climbs. `lr` may be changed between steps.
    """

    def __init__(
        self,
        params: Iterable[Tensor],
        lr: float = 1e-3,
        momentum: float = 0.0,
        dampening: float = 0.0,
        weight_decay: float = 0.0,
        nesterov: bool = False,
        *,
        maximize: bool = False,
        foreach: None = None,
        differentiable: bool = False,
        fused: None = None,
    ) -> None:
        refuse(self, foreach=foreach, fused=fused)
        refuse(self, False, differentiable=differentiable)
        super().__init__(params, lr=lr, momentum=momentum, weight_decay=weight_decay)
        if nesterov and (momentum == 0 or dampening != 0):
            raise ValueError("SGD: nesterov needs a momentum and no dampening")
        self.lr, self.momentum, self.dampening = float(lr), momentum, dampening
        self.weight_decay, self.nesterov, self.maximize = weight_decay, nesterov, maximize

    def update(self, theta: Array, g: Array, state: State) -> Array:
        if self.maximize:
            g = -g
        if self.weight_decay:
            g = g + self.weight_decay * theta
        if self.momentum:
            if "v" in state:
                state["v"] = self.momentum * state["v"] + (1 - self.dampening) * g
            else:
                state["v"] = g.copy()
            g = g + self.momentum * state["v"] if self.nesterov else state["v"]
        return -self.lr * g


class Adam(Optimizer):
    """Adam (Kingma and Ba 2015, algorithm 1), as in torch.

        m <- beta1 m + (1 - beta1) g        v <- beta2 v + (1 - beta2) g^2
        theta <- theta - lr m_hat / (sqrt(v_hat) + eps)

    with m_hat = m / (1 - beta1^t), v_hat = v / (1 - beta2^t) at the t-th step of this parameter.
    weight_decay adds weight_decay * theta to g; amsgrad divides by the largest v so far (Reddi et
    al. 2018); maximize climbs. `lr` may be changed between steps.
    """

    def __init__(
        self,
        params: Iterable[Tensor],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        amsgrad: bool = False,
        *,
        foreach: None = None,
        maximize: bool = False,
        capturable: bool = False,
        differentiable: bool = False,
        fused: None = None,
        decoupled_weight_decay: bool = False,
    ) -> None:
        refuse(self, foreach=foreach, fused=fused)
        refuse(self, False, capturable=capturable, differentiable=differentiable)
        refuse(self, False, decoupled_weight_decay=decoupled_weight_decay)
        super().__init__(params, lr=lr, eps=eps, weight_decay=weight_decay)
        if not all(0 <= beta < 1 for beta in betas):
            raise ValueError(f"Adam: betas should lie in [0, 1), got {betas}")
        self.lr, self.betas, self.eps = float(lr), betas, eps
        self.weight_decay, self.amsgrad, self.maximize = weight_decay, amsgrad, maximize

    def update(self, theta: Array, g: Array, state: State) -> Array:
        if self.maximize:
            g = -g
        if self.weight_decay:
            g = g + self.weight_decay * theta
        beta1, beta2 = self.betas
        t = state["t"] = state.get("t", 0) + 1
        m = state["m"] = beta1 * state.get("m", 0) + (1 - beta1) * g
        v = state["v"] = beta2 * state.get("v", 0) + (1 - beta2) * g**2
        if self.amsgrad:
            v = state["v_max"] = np.maximum(state.get("v_max", 0), v)
        m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)
        return -self.lr * m_hat / (np.sqrt(v_hat) + self.eps)


__getattr__ = advice.missing_name("optim")
