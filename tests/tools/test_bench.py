"""What `make bench` compares is the same computation, and what it adds up is right."""

import os
from functools import partial

import numpy as np
import pytest

from dlcore import nn
from dlcore.tensor import Tensor


@pytest.fixture(scope="module")
def bench():
    """The parts of the bench; torch is one of the contestants."""
    pytest.importorskip("torch", reason="no torch: `make test` installs it")
    from tools.bench import memory, steps, stopwatch, training

    return {"stopwatch": stopwatch, "memory": memory, "steps": steps, "training": training}


@pytest.fixture(params=["mlp", "convnet"])
def net(bench, request):
    build = bench["training"]
    made = {"mlp": lambda: build.mlp(256, 8, 6, 10), "convnet": lambda: build.convnet(16)}
    return made[request.param]()


@pytest.fixture
def samples(bench, net):
    shape = (3, 1, 16, 16) if isinstance(net[0], nn.Conv2d) else (3, 256)
    return bench["training"].batch(shape)


def test_the_contestants_compute_the_same_and_leave_the_net_alone(bench, net, samples):
    before = net.state_dict()
    steps = bench["steps"]
    ways = [steps.torch_step, steps.tape_step, steps.by_hand_step]
    losses = [[step() for _ in range(4)] for step in (way(net, *samples) for way in ways)]
    np.testing.assert_allclose(losses, losses[:1] * 3, rtol=1e-4)
    assert losses[0][3] < losses[0][0]
    for name, array in net.state_dict().items():
        np.testing.assert_array_equal(array, before[name])


def test_the_products_are_those_of_the_net(bench, monkeypatch):
    """X (256, 3); 8, 6, 10 units: three products a layer, none for dE/dX_0."""
    build, steps = bench["training"], bench["steps"]
    X, _ = build.batch((3, 256))
    shapes = []
    matmul = np.matmul
    step = steps.products_step(build.mlp(256, 8, 6, 10), X)
    monkeypatch.setattr(
        np, "matmul", lambda A, B, out: shapes.append((*A.shape, B.shape[1])) or matmul(A, B, out)
    )
    step()
    assert shapes == [(8, 256, 3), (8, 3, 256), (6, 8, 3), (6, 3, 8), (8, 6, 3),
                      (10, 6, 3), (10, 3, 6), (6, 10, 3)]  # fmt: skip


def test_what_the_modules_saved(bench):
    """Linear keeps X and Y, ReLU its Y: each memory once, though X of one is Y of another."""
    X = np.ones((3, 256), np.float32)
    output = nn.Sequential(nn.Linear(256, 8), nn.ReLU(), nn.Linear(8, 6))(Tensor(X))
    assert bench["memory"].saved_bytes(output) == 4 * 3 * (256 + 8 + 8 + 6)


def test_the_peak_is_what_is_held_at_once(bench):
    kilobyte = 1024

    def step():
        held = np.ones(100 * kilobyte, np.uint8)
        del held
        return np.ones(60 * kilobyte, np.uint8)

    assert bench["memory"].peak_bytes(step) == pytest.approx(100 * kilobyte, abs=8 * kilobyte)


def writes_its_process(folder):
    """A contestant that leaves a file named like its process, and does nothing."""
    (folder / str(os.getpid())).touch()
    return int


def fails_at_once():
    raise ArithmeticError("on purpose")


def test_contestants_take_turns_in_processes_of_their_own(bench, tmp_path):
    makers = dict.fromkeys(("one", "two"), partial(writes_its_process, tmp_path))
    times = bench["stopwatch"].interleaved(makers, rounds=3, block=0.01)
    assert list(times) == ["one", "two"]
    assert all(len(turns) == 3 and all(turns) for turns in times.values())
    processes = {int(file.name) for file in tmp_path.iterdir()}
    assert len(processes) == 2 and os.getpid() not in processes


def test_a_contestant_that_fails_ends_the_bench(bench, capfd):
    with pytest.raises(EOFError):
        bench["stopwatch"].interleaved({"bad": fails_at_once}, rounds=1)
    assert "ArithmeticError: on purpose" in capfd.readouterr().err


def test_ratios_compare_turns_of_one_round(bench):
    """The second round met a machine half as fast: both sides, so that the ratio stays."""
    times = {"ours": [[2, 2, 9], [4, 4, 4]], "theirs": [[1, 1, 1], [2, 2, 8]]}
    stopwatch = bench["stopwatch"]
    np.testing.assert_array_equal(stopwatch.ratios(times, "ours", "theirs"), [2, 2])
    assert stopwatch.written(np.array([1, 1.1, 1.2, 1.3, 1.4])) == "1.20 (1.10 to 1.30)"
    assert stopwatch.fastest([[1, 2, 3], [4, 5, 6, 7, 8, 9, 10, 11]]) == 2
