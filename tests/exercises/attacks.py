"""Hostile and unlucky notebooks, each with the points that it must get; (3, 4, 3) is all."""

import json
from textwrap import dedent, indent

from classroom import TASKS, handed_in, right, solution, unwritten

ALL, REST, NONE = (3, 4, 3), (0, 4, 3), (0, 0, 0)  # nothing lost; the first question; everything
RIGHT = right("logsoftmax_backward")

NOTEBOOKS = {}  # name: (points, text of the notebook)


def scratch(name, expected, code):
    """A cell of the student's own, in front of all answers."""
    NOTEBOOKS[name] = expected, handed_in(dedent(code))


def in_front(name, expected, code):
    """The first answer is right, and something stands in front of it in its cell."""
    NOTEBOOKS[name] = expected, handed_in(logsoftmax_backward=f"{dedent(code)}\n\n{RIGHT}")


def instead(name, expected, body, before=""):
    """The first answer has this body. before: a cell in front."""
    answer = f"def logsoftmax_backward(g, y):\n{indent(dedent(body), '    ')}"
    NOTEBOOKS[name] = expected, handed_in(dedent(before), logsoftmax_backward=answer)


def forged(name, frame):
    """Something else is written wherever a reply may be expected."""
    in_front(
        name,
        REST,
        f"""
        import io, os, struct
        from inside.wire import pack
        message = {frame}
        frame = struct.pack(">I", len(message)) + message
        for fd in range(3, 64):
            try:
                os.write(fd, frame)
            except OSError:
                pass
        os._exit(0)
        """,
    )


def changed(name, expected, change):
    """The solved notebook, after `change` has been at its JSON."""
    notebook = solution()
    change(notebook)
    NOTEBOOKS[name] = expected, json.dumps(notebook)


# --- As notebooks are -----------------------------------------------------------------------------

NOTEBOOKS["right"] = ALL, handed_in()
NOTEBOOKS["unchanged"] = NONE, handed_in(**{name: unwritten(name) for name in TASKS})


def lose_metadata(notebook):
    notebook |= {"metadata": {}, "nbformat_minor": 4}
    for cell in notebook["cells"]:
        cell["metadata"] = {}
        del cell["id"]


changed("metadata_lost", ALL, lose_metadata)
scratch("scratch_cell_fails", ALL, "1 / 0")
scratch("scratch_cell_exits", ALL, "import sys; sys.exit()")
scratch("scratch_cell_trains_for_hours", ALL, "while True: pass")
in_front("two_versions_and_the_last_counts", ALL, "def logsoftmax_backward(g, y): return g")
instead(
    "plots",
    ALL,
    """
    plt.plot(g)
    figure, axes = plt.subplots()
    axes.imshow(y)
    return g - np.exp(y) * g.sum(axis=1, keepdims=True)
    """,
    before="%matplotlib inline\nimport matplotlib.pyplot as plt",
)
instead(
    "floods_the_output",
    ALL,
    """
    for _ in range(100):
        print("x" * 10**6)
    return g - np.exp(y) * g.sum(axis=1, keepdims=True)
    """,
)
NOTEBOOKS["uses_a_function_from_another_answer"] = (
    ALL,
    handed_in(
        logsoftmax_backward=f"def total(g):\n    return g.sum(axis=0)\n\n{RIGHT}",
        Linear=right("Linear").replace("dy.sum(axis=0)", "total(dy)"),
    ),
)
NOTEBOOKS["annotations_of_the_future"] = (
    ALL,
    handed_in(
        logsoftmax_backward="from __future__ import annotations\n"
        + RIGHT.replace("(g, y)", "(g: NDArray, y: NDArray) -> NDArray")
    ),
)

# --- It ends, hangs, eats -------------------------------------------------------------------------

in_front("exits_in_the_cell", ALL, "import sys; sys.exit(0)")
instead("exits_in_the_answer", REST, "raise SystemExit")
in_front("os_exit", REST, "import os; os._exit(0)")
instead("kills_itself", REST, "import os; os.kill(os.getpid(), 9)")
instead("endless", REST, "while True: pass")
instead(
    "endless_and_deaf",
    REST,
    """
    import signal
    for number in range(1, 32):
        try:
            signal.signal(number, signal.SIG_IGN)
        except OSError:
            pass
    while True:
        pass
    """,
)
instead(
    "recursion_without_end",
    REST,
    """
    import sys
    sys.setrecursionlimit(10**9)
    def down(n):
        return down(n + 1) + 1
    return down(0)
    """,
)
instead("60_gigabytes", REST, "return np.ones(60 * 2**27)")
instead(
    "giant_file",
    REST,
    """
    with open("big", "wb") as file:
        for _ in range(100):
            file.write(bytes(10**7))
    """,
)
instead(
    "many_files",
    REST,
    """
    for n in range(100):
        with open(f"big{n}", "wb") as file:
            file.write(bytes(10**7))
    """,
)
instead(
    "fork_bomb",
    REST,
    """
    import os
    while True:
        try:
            os.fork()
        except OSError:
            pass
    """,
)
in_front(
    "daemon",
    ALL,
    """
    import os, time
    if os.fork() == 0:
        os.setsid()
        time.sleep(999)
    """,
)
instead(
    "threads",
    REST,
    """
    import threading, time
    for _ in range(999):
        threading.Thread(target=time.sleep, args=(99,)).start()
    """,
)
instead("kills_its_parent", REST, "import os; os.kill(os.getppid(), 9)\nwhile True: pass")
instead("kills_everyone", REST, "import os; os.kill(-1, 9)")
instead(
    "message_without_end",
    REST,
    """
    class Endless(Exception):
        def __str__(self):
            while True:
                pass
    raise Endless
    """,
)
instead("closes_every_file", REST, "import os; os.closerange(0, 256)\nreturn 0 * g")
NOTEBOOKS["syntax_error"] = REST, handed_in(logsoftmax_backward="def logsoftmax_backward(g, y:")
in_front("null_byte", REST, "x = '\0'")
in_front("half_a_surrogate_pair", ALL, "x = '\ud800'")
scratch("breaks_the_parser", ALL, "x = " + "-" * 10**6 + "1")
scratch("opens_brackets", ALL, "x = " + "(" * 10**6)

# --- It pretends ----------------------------------------------------------------------------------

instead(
    "patched_numpy",
    REST,
    "return 0 * g",
    before="""
    np.allclose = np.array_equal = np.isclose = lambda *a, **k: True
    np.testing.assert_allclose = print
    """,
)
instead(
    "patched_builtins",
    REST,
    """
    import builtins
    builtins.abs = builtins.max = lambda *a, **k: 0
    builtins.isinstance = lambda *a: True
    return 0 * g
    """,
)
instead(
    "always_equal",
    REST,
    """
    class Sly:
        shape, dtype, ndim = g.shape, g.dtype, 2
        __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = lambda self, other: True
        __sub__ = __rsub__ = __abs__ = lambda self, *other: 0
    return Sly()
    """,
)
instead(
    "array_that_is_always_equal",
    REST,
    """
    class Sly(np.ndarray):
        __eq__ = lambda self, other: np.ones(self.shape, bool)
        __array_ufunc__ = lambda self, *a, **k: np.zeros(self.shape)
        __array_function__ = lambda self, *a, **k: True
    return np.zeros(g.shape).view(Sly)
    """,
)
instead(
    "array_on_demand",
    REST,
    """
    class Sly:
        def __array__(self, *a, **k):
            import sys
            return sys._getframe(1).f_locals.get("want", g)
    return Sly()
    """,
)
instead(
    "float_that_is_always_equal",
    REST,
    """
    class Sly(float):
        __eq__ = lambda self, other: True
    return Sly(0)
    """,
)
instead("generator", REST, "yield from g")
instead("nan", REST, "return np.nan * g")
instead("text", REST, "return str(g)")
instead("objects", REST, "return g.astype(object)")
instead("huge_reply", REST, "return np.zeros(10**7)")
instead("spoils_its_inputs", REST, "g[:] = y[:] = 0\nreturn 0 * g")
instead(
    "drive_replaced",
    REST,
    """
    import sys, inside.attempt
    sys.modules["drive"].logsoftmax_backward = lambda *a: {"dx": 0}
    inside.attempt.pack = lambda value: b""
    return 0 * g
    """,
)
instead(
    "judge_replaced",
    REST,
    "return 0 * g",
    before="""
    import exercises.hints, sample_set.tasks
    exercises.hints.same = lambda *a, **k: None
    for task in sample_set.tasks.TASKS:
        task.judge = lambda *a: None
    """,
)
instead(
    "looks_for_a_judge",
    REST,
    """
    import gc, sys
    frame = sys._getframe()
    while frame:
        if "want" in frame.f_locals:
            return frame.f_locals["want"]
        frame = frame.f_back
    judges = [o for o in gc.get_objects() if "judge" in getattr(o, "__name__", "")]
    return 0 * g if not judges else g - np.exp(y) * g.sum(axis=1, keepdims=True)
    """,
)
instead(
    "atexit",
    REST,
    "return 0 * g",
    before="""
    import atexit, os
    atexit.register(lambda: [os.write(n, b"right") for n in range(3, 64)])
    """,
)
instead(
    "trace",
    REST,
    """
    import sys
    sys.settrace(lambda frame, *a: frame.f_locals.update(dx=0) or sys.gettrace())
    return 0 * g
    """,
)
forged("junk", "b'junk'")
forged("forged_reply", "pack({'outputs': {'dx': 0, 'g': 0, 'y': 0}})")
forged("forged_reply_without_outputs", "pack({'outputs': {}})")
forged("forged_error", "pack({'error': {'type': [1], 'message': 7}})")
forged("forged_list", "pack([1, 2, 3])")
forged(
    "claims_a_terabyte",
    "pack({'outputs': {'dx': np.zeros(2)}}).replace(b'(2,), ' + 11 * b' ', b'(99999999999999,)')",
)
in_front(
    "junk_before_the_reply",
    REST,
    """
    import os
    for fd in range(3, 64):
        try:
            os.write(fd, b"junk")
        except OSError:
            pass
    """,
)
instead(
    "escape_codes_in_a_message",
    REST,
    r"raise ValueError('\x1b[2J\x1b]0;owned\x07<script>alert(1)</script>\n=1+1')",
)


def wrong_with_checks(source):
    def change(notebook):
        for cell in notebook["cells"]:
            if cell["source"].startswith("check("):
                cell["source"] = source
            if cell["source"] == RIGHT:
                cell["source"] = "def logsoftmax_backward(g, y):\n    return 0 * g"

    return change


changed("checks_replaced", REST, wrong_with_checks("check = print"))
changed("checks_deleted", REST, wrong_with_checks(""))

# --- It borrows the answer ------------------------------------------------------------------------

NOTEBOOKS["imports_the_answer"] = (3, 0, 3), handed_in(Linear="from dlcore.nn import Linear")
NOTEBOOKS["inherits_the_answer"] = (
    (3, 0, 3),
    handed_in(
        Linear=dedent("""
            import dlcore

            class Linear(dlcore.nn.Linear):
                def __init__(self, W, b):
                    super().__init__(*W.shape[::-1])
            """)
    ),
)
instead(
    "calls_the_answer",
    REST,
    """
    module = nn.LogSoftmax(dim=1)
    module.fprop(y)
    return module.bprop(g)
    """,
    before="from dlcore import nn",
)
instead(
    "copies_the_answer",
    REST,
    """
    import dlcore, inspect
    if "exp" not in inspect.getsource(dlcore.nn.LogSoftmax):
        raise LookupError("hollow")
    return g - np.exp(y) * g.sum(axis=1, keepdims=True)
    """,
)
instead("asks_torch", REST, "import torch\nreturn g - np.exp(y) * g.sum(axis=1, keepdims=True)")

# --- It reaches out -------------------------------------------------------------------------------


def reaching(package, exercises, submissions, out, seeds, port):
    """Notebooks whose first answer is right only if it reaches something. By name.

    Run without a sandbox they show that the attack is a real one.
    """
    searches = {
        "reads_the_checks": f"""
            import glob
            reached = bool(glob.glob({package!r} + "/*") + glob.glob({exercises!r} + "/*"))
            """,
        "reads_all_there_is": """
            import os
            for folder, folders, names in os.walk("/"):
                folders[:] = set(folders) - {"dev", "proc", "sys", "usr"}
                reached |= "solution.ipynb" in names or "slips.py" in names
            """,
        "reads_other_submissions": f"""
            reached = "cells" in open({submissions!r} + "/calls_home.ipynb").read()
            """,
        "reads_the_marks": f"""
            import os
            reached = bool(os.listdir({out!r}))
            """,
        "reads_the_seeds": f"""
            reached = bool(open({seeds!r}).read())
            """,
        "reads_proc": """
            import os
            for pid in filter(str.isdigit, os.listdir("/proc")):
                reached |= b"--submissions" in open(f"/proc/{pid}/cmdline", "rb").read()
            """,
        "goes_through_the_roots_in_proc": f"""
            import os
            for pid in filter(str.isdigit, os.listdir("/proc")):
                for way in "root", "cwd":
                    reached |= os.path.exists(f"/proc/{{pid}}/{{way}}/" + {submissions!r})
            """,
        "calls_home": f"""
            import socket
            reached = socket.create_connection(("127.0.0.1", {port}), timeout=1) is not None
            """,
        "takes_memory_that_counts_for_nobody": """
            import ctypes
            reached = ctypes.CDLL(None).shmget(0, 1 << 30, 0o1600) >= 0
            """,
        "makes_namespaces_of_its_own": """
            import ctypes
            reached = ctypes.CDLL(None).unshare(0x10000000) == 0
            """,
        "traces_its_parent": """
            import ctypes, os
            reached = ctypes.CDLL(None).ptrace(16, os.getppid(), 0, 0) == 0
            """,
        "writes_into_its_parent": """
            import os
            reached = open(f"/proc/{os.getppid()}/mem", "r+b") is not None
            """,
        "writes_beside_the_answers": """
            import inside
            open(inside.__path__[0] + "/mark", "w").close()
            reached = True
            """,
    }
    return {
        name: handed_in(
            logsoftmax_backward="def logsoftmax_backward(g, y):\n"
            "    reached = False\n"
            "    try:\n"
            f"{indent(dedent(search), '        ')}\n"
            "    except OSError:\n"
            "        pass\n"
            "    if not reached:\n"
            "        raise LookupError('nothing found')\n"
            "    return g - np.exp(y) * g.sum(axis=1, keepdims=True)\n"
        )
        for name, search in searches.items()
    }
