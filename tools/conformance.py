"""Measure every module of dlcore against calculus and against torch: `make conformance`.

Writes book/conformance.json, the largest error found for each module in each test, and
book/conformance.md, the same as a page. Nothing in either is typed by hand. Where there is a GPU,
there is a column for it.
"""

import json
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import torch

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "dlcore"))

from catalog import CASES, Case  # noqa: E402
from referee import as_tuple, load_into  # noqa: E402

import dlcore  # noqa: E402
from dlcore.gradcheck import numerical_jacobians  # noqa: E402

JSON, PAGE = ROOT / "book" / "conformance.json", ROOT / "book" / "conformance.md"
CPU = torch.device("cpu")
Arrays = list[np.ndarray]


class DoesNotApply(Exception):
    """This test says nothing about this module; the argument is why."""


def largest(got: Iterable[Any], expected: Iterable[Any]) -> float:
    """The largest |got - expected| / max(1, |expected|); infinite where only one is a number."""
    worst = 0.0
    for g, e in zip(got, expected, strict=True):
        e = e.detach().cpu().numpy() if isinstance(e, torch.Tensor) else np.asarray(e)
        g, e = np.asarray(g, np.float64), e.astype(np.float64)
        if g.shape != e.shape or not np.array_equal(np.isnan(g), np.isnan(e)):
            return np.inf
        with np.errstate(invalid="ignore"):
            apart = np.where((g == e) | np.isnan(g), 0, np.abs(g - e) / np.maximum(1, np.abs(e)))
        worst = max(worst, float(np.max(apart, initial=0)))
    return worst


def sweep(module: Any, arrays: Arrays) -> list[np.ndarray]:
    """Outputs, then the gradients of the float inputs and of the parameters, of a random dE/dY."""
    module.zero_grad()
    outputs = as_tuple(module.fprop(*arrays))
    dE_dX = as_tuple(module.bprop(*cotangents(outputs)))
    return [*outputs, *(g for g in dE_dX if g is not None), *(p.grad for p in module.parameters())]


def torch_sweep(case: Case, module: Any, arrays: Arrays, device: torch.device) -> list[Any]:
    """The same, by torch."""
    theirs = case.torch_module(torch)
    weights = []
    if isinstance(theirs, torch.nn.Module):
        load_into(theirs, module, device, torch)
        weights = [theirs.get_parameter(name) for name, _ in module.named_parameters()]
    tensors = [torch.tensor(X, device=device, requires_grad=X.dtype.kind == "f") for X in arrays]
    outputs = as_tuple(theirs(*tensors))
    g = [torch.tensor(g, device=device) for g in cotangents([Y.detach().cpu() for Y in outputs])]
    torch.autograd.backward(outputs, g)
    return [*outputs, *(X.grad for X in tensors if X.requires_grad), *(W.grad for W in weights)]


def cotangents(outputs: Iterable[Any]) -> Arrays:
    """A random dE/dY for each output, read-only."""
    rng = np.random.default_rng(1)
    arrays = [rng.standard_normal(Y.shape).astype(np.asarray(Y).dtype) for Y in outputs]
    for array in arrays:
        array.flags.writeable = False
    return arrays


def against_torch(case: Case, arrays: Arrays, dtype: Any, device: torch.device = CPU) -> float:
    module = case.module(dtype)
    return largest(sweep(module, arrays), torch_sweep(case, module, arrays, device))


def jacobians_of(kind: type) -> Callable[[Case], float]:
    """int: of the inputs, which have numbers; str: of the parameters, which have names."""

    def measure(case: Case) -> float:
        module, arrays = case.module(), case.inputs()
        numerical = numerical_jacobians(module, arrays)
        names = [name for name in numerical if isinstance(name, kind)]
        if not names:
            raise DoesNotApply("has none")
        by_bprop = dlcore.jacobians(module, *arrays)
        return largest([by_bprop[n] for n in names], [numerical[n] for n in names])

    return measure


def on_cuda(case: Case) -> float:
    torch.backends.cudnn.allow_tf32 = False
    arrays = case.inputs(dtype=np.float32)
    return against_torch(case, arrays, np.float32, torch.device("cuda"))


def empty_batch(case: Case) -> float:
    if len(case.shapes[0]) == 1 or case.name in ("view", "softmax-along-the-first"):
        raise DoesNotApply("no batch")
    arrays = [np.zeros((0, *X.shape[1:]), X.dtype) for X in case.inputs()]
    return against_torch(case, arrays, np.float64)


def one_sample(case: Case) -> float:
    """A sample alone, without a batch, against the same sample in its batch."""
    module, arrays = case.module(), case.inputs()
    whole = module.fprop(*arrays)
    if isinstance(whole, tuple) or len(case.shapes[0]) == 1 or np.ndim(whole) < 2:
        raise DoesNotApply("no batch")
    if getattr(module, "dim", -1) >= 0:  # counted from the front, it is another one without a batch
        raise DoesNotApply("other dim")
    try:
        alone = module.fprop(*(X[0] for X in arrays))
    except dlcore.InputError:
        raise DoesNotApply("refused") from None
    if np.shape(alone) != whole.shape[1:]:
        raise DoesNotApply("other meaning")
    return largest([alone], [whole[0]])


def apart_in_memory(case: Case) -> float:
    """Inputs that are read-only views into other arrays."""
    module, arrays = case.module(), case.inputs()
    views = []
    for X in arrays:
        wide = np.zeros((*X.shape, 2), X.dtype)
        wide[..., 0] = np.flip(X)
        views.append(np.asarray(np.flip(wide[..., 0])))
        views[-1].flags.writeable = False
    return largest(sweep(module, views), sweep(module, arrays))


def ties(case: Case) -> float:
    """Where gradients are a matter of convention."""
    if not all(hasattr(torch.nn, type(m).__name__) for _, m in case.module().named_modules()):
        raise DoesNotApply("own rule")
    return max(against_torch(case, arrays, np.float64) for arrays in case.at_kinks())


def of_size(scale: float) -> Callable[[Case], float]:
    def measure(case: Case) -> float:
        arrays = [X * scale if X.dtype.kind == "f" else X for X in case.inputs()]
        with np.errstate(over="ignore", invalid="ignore"):
            return against_torch(case, arrays, np.float64)

    return measure


TESTS: dict[str, Callable[[Case], float]] = {
    "Jacobian of inputs": jacobians_of(int),
    "Jacobian of parameters": jacobians_of(str),
    "torch, float32": lambda case: against_torch(case, case.inputs(dtype=np.float32), np.float32),
    "torch, float64": lambda case: against_torch(case, case.inputs(), np.float64),
    "empty batch": empty_batch,
    "one sample": one_sample,
    "views, read-only": apart_in_memory,
    "ties and kinks": ties,
    "times 10^4": of_size(1e4),
    "times 10^-8": of_size(1e-8),
}

if torch.cuda.is_available():
    TESTS[f"torch, float32, {torch.cuda.get_device_name()}"] = on_cuda


def floor_and_limit(test: str) -> tuple[float, float]:
    """Up to the floor, errors are rounding, and differ between processors; the limit is for all."""
    if test.startswith("Jacobian"):
        return 1e-8, 1e-7
    return (1e-5, 1e-4) if "float32" in test else (1e-13, 1e-8)


def measured(case: Case, test: str) -> float | str:
    """The largest error, as the floor or the next power of ten above it, or why there is none."""
    try:
        error = TESTS[test](case)
    except DoesNotApply as reason:
        return str(reason)
    floor, _ = floor_and_limit(test)
    return floor if error <= floor else float(10.0 ** np.ceil(np.log10(error)))


def table() -> dict[str, dict[str, float | str]]:
    """One row a case: its module, then the error in each test."""
    rows: dict[str, dict[str, float | str]] = {}
    for case in CASES:
        rows[case.name] = {"module": type(case.module()).__name__}
        rows[case.name] |= {test: measured(case, test) for test in TESTS}
    return rows


def beyond_limits(rows: dict[str, dict[str, Any]]) -> list[str]:
    """What is wrong with a table, a line each."""
    return [
        f"{name}, {test}: error {value:.0e}, limit {floor_and_limit(test)[1]:.0e}"
        for name, row in rows.items()
        for test, value in row.items()
        if isinstance(value, float) and not value <= floor_and_limit(test)[1]
    ]


def page(rows: dict[str, dict[str, Any]]) -> str:
    """The table as a page of the book."""
    tests = [key for key in next(iter(rows.values())) if key != "module"]
    n_errors = sum(isinstance(row[test], float) for row in rows.values() for test in tests)
    lines = [
        "# Conformance",
        "",
        "Every module of `dlcore`, with the options that change what it does, in every test that",
        f"applies to it: {n_errors} measurements. A cell holds the largest error of outputs and",
        "gradients, rounded up to a power of ten; a word says why there is no number. `<` stands",
        "where it is so small that rounding decides, which differs from processor to processor.",
        "`make conformance` measures and writes this page, and the tests measure again.",
        "",
        "- **Jacobian**: `bprop` against central differences, float64.",
        "- **torch**: outputs, gradients of inputs and of parameters, against the same in torch.",
        "- **ties and kinks**: zeros, small numbers, numbers among the options, equal inputs,",
        "  against torch; *own rule* where torch has no such module.",
        "- **times**: the inputs multiplied by that, against torch.",
        "",
        "| case | module | " + " | ".join(tests) + " |",
        "|---|---|" + "---:|" * len(tests),
    ]
    for name, row in rows.items():
        cells = [cell(row[test], floor_and_limit(test)[0]) for test in tests]
        lines.append(f"| {name} | `{row['module']}` | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def cell(value: float | str, floor: float) -> str:
    if isinstance(value, str):
        return f"*{value}*"
    return ("< " if value == floor else "") + f"{value:.0e}".replace("e-0", "e-")


def main() -> None:
    rows = table()
    wrong = beyond_limits(rows)
    if wrong:
        sys.exit("\n".join(["Nothing was written: beyond the limits:", *wrong]))
    JSON.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    PAGE.write_text(page(rows), encoding="utf-8")
    print(f"{len(rows)} cases, {len(TESTS)} tests: {JSON.name} and {PAGE.name} are written")


if __name__ == "__main__":
    main()
