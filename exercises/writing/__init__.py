"""For who writes a set: the exercise from its solution, and the checks tried on what is planted.

python -m exercises.writing.generate
python -m exercises.writing.trial
python -m exercises.writing.changes
"""
