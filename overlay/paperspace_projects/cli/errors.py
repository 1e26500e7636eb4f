"""What goes wrong in the command line itself, and is no error of the package."""

from __future__ import annotations

from .exit_codes import Exit


class CommandError(Exception):
    """A command cannot be carried out; `str` says why. `code` is what it ends with.

    `hint` is what to do about it, if there is anything to say.
    """

    def __init__(self, message: str, code: Exit = Exit.USAGE, hint: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.hint = hint
