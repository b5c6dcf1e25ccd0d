"""Terms: the glossary, and a link where one stands first in a section.

The directive `terms` writes the glossary from `book/glossary.toml`. On the
pages of chapters and exercises each term's first use in a section is linked to
it, but for the section that introduces the term, and so is a row of the
lecture (L29) to the lecture map. What a link is about is at the end of the
page, out of sight: screen readers and `_static/reading.js` find it there.
"""

import re
import tomllib
from collections.abc import Iterator
from html import escape
from pathlib import Path

from docutils import nodes
from docutils.statemachine import StringList
from lecture import LECTURE, ROWS
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

DATA = Path(__file__).resolve().parents[1] / "glossary.toml"
GLOSSARY = tomllib.loads(DATA.read_text(encoding="utf-8"))
TERMS = GLOSSARY["terms"]
PAGES = re.compile(r"book/ch\d\d_\w+|exercises/\w+/exercise")
HOME, MAP = "book/glossary", "book/lecture_map"

# In these a word is no use of a term: names, code, what is a link already, and
# bold, where the text itself says what something is.
NOT_IN = (
    *(nodes.title, nodes.term, nodes.strong, nodes.reference, nodes.raw),
    *(nodes.literal, nodes.literal_block, nodes.math, nodes.math_block),
    *(nodes.caption, nodes.citation, nodes.label),
)


def forms() -> dict[str, str]:
    """By how it stands in the text, each term; the longest forms first."""
    found = {
        form: term
        for term, entry in TERMS.items()
        for form in entry.get("forms", [term])
    }
    return {f: found[f] for f in sorted(found, key=len, reverse=True)}


FORMS = forms()
WORDS = re.compile(
    rf"(?<![\w-])(?:{'|'.join(map(re.escape, FORMS))}|L\d\d)(?![\w-])"
)


class Terms(SphinxDirective):
    """The glossary, in the order of the alphabet."""

    def run(self) -> list[nodes.Node]:
        self.env.note_dependency(str(DATA))
        text = ["```{glossary}"]
        for term in sorted(TERMS, key=str.lower):
            page, _, section = TERMS[term]["from"].partition("#")
            where = (
                f"Chapter {int(page[2:4])}, [](/book/{page}.ipynb#{section})"
            )
            text += [term, f"  {TERMS[term]['means']} ({where}.)", ""]
        lines = StringList([*text, "```"], source=str(DATA))
        root = nodes.Element()
        self.state.nested_parse(lines, 0, root)
        return root.children


def link(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Link the first use of each term in each section, and each row."""
    if not PAGES.fullmatch(docname) or HOME not in app.env.found_docs:
        return
    used: set[str] = set()
    for part, place in parts(doctree):
        seen = {
            term
            for term, entry in TERMS.items()
            if f"book/{entry['from']}" == f"{docname}#{place}"
        }
        for text in list(texts(part)):
            pieces = list(linked(app, docname, text.astext(), seen))
            if len(pieces) > 1:
                text.parent.replace(text, pieces)
                used.update(
                    piece["term"]
                    for piece in pieces
                    if isinstance(piece, nodes.raw)
                )
    if used:
        said = "".join(
            f'<p id="{name_of(t)}">{means(t)}</p>' for t in sorted(used)
        )
        doctree += nodes.raw("", f"<div hidden>{said}</div>", format="html")


def parts(doctree: nodes.document) -> Iterator[tuple[list[nodes.Node], str]]:
    """What a page has before its first section, then section by section."""
    for top in doctree.findall(nodes.section):
        if isinstance(top.parent, nodes.document):
            inner = [n for n in top.children if isinstance(n, nodes.section)]
            yield [n for n in top.children if n not in inner], slug(top)
            for section in inner:
                yield [section], slug(section)


def slug(section: nodes.section) -> str:
    """The name by which MyST, and so `glossary.toml`, knows a section."""
    return str(section.get("slug") or section["ids"][0])


def texts(part: list[nodes.Node]) -> Iterator[nodes.Text]:
    for node in part:
        for text in node.findall(nodes.Text):
            above = text.parent
            while above is not None and not isinstance(above, NOT_IN):
                if above.get("nb_element"):
                    break
                above = above.parent
            if above is None:
                yield text


def linked(
    app: Sphinx, docname: str, text: str, seen: set[str]
) -> Iterator[nodes.Node]:
    """The text, with links; what is linked is added to what was seen."""
    end = 0
    for use in WORDS.finditer(text):
        term = FORMS.get(use[0], use[0])
        if term in seen or (term not in TERMS and term not in ROWS):
            continue
        if term in TERMS:
            _, label = app.env.get_domain("std").objects["term", term]
            address = f"{app.builder.get_relative_uri(docname, HOME)}#{label}"
        else:
            page = app.builder.get_relative_uri(docname, MAP)
            address = f"{page}#{term.lower()}"
        seen.add(term)
        yield nodes.Text(text[end : use.start()])
        html = (
            f'<a class="reference internal term-link" href="{address}" '
            f'aria-describedby="{name_of(term)}">{escape(use[0])}</a>'
        )
        yield nodes.raw("", html, format="html", term=term)
        end = use.end()
    yield nodes.Text(text[end:])


def name_of(term: str) -> str:
    return f"means-{nodes.make_id(term)}"


def means(term: str) -> str:
    """The definition of a term, or what a row says, as HTML."""
    text = (
        TERMS[term]["means"]
        if term in TERMS
        else LECTURE["rows"][term]["says"]
    )
    said = re.sub(r"`([^`]*)`", r"<code>\1</code>", escape(text, quote=False))
    return f"<b>{escape(term)}</b>: {said}"


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_directive("terms", Terms)
    app.connect("doctree-resolved", link, priority=600)  # all links are there
    return {"parallel_read_safe": True, "parallel_write_safe": True}
