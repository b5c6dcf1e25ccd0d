"""The API reference in a browser: a name is found, and an example is copied without its prompts."""

import pytest

from tools.browser import open_page, visiting


@pytest.mark.parametrize(
    "name, page", [("ContrastiveLoss", "costs"), ("load_state_dict", "modules")]
)
def test_search_finds_a_name(mounted, chromium, name, page):
    with visiting(chromium[0]) as (tab, _, wrong):
        tab.goto(f"{mounted['sub-path']}/search.html?q={name}")
        tab.locator(f"#search-results a[href*='api/{page}.html'][href*='.{name}']").first.click()
        tab.wait_for_url(f"**/book/api/{page}.html*.{name}")
    assert wrong == []


def test_an_example_is_copied_without_prompts_and_outputs(mounted, chromium):
    with visiting(chromium[0], permissions=["clipboard-read", "clipboard-write"]) as (tab, _, _):
        open_page(tab, f"{mounted['root']}/book/api/linear.html")
        example = tab.locator("div.highlight-pycon").first
        example.hover()
        example.locator("button.copybtn").click()
        copied = tab.evaluate("navigator.clipboard.readText()")
    assert "linear = nn.Linear(3, 2)" in copied
    assert ">>>" not in copied and "dtype=float32" not in copied
    compile(copied, "copied", "exec")


def test_the_source_can_be_unfolded(mounted, chromium):
    with visiting(chromium[0]) as (tab, _, _):
        open_page(tab, f"{mounted['root']}/book/api/nonlinearities.html")
        code = tab.locator("details", has_text="class ReLU(Module):").first
        assert not code.locator("pre").is_visible()
        code.locator("summary").click()
        assert code.locator("pre").is_visible()
