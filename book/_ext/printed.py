"""What a cell of a stored notebook has printed, found by a template.

A template is a printed line with the value left out:

    {}     the value, a number or a text
    _      one word, whatever it is
    ...    any words, or none

How many blanks stand between two words does not matter, nor what comes after
the last one. So

    width 100: ... {} times as many

finds 67 in `width  100:  30,000 or 2,010,000,  67 times as many`.
"""

import re

from nbformat import NotebookNode

NUMBER = r"(?<![\d.])[-+−]?\d[\d,]*(?:\.\d+)?(?:e[-+]?\d+)?(?![\d.,]*\d)"


def lines(cell: NotebookNode) -> list[str]:
    """What the cell has printed, and the texts of its results."""
    text = ""
    for output in cell.get("outputs", []):
        data = output.get("data", {})
        if output.output_type == "stream":
            text += output.text
        elif "image/png" not in data:
            text += f"\n{data.get('text/plain', '')}\n"
    return text.splitlines()


def prints(cell: NotebookNode, line: str) -> bool:
    """Whether the cell has printed this line, whatever blanks are in it."""
    return line.split() in [each.split() for each in lines(cell)]


def find(cell: NotebookNode, template: str, numeric: bool = False) -> str:
    """The value in the one line of the cell that fits.

    numeric: the value is a number. Raises ValueError if no line fits, or if
    several do.
    """
    pattern = compiled(template, numeric)
    found = [fit[1] for line in lines(cell) if (fit := pattern.match(line))]
    if len(found) != 1:
        raise ValueError(
            f"expected one printed line that fits {template!r}, "
            f"found {len(found)}"
        )
    return str(found[0])


def compiled(template: str, numeric: bool) -> re.Pattern[str]:
    """Raises ValueError if the template has not one place for a value."""
    if template.count("{}") != 1:
        raise ValueError(
            f"expected one {{}} in a template, found {template!r}"
        )
    value = f"({NUMBER})" if numeric else r"(\S.*?)"
    pattern, gap = r"\s*", ""
    for word in template.split():
        if word == "...":
            gap += r"(?:\S.*?\s+)??"
        else:
            parts = [
                value if p == "{}" else re.escape(p) for p in pieces(word)
            ]
            pattern += gap + (r"\S+" if word == "_" else "".join(parts))
            gap = r"\s+"
    whole = template.endswith("{}") and not numeric  # to the end of the line
    return re.compile(pattern + (r"\s*$" if whole else r"(?!\w)"))


def pieces(word: str) -> list[str]:
    """The word, cut where the value stands."""
    return re.split(r"({})", word)


def number(text: str) -> float:
    """The number that was printed as this text."""
    return float(text.replace(",", "").replace("−", "-"))
