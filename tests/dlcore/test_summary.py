"""summary: the table of what a net computes."""

import textwrap

import numpy as np
import pytest

import dlcore
from dlcore import nn
from dlcore.nn import functional as F


def table(text):
    return textwrap.dedent(text).strip("\n")


def test_a_cascade():
    net = nn.Sequential(nn.Linear(4, 3), nn.Sequential(nn.ReLU(), nn.Linear(3, 2)))
    assert dlcore.summary(net, np.zeros(4, np.float32)) == table("""
        k  module       X_k   N_w  dX_k/dX_k-1  dX_k/dW_k
        0  input        (4,)
        1  0: Linear    (3,)  15   [3 x 4]      [3 x 15]
        2  ReLU         (3,)       [3 x 3]
        3  1.1: Linear  (2,)  8    [2 x 3]      [2 x 8]
        23 parameters
    """)


class Siamese(nn.Module):
    def __init__(self):
        self.net, self.cost = nn.Sequential(nn.Flatten(), nn.Linear(1000, 10)), nn.SquaredDistance()

    def forward(self, X1, X2):
        return self.cost(F.relu(self.net(X1)), self.net(X2))


def test_shared_parameters_are_counted_once():
    X = np.zeros((2, 10, 100), np.float32)
    assert dlcore.summary(Siamese(), X, X) == table("""
        k  module           X_k                         N_w     dX_k/dX_k-1      dX_k/dW_k
        0  input            (2, 10, 100), (2, 10, 100)
        1  Flatten          (2, 1000)                           [2,000 x 2,000]
        2  net.1: Linear    (2, 10)                     10,010  [20 x 2,000]     [20 x 10,010]
        3  ReLU             (2, 10)                             [20 x 20]
        4  Flatten          (2, 1000)                           [2,000 x 2,000]
        5  net.1: Linear    (2, 10)                     10,010  [20 x 2,000]     [20 x 10,010]
        6  SquaredDistance  ()                                  [1 x 40]
        10,010 parameters
    """)


def test_targets_need_no_gradient():
    class Cost(nn.Module):
        def __init__(self):
            self.net, self.cost = nn.Linear(3, 2), nn.CrossEntropyLoss()

        def forward(self, X, target):
            return self.cost(self.net(X), target)

    text = dlcore.summary(Cost(), dlcore.randn(4, 3), np.zeros(4, int))
    assert text.splitlines()[-2].split()[-3:] == ["[1", "x", "8]"]


def test_it_leaves_the_net_alone():
    net, x = nn.Sequential(nn.Linear(3, 2), nn.Tanh()), dlcore.randn(3, requires_grad=True)
    before = net.state_dict()
    dlcore.summary(net, x)
    assert x.grad is None and all(p.grad is None for p in net.parameters())
    for name, array in net.state_dict().items():
        np.testing.assert_array_equal(array, before[name])


def test_a_module_that_does_nothing():
    lines = dlcore.summary(nn.Sequential(), np.ones(2)).splitlines()
    assert lines[1:] == ["0  input   (2,)", "0 parameters"]


def test_an_error_has_its_place():
    net = nn.Sequential(nn.Linear(3, 2), nn.Linear(3, 2))
    with pytest.raises(dlcore.InputError, match="at '1' in Sequential"):
        dlcore.summary(net, dlcore.randn(3))
