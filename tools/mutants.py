"""Plant bugs in dlcore, one at a time, and see whether its tests find them: `make mutants`.

Each is a mistake that somebody makes: a gradient overwritten instead of added, a missing
transpose, a tie given twice. Works on copies; prints a line a bug and exits 1 if one survives.

    python tools/mutants.py           all of them, about a quarter of an hour
    python tools/mutants.py pooling   those whose name or file has this word
"""

import os
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
CONFORMANCE = ("tests/tools/test_conformance.py", "book/conformance.json", "book/conformance.md")


class Mutant(NamedTuple):
    name: str
    file: str
    old: str
    new: str


MUTANTS = [
    # The tape
    Mutant(
        "fan-out overwritten",
        "tensor.py",
        "dE_d[X] = dE_d[X] + dE_dX",
        "dE_d[X] = dE_dX",
    ),
    Mutant(
        "fan-out added in place",
        "tensor.py",
        "dE_d[X] = dE_d[X] + dE_dX",
        "dE_d[X] += dE_dX",
    ),
    Mutant("oldest step first", "tensor.py", "(-X.time, id(X), X)", "(X.time, id(X), X)"),
    Mutant("a leaf's gradient aliased", "tensor.py", "np.array(dE_dY))", "dE_dY)"),
    Mutant(
        "gradient overwritten",
        "tensor.py",
        "self.grad = self.grad + gradient",
        "self.grad = gradient",
    ),
    Mutant(
        "frozen parameters trained",
        "tensor.py",
        "if self.requires_grad:\n            if self.grad",
        "if True:\n            if self.grad",
    ),
    Mutant("used tape accepted", "tensor.py", "Y.module = Y.inputs = None", "pass"),
    Mutant("no_grad forgets what was before", "tensor.py", "_no_grads.get() - 1", "0"),
    Mutant(
        "a module is its own tape entry", "nn/module.py", "step = snapshot(self)", "step = self"
    ),
    Mutant(
        "the tape copies deeply",
        "nn/module.py",
        "step = snapshot(self)",
        "step = copy.deepcopy(self)",
    ),
    Mutant(
        "the tape shares the modules inside",
        "nn/module.py",
        "step = snapshot(self)",
        "step = self.__copy__()",
    ),
    Mutant(
        "a step reads the weight as it is later",
        "nn/linear.py",
        "self.W.data.T",
        "self.weight.data.T",
    ),
    Mutant("bprop may write into dE/dY", "nn/guard.py", "array.setflags(write=False)", "pass"),
    Mutant("bprop takes any gradient", "nn/guard.py", "and not alike(Y, *dE_dY)", "and False"),
    Mutant(
        "a parameter shares its gradient",
        "tensor.py",
        "gradient.copy() if shared",
        "gradient if shared",
    ),
    Mutant(
        "NumPy cuts the tape", "tensor.py", "if self.requires_grad and is_recording()", "if False"
    ),
    Mutant(
        "shared parameters twice",
        "nn/module.py",
        "isinstance(value, Parameter) and id(value) not in seen",
        "isinstance(value, Parameter)",
    ),
    Mutant(
        "the cascade goes back forwards",
        "nn/module.py",
        "reversed(self._each_once())",
        "self._each_once()",
    ),
    Mutant(
        "lists of modules forgotten",
        "nn/module.py",
        "isinstance(value, (list, tuple))",
        "isinstance(value, tuple)",
    ),
    # Linear and wiring
    Mutant("Linear forgets the bias", "nn/linear.py", "Y += self.bias.data[:, np.newaxis]", "pass"),
    Mutant("Linear: bias gradient averaged", "nn/linear.py", "dY.sum(axis=1)", "dY.mean(axis=1)"),
    Mutant("Linear: weight gradient negative", "nn/linear.py", "dY @ self.X.T", "-dY @ self.X.T"),
    Mutant(
        "Linear: too large at the start", "nn/linear.py", "bound = in_features**-0.5", "bound = 1.0"
    ),
    Mutant(
        "Linear: no dE/dX after one without",
        "nn/linear.py",
        "if not self.needs_input_grad[0]:",
        "if True:",
    ),
    Mutant(
        "Duplicate: only the first", "nn/wiring.py", "sum(dE_dY[1:], start=dE_dY[0])", "dE_dY[0]"
    ),
    Mutant("Max: the tie to x1", "nn/wiring.py", "self.first = X1 > X2", "self.first = X1 >= X2"),
    Mutant(
        "Max: the tie to both", "nn/wiring.py", "dE_dY * ~self.first", "dE_dY * (self.Y == self.Y)"
    ),
    Mutant(
        "Flatten: one dimension too many",
        "nn/wiring.py",
        "start_dim: int = 1",
        "start_dim: int = 0",
    ),
    # Non-linearities
    Mutant("relu'(0) = 1", "nn/pointwise.py", "dE_dY * (self.Y > 0)", "dE_dY * (self.Y >= 0)"),
    Mutant(
        "ReLU writes into dE/dY",
        "nn/pointwise.py",
        "return dE_dY * (self.Y > 0)",
        "dE_dY *= self.Y > 0\n        return dE_dY",
    ),
    Mutant("tanh' = 1 - y", "nn/pointwise.py", "(1 - self.Y**2)", "(1 - self.Y)"),
    Mutant(
        "sigmoid overflows",
        "nn/pointwise.py",
        "np.where(X < 0, e, 1) / (1 + e)",
        "1 / (1 + np.exp(-X))",
    ),
    Mutant(
        "Softshrink without the shift",
        "nn/pointwise.py",
        "self.Y = X - np.clip(X, -self.lambd, self.lambd)",
        "self.Y = np.where(self.flat, 0, X)",
    ),
    Mutant(
        "WinnerTakeAll: a tie to the last",
        "nn/pointwise.py",
        'np.argsort(-height, axis=self.dim, kind="stable")',
        'np.flip(np.argsort(height, axis=self.dim, kind="stable"), axis=self.dim)',
    ),
    # Softmax and costs
    Mutant(
        "softmax without max",
        "nn/softmax.py",
        "e = np.exp(X - X.max(axis=axis, keepdims=True))",
        "e = np.exp(X)",
    ),
    Mutant(
        "log-softmax forgets the sum",
        "nn/softmax.py",
        "np.exp(self.Y) * dE_dY.sum(axis=axis, keepdims=True)",
        "np.exp(self.Y)",
    ),
    Mutant(
        "log-softmax over all",
        "nn/softmax.py",
        "np.exp(shifted).sum(axis=axis, keepdims=True)",
        "np.exp(shifted).sum(keepdims=True)",
    ),
    Mutant(
        "NLL not averaged", "nn/costs.py", 'if self.reduction == "mean" else 1)', "if False else 1)"
    ),
    Mutant(
        "weights do not count in the mean",
        "nn/costs.py",
        "count=self.w.sum()",
        "count=self.counts.sum()",
    ),
    Mutant(
        "ignored targets count",
        "nn/costs.py",
        "self.w = self.counts.astype(X.dtype)",
        "self.w = np.ones_like(t, X.dtype)",
    ),
    Mutant(
        "squared distance: half the gradient",
        "nn/costs.py",
        "dE_dD = 2 * self.D * (self.scale * dE_dY)\n        return dE_dD, -dE_dD\n\n\nclass MSELoss",
        "dE_dD = self.D * (self.scale * dE_dY)\n        return dE_dD, -dE_dD\n\n\nclass MSELoss",
    ),
    Mutant(
        "contrastive: dissimilar pulled together",
        "nn/contrastive.py",
        "-ratio(self.lack, self.D)",
        "ratio(self.lack, self.D)",
    ),
    Mutant(
        "contrastive: the margin ignored",
        "nn/contrastive.py",
        "np.maximum(0, self.margin - self.D)",
        "self.margin - self.D",
    ),
    # Convolution and pooling
    Mutant(
        "convolution flips its kernel",
        "nn/conv.py",
        "return W.data.reshape(",
        "return W.data[..., ::-1, ::-1].reshape(",
    ),
    Mutant(
        "convolution: dE/dX overwritten",
        "nn/conv.py",
        "dE_dX[:, rows, cols] += dE_dcolumns",
        "dE_dX[:, rows, cols] = dE_dcolumns",
    ),
    Mutant(
        "same padding on the wrong side",
        "nn/conv.py",
        "(rows // 2, rows - rows // 2)",
        "(rows - rows // 2, rows // 2)",
    ),
    Mutant(
        "max-pooling: ties to all",
        "nn/pooling.py",
        "won = free & (x == self.Y)",
        "won = x == self.Y",
    ),
    Mutant(
        "max-pooling: border of zeros",
        "nn/pooling.py",
        "self.see(X, border=-np.inf)",
        "self.see(X)",
    ),
    Mutant(
        "pooling: overlaps overwritten",
        "nn/pooling.py",
        "dE_dX[..., rows, cols] += dE_dY * dY_dX",
        "dE_dX[..., rows, cols] = dE_dY * dY_dX",
    ),
    Mutant(
        "average pooling counts the border",
        "nn/pooling.py",
        "if not (self.count_include_pad or self.divisor_override):",
        "if False:",
    ),
    Mutant(
        "Lp pooling overflows",
        "nn/pooling.py",
        "scale = np.where((largest > 0) & (largest < np.inf), largest, 1)",
        "scale = np.ones_like(largest)",
    ),
    Mutant("log-prob pooling: sum for mean", "nn/pooling.py", "if not self.mean:", "if self.mean:"),
    # Normalization
    Mutant(
        "window not normalized at the border",
        "nn/normalization.py",
        "w / w.sum(axis=1, keepdims=True)",
        "w / w.sum(axis=1).max()",
    ),
    Mutant(
        "divisive norm: c held constant",
        "nn/normalization.py",
        "dE_dS = dE_dD * above + (dE_dD * ~above).mean(axis=(-2, -1), keepdims=True)",
        "dE_dS = dE_dD * above",
    ),
    Mutant(
        "whitening divides by N - 1",
        "nn/whitening.py",
        "(X - mean).T @ (X - mean) / len(X)",
        "(X - mean).T @ (X - mean) / (len(X) - 1)",
    ),
    Mutant(
        "RBF: gradient of the centers negative",
        "nn/rbf.py",
        "rows.T @ X - rows.sum(axis=0)[:, None] * self.C",
        "rows.sum(axis=0)[:, None] * self.C - rows.T @ X",
    ),
    # Optimizers
    Mutant(
        "the learning rate inside the velocity",
        "optim.py",
        'state["v"] = self.momentum * state["v"] + (1 - self.dampening) * g',
        'state["v"] = self.momentum * state["v"] + self.lr * g',
    ),
    Mutant(
        "Adam without bias correction",
        "optim.py",
        "m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)",
        "m_hat, v_hat = m, v",
    ),
    Mutant(
        "Adam: eps inside the root",
        "optim.py",
        "(np.sqrt(v_hat) + self.eps)",
        "np.sqrt(v_hat + self.eps)",
    ),
    Mutant(
        "weight decay left out",
        "optim.py",
        "            g = g + self.weight_decay * theta\n        if self.momentum",
        "            pass\n        if self.momentum",
    ),
    Mutant(
        "parameters leak to float64",
        "optim.py",
        "p.data = theta.astype(p.dtype, copy=False)",
        "p.data = theta",
    ),
    # Data
    Mutant("a damaged file passes", "data/store.py", "if found != sha256:", "if False:"),
    Mutant("ink is 255/256", "data/handwriting.py", "ink=255", "ink=256"),
    Mutant(
        "tested on what was learned",
        "data/handwriting.py",
        'test_images=arrays["test_images"]',
        'test_images=arrays["train_images"][: len(arrays["test_images"])]',
    ),
    Mutant(
        "faces: people take turns",
        "data/faces.py",
        "np.repeat(np.arange(PEOPLE), EACH)",
        "np.tile(np.arange(PEOPLE), EACH)",
    ),
    Mutant(
        "faces: every \\r\\n turned back", "data/faces.py", 'b"\\r\\n" + b"\\n"', 'b"\\n" + b"\\n"'
    ),
    Mutant("speech is 32768/32767 too loud", "data/speech.py", "np.float32(32768)", "32767"),
    Mutant(
        "light: always one polarity",
        "data/light.py",
        "rng.choice([-1, 1], each)",
        "rng.choice([1, 1], each)",
    ),
    Mutant(
        "light: y upwards",
        "data/light.py",
        "np.linspace(-1, 1, images.shape[1])",
        "np.linspace(1, -1, images.shape[1])",
    ),
    Mutant(
        "turntable: the part drawn last is in front",
        "data/turntable.py",
        "& (z + cz > nearest[box])",
        "",
    ),
    Mutant(
        "turntable: seen from inside",
        "data/turntable.py",
        "(np.sqrt(np.maximum(root, 0)) - pq)",
        "(-np.sqrt(np.maximum(root, 0)) - pq)",
    ),
    Mutant("turntable: a mirror", "data/turntable.py", "[-sa, ca, 0]", "[sa, -ca, 0]"),
    Mutant(
        "turntable: lit from behind as well",
        "data/turntable.py",
        "np.maximum(_light(light.ravel()[image]) @ normals, 0)",
        "np.abs(_light(light.ravel()[image]) @ normals)",
    ),
    Mutant(
        "turntable: the light goes round the other way",
        "data/turntable.py",
        "across * np.sin(angle), np.cos(OFF_AXIS)",
        "-across * np.sin(angle), np.cos(OFF_AXIS)",
    ),
    Mutant(
        "turntable: the brightest ray is the pixel",
        "data/turntable.py",
        ".mean(axis=(1, 3))",
        ".max(axis=(1, 3))",
    ),
    Mutant("turntable: angles in radians", "data/turntable.py", "map(np.radians, given)", "given"),
    # Checks
    Mutant(
        "gradcheck looks at nothing",
        "gradcheck.py",
        "if excess.size and not np.all(excess <= 0):",
        "if False:",
    ),
    Mutant(
        "one-sided differences",
        "gradcheck.py",
        "_vector(function(X - wiggle))) / (2 * eps)",
        "_vector(function(X))) / eps * 1.001",
    ),
    Mutant("integers pass for floats", "nn/checks.py", 'if X.dtype.kind != "f" or', "if"),
]


def planted(mutant: Mutant) -> str:
    """The file with the bug. Raises ValueError unless `old` stands in it exactly once."""
    text = (ROOT / "dlcore" / mutant.file).read_text(encoding="utf-8")
    if text.count(mutant.old) != 1:
        times = text.count(mutant.old)
        raise ValueError(
            f"{mutant.name}: expected {mutant.old!r} once in {mutant.file}, found {times}"
        )
    return text.replace(mutant.old, mutant.new)


def survives(mutant: Mutant | None) -> bool:
    """Whether the tests of dlcore, and the conformance page, pass with the bug, or without any."""
    with tempfile.TemporaryDirectory(prefix="mutant-") as folder:
        copy = Path(folder)
        for name in ("dlcore", "tools", "tests/dlcore"):
            shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        for name in ("conftest.py", "pyproject.toml", *CONFORMANCE):
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, copy / name)
        if mutant is not None:
            (copy / "dlcore" / mutant.file).write_text(planted(mutant), encoding="utf-8")
        command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "tests"]
        env = os.environ | {
            "PYTHONPATH": folder,
            "OMP_NUM_THREADS": "1",
            "OPENBLAS_NUM_THREADS": "1",
        }
        return subprocess.run(command, cwd=copy, env=env, capture_output=True).returncode == 0


def main(words: list[str]) -> None:
    chosen = [m for m in MUTANTS if not words or any(w in m.name + m.file for w in words)]
    if not survives(None):
        sys.exit(f"The tests fail without any bug: see `pytest tests/dlcore {CONFORMANCE[0]}`")
    survivors = []
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        for mutant, alive in zip(chosen, pool.map(survives, chosen), strict=True):
            print(f"{'SURVIVED' if alive else 'found':9} {mutant.name} ({mutant.file})", flush=True)
            survivors += [mutant.name] if alive else []
    print(f"{len(chosen) - len(survivors)} of {len(chosen)} planted bugs were found")
    sys.exit(bool(survivors))


if __name__ == "__main__":
    main(sys.argv[1:])
