"""Each file is what it should be, wherever and however it is read, and can be made again."""

import hashlib
import inspect
import io
import json
import re
import shutil
import subprocess
import sys
import tomllib
import zlib
from importlib.metadata import PathDistribution
from pathlib import Path

import numpy as np
import pytest

from dlcore import data
from dlcore.data import make, store
from dlcore.data.sources import source
from dlcore.data.sources.source import Original

FOLDER = Path(data.__file__).parent
FILES = sorted(FOLDER.glob("*.npz"))
LOADERS = [pytest.param(getattr(data, file.stem), id=file.stem) for file in FILES]


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def run(code, **options):
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, **options
    )


def arrays(loaded):
    """The arrays in what a loader gives: a tuple, or a dict."""
    values = loaded.values() if isinstance(loaded, dict) else loaded
    return [value for value in values if isinstance(value, np.ndarray)]


@pytest.mark.parametrize("load", LOADERS)
def test_what_a_reader_changes_is_not_seen_by_the_next(load):
    untouched, first = load(), load()
    for array in arrays(first):
        array[...] = 0.5
    if isinstance(first, dict):
        first.clear()
    np.testing.assert_equal(load(), untouched)


def test_import_and_loading_need_numpy_and_nothing_else():
    code = f"""
import sys
import numpy.random  # brings modules of its own

before = set(sys.modules)
from dlcore import data
for name in {[file.stem for file in FILES]}:
    getattr(data, name)()
new = {{name.partition(".")[0] for name in set(sys.modules) - before}}
print(*sorted(new - set(sys.stdlib_module_names) - {{"numpy"}}))
"""
    done = run(code)
    assert done.stdout.split() == ["dlcore"], done.stderr


def test_reads_from_a_zipped_package_in_any_directory(tmp_path):
    archive = shutil.make_archive(
        str(tmp_path / "zipped"), "zip", root_dir=FOLDER.parents[1], base_dir="dlcore"
    )
    code = f"""
import json, sys
sys.path.insert(0, {archive!r})
from dlcore import data
assert data.__file__.startswith({archive!r}), data.__file__
print(json.dumps({{name: len(getattr(data, name)()) for name in {[f.stem for f in FILES]}}}))
"""
    done = run(code, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {f.stem: len(getattr(data, f.stem)()) for f in FILES}


def test_a_wheel_has_every_file_that_is_read_or_must_go_along():
    root = FOLDER.parents[1]
    settings = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]
    packed = {
        f for pattern in settings["package-data"]["dlcore"] for f in root.glob(f"dlcore/{pattern}")
    }
    assert {file for file in FOLDER.iterdir() if file.suffix in (".npz", ".license")} <= packed


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda content: content[:-1], id="truncated"),
        pytest.param(lambda content: content[:999] + b"\0" + content[1000:], id="one byte"),
        pytest.param(lambda content: b"", id="empty"),
    ],
)
@pytest.mark.parametrize("load", LOADERS)
def test_a_damaged_file_is_refused(load, damage, tmp_path, monkeypatch):
    original = FOLDER / f"{load.__name__}.npz"
    damaged = tmp_path / original.name
    damaged.write_bytes(damage(original.read_bytes()))
    monkeypatch.setattr(store, "files", lambda package: tmp_path)
    with pytest.raises(ValueError) as error:
        load()
    assert str(error.value) == (
        f"{damaged} is damaged: expected sha256 {sha256(original)}, got {sha256(damaged)}; "
        "install dlcore again"
    )


@pytest.mark.parametrize("load", LOADERS)
def test_a_missing_file_is_named(load, tmp_path, monkeypatch):
    monkeypatch.setattr(store, "files", lambda package: tmp_path)
    with pytest.raises(FileNotFoundError, match=rf"{load.__name__}\.npz is missing: install"):
        load()


@pytest.fixture(scope="module", params=make.SOURCES)
def rebuilt(request):
    """The name of a committed file, and its content made anew."""
    try:
        return request.param, make.build(make.SOURCES[request.param])
    except (FileNotFoundError, ModuleNotFoundError) as error:
        pytest.skip(f"its original is not here: {error}")


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


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """A package 1.0 that carries one file."""
    (tmp_path / "info").mkdir()
    (tmp_path / "info" / "METADATA").write_text("Name: package\nVersion: 1.0\n")
    (tmp_path / "file").write_bytes(b"content")
    found = PathDistribution(tmp_path / "info")
    monkeypatch.setattr(source, "distribution", lambda package: found)
    return tmp_path / "file"


@pytest.mark.parametrize("version", ["1.0", ""])
def test_an_original_is_read_from_its_package(version, installed):
    assert Original("package", version, "file", sha256(installed)).read() == b"content"


def test_another_file_is_no_original(installed):
    with pytest.raises(ValueError) as error:
        Original("package", "1.0", "file", "0" * 64).read()
    expected = f"expected sha256 {'0' * 64}, got {sha256(installed)}"
    assert str(error.value) == f"{installed} is another file: {expected}"


def test_another_release_has_no_original(installed):
    with pytest.raises(FileNotFoundError, match=r"^file is read from package 2.0, and this is 1.0"):
        Original("package", "2.0", "file", sha256(installed)).read()


def test_a_package_that_is_not_installed_is_named():
    original = Original("no-such-package-1", "", "file", "")
    with pytest.raises(FileNotFoundError, match="from no-such-package-1, which is not installed"):
        original.read()


def test_an_original_in_the_standard_library_belongs_to_one_python(monkeypatch):
    [original] = make.SOURCES["text.npz"].originals
    monkeypatch.setattr(source.platform, "python_version", lambda: "3.11.0")
    with pytest.raises(FileNotFoundError, match=r"from python 3\.11\.7, and this is 3\.11\.0"):
        original.read()


def test_every_file_has_a_loader_and_an_origin_and_all_are_small():
    assert {file.name for file in FILES} == set(make.SOURCES)
    assert {file.stem for file in FILES} < set(data.__all__)
    assert sum(file.stat().st_size for file in FILES) < 4_000_000


def test_a_license_that_must_go_along_lies_beside_its_file():
    licenses = {file.name for file in FOLDER.glob("*.license")}
    assert licenses == {"speech.npz.license", "text.npz.license"}
    for name in licenses:
        loader = getattr(data, name.partition(".")[0])
        assert f"`{name}`, which must go where the file goes" in " ".join(loader.__doc__.split())
        assert "copyright" in (FOLDER / name).read_text("utf-8").lower()


@pytest.mark.parametrize("load", LOADERS)
def test_the_docstring_names_license_and_file(load):
    text = inspect.getdoc(load)  # before Python 3.13, __doc__ is still indented
    assert re.search(r"^License: \w", text, re.M)
    file = f"{load.__name__}.npz"
    assert f"File: `{file}`, sha256 {sha256(FOLDER / file)}" in text
