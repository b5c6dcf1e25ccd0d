"""What grading leaves behind: a CSV, a page for each student, and a summary.

Names, hints and messages come from students: pages escape them, and the CSV defuses formulas.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from statistics import mean
from textwrap import shorten
from typing import Any, NamedTuple

from jinja2 import Environment, FileSystemLoader

from ..task import Task, TaskSet
from .records import Record, overwrite
from .submissions import number_of

FORMULA = (*"=+-@＝＋－＠", "\t", "\r", "\n")  # what makes a spreadsheet compute a cell


def write(out: Path, task_set: TaskSet, done: list[Record]) -> None:
    """All files. Raises OSError if there is no room for them; a file is then old, not broken."""
    overwrite(out / "grades.csv", table(task_set, done))
    current = {f"{record.file_name}.html" for record in done}
    for old in (out / "feedback").glob("*.html"):
        if old.name not in current:  # of a notebook that is no longer there
            old.unlink()
    pages = Environment(loader=FileSystemLoader(Path(__file__).parent / "pages"), autoescape=True)
    feedback = pages.get_template("feedback.html")
    for record in done:
        page = feedback.render(task_set=task_set, record=record, out_of=out_of(task_set))
        overwrite(out / "feedback" / f"{record.file_name}.html", page)
    summary = pages.get_template("summary.html")
    overwrite(out / "summary.html", summary.render(**overview(task_set, done)))


def begin(out: Path, task_set: TaskSet) -> None:
    """A CSV without rows yet."""
    overwrite(out / "grades.csv", table(task_set, []))


def add(out: Path, task_set: TaskSet, record: Record) -> None:
    """One more row, at the end: what breaks off has the rows so far."""
    with open(out / "grades.csv", "a", encoding="utf-8", newline="") as file:
        file.write(lines([row(task_set, record)]))


def table(task_set: TaskSet, done: list[Record]) -> str:
    """The CSV: a row a student, with columns that any learning platform can be told about."""
    names = [task.name for task in task_set.tasks]
    ends = ["total", "out_of", "seconds", "note", "number", "page"]
    head = ["student", "submission", "status", *names, *ends]
    return lines([head, *(row(task_set, record) for record in done)])


def row(task_set: TaskSet, record: Record) -> list[Any]:
    names = [task.name for task in task_set.tasks]
    points = [record.marks[name].points if record.marks else "" for name in names]
    texts = [defused(t) for t in (record.student, record.submission, record.status)]
    total = record.total if record.marks else ""
    ends = [total, out_of(task_set), record.seconds, defused(record.note)]
    page = f"feedback/{record.file_name}.html"
    return [*texts, *points, *ends, number_of(record.student), page]


def lines(rows: list[list[Any]]) -> str:
    """Texts stand in quotes, so that a semicolon in one cuts no cell in two."""
    file = io.StringIO()
    csv.writer(file, lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC).writerows(rows)
    return file.getvalue()


def defused(text: str) -> str:
    """The text, as a spreadsheet will show it and not compute it."""
    return f"'{text}" if text.startswith(FORMULA) else text


def out_of(task_set: TaskSet) -> int:
    return sum(task.points for task in task_set.tasks)


class Line(NamedTuple):
    """How a task went."""

    task: Task
    solved: int
    tried: int
    hints: list[tuple[str, int]]  # the commonest, and how many got them

    @property
    def share(self) -> float:
        return self.solved / max(1, self.tried)


def overview(task_set: TaskSet, done: list[Record]) -> dict[str, Any]:
    """What the summary says: the tasks, hardest first; the totals; what needs a look."""
    marked = [record for record in done if record.marks]
    lines = []
    for task in task_set.tasks:
        marks = [record.marks[task.name] for record in marked]
        solved = sum(not mark.says for mark in marks)
        hints = commonest(mark.says for mark in marks if mark.says)
        lines.append(Line(task, solved, len(marks), hints[:5]))
    totals = [record.total for record in marked]
    return {
        "task_set": task_set,
        "done": done,
        "lines": sorted(lines, key=lambda line: line.share),
        "mean": mean(totals) if totals else 0,
        "totals": sorted(Counter(totals).items()),
        "out_of": out_of(task_set),
        "look_at": [record for record in done if record.note or not record.marks],
        "broken": Counter(
            (name, mark.broken)
            for record in marked
            for name, mark in record.marks.items()
            if mark.broken
        ).most_common(),
    }


def commonest(hints: Iterable[str]) -> list[tuple[str, int]]:
    """Hints and how often each was given, the commonest first.

    Those that differ in numbers, or in the line of the student's code, count as one.
    """
    alike: dict[str, Counter[str]] = {}
    for hint in hints:
        kind = re.sub(r", in line \d+(: `.*`)?", "", hint)
        kind = re.sub(r"(?<![\w.])-?\d+(?:\.\d+)?(?:e[-+]?\d+)?\b", "…", kind)
        alike.setdefault(kind, Counter())[hint] += 1
    counts = {
        next(iter(texts)) if len(texts) == 1 else kind: texts.total()
        for kind, texts in alike.items()
    }
    return Counter(counts).most_common()


def in_short(task_set: TaskSet, done: list[Record]) -> str:
    """A few lines for the terminal."""
    found = overview(task_set, done)
    graded = f"{sum(bool(record.marks) for record in done)} of {len(done)} graded"
    lines = [f"{graded}, {found['mean']:.1f} of {found['out_of']} points on average."]
    for line in found["lines"]:
        lines.append(f"  {line.task.name}: {line.solved} of {line.tried} right")
        lines += [
            f"    {count:4} x {shorten(hint, 88, placeholder=' …')}"
            for hint, count in line.hints[:2]
        ]
    for record in found["look_at"]:
        lines.append(f"  {record.student}: {record.note or record.status}")
    return "\n".join(lines)
