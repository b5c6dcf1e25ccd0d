"""What is solved: a table, and the small file that keeps it from one run to the next."""

import html
import json
import os
import sys
from contextlib import suppress
from pathlib import Path

from .task import Task, TaskSet

SOLVED, TRIED = "solved", "tried"


class Progress:
    """What was solved and what was tried, of any set.

    Kept in ~/.dlcore/progress.json, or in the file that EXERCISES_PROGRESS names; if that is empty,
    and in a browser, in memory. A file that cannot be read counts as empty and is put aside; one
    that cannot be written makes `kept` False, and nothing else happens.
    """

    def __init__(self) -> None:
        named = os.environ.get("EXERCISES_PROGRESS", "~/.dlcore/progress.json")
        in_memory = not named or sys.platform == "emscripten"
        self.file = None if in_memory else Path(os.path.expanduser(named))
        self.kept = not in_memory
        self.states: dict[str, dict[str, str]] = {}

    def note(self, task_set: TaskSet, task: Task, state: str) -> None:
        """Remember the state of a task. What was solved once stays solved."""
        self._read()
        states = self.states.setdefault(task_set.name, {})
        if states.get(task.name) in (SOLVED, state):
            return
        states[task.name] = state
        self._write()

    def state(self, task_set: TaskSet, task: Task) -> str:
        self._read()
        return self.states.get(task_set.name, {}).get(task.name, "")

    def _read(self) -> None:
        """Take over what another notebook has noted since."""
        if self.file is None:
            return
        try:
            for name, states in json.loads(self.file.read_text(encoding="utf-8")).items():
                ours = self.states.setdefault(name, {})
                ours |= {task: s for task, s in states.items() if ours.get(task) != SOLVED}
        except OSError:
            pass  # there is none yet, or none that may be read
        except (ValueError, AttributeError, RecursionError):
            with suppress(OSError):
                os.replace(self.file, self.file.with_suffix(".damaged"))

    def _write(self) -> None:
        if self.file is None:
            return
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            draft = self.file.with_suffix(f".{os.getpid()}")
            draft.write_text(json.dumps(self.states, indent=1), encoding="utf-8")
            os.replace(draft, self.file)
            self.kept = True
        except OSError:
            self.kept = False


class Table:
    """The tasks of a set with their states, for a notebook and for a terminal."""

    def __init__(self, task_set: TaskSet, progress: Progress) -> None:
        self.rows = [
            (task.name, task.title, task.badge, progress.state(task_set, task))
            for task in task_set.tasks
        ]
        solved = sum(row[-1] == SOLVED for row in self.rows)
        self.caption = f"{solved} of {len(self.rows)} tasks solved"
        if progress.file and not progress.kept:
            self.caption += f", noted for this session only: {progress.file} cannot be written"

    def __repr__(self) -> str:
        rows = [(name, badge, state) for name, _, badge, state in self.rows]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = [
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in rows
        ]
        return "\n".join([*lines, self.caption])

    def _repr_html_(self) -> str:
        cell = '<td style="text-align: left">{}</td>'
        rows = ("".join(cell.format(html.escape(text)) for text in row) for row in self.rows)
        table = "".join(f"<tr>{row}</tr>" for row in rows)
        return f"<table><caption>{html.escape(self.caption)}</caption>{table}</table>"
