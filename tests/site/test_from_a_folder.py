"""The pages opened from a folder, by a double click: they can be read, and say what is missing."""

import pytest

from tools.browser import visiting

ABOUT_RUN = (
    "book/index.html",
    "book/progress.html",
    "book/ch14_training.html",
    "exercises/ch14_training/exercise.html",
)


@pytest.mark.parametrize("name", ABOUT_RUN)
def test_a_page_from_a_folder_says_what_a_server_is_for(site_with_python, chromium, name):
    with visiting(chromium[0]) as (page, _, _):
        page.goto((site_with_python / name).as_uri())
        assert page.get_by_text("You opened this page from a folder.").is_visible()
        assert page.locator(".run-bar").count() == 0
        assert page.locator("button[name]:enabled").count() == 0


@pytest.mark.parametrize("name", ABOUT_RUN)
def test_a_page_from_a_server_does_not(site_with_python, mounted, chromium, name):
    with visiting(chromium[0]) as (page, _, _):
        page.goto(f"{mounted['root']}/{name}")
        assert not page.get_by_text("You opened this page from a folder.").is_visible()
