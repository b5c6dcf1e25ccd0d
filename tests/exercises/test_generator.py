"""exercise.ipynb: nothing of the answer is left, everything else is, and the bytes are the same."""

import json
from copy import deepcopy
from dataclasses import replace

import nbformat
import pytest
from classroom import HERE, solution

from exercises.writing import generate
from exercises.writing.generate import BadSolution, exercise, generated
from exercises.writing.solution import without_solutions

SECRET = "zebra"


@pytest.fixture
def solved():
    return nbformat.from_dict(solution())


def cell(notebook, cell_id):
    return next(c for c in notebook.cells if c.id == cell_id)


def test_no_trace_of_the_answer_is_left(solved, sample):
    """A word is hidden in every place where an answer, or what it gave, can be."""
    answer = cell(solved, "a1")
    answer.source = answer.source.replace("return g", f"# {SECRET}\n    return g")
    answer.outputs = [
        nbformat.v4.new_output("stream", text=SECRET),
        nbformat.v4.new_output("display_data", {"text/html": SECRET}, metadata={"alt": SECRET}),
        nbformat.v4.new_output("error", ename=SECRET, evalue=SECRET, traceback=[SECRET]),
    ]
    answer.execution_count = 3
    answer.metadata |= {"answer": SECRET, "mystnb": {"figure": {"caption": SECRET}}}
    cell(solved, "s1").source += SECRET
    cell(solved, "s1").attachments = {SECRET: {"image/png": SECRET}}
    solved.metadata |= {"widgets": {"state": SECRET}, "title": SECRET, SECRET: {}}
    solved.metadata.kernelspec["display_name"] = SECRET
    text = nbformat.writes(exercise(solved, sample))
    assert SECRET not in text and "SOLUTION" not in text
    assert 'execution_count": 3' not in text


def test_everything_else_is_left(solved, sample):
    out = exercise(solved, sample)
    assert cell(out, "a1").source == (
        "def logsoftmax_backward(g, y):\n"
        '    """dE/dx from g = dE/dy and y = log_softmax(x), all (samples, classes)."""\n'
        "    raise NotImplementedError"
    )
    assert cell(out, "a2").source.count("raise NotImplementedError") == 2
    assert cell(out, "a2").source.count('"""') == 8
    for same in ("set-up", "t1", "h3", "c1"):
        assert cell(out, same).source == cell(solved, same).source
    assert out.metadata["exercises"] == {"set": "sample_set"}
    nbformat.validate(out)


def test_rows_and_tags_are_kept(solved, sample):
    marker = {"rows": ["L41"], "role": "teaches"}
    tags = ["exercise", "hide-input"]
    cell(solved, "h3").metadata |= {"lecture": marker, "tags": tags, "scrolled": True}
    kept = {"lecture": marker, "tags": ["hide-input"]}
    assert cell(exercise(solved, sample), "h3").metadata == kept


def test_the_title_is_that_of_exercises(solved, sample):
    title = cell(exercise(solved, sample), "title").source
    assert title.startswith("# Exercises on modules, sent back and proved\n")
    cell(solved, "title").source = "# Exercises on modules"
    with pytest.raises(BadSolution, match="cell 1: expected a title that begins with '# Solutions"):
        exercise(solved, sample)


def test_a_block_takes_the_indentation_of_its_first_line():
    source = "if x:\n\t### BEGIN SOLUTION\n\ty\n    z\n\t### END SOLUTION  \nelse:\n    pass"
    assert without_solutions(source) == "if x:\n\traise NotImplementedError\nelse:\n    pass"


def test_the_bytes_are_the_same_every_time_and_making_it_changes_nothing(solved, sample):
    before = deepcopy(solved)
    assert exercise(solved, sample) == exercise(solved, sample)
    assert solved == before
    text = generated(sample)
    assert text == generated(sample)
    assert text == (HERE / "sample_set" / "exercise.ipynb").read_text(encoding="utf-8")
    assert text == json.dumps(json.loads(text), indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def unmark(source):
    return source.replace("### BEGIN SOLUTION\n", "").replace("### END SOLUTION", "")


@pytest.mark.parametrize(
    "where, change, says",
    [
        (
            "a1",
            unmark,
            "cell 4: expected logsoftmax_backward to have a solution marked, found none",
        ),
        ("a1", lambda s: s.replace("### END", "### AND"), "cell 4: expected ### BEGIN SOLUTION"),
        ("a1", lambda s: s + "\n### END SOLUTION", "cell 4: expected ### BEGIN SOLUTION"),
        ("t2", lambda s: s + "\n### BEGIN SOLUTION", "cell 7: expected ### BEGIN SOLUTION"),
        ("a1", lambda s: s.replace('"""', "# ", 1).replace('"""', ""), "to have a docstring"),
        ("a1", lambda s: s.replace("_backward", ""), "a cell that defines logsoftmax_backward"),
        ("c1", lambda s: "1", "expected a cell with check(logsoftmax_backward), found none"),
        (
            "t1",
            lambda s: s.replace("15 minutes", "10 minutes"),
            "'Send a gradient back through log-softmax', and below it: ●●○ · 15 minutes",
        ),
    ],
)
def test_a_solution_that_no_exercise_can_be_made_from_is_described(
    solved, sample, where, change, says
):
    changed = cell(solved, where)
    changed.source = change(changed.source)
    with pytest.raises(BadSolution) as caught:
        exercise(solved, sample)
    assert says in str(caught.value)


@pytest.mark.parametrize("lost", ["the tag", "its tags", "the metadata"])
def test_an_explanation_that_lost_its_tag_is_not_handed_out(solved, sample, lost):
    metadata = cell(solved, "s1").metadata
    if lost == "the tag":
        metadata["tags"] = ["remove-cell"]
    elif lost == "its tags":
        del metadata["tags"]
    else:
        cell(solved, "s1").metadata = {}
    with pytest.raises(BadSolution, match="cell 6: expected the tag 'solution' or 'exercise'"):
        exercise(solved, sample)


def test_what_stands_after_a_check_is_handed_out_if_it_says_so(solved, sample):
    cell(solved, "s1").metadata["tags"] = ["exercise"]
    out = exercise(solved, sample)
    assert cell(out, "s1").source == cell(solved, "s1").source
    assert "tags" not in cell(out, "s1").metadata


@pytest.mark.parametrize("tag", ["Solution", "solutions", "remove_cell"])
def test_a_tag_that_is_not_known_is_refused(solved, sample, tag):
    cell(solved, "s1").metadata["tags"] = [tag]
    with pytest.raises(BadSolution, match=f"cell 6: expected tags among .*, found '{tag}'"):
        exercise(solved, sample)


def test_an_answer_to_no_task_is_refused(solved, sample):
    cell(solved, "h3").source += "\n### BEGIN SOLUTION\nterms = 3\n### END SOLUTION"
    with pytest.raises(BadSolution, match="cell 11: expected an answer to a task, found one to"):
        exercise(solved, sample)


LINE = "terms = np.array(list(product([0, 1, -1], repeat=3)))"


@pytest.mark.parametrize("where", ["t1", "h3", "title"])
def test_a_line_of_an_answer_is_not_handed_out(solved, sample, where):
    cell(solved, where).source += f"\n{LINE.replace(' =', '  =')}"
    with pytest.raises(BadSolution, match=r"expected no line of an answer, found 'terms = np\.arr"):
        exercise(solved, sample)


def test_in_code_that_is_called_broken_it_may_stand(solved, sample):
    cell(solved, "h3").source += f"\n\n\ndef broken_dnf(table):\n    {LINE}"
    assert LINE in cell(exercise(solved, sample), "h3").source


def test_an_answer_that_is_not_the_one_that_slips_change_is_refused(solved, sample):
    changed = cell(solved, "a1")
    changed.source = changed.source.replace("axis=1, keepdims", "axis=-1, keepdims")
    with pytest.raises(
        BadSolution, match=r"logsoftmax_backward to be the one in .*tasks\.py, found"
    ):
        exercise(solved, sample)


def test_pictures_and_raw_cells_are_refused(solved, sample):
    cell(solved, "t1").attachments = {"a.png": {"image/png": ""}}
    solved.cells.append(nbformat.v4.new_raw_cell("raw"))
    with pytest.raises(BadSolution, match=r"(?s)cell 3: .* one attached.*cell 15: .* a raw cell"):
        exercise(solved, sample)


@pytest.fixture
def copied(sample, tmp_path, monkeypatch):
    """The set in another folder."""
    for name in ("solution.ipynb", "exercise.ipynb"):
        (tmp_path / name).write_bytes((HERE / "sample_set" / name).read_bytes())
    monkeypatch.setattr(generate, "load", lambda name: replace(sample, folder=tmp_path))
    return tmp_path


def test_a_stale_exercise_is_reported_and_written_anew(copied, capsys):
    path = copied / "exercise.ipynb"
    current = path.read_bytes()
    assert generate.main(["sample_set", "--check"]) == 0
    path.write_bytes(current.replace(b"Write each answer", b"Write all answers"))
    stale = path.read_bytes()
    assert generate.main(["sample_set", "--check"]) == 1
    assert f"{path}: out of date, write it with `make exercises`" in capsys.readouterr().err
    assert path.read_bytes() == stale
    assert generate.main(["sample_set"]) == 0 and path.read_bytes() == current
    path.unlink()
    assert generate.main(["sample_set", "--check"]) == 1
    assert generate.main(["sample_set"]) == 0 and path.read_bytes() == current


def test_a_solution_that_is_no_python_is_said(copied, capsys):
    path = copied / "solution.ipynb"
    path.write_text(path.read_text(encoding="utf-8").replace("(g, y):", "(g, y:"), encoding="utf-8")
    assert generate.main(["sample_set"]) == 1
    assert f"{path}: '(' was never closed" in capsys.readouterr().err


def test_a_cell_without_an_id_is_refused(copied, capsys):
    path = copied / "solution.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    del notebook["cells"][3]["id"]
    path.write_text(json.dumps(notebook), encoding="utf-8")
    assert generate.main(["sample_set"]) == 1
    assert "cell 4: expected an id, found none" in capsys.readouterr().err


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "3", '{"cells": []}', '{"cells": [3]}', '{"cells": 3}']
)
def test_a_solution_that_is_no_notebook_is_said_and_the_old_exercise_stays(copied, capsys, text):
    (copied / "solution.ipynb").write_text(text, encoding="utf-8")
    before = (copied / "exercise.ipynb").read_bytes()
    assert generate.main(["sample_set"]) == 1
    assert f"{copied / 'solution.ipynb'}: " in capsys.readouterr().err
    assert (copied / "exercise.ipynb").read_bytes() == before
