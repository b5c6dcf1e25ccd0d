"""Makes packages start faster: copies wheels from /from to /to, compiled.

Runs in the same Python as the page. To compile what `import matplotlib` reads
would otherwise take each reader some seconds, and to look through its fonts
half a second more.
"""

import importlib._bootstrap_external as bootstrap
import re
import sys
from importlib.util import source_hash
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

# Fonts for PDF, which also take long to look through; examples, tests, types.
UNUSED = re.compile(
    r"/mpl-data/(fonts/(afm|pdfcorefonts)|sample_data|images)/"
    r"|/tests?/|\.(a|c|h|pxd|pyi|pyx)$"
)


def precompile(old: ZipFile, new: ZipFile) -> None:
    """Leave out what is not used, and put bytecode in place of source."""
    for name in old.namelist():
        if UNUSED.search(name):
            continue
        content = old.read(name)
        if name.endswith(".py"):
            try:
                code = compile(content, name, "exec", dont_inherit=True)
            except SyntaxError:
                continue  # for another Python
            # Without a date, so that the same content gives the same bytes.
            seal = source_hash(content)
            content = bootstrap._code_to_hash_pyc(code, seal, checked=False)
            name += "c"
        add(new, name, bytes(content))


def add(archive: ZipFile, name: str, content: bytes) -> None:
    archive.writestr(ZipInfo(name), content, ZIP_DEFLATED)


def list_fonts(wheels: Path) -> None:
    """Let matplotlib list its fonts, and put the list into its wheel."""
    for wheel in wheels.glob("*.whl"):
        with ZipFile(wheel) as archive:
            archive.extractall("/installed")
    sys.path.append("/installed")
    from matplotlib import font_manager

    name = (
        "matplotlib/fontlist.json"  # where Pyodide's matplotlib looks for it
    )
    content = (
        Path(font_manager.__file__).with_name("fontlist.json").read_bytes()
    )
    (wheel,) = wheels.glob("matplotlib-*.whl")
    with ZipFile(wheel, "a") as archive:
        add(archive, name, content)


for wheel in Path("/from").glob("*.whl"):
    with ZipFile(wheel) as old, ZipFile(f"/to/{wheel.name}", "w") as new:
        precompile(old, new)
list_fonts(Path("/to"))
