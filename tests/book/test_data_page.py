"""The page on the data says what the files hold."""

import hashlib
import re
from pathlib import Path

import numpy as np
import pytest

from dlcore import data
from dlcore.data import make

FOLDER = Path(data.__file__).parent
PAGE = Path(__file__).parents[2] / "book" / "data.md"


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize("load", [data.mnist, data.digits])
def test_the_page_describes_the_data(load):
    name = load.__name__
    loaded = load()
    images = loaded.train_images
    page = PAGE.read_text(encoding="utf-8")
    row = [
        f"`{name}()`",
        len(images),
        len(loaded.test_images),
        f"{images.shape[1]}×{images.shape[2]}",
        len(np.unique(images)),
        (FOLDER / f"{name}.npz").stat().st_size,
    ]
    assert f"| {' | '.join(map(str, row))} |" in page
    heading = f"## {name}, {len(images) + len(loaded.test_images)} images"
    assert heading.lower() in page.lower()
    assert re.search(r"License: (.*)\.\n", load.__doc__)[1] in page


def test_the_page_names_every_hash_and_no_other():
    expected = {f"{sha256(file)}  {file.name}" for file in FOLDER.glob("*.npz")}
    expected |= {f"{source.sha256}  {Path(source.table).name}" for source in make.SOURCES.values()}
    assert set(re.findall(r"^[0-9a-f]{64} .*$", PAGE.read_text("utf-8"), re.M)) == expected
