"""A server of projects on real sockets that fails as it is told to, and the state that it holds."""

from __future__ import annotations

import contextlib
import json
import socket
import ssl
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any, Self
from urllib.parse import parse_qsl, unquote, urlsplit

from support.faults import Connection, Fault, Gone, Received, Stage, http


class House:
    """What the server holds: two projects and their parts. `done` lists what was carried out."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 20, 9, 46, 40, tzinfo=UTC)
        self.projects: dict[str, dict[str, Any]] = {}
        self.parts: dict[tuple[str, str], dict[str, dict[str, Any]]] = {}
        self.done: list[str] = []
        for project_id in ("p1", "p2"):
            self.add_project(project_id, f"project {project_id}")

    def add_project(self, project_id: str, name: str) -> dict[str, Any]:
        self.projects[project_id] = {"id": project_id, "name": name}
        for part in ("secrets", "tags", "models", "collaborators"):
            self.parts[project_id, part] = {}
        return self.projects[project_id]

    def handle(self, request: Received) -> tuple[int, Any]:
        """Carry a request out: the status and the document of the answer."""
        target = urlsplit(request.path)
        _, *segments = map(unquote, target.path.split("/"))
        if request.method == "DELETE":  # the name of a tag
            segments += dict(parse_qsl(target.query)).values()
        status, document = self._handle(request.method, segments, json.loads(request.body or b"{}"))
        if status < 300 and request.method != "GET":
            self.done.append(f"{request.method} {request.path}")
        return status, document

    def _handle(self, method: str, segments: list[str], body: dict[str, Any]) -> tuple[int, Any]:
        if len(segments) == 1:
            if method == "POST":
                return 201, self.add_project(f"new{len(self.projects)}", body["name"])
            return 200, {"items": list(self.projects.values()), "hasMore": False}
        _, project_id, *rest = segments
        if project_id not in self.projects:
            return 404, {"code": "NOT_FOUND", "message": "no such project"}
        if not rest:
            if method == "DELETE":
                del self.projects[project_id]
                return 204, None
            self.projects[project_id] |= body
            return 200, self.projects[project_id]
        return self._part(method, rest[0], rest[1:], project_id, body)

    def _part(
        self, method: str, part: str, key: list[str], project_id: str, body: dict[str, Any]
    ) -> tuple[int, Any]:
        held = self.parts[project_id, part]
        if method == "POST":
            name = key[0] if key else body.get("userId") or body["name"]
            if name in held:
                return 409, {"code": "CONFLICT", "message": "it is there"}
            identity = {"models": {"id": name}, "collaborators": {"userId": name}}
            held[name] = identity.get(part, {"name": name})
            if part == "secrets":
                held[name]["dtCreated"] = self.now.isoformat()
            elif "role" in body:
                held[name]["role"] = body["role"]
            return 201, held[name]
        if not key:
            return 200, list(held) if part == "tags" else list(held.values())
        if key[0] not in held:
            return 404, {"code": "NOT_FOUND", "message": "no such thing"}
        if method == "DELETE":
            del held[key[0]]
            return 204, None
        if method == "PATCH":
            held[key[0]]["dtModified"] = self.now.isoformat()
        return 200, held[key[0]]

    def answer(self, request: Received, **headers: str) -> bytes:
        """Carry a request out: the answer as it goes over the wire."""
        status, document = self.handle(request)
        body = b"" if document is None else json.dumps(document).encode()
        return http(status, body, date=format_datetime(self.now, usegmt=True), **headers)


class FaultServer:
    """Listens on a loopback port. `received` lists the requests that arrived whole.

    Args:
        tls: What to secure connections with.
        starts: Whether to listen at once; else connections are refused until `start`.
        narrow: Take in little before it is read.
    """

    def __init__(
        self, *, tls: ssl.SSLContext | None = None, starts: bool = True, narrow: bool = False
    ) -> None:
        self.house = House()
        self.received: list[Received] = []
        self.connections = 0
        self.ending = threading.Event()
        self.arrived = threading.Semaphore(0)
        """Has one more for each request that arrived."""
        self.hung_up = threading.Semaphore(0)
        """Has one more for each connection that ended."""
        self._tls = tls
        self._lock = threading.Lock()
        self._script: list[Fault] = []
        self._for_ever = False
        self._to: str | None = None
        self._threads: list[threading.Thread] = []
        self._open: set[socket.socket] = set()
        self._fillers: list[socket.socket] = []
        self._listener = socket.socket()
        if narrow:
            self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        self._listener.bind(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        if starts:
            self.start()

    @property
    def url(self) -> str:
        return f"http{'s' if self._tls else ''}://127.0.0.1:{self.port}"

    @property
    def lines(self) -> list[str]:
        """The requests that arrived, as `METHOD path`."""
        return [f"{each.method} {each.path}" for each in self.received]

    def play(self, *faults: Fault, for_ever: bool = False, to: str | None = None) -> None:
        """What to do, in order, the last one for ever if so asked; then to do what is right.

        Requests with another method than `to`, where it is given, are answered as is right.
        """
        with self._lock:
            self._script, self._for_ever, self._to = list(faults), for_ever, to

    def start(self) -> None:
        """Accept connections from now on."""
        self._listener.listen(100)
        for filler in self._fillers:
            filler.close()
        self._run(self._accept)

    def fill_backlog(self) -> None:
        """Listen and accept nobody, with no room for anybody who waits to be accepted."""
        self._listener.listen(0)
        with contextlib.suppress(BlockingIOError, TimeoutError):
            for _ in range(10):
                filler = socket.socket()
                self._fillers.append(filler)
                filler.settimeout(0.02)
                filler.connect(("127.0.0.1", self.port))

    def close(self) -> None:
        self.ending.set()
        with self._lock:
            with contextlib.suppress(OSError):
                self._listener.shutdown(socket.SHUT_RDWR)
            for each in self._open:
                with contextlib.suppress(OSError):
                    socket.socket.shutdown(each, socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(timeout=10)
            assert not thread.is_alive(), "a connection did not end"
        for each in (self._listener, *self._fillers):
            each.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _run(self, target: Callable[..., None], *args: object) -> None:
        thread = threading.Thread(target=target, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self.ending.is_set():
            try:
                accepted, _ = self._listener.accept()
            except OSError:
                return
            with self._lock:
                self.connections += 1
                self._open.add(accepted)
            self._run(self._serve, Connection(self, accepted))

    def take_in(self, request: Received) -> Fault | None:
        """Note a request that arrived; gives what is to be done instead of answering it."""
        with self._lock:
            self.received.append(request)
        self.arrived.release()
        return self._take("request", request.method)

    def _take(self, at: Stage, method: str | None = None) -> Fault | None:
        with self._lock:
            if not self._script or self._script[0].at != at:
                return None
            if method is not None and self._to not in (None, method):
                return None
            return self._script[0] if self._for_ever else self._script.pop(0)

    def _serve(self, connection: Connection) -> None:
        accepted = connection.socket
        try:
            fault = self._take("connection")
            if fault is not None:
                fault.does(connection)
            if self._tls is not None:
                secured = self._tls.wrap_socket(
                    accepted, server_side=True, do_handshake_on_connect=False
                )
                connection.socket = secured
                with self._lock:
                    self._open.add(secured)
                secured.do_handshake()
            while True:
                connection.answer_one()
        except (Gone, OSError):
            pass
        finally:
            with self._lock:
                self._open -= {accepted, connection.socket}
                connection.socket.close()
                accepted.close()
            self.hung_up.release()


def address_lookup(
    host: str, then: Callable[[], object], real: Callable[..., Any] = socket.getaddrinfo
) -> Callable[..., Any]:
    """A `socket.getaddrinfo` for which `host` is this machine, once `then` has returned."""

    def getaddrinfo(asked: Any, *args: Any, **kwargs: Any) -> Any:
        flags: int = kwargs.get("flags") or (args[4] if len(args) > 4 else 0)
        if asked not in (host, host.encode()):
            return real(asked, *args, **kwargs)
        if flags & socket.AI_NUMERICHOST:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        then()
        return real("127.0.0.1", *args, **kwargs)

    return getaddrinfo
