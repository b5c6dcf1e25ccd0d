"""What a public name comes with. Where an entry is missing, a test names it and the place for it.

So do `test_api.py` and `test_departures_page.py` for the pages of the book, and
`test_conformance.py` for the table of errors.
"""

import inspect
import pkgutil
from importlib import import_module

import numpy as np
import pytest
from catalog import CASES, OPTIMIZERS
from referee import as_tuple

from dlcore import nn, optim
from dlcore.nn import functional as F


def is_module(value):
    return inspect.isclass(value) and issubclass(value, nn.Module) and value is not nn.Module


MODULES = [getattr(nn, name) for name in nn.__all__ if is_module(getattr(nn, name))]
MADE = {type(m): m for case in CASES for _, m in case.module().named_modules()}
FUNCTIONS = [f for f in vars(F).values() if getattr(f, "__module__", None) == F.__name__]


def need(values, place):
    """Fail if there are any, by their names."""
    names = ", ".join(sorted(value.__name__ for value in values))
    assert not names, f"{place}: {names}"


def is_function_of(name, module):
    """Whether torch would call it so: `max_pool2d` of MaxPool2d, `cross_entropy` of the loss."""
    plain, wanted = name.replace("_", ""), module.__name__.lower()
    return plain in (wanted, wanted.removesuffix("loss"))


@pytest.fixture
def interop(requires_torch):
    return import_module("dlcore.interop")


def test_a_module_is_public():
    """Or it is what public ones are built on."""
    files = [import_module(f"dlcore.nn.{file.name}") for file in pkgutil.iter_modules(nn.__path__)]
    defined = {value for file in files for value in vars(file).values() if is_module(value)}
    used = {base for module in MODULES for base in module.__mro__}
    need(defined - used, "not in __all__ of dlcore/nn/__init__.py")


def test_a_module_has_a_case():
    need(set(MODULES) - MADE.keys(), "without a Case in tests/dlcore/catalog.py")


def test_a_module_is_carried_to_torch(interop):
    """Whoever adds a module that torch lacks says what it is there."""
    lacking = []
    for module in MADE.keys() & set(MODULES):
        try:
            interop.to_torch(MADE[module])
        except NotImplementedError:
            lacking.append(module)
    need(lacking, "without a Twin in dlcore/interop.py")
    both = {kind for kind in interop.TWINS if kind.__name__ in interop.OPTIONS}
    need(both, "torch has it, so it needs no Twin in dlcore/interop.py")


def test_a_module_has_its_function(torch, interop):
    """Where torch has one, of a module without parameters."""
    lacking = [
        module
        for module in MADE
        if module.__name__ in interop.OPTIONS
        and not list(MADE[module].parameters())
        and any(is_function_of(name, module) for name in dir(torch.nn.functional))
        and not any(is_function_of(f.__name__, module) for f in FUNCTIONS)
    ]
    need(lacking, "without a function in dlcore/nn/functional.py")


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: f.__name__)
def test_a_function_is_its_module(function, interop):
    """With every option of every case."""
    cases = [c for c in CASES if is_function_of(function.__name__, type(c.module()))]
    if not cases:
        need([function], "without a Case of its module in tests/dlcore/catalog.py")
    for case in cases:
        module, arrays = case.module(), case.inputs()
        options = interop._options(module, lambda array: array)
        for got, Y in zip(
            as_tuple(function(*arrays, **options)), as_tuple(module.fprop(*arrays)), strict=True
        ):
            np.testing.assert_array_equal(got, Y)


def test_an_optimizer_has_its_options():
    defined = [value for value in vars(optim).values() if inspect.isclass(value)]
    optimizers = {v for v in defined if issubclass(v, optim.Optimizer)} - {optim.Optimizer}
    entered = {getattr(optim, name) for name in OPTIMIZERS}
    need(optimizers - entered, "not in OPTIMIZERS of tests/dlcore/catalog.py")
