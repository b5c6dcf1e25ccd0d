"""For who writes a set: the exercise from its solution, and the checks tried on planted answers.

    python -m exercises.writing.generate
    python -m exercises.writing.trial
"""
