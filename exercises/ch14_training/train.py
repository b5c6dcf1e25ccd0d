"""Find the bug: a loop whose gradients never go away."""
# mypy: allow-untyped-defs, allow-untyped-calls

import numpy as np

from dlcore import optim
from exercises.hints import Hint, differs
from exercises.inside.wire import Odd
from exercises.slips import Slip, Told, equivalent, stranger
from exercises.task import Task, Values

from .objective_gradient import case as small_net


def case(seed: int) -> Values:
    """Four batches for a net, and an optimizer: plain, with momentum, Adam."""
    random = np.random.default_rng(seed)
    net = small_net(2 * seed)
    theta = {name: net[name] for name in ("W1", "b1", "W2", "b2")}
    n_in, n_out = len(net["X"][0]), len(net["Y"][0])
    return {
        "theta": theta,
        "X": random.normal(size=(4, 6, n_in)),
        "Y": random.normal(size=(4, 6, n_out)),
        "optimizer": ["Adam", "SGD", "SGD"][seed % 3],
        "lr": float(random.uniform(0.01, 0.03)),
        "momentum": 0.9 if seed % 3 == 2 else 0.0,
    }


def train(net, cost, optimizer, batches):
    losses = []
    for X, Y in batches:
        loss = cost(net(X), Y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


CLEAR, STEP, END = "        optimizer.zero_grad()\n", "optimizer.step()", "    return losses"
SOME = "        for p in list(net.parameters())[{}]: p.grad = None\n"

SLIPS = (
    Slip(
        "the steps use gradients of batches that are long gone.",
        (CLEAR, ""),
        more="backward() adds to what is in p.grad. When is it emptied?",
    ),
    Slip(
        "some of the gradients are cleared and others are not.",
        *((CLEAR, SOME.format(places)) for places in ("::2", "1::2", ":2", "2:")),
    ),
    Slip("the net never changes.", (STEP, "pass"), more="Who takes the step?"),
    Slip(
        "the step is not the optimizer's.",
        (STEP, "[setattr(p, 'data', p.data - optimizer.lr * p.grad) for p in net.parameters()]"),
        more="It may have a momentum, or be Adam: optimizer.step() knows.",
    ),
    Slip(
        "only the first batch is used.",
        (END, f"    {END}"),
        more="Is `return` inside the loop?",
    ),
    Slip("the last batch is left out.", ("in batches", "in batches[:-1]")),
    Slip(
        "the cost is given the net's output and the target in the wrong order.",
        ("cost(net(X), Y)", "cost(Y, net(X))"),
        more="cost(net(X), Y): a cost need not be symmetric.",
    ),
    Slip(
        "these are losses after the step.",
        ("losses.append(loss.item())", "losses.append(cost(net(X), Y).item())"),
        more="Of each batch, the one before it.",
    ),
    Told("stopped with RuntimeError", (CLEAR, "", STEP, f"optimizer.zero_grad(); {STEP}")),
    Told("one loss for each batch; yours has 1", (END, "    return losses[-1:]")),
    Told("the losses should be plain numbers", ("loss.item()", "loss")),
    Told("of 4; yours is of type NoneType", (END, "")),
    Told("yours is of type float", (END, "    return losses[-1]")),
)


def judge(inputs: Values, got: Values, right: Values) -> Hint | None:
    """Where the net is after every batch comes first, then the losses."""
    hint, losses = differs("the net", got["the net"], right["the net"]), got["losses"]
    if hint or not isinstance(losses, list | tuple | np.ndarray) or isinstance(losses, Odd):
        return hint or differs("the list of losses", losses, right["losses"])
    if not all(np.ndim(loss) == 0 and isinstance(loss, float | np.ndarray) for loss in losses):
        return Hint("the losses should be plain numbers.", "loss.item() is one.")
    if len(losses) != len(right["losses"]):
        found = f"{len(losses)} for {len(right['losses'])} batches"
        return Hint(f"return a list with one loss for each batch; yours has {found}.")
    return differs("the list of losses", list(losses), right["losses"])


@stranger(train, "gradients of batches that are long gone")
def cleared_before_the_loop(net, cost, optimizer, batches):
    optimizer.zero_grad()
    losses = []
    for X, Y in batches:
        losses.append(cost(net(X), Y))
        losses[-1].backward()
        optimizer.step()
    return [loss.item() for loss in losses]


@stranger(train, "the step is not the optimizer's")
def steps_by_hand(net, cost, optimizer, batches):
    losses = []
    for X, Y in batches:
        losses.append(cost.fprop(net.fprop(X), Y))
        net.zero_grad()
        net.bprop(cost.bprop()[0])
        optim.SGD(net.parameters(), optimizer.lr).step()
    return losses


@stranger(train, "the net never changes")
def a_generator(net, cost, optimizer, batches):
    for X, Y in batches:
        yield train(net, cost, optimizer, [(X, Y)])[0]


@equivalent(train)
def cleared_at_the_end_of_each_turn(net, cost, optimizer, batches):
    losses = np.empty(len(batches))
    for k in range(len(batches)):
        loss = cost(net(batches[k][0]), batches[k][1])
        loss.backward()
        optimizer.step()
        net.zero_grad()
        losses[k] = loss.item()
    return losses


@equivalent(train)
def gradients_set_to_zeros(net, cost, optimizer, batches):
    losses = []
    for X, Y in iter(batches):
        for p in net.parameters():
            p.grad = np.zeros_like(p.data)
        losses.append(cost(net(X), Y))
        losses[-1].backward()
        optimizer.step()
    return tuple(np.asarray(loss.data) for loss in losses)


@equivalent(train)
def module_by_module(net, cost, optimizer, batches):
    """Without the tape: fprop and bprop by hand."""
    losses = []
    for X, Y in batches:
        losses.append(cost.fprop(net.fprop(X), Y))
        net.zero_grad()
        net.bprop(cost.bprop()[0])
        optimizer.step()
    return losses


TASK = Task(
    train,
    "Find the bug",
    difficulty=1,
    minutes=10,
    rows=("L35",),
    points=2,
    inputs=case,
    returns="the list of losses",
    slips=SLIPS,
    judge=judge,
)
