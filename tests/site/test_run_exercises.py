"""Exercises in the page: hints, what the browser keeps, and a notebook that can be graded."""

import csv
from pathlib import Path

import nbformat
import pytest
from test_run import Cell, asked

from exercises.grading.grade import main as grade
from exercises.task import load
from tools.browser import open_page, visiting

SET, TASK = "ch14_training", "SGD"
TOTAL = len(load(SET).tasks)
PAGE = f"exercises/{SET}/exercise.html"


@pytest.fixture(scope="module")
def answer(site_with_python):
    """A right answer to the task."""
    path = Path(__file__).resolve().parents[2] / "exercises" / SET / "solution.ipynb"
    sources = [cell.source for cell in nbformat.read(path, as_version=4).cells]
    (found,) = (source for source in sources if source.startswith(f"class {TASK}"))
    return "\n".join(line for line in found.splitlines() if " SOLUTION" not in line)


def find(page, code):
    """The cell of the page that begins with this code."""
    cells = page.locator("div.cell:has(.run-bar)")
    texts = [cell.locator("pre").first.inner_text() for cell in cells.all()]
    return Cell(page, 1 + next(k for k, text in enumerate(texts) if text.startswith(code)))


def test_wrong_then_right_then_kept_then_graded(answer, mounted, chromium, tmp_path):
    folder = tmp_path / "handed in"
    folder.mkdir()
    with visiting(chromium[0], viewport={"width": 1300, "height": 900}) as (page, requests, wrong):
        open_page(page, f"{mounted['sub-path']}/{PAGE}")
        cell, check = find(page, f"class {TASK}"), find(page, f"check({TASK})")
        check.press("Run")
        assert check.ends("failed") == "not right yet"
        hint = check.output.inner_text().strip()
        assert hint.startswith(f"{TASK}: not written yet.") and "\n" not in hint
        assert not [url for url in asked(requests) if "matplotlib" in url]  # no cell imports it
        assert find(page, "check(Adam)").element.get_attribute("data-run") == "idle"
        assert hint in page.locator("body > [role=status]").inner_text()

        uphill = answer.replace("p.data - self.lr", "p.data + self.lr")
        assert uphill != answer
        cell.write(uphill)
        check.press("Run")
        assert check.ends("failed") == "not right yet"
        assert "written" not in check.output.inner_text()
        cell.write(answer)
        check.press("Run")
        assert check.ends("done") == "right"
        assert f"{TASK}: right" in check.output.inner_text()

        page.reload()
        assert f"1 of {TOTAL} solved" in page.locator(".bd-links .exercise-count").inner_text()
        assert f"1 of {TOTAL} solved" in page.locator(".exercise-bar").inner_text()
        assert find(page, f"class {TASK}").element.locator("pre").inner_text().strip() == answer
        table = find(page, "progress()")
        table.press("Run")  # a new Python is told what is solved
        table.ends()
        assert f"1 of {TOTAL} tasks solved" in table.output.inner_text()
        with page.expect_download() as download:
            page.get_by_role("button", name="Download your notebook").click()
        download.value.save_as(folder / download.value.suggested_filename)

        page.locator(".exercise-bar a").click()
        page.wait_for_url("**/progress.html")
        part = page.locator(f"[data-set={SET}]")
        assert part.locator(f"[data-task={TASK}]").inner_text() == "solved"
        assert part.locator("[data-task=Adam]").inner_text() == "–"
        page.on("dialog", lambda dialog: dialog.accept())
        part.get_by_role("button", name="Clear").click()
        assert part.locator(f"[data-task={TASK}]").inner_text() == "–"
        assert page.locator(".exercise-count").count() == 0
    assert wrong == []
    assert chromium[1] == []

    nbformat.validate(nbformat.read(folder / f"{SET}.ipynb", as_version=4))
    marks = tmp_path / "marks"
    assert grade([f"--submissions={folder}", f"--out={marks}", "--unsandboxed"]) == 0
    with open(marks / "grades.csv", newline="", encoding="utf-8") as file:
        (row,) = csv.DictReader(file)
    points = {task.name: task.points if task.name == TASK else 0 for task in load(SET).tasks}
    assert {name: float(row[name]) for name in points} == points


def test_after_a_hint_one_can_ask_on(answer, mounted, chromium):
    """The second line, the case, the solution line by line: each in place of the one before."""
    with visiting(chromium[0]) as (page, _, wrong):
        open_page(page, f"{mounted['root']}/exercises/ch12_backpropagation/exercise.html")
        cell, check = find(page, "def linear_back"), find(page, "check(linear_back)")
        more = check.element.get_by_role("button", name="More about the check in cell")
        cell.write("def linear_back(dE_dY, W):\n    return dE_dY @ (2 * W)")
        check.press("Run")
        assert check.ends("failed") == "not right yet"
        hint = check.output.inner_text().strip()
        assert hint == "linear_back: dE/dX is 2 times what it should be."
        rungs = ("averaged, or counted twice?", "It should have given", "return dE_dY @ W")
        for rung in rungs:
            more.press("Enter")
            page.wait_for_function(
                "([place, rung]) => place.innerText.includes(rung)",
                arg=[check.output.element_handle(), rung],
            )
            said = check.output.inner_text().strip()
            assert said.startswith(hint)
            assert [text for text in rungs if text in said] == [rung]
            called = "linear_back(dE_dY, W) was called with" in said
            assert called == (rung == "It should have given")

        cell.write("def linear_back(dE_dY, W):\n    return dE_dY @ W")
        check.press("Run")
        assert check.ends("done") == "right"
        assert not more.is_visible()
    assert wrong == []


def test_a_browser_that_keeps_nothing_says_so(answer, mounted, chromium):
    with visiting(chromium[0]) as (page, _, wrong):
        page.add_init_script(
            """const keep = Storage.prototype.setItem;
            Storage.prototype.setItem = function (key, value) {
                if (key.endsWith("exercises")) throw new DOMException("full", "QuotaExceededError");
                keep.call(this, key, value);
            };"""
        )
        open_page(page, f"{mounted['root']}/{PAGE}")
        find(page, f"class {TASK}").write("x = 1")
        assert "keeps nothing" in page.locator(".exercise-bar").inner_text()
        page.keyboard.press("Shift+Enter")
        find(page, "x = 1").ends()
    assert wrong == []


def test_what_was_kept_and_is_damaged_is_passed_over(answer, mounted, chromium):
    with visiting(chromium[0]) as (page, _, wrong):
        open_page(page, f"{mounted['root']}/{PAGE}")
        page.evaluate("localStorage.setItem('/exercises', '{')")
        page.reload()
        assert f"0 of {TOTAL} solved" in page.locator(".exercise-bar").inner_text()
    assert wrong == []
