"""The marks that are kept: one small file for each submission, written as a whole or not at all."""

import hashlib
import json
import os
import re
from dataclasses import asdict, dataclass, field
from pathlib import Path

from .marking import Mark


@dataclass(frozen=True)
class Record:
    """One row of the marks. `key` differs when anything differs that they depend on."""

    student: str
    submission: str
    status: str
    note: str = ""
    marks: dict[str, Mark] = field(default_factory=dict)
    seconds: float = 0.0
    key: str = ""

    @property
    def total(self) -> int:
        return sum(mark.points for mark in self.marks.values())

    @property
    def file_name(self) -> str:
        """A name for files about this submission: unique, and safe on every system."""
        readable = re.sub(r"[^a-z0-9]+", "-", self.student.lower()).strip("-")[:40]
        return f"{readable}-{hashlib.sha256(self.submission.encode()).hexdigest()[:8]}"


def save(folder: Path, record: Record) -> None:
    """Keep a record. Raises OSError if it cannot be written; an older one is then still there."""
    overwrite(folder / f"{record.file_name}.json", json.dumps(asdict(record), indent=1))


def saved(folder: Path) -> dict[str, Record]:
    """The records of earlier runs, by the path of the submission. A damaged file is none."""
    records = {}
    for file in folder.glob("*.json"):
        try:
            fields = json.loads(file.read_text(encoding="utf-8"))
            fields["marks"] = {name: Mark(**mark) for name, mark in fields["marks"].items()}
            record = Record(**fields)
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            continue
        records[record.submission] = record
    return records


def overwrite(path: Path, text: str) -> None:
    """Write a file in one step, so that whoever reads it finds the old text or the new one."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        draft.write_text(text, encoding="utf-8", newline="")
        os.replace(draft, path)
    finally:
        draft.unlink(missing_ok=True)
