"""How the cells of a notebook are run for one task: nothing that fails or hangs takes the rest."""

import asyncio
import signal
import sys
import time

import pytest

from exercises.grading.sandbox import furnish
from exercises.inside import child
from exercises.inside.child import ASIDE, OTHER_ANSWER, run_cells


@pytest.fixture(autouse=True)
def _as_in_the_sandbox(tmp_path, monkeypatch):
    """What lies beside it; and no event loop, which the browser of another test may run here."""
    furnish(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    running = asyncio._get_running_loop()
    asyncio._set_running_loop(None)
    yield
    asyncio._set_running_loop(running)


def run(*sources, task="answer", only=(), seconds=5.0):
    cells = [
        {"number": n, "source": source, "role": OTHER_ANSWER if n in only else ASIDE}
        for n, source in enumerate(sources, 1)
    ]
    return run_cells(cells, task, seconds)


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


def test_of_another_answer_what_gives_names_is_run():
    source = """
import math
from math import pi
RATE: float = 0.1
SEED = -3
LIMITS = (1, [2], {"a": 3})
SMALL = math.ulp(1.0)
move = lambda p, d: p - d
SEED -= 1
def helper(): return pi
class Helper: pass
while True: pass
answer(3)
"""
    names, notes = run(source, only={1})
    kept = {"math", "pi", "RATE", "SEED", "LIMITS", "SMALL", "move", "helper", "Helper"}
    assert kept <= names.keys() and names["SEED"] == -4 and not notes


def test_a_loop_that_catches_everything_ends_as_well():
    """As one writes it who asks for a number."""
    source = """
while True:
    try:
        n = int(input("steps? "))
        break
    except:
        print("a number, please")
"""
    names, notes = run(source, "after = 3", seconds=0.8)
    assert names["after"] == 3
    assert [note["type"] for note in notes] == ["Overtime"]


def test_a_late_tick_of_the_timer_hits_no_line_of_ours():
    """It would leave the timer on, and end whatever comes next."""
    ours = child.apart([]).gi_frame, child.ended(None).gen.gi_frame
    for frame in ours:
        child.stop(signal.SIGALRM, frame)
    with pytest.raises(child.Overtime):
        child.stop(signal.SIGALRM, sys._getframe())


def test_a_name_that_is_used_again_leaves_the_answer():
    names, _ = run("def answer(): return 1", "answer, b = [3], 4")
    assert names["answer"]() == 1 and names["b"] == 4
    names, _ = run("def answer(): return 1", "def answer(): return 2", "answer = answer()")
    assert names["answer"]() == 2
    names, _ = run("def make(): return lambda: 5", "answer = make()")
    assert names["answer"]() == 5


def test_one_module_that_is_missing_takes_no_other():
    names, (note,) = run("import missing_here, math as m")
    assert names["m"].pi > 3 and note["type"] == "ModuleNotFoundError"


@pytest.mark.parametrize(
    "source",
    [
        "%matplotlib inline\na = 1",
        "!pip install torch\na = 1",
        "a?\na = 1",
        "%%time\na = 1",
        "b = 7\na = (b\n     % 3)",
        "if True:\n    !pip install -q dlcore\na = 1",
        "!pip install -q \\\n    numpy \\\n    tqdm\na = 1",
        "files = !ls\na = 1",
        "a = 1\n?np.zeros_like",
        "    a = 1\n    b = 2",
        ">>> a = (\n...     1)",
        '%%time\ndef f():\n    """Is it?\n    """\na = 1',
        "%%time\nb = 7\na = (b\n% 3)",
        "a = 1\nb = await answer_of()",
    ],
)
def test_a_cell_is_read_as_ipython_reads_it(source):
    names, notes = run("async def answer_of(): return 4", source)
    assert names["a"] == 1 and not notes
    assert names.get("b", 4) in (2, 4, 7)


@pytest.mark.parametrize("magic", ["%%script echo skipping", "%%bash", "%%html", "%%timeit"])
def test_a_cell_that_leaves_nothing_behind_is_left_out(magic):
    names, notes = run("a = 1", f"{magic}\na = 2")
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
