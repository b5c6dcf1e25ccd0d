"""What was handed in: for each student a notebook, or a folder with notebooks.

The usual exports have one of these forms:
    DIR/anna.ipynb
    DIR/Anna Ek_1234_assignsubmission_file/exercise.ipynb        Moodle; others are alike
    DIR/anna/ch14_training/exercise.ipynb                        nbgrader's folder `submitted`
"""

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from ..notebook import Notebook, Unreadable, contents, parse

MOST_BYTES = 20_000_000


@dataclass(frozen=True)
class Submission:
    """One row of the marks. `student` is unique; `path` is relative to the folder of them all.

    problem: why there is nothing to grade. note: what the instructor has to decide.
    """

    student: str
    path: Path
    set_name: str = ""
    problem: str = ""
    note: str = ""


def collect(folder: Path) -> list[Submission]:
    """Everything in the folder, in the order of names; only hidden files are passed over.

    Raises OSError if the folder cannot be listed.
    """
    found = []
    for entry in sorted(folder.iterdir()):
        if not hidden(entry.name):
            is_folder = entry.is_dir() and not entry.is_symlink()
            student = printable(entry.name if is_folder else entry.stem)
            paths = list(notebooks(entry)) if is_folder else [entry]
            found += [looked_at(folder, path, student) for path in paths]
            if not paths:
                problem = "no notebook in this folder that can be read"
                found.append(Submission(student, entry.relative_to(folder), problem=problem))
    return found


def of_set(found: list[Submission], set_name: str) -> list[Submission]:
    """A row for each student: of several notebooks those of this set, else those that may be.

    If that leaves more than one, each has a row of its own, and a note.
    """
    students: dict[str, list[Submission]] = {}
    for submission in found:
        students.setdefault(submission.student.casefold(), []).append(submission)
    rows = []
    for submissions in students.values():
        best = max(fit(submission, set_name) for submission in submissions)
        kept = [submission for submission in submissions if fit(submission, set_name) == best]
        if len(kept) > 1:
            note = f"one of {len(kept)} under this name: decide which counts"
            names = [f"{s.student} ({printable(str(s.path))})" for s in kept]
            kept = [replace(s, student=n, note=note) for s, n in zip(kept, names, strict=True)]
        for submission in kept:
            if submission.set_name not in ("", set_name):
                problem = f"wrong set: {submission.set_name}, not {set_name}"
                submission = replace(submission, problem=problem)
            rows.append(submission)
    return rows


def fit(submission: Submission, set_name: str) -> int:
    """How likely this is what the student wants to have graded."""
    if submission.problem:
        return 1
    return {set_name: 3, "": 2}.get(submission.set_name, 0)


def meant(found: list[Submission]) -> str:
    """The set that most of the notebooks say they belong to. Raises LookupError if none does."""
    said = Counter(submission.set_name for submission in found if submission.set_name)
    if not said:
        raise LookupError("No notebook says which set it belongs to: name it with --set.")
    return said.most_common(1)[0][0]


def opened(folder: Path, submission: Submission) -> tuple[bytes, Notebook]:
    """The bytes of a submission and the notebook in them. Raises Unreadable."""
    content = contents(folder / submission.path, MOST_BYTES)
    return content, parse(content)


def looked_at(folder: Path, path: Path, student: str) -> Submission:
    submission = Submission(student, path.relative_to(folder))
    if path.suffix.lower() != ".ipynb" and not path.is_symlink():
        return replace(submission, problem=f"not a notebook: {printable(path.name)}")
    try:
        return replace(submission, set_name=opened(folder, submission)[1].set_name)
    except Unreadable as error:
        return replace(submission, problem=str(error))


def notebooks(folder: Path) -> Iterator[Path]:
    """The notebooks in a folder and in those below it; links are not followed."""
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not hidden(name))
        for name in sorted(files):
            if name.lower().endswith(".ipynb") and not hidden(name):
                yield Path(place, name)


def hidden(name: str) -> bool:
    return name.startswith(".") or name in ("__MACOSX", "Thumbs.db")


def printable(name: str) -> str:
    """A file's name as text that can be stored and shown, another one for every other name."""
    return "".join(
        c if c.isprintable() and c != "\\" else c.encode("unicode_escape").decode() for c in name
    )
