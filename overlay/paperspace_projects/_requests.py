"""The requests of one client, as httpx takes them: where to, with what key, headers and limits.

Pure; shared by the sync and the async session, which send them.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx

from ._body import ACCEPTED
from ._failures import Failed
from ._hidden import Hidden
from ._operations import Call
from ._retry import Failure
from ._version import __version__
from .errors import InvalidArgumentError

USER_AGENT = f"paperspace-projects/{__version__} httpx/{httpx.__version__}"

_PLAIN = re.compile(r"(?:/[A-Za-z0-9_-]{1,64}){1,8}")
"""Paths that httpx takes as they are: nothing to encode, to shorten, or too long."""


class _NoBody(httpx.SyncByteStream, httpx.AsyncByteStream):
    """Nothing at all, which not even an empty piece is sent of."""

    def __iter__(self) -> Iterator[bytes]:
        return iter(())

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self:
            yield piece


_NO_BODY = _NoBody()


class Requests:
    """Makes the requests of one client.

    Args:
        base_url: Where they all go.
        api_key: Goes with each of them; it is looked at only then.
    """

    def __init__(self, base_url: str, api_key: Hidden) -> None:
        self._base_url = base_url
        self._base = httpx.URL(base_url)
        self._api_key = api_key
        self._headers = httpx.Headers(
            {
                "Host": self._base.netloc.decode("ascii"),
                "Accept": "application/json",
                "Accept-Encoding": ACCEPTED,
                "User-Agent": USER_AGENT,
            }
        )

    def make(
        self,
        call: Call[Any],
        timeout: httpx.Timeout,
        http_client: httpx.Client | httpx.AsyncClient | None,
    ) -> httpx.Request | Failed:
        """The request of a call, or why there can be none.

        Args:
            call: What to send.
            timeout: The limits of its parts.
            http_client: The user's own, which then makes it, as hooks may look for what it adds.
        """
        authorization = "Bearer " + self._api_key.reveal()
        try:
            if http_client is not None:
                headers = httpx.Headers(self._headers)
                headers.update({**call.headers, "Authorization": authorization})
                return http_client.build_request(
                    call.method,
                    self._base_url + call.path,
                    params=call.query or None,
                    json=call.body,
                    headers=headers,
                    timeout=timeout,
                )
            request = httpx.Request(
                call.method,
                self.url(call),
                headers=self._headers,
                json=call.body,
                stream=_NO_BODY if call.body is None else None,
                extensions={"timeout": timeout.as_dict()},
            )
        except httpx.InvalidURL:
            error = InvalidArgumentError(
                "ids, names and cursors", f"short enough for a URL, which {call.operation} sends"
            )
            return Failed(error, Failure.FINAL)
        if call.headers:
            request.headers.update(call.headers)
        request.headers["Authorization"] = authorization
        return request

    def url(self, call: Call[Any]) -> httpx.URL:
        """Where a call goes.

        Raises:
            httpx.InvalidURL: it is too long.
        """
        if call.query:
            return httpx.URL(self._base_url + call.path, params=call.query)
        if _PLAIN.fullmatch(call.path) is None:
            return httpx.URL(self._base_url + call.path)
        # Most of what httpx does to make a URL is to look at scheme, host and port, which are those
        # of the base URL. It has no public name for it; a test holds both ways to the same.
        url: Any = httpx.URL.__new__(httpx.URL)
        base: Any = self._base
        parts = base._uri_reference
        url._uri_reference = parts._replace(path=parts.path + call.path)
        made: httpx.URL = url
        return made
