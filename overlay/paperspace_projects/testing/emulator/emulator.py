"""The emulator itself: checks the key, finds the operation, runs it in a transaction, answers.

This is the one place where the parts meet. It must never let a fault of the caller's out as an
exception, nor hide a fault of its own as an answer.
"""

import hmac
import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from types import TracebackType
from typing import TYPE_CHECKING, Final, Literal, Self

import anyio
import httpx

from ..faults.effects import CutOff, Reply
from ..faults.injector import Gate, Pause, Sleep
from ..faults.plan import FaultPlan, InjectedFault, Latency
from .clock import Clock
from .database import SECRETS, Store
from .ids import Ids
from .inputs import Inputs, query
from .messages import Answer, Call, Problem, unauthorized
from .request_context import Desk
from .request_log import Requests, SentRequest
from .routes import find
from .seal import matches
from .serializers import SPEECHES
from .snapshots import Snapshot
from .transport import EmulatorTransport, to_call, to_response

if TYPE_CHECKING:
    from .seeding import State

Dialect = Literal["contract", "live"]

DEFAULT_API_KEY: Final = "emulator-key"


class Emulator:
    """A Paperspace Projects server that remembers what it is told.

    In process, without a socket:

        with Emulator("contract") as emulator:
            client = httpx.Client(
                transport=emulator.transport(),
                base_url="https://api.paperspace.com/v1",
                headers={"Authorization": f"Bearer {emulator.api_key}"},
            )

    Over HTTP, which needs uvicorn:

        with Emulator("live") as emulator, emulator.serve() as base_url:
            ...

    With things going wrong, and on the record (`FaultPlan`, `Fault`):

        emulator.faults = FaultPlan.script([Fault.status(502, when="after")], only=["POST"])
        ...
        assert emulator.injected[0].carried_out

    Filled, moved on in time, and looked at afterwards:

        emulator.seed({"version": 1, "projects": [{"name": "vision", "tags": ["gpu"]}]})
        emulator.advance(timedelta(days=90))
        ...
        assert [sent.operation for sent in emulator.requests] == ["listProjects", "deleteProject"]

    It may be used from several threads; requests are worked on one at a time. One that is
    forgotten instead of closed closes itself.
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
    ) -> None:
        """Open an emulator.

        Arguments:
            dialect: "contract" answers as `openapi.yaml` says, "live" as the vendor's server does
                (the table of docs/dialects.md).
            api_key: the one key that is accepted.
            path: an SQLite file, which is made where there is none, keeps everything, and can be
                opened again in either dialect by an emulator with the same tables. Without it, all
                is in memory.
            clock: what tells the time; it must return aware datetimes.
            faults: what goes wrong with which requests.
            latency: seconds that each request takes, or a pair of the fewest and the most, between
                which they are drawn with the seed of `faults`.
            sleep: what waits for that many seconds, for tests that would rather not; it is called
                by async transports too, and must not block there.
            seed: a number under which the same requests make the same ids; without it, they are
                made by chance. Faults have a seed of their own, that of their plan.

        Raises:
            TypeError: `faults` is no plan, or `sleep` is an `async def`.
            ValueError: an unknown dialect, an empty key or path, a latency that is none, or a file
                that is another program's or has the tables of another version.
            sqlite3.Error: the file cannot be opened.
        """
        if dialect not in SPEECHES:
            raise ValueError(f'dialect must be "contract" or "live", not {dialect!r}')
        if not api_key.strip():
            raise ValueError("api_key must not be blank")
        self.dialect: Final[Dialect] = dialect
        self.api_key: Final = api_key
        self._clock = Clock(clock)
        self._ids = Ids(seed)
        self._requests = Requests()
        self._gate = Gate(faults, latency, sleep)
        self._store = Store(path)

    def __repr__(self) -> str:
        return f"Emulator({self.dialect!r})"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the store, and forget what was in memory. Closing again does nothing."""
        self._store.close()

    @property
    def faults(self) -> FaultPlan | None:
        """What goes wrong with which requests; None for nothing.

        It may be set at any time, from any thread. A plan that is set starts at its beginning, and
        requests that are under way keep to the one they came under.
        """
        return self._gate.plan

    @faults.setter
    def faults(self, plan: FaultPlan | None) -> None:
        self._gate.plan = plan

    @property
    def injected(self) -> tuple[InjectedFault, ...]:
        """What went wrong so far, in order, and whether the requests were carried out.

        The last 10,000 faults are kept.
        """
        return self._gate.injected

    @property
    def requests(self) -> tuple[SentRequest, ...]:
        """What was sent so far, in order, answered or not.

        The last 10,000 requests are kept, and fewer where their paths, queries and bodies come to
        more than 20 million characters.
        """
        return self._requests.all()

    def seed(self, state: "State") -> tuple[str, ...]:
        """Add projects and what they hold, as if they had been made by requests.

        Arguments:
            state: a desired state, as `paperspace_projects.reconcile.load` takes it: the document
                as a mapping, or the path of a YAML or JSON file. A secret gets `SEEDED_VALUE`:
                references are not followed.

        Returns:
            The ids of the projects, in the order of the document.

        Raises:
            DesiredStateError: the document cannot be used; `problems` are all that is wrong.
            ValueError: a project with an id of the document is there already. Nothing is added.
            ImportError: PyYAML is not installed, which a YAML file needs.
            RuntimeError: the emulator is closed.
        """
        # Only here: nothing else of the emulator uses the client's package.
        from .seeding import plant, read

        projects = read(state)
        with self._store.transaction():
            desk = self._desk()
            return tuple(plant(desk, project) for project in projects)

    def advance(self, time: float | timedelta) -> None:
        """Move the emulator's clock on.

        Arguments:
            time: seconds, or a `timedelta`.

        Raises:
            ValueError: the time is negative, or comes to more than 1000 years.
        """
        self._clock.advance(time)

    def snapshot(self) -> Snapshot:
        """The state of now, for `restore`: what is stored, how far the clock was moved on, and
        which ids come next.

        Raises:
            RuntimeError: the emulator is closed.
        """
        return Snapshot(self._store.snapshot(), self._clock.ahead, self._ids.state)

    def restore(self, snapshot: Snapshot) -> None:
        """Go back to a state, of this emulator or of another one.

        What was recorded stays (`requests`, `injected`), and so does the plan of faults.

        Raises:
            RuntimeError: the emulator is closed.
            ValueError: the snapshot has the tables of another version. Nothing is changed.
        """
        self._store.restore(snapshot.stored)
        self._clock.ahead = snapshot.ahead
        self._ids.state = snapshot.ids

    def handle(self, request: httpx.Request) -> httpx.Response:
        """Answer one request. Its host does not matter, and `/v1` before the path is optional.

        Arguments:
            request: a request whose body is at hand; the transport sees to that.

        Returns:
            The response, an error response included. Each has an `x-request-id`.

        Raises:
            RuntimeError: the emulator is closed.
            httpx.TransportError: a fault of the plan that leaves no answer.
        """
        call = to_call(request)
        self._requests.add(call)
        return to_response(self._identified(self._gate.handle(call, self._answer)), request)

    async def _handle_async(self, request: httpx.Request) -> httpx.Response:
        return to_response(await self._reply(to_call(request)), request)

    async def _reply(self, call: Call, pause: Pause = anyio.sleep) -> Reply:
        self._requests.add(call)
        return self._identified(await self._gate.handle_async(call, self._answer, pause))

    def _identified(self, reply: Reply) -> Reply:
        """The same reply, with an `x-request-id` of its own if it is an answer."""
        match reply:
            case Answer():
                return reply.with_request_id(self._ids.request())
            case CutOff(answer):
                return CutOff(answer.with_request_id(self._ids.request()))
            case _:
                return reply

    def transport(self) -> httpx.MockTransport:
        """A transport for `httpx.Client` and `httpx.AsyncClient` that answers in process."""
        return EmulatorTransport(self.handle, self._handle_async)

    def serve(self, host: str = "127.0.0.1", port: int = 0) -> AbstractContextManager[str]:
        """Serve real HTTP, from a thread, for as long as the context is open.

        Arguments:
            host: the address to listen at.
            port: the port to listen at; 0 takes a free one.

        Returns:
            A context manager that gives the base URL, such as `http://127.0.0.1:43211/v1`.

        Raises:
            ImportError: uvicorn is not installed.
            OSError: the address cannot be listened at (raised on entering).
            RuntimeError: the emulator is closed.
        """
        self._store.check_open()
        # Only here: who stays in process need not have uvicorn.
        from .server import serving

        return serving(self._reply, host, port)

    def secret_is(self, project_id: str, name: str, value: str) -> bool:
        """Whether a secret has this value, for tests of code that writes secrets.

        No operation returns a value, and neither does this.

        Raises:
            LookupError: there is no such project or secret.
        """
        with self._store.transaction():
            secret = self._store.find(SECRETS, project_id=project_id, name=name)
            if secret is None:
                raise LookupError(f"no project {project_id!r} that has a secret {name!r}")
            return matches(value, self._store.sealed(secret))

    def _answer(self, call: Call) -> Answer:
        """The answer to any call; a refusal is an answer too."""
        try:
            return self._carry_out(call)
        except Problem as problem:
            return problem.answer()

    def _carry_out(self, call: Call) -> Answer:
        if not self._is_authorized(call.authorization):
            raise unauthorized()
        found = find(call.method, call.path)
        inputs = Inputs(found.parameters, query(call.query), call.body)
        with self._store.transaction():
            return found.operation(self._desk(), inputs)

    def _desk(self) -> Desk:
        return Desk(self._store, SPEECHES[self.dialect], self._clock.now(), self._ids)

    def _is_authorized(self, authorization: bytes) -> bool:
        scheme, _, key = authorization.partition(b" ")
        # Compared in constant time, as a server of real keys would.
        is_key = hmac.compare_digest(key, self.api_key.encode())
        return scheme.lower() == b"bearer" and is_key
