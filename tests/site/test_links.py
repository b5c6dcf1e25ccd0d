"""Every internal link, image and anchor of the built pages leads somewhere."""

from html.parser import HTMLParser
from urllib.parse import unquote, urlsplit

import pytest


class Anchors(HTMLParser):
    """The ids of a page, and what it refers to."""

    def __init__(self, text):
        super().__init__()
        self.ids, self.references = set(), set()
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        for key, value in attributes:
            if key == "id":
                self.ids.add(value)
            elif key in ("href", "src") and value:
                self.references.add(value)


@pytest.fixture(scope="module")
def parsed(site, pages):
    return {name: Anchors((site / name).read_text(encoding="utf-8")) for name in pages}


def test_every_internal_reference_resolves(site, parsed):
    broken, checked = [], 0
    for name, page in parsed.items():
        for reference in page.references:
            parts = urlsplit(reference)
            if parts.scheme or parts.netloc:
                continue
            checked += 1
            target = (site / name).parent / unquote(parts.path) if parts.path else site / name
            target = target.resolve()
            inside = target.is_relative_to(site.resolve()) and target.is_file()
            anchors = parsed.get(target.relative_to(site.resolve()).as_posix()) if inside else None
            if not inside or (
                parts.fragment and anchors and unquote(parts.fragment) not in anchors.ids
            ):
                broken.append(f"{name}: {reference}")
    assert checked > 100
    assert broken == []


def test_no_page_loads_anything_from_elsewhere(site, parsed):
    """In the text of the pages; what scripts ask for, the browser's proxy sees."""
    for name in parsed:
        text = (site / name).read_text(encoding="utf-8")
        assert not [
            host
            for host in ("cdn.jsdelivr", "unpkg.com", "cdnjs.", "googleapis.com")
            if host in text
        ], name


def test_every_shipped_package_is_credited(site, parsed):
    text = (site / "book" / "licenses.html").read_text(encoding="utf-8")
    shipped = {"mathjax", "requirejs", "@jupyter-widgets/html-manager", "anywidget", "backbone"}
    shipped |= {"source-serif", "fontawesome-free"}
    assert not [name for name in shipped if f"<td>{name}</td>" not in text]
    assert text.count("Permission is hereby granted") > 5
