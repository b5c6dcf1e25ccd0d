"""The lecture map says what the book has, a verdict what was printed, and nothing gets lost."""

import nbformat
import nbformat.v4 as v4
import pytest
from lecture import LECTURE, ROWS, marked_rows, verdict
from lecture_map import Place, evidence, lost_or_new

from exercises.task import load
from tools.notebooks import ROOT


@pytest.fixture(scope="module")
def found():
    return evidence()


def test_the_ledger_is_what_the_book_has(found):
    assert list(lost_or_new(found)) == []


def test_the_parts_are_the_rows_in_their_order():
    parts = [(ROWS.index(first), ROWS.index(last)) for first, last in LECTURE["parts"].values()]
    rows = [row for first, last in parts for row in ROWS[first : last + 1]]
    assert rows == ROWS == [f"L{number:02}" for number in range(1, 42)]
    assert all(row["says"].endswith(".") for row in LECTURE["rows"].values())


def test_a_chapter_that_exists_has_taught_its_rows(found):
    for chapter, rows in LECTURE["chapters"].items():
        if (ROOT / "book" / f"{chapter}.ipynb").exists():
            for row in rows:
                assert any(place.page == f"book/{chapter}" for place in found[row]["taught"]), row


def test_places_are_those_of_cells_and_tasks(found):
    places = found["L31"]
    assert {place.page for place in places["taught"]} == {"book/ch12_backpropagation"}
    (measured,) = places["measured"]
    cells = nbformat.read(ROOT / f"{measured.page}.ipynb", as_version=4).cells
    assert cells[measured.cell].id == measured.name
    assert measured.verdict.endswith("the largest difference is 0.0000000000.")
    tasks = [task for task in load("ch12_backpropagation").tasks if "L31" in task.rows]
    assert [place.name for place in places["asked"]] == [task.title for task in tasks]


@pytest.mark.parametrize("kind", ["taught", "measured", "asked"])
def test_what_is_lost_is_named(found, kind):
    without = found | {"L29": found["L29"] | {kind: []}}
    (message,) = lost_or_new(without)
    assert message.startswith("L29: the book has [") and "book/lecture.toml says" in message


def test_what_is_new_is_named(found):
    more = found | {"L01": found["L01"] | {"taught": [Place("book/ch01", 3, "id")]}}
    (message,) = lost_or_new(more)
    assert message.startswith("L01: the book has ['taught'], book/lecture.toml says []")


@pytest.mark.parametrize("judges", [[], ["yes", "conditions"]])
def test_one_cell_judges_a_row(found, judges):
    places = [Place("book/ch12", k, f"id{k}", "It is so.", holds) for k, holds in enumerate(judges)]
    places.append(Place("book/ch12", 9, "other", "It is so."))
    (message,) = lost_or_new(found | {"L29": found["L29"] | {"measured": places}})
    assert "L29 is measured: expected one cell" in message


# --- A verdict ------------------------------------------------------------------------------------

MEASURES = {"rows": ["L32"], "role": "measures", "verdict": "It costs {full} times as much."}
VALUES = MEASURES | {"values": {"full": "784-500-10 _ {} _"}}


def measuring(marker, text="784-500-10 397,000 2.00 1.01\nagree:  True\n"):
    output = v4.new_output("stream", name="stdout", text=text)
    return v4.new_code_cell("x", outputs=[output], metadata={"lecture": marker})


def test_a_verdict_has_the_numbers_of_its_cell():
    assert verdict(measuring(VALUES)) == "It costs 2.00 times as much."
    text = "784-500-10 397,000 3.00 1.01\n"
    assert verdict(measuring(VALUES, text)) == "It costs 3.00 times as much."


def test_a_verdict_without_numbers_shows_lines_of_its_cell():
    shows = MEASURES | {"verdict": "Both agree, for `784-500-10`.", "shows": ["agree: True"]}
    assert verdict(measuring(shows)) == "Both agree, for `784-500-10`."
    assert list(marked_rows(measuring(shows))) == []
    assert list(marked_rows(measuring(shows, "agree: False\n"))) == [
        "expected the cell to print 'agree: True'"
    ]


@pytest.mark.parametrize(
    "change, message",
    [
        ({"values": {}}, "with values that the cell prints"),
        ({"values": {"lean": "784-500-10 _ {} _"}}, "values for ['full'], found ['lean']"),
        ({"values": {"full": "64-48-10 _ {} _"}}, "that fits '64-48-10 _ {} _', found 0"),
        ({"verdict": "It costs {full}, about 2, times as much."}, "as {values}, or in `code`"),
        ({"verdict": ""}, "expected a verdict where lecture.role is measures"),
        ({"holds": "mostly"}, "yes, conditions, corrected, found 'mostly'"),
        ({"rows": ["L42"]}, "a list of L01 to L41, found ['L42']"),
        ({"role": "teaches"}, "expected nothing more where lecture.role is teaches"),
        ({"says": "something"}, "expected lecture to have of holds"),
    ],
)
def test_each_slip_in_a_marker_is_noticed(change, message):
    (found,) = marked_rows(measuring(VALUES | change))
    assert message in found
