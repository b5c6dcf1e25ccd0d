"""Every chapter is on every way and in the contents; none asks for what comes later."""

import nbformat
import pytest
import yaml
from chapter_head import head, minutes
from lecture import CHAPTERS, LECTURE, ROWS
from ways import WAYS, runs

from tools.notebooks import ROOT

WRITTEN = [name for name in CHAPTERS if (ROOT / "book" / f"{name}.ipynb").exists()]


def notebook(name):
    return nbformat.read(ROOT / "book" / f"{name}.ipynb", as_version=4)


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way["name"])
def test_a_way_has_each_chapter_once(way):
    assert sorted(way["chapters"]) == sorted(CHAPTERS)


def test_the_first_way_asks_for_nothing_that_comes_later():
    row = WAYS[0]["chapters"]
    for name in WRITTEN:
        for need in head(notebook(name)).needs:
            assert need not in row or row.index(need) < row.index(name), (name, need)


def part_of(chapter):
    """The part of the lecture, and of the contents, in which a chapter belongs."""
    for title, (first, last) in LECTURE["parts"].items():
        if set(CHAPTERS[chapter]) & set(ROWS[ROWS.index(first) : ROWS.index(last) + 1]):
            return title
    return list(LECTURE["parts"])[-1]


def test_the_contents_have_each_chapter_and_its_exercises_in_its_part():
    contents = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    parts = {part["caption"]: part["chapters"] for part in contents["parts"]}
    expected = {}
    for name in WRITTEN:
        entry = {"file": f"book/{name}"}
        if (ROOT / "exercises" / name).exists():
            solution = {"file": f"exercises/{name}/solution", "title": "Solutions"}
            exercise = {"file": f"exercises/{name}/exercise", "sections": [solution]}
            entry["sections"] = [exercise]
        expected.setdefault(part_of(name), []).append(entry)
    found = {title: parts[title] for title in parts if title in LECTURE["parts"]}
    assert found == expected, "_toc.yml: expected what pytest shows on the right"
    titles = [title for title in LECTURE["parts"] if title in found]
    assert list(parts) == [*titles, "Appendices"]


@pytest.mark.parametrize("name", WRITTEN)
def test_a_chapter_is_read_in_less_than_forty_minutes(name):
    assert 10 <= head(notebook(name)).minutes < 40


def test_minutes_count_words_shown_code_and_figures():
    new, v4 = nbformat.v4.new_notebook, nbformat.v4
    words = v4.new_markdown_cell("word " * 1000)
    code = v4.new_code_cell("x = 1\n\n" * 250)
    hidden = v4.new_code_cell("x = 1\n" * 1000, metadata={"tags": ["remove-cell"]})
    figures = [v4.new_code_cell("plt.show()\n" * 100) for _ in range(20)]
    for figure in figures:
        figure.outputs = [v4.new_output("display_data", {"image/png": ""})]
    assert minutes(new(cells=[words, hidden])) == 5
    assert minutes(new(cells=[words, code])) == 10
    assert minutes(new(cells=figures)) == 5  # their code is folded


ABOUT = {"question": "Does it?", "needs": ["ch11_modules", "a little statistics"]}


@pytest.mark.parametrize(
    "change, message",
    [
        ({"question": "It does."}, "book.question with a ?"),
        ({"needs": []}, "book.needs to be a list"),
        ({"needs": ["ch11_module"]}, "a chapter in book.needs, found 'ch11_module'"),
        ({"minutes": 20}, "book: {question, needs}, found"),
    ],
)
def test_a_slip_in_the_head_is_noticed(change, message):
    made = nbformat.v4.new_notebook(metadata={"book": ABOUT})
    assert head(made).needs == ("ch11_modules", "a little statistics")
    made.metadata.book.update(change)
    with pytest.raises(ValueError) as error:
        head(made)
    assert message in str(error.value)


def test_numbers_in_a_row_are_shortened():
    assert runs([1, 2, 3, 4, 5, 6, 9, 10, 13]) == ["1 to 6", "9", "10", "13"]
    assert runs([15]) == ["15"] and runs([]) == []
