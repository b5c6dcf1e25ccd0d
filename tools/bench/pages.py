"""Bytes and load time of each page of the built book, in a Chromium that has not seen it."""

from pathlib import Path

from tools.browser import chromium, measure

from .stopwatch import row, title

SITE = Path(__file__).resolve().parents[2] / "_build/html"


def bench() -> None:
    title("Pages, in a fresh Chromium on this machine")
    executable, pages = chromium(), sorted((SITE / "book").rglob("*.html"))
    if executable is None or not pages:
        row("not measured: no Chromium" if pages else "not measured: no site, try make book")
        return
    row("", "compressed", "until all is there")
    for page in pages:
        name = page.relative_to(SITE).as_posix()
        size, seconds = measure(SITE, name, executable)
        row(name, f"{size / 1e6:.2f} MB", f"{seconds:.1f} s")
