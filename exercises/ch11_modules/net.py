"""The same net, written as a class: parameters whose names stay."""
# mypy: allow-untyped-defs, allow-untyped-calls

import numpy as np

import dlcore as dl
from dlcore import nn
from dlcore.nn import functional as F
from exercises.hints import Hint, alike, compare
from exercises.slips import Slip, Told, equivalent, stranger
from exercises.task import Task, Values

KEYS = {
    "1.weight": "fc1.weight",
    "1.bias": "fc1.bias",
    "3.weight": "fc2.weight",
    "3.bias": "fc2.bias",
}


def case(seed: int) -> Values:
    """Images, and the state_dict of a container: Flatten, Linear, ReLU, Linear, LogSoftmax."""
    random = np.random.default_rng(seed)
    rows, columns, n_hidden, n_out, batch = random.permutation([2, 3, 4, 5, 6]).tolist()
    shapes = [(n_hidden, rows * columns), (n_hidden,), (n_out, n_hidden), (n_out,)]
    return {
        "state": {key: random.normal(size=shape) for key, shape in zip(KEYS, shapes)},
        "shapes": dict(zip(KEYS.values(), shapes)),
        "X": random.normal(size=(batch, rows, columns)),
        "dE_dY": random.normal(size=(batch, n_out)),
    }


class Net(nn.Module):
    def __init__(self, n_in, n_hidden, n_out):
        self.fc1 = nn.Linear(n_in, n_hidden)
        self.fc2 = nn.Linear(n_hidden, n_out)

    def forward(self, x):
        x = F.relu(self.fc1(x.view(len(x), -1)))
        return F.log_softmax(self.fc2(x), dim=1)

    def take(self, state):
        fc = {"1": "fc1", "3": "fc2"}
        self.load_state_dict({fc[k[0]] + k[1:]: W for k, W in state.items()})


HIDDEN, OUT = "F.relu(self.fc1(x.view(len(x), -1)))", "F.log_softmax(self.fc2(x), dim=1)"
FC1, FC2 = "self.fc1 = nn.Linear(n_in, n_hidden)", "self.fc2 = nn.Linear(n_hidden, n_out)"
TAKE = "self.load_state_dict({fc[k[0]] + k[1:]: W for k, W in state.items()})"
RENAMED = "state[fc[k[0]] + k[1:]] = state.pop(k)"

SLIPS = (
    Slip("the ReLU is missing.", ("F.relu", ""), more="Two Linears in a row are no more than one."),
    Slip("a Tanh stands where the container has a ReLU.", ("F.relu", "F.tanh")),
    Slip(
        "a ReLU stands behind fc2; the container has none there.",
        ("self.fc2(x)", "F.relu(self.fc2(x))"),
    ),
    Slip(
        "the ReLU stands in the wrong place.",
        ("F.relu(self.fc1(x.view(len(x), -1)))", "self.fc1(F.relu(x).view(len(x), -1))"),
        ("F.relu", "", "self.fc2(x)", "F.relu(self.fc2(x))"),
        more="It belongs between fc1 and fc2.",
    ),
    Slip(
        "the log-softmax runs over the samples.",
        ("dim=1", "dim=0"),
        more="Each row should be a distribution.",
    ),
    Slip("these are the probabilities, not their logarithms.", ("F.log_softmax", "F.softmax")),
    Slip(
        "a softmax stands before the log-softmax, which is both in one.",
        ("self.fc2(x)", "F.softmax(self.fc2(x), dim=1)"),
    ),
    Slip(
        "these are the scores: the last module of the container is missing.", (OUT, "self.fc2(x)")
    ),
    Told(
        "yours are layers.0.weight, layers.0.bias, layers.1.weight",
        (FC1, f"self.layers = [{FC1[11:]}, {FC2[11:]}]", FC2, ""),
    ),
    Told("yours are m1.weight", ("self.fc1 =", "self.m1 =", "self.fc2 =", "self.m2 =")),
    Told("the net has no parameters", (FC1, "pass", FC2, "")),
    Told(
        "yours are fc1.weight, fc2.weight",
        (
            "Linear(n_in, n_hidden)",
            "Linear(n_in, n_hidden, bias=False)",
            "Linear(n_hidden, n_out)",
            "Linear(n_hidden, n_out, bias=False)",
        ),
    ),
    Told("fc1.weight should have shape", ("(n_in, n_hidden)", "(n_hidden, n_in)")),
    Told(
        "your code stopped with InputError: Linear",
        ("x.view(len(x), -1)", "x.view(-1)"),
        ("x.view(len(x), -1)", "x"),
    ),
    Told("Net.forward gave None", (f"return {OUT}", OUT)),
    Told("forward should return a Tensor; yours returns ndarray", (OUT, f"{OUT}.data")),
    Told(
        "no gradient finds its way back to fc1.weight",
        (HIDDEN, f"dl.tensor({HIDDEN}.data)"),
        (OUT, f"{OUT}.detach()"),
    ),
    Told("Y should be an array of shape", ("return F", "x = dl.tensor(x.data[:1]); return F")),
    Told("take leaves fc1.weight as it was", (TAKE, "self.state_dict().update(state)")),
    Told(
        "take leaves fc1.bias as it was",
        (TAKE, "self.fc1.weight.data, self.fc2.weight.data = state['1.weight'], state['3.weight']"),
    ),
    Told(
        "Linear.weight is a Parameter",
        (TAKE, "self.fc1.weight = state['1.weight']"),
    ),
    Told(
        "after take, fc1.weight is another Parameter",
        (TAKE, f"{TAKE}; self.fc1.weight = dl.Parameter(state['1.weight'])"),
    ),
    Told(
        "fc1.weight, after take, should be an array of shape",
        (TAKE, f"{TAKE}; self.fc1.weight.data = state['1.weight'].T"),
    ),
    Told(
        "changes state",
        (TAKE, f"for k in list(state): {RENAMED}\n        self.load_state_dict(state)"),
    ),
    Told("your code stopped with KeyError", (TAKE, "self.load_state_dict(state)")),
)


def read(inputs: Values, outputs: Values) -> Values | Hint:
    """Names and shapes, of a fresh net and of one that took a state; then its Y and gradients."""
    hint = names_and_shapes(inputs["shapes"], outputs["fresh"]) or after_take(inputs, outputs)
    if hint:
        return hint
    if outputs["kind"] != "Tensor":
        return Hint(
            f"forward should return a Tensor; yours returns {outputs['kind']}.",
            "Call the modules themselves, as in self.fc1(x): such a step is recorded.",
        )
    return {
        name: A for name, A in outputs.items() if name == "Y" or name.startswith("the gradient")
    }


def names_and_shapes(shapes: Values, fresh: Values) -> Hint | None:
    if not fresh:
        return Hint(
            "the net has no parameters.",
            "A module is found if it is an attribute, made in __init__: self.fc1 = ...",
        )
    if set(fresh) != set(shapes):
        wanted = ", ".join(shapes)
        return Hint(
            f"the keys of its state_dict should be {wanted}; yours are {', '.join(fresh)}.",
            "A key is a path of attributes: fc1.weight is what self.fc1.weight says.",
        )
    for name, shape in shapes.items():
        if fresh[name].shape != shape:
            return Hint(f"{name} should have shape {shape}; yours has {fresh[name].shape}.")
    return None


def after_take(inputs: Values, outputs: Values) -> Hint | None:
    taken = outputs["taken"]
    for key, name in KEYS.items():
        if alike(taken[name], outputs["fresh"][name]):
            return Hint(f"take leaves {name} as it was.")
        hint = compare(
            {f"{name}, after take,": taken[name]}, {f"{name}, after take,": inputs["state"][key]}
        )
        if hint:
            return hint
    for name, same_one in zip(outputs["fresh"], outputs["same"]):
        if not same_one:
            return Hint(
                f"after take, {name} is another Parameter.",
                "An optimizer may hold the one before. Give that one new numbers, in .data.",
            )
    return None


def judge(inputs: Values, got: Values, right: Values) -> Hint | None:
    hint = compare({"Y": got["Y"]}, {"Y": right["Y"]})
    for name, grad in got.items():
        if hint is None and grad is None:
            return Hint(
                f"Y is right, and no gradient finds its way back to {name.split()[-1]}.",
                "Every step from x to Y must be made by a module that was given a Tensor.",
            )
    return hint or compare(got, {name: right[name] for name in got})


@stranger(Net, "yours are net.1.weight")
class AContainerInside(Net):
    def __init__(self, n_in, n_hidden, n_out):
        layers = nn.Linear(n_in, n_hidden), nn.ReLU(), nn.Linear(n_hidden, n_out)
        self.net = nn.Sequential(nn.Flatten(), *layers)


@stranger(Net, "the ReLU is missing")
class ByHandAndNoReLU(Net):
    def forward(self, x):
        layers = nn.Flatten(), self.fc1, self.fc2, nn.LogSoftmax(dim=-1)
        for layer in layers:
            x = layer(x)
        return x


@equivalent(Net)
class EveryModuleAnAttribute(Net):
    def __init__(self, n_in, n_hidden, n_out):
        super().__init__(n_in, n_hidden, n_out)
        self.flatten, self.relu, self.log = nn.Flatten(), nn.ReLU(), nn.LogSoftmax(dim=-1)

    def forward(self, x):
        return self.log(self.fc2(self.relu(self.fc1(self.flatten(x)))))

    def take(self, state):
        for p, W in zip(self.parameters(), state.values()):
            p.data = W.copy()


@equivalent(Net)
class AContainerInForward(Net):
    """Names in another order, and the given arrays themselves."""

    def __init__(self, n_in, n_hidden, n_out):
        self.fc2 = nn.Linear(n_hidden, n_out)
        self.fc1 = nn.Linear(n_in, n_hidden)

    def forward(self, x):
        end = nn.LogSoftmax(dim=1)
        return nn.Sequential(nn.Flatten(), self.fc1, nn.ReLU(), self.fc2, end)(x)

    def take(self, state):
        for name, module in {"1": self.fc1, "3": self.fc2}.items():
            module.load_state_dict({key: state[f"{name}.{key}"] for key in ("weight", "bias")})


@equivalent(Net)
class WithSuper(nn.Module):
    """As one writes it in torch."""

    def __init__(self, n_in, n_hidden, n_out):
        super().__init__()
        self.n_in = n_in
        self.fc1 = nn.Linear(n_in, n_hidden)
        self.fc2 = nn.Linear(n_hidden, n_out)

    def forward(self, x):
        x = self.fc1(x.view(-1, self.n_in))
        x = dl.relu(x)
        x = self.fc2(x)
        return dl.log_softmax(x, dim=-1)

    def take(self, state):
        state = {key.replace("1.", "fc1.").replace("3.", "fc2."): state[key] for key in state}
        self.load_state_dict(state)


TASK = Task(
    Net,
    "The same net, written as a class",
    difficulty=1,
    minutes=15,
    rows=("L28", "L34"),
    points=2,
    inputs=case,
    slips=SLIPS,
    read=read,
    judge=judge,
)
