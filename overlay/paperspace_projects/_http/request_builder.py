"""The requests of one client: the URL, the key, the headers and the limits. Pure."""

from __future__ import annotations

import json
import re
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
"""Paths that need no encoding."""
_PLAIN_LENGTH = 2_000


class RequestBuilder:
    """Builds the requests of one client.

    Args:
        base_url: Where they all go.
        api_key: Goes with each of them; it is read only then.
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
        self._headers = [
            (b"Host", base.netloc),
            (b"Accept", b"application/json"),
            (b"Accept-Encoding", ACCEPTED.encode("ascii")),
            (b"User-Agent", USER_AGENT.encode("ascii")),
        ]

    def build(self, call: Call[Any], timeout: httpx.Timeout) -> httpcore.Request:
        """Build the request of a call.

        Raises:
            InvalidArgumentError: an id, a name or a cursor of the call is too long for a URL.
        """
        import httpcore  # httpx itself loads it no earlier

        headers = list(self._headers)
        headers += [(name.encode(), value.encode()) for name, value in call.headers.items()]
        headers.append((b"Authorization", b"Bearer " + self._api_key.reveal().encode("ascii")))
        content = b""
        if call.body is not None:
            content = json.dumps(
                call.body, ensure_ascii=False, separators=(",", ":"), allow_nan=False
            ).encode()
            headers.append((b"Content-Length", b"%d" % len(content)))
        target = self._target(call)
        return httpcore.Request(
            call.method,
            httpcore.URL(**self._origin, target=target or self.url(call).raw_path),
            headers=headers,
            content=content,
            extensions={"timeout": timeout.as_dict()},
        )

    def url(self, call: Call[Any]) -> httpx.URL:
        """The URL of a call.

        Raises:
            InvalidArgumentError: an id, a name or a cursor of the call is too long for a URL.
        """
        url = self._base_url + call.path
        try:
            return httpx.URL(url, params=call.query) if call.query else httpx.URL(url)
        except httpx.InvalidURL:
            raise InvalidArgumentError(
                "ids, names and cursors", f"short enough for a URL, which {call.operation} sends"
            ) from None

    def _target(self, call: Call[Any]) -> bytes | None:
        """Path and query of a call that httpx would leave as they are; else None."""
        if len(call.path) > _PLAIN_LENGTH or _PLAIN.fullmatch(call.path) is None:
            return None
        query = urlencode(call.query)
        if len(query) > _PLAIN_LENGTH or any(
            type(each) not in (str, int) for each in call.query.values()
        ):
            return None
        target = f"{call.path}?{query}" if query else call.path
        return self._base_path + target.encode("ascii")
