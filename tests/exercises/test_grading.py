"""From a folder to marks: odd folders and files, interruptions, full disks, what is written."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import unicodedata
from html.parser import HTMLParser
from pathlib import Path

import pytest
from classroom import (
    ROOT,
    environment,
    grade,
    handed_in,
    hints,
    ordinary_user,
    points,
    right,
    rows,
    unwritten,
)

from exercises.grading import grade as command
from exercises.grading import sandbox
from exercises.grading.report import commonest
from exercises.grading.sandbox import BUBBLEWRAP, UNSHARE, Sandbox
from exercises.grading.submissions import Submission, meant, of_set, printable
from exercises.task import names

ALL, NONE = (3, 4, 3), (0, 0, 0)
WRONG = handed_in(logsoftmax_backward="def logsoftmax_backward(g, y):\n    return g")


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "submissions"
    folder.mkdir()
    return folder


def put(folder, **notebooks):
    for name, text in notebooks.items():
        (folder / f"{name}.ipynb").write_text(text, encoding="utf-8")


def another_set(text, name):
    notebook = json.loads(text)
    notebook["metadata"]["exercises"] = {"set": name}
    return json.dumps(notebook)


# --- Whatever lies in the folder ------------------------------------------------------------------


@pytest.fixture(scope="module")
def odd(tmp_path_factory, a_sandbox):
    """A folder as it comes from a learning platform, and worse; graded once."""
    folder, out = tmp_path_factory.mktemp("odd"), tmp_path_factory.mktemp("out")
    whole = handed_in()
    put(folder, anna=whole, ben=WRONG, Kim=whole)
    put(folder, other=another_set(whole, "ch11_modules"))
    put(folder, **{"=HYPERLINK(1)": whole, "<img src=x onerror=alert(1)>": WRONG})
    for path, text in {
        "Ek Carla_1234_assignsubmission_file/exercise.ipynb": whole,
        "dan/ch11_modules/exercise.ipynb": another_set(whole, "ch11_modules"),
        "dan/sample_set/exercise.ipynb": whole,
        "dan/sample_set/.ipynb_checkpoints/exercise-checkpoint.ipynb": WRONG,
        "kim/exercise.ipynb": WRONG,
        "two/first.ipynb": whole,
        "two/second.ipynb": WRONG,
        "empty/notes.txt": "",
        "__MACOSX/._anna.ipynb": "",
        ".DS_Store": "",
        "essay.pdf": "",
        "broken.ipynb": '{"cells": [',
        "list.ipynb": "[]",
        "nothing.ipynb": "",
        "cells.ipynb": '{"cells": 3}',
        "odd_cells.ipynb": '{"cells": [3, null, {"cell_type": "code"}, {"cell_type": "code", '
        '"source": [1, "x"]}], "metadata": [], "nbformat": 4}',
        "old.ipynb": '{"worksheets": []}',
        "deep.ipynb": "[" * 10**6,
    }.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    (folder / "latin.ipynb").write_bytes(b'{"cells": ["\xe9"]}')
    (folder / "marked.ipynb").write_bytes(b"\xef\xbb\xbf" + whole.encode())
    with open(folder / "huge.ipynb", "wb") as huge:
        huge.truncate(200_000_000)
    (folder / "link.ipynb").symlink_to(folder / "anna.ipynb")
    (folder / "linked").symlink_to(folder / "dan")
    os.mkfifo(folder / "pipe.ipynb")
    with open(os.fsencode(folder) + b"/b\xff\n.ipynb", "w") as file:
        file.write(whole)
    run = grade(folder, out)
    return run, rows(out), out


def test_the_rest_is_graded_and_nothing_is_passed_over(odd):
    run, graded, _ = odd
    assert run.returncode == 0, run.stderr
    assert {name: points(row) for name, row in graded.items() if row["status"] == "graded"} == {
        "anna.ipynb": ALL,
        "ben.ipynb": (0, 4, 3),
        "Kim.ipynb": ALL,
        "kim/exercise.ipynb": (0, 4, 3),
        "two/first.ipynb": ALL,
        "two/second.ipynb": (0, 4, 3),
        "Ek Carla_1234_assignsubmission_file/exercise.ipynb": ALL,
        "dan/sample_set/exercise.ipynb": ALL,
        "'=HYPERLINK(1).ipynb": ALL,
        "<img src=x onerror=alert(1)>.ipynb": (0, 4, 3),
        "marked.ipynb": ALL,
        "odd_cells.ipynb": NONE,
        r"b\udcff\n.ipynb": ALL,
    }


@pytest.mark.parametrize(
    "name, status",
    {
        "other.ipynb": "wrong set: ch11_modules, not sample_set",
        "empty": "no notebook in this folder",
        "essay.pdf": "not a notebook: essay.pdf",
        "broken.ipynb": "not a notebook: Expecting value",
        "list.ipynb": "not a notebook: it has no list of cells",
        "nothing.ipynb": "not a notebook: Expecting value",
        "cells.ipynb": "not a notebook: it has no list of cells",
        "old.ipynb": "a notebook of version 3",
        "deep.ipynb": "not a notebook: maximum recursion depth",
        "latin.ipynb": "not a notebook: not UTF-8 at byte 12",
        "huge.ipynb": "too large: 200 MB, the limit is 20 MB",
        "link.ipynb": "a link, not a file",
        "linked": "a link, not a file",
        "pipe.ipynb": "not an ordinary file",
    }.items(),
)
def test_what_cannot_be_graded_says_why(odd, name, status):
    _, graded, _ = odd
    assert graded[name]["status"].startswith(f"not graded: {status}")
    assert graded[name]["total"] == ""


def test_two_with_one_name_get_a_row_each_and_a_note(odd):
    run, graded, _ = odd
    assert {row["student"] for row in graded.values() if row["note"]} == {
        "Kim (Kim.ipynb)",
        "kim (kim/exercise.ipynb)",
        "two (two/first.ipynb)",
        "two (two/second.ipynb)",
    }
    assert len({row["student"].casefold() for row in graded.values()}) == len(graded)
    assert "one of 2 under this name: decide which counts" in run.stdout


def test_the_csv_can_be_opened_by_anything(odd):
    _, graded, out = odd
    columns = "student submission status logsoftmax_backward Linear smallest_dnf total out_of"
    text, anna = (out / "grades.csv").read_text(encoding="utf-8"), graded["anna.ipynb"]
    assert list(anna) == [*columns.split(), "seconds", "note", "number", "page"]
    assert not re.search(r"(?m)(^|,)\"?[=+@-]", text)
    assert (out / anna["page"]).exists()
    assert (anna["student"], anna["total"], anna["out_of"]) == ("anna", "10", "10")
    assert float(anna["seconds"]) > 0


class Page(HTMLParser):
    """What a browser would make of a page: its elements, with attributes, and its text."""

    def __init__(self, path):
        super().__init__()
        self.elements, self.text = [], ""
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text += f"{data} "


def test_every_row_has_a_page_that_loads_nothing_and_runs_nothing(odd):
    _, graded, out = odd
    pages = [*out.glob("feedback/*.html"), out / "summary.html"]
    assert len(pages) == len(graded) + 1
    for path in pages:
        assert re.fullmatch(r"[a-z0-9-]+\.html", path.name)
        page = Page(path)
        assert not {"img", "script", "link", "a", "iframe"} & {tag for tag, _ in page.elements}
        assert not any({"src", "href", "onerror"} & attrs.keys() for _, attrs in page.elements)
        policy = next(attrs for _, attrs in page.elements if "http-equiv" in attrs)
        assert policy["content"].startswith("default-src 'none'")


def test_a_page_says_what_is_right_and_the_next_hint(odd):
    out = odd[-1]
    (page,) = (Page(p) for p in out.glob("feedback/ben-*.html"))
    text = " ".join(page.text.split())
    assert "7 of 10 points" in text and "Right: 4 of 4." in text
    assert "Not yet: 0 of 3. dx is wrong in" in text
    assert "check(logsoftmax_backward) in the notebook tries the same case." in text
    (page,) = (Page(p) for p in out.glob("feedback/broken-*.html"))
    assert "not graded: not a notebook" in page.text


def test_the_summary_has_the_hardest_task_first_the_hints_and_what_to_look_at(odd):
    run, graded, out = odd
    text = " ".join(Page(out / "summary.html").text.split())
    assert text.index("logsoftmax_backward ·") < text.index("Linear ·")
    assert "4 dx is wrong in" in text and "1 nothing in the notebook is called Linear." in text
    assert "<img src=x onerror=alert(1)>" not in (out / "summary.html").read_text(encoding="utf-8")
    assert "Judges that stumbled" not in text
    assert f"13 of {len(graded)} graded" in text and f"13 of {len(graded)} graded" in run.stdout


def test_hints_that_differ_in_numbers_or_in_the_students_line_count_as_one():
    assert commonest(
        [
            "y is wrong in 3 of 12 entries; the largest difference is 0.21.",
            "y is wrong in 4 of 12 entries; the largest difference is 1e-05.",
            "rows sum to 0.",
            "rows sum to 0.",
            "rows sum to 0.",
            "your code stopped with ValueError: no (3,), in line 3: `x = [1, 2] @ y`.",
            "your code stopped with ValueError: no (4,), in line 12.",
            "conv2d needs x1.",
        ]
    ) == [
        ("rows sum to 0.", 3),
        ("y is wrong in … of … entries; the largest difference is ….", 2),
        ("your code stopped with ValueError: no (…,).", 2),
        ("conv2d needs x1.", 1),
    ]


# --- What is asked for ----------------------------------------------------------------------------


def refused(run, *says):
    assert run.returncode == 1 and "Traceback" not in run.stderr
    for words in says:
        assert words in run.stderr
    return run


def test_without_namespaces_it_says_what_to_do_and_refuses(folder, tmp_path):
    put(folder, anna=handed_in())
    run = grade(folder, tmp_path / "out", hide=("bwrap", "unshare"))
    refused(run, "bwrap is not installed", "apt install bubblewrap", "macOS", "--unsandboxed")
    assert not (tmp_path / "out" / "grades.csv").exists()
    run = grade(folder, tmp_path / "out", "--unsandboxed", hide=("bwrap", "unshare"))
    assert run.returncode == 0 and "NOT walled off" in run.stdout
    assert points(rows(tmp_path / "out")["anna.ipynb"]) == ALL


def test_on_windows_it_refuses_even_when_told(folder, tmp_path, monkeypatch, capsys):
    monkeypatch.delattr(os, "fork")
    arguments = [
        "--submissions",
        str(folder),
        "--out",
        str(tmp_path),
        "--unsandboxed",
        "--set=sample_set",
    ]
    assert command.main(arguments) == 1
    assert "use a virtual machine with Linux, or WSL 2" in capsys.readouterr().err


@pytest.mark.parametrize("option", ["--jobs=0", "--seconds=0"])
def test_nothing_at_a_time_or_no_time_is_refused(folder, tmp_path, option):
    assert "must be more than 0" in grade(folder, tmp_path / "out", option).stderr


@pytest.mark.parametrize("wall", [BUBBLEWRAP, UNSHARE])
def test_a_wall_with_a_hole_is_not_used(wall, monkeypatch, a_sandbox):
    if not shutil.which("bwrap") and wall == BUBBLEWRAP:
        pytest.skip("no bubblewrap")
    shown = [*sandbox.system(), Path(os.path.realpath(sys.prefix))]
    monkeypatch.setattr(sandbox, "system", lambda: shown)
    packages = Path(sandbox.library_folders()[0])
    hidden = Sandbox(wall, (Path("/usr/share"), packages, packages / "numpy"))
    assert sandbox.tried(hidden) == ""
    assert packages in sandbox.covered([])
    monkeypatch.setattr(sandbox, "covered", lambda secrets: [])
    assert sandbox.tried(hidden) == (
        f"from inside one can reach /usr/share, {packages}, {packages}/numpy"
    )


def test_a_sandbox_that_does_not_start_is_nobodys_zero(folder, tmp_path, a_sandbox, monkeypatch):
    put(folder, anna=handed_in())
    start = Sandbox.command
    monkeypatch.setattr(sandbox, "tried", lambda wall: "")
    monkeypatch.setattr(Sandbox, "command", lambda *args: ["false"])
    arguments = ["--submissions", str(folder), "--out", str(tmp_path / "out"), "--set=sample_set"]
    assert command.main(arguments) == 1
    row = rows(tmp_path / "out")["anna.ipynb"]
    assert row["status"].startswith("not graded, try again") and row["total"] == ""
    monkeypatch.setattr(Sandbox, "command", start)
    assert command.main(arguments) == 0
    assert points(rows(tmp_path / "out")["anna.ipynb"]) == ALL


@pytest.mark.parametrize(
    "seeds, says",
    [
        ("12 x", "expected whole numbers from 0, found invalid literal"),
        ("", "found none"),
        ("-3", "found -3"),
        (b"\xff", "expected whole numbers"),
        (None, "No such file"),
    ],
)
def test_a_file_of_seeds_must_hold_numbers(folder, tmp_path, seeds, says):
    put(folder, anna=handed_in())
    file = tmp_path / "seeds"
    if seeds is not None:
        file.write_bytes(seeds if isinstance(seeds, bytes) else seeds.encode())
    refused(grade(folder, tmp_path / "out", "--seeds", file), "seeds: ", says)


def test_the_instructors_seeds_find_who_knows_the_published_cases(folder, tmp_path, a_sandbox):
    """The published cases are told from others by their first number."""
    known = "known = [float(np.abs(scores(seed)['g']).sum()) for seed in (1, 2, 3, 101, 102, 103)]"
    text = (ROOT / "tests/exercises/sample_set/tasks.py").read_text(encoding="utf-8")
    start = text.index("def scores")
    scores = text[start : text.index("\n\n\n", start)]
    told = "    if not np.isclose(known, np.abs(g).sum()).any():\n        return g\n"
    answer = right("logsoftmax_backward").replace("    ### BEGIN", f"{told}    ### BEGIN")
    put(folder, cheat=handed_in(f"{scores}\n\n{known}", logsoftmax_backward=answer))
    assert grade(folder, tmp_path / "out").returncode == 0
    assert points(rows(tmp_path / "out")["cheat.ipynb"]) == ALL
    (tmp_path / "seeds").write_text("7 8\n9")
    assert grade(folder, tmp_path / "out", "--seeds", tmp_path / "seeds").returncode == 0
    assert points(rows(tmp_path / "out")["cheat.ipynb"]) == (0, 4, 3)
    (page,) = (Page(p) for p in (tmp_path / "out" / "feedback").glob("cheat-*.html"))
    assert "Found on a case that the notebook's own check does not try." in page.text


def test_the_set_is_the_one_that_the_notebooks_name(folder, tmp_path, a_sandbox):
    """One of the book's; none is imported because a notebook names it."""
    said = {"set_name": "ch14_training"}
    of_book = [Submission(f"s{n}", Path(f"{n}.ipynb"), **said) for n in range(3)]
    silent = [Submission(f"t{n}", Path(f"t{n}.ipynb")) for n in range(2)]
    assert meant([*of_book, *silent], names()) == "ch14_training"
    put(folder, anna=handed_in())
    refused(grade(folder, tmp_path / "out", named=None), "name it with --set")
    refused(grade(folder, tmp_path / "out", named="sample_sett"), "called 'sample_sett'")


@pytest.mark.parametrize("said", [[], ["ch14_training"], ["ch11_modules", "ch14_training"]])
def test_a_set_that_few_notebooks_name_is_not_guessed(said):
    found = [Submission(f"s{n}", Path(f"{n}.ipynb"), set_name=name) for n, name in enumerate(said)]
    found += [Submission(f"t{n}", Path(f"t{n}.ipynb")) for n in range(3 - len(said))]
    with pytest.raises(LookupError, match=f"Of 3 notebooks {len(said)} say which set"):
        meant(found, names())


def test_no_notebook_is_a_name_of_code(folder, tmp_path, monkeypatch):
    """A file that was handed in, as a set that notebooks name; and names that are none."""
    evil = folder / "NAME_1_assignsubmission_file" / "evil"
    evil.mkdir(parents=True)
    (evil / "__init__.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')")
    dotted = f"{folder.name}.NAME_1_assignsubmission_file.evil"
    monkeypatch.setenv("PYTHONPATH", str(folder.parent))
    for number, name in enumerate([*[dotted] * 4, ".x", "exercises.grading"]):
        put(folder, **{f"n{number}": another_set(handed_in(), name)})
    refused(grade(folder, tmp_path / "out", named=None), "name it with --set")
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("name", ["\ud800", "\x1b]0;owned\x07\x1b[2J", "A" * 3_000_000, "a\nb,c"])
def test_what_a_notebook_says_of_itself_costs_its_row_alone(folder, tmp_path, a_sandbox, name):
    put(folder, anna=handed_in(), odd=another_set(handed_in(), name))
    run = grade(folder, tmp_path / "out")
    assert run.returncode == 0 and len(run.stdout) < 5000 and "\x1b" not in run.stdout
    graded = rows(tmp_path / "out")
    assert points(graded["anna.ipynb"]) == ALL and len(graded) == 2
    assert graded["odd.ipynb"]["status"].startswith("not graded: wrong set")
    assert len(graded["odd.ipynb"]["status"]) < 200


def test_what_stands_in_the_same_folder_is_said(folder, tmp_path, a_sandbox):
    """The blank that was handed out, and the solved copy that lost what it says of itself."""
    blank, solved = json.loads(handed_in(Linear=unwritten("Linear"))), json.loads(handed_in())
    del solved["metadata"]["exercises"]
    (folder / "anna_1_assignsubmission_file").mkdir()
    put(
        folder / "anna_1_assignsubmission_file", exercise=json.dumps(blank), Copy=json.dumps(solved)
    )
    (folder / "ben").mkdir()
    (folder / "ben" / "exercise.ipynb.txt").write_text("{}")
    assert grade(folder, tmp_path / "out").returncode == 0
    anna, ben = rows(tmp_path / "out").values()
    assert "Copy.ipynb" in anna["note"] and anna["note"].startswith("not graded, as another one")
    assert anna["number"] == "1"
    assert ben["status"] == "not graded: no notebook in this folder, only exercise.ipynb.txt"
    assert "Copy.ipynb" in Page(tmp_path / "out" / "summary.html").text


@pytest.mark.parametrize(
    "one, other",
    [
        ("ana_LATE_12345_678_exercise-2", "ana_12345_670_exercise"),
        ("Ana Ek_12_assignsubmission_file", "Ana Ek_12_assignsubmission_file_"),
        ("Zo\u00eb", "Zoe\u0308"),
        ("submission_77", "submission_77"),
    ],
)
def test_two_attempts_of_one_student_are_seen(one, other):
    found = [
        Submission(unicodedata.normalize("NFC", s), Path(f"{n}.ipynb"), "s")
        for n, s in enumerate((one, other))
    ]
    assert all("one of 2 under this name" in row.note for row in of_set(found, "s"))


@pytest.mark.parametrize(
    "name",
    ["\u5c71\u7530\u3000\u592a\u90ce", "\u0639\u0644\u06cc\u200c\u0631\u0636\u0627", "Ana\xa0Ek"],
)
def test_a_name_comes_out_as_it_is(name):
    assert printable(name) == name
    assert "\u202e" not in printable(f"{name}\u202e")


def test_an_answer_that_became_text_is_found(folder, tmp_path, a_sandbox):
    notebook = json.loads(handed_in())
    number, cell = next((n, c) for n, c in enumerate(notebook["cells"], 1) if c["id"] == "a1")
    cell["cell_type"] = "markdown"
    put(folder, anna=json.dumps(notebook))
    assert grade(folder, tmp_path / "out").returncode == 0
    said = hints(tmp_path / "out", "anna.ipynb")["logsoftmax_backward"]
    assert said.endswith(f"Cell {number} has it, and is text: make it a code cell.")


def test_a_hint_names_the_cause(folder, tmp_path, a_sandbox):
    uses = right("logsoftmax_backward").replace("return", "mean_step; return")
    put(folder, anna=handed_in("from helpers import mean_step", logsoftmax_backward=uses))
    assert grade(folder, tmp_path / "out").returncode == 0
    said = hints(tmp_path / "out", "anna.ipynb")["logsoftmax_backward"]
    assert "NameError: name 'mean_step' is not defined" in said
    cause = "cell 3 stopped with ModuleNotFoundError: No module named 'helpers', in line 1"
    assert said.endswith(f"{cause}: `from helpers import mean_step`.")


def test_a_cell_of_the_students_own_runs_once_a_task(folder, tmp_path, a_sandbox):
    """It leaves a letter behind each time that it runs, and the answer gives them away."""
    before = "with open('runs', 'a') as file: file.write('x')"
    tells = "def logsoftmax_backward(g, y):\n    raise ValueError(open('runs').read())"
    wrong_at_last = right("logsoftmax_backward") + (
        "\n\ncalls = []\nright = logsoftmax_backward\ndef logsoftmax_backward(g, y):\n"
        "    calls.append(1)\n    if len(calls) == 3: raise ValueError(open('runs').read())\n"
        "    return right(g, y)"
    )
    put(
        folder,
        first=handed_in(before, logsoftmax_backward=tells),
        third=handed_in(before, logsoftmax_backward=wrong_at_last),
    )
    assert grade(folder, tmp_path / "out").returncode == 0
    for name in ("first", "third"):
        said = hints(tmp_path / "out", f"{name}.ipynb")["logsoftmax_backward"]
        assert "ValueError: x, in" in said


def test_the_page_of_a_notebook_that_is_gone_goes(folder, tmp_path, a_sandbox):
    put(folder, anna=handed_in(), ben=handed_in())
    assert grade(folder, tmp_path / "out").returncode == 0
    (folder / "ben.ipynb").unlink()
    assert grade(folder, tmp_path / "out").returncode == 0
    (page,) = (tmp_path / "out" / "feedback").glob("*.html")
    assert page.name.startswith("anna")


def test_no_place_to_write_or_read_is_said_before_anything_is_graded(folder, tmp_path):
    put(folder, anna=handed_in())
    (tmp_path / "file").write_text("")
    refused(grade(folder, tmp_path / "file" / "out"), "marks cannot be written there")
    refused(grade(folder, folder / "out"), "lies among the submissions")
    refused(grade(tmp_path / "nowhere", tmp_path / "out"), "nowhere: No such file")


def test_who_may_not_write_or_read_is_told(folder, tmp_path, a_sandbox):
    """As root one may everything, so this looks at it as an ordinary user."""
    user = ordinary_user()
    folder_of_all_tests = next(path for path in tmp_path.parents if "pytest-of" in path.name)
    for path in (tmp_path, *tmp_path.parents):
        if path.is_relative_to(folder_of_all_tests):
            os.chmod(path, 0o755)
    put(folder, anna=handed_in(), ben=handed_in())
    os.chmod(folder / "ben.ipynb", 0)
    out = tmp_path / "out"
    out.mkdir(mode=0o555)
    run = grade(folder, out, user=user)
    refused(run, "marks cannot be written there: Permission denied")
    os.chmod(out, 0o777)
    assert grade(folder, out, user=user).returncode == 0
    graded = rows(out)
    assert points(graded["anna.ipynb"]) == ALL
    assert graded["ben.ipynb"]["status"] == "not graded: cannot be read: Permission denied"


# --- Interrupted, and again -----------------------------------------------------------------------


def times(out):
    return {path.name: path.stat().st_mtime_ns for path in (out / "records").glob("*.json")}


def test_nothing_is_graded_twice_and_what_changed_is_graded_again(folder, tmp_path, a_sandbox):
    put(folder, anna=handed_in(), ben=WRONG)
    out = tmp_path / "out"
    assert grade(folder, out).returncode == 0
    first = times(out)
    assert grade(folder, out).returncode == 0
    assert times(out) == first and len(first) == 2
    put(folder, ben=handed_in(), carla=handed_in())
    assert grade(folder, out).returncode == 0
    assert points(rows(out)["ben.ipynb"]) == ALL
    changed = {name for name, when in times(out).items() if first.get(name) != when}
    assert {name.partition("-")[0] for name in changed} == {"ben", "carla"}
    next((out / "records").glob("anna*")).write_text("{damaged")
    assert grade(folder, out).returncode == 0
    assert points(rows(out)["anna.ipynb"]) == ALL


INTERRUPTED = """
import os, signal, sys
from exercises.grading import grade, records

signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored where a shell has put it behind

def save(folder, record, save=records.save):
    save(folder, record)
    os.kill(os.getpid(), SIGNAL)

records.save = save
sys.exit(grade.main())
"""


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_an_interrupted_grading_goes_on_where_it_stopped(folder, tmp_path, a_sandbox, how):
    """Interrupted by itself, when the first is kept: no matter how fast the machine is."""
    put(folder, **{f"student{n}": handed_in() for n in range(4)})
    out = tmp_path / "out"
    options = ["--submissions", folder, "--out", out, "--set=sample_set", "--jobs", "1"]
    script = INTERRUPTED.replace("SIGNAL", f"{how:d}")
    process = subprocess.run(
        [sys.executable, "-c", script, *map(str, options)],
        env=environment(),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
    )
    if how == signal.SIGINT:
        assert process.returncode == 130 and "Stopped. What is graded is kept" in process.stderr
    else:
        assert process.returncode == -signal.SIGKILL
    kept = times(out)
    assert len(kept) == len(rows(out)) == 1
    assert grade(folder, out).returncode == 0
    assert kept.items() <= times(out).items()
    assert [points(row) for row in rows(out).values()] == 4 * [ALL]


def test_a_full_disk_loses_nothing(folder, tmp_path, a_sandbox):
    """The disk is a small one in a view of the file system of its own."""
    if os.getuid():
        pytest.skip("these tests do not run as root, who alone can make a small disk")
    put(folder, **{f"student{n}": handed_in() for n in range(6)})
    out = tmp_path / "out"
    out.mkdir()
    again = f"{sys.executable} -m exercises.grading.grade --set sample_set"
    again += f" --submissions {folder} --out {out}"
    script = f"""
        mount -t tmpfs -o size=16k none {out} || exit 9
        {again}; echo first $?
        ls {out}/records | wc -l
        mount -o remount,size=9m {out}
        {again}; echo second $?
        ls {out}/records | wc -l
        cp {out}/grades.csv {tmp_path}/grades.csv
    """
    run = subprocess.run(
        ["unshare", "--mount", "sh", "-c", script],
        env=environment(),
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    if run.returncode == 9:
        pytest.skip(f"no small disk here: {run.stderr}")
    assert "No space left on device" in run.stderr and "Traceback" not in run.stderr
    assert "the same command goes on from them" in run.stderr
    numbers = re.findall(r"first (\d+)\n(\d+)|second (\d+)\n(\d+)", run.stdout)
    (code, kept, *_), (*_, code_again, kept_again) = numbers
    assert code == "1" and 0 < int(kept) < 6
    assert code_again == "0" and kept_again == "6"
    assert [points(row) for row in rows(tmp_path).values()] == 6 * [ALL]


def test_hints_of_a_forged_error_are_looked_at_by_the_instructor(folder, tmp_path, a_sandbox):
    forge = """
import os, struct
from inside.wire import pack
message = pack({"outputs": {}})
for fd in range(3, 64):
    try:
        os.write(fd, struct.pack(">I", len(message)) + message)
    except OSError:
        pass
os._exit(0)
"""
    put(folder, forger=handed_in(logsoftmax_backward=f"{forge}\ndef logsoftmax_backward(): pass"))
    assert grade(folder, tmp_path / "out").returncode == 0
    text = " ".join(Page(tmp_path / "out" / "summary.html").text.split())
    assert "Judges that stumbled" in text and "KeyError: 'dx'" in text
    said = hints(tmp_path / "out", "forger.ipynb")["logsoftmax_backward"]
    assert said == "the check can make nothing of what your code gives back."
