"""exercise.ipynb from solution.ipynb: the same notebook without the answers.

    python -m exercises.writing.generate                  for every set
    python -m exercises.writing.generate ch14_training    for one
    python -m exercises.writing.generate --check          change nothing, say what is out of date

In a code cell, what stands between `### BEGIN SOLUTION` and `### END SOLUTION` becomes `raise
NotImplementedError`. A cell with the tag "solution" is left out. Outputs are emptied, and of the
metadata only tags and lecture rows are kept.
"""

import argparse
import ast
import re
import sys
from collections.abc import Iterator, Sequence

import nbformat

from ..notebook import defined
from ..task import TaskSet, load, names

SOLUTION = re.compile(
    r"^([ \t]*)### BEGIN SOLUTION[ \t]*\n.*?^[ \t]*### END SOLUTION[ \t]*$",
    re.MULTILINE | re.DOTALL,
)


class BadSolution(ValueError):
    """A solution.ipynb that no exercise can be made from; the message has a line a reason."""


def exercise(solution: nbformat.NotebookNode, task_set: TaskSet) -> nbformat.NotebookNode:
    """The notebook that is handed out. Raises BadSolution."""
    wrong = list(faults(solution, task_set))
    if wrong:
        raise BadSolution("\n".join(wrong))
    cells = []
    for cell in solution.cells:
        if "solution" in cell.metadata.get("tags", []):
            continue
        kept = {key: cell.metadata[key] for key in ("lecture", "tags") if key in cell.metadata}
        if cell.cell_type == "code":
            source = without_solutions(cell.source)
            cells.append(nbformat.v4.new_code_cell(source, id=cell.id, metadata=kept))
        else:
            cells.append(nbformat.v4.new_markdown_cell(cell.source, id=cell.id, metadata=kept))
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {
        "exercises": {"set": task_set.name},
        "kernelspec": kernel,
        "language_info": {"name": "python"},
    }
    return nbformat.v4.new_notebook(cells=cells, metadata=metadata)


def without_solutions(source: str) -> str:
    return SOLUTION.sub(r"\1raise NotImplementedError", source)


def faults(solution: nbformat.NotebookNode, task_set: TaskSet) -> Iterator[str]:
    """What is wrong with a solution notebook, a line each."""
    tasks = [task.name for task in task_set.tasks]
    answered: set[str] = set()
    for number, cell in enumerate(solution.cells, 1):
        if "solution" in cell.metadata.get("tags", []):
            continue
        if cell.get("attachments"):
            yield f"cell {number}: expected pictures in files, found one attached to the cell"
        if cell.cell_type == "raw":
            yield f"cell {number}: expected code or Markdown, found a raw cell"
        released = without_solutions(cell.source) if cell.cell_type == "code" else cell.source
        if re.search(r"(BEGIN|END) SOLUTION", released):
            yield f"cell {number}: expected ### BEGIN SOLUTION, then ### END SOLUTION, in pairs"
            continue
        if cell.cell_type == "code":
            for name in defined(cell.source, tasks):
                answered.add(name)
                if released == cell.source:
                    yield f"cell {number}: expected {name} to have a solution marked, found none"
                elif not has_docstring(released, name):
                    yield f"cell {number}: expected {name} to have a docstring, found none"
    text = "\n".join(cell.source for cell in solution.cells)
    for task in task_set.tasks:
        if task.name not in answered:
            yield f"expected a cell that defines {task.name}, found none"
        if f"check({task.name})" not in text:
            yield f"expected a cell with check({task.name}), found none"
        if task.badge not in text.splitlines():
            yield f"expected a line that says of {task.name}: {task.badge}"


def has_docstring(source: str, name: str) -> bool:
    definitions = ast.FunctionDef | ast.ClassDef
    return any(
        isinstance(node, definitions) and node.name == name and ast.get_docstring(node) is not None
        for node in ast.parse(source).body
    )


def generated(task_set: TaskSet) -> str:
    """The text of a set's exercise.ipynb, the same bytes for the same solution."""
    path = task_set.folder / "solution.ipynb"
    try:
        solution = nbformat.read(path, as_version=4)
        return nbformat.writes(exercise(solution, task_set)) + "\n"
    except (OSError, ValueError, SyntaxError, AttributeError) as error:  # whatever a file can hold
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
