"""A chapter that is run whole in the page prints what is stored, to the last digit.

Where a page takes smaller sizes, the cells from there on are not compared. To compare them too,
which takes minutes: RUN_FULL_SIZE=1 pytest tests/site/test_run_numbers.py
"""

import os
import re
from contextlib import ExitStack

import pytest

from tools.browser import open_page, visiting

MINUTES = 60 if "RUN_FULL_SIZE" in os.environ else 15  # a page takes one, alone on its machine

AT_ONCE = 4  # each is a process, with half a gigabyte

# For each cell with Run: what is said of it, and the text of its results.
READ = """() => [...document.querySelectorAll("div.cell:has(.run-go)")].map((cell) => [
    cell.dataset.run,
    cell.querySelector(".run-said").textContent,
    [...cell.querySelectorAll(":is(.stream, .text_plain) pre")].map((e) => e.textContent).join(""),
])"""


@pytest.fixture(scope="module")
def chapters(site, pages):
    found = [name for name in pages if re.match(r"book/ch\d", name)]
    runnable = [name for name in found if 'id="run-page"' in (site / name).read_text("utf-8")]
    return runnable or pytest.skip("no site with Python for the browser: `make book` says why")


def test_chapters_print_in_the_page_what_is_stored(chapters, mounted, chromium):
    for some in range(0, len(chapters), AT_ONCE):
        compare(chapters[some : some + AT_ONCE], mounted["root"], chromium[0])


def compare(names, address, browser):
    """Run these pages at once, and compare each with what it has stored."""

    def in_full_size(route):
        answer = route.fetch()
        route.fulfill(response=answer, body=re.sub(r'"sizes": {.*?}', '"sizes": {}', answer.text()))

    with ExitStack() as open_pages:
        runs = {}
        for name in names:
            page, _, wrong = open_pages.enter_context(visiting(browser))
            if "RUN_FULL_SIZE" in os.environ:
                page.route(f"**/{name}", in_full_size)
            open_page(page, f"{address}/{name}")
            runs[name] = page, wrong, [text for _, _, text in page.evaluate(READ)]
            page.locator(".run-go").last.click()
        for name, (page, wrong, stored) in runs.items():
            page.wait_for_function(
                """() => document.querySelector("[data-run=failed]") ||
                    [...document.querySelectorAll(".run-go")].pop().closest("[data-run=done]")""",
                timeout=MINUTES * 60_000,
            )
            after = page.evaluate(READ)
            states = {state for state, _, _ in after}
            assert states == {"done"}, (name, after)
            same_sizes = [k for k, (_, said, _) in enumerate(after) if said == "ran in this page"]
            assert any(stored[k] for k in same_sizes), f"{name}: no text to compare"
            for k in same_sizes:
                assert after[k][2] == stored[k], f"{name}, cell {k + 1}"
            assert wrong == []
