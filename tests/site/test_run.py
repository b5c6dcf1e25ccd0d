"""Run in the page: Python from this site alone, started by the reader's first press."""

import gzip
import re
from functools import partial

import pytest
from playwright.sync_api import expect
from test_pages import AXE
from vendored import vendored

from tools.browser import Files, open_page, serving, visiting

CHAPTER = "book/ch14_training.html"
FOREVER = "n = 1\nprint('begun')\nwhile True:\n    n += 1"


class Cell:
    """A code cell of an open page, by its number from 1, used as a reader with a keyboard does."""

    def __init__(self, page, number):
        self.page, self.number = page, number
        self.element = page.locator("div.cell:has(.run-bar)").nth(number - 1)
        self.output = self.element.locator(".cell_output")

    def press(self, name):
        button = self.element.get_by_role("button", name=f"{name} cell {self.number}", exact=True)
        button.focus()
        self.page.keyboard.press("Enter")

    def write(self, code):
        area = self.element.locator("textarea")
        if area.count():
            area.focus()
        else:
            self.press("Edit")
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(code)

    def ends(self, *states):
        """Waits for one of the states; gives what the page says of it."""
        states = "|".join(states or ["done"])
        self.page.wait_for_function(
            "([cell, states]) => RegExp(`^(${states})$`).test(cell.dataset.run)",
            arg=[self.element.element_handle(), states],
        )
        return self.element.locator(".run-said").inner_text()

    def runs(self, code, *states):
        """Puts this code into the cell and runs it, then closes the editor; gives what it shows."""
        self.write(code)
        self.page.keyboard.press("Shift+Enter")
        self.ends(*states)
        self.page.keyboard.press("Escape")
        return self.output.inner_text()


def asked(requests):
    return [request.url for request in requests if "/_static/run/pyodide/" in request.url]


@pytest.fixture(scope="module")
def started(site_with_python, mounted, chromium):
    """A chapter, below a path of a server, in which Python has started."""
    with visiting(chromium[0], color_scheme="dark") as (page, _, wrong):
        open_page(page, f"{mounted['sub-path']}/{CHAPTER}")
        Cell(page, 1).press("Run")
        Cell(page, 1).ends()
        yield page
    assert wrong == []
    assert chromium[1] == []


@pytest.fixture
def cell(started):
    """Its first cell, put back afterwards."""
    cell = Cell(started, 1)
    yield cell
    cell.press("Reset")


@pytest.mark.parametrize("mount", ["root", "sub-path"])
def test_run_draws_a_figure_after_the_cells_above(site_with_python, mounted, chromium, mount):
    with visiting(chromium[0]) as (page, requests, wrong):
        open_page(page, f"{mounted[mount]}/{CHAPTER}")
        assert asked(requests) == []
        first, second = Cell(page, 1), Cell(page, 2)
        caption = second.output.locator("figcaption").inner_text()
        second.press("Run")
        assert "Loading Python" in second.element.locator(".run-said").inner_text()
        assert first.element.get_attribute("data-run") == "waiting"
        second.ends()
        assert first.element.get_attribute("data-run") == "done"
        image = second.output.locator("figure img")
        assert image.get_attribute("src").startswith("data:image/png")
        assert image.evaluate("image => image.decode().then(() => image.naturalWidth)") > 600
        assert second.output.locator("figcaption").inner_text() == caption
        loaded = asked(requests)
        assert len(loaded) > 5 and not [url for url in loaded if "scipy" in url]
        second.press("Reset")
        assert "_images" in image.get_attribute("src")
    assert wrong == []
    assert chromium[1] == []


def test_a_package_comes_with_the_first_cell_that_needs_it(site_with_python, mounted, chromium):
    with visiting(chromium[0]) as (page, requests, wrong):
        open_page(page, f"{mounted['sub-path']}/book/ch07_manifold_hypothesis.html")
        cell = Cell(page, 1)
        cell.press("Run")
        cell.ends()
        assert not [url for url in asked(requests) if "scipy" in url or "openblas" in url]
        page.route("**/scipy*", lambda route: route.abort())
        cell.write("from scipy.linalg import svdvals\nimport numpy as np\n\nsvdvals(np.eye(2))")
        cell.press("Run")
        assert "Python has ended" in cell.ends("idle")
        page.unroute("**/scipy*")
        cell.press("Run")
        assert "Loading Python" in cell.element.locator(".run-said").inner_text()
        cell.ends()
        assert cell.output.inner_text().strip() == "array([1., 1.])"
        assert page.locator("progress:visible").count() == 0
    assert [text for text in wrong if "scipy" not in text and "ERR_FAILED" not in text] == []


def test_where_the_snapshot_does_not_fit_python_starts_without(site_with_python, mounted, chromium):
    folder = site_with_python / "_static" / "run" / "pyodide"
    memory = gzip.decompress((folder / "snapshot.gz").read_bytes())
    other = gzip.compress(bytes(8) + memory[8:], compresslevel=1)
    with visiting(chromium[0]) as (page, _, wrong):
        page.route("**/snapshot.gz", lambda route: route.fulfill(body=other))
        open_page(page, f"{mounted['root']}/{CHAPTER}")
        cell = Cell(page, 1)
        assert cell.runs("import os\nos.environ['PYTHONHASHSEED'], 6 * 7").strip() == "('0', 42)"
    assert wrong == []


def test_text_results_and_errors_stand_in_place(cell):
    shown = cell.runs("print('a', end='')\nprint('b')\n{'x': 1}")
    assert shown.split() == ["ab", "{'x':", "1}"]
    shown = cell.runs("class Table:\n    def _repr_html_(self): return '<b>bold</b>'\n\nTable()")
    assert cell.output.locator("b").inner_text() == "bold"
    shown = cell.runs("def f(x):\n    return 1 / x\n\nprint('before')\nf(0)", "failed")
    assert re.sub(r"\s+", " ", shown) == (
        'before Traceback (most recent call last): File "Cell 1", line 5, in <module> f(0) '
        'File "Cell 1", line 2, in f return 1 / x ~~^~~ ZeroDivisionError: division by zero'
    )
    assert "SyntaxError" in cell.runs("for", "failed")
    own = "class Calm(Exception):\n    def _render_traceback_(self): return ['a hint']\nraise Calm"
    assert cell.runs(own, "failed").strip() == "a hint"


def test_numpy_has_loops_with_simd(cell):
    code = (
        "from numpy import _distributor_init_local as simd\n\nset(simd.theirs) == set(simd.LOOPS)"
    )
    assert cell.runs(code).strip() == "True"


def test_chance_is_not_the_same_on_every_page(cell):
    numbers = (
        "import random\nimport numpy as np\n\nrandom.random(), np.random.default_rng().random()"
    )
    shown = cell.runs(numbers)
    with visiting(cell.page.context.browser) as (page, _, _):
        open_page(page, cell.page.url)
        assert Cell(page, 1).runs(numbers) != shown


def test_a_cell_below_an_error_does_not_run(cell):
    cell.runs("1 / 0", "failed")
    below = Cell(cell.page, 2)
    below.press("Run")
    cell.ends("failed")
    assert below.ends("idle") == "not run: cell 1, above, has an error"


def test_an_edited_cell_runs_anew_before_those_below(cell):
    below = Cell(cell.page, 4)
    below.press("Run")
    below.ends()
    cell.write(cell.element.locator("pre").first.inner_text() + "\nnn = None")
    below.press("Run")
    assert below.ends("idle").endswith("cell 3, above, has an error")  # it needs nn
    cell.press("Reset")
    below.press("Run")
    below.ends()
    assert below.output.locator("img").get_attribute("src").startswith("data:")


def test_the_editor_indents_and_lets_go(cell):
    cell.press("Edit")
    page, area = cell.page, cell.element.locator("textarea")
    page.keyboard.press("Control+a")
    page.keyboard.type("if True:\nx = 1\n")
    page.keyboard.press("Shift+Tab")
    page.keyboard.type("y = 2")
    page.keyboard.press("Control+a")
    page.keyboard.press("Tab")
    assert area.input_value() == "    if True:\n        x = 1\n    y = 2"
    page.keyboard.press("Control+z")
    assert area.input_value() == "if True:\n    x = 1\ny = 2"
    assert cell.element.locator("pre .k").first.inner_text() == "if"
    page.keyboard.press("Escape")
    assert area.count() == 0
    assert "Edit" in page.evaluate("document.activeElement.textContent")
    page.keyboard.press("Tab")
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineWidth")
    assert outline == "3px"


def test_a_progress_bar_moves_in_one_line(cell):
    shown = cell.runs(
        "from tqdm import tqdm\nimport time\nfor i in tqdm(range(3), mininterval=0):\n"
        "    time.sleep(0.1)\nfor i in tqdm(range(3), leave=False):\n    pass"
    )
    assert shown.count("%") == 1 and "100%" in shown and "3/3" in shown


def test_a_flood_of_text_is_cut(cell):
    shown = cell.runs("for i in range(300_000):\n    print('no end')")
    assert shown.strip().endswith("the rest is left out.)")
    assert len(shown) < 1_100_000


def test_a_moving_picture_moves_with_other_numbers(cell):
    cell.runs("from dlcore.viz.widgets import Descent\n\nDescent(kappa=4.0)")
    picture = cell.output.locator(".dl-descent")
    before = picture.get_by_role("status").inner_text()
    picture.get_by_role("slider", name="Learning rate").focus()
    cell.page.keyboard.press("End")
    assert picture.get_by_role("status").inner_text() != before


def test_an_endless_loop_is_stopped_and_python_begins_anew(cell):
    cell.write(FOREVER)
    cell.page.keyboard.press("Shift+Enter")
    expect(cell.output).to_contain_text("begun")
    cell.press("Stop")
    said = cell.ends("idle")
    assert said.startswith("Stopped.") and "gone" in said
    assert cell.runs("'n' in globals()").strip() == "False"


def test_loading_can_be_stopped_and_begun_again(site_with_python, mounted, chromium):
    with visiting(chromium[0]) as (page, _, wrong):
        open_page(page, f"{mounted['root']}/book/ch07_manifold_hypothesis.html")
        first, second = Cell(page, 1), Cell(page, 2)
        first.press("Run")
        first.press("Stop")
        assert first.ends("idle").startswith("Stopped.")
        first.press("Run")
        first.ends()
        second.write("import sklearn")
        second.press("Run")
        assert "Loading Python" in second.element.locator(".run-said").inner_text()
        second.press("Stop")
        assert second.ends("idle").startswith("Stopped.")
        assert first.ends("idle") == ""
        second.press("Run")
        second.ends()
        assert page.locator("progress:visible").count() == 0
    assert wrong == []


def test_where_memory_can_be_shared_a_stop_loses_nothing(site_with_python, chromium):
    class Isolated(Files):
        def end_headers(self):
            self.send_header("Cross-Origin-Opener-Policy", "same-origin")
            self.send_header("Cross-Origin-Embedder-Policy", "require-corp")
            super().end_headers()

    handler = partial(Isolated, directory=site_with_python)
    with serving(handler) as port, visiting(chromium[0]) as (page, _, wrong):
        page.goto(f"http://127.0.0.1:{port}/{CHAPTER}")
        cell = Cell(page, 1)
        cell.write(FOREVER)
        page.keyboard.press("Shift+Enter")
        expect(cell.output).to_contain_text("begun")
        cell.press("Stop")
        cell.ends("failed")
        assert "KeyboardInterrupt" in cell.output.inner_text()
        assert cell.runs("n > 0").strip() == "True"
    assert wrong == []


def test_a_torch_cell_says_that_torch_is_not_here(started):
    said = started.get_by_text("torch is not available here", exact=False)
    assert said.count() == 3
    last = started.locator("div.cell").last
    assert last.get_by_role("button", name="Run").count() == 0
    assert "agree: True" in last.locator(".cell_output").inner_text()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_of_it_is_a_barrier(site_with_python, mounted, chromium, scheme):
    options = {"color_scheme": scheme, "viewport": {"width": 360, "height": 800}}
    with visiting(chromium[0], reduced_motion="reduce", **options) as (page, _, wrong):
        open_page(page, f"{mounted['root']}/{CHAPTER}")
        cell = Cell(page, 1)
        cell.write("print('a long line ' * 20)\nimport warnings\nwarnings.warn('hm')\n1 / 0")
        page.keyboard.press("Shift+Enter")
        cell.ends("failed")
        page.evaluate((vendored() / "axe.min.js").read_text())
        assert page.evaluate(AXE) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        assert page.locator("[role=status]", has_text="stopped by an error").count() == 1
    assert wrong == []
