"""Read a notebook that anyone may have handed in, and find the answers in it."""

import json
import os
import re
import stat
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .inside.child import ANSWER, ASIDE, OTHER_ANSWER

DEFINITION = re.compile(
    r"^(?:(?:async +)?def|class) +(\w+)|^(\w+) *(?::[^=\n]*)?=(?!=)", re.MULTILINE
)


class Unreadable(ValueError):
    """A file that cannot be graded; the message says why."""


@dataclass(frozen=True)
class Cell:
    """`number` counts all cells of the notebook, from 1."""

    number: int
    source: str


@dataclass(frozen=True)
class Notebook:
    """The code of a notebook. set_name: the set it says it belongs to, empty if it says none.

    texts: the cells that are not run.
    """

    cells: tuple[Cell, ...]
    set_name: str
    texts: tuple[Cell, ...] = ()


def contents(path: Path, most_bytes: int) -> bytes:
    """The bytes of an ordinary file. Raises Unreadable for anything else, links included."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        if path.is_symlink():
            raise Unreadable("a link, not a file") from error
        raise Unreadable(f"cannot be read: {error.strerror}") from error
    with open(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise Unreadable("not an ordinary file")
        if status.st_size > most_bytes:
            limit = f"the limit is {most_bytes / 1e6:.0f} MB"
            raise Unreadable(f"too large: {status.st_size / 1e6:.0f} MB, {limit}")
        return file.read(most_bytes)


def parse(content: bytes) -> Notebook:
    """The notebook in a file's bytes. Raises Unreadable if there is none."""
    try:
        notebook = json.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise Unreadable(f"not a notebook: not UTF-8 at byte {error.start}") from error
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"not a notebook: {error}") from error
    if isinstance(notebook, dict) and "worksheets" in notebook:
        raise Unreadable("a notebook of version 3: open it in Jupyter and save it again")
    if not isinstance(notebook, dict) or not isinstance(notebook.get("cells"), list):
        raise Unreadable("not a notebook: it has no list of cells")
    cells: dict[bool, list[Cell]] = {True: [], False: []}
    for number, cell in enumerate(notebook["cells"], 1):
        if isinstance(cell, dict):
            is_code = cell.get("cell_type") == "code"
            cells[is_code].append(Cell(number, text(cell.get("source"))))
    metadata = notebook.get("metadata")
    said = metadata.get("exercises") if isinstance(metadata, dict) else None
    set_name = said.get("set") if isinstance(said, dict) else None
    said = set_name if isinstance(set_name, str) else ""
    return Notebook(tuple(cells[True]), said, tuple(cells[False]))


def text(source: Any) -> str:
    """A cell's source, which a file may keep as one text or as a list of lines.

    What is no Unicode text (half of a surrogate pair) is replaced.
    """
    lines = source if isinstance(source, list) else [source]
    whole = "".join(line for line in lines if isinstance(line, str))
    return whole.encode("utf-8", "replace").decode()


def defined(source: str, names: Iterable[str]) -> list[str]:
    """Those of the names that a cell defines: with def, class or = at the start of a line.

    Found by their text: a hostile source can crash Python's own parser.
    """
    said = {definition or assignment for definition, assignment in DEFINITION.findall(source)}
    return [name for name in names if name in said]


def program(notebook: Notebook, task: str, names: Iterable[str]) -> list[dict[str, Any]]:
    """The cells to run for a task, all of them in order, as `inside.child` takes them.

    names: of all tasks.
    """
    cells = []
    for cell in notebook.cells:
        answers = defined(cell.source, names)
        role = ANSWER if task in answers else OTHER_ANSWER if answers else ASIDE
        cells.append({"number": cell.number, "source": cell.source, "role": role})
    return cells
