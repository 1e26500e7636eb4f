# Derived from _async/transport/custom_client.py by `nox -s generate`: change that one.
"""Sending by an httpx client or transport: the user's own, or one that a library watches."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, cast

import httpcore
import httpx

from ..._http import proxies
from ..._http.failures import Exchange
from ..._httpx_compat import both, like
from ...errors import ConfigurationError
from ..primitives import shield_cancellation

if TYPE_CHECKING:
    from .network_backend import Body


class CustomClient:
    """Sends requests by an httpx client or transport, which `get` returns for the first one. If it
    `is_owned`, it is closed with the pool."""

    def __init__(
        self,
        get: Callable[[], httpx.Client | httpx.BaseTransport],
        *,
        is_owned: bool,
    ) -> None:
        self._get = get
        self._is_owned = is_owned
        self._sender: httpx.Client | httpx.BaseTransport | None = None

    def take(self, exchange: Exchange) -> CustomConnection:
        """Begin a request; the connections are its own."""
        if self._sender is None:
            self._sender = self._get()
        return CustomConnection(self._sender, exchange)

    def close(self) -> None:
        """Close it, unless it is the user's own httpx client."""
        if self._is_owned and self._sender is not None:
            self._sender.close()

    def shut_down(self) -> None:
        """Do nothing: its waits are its own."""


class CustomConnection:
    """Sends one request by an httpx client or transport. A client adds its hooks, cookies and
    parameters, but nothing that would send the key elsewhere."""

    def __init__(self, sender: httpx.Client | httpx.BaseTransport, exchange: Exchange) -> None:
        self.http = self
        self._sender = sender
        self._exchange = exchange
        self._url = httpx.URL()
        self._response: httpx.Response | None = None

    def handle_request(self, request: httpcore.Request) -> httpcore.Response:
        """Send a request."""
        sender = self._sender
        sent = _for_httpx(request, sender, has_body=self._exchange.has_body)
        self._url = sent.url
        sent.extensions = {**sent.extensions, "trace": self._trace}
        try:
            if isinstance(sender, both(httpx.Client)):
                response = sender.send(sent, auth=None, follow_redirects=False, stream=True)
            else:
                response = cast("Any", sender).handle_request(sent)
        except both(httpx.HTTPStatusError) as error:  # a hook that calls raise_for_status, mostly
            if error.request is not sent:  # but of a request that the hook has sent meanwhile
                raise
            return _as_httpcore(error.response, is_raised=True)
        self._response = response
        return _as_httpcore(response)

    def release(self, status: int, headers: Mapping[str, str]) -> None:
        """Do nothing after an answer: the connections are the sender's own."""

    def close(self) -> None:
        """Close the answer, even if the caller was cancelled."""
        if self._response is not None:
            with shield_cancellation():
                self._response.close()

    def _trace(self, name: str, info: Mapping[str, Any]) -> None:
        """Note the proxy that a request goes through; refuse one that would see the key."""
        if name.endswith(".connect_tcp.started"):
            scheme, host, port = name.split(".", maxsplit=1)[0], str(info["host"]), info["port"]
        elif name.endswith(".send_request_headers.started"):
            origin = info["request"].url.origin
            scheme, host = origin.scheme.decode("ascii"), origin.host.decode("ascii")
            port = origin.port
        else:
            return
        url = self._url
        is_direct = (host, port) == (
            url.raw_host.decode("ascii"),
            url.port or (443 if url.scheme == "https" else 80),
        )
        if is_direct:
            return
        self._exchange.proxy = proxy = proxies.name_of(host, port)
        # What begins with "connection" may be secured before anything is sent.
        if scheme != "connection" and not proxies.may_carry_key(url, scheme=scheme, host=host):
            raise ConfigurationError(proxies.refusal(url, proxy, is_given=True))


def _for_httpx(
    request: httpcore.Request,
    sender: httpx.Client | httpx.BaseTransport,
    *,
    has_body: bool,
) -> httpx.Request:
    """The same request for httpx or httpx2, whose client adds headers, cookies and parameters."""
    url = like(sender, httpx.URL)(
        scheme=request.url.scheme.decode("ascii"),
        host=request.url.host.decode("ascii"),
        port=request.url.port,
        raw_path=request.url.target,
    )
    body = cast("Body", request.stream).content if has_body else None
    extensions = dict(cast("Any", request).extensions)
    options: dict[str, Any] = {
        "headers": request.headers,
        "extensions": extensions,
        "content": body,
    }
    method = request.method.decode("ascii")
    if not isinstance(sender, both(httpx.Client)):
        return like(sender, httpx.Request)(method, url, **options)
    if sender.params:  # they would replace those of the URL
        url, options["params"] = url.copy_with(query=None), url.params
    return sender.build_request(method, url, **options)


def _as_httpcore(response: httpx.Response, *, is_raised: bool = False) -> httpcore.Response:
    """The same answer as httpcore gives it; `is_raised`: a hook has raised it."""
    headers = response.headers.raw
    if not (is_raised or response.is_stream_consumed):
        content = cast("Iterable[bytes]", response.stream)
        return httpcore.Response(response.status_code, headers=headers, content=content)
    try:
        body = response.content  # a hook has read and decompressed it
    except both(httpx.ResponseNotRead):
        if not is_raised:
            raise
        body = b""  # httpx closes an answer that is raised
    changed = (b"content-encoding", b"content-length", b"transfer-encoding")
    headers = [each for each in headers if each[0].lower() not in changed]
    return httpcore.Response(response.status_code, headers=headers, content=body)
