"""Formulas for everyone: each is spoken, stands in braille, and is walked through by keyboard."""

from playwright.sync_api import expect

from tools.browser import open_page, visiting


def test_formulas_are_spoken_and_can_be_explored(mounted, chromium):
    browser, refused = chromium
    with visiting(browser) as (page, _, wrong):
        open_page(page, f"{mounted['sub-path']}/book/ch12_backpropagation.html")
        formula = page.locator("mjx-container[display=true]").first
        whole = formula.locator("mjx-speech")
        whole.wait_for(state="attached")
        said = whole.get_attribute("aria-label")
        assert said.startswith("the fraction with numerator partial differential E")
        assert set(whole.get_attribute("aria-braillelabel")) & set("⠈⠙⠠⠑")
        formula.focus()
        for key in ("Enter", "ArrowDown", "ArrowRight"):
            page.keyboard.press(key)
        formula.locator("mjx-speech[role=tree][aria-label=equals]").wait_for(state="attached")
        silent = page.locator("mjx-container:not(:has(mjx-speech[aria-label]))")
        expect(silent).to_have_count(0)
    assert wrong == [] and refused == []
