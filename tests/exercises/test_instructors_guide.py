"""The guide's example is a set that works, and what it says of the machine is so."""

import re
import sys

import nbformat
import pytest
from classroom import ROOT

from exercises.grading import grade, sandbox
from exercises.grading.submissions import MOST_BYTES
from exercises.task import load
from exercises.writing.generate import exercise, faults
from exercises.writing.trial import report

GUIDE = (ROOT / "book" / "instructors_guide.md").read_text(encoding="utf-8")
FILES = dict(re.findall(r"```python\n# (.+)\n((?:.*\n)*?)```", GUIDE))


@pytest.fixture
def kinks(tmp_path, monkeypatch):
    """The set of the guide, written to files."""
    folder = tmp_path / "kinks"
    folder.mkdir()
    for name in ("__init__.py", "drive.py", "checks.py", "mutants.py"):
        (folder / name).write_text(FILES[name])
    monkeypatch.syspath_prepend(tmp_path)
    yield load("kinks")
    for name in [name for name in sys.modules if name.startswith("kinks")]:
        del sys.modules[name]
    load.cache_clear()


def test_the_check_of_the_example_is_right_about_all_its_mutants(kinks):
    lines, faultless = report(kinks)
    assert faultless, lines
    assert lines[1].split() == ["relu_bprop", "4", "4", "4", "1", "1"]


def test_the_solution_of_the_example_makes_an_exercise(kinks):
    cells = [FILES["a cell of solution.ipynb"], FILES["the next cell"]]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c.strip()) for c in cells])
    (missing,) = faults(notebook, kinks)
    notebook.cells.insert(0, nbformat.v4.new_markdown_cell(missing.partition(": ")[2]))
    made = exercise(notebook, kinks)
    assert made.cells[1].source.endswith('any shape."""\n    raise NotImplementedError')


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
