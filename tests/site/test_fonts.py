"""The fonts come with the pages, hold what these write, and are there with the first text."""

import base64
import io
import re
from html.parser import HTMLParser

import pytest
from fontTools.ttLib import TTFont

from tools.browser import visiting

FACE = re.compile(r'family: "([^"]+)";\s+font-style: (\w+);[^}]+base64,([^)]+)\)')


class Characters(HTMLParser):
    """Those that a page shows, by whether they stand in code."""

    def __init__(self, text):
        super().__init__()
        self.inside, self.found = [], {True: set(), False: set()}
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        if tag in ("code", "pre", "script", "style", "mjx-container"):
            self.inside.append(tag)

    def handle_endtag(self, tag):
        if tag in self.inside:
            while self.inside.pop() != tag:
                pass

    def handle_data(self, data):
        if not {"script", "style"} & set(self.inside):
            self.found[bool(self.inside)].update(data)


@pytest.fixture(scope="module")
def fonts(site):
    """By family and style, the fonts of the site."""
    text = (site / "_static" / "fonts" / "fonts.css").read_text(encoding="utf-8")
    return {
        (family, style): TTFont(io.BytesIO(base64.b64decode(data)))
        for family, style, data in FACE.findall(text)
    }


def test_every_character_of_the_pages_is_in_a_font(site, pages, fonts):
    shown = {True: set(), False: set()}
    for name in pages:
        if name != "book/licenses.html":  # shows whatever the licenses hold
            for code, found in Characters((site / name).read_text("utf-8")).found.items():
                shown[code] |= found
    of = {family: set(map(chr, font.getBestCmap())) for (family, _), font in fonts.items()}
    missing = shown[True] - of["Book Mono"] | shown[False] - set().union(*of.values())
    assert shown[True] and shown[False]
    assert {c for c in missing if c.isprintable()} == set()


def test_a_changed_font_has_not_the_reserved_name(fonts):
    assert {family for family, _ in fonts} >= {"Book Serif", "Book Sans", "Book Mono", "Book Icons"}
    for (family, _), font in fonts.items():
        assert font["name"].getDebugName(1) == family
        assert font["name"].getDebugName(0)  # whose it is


@pytest.mark.parametrize("way", ["served", "from a folder"])
def test_the_fonts_are_there_with_the_first_text(site, mounted, chromium, way):
    address = mounted["sub-path"] if way == "served" else site.as_uri()
    with visiting(chromium[0]) as (page, _, _):
        page.add_init_script(
            """document.addEventListener("DOMContentLoaded", () => requestAnimationFrame(() => {
                window.waiting = [...document.fonts]
                    .filter(({ family, status }) => /Book/.test(family) && status === "loading");
            }));"""
        )
        page.goto(f"{address}/book/departures.html")
        page.wait_for_function("window.waiting")
        assert page.evaluate("window.waiting.length") == 0
        assert page.evaluate("""document.fonts.check('16px "Book Serif"')""")
