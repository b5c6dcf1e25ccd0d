"""Kinks and ties: where calculus leaves a choice, every module makes torch's, or the one it states.

Nothing is listed here: modules come from the catalog, and where a kink may lie from their options.
"""

import numpy as np
import pytest
from catalog import CASES
from referee import assert_agrees

interop = pytest.importorskip("dlcore.interop", reason="no torch: `make test` installs it")


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_kinks_and_ties_are_as_in_torch(case, dtype, torch):
    """What torch lacks is compared with what stands for it in `interop`."""
    for arrays in case.at_kinks(dtype):
        module = case.module(dtype)
        composite = not type(module).__module__.startswith("dlcore")
        theirs = case.torch_module(torch) if composite else interop.to_torch(module)
        assert_agrees(torch, "cpu", module, theirs, arrays)
