"""What was handed in: for each student a notebook, or a folder with notebooks.

The usual exports have one of these forms:
    DIR/anna.ipynb
    DIR/Anna Ek_1234_assignsubmission_file/exercise.ipynb        Moodle; others are alike
    DIR/anna/ch14_training/exercise.ipynb                        nbgrader's folder `submitted`
"""

import os
import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from ..notebook import Notebook, Unreadable, contents, parse

MOST_BYTES = 20_000_000
MOST_LETTERS = 80  # of what a notebook says of itself
# Names that platforms give: Moodle's, Canvas's, Gradescope's. Each has the student's number in it.
NUMBERED = (
    re.compile(r".+_(\d+)_assignsubmission_\w+$"),
    re.compile(r"[a-z]+(?:_LATE)?_(\d+)_\d+_.+"),
    re.compile(r"submission_(\d+)$"),
)


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
            name = entry.name if is_folder else entry.stem
            student = printable(unicodedata.normalize("NFC", name))
            paths = list(notebooks(entry)) if is_folder else [entry]
            found += [looked_at(folder, path, student) for path in paths]
            if not paths:
                problem = (
                    f"no notebook in this folder, only {', '.join(others(entry)) or 'nothing'}"
                )
                found.append(Submission(student, entry.relative_to(folder), problem=problem))
    return found


def of_set(found: list[Submission], set_name: str) -> list[Submission]:
    """A row for each student: of several notebooks those of this set, else those that may be.

    If that leaves more than one, each has a row of its own, and a note.
    """
    students: dict[str, list[Submission]] = {}
    for submission in found:
        students.setdefault(who(submission.student), []).append(submission)
    rows = []
    for submissions in students.values():
        best = max(fit(submission, set_name) for submission in submissions)
        kept = [submission for submission in submissions if fit(submission, set_name) == best]
        if len(kept) > 1:
            note = f"one of {len(kept)} under this name: decide which counts"
            names = [f"{s.student} ({printable(str(s.path))})" for s in kept]
            kept = [replace(s, student=n, note=note) for s, n in zip(kept, names, strict=True)]
        passed_over = [s for s in submissions if 0 < fit(s, set_name) < best]
        if passed_over:
            files = ", ".join(printable(str(s.path)) for s in passed_over)
            also = f"not graded, as another one says that it is {set_name}: {files}"
            kept = [replace(s, note="; ".join(filter(None, (s.note, also)))) for s in kept]
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


def meant(found: list[Submission], sets: Collection[str]) -> str:
    """The one of these sets that most of the notebooks say they belong to.

    Raises LookupError if it is half of them or less.
    """
    said = Counter(s.set_name for s in found if s.set_name in sets)
    readable = sum(not s.problem for s in found)
    name, count = said.most_common(1)[0] if said else ("", 0)
    if 2 * count <= readable or not count:
        most = f", {count} of them {name}" if count else ""
        raise LookupError(
            f"Of {readable} notebooks {said.total()} say which set they belong to{most}: "
            "name it with --set."
        )
    return name


def who(student: str) -> str:
    """The same for two names that are one student's: the platform's number, or the name."""
    return number_of(student) or student.casefold()


def number_of(student: str) -> str:
    """The number that a learning platform has put into a name; empty if there is none."""
    found = filter(None, (pattern.match(student) for pattern in NUMBERED))
    return next((match[1] for match in found), "")


def others(folder: Path) -> list[str]:
    """The first names of what lies in a folder."""
    names = sorted(p.name for p in folder.rglob("*") if p.is_file() and not hidden(p.name))
    return [printable(name) for name in names[:4]] + ["..."] * (len(names) > 4)


def opened(folder: Path, submission: Submission) -> tuple[bytes, Notebook]:
    """The bytes of a submission and the notebook in them. Raises Unreadable."""
    content = contents(folder / submission.path, MOST_BYTES)
    return content, parse(content)


def looked_at(folder: Path, path: Path, student: str) -> Submission:
    submission = Submission(student, path.relative_to(folder))
    if path.suffix.lower() != ".ipynb" and not path.is_symlink():
        return replace(submission, problem=f"not a notebook: {printable(path.name)}")
    try:
        said = printable(opened(folder, submission)[1].set_name[:MOST_LETTERS])
        return replace(submission, set_name=said)
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
    """What a student wrote, a name, as text that can be stored and shown.

    Another one for every other name. Spaces of all kinds, and what joins letters or keeps them
    apart, are part of names; what turns the direction of writing is not.
    """

    def stays(c: str) -> bool:
        return c != "\\" and (c.isprintable() or c in "\u200c\u200d" or spaces(c))

    def spaces(c: str) -> bool:
        return unicodedata.category(c) == "Zs"

    return "".join(c if stays(c) else c.encode("unicode_escape").decode() for c in name)
