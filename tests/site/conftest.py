"""The built site, served at the root of a server and below a path, and a browser to read it."""

import os
from pathlib import Path

import pytest

from tools.browser import browsing, serving_folder

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def site():
    """The folder with the built pages; SITE_HTML names another one."""
    folder = Path(os.environ.get("SITE_HTML", ROOT / "_build" / "html"))
    if not (folder / "index.html").exists():
        pytest.skip(f"no site: `make book` writes {folder}")
    return folder


@pytest.fixture(scope="session")
def pages(site):
    """Every page of the book, as a path from the site's root, where there is a redirection."""
    found = sorted(path.relative_to(site).as_posix() for path in site.rglob("*.html"))
    return [name for name in found if not name.startswith(("_static/", "lite/", "index.html"))]


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
