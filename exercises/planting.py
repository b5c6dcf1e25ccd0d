"""A kind of task: the student writes the check, and the bugs are planted by us.

The answer is handed suspects, one after the other, and says of each whether it is right. A suspect
travels as its source, so that a bug is a change in the source of a right one, as a slip is; the
set's drive.py builds what it says.
"""

import re
from collections.abc import Iterable
from typing import Any

import numpy as np

from .hints import Hint
from .slips import Answer, Slip, changed
from .task import Values


def honest(right: Answer, kind: str, *arguments: Any) -> Values:
    """A suspect without a bug. kind: what is said of it if it is rejected."""
    return suspect(right, (), arguments, kind, False)


def bugged(right: Answer, bugs: Iterable[Slip], *arguments: Any) -> list[Values]:
    """For each bug a suspect that has it; the slip's words say of which kind it is."""
    return [
        suspect(right, change, arguments, bug.says, True) for bug in bugs for change in bug.changes
    ]


def suspect(
    right: Answer, change: tuple[str, ...], arguments: tuple[Any, ...], kind: str, bug: bool
) -> Values:
    """Its source, in which it is called Suspect, and what it is made from."""
    source = re.sub(r"^(class|def) \w+", r"\1 Suspect", changed(right, change))
    return {"source": source, "arguments": list(arguments), "kind": kind, "bug": bug}


def mixed(random: np.random.Generator, suspects: list[Values]) -> list[Values]:
    """In an order in which nobody can guess who is who."""
    return [suspects[k] for k in random.permutation(len(suspects))]


def read_verdicts(inputs: Values, outputs: Values) -> Values | Hint:
    """`verdicts`, if each is True or False."""
    for verdict in outputs["verdicts"]:
        plain = np.ndim(verdict) == 0 and np.asarray(verdict).dtype == bool
        if not plain:
            found = "None" if verdict is None else f"of type {type(verdict).__name__}"
            return Hint(f"return True or False; yours is {found}.")
    return {"verdicts": [bool(verdict) for verdict in outputs["verdicts"]]}


def judge_verdicts(inputs: Values, got: Values, right: Values) -> Hint | None:
    """First how many are misjudged, then of which kind one of them is."""
    pairs = list(zip(inputs["suspects"], got["verdicts"], strict=True))
    through = [suspect["kind"] for suspect, verdict in pairs if verdict and suspect["bug"]]
    rejected = [suspect["kind"] for suspect, verdict in pairs if not (verdict or suspect["bug"])]
    n_bugs = sum(suspect["bug"] for suspect, _ in pairs)
    if through:
        says = f"{len(through)} of the {n_bugs} that have a bug come through."
        return Hint(says, f"One of them: {through[0]}")
    if rejected:
        says = f"{len(rejected)} of the {len(pairs) - n_bugs} that have none are rejected."
        return Hint(says, f"One of them: {rejected[0]}")
    return None
