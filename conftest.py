"""What the tests share: how kernels run, what the header says, which tests must not be skipped."""

import os
from importlib.util import find_spec

import numpy as np
import pytest
from nbval.plugin import IPyNbCell

from tools.notebooks import KERNEL_ENV

# Reasons to skip a test on a reader's machine that are failures in CI (where CI=true).
# "no CUDA device" is none of them: a GPU cannot be installed.
NOT_IN_CI = ("no Chromium", "no site", "no torch", "no sandbox", "no bubblewrap")


def pytest_configure():
    os.environ.update(KERNEL_ENV)


def pytest_itemcollected(item):
    # nbval waits without a limit that matters while a cell runs (--nbval-cell-timeout, 2000 s), but
    # only 5 s for its output after that: too few for a machine under load.
    if isinstance(item, IPyNbCell):
        item.output_timeout = 120


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
