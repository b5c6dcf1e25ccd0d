"""What a solution.ipynb must be, so that no exercise tells what it should not.

Between a check and the next task a cell says by its tag, "solution" or "exercise", for whom it is.
No tag is there that is not known. No longer line of an answer stands in what is handed out, but in
code that is called broken. And each answer is the one that the slips of its task are changes in.
"""

import ast
import inspect
import re
from collections.abc import Iterator, Sequence

from nbformat import NotebookNode

from ..notebook import defined
from ..task import Task, TaskSet

TITLE = "# Solutions to the exercises on "
SOLUTION = re.compile(
    r"^([ \t]*)### BEGIN SOLUTION[ \t]*\n(.*?)^[ \t]*### END SOLUTION[ \t]*$",
    re.MULTILINE | re.DOTALL,
)
BROKEN = re.compile(r"^(def|class) +broken", re.MULTILINE | re.IGNORECASE)
LONG = 30  # characters: a shorter line of an answer may well stand elsewhere

OURS, HANDED_OUT = "solution", "exercise"
TAGS = {OURS, HANDED_OUT, "hide-cell", "hide-input", "hide-output", "remove-cell"}

Definition = ast.FunctionDef | ast.ClassDef
Numbered = Sequence[tuple[int, NotebookNode]]  # cells, counted from 1


def without_solutions(source: str) -> str:
    return SOLUTION.sub(r"\1raise NotImplementedError", source)


def faults(solution: NotebookNode, task_set: TaskSet) -> Iterator[str]:
    """What is wrong with a solution notebook, a line each."""
    tasks = {task.name: task for task in task_set.tasks}
    if not solution.cells or not solution.cells[0].source.startswith(TITLE):
        yield f"cell 1: expected a title that begins with {TITLE!r}, found another"
    answered: set[str] = set()
    handed_out: list[tuple[int, NotebookNode]] = []
    for number, cell in enumerate(solution.cells, 1):
        tags = cell.metadata.get("tags", [])
        if not cell.get("id"):
            yield f"cell {number}: expected an id, found none"
        for tag in set(tags) - TAGS:
            yield f"cell {number}: expected tags among {', '.join(sorted(TAGS))}, found {tag!r}"
        if OURS in tags:
            continue
        handed_out.append((number, cell))
        if cell.get("attachments"):
            yield f"cell {number}: expected pictures in files, found one attached to the cell"
        if cell.cell_type == "raw":
            yield f"cell {number}: expected code or Markdown, found a raw cell"
        released = without_solutions(cell.source) if cell.cell_type == "code" else cell.source
        if re.search(r"(BEGIN|END) SOLUTION", released):
            yield f"cell {number}: expected ### BEGIN SOLUTION, then ### END SOLUTION, in pairs"
            continue
        if cell.cell_type == "code":
            here = defined(cell.source, tasks)
            answered.update(here)
            for name in here:
                yield from (
                    f"cell {number}: {fault}" for fault in of_answer(cell.source, tasks[name])
                )
            if released != cell.source and not here:
                yield f"cell {number}: expected an answer to a task, found one to none of them"
    yield from undecided(handed_out, task_set)
    yield from told(handed_out, list(answers(solution)))
    text = "\n".join(cell.source for cell in solution.cells)
    for task in task_set.tasks:
        if task.name not in answered:
            yield f"expected a cell that defines {task.name}, found none"
        if f"check({task.name})" not in text:
            yield f"expected a cell with check({task.name}), found none"
        if f"# {task.title}\n\n{task.badge}\n" not in text:
            yield f"expected of {task.name} a heading, {task.title!r}, and below it: {task.badge}"


def of_answer(source: str, task: Task) -> Iterator[str]:
    """What is wrong with a cell that answers a task."""
    released = without_solutions(source)
    if released == source:
        yield f"expected {task.name} to have a solution marked, found none"
        return
    definition = statement(released, task.name)
    if definition is None or ast.get_docstring(definition) is None:
        yield f"expected {task.name} to have a docstring, found none"
    here = statement(source, task.name)
    right = statement(inspect.getsource(task.right), task.name)
    if here is None or right is None or not same_code(here, right):
        file = inspect.getfile(task.right)
        yield f"expected the answer to {task.name} to be the one in {file}, found another"


def statement(source: str, name: str) -> Definition | None:
    """The definition of a name in a source."""
    found = (node for node in ast.parse(source).body if isinstance(node, Definition))
    return next((node for node in found if node.name == name), None)


def same_code(one: Definition, other: Definition) -> bool:
    """Whether two definitions are the same, docstrings aside."""
    for definition in (one, other):
        for node in ast.walk(definition):
            if isinstance(node, Definition) and ast.get_docstring(node) is not None:
                del node.body[0]
    return ast.dump(one) == ast.dump(other)


def undecided(handed_out: Numbered, task_set: TaskSet) -> Iterator[str]:
    """Cells of which nobody has said for whom they are, where explanations stand."""
    badges, after_check = {task.badge for task in task_set.tasks}, False
    for number, cell in handed_out:
        if badges & set(cell.source.splitlines()):
            after_check = False
        elif re.fullmatch(r"check\(\w+\)", cell.source.strip()):
            after_check = True
        elif after_check and HANDED_OUT not in cell.metadata.get("tags", []):
            plain = cell.source.strip() == "progress()" or "(solution.ipynb)" in cell.source
            if not plain:
                yield f"cell {number}: expected the tag {OURS!r} or {HANDED_OUT!r}, found neither"


def answers(solution: NotebookNode) -> Iterator[str]:
    """The longer lines of all answers."""
    for cell in solution.cells:
        if cell.cell_type == "code":
            for _, lines in SOLUTION.findall(cell.source):
                yield from long_lines(lines)


def long_lines(text: str) -> Iterator[str]:
    yield from (line for line in map(plain, text.splitlines()) if len(line) >= LONG)


def plain(line: str) -> str:
    return " ".join(line.split())


def told(cells: Numbered, lines: Sequence[str]) -> Iterator[str]:
    """Where a line of an answer stands in what is handed out."""
    for number, cell in cells:
        if cell.cell_type == "code" and BROKEN.search(cell.source):
            continue
        text = plain(without_solutions(cell.source))
        for line in lines:
            if line in text:
                yield f"cell {number}: expected no line of an answer, found {line!r}"
