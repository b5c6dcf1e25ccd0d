"""Measure how fast dlcore is, what a training step keeps in memory, how soon a page is there.

    make bench

What is compared takes turns, each in a process of its own with two threads, and what is printed are
ratios beside the times. Nothing is written, and nothing fails: a slow machine is no bug.
"""

import os

# Before NumPy and torch, which read them when they are imported.
os.environ["OMP_NUM_THREADS"] = "2"
os.environ["OPENBLAS_NUM_THREADS"] = "2"
os.environ["MKL_NUM_THREADS"] = "2"
