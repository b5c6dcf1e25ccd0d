"""`check` and `progress`, as a student meets them: in a notebook, a terminal, plain Python."""

import subprocess
import sys
from dataclasses import replace
from itertools import pairwise

import nbformat
import numpy as np
import pytest
from classroom import HERE, environment, handed_in, right
from nbclient import NotebookClient

from exercises.case import shown
from exercises.check import CheckFailed, opened
from exercises.forbid import without
from exercises.inside.wire import Odd
from exercises.progress import SOLVED, TRIED, Progress, Table


@pytest.fixture
def check():
    return opened("sample_set").check


@pytest.fixture
def answers():
    """The right answers, by name."""
    scope = {"np": np}
    exec("from itertools import product", scope)
    exec("BITS = np.array(list(product([0, 1], repeat=3)))", scope)
    for name in ("logsoftmax_backward", "Linear", "smallest_dnf"):
        exec(right(name), scope)
    return scope


def told(check, answer):
    with pytest.raises(CheckFailed) as caught:
        check(answer)
    message = str(caught.value)
    assert "\n" not in message
    return message


def test_a_right_answer_gets_one_line_and_what_comes_next(check, answers, capsys):
    check(answers["logsoftmax_backward"])
    check(answers["Linear"])
    check(answers["smallest_dnf"])
    assert capsys.readouterr().out.splitlines() == [
        "logsoftmax_backward: right, on all 3 cases. "
        "Next: Linear, ●●○ · 20 minutes · L27, L36 · 4 points.",
        "Linear: right, on all 3 cases. "
        "Next: smallest_dnf, ●●● · 30 minutes · L10, L12 · 3 points.",
        "smallest_dnf: right, on all 3 cases. "
        "That was the last task of the set; progress() shows them all.",
    ]


def logsoftmax_backward(g, y):
    raise NotImplementedError


def test_the_first_rung_is_not_written_yet(check):
    assert told(check, logsoftmax_backward) == (
        "logsoftmax_backward: not written yet. "
        "Put your lines in place of `raise NotImplementedError`."
    )


def named(name, function):
    function.__name__ = name
    return function


def test_an_option_that_is_refused_is_no_unwritten_answer(check):
    def refuse(g, y):
        raise NotImplementedError("dilation")

    message = told(check, named("logsoftmax_backward", refuse))
    assert "stopped with NotImplementedError: dilation, in line" in message


def test_an_error_names_itself_and_the_students_line_not_numpys(check):
    def stops(g, y):
        shifted = g + np.zeros((7, 7, 7))
        return shifted

    message = told(check, named("logsoftmax_backward", stops))
    assert "stopped with ValueError: operands could not be broadcast" in message
    assert message.endswith("`shifted = g + np.zeros((7, 7, 7))`.")


@pytest.mark.parametrize("error", [SystemExit, RecursionError, GeneratorExit])
def test_an_answer_can_raise_anything_but_an_interruption(check, error):
    def stops(g, y):
        raise error

    assert error.__name__ in told(check, named("logsoftmax_backward", stops))


def test_an_interruption_goes_through(check):
    def stops(g, y):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        check(named("logsoftmax_backward", stops))


def test_an_exception_whose_message_fails_is_still_named(check):
    class Broken(Exception):
        def __str__(self):
            raise ValueError

    def stops(g, y):
        raise Broken

    assert "stopped with Broken, in line" in told(check, named("logsoftmax_backward", stops))


def test_the_same_wrong_answer_again_hears_a_little_more_and_then_no_more(check, answers):
    def wrong(g, y):
        return g - np.exp(y)

    named("logsoftmax_backward", wrong)
    first, second, third = (told(check, wrong) for _ in range(3))
    assert second.startswith(first) and len(second) > len(first) and third == second
    check(answers["logsoftmax_backward"])
    assert told(check, wrong) == first


@pytest.mark.parametrize(
    "answer, says",
    [
        (lambda g, y: g, "goes by the name given in `def` or `class`"),
        (named("logsoftmx_backward", lambda g, y: g), "Is it logsoftmax_backward?"),
        (named("linear", lambda: 0), "no task here is called linear. Is it Linear?"),
        ("Linear", "without quotes: check(Linear)."),
        (np.zeros(3), "wants a function or class by its name, as in check(logsoftmax_backward)"),
        (None, "wants a function or class"),
        (print, "This is called print."),
        (type("Other", (), {"__call__": print})(), "This is called None."),
    ],
)
def test_what_is_no_answer_gets_a_clear_word(check, answer, says):
    assert says in told(check, answer)


def test_answers_get_copies_so_that_a_judge_sees_what_the_case_was(check):
    def spoils(g, y):
        g[:] = y[:] = 0
        return 0 * g

    assert "changes g" in told(check, named("logsoftmax_backward", spoils))


def test_patched_numpy_does_not_help_in_the_notebook_for_arrays_of_another_class(check):
    class Any(np.ndarray):
        def __array_ufunc__(self, *args, **kwargs):
            return np.zeros(self.shape)

    def sly(g, y):
        return np.zeros(g.shape).view(Any)

    assert "dx is" in told(check, named("logsoftmax_backward", sly))


# --- After the hint -------------------------------------------------------------------------------


@pytest.fixture
def after(check, capsys):
    """What `more()` prints."""

    def more():
        capsys.readouterr()
        check.more()
        return capsys.readouterr().out

    return more


def no_sum(g, y):
    return g - np.exp(y)


def no_root(g, y):
    return -g


def test_more_climbs_from_the_hint_to_the_case_to_the_solution_line_by_line(check, after):
    told(check, named("logsoftmax_backward", no_sum))
    assert after().startswith("Every output depends on every score of its row")
    case = after()
    begins = "logsoftmax_backward(g, y) was called with\n  g, float64 (3, 4)\n    [["
    assert case.startswith(begins)
    assert case.endswith("Ask on, and more() shows the solution, a line at a time.\n")
    first = after()
    assert first == (
        "def logsoftmax_backward(g, y):\n    return g - np.exp(y) * g.sum(axis=1, keepdims=True)\n"
        "That is all of it. The solutions say why.\n"
    )
    assert after() == first


def test_a_long_solution_comes_line_by_line_and_what_was_shown_stays_shown(check, after):
    told(check, named("Linear", lambda W, b: None))
    after()
    assert after() == "class Linear:\n    def __init__(self, W, b):\n(9 more)\n"
    told(check, named("smallest_dnf", lambda table: None))
    told(check, named("Linear", lambda W, b: print))
    after()
    assert after().endswith("        self.W, self.b = W, b\n(8 more)\n")


def test_where_there_is_no_more_to_say_the_case_comes_at_once(check, after):
    told(check, named("logsoftmax_backward", no_root))
    assert after().startswith("logsoftmax_backward(g, y) was called with")


def test_a_hint_that_was_told_whole_is_not_told_again(check, after):
    for _ in range(2):
        told(check, named("logsoftmax_backward", no_sum))
    assert after().startswith("logsoftmax_backward(g, y) was called with")


def test_another_hint_begins_at_the_lowest_rung(check, after):
    told(check, named("logsoftmax_backward", no_sum))
    after(), after()
    told(check, named("logsoftmax_backward", no_root))
    assert after().startswith("logsoftmax_backward(g, y) was called with")
    told(check, named("logsoftmax_backward", no_sum))
    assert after().startswith("Every output")


def test_without_a_failure_there_is_nothing_to_add(check, after, answers, capsys):
    assert after().startswith("Nothing to add")
    told(check, named("logsoftmax_backward", no_sum))
    check(answers["logsoftmax_backward"])
    assert after().startswith("Nothing to add")
    assert check.case() is None and "No case has failed" in capsys.readouterr().out


def test_the_case_says_what_went_in_what_came_out_and_what_should_have(check):
    told(check, named("logsoftmax_backward", no_sum))
    case = check.case()
    g, y = case.arguments
    assert np.array_equal(case.outcome["dx"], g - np.exp(y))
    assert np.array_equal(case.expected["dx"], g - np.exp(y) * g.sum(axis=1, keepdims=True))
    words = repr(case).replace(" ", "")
    for A in (g, y, case.outcome["dx"], case.expected["dx"]):
        assert np.array2string(A, 88, 4, True, threshold=40).replace(" ", "")[:60] in words


def test_a_case_is_new_every_time_so_that_it_can_be_spoiled(check):
    told(check, named("logsoftmax_backward", no_sum))
    check.case().inputs["g"][:] = 0
    check.case().arguments[0][:] = 0
    assert check.case().inputs["g"].all() and check.case().arguments[0].all()


def test_an_answer_is_tried_again_on_the_case_that_failed(check, answers):
    told(check, named("logsoftmax_backward", no_sum))
    assert "It should have given" in repr(check.case(no_sum))
    right = check.case(answers["logsoftmax_backward"])
    assert "It should have" not in repr(right)
    assert np.array_equal(right.outcome["dx"], right.expected["dx"])


def test_there_an_error_is_raised_as_it_is_and_the_forbidden_is_forbidden(check):
    import dlcore

    told(check, named("logsoftmax_backward", no_sum))
    with pytest.raises(ZeroDivisionError):
        check.case(lambda g, y: 1 / 0)
    with pytest.raises(RuntimeError, match=r"without dlcore\.nn\.LogSoftmax"):
        check.case(lambda g, y: dlcore.nn.LogSoftmax(dim=1))


def test_a_case_that_stopped_says_how(check):
    told(check, named("logsoftmax_backward", lambda g, y: 1 / 0))
    assert "\nand stopped with ZeroDivisionError: division by zero.\n" in repr(check.case())


def test_of_several_calls_it_is_the_one_that_fails():
    def operations(sizes, batch):
        forward = batch * sum(a * b for a, b in pairwise(sizes[:4]))
        return forward, 2 * forward, 2 * forward - batch * sizes[0] * sizes[1]

    check = opened("ch12_backpropagation").check
    assert "forward" in told(check, operations)
    sizes, batch = check.case().arguments
    assert len(sizes) == 5 and f"sizes = {sizes}\n  batch = {batch}\nand gave" in repr(check.case())


def test_what_is_wrong_in_no_single_call_is_shown_whole(check, monkeypatch):
    told(check, named("logsoftmax_backward", no_sum))
    whole = replace(check.case(), number=0)
    assert whole.arguments == ()
    assert repr(whole).startswith("logsoftmax_backward was tried with\n  g, float64 (3, 4)")
    assert "\nIt should have given\n  dx, float64 (3, 4)\n" in repr(whole)


def test_a_case_shows_how_a_class_is_tried(check):
    told(check, named("Linear", lambda W, b: None))
    assert "\nby\ndef Linear(answer, inputs):\n" in repr(check.case())


def test_a_task_that_keeps_its_secret_shows_no_right_answer(check):
    told(check, named("smallest_dnf", lambda table: np.full((1, 3), -1)))
    assert check.case().expected is None
    assert "It should" not in repr(check.case())


@pytest.mark.parametrize(
    "values, lines",
    [
        ({"n": 3, "h": 0.123456789}, ["  n = 3", "  h = 0.123457"]),
        ({"a": [np.arange(2), None]}, ["  a[0], int64 (2,)", "    [0 1]", "  a[1] = None"]),
        ({"s": {"fc1.weight": "x"}}, ["  s['fc1.weight'] = x"]),
        ({"sizes": [1, 2], "t": (3, 4)}, ["  sizes = [1, 2]", "  t = (3, 4)"]),
        ({"x": Odd("of type Net")}, ["  x = something of type Net"]),
        ({"empty": []}, ["  empty = []"]),
        ({f"x{k}": k for k in range(30)}, [*(f"  x{k} = {k}" for k in range(8)), "  and 22 more"]),
    ],
)
def test_values_are_shown_under_the_names_that_python_finds_them_by(values, lines):
    assert list(shown(values)) == lines


def test_a_large_array_is_shown_in_part():
    assert len("\n".join(shown({"X": np.zeros((100, 100))}))) < 1000


# --- What a task forbids --------------------------------------------------------------------------


def test_the_forbidden_does_not_work_by_any_name_and_works_again_afterwards(check):
    import dlcore
    from dlcore.nn import Linear as Borrowed

    class Linear(Borrowed):
        def __init__(self, W, b):
            super().__init__(*W.shape[::-1])

    for answer in (dlcore.nn.Linear, Linear):
        assert "this task is to be done without dlcore.nn.Linear, so it" in told(check, answer)
    assert Borrowed(2, 3).fprop(np.zeros((1, 2), np.float32)).shape == (1, 3)


def test_a_forbidden_function_refuses_too():
    from dlcore.nn import functional

    with (
        without(["dlcore.nn.functional.log_softmax"]),
        pytest.raises(RuntimeError, match=r"without dlcore\.nn\.functional"),
    ):
        functional.log_softmax(np.zeros((1, 2)), dim=1)
    assert functional.log_softmax(np.zeros((1, 2)), dim=1).shape == (1, 2)


@pytest.mark.parametrize("name", ["dlcore.nn.Linnear", "dlcore.no.Linear", "dlcore.nn", "math.sin"])
def test_a_task_that_forbids_what_is_not_there_is_found_out(name):
    with pytest.raises(LookupError, match="a task forbids"), without([name]):
        pass


# --- Where it is shown ----------------------------------------------------------------------------


def run(*arguments, **kwargs):
    env = environment() | {"EXERCISES_PROGRESS": "", "PYTHON_BASIC_REPL": "1"}
    command = [sys.executable, *arguments]
    return subprocess.run(command, env=env, cwd=HERE, capture_output=True, text=True, **kwargs)


UNWRITTEN = """
from sample_set import check
def Linear():
    raise NotImplementedError

check(Linear)
"""


def test_a_script_ends_with_one_line_and_an_error_code():
    ended = run("-c", UNWRITTEN)
    assert ended.returncode == 1
    assert ended.stderr.startswith("Linear: ") and ended.stderr.count("\n") == 1


def test_a_terminal_shows_one_line_and_other_errors_as_ever():
    ended = run("-i", "-q", input=UNWRITTEN + "\n1 / 0\n")
    assert "Linear: " in ended.stderr and "CheckFailed" not in ended.stderr
    assert "ZeroDivisionError" in ended.stderr and ended.stderr.count("Traceback") == 1


def test_checking_needs_nothing_but_numpy():
    """So it runs in a browser: of what the standard library lacks only NumPy is imported."""
    ended = run(
        "-c",
        "import sys; before = set(sys.modules); from sample_set import check, progress\n"
        "def Linear(W, b):\n    return None\n"
        "try:\n    check(Linear)\nexcept Exception as error:\n    print(type(error).__name__)\n"
        "progress()\n"
        "new = [sys.modules[name] for name in set(sys.modules) - before]\n"
        "names = {m.__name__.partition('.')[0] for m in new if hasattr(m, '__file__')}\n"
        "print(*sorted(names - sys.stdlib_module_names))",
    )
    assert ended.stdout.split() == ["CheckFailed", "dlcore", "exercises", "numpy", "sample_set"]


@pytest.fixture(scope="module")
def executed():
    """An exercise with one wrong answer, run whole by Jupyter, errors and all."""
    notebook = nbformat.reads(handed_in(smallest_dnf="def smallest_dnf(table):\n    pass"), 4)
    notebook.cells.append(nbformat.v4.new_code_cell("check(smallest_dnf)"))
    resources = {"metadata": {"path": str(HERE / "sample_set")}}
    client = NotebookClient(notebook, allow_errors=True, resources=resources)
    client.execute(env=environment() | {"EXERCISES_PROGRESS": ""})
    return notebook


def test_a_notebook_shows_the_hint_alone_and_counts_it_as_an_error(executed):
    errors = [o for c in executed.cells for o in c.get("outputs", []) if o.output_type == "error"]
    assert [error.ename for error in errors] == ["CheckFailed", "CheckFailed"]
    for error in errors:
        assert error.traceback == [error.evalue]
        assert error.evalue.startswith("smallest_dnf: the terms should be an array of shape")


def test_a_notebook_shows_progress_as_a_table(executed):
    table = next(c for c in executed.cells if c.source == "progress()").outputs[0].data
    assert table["text/html"].count("<tr>") == 3 and "2 of 3 tasks solved" in table["text/html"]
    assert "2 of 3 tasks solved" in table["text/plain"]


# --- What is kept ---------------------------------------------------------------------------------


@pytest.fixture
def file(tmp_path, monkeypatch):
    file = tmp_path / "deep" / "progress.json"
    monkeypatch.setenv("EXERCISES_PROGRESS", str(file))
    return file


def states(sample):
    return [Progress().state(sample, task) for task in sample.tasks]


def test_progress_is_kept_from_one_run_to_the_next_and_solved_stays_solved(sample, file):
    one, two, _ = sample.tasks
    Progress().note(sample, one, TRIED)
    Progress().note(sample, two, SOLVED)
    Progress().note(sample, two, TRIED)
    assert states(sample) == [TRIED, SOLVED, ""]
    Progress().note(sample, one, SOLVED)
    assert states(sample) == [SOLVED, SOLVED, ""]


def test_two_notebooks_open_at_once_do_not_undo_each_other(sample, file):
    first, second = Progress(), Progress()
    first.note(sample, sample.tasks[0], SOLVED)
    second.note(sample, sample.tasks[1], SOLVED)
    first.note(sample, sample.tasks[2], TRIED)
    assert states(sample) == [SOLVED, SOLVED, TRIED]


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b'{"sample_set": 3}', b"\xff", b"[" * 99999])
def test_a_damaged_file_is_put_aside_and_nothing_else_happens(sample, file, damage):
    Progress().note(sample, sample.tasks[0], SOLVED)
    file.write_bytes(damage)
    Progress().note(sample, sample.tasks[1], SOLVED)
    assert states(sample) == ["", SOLVED, ""]
    assert file.with_suffix(".damaged").read_bytes() == damage


def test_where_nothing_can_be_written_it_is_kept_for_the_session_and_says_so(sample, file):
    file.parent.write_text("a file where the folder should be")
    notes = Progress()
    notes.note(sample, sample.tasks[0], SOLVED)
    assert notes.state(sample, sample.tasks[0]) == SOLVED
    assert f"for this session only: {file} cannot be written" in repr(Table(sample, notes))


def test_in_a_browser_it_is_kept_in_memory(sample, file, monkeypatch):
    monkeypatch.setattr(sys, "platform", "emscripten")
    notes = Progress()
    notes.note(sample, sample.tasks[0], SOLVED)
    assert notes.state(sample, sample.tasks[0]) == SOLVED and not file.exists()
    assert repr(Table(sample, notes)).endswith("1 of 3 tasks solved")


def test_the_table_of_a_terminal(sample):
    notes = Progress()
    notes.note(sample, sample.tasks[1], SOLVED)
    assert repr(Table(sample, notes)) == (
        "logsoftmax_backward  ●●○ · 15 minutes · L41 · 3 points\n"
        "Linear               ●●○ · 20 minutes · L27, L36 · 4 points  solved\n"
        "smallest_dnf         ●●● · 30 minutes · L10, L12 · 3 points\n"
        "1 of 3 tasks solved"
    )


def test_titles_are_escaped_in_the_table_of_a_notebook(sample):
    tricky = replace(sample, tasks=(replace(sample.tasks[0], title="a < b & <i>c</i>"),))
    assert "a &lt; b &amp; &lt;i&gt;" in Table(tricky, Progress())._repr_html_()
