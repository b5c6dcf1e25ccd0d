"""The built site in a Chromium that reaches nothing but the site."""

import gzip
import http.server
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Page, Request, sync_playwright

HERE = "127.0.0.1"

# Milliseconds. No page needs them, on the slowest machine with much else to do; what hangs, ends.
PATIENCE = 600_000

# What a Chromium asks for on its own account, whatever page it shows.
OF_THE_BROWSER = (
    "accounts.google.com",
    "clients2.google.com",
    "content-autofill.googleapis.com",
    "update.googleapis.com",
    "optimizationguide-pa.googleapis.com",
)


class Files(http.server.SimpleHTTPRequestHandler):
    """The files of a folder, as the simplest of servers gives them."""

    def log_message(self, *arguments: Any) -> None:
        pass


class Refusal(http.server.BaseHTTPRequestHandler):
    """The answer to every request that would leave this machine."""

    refused: list[str]

    def refuse(self) -> None:
        if not any(name in self.path for name in OF_THE_BROWSER):
            self.refused.append(f"{self.command} {self.path}")
        self.send_error(403)

    do_GET = do_HEAD = do_POST = do_PUT = do_OPTIONS = do_CONNECT = refuse

    def log_message(self, *arguments: Any) -> None:
        pass


@contextmanager
def serving(handler: Any) -> Iterator[int]:
    """The port of a server on this machine, which answers by `handler`."""
    with http.server.ThreadingHTTPServer((HERE, 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def serving_folder(folder: Path) -> Iterator[str]:
    """The address under which the files of `folder` are served."""
    with serving(partial(Files, directory=folder)) as port:
        yield f"http://{HERE}:{port}"


def chromium() -> str | None:
    """The path of a Chromium on this machine; None if there is none."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return next(filter(None, map(shutil.which, names)), None)


@contextmanager
def browsing(executable: str) -> Iterator[tuple[Browser, list[str]]]:
    """A Chromium behind a proxy that refuses everything, and the list of what was refused."""
    refused: list[str] = []
    handler = type("Refusal", (Refusal,), {"refused": refused})
    with serving(handler) as port, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=executable,
            proxy={"server": f"http://{HERE}:{port}", "bypass": HERE},
            args=[
                "--no-sandbox",  # as root, in a container; the pages are our own
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-gpu",
                "--disable-quic",
                "--disable-sync",
                "--no-first-run",
            ],
        )
        try:
            yield browser, refused
        finally:
            browser.close()


@contextmanager
def visiting(browser: Browser, **options: Any) -> Iterator[tuple[Page, list[Request], list[str]]]:
    """A fresh page, all that it asks for, and what goes wrong: errors, failed or outside requests.

    options: of Playwright's new_context, such as color_scheme="dark".
    """
    context = browser.new_context(**options)
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    requests: list[Request] = []
    wrong: list[str] = []

    def note(request: Request) -> None:
        requests.append(request)
        if not request.url.startswith((f"http://{HERE}:", "data:", "blob:")):
            wrong.append(f"outside of the site: {request.url}")

    def fail(request: Request) -> None:
        if request.failure != "net::ERR_ABORTED":  # what a page left behind had not finished
            wrong.append(f"failed: {request.url}")

    def hear(said: ConsoleMessage) -> None:
        asked_unasked = said.location.get("url", "").endswith("/favicon.ico")
        if said.type == "error" and not asked_unasked:  # by the browser, of a page without an icon
            wrong.append(said.text)

    page.on("request", note)
    page.on("requestfailed", fail)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", hear)
    try:
        yield page, requests, wrong
    finally:
        context.close()


def open_page(page: Page, address: str) -> None:
    """Load a page and wait until its formulas are typeset and its widgets are there."""
    page.goto(address, wait_until="load")
    page.evaluate("() => window.MathJax?.startup?.promise")
    page.wait_for_function(
        """() => document.querySelectorAll(".widget-subarea > *").length >= document
            .querySelectorAll('script[type="application/vnd.jupyter.widget-view+json"]').length"""
    )
    page.evaluate("() => document.fonts.ready")


def weigh(site: Path, address: str, requests: list[Request]) -> dict[str, int]:
    """Bytes of each file of the site that was asked for, compressed as a server would (gzip).

    address: of the site's root.
    """
    bytes_of = {}
    for request in requests:
        if request.url.startswith(address):
            name = unquote(urlsplit(request.url.removeprefix(address)).path).lstrip("/")
            if (site / name).is_file():
                bytes_of[name] = len(gzip.compress((site / name).read_bytes()))
    return bytes_of


def measure(site: Path, name: str, executable: str) -> tuple[int, float]:
    """Compressed bytes, and seconds until all is there, of a page such as "book/index.html"."""
    with (
        serving_folder(site) as address,
        browsing(executable) as (browser, _),
        visiting(browser) as (page, requests, _),
    ):
        start = time.perf_counter()
        open_page(page, f"{address}/{name}")
        seconds = time.perf_counter() - start
        return sum(weigh(site, address, requests).values()), seconds


def measure_run(site: Path, name: str, executable: str) -> tuple[int, float]:
    """Bytes loaded, as they are, and seconds until the first cell of a page has run.

    In a new browser, from the press of Run; nothing of Python is loaded before.
    """
    with (
        serving_folder(site) as address,
        browsing(executable) as (browser, _),
        visiting(browser) as (page, requests, _),
    ):
        open_page(page, f"{address}/{name}")
        requests.clear()
        start = time.perf_counter()
        page.locator(".run-go").first.click()
        page.wait_for_function("document.querySelector('[data-run=done]')")
        seconds = time.perf_counter() - start
        names = {urlsplit(request.url).path.lstrip("/") for request in requests}
        return sum((site / name).stat().st_size for name in names if name), seconds
