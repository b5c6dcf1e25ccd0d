"""Ways through the book: what comes next, and where to begin.

The directive `ways` on the front page shows the chapters in the order of the
first way of `book/ways.toml`, and offers the others. "Previous" and "next"
follow that way; `_static/ways.js` lets them follow the one that the reader has
chosen. Solutions are on none. Each chapter begins with what it needs and how
long it takes.
"""

import json
import re
import tomllib
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any

import nbformat
from chapter_head import Head, head
from docutils import nodes
from lecture import CHAPTERS
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from exercises.task import load

DATA = Path(__file__).resolve().parents[1] / "ways.toml"
WAYS = tomllib.loads(DATA.read_text(encoding="utf-8"))["ways"]
FRONT, END = "book/index", "book/progress"
CHAPTER = re.compile(r"book/(ch\d\d_\w+)")
SET = re.compile(r"exercises/(\w+)/exercise")
SOLUTION = re.compile(r"exercises/(\w+)/solution")


def pages(app: Sphinx, way: dict[str, Any]) -> list[str]:
    """All that lies on the way, one after another."""
    found = [FRONT]
    for name in way["chapters"]:
        found += [f"book/{name}", f"exercises/{name}/exercise"]
    return [p for p in [*found, END] if p in app.env.found_docs]


def number(name: str) -> int:
    """Of a chapter, in its name."""
    return int(name[2:4])


def title(app: Sphinx, page: str) -> str:
    """As it stands in the contents."""
    text = escape(app.env.titles[page].astext())
    chapter = CHAPTER.fullmatch(page)
    return f"{number(chapter[1])}. {text}" if chapter else text


def read_head(app: Sphinx, page: str) -> Head:
    """Of a chapter. What is wrong with it is a warning."""
    try:
        return head(nbformat.read(app.env.doc2path(page), as_version=4))
    except ValueError as error:
        logging.getLogger(__name__).warning(str(error), location=page)
        return Head("?", (), 0)


# --- What comes next --------------------------------------------------------


def neighbors(
    app: Sphinx, page: str, way: dict[str, Any]
) -> dict[str, dict[str, str] | None]:
    """Links to the page before and the page after, as a theme wants them."""
    row = pages(app, way)
    here = row.index(page)
    before, after = row[:here][-1:], row[here + 1 : here + 2]
    return {"prev": link(app, page, *before), "next": link(app, page, *after)}


def link(app: Sphinx, page: str, to: str = "") -> dict[str, str] | None:
    if not to:
        return None
    address = app.builder.get_relative_uri(page, to)
    return {"link": address, "title": title(app, to)}


def turn(
    app: Sphinx,
    pagename: str,
    templatename: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    """Let "previous" and "next" follow the way, and none lead to solutions."""
    solution = SOLUTION.fullmatch(pagename)
    if pagename in pages(app, WAYS[0]):
        first, *others = (neighbors(app, pagename, way) for way in WAYS)
        if pagename == END:  # beyond it are the appendices, for everyone
            del first["next"]
        context.update(first)
        names = [way["name"] for way in WAYS[1:]]
        text = json.dumps(dict(zip(names, others, strict=True)))
        context["body"] += (
            '<script type="application/json" id="other-ways">'
            + text.replace("<", r"\u003c")
            + "</script>"
        )
    elif solution:
        back = f"exercises/{solution[1]}/exercise"
        context.update(prev=link(app, pagename, back), next=None)
    else:
        for side in ("prev", "next"):
            if "/solution." in (context.get(side) or {}).get("link", ""):
                context[side] = None


# --- The front page, and the head of a chapter -------------------------------


class chapter_table(nodes.General, nodes.Element):
    """The place of the table, until the titles of all pages are known."""


class Ways(SphinxDirective):
    def run(self) -> list[nodes.Node]:
        self.env.note_dependency(str(DATA))
        return [chapter_table()]


def show(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    for place in list(doctree.findall(chapter_table)):
        html = "".join(
            [table(app, docname), missing(app), choice(app, docname)]
        )
        place.replace_self(nodes.raw("", html, format="html"))
    if CHAPTER.fullmatch(docname):
        (top,) = (n for n in doctree.children if isinstance(n, nodes.section))
        said = f'<p class="chapter-head">{needs_and_minutes(app, docname)}</p>'
        top.insert(1, nodes.raw("", said, format="html"))


def needs_and_minutes(app: Sphinx, page: str) -> str:
    about = read_head(app, page)
    exercises = exercise_minutes(app, page)
    needs = " and ".join(needed(app, page, about))
    said = f"Needs {needs}. About {about.minutes} minutes to read"
    return (
        f"{said}; {exercises} for the exercises." if exercises else f"{said}."
    )


def needed(app: Sphinx, docname: str, about: Head) -> Iterator[str]:
    """What a chapter needs, with links; as seen from a page."""
    for need in about.needs:
        page = f"book/{need}"
        if need not in CHAPTERS:
            yield escape(need)
        elif page in app.env.found_docs:
            address = app.builder.get_relative_uri(docname, page)
            yield f'<a href="{address}">chapter\u00a0{number(need)}</a>'
        else:
            yield f"chapter {number(need)}, not yet written"


def exercise_minutes(app: Sphinx, page: str) -> str:
    """In words; empty if there are none."""
    name = page.removeprefix("book/")
    if f"exercises/{name}/exercise" not in app.env.found_docs:
        return ""
    total = sum(task.minutes for task in load(name).tasks)
    hours, rest = divmod(5 * round(total / 5), 60)
    parts = [f"{hours}\u00a0h"] * bool(hours) + [f"{rest}\u00a0min"] * bool(
        rest
    )
    return "\u00a0".join(parts)


def table(app: Sphinx, docname: str) -> str:
    """The chapters, in the order of the first way."""
    rows = []
    for page in filter(CHAPTER.fullmatch, pages(app, WAYS[0])):
        about = read_head(app, page)
        address = app.builder.get_relative_uri(docname, page)
        needs = ", ".join(needed(app, docname, about))
        name = f'<a href="{address}">{title(app, page)}</a>'
        rows.append(
            f'<tr><th scope="row">{name}</th>'
            f"<td>{escape(about.question)}</td><td>{needs}</td>"
            f"<td>{about.minutes}\u00a0min</td>"
            f"<td>{exercise_minutes(app, page) or '–'}</td></tr>"
        )
    heads = ("Chapter", "Its question", "Needs", "To read", "Exercises")
    top = "".join(f'<th scope="col">{each}</th>' for each in heads)
    return (
        '<div class="pst-scrollable-table-container">'
        f'<table class="table chapter-table"><thead><tr>{top}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def missing(app: Sphinx) -> str:
    found = app.env.found_docs
    numbers = [number(n) for n in CHAPTERS if f"book/{n}" not in found]
    return f"<p>Not yet written: {', '.join(runs(numbers))}.</p>" * bool(
        numbers
    )


def runs(numbers: list[int]) -> list[str]:
    """Rising numbers; three or more in a row are shortened."""
    texts = []
    for k, start in enumerate(numbers):
        if k and start == numbers[k - 1] + 1:
            continue
        end = start
        while end + 1 in numbers:
            end += 1
        several = end > start + 1
        row = range(start, end + 1)
        texts += [f"{start} to {end}"] if several else map(str, row)
    return texts


def choice(app: Sphinx, docname: str) -> str:
    """The ways, to choose from; `ways.js` keeps the choice."""
    options = []
    for way in WAYS:
        chapters = filter(CHAPTER.fullmatch, pages(app, way))
        row = ", ".join(str(number(page[5:])) for page in chapters)
        checked = " checked" if way is WAYS[0] else ""
        options.append(
            f'<label><input type="radio" name="way" value="{way["name"]}"'
            f"{checked}> <b>{escape(way['title'])}</b> ({row}). "
            f"{escape(way['says'])}</label>"
        )
    return (
        '<fieldset class="ways"><legend>The way that “next” follows</legend>'
        f"{''.join(options)}</fieldset>"
    )


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_node(chapter_table)
    app.add_directive("ways", Ways)
    app.connect("doctree-resolved", show)
    app.connect("html-page-context", turn)
    app.add_js_file("ways.js")
    return {"parallel_read_safe": True, "parallel_write_safe": True}
