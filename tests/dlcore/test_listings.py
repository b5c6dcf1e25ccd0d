"""The lecture's listings run with only their import lines changed, and agree with torch's."""

import numpy as np
import pytest

DLCORE = """
import dlcore as torch
from dlcore import nn, optim
from dlcore.nn import functional as F
"""
TORCH = """
import torch
from torch import nn, optim
from torch.nn import functional as F
"""

L28_SETUP = """
image = torch.randn(3, 10, 20)
in_size = image.nelement()
h_size = 60
out_size = 6
m1 = nn.Linear(in_size, h_size)
m2 = nn.Linear(h_size, out_size)

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.m1 = m1
        self.m2 = m2

    def forward(self, x):
        z = self.m1(x.view(-1))
        return self.m2(torch.relu(z))
"""
L28_WAYS = {
    "functional": """
hid = torch.relu(m1(image.view(-1)))
out = m2(hid)
""",
    "container": """
model = nn.Sequential(m1, nn.ReLU(), m2)
out = model(image.view(-1))
""",
    "object-oriented": """
model = Net()
out = model(image)
""",
}

# With the slide's slip put right: F.logsoftmax(x) is F.log_softmax(x, dim=-1).
L34 = """
class Net(nn.Module):
    def __init__(self, in_size, hidden_size, out_size):
        super().__init__()
        self.fc1 = nn.Linear(in_size, hidden_size)
        self.fc2 = nn.Linear(hidden_size, out_size)

    def forward(self, x):
        x = self.fc1(x.view(-1, 784))
        x = F.relu(x)
        x = self.fc2(x)
        return F.log_softmax(x, dim=-1)

model = Net(784, 500, 10)
"""
L35 = {
    "SGD": "optimizer = optim.SGD(model.parameters(), lr=0.01, momentum=0.9)",
    "Adam": "optimizer = optim.Adam(model.parameters(), lr=0.0001)",
}
L35_STEP = """
output = model(image)
loss = F.nll_loss(output, target)
optimizer.zero_grad()
loss.backward()
optimizer.step()
"""


def run(code, names):
    exec(compile(code, "listing", "exec"), names)
    return names


@pytest.fixture
def both(torch):
    return run(DLCORE, {}), run(TORCH, {})


def give_weights(theirs, ours, torch):
    theirs.load_state_dict({name: torch.tensor(a) for name, a in ours.state_dict().items()})


@pytest.mark.parametrize("way", L28_WAYS.values(), ids=L28_WAYS)
def test_l28_three_ways_to_write_it(way, both, torch):
    ours, theirs = (run(L28_SETUP, names) for names in both)
    assert ours["in_size"] == theirs["in_size"] == 600
    assert ours["image"].shape == tuple(theirs["image"].shape) == (3, 10, 20)
    for name in ("m1", "m2"):
        give_weights(theirs[name], ours[name], torch)
    theirs["image"] = torch.tensor(ours["image"].data)
    for names in both:
        run(way, names)
        names["out"].backward(names["out"].detach())
    np.testing.assert_allclose(ours["out"].data, theirs["out"].detach(), rtol=1e-4, atol=1e-6)
    for name in ("m1", "m2"):
        for parameter, p in ours[name].named_parameters():
            expected = theirs[name].get_parameter(parameter).grad.numpy()
            np.testing.assert_allclose(p.grad, expected, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("optimizer", L35.values(), ids=L35)
def test_l34_and_l35_step_by_step(optimizer, both, torch):
    """Ten steps: every loss, and the weights at the end, in float64 to ten digits."""
    ours, theirs = both
    for names in both:
        run(L34, names)
        names["model"].double()
    give_weights(theirs["model"], ours["model"], torch)
    for names in both:
        run(optimizer, names)
    rng = np.random.default_rng(0)
    for _ in range(10):
        image, target = rng.standard_normal((16, 28, 28)), rng.integers(0, 10, 16)
        ours["image"], ours["target"] = ours["torch"].tensor(image), target
        theirs["image"], theirs["target"] = torch.tensor(image), torch.tensor(target)
        for names in both:
            run(L35_STEP, names)
        assert ours["loss"].item() == pytest.approx(theirs["loss"].item(), rel=1e-10)
    for name, p in ours["model"].named_parameters():
        expected = theirs["model"].get_parameter(name).detach().numpy()
        np.testing.assert_allclose(p.data, expected, rtol=1e-8, atol=1e-12)


def test_l35_in_float32(both, torch):
    """As a reader runs it: the same curve, as far as seven digits go."""
    ours, theirs = both
    for names in both:
        run(L34, names)
    give_weights(theirs["model"], ours["model"], torch)
    rng = np.random.default_rng(0)
    image = rng.standard_normal((64, 784)).astype(np.float32)
    target = rng.integers(0, 10, 64)
    ours["image"], ours["target"] = ours["torch"].tensor(image), target
    theirs["image"], theirs["target"] = torch.tensor(image), torch.tensor(target)
    curves = []
    for names in both:
        run(L35["SGD"], names)
        curves.append([run(L35_STEP, names)["loss"].item() for _ in range(15)])
    np.testing.assert_allclose(*curves, rtol=1e-4)
    assert curves[0][-1] < curves[0][0] / 2


def test_l35_adam_on_two_variables(both):
    code = """
var1 = torch.tensor([1.0, -2.0], requires_grad=True)
var2 = torch.tensor([0.5, 0.25], requires_grad=True)
optimizer = optim.Adam([var1, var2], lr=0.0001)
for _ in range(5):
    loss = F.mse_loss(var1, var2)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
"""
    ours, theirs = (run(code, names) for names in both)
    for name in ("var1", "var2"):
        np.testing.assert_allclose(ours[name].data, theirs[name].detach(), rtol=1e-6)
