"""The one tree of exceptions.

Every error that the client raises on purpose is a `PaperspaceError`. Each tells what happened, to
which operation, and what to do next; none holds an API key, a secret's value or a request. All
pickle and keep what they carry.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NotRequired, TypedDict, Unpack, cast


def _rebuild(
    cls: type[PaperspaceError], args: tuple[object, ...], state: dict[str, object]
) -> PaperspaceError:
    """Make an unpickled error without its constructor, whose arguments are not `args`."""
    error = cls.__new__(cls, *args)
    error.args = args
    error.__dict__.update(state)
    return error


class PaperspaceError(Exception):
    """Base of all errors of this package. `str(error)` is meant to be read by a person."""

    def __reduce__(self) -> tuple[object, ...]:
        # Notes are a list: a copy gets one of its own.
        state = {k: [*v] if k == "__notes__" else v for k, v in self.__dict__.items()}
        return _rebuild, (type(self), self.args, state)


class ConfigurationError(PaperspaceError):
    """The client cannot be set up: no usable key, base URL or credentials file.

    `problem` says what is wrong. `subject` names the argument of `Client`, or the other source,
    that cannot be used. `remedy` is what to pass to `Client` instead, as code. Both may be None.
    """

    problem: str
    subject: str | None
    remedy: str | None

    def __init__(
        self, problem: str, *, subject: str | None = None, remedy: str | None = None
    ) -> None:
        start = "" if subject is None else f"{subject} "
        end = "" if remedy is None else f", or pass {remedy}"
        super().__init__(f"{start}{problem}{end}")
        self.problem = problem
        self.subject = subject
        self.remedy = remedy


class ClientClosedError(PaperspaceError):
    """The client was closed before this call, or while it was under way."""


class InvalidArgumentError(PaperspaceError, ValueError):
    """An argument was refused before anything was sent.

    `argument` names it, `expected` says what it must be.
    """

    argument: str
    expected: str

    def __init__(self, argument: str, expected: str) -> None:
        super().__init__(f"{argument} must be {expected}")
        self.argument = argument
        self.expected = expected


class AmbiguousNameError(PaperspaceError):
    """More than one project has the name that was looked for.

    `name` is the name, `project_ids` are the ids of the projects that have it.
    """

    name: str
    project_ids: tuple[str, ...]

    def __init__(self, name: str, project_ids: tuple[str, ...]) -> None:
        listed = ", ".join(each if each.isprintable() else repr(each) for each in project_ids)
        super().__init__(
            f"{len(project_ids)} projects are named {name!r} ({listed}): "
            "names are not unique there, use the id of the one you mean"
        )
        self.name = name
        self.project_ids = project_ids


class DesiredStateError(PaperspaceError, ValueError):
    """A desired state that cannot be used (`paperspace_projects.reconcile`).

    `problems` are all that is wrong with it, each with its place: file, line, column and field, as
    far as they are known.
    """

    problems: tuple[str, ...]

    def __init__(self, problems: tuple[str, ...]) -> None:
        head = [f"{len(problems)} problems:"] if len(problems) > 1 else []
        shown, more = problems[:20], len(problems) - 20
        tail = [f"… and {more} more (`problems` has them all)"] if more > 0 else []
        super().__init__("\n".join([*head, *shown, *tail]))
        self.problems = problems


class SecretReferenceError(PaperspaceError):
    """The value of a secret cannot be had where `reference` says that it is.

    Nothing was written to the project that it is for.
    """

    reference: str

    def __init__(self, reference: str, problem: str) -> None:
        super().__init__(f"the secret's value cannot be had from {reference}: {problem}")
        self.reference = reference


class StalePlanError(PaperspaceError):
    """A step of a plan was refused, as what it is about has changed since, or a plan of elsewhere.

    `step` describes the step; it is empty where the whole plan was refused, as it was made for
    another server or team. `planned` is what the plan saw, `found` what is there now.
    """

    step: str
    planned: str
    found: str

    def __init__(self, step: str, *, planned: str, found: str) -> None:
        refused = f" by this step ({step})" if step else ""
        super().__init__(
            f"the plan is stale: it saw {planned}, and now there is {found}. Nothing was changed"
            f"{refused}: make a new plan"
        )
        self.step = step
        self.planned = planned
        self.found = found


class PaginationError(PaperspaceError):
    """A listing cannot go on, because of what the server said about its next page.

    `operation` is the spec's operation id, `problem` what was wrong. `next_cursor` is where to
    resume (pass it as `after`): no item that follows it has been handed out for good; None means
    from the beginning.
    """

    operation: str
    problem: str
    next_cursor: str | None

    def __init__(self, operation: str, problem: str, next_cursor: str | None) -> None:
        where = "from the beginning" if next_cursor is None else f"with after={next_cursor!r}"
        super().__init__(f"{operation}: the listing stopped: {problem}. Resume {where}.")
        self.operation = operation
        self.problem = problem
        self.next_cursor = next_cursor


class ExecutorError(PaperspaceError):
    """The executor of an inventory failed: it took no more work, or lost some.

    `__cause__` is what the executor raised.
    """


class APIError(PaperspaceError):
    """A call to the API failed.

    `operation` is the spec's operation id, `method` and `path` are the request's (the path below
    the base URL, percent-encoded), `attempts` is how often it was sent or tried. Where there was
    an answer: `status_code`, the vendor's `code` and `message`, its `details` and `issues`
    (docs/dialects.md, "errors"), and `request_id`.
    """

    operation: str
    method: str
    path: str
    attempts: int
    code: str | None
    message: str | None
    details: object
    issues: tuple[str, ...]
    request_id: str | None

    def __init__(
        self,
        text: str,
        *,
        operation: str,
        method: str,
        path: str,
        attempts: int = 1,
        status_code: int | None = None,
        code: str | None = None,
        message: str | None = None,
        details: object = None,
        issues: tuple[str, ...] = (),
        request_id: str | None = None,
    ) -> None:
        super().__init__(text)
        self.operation = operation
        self.method = method
        self.path = path
        self.attempts = attempts
        self._status_code = status_code
        self.code = code
        self.message = message
        self.details = details
        self.issues = issues
        self.request_id = request_id

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

    It is not sent again by itself. The message names the call that tells what is there now.
    Where a server answered that it failed, the error is an `APIStatusError` as well: of a 5xx a
    `ServerError`, of a 409 to a repeat a `ConflictError`, of a 404 to one a `NotFoundError`.
    """


class _Context(TypedDict):
    """What every `APIError` is made with beside its text."""

    operation: str
    method: str
    path: str
    attempts: NotRequired[int]
    status_code: NotRequired[int | None]
    code: NotRequired[str | None]
    message: NotRequired[str | None]
    details: NotRequired[object]
    issues: NotRequired[tuple[str, ...]]
    request_id: NotRequired[str | None]


class ResponseError(APIError):
    """A success (2xx) that cannot be read.

    `json_path` is where in the body (`$` is the whole), `expected` and `found` say what is wrong
    there. For a write: the server has accepted it.
    """

    json_path: str
    expected: str
    found: str

    def __init__(
        self, text: str, *, json_path: str, expected: str, found: str, **context: Unpack[_Context]
    ) -> None:
        super().__init__(text, **context)
        self.json_path = json_path
        self.expected = expected
        self.found = found


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
    """404: there is no such project, or no such thing in it."""


class ConflictError(APIStatusError):
    """409: what is there already does not allow this, such as a name that is taken."""


class RateLimitError(APIStatusError):
    """429: too many requests. `retry_after` is what the server asked to wait, in seconds."""

    retry_after: float | None

    def __init__(
        self, text: str, *, retry_after: float | None = None, **context: Unpack[_Context]
    ) -> None:
        super().__init__(text, **context)
        self.retry_after = retry_after


class ServerError(APIStatusError):
    """5xx: the server, or a gateway before it, failed."""


class OutcomeUnknownStatusError(OutcomeUnknownError, APIStatusError):
    """408 or 499 to a write: it may have been carried out all the same."""


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
