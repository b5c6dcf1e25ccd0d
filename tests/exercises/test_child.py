"""How the cells of a notebook are run for one task: nothing that fails or hangs takes the rest."""

import time

import pytest

from exercises.inside.child import ASIDE, OTHER_ANSWER, run_cells


def run(*sources, only=(), seconds=5.0):
    cells = [
        {"number": n, "source": source, "role": OTHER_ANSWER if n in only else ASIDE}
        for n, source in enumerate(sources, 1)
    ]
    return run_cells(cells, seconds)


def test_a_statement_that_fails_does_not_take_the_next_ones_with_it():
    names, notes = run("a = 1\n1 / 0\nb = 2", "raise SystemExit\nc = 3")
    assert (names["a"], names["b"], names["c"]) == (1, 2, 3)
    assert [(n["cell"], n["type"], n["line"], n["code"]) for n in notes] == [
        (1, "ZeroDivisionError", 2, "1 / 0"),
        (2, "SystemExit", 1, "raise SystemExit"),
    ]


def test_a_statement_that_hangs_leaves_time_for_the_others():
    start = time.monotonic()
    names, notes = run(
        "import time\nwhile True: pass",
        "time.sleep(9)\na = sum([1])",
        "try:\n    time.sleep(9)\nexcept Exception:\n    pass",
        "b = sum([2])\ndef c(): pass",
        seconds=0.8,
    )
    assert time.monotonic() - start < 1.5
    assert (names["a"], names["b"]) == (1, 2) and "c" in names
    assert [note["type"] for note in notes] == 3 * ["Overtime"]


def test_of_another_answer_only_definitions_are_run():
    source = """
import math
from math import pi
RATE: float = 0.1
SEED = -3
def helper(): return pi
class Helper: pass
data = list(range(3))
while True: pass
"""
    names, notes = run(source, only={1})
    kept = {"math", "pi", "RATE", "helper", "Helper"}
    assert kept <= names.keys() and not {"data"} & names.keys() and not notes


@pytest.mark.parametrize(
    "source",
    [
        "%matplotlib inline\na = 1",
        "a = 1\n  %timeit a",
        "!pip install torch\na = 1",
        "a?\na = 1",
        "%%time\na = 1",
        "b = 7\na = (b\n     % 3)",
    ],
)
def test_jupyters_own_commands_are_left_out(source):
    names, notes = run(source)
    assert names["a"] == 1 and not notes


def test_lines_keep_their_numbers_where_a_command_is_left_out():
    _, notes = run("\n%matplotlib inline\n\n1 / 0")
    assert (notes[0]["line"], notes[0]["code"]) == (4, "1 / 0")


def test_a_cell_that_is_no_python_is_noted_with_its_line():
    _, (note,) = run("a = 1\ndef f(:\n    pass")
    assert (note["type"], note["line"], note["code"]) == ("SyntaxError", 2, "def f(:")


def test_functions_of_jupyter_are_there():
    _, notes = run("display(3)\nget_ipython().run_line_magic('time', '')")
    assert not notes
