"""Progress bars, on standard error, and only where somebody looks at them."""

from __future__ import annotations

import sys
from collections.abc import Generator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING

from ..context import Invocation
from ..options import OutputFormat
from .streams import is_terminal

if TYPE_CHECKING:
    from rich.progress import Progress


class Bar:
    """A bar, or nothing where it would be in the way."""

    def __init__(self, what: str, progress: Progress | None) -> None:
        self._progress = progress
        self._task = None if progress is None else progress.add_task(what, total=None)

    def show(self, done: int, total: int | None) -> None:
        """Show how many are done, and of how many; None if that is not known."""
        if self._progress is not None and self._task is not None:
            self._progress.update(self._task, completed=done, total=total)

    def stop(self) -> None:
        """Clear the way for what is written next."""
        if self._progress is not None:
            self._progress.stop()


def no_bar() -> AbstractContextManager[Bar]:
    """What stands in for a bar where there is nothing to do."""
    return nullcontext(Bar("", None))


@contextmanager
def progress_bar(
    invocation: Invocation, what: str, output: OutputFormat
) -> Generator[Bar, None, None]:
    """A bar while it lasts, if it gets in the way of nothing else on the terminal."""
    is_seen = is_terminal(sys.stderr) and not invocation.options.verbose
    if not is_seen or (is_terminal(sys.stdout) and output != "table"):
        yield Bar(what, None)
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from .tables import console

    with Progress(
        TextColumn(what),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console(sys.stderr),
        transient=True,
        redirect_stdout=False,  # results are none of its business
    ) as progress:
        invocation.has_bar = True
        yield Bar(what, progress)
