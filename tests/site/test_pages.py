"""Every page, in a real browser: complete, quiet, self-contained, accessible."""

import pytest
from vendored import vendored

from tools.browser import open_page, visiting, weigh

LIMIT = 1_500_000  # bytes, compressed, of a page without a widget
MANAGER = "_static/vendor/widgets/embed-amd.js"
VIEW = "application/vnd.jupyter.widget-view+json"
WIDTH = "document.documentElement.scrollWidth"

AXE = """async () => {
    const glyphs = { exclude: [["mjx-math"]] };  // hidden from screen readers, which get MathML
    const { violations } = await axe.run(glyphs, { resultTypes: ["violations"] });
    return violations
        .filter(({ impact }) => ["serious", "critical"].includes(impact))
        .map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target).join(", ")}`);
}"""

# Classes of icons that show nothing.
BLANK_ICONS = """() => [...document.querySelectorAll("[class*='fa-']")]
    .filter((icon) => getComputedStyle(icon, "::before").content === "none")
    .map((icon) => icon.className)"""

# What a reader sees whose browser takes another font than ours, a wide one.
WITH_A_WIDE_FONT = """async () => {
    const link = document.querySelector("link[href*='fonts.css']");
    const faces = await (await fetch(link.href)).text();
    const style = document.createElement("style");
    style.textContent = faces.replaceAll("@font-face {", "@font-face { size-adjust: 150%;");
    link.replaceWith(style);
    await document.fonts.ready;
}"""


@pytest.fixture(scope="module")
def visits(site, pages, mounted, chromium):
    """What was seen on each page: at the root in light, and below a path in dark, on a phone."""
    browser, refused = chromium
    axe = (vendored() / "axe.min.js").read_text()
    seen = {}
    for mount, options in {
        "root": {"color_scheme": "light", "viewport": {"width": 1280, "height": 900}},
        "sub-path": {"color_scheme": "dark", "viewport": {"width": 360, "height": 800}},
    }.items():
        for name in pages:
            with visiting(browser, reduced_motion="reduce", **options) as (page, requests, wrong):
                address = mounted[mount]
                open_page(page, f"{address}/{name}")
                page.evaluate(axe)
                found = seen[mount, name] = {
                    "wrong": list(wrong),
                    "violations": page.evaluate(AXE),
                    "weight": weigh(site, address, requests),
                    "blank icons": page.evaluate(BLANK_ICONS),
                    "theme": page.locator("html").get_attribute("data-theme"),
                    "width": page.evaluate(WIDTH),
                    "has_widget": page.locator(f'script[type="{VIEW}"]').count() > 0,
                }
                page.evaluate(WITH_A_WIDE_FONT)
                found["width with a wide font"] = page.evaluate(WIDTH)
    return seen, list(refused)


def report(visits, key):
    """What was found, a line for each page."""
    return "\n".join(f"{place}: {seen[key]}" for place, seen in visits[0].items() if seen[key])


def test_no_page_reports_an_error_or_leaves_the_site(visits):
    assert not report(visits, "wrong"), report(visits, "wrong")
    assert visits[1] == []


def test_no_page_has_a_serious_barrier(visits):
    assert not report(visits, "violations"), report(visits, "violations")


def test_every_icon_shows_something(visits):
    assert not report(visits, "blank icons"), report(visits, "blank icons")


def test_each_page_follows_the_reader_into_the_dark(visits):
    for (mount, name), seen in visits[0].items():
        if name.startswith("book/"):
            assert seen["theme"] == {"root": "light", "sub-path": "dark"}[mount], name


@pytest.mark.parametrize("width", ["width", "width with a wide font"])
def test_no_page_is_wider_than_a_phone(visits, width):
    found = {name: seen[width] for (mount, name), seen in visits[0].items() if mount != "root"}
    assert {name: pixels for name, pixels in found.items() if pixels > 360} == {}


def test_a_page_without_a_widget_is_light(visits):
    for place, seen in visits[0].items():
        assert seen["weight"], place
        assert seen["has_widget"] == (MANAGER in seen["weight"]), place
        if not seen["has_widget"]:
            assert sum(seen["weight"].values()) < LIMIT, (place, seen["weight"])


@pytest.mark.parametrize("mount", ["root", "sub-path"])
def test_the_root_leads_to_the_front_page(mounted, chromium, mount):
    with visiting(chromium[0]) as (page, _, wrong):
        page.goto(f"{mounted[mount]}/", wait_until="commit")  # it sends the reader on at once
        page.wait_for_url("**/book/index.html")
        page.locator("svg.cascade").wait_for(state="visible")
    assert wrong == []


@pytest.mark.parametrize("mount", ["root", "sub-path"])
def test_search_finds_a_term(mounted, chromium, mount):
    with visiting(chromium[0]) as (page, _, wrong):
        page.goto(f"{mounted[mount]}/book/data.html")
        page.keyboard.press("Control+k")
        page.keyboard.type("momentum")
        page.keyboard.press("Enter")
        result = page.locator("#search-results a[href*='ch14_training.html']").first
        result.click()
        page.wait_for_url("**/book/ch14_training.html*")
    assert wrong == []


def test_code_can_be_copied_and_the_chapter_downloaded(mounted, chromium):
    with visiting(chromium[0], permissions=["clipboard-read", "clipboard-write"]) as (page, _, _):
        open_page(page, f"{mounted['root']}/book/ch14_training.html")
        cell = page.locator("div.cell_input").first
        cell.hover()
        cell.locator("button.copybtn").click()
        copied = page.evaluate("navigator.clipboard.readText()")
        assert "import dlcore as dl" in copied
        page.get_by_role("button", name="Download this page").click()
        with page.expect_download() as download:
            page.locator("a.btn-download-source-button").click()
        assert download.value.suggested_filename == "ch14_training.ipynb"


def test_formulas_are_typeset(mounted, chromium):
    with visiting(chromium[0]) as (page, _, _):
        open_page(page, f"{mounted['sub-path']}/book/ch14_training.html")
        assert page.locator("mjx-container").count() > 20
        assert page.locator("mjx-merror").count() == 0
