"""Progress bars, on standard error."""

from __future__ import annotations

import sys
from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from .streams import is_terminal

if TYPE_CHECKING:
    from rich.progress import Progress

    from ..context import CommandContext


class ProgressBar:
    """A progress bar; without a `Progress` it shows nothing."""

    def __init__(self, label: str = "", progress: Progress | None = None) -> None:
        self._progress = progress
        self._task = None if progress is None else progress.add_task(label, total=None)

    def show(self, done: int, total: int | None) -> None:
        """Show how many are done, and of how many; None if unknown."""
        if self._progress is not None and self._task is not None:
            self._progress.update(self._task, completed=done, total=total)

    def stop(self) -> None:
        """Remove the bar before something else is written."""
        if self._progress is not None:
            self._progress.stop()


@contextmanager
def progress_bar(
    context: CommandContext, label: str, output: str
) -> Generator[ProgressBar, None, None]:
    """Show a bar in the block, unless other output would get mixed up with it."""
    is_seen = is_terminal(sys.stderr) and not context.options.verbose
    if not is_seen or (is_terminal(sys.stdout) and output != "table"):
        yield ProgressBar()
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from .tables import console

    with Progress(
        TextColumn(label),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console(sys.stderr),
        transient=True,
        redirect_stdout=False,
    ) as progress:
        context.has_bar = True
        yield ProgressBar(label, progress)
