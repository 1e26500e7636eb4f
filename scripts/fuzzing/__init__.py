"""Fuzzing of the reader: any answer to any operation is to give a value or a `PaperspaceError`.

`python -m scripts.fuzzing` draws answers, has them read by the reader alone and by a whole client,
and keeps what breaks the rule as a file, which the tests replay for ever. It sends nothing.
"""
