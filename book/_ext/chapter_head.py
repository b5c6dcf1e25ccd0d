"""What a chapter says of itself: its question, what it needs, its minutes.

A notebook's metadata have `book: {question, needs}`. The minutes are counted,
not claimed.
"""

import re
from dataclasses import dataclass

from folded_code import folds
from lecture import CHAPTERS
from nbformat import NotebookNode

# For who reads with a pencil: prose slowly, code that is shown as fast as one
# understands it, a figure for a while.
WORDS, LINES, FIGURES = 200, 50, 4  # a minute
HIDDEN = {"remove-cell", "remove_cell"}


@dataclass(frozen=True)
class Head:
    """needs: names of chapters, or other things that one should know."""

    question: str
    needs: tuple[str, ...]
    minutes: int


def head(notebook: NotebookNode) -> Head:
    """Raises ValueError if the metadata are not as they should be."""
    told = notebook.metadata.get("book", {})
    if told.keys() != {"question", "needs"}:
        raise ValueError(
            "expected the notebook's metadata to have book: {question, needs},"
            f" found {dict(told)}"
        )
    question, needs = told["question"], told["needs"]
    if not question.endswith("?"):
        raise ValueError(
            f"expected book.question with a ?, found {question!r}"
        )
    if not isinstance(needs, list) or not needs:
        raise ValueError(f"expected book.needs to be a list, found {needs!r}")
    for need in needs:
        if re.match(r"ch\d", need) and need not in CHAPTERS:
            raise ValueError(
                f"expected a chapter in book.needs, found {need!r}"
            )
    return Head(question, tuple(needs), minutes(notebook))


def minutes(notebook: NotebookNode) -> int:
    """To read it once, rounded to five."""
    words = lines = figures = 0
    for cell in notebook.cells:
        tags = set(cell.metadata.get("tags", []))
        if cell.cell_type == "markdown":
            words += len(re.findall(r"\w+", cell.source))
        elif not tags & HIDDEN:
            kinds = [kind for o in cell.outputs for kind in o.get("data", {})]
            figures += "image/png" in kinds
            if not folds(cell):
                lines += sum(
                    map(bool, map(str.strip, cell.source.split("\n")))
                )
    return 5 * round((words / WORDS + lines / LINES + figures / FIGURES) / 5)
