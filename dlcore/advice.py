"""What to write instead, where somebody writes what dlcore leaves out: the texts of its errors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

__all__: list[str] = []  # nothing here is for users

NUMBERS = "what NumPy has under this name is x.data.{name}"
OWN = "inside a net, a module of your own with fprop and bprop"

# Of a Tensor: attributes and methods that torch has.
ATTRIBUTES = {
    "T": f"x.data.T; {OWN}",
    "argmax": "x.data.argmax(axis)",
    "clone": "x.detach() is the same array, dl.tensor(x.data) a copy",
    "cpu": "everything is on the CPU",
    "cuda": "everything is on the CPU; dlcore.interop.to_torch(net) makes a net of torch's",
    "device": "everything is on the CPU",
    "exp": f"of the numbers, np.exp(x.data); {OWN}",
    "flatten": "nn.Flatten()(x), or x.view(len(x.data), -1)",
    "grad_fn": "x.module, the module that made it",
    "is_leaf": "x.module is None",
    "mean": "nn.MSELoss and the other costs average; of the numbers, x.data.mean()",
    "numel": "x.nelement()",
    "relu": "nn.ReLU()(x)",
    "requires_grad_": "x.requires_grad = True",
    "reshape": "x.view(...)",
    "retain_grad": "leaves alone keep a gradient: make one of x.data, and go on from there",
    "sigmoid": "nn.Sigmoid()(x)",
    "size": "x.shape, or x.nelement()",
    "softmax": "nn.Softmax(dim)(x)",
    "sum": f"of the numbers, x.data.sum(); {OWN}",
    "tanh": "nn.Tanh()(x)",
    "to": "everything is on the CPU; net.double() and net.float() convert a net",
    "tolist": "x.data.tolist()",
    "unsqueeze": "x.view(...)",
    "zero_": "x.grad = None, or net.zero_grad()",
}

PLUS = f"of the operators + alone is recorded; {OWN}"
SCALE = "to scale a gradient, loss.backward(0.5)"
NUMBER = "x.item() is the number of a Tensor that has one"

# Of a Tensor: operators.
OPERATORS = {
    "*": (("mul", "rmul", "imul"), f"{PLUS}; {SCALE}"),
    "/": (("truediv", "rtruediv", "itruediv", "floordiv", "rfloordiv"), f"{PLUS}; {SCALE}"),
    "-": (("sub", "rsub", "isub", "neg"), f"{PLUS}; nn.SquaredDistance()(x, y) compares"),
    "@": (("matmul", "rmatmul"), "nn.Linear multiplies by a matrix"),
    "**": (("pow", "rpow"), "nn.Square()(x), nn.Sqrt()(x)"),
    "abs": (("abs",), "nn.Abs()(x)"),
    "[]": (("getitem", "setitem"), f"x.data[...] has the numbers; {OWN}"),
    "<": (("lt", "le", "gt", "ge"), f"{NUMBER}, x.data has them all"),
    "float": (("float", "int", "round"), NUMBER),
}

# Of the packages: what torch has under the same name.
PLAIN_LIST = "a plain list will do, or a dict: a Module looks into both"
LAYER = "write a Module with fprop and bprop, and try it with dl.gradcheck"
NAMES = {
    "nn": {
        "ModuleList": PLAIN_LIST,
        "ModuleDict": PLAIN_LIST,
        "ParameterList": PLAIN_LIST,
        "Identity": "nn.Sequential() hands on what it is given",
        "init": "give W.data new numbers",
        "utils": "the gradients are in p.grad of net.parameters()",
        "L1Loss": LAYER,
        "BCELoss": "nn.CrossEntropyLoss with two classes",
        "BCEWithLogitsLoss": "nn.CrossEntropyLoss with two classes",
        "Softmax2d": "nn.Softmax(dim=1)",
    },
    "optim": {
        "AdamW": "optim.Adam, optim.SGD(weight_decay=...), or an Optimizer with its own update",
        "lr_scheduler": "set optimizer.lr between steps",
    },
    "F": {
        "linear": "make an nn.Linear once and call it",
        "conv2d": "make an nn.Conv2d once and call it",
        "dropout": LAYER,
    },
}
OTHERS = {
    "nn": f"dlcore has what the lecture needs; {LAYER}",
    "optim": "dlcore has SGD and Adam; write an Optimizer with its own update",
    "F": "a function here is a module called at once; see dlcore.nn",
}


def missing_name(package: str) -> Callable[[str], NoReturn]:
    """A `__getattr__` for a package: AttributeError with what to write for a name of torch's."""

    def instead(name: str) -> NoReturn:
        text = f"dlcore has no {package}.{name}"
        if not name.startswith("_"):
            text += f": {NAMES[package].get(name, OTHERS[package])}"
        raise AttributeError(text)

    return instead


def missing_attribute(name: str) -> str:
    """What a Tensor says of an attribute that it does not have."""
    text = f"a Tensor has no attribute {name!r}"
    if name.startswith("_"):
        return text
    return f"{text}: {ATTRIBUTES.get(name, NUMBERS.format(name=name))}"


def refusing(symbol: str, advice: str) -> Callable[..., NoReturn]:
    """A method for an operator that is not recorded."""

    def refuse(*operands: Any) -> NoReturn:
        raise TypeError(f"a Tensor does not take {symbol}: {advice}")

    return refuse
