"""`summary`: what a net computes, step by step, as a table."""

from __future__ import annotations

from typing import Any

from .nn.module import Module, as_tensor
from .tensor import Tensor, tape


def summary(module: Module, *inputs: Any) -> str:
    """The steps X_k = F_k(X_{k-1}, W_k) that `module` takes at these inputs, as a table to print.

    One row a step: the module (with its name where it has parameters), the shape of X_k, the number
    N_w of its parameters, and the sizes of its two Jacobians dX_k/dX_{k-1} [N_k x N_{k-1}] and
    dX_k/dW_k [N_k x N_w]. Give one sample, without a batch dimension, for the Jacobians of L31.
    Parameters that several steps share are counted once in the total.
    """
    leaves = [Tensor(X.data, X.data.dtype.kind == "f") for X in map(as_tensor, inputs)]
    output = module(*leaves)
    names = {id(p): name.rpartition(".")[0] for name, p in module.named_parameters()}
    rows = [("k", "module", "X_k", "N_w", "dX_k/dX_k-1", "dX_k/dW_k")]
    rows += [("0", "input", ", ".join(_shape(X) for X in leaves), "", "", "")]
    for k, X in enumerate(tape(output), start=1):
        assert X.module is not None and X.inputs is not None
        parameters = list(X.module.parameters())
        kind = type(X.module).__name__
        name = names.get(id(parameters[0])) if parameters else None
        n_w = sum(p.nelement() for p in parameters)
        n_in = sum(x.nelement() for x in X.inputs if x.requires_grad)
        rows.append(
            (
                str(k),
                f"{name}: {kind}" if name else kind,
                _shape(X),
                f"{n_w:,}" if parameters else "",
                f"[{X.nelement():,} x {n_in:,}]",
                f"[{X.nelement():,} x {n_w:,}]" if parameters else "",
            )
        )
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(f"{cell:<{w}}" for cell, w in zip(row, widths, strict=True)) for row in rows]
    total = sum(p.nelement() for p in module.parameters())
    return "\n".join([*(line.rstrip() for line in lines), f"{total:,} parameters"])


def _shape(X: Tensor) -> str:
    return f"({', '.join(map(str, X.shape))}{',' if X.ndim == 1 else ''})"
