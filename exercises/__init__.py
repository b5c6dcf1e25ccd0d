"""Exercises: checks that give a hint in a second, and the grader for a class.

A set is a folder with the tasks of one chapter, `exercises/chNN_slug/`. Its notebook begins with
    from exercises.chNN_slug import check, progress
and after each answer `check(answer)` says how it stands. NumPy is all that a check needs.

For who writes a set or grades with it, the instructor's guide in the book is the way in:
    python -m exercises.writing.generate    exercise.ipynb from solution.ipynb
    python -m exercises.writing.trial       are the checks right about every slip?
    python -m exercises.writing.changes     and about every small change of an answer?
    python -m exercises.grading.grade       a folder of notebooks into marks, pages and a summary
"""
