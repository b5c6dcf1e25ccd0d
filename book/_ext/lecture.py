"""The rows of the lecture, and what cells of a notebook say of them.

What there should be stands in `book/lecture.toml`. A cell says in its
metadata, under `lecture`, which rows it teaches or measures. A verdict has no
numbers of its own: each is read from what its cell has printed.
"""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from nbformat import NotebookNode
from printed import find, prints

DATA = Path(__file__).resolve().parents[1] / "lecture.toml"
LECTURE = tomllib.loads(DATA.read_text(encoding="utf-8"))
CHAPTERS: dict[str, list[str]] = LECTURE["chapters"]
ROWS: list[str] = list(LECTURE["rows"])
HOLDS = {
    "yes": "Holds",
    "conditions": "Holds with conditions",
    "corrected": "Corrected",
}


def marked_rows(cell: NotebookNode) -> Iterator[str]:
    """What is wrong with what a cell says of rows."""
    marker = cell.metadata.get("lecture")
    if marker is None:
        return
    known = {"rows", "role", "verdict", "values", "shows", "holds"}
    if not isinstance(marker, dict) or not marker.keys() <= known:
        names = ", ".join(sorted(known))
        yield f"expected lecture to have of {names}, found {marker}"
        return
    rows, role = marker.get("rows"), marker.get("role")
    if not isinstance(rows, list) or not rows or not set(rows) <= set(ROWS):
        yield f"expected lecture.rows to be a list of L01 to L41, found {rows}"
    if role not in ("teaches", "measures"):
        yield f"expected lecture.role to be teaches or measures, found {role}"
    if role == "teaches" and not marker.keys() <= {"rows", "role"}:
        yield f"expected nothing more where lecture.role is {role}"
    if role == "measures":
        try:
            verdict(cell)
        except ValueError as error:
            yield str(error)


def verdict(cell: NotebookNode) -> str:
    """What the cell found, with the numbers that it has printed.

    Raises ValueError if they cannot be found, or if there are others.
    """
    marker = cell.metadata.lecture
    text, values = marker.get("verdict", ""), marker.get("values", {})
    shows, holds = marker.get("shows", []), marker.get("holds", "yes")
    if not text or not (values or shows):
        raise ValueError(
            "expected a verdict where lecture.role is measures, with values "
            "that the cell prints, or with lines that it shows"
        )
    if holds not in HOLDS:
        names = ", ".join(HOLDS)
        raise ValueError(f"expected holds: {names}, found {holds!r}")
    places = set(re.findall(r"{(\w+)}", text))
    if places != set(values):
        raise ValueError(
            f"expected values for {sorted(places)}, found {sorted(values)}"
        )
    own = re.sub(r"`[^`]*`|{\w+}", "", text)
    if re.search(r"\d", own):
        raise ValueError(
            "expected the numbers of a verdict as {values}, or in `code`, "
            f"found {text!r}"
        )
    for line in shows:
        if not prints(cell, line):
            raise ValueError(f"expected the cell to print {line!r}")
    found = {name: find(cell, line) for name, line in values.items()}
    return re.sub(r"{(\w+)}", lambda place: found[place[1]], text)
