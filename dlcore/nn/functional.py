"""The same modules as functions: `F.relu(x)` is `nn.ReLU()(x)`."""

from __future__ import annotations

from typing import Any

from ..tensor import Tensor
from .costs import CrossEntropyLoss, MSELoss, NLLLoss
from .pointwise import ReLU, Sigmoid, Tanh
from .softmax import LogSoftmax, Softmax
from .wiring import Flatten


def relu(input: Any, inplace: bool = False) -> Tensor:
    """`nn.ReLU` as a function."""
    return ReLU(inplace)(input)


def tanh(input: Any) -> Tensor:
    """`nn.Tanh` as a function."""
    return Tanh()(input)


def sigmoid(input: Any) -> Tensor:
    """`nn.Sigmoid` as a function."""
    return Sigmoid()(input)


def softmax(input: Any, dim: int | None = None) -> Tensor:
    """`nn.Softmax` as a function."""
    return Softmax(dim)(input)


def log_softmax(input: Any, dim: int | None = None) -> Tensor:
    """`nn.LogSoftmax` as a function."""
    return LogSoftmax(dim)(input)


def flatten(input: Any, start_dim: int = 0, end_dim: int = -1) -> Tensor:
    """`nn.Flatten` as a function; here, as in torch, it flattens all dimensions by default."""
    return Flatten(start_dim, end_dim)(input)


def mse_loss(
    input: Any,
    target: Any,
    size_average: None = None,
    reduce: None = None,
    reduction: str = "mean",
) -> Tensor:
    """`nn.MSELoss` as a function."""
    return MSELoss(size_average, reduce, reduction)(input, target)


def nll_loss(
    input: Any,
    target: Any,
    weight: Any = None,
    size_average: None = None,
    ignore_index: int = -100,
    reduce: None = None,
    reduction: str = "mean",
) -> Tensor:
    """`nn.NLLLoss` as a function."""
    return NLLLoss(weight, size_average, ignore_index, reduce, reduction)(input, target)


def cross_entropy(
    input: Any,
    target: Any,
    weight: Any = None,
    size_average: None = None,
    ignore_index: int = -100,
    reduce: None = None,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
) -> Tensor:
    """`nn.CrossEntropyLoss` as a function."""
    cost = CrossEntropyLoss(
        weight, size_average, ignore_index, reduce, reduction, label_smoothing
    )
    return cost(input, target)
