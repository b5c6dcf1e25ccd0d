"""What is left of dlcore where a task forbids a part of it."""

import subprocess
import sys

import pytest

from exercises.forbid import hollow

# A package with every way to define and to export what a task may forbid.
SOURCES = {
    "__init__.py": "from .layers import Linear, Net\nfrom .layers import total as summed\n",
    "layers.py": '''
class Module:
    """Kept."""
    def fprop(self, x): return x

class Linear(Module):
    """zebra"""
    zebra = 3
    def __init__(self, n): self.n = n
    def fprop(self, x): return "zebra"

class Net(Module):
    def forward(self, x): return Linear(3)
    def backward(self, g): return "zebra"

def total(x, axis=0):
    """zebra"""
    zebra = x
    return zebra

def kept(x): return x + 1
''',
    "data/numbers.csv": "1,2",
}
FORBIDDEN = ["shop.Linear", "shop.summed", "shop.layers.Net.backward"]


@pytest.fixture
def shop(tmp_path, monkeypatch):
    folder = tmp_path / "before" / "shop"
    for name, source in SOURCES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(source)
    monkeypatch.syspath_prepend(folder.parent)
    monkeypatch.setattr(sys, "dont_write_bytecode", False)

    yield folder
    for name in ("shop", "shop.layers"):
        sys.modules.pop(name, None)


def test_what_is_forbidden_is_gone_and_what_stands_beside_it_works(shop, tmp_path):
    target = tmp_path / "after" / "shop"
    hollow("shop", FORBIDDEN, target)
    left = [path for path in target.rglob("*") if path.is_file()]
    assert {str(path.relative_to(target)) for path in left} == set(SOURCES)
    assert not any(b"zebra" in path.read_bytes() for path in left)
    ended = subprocess.run(
        [sys.executable, "-c", TRIES], cwd=target.parent, capture_output=True, text=True
    )
    assert ended.stdout.splitlines() == [
        "this task is to be done without shop.Linear, so it does not work here",
        "this task is to be done without shop.summed, so it does not work here",
        "this task is to be done without shop.layers.Net.backward, so it does not work here",
        "2 True",
    ], ended.stderr


TRIES = """
import shop, shop.layers
net = shop.Net()
for use in (shop.Linear, shop.summed, net.backward):
    try:
        use(3)
    except RuntimeError as error:
        print(error)
print(shop.layers.kept(1), issubclass(shop.Linear, shop.layers.Module))
"""


def test_what_is_not_there_cannot_be_forbidden(shop, tmp_path):
    with pytest.raises(LookupError, match=r"forbids shop\.Lineal, and there is no shop\.Lineal"):
        hollow("shop", ["shop.Lineal"], tmp_path / "after")
    with pytest.raises(LookupError, match="nowhere is not installed"):
        hollow("nowhere", ["nowhere.Linear"], tmp_path / "after")
