"""The built site, served at the root of a server and below a path, and a browser to read it."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tools.browser import PATIENCE, browsing, serving_folder

ROOT = Path(__file__).resolve().parents[2]
SITE = Path(os.environ.get("SITE_HTML", ROOT / "_build" / "html"))

expect.set_options(timeout=PATIENCE)


def page_names():
    """Every page of the book, as a path from the site's root, where there is a redirection."""
    found = sorted(path.relative_to(SITE).as_posix() for path in SITE.rglob("*.html"))
    return [name for name in found if not name.startswith(("_static/", "lite/", "index.html"))]


def pytest_generate_tests(metafunc):
    """A test that takes a `page_name` is one for each page; a `chapter`, for each of these."""
    for argument, start in {"page_name": "", "chapter": "book/ch"}.items():
        if argument in metafunc.fixturenames:
            names = [name for name in page_names() if name.startswith(start)]
            metafunc.parametrize(argument, names or ["of no site"])


@pytest.fixture(scope="session")
def site():
    """The folder with the built pages; SITE_HTML names another one."""
    if not (SITE / "index.html").exists():
        pytest.skip(f"no site: `make book` writes {SITE}")
    return SITE


@pytest.fixture(scope="session")
def site_with_python(site):
    """The same, if code can run on its pages."""
    if not (site / "_static" / "run" / "pyodide").exists():
        pytest.skip("no site with Python for the browser: `make book` says why")
    return site


@pytest.fixture(scope="session")
def pages(site):
    """Every page of the book, as a path from the site's root."""
    return page_names()


@pytest.fixture(scope="session")
def mounted(site, tmp_path_factory):
    """Addresses of the site: at the root of a server, and below a path of another."""
    above = tmp_path_factory.mktemp("server")
    (above / "some" / "where").mkdir(parents=True)
    (above / "some" / "where" / "deep").symlink_to(site)
    with serving_folder(site) as root, serving_folder(above) as below:
        yield {"root": root, "sub-path": f"{below}/some/where/deep"}


@pytest.fixture(scope="session")
def chromium(requires_chromium):
    """A browser, and the list of requests that a proxy refused to carry elsewhere."""
    with browsing(requires_chromium) as (browser, refused):
        yield browser, refused
