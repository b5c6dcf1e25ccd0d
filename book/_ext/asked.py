"""The predictions that a notebook asks for, and the answers that it prints.

A question is an admonition "Before you read on" in a markdown cell. What the
page does with it stands in that cell's metadata, under `predict`; the form is
described in CONTRIBUTING.md. No answer stands there: each is found in what a
later cell has printed, which the tests compare.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from nbformat import NotebookNode
from printed import find, lines, number

TITLE = "Before you read on"
BOX = re.compile(rf"^:{{3,}}{{admonition}} {TITLE}\s*$", re.MULTILINE)
HIDDEN = {"remove-cell", "remove_cell"}

JSON = dict[str, Any]


@dataclass
class Box:
    """One question.

    id: of its cell. asks: what the page shows of each thing asked, as JSON,
    the measured value included; empty where nothing is measured.
    hides: ids of the cells that stay folded.
    """

    id: str
    asks: list[JSON]
    hides: list[str]


def has_box(cell: NotebookNode) -> bool:
    return cell.cell_type == "markdown" and bool(BOX.search(cell.source))


def boxes(notebook: NotebookNode) -> list[Box]:
    """The questions of a notebook, in order.

    Raises ValueError, with a message for each that is wrong.
    """
    found, wrong = [], []
    for place, cell in enumerate(notebook.cells):
        if has_box(cell) or "predict" in cell.metadata:
            try:
                found.append(read(notebook.cells, place))
            except ValueError as error:
                wrong.append(f"prediction {cell.id}: {error}")
    taken: set[str] = set()
    for box in found:
        if not taken.isdisjoint(box.hides):
            wrong.append(f"prediction {box.id}: an earlier one hides the same")
        taken.update(box.hides)
    if wrong:
        raise ValueError(*wrong)
    return found


def read(cells: list[NotebookNode], place: int) -> Box:
    """The question in the cell at this place. Raises ValueError."""
    cell, later = cells[place], cells[place + 1 :]
    told = cell.metadata.get("predict")
    if len(BOX.findall(cell.source)) != 1:
        raise ValueError(f"expected one box {TITLE!r} in the cell")
    if not isinstance(told, dict):
        raise ValueError("expected metadata 'predict', see CONTRIBUTING.md")
    if "think" in told:
        thought_about(told, later)
        return Box(cell.id, [], [])
    only(told, {"asks"}, {"hides", "answered"})
    if not isinstance(told["asks"], list) or not told["asks"]:
        raise ValueError("expected a list of asks")
    asks = [KINDS[kind_of(ask)](ask, later) for ask in told["asks"]]
    keys = {ask["cell"] for ask in asks}
    hides = told.get("hides") or between(later, keys, told.get("answered"))
    for id in hides:
        foldable(one(later, id))
    if not keys <= set(hides):
        raise ValueError(f"expected {keys} among what it hides, found {hides}")
    return Box(cell.id, asks, hides)


def thought_about(told: JSON, later: list[NotebookNode]) -> None:
    """A question without a measured answer: its answer is in the prose."""
    only(told, {"think", "answered", "says"}, set())
    prose = " ".join(one(later, told["answered"]).source.split())
    if told["says"] not in prose:
        raise ValueError(f"expected {told['says']!r} in {told['answered']}")


def between(
    later: list[NotebookNode], keys: set[str], answered: str | None
) -> list[str]:
    """What stays folded unless the author says otherwise.

    That is every output down to the answer, and the prose after it that says
    what came out: the first cell, or all down to the one named.
    """
    ids = [cell.id for cell in later]
    last = max(ids.index(key) for key in keys)
    if answered is None:
        prose = (c for c in later[last:] if c.cell_type == "markdown")
        answered = next((cell.id for cell in prose), ids[last])
    one(later, answered)
    return [
        cell.id
        for k, cell in enumerate(later[: ids.index(answered) + 1])
        if (k > last if cell.cell_type == "markdown" else shows(cell))
    ]


def shows(cell: NotebookNode) -> bool:
    """Whether the page shows an output of the cell."""
    hidden = not HIDDEN.isdisjoint(cell.metadata.get("tags", []))
    return bool(cell.get("outputs")) and not hidden


def foldable(cell: NotebookNode) -> None:
    """Of a cell of prose, what comes before its first heading can fold."""
    if cell.cell_type == "markdown":
        prose = re.split(r"(?m)^#", cell.source)[0]
        if not prose.strip() or BOX.search(prose):
            raise ValueError(f"{cell.id}: expected prose, and no question")
    elif not shows(cell):
        raise ValueError(f"{cell.id}: expected an output that the page shows")


# --- What can be asked ------------------------------------------------------
# Each gives what the page needs: kind, label, what there is to choose from,
# `text` and `value` of what was measured, the cell where it is printed.


def a_number(ask: JSON, later: list[NotebookNode]) -> JSON:
    only(ask, {"kind", "label", "key"}, {"unit", "good"})
    cell, template = key_of(ask, later)
    text = find(cell, template, numeric=True)
    good = ask.get("good", {"factor": 2})
    (rule,) = good if isinstance(good, dict) and len(good) == 1 else [None]
    if rule not in ("factor", "within"):
        raise ValueError(
            f"expected good: {{factor}} or {{within}}, found {good}"
        )
    if rule == "factor" and number(text) <= 0:
        raise ValueError(f"expected good: {{within}} where {text} is measured")
    unit = {"unit": ask["unit"]} if "unit" in ask else {}
    return (
        shown(ask, cell, text) | {"value": number(text), "good": good} | unit
    )


def a_choice(ask: JSON, later: list[NotebookNode]) -> JSON:
    only(ask, {"kind", "label", "key", "options"}, set())
    cell, template = key_of(ask, later)
    options = named(ask["options"], "options")
    ranges = any(".." in printed for printed in options.values())
    text = find(cell, template, numeric=ranges)
    fits = [o for o, printed in options.items() if fitting(text, printed)]
    if len(fits) != 1:
        raise ValueError(
            f"expected one option that fits {text!r}, found {fits}"
        )
    return shown(ask, cell, text) | {
        "options": list(options),
        "value": fits[0],
    }


def an_order(ask: JSON, later: list[NotebookNode]) -> JSON:
    only(ask, {"kind", "label", "key", "items", "first"}, set())
    items = named(ask["items"], "items")
    cell, template = key_of(ask, later)
    if "{item}" not in template:
        raise ValueError(
            f"expected {{item}} in the template, found {template!r}"
        )
    filled = {i: template.replace("{item}", p) for i, p in items.items()}
    texts = {i: find(cell, t, numeric=True) for i, t in filled.items()}
    values = {item: number(text) for item, text in texts.items()}
    if ask["first"] not in ("largest", "smallest"):
        raise ValueError(
            f"expected first: largest or smallest, found {ask['first']!r}"
        )
    right = sorted(
        items, key=values.__getitem__, reverse=ask["first"] == "largest"
    )
    if len(set(values.values())) < len(items):
        raise ValueError(f"expected no two alike, found {texts}")
    if right == list(items):
        raise ValueError("expected items in an order that is not the answer")
    text = ", ".join(f"{item} ({texts[item]})" for item in right)
    return shown(ask, cell, text) | {"items": list(items), "value": right}


KINDS: dict[str, Callable[[JSON, list[NotebookNode]], JSON]] = {
    "number": a_number,
    "choice": a_choice,
    "order": an_order,
}


def kind_of(ask: object) -> str:
    kind = ask.get("kind") if isinstance(ask, dict) else None
    if kind not in KINDS:
        raise ValueError(
            f"expected a kind of {', '.join(KINDS)}, found {kind!r}"
        )
    return str(kind)


def shown(ask: JSON, cell: NotebookNode, text: str) -> JSON:
    kept = {name: ask[name] for name in ("kind", "label")}
    return kept | {"cell": cell.id, "text": text}


def key_of(ask: JSON, later: list[NotebookNode]) -> tuple[NotebookNode, str]:
    """The later cell that prints the answer, and the template to find it."""
    key = ask["key"]
    only(key, {"cell", "find"}, set())
    cell = one(later, key["cell"])
    if not shows(cell) or not lines(cell):
        raise ValueError(f"expected {cell.id} to print what the page shows")
    if "nbval-ignore-output" in cell.metadata.get("tags", []):
        raise ValueError(f"expected {cell.id} to be compared by the tests")
    return cell, key["find"]


def named(told: object, what: str) -> dict[str, str]:
    """By the text that the reader sees, what is printed."""
    pairs = told if isinstance(told, list) else []
    found = dict((t, t) if isinstance(t, str) else t for t in pairs)
    if len(found) < 2 or len(found) < len(pairs):
        raise ValueError(f"expected two or more {what}, found {told}")
    return found


def fitting(text: str, printed: str) -> bool:
    """Whether what is printed is this, or in this range ("0.1..", "..1")."""
    low, dots, high = printed.partition("..")
    if not dots:
        return text == printed
    above = not low or number(text) >= float(low)
    return above and (not high or number(text) < float(high))


def one(cells: list[NotebookNode], id: str) -> NotebookNode:
    for cell in cells:
        if cell.id == id:
            return cell
    raise ValueError(f"expected a cell {id} below the question, found none")


def only(told: JSON, needed: set[str], allowed: set[str]) -> None:
    """Raises ValueError if something lacks, or is not known."""
    names = told.keys() if isinstance(told, dict) else set()
    if not needed <= names <= needed | allowed:
        perhaps = f", perhaps {', '.join(sorted(allowed))}" if allowed else ""
        raise ValueError(
            f"expected {', '.join(sorted(needed))}{perhaps}; "
            f"found {', '.join(names) or told}"
        )
