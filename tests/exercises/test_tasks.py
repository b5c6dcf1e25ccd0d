"""Tasks and sets: what is wrong with one is said where it is written."""

import sys
from dataclasses import replace

import pytest

from exercises.inside.attempt import call
from exercises.task import load


@pytest.mark.parametrize(
    "field, value",
    [
        ("difficulty", 4),
        ("minutes", 0),
        ("rows", ()),
        ("rows", ("L00",)),
        ("rows", "L41"),
        ("points", 0),
        ("forbids", "dlcore.nn.Linear"),
        ("public", ()),
        ("hidden", ()),
        ("hidden", (1, 99)),
    ],
)
def test_a_task_that_cannot_be_is_refused_by_the_field(sample, field, value):
    with pytest.raises(ValueError, match=f"{field}="):
        replace(sample.tasks[0], **{field: value})


def test_the_badge_counts_one_point_as_one(sample):
    assert replace(sample.tasks[0], points=1).badge == "●●○ · 15 minutes · L41 · 1 point"


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A set of one's own, beside the book's."""
    folder = tmp_path / "my_set"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    yield folder
    for name in [name for name in sys.modules if name.startswith("my_set")]:
        del sys.modules[name]
    load.cache_clear()


def test_a_set_of_ones_own_is_found_by_its_package(package):
    (package / "tasks.py").write_text("from sample_set.tasks import TASKS")
    (package / "drive.py").write_text("from sample_set.drive import *")
    found = load("my_set")
    assert (found.name, found.folder, len(found.tasks)) == ("my_set", package, 3)


def test_a_drive_for_no_task_is_refused(package):
    (package / "tasks.py").write_text("from sample_set.tasks import TASKS")
    (package / "drive.py").write_text("def Linnear(answer, inputs): pass")
    with pytest.raises(ValueError, match=r"my_set\.drive tries Linnear, which is no task here"):
        load("my_set")


def test_a_task_without_a_drive_is_called_with_its_inputs(sample):
    task = sample.tasks[0]
    assert task.drive is call and sample.tasks[1].drive is not call
    assert call(lambda a, b: a - b, {"a": 5, "b": 3}) == {"returned": 2, "a": 5, "b": 3}


def test_a_set_that_lacks_what_it_imports_says_what_that_is(package):
    (package / "tasks.py").write_text("import not_installed_here")
    with pytest.raises(ModuleNotFoundError, match="not_installed_here"):
        load("my_set")


def test_no_such_set():
    with pytest.raises(LookupError, match="no set of exercises is called 'ch99_nothing'"):
        load("ch99_nothing")
