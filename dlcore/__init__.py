"""dlcore: modules and back-propagation, to be read.

A module knows two things: how to go forward and how to send a gradient back.
    Y = module.fprop(X)                   arrays to arrays; X_k = F_k(X_{k-1}, W_k)
    dE_dX = module.bprop(dE_dY)           dE/dX_{k-1} = dE/dX_k . dF_k/dX_{k-1}
Everything else is wiring. `module(tensor)` does the same and remembers the step, and
`tensor.backward()` runs every remembered step back, from the last to the first.

Rules, each with its tests:
1. fprop rebinds what it saves and never writes into its input. A step owns what it used: new
   numbers in a parameter, or another call, before the way back change no gradient.
2. bprop adds to its parameters' gradients, returns the inputs' gradients, and never writes into
   what it was given. Both are given arrays that are read-only. No two gradients share an array;
   where only a check can tell, gradcheck does.
3. The dtype that goes in comes out; float32 by default.
4. Every parameter is collected once, from attributes, lists, tuples and dicts. A parameter is not
   written over by what is none.
5. Kinks and ties are stated: relu'(0) = 0; Max gives a tie to its second input.
6. The same name as in torch means the same constructor, shapes, numbers and state_dict keys. An
   option that dlcore lacks raises NotImplementedError and names it.
7. A wrong shape or dtype raises InputError at the module that noticed, with its place in the net,
   what it expected and what it got; in bprop as in fprop.
8. Nobody leaves the tape unnoticed: what would end a gradient, such as a function of NumPy in a
   net, raises an error that says what to write. `no_grad` counts for the thread that is inside.
"""

from . import nn, optim
from .creation import randn, tensor
from .gradcheck import GradcheckError, gradcheck, jacobians, numerical_jacobian
from .nn.checks import InputError
from .nn.functional import (
    flatten,
    log_softmax,
    relu,
    sigmoid,
    softmax,
    tanh,
)
from .random import manual_seed
from .summary import summary
from .tensor import Parameter, Tensor, no_grad

__version__ = "0.1.0"

__all__ = [
    "GradcheckError",
    "InputError",
    "Parameter",
    "Tensor",
    "flatten",
    "gradcheck",
    "jacobians",
    "log_softmax",
    "manual_seed",
    "nn",
    "no_grad",
    "numerical_jacobian",
    "optim",
    "randn",
    "relu",
    "sigmoid",
    "softmax",
    "summary",
    "tanh",
    "tensor",
]
