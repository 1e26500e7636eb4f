# Derived from _async/transport/custom_client.py by `nox -s generate`: change that one.
"""Sending by an httpx client or transport: the user's own, or one that a library watches."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, cast

import httpcore
import httpx

from ..._http import proxies
from ..._http.failures import Exchange
from ...errors import ConfigurationError
from ..primitives import shield_cancellation

if TYPE_CHECKING:
    from .connection import Connection
    from .network_backend import Body


class CustomClient:
    """Sends requests by an httpx client or transport, any number at a time.

    Args:
        get: Gives the client or transport; called once, with the first request.
        is_owned: Whether it is closed with the pool.
    """

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

    def give_back(self, connection: object, status: int, headers: Mapping[str, str]) -> None:
        """Do nothing: the connections are its own."""

    def discard(self, connection: Connection | CustomConnection) -> None:
        """Close what came of a request that failed."""
        connection.close()

    def close(self) -> None:
        """Close it, unless it is the user's own httpx client."""
        if self._is_owned and self._sender is not None:
            self._sender.close()

    def shut_down(self) -> None:
        """Do nothing: its waits are its own."""


class CustomConnection:
    """Sends one request by an httpx client or transport.

    An httpx client sends it with its hooks, cookies and parameters, but for what would send the key
    elsewhere. httpcore's `trace` extension tells where a request is sent.
    """

    def __init__(self, sender: httpx.Client | httpx.BaseTransport, exchange: Exchange) -> None:
        self.http = self
        self._sender = sender
        self._exchange = exchange
        self._url = httpx.URL()
        self._response: httpx.Response | None = None

    def handle_request(self, request: httpcore.Request) -> httpcore.Response:
        """Send a request.

        Raises:
            ConfigurationError: a proxy of the client would get the API key unencrypted.
        """
        sender, sent = (
            self._sender,
            _for_httpx(request, self._sender, has_body=self._exchange.has_body),
        )
        self._url = sent.url
        sent.extensions = {**sent.extensions, "trace": self._trace}
        try:
            if isinstance(sender, httpx.Client):
                response = sender.send(sent, auth=None, follow_redirects=False, stream=True)
            else:
                response = sender.handle_request(sent)
        except httpx.HTTPStatusError as error:  # a hook that calls raise_for_status, mostly
            if not _is_answer_to(sent, error.response):
                raise
            return _read_already(error.response, _content_or_nothing(error.response))
        self._response = response
        return _as_httpcore(response)

    def close(self) -> None:
        """Close the answer, even if the caller was cancelled."""
        if self._response is not None:
            with shield_cancellation():
                self._response.close()

    def _trace(self, name: str, info: Mapping[str, Any]) -> None:
        """Note the proxy that a request goes through.

        Raises:
            ConfigurationError: the proxy would get the API key unencrypted.
        """
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
    """The same request for httpx. An httpx client adds its own headers, cookies and parameters."""
    url = httpx.URL(
        scheme=request.url.scheme.decode("ascii"),
        host=request.url.host.decode("ascii"),
        port=request.url.port,
        raw_path=request.url.target,
    )
    body = cast("Body", request.stream).content if has_body else None
    options: dict[str, Any] = {
        "headers": request.headers,
        "extensions": dict(cast("Any", request).extensions),
        "content": body,
    }
    method = request.method.decode("ascii")
    if not isinstance(sender, httpx.Client):
        return httpx.Request(method, url, **options)
    if sender.params:  # they would replace those of the URL
        url, options["params"] = url.copy_with(query=None), url.params
    return sender.build_request(method, url, **options)


def _is_answer_to(request: httpx.Request, response: httpx.Response) -> bool:
    """Whether this answers the request, and not one that a hook has sent meanwhile."""
    try:
        return response.request is request
    except RuntimeError:  # it is not known which
        return False


def _as_httpcore(response: httpx.Response) -> httpcore.Response:
    """The same answer as httpcore gives it."""
    if response.is_stream_consumed:  # a hook has read it
        return _read_already(response, response.content)
    return httpcore.Response(
        response.status_code,
        headers=response.headers.raw,
        content=cast("Iterable[bytes]", response.stream),
    )


def _content_or_nothing(response: httpx.Response) -> bytes:
    """The body of an answer that a hook has raised: httpx closes it, read or not."""
    try:
        return response.content
    except httpx.ResponseNotRead:
        return b""


def _read_already(response: httpx.Response, body: bytes) -> httpcore.Response:
    """An answer whose body was read, and decompressed, before."""
    left_out = (b"content-encoding", b"content-length", b"transfer-encoding")
    headers = [each for each in response.headers.raw if each[0].lower() not in left_out]
    return httpcore.Response(response.status_code, headers=headers, content=body)
