"""The requests of one client: the URL, the key, the headers and the limits. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterable, Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import httpx

from .._api.operations import ApiRequest
from .._security.redaction import redact, starred
from .._security.secret_str import SECRET_KEYS, STARS, SecretStr
from .._version import __version__
from ..errors import InvalidArgumentError
from ..hooks import OutgoingRequest, Transport
from .response_body import ACCEPTED

if TYPE_CHECKING:
    import httpcore

USER_AGENT = f"paperspace-projects/{__version__} httpx/{httpx.__version__}"

_NOTHING: Mapping[str, Any] = {}
_PLAIN = re.compile(r"(?:/[A-Za-z0-9_-]+)+")  # paths that need no encoding
_PLAIN_LENGTH = 2_000
_dumps = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode


class RequestBuilder:
    """Builds the requests of one client. The key is read only when one is built."""

    def __init__(
        self,
        base_url: str,
        api_key: SecretStr,
        *,
        app_name: str | None = None,
        headers: Mapping[str, SecretStr] = _NOTHING,
        query: Mapping[str, object] = _NOTHING,
    ) -> None:
        self._base_url = base_url
        self._api_key = api_key
        base = httpx.URL(base_url + "/")
        self._base_path = base.raw_path[:-1]
        self._scheme, self._host, self._port = base.raw_scheme, base.raw_host, base.port
        self._headers = [
            (b"Host", base.netloc),
            (b"Accept", b"application/json"),
            (b"Accept-Encoding", ACCEPTED.encode("ascii")),
            (b"User-Agent", (f"{app_name} " if app_name else "").encode() + USER_AGENT.encode()),
        ]
        self._more_headers, self._query = headers, query

    def build(
        self,
        request: ApiRequest[Any],
        timeout: httpx.Timeout,
        stream: Callable[[bytes], Iterable[bytes] | AsyncIterable[bytes]],
    ) -> httpcore.Request:
        """Build a request as httpcore takes it. `stream` makes what its body is read from."""
        import httpcore  # httpx itself loads it no earlier

        # First, as it may raise: a traceback must not hold the headers and the body.
        target = self._target(request) or self.url(request).raw_path
        key = b"Bearer " + self._api_key.get_secret_value().encode("ascii")
        headers = [*self._headers, (b"Authorization", key)]
        headers += [(name.encode(), value.encode()) for name, value in request.headers.items()]
        for name, value in self._more_headers.items():
            headers.append((name.encode(), value.get_secret_value().encode()))
        content = b""
        if request.body is not None:
            content = _dumps(request.body).encode()
            headers.append((b"Content-Length", b"%d" % len(content)))
        return httpcore.Request(
            request.method,
            httpcore.URL(scheme=self._scheme, host=self._host, port=self._port, target=target),
            headers=headers,
            content=stream(content) if content else b"",
            extensions={"timeout": timeout.as_dict()},
        )

    def url(self, request: ApiRequest[Any]) -> httpx.URL:
        """The URL of a request, whose parts must not be too long for one."""
        url, query = self._base_url + request.path, self._query_of(request)
        try:
            return httpx.URL(url, params=query) if query else httpx.URL(url)
        except httpx.InvalidURL:
            expected = f"short enough for a URL, which {request.operation} sends"
            raise InvalidArgumentError("ids, names and cursors", expected) from None

    def outgoing(self, request: ApiRequest[Any], transport: Transport | None) -> OutgoingRequest:
        """Describe a request to hooks."""
        return OutgoingRequest(
            operation=request.operation,
            method=request.method,
            url=str(self.url(request)),
            transport=transport,
            curl=self._curl(request),
        )

    def _curl(self, request: ApiRequest[Any]) -> str:
        """A request as a command for a shell, without the key and what else must not show."""
        import shlex  # seldom needed

        hidden = (*request.secrets, self._api_key)
        given = self._query_of(request).items()
        query = {k: STARS if k.casefold() in SECRET_KEYS else v for k, v in given}
        url = str(httpx.URL(self._base_url + request.path, params=query))
        method = [] if request.method == "GET" else ["-X", request.method]
        headers = {**request.headers, **dict.fromkeys(self._more_headers, STARS)}
        more = [part for name, value in headers.items() for part in ("-H", f"{name}: {value}")]
        if request.body is not None:
            more += ["--data-raw", redact(_dumps(starred(request.body)), hidden)]
        start = shlex.join(["curl", "--globoff", *method, redact(url, hidden)])
        end = f" {shlex.join(more)}" if more else ""
        return f'{start} -H "Authorization: Bearer $PAPERSPACE_API_KEY"{end}'

    def _query_of(self, request: ApiRequest[Any]) -> dict[str, Any]:
        """The query of a request; what it sets itself counts more than what the client adds."""
        return {**self._query, **request.query}

    def _target(self, request: ApiRequest[Any]) -> bytes | None:
        """Path and query of a request that httpx would leave as they are; else None."""
        if len(request.path) > _PLAIN_LENGTH or _PLAIN.fullmatch(request.path) is None:
            return None
        parameters = self._query_of(request) if self._query else request.query
        query = urlencode(parameters)
        is_plain = all(type(each) in (str, int) for each in parameters.values())
        if len(query) > _PLAIN_LENGTH or not is_plain:
            return None
        target = f"{request.path}?{query}" if query else request.path
        return self._base_path + target.encode("ascii")
