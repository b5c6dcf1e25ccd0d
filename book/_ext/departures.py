"""The directive `departures`: the entries of that page, from their tests.

A test's docstring is an entry: its title, then what torch does, what dlcore
does, and why. Below it stands the code of the test.
"""

import ast
import re
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

ROOT = Path(__file__).resolve().parents[2]
TESTS = ROOT / "tests" / "dlcore" / "test_departures.py"
PARTS = ("torch", "dlcore", "Why")
ENTRY = re.compile(
    r"(?P<title>[^\n]+)\n\n"
    r"torch: (?P<torch>.+?)\n"
    r"dlcore: (?P<dlcore>.+?)\n"
    r"Why: (?P<why>.+)",
    re.DOTALL,
)


def groups() -> Iterator[tuple[ast.ClassDef, list[ast.FunctionDef]]]:
    """The classes of the file, each with its tests."""
    tree = ast.parse(TESTS.read_text(encoding="utf-8"))
    for group in tree.body:
        if isinstance(group, ast.ClassDef):
            tests = [d for d in group.body if isinstance(d, ast.FunctionDef)]
            yield group, tests


def entry(test: ast.FunctionDef) -> dict[str, str]:
    """The title and the three parts of a test's docstring.

    Raises ValueError if they are not there, in this order.
    """
    found = ENTRY.fullmatch(ast.get_docstring(test) or "")
    if not found:
        raise ValueError(
            f"{test.name}: expected a docstring with a title, an empty line, "
            "and paragraphs that begin with torch:, dlcore: and Why:"
        )
    return found.groupdict()


def refused(test: ast.FunctionDef) -> list[tuple[str, str, Any]]:
    """(class, option, value) of each case, if options are what it is about."""
    for mark in test.decorator_list:
        names, cases, *_ = mark.args
        if ast.literal_eval(names) == "owner, option, value":
            return ast.literal_eval(cases)
    return []


def code(test: ast.FunctionDef) -> str:
    """The test without its docstring."""
    lines = TESTS.read_text(encoding="utf-8").splitlines()
    first = min(node.lineno for node in (test, *test.decorator_list))
    docstring = test.body[0]
    kept = [
        *lines[first - 1 : docstring.lineno - 1],
        *lines[docstring.end_lineno : test.end_lineno],
    ]
    return textwrap.dedent("\n".join(kept))


def markdown() -> str:
    """All entries, in the order of their tests."""
    parts = []
    for group, tests in groups():
        title, _, text = (ast.get_docstring(group) or "").partition("\n")
        parts += [f"## {title}", text.strip()]
        for test in tests:
            told = entry(test)
            rows = {name: told[name.lower()] for name in PARTS}
            if refused(test):
                rows["Refused"] = ", ".join(
                    f"`{owner}({option}={value!r})`"
                    for owner, option, value in refused(test)
                )
            parts += [
                f"### {told['title']}",
                '<div class="departure">',
                *(
                    f"{name}\n: " + text.replace("\n", "\n  ")
                    for name, text in rows.items()
                ),
                "</div>",
                "<details>\n<summary>The test</summary>",
                f"```python\n{code(test)}\n```",
                "</details>",
            ]
    return "\n\n".join(parts)


class Departures(SphinxDirective):
    """One section for each class of tests, one below it for each test."""

    def run(self) -> list[nodes.Node]:
        self.env.note_dependency(str(TESTS))
        lines = StringList(markdown().splitlines(), source=str(TESTS))
        root = nodes.Element()
        self.state.nested_parse(lines, 0, root, match_titles=True)
        return root.children


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_directive("departures", Departures)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
