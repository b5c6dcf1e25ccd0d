"""Which cells belong to which task, however a notebook names and breaks them."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exercises.notebook import Unreadable, defined, parse, program


@pytest.mark.parametrize(
    "source, names",
    [
        ("def sgd(p): pass", ["sgd"]),
        ("async  def sgd(p): pass", ["sgd"]),
        ("class Adam:\n    def sgd(self): pass", ["Adam"]),
        ("x = 1\n@decorated\ndef sgd(p): pass\n", ["sgd"]),
        ("sgd = lambda p: p", ["sgd"]),
        ("sgd: Callable = print", ["sgd"]),
        ("def sgd(p:", ["sgd"]),
        ("sgd == 3", []),
        ("sgd(3)", []),
        ("def sgd_step(): pass", []),
        ("    def sgd(p): pass", []),
        ("# def sgd(p): pass", []),
        ("check(sgd)", []),
        ("def sgd(): pass\nclass Adam: pass", ["sgd", "Adam"]),
    ],
)
def test_an_answer_is_known_by_the_name_it_defines(source, names):
    assert defined(source, ["sgd", "Adam"]) == names


def test_a_task_runs_all_cells():
    sources = ["import numpy", "def sgd(): pass", "x = 1", "class Adam: pass\ndef sgd(): pass"]
    cells = [{"cell_type": "code", "source": source} for source in sources]
    cells.insert(1, {"cell_type": "markdown", "source": "def sgd"})
    notebook = parse(json.dumps({"cells": cells}).encode())
    of_sgd, of_adam = (program(notebook, name, ["sgd", "Adam"]) for name in ("sgd", "Adam"))
    assert [cell["number"] for cell in of_sgd] == [1, 3, 4, 5]
    assert [cell["role"] for cell in of_sgd] == ["aside", "answer", "aside", "answer"]
    assert [cell["role"] for cell in of_adam] == ["aside", "other answer", "aside", "answer"]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: (
        st.lists(inner)
        | st.dictionaries(
            st.sampled_from(["cells", "source", "cell_type", "metadata", "exercises", "set"]), inner
        )
    ),
)


@given(json_values)
def test_any_json_is_a_notebook_or_says_why_not(value):
    try:
        notebook = parse(json.dumps(value).encode())
    except Unreadable:
        return
    assert all(isinstance(cell.source, str) for cell in notebook.cells)
    assert isinstance(notebook.set_name, str)


@given(st.binary())
def test_any_bytes_are_a_notebook_or_say_why_not(content):
    with pytest.raises(Unreadable, match="not a notebook"):
        parse(content)
