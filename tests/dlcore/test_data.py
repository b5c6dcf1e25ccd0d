"""The data sets are what they say they are, wherever and however they are read."""

import hashlib
import io
import re
import shutil
import subprocess
import sys
import zlib
from importlib.metadata import PackageNotFoundError, PathDistribution
from pathlib import Path

import numpy as np
import pytest

from dlcore import data
from dlcore.data import make, store

FOLDER = Path(data.__file__).parent
FILES = sorted(FOLDER.glob("*.npz"))

# Loader, side of an image, values between paper and ink, images for training and testing.
SETS = [
    pytest.param(data.mnist, 28, 255, 4000, 1000, id="mnist"),
    pytest.param(data.digits, 8, 16, 1397, 400, id="digits"),
]
LOADERS = [pytest.param(data.mnist, id="mnist"), pytest.param(data.digits, id="digits")]


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def run(code, **options):
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, **options
    )


@pytest.mark.parametrize("load, side, ink, train, test", SETS)
def test_shapes_dtypes_and_ranges(load, side, ink, train, test):
    loaded = load()
    for images, labels, count in [
        (loaded.train_images, loaded.train_labels, train),
        (loaded.test_images, loaded.test_labels, test),
    ]:
        assert images.shape == (count, side, side)
        assert labels.shape == (count,)
        assert images.dtype == np.float32
        assert labels.dtype == np.int64
        assert images.min() == 0
        assert images.max() == 1
        levels = images * np.float32(ink)
        assert np.abs(levels - levels.round()).max() < 1e-4
        assert set(labels) == set(range(10))


@pytest.mark.parametrize("load, per_digit", [(data.mnist, 100), (data.digits, 40)])
def test_each_digit_is_tested_equally_often(load, per_digit):
    assert np.bincount(load().test_labels).tolist() == [per_digit] * 10


def test_mnist_is_trained_on_each_digit_equally_often():
    assert np.bincount(data.mnist().train_labels).tolist() == [400] * 10


@pytest.mark.parametrize("load", LOADERS)
def test_no_image_occurs_twice(load):
    loaded = load()
    images = np.concatenate([loaded.train_images, loaded.test_images])
    assert len(np.unique(images, axis=0)) == len(images)


@pytest.mark.parametrize("load", LOADERS)
def test_the_labels_are_shuffled_and_belong_to_the_images(load):
    loaded = load()
    # A run is as long as ten fair labels make it, not as long as sorted ones.
    changes = np.mean(loaded.train_labels[1:] != loaded.train_labels[:-1])
    assert 0.85 < changes < 0.95

    centroids = np.stack([loaded.train_images[loaded.train_labels == d].mean(0) for d in range(10)])
    difference = loaded.test_images[:, None] - centroids
    nearest = np.square(difference).sum((2, 3)).argmin(1)
    assert np.mean(nearest != loaded.test_labels) < 0.25


@pytest.mark.parametrize("load", LOADERS)
def test_the_digits_stand_upright(load):
    loaded = load()
    one = loaded.train_images[loaded.train_labels == 1].mean(0)
    position = np.arange(len(one))

    def spread(profile):
        mean = np.average(position, weights=profile)
        return np.average((position - mean) ** 2, weights=profile)

    assert spread(one.sum(1)) > 2 * spread(one.sum(0))

    seven = loaded.train_images[loaded.train_labels == 7].mean(0)
    top, bottom = seven[: len(seven) // 2], seven[len(seven) // 2 :]
    assert top.sum() > bottom.sum(), "the bar of a 7 is at the top"


def test_digits_are_those_of_scikit_learn():
    datasets = pytest.importorskip("sklearn.datasets", reason="scikit-learn is not installed")
    theirs = datasets.load_digits()
    ours = data.digits()

    def pairs(images, labels):
        return {
            (image.astype(np.uint8).tobytes(), int(label))
            for image, label in zip(images, labels, strict=True)
        }

    assert pairs(theirs.images, theirs.target) == (
        pairs(ours.train_images * 16, ours.train_labels)
        | pairs(ours.test_images * 16, ours.test_labels)
    )


@pytest.mark.parametrize("load", LOADERS)
def test_what_a_reader_changes_is_not_seen_by_the_next(load):
    first, untouched = load(), load()
    for array in first:
        array[...] = 7
    for before, after in zip(untouched, load(), strict=True):
        np.testing.assert_array_equal(before, after)


def test_repr_is_one_short_line():
    assert repr(data.digits()) == (
        "LabeledImages(train_images: float32 (1397, 8, 8), train_labels: int64 (1397,), "
        "test_images: float32 (400, 8, 8), test_labels: int64 (400,))"
    )


def test_import_needs_numpy_and_nothing_else():
    code = """
import sys
import numpy.random  # brings modules of its own

before = set(sys.modules)
from dlcore import data
data.mnist(), data.digits()
new = {name.partition(".")[0] for name in set(sys.modules) - before}
print(*sorted(new - set(sys.stdlib_module_names) - {"numpy"}))
"""
    done = run(code)
    assert done.stdout.split() == ["dlcore"], done.stderr


def test_reads_from_a_zipped_package_in_any_directory(tmp_path):
    archive = shutil.make_archive(
        str(tmp_path / "zipped"), "zip", root_dir=FOLDER.parents[1], base_dir="dlcore"
    )
    code = f"""
import sys
sys.path.insert(0, {archive!r})
from dlcore import data
assert data.__file__.startswith({archive!r}), data.__file__
print(float(data.mnist().train_images.sum()), float(data.digits().train_images.sum()))
"""
    done = run(code, cwd=tmp_path)
    expected = [float(load().train_images.sum()) for load in (data.mnist, data.digits)]
    assert [float(word) for word in done.stdout.split()] == expected, done.stderr


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda content: content[:-1], id="truncated"),
        pytest.param(lambda content: content[:999] + b"\0" + content[1000:], id="one byte"),
        pytest.param(lambda content: b"", id="empty"),
    ],
)
@pytest.mark.parametrize("load, name", [(data.mnist, "mnist.npz"), (data.digits, "digits.npz")])
def test_a_damaged_file_is_refused(load, name, damage, tmp_path, monkeypatch):
    damaged = tmp_path / name
    damaged.write_bytes(damage((FOLDER / name).read_bytes()))
    monkeypatch.setattr(store, "files", lambda package: tmp_path)
    with pytest.raises(ValueError) as error:
        load()
    assert str(error.value) == (
        f"{damaged} is damaged: expected sha256 {sha256(FOLDER / name)}, got {sha256(damaged)}; "
        "install dlcore again"
    )


def test_a_missing_file_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(store, "files", lambda package: tmp_path)
    with pytest.raises(FileNotFoundError, match=r"mnist\.npz is missing: install dlcore again"):
        data.mnist()


@pytest.fixture(scope="module", params=make.SOURCES)
def rebuilt(request):
    """The name of a committed file, and its content made anew."""
    source = make.SOURCES[request.param]
    try:
        return request.param, make.build(source)
    except PackageNotFoundError:
        pytest.skip(f"{source.package}, which carries the original, is not installed")


def test_the_arrays_can_be_made_again(rebuilt):
    name, content = rebuilt
    with np.load(FOLDER / name) as committed, np.load(io.BytesIO(content)) as anew:
        assert committed.files == anew.files
        for array in committed.files:
            np.testing.assert_array_equal(committed[array], anew[array], strict=True)


@pytest.mark.skipif(
    sys.platform == "win32" or "ng" in zlib.ZLIB_RUNTIME_VERSION,
    reason="packs the same arrays into other bytes",
)
def test_the_files_can_be_made_again(rebuilt):
    name, content = rebuilt
    assert hashlib.sha256(content).hexdigest() == sha256(FOLDER / name)


def test_make_refuses_another_original(tmp_path, monkeypatch):
    source = make.SOURCES["digits.npz"]
    table = tmp_path / source.table
    table.parent.mkdir(parents=True)
    table.write_bytes(b"0,0,7")
    monkeypatch.setattr(make, "distribution", lambda package: PathDistribution(tmp_path / "info"))
    with pytest.raises(ValueError) as error:
        make.build(source)
    assert str(error.value) == (
        f"{table} is another file: expected sha256 {source.sha256}, got {sha256(table)}"
    )


def test_every_file_has_a_loader_and_an_origin_and_all_are_small():
    assert {file.name for file in FILES} == set(make.SOURCES)
    assert sum(file.stat().st_size for file in FILES) < 4_000_000


@pytest.mark.parametrize("load", LOADERS)
def test_the_docstring_names_shapes_license_and_file(load):
    text = load.__doc__
    for name, array in load()._asdict().items():
        assert re.search(rf"`{name}`\s+{array.dtype}\s+{re.escape(str(array.shape))}", text)
    assert re.search(r"License: CC BY(-SA)? \d\.0\.", text)
    assert f"File: `{load.__name__}.npz`, sha256 {sha256(FOLDER / f'{load.__name__}.npz')}" in text


def test_the_digits_docstring_counts_the_training_images():
    counts = np.bincount(data.digits().train_labels)
    text = " ".join(data.digits.__doc__.split())
    assert f"all others ({counts.min()} to {counts.max()}) for" in text


@pytest.mark.parametrize("load", [data.mnist, data.digits])
def test_every_stretch_of_the_data_holds_all_digits(load):
    loaded = load()
    for labels in (loaded.train_labels, loaded.test_labels):
        for stretch in np.split(labels[: len(labels) // 200 * 200], len(labels) // 200):
            assert np.bincount(stretch, minlength=10).min() >= 5
