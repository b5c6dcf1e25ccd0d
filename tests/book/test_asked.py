"""What a chapter asks is found in what it prints, and each rule notices what it is for."""

import nbformat
import nbformat.v4 as v4
import pytest
from asked import boxes, has_box
from printed import find, number

from tools.notebooks import ROOT, check

WIDTHS = """\
width   10:       300 or         2,100,   7 times as many
width  100:    30,000 or     2,010,000,  67 times as many
width 1000: 3,000,000 or 2,001,000,000, 667 times as many
"""
KAPPAS = """\
  100     346      58      6.0
 1000    3454     204     16.9
10000   34539     708     48.8
"""


def prints(text, id="key", **metadata):
    output = v4.new_output("stream", name="stdout", text=text)
    return v4.new_code_cell("print(text)", outputs=[output], id=id, metadata=metadata)


@pytest.mark.parametrize(
    "text, template, value",
    [
        (WIDTHS, "width 100: ... {} times as many", "67"),
        (WIDTHS, "width 1000: {} or _ _ times as many", "3,000,000"),
        (KAPPAS, "100 _ {}", "58"),
        (KAPPAS, "1000 {}", "3454"),
        ("h = 1      off by 1e-01\nh = 1e-16  off by 2e-01", "h = 1e-16 off by {}", "2e-01"),
        ("h = 1      off by 1e-01\nh = 1e-16  off by 2e-01", "h = 1 off by {}", "1e-01"),
        ("gap: −1.5e-3.", "gap: {}", "−1.5e-3"),
        ("17 % of it", "{} % of it", "17"),
        ("share:17%", "share:{}%", "17"),
        ("f(x) = (1.5)", "f(x) = ({})", "1.5"),
        ("a\nb 1\n", "b {}", "1"),
    ],
)
def test_a_template_finds_its_number(text, template, value):
    assert find(prints(text), template, numeric=True) == value
    assert float(number(value)) == number(value)


@pytest.mark.parametrize(
    "text, template, value",
    [
        ("1 Linear X: bprop needs it", "1 Linear X: bprop {}", "needs it"),
        ("2 ReLU   Y: bprop does not miss it  ", "2 ReLU Y: bprop {}", "does not miss it"),
        ("points better before training", "points better {} training", "before"),
        ("E = 0.014, largest: 0", "E = _ largest: {}", "0"),
    ],
)
def test_a_template_finds_its_text(text, template, value):
    assert find(prints(text), template) == value


@pytest.mark.parametrize(
    "text, template",
    [
        (WIDTHS, "... {} times as many"),  # three lines fit
        (WIDTHS, "depth 100: {}"),  # none does
        (KAPPAS, "10 {}"),  # 100 is another number
        ("x = 1.25", "x = 1.{}"),  # not from within a number
        ("seven times", "{} times"),
        (WIDTHS, "width 100:"),  # no place for the value
        (WIDTHS, "width {}: {} or"),
    ],
)
def test_a_template_that_does_not_fit_one_line_is_refused(text, template):
    with pytest.raises(ValueError, match="expected one"):
        find(prints(text), template, numeric=True)


def test_the_text_of_a_result_counts_and_a_figure_does_not():
    cell = v4.new_code_cell("x")
    cell.outputs = [
        v4.new_output("display_data", {"image/png": "", "text/plain": "<Figure with 1 Axes>"}),
        v4.new_output("execute_result", {"text/plain": "n = 3"}, execution_count=1),
    ]
    assert find(cell, "n = {}", numeric=True) == "3"
    with pytest.raises(ValueError, match="found 0"):
        find(cell, "<Figure with {} Axes>", numeric=True)


# --- Questions ------------------------------------------------------------------------------------

BOX = ":::{admonition} Before you read on\n:class: tip\nHow many times?\n:::"
NUMBER = {
    "kind": "number",
    "label": "At a width of 100",
    "key": {"cell": "key", "find": "width 100: ... {} times as many"},
}
CHOICE = {
    "kind": "choice",
    "label": "At a width of 100",
    "options": [["few", "..10"], ["many", "10.."]],
    "key": {"cell": "key", "find": "width 100: _ or _ {} times as many"},
}
ORDER = {
    "kind": "order",
    "label": "Steps, the fewest first",
    "first": "smallest",
    "items": [["thousand", "1000"], ["hundred", "100"], ["ten thousand", "10000"]],
    "key": {"cell": "kappas", "find": "{item} _ {} _"},
}


def asking(*asks, **more):
    """A notebook with one question, what it asks, and cells that could answer."""
    told = {"asks": list(asks), **more}
    return v4.new_notebook(
        cells=[
            prints("width 100: or 1 times as many", id="above"),
            v4.new_markdown_cell(BOX, id="box", metadata={"predict": told}),
            v4.new_markdown_cell("How to count.", id="how"),
            prints(WIDTHS),
            v4.new_code_cell("assert True", id="hidden", metadata={"tags": ["remove-cell"]}),
            prints(KAPPAS, id="kappas"),
            v4.new_markdown_cell("It is so.\n\n## What next?", id="so"),
            v4.new_markdown_cell("On we go.", id="on"),
            prints("the end", id="end"),
        ]
    )


def test_a_number_is_taken_from_what_is_printed():
    (box,) = boxes(asking(NUMBER | {"unit": "times"}))
    assert box.asks == [
        {
            "kind": "number",
            "label": "At a width of 100",
            "cell": "key",
            "text": "67",
            "value": 67,
            "unit": "times",
            "good": {"factor": 2},
        }
    ]


def test_a_choice_is_taken_from_what_is_printed():
    (box,) = boxes(asking(CHOICE))
    assert box.asks[0]["options"] == ["few", "many"] and box.asks[0]["value"] == "many"
    exact = CHOICE | {"options": ["7", ["sixty-seven", "67"], "70"]}
    assert boxes(asking(exact))[0].asks[0]["value"] == "sixty-seven"


def test_an_order_is_taken_from_what_is_printed():
    (box,) = boxes(asking(ORDER))
    assert box.asks[0]["items"] == ["thousand", "hundred", "ten thousand"]
    assert box.asks[0]["value"] == ["hundred", "thousand", "ten thousand"]
    assert box.asks[0]["text"] == "hundred (58), thousand (204), ten thousand (708)"


def test_what_folds_are_the_outputs_down_to_the_answer_and_the_prose_that_follows():
    assert boxes(asking(NUMBER))[0].hides == ["key", "kappas", "so"]
    assert boxes(asking(ORDER))[0].hides == ["key", "kappas", "so"]
    assert boxes(asking(NUMBER, answered="on"))[0].hides == ["key", "kappas", "so", "on"]
    assert boxes(asking(NUMBER, hides=["key"]))[0].hides == ["key"]


@pytest.mark.parametrize(
    "notebook, message",
    {
        "the answer stands above": (
            asking(NUMBER | {"key": {"cell": "above", "find": "width 100: or {} times"}}),
            "a cell above below the question, found none",
        ),
        "the answer is not printed any more": (
            asking(NUMBER | {"key": {"cell": "key", "find": "width 7: {}"}}),
            "one printed line that fits 'width 7: {}', found 0",
        ),
        "the answer is not on the page": (
            asking(NUMBER | {"key": {"cell": "hidden", "find": "{}"}}),
            "hidden to print what the page shows",
        ),
        "the answer stays in sight": (asking(NUMBER, hides=["end"]), "{'key'} among what it hides"),
        "a question that nothing is asked of": (asking(), "expected a list of asks"),
        "a typed answer": (asking(NUMBER | {"value": 67}), "found kind, label, key, value"),
        "an unknown kind": (asking(NUMBER | {"kind": "essay"}), "found 'essay'"),
        "no label": (asking({"kind": "number", "key": NUMBER["key"]}), "expected key, kind, label"),
        "no rule for what is good": (asking(NUMBER | {"good": "often"}), "found often"),
        "a factor of nothing": (
            asking(NUMBER | {"key": {"cell": "zero", "find": "{} left"}}),
            "expected good: {within} where 0 is measured",
        ),
        "no option fits": (asking(CHOICE | {"options": ["1", "2"]}), "that fits '67', found []"),
        "two options fit": (
            asking(CHOICE | {"options": [["a", "1.."], ["b", "2.."]]}),
            "found ['a', 'b']",
        ),
        "one option": (asking(CHOICE | {"options": ["67"]}), "two or more options"),
        "an option twice": (asking(CHOICE | {"options": ["67", "67"]}), "two or more options"),
        "an order that gives itself away": (
            asking(ORDER | {"first": "smallest", "items": ["100", "1000"]}),
            "an order that is not the answer",
        ),
        "no direction": (asking(ORDER | {"first": "best"}), "found 'best'"),
        "no place for the item": (
            asking(ORDER | {"key": {"cell": "kappas", "find": "100 _ {}"}}),
            "{item} in the template",
        ),
        "what it hides has no output": (asking(NUMBER, hides=["key", "hidden"]), "an output"),
        "what it hides is unknown": (asking(NUMBER, hides=["key", "nowhere"]), "a cell nowhere"),
    }.values(),
)
def test_each_slip_is_noticed(notebook, message):
    notebook.cells.insert(3, prints("0 left", id="zero"))
    with pytest.raises(ValueError) as error:
        boxes(notebook)
    assert message in str(error.value) and "prediction box" in str(error.value)


def test_a_question_without_the_form_is_noticed():
    notebook = asking(NUMBER)
    del notebook.cells[1].metadata["predict"]
    with pytest.raises(ValueError, match="expected metadata 'predict'"):
        boxes(notebook)


def test_the_form_without_a_question_is_noticed():
    notebook = asking(NUMBER)
    notebook.cells[1].source = "How many times?"
    with pytest.raises(ValueError, match="expected one box 'Before you read on'"):
        boxes(notebook)


def test_an_output_that_is_not_compared_is_no_answer():
    notebook = asking(NUMBER)
    notebook.cells[3].metadata["tags"] = ["nbval-ignore-output"]
    with pytest.raises(ValueError, match="key to be compared"):
        boxes(notebook)


def test_two_questions_do_not_fold_the_same():
    notebook = asking(NUMBER)
    again = v4.new_markdown_cell(BOX, id="box2", metadata=notebook.cells[1].metadata)
    notebook.cells.insert(2, again)
    with pytest.raises(ValueError, match="prediction box2: an earlier one hides the same"):
        boxes(notebook)


def test_a_heading_or_a_question_does_not_fold():
    with pytest.raises(ValueError, match="how: expected prose, and no question"):
        notebook = asking(NUMBER, hides=["key", "how"])
        notebook.cells[2].source = "## First\n\nSomething."
        boxes(notebook)
    notebook = asking(NUMBER)  # a question below the heading of the cell that answers is no matter
    notebook.cells[6].source += "\n\n" + BOX
    notebook.cells[6].metadata["predict"] = {
        "think": "About what comes.",
        "answered": "on",
        "says": "On we go.",
    }
    assert [box.id for box in boxes(notebook)] == ["box", "so"]


THINK = {"think": "A picture shows it.", "answered": "so", "says": "It is so."}


def test_a_question_to_think_about_is_answered_where_it_says():
    notebook = asking()
    notebook.cells[1].metadata["predict"] = THINK
    assert boxes(notebook)[0].asks == []
    for change, message in (
        ({"says": "It is not."}, "expected 'It is not.' in so"),
        ({"answered": "above"}, "a cell above below the question"),
    ):
        notebook.cells[1].metadata["predict"] = THINK | change
        with pytest.raises(ValueError, match=message):
            boxes(notebook)
    notebook.cells[1].metadata["predict"] = {"think": "A picture shows it."}
    with pytest.raises(ValueError, match="expected answered, says, think"):
        boxes(notebook)


# --- The chapters ---------------------------------------------------------------------------------


def test_the_rules_say_what_is_wrong_with_a_chapter(tmp_path):
    notebook = asking(NUMBER | {"kind": "essay"})
    path = tmp_path / "ch02_generic_features.ipynb"
    path.write_text(nbformat.writes(notebook))
    assert any("prediction box: expected a kind of number" in line for line in check(path))


def test_each_chapter_asks():
    for path in sorted((ROOT / "book").glob("ch*.ipynb")):
        notebook = nbformat.read(path, as_version=4)
        asked = boxes(notebook)
        assert len(asked) == sum(map(has_box, notebook.cells))
        assert sum(bool(box.asks) for box in asked) >= 3, path.name
