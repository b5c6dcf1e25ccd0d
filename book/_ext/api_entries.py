"""The directive `api`: a public name of dlcore, as its docstring tells it.

The docstrings are plain text: paragraphs with blank lines between them;
formulas, which are indented; lines of a name, two spaces and its meaning.
`names` and *titles* stand in them. The body of the directive is an example,
which the tests run.
"""

import importlib
import inspect
import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from importlib.util import find_spec
from itertools import groupby
from typing import Any

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.ext.autodoc.mock import mock
from sphinx.pycode import ModuleAnalyzer
from sphinx.util.docutils import SphinxDirective

# The book can be built without torch.
MISSING = [] if find_spec("torch") else ["torch"]


def resolve(name: str) -> Any:
    """What a dotted name stands for; AttributeError if for nothing."""
    parts = name.split(".")
    found = importlib.import_module(parts[0])
    for i, part in enumerate(parts[1:], start=2):
        if not hasattr(found, part) and inspect.ismodule(found):
            with mock(MISSING), suppress(ModuleNotFoundError):
                importlib.import_module(".".join(parts[:i]))
        found = getattr(found, part)
    return found


def signature(value: Any) -> str:
    """`(name, name=default)`, without types and without self."""
    try:
        found = inspect.signature(value)
    except ValueError:  # an exception's
        return ""
    parameters = [
        p.replace(annotation=p.empty)
        for p in found.parameters.values()
        if p.name != "self"
    ]
    return str(inspect.Signature(parameters))


def comment(name: str) -> str:
    """The string below a constant, in the file that defines it."""
    package, _, constant = name.rpartition(".")
    for module in sorted(sys.modules):
        if module.startswith(package):
            found = ModuleAnalyzer.for_module(module).find_attr_docs()
            if ("", constant) in found:
                return "\n".join(found["", constant])
    raise ValueError(f"{name} has no docstring")


def inline(text: str) -> Iterator[nodes.Node]:
    """Text with `names` and *titles*; a name of dlcore leads to its entry."""
    for part in re.split(r"(`[^`]+`|\*\w[^*]+\w\*)", text):
        inner = part[1:-1]
        if part.startswith("`"):
            code = nodes.literal(inner, inner)
            try:
                known = callable(resolve(f"dlcore.{inner}"))
            except AttributeError:
                known = False
            yield link(inner, code) if known else code
        elif re.match(r"\*\w", part):
            yield nodes.emphasis("", inner)
        else:
            yield nodes.Text(part)


def link(name: str, content: nodes.Node) -> pending_xref:
    """`content`, leading to the one entry whose name ends in `name`."""
    return pending_xref(
        "",
        content,
        refdomain="py",
        reftype="obj",
        reftarget=name,
        refspecific=True,
        refexplicit=True,
        refwarn=True,
    )


def kind(line: str) -> str:
    """What a line of a docstring belongs to."""
    if not line:
        return "space"
    if line.startswith(" "):
        return "formula"
    return "list" if re.match(r"\w+ {2,}\w", line) else "text"


def described(docstring: str) -> Iterator[nodes.Node]:
    """A docstring as nodes of a page."""
    parts = groupby(inspect.cleandoc(docstring).splitlines(), kind)
    for i, (what, lines) in enumerate(parts):
        if what == "formula":
            code = inspect.cleandoc("\n" + "\n".join(lines))
            yield nodes.literal_block(
                code, code, language="none", classes=["formula"]
            )
        elif what == "list":
            yield definitions(lines)
        elif what == "text":
            text = " ".join(lines)
            paragraph = nodes.paragraph("", "", *inline(text))
            paragraph["support_smartquotes"] = False  # some are of code
            if i == 0 and re.match(r"\w+(\[[^]]*\])? = ", text):
                paragraph["classes"].append("formula")
            yield paragraph


def definitions(lines: Iterable[str]) -> nodes.definition_list:
    """Lines of a name and its meaning, with room between them."""
    found = nodes.definition_list()
    for line in lines:
        name, meaning = line.split(maxsplit=1)
        text = nodes.paragraph("", "", *inline(meaning))
        found += nodes.definition_list_item(
            "",
            nodes.term("", "", nodes.literal(name, name)),
            nodes.definition("", text),
        )
    return found


def bases(value: type) -> list[nodes.Node]:
    """What a class inherits, unless that goes without saying."""
    names = [
        base.__name__
        for base in value.__bases__
        if base.__module__.startswith("dlcore") and base.__name__ != "Module"
    ]
    if not names:
        return []
    said = [link(name, nodes.literal(name, name)) for name in names]
    return [nodes.paragraph("", "Builds on ", *said, nodes.Text("."))]


def source(value: Any) -> list[nodes.Node]:
    """Its code, folded."""
    code = inspect.getsource(value)
    return [
        nodes.raw("", "<details><summary>Source</summary>", format="html"),
        nodes.literal_block(code, code, language="python"),
        nodes.raw("", "</details>", format="html"),
    ]


class Api(SphinxDirective):
    """Signature, docstring, example, methods, source."""

    required_arguments = 1
    has_content = True

    def run(self) -> list[nodes.Node]:
        name = self.arguments[0]
        value = resolve(name)
        if inspect.isclass(value):
            is_error = issubclass(value, BaseException)
            kind = "exception" if is_error else "class"
        else:
            kind = "function" if callable(value) else "data"
        text = comment(name) if kind == "data" else value.__doc__
        module, _, own_name = name.rpartition(".")
        self.env.ref_context["py:module"] = module
        found, content = self.head(
            kind, own_name, "" if kind == "data" else signature(value)
        )
        content += described(text)
        content += bases(value) if inspect.isclass(value) else []
        example = "\n".join(self.content)
        content += nodes.literal_block(example, example, language="pycon")
        if inspect.isclass(value):
            content += self.methods(own_name, value)
        self.env.ref_context.pop("py:module")
        if kind != "data":
            self.env.note_dependency(str(inspect.getsourcefile(value)))
            content += source(value)
        return found

    def head(
        self, kind: str, name: str, arguments: str
    ) -> tuple[list[nodes.Node], nodes.Element]:
        """The nodes that Sphinx makes for it, and the one to be filled."""
        parent = nodes.Element()
        lines = [f"```{{py:{kind}}} {name}{arguments}", "```"]
        self.state.nested_parse(StringList(lines), 0, parent)
        return parent.children, parent.children[-1].children[-1]

    def methods(self, name: str, value: type) -> list[nodes.Node]:
        """The public methods that have a docstring of their own."""
        found = []
        for method, function in vars(value).items():
            if (
                inspect.isfunction(function)
                and function.__doc__
                and not method.startswith("_")
            ):
                self.env.ref_context["py:class"] = name
                head, content = self.head(
                    "method", method, signature(function)
                )
                content += described(function.__doc__)
                found += head
        return found


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_directive("api", Api)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
