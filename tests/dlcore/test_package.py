"""The package: what importing it costs, what it shows, what it says about itself."""

import ast
import importlib
import inspect
import pkgutil
import re
import subprocess
import sys
from pathlib import Path

import pytest

import dlcore
from dlcore import nn

# Everything that was imported from outside the standard library, by `import dlcore` alone.
WHAT_COMES_ALONG = """
import sys
import dlcore, dlcore.nn.functional
files = {name.partition(".")[0] for name, m in sys.modules.items() if getattr(m, "__file__", None)}
print(*files - sys.stdlib_module_names)
"""


def test_import_brings_numpy_and_nothing_else():
    result = subprocess.run(
        [sys.executable, "-c", WHAT_COMES_ALONG], capture_output=True, text=True, check=True
    )
    assert {"dlcore", "numpy"} <= set(result.stdout.split())
    started_with = subprocess.run(
        [sys.executable, "-c", WHAT_COMES_ALONG.replace("import dlcore, dlcore.nn.functional", "")],
        capture_output=True,
        text=True,
        check=True,
    )
    assert set(result.stdout.split()) - set(started_with.stdout.split()) == {"dlcore", "numpy"}


def test_import_says_nothing():
    result = subprocess.run(
        [sys.executable, "-W", "error", "-c", "import dlcore"], capture_output=True, check=True
    )
    assert result.stdout == result.stderr == b""


CORE = [
    importlib.import_module(f"dlcore.{name}")
    for name in ("creation", "gradcheck", "optim", "random", "summary", "tensor")
] + [
    importlib.import_module(f"dlcore.nn.{module.name}")
    for module in pkgutil.iter_modules(nn.__path__)
]


@pytest.mark.parametrize("package", [dlcore, nn], ids=lambda package: package.__name__)
def test_public_names_are_all_there_and_sorted(package):
    assert sorted(package.__all__) == list(package.__all__)
    assert len(set(package.__all__)) == len(package.__all__)
    for name in package.__all__:
        assert hasattr(package, name)


def public(module):
    """The public functions and classes that a file defines, and their public methods."""
    for name, value in vars(module).items():
        if name.startswith("_") or getattr(value, "__module__", None) != module.__name__:
            continue
        yield name, value
        if inspect.isclass(value):
            for method in vars(value):
                if not method.startswith("_") and callable(getattr(value, method)):
                    yield f"{name}.{method}", getattr(value, method)


@pytest.mark.parametrize("module", [dlcore, nn, *CORE], ids=lambda module: module.__name__)
def test_everything_public_has_a_docstring(module):
    assert module.__doc__
    silent = [name for name, value in public(module) if not inspect.getdoc(value)]
    assert silent == []


SOURCES = sorted(Path(dlcore.__file__).parent.rglob("*.py"))
MARKUP = re.compile(r"^ *([-=]{3,}|:\w+.*:|(Args|Returns|Raises):)( |$)", re.MULTILINE)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_docstrings_are_plain_text(path):
    """Of one dialect: no underlined headings, no fields, no sections of arguments."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
            assert not MARKUP.search(ast.get_docstring(node) or "")


@pytest.mark.parametrize("module", CORE, ids=lambda module: module.__name__)
def test_a_signature_is_typed(module):
    for name, value in public(module):
        if inspect.isfunction(value):
            parameters = [
                p for p in inspect.signature(value).parameters.values() if p.name != "self"
            ]
            assert all(p.annotation is not p.empty for p in parameters), name


def test_layers_point_one_way():
    """nn knows nothing of the pictures, the data or torch."""
    for module in pkgutil.iter_modules(nn.__path__):
        source = inspect.getsource(importlib.import_module(f"dlcore.nn.{module.name}"))
        for forbidden in ("viz", "data import", "interop", "import torch", "matplotlib"):
            assert forbidden not in source, module.name
