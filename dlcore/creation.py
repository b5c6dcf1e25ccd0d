"""Tensors from numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

from . import random
from .tensor import Tensor


def tensor(data: Any, dtype: Any = None, requires_grad: bool = False) -> Tensor:
    """A Tensor with a copy of these numbers.

    An array keeps its dtype; Python numbers and lists give float32, int64 or bool, as in torch.
    """
    array = np.array(data, dtype)
    if dtype is None and not hasattr(data, "dtype") and array.dtype == np.float64:
        array = array.astype(np.float32)
    return Tensor(array, requires_grad)


def randn(*shape: int, requires_grad: bool = False) -> Tensor:
    """A float32 Tensor of Gaussian numbers with mean 0 and standard deviation 1."""
    return Tensor(random.normal(shape), requires_grad)
