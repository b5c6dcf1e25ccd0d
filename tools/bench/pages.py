"""Bytes and load time of each page of the built book, in a Chromium that has not seen it.

Where the code can be run in the page: also what the first press of Run loads, and how long it takes
until the first cell has run.
"""

from pathlib import Path

from tools.browser import chromium, measure, measure_run

from .stopwatch import row, title

SITE = Path(__file__).resolve().parents[2] / "_build/html"


def bench() -> None:
    title("Pages, in a fresh Chromium on this machine")
    executable, pages = chromium(), sorted(SITE.glob("book/*.html"))
    if executable is None or not pages:
        row("not measured: no Chromium" if pages else "not measured: no site, try make book")
        return
    row("", "page, compressed", "until all is there", "Run loads", "until the first cell has run")
    for page in pages:
        name = page.relative_to(SITE).as_posix()
        cells = written(measure(SITE, name, executable))
        if 'id="run-page"' in page.read_text(encoding="utf-8"):
            cells += written(measure_run(SITE, name, executable))
        row(name, *cells)


def written(measured: tuple[int, float]) -> list[str]:
    size, seconds = measured
    return [f"{size / 1e6:.2f} MB", f"{seconds:.1f} s"]
