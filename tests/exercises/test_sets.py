"""Every set of exercises, the book's and the sample: are its checks right, and about everything?"""

import ast
import inspect
import json
import re

import numpy as np
import pytest

from exercises.check import CheckFailed, examine
from exercises.forbid import resolve
from exercises.inside.wire import Odd, pack, unpack
from exercises.notebook import defined
from exercises.task import load, names
from exercises.writing.generate import generated
from exercises.writing.planted import Planted, planted
from exercises.writing.trial import fault, main, report, told

SETS = [*names(), "sample_set"]
TASKS = [(name, task.name) for name in SETS for task in load(name).tasks]
PLANTED = [(name, plant) for name in SETS for plant in planted(load(name))]


@pytest.fixture(params=SETS)
def task_set(request):
    return load(request.param)


def sources(task_set, name):
    cells = json.loads((task_set.folder / name).read_text(encoding="utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]


def run(task_set, name, monkeypatch):
    """The names that a notebook defines, and what its checks say."""
    monkeypatch.chdir(task_set.folder)
    scope, said = {"__name__": "__main__"}, {}
    for source in sources(task_set, name):
        try:
            exec(compile(source, source, "exec"), scope)
        except CheckFailed as error:
            said[re.search(r"check\((\w+)\)", source)[1]] = str(error)
    return scope, said


def test_the_exercise_is_made_from_the_solution_as_it_is_now(task_set):
    text = (task_set.folder / "exercise.ipynb").read_text(encoding="utf-8")
    assert text == generated(task_set), "out of date: make exercises"


def test_every_check_of_the_exercise_says_kindly_that_nothing_is_written_yet(task_set, monkeypatch):
    _, said = run(task_set, "exercise.ipynb", monkeypatch)
    assert said.keys() == {task.name for task in task_set.tasks}
    for name, message in said.items():
        assert message.startswith(f"{name}: not written yet."), message


def test_the_solution_is_right_on_every_case(task_set, monkeypatch):
    scope, said = run(task_set, "solution.ipynb", monkeypatch)
    assert said == {}
    for task in task_set.tasks:
        more = tuple(range(1000, 1020))
        hint = examine(task_set, task, scope[task.name], task.public + task.hidden + more)
        assert hint is None, (task.name, hint)


@pytest.mark.parametrize("name, plant", PLANTED, ids=[f"{s}-{p.task}-{p.name}" for s, p in PLANTED])
def test_a_planted_answer_is_told_what_it_must_be(name, plant):
    assert fault(plant, told(load(name), plant)) == ""


@pytest.mark.parametrize("name, task", TASKS)
def test_a_task_has_four_mutants_and_another_right_answer(name, task):
    of_task = [plant for plant in planted(load(name)) if plant.task == task]
    assert sum(plant.hint is not None for plant in of_task) >= 4
    assert sum(plant.hint is None for plant in of_task) >= 1


@pytest.mark.parametrize("name, task", TASKS)
def test_a_case_is_plain_data_and_the_same_every_time(name, task):
    task = next(t for t in load(name).tasks if t.name == task)
    for seed in task.public + task.hidden:
        inputs = task.inputs(seed)
        assert pack(inputs) == pack(task.inputs(seed))
        assert not any(isinstance(value, Odd) for value in unpack(pack(inputs)).values())
    assert len({pack(task.inputs(seed)) for seed in range(20)}) > 5, "the cases repeat"


@pytest.mark.parametrize("name, task", TASKS)
def test_what_a_task_forbids_is_there_and_is_not_used_to_try_answers(name, task):
    task_set = load(name)
    task = next(t for t in task_set.tasks if t.name == task)
    drive = inspect.getsource(task_set.drive(task)).partition("\n")[2]
    for forbidden in task.forbids:
        resolve(forbidden)
        assert forbidden.rpartition(".")[2] not in re.findall(r"\w+", drive)


def test_what_stands_beside_student_code_holds_no_answer(task_set):
    """drive.py imports neither the checks nor anything else of ours but dlcore."""
    drive = (task_set.folder / "drive.py").read_text(encoding="utf-8")
    for node in ast.walk(ast.parse(drive)):
        modules = []
        if isinstance(node, ast.Import):
            modules = [alias.name for alias in node.names]
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0
            modules = [node.module]
        assert not {m.partition(".")[0] for m in modules} & {"exercises", task_set.name}
    defined_there = defined(drive, [task.name for task in task_set.tasks])
    assert defined_there == [task.name for task in task_set.tasks]


def test_a_mutant_of_no_task_is_found_out(sample, monkeypatch):
    import sample_set.mutants as module

    monkeypatch.setattr(module, "stray", Planted("Linnear", len, "hint"), raising=False)
    with pytest.raises(LookupError, match="len is for Linnear, no task here"):
        planted(sample)


# --- The report itself ----------------------------------------------------------------------------


def test_the_report_counts(sample):
    lines, faultless = report(sample)
    assert faultless and len(lines) == 1 + len(sample.tasks)
    assert lines[1].split() == ["logsoftmax_backward", "9", "9", "9", "4", "4"]


def test_the_report_finds_each_kind_of_fault(sample, monkeypatch, capsys):
    def right(g, y):
        return g - np.exp(y) * g.sum(axis=1, keepdims=True)

    def wrong(g, y):
        return -right(g, y)

    name = "logsoftmax_backward"
    plants = [
        Planted(name, right, "sign"),
        Planted(name, wrong, "another hint"),
        Planted(name, wrong, None),
    ]
    monkeypatch.setattr("exercises.writing.trial.planted", lambda task_set: plants)
    assert main(["sample_set"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].split() == [name, "2", "1", "0", "1", "0"]
    assert lines[4:7] == [
        f"{name}, right: a wrong answer passes",
        f"{name}, wrong: expected 'another hint', told 'dx has the wrong sign.'",
        f"{name}, wrong: a right answer is rejected: dx has the wrong sign.",
    ]
