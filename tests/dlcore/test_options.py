"""The same name as in torch means the same constructor; what dlcore lacks, it names and refuses."""

import inspect

import numpy as np
import pytest

from dlcore import nn, optim
from dlcore.nn import functional as F


def shared(ours, theirs, kind):
    names = [name for name in dir(ours) if not name.startswith("_") and hasattr(theirs, name)]
    return [name for name in names if kind(getattr(ours, name))]


def options(callable_):
    """Name, default and kind of each option; *args has neither a name nor a default to compare."""
    return [
        (p.name, p.default, p.kind)
        for p in inspect.signature(callable_).parameters.values()
        if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)
    ]


def is_module(value):
    return inspect.isclass(value) and issubclass(value, nn.Module)


def is_optimizer(value):
    return inspect.isclass(value) and issubclass(value, optim.Optimizer)


def test_modules_have_torchs_constructors(torch):
    names = shared(nn, torch.nn, is_module)
    assert {"Linear", "ReLU", "CrossEntropyLoss", "Sequential"} <= set(names)
    for name in names:
        assert options(getattr(nn, name)) == options(getattr(torch.nn, name)), name


def test_optimizers_have_torchs_constructors(torch):
    names = shared(optim, torch.optim, is_optimizer)
    assert {"SGD", "Adam"} <= set(names)
    for name in names:
        if name != "Optimizer":
            assert options(getattr(optim, name)) == options(getattr(torch.optim, name)), name


def test_functions_have_torchs_options(torch):
    """All of them, but those at the end: torch's last options may be missing here."""
    names = shared(F, torch.nn.functional, inspect.isfunction)
    assert {"relu", "log_softmax", "nll_loss", "cross_entropy", "mse_loss"} <= set(names)
    for name in names:
        function = getattr(torch.nn.functional, name)
        if inspect.isbuiltin(function) or not options(function):
            continue  # written in C++, or picked at the call: torch does not tell
        ours = options(getattr(F, name))
        assert ours == options(function)[: len(ours)], name


P = [nn.Parameter(np.zeros(2))]


@pytest.mark.parametrize(
    "make, text",
    [
        (lambda: nn.Linear(3, 2, device="cuda"), "Linear: dlcore does not have device='cuda'"),
        (
            lambda: nn.Linear(3, 2, True, "cpu", "float32"),
            "Linear: dlcore does not have device='cpu', dtype='float32'",
        ),
        (lambda: nn.ReLU(inplace=True), "ReLU: dlcore does not have inplace=True"),
        (lambda: F.relu([1.0], inplace=True), "ReLU: dlcore does not have inplace=True"),
        (lambda: nn.MSELoss(False), "MSELoss: dlcore does not have size_average=False"),
        (lambda: nn.MSELoss(reduce=True), "MSELoss: dlcore does not have reduce=True"),
        (
            lambda: nn.NLLLoss(None, True, reduce=False),
            "NLLLoss: dlcore does not have size_average=True, reduce=False",
        ),
        (
            lambda: nn.CrossEntropyLoss(label_smoothing=0.1),
            "CrossEntropyLoss: dlcore does not have label_smoothing=0.1",
        ),
        (
            lambda: F.cross_entropy([[1.0]], [0], label_smoothing=0.1),
            "CrossEntropyLoss: dlcore does not have label_smoothing=0.1",
        ),
        (
            lambda: nn.CrossEntropyLoss(None, True),
            "CrossEntropyLoss: dlcore does not have size_average=True",
        ),
        (lambda: optim.SGD(P, foreach=True), "SGD: dlcore does not have foreach=True"),
        (lambda: optim.SGD(P, fused=False), "SGD: dlcore does not have fused=False"),
        (
            lambda: optim.SGD(P, differentiable=True),
            "SGD: dlcore does not have differentiable=True",
        ),
        (lambda: optim.Adam(P, foreach=True), "Adam: dlcore does not have foreach=True"),
        (lambda: optim.Adam(P, fused=True), "Adam: dlcore does not have fused=True"),
        (lambda: optim.Adam(P, capturable=True), "Adam: dlcore does not have capturable=True"),
        (
            lambda: optim.Adam(P, differentiable=True),
            "Adam: dlcore does not have differentiable=True",
        ),
        (
            lambda: optim.Adam(P, decoupled_weight_decay=True),
            "Adam: dlcore does not have decoupled_weight_decay=True",
        ),
    ],
)
def test_what_is_missing_is_named(make, text):
    with pytest.raises(NotImplementedError) as error:
        make()
    assert str(error.value) == text
