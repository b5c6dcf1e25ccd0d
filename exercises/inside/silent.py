"""Stand-ins for what draws, asks or shows: they do nothing, and give what the thing would give."""

import concurrent.futures
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

import numpy as np

# Pictures are not looked at here, and checks not asked: these packages do nothing at all.
SILENT = {"IPython", "anywidget", "exercises", "ipywidgets", "matplotlib"}


class Silent(ModuleType):
    """Stands for any module, function or object: has every name, can be called, does nothing."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return GIVES.get(name) or Silent(name)

    def __call__(self, *args: Any, **kwargs: Any) -> "Silent":
        return self

    def __getitem__(self, key: Any) -> "Silent":
        return self

    def __iter__(self) -> Iterator["Silent"]:
        return iter((self, self))

    def __enter__(self) -> "Silent":
        return self

    def __exit__(self, *args: Any) -> None:
        pass


def subplots(nrows: int = 1, ncols: int = 1, *, squeeze: bool = True, **_: Any) -> Any:
    """A figure, and its axes in an array of as many."""
    axes = np.empty((nrows, ncols), object)
    axes[:] = Silent("axes")
    return Silent("figure"), axes.squeeze()[()] if squeeze else axes


def limits(*_: Any, **__: Any) -> tuple[float, float]:
    return 0.0, 1.0


def nothing(*_: Any, **__: Any) -> list[Any]:
    return []


GIVES: dict[str, Callable[..., Any]] = {
    "subplots": subplots,
    "get_xlim": limits,
    "get_ylim": limits,
    "get_lines": nothing,
    "get_children": nothing,
}


class SilentPackages(MetaPathFinder, Loader):
    """Finds a `Silent` module under every name of the given packages."""

    def __init__(self, packages: set[str]) -> None:
        self.packages = packages

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        if name == "tqdm.notebook" or name.partition(".")[0] in self.packages:
            return ModuleSpec(name, self, is_package=True)
        return None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        if spec.name == "tqdm.notebook":  # a widget; the one for a terminal counts as well
            return sys.modules["tqdm"]
        return Silent(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        pass


class OneAfterTheOther(Executor):
    """An executor without threads, which the sandbox does not allow."""

    def __init__(self, *_: Any, **__: Any) -> None:
        pass

    def submit(self, work: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future:
        future: Future = Future()
        try:
            future.set_result(work(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


def keep_silent(others: Iterable[str]) -> None:
    """From now on, the packages in SILENT and these others do nothing."""
    sys.meta_path.insert(0, SilentPackages(SILENT | set(others)))
    concurrent.futures.ThreadPoolExecutor = OneAfterTheOther  # type: ignore[assignment, misc]
