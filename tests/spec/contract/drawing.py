"""How hypothesis draws in the contract tests: always the same few values, with nothing kept.

What fails is told as it was drawn: the tests name the places themselves, and are run often.
"""

from __future__ import annotations

from hypothesis import Phase, settings

QUIETLY = settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    report_multiple_bugs=False,
)
