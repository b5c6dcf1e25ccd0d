"""Runs the cells of a page, as a notebook's kernel would."""

import ast
import json
import linecache
import os
import random
import sys
import traceback
from collections.abc import Callable
from importlib import import_module
from types import ModuleType
from typing import Any

from .outbox import Outbox, Stream


class Kernel:
    """The names that the cells define, and the way to the page.

    send(kind, text) takes what is to be shown: "stdout", "stderr", "result"
    and "error" with a text, "hint" with what an error itself wants to show,
    "html", "figure" with a PNG in base64, and with JSON "widget" and
    "progress": the states of exercises, by set and task.
    states: of exercises, known so far, in JSON.
    """

    current: "Kernel"  # the one of this page

    def __init__(
        self, send: Callable[[str, str], None], states: str = "{}"
    ) -> None:
        Kernel.current = self
        random.seed()  # every page starts from one snapshot of Python's memory
        self.outbox = Outbox(send)
        self.states = json.loads(states)
        self.main = ModuleType("__main__")
        self.main.__dict__["display"] = self.display
        sys.modules["__main__"] = self.main
        sys.stdout = Stream(self.outbox, "stdout")
        sys.stderr = Stream(self.outbox, "stderr")
        os.environ["MPLBACKEND"] = "module://in_page.figures"

    def run(
        self,
        source: str,
        name: str,
        sizes: dict[str, Any],
        asserts: bool = True,
    ) -> bool:
        """Run a cell; tells whether it came to its end.

        name: stands for the file in a traceback. sizes: values that take the
        place of those that the cell itself gives to these names. asserts:
        whether to heed them.
        """
        self.outbox.begin()
        lines = source.splitlines(keepends=True)
        # Tracebacks and inspect look here.
        linecache.cache[name] = (len(source), None, lines, name)
        try:
            self.execute(source, name, sizes, optimize=-1 if asserts else 1)
            self.show_figures()
        except BaseException as error:
            self.outbox.show(*report(error))
            return False
        finally:
            self.outbox.flush()
            self.exchange_states()
        return True

    def execute(
        self, source: str, name: str, sizes: dict[str, Any], optimize: int
    ) -> None:
        tree = ast.parse(source, name)
        resize(tree, sizes)
        last = None
        if tree.body and isinstance(tree.body[-1], ast.Expr):
            last = ast.Expression(tree.body.pop().value)
        scope = self.main.__dict__
        exec(compile(tree, name, "exec", optimize=optimize), scope)
        if last is not None:
            value = eval(compile(last, name, "eval", optimize=optimize), scope)
            if value is not None and not source.rstrip().endswith(";"):
                self.display(value)

    def display(self, *values: Any) -> None:
        """Show values as a notebook does, in the richest form at hand."""
        for value in values:
            if is_a(value, "matplotlib.figure", "Figure"):
                png = import_module("in_page.figures").png(value)
                self.outbox.show("figure", png)
            elif is_a(value, "anywidget", "AnyWidget"):
                self.outbox.show("widget", json.dumps(value.as_message()))
            elif html := form(value, "_repr_html_", "_repr_svg_"):
                self.outbox.show("html", html)
            else:
                self.outbox.show("result", repr(value))

    def exchange_states(self) -> None:
        """Tell the notes of an exercise what is known, and the page theirs."""
        notes = getattr(self.main.__dict__.get("check"), "progress", None)
        if notes:
            for name, states in self.states.items():
                notes.states[name] = states | notes.states.get(name, {})
            self.states = {}
            self.outbox.show("progress", json.dumps(notes.states))

    def show_figures(self) -> None:
        """The figures that the cell left open."""
        figures = sys.modules.get("in_page.figures")
        if figures:
            figures.show()


def is_a(value: Any, module: str, name: str) -> bool:
    """Whether value is of that class, which may not be imported."""
    kind = getattr(sys.modules.get(module), name, None)
    return kind is not None and isinstance(value, kind)


def form(value: Any, *methods: str) -> str | None:
    """What the first of these methods gives. A class has them for others."""
    for method in methods:
        if hasattr(value, method) and not isinstance(value, type):
            return getattr(value, method)()
    return None


def resize(tree: ast.Module, sizes: dict[str, Any]) -> None:
    """Put these values where the module itself assigns the names.

    In `A = 1` and in `A, B = 1, 2`.
    """
    for node in tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(name)]) if name in sizes:
                node.value = instead(node.value, sizes[name])
            case ast.Assign(
                targets=[ast.Tuple(names)], value=ast.Tuple(values)
            ):
                for place, each in enumerate(names):
                    if isinstance(each, ast.Name) and each.id in sizes:
                        values[place] = instead(values[place], sizes[each.id])


def instead(node: ast.expr, value: Any) -> ast.expr:
    return ast.copy_location(ast.Constant(value), node)


def report(error: BaseException) -> tuple[str, str]:
    """The traceback from the cell on, or what the error would rather show."""
    own_form = getattr(error, "_render_traceback_", None)
    if own_form:
        return "hint", "\n".join(own_form())
    trace = error.__traceback__
    while trace and trace.tb_frame.f_code.co_filename == __file__:
        trace = trace.tb_next
    lines = traceback.format_exception(type(error), error, trace)
    return "error", "".join(lines).rstrip()
