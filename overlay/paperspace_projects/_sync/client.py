# Derived from _async/client.py by `nox -s generate`: change that one.
"""The client: its settings, its session, and the resources."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Collection, Generator, Iterable, Mapping
from typing import TYPE_CHECKING, NoReturn, Self, cast

import httpx
import msgspec

from .. import config
from .._api import validation as arguments
from .._api.validation import UNSET, UnsetType
from .._httpx_compat import Httpx2Client, Httpx2Timeout, Httpx2Transport, both
from .._security.secret_str import as_secret
from ..config import RetryPolicy, Settings
from ..errors import ConfigurationError, InvalidArgumentError
from ..events import AttemptEvent
from ..models import Project, ProjectFailure, ProjectSnapshot
from .raw_requests import RawRequests
from .resources.project import ProjectScope
from .resources.projects import Projects
from .session import Session
from .transport.pool_manager import PoolManager

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from .._api.raw_request import QueryValue
    from ..inventory import InventoryProgress, Part


class Client(RawRequests):
    """A client of the Paperspace Projects API.

    Use it in a `with` block, or call `close` when done. It can be shared freely, and is
    usable after a fork and on another event loop: it gets connections of its own there.

    Args:
        api_key: The team's API key; else that of `team`; else `PAPERSPACE_API_KEY`; else the only
            key of `~/.paperspace/credentials.toml`.
        team: Which key of the credentials file to use. It comes before the environment.
        base_url: The API's URL; else `PAPERSPACE_API_URL`; else the server of openapi.yaml.
        timeout: Seconds for one attempt as a whole, or an `httpx.Timeout` (or httpx2's) for its
            parts. The wait of an attempt for its turn (`max_concurrency`) counts for its `pool`
            alone.
        deadline: Seconds for one call, all its attempts and waits included; for a listing, for
            each page. None: no limit.
        retry: When to repeat a call; `RetryPolicy(max_attempts=1)` never does.
        on_event: Called with an `AttemptEvent` after each attempt.
        http_client: Your own `httpx.Client` or `httpx2.Client`, with its proxies,
            certificates and hooks; you close it. It limits each wait by itself: a server that
            trickles can outlast a timeout.
        transport: Only the transport, such as `Emulator().transport()`.
        ssl_context: For your own CA or client certificate.
        max_concurrency: The largest number of requests at a time; further calls wait.
        max_response_bytes: The largest answer that is accepted, decompressed. On the wire it may
            be 1 MiB more.
        allow_insecure_http: Allow plain http to a host beyond loopback: the key is then sent
            unencrypted.
        app_name: The name of your program, such as `rotator/1.2`, for the User-Agent.
        tracing: Make each call a span of OpenTelemetry, if the program uses that.
        tcp_keepalive: Seconds of silence after which the system checks if the other end of one of
            the client's own connections is still there (TCP keep-alive). None: it does not.

    Raises:
        ConfigurationError: there is no usable key or base URL.
        InvalidArgumentError: another argument cannot be used.
    """

    def __init__(
        self,
        api_key: str | None = None,
        *,
        team: str | None = None,
        base_url: str | None = None,
        timeout: float | httpx.Timeout | Httpx2Timeout = 30.0,
        deadline: float | None = None,
        retry: RetryPolicy = RetryPolicy(),  # noqa: B008 -- frozen, so it can be shared
        on_event: Callable[[AttemptEvent], object] | None = None,
        http_client: httpx.Client | Httpx2Client | None = None,
        transport: httpx.BaseTransport | Httpx2Transport | None = None,
        ssl_context: ssl.SSLContext | None = None,
        max_concurrency: int = 100,
        max_response_bytes: int = 64 * 1024 * 1024,
        allow_insecure_http: bool = False,
        app_name: str | None = None,
        tracing: bool = True,
        tcp_keepalive: int | None = 60,
    ) -> None:
        api_key = None if api_key is None else as_secret(api_key)
        if http_client is not None and transport is not None:
            raise InvalidArgumentError("transport", "left out when http_client is given")
        if ssl_context is not None and (http_client or transport) is not None:
            expected = "left out when http_client or transport is given: they have their own"
            raise InvalidArgumentError("ssl_context", expected)
        arguments.instance("http_client", http_client, *both(httpx.Client))
        arguments.instance("transport", transport, *both(httpx.BaseTransport))
        arguments.instance("ssl_context", ssl_context, ssl.SSLContext)
        arguments.function("on_event", on_event)
        config.log_as_asked()
        key, source = config.find_key(api_key, team)
        settings = Settings(
            base_url=config.find_base_url(base_url, allow_insecure_http),
            team=team,
            timeout=cast("float | httpx.Timeout", timeout),
            deadline=deadline,
            retry=retry,
            max_concurrency=max_concurrency,
            max_response_bytes=max_response_bytes,
            allow_insecure_http=allow_insecure_http,
            app_name=app_name,
            tracing=tracing,
            tcp_keepalive=tcp_keepalive,
        )
        custom = cast("httpx.Client | httpx.BaseTransport | None", http_client or transport)
        pools = PoolManager(custom, ssl_context, settings)
        self._begin(Session(settings, key, pools, on_event=on_event, key_source=source))

    def _begin(self, session: Session) -> None:
        self._session = session
        self.projects: Projects = Projects(session)

    @classmethod
    def from_settings(
        cls,
        settings: Settings,
        *,
        api_key: str | None = None,
        on_event: Callable[[AttemptEvent], object] | None = None,
        http_client: httpx.Client | Httpx2Client | None = None,
        transport: httpx.BaseTransport | Httpx2Transport | None = None,
        ssl_context: ssl.SSLContext | None = None,
    ) -> Self:
        """Make a client with another one's settings, such as in a process that they were sent to.

        The settings hold no key: it is found as for any new client. The other arguments, and the
        errors, are those of the class.

        Example: `other = Client.from_settings(client.settings, api_key="another-key")`
        """
        if api_key is not None:
            api_key = as_secret(api_key)
            settings = msgspec.structs.replace(settings, team=None)
        return cls(
            api_key,
            **msgspec.structs.asdict(settings),
            on_event=on_event,
            http_client=http_client,
            transport=transport,
            ssl_context=ssl_context,
        )

    def with_options(
        self,
        *,
        timeout: float | httpx.Timeout | Httpx2Timeout | UnsetType = UNSET,
        deadline: float | UnsetType | None = UNSET,
        retry: RetryPolicy | UnsetType = UNSET,
        on_event: Callable[[AttemptEvent], object] | UnsetType | None = UNSET,
        headers: Mapping[str, str] | UnsetType = UNSET,
        query: Mapping[str, QueryValue] | UnsetType = UNSET,
    ) -> Self:
        """Return a copy with other options.

        Copies share the connections: closing one closes all. The other arguments are those of the
        class; `deadline=None` and `on_event=None` end them.

        Example: `projects = client.with_options(deadline=5).projects.list().collect()`

        Args:
            headers: Headers for all requests of the copy, such as `{"X-Request-Id": "r1"}`, in
                place of those of an earlier copy. No repr, error or log shows their values. Those
                that the client sets itself, such as `Authorization`, are refused.
            query: Parameters for all requests of the copy. A call's own parameter of the same name
                counts more. They are part of the URL: no secret belongs there.

        Raises:
            InvalidArgumentError: an option that cannot be used.
        """
        old = self._session
        hidden, parameters = old.headers, old.query
        if headers is not UNSET or query is not UNSET:
            from .._api.raw_request import checked_query, hide_headers

            if headers is not UNSET:
                (hidden, problem), headers = hide_headers(headers), UNSET  # no traceback has them
                problem.check()
            if query is not UNSET:
                parameters = checked_query("query", query)
        if on_event is not UNSET:
            arguments.function("on_event", on_event)
        options = {"timeout": timeout, "deadline": deadline, "retry": retry}
        given = {name: value for name, value in options.items() if value is not UNSET}
        settings = msgspec.structs.replace(old.settings, **given)
        session = Session(
            settings,
            old.api_key,
            old.pools,
            on_event=old.on_event if on_event is UNSET else on_event,
            clock=old.clock,
            key_source=old.key_source,
            headers=hidden,
            query=parameters,
        )
        copy = object.__new__(type(self))
        copy._begin(session)
        return copy

    def __repr__(self) -> str:
        if not hasattr(self, "_session"):  # a traceback may show one that could not be made
            return f"<{type(self).__name__}>"
        closed = " (closed)" if self.is_closed else ""
        return f"<{type(self).__name__} of {self._session.settings.base_url}{closed}>"

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        name = type(self).__name__
        raise TypeError(
            f"a {name} cannot be pickled or copied: it holds connections and an API key. Send "
            f"`client.settings`, and make a client where they arrive: `{name}.from_settings(...)`; "
            "`client.with_options(...)` makes a copy with other options"
        )

    @property
    def settings(self) -> Settings:
        """The settings of the client, without the key: they can be pickled."""
        return self._session.settings

    def project(self, project_id: str) -> ProjectScope:
        """Return a scope for one project; nothing is sent.

        Example: `tags = client.project("p1").tags`

        Raises:
            InvalidArgumentError: the id is empty, `.`, `..` or no string.
        """
        return ProjectScope(self._session, project_id)

    def inventory(
        self,
        project_ids: Iterable[str | Project] | None = None,
        *,
        include: Collection[Part] = ("collaborators", "secrets", "tags", "models"),
        concurrency: int = 16,
        in_order: bool = False,
        executor: Executor | None = None,
        on_progress: Callable[[InventoryProgress], object] | None = None,
    ) -> Generator[ProjectSnapshot | ProjectFailure, None, None]:
        """Read many projects and their parts, many requests at a time (docs/inventory.md).

        Each project is yielded when it has been read; at most `concurrency` of them are in memory
        beside a page or two of the listing. A project that cannot be read is yielded as a
        `ProjectFailure`, and does not stop the rest. Nothing is sent before the first one is
        requested, nor after the iteration was left. The client's `deadline` is for all of it.

        Example: `results = [result for result in client.inventory(include=["tags"])]`

        Args:
            project_ids: Ids of the projects to read, or projects that were just listed, which are
                not read again. None: all of the team's.
            include: The parts to read of each; the whole `activity` only if named here.
            concurrency: The largest number of requests at a time, up to `max_concurrency`.
            in_order: Yield in the order of the listing or of the ids. A slow one holds up others.
            executor: Read in its processes or machines, a few projects at a time. Each finds the
                key where this client found it: it is not sent.
            on_progress: Called with an `InventoryProgress` before each is yielded.

        Raises:
            InvalidArgumentError: an argument is refused; nothing was sent.
            ConfigurationError: an executor cannot be used with this client's key or connections.

        Raises, while it is iterated, after the projects that were read have been yielded:
            ConfigurationError: a worker of the executor has no key.
            DeadlineExceededError: the deadline has passed.
            APIError: the listing failed.
            ExecutorError: the executor failed.
        """
        from ..inventory._sync.inventory import read_inventory
        from ..inventory.remote_worker import empty_batch
        from ..inventory.scheduler import InventoryOptions

        session, batch = self._session, None
        options = InventoryOptions(
            project_ids=project_ids,
            include=tuple(include),
            concurrency=concurrency,
            max_concurrency=session.settings.max_concurrency,
            in_order=in_order,
            on_progress=on_progress,
        )
        if executor is not None:
            if session.headers or session.query:
                raise ConfigurationError(
                    "an executor's workers are sent no headers and no query of `with_options`: "
                    "use a client without them, or do without executor"
                )
            settings = self.with_options(deadline=None).settings
            own = session.pools.are_own
            batch = empty_batch(options, executor, settings, session.key_source, own)
        return read_inventory(self, session.begin_deadline, options, executor, batch)

    @property
    def is_closed(self) -> bool:
        """Whether the client can make no more calls."""
        return self._session.pools.is_closed

    def close(self) -> None:
        """Close the client's connections. An `http_client` of your own stays open.

        Calls that have not ended raise `ClientClosedError`.

        Example: `client.close()`
        """
        self._session.pools.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
