"""A chapter that is run whole in the page prints what is stored, to the last digit.

Where a page takes smaller sizes, the cells from there on are not compared. To compare them too,
which takes minutes: RUN_FULL_SIZE=1 pytest tests/site/test_run_numbers.py
"""

import os
import re

import pytest

from tools.browser import open_page, visiting

MINUTES = 20 if "RUN_FULL_SIZE" in os.environ else 8  # a page takes one, alone on its machine

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
    def in_full_size(route):
        answer = route.fetch()
        route.fulfill(response=answer, body=re.sub(r'"sizes": {.*?}', '"sizes": {}', answer.text()))

    for name in chapters:
        with visiting(chromium[0]) as (page, _, wrong):
            if "RUN_FULL_SIZE" in os.environ:
                page.route(f"**/{name}", in_full_size)
            open_page(page, f"{mounted['root']}/{name}")
            stored = [text for _, _, text in page.evaluate(READ)]
            page.locator(".run-go").last.click()
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
