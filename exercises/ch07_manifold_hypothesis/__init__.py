"""Exercises on manifolds: a dimension, coordinates on and off, a path, and what noise does."""

from exercises.check import opened

case, check, more, progress = opened(__name__)
