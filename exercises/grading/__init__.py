"""A folder of handed-in notebooks into marks, a page for each student, and a summary.

    python -m exercises.grading.grade --submissions DIR
    python -m exercises.grading.bench ch14_training

Student code runs in a sandbox (`sandbox`); the judges stay outside (`marking`).
"""
