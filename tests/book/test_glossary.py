"""Terms: each is introduced where the glossary says, and no chapter uses another word for it."""

import re
from collections import Counter
from itertools import chain

import nbformat
import pytest
from terms import FORMS, GLOSSARY, TERMS, WORDS

from tools.notebooks import ROOT, headings

CHAPTERS = {
    path.stem: nbformat.read(path, as_version=4) for path in sorted((ROOT / "book").glob("ch*"))
}


def prose(cell):
    """What a reader reads of a cell, without code and formulas."""
    figure = cell.metadata.get("mystnb", {})
    written = [figure.get("figure", {}).get("caption"), figure.get("image", {}).get("alt")]
    printed = [output.get("text") for output in cell.get("outputs", [])]
    source = cell.source if cell.cell_type == "markdown" else ""
    text = "\n".join(filter(None, [source, *written, *printed]))
    text = re.sub(r"```.*?```|`[^`]*`|\$[^$]*\$|\]\([^)]*\)", " ", text, flags=re.DOTALL)
    return re.sub(r"{\w+}", " ", text)


def sections(notebook):
    """By the name that a link would have, the text of each section, title and code included."""
    found, name = {}, ""
    for cell in notebook.cells:
        titles = [text for _, text in headings([cell])]
        for block in re.split(r"(?m)^(?=#+ )", cell.source if titles else ""):
            if block.startswith("#"):
                name = re.sub(r"[^\w -]", "", titles.pop(0)).lower().replace(" ", "-")
            found[name] = found.get(name, "") + block
        if not re.search(r"(?m)^#+ ", cell.source) or cell.cell_type == "code":
            found[name] = found.get(name, "") + cell.source
    return found


@pytest.mark.parametrize("term", TERMS)
def test_a_term_is_introduced_where_the_glossary_says(term):
    chapter, _, section = TERMS[term]["from"].partition("#")
    text = sections(CHAPTERS[chapter])[section].replace("*", "")
    forms = TERMS[term].get("forms", [term])
    assert any(form.lower() in text.lower() for form in forms), f"{term} is not in {section}"


@pytest.mark.parametrize("term", TERMS)
def test_a_definition_is_a_sentence(term):
    means = TERMS[term]["means"]
    assert means[0].isupper() or means.startswith("`")
    assert means.endswith(".") and "$" not in means


def test_a_form_belongs_to_one_term():
    forms = Counter(chain.from_iterable(entry.get("forms", [t]) for t, entry in TERMS.items()))
    assert max(forms.values()) == 1 and set(forms) == set(FORMS)
    assert WORDS.findall("Jacobian matrices, L29; a Jacobian-free cascade") == [
        "Jacobian matrices",
        "L29",
        "cascade",
    ]


@pytest.mark.parametrize("name", GLOSSARY["instead"])
def test_no_chapter_uses_a_second_word_for_one_thing(name):
    entry = GLOSSARY["instead"][name]
    words = re.compile(rf"(?i)(?<![\w-])(?:{'|'.join(entry['words'])})(?![\w-])")
    found = [
        f"{chapter}, {cell.id}: {match[0]!r}: say {entry['say']}. {entry['because']}"
        for chapter, notebook in CHAPTERS.items()
        if chapter not in entry.get("except", [])
        for cell in notebook.cells
        for match in words.finditer(prose(cell))
    ]
    assert found == []
    said = " ".join(entry["means"] for entry in TERMS.values())
    assert not words.search(re.sub(r"PyTorch calls [^.]*", "", said))


def test_code_and_formulas_are_no_prose():
    cell = nbformat.v4.new_markdown_cell("A `loss`, $loss$, [x](loss.md), {cite}`loss`: a loss.")
    assert re.findall("loss", prose(cell)) == ["loss"]


def test_each_letter_of_the_notation_stands_once_in_the_tables_for_all_chapters():
    page = (ROOT / "book/notation.md").read_text(encoding="utf-8")
    for_all, _, _ = page.partition("## In one chapter only")
    rows = [line.split("|")[1].strip() for line in for_all.splitlines() if line.startswith("| $")]
    letters = Counter(letter for row in rows for letter in re.findall(r"\$([^$]+)\$", row))
    assert len(letters) > 25 and max(letters.values()) == 1
