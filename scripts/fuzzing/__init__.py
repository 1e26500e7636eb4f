"""Fuzzing of the decoder: any response to any operation gives a value or a `PaperspaceError`.

`python -m scripts.fuzzing` has atheris make responses, decodes each by itself and with a client,
and keeps what breaks the rule as a file, which the tests replay. It sends nothing.
"""
