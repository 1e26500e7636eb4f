"""What a mutant is: one change of one file, with a name that stays the same while the code does."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Mutant:
    """A change. `kind` is code or spec; `path` is relative to the root of the repository.

    `place` is where in the file, by content: the function or class, or the JSON pointer. `content`
    is the file's new text, or None if the file is to be removed.
    """

    kind: str
    operator: str
    path: str
    line: int
    place: str
    change: str
    content: str | None
    about: tuple[str, ...] = ()
    """Ids of operations and names of classes whose tests are the likeliest to see it."""

    @property
    def name(self) -> str:
        """Says the same about the same change, whatever line it is on."""
        return f"{self.operator} | {self.path} | {self.place} | {self.change}"
