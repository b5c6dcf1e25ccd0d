"""The guide's example is a set that works, and what it says of the machine is so."""

import re
import sys
from dataclasses import replace

import nbformat
import pytest
from classroom import ROOT

from exercises.grading import grade, sandbox
from exercises.grading.submissions import MOST_BYTES
from exercises.task import load
from exercises.writing.generate import exercise
from exercises.writing.solution import TITLE, faults
from exercises.writing.trial import report

GUIDE = (ROOT / "book" / "instructors_guide.md").read_text(encoding="utf-8")
FILES = dict(re.findall(r"```python\n# (.+)\n((?:.*\n)*?)```", GUIDE))


@pytest.fixture
def kinks(tmp_path, monkeypatch):
    """The set of the guide, written to files."""
    folder = tmp_path / "kinks"
    folder.mkdir()
    for name in ("__init__.py", "relu_bprop.py", "warm_ups.py", "tasks.py"):
        (folder / name).write_text(FILES[name])
    (folder / "drive.py").write_text('"""Each answer is called once."""')
    monkeypatch.syspath_prepend(tmp_path)
    yield load("kinks")
    for name in [name for name in sys.modules if name.startswith("kinks")]:
        del sys.modules[name]
    load.cache_clear()


def test_the_check_of_the_example_is_right_about_all_that_is_planted(kinks):
    lines, faultless = report(kinks.tasks)
    assert faultless, lines
    assert lines[1].split() == ["relu_slope", "2", "2", "0", "0", "1", "1"]
    assert lines[2].split() == ["relu_bprop", "4", "4", "1", "1", "1", "1"]


def test_the_solution_of_the_example_makes_an_exercise(kinks):
    cells = [FILES["a cell of solution.ipynb"], FILES["the next cell"]]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c.strip()) for c in cells])
    title = nbformat.v4.new_markdown_cell(f"{TITLE}kinks")
    (task,) = (task for task in kinks.tasks if task.name == "relu_bprop")
    one = replace(kinks, tasks=(task,))
    notebook.cells.insert(0, title)
    (missing,) = faults(notebook, one)
    heading, badge = re.search(r"a heading, '(.+)', and below it: (.+)", missing).groups()
    notebook.cells.insert(1, nbformat.v4.new_markdown_cell(f"## {heading}\n\n{badge}\n\nText."))
    made = exercise(notebook, one)
    assert made.cells[2].source.endswith('No array is changed."""\n    raise NotImplementedError')


def test_a_class_is_tried_as_the_guide_says():
    scope = {}
    exec(FILES["drive.py"], scope)

    class Clamp:
        def __init__(self, low):
            self.low = low

        def fprop(self, X):
            self.X = X
            return max(X, self.low)

        def bprop(self, dE_dY):
            return dE_dY * (self.X > self.low)

    tried = scope["Clamp"](Clamp, {"low": 0, "X": [1, -2], "dE_dY": 3})
    assert tried == {"Y": [1, 0], "dE/dX": 0, "X": [1, -2]}


@pytest.mark.parametrize(
    "named", re.findall(r"`(\w+\.py)` in chapter (\d+)", GUIDE.replace("\n", " "))
)
def test_the_files_that_the_guide_names_are_there(named):
    file, chapter = named
    assert list((ROOT / "exercises").glob(f"ch{chapter}_*/{file}"))


@pytest.mark.parametrize(
    "words",
    [
        f"larger than {MOST_BYTES // 10**6} MB",
        f"empty folder of {sandbox.HOME_BYTES >> 20} MB",
        f"{sandbox.Limits.seconds:g} seconds a case, {sandbox.Limits.memory_bytes >> 30} GB",
        f'"{grade.FAILED.partition(", ")[2]}"',
        "unshare",
        "--unsandboxed",
        "--seconds",
        "--jobs",
    ],
)
def test_the_numbers_and_words_of_the_guide_are_those_of_the_code(words):
    assert words in " ".join(GUIDE.split())
