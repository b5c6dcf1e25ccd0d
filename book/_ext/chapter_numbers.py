"""A chapter's number is in its file name: ch14_training has a figure 14.1.

Sphinx counts chapters as it meets them, so a chapter that is not written yet
would shift the numbers of all that follow. The exercises in a folder of the
same name come after the last section of the chapter.
"""

import re

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx_external_toc.collectors import (
    TocTreeCollectorWithStyles as Collector,
)


def renumber(env: BuildEnvironment) -> None:
    """Put the file's number first in every section number of a chapter."""
    for docname, sections in env.toc_secnumbers.items():
        chapter = re.match(r"(?:book|exercises)/ch(\d+)_", docname)
        if not chapter:
            continue
        first = int(chapter[1])
        for anchor, number in sections.items():
            if number:  # it is None where a section is too deep to be numbered
                sections[anchor] = (first, *number[1:])
        for node in (
            env.titles[docname],
            *env.tocs[docname].findall(nodes.reference),
        ):
            if node.get("secnumber"):
                node["secnumber"] = (first, *node["secnumber"][1:])


def setup(app: Sphinx) -> dict[str, bool]:
    """Renumber after Sphinx has counted sections, before it counts figures."""
    count_sections = Collector.assign_section_numbers

    def assign_section_numbers(
        self: Collector, env: BuildEnvironment
    ) -> list[str]:
        changed = count_sections(self, env)
        renumber(env)
        return changed

    Collector.assign_section_numbers = assign_section_numbers
    return {"parallel_read_safe": True, "parallel_write_safe": True}
