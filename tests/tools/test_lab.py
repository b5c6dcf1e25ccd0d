"""`make lab` starts JupyterLab for anybody, root in a container too, and it asks nothing."""

import json
import os
import re
import subprocess
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

ROOT = Path(__file__).parents[2]
SETTINGS = "lab/api/settings/@jupyterlab/apputils-extension:notification"


def asked(address, tries=1000):
    """The answer; a server says where it is a little before it listens."""
    for _ in range(tries):
        try:
            with urlopen(address) as answer:
                return json.load(answer)
        except URLError:
            time.sleep(0.1)
    raise AssertionError(f"nobody answers at {address}")


def test_lab_starts_and_asks_no_question(tmp_path):
    # Only what `make` would say is taken, since it might begin by making a .venv.
    said = subprocess.run(["make", "-n", "lab"], cwd=ROOT, capture_output=True, text=True).stdout
    (command,) = re.findall(r"^\S+/jupyter lab.*", said, re.MULTILINE)
    with subprocess.Popen(
        [*command.split(), "--no-browser", "--port=0", f"--ServerApp.root_dir={tmp_path}"],
        cwd=ROOT,
        env=os.environ | {"HOME": str(tmp_path), "JUPYTER_CONFIG_DIR": str(tmp_path)},
        stderr=subprocess.PIPE,
        text=True,
    ) as lab:
        try:
            where = (re.search(r"(http://127\S+?/)lab(\?token=\w+)", line) for line in lab.stderr)
            address, token = next(filter(None, where)).groups()
            settings = asked(f"{address}{SETTINGS}{token}")["schema"]["properties"]
        finally:
            lab.terminate()
    assert settings["fetchNews"]["default"] == "false"  # neither yes nor a question
    assert settings["checkForUpdates"]["default"] is False
