"""The directive `lecture-map`: row by row, what the book has for the lecture.

Cells say which rows they teach or measure, tasks which they ask about. What is
lost, and what is new and not yet in `book/lecture.toml`, is a warning.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path

import nbformat
from docutils import nodes
from lecture import CHAPTERS, DATA, HOLDS, LECTURE, ROWS, verdict
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from exercises.task import load, names

KINDS = ("taught", "measured", "asked")


@dataclass(frozen=True)
class Place:
    """Where the book does something for a row.

    page: a docname. cell: its number in the notebook, from 0. name: the
    cell's id, or the title of a task. verdict: what was measured. holds: a
    key of HOLDS where this is the verdict on the row.
    """

    page: str
    cell: int
    name: str
    verdict: str = ""
    holds: str = ""


Evidence = dict[str, dict[str, list[Place]]]  # by row, then by kind


def evidence(book: Path = DATA.parent) -> Evidence:
    """All places of the book."""
    found: Evidence = {row: {kind: [] for kind in KINDS} for row in ROWS}
    for path in sorted(book.glob("ch*.ipynb")):
        cells = nbformat.read(path, as_version=4).cells
        for index, cell in enumerate(cells):
            marker = cell.metadata.get("lecture")
            if not marker:
                continue
            place, kind = Place(f"book/{path.stem}", index, cell.id), "taught"
            if marker.role == "measures":
                said, holds = verdict(cell), marker.get("holds", "")
                place = Place(place.page, index, cell.id, said, holds)
                kind = "measured"
            for row in marker.rows:
                found[row][kind].append(place)
    for name in names():
        for task in load(name).tasks:
            place = Place(f"exercises/{name}/exercise", 0, task.title)
            for row in task.rows:
                found[row]["asked"].append(place)
    return found


def lost_or_new(found: Evidence) -> Iterator[str]:
    """Where `lecture.toml` and the book differ: the line to be changed."""
    for row, places in found.items():
        has, said = (
            [k for k in KINDS if places[k]],
            LECTURE["rows"][row]["has"],
        )
        if has != said:
            yield (
                f"{row}: the book has {has}, book/lecture.toml says {said}. "
                "Bring back what is lost, or change that line."
            )
        judges = [place.name for place in places["measured"] if place.holds]
        if places["measured"] and len(judges) != 1:
            yield (
                f"{row} is measured: expected one cell whose lecture metadata "
                f"say what holds, found {judges or 'none'}"
            )


# --- The page ---------------------------------------------------------------


class lecture_row(nodes.General, nodes.Element):
    """What the book has for a row, once the titles of all pages are known."""


class LectureMap(SphinxDirective):
    """A section for each part of the lecture, with its rows."""

    def run(self) -> list[nodes.Node]:
        self.env.note_dependency(str(DATA))
        for message in lost_or_new(evidence()):
            logging.getLogger(__name__).warning(
                message, location=self.env.docname
            )
        return [
            self.part(title, *ends) for title, ends in LECTURE["parts"].items()
        ]

    def part(self, title: str, first: str, last: str) -> nodes.section:
        rows = ROWS[ROWS.index(first) : ROWS.index(last) + 1]
        section = nodes.section(
            "", nodes.title("", title), ids=[nodes.make_id(title)]
        )
        section += nodes.definition_list(
            "", *(self.row(row) for row in rows), classes=["lecture-map"]
        )
        return section

    def row(self, row: str) -> nodes.definition_list_item:
        says = nodes.paragraph("", "", *inline(LECTURE["rows"][row]["says"]))
        term = nodes.term("", row, ids=[row.lower()])
        return nodes.definition_list_item(
            "", term, nodes.definition("", says, lecture_row(row=row))
        )


def inline(text: str) -> list[nodes.Node]:
    """Text with `code` in it."""
    return [
        nodes.literal("", part) if k % 2 else nodes.Text(part)
        for k, part in enumerate(text.split("`"))
    ]


def fill(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    places = list(doctree.findall(lecture_row))
    found, links = evidence() if places else {}, Links(app, docname)
    for place in places:
        html = links.of(place["row"], found[place["row"]])
        place.replace_self(nodes.raw("", html, format="html"))


@dataclass(frozen=True)
class Section:
    """cell: that of its title, from 0; see predictions.prose_of."""

    cell: int
    anchor: str
    number: str
    title: str


class Links:
    """Writes what there is of a row, as HTML for one page."""

    def __init__(self, app: Sphinx, docname: str) -> None:
        self.app, self.docname = app, docname
        self.known: dict[str, list[Section]] = {}  # by page

    def of(self, row: str, places: dict[str, list[Place]]) -> str:
        judged = [p for p in places["measured"] if p.holds]
        lines = {
            "Verdict": [
                f"<strong>{HOLDS[p.holds]}.</strong> {code(p.verdict)}"
                for p in judged
            ],
            "Taught": dict.fromkeys(map(self.section, places["taught"])),
            "Measured": map(self.cell, places["measured"]),
            "Asked": map(self.task, places["asked"]),
        }
        if not any(places.values()):
            return f"<p>Not yet written: {chapters(row)}.</p>"
        items = "".join(
            f"<dt>{name}</dt>"
            f"<dd>{'<br>'.join(texts) or f'not yet: {chapters(row)}'}</dd>"
            for name, texts in lines.items()
        )
        return f"<dl>{items}</dl>"

    def sections(self, page: str) -> list[Section]:
        """All of a page, in order."""
        if page not in self.known:
            numbers = self.app.env.toc_secnumbers.get(page, {})
            top, *inner = self.app.env.get_doctree(page).findall(nodes.section)
            self.known[page] = [
                Section(
                    (section[0].line or 0) // 10_000 - 1,
                    section["ids"][0],
                    ".".join(map(str, numbers.get(key) or ())),
                    section[0].astext(),
                )
                for key, section in [
                    ("", top),
                    *((f"#{each['ids'][0]}", each) for each in inner),
                ]
            ]
        return self.known[page]

    def around(self, place: Place) -> Section:
        """The section that begins in the cell, or that the cell is in."""
        found, *later = self.sections(place.page)
        for section in later:
            if found.cell < place.cell >= section.cell:
                found = section
        return found

    def link(self, page: str, anchor: str, text: str) -> str:
        address = self.app.builder.get_relative_uri(self.docname, page)
        return f'<a href="{address}#{anchor}">{escape(text)}</a>'

    def section(self, place: Place) -> str:
        section = self.around(place)
        name = f"{section.number} {section.title}"
        return self.link(place.page, section.anchor, name)

    def cell(self, place: Place) -> str:
        section = self.around(place)
        name = f"{section.number} {section.title}"
        link = self.link(place.page, f"cell-{place.name}", name)
        return link if place.holds else f"{link}: {code(place.verdict)}"

    def task(self, place: Place) -> str:
        for section in self.sections(place.page):
            if section.title == place.name:
                return self.link(place.page, section.anchor, place.name)
        raise ValueError(f"{place.page}: expected a heading {place.name!r}")


def chapters(row: str) -> str:
    """Those that are to teach it."""
    found = [
        name[2:4].lstrip("0") for name in CHAPTERS if row in CHAPTERS[name]
    ]
    return f"chapter{'s' * (len(found) > 1)} {' and '.join(found)}"


def code(text: str) -> str:
    return re.sub(r"`([^`]*)`", r"<code>\1</code>", escape(text, quote=False))


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_node(lecture_row)
    app.add_directive("lecture-map", LectureMap)
    app.connect("doctree-resolved", fill)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
