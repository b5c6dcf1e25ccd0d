"""Modules: each knows how to go forward (`fprop`) and how to send a gradient back (`bprop`)."""

from .. import advice
from . import functional
from .checks import InputError
from .contrastive import ContrastiveLoss
from .conv import Conv2d
from .costs import CrossEntropyLoss, MSELoss, NLLLoss, SquaredDistance
from .linear import Linear
from .module import Module, Parameter, Sequential
from .normalization import DivisiveNorm, LocalContrastNorm, SubtractiveNorm
from .pointwise import (
    Abs,
    Hardshrink,
    Hardtanh,
    ReLU,
    Sigmoid,
    Softshrink,
    Sqrt,
    Square,
    Tanh,
    Threshold,
    WinnerTakeAll,
)
from .pooling import AvgPool2d, FeaturePool, LogProbPool2d, LPPool2d, MaxPool2d
from .rbf import RBF
from .softmax import LogSoftmax, Softmax
from .whitening import Whitening
from .wiring import Add, Duplicate, Flatten, Max, View

__all__ = [  # noqa: RUF022 (RBF is no constant)
    "Abs",
    "Add",
    "AvgPool2d",
    "ContrastiveLoss",
    "Conv2d",
    "CrossEntropyLoss",
    "DivisiveNorm",
    "Duplicate",
    "FeaturePool",
    "Flatten",
    "Hardshrink",
    "Hardtanh",
    "InputError",
    "LPPool2d",
    "Linear",
    "LocalContrastNorm",
    "LogProbPool2d",
    "LogSoftmax",
    "MSELoss",
    "Max",
    "MaxPool2d",
    "Module",
    "NLLLoss",
    "Parameter",
    "RBF",
    "ReLU",
    "Sequential",
    "Sigmoid",
    "Softmax",
    "Softshrink",
    "Sqrt",
    "Square",
    "SquaredDistance",
    "SubtractiveNorm",
    "Tanh",
    "Threshold",
    "View",
    "Whitening",
    "WinnerTakeAll",
    "functional",
]

__getattr__ = advice.missing_name("nn")
