"""Exercises on the module zoo: ties, log-softmax, cross-entropy, a residual block."""

from exercises.check import opened

case, check, more, progress = opened(__name__)
