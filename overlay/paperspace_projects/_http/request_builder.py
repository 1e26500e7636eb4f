"""The requests of one client, as httpx takes them: where to, with what key, headers and limits.

Pure; shared by the sync and the async session, which send them.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import httpx

from .._api.operations import Call
from .._security.secret_str import Hidden
from .._version import __version__
from ..errors import InvalidArgumentError
from .response_body import ACCEPTED

if TYPE_CHECKING:
    import httpcore

USER_AGENT = f"paperspace-projects/{__version__} httpx/{httpx.__version__}"

_PLAIN = re.compile(r"(?:/[A-Za-z0-9_-]+)+")
"""Paths that httpx takes as they are: nothing to encode or to shorten."""
_PLAIN_LENGTH = 2_000


class _Sent(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body to send, in one piece, or in none where it is empty.

    Its iterators are no generators: those would have to be closed where sending fails.
    """

    def __init__(self, body: bytes) -> None:
        self._pieces = (body,) if body else ()

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._pieces)

    def __aiter__(self) -> AsyncIterator[bytes]:
        return _Pieces(self._pieces)


class _Pieces(AsyncIterator[bytes]):
    def __init__(self, pieces: tuple[bytes, ...]) -> None:
        self._pieces = iter(pieces)

    async def __anext__(self) -> bytes:
        try:
            return next(self._pieces)
        except StopIteration:
            raise StopAsyncIteration from None


_NO_BODY = _Sent(b"")


class Requests:
    """Makes the requests of one client.

    Args:
        base_url: Where they all go.
        api_key: Goes with each of them; it is looked at only then.
    """

    def __init__(self, base_url: str, api_key: Hidden) -> None:
        self._base_url = base_url
        self._api_key = api_key
        base = httpx.URL(base_url + "/")
        self._base_path = base.raw_path[:-1]
        self._origin: dict[str, Any] = {
            "scheme": base.raw_scheme,
            "host": base.raw_host,
            "port": base.port,
        }
        self._headers = httpx.Headers(
            {
                "Host": base.netloc.decode("ascii"),
                "Accept": "application/json",
                "Accept-Encoding": ACCEPTED,
                "User-Agent": USER_AGENT,
            }
        )

    def for_httpx(
        self,
        call: Call[Any],
        timeout: httpx.Timeout,
        http_client: httpx.Client | httpx.AsyncClient | None = None,
    ) -> httpx.Request:
        """The request of a call, as httpx takes it.

        Args:
            call: What to send.
            timeout: The limits of its parts.
            http_client: The user's own, which then makes it, with whatever it adds.

        Raises:
            InvalidArgumentError: what the call names is too long for a URL.
        """
        headers = httpx.Headers(self._headers)
        headers.update({**call.headers, "Authorization": self._authorization()})
        url = self.url(call)
        if http_client is not None:  # its own parameters take the place of those in a URL
            return http_client.build_request(
                call.method,
                url.copy_with(query=None),
                params=call.query or None,
                json=call.body,
                headers=headers,
                timeout=timeout,
            )
        return httpx.Request(
            call.method,
            url,
            headers=headers,
            json=call.body,
            stream=_NO_BODY if call.body is None else None,
            extensions={"timeout": timeout.as_dict()},
        )

    def for_httpcore(self, call: Call[Any], timeout: httpx.Timeout) -> httpcore.Request:
        """The same request, as httpcore takes it.

        Raises:
            InvalidArgumentError: what the call names is too long for a URL.
        """
        import httpcore  # httpx itself loads it no earlier

        target = self._target(call)
        if target is None or call.headers or call.body is not None:
            request = self.for_httpx(call, timeout)
            return httpcore.Request(
                request.method,
                httpcore.URL(**self._origin, target=request.url.raw_path),
                headers=request.headers.raw,
                content=_NO_BODY if call.body is None else _Sent(request.content),
                extensions=request.extensions,
            )
        authorization = (b"Authorization", self._authorization().encode("ascii"))
        return httpcore.Request(
            call.method,
            httpcore.URL(**self._origin, target=target),
            headers=[*self._headers.raw, authorization],
            content=_NO_BODY,
            extensions={"timeout": timeout.as_dict()},
        )

    def url(self, call: Call[Any]) -> httpx.URL:
        """Where a call goes.

        Raises:
            InvalidArgumentError: what it names is too long for a URL.
        """
        url = self._base_url + call.path
        try:
            return httpx.URL(url, params=call.query) if call.query else httpx.URL(url)
        except httpx.InvalidURL:
            raise InvalidArgumentError(
                "ids, names and cursors", f"short enough for a URL, which {call.operation} sends"
            ) from None

    def _target(self, call: Call[Any]) -> bytes | None:
        """Path and query of a call, where httpx would leave them as they are; else None."""
        if len(call.path) > _PLAIN_LENGTH or _PLAIN.fullmatch(call.path) is None:
            return None
        query = urlencode(call.query)
        if len(query) > _PLAIN_LENGTH or any(
            type(each) not in (str, int) for each in call.query.values()
        ):
            return None
        target = f"{call.path}?{query}" if query else call.path
        return self._base_path + target.encode("ascii")

    def _authorization(self) -> str:
        return "Bearer " + self._api_key.reveal()
