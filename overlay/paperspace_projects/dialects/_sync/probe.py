# Derived from dialects/_async/probe.py by `nox -s generate`: change that one.
"""Ask a server the operations, and keep its answers for a dialect report."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

from ..._api import operations, validation
from ..._api.decode_error import Object
from ..._api.generated import models as generated
from ..._api.operations import ApiRequest, Operation, or_unset
from ..._http.failures import FailedAttempt
from ..._http.response_reader import RawResponse, ResponseReader
from ..._security.secret_str import as_secret
from ..._sync.primitives import shield_cancellation
from ...errors import APIError, AuthenticationError, InvalidArgumentError, ResponseError
from ..results import Observations, Report
from ..shapes import Answer, described

if TYPE_CHECKING:
    from ... import Client

T = TypeVar("T")

_MOST_PROJECTS: Final = 5
"""How many projects are looked into for one with items in each list."""
_LISTS: Final[tuple[Operation[..., Any], ...]] = (
    operations.LIST_ACTIVITY,
    operations.LIST_COLLABORATORS,
    operations.LIST_SECRETS,
    operations.LIST_TAGS,
    operations.LIST_MODELS,
)
_READS: Final[tuple[Operation[..., Any], ...]] = (
    operations.LIST_PROJECTS,
    operations.GET_PROJECT,
    *_LISTS,
    operations.GET_SECRET,
)
_WRITES: Final[tuple[Operation[..., Any], ...]] = (
    operations.CREATE_PROJECT,
    operations.UPDATE_PROJECT,
    operations.DELETE_PROJECT,
    operations.ADD_COLLABORATOR,
    operations.REMOVE_COLLABORATOR,
    operations.CREATE_SECRET,
    operations.UPDATE_SECRET,
    operations.DELETE_SECRET,
    operations.ADD_TAG,
    operations.REMOVE_TAG,
    operations.ADD_MODEL,
    operations.REMOVE_MODEL,
)
_NEVER_ASKED: Final = "the report does not ask this operation yet"
_NO_PROJECT: Final = "no project was found to ask about"
_NO_WRITES: Final = "writes were not asked for"
_NOT_ADDED: Final = "the server did not add what this needs"


def report(
    client: Client,
    *,
    write: bool = False,
    user_id: str | None = None,
    model_id: str | None = None,
    on_scratch: Callable[[str], object] | None = None,
) -> Report:
    """Ask a server, and compare the shapes of its answers with what is described.

    The reading operations are asked of the team and of up to five of its projects. What it sends
    and receives is that of any other call of the client; the client's `deadline` is for each.

    Example: `report = dialects.report(client)`

    Args:
        write: Also ask the writing operations, on a scratch project, which is removed again
            whatever happens. If it cannot be removed, `Report.left_over` says so, or a note of the
            error that ended the report.
        user_id: A user to add to the scratch project and to remove from it. None: an invented id,
            which a server may refuse.
        model_id: The same for a model. It may belong to one project alone: none that is in use.
        on_scratch: Called with the name of the scratch project before it is created.

    Raises:
        InvalidArgumentError: an argument is refused; nothing was sent.
        AuthenticationError: the server does not accept the key.
        APIError: the first request got no answer.
    """
    from ... import Client

    validation.instance("client", client, Client)
    validation.function("on_scratch", on_scratch)
    given = {"user_id": user_id, "model_id": model_id}
    for argument, value in given.items():
        if value is not None:
            validation.segment(argument, value)
            if not write:
                raise InvalidArgumentError(argument, "left out without write=True")
    probe = _AsyncProbe(client)
    probe.read()
    left_over = None
    if write:
        scratch = _AsyncScratch(probe, user_id, model_id)
        if on_scratch is not None:
            on_scratch(scratch.name)
        left_over = scratch.use()
    return probe.observed.report(left_over=left_over)


class _RecordingReader(ResponseReader):
    """Reads answers as any client does, and keeps the last one."""

    answer: Answer | None = None

    def read(
        self, request: ApiRequest[T], response: RawResponse, now: Callable[[], float]
    ) -> T | FailedAttempt:
        self.answer = Answer.of(request, response, self.key)
        return super().read(request, response, now)


class _AsyncProbe:
    """Asks one server, and keeps what it answers."""

    def __init__(self, client: Client) -> None:
        session = client._session  # pyright: ignore[reportPrivateUsage] -- of this package
        self._reader = _RecordingReader(session.api_key)
        self._session = session.with_reader(self._reader)
        self._has_items: set[str] = set()
        self.observed: Observations = Observations()
        reasons = self.observed.reasons
        reasons.update(dict.fromkeys(described(), _NEVER_ASKED))
        reasons.update({each.id: _NO_PROJECT for each in _READS})
        reasons.update({each.id: _NO_WRITES for each in _WRITES})
        reasons[operations.GET_SECRET.id] = "no secret was found to ask about"

    def ask(self, request: ApiRequest[Any], *, keeps: bool = True) -> Answer:
        """Send a request, and return its answer, which the report shows if it `keeps` it.

        Raises:
            APIError: there was no answer.
        """
        self._reader.answer = None
        is_error, unreadable = False, None
        try:
            self._session.call(request)
        except ResponseError as error:
            unreadable = error.json_path, error.expected
        except APIError as error:
            is_error = True
            if self._reader.answer is None and keeps:
                self.observed.lost[request.operation] = type(error).__name__
            is_first = not self.observed.answers
            if self._reader.answer is None or (is_first and isinstance(error, AuthenticationError)):
                raise
        answer = cast("Answer", self._reader.answer)
        answer = answer.ended(is_error=is_error, unreadable=unreadable)
        if keeps:
            self.observed.answers[request.operation].append(answer)
        return answer

    def try_to_ask(self, request: ApiRequest[Any]) -> Answer | None:
        """Send a request; None if there was no answer, which the report shows."""
        try:
            return self.ask(request)
        except APIError:
            return None

    def read(self) -> None:
        """Ask the reading operations, of projects that are there."""
        listed = self.ask(operations.LIST_PROJECTS())
        there = [each for each in listed.items() if not is_deleted(each)]
        for item in there[:_MOST_PROJECTS]:
            project_id = text_of(item, "id")
            if project_id is not None:
                self.read_project(project_id)
            if len(self._has_items) == len(_LISTS):
                break

    def read_project(self, project_id: str) -> None:
        """Ask the reading operations of one project."""
        self.try_to_ask(operations.GET_PROJECT(project_id))
        for operation in _LISTS:
            answer = self.try_to_ask(operation(project_id))
            items = answer.items() if answer is not None else []
            if items:
                self._has_items.add(operation.id)
            if operation is operations.LIST_SECRETS:
                name = next(filter(None, (text_of(item, "name") for item in items)), None)
                if name is not None:
                    self.try_to_ask(operations.GET_SECRET(project_id, name))


class _AsyncScratch:
    """A project for the writes, which is removed again whatever happens."""

    def __init__(self, probe: _AsyncProbe, user_id: str | None, model_id: str | None) -> None:
        self._probe = probe
        token = secrets.token_hex(4)
        self.name: str = f"dialect-report-{token}"
        self._id: str | None = None
        self._may_exist = True
        self._user_id = user_id or f"unknown-user-{token}"
        self._model_id = model_id or f"none{token}"
        observed = probe.observed
        given = {operations.ADD_COLLABORATOR.id: user_id, operations.ADD_MODEL.id: model_id}
        observed.invented |= {operation for operation, id in given.items() if id is None}
        observed.sent |= {self.name, self._user_id, self._model_id}
        for each in observed.reasons:
            if observed.reasons[each] == _NO_WRITES:
                observed.reasons[each] = _NOT_ADDED

    def use(self) -> str | None:
        """Ask the writing operations; returns what to do about a project that is left over."""
        try:
            self._write()
        except BaseException as error:
            if (left_over := self._remove()) is not None:
                error.add_note(left_over)
            raise
        return self._remove()

    def _write(self) -> None:
        ask, name = self._probe.try_to_ask, self.name
        created = ask(operations.CREATE_PROJECT(body=generated.CreateProjectBody(name=name)))
        self._may_exist = created is None or not created.is_refusal
        if created is not None and created.is_done:
            self._id = text_of(created.body, "id")
        if self._id is None:  # a server that refused it may have made it all the same
            with suppress(APIError):
                self._id = self._find()
        if self._id is None:
            return
        project, user, model = self._id, self._user_id, self._model_id
        secret, tag, value = "DIALECT_REPORT", "dialect-report", as_secret(secrets.token_hex(16))
        new_user = generated.AddProjectCollaboratorBody(user_id=user)
        new_secret = generated.SecretCreate(name=secret, value=value)
        new_value = generated.UpdateProjectSecretBody(value=value)
        adds_and_rest: tuple[tuple[ApiRequest[Any], ...], ...] = (
            (
                operations.ADD_COLLABORATOR(project, body=new_user),
                operations.REMOVE_COLLABORATOR(project, user),
            ),
            (
                operations.CREATE_SECRET(project, body=new_secret),
                operations.UPDATE_SECRET(project, secret, body=new_value),
                operations.DELETE_SECRET(project, secret),
            ),
            (
                operations.ADD_TAG(project, body=generated.AddProjectTagBody(name=tag)),
                operations.REMOVE_TAG(project, name=tag),
            ),
            (operations.ADD_MODEL(project, model), operations.REMOVE_MODEL(project, model)),
        )
        added = [ask(add) for add, *_ in adds_and_rest]
        ask(operations.LIST_PROJECTS())
        self._probe.read_project(project)
        ask(operations.UPDATE_PROJECT(project, body=generated.UpdateProjectBody(name=name)))
        for (_, *rest), answer in zip(adds_and_rest, added, strict=True):
            if answer is not None and answer.is_done:
                for each in rest:
                    ask(each)

    def _find(self) -> str | None:
        """Find the project by its name, if the answer to its creation did not tell its id."""
        after: str | None = None
        cursors: set[str | None] = set()
        while after not in cursors:
            cursors.add(after)
            request = operations.LIST_PROJECTS(
                after=or_unset(after), limit=validation.MAX_PAGE_SIZE
            )
            answer = self._probe.ask(request, keeps=False)
            for item in answer.items():
                if isinstance(item, dict) and self.name in cast("Object", item).values():
                    return text_of(cast("Object", item), "id")
            after = text_of(answer.body, "nextPage")
            if after is None:
                break
        return None

    def _remove(self) -> str | None:
        """Remove the project; returns what to do if that fails."""
        with shield_cancellation():
            try:
                if self._id is None and self._may_exist:
                    self._id = self._find()
                if self._id is None and not self._may_exist:
                    return None
                if self._id is not None and self._is_removed(self._id):
                    return None
                why = ""
            except Exception as error:  # the report, or the error that ended it, must not be lost
                why = f" ({type(error).__name__})"
        known = "" if self._id is None else f", id {self._id}"
        target = f"name:{self.name}" if self._id is None else self._id
        return (
            f"the scratch project {self.name!r}{known} may be there still: it could not be "
            f"removed{why}. `paperspace-projects projects delete {target} --yes` removes it"
        )

    def _is_removed(self, project_id: str) -> bool:
        deleted = self._probe.try_to_ask(operations.DELETE_PROJECT(project_id))
        is_done = deleted is not None and deleted.is_done
        try:
            looked = self._probe.ask(operations.GET_PROJECT(project_id), keeps=False)
        except Exception:
            if is_done:
                return True
            raise
        if is_done and text_of(looked.body, "id") != project_id:  # nothing contradicts it
            return True
        return (looked.status == 404 and not looked.is_gateway) or is_deleted(looked.body)


def is_deleted(project: object) -> bool:
    return isinstance(project, dict) and cast("Object", project).get("dtDeleted") is not None


def text_of(value: object, key: str) -> str | None:
    """A text of an object; None if it is none, or cannot be part of a path."""
    found = cast("Object", value).get(key) if isinstance(value, dict) else None
    return found if isinstance(found, str) and found not in ("", ".", "..") else None
