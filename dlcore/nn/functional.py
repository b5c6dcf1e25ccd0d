"""The same modules as functions: `F.relu(x)` is `nn.ReLU()(x)`."""

from __future__ import annotations

from typing import Any

from .. import advice
from ..tensor import Tensor
from .costs import CrossEntropyLoss, MSELoss, NLLLoss
from .pointwise import Hardshrink, Hardtanh, ReLU, Sigmoid, Softshrink, Tanh, Threshold
from .pooling import AvgPool2d, LPPool2d, MaxPool2d, Size
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


def hardtanh(
    input: Any, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False
) -> Tensor:
    """`nn.Hardtanh` as a function."""
    return Hardtanh(min_val, max_val, inplace)(input)


def threshold(input: Any, threshold: float, value: float, inplace: bool = False) -> Tensor:
    """`nn.Threshold` as a function."""
    return Threshold(threshold, value, inplace)(input)


def hardshrink(input: Any, lambd: float = 0.5) -> Tensor:
    """`nn.Hardshrink` as a function."""
    return Hardshrink(lambd)(input)


def softshrink(input: Any, lambd: float = 0.5) -> Tensor:
    """`nn.Softshrink` as a function."""
    return Softshrink(lambd)(input)


def max_pool2d(
    input: Any,
    kernel_size: Size,
    stride: Size | None = None,
    padding: Size = 0,
    dilation: Size = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Tensor:
    """`nn.MaxPool2d` as a function; as in torch, ceil_mode comes before return_indices here."""
    return MaxPool2d(kernel_size, stride, padding, dilation, return_indices, ceil_mode)(input)


def avg_pool2d(
    input: Any,
    kernel_size: Size,
    stride: Size | None = None,
    padding: Size = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Tensor:
    """`nn.AvgPool2d` as a function."""
    pool = AvgPool2d(kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override)
    return pool(input)


def lp_pool2d(
    input: Any,
    norm_type: float,
    kernel_size: Size,
    stride: Size | None = None,
    ceil_mode: bool = False,
) -> Tensor:
    """`nn.LPPool2d` as a function."""
    return LPPool2d(norm_type, kernel_size, stride, ceil_mode)(input)


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
    cost = CrossEntropyLoss(weight, size_average, ignore_index, reduce, reduction, label_smoothing)
    return cost(input, target)


__getattr__ = advice.missing_name("F")
