"""Every page, in a real browser: complete, quiet, self-contained, accessible."""

import pytest
from vendored import vendored

from tools.browser import open_page, visiting, weigh

LIMIT = 1_500_000  # bytes, compressed, of a page without a widget
MANAGER = "_static/vendor/widgets/embed-amd.js"
VIEW = "application/vnd.jupyter.widget-view+json"
TOO_WIDE = "document.documentElement.scrollWidth - innerWidth"

AXE = """async () => {
    const glyphs = { exclude: [["mjx-math"]] };  // hidden from screen readers, which get speech
    const { violations } = await axe.run(glyphs, { resultTypes: ["violations"] });
    return violations
        .filter(({ impact }) => ["serious", "critical"].includes(impact))
        .map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target).join(", ")}`);
}"""

# After a change of size the theme waits 300 ms, then it makes what scrolls reachable by keyboard.
SETTLED = """() => new Promise((done) =>
    requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 600))))"""

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


def barriers(page, theme):
    """What axe finds, in the theme that the page should show now."""
    page.wait_for_function(f"document.documentElement.dataset.theme === '{theme}'")
    page.evaluate(SETTLED)
    return [f"{theme}: {found}" for found in page.evaluate(AXE)]


def test_a_page(page_name, site, mounted, chromium):
    """One visit: on a phone in the dark, then wide and in the light, then with other fonts."""
    browser, refused = chromium
    address = mounted["sub-path"]
    phone, screen = {"width": 360, "height": 800}, {"width": 1280, "height": 900}
    options = {"viewport": phone, "color_scheme": "dark", "reduced_motion": "reduce"}
    with visiting(browser, **options) as (page, requests, wrong):
        open_page(page, f"{address}/{page_name}")
        weight = weigh(site, address, requests)
        formulas = page.locator("span.math, div.math").count()
        page.evaluate((vendored() / "axe.min.js").read_text())
        found = {"barriers": barriers(page, "dark"), "blank icons": page.evaluate(BLANK_ICONS)}
        found["pixels too wide"] = page.evaluate(TOO_WIDE)

        page.emulate_media(color_scheme="light")
        page.set_viewport_size(screen)
        found["barriers"] += barriers(page, "light")

        page.set_viewport_size(phone)
        page.evaluate(WITH_A_WIDE_FONT)
        found["pixels too wide with a wide font"] = page.evaluate(TOO_WIDE)
        typeset = page.locator("mjx-container").count()
        found["formulas with errors"] = page.locator("mjx-merror").count()
        has_widget = page.locator(f'script[type="{VIEW}"]').count() > 0
        found |= {"errors": wrong, "refused": refused}
    assert {what: seen for what, seen in found.items() if seen} == {}
    assert typeset >= formulas
    assert weight and has_widget == (MANAGER in weight)
    assert has_widget or sum(weight.values()) < LIMIT, weight


@pytest.mark.parametrize("mount", ["root", "sub-path"])
def test_the_root_leads_to_the_front_page(mounted, chromium, mount):
    with visiting(chromium[0]) as (page, _, wrong):
        page.goto(f"{mounted[mount]}/", wait_until="commit")  # it sends the reader on at once
        page.wait_for_url("**/book/index.html")
        page.locator("svg.cascade").wait_for(state="visible")
    assert wrong == []


def test_search_finds_a_term(mounted, chromium):
    with visiting(chromium[0]) as (page, _, wrong):
        page.goto(f"{mounted['sub-path']}/book/data.html")
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
