"""Planted slips, each with the hint that it must get, and other right answers."""
# mypy: allow-untyped-defs, allow-untyped-calls

from itertools import pairwise

import numpy as np

import dlcore as dl
from dlcore import nn
from dlcore.tensor import tape
from exercises.writing.planted import equivalent, mutant

# --- jacobian -------------------------------------------------------------------------------------


def right_jacobian(function, X, h):
    X = np.array(X, dtype=np.float64)
    columns = []
    for q in np.ndindex(X.shape):
        wiggle = np.zeros(X.shape)
        wiggle[q] = h
        rise = function(X + wiggle) - function(X - wiggle)
        columns.append(np.ravel(rise) / (2 * h))
    return np.stack(columns, axis=1)


@mutant("jacobian", hint="it is transposed")
def a_row_for_each_input(function, X, h):
    return right_jacobian(function, X, h).T


@mutant("jacobian", hint="reshape does not transpose")
def rows_cut_anew(function, X, h):
    J = right_jacobian(function, X, h)
    return J.T.reshape(J.shape)


@mutant("jacobian", hint="one step ahead or behind")
def one_step_ahead(function, X, h):
    X = np.array(X, dtype=np.float64)
    here = function(X)
    columns = []
    for q in np.ndindex(X.shape):
        ahead = X.copy()
        ahead[q] += h
        columns.append(np.ravel(function(ahead) - here) / h)
    return np.stack(columns, axis=1)


@mutant("jacobian", hint="one step ahead or behind")
def one_step_behind(function, X, h):
    return one_step_ahead.answer(function, X, -h)


@mutant("jacobian", hint="nearly")
def one_step_ahead_and_a_short_one(function, X, h):
    return one_step_ahead.answer(function, X, 1e-8)


@mutant("jacobian", hint="nearly")
def two_steps_far_too_short(function, X, h):
    return right_jacobian(function, X, 1e-10)


@mutant("jacobian", hint="not divided by the step that was taken")
def divided_by_h(function, X, h):
    return 2 * right_jacobian(function, X, h)


@mutant("jacobian", hint="not divided by the step that was taken")
def one_step_halved(function, X, h):
    return one_step_ahead.answer(function, X, h) / 2


@mutant("jacobian", hint="not divided by the step that was taken")
def differences_alone(function, X, h):
    return right_jacobian(function, X, h) * 2 * h


@mutant("jacobian", hint="a wiggle is still there")
def one_wiggle_for_all(function, X, h):
    X = np.array(X, dtype=np.float64)
    wiggle = np.zeros(X.shape)
    columns = []
    for q in np.ndindex(X.shape):
        wiggle[q] = h
        columns.append(np.ravel(function(X + wiggle) - function(X - wiggle)) / (2 * h))
    return np.stack(columns, axis=1)


@mutant("jacobian", hint="a wiggle is still there")
def left_a_step_behind(function, X, h):
    X = np.array(X, dtype=np.float64)
    columns = []
    for q in np.ndindex(X.shape):
        X[q] += h
        ahead = function(X)
        X[q] -= 2 * h
        columns.append(np.ravel(ahead - function(X)) / (2 * h))
    return np.stack(columns, axis=1)


@mutant("jacobian", hint="changes X")
def writes_into_x(function, X, h):
    columns = []
    for q in np.ndindex(X.shape):
        X[q] += h
        ahead = function(X)
        X[q] -= 2 * h
        behind = function(X)
        X[q] += h
        columns.append(np.ravel(ahead - behind) / (2 * h))
    return np.stack(columns, axis=1)


@mutant("jacobian", hint="not counted in C order")
def inputs_column_by_column(function, X, h):
    J = right_jacobian(function, X, h)
    return J[:, np.arange(X.size).reshape(X.shape).ravel(order="F")]


@mutant("jacobian", hint="not counted in C order")
def everything_column_by_column(function, X, h):
    Y = function(X)
    J = right_jacobian(function, X, h)[np.arange(Y.size).reshape(Y.shape).ravel(order="F")]
    return J[:, np.arange(X.size).reshape(X.shape).ravel(order="F")]


@mutant("jacobian", hint="make it a matrix")
def shaped_like_outputs_and_inputs(function, X, h):
    return right_jacobian(function, X, h).reshape(*np.shape(function(X)), *X.shape)


@mutant("jacobian", hint="X does not move by h")
def wiggle_like_x(function, X, h):
    columns = []
    for q in np.ndindex(X.shape):
        wiggle = np.zeros_like(X)
        wiggle[q] = h
        columns.append(np.ravel(function(X + wiggle) - function(X - wiggle)) / (2 * h))
    return np.stack(columns, axis=1)


@mutant("jacobian", hint="X does not move by h")
def copies_like_x(function, X, h):
    columns = []
    for q in np.ndindex(X.shape):
        ahead, behind = X.copy(), X.copy()
        ahead[q] = ahead[q] + h
        behind[q] = behind[q] - h
        columns.append(np.ravel(function(ahead) - function(behind)) / (2 * h))
    return np.stack(columns, axis=1)


@mutant("jacobian", hint="X does not move by h")
def in_single_precision(function, X, h):
    X = np.array(X, dtype=X.dtype if X.dtype == np.float32 else np.float64)
    columns = []
    for q in np.ndindex(X.shape):
        wiggle = np.zeros_like(X)
        wiggle[q] = h
        columns.append(np.ravel(function(X + wiggle) - function(X - wiggle)) / (2 * h))
    return np.stack(columns, axis=1)


@mutant("jacobian", hint="float32 has too few digits")
def stored_in_single_precision(function, X, h):
    return right_jacobian(function, X, h).astype(np.float32)


@mutant("jacobian", hint="the Jacobian should be an array of shape (3, 4); yours is of type list")
def a_list_of_columns(function, X, h):
    return list(right_jacobian(function, X, h).T)


@mutant("jacobian", hint="this function takes an array of shape")
def of_vectors_alone(function, X, h):
    x = np.array(X, dtype=np.float64).ravel()
    rises = [function(x + h * e) - function(x - h * e) for e in np.eye(x.size)]
    return np.stack([rise.ravel() for rise in rises], axis=1) / (2 * h)


@mutant("jacobian", hint="dlcore.numerical_jacobian is what this task asks you to write")
def somebody_elses(function, X, h):
    return dl.numerical_jacobian(function, X, h)


@equivalent("jacobian")
def entry_by_entry(function, X, h):
    X = np.array(X, dtype=np.float64)
    J = np.zeros((np.size(function(X)), X.size))
    for p, q in np.ndindex(J.shape):
        wiggle = np.zeros(X.size)
        wiggle[q] = h
        wiggle = wiggle.reshape(X.shape)
        J[p, q] = np.ravel(function(X + wiggle))[p] - np.ravel(function(X - wiggle))[p]
    return J / (2 * h)


@equivalent("jacobian")
def a_view_of_rows(function, X, h):
    wiggles = (h * np.eye(X.size)).reshape(-1, *X.shape)
    return np.array([np.ravel(function(X + w) - function(X - w)) / (2 * h) for w in wiggles]).T


@equivalent("jacobian")
def with_a_step_of_its_own(function, X, h):
    return right_jacobian(function, X, 1e-5)


@equivalent("jacobian")
def into_the_imaginary(function, X, h):
    """One step, and no difference at all: E(x + ih) has its slope in the imaginary part."""
    wiggles = (1e-20j * np.eye(X.size)).reshape(-1, *X.shape)
    return np.stack([np.ravel(function(X + w).imag) / 1e-20 for w in wiggles], axis=1)


@equivalent("jacobian")
def extrapolated(function, X, h):
    return (4 * right_jacobian(function, X, h / 2) - right_jacobian(function, X, h)) / 3


# --- recurrence -----------------------------------------------------------------------------------


def right_recurrence(dE_dX, jacobians):
    dE_dW = []
    for dX_dX, dX_dW in reversed(jacobians):
        dE_dW.append(dE_dX @ dX_dW)
        dE_dX = dE_dX @ dX_dX
    return dE_dX, dE_dW[::-1]


@mutant("recurrence", hint="with the row of the module's input")
def row_moves_first(dE_dX, jacobians):
    dE_dW = []
    for dX_dX, dX_dW in reversed(jacobians):
        dE_dX = dE_dX @ dX_dX
        dE_dW.append(dE_dX @ dX_dW)
    return dE_dX, dE_dW[::-1]


@mutant("recurrence", hint="the sweep starts at the wrong end")
def forwards(dE_dX, jacobians):
    dE_dW = []
    for dX_dX, dX_dW in jacobians:
        dE_dW.append(dE_dX @ dX_dW)
        dE_dX = dE_dX @ dX_dX
    return dE_dX, dE_dW


@mutant("recurrence", hint="the list is in the order of the sweep")
def in_the_order_of_the_sweep(dE_dX, jacobians):
    first, weights = right_recurrence(dE_dX, jacobians)
    return first, weights[::-1]


@mutant("recurrence", hint="the wrong way round")
def jacobians_transposed(dE_dX, jacobians):
    return right_recurrence(dE_dX, [(dX_dX.T, dX_dW) for dX_dX, dX_dW in jacobians])


@mutant("recurrence", hint="these are columns")
def columns_out(dE_dX, jacobians):
    first, weights = right_recurrence(dE_dX, jacobians)
    return first.T, [row.T for row in weights]


@mutant("recurrence", hint="a row has two dimensions here")
def flat_rows(dE_dX, jacobians):
    first, weights = right_recurrence(dE_dX, jacobians)
    return first.ravel(), [row.ravel() for row in weights]


@mutant("recurrence", hint="each dE/dW_k is made with dE/dX_n")
def weights_with_the_last_row(dE_dX, jacobians):
    return right_recurrence(dE_dX, jacobians)[0], [dE_dX @ dX_dW for _, dX_dW in jacobians]


@mutant("recurrence", hint="every module is given dE/dX_n")
def row_that_never_moves(dE_dX, jacobians):
    return dE_dX @ jacobians[0][0], [dE_dX @ dX_dW for _, dX_dW in jacobians]


@mutant("recurrence", hint="dE/dX_0 is dE/dX_1")
def stops_a_step_early(dE_dX, jacobians):
    first, _ = right_recurrence(dE_dX, jacobians[1:])
    return first, right_recurrence(dE_dX, jacobians)[1]


@mutant("recurrence", hint="Two matrices were multiplied")
def from_the_right(dE_dX, jacobians):
    product, dE_dW = np.eye(dE_dX.size), []
    for dX_dX, dX_dW in reversed(jacobians):
        dE_dW.append(dE_dX @ (product @ dX_dW))
        product = product @ dX_dX
    return dE_dX @ product, dE_dW[::-1]


@mutant("recurrence", hint="Two matrices were multiplied")
def from_the_right_with_einsum(dE_dX, jacobians):
    product = jacobians[-1][0]
    for dX_dX, _ in jacobians[-2::-1]:
        product = np.einsum("pq, qr -> pr", product, dX_dX)
    return dE_dX @ product, right_recurrence(dE_dX, jacobians)[1]


@mutant("recurrence", hint="Some were done again and again")
def from_the_top_every_time(dE_dX, jacobians):
    dE_dW = []
    for k, (_, dX_dW) in enumerate(jacobians):
        dE_dW.append(right_recurrence(dE_dX, jacobians[k + 1 :])[0] @ dX_dW)
    return right_recurrence(dE_dX, jacobians)[0], dE_dW


@mutant("recurrence", hint="changes dE_dX")
def writes_into_the_row(dE_dX, jacobians):
    answer = right_recurrence(dE_dX.copy(), jacobians)
    dE_dX *= 0
    return answer


@mutant("recurrence", hint="return 4 dE/dW_k; yours are 3")
def no_first_weights(dE_dX, jacobians):
    first, weights = right_recurrence(dE_dX, jacobians)
    return first, weights[1:]


@mutant("recurrence", hint="return two things")
def one_list(dE_dX, jacobians):
    first, weights = right_recurrence(dE_dX, jacobians)
    return [first, *weights]


@equivalent("recurrence")
def in_columns(dE_dX, jacobians):
    column, dE_dW = dE_dX.T, []
    for dX_dX, dX_dW in reversed(jacobians):
        dE_dW.insert(0, (dX_dW.T @ column).T)
        column = dX_dX.T.dot(column)
    return column.T, tuple(dE_dW)


@equivalent("recurrence")
def number_by_number(dE_dX, jacobians):
    row, dE_dW = dE_dX, []
    for matrices in jacobians[::-1]:
        before, of_weights = (
            np.array([[sum(g * a for g, a in zip(row[0], column, strict=True)) for column in M.T]])
            for M in matrices
        )
        dE_dW.append(of_weights.reshape(1, -1))
        row = before
    return row, dE_dW[::-1]


@equivalent("recurrence")
def with_einsum_and_sums(dE_dX, jacobians):
    dE_dW = []
    for dX_dX, dX_dW in reversed(jacobians):
        dE_dW.append(np.einsum("ip,pq->iq", dE_dX, dX_dW))
        dE_dX = (dE_dX.T * dX_dX).sum(axis=0, keepdims=True)
    return dE_dX, dE_dW[::-1]


@equivalent("recurrence")
def by_recursion(dE_dX, jacobians):
    if not jacobians:
        return dE_dX, []
    *others, (dX_dX, dX_dW) = jacobians
    first, weights = by_recursion.answer(np.dot(dE_dX, dX_dX), others)
    return first, [*weights, np.dot(dE_dX, dX_dW)]


@equivalent("recurrence")
def plain_arrays(dE_dX, jacobians):
    pairs = [(np.array(dX_dX), np.array(dX_dW)) for dX_dX, dX_dW in jacobians]
    return right_recurrence(np.array(dE_dX), pairs)


# --- through_time ---------------------------------------------------------------------------------


def right_through_time(W, X0, dE_dX, n):
    states = [X0]
    for _ in range(n):
        states.append(np.tanh(W @ states[-1]))
    dE_dW = np.zeros_like(W)
    for before, X in reversed(list(pairwise(states))):
        dE_dZ = dE_dX * (1 - X**2)
        dE_dW += dE_dZ @ before.T
        dE_dX = W.T @ dE_dZ
    return dE_dW, dE_dX


def slipped(slope=None, outer=None, merge=None, carry=None):
    """A wrong answer: `right_through_time` but for one part."""

    def answer(W, X0, dE_dX, n):
        states = [X0]
        for _ in range(n):
            states.append(np.tanh(W @ states[-1]))
        dE_dW = 0
        for before, X in reversed(list(pairwise(states))):
            dE_dZ = dE_dX * (slope(X, before) if slope else 1 - X**2)
            share = outer(dE_dZ, before, X) if outer else dE_dZ @ before.T
            dE_dW = merge(dE_dW, share) if merge else dE_dW + share
            dE_dX = carry(W, dE_dZ, dE_dX) if carry else W.T @ dE_dZ
        return dE_dW, dE_dX

    return answer


@mutant("through_time", hint="W is the wrong way round on the way back")
def not_transposed(*case):
    return slipped(carry=lambda W, dE_dZ, dE_dX: W @ dE_dZ)(*case)


@mutant("through_time", hint="your dE/dW knows of one")
def overwritten(*case):
    return slipped(merge=lambda old, new: new)(*case)


@mutant("through_time", hint="your dE/dW knows of one")
def the_last_use_alone(*case):
    return slipped(merge=lambda old, new: old if np.any(old) else new)(*case)


@mutant("through_time", hint="the shares of the uses are averaged")
def averaged(W, X0, dE_dX, n):
    dE_dW, dE_dX0 = right_through_time(W, X0, dE_dX, n)
    return dE_dW / n, dE_dX0


@mutant("through_time", hint="slope of tanh is wrong, or taken at the wrong place")
def slope_at_the_input_of_the_step(*case):
    return slipped(slope=lambda X, before: 1 - before**2)(*case)


@mutant("through_time", hint="slope of tanh is wrong, or taken at the wrong place")
def tanh_of_tanh(*case):
    return slipped(slope=lambda X, before: 1 - np.tanh(X) ** 2)(*case)


@mutant("through_time", hint="slope of tanh is wrong, or taken at the wrong place")
def slope_before_tanh(W, X0, dE_dX, n):
    return slipped(slope=lambda X, before: 1 - (W @ before) ** 2)(W, X0, dE_dX, n)


@mutant("through_time", hint="has to pass tanh")
def no_tanh_on_the_way_back(*case):
    return slipped(slope=lambda X, before: 1)(*case)


@mutant("through_time", hint="has to pass tanh")
def tanh_for_the_weights_alone(*case):
    return slipped(carry=lambda W, dE_dZ, dE_dX: W.T @ dE_dX)(*case)


@mutant("through_time", hint="the wrong state in it")
def outer_product_with_the_output(*case):
    return slipped(outer=lambda dE_dZ, before, X: dE_dZ @ X.T)(*case)


@mutant("through_time", hint="the wrong state in it")
def outer_product_with_the_start(W, X0, dE_dX, n):
    return slipped(outer=lambda dE_dZ, before, X: dE_dZ @ X0.T)(W, X0, dE_dX, n)


@mutant("through_time", hint="the gradient of the state before")
def weights_after_the_state(W, X0, dE_dX, n):
    return slipped(outer=lambda dE_dZ, before, X: W.T @ dE_dZ @ before.T)(W, X0, dE_dX, n)


@mutant("through_time", hint="yours are the other way round")
def state_first(*case):
    return right_through_time(*case)[::-1]


@mutant("through_time", hint="dE/dW is transposed")
def outer_product_turned(*case):
    return slipped(outer=lambda dE_dZ, before, X: before @ dE_dZ.T)(*case)


@mutant("through_time", hint="in the first step, on X_0, is left out")
def stops_before_the_first_step(W, X0, dE_dX, n):
    states = [X0]
    for _ in range(n):
        states.append(np.tanh(W @ states[-1]))
    dE_dW = np.zeros_like(W)
    for k in range(n, 0, -1):
        dE_dZ = dE_dX * (1 - states[k] ** 2)
        dE_dW += dE_dZ @ states[k - 1].T * (k > 1)
        dE_dX = W.T @ dE_dZ
    return dE_dW, dE_dX


@mutant("through_time", hint="right for")
def a_state_too_few(W, X0, dE_dX, n):
    return right_through_time(W, X0, dE_dX, n - 1)


@mutant("through_time", hint="changes dE_dX")
def back_in_place(W, X0, dE_dX, n):
    states = [X0]
    for _ in range(n):
        states.append(np.tanh(W @ states[-1]))
    dE_dW = np.zeros_like(W)
    for before, X in reversed(list(pairwise(states))):
        dE_dX *= 1 - X**2
        dE_dW += dE_dX @ before.T
        dE_dX[...] = W.T @ dE_dX
    return dE_dW, dE_dX


@mutant("through_time", hint="dE/dX_0 should be an array of shape")
def a_row_comes_out(*case):
    dE_dW, dE_dX0 = right_through_time(*case)
    return dE_dW, dE_dX0.T


@mutant("through_time", hint="return two arrays")
def weights_alone(*case):
    return right_through_time(*case)[0]


@mutant("through_time", hint="dlcore.nn.Linear is what this task asks you to write")
def with_modules(W, X0, dE_dX, n):
    linear, X = nn.Linear(*W.shape, bias=False), dl.tensor(X0.T, requires_grad=True)
    linear.weight.data, Y = W, X
    for _ in range(n):
        Y = nn.Tanh()(linear(Y))
    Y.backward(dE_dX.T)
    return linear.weight.grad, X.grad.T


@equivalent("through_time")
def as_rows(W, X0, dE_dX, n):
    states = [X0.ravel()]
    for _ in range(n):
        states.append(np.tanh(states[-1] @ W.T))
    row, shares = dE_dX.ravel(), []
    while len(states) > 1:
        row = row * (1 - states.pop() ** 2)
        shares.append(np.outer(row, states[-1]))
        row = row @ W
    return np.sum(shares, axis=0), row[:, np.newaxis]


@equivalent("through_time")
def step_by_recursion(W, X0, dE_dX, n):
    """A step forward on the way down, a step back on the way up."""
    if n == 0:
        return np.zeros_like(W), dE_dX
    X1 = np.tanh(W @ X0)
    dE_dW, dE_dX1 = step_by_recursion.answer(W, X1, dE_dX, n - 1)
    dE_dZ = (1 - X1 * X1) * dE_dX1
    return dE_dW + dE_dZ * X0.T, W.T @ dE_dZ


@equivalent("through_time")
def with_whole_jacobians(W, X0, dE_dX, n):
    """The lecture's row times matrix, staircase and all."""
    row, states, dE_dW = dE_dX.T, [X0], 0
    for _ in range(n):
        states.append(np.tanh(W @ states[-1]))
    for before, X in zip(states[-2::-1], states[:0:-1], strict=True):
        row = row @ np.diag(1 - X[:, 0] ** 2)
        dE_dW = dE_dW + row @ np.kron(np.eye(len(W)), before.T)
        row = row @ W
    return dE_dW.reshape(W.shape), row.T


@equivalent("through_time")
def half_the_digits(W, X0, dE_dX, n):
    W, X0, dE_dX = (A.astype(np.float32) for A in (W, X0, dE_dX))
    return list(right_through_time(W, X0, dE_dX, n))


# --- gradients ------------------------------------------------------------------------------------


def send_back(Y, dE_dY):
    if Y.module is None:
        return []
    gradients = Y.module.bprop(dE_dY)
    gradients = gradients if isinstance(gradients, tuple) else (gradients,)
    pairs = zip(Y.inputs, gradients, strict=True)
    return [(X, dE_dX) for X, dE_dX in pairs if X.requires_grad]


def leaves(found):
    return {X: dE_dX for X, dE_dX in found.items() if X.module is None}


def swept(output, dE_dY, merge):
    """The right order, and `merge` for two gradients of one value."""
    found, waiting = {output: dE_dY}, {output}
    while waiting:
        Y = max(waiting, key=lambda X: X.time)
        waiting.remove(Y)
        for X, dE_dX in send_back(Y, found[Y]):
            found[X] = merge(found[X], dE_dX) if X in found else dE_dX
            waiting.add(X)
    return leaves(found)


@mutant("gradients", hint="a diamond: of two gradients of one value only one is left")
def as_it_was(output, dE_dY):
    found, queue = {output: dE_dY}, [output]
    for Y in queue:
        for X, dE_dX in send_back(Y, found[Y]):
            if X not in found:
                queue.append(X)
            found[X] = dE_dX
    return leaves(found)


@mutant("gradients", hint="only one is left")
def right_order_and_overwritten(output, dE_dY):
    return swept(output, dE_dY, lambda old, new: new)


@mutant("gradients", hint="only one is left")
def first_come(output, dE_dY):
    return swept(output, dE_dY, lambda old, new: old)


@mutant("gradients", hint="two gradients of one value are averaged")
def mean_of_two(output, dE_dY):
    return swept(output, dE_dY, lambda old, new: (old + new) / 2)


@mutant("gradients", hint="a skip: a value sends its gradient on before")
def added_in_the_order_of_arrival(output, dE_dY):
    found, queue = {output: dE_dY}, [output]
    for Y in queue:
        for X, dE_dX in send_back(Y, found[Y]):
            if X not in found:
                queue.append(X)
            found[X] = found.get(X, 0) + dE_dX
    return leaves(found)


@mutant("gradients", hint="sends its gradient on before")
def last_arrival_first(output, dE_dY):
    found, stack = {output: dE_dY}, [output]
    while stack:
        Y = stack.pop()
        for X, dE_dX in send_back(Y, found[Y]):
            if X not in found:
                stack.append(X)
            found[X] = found.get(X, 0) + dE_dX
    return leaves(found)


@mutant("gradients", hint="sent on again")
def all_of_it_at_every_arrival(output, dE_dY):
    found, queue = {output: dE_dY}, [output]
    for Y in queue:
        for X, dE_dX in send_back(Y, found[Y]):
            found[X] = found.get(X, 0) + dE_dX
            queue.append(X)
    return leaves(found)


@mutant("gradients", hint="both inputs of a step: a value sends its gradient on before")
def steps_counted_where_uses_count(output, dE_dY):
    users, waiting = {output: set()}, [output]
    for Y in waiting:
        for X in Y.inputs if Y.module is not None else ():
            if X not in users:
                waiting.append(X)
            users.setdefault(X, set()).add(Y)
    found, answers, ready = {output: dE_dY}, {}, [output]
    for Y in ready:
        for X, dE_dX in send_back(Y, found[Y]):
            found[X] = found.get(X, 0) + dE_dX
            answers[X] = answers.get(X, 0) + 1
            if answers[X] == len(users[X]):
                ready.append(X)
    return leaves(found)


@mutant("gradients", hint="a value that is both inputs of a step")
def a_dict_of_the_inputs(output, dE_dY):
    found, waiting = {output: dE_dY}, {output}
    while waiting:
        Y = max(waiting, key=lambda X: X.time)
        waiting.remove(Y)
        for X, dE_dX in dict(send_back(Y, found[Y])).items():
            found[X] = found[X] + dE_dX if X in found else dE_dX
            waiting.add(X)
    return leaves(found)


@mutant("gradients", hint="sent on again")
def paths_counted_twice(output, dE_dY):
    found = {output: dE_dY}

    def go(Y):
        for X, dE_dX in send_back(Y, found[Y]):
            found[X] = found.get(X, 0) + dE_dX
            go(X)

    go(output)
    return leaves(found)


@mutant("gradients", hint="a value with three users")
def right_for_two_users(output, dE_dY):
    first = {}

    def merge(X, dE_dX):
        first.setdefault(X, dE_dX)
        return first[X] if dE_dX is first[X] else first[X] + dE_dX

    found, waiting = {output: dE_dY}, {output}
    while waiting:
        Y = max(waiting, key=lambda X: X.time)
        waiting.remove(Y)
        for X, dE_dX in send_back(Y, found[Y]):
            found[X] = merge(X, dE_dX.copy())
            waiting.add(X)
    return leaves(found)


@mutant("gradients", hint="that somebody else holds, too")
def added_in_place(output, dE_dY):
    def merge(old, new):
        old += new
        return old

    return swept(output, dE_dY, merge)


@mutant("gradients", hint="two sums: a gradient is added into an array that somebody else holds")
def added_in_place_after_a_copy_of_the_first(output, dE_dY):
    def merge(old, new):
        old += new
        return old

    return swept(output, dE_dY.copy(), merge)


@mutant("gradients", hint="y + relu(y): right, but bprop was called 2,046 times for 20 steps")
def each_gradient_alone(output, dE_dY):
    if output.module is None:
        return {output: dE_dY}
    found = {}
    for X, dE_dX in send_back(output, dE_dY):
        for leaf, share in each_gradient_alone.answer(X, dE_dX).items():
            found[leaf] = found[leaf] + share if leaf in found else share
    return found


@mutant("gradients", hint="bprop was called")
def each_arrival_sent_on(output, dE_dY):
    found, queue = {}, [(output, dE_dY)]
    for Y, dE_dY in queue:
        queue += send_back(Y, dE_dY)
        if Y.module is None:
            found[Y] = found.get(Y, 0) + dE_dY
    return found


@mutant("gradients", hint="is wrong in")
def dE_dY_handed_on(output, dE_dY):
    found, waiting = {output: dE_dY}, {output}
    while waiting:
        Y = max(waiting, key=lambda X: X.time)
        waiting.remove(Y)
        for X, _ in send_back(Y, found[Y]):
            found[X] = found[X] + found[Y] if X in found else found[Y]
            waiting.add(X)
    return leaves(found)


@mutant("gradients", hint="return a dict")
def a_list_comes_out(output, dE_dY):
    return list(swept(output, dE_dY, np.add).values())


@mutant("gradients", hint="stopped with TypeError")
def constants_have_gradients_too(output, dE_dY):
    found, waiting = {output: dE_dY}, {output}
    while waiting:
        Y = max(waiting, key=lambda X: X.time)
        waiting.remove(Y)
        if Y.module is None:
            continue
        gradients = Y.module.bprop(found[Y])
        gradients = gradients if isinstance(gradients, tuple) else (gradients,)
        for X, dE_dX in zip(Y.inputs, gradients, strict=True):
            found[X] = found[X] + dE_dX if X in found else dE_dX
            waiting.add(X)
    return leaves(found)


@mutant("gradients", hint="dlcore.Tensor.backward is what this task asks you to write")
def with_backward(output, dE_dY):
    output.backward(dE_dY)
    return {}


@equivalent("gradients")
def made_last_first(output, dE_dY):
    return swept(output, dE_dY, lambda old, new: old + new)


@equivalent("gradients")
def along_the_tape(output, dE_dY):
    found = {output: dE_dY}
    for Y in reversed(tape(output)):
        for X, dE_dX in send_back(Y, found[Y]):
            found[X] = found.get(X, 0.0) + dE_dX
    return leaves(found)


@equivalent("gradients")
def users_counted(output, dE_dY):
    """No clock: a value is ready when as many have answered as use it."""
    users, waiting = {output: 0}, [output]
    for Y in waiting:
        for X in Y.inputs if Y.module is not None else ():
            if X not in users:
                waiting.append(X)
            users[X] = users.get(X, 0) + 1
    found, ready = {output: [dE_dY]}, [output]
    for Y in ready:
        for X, dE_dX in send_back(Y, sum(found[Y])):
            found.setdefault(X, []).append(dE_dX)
            if len(found[X]) == users[X]:
                ready.append(X)
    return leaves({X: np.sum(gradients, axis=0) for X, gradients in found.items()})


@equivalent("gradients")
def sorted_by_depth_first_search(output, dE_dY):
    order, seen = [], set()

    def visit(Y):
        if Y not in seen:
            seen.add(Y)
            for X in Y.inputs:
                visit(X)
            order.append(Y)

    visit(output)
    found = {X: np.zeros(X.shape) for X in order} | {output: dE_dY}
    for Y in reversed(order):
        if Y.requires_grad:
            for X, dE_dX in send_back(Y, found[Y]):
                found[X] = found[X] + dE_dX
    return found  # of all values, not of the leaves alone


@equivalent("gradients")
def added_in_place_into_arrays_of_its_own(output, dE_dY):
    found, waiting = {output: dE_dY}, {output}
    while waiting:
        Y = max(waiting, key=lambda X: X.time)
        waiting.remove(Y)
        for X, dE_dX in send_back(Y, found[Y]):
            found.setdefault(X, np.zeros(X.shape))
            found[X] += dE_dX
            waiting.add(X)
    return leaves(found)


# --- operations -----------------------------------------------------------------------------------


def products(sizes, batch):
    return [batch * n_in * n_out for n_in, n_out in pairwise(sizes)]


@mutant("operations", hint="dE/dX_0 is not wanted, and you count")
def makes_the_gradient_of_the_data(sizes, batch):
    forward = sum(products(sizes, batch))
    return forward, 2 * forward, 2 * forward


@mutant("operations", hint="with dE/dX_0 every module makes both")
def one_gradient_of_weights_too_few(sizes, batch):
    forward = sum(products(sizes, batch))
    backward = 2 * forward - products(sizes, batch)[-1]
    return forward, backward, backward - products(sizes, batch)[0]


@mutant("operations", hint="the batch is left out")
def one_sample(sizes, batch):
    forward = sum(products(sizes, 1))
    return forward, 2 * forward, 2 * forward - sizes[0] * sizes[1]


@mutant("operations", hint="as many products as there are weights, for each sample")
def batch_forgotten_for_the_weights(sizes, batch):
    forward, once = sum(products(sizes, batch)), sum(products(sizes, 1))
    return forward, forward + once, forward + once - products(sizes, batch)[0]


@mutant("operations", hint="biases are counted")
def biases_multiplied(sizes, batch):
    forward = sum(batch * (n_in + 1) * n_out for n_in, n_out in pairwise(sizes))
    return forward, 2 * forward, 2 * forward - batch * (sizes[0] + 1) * sizes[1]


@mutant("operations", hint="biases are counted")
def biases_multiplied_going_back(sizes, batch):
    forward, outputs = sum(products(sizes, batch)), batch * sum(sizes[1:])
    backward = 2 * forward + outputs
    return forward, backward, backward - products(sizes, batch)[0]


@mutant("operations", hint="a module has two products")
def one_product_going_back(sizes, batch):
    forward = sum(products(sizes, batch))
    return forward, forward, forward - products(sizes, batch)[0]


@mutant("operations", hint="without dE/dX_0 something else falls away")
def first_module_learns_nothing(sizes, batch):
    forward = sum(products(sizes, batch))
    return forward, 2 * forward, 2 * forward - 2 * products(sizes, batch)[0]


@mutant("operations", hint="without dE/dX_0 something else falls away")
def last_module_makes_no_gradient(sizes, batch):
    forward = sum(products(sizes, batch))
    return forward, 2 * forward, 2 * forward - products(sizes, batch)[-1]


@mutant("operations", hint="without dE/dX_0 something else falls away")
def weights_alone_without_the_gradient_of_the_data(sizes, batch):
    forward = sum(products(sizes, batch))
    return forward, 2 * forward, forward


@mutant("operations", hint="without the forward pass before it")
def all_three_passes(sizes, batch):
    forward = sum(products(sizes, batch))
    return forward, 3 * forward, 3 * forward - products(sizes, batch)[0]


@mutant("operations", hint="the last two numbers are the other way round")
def in_another_order(sizes, batch):
    forward = sum(products(sizes, batch))
    return forward, 2 * forward - products(sizes, batch)[0], 2 * forward


@mutant("operations", hint="additions are not counted")
def additions_too(sizes, batch):
    forward = 2 * sum(products(sizes, batch))
    return forward, 2 * forward, 2 * forward - 2 * products(sizes, batch)[0]


@mutant("operations", hint="a module is left out")
def last_module_left_out(sizes, batch):
    shorter = sizes[:-1] if len(sizes) > 2 else sizes
    forward = sum(products(shorter, batch))
    return forward, 2 * forward, 2 * forward - products(sizes, batch)[0]


@mutant("operations", hint="return three numbers")
def backward_in_one_number(sizes, batch):
    forward = sum(products(sizes, batch))
    return forward, 2 * forward


@mutant("operations", hint="dlcore.nn.Linear is what this task asks you to write")
def measured(sizes, batch):
    net = nn.Sequential(*(nn.Linear(n_in, n_out) for n_in, n_out in pairwise(sizes)))
    return net.fprop(np.ones((batch, sizes[0]), np.float32)).size, 0, 0


@equivalent("operations")
def as_a_list(sizes, batch):
    forward = sum(products(sizes, batch))
    return [forward, 2 * forward, 2 * forward - products(sizes, batch)[0]]


@equivalent("operations")
def as_an_array(sizes, batch):
    n = np.array(sizes)
    forward = batch * (n[1:] @ n[:-1])
    return np.array([forward, 2 * forward, 2 * forward - batch * n[0] * n[1]], dtype=np.float64)


@equivalent("operations")
def product_by_product(sizes, batch):
    forward = backward = lean = 0
    for k in range(len(sizes) - 1, 0, -1):
        for _ in range(batch):
            forward += sizes[k] * sizes[k - 1]
            backward += 2 * sizes[k] * sizes[k - 1]
            lean += (1 if k == 1 else 2) * sizes[k] * sizes[k - 1]
    return forward, backward, lean
