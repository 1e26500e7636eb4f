"""The exceptions of the client, all of them `PaperspaceError`s.

Each says what happened, to which operation, and what to do next. None holds an API key, a secret's
value or a request. All of them can be pickled, with their attributes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Required, TypedDict, Unpack, cast


class PaperspaceError(Exception):
    """Base of all errors of this package. `str(error)` is meant to be read by a person."""

    def __reduce__(self) -> tuple[object, ...]:
        # Notes are a list: a copy gets one of its own.
        state = {k: [*v] if k == "__notes__" else v for k, v in self.__dict__.items()}
        return type(self).__new__, (type(self), *self.args), state  # not by its constructor


class ConfigurationError(PaperspaceError):
    """The client cannot be set up: no usable key, base URL or credentials file.

    `problem` says what is wrong. `subject` names the argument of `Client`, or the other source,
    that cannot be used. `remedy` is the code of an argument to pass to `Client` instead.
    """

    def __init__(
        self, problem: str, *, subject: str | None = None, remedy: str | None = None
    ) -> None:
        text = problem if subject is None else f"{subject} {problem}"
        super().__init__(text if remedy is None else f"{text}, or pass {remedy}")
        self.problem: str = problem
        self.subject: str | None = subject
        self.remedy: str | None = remedy


class ClientClosedError(PaperspaceError):
    """The client was closed before or during this call."""


class InvalidArgumentError(PaperspaceError, ValueError):
    """An argument was refused before anything was sent: `argument` must be `expected`."""

    def __init__(self, argument: str, expected: str) -> None:
        super().__init__(f"{argument} must be {expected}")
        self.argument: str = argument
        self.expected: str = expected


class AmbiguousNameError(PaperspaceError):
    """More than one project has this `name`: those with the ids `project_ids`."""

    def __init__(self, name: str, project_ids: tuple[str, ...]) -> None:
        listed = ", ".join(each if each.isprintable() else repr(each) for each in project_ids)
        super().__init__(
            f"{len(project_ids)} projects are named {name!r} ({listed}): "
            "names are not unique there, use the id of the one you mean"
        )
        self.name: str = name
        self.project_ids: tuple[str, ...] = project_ids


class DesiredStateError(PaperspaceError, ValueError):
    """A desired state that cannot be used (`paperspace_projects.reconcile`).

    `problems` lists all problems, each with its file, line, column and field as far as known.
    """

    def __init__(self, problems: tuple[str, ...]) -> None:
        head = [f"{len(problems)} problems:"] if len(problems) > 1 else []
        shown, more = problems[:20], len(problems) - 20
        tail = [f"… and {more} more (`problems` has them all)"] if more > 0 else []
        super().__init__("\n".join([*head, *shown, *tail]))
        self.problems: tuple[str, ...] = problems


class SecretReferenceError(PaperspaceError):
    """A secret's value cannot be read from `reference`; nothing was written to its project."""

    def __init__(self, reference: str, problem: str) -> None:
        super().__init__(f"the secret's value cannot be had from {reference}: {problem}")
        self.reference: str = reference


class StalePlanError(PaperspaceError):
    """A step of a plan was refused, as the server's state has changed since it was planned.

    `step` describes the step; it is empty if the whole plan was refused, as it was made for another
    server or team. `planned` is the state that the plan saw, `found` the present one.
    """

    def __init__(self, step: str, *, planned: str, found: str) -> None:
        refused = f" by this step ({step})" if step else ""
        super().__init__(
            f"the plan is stale: it saw {planned}, and now there is {found}. Nothing was changed"
            f"{refused}: make a new plan"
        )
        self.step: str = step
        self.planned: str = planned
        self.found: str = found


class PaginationError(PaperspaceError):
    """A listing cannot continue, as the server does not say how to read its next page.

    `operation` is the spec's operation id, `problem` says what is wrong. `next_cursor`: pass it as
    `after` to resume without losing items; None means from the beginning.
    """

    def __init__(self, operation: str, problem: str, next_cursor: str | None) -> None:
        where = "from the beginning" if next_cursor is None else f"with after={next_cursor!r}"
        super().__init__(f"{operation}: the listing stopped: {problem}. Resume {where}.")
        self.operation: str = operation
        self.problem: str = problem
        self.next_cursor: str | None = next_cursor


class ExecutorError(PaperspaceError):
    """The executor of an inventory failed: it took no more work, or lost some.

    `__cause__` is what the executor raised.
    """


class _Context(TypedDict, total=False):
    """The keyword arguments of every `APIError`."""

    operation: Required[str]
    method: Required[str]
    path: Required[str]
    attempts: int
    status_code: int | None
    code: str | None
    message: str | None
    details: object
    issues: tuple[str, ...]
    request_id: str | None


class APIError(PaperspaceError):
    """A call to the API failed.

    `operation` is the spec's operation id, or method and route of `client.request`. `method` and
    `path` are the request's (below the base URL, percent-encoded), `attempts` counts the attempts.
    An answer gives `status_code`, `request_id`, and the vendor's `code`, `message`, `details` and
    `issues` (docs/dialects.md, `Error`).
    """

    def __init__(self, text: str, **context: Unpack[_Context]) -> None:
        super().__init__(text)
        self.operation: str = context["operation"]
        self.method: str = context["method"]
        self.path: str = context["path"]
        self.attempts: int = context.get("attempts", 1)
        self._status_code = context.get("status_code")
        self.code: str | None = context.get("code")
        self.message: str | None = context.get("message")
        self.details: object = context.get("details")
        self.issues: tuple[str, ...] = context.get("issues", ())
        self.request_id: str | None = context.get("request_id")

    @property
    def status_code(self) -> int | None:
        """The status of the answer; None where there was none."""
        return self._status_code

    def __str__(self) -> str:
        facts = [f"{self.method} {self.path}"]
        if self.attempts != 1:
            facts.append(f"{self.attempts} attempts")
        if self.request_id:
            facts.append(f"request id {self.request_id}")
        return f"{self.operation}: {self.args[0]} [{', '.join(facts)}]"


class APIConnectionError(APIError):
    """No answer: the server was not reached, or the connection was lost."""


class APITimeoutError(APIError):
    """No answer within the timeout of one attempt."""


class DeadlineExceededError(APIError):
    """The call's deadline passed, or leaves no time for another attempt."""


class OutcomeUnknownError(APIError):
    """A write may or may not have been carried out, and nothing tells which.

    The client does not send it again. The message names the call that shows the present state. If
    the server answered with an error, this is an `APIStatusError` too: a `ServerError` for a 5xx,
    a `ConflictError` for a 409 to a repeat, a `NotFoundError` for a 404 to a repeat.
    """


class ResponseError(APIError):
    """A success (2xx) that cannot be read.

    `json_path` is the place in the body (`$` is the whole), `expected` and `found` say what is
    wrong there. If it was a write, it may have been carried out.
    """

    def __init__(
        self, text: str, *, json_path: str, expected: str, found: str, **context: Unpack[_Context]
    ) -> None:
        super().__init__(text, **context)
        self.json_path: str = json_path
        self.expected: str = expected
        self.found: str = found


class APIStatusError(APIError):
    """The server answered with an error status, or with an error body on a 2xx."""

    @property
    def status_code(self) -> int:
        """The status of the answer; an error body on a 2xx has that status."""
        return cast("int", self._status_code)


class BadRequestError(APIStatusError):
    """400: the server does not accept what was sent."""


class AuthenticationError(APIStatusError):
    """401: the API key is missing, wrong, or no longer valid."""


class PermissionDeniedError(APIStatusError):
    """403: the API key is valid but may not do this."""


class NotFoundError(APIStatusError):
    """404: there is no such project, or no such thing in it.

    `is_from_api`: the answer is the API's own: an error body, or none. A page or text of a gateway
    is not, and tells nothing of what exists.
    """

    is_from_api: bool = True


class ConflictError(APIStatusError):
    """409: the present state does not allow this; a name may be taken."""


class RateLimitError(APIStatusError):
    """429: too many requests. `retry_after`: the seconds that the server asks to wait."""

    def __init__(
        self, text: str, *, retry_after: float | None = None, **context: Unpack[_Context]
    ) -> None:
        super().__init__(text, **context)
        self.retry_after: float | None = retry_after


class ServerError(APIStatusError):
    """5xx: the server, or a gateway before it, failed."""


class OutcomeUnknownStatusError(OutcomeUnknownError, APIStatusError):
    """408, 499, 3xx, or an error on a 2xx, to a write: it may have been carried out."""


class OutcomeUnknownServerError(OutcomeUnknownStatusError, ServerError):
    """5xx to a write: it may have been carried out all the same."""


class OutcomeUnknownConflictError(OutcomeUnknownStatusError, ConflictError):
    """409 to a repeated write: an earlier attempt may have made what now stands in the way."""


class OutcomeUnknownNotFoundError(OutcomeUnknownStatusError, NotFoundError):
    """404 to a repeated delete: an earlier attempt may have deleted it, or it was not there."""


BY_STATUS: Mapping[int, type[APIStatusError]] = {
    400: BadRequestError,
    401: AuthenticationError,
    403: PermissionDeniedError,
    404: NotFoundError,
    409: ConflictError,
    429: RateLimitError,
}
"""The class for a status. Any other 5xx is a `ServerError`, the rest an `APIStatusError`."""


def class_for_status(status: int) -> type[APIStatusError]:
    """The exception class that an error status is raised as."""
    if status >= 500:
        return ServerError
    return BY_STATUS.get(status, APIStatusError)
