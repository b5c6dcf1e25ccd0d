"""How a notebook's kernel runs, in `make notebooks` and in the tests alike."""

import os

KERNEL_ENV = {
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    "PYTHONHASHSEED": "0",  # a printed set has one order
    "EXERCISES_PROGRESS": "",  # what a test solves is not the reader's progress
    "TQDM_DISABLE": "1",  # a progress bar is for who watches, not for the page
    # For nets this small a second thread gains little, and beside other programs it loses a lot.
    "OMP_NUM_THREADS": os.environ.get("OMP_NUM_THREADS", "1"),
    "OPENBLAS_NUM_THREADS": os.environ.get("OPENBLAS_NUM_THREADS", "1"),
}
