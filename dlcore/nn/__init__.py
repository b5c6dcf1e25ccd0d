"""Modules: each knows how to go forward (`fprop`) and how to send a gradient back (`bprop`)."""

from . import functional
from .checks import InputError
from .costs import CrossEntropyLoss, MSELoss, NLLLoss, SquaredDistance
from .linear import Linear
from .module import Module, Parameter, Sequential
from .pointwise import ReLU, Sigmoid, Tanh
from .softmax import LogSoftmax, Softmax
from .wiring import Add, Duplicate, Flatten, Max, View

__all__ = [
    "Add",
    "CrossEntropyLoss",
    "Duplicate",
    "Flatten",
    "InputError",
    "Linear",
    "LogSoftmax",
    "MSELoss",
    "Max",
    "Module",
    "NLLLoss",
    "Parameter",
    "ReLU",
    "Sequential",
    "Sigmoid",
    "Softmax",
    "SquaredDistance",
    "Tanh",
    "View",
    "functional",
]
