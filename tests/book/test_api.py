"""The API reference: every public name has its entry, and every example gives what it says."""

import doctest
import inspect
import os
import pkgutil
import subprocess
import sys
import warnings
from importlib import import_module
from pathlib import Path

import pytest
from api_entries import described, resolve
from markdown_it import MarkdownIt

import dlcore

BOOK = Path(__file__).resolve().parents[2] / "book"


def fences(path):
    tokens = MarkdownIt().parse(path.read_text(encoding="utf-8"))
    return [token for token in tokens if token.type == "fence"]


def entries():
    """(page, name, example, line) of every entry."""
    for path in sorted((BOOK / "api").glob("*.md")):
        for fence in fences(path):
            directive, _, name = fence.info.partition(" ")
            if directive == "{api}":
                yield path, name, fence.content, fence.map[0] + 1


ENTRIES = list(entries())
NAMES = [name for _, name, _, _ in ENTRIES]


@pytest.fixture(scope="module")
def imports():
    """What the page says that every example begins with."""
    shown = next(fence for fence in fences(BOOK / "api.md") if fence.info == "python")
    found = {}
    exec(shown.content, found)
    return found


@pytest.mark.parametrize("path, name, example, line", ENTRIES, ids=NAMES)
def test_an_example_gives_what_it_says(path, name, example, line, imports, request):
    if "import torch" in example or "to_torch" in example:
        request.getfixturevalue("requires_torch")
    plt = pytest.importorskip("matplotlib.pyplot")
    test = doctest.DocTestParser().get_doctest(example, dict(imports), name, str(path), line)
    said = []
    with warnings.catch_warnings(), plt.rc_context():
        warnings.simplefilter("error")
        result = doctest.DocTestRunner().run(test, out=said.append)
    plt.close("all")
    assert result.attempted > 0, f"{name} has no example"
    assert result.failed == 0, "".join(said)


def public(module):
    """What `__all__` names, or what the module defines, with a docstring."""
    if hasattr(module, "__all__"):
        return [getattr(module, name) for name in module.__all__]
    return [
        value
        for name, value in vars(module).items()
        if (inspect.isfunction(value) or inspect.isclass(value))
        and value.__module__ == module.__name__
        and value.__doc__
        and not name.startswith("_")
    ]


def public_modules():
    """dlcore, the packages and modules that some `__all__` names, and those that nobody names.

    A module of which the package shows nothing under its own name is used under its name.
    """
    shown = {getattr(value, "__module__", None) for value in public(dlcore)}
    for found in pkgutil.walk_packages(dlcore.__path__, "dlcore."):
        if found.ispkg or (found.name.count(".") == 1 and found.name not in shown):
            yield import_module(found.name)
    yield dlcore
    yield dlcore.nn.functional


def test_every_public_name_has_one_entry(requires_torch):
    """Also the classes that public ones are built on. A name in two places is there once."""
    wanted = [value for module in public_modules() for value in public(module)]
    wanted += [
        base
        for value in wanted
        if inspect.isclass(value)
        for base in value.__mro__
        if base.__module__.startswith("dlcore")
    ]
    wanted = {id(value): value for value in wanted if not inspect.ismodule(value)}
    there = [id(resolve(name)) for name in NAMES]
    assert len(there) == len(set(there)), "an entry twice"
    missing = [value for id_, value in wanted.items() if id_ not in there]
    names = [f"{getattr(v, '__module__', '')}.{getattr(v, '__qualname__', v)}" for v in missing]
    assert not names, f"without an entry in book/api/*.md: {', '.join(names)}"
    others = [name for name in NAMES if id(resolve(name)) not in wanted]
    assert not others, f"in book/api/*.md, but not public: {', '.join(others)}"


def test_every_page_is_in_the_table_of_contents():
    toc = (BOOK.parent / "_toc.yml").read_text(encoding="utf-8")
    for path in BOOK.glob("api/*.md"):
        assert f"- file: book/api/{path.stem}\n" in toc


def test_a_docstring_becomes_what_it_looks_like():
    """Formulas keep their lines, text is filled, and where its lines end does not matter."""
    docstring = """Y = 2 X, with a `name`.

    X (N, *), Y the same.
    A sentence that begins in another line.

    weight W (N,): see *The
    Weather*.
        dE/dX = 2 dE/dY
        dE/dW = 0
    first   is the first
    other   is `Tensor`
    """
    found = list(described(docstring))
    assert [type(node).__name__ for node in found] == [
        *["paragraph"] * 3,
        "literal_block",
        "definition_list",
    ]
    first, shapes, text, formula, attributes = found
    assert first["classes"] == ["formula"]
    assert "<literal>name</literal>" in str(first)
    assert shapes.astext() == "X (N, *), Y the same. A sentence that begins in another line."
    assert "see <emphasis>The Weather</emphasis>." in str(text)
    assert formula.astext() == "dE/dX = 2 dE/dY\ndE/dW = 0"
    assert 'reftarget="Tensor"' in str(attributes)


def test_a_name_that_is_nothing_is_refused():
    with pytest.raises(AttributeError):
        resolve("dlcore.nn.Nonsense")


def test_without_torch_there_is_a_stand_in():
    """In a process of its own: what was read with the stand-in computes nothing."""
    code = """
import api_entries, sys
api_entries.MISSING = ["torch"]
print(api_entries.signature(api_entries.resolve("dlcore.interop.to_torch")))
print("torch" in sys.modules)
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=BOOK / "_ext",
        env=os.environ | {"PYTHONPATH": str(BOOK.parent)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["(module)", "False"]
