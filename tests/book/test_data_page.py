"""The page on the data says what the files hold."""

import hashlib
import re
import textwrap
from pathlib import Path

import numpy as np
import pytest

from dlcore import data
from dlcore.data import make

FOLDER = Path(data.__file__).parent
PAGE = Path(__file__).parents[2] / "book" / "data.md"


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture(scope="module")
def page():
    return PAGE.read_text(encoding="utf-8")


def size(name):
    return (FOLDER / f"{name}.npz").stat().st_size


@pytest.mark.parametrize("load", [data.mnist, data.digits])
def test_the_page_describes_the_digits(load, page):
    name = load.__name__
    loaded = load()
    images = loaded.train_images
    row = [
        f"`{name}()`",
        len(images),
        len(loaded.test_images),
        f"{images.shape[1]}×{images.shape[2]}",
        len(np.unique(images)),
        size(name),
    ]
    assert f"| {' | '.join(map(str, row))} |" in page
    heading = f"## {name}, {len(images) + len(loaded.test_images)} images"
    assert heading.lower() in page.lower()
    assert re.search(r"License: (.*)\.\n", load.__doc__)[1] in page


def test_the_page_describes_photographs_speech_and_text(page):
    images, spoken, topics = data.photographs(), data.speech(), data.text()
    [(height, width)] = {image.shape for image in images.values()}
    seconds = len(spoken.samples) / spoken.rate
    tiers = (
        f"{len(spoken.phones)} phones, {len(spoken.syllables)} syllables and {len(spoken.words)}"
    )
    characters = sum(map(len, topics.values()))
    for name, what in [
        ("photographs", f"{len(images)} gray photographs of {height}×{width} pixels, by name"),
        (
            "speech",
            f"one sentence read aloud, {seconds:.3f} s at {spoken.rate} Hz, "
            f"with the times of {tiers} words",
        ),
        ("text", f"{len(topics)} topics of Python's help, {characters} characters"),
    ]:
        assert f"| `{name}()` | {what} | {size(name)} |" in page
    assert f"## Photographs, {len(images)} images" in page
    assert f'"{spoken.sentence}"' in page
    assert f"## Text, {len(topics)} topics" in page


def test_each_photograph_has_its_license_on_the_page(page):
    rows = re.findall(r"^  \| (`.*) \| .+ \| (?:CC0 1\.0|public domain) \|$", page, re.M)
    assert sorted(re.findall(r"`(\w+)`", " ".join(rows))) == list(data.photographs())


def test_a_license_that_must_go_along_is_on_the_page(page):
    included = set(re.findall(r"{literalinclude} \.\./dlcore/data/(.*)", page))
    assert included == {file.name for file in FOLDER.glob("*.license")}


def test_the_page_tells_how_the_files_are_made(page):
    """As the docstring of `make` does."""
    commands = re.search(r"::\n\n(.*?\n)\n[^ ]", make.__doc__, re.S)[1]
    assert f"```bash\n{textwrap.dedent(commands)}```" in page
    for source in make.SOURCES.values():
        for original in source.originals:
            if original.version and original.package != "python":
                assert f"{original.package}=={original.version}" in commands


def test_the_page_names_every_hash_and_no_other(page):
    expected = {f"{sha256(file)}  {file.name}" for file in FOLDER.glob("*.npz")}
    expected |= {
        f"{original.sha256}  {Path(original.path).name}"
        for source in make.SOURCES.values()
        for original in source.originals
    }
    assert set(re.findall(r"^[0-9a-f]{64} .*$", page, re.M)) == expected
