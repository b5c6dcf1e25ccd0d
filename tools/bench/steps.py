"""One training step of a net, four ways: forward, negative log-likelihood, backward, SGD."""

from collections.abc import Callable
from copy import deepcopy

import numpy as np
import torch

from dlcore import nn, optim
from dlcore.interop import to_torch
from dlcore.tensor import tape

RATE = 0.01


def tape_step(net: nn.Sequential, X: np.ndarray, target: np.ndarray) -> Callable[[], float]:
    """Through the tape, as the lecture's training loop is written."""
    net, cost = deepcopy(net), nn.NLLLoss()
    optimizer = optim.SGD(net.parameters(), lr=RATE)

    def step() -> float:
        optimizer.zero_grad()
        loss = cost(net(X), target)
        loss.backward()
        optimizer.step()
        return loss.item()

    return step


def by_hand_step(net: nn.Sequential, X: np.ndarray, target: np.ndarray) -> Callable[[], float]:
    """The same modules called by hand, array to array."""
    net, cost = deepcopy(net), nn.NLLLoss()
    net[0].needs_input_grad = (False,)  # X is raw data: the tape knows, by hand one says so
    optimizer = optim.SGD(net.parameters(), lr=RATE)

    def step() -> float:
        optimizer.zero_grad()
        loss = cost.fprop(net.fprop(X), target)
        dE_dX, _ = cost.bprop()
        net.bprop(dE_dX)
        optimizer.step()
        return loss.item()

    return step


def torch_step(net: nn.Sequential, X: np.ndarray, target: np.ndarray) -> Callable[[], float]:
    """The same net in eager torch."""
    twin, cost = to_torch(net), torch.nn.NLLLoss()
    optimizer = torch.optim.SGD(twin.parameters(), lr=RATE)
    x, t = torch.from_numpy(X), torch.from_numpy(target)

    def step() -> float:
        optimizer.zero_grad()
        loss = cost(twin(x), t)
        loss.backward()
        optimizer.step()
        return loss.item()

    return step


def products_step(net: nn.Sequential, X: np.ndarray) -> Callable[[], None]:
    """Its matrix products alone, into arrays made once: the floor for NumPy.

    Y = W . columns, dE/dW = dE/dY . columns^T, and W^T . dE/dY for all but the first layer.
    """
    rng = np.random.default_rng(0)
    products = []
    for Y in tape(net(X)):
        assert Y.module is not None
        for W in Y.module.parameters():
            if W.ndim > 1:  # not a bias
                matrix = W.data.reshape(len(W), -1)
                n_columns = Y.nelement() // len(W)
                columns, dY = (
                    rng.standard_normal((n, n_columns), dtype=np.float32)
                    for n in (matrix.shape[1], len(W))
                )
                products += [(matrix, columns), (dY, columns.T), (matrix.T, dY)]
    del products[2]  # nobody asks for dE/dX_0
    pairs = [(A, B, A @ B) for A, B in products]

    def step() -> None:
        for A, B, AB in pairs:
            np.matmul(A, B, out=AB)

    return step
