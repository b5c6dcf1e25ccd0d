"""What explains a page: terms with their definitions, rows of the lecture, code that is folded."""

import re

import nbformat
import pytest
from folded_code import folds
from terms import TERMS
from test_pages import AXE
from vendored import vendored

from tools.browser import open_page, visiting
from tools.notebooks import ROOT

CHAPTER = "book/ch12_backpropagation.html"


@pytest.fixture(scope="module")
def reader(mounted, chromium):
    """A chapter, below a path of a server, on a small screen that one touches."""
    with visiting(
        chromium[0], viewport={"width": 360, "height": 800}, has_touch=True, reduced_motion="reduce"
    ) as (page, _, wrong):
        open_page(page, f"{mounted['sub-path']}/{CHAPTER}")
        yield page
    assert wrong == []


@pytest.fixture
def card(reader):
    reader.keyboard.press("Escape")
    reader.wait_for_function("!document.querySelector('.term-card').matches(':popover-open')")
    return reader.locator(".term-card")


def term(reader, section, word):
    return reader.locator(f"#{section} a.term-link", has_text=re.compile(f"^{word}$"))


def test_a_term_is_linked_once_in_each_section_but_where_it_is_introduced(reader):
    assert term(reader, "why-backwards", "gradient").count() == 1
    assert term(reader, "fifty-layers-deep", "gradient").count() == 1
    assert term(reader, "two-jacobians", "Jacobian matrix").count() == 0
    assert reader.locator("h2 a.term-link, code a.term-link, pre a.term-link").count() == 0
    for link in reader.locator("a.term-link").all():
        described = link.get_attribute("aria-describedby")
        assert reader.locator(f"[id='{described}']").count() == 1


def test_the_keyboard_shows_a_definition_and_escape_closes_it(reader, card):
    link = term(reader, "fifty-layers-deep", "recurrence")
    link.focus()
    reader.keyboard.press("Shift+Tab")
    reader.keyboard.press("Tab")  # as the keyboard gives the focus, not a script
    card.wait_for(state="visible")
    assert card.inner_text().startswith(f"recurrence: {TERMS['recurrence']['means']}")
    assert link.evaluate("element => element === document.activeElement")
    reader.evaluate((vendored() / "axe.min.js").read_text())
    assert reader.evaluate(AXE) == []
    reader.keyboard.press("Escape")
    card.wait_for(state="hidden")
    link.press("Enter")
    reader.wait_for_url("**/glossary.html#term-recurrence")
    assert reader.locator("#term-recurrence").is_visible()
    reader.go_back()
    reader.wait_for_url(f"**/{CHAPTER}*")
    reader.wait_for_function("document.querySelector('.term-card')")


def test_a_tap_shows_a_definition_within_the_screen(reader, card):
    url = reader.url
    term(reader, "when-a-value-goes-two-ways", "state").tap()
    card.wait_for(state="visible")
    box = card.bounding_box()
    assert 0 <= box["x"] and box["x"] + box["width"] <= 360
    assert 0 <= box["y"] and box["y"] + box["height"] <= 800
    assert reader.url == url
    assert reader.evaluate("document.documentElement.scrollWidth") == 360


def test_a_pointer_that_rests_shows_a_definition_and_may_go_over_to_it(reader, card):
    link = term(reader, "when-a-value-goes-two-ways", "state")
    link.hover()
    card.wait_for(state="visible")
    card.hover()
    reader.wait_for_timeout(600)  # longer than it stays when one leaves
    assert card.is_visible()
    reader.mouse.move(0, 0)
    card.wait_for(state="hidden")


def test_a_row_leads_to_its_place_in_the_map(reader, card):
    link = term(reader, "what-the-lecture-says-and-what-we-saw", "L31")
    assert link.get_attribute("href").endswith("lecture_map.html#l31")
    link.tap()
    card.wait_for(state="visible")
    card.get_by_role("link").click()
    reader.wait_for_url("**/lecture_map.html#l31")
    assert reader.locator("#l31").is_visible()
    reader.go_back()
    reader.wait_for_url(f"**/{CHAPTER}*")


def test_without_scripts_a_term_leads_to_the_glossary_and_code_unfolds(mounted, chromium):
    with visiting(chromium[0], java_script_enabled=False) as (page, _, _):
        page.goto(f"{mounted['root']}/{CHAPTER}")
        code = page.locator("#cell-ch12-008 .cell_input")
        assert not code.is_visible()
        page.locator("#cell-ch12-008 summary").click()
        assert code.is_visible()
        term(page, "why-backwards", "gradient").click()
        page.wait_for_url("**/glossary.html#term-gradient")


def test_code_that_draws_is_folded_and_no_other(site):
    for path in sorted((ROOT / "book").glob("ch*.ipynb")):
        text = (site / "book" / f"{path.stem}.html").read_text(encoding="utf-8")
        cells = nbformat.read(path, as_version=4).cells
        expected = [cell.id for cell in cells if folds(cell)]
        found = re.findall(r'id="cell-([\w-]+)">\s*<details class="folded-code">', text)
        assert found == expected


def code(source, *kinds, **metadata):
    cell = nbformat.v4.new_code_cell(source, metadata=metadata)
    cell.outputs = [
        nbformat.v4.new_output("display_data", {kind: ""})
        if kind == "image/png"
        else nbformat.v4.new_output("stream", text="1\n")
        for kind in kinds
    ]
    return cell


LONG = "\n".join(f"plt.plot({k})" for k in range(7))


def test_what_draws():
    assert folds(code(LONG, "image/png"))
    assert not folds(code(LONG.partition("\n")[2], "image/png"))  # a few lines
    assert not folds(code(LONG, "image/png", "stdout"))  # prints
    assert not folds(code(LONG))
    assert not folds(code(f"def f():\n    pass\n{LONG}", "image/png"))
    assert not folds(code(LONG, "image/png", lecture={"rows": ["L30"], "role": "teaches"}))
    assert not folds(code(LONG, "image/png", tags=["show-code"]))
    assert folds(code("x = 1", tags=["fold-code"]))


def test_folded_code_is_edited_and_run(site, mounted, chromium):
    if not (site / "_static" / "run" / "pyodide").exists():
        pytest.skip("no site with Python for the browser: `make book` says why")
    with visiting(chromium[0]) as (page, _, wrong):
        open_page(page, f"{mounted['root']}/{CHAPTER}")
        cell = page.locator("#cell-ch12-062")
        assert cell.locator(".run-go").is_visible() and not cell.locator("pre").is_visible()
        cell.get_by_role("button", name=re.compile("^Edit")).press("Enter")
        assert cell.locator("textarea").is_visible()
        page.keyboard.press("Escape")
        cell.locator(".run-go").press("Enter")
        page.wait_for_function(
            "document.querySelector('#cell-ch12-062').dataset.run === 'done'", timeout=240_000
        )
    assert wrong == []
