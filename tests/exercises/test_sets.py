"""Every set of exercises, the book's and the sample: are its checks right, and about everything?"""

import ast
import inspect
import json
import re
from dataclasses import replace
from functools import cache
from importlib import import_module
from itertools import combinations

import nbformat
import numpy as np
import pytest
from classroom import ROOT

from exercises.check import CheckFailed, examine
from exercises.forbid import resolve
from exercises.hints import alike
from exercises.inside.wire import Odd, pack, unpack
from exercises.slips import Planted, Slip, Told, slipped
from exercises.task import load, names
from exercises.verdict import read
from exercises.writing.changes import survivors
from exercises.writing.generate import generated
from exercises.writing.solution import answers, plain
from exercises.writing.trial import EQUIVALENT, SLIP, STRANGER, attempts, main, report

SETS = [*names(), "sample_set"]
TASKS = [(name, task.name) for name in SETS for task in load(name).tasks]


@pytest.fixture(params=SETS)
def task_set(request):
    return load(request.param)


@pytest.fixture(params=TASKS, ids="-".join)
def task(request):
    name, task = request.param
    return next(each for each in load(name).tasks if each.name == task)


@cache
def tried(task):
    """Each slip, stranger and equivalent of a task, with what it is told."""
    return [(attempt, attempt.told()) for attempt in attempts(task)]


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
        hint = examine(task, scope[task.name], task.public + task.hidden + more)
        assert hint is None, (task.name, hint)


# --- Slips ----------------------------------------------------------------------------------------


def test_what_is_planted_is_told_what_it_must_be(task):
    faults = [(each.kind, each.name, each.fault(hint)) for each, hint in tried(task)]
    assert [fault for fault in faults if fault[-1]] == []


def test_a_task_has_slips_a_stranger_and_another_right_answer(task):
    kinds = [attempt.kind for attempt, _ in tried(task)]
    assert kinds.count(EQUIVALENT) >= 1
    assert kinds.count(SLIP) >= (4 if task.difficulty else 2)
    assert kinds.count(STRANGER) >= (1 if task.difficulty else 0)


def test_no_two_slips_give_the_same(task):
    """Else one of them never speaks; and one that gives what is right is none."""
    changes = [
        change for slip in task.slips if not isinstance(slip, Told) for change in slip.changes
    ]
    messages = [pack(task.inputs(seed)) for seed in task.public + task.hidden]
    given = {"the right answer": [read(task, task.right, message) for message in messages]}
    for change in changes:
        answer = slipped(task.right, change)
        given[str(change)] = [read(task, answer, message) for message in messages]
    assert len(given) == len(changes) + 1
    pairs = combinations(given.items(), 2)
    assert [(a, b) for (a, x), (b, y) in pairs if alike(x, y, task.tolerance)] == []


def hint_sites(task_set):
    """Each place where a judge of this set makes a hint, as a pattern of what it says."""
    for file in sorted(task_set.folder.glob("*.py")):
        module = import_module(f"{task_set.module}.{file.stem}")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("Hint", "Final"):
                yield f"{file.name}:{node.lineno}", pattern(node.args[0], module)


def pattern(text, module):
    if isinstance(text, ast.Constant):
        return re.escape(text.value)
    if isinstance(text, ast.Name) and hasattr(module, text.id):
        return re.escape(getattr(module, text.id))
    assert isinstance(text, ast.JoinedStr), "a hint begins with a text, for a test to know it by"
    return "".join(
        re.escape(part.value) if isinstance(part, ast.Constant) else ".*" for part in text.values
    )


@pytest.mark.parametrize("name", SETS)
def test_every_hint_is_reached_by_a_slip_or_a_stranger(name):
    task_set = load(name)
    said = {hint.says for task in task_set.tasks for _, hint in tried(task) if hint}
    unreached = [
        (site, words)
        for site, words in hint_sites(task_set)
        if not any(re.fullmatch(words, text) for text in said)
    ]
    assert unreached == []


@pytest.mark.filterwarnings("ignore")
def test_every_small_change_of_the_answer_is_found_or_harmless(task):
    assert set(survivors(task)) == task.harmless.keys()
    assert all(task.harmless.values()), "say why"


@pytest.mark.parametrize("name", names())
def test_no_line_of_an_answer_stands_in_the_chapter(name):
    solution = nbformat.read(load(name).folder / "solution.ipynb", as_version=4)
    chapter = nbformat.read(ROOT / "book" / f"{name}.ipynb", as_version=4)
    text = plain("\n".join(cell.source for cell in chapter.cells))
    assert [line for line in answers(solution) if line in text] == []


# --- Cases and drives -----------------------------------------------------------------------------


def test_a_case_is_plain_data_and_the_same_every_time(task):
    for seed in task.public + task.hidden:
        inputs = task.inputs(seed)
        assert pack(inputs) == pack(task.inputs(seed))
        assert not any(isinstance(value, Odd) for value in unpack(pack(inputs)).values())
    assert len({pack(task.inputs(seed)) for seed in range(20)}) > 5, "the cases repeat"


def test_what_a_task_forbids_is_there_and_is_not_used_to_try_answers(task):
    drive = inspect.getsource(task.drive).partition("\n")[2]
    for forbidden in task.forbids:
        resolve(forbidden)
        assert forbidden.rpartition(".")[2] not in re.findall(r"\w+", drive)


def test_what_stands_beside_student_code_holds_no_answer(task_set):
    """drive.py imports neither the tasks nor anything else of ours but dlcore."""
    drive = (task_set.folder / "drive.py").read_text(encoding="utf-8")
    for node in ast.walk(ast.parse(drive)):
        modules = []
        if isinstance(node, ast.Import):
            modules = [alias.name for alias in node.names]
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0
            modules = [node.module]
        assert not {m.partition(".")[0] for m in modules} & {"exercises", task_set.name}


# --- The report itself ----------------------------------------------------------------------------


def test_the_report_counts(sample):
    lines, faultless = report(sample.tasks, sample.name)
    assert faultless and len(lines) == 1 + len(sample.tasks)
    assert lines[1].split() == ["logsoftmax_backward", "9", "9", "1", "1", "4", "4"]


def wrong(g, y):
    return np.exp(y) * g.sum(axis=1, keepdims=True) - g


def test_the_report_finds_each_kind_of_fault(sample, monkeypatch, capsys):
    task = sample.tasks[0]
    slips = (
        Slip("{n} in the hint", ("axis=1", "axis=0"), ("np.exp(y)", "y")),
        Slip("each row of", ("np.exp(y)", "np.exp(1 * y)")),
    )
    plants = [Planted(task.right, wrong, "another hint"), Planted(task.right, wrong, None)]
    monkeypatch.setattr("exercises.writing.trial.planted", lambda right: plants)
    tasks = [replace(task, slips=slips)]
    monkeypatch.setattr("exercises.writing.trial.load", lambda name: replace(sample, tasks=tasks))
    assert main(["sample_set"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].split() == [task.name, "3", "2", "1", "0", "1", "0"]
    assert lines[2:5] == [
        f"{task.name}, slip 'np.exp(y) -> np.exp(1 * y)': a wrong answer passes",
        f"{task.name}, stranger 'wrong': expected 'another hint', told 'dx has the wrong sign.'",
        f"{task.name}, equivalent 'wrong': a right answer is rejected: dx has the wrong sign.",
    ]


@pytest.mark.parametrize(
    "change, says",
    [
        (("axis=2", "axis=0"), "logsoftmax_backward: expected 'axis=2' once, found it 0 times"),
        (("g", "h"), "expected 'g' once, found it 2 times"),
    ],
)
def test_a_slip_that_changes_no_one_place_is_refused(sample, change, says):
    with pytest.raises(ValueError, match=says):
        slipped(sample.tasks[0].right, change)


@pytest.mark.parametrize("change", ["axis=1", ("axis=1",), ()])
def test_a_slip_that_is_no_change_is_refused(change):
    with pytest.raises(ValueError, match=r"'the hint': expected \(old, new\)"):
        Slip("the hint", change)


def test_a_hint_has_the_numbers_of_its_case():
    hint = Slip("{it}: {n} times, X_{k-1}", more="n is {n}").hint({"n": 3, "it": "dW"})
    assert hint == ("dW: 3 times, X_{k-1}", "n is 3")
