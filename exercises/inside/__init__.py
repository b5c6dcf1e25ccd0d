"""What runs beside a student's code, in the notebook and in the sandbox. No answer is in here.

The grader copies this folder and the set's drive.py into the sandbox, and nothing else of ours.
"""
