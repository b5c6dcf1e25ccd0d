"""A chapter that is run whole in the page prints what is stored, to the last digit.

Where a page takes smaller sizes, the cells from there on are not compared. To compare them too,
which takes minutes: RUN_FULL_SIZE=1 pytest tests/site/test_run_numbers.py
"""

import os
import re

from tools.browser import open_page, visiting

MINUTES = 60  # a page takes one, alone on its machine; at full size, some more

# For each cell with Run: what is said of it, and the text of its results.
READ = """() => [...document.querySelectorAll("div.cell:has(.run-go)")].map((cell) => [
    cell.dataset.run,
    cell.querySelector(".run-said").textContent,
    [...cell.querySelectorAll(":is(.stream, .text_plain) pre")].map((e) => e.textContent).join(""),
])"""

FULL_SIZE = "RUN_FULL_SIZE" in os.environ


def in_full_size(route):
    answer = route.fetch()
    route.fulfill(response=answer, body=re.sub(r'"sizes": {.*?}', '"sizes": {}', answer.text()))


def test_a_chapter_prints_in_the_page_what_is_stored(chapter, site_with_python, mounted, chromium):
    with visiting(chromium[0]) as (page, _, wrong):
        if FULL_SIZE:
            page.route(f"**/{chapter}", in_full_size)
        open_page(page, f"{mounted['root']}/{chapter}")
        stored = [text for _, _, text in page.evaluate(READ)]
        page.locator(".run-go").last.click()
        page.wait_for_function(
            """() => document.querySelector("[data-run=failed]") ||
                [...document.querySelectorAll(".run-go")].pop().closest("[data-run=done]")""",
            timeout=MINUTES * 60_000,
        )
        after = page.evaluate(READ)
    assert {state for state, _, _ in after} == {"done"}, after
    same_sizes = [k for k, (_, said, _) in enumerate(after) if said == "ran in this page"]
    assert any(stored[k] for k in same_sizes), "no text to compare"
    for k in same_sizes:
        assert after[k][2] == stored[k], f"cell {k + 1}"
    assert wrong == []
