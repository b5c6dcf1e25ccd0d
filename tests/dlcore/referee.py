"""Torch as the referee: the same module and weights, the same numbers in, out and back."""

import numpy as np

TOLERANCE = {
    np.dtype(np.float32): {"rtol": 1e-4, "atol": 1e-5},
    np.dtype(np.float64): {"rtol": 1e-9, "atol": 1e-11},
}


def assert_close(got, expected, what=""):
    """Same shape, same dtype, same numbers (NaN included) up to rounding; torch's or NumPy's."""
    if hasattr(expected, "detach"):
        expected = expected.detach().cpu().numpy()
    got, expected = np.asarray(getattr(got, "data", got)), np.asarray(expected)
    assert (got.shape, got.dtype) == (expected.shape, expected.dtype), what
    np.testing.assert_allclose(got, expected, **TOLERANCE[expected.dtype], err_msg=what)


def as_tuple(value):
    return value if isinstance(value, tuple) else (value,)


def load_into(theirs, ours, device, torch):
    """Give torch's module the weights, under the same keys, and the dtype of dlcore's."""
    state = {name: torch.tensor(array) for name, array in ours.state_dict().items()}
    dtypes = [array.dtype for array in state.values()]
    theirs.to(device, *dtypes[:1]).load_state_dict(state)


def assert_agrees(torch, device, ours, theirs, arrays):
    """dlcore's module and torch's (or a function): outputs, and all gradients of a random dE/dY."""
    if isinstance(theirs, torch.nn.Module):
        load_into(theirs, ours, device, torch)
    tensors = [torch.tensor(X, device=device, requires_grad=X.dtype.kind == "f") for X in arrays]
    outputs, expected = as_tuple(ours.fprop(*arrays)), as_tuple(theirs(*tensors))
    rng = np.random.default_rng(1)
    dE_dY = [rng.standard_normal(Y.shape).astype(Y.dtype) for Y in outputs]
    dE_dX = as_tuple(ours.bprop(*dE_dY))
    torch.autograd.backward(expected, [torch.tensor(g, device=device) for g in dE_dY])
    for i, (Y, T) in enumerate(zip(outputs, expected, strict=True)):
        assert_close(Y, T, f"output {i}")
    for i, (g, T) in enumerate(zip(dE_dX, tensors, strict=True)):
        if T.requires_grad:
            assert_close(g, T.grad, f"gradient of input {i}")
    for name, parameter in ours.named_parameters():
        assert_close(parameter.grad, theirs.get_parameter(name).grad, f"gradient of {name}")
