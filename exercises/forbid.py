"""`from dlcore.nn import Linear` is no answer to "write Linear".

In the notebook a forbidden class or function refuses to work while an answer is tried (`without`).
In the sandbox there is no code left in it to be used, read or copied (`hollow`).
"""

import ast
import importlib
import inspect
import shutil
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from pathlib import Path
from types import FunctionType
from typing import Any


def resolve(name: str) -> Any:
    """The class or function behind a dotted name, wherever it is exported from.

    Raises LookupError if there is none: a task that forbids it is out of date.
    """
    module, *rest = name.split(".")
    found: Any = importlib.import_module(module)
    for part in rest:
        module += f".{part}"
        if not hasattr(found, part) and not find_spec(module):
            raise LookupError(f"a task forbids {name}, and there is no {module}")
        found = getattr(found, part, None) or importlib.import_module(module)
    if not isinstance(found, type | FunctionType):
        raise LookupError(f"a task forbids {name}, which is no class and no Python function")
    return found


def refusal(name: str) -> str:
    return f"this task is to be done without {name}, so it does not work here"


@contextmanager
def without(names: Sequence[str]) -> Iterator[None]:
    """While this lasts, what is forbidden raises RuntimeError when it is called, by any name."""
    with ExitStack() as undo:
        for name in names:
            scope: dict[str, Any] = {}
            refuse = f"def refuse(*_, **__): raise RuntimeError({refusal(name)!r})"
            exec(compile(refuse, "<forbidden>", "exec"), scope)
            found = resolve(name)
            if isinstance(found, type):
                undo.enter_context(replaced(found, "__init__", scope["refuse"]))
            else:
                undo.enter_context(replaced(found, "__code__", scope["refuse"].__code__))
        yield


@contextmanager
def replaced(owner: Any, name: str, value: Any) -> Iterator[None]:
    own = isinstance(owner, FunctionType) or name in vars(owner)
    before = getattr(owner, name)
    setattr(owner, name, value)
    try:
        yield
    finally:
        if own:
            setattr(owner, name, before)
        else:
            delattr(owner, name)


def hollow(package: str, names: Sequence[str], target: Path) -> None:
    """Copy an importable package to `target`, with nothing left in what `names` forbids."""
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise LookupError(f"{package} is not installed, and a task forbids {', '.join(names)}")
    source = Path(spec.submodule_search_locations[0]).resolve()
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__", "*.ipynb"))
    for name in names:
        found = resolve(name)
        file = target / Path(inspect.getfile(found)).resolve().relative_to(source)
        tree = ast.parse(file.read_text(encoding="utf-8"))
        empty(tree, found.__qualname__.split("."), refusal(name))
        file.write_text(ast.unparse(tree), encoding="utf-8")


def empty(scope: ast.Module | ast.ClassDef, path: list[str], message: str) -> None:
    """Take the body out of the definition at `path` and put an exception in its place."""
    refuse = ast.parse(f"raise RuntimeError({message!r})").body
    kinds = ast.FunctionDef | ast.ClassDef
    for node in scope.body:
        if isinstance(node, kinds) and node.name == path[0]:
            if len(path) > 1 and isinstance(node, ast.ClassDef):
                empty(node, path[1:], message)
            elif isinstance(node, ast.ClassDef):
                node.body = ast.parse("def __init__(self, *args, **kwargs): pass").body
                empty(node, ["__init__"], message)
            else:
                node.body = refuse
