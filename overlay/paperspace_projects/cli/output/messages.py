"""What is said on standard error: errors, hints, and what was done."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Final

from ... import errors
from .. import PROGRAM
from ..errors import CommandError
from .sanitize import printable
from .streams import has_colours, is_terminal, let_go

_LOOK_AT: Final[Mapping[str, str]] = {
    "createProject": "projects find NAME",
    "updateProject": "projects get PROJECT",
    "deleteProject": "projects get PROJECT",
    "addProjectCollaborator": "collaborators list PROJECT",
    "removeProjectCollaborator": "collaborators list PROJECT",
    "createProjectSecret": "secrets get PROJECT NAME",
    "updateProjectSecret": "secrets get PROJECT NAME",
    "deleteProjectSecret": "secrets get PROJECT NAME",
    "addProjectTag": "tags list PROJECT",
    "removeProjectTag": "tags list PROJECT",
    "addProjectModel": "models list PROJECT",
    "removeProjectModel": "models list PROJECT",
}
"""The command that tells what came of a write."""

_OPTIONS: Final[Mapping[str, str]] = {
    "after": "--after",
    "concurrency": "--concurrency",
    "deadline": "--deadline",
    "include": "--include",
    "model_id": "MODEL_ID",
    "order_by": "--order-by",
    "page_size": "--page-size",
    "poll": "--poll",
    "project_id": "PROJECT",
    "timeout": "--timeout",
    "user_id": "USER_ID",
}
"""The option, or the argument here, that an argument of Python comes from."""
_OPTIONS_TO_CONFIGURE: Final[Mapping[str, str]] = {
    "pass api_key=..., or set": "set",
    "none was passed as api_key, ": "",
    "the api_key argument": "--api-key-env",
    "team=...": "--team NAME",
    "base_url": "--base-url",
    "allow_insecure_http=True": "--allow-insecure-http",
}


def say(text: str) -> None:
    """Say something, on a line of its own or several."""
    lines = map(printable, text.splitlines())
    say_as_it_is("".join(f"{line}\n" for line in lines))


def say_as_it_is(text: str) -> None:
    """Write on standard error; where nobody can hear it, there is nobody to tell."""
    if sys.stderr is None:  # pyright: ignore[reportUnnecessaryComparison] -- None if closed
        return
    try:
        sys.stderr.write(text)
        sys.stderr.flush()
    except OSError:
        let_go(sys.stderr)


def tell(text: str) -> None:
    """Say what was done, to a person: pipelines have the exit code."""
    if is_terminal(sys.stderr):
        say(text)


def complain(error: CommandError | errors.PaperspaceError, hint: str | None = None) -> None:
    """Say what went wrong, and what to do about it: the hint, or that for this kind of error."""
    say_error(str(error) if isinstance(error, CommandError) else in_terms_of_options(error))
    hint = hint or (error.hint if isinstance(error, CommandError) else hint_for(error))
    if hint:
        say(f"hint: {hint}")


def say_error(text: str) -> None:
    """Say that something went wrong."""
    say_as_it_is("\x1b[31merror:\x1b[0m " if has_colours(sys.stderr) else "error: ")
    say(text)


def in_terms_of_options(error: errors.PaperspaceError) -> str:
    """What an error says, where it names arguments of Python with the options in their place."""
    said = str(error)
    if isinstance(error, errors.InvalidArgumentError):
        return said.replace(error.argument, _OPTIONS.get(error.argument, error.argument), 1)
    if isinstance(error, errors.ConfigurationError):
        for argument, option in _OPTIONS_TO_CONFIGURE.items():
            said = said.replace(argument, option)
    return said


def hint_for(error: errors.PaperspaceError) -> str | None:
    """What to do about an error, in terms of this command line."""
    match error:
        case errors.OutcomeUnknownError() if error.operation in _LOOK_AT:
            return f"`{PROGRAM} {_LOOK_AT[error.operation]}` shows what is there now"
        case errors.ConfigurationError():
            return (
                "--team NAME and --api-key-env VARIABLE say which key to use; "
                f"`{PROGRAM} doctor` shows where one is looked for"
            )
        case errors.AuthenticationError() | errors.PermissionDeniedError():
            return f"`{PROGRAM} doctor` shows which key is used, and where it was found"
        case errors.APIConnectionError() | errors.APITimeoutError():
            return f"`{PROGRAM} doctor` shows which server is asked, and whether it is reached"
        case _:
            return None
