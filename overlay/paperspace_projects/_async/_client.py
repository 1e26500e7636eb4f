"""The client that people make: settings, a session, and the way to projects."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import Self

import httpx

import paperspace_projects._arguments as arguments

from .. import config
from .._hidden import hide
from .._retry import RetryPolicy
from ..errors import InvalidArgumentError
from ..events import AttemptEvent
from ._project import AsyncProjectScope
from ._projects import AsyncProjects
from ._session import AsyncSession


class AsyncClient:
    """A client of the Paperspace Projects API.

    Use it in an `async with` block, or call `aclose` when done.

    Args:
        api_key: The team's API key; else that of `team`; else `PAPERSPACE_API_KEY`; else the only
            key of `~/.paperspace/credentials.toml`.
        team: Which key of the credentials file to use. It comes before the environment.
        base_url: Where the API is; else `PAPERSPACE_API_URL`; else the server of openapi.yaml.
        timeout: Seconds for one attempt, or an `httpx.Timeout`.
        deadline: Seconds for one call, all its attempts and waits included; for a listing, for
            each page. None: no limit.
        retry: How often and how patiently to repeat; `RetryPolicy(max_attempts=1)` never does.
        on_event: Called with an `AttemptEvent` after each attempt.
        http_client: Your own `httpx.AsyncClient`, with its proxies, certificates and hooks; it
            stays yours to close.
        transport: Only the transport, such as `Emulator().transport()`.
        allow_insecure_http: Allow plain http to a host beyond loopback: the key is then sent
            unencrypted.

    Raises:
        ConfigurationError: there is no usable key or base URL.
        InvalidArgumentError: another argument cannot be used.
    """

    projects: AsyncProjects

    def __init__(
        self,
        api_key: str | None = None,
        *,
        team: str | None = None,
        base_url: str | None = None,
        timeout: float | httpx.Timeout = 30.0,
        deadline: float | None = None,
        retry: RetryPolicy = RetryPolicy(),  # noqa: B008 -- frozen, so it can be shared
        on_event: Callable[[AttemptEvent], object] | None = None,
        http_client: httpx.AsyncClient | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
        allow_insecure_http: bool = False,
    ) -> None:
        api_key = None if api_key is None else hide(api_key)
        if http_client is not None and transport is not None:
            raise InvalidArgumentError("transport", "left out when http_client is given")
        arguments.instance("http_client", http_client, httpx.AsyncClient)
        arguments.instance("transport", transport, httpx.AsyncBaseTransport)
        arguments.function("on_event", on_event)
        settings = config.resolve(
            api_key=api_key,
            team=team,
            base_url=base_url,
            timeout=timeout,
            deadline=deadline,
            retry=retry,
            allow_insecure_http=allow_insecure_http,
        )
        self._session = AsyncSession(
            settings, on_event=on_event, http_client=http_client, transport=transport
        )
        self.projects = AsyncProjects(self._session)

    def __repr__(self) -> str:
        if not hasattr(self, "_session"):  # a traceback may show one that could not be made
            return f"<{type(self).__name__}>"
        state = " (closed)" if self.is_closed else ""
        return f"<{type(self).__name__} of {self._session.settings.base_url}{state}>"

    def project(self, project_id: str) -> AsyncProjectScope:
        """A scope for one project; nothing is sent.

        Raises:
            InvalidArgumentError: the id is empty, `.`, `..` or no string.
        """
        return AsyncProjectScope(self._session, project_id)

    @property
    def is_closed(self) -> bool:
        """Whether no call can be made any more."""
        return self._session.is_closed

    async def aclose(self) -> None:
        """Close the client's connections. An `http_client` of your own stays open."""
        await self._session.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()
