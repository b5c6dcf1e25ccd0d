"""Next leads along the way that the reader has chosen, and never into the solutions."""

import re

import pytest
from lecture import CHAPTERS
from ways import WAYS

from tools.browser import visiting
from tools.notebooks import ROOT


@pytest.fixture
def reader(mounted, chromium):
    with visiting(chromium[0]) as (page, _, wrong):
        yield page, mounted["sub-path"]
    assert wrong == []


def expected(way):
    written = [n for n in way["chapters"] if (ROOT / "book" / f"{n}.ipynb").exists()]
    row = ["book/index"]
    for name in written:
        row.append(f"book/{name}")
        if (ROOT / "exercises" / name).exists():
            row.append(f"exercises/{name}/exercise")
    return [*row, "book/progress"]


def follow(page, address):
    """The pages that Next leads to, from the front page on."""
    row = ["book/index"]
    while not row[-1].endswith("progress"):
        link = page.locator(".right-next")
        target = link.evaluate("element => element.href").removeprefix(f"{address}/")
        row.append(target.removesuffix(".html"))
        page.goto(f"{address}/{target}", wait_until="domcontentloaded")
        assert len(row) < 3 * len(CHAPTERS)
    return row


def test_next_follows_the_way_that_was_chosen(reader):
    page, address = reader
    page.goto(f"{address}/book/index.html")
    assert follow(page, address) == expected(WAYS[0])
    page.goto(f"{address}/book/index.html")
    page.get_by_role("radio", name=re.compile(WAYS[1]["title"])).check()
    row = follow(page, address)
    assert row == expected(WAYS[1]) != expected(WAYS[0])
    # Back as well.
    page.goto(f"{address}/{row[3]}.html", wait_until="domcontentloaded")
    before = page.locator(".left-prev").evaluate("element => element.href")
    assert before == f"{address}/{row[2]}.html"
    page.goto(f"{address}/book/index.html")
    assert page.get_by_role("radio", name=re.compile(WAYS[1]["title"])).is_checked()


def test_no_page_leads_to_a_solution_by_itself_and_solutions_lead_back(site, pages):
    for name in pages:
        text = (site / name).read_text(encoding="utf-8")
        area = re.search(r'<div class="prev-next-area">.*?</div>\s*</footer>', text, re.DOTALL)
        links = re.findall(r'href="([^"]+)"', area[0]) if area else []
        assert not [link for link in links if "solution" in link], name
        if name.endswith("/solution.html"):
            assert links == ["exercise.html"]
        if name.endswith("/exercise.html"):
            assert re.search(r'<a class="reference internal" href="solution.html">', text)


def test_a_chapter_begins_with_what_it_needs_and_how_long_it_takes(reader):
    page, address = reader
    page.goto(f"{address}/book/ch14_training.html")
    head = page.locator("article h1 + .chapter-head, article .chapter-head").first
    text = head.inner_text().replace("\u00a0", " ")
    assert re.fullmatch(
        r"Needs chapter 11 and chapter 12\. About \d+ minutes to read; "
        r"[\d hmin]+ for the exercises\.",
        text,
    )
    head.get_by_role("link").first.click()
    page.wait_for_url("**/ch11_modules.html")


def test_the_front_page_lists_the_chapters_in_the_order_of_reading(reader):
    page, address = reader
    page.goto(f"{address}/book/index.html")
    links = page.locator(".chapter-table th a")
    found = [link.get_attribute("href") for link in links.all()]
    order = [p for p in expected(WAYS[0]) if re.match(r"book/ch\d", p)]
    assert found == [f"{p.removeprefix('book/')}.html" for p in order]
    for row in page.locator(".chapter-table tbody tr").all():
        assert row.locator("td").first.inner_text().endswith("?")
        assert re.fullmatch(
            r"\d+ min", row.locator("td").nth(2).inner_text().replace("\u00a0", " ")
        )
    missing = [int(n[2:4]) for n in CHAPTERS if f"book/{n}" not in order]
    assert ("Not yet written" in page.locator("article").inner_text()) == bool(missing)
