"""Writing listings: as many as are wanted, and where to go on if there should be more."""

from __future__ import annotations

import shlex
import sys
from itertools import islice
from typing import TYPE_CHECKING, Annotated, Final, TypeAlias, TypeVar

import typer

from ...errors import APIError
from ..context import Invocation
from ..errors import CommandError
from .messages import say
from .writer import Results

if TYPE_CHECKING:
    from ... import Pager

T = TypeVar("T")

LARGEST_PAGE: Final = 120

Limit: TypeAlias = Annotated[
    int | None, typer.Option("--limit", metavar="N", help="At most so many (all).")
]
After: TypeAlias = Annotated[
    str | None,
    typer.Option("--after", metavar="CURSOR", help="Go on where an earlier listing has ended."),
]
PageSize: TypeAlias = Annotated[
    int | None,
    typer.Option("--page-size", metavar="N", help="Ask for so many at a time, 1 to 120 (120)."),
]


def page_size_for(limit: int | None, page_size: int | None) -> int:
    """How many to ask for at a time.

    Raises:
        CommandError: so few are no listing.
    """
    if limit is not None and limit < 1:
        raise CommandError(f"--limit must be 1 or more, not {limit}")
    if limit is not None and limit > sys.maxsize:
        raise CommandError(f"--limit must be {sys.maxsize} or less")
    return min(limit or LARGEST_PAGE, LARGEST_PAGE) if page_size is None else page_size


def write_listing(
    invocation: Invocation, pager: Pager[T], results: Results[T], limit: int | None = None
) -> None:
    """Write the items of a listing, each before the next is asked for.

    Where it ends too early, how far it got is told, and the cursor to go on with.
    """

    def progress() -> str:
        cursor = pager.next_cursor
        rest = "" if cursor is None else f"; --after {shlex.quote(cursor)} goes on from there"
        return f"{results.written}{rest}"

    invocation.progress = progress
    try:
        results.write_all(islice(pager, limit))
    except APIError:
        if results.count:
            say(progress())
        raise
