"""What the tests share: how they run and where, what can be left out, what must not be skipped."""

import os
from collections import Counter
from importlib.util import find_spec

import numpy as np
import pytest
from hypothesis import settings
from nbval.plugin import IPyNbCell
from xdist.scheduler import LoadScopeScheduling

from tools.kernel_env import KERNEL_ENV

# Reasons to skip a test on a reader's machine that are failures in CI (where CI=true).
# "no CUDA device" is none of them: a GPU cannot be installed.
NOT_IN_CI = ("no Chromium", "no site", "no torch", "no sandbox", "no bubblewrap")

# What takes long, by what a test takes: `--quick` leaves it out.
SLOW = {
    "site": "tests of the built site",
    "requires_chromium": "tests in a browser",
    "a_sandbox": "tests in the grader's sandbox",
}

# A property holds or not: it is tried on the same examples everywhere, however long they take.
settings.register_profile("book", deadline=None, derandomize=True, max_examples=60)
settings.load_profile("book")


def pytest_addoption(parser):
    parser.addoption("--quick", action="store_true", help="leave out what takes long")


def pytest_configure():
    os.environ.update(KERNEL_ENV)


def pytest_itemcollected(item):
    # nbval waits without a limit that matters while a cell runs (--nbval-cell-timeout, 2000 s), but
    # only 5 s for its output after that: too few for a machine under load.
    if isinstance(item, IPyNbCell):
        item.output_timeout = 600


def slow(item):
    """Whether a test takes long."""
    return isinstance(item, IPyNbCell) or not SLOW.keys().isdisjoint(item.fixturenames)


def pytest_collection_modifyitems(config, items):
    """What takes long comes first, so that no core is left alone with it at the end."""
    items.sort(key=slow, reverse=True)
    if config.getoption("quick"):
        left_out = [item for item in items if slow(item)]
        config.hook.pytest_deselected(items=left_out)
        items[:] = items[len(left_out) :]


class Spread(LoadScopeScheduling):
    """The tests of a file stay together, since they share what they make, or a notebook's kernel.

    But what is tried on page after page takes long, and goes to whatever core is free.
    """

    def _split_scope(self, nodeid):
        file, _, test = nodeid.partition("::")
        return nodeid if test.startswith(("test_a_page[", "test_a_chapter_")) else file


def pytest_xdist_make_scheduler(config, log):
    config.option.loadscopereorder = False
    return Spread(config, log)


def pytest_terminal_summary(terminalreporter, config):
    """Where the time went, and what was left out."""
    seconds = Counter()
    for reports in terminalreporter.stats.values():
        for report in reports:
            if hasattr(report, "duration"):
                seconds[report.nodeid.partition("::")[0]] += report.duration
    if seconds.total() > 60:
        terminalreporter.section("where the time went")
        for file, spent in seconds.most_common(20):
            terminalreporter.line(f"{spent:7.1f} s  {file}")
        terminalreporter.line(f"{seconds.total():7.1f} s  in all {len(seconds)} files")
    if config.getoption("quick"):
        kinds = ", ".join(("the cells of notebooks", *SLOW.values()))
        terminalreporter.section("left out")
        terminalreporter.line(f"What is quick was tested. Left out: {kinds}.")


def pytest_report_header():
    blas = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    lines = [f"NumPy {np.__version__}, BLAS: {blas['name']} {blas.get('version', '')}"]
    if find_spec("torch") is None:
        return [*lines, "torch: missing"]
    import torch

    cuda = f"cuda ({torch.cuda.get_device_name()})" if torch.cuda.is_available() else "no cuda"
    return [*lines, f"torch {torch.__version__}, the referee runs on: cpu, {cuda}"]


@pytest.fixture(scope="session")
def requires_torch():
    """The module torch, for tests that compare with it."""
    return pytest.importorskip("torch", reason="no torch: `make test` installs it")


@pytest.fixture(scope="session")
def requires_chromium():
    """The path of a Chromium, for tests that open the built site."""
    from tools.browser import chromium

    return chromium() or pytest.skip("no Chromium on this machine")


def fail_in_ci(report):
    if os.environ.get("CI") == "true" and report.skipped and isinstance(report.longrepr, tuple):
        reason = report.longrepr[2].removeprefix("Skipped: ")
        if reason.startswith(NOT_IN_CI):
            report.outcome = "failed"
            report.longrepr = f"In CI this test must run. It was skipped: {reason}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport():
    return fail_in_ci((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report():
    return fail_in_ci((yield))
