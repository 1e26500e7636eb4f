"""The emulator: checks the key, finds the operation, runs it in a transaction, and answers.

It answers errors of the caller, and raises errors of its own.
"""

from __future__ import annotations

import copy
import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Final, Literal, Self, Unpack

import anyio
import httpx
import msgspec

from ..faults.injector import AsyncSleep, FaultInjector, Sleep
from ..faults.plan import FaultPlan, InjectedFault, Latency
from . import messages
from .database import EVENTS, PROJECTS, SECRETS, Database
from .deployment_events import DeploymentEvent, event_values
from .determinism import Clock, Ids
from .handlers import RequestContext, handler_of, new_id
from .inputs import check_key, query
from .messages import HTTPException, Reply, ServerRequest, ServerResponse
from .properties import Part, set_properties
from .request_log import RequestLog, SentRequest
from .routes import find_route
from .seeding import seed_project
from .serializers import serializer_of
from .shapes import OPERATIONS, Operation

Dialect = Literal["contract", "live"]

DEFAULT_API_KEY: Final = "emulator-key"


class Snapshot(messages.Opaque, frozen=True):
    """What `Emulator.snapshot` returns and `Emulator.restore` takes; its fields are private."""

    stored: bytes
    ahead: timedelta
    ids: Ids


class Emulator:
    """A Paperspace Projects server that keeps what is written to it.

        with Emulator("live") as emulator:
            emulator.seed({"version": 1, "projects": [{"name": "vision", "tags": ["gpu"]}]})
            emulator.faults = FaultPlan.script([Fault.status(502, when="after")], only=["POST"])
            client = Client(emulator.api_key, transport=emulator.transport())  # in process
            assert [sent.operation for sent in emulator.requests] == ["createProject"]
            assert emulator.injected[0].carried_out

    It may be used from several threads; requests are handled one at a time. An emulator that is
    garbage-collected without being closed closes itself. A closed one raises RuntimeError.
    """

    def __init__(
        self,
        dialect: Dialect = "contract",
        *,
        api_key: str = DEFAULT_API_KEY,
        path: str | os.PathLike[str] | None = None,
        clock: Callable[[], datetime] | None = None,
        faults: FaultPlan | None = None,
        latency: Latency = 0.0,
        sleep: Sleep | None = None,
        seed: int | None = None,
        unknown_fields: Literal["ignore", "refuse"] = "ignore",
        deleted: Literal["omit", "list"] = "omit",
    ) -> None:
        """Open an emulator.

        What the live server does with unknown fields and with deleted things is not known, so
        that code should work with either value of these two arguments.

        Args:
            dialect: "contract" answers as `openapi.yaml` says, "live" as the vendor's server does.
            api_key: The one key that is accepted.
            path: An SQLite file for the data, which an emulator of either dialect with the same
                tables can open again; by default all is in memory.
            clock: Returns the time, as an aware datetime.
            faults: Which requests go wrong, and how.
            latency: Seconds that each request takes, or a pair of the fewest and the most, between
                which they are drawn with the seed of `faults`.
            sleep: Waits a number of seconds. Async transports call it too: it must not block them.
            seed: A number under which the same requests make the same ids, otherwise random ones;
                that of faults is in their plan.
            unknown_fields: Whether fields of a body that the dialect does not have, such as a
                description or a role in live, are ignored, or refused with a 400.
            deleted: Whether the lists of live omit deleted projects and removed collaborators, or
                list them with a time in `dtDeleted`.

        Raises:
            TypeError: `faults` is not a plan, or `sleep` is an `async def`.
            ValueError: Another argument is not valid, or the file has other tables.
            sqlite3.Error: The file cannot be opened.
        """
        self._serializer = serializer_of(dialect, unknown_fields, deleted)
        if not api_key.strip():
            raise ValueError("api_key must not be blank")
        self.dialect: Final[Dialect] = dialect
        self.api_key: Final = api_key
        self._clock = Clock(clock)
        self._ids = Ids(seed)
        self._log = RequestLog()
        self._injector = FaultInjector(faults, latency, sleep)
        self._database = Database(path)

    def __repr__(self) -> str:
        return f"Emulator({self.dialect!r})"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the database; what was in memory is lost. Closing again does nothing.

        Example: `emulator.close()`
        """
        self._database.close()

    @property
    def faults(self) -> FaultPlan | None:
        """Which requests go wrong, and how. A plan that is set starts at its beginning."""
        return self._injector.plan

    @faults.setter
    def faults(self, plan: FaultPlan | None) -> None:
        self._injector.start(plan)

    @property
    def injected(self) -> tuple[InjectedFault, ...]:
        """The last 10,000 faults, in order, and whether the requests were carried out."""
        return tuple(self._injector.injected.copy())

    @property
    def requests(self) -> tuple[SentRequest, ...]:
        """The last 10,000 requests, up to 20 million characters, in order, answered or not."""
        return self._log.all()

    def seed(
        self,
        state: str | os.PathLike[str] | Mapping[str, object],
        *,
        events: Mapping[str, Sequence[DeploymentEvent]] | None = None,
    ) -> tuple[str, ...]:
        """Add projects and what they hold, as if requests had made them; return their ids in order.

        Example: `(audio,) = emulator.seed({"version": 1, "projects": [{"name": "audio"}]})`

        Args:
            state: A desired state, or its path, as `paperspace_projects.reconcile.load` takes it.
                The value of each secret is `SEEDED_VALUE`: references are not followed.
            events: The events of deployments, by the name of a project of `state`.

        Raises:
            DesiredStateError: The document is not valid; `problems` lists all that is wrong.
            ValueError: A project with an id of the document already exists, or an event is not
                valid or of another project. Nothing is added.
            ImportError: PyYAML is not installed, which a YAML file needs.
        """
        from ...reconcile import load  # nothing else of the emulator uses the client's package

        projects = load(state).projects
        with self._database.transaction():
            ids = tuple(seed_project(self._database, each, self._send) for each in projects)
            by_name = dict(zip((project.name for project in projects), ids, strict=True))
            for name, recorded in (events or {}).items():
                if name not in by_name:
                    raise ValueError(f"events of {name!r}, which is no project of the state")
                for event in recorded:
                    self._record_event(by_name[name], event)
        return ids

    def _send(self, operation_id: str, path: Mapping[str, str], **fields: str | None) -> object:
        known = self._operation(operation_id).body.keys  # others may be refused
        given = {key: each for key, each in fields.items() if each is not None and key in known}
        return self._run(operation_id, path, {}, msgspec.json.encode(given))

    def set_properties(
        self, project_id: str, part: tuple[Part, str] | None = None, /, **properties: object
    ) -> None:
        """Give properties to a project, or to a part of it, as a server may that has them.

        Example: `emulator.set_properties("p1", ("models", "m1"), name="resnet")`

        Args:
            project_id: The project.
            part: The kind of the part, and the name or id of the one.
            properties: By their names in JSON: any that the answers of the dialect have, but the
                name or id by which the thing is found. None is a value that is not known.

        Raises:
            LookupError: There is no such project or part.
            ValueError: The dialect has no such property, or one of another type.
        """
        set_properties(self._database, self.dialect, project_id, part, properties)

    def record_event(self, project_id: str, **event: Unpack[DeploymentEvent]) -> str:
        """Put an event of a deployment into a project's activity; return the event's id.

        A live feed holds such events alone, and no operation makes one. The contract dialect adds
        events of its own for what is done to projects; it shows `action` as `type`.

        Example: `emulator.record_event("p1", action="deployment.scaled",
        data={"from": 1, "to": 3})`

        Args:
            project_id: The project whose activity it is.
            event: `action`, and optionally `deployment`, `data` (the replicas before and after),
                `actor`, and the time, `at`, which by default is the emulator's.

        Raises:
            LookupError: There is no such project.
            ValueError: The event is not one that a live feed can hold.
        """
        with self._database.transaction():
            if self._database.find(PROJECTS, id=project_id, dtDeleted=None) is None:
                raise LookupError(f"no project {project_id!r}")
            return self._record_event(project_id, event)

    def _record_event(self, project_id: str, event: DeploymentEvent) -> str:
        values = event_values(event, self._clock.now())
        event_id = new_id(self._database, self._ids, EVENTS)
        self._database.insert(EVENTS, projectId=project_id, id=event_id, **values)
        return event_id

    def advance(self, time: float | timedelta) -> None:
        """Advance the emulator's clock by seconds or a `timedelta`.

        Example: `emulator.advance(timedelta(days=30))`

        Raises:
            ValueError: The time is negative, or comes to more than 1000 years.
        """
        self._clock.advance(time)

    def snapshot(self) -> Snapshot:
        """Save the data, the clock's advance and the position in the sequence of ids.

        Example: `saved = emulator.snapshot()`
        """
        return Snapshot(self._database.serialize(), self._clock.ahead, copy.deepcopy(self._ids))

    def restore(self, snapshot: Snapshot) -> None:
        """Return to a saved state, of this emulator or of another one.

        The records (`requests`, `injected`) and the plan of faults stay as they are.

        Example: `saved = emulator.snapshot(); scope.delete(); emulator.restore(saved)`

        Raises:
            ValueError: The snapshot has the tables of another version. Nothing is changed.
        """
        self._database.restore(snapshot.stored)
        self._clock.ahead = snapshot.ahead
        self._ids = copy.deepcopy(snapshot.ids)

    def secret_is(self, project_id: str, name: str, value: str) -> bool:
        """Return whether a secret has this value, which no operation returns.

        Example: `assert emulator.secret_is("p1", "TOKEN", SEEDED_VALUE)`

        Raises:
            LookupError: There is no such project or secret.
        """
        with self._database.transaction():
            secret = self._database.find(SECRETS, projectId=project_id, name=name)
            if secret is None:
                raise LookupError(f"no project {project_id!r} that has a secret {name!r}")
            return self._database.secret_is(secret, value)

    def transport(self) -> httpx.MockTransport:
        """Make a transport for clients of httpx, sync and async, that answers in process.

        Those of httpx2 can use it, too, but type checkers do not know that.

        Example: `client = Client(emulator.api_key, transport=emulator.transport())`
        """
        return messages.EmulatorTransport(self.handle, self._handle_async)

    def serve(self, host: str = "127.0.0.1", port: int = 0) -> AbstractContextManager[str]:
        """Serve real HTTP, from a thread, for as long as the context is open.

        It gives the base URL, such as `http://127.0.0.1:43211/v1`; port 0 is a free one.

        Example: `with emulator.serve() as url: other = Client(emulator.api_key, base_url=url)`

        Raises:
            ImportError: uvicorn is not installed.
            OSError: The address cannot be listened on (raised on entering).
        """
        self._database.check_open()
        from .server import serving  # in process, uvicorn is not needed

        return serving(self._reply, host, port)

    def handle(self, request: httpx.Request) -> httpx.Response:
        """Answer one request, whose body can be read without waiting; its host does not matter.

        Example: `response = emulator.handle(httpx.Request("GET", "http://localhost/v1/projects"))`

        Raises:
            httpx.TransportError: A fault of the plan that leaves no answer.
        """
        received = messages.from_httpx(request)
        self._log.add(received)
        reply = self._injector.handle(received, self._answer)
        return messages.to_httpx(messages.with_request_id(reply, self._ids), request)

    async def _handle_async(self, request: httpx.Request) -> httpx.Response:
        return messages.to_httpx(await self._reply(messages.from_httpx(request)), request)

    async def _reply(self, request: ServerRequest, sleep: AsyncSleep = anyio.sleep) -> Reply:
        self._log.add(request)
        reply = await self._injector.handle_async(request, self._answer, sleep)
        return messages.with_request_id(reply, self._ids)

    def _answer(self, request: ServerRequest) -> ServerResponse:
        try:
            check_key(request.authorization, self.api_key)
            route, path = find_route(request.method, request.path)
            parameters = query(request.query)
            with self._database.transaction():
                result = self._run(route.operation_id, path, parameters, request.body)
        except HTTPException as error:
            return error.response
        operation = self._operation(route.operation_id)
        if operation.answer is None:
            return ServerResponse(operation.status)
        return ServerResponse.json(operation.status, result)

    def _operation(self, operation_id: str) -> Operation:
        return OPERATIONS[operation_id][1][self.dialect]

    def _run(
        self, operation_id: str, path: Mapping[str, str], query: Mapping[str, str], body: bytes
    ) -> object:
        table, handler = handler_of(operation_id)
        state = self._database, self._serializer, self._ids, self._clock.now()
        operation = self._operation(operation_id)
        return handler(RequestContext(*state, table, operation, path, query, body))
