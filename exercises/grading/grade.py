"""Grade a folder of notebooks: marks as CSV, a page for each student, a summary.

    python -m exercises.grading.grade --submissions DIR [--set NAME] [--seeds FILE] [--out DIR]

FILE holds whole numbers: the seeds of the hidden cases, in place of those published with the set.
Interrupted, the same command goes on where it stopped: what is graded is kept, and graded again
only when the notebook, the set, the seeds or the limits have changed.
"""

import argparse
import hashlib
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from tqdm import tqdm

from ..inside.kernel_calls import can_be_refused
from ..notebook import Unreadable
from ..task import load, names
from . import records, report, sandbox, submissions
from .marking import Interrupted, Marker, tidy
from .records import Record
from .sandbox import ADVICE, BUBBLEWRAP, NONE, REFUSAL, UNSHARE, Limits, NoSandbox, Sandbox
from .submissions import Submission, printable


class Refused(Exception):
    """Grading cannot begin; the message says why, and what would help."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Grade; 0 if everything that was handed in is in the CSV, 130 when interrupted, else 1."""
    options = parsed(arguments)
    try:
        return grade(options)
    except (Refused, NoSandbox, LookupError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. What is graded is kept; the same command goes on.", file=sys.stderr)
        return 130


def parsed(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--submissions", type=Path, required=True, metavar="DIR")
    parser.add_argument("--set", help="for example ch14_training (default: what they say they are)")
    parser.add_argument("--out", type=Path, metavar="DIR", help="default: grades/SET")
    parser.add_argument("--seeds", type=Path, metavar="FILE")
    parser.add_argument("--jobs", type=int, default=cores(), help="at a time, default: all cores")
    parser.add_argument(
        "--seconds", type=float, default=Limits.seconds, help="for a case (default: %(default)g)"
    )
    parser.add_argument(
        "--unsandboxed",
        action="store_true",
        help="let the students' code read, write and send what you can",
    )
    options = parser.parse_args(arguments)
    if options.jobs < 1 or options.seconds <= 0:
        parser.error("--jobs and --seconds must be more than 0")
    return options


def cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def grade(options: argparse.Namespace) -> int:
    """The whole of it. Raises Refused, NoSandbox or LookupError before anything is graded."""
    if not hasattr(os, "fork"):
        raise NoSandbox(f"{REFUSAL}\n  it is no Unix{ADVICE}")
    folder = options.submissions.absolute()
    try:
        found = submissions.collect(folder)
    except OSError as error:
        raise Refused(f"{folder}: {error.strerror}") from error
    task_set = load(options.set or submissions.meant(found, names()))
    seeds = read_seeds(options.seeds) if options.seeds else None
    out = prepared(options.out or Path("grades", task_set.name), folder)
    limits = Limits(seconds=options.seconds, aside_seconds=options.seconds / 2)
    secrets = [Path(__file__).parents[1], task_set.folder, folder, out]
    secrets += [options.seeds.absolute()] if options.seeds else []
    wall = Sandbox(NONE, (), limits) if options.unsandboxed else sandbox.opened(secrets, limits)

    rows = submissions.of_set(found, task_set.name)
    print(f"{task_set.name}: {len(rows)} to grade, {options.jobs} at a time, {SAID[wall.wall]}.")
    if not can_be_refused():
        print(
            "This machine's system calls are not known here: memory of the kernel is not limited."
        )
    with tempfile.TemporaryDirectory(prefix="grading-") as work:
        os.chmod(work, 0o755)  # started as root, student code runs as nobody
        marker = Marker(task_set, wall, seeds, Path(work))
        done, unsaved = graded(rows, marker, folder, out, options.jobs)
    try:
        for record in unsaved:
            records.save(out / "records", record)
        report.write(out, task_set, done)
    except OSError as error:
        kept = len(records.saved(out / "records"))
        print(f"{out}: {error.strerror}. {kept} graded notebooks are kept there.", file=sys.stderr)
        print("When this is put right, the same command goes on from them.", file=sys.stderr)
        return 1
    print(report.in_short(task_set, done), f"Marks, pages and summary are in {out}.", sep="\n")
    return 1 if any(record.status.startswith(FAILED) for record in done) else 0


SAID = {
    BUBBLEWRAP: "walled off by bubblewrap",
    UNSHARE: "walled off by namespaces",
    NONE: "NOT walled off: their code can read and write what you can",
}
FAILED = "not graded, try again"


def prepared(out: Path, folder: Path) -> Path:
    """Make the folders for the marks. Raises Refused where that cannot be."""
    out = out.absolute()
    if out.resolve().is_relative_to(folder.resolve()):
        raise Refused(f"{out} lies among the submissions: name another place with --out.")
    try:
        for place in (out, out / "records", out / "feedback"):
            place.mkdir(parents=True, exist_ok=True)
            tempfile.TemporaryFile(dir=place).close()
    except OSError as error:
        raise Refused(f"{out}: marks cannot be written there: {error.strerror}") from error
    return out


def read_seeds(path: Path) -> list[int]:
    """The whole numbers in a file. Raises Refused if there is anything else, or nothing."""
    try:
        seeds = [int(word) for word in path.read_text(encoding="utf-8").split()]
    except OSError as error:
        raise Refused(f"{path}: {error.strerror}") from error
    except ValueError as error:
        raise Refused(f"{path}: expected whole numbers from 0, found {error}") from error
    if not seeds or min(seeds) < 0:
        raise Refused(f"{path}: expected whole numbers from 0, found {min(seeds, default='none')}")
    return seeds


def graded(
    rows: list[Submission], marker: Marker, folder: Path, out: Path, jobs: int
) -> tuple[list[Record], list[Record]]:
    """A record for each row, in order; and those that could not be kept. The CSV grows as well."""
    kept = out / "records"
    before = records.saved(kept)
    unsaved = []
    with suppress(OSError):
        report.begin(out, marker.task_set)
    with ThreadPoolExecutor(jobs) as pool:
        futures = [
            pool.submit(one, row, marker, folder, before.get(printable(str(row.path))))
            for row in rows
        ]
        try:
            for future in tqdm(as_completed(futures), total=len(futures), unit="notebook"):
                record = future.result()
                with suppress(OSError):  # at the end it is written anew, and then it is said
                    report.add(out, marker.task_set, record)
                if record.key and record != before.get(record.submission):
                    try:
                        records.save(kept, record)
                    except OSError:
                        unsaved.append(record)
        except KeyboardInterrupt:
            marker.stop.set()
            pool.shutdown(cancel_futures=True)
            raise
    return [future.result() for future in futures], unsaved


def one(row: Submission, marker: Marker, folder: Path, before: Record | None) -> Record:
    """Grade a submission, unless that was done before. Of what goes wrong the record tells."""
    record = Record(row.student, printable(str(row.path)), "graded", row.note)
    if row.problem:
        return replace(record, status=f"not graded: {row.problem}")
    try:
        content, notebook = submissions.opened(folder, row)
        key = hashlib.sha256(marker.key.encode() + content).hexdigest()
        if before and before.key == key:
            return replace(record, key=key, marks=before.marks, seconds=before.seconds)
        start = time.monotonic()
        marks = marker.marks(notebook)
    except Unreadable as error:
        return replace(record, status=tidy(f"not graded: {error}"))
    except Interrupted:
        raise
    except Exception as error:  # of this machine, not of the student; the others are graded
        return replace(record, status=tidy(f"{FAILED}: {type(error).__name__}: {error}"))
    return replace(record, key=key, marks=marks, seconds=round(time.monotonic() - start, 2))


if __name__ == "__main__":
    sys.exit(main())
