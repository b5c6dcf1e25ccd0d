"""The address of the published site is one setting, the variable SITE_URL.

With it a page states its address, and has a card (Open Graph) that is shown
where someone links to it. Without it no page contains an address of the site,
and the same files work anywhere.
"""

import os

from sphinx.application import Sphinx
from sphinx.config import Config

SITE_URL = os.environ.get("SITE_URL", "")


def set_address(app: Sphinx, config: Config) -> None:
    address = SITE_URL.rstrip("/") + "/"
    config.html_baseurl = config.ogp_site_url = address
    config.ogp_site_name = config.html_title
    config.ogp_social_cards = {"line_color": "#0072b2"}


def setup(app: Sphinx) -> dict[str, bool]:
    if SITE_URL:
        app.setup_extension("sphinxext.opengraph")
        app.connect("config-inited", set_address)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
