"""Predictions in a real browser: folded, guessed by keyboard, compared, kept, opened."""

import re
import shutil

import nbformat
import pytest
from asked import boxes
from test_pages import AXE
from vendored import vendored

from tools.browser import open_page, visiting
from tools.notebooks import ROOT

NUMBERS, ORDER, CHOICE = "ch12-046", "768fc410", "ch12-054"
CHAPTER = {
    NUMBERS: "book/ch12_backpropagation.html",
    CHOICE: "book/ch12_backpropagation.html",
    ORDER: "book/ch14_training.html",
}
FOLDED = ".predict-answer[hidden]"


def folded(page, box):
    """How many of the outputs and paragraphs about a question cannot be seen."""
    answers = page.locator(f".answers-{box}")
    return sum(not answer.is_visible() for answer in answers.all())


def opened(page, address, box):
    open_page(page, f"{address}/{CHAPTER[box]}")
    return page.locator(f"#guess-{box}")


@pytest.fixture
def reader(mounted, chromium):
    """A page of a browser that has seen nothing yet, and the site's address below a path."""
    with visiting(chromium[0], viewport={"width": 360, "height": 800}) as (page, _, wrong):
        yield page, mounted["sub-path"]
    assert wrong == []


def test_each_chapter_asks_and_folds_what_its_metadata_say(site):
    for path in sorted((ROOT / "book").glob("ch*.ipynb")):
        text = (site / "book" / f"{path.stem}.html").read_text(encoding="utf-8")
        for box in boxes(nbformat.read(path, as_version=4)):
            folds = re.findall(rf'class="[^"]*\banswers-{box.id}[ "]', text)
            assert len(folds) == len(box.hides), box
            assert text.count(f'id="guess-{box.id}"') == bool(box.asks), box
            for ask in box.asks:
                assert text.count(f'id="cell-{ask["cell"]}"') == 1, box


def test_a_number_is_guessed_by_keyboard_and_stands_beside_what_was_measured(reader):
    page, address = reader
    box = opened(page, address, NUMBERS)
    assert folded(page, NUMBERS) == 3
    first, second = box.get_by_role("textbox").all()
    assert first.evaluate("element => element.labels[0].innerText") == (
        "From the right, at a width of 100"
    )
    first.focus()
    page.keyboard.press("Enter")  # nothing yet
    assert box.get_by_role("alert").inner_text().startswith("Put in a guess")
    page.keyboard.type("10")
    page.keyboard.press("Tab")
    page.keyboard.type("many")
    page.keyboard.press("Enter")
    assert "not “many”" in box.get_by_role("alert").inner_text()
    assert second.get_attribute("aria-invalid") == "true"
    assert folded(page, NUMBERS) == 3
    page.keyboard.press("Control+a")
    page.keyboard.type("1,000")
    page.keyboard.press("Enter")
    result = box.locator(".predict-result")
    assert result.evaluate("element => element === document.activeElement")
    said = [item.inner_text() for item in result.locator("li").all()]
    assert "you said 10 times as many; measured: 67 times as many. 6.7 times too small" in said[0]
    assert "within a factor of 2 is good" in said[0]
    assert "667 times as many. 1.5 times too large: within a factor of 2, which is good" in said[1]
    assert folded(page, NUMBERS) == 0 and folded(page, CHOICE) == 2
    page.evaluate((vendored() / "axe.min.js").read_text())
    assert page.evaluate(AXE) == []
    assert page.evaluate("document.documentElement.scrollWidth") == 360

    page.reload()
    assert folded(page, NUMBERS) == 0 and "6.7 times" in result.inner_text()
    result.get_by_role("button", name="Forget my guess").press("Enter")
    assert folded(page, NUMBERS) == 3 and first.evaluate("e => e === document.activeElement")


def test_a_choice_needs_no_word_typed(reader):
    page, address = reader
    box = opened(page, address, CHOICE)
    group = box.get_by_role("group", name="The backward pass, with ∂E/∂X₀, costs")
    group.get_by_role("radio").first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert "you said twice as much; measured: twice as much. Right." in box.inner_text()
    assert folded(page, CHOICE) == 0


def test_an_order_is_made_by_keyboard_and_told_to_a_screen_reader(reader):
    page, address = reader
    box = opened(page, address, ORDER)
    up = box.get_by_role("button", name="Move SGD with momentum up")
    up.focus()
    page.keyboard.press("Enter")
    assert box.get_by_role("status").inner_text() == "SGD with momentum: 2 of 3"
    page.keyboard.press("Enter")
    assert box.get_by_role("status").inner_text() == "SGD with momentum: 1 of 3"
    assert up.is_disabled()
    down = box.get_by_role("button", name="Move SGD with momentum down")
    assert down.evaluate("element => element === document.activeElement")
    box.get_by_role("button", name="This is my guess").press("Enter")
    assert "you said SGD with momentum, Adam, plain SGD" in box.inner_text()
    assert "1 of 3 pairs are in the right order" in box.inner_text()
    assert "measured: plain SGD (0.32), SGD with momentum (0.1), Adam (0.01)" in box.inner_text()


def test_who_does_not_want_to_guess_looks_and_the_focus_goes_along(reader):
    page, address = reader
    box = opened(page, address, NUMBERS)
    note = page.locator(".predict-note:visible", has=page.locator(f"[href='#guess-{NUMBERS}']"))
    assert note.count() == 3
    note.nth(0).get_by_role("button", name="Show me").press("Enter")
    shown = page.locator("#cell-ch12-048 > .cell_output")
    assert shown.evaluate("element => element === document.activeElement")
    assert folded(page, NUMBERS) == 0 and note.count() == 0
    assert "you said" not in box.inner_text() and "667 times as many" in box.inner_text()
    box.get_by_role("button", name="Fold it again").press("Enter")
    assert folded(page, NUMBERS) == 3
    box.get_by_role("button", name="Show me").press("Enter")
    assert folded(page, NUMBERS) == 0
    result = box.locator(".predict-result")
    assert result.evaluate("element => element === document.activeElement")


def test_two_tabs_share_and_the_progress_page_tells_how_well_one_guesses(reader):
    page, address = reader
    box = opened(page, address, NUMBERS)
    other = page.context.new_page()
    open_page(other, f"{address}/book/progress.html")
    part = other.locator(".predict-progress details", has_text="Back-propagation")
    assert "not guessed yet" in other.locator(".predict-progress").inner_text()
    for field, guess in zip(box.get_by_role("textbox").all(), ["50", "10"], strict=True):
        field.fill(guess)
    box.get_by_role("button", name="This is my guess").click()
    other.wait_for_function(
        "() => document.querySelector('.predict-progress').innerText.includes('1 of 2')"
    )
    summary = part.locator("summary")
    assert summary.inner_text() == "12. Back-propagation: 2 of 7 guessed, 1 good"
    summary.press("Enter")
    assert "measured: 667 times as many. 67 times too small" in part.inner_text()
    other.evaluate((vendored() / "axe.min.js").read_text())
    assert other.evaluate(AXE) == []

    other.once("dialog", lambda dialog: dialog.accept())
    part.get_by_role("button", name="Forget these guesses").press("Enter")
    page.wait_for_function(f"document.querySelectorAll('.answers-{NUMBERS}[hidden]').length === 3")
    other.get_by_role("checkbox", name="Fold results until I have guessed").uncheck()
    page.wait_for_function(f"document.querySelectorAll('{FOLDED}').length === 0")
    page.reload()
    assert folded(page, NUMBERS) == 0 and box.get_by_role("textbox").count() == 2
    other.close()


def test_a_link_into_what_is_folded_opens_it_for_this_visit(reader):
    page, address = reader
    open_page(page, f"{address}/{CHAPTER[NUMBERS]}#fig-ch12-order")
    assert folded(page, NUMBERS) == 0 and folded(page, CHOICE) == 2
    assert page.locator("#fig-ch12-order").is_visible()
    page.evaluate("location.hash = '#cell-ch12-056'")
    page.wait_for_function(f"document.querySelectorAll('.answers-{CHOICE}[hidden]').length === 0")
    page.goto("about:blank")
    opened(page, address, NUMBERS)
    assert folded(page, NUMBERS) == 3


def test_what_the_browser_finds_in_what_is_folded_opens_it(reader):
    page, address = reader
    opened(page, address, NUMBERS)
    answer = page.locator(f".answers-{NUMBERS}").last
    assert answer.get_attribute("hidden") == "until-found"
    answer.locator("p").first.dispatch_event("beforematch")
    assert folded(page, NUMBERS) == 0


def test_without_scripts_and_on_paper_all_is_open(mounted, chromium):
    address = f"{mounted['root']}/{CHAPTER[NUMBERS]}"
    with visiting(chromium[0], java_script_enabled=False) as (page, _, _):
        page.goto(address)
        assert folded(page, NUMBERS) == 0 and folded(page, CHOICE) == 0
        assert page.locator(".predict-form").count() == 0
    with visiting(chromium[0]) as (page, _, _):
        open_page(page, address)
        page.emulate_media(media="print")
        answer = page.locator(f".answers-{NUMBERS}").first
        assert (
            answer.evaluate("element => getComputedStyle(element).contentVisibility") == "visible"
        )
        assert answer.bounding_box()["height"] > 50
        assert not page.locator(".predict-form").first.is_visible()
        assert not page.locator(".predict-note").first.is_visible()


def test_pages_opened_as_files_ask_as_well(site, chromium, tmp_path):
    shutil.copytree(site / "book", tmp_path / "book")
    shutil.copytree(
        site / "_static", tmp_path / "_static", ignore=shutil.ignore_patterns("run", "vendor")
    )
    context = chromium[0].new_context()
    page = context.new_page()
    page.goto(f"file://{tmp_path}/{CHAPTER[NUMBERS]}")
    box = page.locator(f"#guess-{NUMBERS}")
    box.get_by_role("textbox").first.fill("67")
    box.get_by_role("button", name="This is my guess").click()
    assert "Right." in box.inner_text() and folded(page, NUMBERS) == 0
    context.close()


def test_what_a_reader_types_is_a_number(reader):
    page, address = reader
    opened(page, address, NUMBERS)
    typed = {
        "3": 3,
        " 0.02 ": 0.02,
        ".5": 0.5,
        "0,5": 0.5,
        "1,000": 1000,
        "2,010,000.5": 2010000.5,
        "1e-8": 1e-8,
        "10^-8": 1e-8,
        "10**(-8)": 1e-8,
        "2^10": 1024,
        "1/4": 0.25,
        "−3": -3,
        "17 %": 17,
    }
    assert page.evaluate("typed => typed.map(Guess.number)", list(typed)) == pytest.approx(
        list(typed.values())
    )
    for wrong in ("", "many", "1.2.3", "1/", "12 apples", "--3"):
        assert page.evaluate("text => Number.isNaN(Guess.number(text))", wrong), wrong


NUMBER = {"kind": "number", "good": {"factor": 2}}
JUDGED = [
    (NUMBER | {"value": 67, "text": "67"}, "67.4", True, "Right."),
    (NUMBER | {"value": 67, "text": "67"}, "134", True, "2 times too large: within"),
    (NUMBER | {"value": 67, "text": "67"}, "135", False, "2 times too large (within"),
    (NUMBER | {"value": 67, "text": "67"}, "0", False, "Too small: it is above 0"),
    (NUMBER | {"value": 1e-8, "text": "1e-08"}, "1.3e-8", True, "Right."),
    (NUMBER | {"value": 1e-8, "text": "1e-08"}, "0.1", False, "about 10^7 times too large"),
    (NUMBER | {"value": 3000, "text": "3,000"}, "3000.4", True, "Right."),
    (
        {"kind": "number", "good": {"within": 0.1}, "value": 0.3, "text": "0.30"},
        "0.4",
        True,
        "Too large by 0.1: within 0.1, which is good.",
    ),
    (
        {"kind": "number", "good": {"within": 0.1}, "value": -0.3, "text": "-0.30"},
        "0.3",
        False,
        "Too large by 0.6 (within 0.1 is good).",
    ),
    ({"kind": "choice", "value": "a"}, "b", False, "Not so."),
    ({"kind": "order", "value": ["a", "b", "c"]}, ["c", "b", "a"], False, "0 of 3 pairs"),
]


def test_a_guess_is_judged(reader):
    page, address = reader
    page.goto(f"{address}/{CHAPTER[NUMBERS]}", wait_until="commit")
    page.wait_for_function("typeof Guess === 'object'")
    for ask, guess, good, said in JUDGED:
        judged = page.evaluate("([ask, guess]) => Guess.judged(ask, guess)", [ask, guess])
        assert judged["good"] is good and judged["said"].startswith(said), (ask, guess)


def test_a_run_shows_its_own_output_and_no_other(site, reader):
    if not (site / "_static" / "run" / "pyodide").exists():
        pytest.skip("no site with Python for the browser: `make book` says why")
    page, address = reader
    opened(page, address, NUMBERS)
    asked = page.locator("#cell-ch12-007")
    below = page.locator("#cell-ch12-011")
    below.locator(".run-go").click()
    page.wait_for_function(
        "document.querySelector('#cell-ch12-011').dataset.run === 'done'", timeout=120_000
    )
    assert asked.get_attribute("data-run") == "done"  # it ran, as one above
    assert not asked.locator("> .cell_output").is_visible()
    asked.locator(".run-go").click()
    assert asked.locator("> .cell_output").is_visible()
    page.wait_for_function(
        "document.querySelector('#cell-ch12-007').dataset.run === 'done'", timeout=120_000
    )
    assert "h = 1e-16" in asked.locator("> .cell_output").inner_text()
