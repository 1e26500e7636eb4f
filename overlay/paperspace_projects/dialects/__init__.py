"""Ask a server, and compare the shapes of its answers with the contract and the live dialect.

    made = report(client)
    print(made.summary)

A report holds statuses, media types, keys, types and nulls alone, so that it can be published.
"""

from ._async.probe import report as async_report
from ._sync.probe import report
from .results import OperationReport, Report, Verdict
from .shapes import Dialect, Difference, Problem

__all__ = [
    "Dialect",
    "Difference",
    "OperationReport",
    "Problem",
    "Report",
    "Verdict",
    "async_report",
    "report",
]
