"""The requests of one client: the URL, the key, the headers and the limits. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterable, Callable, Iterable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import httpx

from .._api.operations import ApiRequest
from .._security.secret_str import SecretStr
from .._version import __version__
from ..errors import InvalidArgumentError
from .response_body import ACCEPTED

if TYPE_CHECKING:
    import httpcore

USER_AGENT = f"paperspace-projects/{__version__} httpx/{httpx.__version__}"

_PLAIN = re.compile(r"(?:/[A-Za-z0-9_-]+)+")
"""Paths that need no encoding."""
_PLAIN_LENGTH = 2_000


class RequestBuilder:
    """Builds the requests of one client.

    Args:
        base_url: Where they all go.
        api_key: Goes with each of them; it is read only then.
    """

    def __init__(self, base_url: str, api_key: SecretStr) -> None:
        self._base_url = base_url
        self._api_key = api_key
        base = httpx.URL(base_url + "/")
        self._base_path = base.raw_path[:-1]
        self._origin: dict[str, Any] = {
            "scheme": base.raw_scheme,
            "host": base.raw_host,
            "port": base.port,
        }
        self._headers = [
            (b"Host", base.netloc),
            (b"Accept", b"application/json"),
            (b"Accept-Encoding", ACCEPTED.encode("ascii")),
            (b"User-Agent", USER_AGENT.encode("ascii")),
        ]

    def build(
        self,
        request: ApiRequest[Any],
        timeout: httpx.Timeout,
        stream: Callable[[bytes], Iterable[bytes] | AsyncIterable[bytes]],
    ) -> httpcore.Request:
        """Build a request as httpcore takes it.

        Args:
            request: What to send.
            timeout: The limits of its parts.
            stream: Makes what the body is read from.

        Raises:
            InvalidArgumentError: an id, a name or a cursor is too long for a URL.
        """
        import httpcore  # httpx itself loads it no earlier

        # First, as it may raise: a traceback must not hold the headers and the body.
        target = self._target(request) or self.url(request).raw_path
        headers = list(self._headers)
        headers += [(name.encode(), value.encode()) for name, value in request.headers.items()]
        headers.append(
            (b"Authorization", b"Bearer " + self._api_key.get_secret_value().encode("ascii"))
        )
        content = b""
        if request.body is not None:
            content = json.dumps(
                request.body, ensure_ascii=False, separators=(",", ":"), allow_nan=False
            ).encode()
            headers.append((b"Content-Length", b"%d" % len(content)))
        return httpcore.Request(
            request.method,
            httpcore.URL(**self._origin, target=target),
            headers=headers,
            content=stream(content) if content else b"",
            extensions={"timeout": timeout.as_dict()},
        )

    def url(self, request: ApiRequest[Any]) -> httpx.URL:
        """The URL of a request.

        Raises:
            InvalidArgumentError: an id, a name or a cursor is too long for a URL.
        """
        url = self._base_url + request.path
        try:
            return httpx.URL(url, params=request.query) if request.query else httpx.URL(url)
        except httpx.InvalidURL:
            raise InvalidArgumentError(
                "ids, names and cursors", f"short enough for a URL, which {request.operation} sends"
            ) from None

    def _target(self, request: ApiRequest[Any]) -> bytes | None:
        """Path and query of a request that httpx would leave as they are; else None."""
        if len(request.path) > _PLAIN_LENGTH or _PLAIN.fullmatch(request.path) is None:
            return None
        query = urlencode(request.query)
        if len(query) > _PLAIN_LENGTH or any(
            type(each) not in (str, int) for each in request.query.values()
        ):
            return None
        target = f"{request.path}?{query}" if query else request.path
        return self._base_path + target.encode("ascii")
