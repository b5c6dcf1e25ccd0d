"""What the tests of dlcore share: the referee's devices, and no warning anywhere."""

import warnings

import numpy as np
import pytest


@pytest.fixture(scope="session")
def torch(requires_torch):
    return requires_torch


@pytest.fixture(scope="session", params=["cpu", "cuda"])
def device(request, torch):
    """Every device on which torch can be the referee."""
    if request.param == "cuda":
        if not torch.cuda.is_available():
            pytest.skip("no CUDA device")
        torch.backends.cudnn.allow_tf32 = False  # it keeps 10 bits of the 23: no referee
    return torch.device(request.param)


@pytest.fixture(autouse=True)
def warnings_are_errors():
    """A reader sees a NumPy warning as a red box under the cell."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture
def style():
    """Figures in the book's style, none of them left open."""
    import matplotlib.pyplot as plt

    from dlcore import viz

    plt.switch_backend("Agg")
    with plt.rc_context():
        viz.use_style()
        yield
    plt.close("all")
