"""exercise.ipynb from solution.ipynb: the same notebook without the answers.

    python -m exercises.writing.generate                  for every set
    python -m exercises.writing.generate ch14_training    for one
    python -m exercises.writing.generate --check          change nothing, say what is out of date

In a code cell, what stands between `### BEGIN SOLUTION` and `### END SOLUTION` becomes `raise
NotImplementedError`. A cell with the tag "solution" is left out. Outputs are emptied, and of the
metadata only tags and lecture rows are kept. Where it is not certain what is to be handed out,
nothing is: solution.py says what a solution must be.
"""

import argparse
import sys
from collections.abc import Sequence

import nbformat

from ..task import TaskSet, load, names
from .solution import HANDED_OUT, OURS, TITLE, faults, without_solutions


class BadSolution(ValueError):
    """A solution.ipynb that no exercise can be made from; the message has a line a reason."""


def exercise(solution: nbformat.NotebookNode, task_set: TaskSet) -> nbformat.NotebookNode:
    """The notebook that is handed out. Raises BadSolution."""
    wrong = list(faults(solution, task_set))
    if wrong:
        raise BadSolution("\n".join(wrong))
    cells = []
    for cell in solution.cells:
        tags = [tag for tag in cell.metadata.get("tags", []) if tag != HANDED_OUT]
        if OURS in tags:
            continue
        kept = {key: cell.metadata[key] for key in ("lecture",) if key in cell.metadata}
        kept |= {"tags": tags} if tags else {}
        if cell.cell_type == "code":
            source = without_solutions(cell.source)
            cells.append(nbformat.v4.new_code_cell(source, id=cell.id, metadata=kept))
        else:
            source = cell.source.replace(TITLE, "# Exercises on ", 1)
            cells.append(nbformat.v4.new_markdown_cell(source, id=cell.id, metadata=kept))
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {
        "exercises": {"set": task_set.name},
        "kernelspec": kernel,
        "language_info": {"name": "python"},
    }
    return nbformat.v4.new_notebook(cells=cells, metadata=metadata)


def generated(task_set: TaskSet) -> str:
    """The text of a set's exercise.ipynb, the same bytes for the same solution."""
    path = task_set.folder / "solution.ipynb"
    try:
        # Not nbformat.read, which gives a cell without an id a new one every time.
        solution = nbformat.v4.reads(path.read_text(encoding="utf-8"))
        return nbformat.writes(exercise(solution, task_set)) + "\n"
    except Exception as error:  # whatever a broken file makes its reader stumble over
        lines = [f"{path}: {line}" for line in str(error).splitlines()]
        raise BadSolution("\n".join(lines)) from error


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the exercises, or compare them; 0 if all are, or were, as they should be, else 1."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("sets", nargs="*", help="names of sets (default: all of the book's)")
    parser.add_argument("--check", action="store_true", help="write nothing")
    options = parser.parse_args(arguments)
    wrong = []
    for task_set in map(load, options.sets or names()):
        path = task_set.folder / "exercise.ipynb"
        try:
            text = generated(task_set)
        except BadSolution as error:
            wrong.append(str(error))
            continue
        if path.is_file() and path.read_bytes() == text.encode():
            print(f"{path}: unchanged")
        elif options.check:
            wrong.append(f"{path}: out of date, write it with `make exercises`")
        else:
            path.write_text(text, encoding="utf-8", newline="\n")
            print(f"{path}: written")
    print(*wrong, sep="\n", file=sys.stderr, end="\n" if wrong else "")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
