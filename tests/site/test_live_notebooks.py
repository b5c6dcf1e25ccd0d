"""Open in JupyterLite: a clean copy of each notebook that runs, with no other server."""

import copy
import csv
import re
from contextlib import suppress
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import expect

from exercises.grading.grade import main as grade
from exercises.task import load
from tools.browser import visiting

CHAPTER = "book/ch14_training"
SET = "exercises/ch14_training/exercise"


@pytest.fixture(scope="module")
def copies(site_with_python):
    """By the name of its page, the copy of each notebook."""
    folder = site_with_python / "lite" / "files"
    files = folder.rglob("*.ipynb")
    return {
        file.relative_to(folder).with_suffix("").as_posix(): nbformat.read(file, as_version=4)
        for file in files
    }


class Notebook:
    """A notebook open in JupyterLite, by its first code cells: others come with scrolling."""

    def __init__(self, page, address):
        self.page = page
        page.goto(address)
        self.cell(1).wait_for()
        self.stands_still()

    def stands_still(self):
        self.page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]").wait_for()

    def cell(self, number):
        return self.page.locator(".jp-Notebook .jp-CodeCell").nth(number - 1)

    def runs(self, number, code=None):
        """Runs a cell, with this code in its place; gives what stands below it."""
        cell = self.cell(number)
        prompt = cell.locator(".jp-InputPrompt")
        before = prompt.text_content()
        for _ in range(20):  # while there is no kernel, a press is lost
            cell.locator(".cm-content").click()
            if code:
                self.page.keyboard.press("Control+a")
                self.page.keyboard.insert_text(code)
            self.page.keyboard.press("Shift+Enter")
            with suppress(AssertionError):
                expect(prompt).not_to_have_text(before, timeout=30_000)
                break
        ran = re.compile(rf"(?!{re.escape(before)})\[\d+\]")
        expect(prompt).to_have_text(ran)
        self.stands_still()
        return cell.locator(".jp-OutputArea").first


def test_each_notebook_has_a_copy_and_a_link_to_it(site, pages, copies):
    linked = {}
    for name in pages:
        text = (site / name).read_text(encoding="utf-8")
        for path in re.findall(r"lite/notebooks/index.html\?path=([\w/]+).ipynb", text):
            linked[name.removesuffix(".html")] = path
    assert linked == {name: name for name in copies}
    assert {CHAPTER, SET} <= set(copies)


def test_a_copy_is_clean(site, copies):
    for name, notebook in copies.items():
        nbformat.validate(notebook)
        assert set(notebook.metadata) <= {"kernelspec", "language_info", "exercises"}, name
        for cell in notebook.cells:
            assert cell.metadata in ({}, {"tags": ["raises-exception"]}), name
            if cell.cell_type == "code":
                assert cell.outputs == [] and cell.execution_count is None, name
            else:
                assert not re.search(r"{(cite|numref)}`", cell.source), name
                for link in re.findall(r"\]\(([^)#]+)", cell.source):
                    file = site / "lite" / "files" / Path(name).parent / link
                    assert link.startswith("https:") or file.is_file(), (name, link)


def test_what_only_tests_need_is_left_out_and_what_fails_says_so(copies):
    sources = [cell.source for cell in copies[CHAPTER].cells]
    assert not [source for source in sources if source.startswith("assert")]
    torch = [cell for cell in copies[CHAPTER].cells if cell.source.startswith("# torch is not")]
    assert len(torch) == 3 and all("raises-exception" in cell.metadata.tags for cell in torch)
    assert "(Robbins and Monro, 1951; Bottou et al., 2018)" in "\n".join(sources)
    assert "`EPOCHS = 2`" in sources[1]


def test_a_live_chapter_draws_figures_and_widgets(site, copies, mounted, chromium):
    with visiting(chromium[0], viewport={"width": 1300, "height": 900}) as (page, _, wrong):
        page.goto(f"{mounted['sub-path']}/{CHAPTER}.html")
        link = page.locator(".btn-jupyterlite-button")
        notebook = Notebook(page, link.evaluate("link => link.href"))
        assert notebook.runs(1).locator(".jp-OutputArea-output").count() == 0
        image = notebook.runs(2).locator("img")
        image.wait_for()
        assert image.evaluate("image => image.decode().then(() => image.naturalWidth)") > 600
        simd = notebook.runs(1, "import numpy._distributor_init_local as simd\nlen(simd.theirs)")
        expect(simd).to_have_text(re.compile(r"7\s*"))
        squares = notebook.runs(
            1,
            "from ipywidgets import interact\n\n@interact(n=(0, 9))\ndef square(n=3):\n"
            "    print(n * n)",
        )
        expect(squares).to_have_text(re.compile(r"n\s*3\s*9\s*"))
        squares.locator(".noUi-target").click()  # in the middle: between 4 and 5
        expect(squares).to_have_text(re.compile(r"n\s*([45])\s*(16|25)\s*"))
        moving = "from dlcore.viz.widgets import Descent\n\nDescent(kappa=4.0)"
        picture = notebook.runs(1, moving).locator(".dl-descent")
        picture.wait_for()
        before = picture.get_by_role("status").inner_text()
        picture.get_by_role("slider", name="Learning rate").focus()
        page.keyboard.press("End")
        assert picture.get_by_role("status").inner_text() != before
    assert wrong == []
    assert chromium[1] == []


def test_a_live_exercise_gives_its_hint(copies, mounted, chromium):
    with visiting(chromium[0], color_scheme="dark") as (page, _, wrong):
        address = f"{mounted['root']}/lite/notebooks/index.html?path={SET}.ipynb"
        notebook = Notebook(page, address)
        for number in (1, 2):
            notebook.runs(number)
        first = load(Path(SET).parent.name).tasks[0]
        assert f"{first.name}: not written yet." in notebook.runs(3).inner_text()
    assert wrong == []
    assert chromium[1] == []


def test_a_copy_of_an_exercise_can_be_solved_and_handed_in(copies, tmp_path):
    folder = tmp_path / "handed in"
    folder.mkdir()
    notebook = copy.deepcopy(copies[SET])
    solved = {cell.id: cell.source for cell in copies[f"{Path(SET).parent}/solution"].cells}
    (answer,) = (cell for cell in notebook.cells if cell.id == "sgd-answer")
    lines = solved[answer.id].splitlines()
    answer.source = "\n".join(line for line in lines if " SOLUTION" not in line)
    nbformat.write(notebook, folder / "somebody.ipynb")
    assert grade([f"--submissions={folder}", f"--out={tmp_path / 'marks'}", "--unsandboxed"]) == 0
    with open(tmp_path / "marks" / "grades.csv", newline="", encoding="utf-8") as file:
        (row,) = csv.DictReader(file)
    points = {task.name: task.points for task in load(Path(SET).parent.name).tasks}
    assert {name: float(row[name]) for name in points} == dict.fromkeys(points, 0) | {
        "SGD": points["SGD"]
    }
