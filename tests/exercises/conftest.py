"""What the tests of the exercise machine share."""

import pytest

from exercises.grading import sandbox
from exercises.grading.sandbox import Limits, NoSandbox
from exercises.task import load


@pytest.fixture(autouse=True)
def nothing_kept(monkeypatch):
    """No test touches the progress of who runs it."""
    monkeypatch.setenv("EXERCISES_PROGRESS", "")


@pytest.fixture(scope="session")
def sample():
    """The set that the machine is tested on."""
    return load("sample_set")


@pytest.fixture(scope="session")
def a_sandbox():
    """For tests that grade."""
    try:
        sandbox.opened([], Limits())
    except NoSandbox as error:
        pytest.skip(f"no sandbox: {error}")
