"""Fuzzing of the decoder: any response to any operation gives a value or a `PaperspaceError`.

`python -m scripts.fuzzing` reads responses that atheris makes, and writes those that break the rule
to files, which the tests replay. It sends nothing.
"""
